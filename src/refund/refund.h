/*
 * Refunds inside: their rows, what is left of an order to give back, and how a wish becomes parts.
 *
 * What is left is computed from the order's snapshot and the rows of its refunds whenever somebody asks; no counter
 * could disagree with them. Two who refund at once are kept apart by the order's version, which every refund moves.
 */
#ifndef SC_REFUND_REFUND_H
#define SC_REFUND_REFUND_H

#include "order/cancelled.h"
#include "order/record.h"
#include "tender/tender.h"

#include <shopcore/refund.h>

/* ---- rows -------------------------------------------------------------------------------- */

typedef struct sc__refund {
	sc_refund shown;
	uint64_t version;
} sc__refund;

/* All that is known of the money of one order. */
typedef struct sc__refunds {
	const sc_order *order;
	const sc__attempt *attempts; /* and behind them what gift cards and store credit pay: tender/tender.h */
	size_t attempt_count;
	sc__refund *rows; /* the first one first */
	size_t count;
} sc__refunds;

/* The provider's idempotency key for refund `n` of an order, and back: 1.., or 0. */
sc_id sc__refund_row_id(sc_id order, uint32_t n);
uint32_t sc__refund_row_number(sc_id order, sc_id attempt);

/* Their parts name lines of `order`. DAMAGED, NO_MEMORY. */
sc_status sc__refund_decode(const sc_page *page, const sc_order *order, sc_arena *arena, sc__refund **out,
                            size_t *count, sc_error *err);
/* The attempts and refunds of an order that was read before: one call to the store. */
sc_status sc__refunds_load(sc_shop *shop, const sc_call *call, const struct sc__order_ref *order, sc_arena *arena,
                           sc__refunds *out, sc_error *err);

/* The change that makes a row, if absent. Storage is in the arena; false: no memory. */
bool sc__refund_prepare(sc_id id, const sc_order *order, const sc_refund *refund, sc_arena *arena, sc_change *out);
/* The change that moves one, if nobody else did. */
bool sc__refund_move(sc_id id, const sc_order *order, const sc__refund *row, uint32_t to, const sc_gateway_reply *reply,
                     sc_arena *arena, sc_change *out);

/* ---- what is left ------------------------------------------------------------------------ */

/* Of one line, or of shipping with the fees. */
typedef struct sc__refund_left {
	int64_t returned;  /* units that were given back or cancelled */
	int64_t cancelled; /* units that were cancelled */
	int64_t amount, tax;
	int64_t paid; /* what was paid for it, before anything went back */
} sc__refund_left;

typedef struct sc__refund_room {
	const sc_order *order;
	sc__refund_left *parts; /* one a line; the last one is shipping with the fees */
	size_t part_count;
	int64_t captured, left;
} sc__refund_room;

/* Refunds that failed are not counted. NO_MEMORY; DAMAGED when more went back than there was. */
sc_status sc__refund_room_make(const sc__refunds *refunds, sc_arena *arena, sc__refund_room *out, sc_error *err);
/* What is left of one payment. */
int64_t sc__refund_left_of(const sc__refunds *refunds, const sc__attempt *attempt);

/* ---- from a wish to refunds -------------------------------------------------------------- */

/* BAD_ARGUMENT, OUT_OF_RANGE, BAD_TEXT, OVER_LIMIT. */
sc_status sc__refund_check(const sc_refund_request *request, sc_error *err);
sc_status sc__refund_check_lines(const sc_refund_line *lines, size_t count, sc_error *err);
/* What the wish comes to, taken out of the room. NOT_FOUND, LIMIT_REACHED, NO_MEMORY. */
sc_status sc__refund_divide(sc__refund_room *room, const sc_refund_request *request, sc_arena *arena,
                            sc_refund_part **out, size_t *count, sc_error *err);
/* What cancelling these units comes to, taken out of the room: one part each, with no money in it where there is none
 * left. NOT_FOUND, LIMIT_REACHED, NO_MEMORY. */
sc_status sc__refund_cancel_units(sc__refund_room *room, const sc_refund_line *lines, size_t count, sc_arena *arena,
                                  sc_refund_part **out, sc_error *err);
/* The parts as one refund for each payment, the first payment first. */
sc_status sc__refund_over_payments(const sc__refunds *refunds, const sc_refund_part *parts, size_t part_count,
                                   const char *reason, sc_arena *arena, sc_refund **out, size_t *count, sc_error *err);
/* The row of units that were cancelled without money in them: done as soon as it is made. */
sc_refund sc__refund_of_nothing(const sc__refunds *refunds, const sc_refund_part *parts, size_t part_count,
                                const char *reason);

/* ---- what became of one ------------------------------------------------------------------ */

/* One that the provider has to be asked about, or NULL. */
const sc__refund *sc__refund_open(const sc__refunds *refunds);
/* The entry of the ledger for one that is done; each part goes back from where it was booked. */
sc_status sc__refund_entry(sc_id id, const sc__refunds *refunds, const sc_refund *refund, sc_arena *arena,
                           sc_change *out, sc_error *err);
/* The payment that one gives back; NULL: none. */
const sc_payment *sc__refund_payment(const sc__refunds *refunds, uint32_t number);
/* The provider says that it is done, or refuses it: one group with its entry of the ledger. Any other state of the
 * reply, and one that was settled before, changes nothing. */
sc_status sc__refund_settle(sc_shop *shop, const sc_call *call, const struct sc__order_ref *order,
                            const sc__refunds *refunds, const sc__refund *row, const sc_gateway_reply *reply,
                            sc_arena *arena, sc_error *err);

#endif
