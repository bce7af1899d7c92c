/*
 * Payments of an order: one row an attempt, written before the provider hears of it.
 *
 * The row of the first attempt is made together with the order, and a decline makes the next one
 * in the same step that records it. So whatever happens to the process, the shop knows which
 * attempts may have moved money, and asks the provider about them by their ids. A new attempt
 * exists only when the one before it is known to have moved nothing.
 */
#ifndef SHOPCORE_PAYMENT_H
#define SHOPCORE_PAYMENT_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

/** One attempt to take the money of an order. The moves are the machine SC_MACHINE_ATTEMPT of order.h. */
typedef enum sc_attempt_state {
	SC_ATTEMPT_PREPARED = 1,   /* may be with the provider; what became of it is not known here */
	SC_ATTEMPT_NEEDS_STEP = 2, /* the buyer has to go to `step_url` */
	SC_ATTEMPT_CAPTURED = 3,   /* the money is here */
	SC_ATTEMPT_DECLINED = 4,   /* nothing moved and nothing will */
	SC_ATTEMPT_VOIDED = 5,     /* called back before it moved anything */
	SC_ATTEMPT_REFUNDING = 6,  /* the money is on its way back; tick drives it */
	SC_ATTEMPT_REFUNDED = 7
} sc_attempt_state;

/** Where money comes from. */
typedef enum sc_tender {
	SC_TENDER_PROVIDER = 0,
	SC_TENDER_GIFT_CARD = 1, /* see gift_card.h */
	SC_TENDER_CREDIT = 2     /* see credit.h */
} sc_tender;

/** Payments of an order by gift card and store credit have the numbers from here on. They are no attempts: they are
 * held with the order, and what became of them is what became of the order. */
#define SC_TENDER_FIRST 101
#define SC_TENDERS_MAX  9 /* of one order: its gift cards, and store credit */

/** One attempt, or what a gift card or store credit pays, in the caller's arena. Text is never NULL; what is not known
 * is empty. */
typedef struct sc_payment {
	uint32_t number;     /* 1 for the first attempt of its order */
	uint32_t state;      /* sc_attempt_state */
	uint32_t tender;     /* sc_tender */
	const char *account; /* the gift card's id, or whose credit; empty for the provider's */
	const char *attempt; /* its id, which is the provider's idempotency key; empty for the others */
	int64_t amount_minor;
	const char *currency;
	const char *provider_ref; /* the provider's name for it */
	const char *step_url;     /* where the buyer has to go in SC_ATTEMPT_NEEDS_STEP */
	const char *decline_code; /* the provider's word for why, in SC_ATTEMPT_DECLINED */
	uint64_t reserved[2];
} sc_payment;

/**
 * Give all attempts to pay an order, the first one first, then what gift cards and store credit pay. Calls the store
 * twice, however many there are.
 *
 * Ownership: `out` and its texts are in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_NOT_FOUND when
 * there is no such order; SC_NOT_ALLOWED when it is another's; SC_DAMAGED when a stored row does not read;
 * SC_NO_MEMORY; the store's failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_payment_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena,
                                 sc_payment **out, size_t *count, sc_error *err);

/**
 * Name the state of an attempt as it is written in documents, such as "NEEDS_STEP".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_attempt_state_name(uint32_t state);

/**
 * Name where money comes from as it is written in documents: "provider", "gift_card", "store_credit".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_tender_name(uint32_t tender);

SC_END_DECLS

#endif
