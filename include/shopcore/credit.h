/*
 * Store credit: money that a customer has with the shop, one account for each customer and currency.
 *
 * It is granted and taken back by the shop, topped up by refunds that go to it (refund.h), and spent on orders like a
 * gift card: held when the order is placed, spent when it is confirmed, given back when it fails or is cancelled.
 */
#ifndef SHOPCORE_CREDIT_H
#define SHOPCORE_CREDIT_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/id.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

/** What one grant can be, in minor units. */
#define SC_CREDIT_MAX SC_QUANTITY_MAX
/** For sc_checkout_request: as much as there is and the order needs. */
#define SC_CREDIT_ALL INT64_MAX

/** A customer's credit in one currency. */
typedef struct sc_credit {
	char currency[4];
	int64_t balance_minor; /* what can be spent */
	int64_t held_minor;    /* by orders that wait for their money */
	uint64_t reserved[2];
} sc_credit;

/** One movement of it. */
typedef struct sc_credit_move {
	int64_t time_ms;      /* the store's clock, since 1970 */
	int64_t amount_minor; /* what it changed of what can be spent; 0: what was held is spent now */
	int64_t balance_minor;
	const char *reason; /* what was given, or "hold", "commit", "release", "expire", "refund", "cancel" */
	sc_id order;        /* that held or spent it; zero: none */
} sc_credit_move;

/**
 * Grant credit to a customer, or take some back with an amount below zero. Needs the rights of the shop. One durable
 * commit, with its entry in the ledger.
 *
 * `owner` is "u:" and the customer's id; `currency` NULL: the shop's; `reason` NULL or at most SC_ID_TEXT_MAX bytes.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_ARGUMENT, SC_OVER_LIMIT, SC_BAD_TEXT
 * or SC_BAD_FORMAT for the owner; SC_OUT_OF_RANGE for the amount; SC_BAD_CURRENCY; SC_BAD_TEXT or SC_OVER_LIMIT for the
 * reason; SC_KEY_REUSED; SC_LIMIT_REACHED when there is not so much to take back (err->available); SC_NO_MEMORY; the
 * store's failures and unknowns; SC_OK. Idempotent: with a key. Since: 0.1.
 */
SC_API sc_status sc_credit_grant(sc_shop *shop, const sc_call *call, const char *owner, int64_t amount_minor,
                                 const char *currency, const char *reason, sc_error *err);

/**
 * Say what credit a customer has. `owner` NULL: the caller's own; `currency` NULL: the shop's. Calls the store once.
 *
 * Ownership: values. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call, or for an owner; SC_OVER_LIMIT, SC_BAD_TEXT or SC_BAD_FORMAT
 * for the owner; SC_NOT_ALLOWED when it is another's; SC_BAD_CURRENCY; SC_NO_MEMORY; the store's failures; SC_OK, also
 * for who never had any. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_credit_get(sc_shop *shop, const sc_call *call, const char *owner, const char *currency,
                               sc_credit *out, sc_error *err);

/**
 * List the newest movements of a customer's credit, the newest first, `limit` (1..SC_PAGE_MAX) at most. Calls the store
 * once.
 *
 * Ownership: `out` and its texts are in the arena. Threads: any.
 * Returns, in this order: what sc_credit_get() says; SC_OUT_OF_RANGE for `limit`. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_credit_list(sc_shop *shop, const sc_call *call, const char *owner, const char *currency,
                                uint32_t limit, sc_arena *arena, sc_credit_move **out, size_t *count, sc_error *err);

SC_END_DECLS

#endif
