#include "stripe_world.h"

#include <string.h>

struct standin stripe;

sc_gateway stripe_open_with(const sc_env *env, const sc_provider_tuning *tuning, const char *url)
{
	sc_gateway gateway = { NULL, NULL };
	sc_error err = SC_ERROR_INIT;
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	options.url = url;
	options.key_file = stripe.key_file;
	options.webhook_secret_file = stripe.webhook_file;
	options.return_url = "https://shop.example/return";
	options.tuning = tuning;
	if (sc_stripe_open(env, &options, &gateway, &err) != SC_OK)
		fail_msg("%s: %s", err.field, err.text);
	return gateway;
}

sc_gateway stripe_open_fresh(const sc_provider_tuning *tuning)
{
	standin_ask(&stripe, "reset", "");
	return stripe_open_with(sc_env_default(), tuning, stripe.url);
}

void stripe_close(sc_gateway gateway)
{
	gateway.ops->close(gateway.ctx);
}

int stripe_set_up(void **state)
{
	static sc_gateway gateway;
	gateway = stripe_open_fresh(&quick_tuning);
	stripe.env = sc_env_default();
	*state = &gateway;
	return 0;
}

int stripe_tear_down(void **state)
{
	stripe_close(*(const sc_gateway *)*state);
	return 0;
}

sc_gateway stripe_of(void **state)
{
	return *(const sc_gateway *)*state;
}

sc_gateway_reply look_up(sc_gateway gateway, const sc_gateway_request *charge)
{
	sc_gateway_request lookup = about(SC_GATEWAY_LOOKUP, charge);
	return ask(gateway, &lookup);
}

int stripe_run(const char *group, const struct CMUnitTest *tests, size_t count)
{
	standin_start(&stripe, "stripe_standin.py", "sk_test_of_the_stand_in", "whsec_of_the_stand_in");
	int failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	standin_stop(&stripe);
	return failed;
}
