/*
 * The drivers that a program was built with, for a shop that is named "config:FILE" (shopcore/config.h). Included by
 * one file of each program.
 */
#ifndef EXAMPLES_SHARED_STORES_H
#define EXAMPLES_SHARED_STORES_H

#include <shopcore/shopcore.h>

#ifdef WITH_POSTGRES
#include <shopcore/postgres.h>
#endif
#ifdef WITH_REDIS
#include <shopcore/redis.h>
#endif

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef WITH_POSTGRES
static sc_status open_postgres(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	return sc_postgres_open(env, url, NULL, out, err);
}
#endif

#ifdef WITH_REDIS
static sc_status open_redis(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	return sc_redis_open(env, url, NULL, out, err);
}

static sc_status open_redis_cache(const sc_env *env, const char *url, sc_cache *out, sc_error *err)
{
	return sc_redis_cache_open(env, url, NULL, out, err);
}

static sc_status open_redis_gate(const sc_env *env, const char *url, sc_gate *out, sc_error *err)
{
	return sc_redis_gate_open(env, url, NULL, out, err);
}
#endif

static const sc_config_driver config_drivers[] = {
#ifdef WITH_POSTGRES
	{ .scheme = "postgres", .open_store = open_postgres },
	{ .scheme = "postgresql", .open_store = open_postgres },
#endif
#ifdef WITH_REDIS
	{ .scheme = "redis", .open_store = open_redis, .open_cache = open_redis_cache, .open_gate = open_redis_gate },
	{ .scheme = "redis+socket",
	  .open_store = open_redis,
	  .open_cache = open_redis_cache,
	  .open_gate = open_redis_gate },
#endif
	{ .scheme = "" }, /* so that there is one */
};

/* The file of "config:FILE"; NULL for any other shop. */
static const char *config_file_of(const char *shop)
{
	return strncmp(shop, "config:", 7) == 0 ? shop + 7 : NULL;
}

static sc_status open_config_file(const char *file, sc_shop_options *options, sc_error *err)
{
	char text[SC_CONFIG_SIZE_MAX + 1];
	FILE *in = fopen(file, "rb");
	if (in == NULL) {
		snprintf(err->text, sizeof(err->text), "%.80s: %s", file, strerror(errno));
		return err->status = SC_IO_FAILED;
	}
	const size_t size = fread(text, 1, sizeof(text), in);
	fclose(in);
	return sc_config_open(sc_env_default(), (sc_bytes){ text, size }, config_drivers,
	                      sizeof(config_drivers) / sizeof(config_drivers[0]), options, err);
}

#endif
