/*
 * What sc_shop_tick() does for orders: asks the provider about payments that went silent, confirms what
 * turns out to be paid, fails what ran out of time, and drives refunds until the provider says they are done.
 */
#ifndef SC_CHECKOUT_TICK_H
#define SC_CHECKOUT_TICK_H

#include "core/handle.h"

typedef struct sc__checkout_progress {
	uint64_t looked;     /* orders that were due */
	uint64_t resumed;    /* of those, brought a step further */
	int64_t next_due_ms; /* the store's time at which an order is due again; not above now: work is left over;
	                        SC_NEVER: none */
} sc__checkout_progress;

/* Looks at no more than `items` orders and begins no new one after `until_ns` on the monotonic clock. One order
 * that fails does not stop the others; the first failure is returned and `out` is written all the same. */
sc_status sc__checkout_tick(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns,
                            sc__checkout_progress *out, sc_error *err);

#endif
