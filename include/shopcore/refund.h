/*
 * Refunds: giving back a part of what was paid for an order, or all of it.
 *
 * What goes back is said by line, by amount, by share, or as all that is left. A unit is worth what was really paid for
 * it, discounts and tax included; a bare amount is spread over lines and shipping in proportion to what is left of
 * each. Fees count with shipping; a credit has made the lines cheaper. So tax, shipping and each seller's part are
 * known of every refund, and however an order is given back, in whatever steps, the refunds add up to exactly what was
 * captured.
 *
 * An order that was paid in several ways goes back in the order of its payments' numbers: what the provider took first,
 * then gift cards, then store credit, each as far as it has room. What goes to a card or to credit is there at once, in
 * the commit that makes the refund.
 *
 * A refund is durable before the provider hears of it, under an id of its own; sc_shop_tick() sends it and asks again
 * until the provider has said what became of it. While it is on its way its money cannot be promised a second time; a
 * refund that the provider refuses makes room again. Each of them moves the order's row on, so that of two who refund
 * at the same time one sees what the other has left.
 */
#ifndef SHOPCORE_REFUND_H
#define SHOPCORE_REFUND_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

typedef enum sc_refund_state {
	SC_REFUND_REQUESTED = 1, /* it will be sent, or the provider has not said what became of it */
	SC_REFUND_DONE = 2,      /* the money went back */
	SC_REFUND_FAILED = 3     /* the provider refused; nothing went back, and the room is free again */
} sc_refund_state;

/** Some units of a line. */
typedef struct sc_refund_line {
	const char *line; /* its id in the order */
	int64_t quantity;
} sc_refund_line;

/** What shall go back: lines and shipping, or one of the other three. */
typedef struct sc_refund_request {
	size_t size; /* set by the initialiser */
	const sc_refund_line *lines;
	size_t line_count;
	bool shipping;  /* all that is left of shipping and fees, too */
	bool rest;      /* all that is left of everything */
	bool to_credit; /* it becomes store credit of the customer, and is done at once */
	uint8_t reserved0;
	uint32_t share_ppm; /* of what was captured, in millionths, rounded down: 250000 is a quarter */
	int64_t amount_minor;
	const char *reason; /* for the history; NULL or at most SC_NOTE_MAX bytes */
	uint64_t reserved[4];
} sc_refund_request;

#define SC_REFUND_REQUEST_INIT                    \
	{                                         \
		.size = sizeof(sc_refund_request) \
	}

/** What a refund gives back of one line, or of shipping. Amounts in minor units. */
typedef struct sc_refund_part {
	const char *line;   /* its id in the order; empty: shipping and fees */
	const char *seller; /* whose goods; empty: the shop's own */
	int64_t quantity;   /* units; 0: only money */
	int64_t amount_minor;
	int64_t tax_minor; /* of that amount */
} sc_refund_part;

/** One refund, of one payment, in the caller's arena. Text is never NULL. */
typedef struct sc_refund {
	uint32_t number;     /* 1 for the first refund of its order */
	uint32_t state;      /* sc_refund_state */
	uint32_t payment;    /* number of the payment that it gives back; 0: what was cancelled had cost nothing */
	bool to_credit;      /* it became store credit */
	bool cancelled;      /* units that stayed here: sc_order_cancel_lines() */
	const char *attempt; /* its id, which is the provider's idempotency key */
	int64_t amount_minor;
	int64_t tax_minor;      /* of that amount */
	int64_t shipping_minor; /* of that amount, with its tax */
	const char *currency;
	const char *reason;
	const char *provider_ref; /* the provider's name for it */
	const char *decline_code; /* the provider's word for why, in SC_REFUND_FAILED */
	const sc_refund_part *parts;
	size_t part_count;
	uint64_t reserved[2];
} sc_refund;

/** What a request comes to. */
typedef struct sc_refund_answer {
	const sc_refund *refunds; /* one for each payment that gives something back */
	size_t count;
	int64_t amount_minor; /* of all of them */
	int64_t left_minor;   /* what can still be given back afterwards */
	uint64_t reserved[2];
} sc_refund_answer;

/**
 * Say what a request would give back, and change nothing. Calls the store twice.
 *
 * Needs the rights of the shop, and an order that was paid and not cancelled. Refunds of the answer have no number yet.
 *
 * Ownership: `request` is borrowed for the call; `out` is the caller's, what it points to is in the arena. Threads:
 * any. Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_FORMAT when `order_id` is no id;
 * SC_BAD_ARGUMENT when the request names nothing, or more than one of its ways, SC_OUT_OF_RANGE for its numbers,
 * SC_BAD_TEXT or SC_OVER_LIMIT for `reason`; SC_NOT_FOUND; SC_DAMAGED; SC_WRONG_STATE when no money of the order is
 * here to stay; SC_NOT_FOUND when a line is none of the order's; SC_LIMIT_REACHED when there is not so much left:
 * err->wanted and err->available, in units of the line err->index, or in money when err->index is -1; SC_NO_MEMORY; the
 * store's failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_refund_plan(sc_shop *shop, const sc_call *call, const char *order_id,
                                const sc_refund_request *request, sc_arena *arena, sc_refund_answer *out,
                                sc_error *err);

/**
 * Give money back: the refund is durable when this returns, and sc_shop_tick() drives it with the provider.
 *
 * Reads again when the order moved meanwhile. One group, one durable commit. With call->key a repeat of the same
 * request gives back nothing more.
 *
 * Ownership: as sc_refund_plan(). Threads: any.
 * Returns, in this order: what sc_refund_plan() says; SC_LIMIT_REACHED when the order has SC_REFUNDS_MAX refunds;
 * SC_KEY_REUSED; SC_BUSY when others keep moving the order; the store's failures and unknowns; SC_OK. Idempotent: with
 * a key; the answer of a repeat has no refunds, see sc_refund_list(). Since: 0.1.
 */
SC_API sc_status sc_refund_make(sc_shop *shop, const sc_call *call, const char *order_id,
                                const sc_refund_request *request, sc_arena *arena, sc_refund_answer *out,
                                sc_error *err);

/**
 * Give all refunds of an order, the first one first. The buyer may see them too. Calls the store twice.
 *
 * Ownership: `out` and what it points to are in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_NOT_FOUND;
 * SC_NOT_ALLOWED when it is another's; SC_DAMAGED; SC_NO_MEMORY; the store's failures; SC_OK. Idempotent: yes. Since:
 * 0.1.
 */
SC_API sc_status sc_refund_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena,
                                sc_refund **out, size_t *count, sc_error *err);

/**
 * Name the state of a refund as it is written in documents, such as "REQUESTED".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_refund_state_name(uint32_t state);

SC_END_DECLS

#endif
