/*
 * Paying, in steps: for the caller who waits and for the one who submits.
 */
#ifndef SC_CHECKOUT_PAY_H
#define SC_CHECKOUT_PAY_H

#include "checkout/ask.h"

/* The first members are given; the others are the paying's own. */
typedef struct sc__paying {
	sc__task *task;
	const char *token; /* NULL or empty: resume */
	sc__then then;     /* a status of sc_checkout_pay() */

	sc_id order;
	sc__purchase purchase;
	sc__purchase_reading reading;
	int turn;
	sc_status last;
	const sc__attempt *attempt;
	sc__ask ask;
	sc__news news;
	sc__settling settling;
} sc__paying;

/* What a payment begins with: the call, the order's id, the token. BAD_ARGUMENT, BAD_FORMAT, BAD_TEXT, OVER_LIMIT. */
sc_status sc__pay_read(const sc_call *call, const char *order_id, const char *token, sc_id *order, sc_error *err);

/* Begins with reading the purchase. */
sc_status sc__pay(sc__paying *paying, sc_id order);

/* Begins with a purchase that this very task has written; one of version 0 is read. */
sc_status sc__pay_for(sc__paying *paying, const sc__purchase *purchase);

#endif
