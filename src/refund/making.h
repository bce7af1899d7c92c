/*
 * What gives money back on somebody's word: looks at the order, decides, writes one group, and looks again when others
 * moved the order meanwhile; under a key it does so once.
 */
#ifndef SC_REFUND_MAKING_H
#define SC_REFUND_MAKING_H

#include "core/digest.h"
#include "refund/refund.h"

/* The first members are given; what decides embeds this as its own first member. */
typedef struct sc__making {
	sc_shop *shop;
	const sc_call *call;
	const char *order_id;
	sc_arena *arena;
	sc_error *err;
	/* One look and one group, with the key's change in it unless that is NULL. CHANGED: others were faster. */
	sc_status (*turn)(struct sc__making *making, const sc_change *key);

	sc__refunds refunds;
	sc_refund *made; /* of this turn */
	size_t made_count;
	sc_refund_answer answer; /* empty when the key says that it was done before */
} sc__making;

/* The attempts and refunds of the order that this turn has read, and what can still be given back. */
sc_status sc__making_read(sc__making *making, const struct sc__order_ref *order, sc__refund_room *room);
/* The parts as refunds of payments, and the answer that says so. LIMIT_REACHED when the order has too many. */
sc_status sc__making_divide(sc__making *making, const sc__refund_room *room, const sc_refund_part *parts, size_t count,
                            const char *reason);
/* The changes that make their rows, and give back at once what needs no provider. NO_MEMORY. */
#define SC__MAKING_CHANGES 3 /* at most, of each refund */
sc_status sc__making_rows(sc__making *making, const struct sc__order_ref *order, sc_change *changes, uint32_t *count);
sc_status sc__making_write(sc__making *making, const sc_change *changes, uint32_t count);

/* `digest` is over the request, but for the order. KEY_REUSED, BUSY. */
sc_status sc__making_run(sc__making *making, const char *operation, sc__digest *digest);

#endif
