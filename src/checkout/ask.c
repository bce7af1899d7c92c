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
	sc_gateway_request *request = &out->request;
	out->done = false;
	*request = (sc_gateway_request){ 0 };
	request->attempt = id_of(shop, purchase->ref.id, shown->number, op);
	request->target = sc__attempt_id(purchase->ref.id, shown->number);
	request->order = purchase->ref.id;
	request->op = op;
	request->amount_minor = shown->amount_minor;
	memcpy(request->currency, shown->currency, 3);
	request->token = token;
	request->provider_ref = shown->provider_ref[0] ? shown->provider_ref : NULL;
}

static sc_status wait(sc__task *task)
{
	sc_shop *shop = task->shop;
	return sc__exchange_ask(shop->exchange, task->call, task->ask, 1, shop->settings.payment_patience_ms,
	                        task->err);
}

sc_status sc__want_answer(sc__task *task, sc__ask *ask, sc__then then)
{
	task->want = SC__WANT_ANSWER;
	task->ask = ask;
	task->wait = wait;
	task->then = then;
	return SC_OK;
}

sc_status sc__answer_status(const sc__ask *ask, sc_error *err)
{
	const sc_status status = ask->status;
	if (status == SC_OK)
		return SC_OK;
	if (status == SC_IN_PROGRESS)
		return sc__fail(err, status, "this payment is running");
	if (sc_status_is_unknown(status))
		return sc__fail(err, SC_PAYMENT_UNKNOWN, "the provider did not say whether money moved");
	return sc__fail(err, status, "the provider: %s", sc_status_text(status));
}
