/*
 * The PostgreSQL store: the system of record for many machines. A library of its own,
 * libshopcore-postgres; what it opens is handed to a shop as `store` of its options. Beside it an index for search.
 *
 * An acknowledged write is on the server's disk; with synchronous standbys configured there, also on
 * theirs. Any number of processes on any number of machines may open one schema at once.
 *
 * A store must not be used after fork() in the child: every operation there fails with
 * SC_STORE_FAILED and touches nothing. Open another one in the child instead.
 */
#ifndef SHOPCORE_POSTGRES_H
#define SHOPCORE_POSTGRES_H

#include <shopcore/port/search.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** How transactions of many callers get along. All of them keep the same promises. */
typedef enum sc_postgres_strategy {
	SC_POSTGRES_COMBINED = 0,    /* callers of one process share transactions; rows are locked before they are read
	                                once another process came between */
	SC_POSTGRES_PESSIMISTIC = 1, /* a transaction for each call; rows are locked before they are read */
	SC_POSTGRES_OPTIMISTIC =
		2 /* a transaction for each call; nothing is locked, versions are compared on writing */
} sc_postgres_strategy;

/** How a store is opened. Members left zero take their defaults; the URL says it too, and then counts. */
typedef struct sc_postgres_options {
	size_t size;          /* set by the initialiser */
	const char *schema;   /* the tenant's: a-z, 0-9 and _, at most 63; "schema=", default "shop" */
	uint32_t connections; /* at most so many at once, 1 to 1,000; "pool=", default 8 */
	uint32_t strategy;    /* sc_postgres_strategy; "strategy=combined", "=pessimistic", "=optimistic" */
	int64_t patience_ms;  /* how long a call without a deadline waits for a connection, a lock, or a server that
	                         is starting or failing over, default 10,000 */
	int64_t remembers_ms; /* how long the table of ids keeps an outcome, default 30 days */
	const char *replicas; /* standbys for reads that may be old, "host:port,host:port", at most 8; "replicas=" */
	uint64_t reserved[3];
} sc_postgres_options;

/* clang-format off */
#define SC_POSTGRES_OPTIONS_INIT { sizeof(sc_postgres_options), NULL, 0, 0, 0, 0, NULL, { 0 } }
/* clang-format on */

/**
 * Open a store in a schema of a PostgreSQL database, 13 or later. The schema and its tables are made by the store's
 * `prepare`, which has to be called once before anything else.
 *
 * `url` is what libpq takes, "postgres://user@host1,host2/database?sslmode=verify-full", with these options
 * of ours among its own: "schema=", "pool=", "strategy=" and "replicas=". Of several hosts the one that takes writes
 * is used, also after a failover. A read whose call allows it some age (`freshness_ms`, 20 or more) is served by one of
 * the replicas when that is known to be no older; by the primary in all other cases.
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `url` and
 * `options` (NULL: all defaults) for the call. Threads: any; so may the store's operations.
 * Returns, in this order: SC_BAD_ARGUMENT for a URL or an option that is none (err->field); SC_OVER_LIMIT for a URL
 * that is too long, or more replicas than 8; SC_NO_MEMORY; SC_BUSY when the server has no connection left;
 * SC_STORE_FAILED when it cannot be reached, refuses the user, or none of the hosts takes writes; SC_OK. Idempotent:
 * no, each call opens a store. Since: 0.1.
 */
SC_API sc_status sc_postgres_open(const sc_env *env, const char *url, const sc_postgres_options *options, sc_store *out,
                                  sc_error *err);

/**
 * Open a search index in a PostgreSQL database: where a shop's machines share one index, and some hundred thousand
 * products. It is derived, and written without waiting for the disk.
 *
 * `url` and `options` are as of sc_postgres_open(); the index is in a schema of its own beside the store's, named like
 * it with "_search" behind, which is made when it is not there and may be dropped at any time. Words are folded (case,
 * marks) and reduced to English stems by the library, as for FTS5.
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives, `url` and
 * `options` (NULL: all defaults) for the call. Threads: any; so may the index's operations, but not after fork() in the
 * child. Returns, in this order: SC_BAD_ARGUMENT for a URL or an option that is none, or a schema of more than 56
 * characters (err->field); SC_OVER_LIMIT for a URL that is too long, or more replicas than 8; SC_NO_MEMORY; SC_BUSY
 * when the server has no connection left; SC_STORE_FAILED when it cannot be reached, refuses the user, or none of the
 * hosts takes writes; SC_SCHEMA_TOO_NEW when a later version made the index; SC_OK. Idempotent: no, each call opens an
 * index. Since: 0.1.
 */
SC_API sc_status sc_postgres_search_open(const sc_env *env, const char *url, const sc_postgres_options *options,
                                         sc_search_index *out, sc_error *err);

SC_END_DECLS

#endif
