#include "checkout/ask.h"

#include "base/error.h"

#include <string.h>

static sc_id id_of(sc_shop *shop, sc_id order, uint32_t n, sc_gateway_op op)
{
	switch (op) {
	case SC_GATEWAY_CHARGE:
	case SC_GATEWAY_AUTHORISE:
		return sc__attempt_id(order, n);
	case SC_GATEWAY_VOID:
		return sc__void_id(order, n);
	case SC_GATEWAY_REFUND:
		return sc__refund_id(order, n);
	case SC_GATEWAY_CAPTURE:
	case SC_GATEWAY_LOOKUP:
		break;
	}
	return sc_id_make(shop->env); /* a question moves nothing, so each one is new */
}

void sc__ask_about(sc_shop *shop, const sc__purchase *purchase, const sc__attempt *attempt, sc_gateway_op op,
                   const char *token, sc__ask *out)
{
	const sc_payment *shown = &attempt->shown;
	*out = (sc__ask){ .done = false };
	sc_gateway_request *request = &out->request;
	request->attempt = id_of(shop, purchase->ref.id, shown->number, op);
	request->target = sc__attempt_id(purchase->ref.id, shown->number);
	request->order = purchase->ref.id;
	request->op = op;
	request->amount_minor = shown->amount_minor;
	memcpy(request->currency, shown->currency, 3);
	request->token = token;
	request->provider_ref = shown->provider_ref[0] ? shown->provider_ref : NULL;
}

static sc_status tell(sc_status status, sc_error *err)
{
	if (status == SC_IN_PROGRESS)
		return sc__fail(err, status, "this payment is running");
	if (sc_status_is_unknown(status))
		return sc__fail(err, SC_PAYMENT_UNKNOWN, "the provider did not say whether money moved");
	return sc__fail(err, status, "the provider: %s", sc_status_text(status));
}

sc_status sc__ask_one(sc_shop *shop, const sc_call *call, sc__ask *ask, sc_error *err)
{
	sc_status status = sc__exchange_ask(shop->exchange, call, ask, 1, shop->settings.payment_patience_ms, err);
	if (status != SC_OK)
		return status;
	return ask->status == SC_OK ? SC_OK : tell(ask->status, err);
}
