/*
 * The map of shards: which of them owns which slot, and where stock is.
 *
 * It is made by consistent hashing, so that shops with the same names agree before they ever met. It is kept all the
 * same: another way of hashing in a later version must not lose what an earlier one wrote.
 */
#include "wrappers/sharded/sharded.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>
#include <xxhash.h>

#define POINTS  128 /* of each shard on the ring: shares differ by a tenth or so */
#define VERSION 1

/* ---- making ------------------------------------------------------------------------------ */

static uint64_t point_of(const char *name, uint32_t n)
{
	return XXH3_64bits_withSeed(name, strlen(name), n);
}

/* The shard whose point is the first at or behind `at`, going round. */
static uint8_t owner_of(const struct sharded *s, uint64_t at)
{
	uint64_t nearest = UINT64_MAX;
	uint8_t owner = 0;

	for (uint32_t shard = 0; shard < s->parts.count; shard++)
		for (uint32_t n = 0; n < POINTS; n++) {
			const uint64_t distance = point_of(s->names[shard], n) - at;

			if (distance < nearest) {
				nearest = distance;
				owner = (uint8_t)shard;
			}
		}
	return owner;
}

void sc__map_fill(struct sharded *s)
{
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		s->map.owner[slot] = owner_of(s, XXH3_64bits(&slot, sizeof(slot)));
		s->map.stock[slot] = s->map.owner[slot];
	}
}

/* ---- keeping ----------------------------------------------------------------------------- */

struct head {
	uint32_t version, shards, locations, reserved0;
};

/* A location as it is kept: its shard, the size of its name, its name. */
static size_t kept_size(const struct sharded *s)
{
	size_t size = sizeof(struct head) + s->parts.count * sizeof(s->names[0]) + 2 * SLOTS;

	for (uint32_t i = 0; i < s->map.location_count; i++)
		size += 3 + strlen(s->map.locations[i].name);
	return size;
}

static char *put(char *at, const void *data, size_t size)
{
	memcpy(at, data, size);
	return at + size;
}

static void write_map(const struct sharded *s, char *at)
{
	const struct head head = { VERSION, s->parts.count, s->map.location_count, 0 };

	at = put(at, &head, sizeof(head));
	at = put(at, s->names, s->parts.count * sizeof(s->names[0]));
	at = put(at, s->map.owner, SLOTS);
	at = put(at, s->map.stock, SLOTS);
	for (uint32_t i = 0; i < s->map.location_count; i++) {
		const struct location *location = &s->map.locations[i];
		const uint16_t size = (uint16_t)strlen(location->name);

		at = put(at, &location->shard, 1);
		at = put(at, &size, sizeof(size));
		at = put(at, location->name, size);
	}
}

/* The slots are the kept ones; all else has to be as it was told at opening. */
static sc_status take_map(struct sharded *s, sc_bytes kept, char *mine, size_t size, sc_error *err)
{
	const size_t slots = sizeof(struct head) + s->parts.count * sizeof(s->names[0]);
	struct head head;

	if (kept.size < sizeof(head))
		return sc__fail(err, SC_DAMAGED, "the map of shards does not read");
	memcpy(&head, kept.data, sizeof(head));
	if (head.version > VERSION)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "the map of shards is of a later version");
	if (head.shards != s->parts.count || kept.size < slots + 2 * SLOTS ||
	    memcmp((const char *)kept.data + sizeof(head), s->names, slots - sizeof(head)) != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "shards", "are not those that this shop began with");
	memcpy(mine + slots, (const char *)kept.data + slots, 2 * SLOTS);
	if (kept.size != size || memcmp(kept.data, mine, size) != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "locations", "are not those that this shop began with");
	memcpy(s->map.owner, (const char *)kept.data + slots, SLOTS);
	memcpy(s->map.stock, (const char *)kept.data + slots + SLOTS, SLOTS);
	return SC_OK;
}

static const sc_address *map_address(const struct sharded *s, sc_address *out)
{
	*out = (sc_address){ .kind = s->parts.setting_kind,
		             .key = SHARD_MAP_KEY,
		             .key_size = sizeof(SHARD_MAP_KEY) - 1 };
	return out;
}

/* EXISTS: another process was faster. */
static sc_status keep_in(const struct sharded *s, const sc_store *shard, const sc_call *call, sc_bytes body,
                         sc_error *err)
{
	sc_address address;
	const sc_change change = {
		.address = *map_address(s, &address), .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .body = body
	};
	const sc_group group = { .home = SC_HOME_NONE, .changes = &change, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = shard->ops->apply(shard->ctx, call, &group, 1, &outcome, err);

	status = status == SC_OK ? outcome.status : status;
	return status == SC_EXISTS ? SC_OK : status;
}

static sc_status agree_with(struct sharded *s, uint32_t number, const sc_call *call, sc_arena *arena, sc_error *err)
{
	const sc_store *shard = &s->parts.stores[number];
	const size_t size = kept_size(s);
	char *mine = sc__arena_bytes(arena, size);
	sc_record record = { 0 };
	sc_address address;

	if (mine == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the map of shards");
	write_map(s, mine);
	map_address(s, &address);
	for (int look = 0; look < 2; look++) {
		sc_status status = shard->ops->load(shard->ctx, call, &address, 1, SC_READ_BODY, arena, &record, err);

		if (status != SC_OK || record.version != 0)
			return status != SC_OK ? status : take_map(s, record.body, mine, size, err);
		status = keep_in(s, shard, call, (sc_bytes){ mine, size }, err);
		if (status != SC_OK)
			return status;
	}
	return sc__fail(err, SC_STORE_FAILED, "a shard does not keep its map");
}

sc_status sc__map_agree(struct sharded *s, const sc_call *call, sc_error *err)
{
	sc_status status = SC_OK;
	sc_arena arena;

	sc_arena_init(&arena, s->parts.env);
	for (uint32_t shard = 0; status == SC_OK && shard < s->parts.count; shard++)
		status = agree_with(s, shard, call, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
