/*
 * Coupons: codes that buyers give, and how often each may be used.
 *
 * A promotion names a coupon ("coupon": "SPRING") and then applies only to carts that carry one of its codes. A coupon
 * that is just a name is its own code. Its limits (in all, per customer, per period) are a rule of kind
 * SC_RULE_COUPON; they are bounded accounts like stock, so a use is held when an order is placed, counted when it is
 * confirmed and given back when it is called off, each in the order's own group. A coupon without limits writes
 * nothing.
 *
 * A coupon with "single_use" has any number of codes, each good once:
 *
 *   issued    sc_coupon_issue() makes them from a number and a signature. Nothing is stored until one is used.
 *   imported  sc_coupon_import() takes codes from elsewhere: one small row each.
 *
 * Who tries codes at random is stopped after SC_COUPON_TRIES_MAX wrong ones within SC_COUPON_TRIES_MS.
 */
#ifndef SHOPCORE_COUPON_H
#define SHOPCORE_COUPON_H

#include <shopcore/cart.h>
#include <shopcore/rule.h>

SC_BEGIN_DECLS

/** Bytes of a code. */
#define SC_COUPON_CODE_MAX 96
/** Wrong codes that one customer or guest may try, and for how long each counts. */
#define SC_COUPON_TRIES_MAX 20
#define SC_COUPON_TRIES_MS  600000
/** Codes that are issued or imported at once. */
#define SC_COUPON_CODES_MAX SC_BATCH_MAX

/**
 * Put a code into a cart. Small letters count as capital ones. Whether it takes something off is for the quote to say;
 * it is used only by an order that has the discount.
 *
 * Ownership: `code` is borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT, SC_BAD_FORMAT or, for a code that reads like a card
 * number, SC_BAD_TEXT; SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_KEY_REUSED; SC_CHANGED for another
 * version of the cart; SC_LIMIT_REACHED for a customer or guest who tried too many wrong codes (err->field "tries"),
 * otherwise when the cart carries SC_CART_COUPONS_MAX; SC_NOT_FOUND for a code that no coupon has; SC_BUSY; SC_DAMAGED;
 * SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_coupon_add(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *code,
                               sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Take a code out of a cart.
 *
 * Ownership: `code` is borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT, SC_OVER_LIMIT, SC_BAD_FORMAT or, for a code that reads like a card
 * number, SC_BAD_TEXT; SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_KEY_REUSED; SC_CHANGED; SC_NOT_FOUND
 * when the cart does not carry it; SC_BUSY; SC_NO_MEMORY; SC_OK. Idempotent: with call->key. Since: 0.1.
 */
SC_API sc_status sc_coupon_remove(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *code,
                                  sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Issue codes of a single-use coupon: those of the numbers from `first` on. The same numbers always give the same
 * codes, and nothing is stored: keep count of the numbers that were handed out.
 *
 * Ownership: `coupon` is borrowed for the call; the codes live in `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_NOT_ALLOWED unless system or admin; SC_BAD_ARGUMENT, SC_OVER_LIMIT or SC_BAD_TEXT for
 * `coupon`; SC_OUT_OF_RANGE for a number outside 0..2^40 or a count outside 1..SC_COUPON_CODES_MAX; SC_NOT_FOUND when
 * there is no single-use coupon of that name; SC_NO_MEMORY; the store's failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_coupon_issue(sc_shop *shop, const sc_call *call, const char *coupon, int64_t first, size_t count,
                                 sc_arena *arena, const char *const **codes, sc_error *err);

/**
 * Take in codes of a single-use coupon that were made elsewhere. A code that is known already stays as it is.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_NOT_ALLOWED unless system or admin; SC_BAD_ARGUMENT, SC_OVER_LIMIT or SC_BAD_TEXT for
 * `coupon`; SC_OUT_OF_RANGE for a count outside 1..SC_COUPON_CODES_MAX; SC_BAD_ARGUMENT, SC_OVER_LIMIT, SC_BAD_FORMAT
 * or SC_BAD_TEXT for a code (err->index); SC_NOT_FOUND when there is no single-use coupon of that name; SC_NO_MEMORY;
 * the store's failures and unknowns; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_coupon_import(sc_shop *shop, const sc_call *call, const char *coupon, const char *const *codes,
                                  size_t count, sc_error *err);

/** How often a coupon was used, as far as that is counted. */
typedef struct sc_coupon_usage {
	int64_t limit;        /* in all; 0: none, and then nothing is counted */
	int64_t used, held;   /* by confirmed orders, and by those that wait for their money */
	int64_t period_limit; /* in the period that runs; 0: none */
	int64_t period_used, period_held;
	uint64_t reserved[4];
} sc_coupon_usage;

/**
 * Count the uses of a coupon, in all and in the period that runs.
 *
 * Ownership: `coupon` is borrowed for the call; `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_NOT_ALLOWED unless system or admin; SC_BAD_ARGUMENT, SC_OVER_LIMIT or SC_BAD_TEXT for
 * `coupon`; SC_NOT_FOUND when no rule limits it; SC_NO_MEMORY; the store's failures; SC_OK. Idempotent: yes.
 * Since: 0.1.
 */
SC_API sc_status sc_coupon_count(sc_shop *shop, const sc_call *call, const char *coupon, sc_coupon_usage *out,
                                 sc_error *err);

SC_END_DECLS

#endif
