/*
 * One store over several shards, each a whole store of its own: four SQLite files, eight PostgreSQL servers.
 *
 * Where things lie follows from their addresses. A user's cart, keys, claims and orders share one shard, because the
 * last 16 bits of an order's id are a hash of its user; products and SKUs are spread by their ids; what everybody needs
 * together (settings, categories, rules) is on the first shard. Stock lies where its location is: each location belongs
 * to one shard, and a hold lies with the accounts that it claims. So an order that takes its goods from a location of
 * its user's own shard is one commit of that shard; any other is a saga, as in mixed.h, whose parts are commits of
 * their own.
 *
 * The map of what lies where is made once, by consistent hashing of the shards' names, and kept in every shard. A shop
 * that is opened with other names is refused, so that nothing is looked for where it is not.
 *
 *     sc_shard shards[] = { { .name = "north", .store = a }, { .name = "south", .store = b } };
 *     sc_shard_location locations[] = { { "leeds", "north" }, { "bath", "south" } };
 *     sc_sharded_open(env, shards, 2, locations, 2, &options.store, &err);
 */
#ifndef SHOPCORE_SHARDED_H
#define SHOPCORE_SHARDED_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

#define SC_SHARDS_MAX          16
#define SC_SHARD_NAME_MAX      31
#define SC_SHARD_LOCATIONS_MAX 1024

typedef struct sc_shard {
	const char *name; /* 1..SC_SHARD_NAME_MAX of a-z, 0-9 and '-'; for ever the name of what it keeps */
	sc_store store;
	uint64_t reserved[2];
} sc_shard;

/** The stock at a location is kept by a shard. NULL names all locations that are not named; without it those are spread
 *  over the shards by their names. */
typedef struct sc_shard_location {
	const char *location;
	const char *shard;
} sc_shard_location;

/**
 * Make one store of several shards.
 *
 * `prepare`, which opening a shop does, makes the map or reads it; before that nothing can be read or written. Its
 * journal has a partition for each shard. The clock is that of the first shard. A hold whose lines lie on several
 * shards is refused with SC_UNSUPPORTED: split the order by location. Lists by an index or by address ask all shards
 * and are merged. A shard that cannot be reached fails what concerns it and nothing else.
 *
 * Versions of one row grow, and are never those of another shard, but they are not those that the shard itself gives.
 *
 * Ownership: on SC_OK the new store owns the stores of `shards` and closes them; on any other status the caller still
 * does. `env` is borrowed while the store lives; names are copied. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when there are no shards or more than SC_SHARDS_MAX, a name is none or stands
 * twice, a store lacks a required operation, a location's shard is none of them, a location stands twice or there are
 * more than SC_SHARD_LOCATIONS_MAX (err->field and err->index name it); what a store says of itself; SC_UNSUPPORTED for
 * a store whose journal has several partitions; SC_NO_MEMORY; SC_OK. `prepare` of the store answers SC_SCHEMA_TOO_NEW
 * when the map was made by a later version, and SC_BAD_ARGUMENT when the shards or the locations are not those of the
 * map. Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_sharded_open(const sc_env *env, const sc_shard *shards, size_t count,
                                 const sc_shard_location *locations, size_t location_count, sc_store *out,
                                 sc_error *err);

/**
 * Name the shard that keeps an address: a user's cart tells where the user's orders are, a stock account where its
 * location is.
 *
 * Ownership: the name is the store's. Threads: any, after `prepare`. Returns: NULL for a store that is not sharded, or
 * that is not prepared. Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_sharded_place(const sc_store *store, const sc_address *address);

SC_END_DECLS

#endif
