/*
 * Checkout: from a cart to an order that is paid for.
 *
 *     quote → place → pay (→ confirm)
 *
 * A quote prices the cart, says what changed since the buyer last saw it, and is a signed snapshot
 * that is good for some minutes. Place turns it into an order with its stock held; pay takes the
 * money and confirms. Every step can be repeated: place under the caller's key, pay because each
 * attempt has an id that the provider knows it by. What a process leaves half done is found again
 * and finished by sc_shop_tick().
 *
 * Silence is an answer of its own: when a provider does not say whether money moved, pay says
 * SC_PAYMENT_UNKNOWN, the order stays PENDING, and tick finds out. There is never a charge without
 * an order that is confirmed, will be, or has its refund in progress.
 *
 * A shop with one program:
 *
 *     sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
 *     call.key = "k-1"; request.payment_token = "…"; request.shipping = …;
 *     status = sc_checkout_buy(shop, &call, &request, &arena, &placement, &err);
 */
#ifndef SHOPCORE_CHECKOUT_H
#define SHOPCORE_CHECKOUT_H

#include <shopcore/credit.h>
#include <shopcore/gift_card.h>
#include <shopcore/order.h>
#include <shopcore/price_tables.h>

SC_BEGIN_DECLS

/* ---- quote ----------------------------------------------------------------------------- */

/** How an offer differs from what the buyer saw: when the line was put into the cart, or in a former quote. */
typedef enum sc_offer_change_kind {
	SC_OFFER_PRICE_UP = 1,     /* was, now: unit price in minor units; needs consent */
	SC_OFFER_PRICE_DOWN = 2,   /* was, now: unit price in minor units */
	SC_OFFER_NOT_FOR_SALE = 3, /* the line has to go before an order can be placed */
	SC_OFFER_SHORT_STOCK = 4,  /* was: wanted of this SKU; now: free a moment ago, not promised */
	/* against a former quote */
	SC_OFFER_LINE_NEW = 5,    /* now: units */
	SC_OFFER_LINE_GONE = 6,   /* was: units; `line` is that of the former quote */
	SC_OFFER_QUANTITY = 7,    /* was, now: units */
	SC_OFFER_PROMOTION = 8,   /* was, now: what it takes off in all; 0: it does not apply, or is over */
	SC_OFFER_COUPON = 9,      /* was, now: what it takes off in all; the quote's coupons say why nothing */
	SC_OFFER_SHIPPING = 10,   /* was, now: what shipping costs */
	SC_OFFER_TAX = 11,        /* was, now: the tax of `what`, a rate such as "19" */
	SC_OFFER_TOTAL_UP = 12,   /* was, now: what is to pay; needs consent */
	SC_OFFER_TOTAL_DOWN = 13, /* was, now: what is to pay */
	SC_OFFER_FEE = 14         /* was, now: what the fee `what` comes to */
} sc_offer_change_kind;

#define SC_OFFER_NO_LINE UINT32_MAX

typedef struct sc_offer_change {
	uint32_t kind;   /* sc_offer_change_kind */
	uint32_t line;   /* index into the quote's lines, or SC_OFFER_NO_LINE */
	const char *sku; /* of the line, or "" */
	int64_t was, now;
	const char *field; /* what it is about, such as "lines[2].unit_price" or "promotions" */
	const char *what;  /* which promotion, coupon or rate, or "" */
} sc_offer_change;

/**
 * Name a kind of change, such as "price_up".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "unknown"; never NULL. Idempotent: yes.
 * Since: 0.1.
 */
SC_API const char *sc_offer_change_name(uint32_t kind);

/** What became of a code in the cart. */
typedef enum sc_coupon_verdict {
	SC_COUPON_APPLIED = 0,
	SC_COUPON_UNKNOWN,   /* no promotion asks for it any more */
	SC_COUPON_TOO_EARLY, /* wanted: from when, available: now */
	SC_COUPON_TOO_LATE,  /* wanted: until when, available: now */
	SC_COUPON_USED_UP,   /* its uses in all are used or held, and so on for the next three */
	SC_COUPON_CUSTOMER_USED_UP,
	SC_COUPON_PERIOD_USED_UP,
	SC_COUPON_CODE_USED,
	SC_COUPON_DOUBLED, /* the cart carries another code of this coupon */
	SC_COUPON_NOT_MET  /* `promotion` did not apply: `reason`, wanted and available */
} sc_coupon_verdict;

/** A code of the cart as the quote sees it. */
typedef struct sc_quote_coupon {
	const char *code, *coupon;
	uint32_t verdict; /* sc_coupon_verdict */
	uint32_t reason;  /* sc_promotion_reason, with SC_COUPON_NOT_MET */
	const char *promotion;
	int64_t wanted, available;
	int64_t discount_minor;
	const char *text; /* the same in words */
} sc_quote_coupon;

/** Which of its prices a line has. */
typedef struct sc_quote_price {
	const char *list;         /* the price list it comes from; "" without one, and for the SKU's own price */
	int64_t compare_at_minor; /* what it cost before, to be shown struck through; 0: nothing */
	bool on_sale;
	uint64_t reserved[2];
} sc_quote_price;

/** A priced cart, in the caller's arena. */
typedef struct sc_quote {
	const char *currency;
	const sc_order_line *lines;
	const sc_quote_price *prices; /* of each line */
	size_t line_count;
	int64_t goods_minor, discount_minor, shipping_minor, fees_minor, tax_minor, total_minor; /* as in sc_order */
	const sc_breakdown *breakdown; /* every minor unit and the rule that made it */
	const sc_offer_change *changes;
	size_t change_count;
	bool needs_consent;             /* a price rose: placing needs `consent` */
	const char *token;              /* hand it to place; NULL while a line is not for sale */
	int64_t expires_ms;             /* of the token, milliseconds since 1970 */
	const sc_quote_coupon *coupons; /* each code of the cart */
	size_t coupon_count;
	const sc_order_promotion *promotions; /* those that took something off */
	size_t promotion_count;
	const sc_order_tax *taxes;
	size_t tax_count;
	const sc_order_fee *fees;
	size_t fee_count;
	const sc_shipping_offer
		*offers; /* the ways to ship, cheapest first: codes and amounts as the rules list them */
	size_t offer_count;
	const char *shipping_rate; /* the way that was chosen; NULL: nothing is shipped */
	uint64_t reserved[4];
} sc_quote;

/** Who buys, and where it goes: what prices, taxes and shipping may depend on. NULL: not known. */
typedef struct sc_quote_options {
	size_t size;
	const char *country; /* where it will go: ISO 3166-1 */
	const char *region;
	const char *postal_code;
	const char *shipping_rate;  /* the code of one; NULL: the cheapest that goes there */
	const char *customer_group; /* as promotions and prices name it; the caller knows who belongs to it */
	const char *channel;
	const char *email;    /* of a guest: whom a coupon's limit per customer counts for */
	bool business;        /* the buyer gave a valid tax number: abroad the charge is reversed */
	bool tax_exempt;      /* the buyer has a certificate */
	int32_t utc_offset_s; /* of the buyer's local time, for weekdays */
	uint64_t reserved[4];
} sc_quote_options;
#define SC_QUOTE_OPTIONS_INIT                    \
	{                                        \
		.size = sizeof(sc_quote_options) \
	}

/**
 * Price the caller's cart and look at stock, without holding any. Calls the store a fixed number of times,
 * however many lines the cart has.
 *
 * Ownership: `options` may be NULL; `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when the caller is no customer or guest, or the options' size
 * is not set; SC_BAD_TEXT, SC_OVER_LIMIT, SC_BAD_FORMAT for the options (err->field); SC_CART_EMPTY;
 * SC_CURRENCY_MISMATCH when shipping is priced in another currency; SC_NOT_FOUND when nothing ships to that country, or
 * not by that rate (err->field); SC_OVER_LIMIT when an order of it would pass SC_BODY_MAX bytes; SC_DAMAGED when a
 * stored row does not read; SC_OUT_OF_RANGE when an amount does not fit; SC_NO_MEMORY; the store's failures; SC_OK.
 * Idempotent: yes, but for the token's time. Since: 0.1.
 */
SC_API sc_status sc_checkout_quote(sc_shop *shop, const sc_call *call, const sc_quote_options *options, sc_arena *arena,
                                   sc_quote *out, sc_error *err);

/**
 * Quote the caller's cart again and tell exactly what changed since a former quote, which may have expired. Without
 * changes the offer stands as it was, and the new token goes on from there.
 *
 * Ownership: as sc_checkout_quote(); `token` is borrowed for the call. `changes` are those against the former quote.
 * Threads: any. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT, SC_BAD_FORMAT for the options;
 * SC_BAD_SIGNATURE when the token is not ours, or another's; then as sc_checkout_quote(). Idempotent: yes, but for the
 * token's time. Since: 0.1.
 */
SC_API sc_status sc_checkout_requote(sc_shop *shop, const sc_call *call, const char *token,
                                     const sc_quote_options *options, sc_arena *arena, sc_quote *out, sc_error *err);

/**
 * Write a quote as one JSON object, as a value. Members come in one fixed order, and later versions only add some at
 * the end; amounts are integers in minor units. `explain`, when it is not NULL, adds the member "breakdown", which says
 * where every amount comes from, and is what that needs memory from.
 *
 * Ownership: everything is borrowed for the call. Threads: one at a time on one writer.
 * Returns: nothing; the status comes with sc_json_finish(). Idempotent: no, each call writes once. Since: 0.1.
 */
SC_API void sc_quote_write_json(sc_json_writer *writer, const sc_quote *quote, sc_arena *explain);

/**
 * Give the pricing document of the caller's cart: what a quote would price it by, as docs/guide/pricing.md describes
 * documents. sc_price_document() on it explains every minor unit, or says what the cart would cost under other rules.
 * Lines that are not for sale are left out, and so are promotions that take nothing off.
 *
 * Ownership: `options` may be NULL; `out` is in the arena. Threads: any.
 * Returns: what sc_checkout_quote() returns; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_checkout_pricing(sc_shop *shop, const sc_call *call, const sc_quote_options *options,
                                     sc_arena *arena, sc_bytes *out, sc_error *err);

/* ---- place ----------------------------------------------------------------------------- */

/** What a buyer sends. */
typedef struct sc_checkout_request {
	size_t size;
	const char *quote;         /* token of a quote; NULL: the cart as it stands, priced now */
	const char *payment_token; /* what the provider's form gave; NULL when nothing is to pay, or for later */
	const char *email;         /* required for guests; at most SC_EMAIL_MAX bytes */
	sc_postal_address shipping;
	sc_postal_address billing; /* all empty: the shipping address */
	bool consent;              /* the buyer saw the changes and agrees */
	/* Without a quote, what sc_quote_options has; a quote knows these already. */
	bool business, tax_exempt;
	int32_t utc_offset_s;
	const char *customer_group, *channel, *shipping_rate;
	const sc_gift_card_use *gift_cards; /* what pays before the provider does, in this order ... */
	size_t gift_card_count;             /* at most SC_GIFT_CARDS_MAX */
	int64_t credit_minor; /* ... and then exactly so much of the customer's store credit, or SC_CREDIT_ALL */
	uint64_t reserved[4];
} sc_checkout_request;
#define SC_CHECKOUT_REQUEST_INIT                    \
	{                                           \
		.size = sizeof(sc_checkout_request) \
	}

/** The answer to a placement: a function of the order's snapshot, the same for the same key for ever. */
typedef struct sc_placement {
	const char *order_id;
	const char *currency;
	int64_t total_minor;
	int64_t due_minor; /* of the total, what gift cards and store credit leave to the provider */
	int64_t placed_ms;
	const char *json; /* the answer as one JSON document: byte for byte the same on each repeat */
	size_t json_size;
	uint64_t reserved[4];
} sc_placement;

/**
 * Make an order of a quote: PENDING, its stock held, its first payment attempt prepared. One group, one
 * durable commit, however many lines it has.
 *
 * `call->key` is required: the same key with the same request gives the same answer, byte for byte, also
 * after a restart, for as long as the shop remembers keys (sc_shop_options.key_lifetime_ms). All members of
 * the request count as the request.
 *
 * Ownership: `request` is borrowed for the call; `out` is the caller's, what it points to is in the arena.
 * Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a missing key, address or e-mail (err->field), or a caller who is
 * no customer or guest; SC_BAD_TEXT, SC_BAD_FORMAT, SC_OVER_LIMIT (err->field); SC_KEY_REUSED when the key
 * stands for another request; SC_BAD_SIGNATURE when the token is not ours, or another's; SC_QUOTE_EXPIRED;
 * SC_CART_EMPTY; SC_NOT_FOR_SALE (err->index: the line); SC_CHANGED when taxes or shipping of the quote are those of
 * another place than the address (err->field); SC_CONSENT_NEEDED; SC_OUT_OF_STOCK (err->index, wanted, available);
 * SC_LIMIT_REACHED when a coupon was used up since (err->field "coupons", err->index which of those that the quote
 * applied), a gift card or the store credit has not so much (err->field "gift_cards" with its index, or "credit_minor";
 * err->wanted, err->available), or the buyer tried too many wrong codes (err->field "tries"); of a gift card also
 * SC_NOT_FOUND, SC_CURRENCY_MISMATCH, or SC_WRONG_STATE when it has run out, each with its index; after these nothing
 * is held; SC_DAMAGED; SC_NO_MEMORY; the store's failures; SC_OUTCOME_UNKNOWN: repeat with the same key; SC_OK.
 * Idempotent: yes, by key. Since: 0.1.
 */
SC_API sc_status sc_checkout_place(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                   sc_arena *arena, sc_placement *out, sc_error *err);

/**
 * Find what was placed under `call->key`: the same answer as place gave.
 *
 * Ownership: `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a missing key or a caller who is no customer or guest;
 * SC_NOT_FOUND when nothing was placed under the key; SC_DAMAGED; SC_NO_MEMORY; the store's failures; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_checkout_find(sc_shop *shop, const sc_call *call, sc_arena *arena, sc_placement *out,
                                  sc_error *err);

/* ---- pay ------------------------------------------------------------------------------- */

/**
 * Take the money of a PENDING order and confirm it: the next attempt, or the rest of one that was cut off.
 *
 * `token` is what the provider's form gave. NULL resumes without a new means of payment: for an order with
 * nothing to pay, or for a buyer who returns from a step with the provider. Another token while a step is
 * open calls that attempt back first. The caller waits for its own answer only, at most until
 * `call->deadline_ns`; a provider that is slow for one buyer delays no other.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_OVER_LIMIT,
 * SC_BAD_TEXT for `token`; SC_NOT_FOUND; SC_NOT_ALLOWED when it is another's; SC_DAMAGED; SC_WRONG_STATE when the order
 * failed or was cancelled; SC_BAD_ARGUMENT when money is due and there is no token; SC_UNSUPPORTED when the shop has no
 * gateway; SC_IN_PROGRESS when the attempt is running; SC_ACTION_REQUIRED: sc_payment_list() has the step's URL;
 * SC_DECLINED: the order stays PENDING with its stock held, unless that was the last attempt, then it is
 * PAYMENT_FAILED; SC_OUT_OF_STOCK when the hold had run out and the goods are gone: the money is being given
 * back; SC_PAYMENT_UNKNOWN: the provider did not say; SC_SERVICE_FAILED: the provider did nothing;
 * SC_NO_MEMORY; the store's failures and unknowns, after which the same call is repeated or tick finishes;
 * SC_OK: confirmed. Idempotent: yes; an order that is confirmed stays so and is never charged again. Since: 0.1.
 */
SC_API sc_status sc_checkout_pay(sc_shop *shop, const sc_call *call, const char *order_id, const char *token,
                                 sc_error *err);

/**
 * Place and pay in one call: for programs that need nothing between the two.
 *
 * When it answers anything but SC_OK the order may exist all the same: sc_checkout_find() gives it, and
 * sc_checkout_pay() tries again.
 *
 * Ownership: as sc_checkout_place(). Threads: any.
 * Returns, in this order: what sc_checkout_place() returns; what sc_checkout_pay() returns; SC_OK: confirmed.
 * Idempotent: yes, by key. Since: 0.1.
 */
SC_API sc_status sc_checkout_buy(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                 sc_arena *arena, sc_placement *out, sc_error *err);

/**
 * Take in what a provider's webhook said. Its signature is checked by the gateway; it may come before the
 * answer to the request, twice, or in the wrong order.
 *
 * `call` acts for the shop (SC_CALL_SYSTEM). `body` is the raw body, `signature` the provider's header.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_NOT_ALLOWED; SC_UNSUPPORTED when the gateway has no webhooks; SC_BAD_SIGNATURE,
 * SC_BAD_FORMAT; SC_NOT_FOUND when it is about no order of this shop; SC_DAMAGED; SC_NO_MEMORY; the store's
 * failures and unknowns, after which the provider should send it again; SC_OK: taken in, or old news.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_checkout_webhook(sc_shop *shop, const sc_call *call, sc_bytes body, const char *signature,
                                     sc_error *err);

SC_END_DECLS

#endif
