/*
 * What a shop prices its carts by: promotions, coupons, taxes, shipping rates, fees, prices of its own and the policy
 * of rounding, kept in the store and edited while the shop is open.
 *
 * A rule is a JSON document, in the form that docs/guide/pricing.md describes; promotions are those of a pricing
 * document, so that what was tried with `shopcore price` can be put into the shop as it stands. A quote reads one small
 * row to see whether rules changed, together with the cart; what it prices with was prepared when they last did.
 *
 *     sc_bytes tenth = SC_BYTES("{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
 *     status = sc_rule_put(shop, &admin, SC_RULE_PROMOTION, tenth, &err);
 *
 * A shop without rules has its options: one tax rate, and flat shipping.
 */
#ifndef SHOPCORE_RULE_H
#define SHOPCORE_RULE_H

#include <shopcore/arena.h>
#include <shopcore/price_tables.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

typedef enum sc_rule_kind {
	SC_RULE_PROMOTION = 1,
	SC_RULE_COUPON = 2,   /* limits of the coupon that promotions name */
	SC_RULE_TAX = 3,      /* an sc_tax_rule; with any, the shop's tax_rate_ppm no longer counts */
	SC_RULE_SHIPPING = 4, /* an sc_shipping_rate; with any, shipping_flat_minor no longer counts */
	SC_RULE_PRICE = 5,    /* all special prices of one SKU */
	SC_RULE_POLICY = 6,   /* one: rounding, where the shop is, whether prices contain tax */
	SC_RULE_FEE = 7       /* what an order costs beside its goods, or less: a surcharge, a deposit, a credit */
} sc_rule_kind;

/** How many there may be; of prices any number. */
#define SC_RULE_PROMOTIONS_MAX SC_PRICE_PROMOTIONS_MAX
#define SC_RULE_COUPONS_MAX    10000
#define SC_RULE_TAXES_MAX      10000
#define SC_RULE_SHIPPING_MAX   1000
#define SC_RULE_FEES_MAX       SC_PRICE_FEES_MAX
/** Bytes of one document. */
#define SC_RULE_SIZE_MAX 65536

/** A stored rule. */
typedef struct sc_rule {
	const char *id;    /* of a price its SKU; of the policy "policy" */
	sc_bytes document; /* as it was put */
	uint64_t version;
	uint64_t reserved[2];
} sc_rule;

typedef struct sc_rule_page {
	const sc_rule *rules; /* by id */
	size_t count;
	sc_bytes next; /* cursor of the next page; empty: there is no more */
	uint64_t reserved[2];
} sc_rule_page;

/**
 * Put a rule in, or in place of the one with its id. Quotes that begin afterwards price by it; quotes made before keep
 * their promise until they expire.
 *
 * Promotions of one priority apply in the order of their ids. Putting a coupon sets how often it may be used in all;
 * what was used before stays counted.
 *
 * Ownership: `document` is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for the kind; SC_NOT_ALLOWED unless system or admin; SC_OVER_LIMIT for a
 * document above SC_RULE_SIZE_MAX bytes; SC_BAD_FORMAT, SC_BAD_TEXT, SC_BAD_ARGUMENT, SC_OVER_LIMIT, SC_OUT_OF_RANGE or
 * SC_BAD_CURRENCY with a JSON pointer to the place in err->field; SC_LIMIT_REACHED when there are as many of its kind
 * as there may be; SC_DAMAGED when a stored rule does not read; SC_NO_MEMORY; the store's failures and unknowns; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_rule_put(sc_shop *shop, const sc_call *call, sc_rule_kind kind, sc_bytes document, sc_error *err);

/**
 * Take a rule away. Orders that were placed under it keep what it gave them.
 *
 * Ownership: `id` is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for the kind; SC_NOT_ALLOWED unless system or admin; SC_BAD_ARGUMENT,
 * SC_OVER_LIMIT or SC_BAD_TEXT for the id; SC_NOT_FOUND; SC_NO_MEMORY; the store's failures and unknowns; SC_OK.
 * Idempotent: no, a repeat finds nothing. Since: 0.1.
 */
SC_API sc_status sc_rule_delete(sc_shop *shop, const sc_call *call, sc_rule_kind kind, const char *id, sc_error *err);

/**
 * List the rules of a kind by id. One range.
 *
 * Ownership: `cursor` is empty for the first page, then `next` of the page before; `out` points into `arena`. Threads:
 * any, one per arena. Returns, in this order: SC_BAD_ARGUMENT for the kind; SC_NOT_ALLOWED unless system or admin;
 * SC_OUT_OF_RANGE for a `limit` outside 1..SC_PAGE_MAX; SC_BAD_ARGUMENT for a cursor of another list; SC_NO_MEMORY; the
 * store's failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_rule_list(sc_shop *shop, const sc_call *call, sc_rule_kind kind, uint32_t limit, sc_bytes cursor,
                              sc_arena *arena, sc_rule_page *out, sc_error *err);

/**
 * Name a kind of rule, such as "promotion".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or NULL when there is no such kind.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_rule_kind_name(sc_rule_kind kind);

SC_END_DECLS

#endif
