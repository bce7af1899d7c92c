/*
 * The gateway suite on the fake gateway, with its books in memory, through the wrappers too.
 */
#include "suite.h"

#include <shopcore/faulty.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/traced.h>

struct provider {
	struct told told;
	sc_fake_gateway *fake;
};

static sc_status open_fake(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err)
{
	struct provider *provider = ctx;
	sc_status status = sc_fake_gateway_open(env, NULL, &provider->fake, err);

	if (status == SC_OK)
		*out = sc_fake_gateway_port(provider->fake);
	return status;
}

/* Wrappers without faults change nothing. */
static sc_status open_wrapped(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err)
{
	sc_gateway fake, traced;
	sc_status status = open_fake(ctx, env, &fake, err);

	if (status == SC_OK)
		status = sc_traced_gateway_open(env, fake, &traced, err);
	return status == SC_OK ? sc_faulty_gateway_open(env, traced, NULL, out, err) : status;
}

static void close_fake(void *ctx)
{
	struct provider *provider = ctx;

	sc_fake_gateway_free(provider->fake);
	provider->fake = NULL;
}

static sc_status take_step(void *ctx, sc_id attempt, bool approve)
{
	const struct provider *provider = ctx;

	return sc_fake_gateway_take_step(provider->fake, attempt, approve, NULL);
}

static sc_status next_webhook(void *ctx, sc_arena *arena, sc_bytes *body, const char **signature)
{
	const struct provider *provider = ctx;
	sc_fake_webhook webhook;
	sc_status status = sc_fake_gateway_next_webhook(provider->fake, arena, &webhook, NULL);

	if (status != SC_OK)
		return status;
	*body = webhook.body;
	*signature = webhook.signature;
	return SC_OK;
}

static int64_t kept(void *ctx, sc_id order)
{
	const struct provider *provider = ctx;
	int64_t charged = -1, refunded = 0;

	sc_fake_gateway_order_money(provider->fake, order, &charged, &refunded, NULL);
	return charged - refunded;
}

static void run(struct told *ctx, const char *name,
                sc_status (*open)(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err))
{
	sc_conformance_gateway_options options = SC_CONFORMANCE_GATEWAY_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = ctx;
	options.open = open;
	options.close = close_fake;
	options.take_step = take_step;
	options.next_webhook = next_webhook;
	options.kept = kept;
	options.report = keep_told;
	options.only = name;
	options.token_ok = "tok_ok";
	options.token_declined = "tok_declined";
	options.token_step = "tok_action";
	options.token_silent_charged = "tok_silent_charged";
	options.token_silent_free = "tok_silent_free";
	sc_conformance_gateway(&options, &summary, NULL);
}

static void run_fake(struct told *ctx, const char *name)
{
	run(ctx, name, open_fake);
}

static void run_wrapped(struct told *ctx, const char *name)
{
	run(ctx, name, open_wrapped);
}

int main(void)
{
	struct provider provider = { .fake = NULL };
	size_t count;
	const char *const *names = sc_conformance_gateway_cases(&count);

	return run_cases("gateway suite on the fake provider", names, count, run_fake, &provider.told) +
	       run_cases("gateway suite on the fake provider, traced and faulty", names, count, run_wrapped,
	                 &provider.told);
}
