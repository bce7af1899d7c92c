/*
 * The holds of an order. The first is made with the order; when it lapsed before the money came, a
 * second one is made and committed in the step that confirms. So at most one of them is committed.
 */
#ifndef SC_ORDER_HOLDS_H
#define SC_ORDER_HOLDS_H

#include "payment/attempt.h"

#include <shopcore/order.h>

#define SC__ORDER_HOLDS 2

typedef struct sc__order_hold {
	sc_address address; /* key_size 0: none is committed */
	sc_hold_take *takes;
	size_t take_count;
} sc__order_hold;

/* Addresses of all of them; `keys` is their storage. */
void sc__order_hold_addresses(sc_id order, sc__child_key keys[SC__ORDER_HOLDS], sc_address out[SC__ORDER_HOLDS]);

/* The committed one among the records of those addresses. Its address borrows their storage. DAMAGED, NO_MEMORY. */
sc_status sc__order_hold_committed(const sc_record *records, sc_arena *arena, sc__order_hold *out, sc_error *err);

/* The change that makes hold `n` for an order's lines, from where the shop serves orders from. Storage is in the arena;
 * false: no memory. */
bool sc__order_hold_make(const sc__settings *settings, sc_id order, uint32_t n, const sc_order_line *lines,
                         size_t count, int64_t ttl_ms, sc_arena *arena, sc_change *out);

/* The change that settles hold `n`: COMMIT, or RELEASE if it is live. */
bool sc__order_hold_settle(sc_id order, uint32_t n, sc_change_type type, sc_arena *arena, sc_change *out);

#endif
