/*
 * The SQLite store: the system of record for one machine. An acknowledged write is on disk
 * (WAL, synchronous=FULL), and several processes may open one file.
 *
 * Every process takes one advisory lock, on a file beside the database whose name ends in "-lock",
 * around each transaction and each checkpoint. So never write to the file with another program while
 * a shop has it open; reading is harmless.
 *
 * A program with several busy threads on SQLite calls sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) before it opens
 * anything: SQLite otherwise counts its memory under one lock for the whole process, and threads wait for each other
 * at every allocation. The library leaves settings of the process to the program.
 *
 * A store must not be used after fork() in the child: every operation there fails with
 * SC_STORE_FAILED and touches nothing. Open another one in the child instead.
 */
#ifndef SHOPCORE_SQLITE_H
#define SHOPCORE_SQLITE_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** How transactions of many callers get along; as on PostgreSQL. All of them keep the same promises. */
typedef enum sc_sqlite_strategy {
	SC_SQLITE_COMBINED = 0,    /* callers of one process share transactions; the file is locked first */
	SC_SQLITE_PESSIMISTIC = 1, /* a transaction for each call; the file is locked first */
	SC_SQLITE_OPTIMISTIC = 2   /* a transaction for each call; it is decided on a snapshot, without the lock, and
	                              versions are compared on writing. With `exclusive` it locks */
} sc_sqlite_strategy;

/** How a file is opened. Members left zero take their defaults. */
typedef struct sc_sqlite_options {
	size_t size;          /* set by the initialiser */
	bool exclusive;       /* nobody else may open the file meanwhile: the same as "?exclusive=1" */
	uint32_t readers;     /* connections kept open for reads, default 16; more are opened while needed */
	int64_t patience_ms;  /* how long a call without a deadline waits for its turn, default 10,000 */
	int64_t remembers_ms; /* how long the table of ids keeps an outcome, default 30 days */
	uint32_t strategy;    /* sc_sqlite_strategy: the same as "?strategy=combined", "=pessimistic", "=optimistic" */
	uint32_t reserved0;
	uint64_t reserved[3];
} sc_sqlite_options;

/* clang-format off */
#define SC_SQLITE_OPTIONS_INIT { sizeof(sc_sqlite_options), false, 0, 0, 0, 0, 0, { 0 } }
/* clang-format on */

/**
 * Open a store in an SQLite file, which is made when it is not there. Its schema is made by the store's
 * `prepare`, which has to be called once before anything else.
 *
 * `name` is a path or a URL: "shop.db", "sqlite:shop.db", "sqlite:/srv/shop.db?exclusive=1&strategy=combined".
 *
 * Ownership: on SC_OK `out` is the caller's to close with its `close`; `env` is borrowed while it lives,
 * `name` and `options` (NULL: all defaults) for the call. Threads: any; so may the store's operations.
 * Returns, in this order: SC_BAD_ARGUMENT for an empty name, an unknown option or strategy, a negative number or a
 * database in memory (err->field);
 * SC_OVER_LIMIT for a name that is too long; SC_NO_MEMORY; SC_IO_FAILED when the file or its lock cannot be opened;
 * SC_BUSY when another process has the file open exclusively, or when it is wanted exclusively and in use;
 * SC_DAMAGED when it is no SQLite database; SC_OK.
 * Idempotent: no, each call opens a store. Since: 0.1.
 */
SC_API sc_status sc_sqlite_open(const sc_env *env, const char *name, const sc_sqlite_options *options, sc_store *out,
                                sc_error *err);

SC_END_DECLS

#endif
