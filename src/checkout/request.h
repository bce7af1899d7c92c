/*
 * What a buyer sends: checked once, and hashed so that a key can be told from the same key with
 * another request.
 */
#ifndef SC_CHECKOUT_REQUEST_H
#define SC_CHECKOUT_REQUEST_H

#include "core/access.h"
#include "core/digest.h"
#include "tender/tender.h"

#include <shopcore/checkout.h>

/* A gift card by its id: the code goes no further than this. */
typedef struct sc__card_use {
	char id[SC__CARD_ID_SIZE];
	int64_t amount_minor;
} sc__card_use;

typedef struct sc__wish {
	char owner[SC__OWNER_SIZE];
	char email[SC_EMAIL_MAX + 1]; /* as it is compared, or empty */
	const sc_checkout_request *request;
	const sc_postal_address *billing; /* the shipping address when none was given */
	sc__card_use cards[SC_GIFT_CARDS_MAX];
	size_t card_count;
	uint8_t digest[SC__DIGEST_SIZE];
} sc__wish;

/* In this order: call and key, then the request's members as they stand. BAD_ARGUMENT, BAD_TEXT, BAD_FORMAT,
 * OVER_LIMIT with the field. */
sc_status sc__wish_read(const sc_call *call, const sc_checkout_request *request, sc__wish *out, sc_error *err);

#endif
