/*
 * The token of a quote: what was quoted, to whom and until when, signed with the shop's key.
 *
 * It carries the whole snapshot, so that placing needs no look at prices again and the buyer gets
 * exactly what the quote said. The id of the key travels in front, so that keys can be rotated.
 */
#ifndef SC_CHECKOUT_TOKEN_H
#define SC_CHECKOUT_TOKEN_H

#include "core/handle.h"
#include "order/snapshot.h"

typedef struct sc__offer {
	const char *owner;
	int64_t expires_ms; /* on the wall clock */
	bool needs_consent;
	/* Where it goes, as far as that decided about taxes, shipping and the like. NULL: it did not. */
	const char *country, *region, *postal_code;
	sc__snapshot snapshot;
} sc__offer;

/* OVER_LIMIT when the snapshot is larger than an order's body may be; NO_MEMORY. */
sc_status sc__token_write(sc_shop *shop, const sc__offer *offer, sc_arena *arena, const char **out, sc_error *err);

/* BAD_SIGNATURE for anything that no key of the ring signed; NO_MEMORY. Owner and expiry are for the caller to check.
 */
sc_status sc__token_read(sc_shop *shop, const char *token, sc_arena *arena, sc__offer *out, sc_error *err);

#endif
