/*
 * Pricing a cart for checkout: what sc_checkout_quote() shows, and what a placement without a quote uses.
 */
#ifndef SC_CHECKOUT_QUOTE_H
#define SC_CHECKOUT_QUOTE_H

#include "checkout/token.h"

#include <shopcore/checkout.h>

typedef struct sc__quoted {
	sc_quote quote;  /* without token */
	sc__offer offer; /* what a token would carry; not for placing while `blocked` */
	int32_t blocked; /* the first line that is not for sale, or -1 */
} sc__quoted;

/* Two loads, however many lines. Statuses as sc_checkout_quote(). */
sc_status sc__quote_cart(sc_shop *shop, const sc_call *call, const char *owner, const sc_quote_options *options,
                         sc_arena *arena, sc__quoted *out, sc_error *err);

#endif
