/*
 * The name a store is opened by: libpq's own form of a URL, with a few options of ours among its. Ours
 * are taken out, the rest is libpq's to judge.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_MAX 1000

typedef struct url_option {
	const char *name, *value;
	size_t name_size, value_size;
} url_option;

static bool is_named(const url_option *option, const char *name)
{
	return option->name_size == strlen(name) && memcmp(option->name, name, option->name_size) == 0;
}

static sc_status set_schema(sc__pg_store *store, const char *name, size_t size, sc_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	if (size < 1 || size > SC__PG_NAME_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "schema", "1 to %d characters", SC__PG_NAME_MAX);
	for (size_t i = 0; i < size; i++)
		if (name[i] == '\0' || strchr(allowed, name[i]) == NULL)
			return sc__bad(err, SC_BAD_ARGUMENT, "schema", "only a-z, 0-9 and _ may be in it");
	memcpy(store->schema, name, size);
	store->schema[size] = '\0';
	return SC_OK;
}

static sc_status set_pool(sc__pg_store *store, const url_option *option, sc_error *err)
{
	uint32_t number = 0;
	for (size_t i = 0; i < option->value_size && number <= POOL_MAX; i++) {
		if (option->value[i] < '0' || option->value[i] > '9')
			return sc__bad(err, SC_BAD_ARGUMENT, "pool", "not a number");
		number = number * 10 + (uint32_t)(option->value[i] - '0');
	}
	if (number < 1 || number > POOL_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "pool", "1 to %d", POOL_MAX);
	store->options.connections = number;
	return SC_OK;
}

static sc_status set_strategy(sc__pg_store *store, const url_option *option, sc_error *err)
{
	static const char *const names[] = { "combined", "pessimistic", "optimistic" };
	for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (option->value_size == strlen(names[i]) &&
		    memcmp(option->value, names[i], option->value_size) == 0) {
			store->options.strategy = i;
			return SC_OK;
		}
	return sc__bad(err, SC_BAD_ARGUMENT, "strategy", "combined, pessimistic or optimistic");
}

/* SC_NOTHING_DUE: it is libpq's. */
static sc_status take_option(sc__pg_store *store, const url_option *option, sc_error *err)
{
	if (is_named(option, "schema"))
		return set_schema(store, option->value, option->value_size, err);
	if (is_named(option, "pool"))
		return set_pool(store, option, err);
	if (is_named(option, "strategy"))
		return set_strategy(store, option, err);
	if (is_named(option, "replicas"))
		return sc__pg_replicas_read(&store->replicas, option->value, option->value_size, err);
	return SC_NOTHING_DUE;
}

static sc_status read_options(sc__pg_store *store, const char *text, size_t at, sc_error *err)
{
	char before = '?';
	while (*text != '\0') {
		size_t size = strcspn(text, "&"), name_size = strcspn(text, "=&");
		size_t value_at = name_size < size ? name_size + 1 : size;
		const url_option option = { text, text + value_at, name_size, size - value_at };
		sc_status status = take_option(store, &option, err);
		if (status == SC_NOTHING_DUE) {
			store->url[at++] = before;
			memcpy(store->url + at, text, size);
			at += size;
			before = '&';
		} else if (status != SC_OK) {
			return status;
		}
		text += size;
		text += *text == '&';
	}
	store->url[at] = '\0';
	return SC_OK;
}

/* What libpq makes of the rest. */
static sc_status check_rest(const sc__pg_store *store, sc_error *err)
{
	char *text = NULL;
	PQconninfoOption *parsed = PQconninfoParse(store->url, &text);
	sc_status status = SC_OK;
	if (parsed == NULL) {
		const char *reason = text != NULL ? text : "no memory";
		status = sc__bad(err, text != NULL ? SC_BAD_ARGUMENT : SC_NO_MEMORY, "url", "%.*s",
		                 (int)strcspn(reason, "\n"), reason);
	}
	PQconninfoFree(parsed);
	PQfreemem(text);
	return status;
}

sc_status sc__pg_url(const char *name, sc__pg_store *store, sc_error *err)
{
	static const char *const schemes[] = { "postgres://", "postgresql://" };
	bool ours = false;
	for (size_t i = 0; name != NULL && i < sizeof schemes / sizeof schemes[0]; i++)
		ours = ours || strncmp(name, schemes[i], strlen(schemes[i])) == 0;
	if (!ours)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "must begin with postgres://");
	if (strlen(name) >= SC__PG_URL_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "url", "longer than %d bytes", SC__PG_URL_MAX - 1);
	const char *schema = store->options.schema != NULL ? store->options.schema : "shop";
	sc_status status = set_schema(store, schema, strlen(schema), err);
	const char *replicas = store->options.replicas;
	if (status == SC_OK && replicas != NULL && replicas[0] != '\0')
		status = sc__pg_replicas_read(&store->replicas, replicas, strlen(replicas), err);
	if (status != SC_OK)
		return status;
	size_t size = strcspn(name, "?");
	memcpy(store->url, name, size);
	status = read_options(store, name + size + (name[size] == '?'), size, err);
	return status == SC_OK ? check_rest(store, err) : status;
}
