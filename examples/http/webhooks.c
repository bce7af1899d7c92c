/*
 * /v1/webhooks/payment: what the payment provider says by itself. It has no token; its signature over the raw body is
 * its proof, and the gateway checks it. It may come early, late or twice. 204 means: taken in, or known already.
 */
#include "http.h"

#include <shopcore/paypal.h>
#include <shopcore/stripe.h>

#include <stdio.h>
#include <string.h>

/* Each provider has a header of its own, and PayPal five, which its driver takes as lines. NULL: none of them. */
static const char *proof_of(struct request *request)
{
	static const char *const paypal[] = { "PayPal-Auth-Algo", "PayPal-Cert-Url", "PayPal-Transmission-Id",
		                              "PayPal-Transmission-Sig", "PayPal-Transmission-Time" };
	char lines[4096] = "";
	size_t size = 0;
	const char *value = header_of(request, SC_STRIPE_WEBHOOK_HEADER);
	if (value == NULL)
		value = header_of(request, "Webhook-Signature");
	if (value != NULL)
		return value;
	for (size_t i = 0; i < sizeof(paypal) / sizeof(paypal[0]); i++) {
		value = header_of(request, paypal[i]);
		int more = snprintf(lines + size, sizeof(lines) - size, "%s: %s\n", paypal[i],
		                    value != NULL ? value : "");
		if (value == NULL || more >= (int)(sizeof(lines) - size))
			return NULL;
		size += (size_t)more;
	}
	return sc_arena_dup(&request->arena, lines, size);
}

sc_status take_webhook(struct request *request)
{
	sc_call call = *SC_CALL_SYSTEM;
	const char *signature = proof_of(request);
	sc_bytes body = { request->body, request->body_size };
	if (signature == NULL || request->body == NULL)
		return bad(request, SC_BAD_SIGNATURE, "Webhook-Signature", "an event and its signature are expected");
	call.deadline_ns = request->call.deadline_ns;
	sc_status status = sc_checkout_webhook(request->server->shop, &call, body, signature, &request->err);
	return status == SC_OK ? reply_nothing(request) : status;
}
