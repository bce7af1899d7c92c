/*
 * The Redis store: for what may be rebuilt. Carts, sessions, caches and queues; never orders, money or stock.
 *
 * It implements the whole store port, and passes the same suite as the other stores. What it cannot promise is that
 * an acknowledged write survives: Redis answers before its replicas have the write and, with AOF every second, before
 * the disk has it. So its info says SC_DURABLE_LOSSY, and a shop refuses to keep orders on it unless `volatile_ok`
 * says that they may be lost. After a server was started anew, or another took over, the store has a new incarnation:
 * whoever followed its journal starts over.
 *
 * A domain of atomicity is a hash tag, hence one slot of a Redis Cluster. With one domain (the default on a single
 * server) any group may be applied; with several, what one group touches has to lie in one of them.
 */
#ifndef SHOPCORE_REDIS_H
#define SHOPCORE_REDIS_H

#include <shopcore/port/cache.h>
#include <shopcore/port/gate.h>

SC_BEGIN_DECLS

#define SC_REDIS_DOMAINS_MAX 1024

/** How a server or cluster is used. Members left zero take their defaults; the URL's options win. */
typedef struct sc_redis_options {
	size_t size;          /* set by the initialiser */
	const char *prefix;   /* of all keys: the tenant; 1..64 letters, digits, ".", "_" or "-"; NULL: "shop" */
	uint32_t domains;     /* 1..SC_REDIS_DOMAINS_MAX, for ever; default 1, on a cluster 48 */
	uint32_t connections; /* to each server, 1..64, default 4 */
	int64_t timeout_ms;   /* of one exchange with a server, default 2,000 */
	int64_t patience_ms;  /* how long a call waits for a slot that moves or fails over, default 3,000 */
	int64_t remembers_ms; /* how long the table of ids keeps an outcome, default 1 day */
	uint64_t reserved[4];
} sc_redis_options;

/* clang-format off */
#define SC_REDIS_OPTIONS_INIT { sizeof(sc_redis_options), NULL, 0, 0, 0, 0, 0, { 0 } }
/* clang-format on */

/**
 * Open a store on a Redis server or a Redis Cluster, version 7. Its state is made by the store's `prepare`, which has
 * to be called once before anything else.
 *
 * `url`: "redis://[[user]:password@]host[:port][,host[:port]…][/database][?option&…]", or "redis+socket:///path[?…]".
 * Options: cluster=1, prefix=, domains=, connections=, timeout_ms=, patience_ms=, remembers_ms=, database=. Several
 * addresses are those of a cluster, of which any one that answers is enough. There is no TLS (hiredis 0.14 has none).
 *
 * Nothing is sent before `prepare`. A store must not be used after fork() in the child: every operation there fails
 * with SC_STORE_FAILED; open another one.
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `url` and
 * `options` (NULL: all defaults) for the call. Threads: any; so may the store's operations.
 * Returns, in this order: SC_BAD_ARGUMENT without `env`, `url` or `out`, for a URL that is none of these or an option
 * that is unknown or out of its range (err->field); SC_UNSUPPORTED for rediss://; SC_OVER_LIMIT for a name that is too
 * long; SC_NO_MEMORY; SC_OK. Idempotent: no, each call opens a store. Since: 0.1.
 */
SC_API sc_status sc_redis_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_store *out,
                               sc_error *err);

/**
 * Open a gate (port/gate.h) in Redis, for sc_gated_open(). It keeps its own domains, 1 on a single server and 12 on a
 * cluster, under a prefix of its own beside the store's.
 *
 * Nothing is sent before its first use. After a server was started anew or another took over, the gate forgets what
 * that one served and learns it again from the record.
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `url` and
 * `options` (NULL: all defaults) for the call. Threads: any; so may the gate's operations.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_UNSUPPORTED and SC_OVER_LIMIT as sc_redis_open(); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call opens a gate. Since: 0.1.
 */
SC_API sc_status sc_redis_gate_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_gate *out,
                                    sc_error *err);

/**
 * Open a cache (port/cache.h) in Redis, for sc_cached_open(). Processes that name the same server and prefix share it.
 * It keeps its own domains, 1 on a single server and 12 on a cluster, under a prefix of its own beside the store's.
 *
 * Nothing is sent before its first use. A server that only serves as a cache may be set to throw the oldest away
 * (`maxmemory-policy allkeys-lru`); one that keeps carts as well must not.
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `url` and
 * `options` (NULL: all defaults) for the call. Threads: any; so may the cache's operations.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_UNSUPPORTED and SC_OVER_LIMIT as sc_redis_open(); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call opens a cache. Since: 0.1.
 */
SC_API sc_status sc_redis_cache_open(const sc_env *env, const char *url, const sc_redis_options *options, sc_cache *out,
                                     sc_error *err);

SC_END_DECLS

#endif
