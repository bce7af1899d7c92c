/*
 * Opening a store over several shards.
 */
#include "wrappers/sharded/sharded.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

/* ---- operations -------------------------------------------------------------------------- */

static sc_status sharded_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	struct sharded *s = ctx;
	sc_status status = sc__parts_prepare(&s->parts, call, err);

	if (status == SC_OK && !s->ready)
		status = sc__map_agree(s, call, err);
	if (status == SC_OK)
		s->ready = true;
	return status;
}

static uint64_t sharded_place(void *ctx, const sc_address *address)
{
	return sc__sharded_place(ctx, address);
}

static uint32_t sharded_partition(void *ctx, const sc_address *address)
{
	const struct sharded *s = ctx;
	const bool first = address->kind >= SHARD_KINDS_MAX || s->placed[address->kind] == PLACED_FIRST;

	if (address->key_size == 0 && !first && s->parts.count > 1)
		return SC_PARTITIONS_MANY;
	return sc__parts_partition(ctx, address);
}

static void sharded_free(struct sharded *s)
{
	const sc_env *env = s->parts.env;

	env->resize(env->ctx, s->map.locations, 0);
	env->resize(env->ctx, s, 0);
}

static void sharded_close(void *ctx)
{
	struct sharded *s = ctx;

	sc__parts_close(&s->parts);
	sharded_free(s);
}

static const sc_store_ops operations = {
	.size = sizeof(operations),
	.name = "sharded",
	.info = sc__parts_info,
	.prepare = sharded_prepare,
	.place = sharded_place,
	.load = sc__sharded_load,
	.range = sc__sharded_range,
	.apply = sc__parts_apply,
	.resolve = sc__sharded_resolve,
	.expire = sc__parts_expire,
	.log_read = sc__parts_log_read,
	.log_of = sc__parts_log_of,
	.log_trim = sc__parts_log_trim,
	.now = sc__parts_now,
	.close = sharded_close,
	.partition = sharded_partition,
};

/* ---- opening ----------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
	const size_t size = name == NULL ? 0 : strnlen(name, SC_SHARD_NAME_MAX + 1);

	return size >= 1 && size <= SC_SHARD_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

static sc_status check_shards(const sc_shard *shards, size_t count, sc_error *err)
{
	if (count < 1 || count > SC_SHARDS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "count", "must be 1 to %d", SC_SHARDS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!is_name(shards[i].name))
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "name", "must be 1 to %d of a-z, 0-9 and -",
			                  SC_SHARD_NAME_MAX);
		for (size_t other = 0; other < i; other++)
			if (strcmp(shards[other].name, shards[i].name) == 0)
				return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "name", "stands twice");
		const char *missing = sc__store_lacks(shards[i].store.ops);
		if (missing != NULL)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "store", "lacks the operation %s", missing);
	}
	return SC_OK;
}

static int find_name(const sc_shard *shards, size_t count, const char *name)
{
	for (size_t i = 0; name != NULL && i < count; i++)
		if (strcmp(shards[i].name, name) == 0)
			return (int)i;
	return -1;
}

static bool same_location(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static sc_status check_locations(const sc_shard *shards, size_t shard_count, const sc_shard_location *locations,
                                 size_t count, sc_error *err)
{
	if (count > SC_SHARD_LOCATIONS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "locations", "must be %d at most", SC_SHARD_LOCATIONS_MAX);
	for (size_t i = 0; i < count; i++) {
		const char *name = locations[i].location;

		if (name != NULL && strnlen(name, LOCATION_SIZE) == LOCATION_SIZE)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "location", "must be %d bytes at most",
			                  LOCATION_SIZE - 1);
		if (find_name(shards, shard_count, locations[i].shard) < 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "shard", "is none of the shards");
		for (size_t other = 0; other < i; other++)
			if (same_location(locations[other].location, name))
				return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "location", "stands twice");
	}
	return SC_OK;
}

static sc_status place_locations(struct sharded *s, const sc_shard *shards, const sc_shard_location *locations,
                                 size_t count, sc_error *err)
{
	const sc_env *env = s->parts.env;

	if (count == 0)
		return SC_OK;
	s->map.locations = env->resize(env->ctx, NULL, count * sizeof(*s->map.locations));
	if (s->map.locations == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the sharded store");
	for (size_t i = 0; i < count; i++) {
		const uint8_t shard = (uint8_t)find_name(shards, s->parts.count, locations[i].shard);
		const char *name = locations[i].location;

		if (name == NULL) {
			memset(s->map.stock, shard, sizeof(s->map.stock));
			continue;
		}
		struct location *location = &s->map.locations[s->map.location_count++];
		location->shard = shard;
		memcpy(location->name, name, strlen(name) + 1);
	}
	return SC_OK;
}

static sc_status open_children(struct sharded *s, const sc_shard *shards, size_t count, sc_error *err)
{
	sc_status status = SC_OK;

	for (uint32_t i = 0; status == SC_OK && i < count; i++) {
		memcpy(s->names[i], shards[i].name, strlen(shards[i].name) + 1);
		status = sc__child_open(s->parts.env, shards[i].store, i, &s->parts.stores[i], err);
		s->parts.count += status == SC_OK;
	}
	return status == SC_OK ? sc__parts_read_infos(&s->parts, err) : status;
}

sc_status sc_sharded_open(const sc_env *env, const sc_shard *shards, size_t count, const sc_shard_location *locations,
                          size_t location_count, sc_store *out, sc_error *err)
{
	sc_status status = check_shards(shards, count, err);

	if (status == SC_OK)
		status = check_locations(shards, count, locations, location_count, err);
	if (status != SC_OK)
		return status;
	struct sharded *s = env->resize(env->ctx, NULL, sizeof(*s));
	if (s == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the sharded store");
	*s = (struct sharded){ .parts = { .env = env,
		                          .name = operations.name,
		                          .place = sc__sharded_place,
		                          .place_changes = sc__sharded_place_changes } };
	sc__sharded_kinds(s);
	status = open_children(s, shards, count, err);
	if (status == SC_OK) {
		sc__map_fill(s);
		status = place_locations(s, shards, locations, location_count, err);
	}
	if (status != SC_OK) {
		for (uint32_t i = 0; i < s->parts.count; i++)
			sc__child_drop(&s->parts.stores[i]);
		sharded_free(s);
		return status;
	}
	*out = (sc_store){ &operations, s };
	return SC_OK;
}
