/*
 * The SQLite driver from inside: one handle, its connections, and what its files share.
 *
 * One writer connection, used by one thread at a time, and a pool of readers. Every write transaction
 * and every checkpoint happens under the file lock (base/file_lock.h), because SQLite 3.40.1, which
 * Debian 12 ships, can corrupt a WAL when another connection checkpoints during a commit. Reads are
 * snapshots of the WAL and take no lock of ours.
 *
 *   url.c         the name a store is opened by
 *   open.c        the handle's life and its table of operations
 *   connection.c  one connection: its settings, its cache of statements, its errors
 *   pool.c        who uses which connection
 *   clock.c       the store's time
 *   schema.c      tables and indexes out of the table of kinds; migrate.c brings a file up to them
 *   transaction.c begin, draw, commit, abort, checkpoints
 *   optimistic.c  a transaction that reads before it has the lock
 *   rows.c        reading and writing the rows of a transaction
 *   record.c      one row as an sc_record
 *   load.c        reads by address
 *   range.c       reads in order
 *   journal.c     the log
 *   forget.c      what has an end
 */
#ifndef SC_DRIVERS_SQLITE_DRIVER_H
#define SC_DRIVERS_SQLITE_DRIVER_H

#include "base/file_lock.h"
#include "base/sqlite_file.h"
#include "base/store_clock.h"
#include "drivers/gate.h"
#include "drivers/kind_parts.h"
#include "drivers/sql.h"

#include <shopcore/port/rows.h>
#include <shopcore/sqlite.h>

#include <sys/types.h>

/* ---- connections ----------------------------------------------------------------------- */

#define SC__STATEMENT_SLOTS 512 /* a power of two; about a hundred are used by a busy shop */

typedef struct sc__statement {
	uint64_t key; /* says what it does, see sc__statement_key() */
	sqlite3_stmt *stmt;
} sc__statement;

typedef struct sc__connection sc__connection;

typedef enum sc__verb {
	SC__BEGIN = 1,
	SC__BEGIN_READ,
	SC__COMMIT,
	SC__ROLLBACK,
	SC__STATE, /* meta and the journal's end */
	SC__SELECT,
	SC__INSERT,
	SC__UPDATE,
	SC__DELETE,
	SC__RANGE,
	SC__ID_SELECT,
	SC__ID_INSERT,
	SC__TIME_RAISE,
	SC__FLOOR_RAISE,
	SC__FORGET_IDS,
	SC__FORGET_ROWS,
	SC__NEXT_END,
	SC__JOURNAL_APPEND,
	SC__JOURNAL_WALK,
	SC__JOURNAL_FIND,
	SC__JOURNAL_TRIM,
	SC__JOURNAL_KEEP
} sc__verb;

/* `variant` has 40 bits. */
static inline uint64_t sc__statement_key(sc__verb verb, uint16_t kind, uint64_t variant)
{
	return (uint64_t)verb << 56 | (uint64_t)kind << 40 | variant;
}

sc_status sc__connection_open(const sc_env *env, const char *path, bool exclusive, sc__connection **out, sc_error *err);
void sc__connection_close(sc__connection *connection);
/* Runs one statement without parameters or results. */
sc_status sc__connection_exec(sc__connection *connection, const char *sql, sc_error *err);
/* The first column of the first row of a statement; `fallback` when there is no row. */
sc_status sc__connection_number(sc__connection *connection, const char *sql, int64_t fallback, int64_t *out,
                                sc_error *err);

/* The cached statement of a key, reset and without bindings of an earlier use that matter; NULL: not there yet. */
sqlite3_stmt *sc__statement_find(sc__connection *connection, uint64_t key);
/* Compiles `sql` and keeps it under the key. */
sc_status sc__statement_make(sc__connection *connection, uint64_t key, const char *sql, sqlite3_stmt **out,
                             sc_error *err);
/* Both in one, for statements whose text is a constant. */
sc_status sc__statement_of(sc__connection *connection, sc__verb verb, const char *sql, sqlite3_stmt **out,
                           sc_error *err);
/* Steps a statement that gives no rows, and resets it. */
sc_status sc__statement_run(sc__connection *connection, sqlite3_stmt *stmt, sc_error *err);

void sc__bind_bytes(sqlite3_stmt *stmt, int at, const void *data, size_t size);
void sc__bind_id(sqlite3_stmt *stmt, int at, const sc_id *id);
void sc__bind_value(sqlite3_stmt *stmt, int at, const sc_value *value);
void sc__bind_address(sqlite3_stmt *stmt, int key_at, const sc_address *address);

/* ---- the handle ------------------------------------------------------------------------ */

/* What the newest commit says, read at the start of each transaction. */
typedef struct sc__state {
	uint64_t next_position;
	int64_t time_ms;    /* the highest that was committed */
	int64_t floor_ms;   /* older ids are refused */
	int64_t generation; /* grows with each migration */
	uint64_t trimmed;   /* entries up to this one are forgotten */
	sc_id incarnation;
} sc__state;

typedef struct sc__sqlite sc__sqlite;

/* Rows as an optimistic transaction read them. */
typedef struct sc__seen {
	sc_row *const *rows;
	const uint64_t *versions;
	size_t count;
} sc__seen;

/* A transaction lives in the connection that it reads by. */
typedef struct sc__transaction {
	sc__sqlite *store;
	sc__connection *connection;
	sc__connection *reader; /* optimistic: kept to the end; NULL: it has the writer from the start */
	bool looks;             /* it has no writer yet */
	sc_call call;           /* looks: how long the writer is waited for */
	sc__seen seen[2];
	size_t reads;
	sc__state state; /* as it was found, moved on by what is drawn */
	int64_t now_ms;
	uint64_t first, drawn; /* the positions drawn */
	bool wrote;            /* rows, so that a commit means something */
} sc__transaction;

struct sc__connection {
	const sc_env *env;
	sqlite3 *db;
	struct sc__connection *next; /* in the pool */
	int wal_pages;               /* in the WAL after the last commit */
	int checkpoint_at;           /* that many pages in the WAL call for a checkpoint */
	uint32_t statement_count;
	sc__statement statements[SC__STATEMENT_SLOTS];
	sc__transaction transaction;
};

struct sc__sqlite {
	const sc_env *env;
	sc_sqlite_options options;
	pid_t owner;          /* the process that opened it; in a child of it nothing may be used */
	bool locked_for_good; /* exclusive: the file lock is held from open to close */

	sc__gate gate; /* guards writer, packing, lock */
	sc__file_lock lock;
	sc__connection *writer;
	sc__state known;        /* what our last commit left ... */
	uint32_t known_version; /* ... as long as SQLite says that nobody changed the file since; 0: never */
	void *packing;          /* where a batch's entries are packed */
	size_t packing_size;

	sc__store_clock clock;

	sc_mutex mutex; /* guards what follows */
	sc__connection *idle;
	uint32_t idle_count;
	int64_t generation; /* of the schema that was found to fit; 0: not prepared yet */
	sc_id incarnation;

	char path[]; /* of the database, as SQLite resolved it */
};

/* Parses the name. `path` has room for SC__PATH_MAX bytes. */
#define SC__PATH_MAX 4000
sc_status sc__sqlite_name(const char *name, sc_sqlite_options *options, char *path, sc_error *err);

/* When a call gives up: its deadline, or the handle's patience from now. */
int64_t sc__give_up_ns(const sc__sqlite *store, const sc_call *call);
/* Turns the SC_BUSY of a wait into SC_DEADLINE when the call had one. */
sc_status sc__gave_up(const sc_call *call, sc_status status, sc_error *err);

/* The writer, for one thread, under the file lock; and giving it back. */
sc_status sc__writer_take(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err);
void sc__writer_give(sc__sqlite *store);
/* A connection for reading. Exclusive stores lend their writer. */
sc_status sc__reader_take(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err);
void sc__reader_give(sc__sqlite *store, sc__connection *connection);
void sc__readers_close(sc__sqlite *store);

/* ---- transaction.c, optimistic.c ---- */

sc_status sc__check_generation(sc__sqlite *store, sc__connection *connection, const sc__state *state, sc_error *err);
/* The writer is taken: begins on it, and finds out what the newest commit says. */
sc_status sc__write_begin(sc__sqlite *store, sc__connection *connection, sc__state *out, sc_error *err);
void sc__roll_back(sc__connection *connection);
/* Reads `row` of whatever type. */
sc_status sc__row_read(sc__connection *connection, sc_row *row, sc_arena *arena, sc_error *err);

/* Begins with a snapshot, without the lock. */
sc_status sc__look_begin(sc__sqlite *store, const sc_call *call, sc__transaction **out, sc_rows_clock *clock,
                         sc_error *err);
/* Remembers what was read. */
sc_status sc__look_keep(sc__transaction *transaction, sc_row *const *rows, size_t count, sc_arena *arena,
                        sc_error *err);
/* Takes the writer and looks whether all is as it was read: SC_CHANGED when it is not. */
sc_status sc__look_over(sc__transaction *transaction, sc_error *err);
/* Gives back what the transaction has. */
void sc__transaction_end(sc__transaction *transaction);

/* Moves WAL pages into the database when there are enough. The writer is taken. */
void sc__checkpoint_if_due(sc__sqlite *store, sc__connection *connection);
/* Grows the WAL file to the size it will have, so that no commit waits for the file system to do so. */
void sc__wal_grow(sc__connection *connection);

/* The store's time now. A time that was committed, perhaps elsewhere, moves it on. */
int64_t sc__clock_now(sc__sqlite *store);
void sc__clock_saw(sc__sqlite *store, int64_t committed_ms);

/* ---- schema ---------------------------------------------------------------------------- */

/* Makes the schema equal to `kinds` by adding. The writer is taken and no transaction is open. */
sc_status sc__schema_prepare(sc__connection *connection, const sc_kind *kinds, size_t count, sc_error *err);
/* SC_OK when the schema that is there serves `kinds`; SC_SCHEMA_TOO_NEW; SC_NOT_FOUND when it lacks something. */
sc_status sc__schema_check(sc__connection *connection, const sc_kind *kinds, size_t count, sc_error *err);
sc_status sc__state_read(sc__connection *connection, sc__state *out, sc_error *err);

/* ---- records --------------------------------------------------------------------------- */

/* Reads what sc__sql_add_record() names, the first of them from column `at`, into the arena; the address stays. */
sc_status sc__record_read(sqlite3_stmt *stmt, int at, const sc_kind *kind, uint32_t mask, sc_arena *arena,
                          sc_record *out, sc_error *err);
/* Reads one address. Absent: all zero but the address. */
sc_status sc__record_load(sc__connection *connection, const sc_address *address, uint32_t mask, sc_arena *arena,
                          sc_record *out, sc_error *err);
sc_status sc__bytes_read(sqlite3_stmt *stmt, int at, sc_arena *arena, sc_bytes *out, sc_error *err);

/* ---- operations ------------------------------------------------------------------------ */

sc_status sc__sqlite_open(const sc_env *env, const char *name, const sc_sqlite_options *options, sc__sqlite **out,
                          sc_error *err);
void sc__sqlite_close(void *ctx);
sc_status sc__sqlite_prepare(void *ctx, const sc_call *call, sc_error *err);
sc_status sc__sqlite_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
sc_status sc__sqlite_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
sc_status sc__sqlite_draw(void *txn, size_t count, uint64_t *first, sc_error *err);
sc_status sc__sqlite_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                           sc_error *err);
sc_status sc__sqlite_commit(void *txn, sc_error *err);
void sc__sqlite_abort(void *txn);
sc_status sc__sqlite_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
sc_status sc__sqlite_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, int64_t *now_ms, sc_error *err);
sc_status sc__sqlite_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done,
                            int64_t *next_ms, sc_error *err);
sc_status sc__sqlite_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__sqlite_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                            sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__sqlite_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);

/* Appends a batch's entries to the journal as one row. */
sc_status sc__journal_append(sc__transaction *transaction, const sc_entry *entries, size_t count, sc_error *err);

#endif
