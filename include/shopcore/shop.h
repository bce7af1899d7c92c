/*
 * The shop: one handle for one shop of one tenant.
 *
 * Open it with a store, named by URL or handed in, and with the outside services it should use; call
 * it from as many threads as you like; close it when nobody uses it any more. It starts no thread by
 * itself: whatever must happen without a buyer asking (holds that lapse, payments that went silent,
 * events to be relayed, the search index to be fed) happens in sc_shop_tick(). Call that from a loop
 * of your own, or let shopcore/worker.h run it on a thread.
 *
 *     sc_shop_options options = SC_SHOP_OPTIONS_INIT;
 *     options.store_url = "sqlite:shop.db";
 *     sc_shop *shop;
 *     if (sc_shop_open(&options, &shop, &err) != SC_OK) …
 */
#ifndef SHOPCORE_SHOP_H
#define SHOPCORE_SHOP_H

#include <shopcore/call.h>
#include <shopcore/env.h>
#include <shopcore/port/events.h>
#include <shopcore/port/gateway.h>
#include <shopcore/port/notifier.h>
#include <shopcore/port/search.h>
#include <shopcore/port/store.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** One shop. Safe to use from many threads. */
typedef struct sc_shop sc_shop;

/** What happens when the money came but the hold on the stock had run out. */
typedef enum sc_lapsed_policy {
	SC_LAPSED_HOLD_AGAIN = 1, /* try to hold the same stock again; refund when it is gone */
	SC_LAPSED_REFUND = 2      /* refund at once */
} sc_lapsed_policy;

/** What becomes of the coupons of a paid order that is cancelled as a whole. */
typedef enum sc_coupon_policy {
	SC_COUPON_GIVEN_BACK = 0, /* they can be used again */
	SC_COUPON_STAYS_USED = 1
} sc_coupon_policy;

#define SC_QUOTE_KEY_SIZE 32
#define SC_QUOTE_KEYS_MAX 8

/** A secret that signs quotes. The id travels inside the quote, so that keys can be rotated. */
typedef struct sc_quote_key {
	uint32_t id; /* not 0, unique in the ring */
	uint8_t bytes[SC_QUOTE_KEY_SIZE];
} sc_quote_key;

/** How to open a shop. Start from SC_SHOP_OPTIONS_INIT; its values are the defaults named here. */
typedef struct sc_shop_options {
	size_t size;       /* set by the initialiser */
	const sc_env *env; /* NULL: sc_env_default(). Borrowed until the shop is closed */

	/* Where the records live: a URL, or a store that is open already. Exactly one of the two. */
	const char *store_url; /* "memory:", "sqlite:FILE", "sqlite:FILE?exclusive=1" */
	sc_store store;        /* taken over on SC_OK */

	/* Outside services; a table of operations of NULL means none. Taken over on SC_OK. */
	sc_gateway gateway;
	sc_search_index search;
	sc_notifier notifier;
	sc_event_sink events;

	bool volatile_ok; /* allow a handed-in store that may lose acknowledged orders; naming "memory:" allows it too
	                   */

	char currency[4];              /* of the shop's own amounts, such as flat shipping: "USD" */
	int64_t hold_ttl_ms;           /* stock is held for a placed order this long: 10 minutes */
	int64_t cart_lifetime_ms;      /* after its last write: 30 days */
	int64_t quote_ttl_ms;          /* a quote binds this long: 15 minutes */
	int64_t key_lifetime_ms;       /* idempotency keys are remembered this long: 7 days */
	int64_t payment_patience_ms;   /* a call waits for a provider's answer no longer than this: 30 seconds */
	int64_t payment_resume_ms;     /* tick asks about a payment that nobody settled after this long: 30 seconds */
	uint32_t payment_attempts_max; /* of one order, 1..SC_PAYMENT_ATTEMPTS_MAX: 5 */
	uint32_t lapsed_policy;        /* sc_lapsed_policy: SC_LAPSED_HOLD_AGAIN */

	int64_t tax_rate_ppm;        /* one rate on everything, in millionths (190000 is 19 %): 0 */
	bool tax_included;           /* prices contain the tax: false */
	int64_t shipping_flat_minor; /* per order, in `currency`'s minor units: 0 */

	/* Borrowed for the call. The first one signs, all of them verify. None: the store keeps one of its
	 * own, so that every process on that store shares it. */
	const sc_quote_key *quote_keys;
	size_t quote_key_count;

	/* What orders and carts are served from: the first of these locations that has all units of a line. Borrowed
	 * for the call. NULL: "main" alone */
	const char *const *locations;
	uint32_t location_count; /* at most SC_SOURCES_MAX */
	uint32_t split_lines;    /* not 0: a line's units may come from several of them */
	int64_t hold_on_add_ms;  /* what is put into a cart is held so long for it, 0: not before it is placed */
	int64_t low_stock;       /* "stock.low" is published when what can be reserved falls below it; 0: never */

	/* Limits of carts; 0: those of the library. */
	int64_t cart_line_units_max; /* of one line: SC_QUANTITY_MAX */
	int64_t cart_units_max;      /* of all lines together: none */
	uint32_t cart_lines_max;     /* SC_CART_LINES_MAX */
	uint32_t submitted_max;      /* requests in flight, see submit.h; 0: 10,000 */

	uint32_t coupon_policy; /* sc_coupon_policy: SC_COUPON_GIVEN_BACK */
	uint32_t reserved0;
	uint64_t reserved[1];
} sc_shop_options;

#define SC_SHOP_OPTIONS_INIT                                                                          \
	{                                                                                             \
		.size = sizeof(sc_shop_options), .currency = "USD", .hold_ttl_ms = 600000,            \
		.cart_lifetime_ms = 2592000000, .quote_ttl_ms = 900000, .key_lifetime_ms = 604800000, \
		.payment_patience_ms = 30000, .payment_resume_ms = 30000, .payment_attempts_max = 5,  \
		.lapsed_policy = SC_LAPSED_HOLD_AGAIN                                                 \
	}

/**
 * Open a shop: open its store if it is named by URL, bring the schema up to date, check that the store
 * may keep what a shop must not lose.
 *
 * Intervals are in milliseconds, amounts in minor units.
 *
 * Ownership: `options` and what it points to are borrowed for the call, except `env`, which is borrowed until
 * the shop is closed. On SC_OK the shop owns the store and the services in `options` and closes them in
 * sc_shop_close(); on any other status the caller still owns all that it handed in. Free `*out` with
 * sc_shop_close(). Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT (err->field names the option) when both or neither of `store_url` and
 * `store` are given, a required operation is missing, or a number is out of its range; SC_BAD_CURRENCY;
 * SC_UNSUPPORTED for a URL of an engine that is not built in; what opening the store said, such as
 * SC_IO_FAILED or SC_SCHEMA_TOO_NEW; SC_UNSUPPORTED when the store may lose acknowledged writes and that was
 * not allowed; SC_NO_MEMORY; SC_OK.
 * Idempotent: yes, opening again leaves the stored data as it is. Since: 0.1.
 */
SC_API sc_status sc_shop_open(const sc_shop_options *options, sc_shop **out, sc_error *err);

/**
 * Close a shop, its store and its services, and give all memory back.
 *
 * Ownership: takes `shop`; NULL does nothing. Threads: when no other thread uses the shop any more.
 * Returns: nothing; cannot fail. Idempotent: no, the handle is gone. Since: 0.1.
 */
SC_API void sc_shop_close(sc_shop *shop);

/**
 * Read the store's clock: milliseconds since 1970. Also the check that the store answers.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; what the store says; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_shop_now(sc_shop *shop, const sc_call *call, int64_t *out, sc_error *err);

/**
 * Print who may do what, as a table of text: one line an operation, one column a kind of actor.
 *
 * Ownership: `out` is in the arena, NUL-terminated. Threads: any, one per arena. Returns, in this order: SC_NO_MEMORY;
 * SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_access_table(sc_arena *arena, const char **out, sc_error *err);

/** How much one tick may do. */
typedef struct sc_tick_bound {
	size_t size;     /* set by the initialiser */
	uint32_t items;  /* at most about so many things of each duty: 1,000 */
	int64_t time_ms; /* no new piece of work is begun after this long: 1,000 */
	uint64_t reserved[2];
} sc_tick_bound;

#define SC_TICK_BOUND_INIT                         \
	{                                          \
		sizeof(sc_tick_bound), 1000, 1000, \
		{                                  \
			0                          \
		}                                  \
	}

/** What a tick did, and when the next one is due. */
typedef struct sc_tick_report {
	size_t size; /* set by the initialiser */
	uint64_t holds_expired;
	uint64_t checkouts_resumed; /* orders brought a step further */
	uint64_t events_relayed;
	uint64_t products_indexed;
	uint64_t notices_sent;
	uint32_t duties_failed; /* duties that could not run this time; they are tried again */
	uint32_t reserved0;
	int64_t next_due_ms; /* the store's time at which something is due; not above its now when work is left over;
	                        SC_NEVER: nothing is */
	int64_t wait_ms;     /* the same as an interval from now: 0 when work is left over, or SC_NEVER */
	uint64_t reserved[4];
} sc_tick_report;

#define SC_TICK_REPORT_INIT                    \
	{                                      \
		.size = sizeof(sc_tick_report) \
	}

/**
 * Do what is due without anybody asking, within a bound: expire holds, resume checkouts whose payment is
 * open, relay events to the sink, feed the search index, send notices.
 *
 * Every duty is tried even when another one fails; the first failure is what is returned, and the report
 * still says what was done. New events are announced by no clock, so with a sink, a search index or a
 * notifier `wait_ms` is at most 1,000.
 *
 * Ownership: `bound` is borrowed and may be NULL for its defaults; `report` may be NULL and is written whenever
 * the call was allowed. Threads: any; two ticks at once do no harm.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED unless system or admin; the first failure of a duty; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_shop_tick(sc_shop *shop, const sc_call *call, const sc_tick_bound *bound, sc_tick_report *report,
                              sc_error *err);

SC_END_DECLS

#endif
