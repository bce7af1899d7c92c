/*
 * A cache in the memory of this process (port/cache.h), of a fixed size.
 *
 * It is cut into parts with a lock each, by the hash of the key, so that threads rarely meet. What is forgotten first
 * is chosen by a second chance: values stand in a ring, a hand goes around it, takes the mark of those that were read
 * since it last came by, and forgets the first that has none or whose time is over. Reading sets a mark and moves
 * nothing.
 */
#include "base/error.h"

#include <shopcore/memory.h>

#include <string.h>
#include <sys/queue.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define PARTS     16
#define BYTES_MAX (INT64_C(64) << 20)
#define NS_PER_MS 1000000

struct value {
	struct value *next; /* in its bucket */
	TAILQ_ENTRY(value) ring;
	uint64_t hash;
	int64_t ends_ns;
	uint32_t key_size;
	uint32_t size;
	bool read; /* since the hand came by */
	_Alignas(16) char bytes[];
};

TAILQ_HEAD(ring, value);

struct part {
	sc_mutex lock;
	struct value **buckets;
	size_t bucket_count; /* a power of two */
	size_t count, bytes;
	struct ring ring; /* the hand stands before the first */
};

struct cache {
	const sc_env *env;
	size_t part_bytes; /* each may take so many */
	uint64_t seed;
	struct part parts[PARTS];
};

/* The key stands behind the value, which is aligned. */
static const char *key_of(const struct value *value)
{
	return value->bytes + value->size;
}

static size_t cost_of(size_t key_size, size_t size)
{
	return sizeof(struct value) + key_size + size + sizeof(struct value *);
}

static struct part *part_of(struct cache *cache, uint64_t hash)
{
	return &cache->parts[hash >> 60];
}

_Static_assert(PARTS == 16, "the upper four bits name the part");

/* Where the pointer to the key's value stands, or would stand. */
static struct value **place_of(const struct part *part, uint64_t hash, sc_bytes key)
{
	struct value **at = &part->buckets[hash & (part->bucket_count - 1)];
	while (*at != NULL &&
	       ((*at)->hash != hash || (*at)->key_size != key.size || memcmp(key_of(*at), key.data, key.size) != 0))
		at = &(*at)->next;
	return at;
}

/* ---- reading ---- */

static bool copy_out(const struct part *part, uint64_t hash, sc_bytes key, sc_arena *arena, sc_bytes *out)
{
	*out = (sc_bytes){ NULL, 0 };
	if (part->bucket_count == 0)
		return true;
	struct value *value = *place_of(part, hash, key);
	if (value == NULL)
		return true;
	char *copy = sc_arena_alloc(arena, value->size);
	if (copy == NULL)
		return false;
	memcpy(copy, value->bytes, value->size);
	value->read = true;
	*out = (sc_bytes){ copy, value->size };
	return true;
}

static sc_status cache_get(void *ctx, const sc_call *call, const sc_bytes *keys, size_t count, sc_arena *arena,
                           sc_bytes *out, sc_error *err)
{
	struct cache *cache = ctx;
	const sc_env *env = cache->env;
	(void)call;
	for (size_t i = 0; i < count; i++) {
		const uint64_t hash = XXH3_64bits_withSeed(keys[i].data, keys[i].size, cache->seed);
		struct part *part = part_of(cache, hash);
		env->mutex_lock(env->ctx, &part->lock);
		const bool enough = copy_out(part, hash, keys[i], arena, &out[i]);
		env->mutex_unlock(env->ctx, &part->lock);
		if (!enough)
			return sc__fail(err, SC_NO_MEMORY, "no memory for what was cached");
	}
	return SC_OK;
}

/* ---- keeping; with the part's lock ---- */

static void forget(const struct cache *cache, struct part *part, struct value **at)
{
	struct value *value = *at;
	*at = value->next;
	TAILQ_REMOVE(&part->ring, value, ring);
	part->count--;
	part->bytes -= cost_of(value->key_size, value->size);
	cache->env->resize(cache->env->ctx, value, 0);
}

static struct value **place_of_value(const struct part *part, const struct value *value)
{
	return place_of(part, value->hash, (sc_bytes){ key_of(value), value->key_size });
}

static void make_room(const struct cache *cache, struct part *part, size_t cost, int64_t now_ns)
{
	struct value *value;
	while (part->bytes + cost > cache->part_bytes && (value = TAILQ_FIRST(&part->ring)) != NULL) {
		if (!value->read || value->ends_ns <= now_ns) {
			forget(cache, part, place_of_value(part, value));
			continue;
		}
		value->read = false;
		TAILQ_REMOVE(&part->ring, value, ring);
		TAILQ_INSERT_TAIL(&part->ring, value, ring);
	}
}

static bool grow(const struct cache *cache, struct part *part)
{
	const sc_env *env = cache->env;
	const size_t count = part->bucket_count == 0 ? 64 : part->bucket_count * 2;
	struct value **buckets = env->resize(env->ctx, NULL, count * sizeof *buckets);
	if (buckets == NULL)
		return part->bucket_count > 0; /* longer chains do as well */
	memset(buckets, 0, count * sizeof *buckets);
	struct value *value;
	TAILQ_FOREACH(value, &part->ring, ring)
	{
		struct value **at = &buckets[value->hash & (count - 1)];
		value->next = *at;
		*at = value;
	}
	env->resize(env->ctx, part->buckets, 0);
	part->buckets = buckets;
	part->bucket_count = count;
	return true;
}

static struct value *value_new(const struct cache *cache, const sc_cache_item *item, uint64_t hash, int64_t now_ns)
{
	const sc_env *env = cache->env;
	struct value *value = env->resize(env->ctx, NULL, sizeof *value + item->key.size + item->value.size);
	if (value == NULL)
		return NULL;
	const int64_t ttl_ms = item->ttl_ms < INT64_MAX / NS_PER_MS / 2 ? item->ttl_ms : INT64_MAX / NS_PER_MS / 2;
	*value = (struct value){ .hash = hash,
		                 .ends_ns = now_ns + ttl_ms * NS_PER_MS,
		                 .key_size = (uint32_t)item->key.size,
		                 .size = (uint32_t)item->value.size };
	memcpy(value->bytes, item->value.data, item->value.size);
	memcpy(value->bytes + item->value.size, item->key.data, item->key.size);
	return value;
}

static void keep(struct cache *cache, const sc_cache_item *item)
{
	const sc_env *env = cache->env;
	const int64_t now_ns = env->mono_ns(env->ctx);
	const size_t cost = cost_of(item->key.size, item->value.size);
	const uint64_t hash = XXH3_64bits_withSeed(item->key.data, item->key.size, cache->seed);
	struct part *part = part_of(cache, hash);
	/* One value must not push out all others. */
	struct value *value = cost > cache->part_bytes / 4 ? NULL : value_new(cache, item, hash, now_ns);
	if (value == NULL)
		return;
	env->mutex_lock(env->ctx, &part->lock);
	if (part->count >= part->bucket_count && !grow(cache, part)) {
		env->resize(env->ctx, value, 0);
	} else {
		struct value **old = place_of(part, hash, item->key);
		if (*old != NULL)
			forget(cache, part, old);
		make_room(cache, part, cost, now_ns);
		struct value **at = place_of(part, hash, item->key);
		value->next = *at;
		*at = value;
		TAILQ_INSERT_TAIL(&part->ring, value, ring);
		part->count++;
		part->bytes += cost;
	}
	env->mutex_unlock(env->ctx, &part->lock);
}

static sc_status cache_put(void *ctx, const sc_call *call, const sc_cache_item *items, size_t count, sc_error *err)
{
	(void)call;
	for (size_t i = 0; i < count; i++) {
		if (items[i].key.size < 1 || items[i].key.size > SC_CACHE_KEY_MAX)
			return sc__bad_at(err, SC_OVER_LIMIT, (int32_t)i, "key", "must be 1 to %d bytes",
			                  SC_CACHE_KEY_MAX);
		if (items[i].ttl_ms < 1)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "ttl_ms", "must be at least 1");
	}
	for (size_t i = 0; i < count; i++)
		keep(ctx, &items[i]);
	return SC_OK;
}

/* ---- opening and closing ---- */

static void clear_parts(struct cache *cache, size_t count)
{
	const sc_env *env = cache->env;
	for (size_t i = 0; i < count; i++) {
		struct part *part = &cache->parts[i];
		struct value *value;
		while ((value = TAILQ_FIRST(&part->ring)) != NULL) {
			TAILQ_REMOVE(&part->ring, value, ring);
			env->resize(env->ctx, value, 0);
		}
		env->resize(env->ctx, part->buckets, 0);
		env->mutex_clear(env->ctx, &part->lock);
	}
}

static void cache_close(void *ctx)
{
	struct cache *cache = ctx;
	clear_parts(cache, PARTS);
	cache->env->resize(cache->env->ctx, cache, 0);
}

static const sc_cache_ops operations = {
	.size = sizeof(sc_cache_ops), .name = "memory", .get = cache_get, .put = cache_put, .close = cache_close
};

sc_status sc_memory_cache_open(const sc_env *env, int64_t bytes_max, sc_cache *out, sc_error *err)
{
	if (env == NULL || out == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, env == NULL ? "env" : "out", "is needed");
	if (bytes_max < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "bytes_max", "below 0");
	struct cache *cache = env->resize(env->ctx, NULL, sizeof *cache);
	if (cache == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a cache");
	memset(cache, 0, sizeof *cache);
	cache->env = env;
	cache->part_bytes = (size_t)((bytes_max == 0 ? BYTES_MAX : bytes_max) / PARTS);
	env->random(env->ctx, &cache->seed, sizeof cache->seed);
	for (size_t i = 0; i < PARTS; i++) {
		TAILQ_INIT(&cache->parts[i].ring);
		if (!env->mutex_init(env->ctx, &cache->parts[i].lock)) {
			clear_parts(cache, i);
			env->resize(env->ctx, cache, 0);
			return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
		}
	}
	*out = (sc_cache){ &operations, cache };
	return SC_OK;
}
