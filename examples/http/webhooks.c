/*
 * /v1/webhooks/payment: what the payment provider says by itself. It has no token; its signature over the raw body is
 * its proof, and the gateway checks it. It may come early, late or twice. 204 means: taken in, or known already.
 */
#include "http.h"

sc_status take_webhook(struct request *request)
{
	sc_call call = *SC_CALL_SYSTEM;
	const char *signature = header_of(request, "Webhook-Signature");
	sc_bytes body = { request->body, request->body_size };
	if (signature == NULL || request->body == NULL)
		return bad(request, SC_BAD_SIGNATURE, "Webhook-Signature", "an event and its signature are expected");
	call.deadline_ns = request->call.deadline_ns;
	sc_status status = sc_checkout_webhook(request->server->shop, &call, body, signature, &request->err);
	return status == SC_OK ? reply_nothing(request) : status;
}
