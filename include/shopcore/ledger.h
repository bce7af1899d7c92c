/*
 * The money ledger: what every capture and every refund did, as double entry.
 *
 * An entry is written in the same group as the step that it books, and its amounts add up to zero: what came to one
 * account left others. Its place is made of what it books (the capture of payment 2, refund 3), so nothing can be
 * booked twice. Entries are never changed. Accounts of an order:
 *
 *     provider      what the payment provider holds for us: up with a capture, down with a refund
 *     shop          what was earned with the shop's own goods, without tax; below zero, as income is
 *     seller:ID     the same of another seller's goods
 *     shipping      the same of shipping and of fees
 *     tax           all tax: owed to the state
 *     gift_card     what is on gift cards, owed to who has them: down with an issue, up when it is spent
 *     store_credit  the same of customers' store credit
 *     granted       what the shop put on cards and credit, up with each issue
 *     buyer         money that came when the order could no longer be served: owed to the buyer until it went back
 *
 * A payment that is called back before it was captured moves no money and books nothing. sc_verify_step() adds the
 * ledger up and compares it with payments and refunds.
 */
#ifndef SHOPCORE_LEDGER_H
#define SHOPCORE_LEDGER_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

/** What an entry books. */
typedef enum sc_ledger_what {
	SC_LEDGER_CAPTURE = 1, /* a payment was captured; `number` is the payment's */
	SC_LEDGER_REFUND = 2,  /* a refund was done; `number` is the refund's */
	SC_LEDGER_RETURN = 3,  /* all that was left of a payment went back, for the order is over; `number` as above */
	SC_LEDGER_GRANT = 4    /* a gift card was issued or store credit granted; `number` 0, and no order */
} sc_ledger_what;

/** One amount of an entry, in minor units. */
typedef struct sc_posting {
	const char *account;
	int64_t amount_minor;
} sc_posting;

/** One entry, in the caller's arena. */
typedef struct sc_ledger_entry {
	uint32_t what; /* sc_ledger_what */
	uint32_t number;
	uint32_t payment; /* number of the payment whose money it is */
	uint32_t reserved0;
	const char *currency;
	const sc_posting *postings; /* one an account; they add up to zero */
	size_t count;
	uint64_t reserved[2];
} sc_ledger_entry;

/**
 * Give all entries about an order: captures first, then refunds, then returns, each by number. Calls the store twice.
 * The entry about a gift card's issue is found by the card's `ledger_id`.
 *
 * Needs the rights of the shop.
 *
 * Ownership: `out` and what it points to are in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_FORMAT when `order_id` is no id;
 * SC_NOT_FOUND when there is no such order; SC_DAMAGED when an entry does not read; SC_NO_MEMORY; the store's failures;
 * SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_ledger_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena,
                                sc_ledger_entry **out, size_t *count, sc_error *err);

/**
 * Name what an entry books, such as "CAPTURE".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_ledger_what_name(uint32_t what);

SC_END_DECLS

#endif
