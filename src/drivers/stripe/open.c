/*
 * Opening the driver: the key and the secrets of webhooks are read once, from files or descriptors, and wiped when
 * the gateway is closed.
 */
#include "drivers/stripe/driver.h"

#include "base/error.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define API_URL   "https://api.stripe.com"
#define RATE_LIVE 80 /* Stripe allows 100 reads and 100 writes a second, */
#define RATE_TEST 20 /* and a quarter of it with keys for tests */

static sc_status port_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                            size_t *accepted, sc_error *err)
{
	const struct stripe *stripe = ctx;
	return sc__provider_start(stripe->provider, call, requests, count, accepted, err);
}

static sc_status port_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                             sc_error *err)
{
	const struct stripe *stripe = ctx;
	return sc__provider_finish(stripe->provider, max, timeout_ms, out, count, err);
}

static void port_close(void *ctx)
{
	struct stripe *stripe = ctx;
	const sc_env *env = stripe->env;
	sc__provider_close(stripe->provider);
	sodium_memzero(stripe, sizeof(*stripe));
	env->resize(env->ctx, stripe, 0);
}

static const sc_gateway_ops ops = { sizeof(ops), "stripe", port_start, port_finish, stripe_webhook, port_close };

static sc_status check(const sc_env *env, const sc_stripe_options *options, sc_error *err)
{
	if (!env)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "is missing");
	if (!options || options->size < offsetof(sc_stripe_options, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "are missing, or have no size");
	if (!options->return_url || options->return_url[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "return_url", "is missing");
	if (strlen(options->return_url) >= sizeof(((struct stripe *)0)->return_url))
		return sc__bad(err, SC_OVER_LIMIT, "return_url", "is too long");
	if (options->tolerance_ms < 1 || options->tolerance_ms > INT32_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "tolerance_ms", "is at least 1, and below a month");
	return SC_OK;
}

/* A publishable key can do nothing here, and one that was cut off would only fail later. */
static sc_status read_secrets(struct stripe *stripe, const sc_stripe_options *options, bool *live, sc_error *err)
{
	char key[1][SC__SECRET_MAX + 1];
	size_t count;
	sc_status status = sc__secret_read("key_file", options->key_file, options->key_fd, key, 1, &count, err);
	if (status != SC_OK)
		return status;
	bool known = strncmp(key[0], "sk_", 3) == 0 || strncmp(key[0], "rk_", 3) == 0;
	*live = strncmp(key[0] + 3, "live_", 5) == 0;
	if (known)
		snprintf(stripe->authorization, sizeof(stripe->authorization), "Authorization: Bearer %s", key[0]);
	sodium_memzero(key, sizeof(key));
	if (!known)
		return sc__bad(err, SC_BAD_FORMAT, "key_file", "has no secret key (sk_… or rk_…)");
	if (!options->webhook_secret_file && options->webhook_fd < 0)
		return SC_OK;
	return sc__secret_read("webhook_secret_file", options->webhook_secret_file, options->webhook_fd,
	                       stripe->webhook_secrets, SC_STRIPE_WEBHOOK_SECRETS_MAX, &stripe->webhook_secret_count,
	                       err);
}

static sc_status open_into(struct stripe *stripe, const sc_stripe_options *options, sc_error *err)
{
	bool live = false;
	sc_status status = read_secrets(stripe, options, &live, err);
	const sc__provider_setup setup = { .name = "Stripe",
		                           .url = options->url ? options->url : API_URL,
		                           .tuning = options->tuning,
		                           .rate_per_second = live ? RATE_LIVE : RATE_TEST,
		                           .rules = &stripe_rules,
		                           .ctx = stripe };
	sc__copy_text(stripe->return_url, sizeof(stripe->return_url), options->return_url);
	return status == SC_OK ? sc__provider_open(stripe->env, &setup, &stripe->provider, err) : status;
}

sc_status sc_stripe_open(const sc_env *env, const sc_stripe_options *options, sc_gateway *out, sc_error *err)
{
	sc_status status = check(env, options, err);
	if (status != SC_OK)
		return status;
	struct stripe *stripe = env->resize(env->ctx, NULL, sizeof(*stripe));
	if (!stripe)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a gateway");
	*stripe = (struct stripe){ .env = env, .tolerance_ms = options->tolerance_ms };
	status = open_into(stripe, options, err);
	if (status != SC_OK) {
		port_close(stripe);
		return status;
	}
	*out = (sc_gateway){ &ops, stripe };
	return SC_OK;
}

sc_status sc_stripe_open_url(const sc_env *env, const char *url, sc_gateway *out, sc_error *err)
{
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	sc_arena arena;
	if (!env || !url || (strcmp(url, "stripe:") != 0 && strncmp(url, "stripe:?", 8) != 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "is stripe:?key_file=FILE&return_url=URL");
	sc_arena_init(&arena, env);
	options.url = sc__url_setting(url, "api", &arena);
	options.key_file = sc__url_setting(url, "key_file", &arena);
	options.webhook_secret_file = sc__url_setting(url, "webhook_file", &arena);
	options.return_url = sc__url_setting(url, "return_url", &arena);
	sc_status status = sc_stripe_open(env, &options, out, err);
	sc_arena_clear(&arena);
	return status;
}
