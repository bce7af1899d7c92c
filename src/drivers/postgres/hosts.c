/*
 * Which of several hosts.
 *
 * libpq would try them by itself, but it leaves time limits to whoever polls its socket. So one machine that has
 * gone silent would hold everybody up until their patience ends. Each host is therefore asked by itself and
 * for two seconds at most, beginning with the one that answered last.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

#define HOST_NS INT64_C(2000000000)

/* The n-th of a list with commas; a list of one stands for all. Empty when there is none, or no room for it. */
static void nth(const char *list, size_t n, char *out, size_t size)
{
	const char *at = list != NULL ? list : "";
	for (const char *comma = strchr(at, ','); n > 0 && comma != NULL; comma = strchr(at, ',')) {
		at = comma + 1;
		n--;
	}
	size_t length = strcspn(at, ",");
	if (length >= size)
		length = 0;
	memcpy(out, at, length);
	out[length] = '\0';
}

static size_t count_of(const char *list)
{
	size_t count = 1;
	for (; list != NULL && *list != '\0'; list++)
		count += *list == ',';
	return count;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options != NULL && options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val;
	return NULL;
}

/* How many there are; the n-th of them, modulo that, in `out`. */
static size_t pick(const PQconninfoOption *options, size_t n, sc__pg_host *out)
{
	const char *names = value_of(options, "host"), *addresses = value_of(options, "hostaddr");
	size_t count = count_of(names != NULL ? names : addresses);
	*out = (sc__pg_host){ 0 };
	nth(names, n % count, out->name, sizeof out->name);
	nth(addresses, n % count, out->address, sizeof out->address);
	nth(value_of(options, "port"), n % count, out->port, sizeof out->port);
	return count;
}

static sc__pg_wait wait_for_host(const sc_env *env, const sc__pg_wait *wait, bool alone)
{
	sc__pg_wait part = *wait;
	int64_t until_ns = env->mono_ns(env->ctx) + HOST_NS;
	if (!alone && until_ns < part.give_up_ns)
		part.give_up_ns = until_ns;
	return part;
}

sc_status sc__pg_connect(const sc_env *env, sc__pg_target *target, const sc__pg_wait *wait, sc__pg_connection **out,
                         sc_error *err)
{
	unsigned first = atomic_load_explicit(&target->served, memory_order_relaxed);
	PQconninfoOption *options = PQconninfoParse(target->url, NULL);
	sc_status status = SC_STORE_FAILED;
	size_t count = 1;
	if (options == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	for (size_t i = 0; i < count && status != SC_OK && status != SC_NO_MEMORY; i++) {
		sc__pg_host host;
		count = pick(options, first + i, &host);
		sc__pg_wait part = wait_for_host(env, wait, count == 1);
		if (i > 0 && env->mono_ns(env->ctx) >= wait->give_up_ns)
			break;
		status = sc__pg_connect_host(env, target, &host, &part, out, err);
		if (status == SC_OK)
			atomic_store_explicit(&target->served, (unsigned)((first + i) % count), memory_order_relaxed);
	}
	PQconninfoFree(options);
	return status;
}
