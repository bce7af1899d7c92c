/*
 * The gateway suite on the PayPal driver, over HTTP, against the stand-in.
 */
#include "suite.h"
#include "world.h"

#include <shopcore/paypal.h>

struct provider {
	struct told told;
	struct standin standin;
};

static sc_status open_paypal(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err)
{
	struct provider *provider = ctx;
	sc_paypal_options options = SC_PAYPAL_OPTIONS_INIT;
	standin_ask(&provider->standin, "reset", "");
	provider->standin.env = env;
	options.url = provider->standin.url;
	options.key_file = provider->standin.key_file;
	options.webhook_id = "WH5XYZ";
	options.return_url = "https://shop.example/return";
	options.tuning = &quick_tuning;
	return sc_paypal_open(env, &options, out, err);
}

static sc_status take_step(void *ctx, sc_id attempt, bool approve)
{
	struct provider *provider = ctx;
	return standin_step(&provider->standin, attempt, approve);
}

static sc_status next_webhook(void *ctx, sc_arena *arena, sc_bytes *body, const char **signature)
{
	struct provider *provider = ctx;
	return standin_event(&provider->standin, arena, body, signature);
}

static int64_t kept(void *ctx, sc_id order)
{
	struct provider *provider = ctx;
	return standin_kept(&provider->standin, order);
}

static void run(struct told *ctx, const char *name)
{
	sc_conformance_gateway_options options = SC_CONFORMANCE_GATEWAY_OPTIONS_INIT;
	sc_conformance_summary summary;
	options.ctx = ctx;
	options.open = open_paypal;
	options.take_step = take_step;
	options.next_webhook = next_webhook;
	options.kept = kept;
	options.report = keep_told;
	options.only = name;
	options.token_ok = "vault_ok";
	options.token_declined = "vault_declined";
	options.token_step = SC_PAYPAL_BY_PAGE;
	options.token_silent_charged = "vault_silent";
	options.token_silent_free = "vault_never";
	options.look_ms = 500;
	sc_conformance_gateway(&options, &summary, NULL);
}

int main(void)
{
	static struct provider provider;
	size_t count;
	const char *const *names = sc_conformance_gateway_cases(&count);
	standin_start(&provider.standin, "paypal_standin.py", "client_of_the_stand_in\nsecret_of_the_stand_in", "-");
	int failed = run_cases("gateway suite on PayPal", names, count, run, &provider.told);
	standin_stop(&provider.standin);
	return failed;
}
