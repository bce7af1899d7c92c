/*
 * A store over several shards: parts that are found by addresses and by a map.
 */
#ifndef SC_WRAPPERS_SHARDED_H
#define SC_WRAPPERS_SHARDED_H

#include "wrappers/parts/parts.h"

#include <shopcore/sharded.h>

/* Routes are 16 bits; a slot is a run of them, the smallest thing that a shard can be given. */
enum { SLOTS = 1024, SLOT_SHIFT = 6, LOCATION_SIZE = SC_KEY_MAX + 1, SHARD_KINDS_MAX = 64 };

struct location {
	char name[LOCATION_SIZE];
	uint8_t shard;
};

#define SHARD_MAP_KEY "shards" /* of the setting that keeps the map in each shard */

/* What lies where. The same in every shard, and in every process. */
struct map {
	uint8_t owner[SLOTS]; /* of routes */
	uint8_t stock[SLOTS]; /* of the names of locations that nobody placed */
	struct location *locations;
	uint32_t location_count;
};

/* By what an address of a kind is placed. */
enum placed { PLACED_FIRST, PLACED_ROUTE, PLACED_LOCATION, PLACED_HOLD };

struct sharded {
	struct parts parts; /* the first member, so that the one is the other; of child stores, see child.c */
	char names[SC_SHARDS_MAX][SC_SHARD_NAME_MAX + 1];
	uint8_t placed[SHARD_KINDS_MAX]; /* enum placed, by the kind's number */
	struct map map;
	_Atomic bool ready; /* the map is the one that the shards keep */
};

/* ---- the map ------------------------------------------------------------------------------- */

/* By consistent hashing of the names: with one name more, only slots that it gets have another owner. */
void sc__map_fill(struct sharded *s);
/* Keeps the map in every shard that has none, and compares it with those that have one. */
sc_status sc__map_agree(struct sharded *s, const sc_call *call, sc_error *err);

/* ---- places -------------------------------------------------------------------------------- */

void sc__sharded_kinds(struct sharded *s);
/* A hold's is where its order is: most holds are there. */
uint32_t sc__sharded_place(const struct parts *p, const sc_address *address);
sc_status sc__sharded_place_changes(struct parts *p, const sc_call *call, const sc_group *groups, size_t count,
                                    sc_arena *arena, uint8_t *places, sc_outcome *out, sc_error *err);

/* A hold that is asked for, and where it is; at first the place of its order. */
struct asked {
	const sc_address *hold;
	uint8_t *place;
	bool fences; /* its absence is to be kept: a hold that arrives later is refused */
};

/* Looks in the other shards for holds that are not with their orders. Those that are nowhere keep their places, so that
 * the answer is that shard's; they are what is left in the array, `count` of them. */
sc_status sc__sharded_find(struct parts *p, const sc_call *call, struct asked *asked, size_t *count, sc_arena *arena,
                           sc_error *err);

/* ---- operations ---------------------------------------------------------------------------- */

sc_status sc__sharded_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                           sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__sharded_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                            sc_page *out, sc_error *err);
sc_status sc__sharded_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                              sc_outcome *out, sc_error *err);

/* ---- a shard as the others see it ------------------------------------------------------------ */

/* In front of a shard's store: its versions and positions become those of shard `number`. Closing it closes the store.
 */
sc_status sc__child_open(const sc_env *env, sc_store inner, uint32_t number, sc_store *out, sc_error *err);
/* Gives it up without closing what it borrowed. */
void sc__child_drop(sc_store *child);

#endif
