/*
 * Placing and paying as one purchase, in steps. The order that was just written need not be read again to be paid: its
 * version stands in the group that confirms it, so whoever moved it meanwhile is noticed all the same.
 */
#ifndef SC_CHECKOUT_BUY_H
#define SC_CHECKOUT_BUY_H

#include "checkout/pay.h"
#include "checkout/place.h"

/* The first members are given; the others are the buying's own. */
typedef struct sc__buying {
	sc__task *task;
	const sc__wish *wish;
	sc__then then;
	sc_placement *out; /* set when it ends with SC_OK */
	sc_placement placement;
	sc__placing placing;
	sc__paying paying;
} sc__buying;

sc_status sc__buy(sc__buying *buying);

#endif
