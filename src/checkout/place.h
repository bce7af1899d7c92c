/*
 * Placing, in steps: for the caller who waits and for the one who submits, and for a purchase that goes on to pay.
 */
#ifndef SC_CHECKOUT_PLACE_H
#define SC_CHECKOUT_PLACE_H

#include "checkout/purchase.h"
#include "checkout/quote.h"
#include "checkout/request.h"
#include "coupon/tries.h"

/* What the key's row holds. */
typedef struct sc__placed_note {
	uint8_t digest[SC__DIGEST_SIZE];
	sc_id order;
} sc__placed_note;

enum { SC__PLACE_CHANGES = 7 + SC__USE_CHANGES_MAX };
enum { SC__PLACE_ROWS = 2 * SC_GIFT_CARDS_MAX + 2 }; /* cards, their accounts, store credit, tries */

/* The first members are given; the others are the placing's own. */
typedef struct sc__placing {
	sc__task *task;
	const sc__wish *wish; /* NULL: only looks for what was placed */
	const char *owner;
	sc__then then;
	sc_placement *out; /* set when it ends with SC_OK */

	/* key, cart and rules: what decides whether there is anything to place, and from what */
	sc_address addresses[3];
	sc_record records[3];
	sc__placed_note note;
	sc__quoting quoting;
	sc__quoted quoted;
	sc__offer offer;
	sc_id cart_hold; /* zero: the cart holds nothing */
	int turn;

	/* what pays beside the provider */
	sc__then tenders_then;
	sc__coupon_key tries_key;
	sc__try a_try;
	sc_address tender_rows[SC__PLACE_ROWS];
	sc_record tender_records[SC__PLACE_ROWS];
	sc_order_tender tenders[SC_TENDERS_MAX];
	uint32_t tender_change; /* which change of the group holds them */
	int32_t wrong_card;

	/* the group */
	bool unlooked; /* the key was not looked up before: whatever is refused may have been placed */
	sc_status refused;
	sc_error why; /* what the refusal says */
	sc__order_content content;
	sc_change changes[SC__PLACE_CHANGES];
	sc_group group;
	sc_outcome outcome;
	sc_placement placement;
	sc_order order;     /* as it was written, or as it was found */
	sc_address address; /* of an order that was placed before */
} sc__placing;

/* Begins: `wish` and what it points at stays while the task runs. */
sc_status sc__place(sc__placing *placing);

/* After SC_OK, the purchase as this placing has just written it, so that paying need not read it again. Version
 * 0: it was placed before, and has to be read. NO_MEMORY, DAMAGED. */
sc_status sc__placed_purchase(const sc__placing *placing, sc__purchase *out, sc_error *err);

/* Reads the cards and the credit that the wish names, and sets how much each pays of the offer; ends with `then`.
 * LIMIT_REACHED, NOT_FOUND, CURRENCY_MISMATCH, WRONG_STATE, DAMAGED, NO_MEMORY, what the store says. */
sc_status sc__place_tenders(sc__placing *placing, sc__then then);

#endif
