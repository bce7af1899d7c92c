/*
 * Linear probing in a table at most three quarters full. A removal moves the followers of its run up, so that there
 * are no marks of the dead, and a table that lives long stays as quick as a new one.
 */
#include "base/map.h"

#define XXH_INLINE_ALL
#include <sodium.h>
#include <string.h>
#include <xxhash.h>

#define FIRST_ROOM 16

_Static_assert(sizeof((sc__map *)NULL)->seed == crypto_shorthash_KEYBYTES, "the seed is a SipHash key");

struct sc__map_slot {
	const void *key; /* `used` tells whether there is one: an empty key may be NULL */
	size_t size;
	void *value;
	uint32_t hash;
	bool used;
};

static void init(sc__map *map, const sc_env *env, sc_arena *arena, sc__map_keys keys)
{
	*map = (sc__map){ .env = env, .arena = arena, .keys = keys };
	if (keys == SC__MAP_STRANGE_KEYS)
		env->random(env->ctx, map->seed, sizeof map->seed);
}

void sc__map_init(sc__map *map, const sc_env *env, sc__map_keys keys)
{
	init(map, env, NULL, keys);
}

void sc__map_init_arena(sc__map *map, sc_arena *arena, sc__map_keys keys)
{
	init(map, arena->env, arena, keys);
}

void sc__map_clear(sc__map *map)
{
	if (map->arena == NULL && map->slots != NULL)
		map->env->resize(map->env->ctx, map->slots, 0);
	map->slots = NULL;
	map->count = map->room = 0;
}

static uint32_t hash_of(const sc__map *map, sc_bytes key)
{
	const void *data = key.size > 0 ? key.data : "";
	uint64_t hash;
	if (map->keys == SC__MAP_OWN_KEYS)
		hash = XXH3_64bits(data, key.size);
	else
		crypto_shorthash((unsigned char *)&hash, data, key.size, map->seed);
	return (uint32_t)hash;
}

/* The slot of a key, or the free one where it belongs. There is always a free one. */
static struct sc__map_slot *slot_for(const sc__map *map, sc_bytes key, uint32_t hash)
{
	for (size_t at = hash & (map->room - 1);; at = (at + 1) & (map->room - 1)) {
		struct sc__map_slot *slot = &map->slots[at];
		if (!slot->used)
			return slot;
		if (slot->hash == hash && slot->size == key.size &&
		    (key.size == 0 || memcmp(slot->key, key.data, key.size) == 0))
			return slot;
	}
}

void *sc__map_find(const sc__map *map, sc_bytes key)
{
	if (map->count == 0)
		return NULL;
	struct sc__map_slot *slot = slot_for(map, key, hash_of(map, key));
	return slot->used ? slot->value : NULL;
}

static struct sc__map_slot *new_slots(sc__map *map, size_t room)
{
	size_t size;
	if (__builtin_mul_overflow(room, sizeof(struct sc__map_slot), &size))
		return NULL;
	struct sc__map_slot *slots = map->arena != NULL ? sc_arena_alloc(map->arena, size)
	                                                : map->env->resize(map->env->ctx, NULL, size);
	if (slots != NULL)
		memset(slots, 0, size);
	return slots;
}

static bool grow(sc__map *map)
{
	size_t room = map->room == 0 ? FIRST_ROOM : map->room * 2;
	struct sc__map_slot *old = map->slots, *slots = new_slots(map, room);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < map->room; i++) {
		if (!old[i].used)
			continue;
		size_t at = old[i].hash & (room - 1);
		while (slots[at].used)
			at = (at + 1) & (room - 1);
		slots[at] = old[i];
	}
	if (map->arena == NULL && old != NULL)
		map->env->resize(map->env->ctx, old, 0);
	map->slots = slots;
	map->room = room;
	return true;
}

void **sc__map_put(sc__map *map, sc_bytes key)
{
	uint32_t hash = hash_of(map, key);
	if (map->count > 0) {
		struct sc__map_slot *slot = slot_for(map, key, hash);
		if (slot->used)
			return &slot->value;
	}
	if (map->count >= map->room / 4 * 3 && !grow(map))
		return NULL;
	struct sc__map_slot *slot = slot_for(map, key, hash);
	*slot = (struct sc__map_slot){ .key = key.data, .size = key.size, .hash = hash, .used = true };
	map->count++;
	return &slot->value;
}

/* Moves what follows a hole back into it, unless that would put a key before its own place. */
static void close_hole(sc__map *map, size_t hole)
{
	size_t mask = map->room - 1;
	for (size_t at = (hole + 1) & mask; map->slots[at].used; at = (at + 1) & mask) {
		size_t home = map->slots[at].hash & mask;
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		map->slots[hole] = map->slots[at];
		hole = at;
	}
	map->slots[hole].used = false;
}

void *sc__map_remove(sc__map *map, sc_bytes key)
{
	if (map->count == 0)
		return NULL;
	struct sc__map_slot *slot = slot_for(map, key, hash_of(map, key));
	if (!slot->used)
		return NULL;
	void *value = slot->value;
	close_hole(map, (size_t)(slot - map->slots));
	map->count--;
	return value;
}

bool sc__map_next(const sc__map *map, size_t *cursor, sc_bytes *key, void **value)
{
	while (*cursor < map->room) {
		const struct sc__map_slot *slot = &map->slots[(*cursor)++];
		if (!slot->used)
			continue;
		*key = (sc_bytes){ slot->key, slot->size };
		*value = slot->value;
		return true;
	}
	return false;
}
