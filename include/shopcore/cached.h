/*
 * A store with a cache in front of it: reads of the catalogue that may be a little old are answered from copies.
 *
 * A call says how old an answer may be (sc_call.freshness_ms). With 0, the default, it is asked of the store, whatever
 * lies in the cache. Only products, SKUs, categories and listings are kept, and the library hands the caller's
 * freshness on from its reading functions alone (sc_product_get() and its like): a price that is quoted, stock, limits
 * and money are always read as they are. So a cache changes what is shown, never what is decided.
 *
 *     sc_cached_open(env, store, cache, NULL, &options.store, &err);
 *     call.freshness_ms = 5000;
 *
 * A copy is given up when its time is over, when this process writes what it was made from, and when the journal says
 * that another one did. What nobody announces (a listing that another process wrote) ends with its time. Threads that
 * miss the same thing at once wait for one of them to read it.
 */
#ifndef SHOPCORE_CACHED_H
#define SHOPCORE_CACHED_H

#include <shopcore/port/cache.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** How a store is cached. Members left zero take their defaults. */
typedef struct sc_cached_options {
	size_t size;         /* set by the initialiser */
	int64_t ttl_ms;      /* a copy is kept this long at most: 60,000. Each loses up to a tenth, by chance */
	int64_t absent_ms;   /* the same for the answer that there is nothing: 10,000 */
	int64_t follow_ms;   /* how often the journal is looked at while there are reads: 500 */
	int64_t patience_ms; /* a cache that failed is left alone this long: 1,000 */
	uint64_t reserved[4];
} sc_cached_options;

/* clang-format off */
#define SC_CACHED_OPTIONS_INIT { sizeof(sc_cached_options), 0, 0, 0, 0, { 0 } }
/* clang-format on */

/** What a cached store did since it was opened. Counted for each thing that was asked for, not for each call. */
typedef struct sc_cached_counts {
	uint64_t hits;       /* answered by a copy; the hit rate is hits / (hits + misses) */
	uint64_t misses;     /* asked of the store */
	uint64_t outdated;   /* of the misses: there was a copy, but too old for the call, or given up */
	uint64_t waited;     /* of the hits: another thread was just reading it */
	uint64_t passed;     /* reads that were not to be answered by copies */
	uint64_t given_up;   /* rows whose copies were given up because somebody wrote them */
	uint64_t failures;   /* times that the cache could not be asked */
	uint64_t age_sum_ms; /* of all hits: how old they were; divided by hits, the mean staleness at most */
	uint64_t age_max_ms; /* of the oldest of them */
	uint64_t reserved[5];
} sc_cached_counts;

/**
 * Put a cache in front of a store.
 *
 * A group of threads, processes and machines may share one cache if it can be shared; each has its own handle of the
 * store, and they need not know of each other.
 *
 * Ownership: on SC_OK the new store owns `store` and `cache` and closes them; on any other status the caller still
 * does. `env` is borrowed while the store lives, `options` (NULL: all defaults) for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when a required operation of the store or the cache is missing, or an option
 * is negative (err->field); what the store says of itself; SC_UNSUPPORTED for a store whose journal has more than 16
 * partitions; SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_cached_open(const sc_env *env, sc_store store, sc_cache cache, const sc_cached_options *options,
                                sc_store *out, sc_error *err);

/**
 * Read the counters of a store that sc_cached_open() made.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the store.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no cached one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_cached_read(const sc_store *store, sc_cached_counts *out, sc_error *err);

SC_END_DECLS

#endif
