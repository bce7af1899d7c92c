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

#include <shopcore/order.h>
#include <shopcore/pricing.h>

SC_BEGIN_DECLS

/* ---- quote ----------------------------------------------------------------------------- */

/** How the offer differs from what the buyer saw when the line was put into the cart. */
typedef enum sc_offer_change_kind {
	SC_OFFER_PRICE_UP = 1,     /* was, now: unit price in minor units; needs consent */
	SC_OFFER_PRICE_DOWN = 2,   /* was, now: unit price in minor units */
	SC_OFFER_NOT_FOR_SALE = 3, /* the line has to go before an order can be placed */
	SC_OFFER_SHORT_STOCK = 4   /* was: wanted of this SKU; now: free a moment ago, not promised */
} sc_offer_change_kind;

typedef struct sc_offer_change {
	uint32_t kind; /* sc_offer_change_kind */
	uint32_t line; /* index into the quote's lines */
	const char *sku;
	int64_t was, now;
} sc_offer_change;

/** A priced cart, in the caller's arena. */
typedef struct sc_quote {
	const char *currency;
	const sc_order_line *lines;
	size_t line_count;
	int64_t goods_minor, discount_minor, shipping_minor, tax_minor, total_minor; /* as in sc_order */
	const sc_breakdown *breakdown; /* every minor unit and the rule that made it */
	const sc_offer_change *changes;
	size_t change_count;
	bool needs_consent; /* a price rose: placing needs `consent` */
	const char *token;  /* hand it to place; NULL while a line is not for sale */
	int64_t expires_ms; /* of the token, milliseconds since 1970 */
	uint64_t reserved[4];
} sc_quote;

typedef struct sc_quote_options {
	size_t size;
	const char *country; /* where it will go: ISO 3166-1; NULL: the shop's own */
	const char *region;
	uint64_t reserved[4];
} sc_quote_options;
#define SC_QUOTE_OPTIONS_INIT                         \
	{                                             \
		sizeof(sc_quote_options), NULL, NULL, \
		{                                     \
			0                             \
		}                                     \
	}

/**
 * Price the caller's cart and look at stock, without holding any. Calls the store a fixed number of times,
 * however many lines the cart has.
 *
 * Ownership: `options` may be NULL; `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when the caller is no customer or guest, or the options' size
 * is not set; SC_BAD_TEXT, SC_OVER_LIMIT for the options (err->field); SC_CART_EMPTY; SC_CURRENCY_MISMATCH when
 * shipping is priced in another currency; SC_OVER_LIMIT when an order of it would pass SC_BODY_MAX bytes;
 * SC_DAMAGED when a stored row does not read; SC_OUT_OF_RANGE when an amount does not fit; SC_NO_MEMORY;
 * the store's failures; SC_OK. Idempotent: yes, but for the token's time. Since: 0.1.
 */
SC_API sc_status sc_checkout_quote(sc_shop *shop, const sc_call *call, const sc_quote_options *options, sc_arena *arena,
                                   sc_quote *out, sc_error *err);

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
 * SC_CART_EMPTY; SC_NOT_FOR_SALE (err->index: the line); SC_CONSENT_NEEDED; SC_OUT_OF_STOCK (err->index,
 * wanted, available) and nothing is held; SC_DAMAGED; SC_NO_MEMORY; the store's failures; SC_OUTCOME_UNKNOWN:
 * repeat with the same key; SC_OK. Idempotent: yes, by key. Since: 0.1.
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
