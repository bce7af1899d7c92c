/*
 * Opening the driver: the client's id and secret are read once and wiped when the gateway is closed.
 */
#include "drivers/paypal/driver.h"

#include "base/error.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define API_URL "https://api-m.paypal.com"
#define RATE    30 /* PayPal names no limit; it slows down who asks much more */

static sc_status port_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                            size_t *accepted, sc_error *err)
{
	const struct paypal *paypal = ctx;
	return sc__provider_start(paypal->provider, call, requests, count, accepted, err);
}

static sc_status port_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                             sc_error *err)
{
	const struct paypal *paypal = ctx;
	return sc__provider_finish(paypal->provider, max, timeout_ms, out, count, err);
}

static void port_close(void *ctx)
{
	struct paypal *paypal = ctx;
	const sc_env *env = paypal->env;
	sc__provider_close(paypal->provider);
	sodium_memzero(paypal, sizeof(*paypal));
	env->resize(env->ctx, paypal, 0);
}

static const sc_gateway_ops ops = { sizeof(ops), "paypal", port_start, port_finish, paypal_webhook, port_close };

static sc_status check(const sc_env *env, const sc_paypal_options *options, sc_error *err)
{
	if (!env)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "is missing");
	if (!options || options->size < offsetof(sc_paypal_options, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "are missing, or have no size");
	if (!options->return_url || options->return_url[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "return_url", "is missing");
	return SC_OK;
}

static sc_status copy(const char *field, char *out, size_t size, const char *text, sc_error *err)
{
	if (text && !sc__copy_text(out, size, text))
		return sc__bad(err, SC_OVER_LIMIT, field, "is too long");
	return SC_OK;
}

static sc_status copy_texts(struct paypal *paypal, const sc_paypal_options *options, sc_error *err)
{
	const char *cancel = options->cancel_url ? options->cancel_url : options->return_url;
	sc_status status = copy("webhook_id", paypal->webhook_id, sizeof(paypal->webhook_id), options->webhook_id, err);
	if (status == SC_OK)
		status = copy("return_url", paypal->return_url, sizeof(paypal->return_url), options->return_url, err);
	if (status == SC_OK)
		status = copy("cancel_url", paypal->cancel_url, sizeof(paypal->cancel_url), cancel, err);
	return status;
}

static sc_status read_secrets(struct paypal *paypal, const sc_paypal_options *options, sc_error *err)
{
	char lines[2][SC__SECRET_MAX + 1], both[2 * SC__SECRET_MAX + 2];
	size_t count;
	sc_status status = sc__secret_read("key_file", options->key_file, options->key_fd, lines, 2, &count, err);
	if (status == SC_OK && count != 2)
		status = sc__bad(err, SC_BAD_FORMAT, "key_file",
		                 "has the client id on one line and the secret on the next");
	if (status == SC_OK) {
		static const char head[] = "Authorization: Basic ";
		int size = snprintf(both, sizeof(both), "%s:%s", lines[0], lines[1]);
		memcpy(paypal->basic, head, sizeof(head));
		sodium_bin2base64(paypal->basic + sizeof(head) - 1, sizeof(paypal->basic) - sizeof(head) + 1,
		                  (const unsigned char *)both, (size_t)size, sodium_base64_VARIANT_ORIGINAL);
		sodium_memzero(both, sizeof(both));
	}
	sodium_memzero(lines, sizeof(lines));
	return status;
}

static sc_status open_into(struct paypal *paypal, const sc_paypal_options *options, sc_error *err)
{
	const sc__provider_setup setup = { .name = "PayPal",
		                           .url = options->url ? options->url : API_URL,
		                           .tuning = options->tuning,
		                           .rate_per_second = RATE,
		                           .rules = &paypal_rules,
		                           .ctx = paypal };
	sc_status status = copy_texts(paypal, options, err);
	if (status == SC_OK)
		status = read_secrets(paypal, options, err);
	return status == SC_OK ? sc__provider_open(paypal->env, &setup, &paypal->provider, err) : status;
}

sc_status sc_paypal_open(const sc_env *env, const sc_paypal_options *options, sc_gateway *out, sc_error *err)
{
	sc_status status = check(env, options, err);
	if (status != SC_OK)
		return status;
	struct paypal *paypal = env->resize(env->ctx, NULL, sizeof(*paypal));
	if (!paypal)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a gateway");
	*paypal = (struct paypal){ .env = env };
	status = open_into(paypal, options, err);
	if (status != SC_OK) {
		port_close(paypal);
		return status;
	}
	*out = (sc_gateway){ &ops, paypal };
	return SC_OK;
}

sc_status sc_paypal_open_url(const sc_env *env, const char *url, sc_gateway *out, sc_error *err)
{
	sc_paypal_options options = SC_PAYPAL_OPTIONS_INIT;
	sc_arena arena;
	if (!env || !url || (strcmp(url, "paypal:") != 0 && strncmp(url, "paypal:?", 8) != 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "is paypal:?key_file=FILE&return_url=URL");
	sc_arena_init(&arena, env);
	options.url = sc__url_setting(url, "api", &arena);
	options.key_file = sc__url_setting(url, "key_file", &arena);
	options.webhook_id = sc__url_setting(url, "webhook_id", &arena);
	options.return_url = sc__url_setting(url, "return_url", &arena);
	options.cancel_url = sc__url_setting(url, "cancel_url", &arena);
	sc_status status = sc_paypal_open(env, &options, out, err);
	sc_arena_clear(&arena);
	return status;
}
