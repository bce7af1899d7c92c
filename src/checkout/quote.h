/*
 * Pricing a cart for checkout: what sc_checkout_quote() shows, and what a placement without a quote uses.
 *
 * Loading comes first (quote.c); then everything is decided without I/O: coupons, prices, taxes, shipping, and what
 * changed since the buyer last looked.
 */
#ifndef SC_CHECKOUT_QUOTE_H
#define SC_CHECKOUT_QUOTE_H

#include "checkout/token.h"
#include "core/task.h"
#include "coupon/coupon.h"

#include <shopcore/cart.h>
#include <shopcore/catalog.h>
#include <shopcore/checkout.h>

typedef struct sc__quoted {
	sc_quote quote;  /* without token */
	sc__offer offer; /* what a token would carry; not for placing while `blocked` */
	int32_t blocked; /* the first line that is not for sale, or -1 */
} sc__quoted;

/* One line while it is quoted. */
typedef struct sc__quoted_line {
	const sc_cart_line *cart;
	sc_sku sku;
	sc_product product;            /* when rules ask for products */
	const sc_price_entry *entries; /* special prices of the SKU */
	size_t entry_count;
	int64_t free; /* units of the SKU, a moment ago */
	int64_t unit_price;
	bool for_sale;
	bool special;          /* the price comes from `entries`: ... */
	sc_quote_price chosen; /* ... this one */
} sc__quoted_line;

/* A code of the cart. */
typedef struct sc__quoted_code {
	const sc__coupon_rule *rule; /* NULL: it has no limits */
	sc__coupon_bound bounds[SC__COUPON_BOUNDS_MAX];
	sc__coupon_key keys[SC__COUPON_BOUNDS_MAX];
	size_t bound_count;
} sc__quoted_code;

/* One cart while it is priced: the first members are given, the others are the quoting's own. */
typedef struct sc__quoting {
	sc__task *task;
	const char *owner;
	sc_quote_options options;   /* checked; texts NULL or not empty */
	const sc__snapshot *former; /* what changes are told against; NULL: what the cart's lines were seen at */
	bool explain;
	sc__then then;   /* CART_EMPTY, or a status of sc_checkout_quote() */
	sc__quoted *out; /* whose storage is in the task's arena */

	char whom[SC__WHOM_SIZE]; /* for limits per customer */
	int64_t now_ms;
	sc__rule_set *set; /* held while it quotes */
	sc_cart cart;
	sc__quoted_line *lines;
	sc__quoted_code *codes; /* of cart.coupons */
	sc_quote_coupon *coupons;
	sc_record *records; /* of lines and coupons, then of products */
	sc_value owner_value;
	sc_range orders;
	sc_page history;
	bool first_order;
	sc_price_request request;
	sc_breakdown *breakdown; /* part of the answer, as are these */
	sc_shipping_offer *offers;
	size_t offer_count;
} sc__quoting;

/* Prices a cart that was loaded in all its parts, by the rules whose setting was loaded with it: one load more, however
 * many lines; rules may ask for one or two more. */
sc_status sc__quote_cart(sc__quoting *quoting, const sc_record *cart, const sc_record *rules);

/* ---- quote_answer.c ---- */

/* Decides everything, once all is loaded. */
sc_status sc__quote_decide(sc__quoting *q, sc_error *err);

/* ---- quote_coupons.c ---- */

/* Which bounds each code counts against; the addresses of their accounts go behind `addresses`. NO_MEMORY. */
sc_status sc__quote_coupons_begin(sc__quoting *q, sc_address *addresses, size_t *count, sc_error *err);
/* What the accounts say: which codes may be used. */
void sc__quote_coupons_judge(sc__quoting *q, const sc_record *accounts);
/* What the breakdown says: which of them took something off, and why the others did not. NO_MEMORY. */
sc_status sc__quote_coupons_end(sc__quoting *q, sc__snapshot *snapshot, sc_error *err);

/* ---- quote_price.c ---- */

/* The request for all lines that are for sale, and its breakdown. As sc_price(); CURRENCY_MISMATCH; NOT_FOUND. */
sc_status sc__quote_price(sc__quoting *q, sc_error *err);

/* Taxes of a class where the cart goes. OVER_LIMIT, NO_MEMORY. */
sc_status sc__quote_tax(const sc__quoting *q, const char *tax_class, sc_tax_choice *out, sc_error *err);
/* An amount whose tax nobody pays: what is inside it is taken out. */
int64_t sc__quote_without_tax(const sc__quoting *q, int64_t amount, const sc_tax_choice *tax);

/* ---- quote_fees.c ---- */

/* The fees that apply to the request's lines and shipment. OUT_OF_RANGE, OVER_LIMIT, NO_MEMORY. */
sc_status sc__quote_fees(sc__quoting *q, sc_error *err);

/* ---- quote_changes.c ---- */

/* Against the prices that the cart's lines were seen at. */
sc_status sc__quote_changes(const sc__quoting *q, sc_quote *quote, sc_error *err);
/* Against the former quote. */
sc_status sc__quote_differences(const sc__quoting *q, const sc__snapshot *now, sc_quote *quote, sc_error *err);

#endif
