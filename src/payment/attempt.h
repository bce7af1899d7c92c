/*
 * The row of one attempt to take an order's money: how it is addressed, read and moved.
 *
 * The ids that the provider knows it by are made from the order's id and the number, so nothing has
 * to be remembered to ask about an attempt, to call it back or to refund it.
 */
#ifndef SC_PAYMENT_ATTEMPT_H
#define SC_PAYMENT_ATTEMPT_H

#include "core/handle.h"

#include <shopcore/payment.h>

typedef struct sc__attempt {
	sc_payment shown;
	uint64_t version;  /* 0: there is no such row */
	const char *means; /* fingerprint of the token that led to an open step, or empty */
} sc__attempt;

/* Storage of an address: (order id, n as two bytes). */
typedef struct sc__child_key {
	sc_id order;
	char sub[2];
} sc__child_key;

/* `key` is filled in and borrowed by the address. Also for holds and shipments of an order. */
sc_address sc__child_address(sc__child_key *key, uint16_t kind, sc_id order, uint32_t n);

/* The provider's idempotency keys for attempt `n` of an order. */
sc_id sc__attempt_id(sc_id order, uint32_t n);
sc_id sc__void_id(sc_id order, uint32_t n);
sc_id sc__refund_id(sc_id order, uint32_t n);
/* Which attempt of the order an id is: 1.., or 0. */
uint32_t sc__attempt_number(sc_id order, sc_id attempt);

/* Enough of a token to know it again, and no more: the token itself is never stored. */
#define SC__MEANS_SIZE 33
void sc__means_of(sc_id order, const char *token, char out[SC__MEANS_SIZE]);

/* Out of a record read with columns and body. DAMAGED, NO_MEMORY. */
sc_status sc__attempt_decode(const sc_record *record, sc_arena *arena, sc__attempt *out, sc_error *err);
/* All rows of an order, the first one first, and what a page of them says. `order` stays borrowed. */
sc_range sc__attempts_range(const sc_id *order);
sc_status sc__attempts_decode(const sc_page *page, sc_arena *arena, sc__attempt **out, size_t *count, sc_error *err);
/* All of an order's, the first one first: one range. */
sc_status sc__attempt_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc__attempt **out,
                           size_t *count, sc_error *err);

/* The change that makes attempt `n`, if absent. Storage is in the arena; false: no memory. */
bool sc__attempt_prepare(sc_id order, uint32_t n, int64_t amount_minor, const char *currency, sc_arena *arena,
                         sc_change *out);
/* The change that moves an attempt, if nobody else did. `reply` and `means` may be NULL. */
bool sc__attempt_move(sc_id order, const sc__attempt *attempt, uint32_t to, const sc_gateway_reply *reply,
                      const char *means, sc_arena *arena, sc_change *out);

#endif
