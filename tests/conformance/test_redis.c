/*
 * The store suite on the Redis driver: "single", one domain of one server; "cluster", one domain of a cluster;
 * "domains", many of them; "gated", a store in memory behind a gate in Redis; "cached" and "backed", one domain in that
 * wrapper. A fresh prefix each case.
 *
 * The store's clock is the server's and cannot be stopped. But it is never below a time that was committed: a case
 * begins with such a time, a day ahead, and moves it.
 */
#include "private_redis.h"
#include "suite.h"

#include <shopcore/gated.h>
#include <shopcore/memory.h>
#include <shopcore/redis.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (24 * INT64_C(3600000))

struct servers {
	const char *kind;
	struct private_redis redis;
	char url[700];
	uint32_t domains;
	unsigned count;
	int64_t time_ms;
};

/* The tool speaks to a cluster too. */
static void command(const struct servers *servers, const char *text)
{
	char line[1200];
	const char *at = strstr(servers->redis.url, "redis+socket://");
	if (at != NULL)
		snprintf(line, sizeof line, "redis-cli -s %s %s >/dev/null", at + strlen("redis+socket://"), text);
	else
		snprintf(line, sizeof line, "redis-cli -c -p %d %s >/dev/null",
		         atoi(strchr(servers->redis.url + strlen("redis://"), ':') + 1), text);
	if (system(line) != 0)
		fprintf(stderr, "%s failed\n", line);
}

static void set_time(struct servers *servers, int64_t time_ms)
{
	servers->time_ms = time_ms;
	for (uint32_t i = 0; i < servers->domains; i++) {
		char text[128];
		snprintf(text, sizeof text, "hset '{case%u:%u}s' t %" PRId64, servers->count, i, time_ms);
		command(servers, text);
	}
}

static sc_status open_again(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct servers *servers = ctx;
	sc_redis_options options = SC_REDIS_OPTIONS_INIT;
	char prefix[32];
	snprintf(prefix, sizeof prefix, "case%u", servers->count);
	options.prefix = prefix;
	options.domains = servers->domains;
	return sc_redis_open(env, servers->redis.url, &options, out, err);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct servers *servers = ctx;
	servers->count++;
	set_time(servers, sc_env_default()->wall_ms(sc_env_default()->ctx) + DAY_MS);
	return open_again(ctx, env, out, err);
}

static sc_status open_gated(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct servers *servers = ctx;
	sc_redis_options options = SC_REDIS_OPTIONS_INIT;
	char prefix[32];
	sc_store record;
	sc_gate gate;
	snprintf(prefix, sizeof prefix, "case%u", ++servers->count);
	options.prefix = prefix;
	sc_status status = sc_memory_open(env, NULL, &record, err);
	if (status != SC_OK)
		return status;
	status = sc_redis_gate_open(env, servers->redis.url, &options, &gate, err);
	if (status == SC_OK) {
		status = sc_gated_open(env, record, gate, NULL, out, err);
		if (status != SC_OK)
			gate.ops->close(gate.ctx);
	}
	if (status != SC_OK)
		record.ops->close(record.ctx);
	return status;
}

static void advance(void *ctx, int64_t ms)
{
	struct servers *servers = ctx;
	set_time(servers, servers->time_ms + ms);
}

int main(int argc, char **argv)
{
	struct servers servers = { .kind = argc > 1 ? argv[1] : "single", .domains = 1 };
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	bool gated = strcmp(servers.kind, "gated") == 0;
	bool single = strcmp(servers.kind, "cluster") != 0 && strcmp(servers.kind, "domains") != 0;
	if (strcmp(servers.kind, "domains") == 0)
		servers.domains = 5;
	if (!(single ? private_redis_start(&servers.redis, NULL) : private_redis_start_cluster(&servers.redis, NULL)))
		return PRIVATE_REDIS_SKIP;
	options.ctx = &servers;
	options.open = open_fresh;
	options.reopen = open_again;
	options.advance = advance;
	if (gated) { /* its clock is the environment's */
		options.open = open_gated;
		options.reopen = NULL;
		options.advance = NULL;
	}
	char driver[32];
	bool wrapped = strcmp(servers.kind, "cached") == 0 || strcmp(servers.kind, "backed") == 0; /* says so itself */
	snprintf(driver, sizeof driver, "redis, %s", wrapped ? "single" : servers.kind);
	int failed = run_store_suite_in(servers.kind, driver, &options);
	private_redis_stop(&servers.redis);
	return failed;
}
