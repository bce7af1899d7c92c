/*
 * The cache port: values under keys that may be forgotten at any time.
 *
 * A cache decides nothing and owes nothing: what it has is a copy, and how old a copy may be is the business of whoever
 * keeps it there (sc_cached_open(), shopcore/cached.h). sc_memory_cache_open() is one in the memory of this process,
 * sc_redis_cache_open() one that several processes share.
 */
#ifndef SHOPCORE_PORT_CACHE_H
#define SHOPCORE_PORT_CACHE_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

#define SC_CACHE_KEY_MAX 4096

/** A value to be kept. */
typedef struct sc_cache_item {
	sc_bytes key; /* 1..SC_CACHE_KEY_MAX bytes of any value */
	sc_bytes value;
	int64_t ttl_ms; /* at least 1; afterwards it may be forgotten first */
	uint64_t reserved[2];
} sc_cache_item;

/**
 * The operations of a cache. They are called from any thread. Whatever is handed in is borrowed for the call. A cache
 * that fails is passed by: no failure of it fails a read.
 */
typedef struct sc_cache_ops {
	size_t size;
	const char *name;

	/** Required. Look up `count` keys. out[i] is a copy in the arena, aligned for any type; data NULL: not there.
	 */
	sc_status (*get)(void *ctx, const sc_call *call, const sc_bytes *keys, size_t count, sc_arena *arena,
	                 sc_bytes *out, sc_error *err);

	/** Required. Keep values, in place of what was there. One that has no room is left out. */
	sc_status (*put)(void *ctx, const sc_call *call, const sc_cache_item *items, size_t count, sc_error *err);

	/** Optional. Release everything. NULL: nothing to release. */
	void (*close)(void *ctx);
} sc_cache_ops;

/** A cache in use. A value; whoever opened it closes it. */
typedef struct sc_cache {
	const sc_cache_ops *ops;
	void *ctx;
} sc_cache;

SC_END_DECLS

#endif
