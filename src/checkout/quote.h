/*
 * Pricing a cart for checkout: what sc_checkout_quote() shows, and what a placement without a quote uses.
 */
#ifndef SC_CHECKOUT_QUOTE_H
#define SC_CHECKOUT_QUOTE_H

#include "checkout/token.h"
#include "core/task.h"

#include <shopcore/cart.h>
#include <shopcore/checkout.h>

typedef struct sc__quoted {
	sc_quote quote;  /* without token */
	sc__offer offer; /* what a token would carry; not for placing while `blocked` */
	int32_t blocked; /* the first line that is not for sale, or -1 */
} sc__quoted;

/* One cart while it is priced: the first members are given, the others are the quoting's own. */
struct sc__quote_line;
typedef struct sc__quoting {
	sc__task *task;
	const char *owner;
	const sc_quote_options *options; /* NULL: none */
	sc__then then;                   /* CART_EMPTY, or a status of sc_checkout_quote() */
	sc__quoted *out;                 /* whose storage is in the task's arena */
	sc_cart cart;
	struct sc__quote_line *lines;
	sc_record *records;
	int64_t tax_rate;
	sc_price_line *price_lines; /* of the lines that are for sale, in order */
	size_t price_count;
} sc__quoting;

/* Prices a cart that was loaded in all its parts: one load more, however many lines. */
sc_status sc__quote_cart(sc__quoting *quoting, const sc_record *cart);

#endif
