/*
 * A map from bytes to pointers, with open addressing. It borrows its keys: whoever puts one in keeps it alive.
 *
 * Keys that strangers choose are hashed with SipHash under a random seed, so that nobody can make them collide; for
 * keys of our own XXH3 is quicker. Slots come from the environment, or from an arena, which forgets the old ones only
 * when it is reset.
 */
#ifndef SC_BASE_MAP_H
#define SC_BASE_MAP_H

#include <shopcore/arena.h>

typedef enum sc__map_keys { SC__MAP_STRANGE_KEYS, SC__MAP_OWN_KEYS } sc__map_keys;

struct sc__map_slot;

typedef struct sc__map {
	const sc_env *env;
	sc_arena *arena; /* NULL: slots come from `env` */
	struct sc__map_slot *slots;
	size_t count;
	size_t room; /* a power of two, or 0 */
	sc__map_keys keys;
	uint8_t seed[16];
} sc__map;

/* Takes no memory until something is put in. */
void sc__map_init(sc__map *map, const sc_env *env, sc__map_keys keys);
void sc__map_init_arena(sc__map *map, sc_arena *arena, sc__map_keys keys);
void sc__map_clear(sc__map *map); /* gives the slots back; can be used again */

/* NULL: not there. */
void *sc__map_find(const sc__map *map, sc_bytes key);

/* The place of the key's value, put in with NULL when it was not there; good until the next put or remove. NULL: no
 * memory, and the map is as it was. */
void **sc__map_put(sc__map *map, sc_bytes key);

/* Takes a key out and gives its value; NULL: it was not there. */
void *sc__map_remove(sc__map *map, sc_bytes key);

/* Walks over all: start with *cursor 0. false: there are no more. Nothing may be put in or removed meanwhile. */
bool sc__map_next(const sc__map *map, size_t *cursor, sc_bytes *key, void **value);

#endif
