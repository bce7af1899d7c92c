/*
 * A store in the memory of this process: for tests, tools and simulations. And a cache there.
 *
 * The store keeps every promise of the store port but one: it is gone with the process. Any number of
 * shops and threads may share one.
 */
#ifndef SHOPCORE_MEMORY_H
#define SHOPCORE_MEMORY_H

#include <shopcore/port/cache.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef struct sc_memory_options {
	size_t size;          /* set by the initialiser */
	int64_t remembers_ms; /* how long the table of ids keeps an outcome */
	uint64_t reserved[4];
} sc_memory_options;

#define SC_MEMORY_OPTIONS_INIT                                         \
	{                                                              \
		sizeof(sc_memory_options), 30LL * 24 * 60 * 60 * 1000, \
		{                                                      \
			0                                              \
		}                                                      \
	}

/**
 * Open an empty store in memory.
 *
 * `options` may be NULL for the defaults; `remembers_ms` is in milliseconds.
 *
 * Ownership: the store is the caller's; end it with `out->ops->close(out->ctx)` when nobody uses it any more.
 * `env` is borrowed until then. Threads: any; the store may be used by many at once.
 * Returns, in this order: SC_BAD_ARGUMENT (`env`, `out`, or `remembers_ms` below 1); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes a store of its own. Since: 0.1.
 */
SC_API sc_status sc_memory_open(const sc_env *env, const sc_memory_options *options, sc_store *out, sc_error *err);

/**
 * Open an empty cache in memory, for sc_cached_open(): what was read lately stays, what was not makes room.
 *
 * `bytes_max` is what keys and values may take with what is needed to find them; 0: 64 MiB. A value that would take
 * more than a sixty-fourth of it is not kept.
 *
 * Ownership: on SC_OK the cache is the caller's, to be closed with its `close` or handed on; `env` is borrowed until
 * then. Threads: any; so may the cache's operations.
 * Returns, in this order: SC_BAD_ARGUMENT (`env`, `out`, or `bytes_max` below 0); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes a cache of its own. Since: 0.1.
 */
SC_API sc_status sc_memory_cache_open(const sc_env *env, int64_t bytes_max, sc_cache *out, sc_error *err);

SC_END_DECLS

#endif
