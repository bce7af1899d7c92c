/*
 * A cache in Redis (port/cache.h), which several processes share: one MGET for each domain that is asked, a SET with a
 * lifetime for each value. It keeps no state of its own, so a server that was emptied is a cache with nothing in it.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/redis/driver.h"

#include <string.h>
#include <xxhash.h>

#define DOMAINS 12 /* on a cluster: as few as serve all its masters */

static uint32_t domain_of(const sc__redis *redis, sc_bytes key)
{
	return (uint32_t)(XXH3_64bits(key.data, key.size) % redis->domain_count);
}

static void add_key(sc__request *request, const sc__domain *domain, sc_bytes key)
{
	sc__name name;
	sc__name_init(&name, request->arena);
	sc__name_key(&name, domain, "k");
	sc__name_raw(&name, key.data, key.size);
	sc__request_bytes(request, sc__name_of(&name));
	request->no_memory = request->no_memory || name.no_memory;
}

/* ---- reading ---- */

static sc_status take_values(const sc__redis *redis, uint32_t number, const sc_bytes *keys, size_t count,
                             const sc__reply *reply, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	for (size_t i = 0, at = 0; i < count; i++) {
		if (domain_of(redis, keys[i]) != number)
			continue;
		if (at >= reply->count)
			return sc__fail(err, SC_STORE_FAILED, "an answer that is none of a cache's");
		const sc_bytes value = reply->items[at++]->text;
		if (value.data == NULL)
			continue;
		void *copy = sc_arena_alloc(arena, value.size);
		if (copy == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for what was cached");
		memcpy(copy, value.data, value.size);
		out[i] = (sc_bytes){ copy, value.size };
	}
	return SC_OK;
}

static sc_status get_in(sc__redis *redis, uint32_t number, const sc_call *call, const sc_bytes *keys, size_t count,
                        sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc__domain *domain = &redis->domains[number];
	size_t found = 0;
	sc_arena scratch;
	sc__request request;
	for (size_t i = 0; i < count; i++)
		found += domain_of(redis, keys[i]) == number;
	if (found == 0)
		return SC_OK;
	sc_arena_init(&scratch, redis->env);
	sc__request_init(&request, &scratch);
	request.repeatable = true;
	sc__request_command(&request, 1 + found, "MGET");
	for (size_t i = 0; i < count; i++)
		if (domain_of(redis, keys[i]) == number)
			add_key(&request, domain, keys[i]);
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK)
		status = sc__reply_failed(request.replies[0], err);
	if (status == SC_OK)
		status = take_values(redis, number, keys, count, request.replies[0], arena, out, err);
	sc_arena_clear(&scratch);
	return status;
}

static sc_status cache_get(void *ctx, const sc_call *call, const sc_bytes *keys, size_t count, sc_arena *arena,
                           sc_bytes *out, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = SC_OK;
	sc_bytes *found = sc_arena_zalloc(arena, count * sizeof *found);
	if (found == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for what was cached");
	for (uint32_t number = 0; number < redis->domain_count && status == SC_OK; number++)
		status = get_in(redis, number, call, keys, count, arena, found, err);
	if (status == SC_OK && count > 0)
		memcpy(out, found, count * sizeof *found);
	return status;
}

/* ---- keeping ---- */

static void add_set(sc__request *request, const sc__domain *domain, const sc_cache_item *item)
{
	sc__request_command(request, 5, "SET");
	add_key(request, domain, item->key);
	sc__request_bytes(request, item->value);
	sc__request_text(request, "PX");
	sc__request_number(request, item->ttl_ms);
}

/* As many items of a domain from `first` on as go into one request; `next`: where to go on. */
static sc_status put_some(sc__redis *redis, uint32_t number, const sc_call *call, const sc_cache_item *items,
                          size_t count, size_t first, size_t *next, sc_error *err)
{
	sc__domain *domain = &redis->domains[number];
	sc_arena scratch;
	sc__request request;
	sc_status status = SC_OK;
	sc_arena_init(&scratch, redis->env);
	sc__request_init(&request, &scratch);
	request.repeatable = true;
	for (; first < count && request.count < SC__REQUEST_COMMANDS / 2; first++)
		if (domain_of(redis, items[first].key) == number)
			add_set(&request, domain, &items[first]);
	if (request.count > 0)
		status = sc__domain_exchange(domain, call, &request, err);
	for (uint32_t i = 0; i < request.count && status == SC_OK; i++)
		status = sc__reply_failed(request.replies[i], err);
	*next = first;
	sc_arena_clear(&scratch);
	return status;
}

static sc_status cache_put(void *ctx, const sc_call *call, const sc_cache_item *items, size_t count, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = SC_OK;
	for (size_t i = 0; i < count; i++) {
		if (items[i].key.size < 1 || items[i].key.size > SC_CACHE_KEY_MAX)
			return sc__bad_at(err, SC_OVER_LIMIT, (int32_t)i, "key", "must be 1 to %d bytes",
			                  SC_CACHE_KEY_MAX);
		if (items[i].ttl_ms < 1)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "ttl_ms", "must be at least 1");
	}
	for (uint32_t number = 0; number < redis->domain_count; number++)
		for (size_t next = 0; next < count && status == SC_OK;)
			status = put_some(redis, number, call, items, count, next, &next, err);
	return status;
}

/* ---- opening ---- */

static void cache_close(void *ctx)
{
	sc__redis_free(ctx);
}

static const sc_cache_ops operations = {
	.size = sizeof(sc_cache_ops), .name = "redis", .get = cache_get, .put = cache_put, .close = cache_close
};

sc_status sc_redis_cache_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_cache *out,
                              sc_error *err)
{
	sc__redis *redis = NULL;
	if (out == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "out", "a place for the cache is needed");
	sc_status status = sc__redis_make(env, url, options, DOMAINS, &redis, err);
	if (status != SC_OK)
		return status;
	for (uint32_t i = 0; i < redis->domain_count; i++)
		sc__domain_name(&redis->domains[i], redis, i, ".cache");
	*out = (sc_cache){ &operations, redis };
	return SC_OK;
}
