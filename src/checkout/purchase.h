/*
 * An order with its attempts to pay, and the one place where what became of an attempt turns into a
 * state of the order.
 *
 * The buyer who waits, the provider's webhook and tick all end in sc__purchase_settle(), in any order
 * and any number of times: it looks at what is stored, and only moves what has not moved yet.
 */
#ifndef SC_CHECKOUT_PURCHASE_H
#define SC_CHECKOUT_PURCHASE_H

#include "core/task.h"
#include "coupon/coupon.h"
#include "order/record.h"
#include "payment/attempt.h"

typedef struct sc__purchase {
	struct sc__order_ref ref;
	sc__attempt *attempts; /* the first one first */
	size_t count;
} sc__purchase;

/* Reading one, in steps: `task`, `out` and `then` are given. */
typedef struct sc__purchase_reading {
	sc__task *task;
	sc__purchase *out; /* set when it ends with SC_OK */
	sc__then then;
	sc__purchase purchase;
	sc_range range;
	sc_page page;
	sc_address address;
	sc_record record;
} sc__purchase_reading;

/* Asks the table of access for SC__CHECKOUT. One range and one load. */
sc_status sc__purchase_read(sc__purchase_reading *reading, sc_id order);
/* The same for a caller who waits. */
sc_status sc__purchase_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc__purchase *out,
                            sc_error *err);

/* NULL when there is none. */
const sc__attempt *sc__purchase_attempt(const sc__purchase *purchase, uint32_t n);

/* Whether the provider may still move money for it. */
bool sc__attempt_is_open(const sc__attempt *attempt);

/* What became of attempt `n`. */
typedef struct sc__news {
	uint32_t number;               /* of the attempt; 0: the order needs no money */
	const sc_gateway_reply *reply; /* NULL with number 0 */
	const char *token;             /* that was charged, or NULL */
	const char *cause;             /* who brought it: for the history */
	bool last;                     /* no further attempt: the order's time is over */
} sc__news;

/* The changes of one group. */
typedef struct sc__moves {
	sc_change changes[16 + SC__USE_CHANGES_MAX + SC_TENDERS_MAX];
	uint32_t count;
	sc_status status;
} sc__moves;

/* Settling, in steps: the first members are given, the others are its own. */
typedef struct sc__settling {
	sc__task *task;
	sc__purchase *purchase; /* what was read last; afterwards at least as new */
	const sc__news *news;
	sc__then then;

	const sc__attempt *attempt; /* NULL: the order needs no money */
	sc__purchase_reading reading;
	int turn;
	sc__moves moves;
	sc_group group;
	sc_outcome outcome;
	sc_status (*say)(const struct sc__settling *settling); /* what to answer when the group was applied */
	sc_address cart_address;
	sc_record cart;
	bool hold_again;
	uint32_t first_hold, last_hold; /* changes that a hold may refuse */
} sc__settling;

/*
 * Turns news into state with one group; reads again when somebody else moved the order meanwhile.
 *
 * It ends with SC_OK: confirmed, by this call or before. DECLINED, ACTION_REQUIRED, IN_PROGRESS, WRONG_STATE;
 * OUT_OF_STOCK when the goods are gone and the money is on its way back; the store's failures and unknowns.
 */
sc_status sc__settle(sc__settling *settling);
/* The same for a caller who waits. */
sc_status sc__purchase_settle(sc_shop *shop, const sc_call *call, sc__purchase *purchase, const sc__news *news,
                              sc_arena *arena, sc_error *err);

/* The provider says that a refund is done. */
sc_status sc__purchase_refunded(sc_shop *shop, const sc_call *call, const sc__purchase *purchase, uint32_t number,
                                const sc_gateway_reply *reply, sc_arena *arena, sc_error *err);

/* When tick should look at a pending order again if nothing happens before. */
int64_t sc__purchase_window_end(const sc_shop *shop, const sc_order *order);

#endif
