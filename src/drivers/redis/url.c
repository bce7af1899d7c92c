/*
 * The name a store is opened by:
 *
 *     redis://[[user]:password@]host[:port][,host[:port]…][/database][?option=value&…]
 *     redis+socket:///path[?option=value&…]
 */
#include "base/error.h"
#include "drivers/redis/driver.h"

#include <string.h>

#define PORT          6379
#define TIMEOUT_MS    2000
#define PATIENCE_MS   3000
#define REMEMBERS_MS  (24LL * 60 * 60 * 1000)
#define CONNECTIONS   4
#define CONNECTED_MAX 64
#define ONE_DOMAIN    1

struct part {
	const char *data;
	size_t size;
};

/* Takes what comes before any of these signs, or all. */
static struct part take(const char **at, const char *signs)
{
	struct part out = { *at, strcspn(*at, signs) };
	*at += out.size;
	return out;
}

static sc_status keep(struct part from, char *out, size_t room, const char *what, sc_error *err)
{
	if (from.size >= room)
		return sc__bad(err, SC_OVER_LIMIT, "url", "the %s is longer than %zu bytes", what, room - 1);
	memcpy(out, from.data, from.size);
	out[from.size] = '\0';
	return SC_OK;
}

static bool number_of(struct part from, int64_t low, int64_t high, int64_t *out)
{
	int64_t number = 0;
	if (from.size == 0 || from.size > 12)
		return false;
	for (size_t i = 0; i < from.size; i++) {
		if (from.data[i] < '0' || from.data[i] > '9')
			return false;
		number = number * 10 + (from.data[i] - '0');
	}
	*out = number;
	return number >= low && number <= high;
}

static bool is(struct part text, const char *name)
{
	return strlen(name) == text.size && memcmp(text.data, name, text.size) == 0;
}

static bool good_prefix(struct part text)
{
	static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return text.size >= 1 && text.size <= SC__PREFIX_MAX && strspn(text.data, signs) >= text.size;
}

/* ---- options ---- */

static sc_status read_option(struct part name, struct part value, sc__redis_name *out, sc_error *err)
{
	int64_t number = 0;
	bool good = true;
	if (is(name, "prefix")) {
		if (!good_prefix(value))
			return sc__bad(err, SC_BAD_ARGUMENT, "prefix",
			               "1 to 64 letters, digits, \".\", \"_\" or \"-\"");
		return keep(value, out->prefix, sizeof out->prefix, "prefix", err);
	}
	if (is(name, "cluster") && (good = number_of(value, 0, 1, &number)))
		out->cluster = number == 1;
	else if (is(name, "domains") && (good = number_of(value, 1, SC_REDIS_DOMAINS_MAX, &number)))
		out->domains = (uint32_t)number;
	else if (is(name, "connections") && (good = number_of(value, 1, CONNECTED_MAX, &number)))
		out->login.connections = (uint32_t)number;
	else if (is(name, "database") && (good = number_of(value, 0, 1000000, &number)))
		out->login.database = (uint32_t)number;
	else if (is(name, "timeout_ms") && (good = number_of(value, 1, 3600000, &number)))
		out->login.timeout_ms = number;
	else if (is(name, "patience_ms") && (good = number_of(value, 1, 3600000, &number)))
		out->patience_ms = number;
	else if (is(name, "remembers_ms") && (good = number_of(value, 1, INT64_C(100000000000), &number)))
		out->remembers_ms = number;
	else if (good)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "no such option: %.*s", (int)name.size, name.data);
	return good ? SC_OK
	            : sc__bad(err, SC_BAD_ARGUMENT, "url", "%.*s is out of its range", (int)name.size, name.data);
}

static sc_status read_options(const char *at, sc__redis_name *out, sc_error *err)
{
	while (*at != '\0') {
		at++; /* "?" or "&" */
		struct part name = take(&at, "=&");
		at += *at == '=';
		struct part value = take(&at, "&");
		sc_status status = read_option(name, value, out, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* ---- addresses ---- */

static sc_status read_login(const char **at, sc__redis_name *out, sc_error *err)
{
	size_t size = strcspn(*at, "@/?");
	const char *end = *at + size;
	if (*end != '@')
		return SC_OK;
	struct part user = take(at, ":@");
	sc_status status = keep(user, out->login.user, sizeof out->login.user, "user", err);
	*at += **at == ':';
	struct part password = { *at, (size_t)(end - *at) };
	*at = end + 1;
	return status != SC_OK ? status
	                       : keep(password, out->login.password, sizeof out->login.password, "password", err);
}

static sc_status read_seeds(const char **at, sc__redis_name *out, sc_error *err)
{
	do {
		*at += out->seed_count > 0;
		if (out->seed_count == SC__SEEDS_MAX)
			return sc__bad(err, SC_OVER_LIMIT, "url", "more than %d addresses", SC__SEEDS_MAX);
		sc__seed *seed = &out->seeds[out->seed_count++];
		int64_t port = PORT;
		struct part host = take(at, ":,/?");
		if (host.size == 0)
			return sc__bad(err, SC_BAD_ARGUMENT, "url", "an address has no host");
		sc_status status = keep(host, seed->host, sizeof seed->host, "host", err);
		if (status != SC_OK)
			return status;
		if (**at == ':') {
			(*at)++;
			if (!number_of(take(at, ",/?"), 1, 65535, &port))
				return sc__bad(err, SC_BAD_ARGUMENT, "url", "a port is from 1 to 65535");
		}
		seed->port = (int)port;
	} while (**at == ',');
	return SC_OK;
}

static sc_status read_url(const char *url, sc__redis_name *out, sc_error *err)
{
	static const char net[] = "redis://", socket[] = "redis+socket://", secure[] = "rediss://";
	const char *at = url;
	sc_status status;
	if (strncmp(url, secure, sizeof secure - 1) == 0)
		return sc__bad(err, SC_UNSUPPORTED, "url", "there is no TLS; put a tunnel in front");
	if (strncmp(url, socket, sizeof socket - 1) == 0) {
		at += sizeof socket - 1;
		struct part path = take(&at, "?");
		if (path.size == 0 || path.data[0] != '/')
			return sc__bad(err, SC_BAD_ARGUMENT, "url", "a socket has a path that begins with \"/\"");
		out->seed_count = 1;
		status = keep(path, out->seeds[0].host, sizeof out->seeds[0].host, "path", err);
		return status == SC_OK ? read_options(at, out, err) : status;
	}
	if (strncmp(url, net, sizeof net - 1) != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "begins with redis:// or redis+socket://");
	at += sizeof net - 1;
	status = read_login(&at, out, err);
	if (status == SC_OK)
		status = read_seeds(&at, out, err);
	if (status == SC_OK && *at == '/' && at[1] != '\0' && at[1] != '?') {
		at++;
		status = read_option((struct part){ "database", 8 }, take(&at, "?"), out, err);
	} else if (status == SC_OK && *at == '/') {
		at++;
	}
	return status == SC_OK ? read_options(at, out, err) : status;
}

/* ---- all of it ---- */

static sc_status take_options(const sc_redis_options *given, sc__redis_name *out, sc_error *err)
{
	sc_redis_options options = SC_REDIS_OPTIONS_INIT;
	if (given != NULL)
		memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
	if (options.domains > SC_REDIS_DOMAINS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "domains", "at most %d", SC_REDIS_DOMAINS_MAX);
	if (options.connections > CONNECTED_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "connections", "at most %d", CONNECTED_MAX);
	if (options.timeout_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "timeout_ms", "below 0");
	if (options.patience_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "patience_ms", "below 0");
	if (options.remembers_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "remembers_ms", "below 0");
	const char *prefix = options.prefix == NULL ? "shop" : options.prefix;
	if (!good_prefix((struct part){ prefix, strlen(prefix) }))
		return sc__bad(err, SC_BAD_ARGUMENT, "prefix", "1 to 64 letters, digits, \".\", \"_\" or \"-\"");
	memcpy(out->prefix, prefix, strlen(prefix) + 1);
	out->domains = options.domains;
	out->login.connections = options.connections == 0 ? CONNECTIONS : options.connections;
	out->login.timeout_ms = options.timeout_ms == 0 ? TIMEOUT_MS : options.timeout_ms;
	out->patience_ms = options.patience_ms == 0 ? PATIENCE_MS : options.patience_ms;
	out->remembers_ms = options.remembers_ms == 0 ? REMEMBERS_MS : options.remembers_ms;
	return SC_OK;
}

sc_status sc__redis_read_name(const char *url, const sc_redis_options *options, uint32_t many, sc__redis_name *out,
                              sc_error *err)
{
	sc_status status = take_options(options, out, err);
	if (status == SC_OK)
		status = read_url(url, out, err);
	if (status != SC_OK)
		return status;
	if (out->seed_count > 1 && !out->cluster)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "several addresses are those of a cluster: cluster=1");
	if (out->cluster && out->login.database != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "a cluster has one database: 0");
	if (out->domains == 0)
		out->domains = out->cluster ? many : ONE_DOMAIN;
	return SC_OK;
}
