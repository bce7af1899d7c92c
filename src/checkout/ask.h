/*
 * The requests that a checkout sends to the gateway.
 */
#ifndef SC_CHECKOUT_ASK_H
#define SC_CHECKOUT_ASK_H

#include "checkout/purchase.h"
#include "payment/exchange.h"

/* Fills in the request of `op` about attempt `n`: CHARGE with `token`, or VOID, REFUND, LOOKUP. */
void sc__ask_about(sc_shop *shop, const sc__purchase *purchase, const sc__attempt *attempt, sc_gateway_op op,
                   const char *token, sc__ask *out);

/* Wants its answer; waits no longer than the shop has patience. */
sc_status sc__want_answer(sc__task *task, sc__ask *ask, sc__then then);

/* What became of it: SC_OK when the provider answered, else with `err` filled in. */
sc_status sc__answer_status(const sc__ask *ask, sc_error *err);

#endif
