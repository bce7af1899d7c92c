/*
 * The PostgreSQL driver from inside: one handle, a pool of connections, transactions in few trips.
 *
 * A trip to the server costs more than most of what is done there, so a transaction has two, three when it settles
 * holds: BEGIN with the first reads, the rest of the reads with the drawing of positions, and all writes with COMMIT.
 * Each trip is a pipeline of prepared statements, and each statement works on arrays of rows.
 *
 *   url.c         the name a store is opened by
 *   open.c        the handle's life and its table of operations
 *   hosts.c       which of several hosts
 *   connection.c  one connection: connecting, its settings, waiting on it
 *   pipeline.c    statements sent ahead, their results in order, their errors as statuses
 *   params.c      parameters, arrays too, in PostgreSQL's binary form
 *   pool.c        who uses which connection
 *   replica.c     reads that may be old, from standbys
 *   clock.c       the store's time
 *   schema.c      tables and indexes out of the table of kinds; migrate.c brings a schema up to them
 *   fields.c      a row's parts by name, for statements and for their arrays
 *   record.c      one row of a result as an sc_record
 *   transaction.c begin, draw, commit, abort
 *   read.c        locking and reading the rows of a transaction
 *   write.c       writing them
 *   resolve.c     what became of a commit that was not answered
 *   load.c        reads by address
 *   range.c       reads in order
 *   journal.c     the log; settled.c how far it may be read
 *   forget.c      what has an end
 *   search.h      the search driver, which shares all of this but the store
 */
#ifndef SC_DRIVERS_POSTGRES_DRIVER_H
#define SC_DRIVERS_POSTGRES_DRIVER_H

#include "drivers/gate.h"
#include "drivers/kind_parts.h"
#include "drivers/postgres/replica.h"
#include "drivers/sql.h"

#include <shopcore/port/rows.h>
#include <shopcore/postgres.h>

#include <libpq-fe.h>
#include <stdatomic.h>
#include <sys/types.h>

#define SC__PG_URL_MAX     4000
#define SC__PG_NAME_MAX    63
#define SC__PG_PARAMS_MAX  32
#define SC__PG_QUEUE_MAX   256  /* results that may be outstanding */
#define SC__PG_STATEMENTS  1024 /* slots, a power of two; about a hundred are used by a busy shop */
#define SC__PG_BLOCK_SHIFT 16   /* positions are drawn 65,536 at a time: a sequence knows only steps of one size */

typedef struct sc__pg_store sc__pg_store;

/* ---- parameters ------------------------------------------------------------------------ */

/* The values of one statement, in binary. What they are made of lives in the arena. */
typedef struct sc__pg_params {
	sc_arena *arena;
	int count;
	bool no_memory; /* or more than SC__PG_PARAMS_MAX; found out when the statement is sent */
	Oid types[SC__PG_PARAMS_MAX];
	const char *values[SC__PG_PARAMS_MAX];
	int lengths[SC__PG_PARAMS_MAX];
} sc__pg_params;

/* An array under construction. */
typedef struct sc__pg_array {
	char *at, *end;
} sc__pg_array;

void sc__pg_param_int(sc__pg_params *params, int64_t number);
void sc__pg_param_bytes(sc__pg_params *params, const void *data, size_t size);
void sc__pg_param_null(sc__pg_params *params, sc_value_type type);
void sc__pg_param_value(sc__pg_params *params, const sc_value *value);
/* An array of `count` elements with `size` bytes in all; `type` is sc_value_type. Then the elements, one by one. */
sc__pg_array sc__pg_param_array(sc__pg_params *params, sc_value_type type, size_t count, size_t size);
void sc__pg_array_add(sc__pg_array *array, const sc_value *value);

/* ---- connections ----------------------------------------------------------------------- */

typedef enum sc__pg_verb {
	SC__PG_BEGIN = 1,
	SC__PG_COMMIT,
	SC__PG_ROLLBACK,
	SC__PG_STATE,
	SC__PG_DRAW,
	SC__PG_LOCK,   /* read with locks */
	SC__PG_LOOK,   /* read without */
	SC__PG_VERIFY, /* versions are still what was read */
	SC__PG_INSERT,
	SC__PG_UPDATE,
	SC__PG_DELETE,
	SC__PG_RANGE,
	SC__PG_ID_LOOK,
	SC__PG_ID_INSERT,
	SC__PG_JOURNAL_APPEND,
	SC__PG_JOURNAL_WALK,
	SC__PG_JOURNAL_FIND,
	SC__PG_TIME_RAISE,
	SC__PG_MARK,
	SC__PG_SEARCH_PUT,
	SC__PG_SEARCH_REMOVE,
	SC__PG_SEARCH_COUNT,
	SC__PG_SEARCH_RARITY,
	SC__PG_SEARCH_RANK,
	SC__PG_FORGET_ROWS,
	SC__PG_NEXT_END
} sc__pg_verb;

/* Names a statement; `variant` has 40 bits. 0: not kept. */
static inline uint64_t sc__pg_key(sc__pg_verb verb, uint16_t kind, uint64_t variant)
{
	return (uint64_t)verb << 56 | (uint64_t)kind << 40 | variant;
}

/* What one read or write may take. */
typedef struct sc__pg_wait {
	int64_t give_up_ns; /* SC_NEVER: as long as it takes */
	bool deadline;      /* the caller's; else this driver's patience */
	bool committing;    /* not to be interrupted: half a commit is worse than a late one */
} sc__pg_wait;

typedef struct sc__pg_expected {
	uint8_t what; /* see pipeline.c */
	uint64_t key;
} sc__pg_expected;

/* A transaction lives in its connection. */
typedef struct sc__pg_transaction {
	sc__pg_store *store;
	sc__pg_wait wait;
	sc_rows_clock *clock;
	bool locks;        /* what it reads; else all it reads is of one moment */
	bool compares;     /* versions of what it writes with those that it read */
	bool begun;        /* BEGIN was sent */
	bool wrote;        /* rows, so that a commit means something */
	uint64_t block;    /* drawn with the locks: the block of positions; 0: none yet */
	uint64_t xid;      /* drawn with it: by this PostgreSQL knows what became of the transaction */
	uint32_t timeline; /* of the server it runs on */
	uint64_t first, drawn;
	uint32_t check;   /* of the entries that were written */
	sc_row **read[2]; /* what was read, so that the optimistic can compare */
	size_t read_count[2], reads;
} sc__pg_transaction;

typedef struct sc__pg_connection {
	const sc_env *env;
	PGconn *pg;
	struct sc__pg_connection *next; /* in the pool */
	bool broken;                    /* not to be used again */
	int64_t proved_ns,
		proved_ms; /* a standby's: as new as the primary was then, see replica.c; 0: not a standby's */
	uint32_t timeline; /* a new one begins when a standby takes over; 0: a standby */
	bool unsynced;     /* statements were sent behind the last sync */
	uint32_t expected_first, expected_count;
	sc__pg_expected expected[SC__PG_QUEUE_MAX];
	uint32_t statement_count;
	uint64_t statements[SC__PG_STATEMENTS]; /* keys of what is prepared */
	sc_arena arena;                         /* for the parameters of one trip */
	sc__pg_transaction transaction;
} sc__pg_connection;

/* What connections are made to. */
typedef struct sc__pg_target {
	const char *url, *schema; /* borrowed */
	int64_t patience_ms;      /* of a session for a lock */
	atomic_uint served;       /* which of several hosts answered last */
} sc__pg_target;

sc_status sc__pg_connect(const sc_env *env, sc__pg_target *target, const sc__pg_wait *wait, sc__pg_connection **out,
                         sc_error *err);
sc_status sc__pg_connect_host(const sc_env *env, const sc__pg_target *target, const sc__pg_host *host,
                              const sc__pg_wait *wait, sc__pg_connection **out, sc_error *err);
void sc__pg_disconnect(sc__pg_connection *connection);
/* Sends what is buffered and takes what has come, until a result is there. SC_CHANGED: the connection is lost;
 * SC_BUSY or SC_DEADLINE: it took too long, the server was told to stop, and the connection is of no more use. */
sc_status sc__pg_wait_result(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err);
sc_status sc__pg_took_too_long(const sc__pg_wait *wait, sc_error *err);

/* ---- pipeline.c ---- */

/* Whether this connection has the statement of a key; if not, `sql` has to be handed to sc__pg_send(). */
bool sc__pg_is_prepared(const sc__pg_connection *connection, uint64_t key);
/* Sends a statement; `sql` has "?" for its parameters. `params` may be NULL. */
sc_status sc__pg_send(sc__pg_connection *connection, uint64_t key, const char *sql, const sc__pg_params *params,
                      sc_error *err);
/* The end of a trip: the server answers. */
sc_status sc__pg_sync(sc__pg_connection *connection, sc_error *err);
/* The result of the next statement that was sent, to be cleared by the caller. After an error only sc__pg_drain(). */
sc_status sc__pg_result(sc__pg_connection *connection, const sc__pg_wait *wait, PGresult **out, sc_error *err);
/* Takes whatever else will come. */
sc_status sc__pg_drain(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err);
/* One statement as a trip of its own; `out` may be NULL. */
sc_status sc__pg_run(sc__pg_connection *connection, const char *sql, const sc__pg_params *params,
                     const sc__pg_wait *wait, PGresult **out, sc_error *err);

/* A field of a result in binary. */
int64_t sc__pg_get_int(const PGresult *result, int row, int column);
sc_bytes sc__pg_get_bytes(const PGresult *result, int row, int column); /* borrowed from the result */
sc_status sc__pg_copy_bytes(const PGresult *result, int row, int column, sc_arena *arena, sc_bytes *out, sc_error *err);

/* ---- the handle ------------------------------------------------------------------------ */

/* What the store says of itself. */
typedef struct sc__pg_state {
	int64_t clock_ms;   /* the server's clock */
	int64_t time_ms;    /* the highest time that was committed */
	int64_t floor_ms;   /* older ids are refused */
	int64_t generation; /* grows with each migration */
	uint64_t trimmed;   /* entries up to this one are forgotten */
	sc_id incarnation;
	uint64_t xid, block; /* drawn; 0: it was not asked for */
} sc__pg_state;

struct sc__pg_store {
	const sc_env *env;
	sc_postgres_options options;
	pid_t owner; /* the process that opened it; in a child of it nothing may be used */
	uint32_t durability;

	sc__gate gate;  /* as many places as there may be connections */
	sc_mutex mutex; /* guards what follows */
	sc__pg_connection *idle;
	int64_t highest_ms, since_ns; /* see clock.c */
	int64_t generation;           /* of the schema that was found to fit; 0: not prepared yet */
	sc_id incarnation;
	uint32_t wary;       /* transactions to come that lock what they read; see transaction.c */
	uint64_t settled;    /* blocks of positions up to this one are as they will ever be */
	uint64_t seen;       /* blocks up to this one will be, once ... */
	uint64_t seen_until; /* ... nobody below this transaction has a lock on the sequence; 0: nothing is watched */

	sc__pg_replicas replicas;
	sc__pg_target target; /* url and schema below */
	char schema[SC__PG_NAME_MAX + 1];
	char url[SC__PG_URL_MAX]; /* without our own options */
};

/* A pool of connections to "SCHEMA" with `suffix` behind it, the first of them made. */
sc_status sc__pg_handle_open(const sc_env *env, const char *url, const sc_postgres_options *options, const char *suffix,
                             sc__pg_store **out, sc_error *err);
/* false: this is a child of the process that opened it, where a goodbye would end the parent's sessions. */
bool sc__pg_handle_close(sc__pg_store *store);

sc_status sc__pg_url(const char *name, sc__pg_store *store, sc_error *err);

sc__pg_wait sc__pg_wait_of(const sc__pg_store *store, const sc_call *call);
/* A connection that is ready to send. Waits for a place in the pool, and for a server that is away. */
sc_status sc__pg_take(sc__pg_store *store, const sc__pg_wait *wait, sc__pg_connection **out, sc_error *err);
void sc__pg_give(sc__pg_store *store, sc__pg_connection *connection);
void sc__pg_close_idle(sc__pg_store *store);

/* Work that may be done again on another connection when one is lost. */
typedef sc_status (*sc__pg_work)(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait,
                                 void *what, sc_error *err);
sc_status sc__pg_attempt(sc__pg_store *store, const sc_call *call, sc__pg_work work, void *what, sc_error *err);

/* The same for reads that may be as old as the call's `freshness_ms` says. */
sc_status sc__pg_attempt_read(sc__pg_store *store, const sc_call *call, sc__pg_work work, void *what, sc_error *err);
/* The store's time for what is read on a connection, be it a standby's. */
int64_t sc__pg_read_clock(sc__pg_store *store, const sc__pg_connection *connection, const sc__pg_state *state);

/* The store's time, out of what the server just said. */
int64_t sc__pg_clock(sc__pg_store *store, const sc__pg_state *state);

/* ---- schema ---------------------------------------------------------------------------- */

/* One column of a table. */
typedef struct sc__pg_part {
	const char *name;
	const char *definition;
} sc__pg_part;

#define SC__PG_PARTS_MAX (SC_COLUMNS_MAX + 16)

size_t sc__pg_kind_parts(const sc_kind *kind, sc__pg_part out[SC__PG_PARTS_MAX]);
void sc__pg_table_text(sc__sql *sql, const sc_kind *kind);
/* The n-th index of a kind; false: there is none. */
bool sc__pg_index_text(sc__sql *sql, const sc_kind *kind, uint32_t n);

/* Compares a generation that was found with the one this handle was prepared for. */
sc_status sc__pg_check_generation(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait,
                                  const sc__pg_state *state, sc_error *err);

sc_status sc__pg_make_schema(sc__pg_connection *connection, const char *schema, const sc__pg_wait *wait, sc_error *err);
sc_status sc__pg_schema_prepare(sc__pg_connection *connection, const char *schema, const sc__pg_wait *wait,
                                sc_error *err);
/* SC_OK when the schema that is there serves; SC_SCHEMA_TOO_NEW; SC_NOT_FOUND when it lacks something. */
sc_status sc__pg_schema_check(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err);

/* A transaction's number and a block of positions. The number comes first, for a reader of the journal counts on the
 * drawer having one. */
#define SC__PG_DRAW_COLUMNS "pg_current_xact_id()::text::bigint, nextval('sc_positions')"
/* The same for a transaction that locks nothing: it is not to wait for one that does, but to begin anew and lock. */
#define SC__PG_DRAW_IMPATIENT SC__PG_DRAW_COLUMNS ", set_config('lock_timeout', '50', true)"

typedef enum sc__pg_draws { SC__PG_DRAWS_NOT, SC__PG_DRAWS, SC__PG_DRAWS_IMPATIENT } sc__pg_draws;

/* What the store says of itself: one statement, among others of a trip. It may draw, too. */
sc_status sc__pg_state_send(sc__pg_connection *connection, sc__pg_draws draws, sc_error *err);
sc_status sc__pg_state_take(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_state *out, sc_error *err);
/* The same as a trip of its own. */
sc_status sc__pg_state_read(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_state *out, sc_error *err);

/* ---- rows ------------------------------------------------------------------------------ */

/* A row's part as a statement names it. */
typedef struct sc__pg_field {
	const char *name;
	sc_value_type type;
	uint32_t which; /* see fields.c */
} sc__pg_field;

#define SC__PG_FIELDS_MAX (SC_COLUMNS_MAX + 16)

/* The parts (SC_ROW_...) of a kind's row, version, entry and shape in front. */
size_t sc__pg_fields(const sc_kind *kind, uint32_t parts, sc__pg_field out[SC__PG_FIELDS_MAX]);
sc_value sc__pg_field_value(const sc_record *record, uint32_t which);

/* Arrays of keys and of subs. */
void sc__pg_param_addresses(sc__pg_params *params, const sc_address *const *addresses, size_t count);

/* Asks for the rows at these addresses, with or without locking them in the order of their addresses. */
sc_status sc__pg_look_send(sc__pg_connection *connection, const sc_kind *kind, uint32_t mask, bool lock,
                           const sc_address *const *addresses, size_t count, sc_error *err);
/* Which of the addresses a row of the answer is about. Its record begins at column 1. */
size_t sc__pg_look_index(const PGresult *result, int row, size_t count);

/* Reads what sc__sql_add_record() names, from column `at` on. The address stays. */
sc_status sc__pg_record_read(const PGresult *result, int row, int at, const sc_kind *kind, uint32_t mask,
                             sc_arena *arena, sc_record *out, sc_error *err);

/* Sends what a transaction adds to the journal. */
sc_status sc__pg_journal_send(sc__pg_connection *connection, const sc_entry *entries, size_t count, sc_error *err);

/* What became of a transaction whose COMMIT was not answered. */
sc_status sc__pg_resolve(sc__pg_store *store, const sc__pg_transaction *transaction, sc_error *err);

/* ---- operations ------------------------------------------------------------------------ */

sc_status sc__pg_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
sc_status sc__pg_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
sc_status sc__pg_draw(void *txn, size_t count, uint64_t *first, sc_error *err);
sc_status sc__pg_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err);
sc_status sc__pg_commit(void *txn, sc_error *err);
void sc__pg_abort(void *txn);
sc_status sc__pg_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                      sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
sc_status sc__pg_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err);
sc_status sc__pg_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                        sc_error *err);
sc_status sc__pg_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                          sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__pg_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                        sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__pg_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);

#endif
