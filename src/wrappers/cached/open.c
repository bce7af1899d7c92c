/* The handle, what passes through to the store, and the counters. */
#include "wrappers/cached/cached.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

#define TTL_MS      60000
#define ABSENT_MS   10000
#define FOLLOW_MS   500
#define PATIENCE_MS 1000

static const sc_store *store_of(void *ctx)
{
	return &((const sc__cached *)ctx)->store;
}

static sc_status cached_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->info(store->ctx, out, err);
}

static sc_status cached_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->prepare(store->ctx, call, err);
}

static uint64_t cached_place(void *ctx, const sc_address *address)
{
	const sc_store *store = store_of(ctx);
	return store->ops->place(store->ctx, address);
}

static sc_status cached_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                                sc_outcome *out, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->resolve(store->ctx, call, refs, count, fence, out, err);
}

static sc_status cached_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                               sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->expire(store->ctx, call, max, done, next_ms, err);
}

static sc_status cached_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->log_read(store->ctx, call, partition, after, max, arena, out, count, err);
}

static sc_status cached_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->log_of(store->ctx, call, subject, before, max, arena, out, count, err);
}

static sc_status cached_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->log_trim(store->ctx, call, partition, upto, err);
}

static sc_status cached_log_wait(void *ctx, int *descriptor, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->log_wait(store->ctx, descriptor, err);
}

static sc_status cached_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const sc_store *store = store_of(ctx);
	return store->ops->now(store->ctx, call, now_ms, err);
}

static uint32_t cached_partition(void *ctx, const sc_address *address)
{
	const sc_store *store = store_of(ctx);
	return store->ops->partition(store->ctx, address);
}

static void cached_close(void *ctx)
{
	sc__cached *cached = ctx;
	const sc_env *env = cached->env;
	if (SC_OPS_HAS(cached->store.ops, sc_store_ops, close))
		cached->store.ops->close(cached->store.ctx);
	if (SC_OPS_HAS(cached->cache.ops, sc_cache_ops, close))
		cached->cache.ops->close(cached->cache.ctx);
	env->mutex_clear(env->ctx, &cached->mutex);
	env->resize(env->ctx, cached, 0);
}

/* A table of its own, because an operation that the store lacks is lacking here too. */
static void fill_ops(sc__cached *cached)
{
	const sc_store_ops *store = cached->store.ops;
	cached->ops = (sc_store_ops){ .size = sizeof cached->ops,
		                      .name = "cached",
		                      .info = cached_info,
		                      .prepare = cached_prepare,
		                      .load = sc__cached_load,
		                      .range = sc__cached_range,
		                      .apply = sc__cached_apply,
		                      .resolve = cached_resolve,
		                      .expire = cached_expire,
		                      .log_read = cached_log_read,
		                      .log_of = cached_log_of,
		                      .now = cached_now,
		                      .close = cached_close,
		                      .recall = sc__cached_recall };
	if (SC_OPS_HAS(store, sc_store_ops, place))
		cached->ops.place = cached_place;
	if (SC_OPS_HAS(store, sc_store_ops, log_trim))
		cached->ops.log_trim = cached_log_trim;
	if (SC_OPS_HAS(store, sc_store_ops, log_wait))
		cached->ops.log_wait = cached_log_wait;
	if (SC_OPS_HAS(store, sc_store_ops, partition))
		cached->ops.partition = cached_partition;
}

/* ---- opening ---- */

static sc_status read_option(int64_t *value, int64_t otherwise, const char *name, sc_error *err)
{
	if (*value < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, name, "below 0");
	*value = *value == 0 ? otherwise : *value;
	return SC_OK;
}

static sc_status read_options(const sc_cached_options *given, sc_cached_options *out, sc_error *err)
{
	*out = (sc_cached_options)SC_CACHED_OPTIONS_INIT;
	if (given != NULL)
		memcpy(out, given, given->size < sizeof *out ? given->size : sizeof *out);
	sc_status status = read_option(&out->ttl_ms, TTL_MS, "ttl_ms", err);
	if (status == SC_OK)
		status = read_option(&out->absent_ms, ABSENT_MS, "absent_ms", err);
	if (status == SC_OK)
		status = read_option(&out->follow_ms, FOLLOW_MS, "follow_ms", err);
	if (status == SC_OK)
		status = read_option(&out->patience_ms, PATIENCE_MS, "patience_ms", err);
	return status;
}

static sc_status check(const sc_store *store, const sc_cache *cache, uint32_t *partitions, sc_error *err)
{
	sc_store_info info = { .size = sizeof info };
	const char *missing = store->ops == NULL ? "store" : sc__store_lacks(store->ops);
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, missing, "a required operation is missing");
	if (cache->ops == NULL || !SC_OPS_HAS(cache->ops, sc_cache_ops, get) ||
	    !SC_OPS_HAS(cache->ops, sc_cache_ops, put))
		return sc__bad(err, SC_BAD_ARGUMENT, "cache", "a required operation is missing");
	sc_status status = store->ops->info(store->ctx, &info, err);
	if (status == SC_OK && info.partitions > SC__PARTITIONS_MAX)
		return sc__bad(err, SC_UNSUPPORTED, "store", "its journal has more than %d partitions",
		               SC__PARTITIONS_MAX);
	*partitions = info.partitions;
	return status;
}

sc_status sc_cached_open(const sc_env *env, sc_store store, sc_cache cache, const sc_cached_options *options,
                         sc_store *out, sc_error *err)
{
	sc_cached_options chosen;
	uint32_t partitions = 0;
	sc_status status = check(&store, &cache, &partitions, err);
	if (status == SC_OK)
		status = read_options(options, &chosen, err);
	if (status != SC_OK)
		return status;
	sc__cached *cached = env->resize(env->ctx, NULL, sizeof *cached);
	if (cached == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	memset(cached, 0, sizeof *cached);
	cached->env = env;
	cached->store = store;
	cached->cache = cache;
	cached->options = chosen;
	cached->partitions = partitions;
	atomic_store(&cached->begun_ms, SC_NEVER);
	atomic_store(&cached->due_ns, INT64_MIN);
	atomic_store(&cached->back_ns, INT64_MIN);
	fill_ops(cached);
	if (!env->mutex_init(env->ctx, &cached->mutex)) {
		env->resize(env->ctx, cached, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	*out = (sc_store){ &cached->ops, cached };
	return SC_OK;
}

sc_status sc_cached_read(const sc_store *store, sc_cached_counts *out, sc_error *err)
{
	if (store == NULL || store->ops == NULL || store->ops->apply != sc__cached_apply)
		return sc__bad(err, SC_BAD_ARGUMENT, "store", "not a cached store");
	sc__cached *cached = store->ctx;
	sc_cached_counts counts = { .given_up = atomic_load(&cached->given_up),
		                    .failures = atomic_load(&cached->failures) };
	for (size_t i = 0; i < SC__STRIPES; i++) {
		sc__stripe *stripe = &cached->stripes[i];
		const uint64_t age_max_ms = atomic_load(&stripe->age_max_ms);
		counts.hits += atomic_load(&stripe->hits);
		counts.misses += atomic_load(&stripe->misses);
		counts.outdated += atomic_load(&stripe->outdated);
		counts.waited += atomic_load(&stripe->waited);
		counts.passed += atomic_load(&stripe->passed);
		counts.age_sum_ms += atomic_load(&stripe->age_sum_ms);
		counts.age_max_ms = age_max_ms > counts.age_max_ms ? age_max_ms : counts.age_max_ms;
	}
	*out = counts;
	return SC_OK;
}
