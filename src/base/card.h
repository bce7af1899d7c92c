/*
 * Finding card numbers in text, so that none is ever kept: people type them into notes and address lines.
 *
 * A card number is 13 to 19 digits that pass Luhn's check, in one piece or in pieces of four or more with one blank,
 * dash or dot between, as they are printed on cards. One number in ten passes that check by chance. In prose it is
 * refused all the same: nobody needs a number so long there. Names and numbers of machines (SKUs, keys, barcodes,
 * parcels) are looked at more closely, because there one refusal in ten would be a fault.
 */
#ifndef SC_BASE_CARD_H
#define SC_BASE_CARD_H

#include <shopcore/common.h>

typedef enum sc__card_care {
	SC__CARD_IN_PROSE, /* whatever passes Luhn's check */
	/* What also begins as the networks' cards of that length do, and is no GTIN of 13 or 14 digits, no part of a
	 * UUID and no part of a word of letters and digits as long as a hash. */
	SC__CARD_IN_CODE,
	SC__CARD_IN_PHONE /* as in a code, and no international number: "+" and at most 15 digits */
} sc__card_care;

/* The first card number in `text`. false: there is none. */
bool sc__card_find(sc_bytes text, sc__card_care care, sc_bytes *out);

/* Puts stars in place of the digits of each card number but the last four, as sc__card_find() sees them in a code. */
void sc__card_mask(char *text);

#endif
