/*
 * Opening the shop that a verb works on. An SQLite shop has its search index and the books of the fake
 * payment provider in files beside it, a PostgreSQL shop its index in a schema beside its own; other shops have
 * both in memory, and they are gone at the end.
 */
#include "cli.h"

#include "../shared/stores.h"

#ifdef WITH_PAYMENTS
#include <shopcore/paypal.h>
#include <shopcore/stripe.h>
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long the fake provider keeps silent before the shop gives up waiting for it. */
#define SILENCE_MS 1000
/* Longer than the 30 s that tok_slow takes. */
#define PATIENCE_MS 45000

sc_call admin_call(void)
{
	sc_call call = SC_CALL_INIT(SC_ACTOR_ADMIN, "cli");
	return call;
}

static const char *join(struct cli *cli, const char *a, size_t a_size, const char *b)
{
	size_t size = a_size + strlen(b);
	char *text = sc_arena_alloc(&cli->arena, size + 1);
	if (text != NULL)
		snprintf(text, size + 1, "%.*s%s", (int)a_size, a, b);
	return text;
}

static const char *after(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

/* The file of an SQLite shop, with a suffix; NULL for other stores. */
static const char *beside_shop(struct cli *cli, const char *suffix)
{
	const char *file = after(cli->shop_url, "sqlite:");
	return file != NULL ? join(cli, file, strcspn(file, "?"), suffix) : NULL;
}

/* ---- services ---------------------------------------------------------------------------- */

/* "fake:", "fake:FILE", with "?silence_ms=N" behind it. */
static sc_status open_fake(struct cli *cli, sc_gateway *out)
{
	sc_fake_gateway_options options = SC_FAKE_GATEWAY_OPTIONS_INIT;
	options.silence_ms = SILENCE_MS;
	options.file = beside_shop(cli, ".gateway");
	if (cli->gateway_url != NULL) {
		const char *file = after(cli->gateway_url, "fake:");
		if (file == NULL)
			return fail(cli, SC_UNSUPPORTED, "--gateway",
			            "no such payment provider is built into this program");
		size_t size = strcspn(file, "?");
		if (size > 0)
			options.file = join(cli, file, size, "");
		if (file[size] == '?') {
			const char *silence = after(file + size, "?silence_ms=");
			if (silence == NULL)
				return fail(cli, SC_BAD_ARGUMENT, "--gateway", "no such setting: %.40s", file + size);
			sc_status status = number_of(cli, silence, "--gateway", &options.silence_ms);
			if (status != SC_OK)
				return status;
		}
	}
	sc_status status = sc_fake_gateway_open(cli->env, &options, &cli->fake, &cli->error);
	if (status == SC_OK)
		*out = sc_fake_gateway_port(cli->fake);
	return status;
}

static sc_status open_gateway(struct cli *cli, sc_gateway *out)
{
#ifdef WITH_PAYMENTS
	if (cli->gateway_url != NULL && after(cli->gateway_url, "stripe:") != NULL)
		return sc_stripe_open_url(cli->env, cli->gateway_url, out, &cli->error);
	if (cli->gateway_url != NULL && after(cli->gateway_url, "paypal:") != NULL)
		return sc_paypal_open_url(cli->env, cli->gateway_url, out, &cli->error);
#endif
	return open_fake(cli, out);
}

#ifdef WITH_POSTGRES
static bool on_postgres(const struct cli *cli)
{
	return after(cli->shop_url, "postgres://") != NULL || after(cli->shop_url, "postgresql://") != NULL;
}
#endif

static sc_status open_search(struct cli *cli, sc_search_index *out)
{
#ifdef WITH_POSTGRES
	if (on_postgres(cli))
		return sc_postgres_search_open(cli->env, cli->shop_url, NULL, out, &cli->error);
#endif
	const char *file = beside_shop(cli, ".search");
	return sc_fts5_open(cli->env, file != NULL ? file : ":memory:", out, &cli->error);
}

static sc_status open_notifier(struct cli *cli, sc_notifier *out)
{
	if (strcmp(cli->notify, "console") == 0)
		return sc_notifier_console(cli->env, STDERR_FILENO, out, &cli->error);
	return sc_notifier_file(cli->env, cli->notify, out, &cli->error);
}

static void close_services(sc_shop_options *options)
{
	if (options->store.ops != NULL && options->store.ops->close != NULL)
		options->store.ops->close(options->store.ctx);
	if (options->gateway.ops != NULL && options->gateway.ops->close != NULL)
		options->gateway.ops->close(options->gateway.ctx);
	if (options->search.ops != NULL && options->search.ops->close != NULL)
		options->search.ops->close(options->search.ctx);
	if (options->notifier.ops != NULL && options->notifier.ops->close != NULL)
		options->notifier.ops->close(options->notifier.ctx);
}

/* ---- the shop ---------------------------------------------------------------------------- */

/* A misspelt name should not make an empty shop. */
static sc_status check_there(struct cli *cli)
{
	const char *file = beside_shop(cli, "");
	if (file == NULL || (cli->verb->needs & MAKES_SHOP) != 0 || access(file, F_OK) == 0)
		return SC_OK;
	return fail(cli, SC_NOT_FOUND, "--shop", "there is no shop at %.80s; `shopcore init` makes one", cli->shop_url);
}

/* PostgreSQL's driver is a library of its own; the others are named to the shop. */
static sc_status choose_store(struct cli *cli, sc_shop_options *options)
{
	const char *file = config_file_of(cli->shop_url);
	if (file != NULL)
		return open_config_file(file, options, &cli->error);
#ifdef WITH_POSTGRES
	if (on_postgres(cli))
		return sc_postgres_open(cli->env, cli->shop_url, NULL, &options->store, &cli->error);
#endif
	options->store_url = cli->shop_url;
	return check_there(cli);
}

sc_status session_open(struct cli *cli)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	unsigned needs = cli->verb->needs;
	if (needs == 0)
		return SC_OK;
	options.env = cli->env;
	options.payment_patience_ms = PATIENCE_MS;
	options.payment_resume_ms = 0; /* whoever runs tick by hand wants it now */
	sc_status status = choose_store(cli, &options);
	if (status == SC_OK && (needs & NEEDS_GATEWAY) != 0)
		status = open_gateway(cli, &options.gateway);
	if (status == SC_OK && (needs & NEEDS_SEARCH) != 0)
		status = open_search(cli, &options.search);
	if (status == SC_OK && cli->notify != NULL)
		status = open_notifier(cli, &options.notifier);
	if (status == SC_OK)
		status = sc_shop_open(&options, &cli->shop, &cli->error);
	if (status != SC_OK)
		close_services(&options);
	return status;
}

void session_close(struct cli *cli)
{
	if (cli->shop != NULL)
		sc_shop_close(cli->shop);
	sc_fake_gateway_free(cli->fake);
	cli->shop = NULL;
	cli->fake = NULL;
}

sc_status follow_all(struct cli *cli)
{
	sc_call call = admin_call();
	sc_search_progress progress = { .more = true };
	sc_status status = SC_OK;
	while (status == SC_OK && progress.more)
		status = sc_search_follow(cli->shop, &call, SC_BATCH_MAX, &progress, &cli->error);
	return status;
}

/* ---- files ------------------------------------------------------------------------------- */

static sc_status read_all(struct cli *cli, FILE *file, const char *path, size_t max, sc_bytes *out)
{
	char *data = sc_arena_alloc(&cli->arena, max + 1);
	if (data == NULL)
		return out_of_memory(cli);
	size_t size = fread(data, 1, max + 1, file);
	if (ferror(file))
		return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
	if (size > max)
		return fail(cli, SC_OVER_LIMIT, path, "at most %zu bytes", max);
	data[size] = '\0';
	*out = (sc_bytes){ data, size };
	return SC_OK;
}

sc_status read_file(struct cli *cli, const char *path, size_t max, sc_bytes *out)
{
	if (strcmp(path, "-") == 0)
		return read_all(cli, stdin, path, max, out);
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return fail(cli, SC_BAD_ARGUMENT, path, "%s", strerror(errno));
	sc_status status = read_all(cli, file, path, max, out);
	fclose(file);
	return status;
}
