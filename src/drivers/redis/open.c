/* The handle's life. It belongs to its domains together: the last one that is closed frees it. */
#include "base/error.h"
#include "drivers/redis/driver.h"

#include <unistd.h>

#define DOMAINS 48 /* on a cluster: spread evenly over a few servers, and still few for what asks them all */

void sc__redis_free(sc__redis *redis)
{
	const sc_env *env = redis->env;
	while (redis->servers != NULL) {
		sc__server *server = redis->servers;
		redis->servers = server->next;
		sc__server_free(server);
	}
	env->mutex_clear(env->ctx, &redis->mutex);
	env->resize(env->ctx, redis->domains, 0);
	env->resize(env->ctx, redis, 0);
}

void sc__redis_leave(void *ctx)
{
	sc__redis *redis = ((sc__domain *)ctx)->redis;
	if (--redis->users == 0)
		sc__redis_free(redis);
}

static bool add_seeds(sc__redis *redis)
{
	for (uint32_t i = 0; i < redis->name.seed_count; i++)
		if (sc__server_at(redis, redis->name.seeds[i].host, redis->name.seeds[i].port) == NULL)
			return false;
	return true;
}

static sc__redis *make_handle(const sc_env *env, const sc__redis_name *name)
{
	sc__redis *redis = env->resize(env->ctx, NULL, sizeof *redis);
	if (redis == NULL)
		return NULL;
	*redis = (sc__redis){ .env = env, .name = *name, .owner = getpid(), .domain_count = name->domains };
	redis->domains = env->resize(env->ctx, NULL, name->domains * sizeof *redis->domains);
	if (redis->domains == NULL || !env->mutex_init(env->ctx, &redis->mutex)) {
		env->resize(env->ctx, redis->domains, 0);
		env->resize(env->ctx, redis, 0);
		return NULL;
	}
	if (!add_seeds(redis)) {
		sc__redis_free(redis);
		return NULL;
	}
	return redis;
}

sc_status sc__redis_make(const sc_env *env, const char *url, const sc_redis_options *options, uint32_t many,
                         sc__redis **out, sc_error *err)
{
	sc__redis_name name = { .seed_count = 0 };
	if (env == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "an environment is needed");
	if (url == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "a server has to be named");
	sc_status status = sc__redis_read_name(url, options, many, &name, err);
	if (status != SC_OK)
		return status;
	*out = make_handle(env, &name);
	return *out != NULL ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory for a store");
}

sc_status sc_redis_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_store *out,
                        sc_error *err)
{
	sc__redis *redis = NULL;
	if (out == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "out", "a place for the store is needed");
	sc_status status = sc__redis_make(env, url, options, DOMAINS, &redis, err);
	if (status != SC_OK)
		return status;
	status = sc__redis_store(redis, out, err);
	if (status == SC_OK)
		return SC_OK;
	/* Domains that are stores already close themselves; the last of them takes the handle along. */
	uint32_t made = redis->users;
	for (uint32_t i = 0; i < made; i++) {
		const sc_store store = redis->domains[i].store;
		store.ops->close(store.ctx);
	}
	if (made == 0)
		sc__redis_free(redis);
	return status;
}
