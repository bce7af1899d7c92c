/*
 * Every call of the driver against stripe-mock. It keeps no state and answers with examples, so what the answers say
 * about money means nothing here. What counts is that it takes each request, for it refuses any parameter that
 * Stripe's description of the API does not have, and that the driver can read each example.
 *
 * usage: stripe_mock URL KEY_FILE
 */
#include <shopcore/stripe.h>

#include <stdio.h>
#include <string.h>

struct step {
	const char *what;
	sc_gateway_op op;
	const char *token, *ref;
	bool (*fine)(const sc_gateway_reply *reply);
};

/* The example was read. It shows a declined payment that stays open even when it is cancelled, of which nobody could
 * say what becomes of it. */
static bool was_read(const sc_gateway_reply *reply)
{
	return reply->status == SC_OK || (reply->status == SC_PAYMENT_UNKNOWN && reply->provider_ref[0] != '\0');
}

static bool was_refunded(const sc_gateway_reply *reply)
{
	return reply->status == SC_OK && reply->state == SC_GATEWAY_REFUNDED && reply->provider_ref[0] != '\0';
}

static const struct step steps[] = {
	{ "create, confirm", SC_GATEWAY_CHARGE, "pm_card_visa", NULL, was_read },
	{ "create, confirm by token", SC_GATEWAY_CHARGE, "ctoken_123", NULL, was_read },
	{ "create, page, note, look", SC_GATEWAY_CHARGE, SC_STRIPE_BY_PAGE, NULL, was_read },
	{ "create, confirm, hold", SC_GATEWAY_AUTHORISE, "pm_card_visa", NULL, was_read },
	{ "create, look up", SC_GATEWAY_LOOKUP, NULL, NULL, was_read },
	{ "fetch", SC_GATEWAY_LOOKUP, NULL, "pi_123", was_read },
	{ "create, cancel", SC_GATEWAY_VOID, NULL, NULL, was_read },
	{ "cancel", SC_GATEWAY_VOID, NULL, "pi_123", was_read },
	{ "capture", SC_GATEWAY_CAPTURE, NULL, "pi_123", was_read },
	{ "search, capture", SC_GATEWAY_CAPTURE, NULL, NULL, was_read },
	{ "list refunds, refund", SC_GATEWAY_REFUND, NULL, "pi_123", was_refunded },
	{ "search, list refunds, refund", SC_GATEWAY_REFUND, NULL, NULL, was_refunded },
};

static bool take(sc_gateway gateway, const struct step *step)
{
	sc_gateway_reply reply = { .status = SC_BUSY };
	sc_gateway_request request = { .op = step->op, .amount_minor = 1099, .currency = "USD" };
	size_t count = 0;
	request.attempt = sc_id_make(sc_env_default());
	request.target = sc_id_make(sc_env_default());
	request.order = sc_id_make(sc_env_default());
	request.token = step->token;
	request.provider_ref = step->ref;
	if (gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &request, 1, &count, NULL) != SC_OK || count != 1 ||
	    gateway.ops->finish(gateway.ctx, 1, 20000, &reply, &count, NULL) != SC_OK || count != 1)
		return false;
	printf("%s: %s, state %u, %s\n", step->what, sc_status_name(reply.status), reply.state, reply.provider_ref);
	return step->fine(&reply);
}

int main(int argc, char **argv)
{
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_gateway gateway;
	int failed = 0;
	if (argc != 3)
		return 2;
	options.url = argv[1];
	options.key_file = argv[2];
	options.return_url = "https://shop.example/return";
	if (sc_stripe_open(sc_env_default(), &options, &gateway, &err) != SC_OK) {
		fprintf(stderr, "%s: %s\n", err.field, err.text);
		return 1;
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		failed += !take(gateway, &steps[i]);
	gateway.ops->close(gateway.ctx);
	printf("%zu calls, %d failed\n", sizeof(steps) / sizeof(steps[0]), failed);
	return failed > 0;
}
