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

/* Sends one and waits for it, no longer than the shop has patience. The ask's own status, with `err` filled in. */
sc_status sc__ask_one(sc_shop *shop, const sc_call *call, sc__ask *ask, sc_error *err);

#endif
