/*
 * The FTS5 search driver from inside.
 *
 * Three tables: `product` (id, version), `product_category`, and `words`, the FTS5 table, whose text the
 * library has already folded and stemmed, so that its tokenizer only splits at spaces. They live in a
 * file of their own: an index may be thrown away at any time, and a store may not.
 *
 * The same rule as for the store's file: every write and every checkpoint happens under the file lock.
 */
#ifndef SC_DRIVERS_FTS5_INDEX_H
#define SC_DRIVERS_FTS5_INDEX_H

#include "base/file_lock.h"
#include "base/sqlite_file.h"
#include "drivers/fts5/folded.h"
#include "drivers/words/stems.h"

#include <shopcore/fts5.h>

#include <sys/types.h>

typedef enum sc__fts5_verb {
	SC__FTS5_BEGIN,
	SC__FTS5_COMMIT,
	SC__FTS5_FIND,
	SC__FTS5_ADD,
	SC__FTS5_SET_VERSION,
	SC__FTS5_REMOVE,
	SC__FTS5_WORDS_ADD,
	SC__FTS5_WORDS_REMOVE,
	SC__FTS5_CATEGORY_ADD,
	SC__FTS5_CATEGORY_REMOVE,
	SC__FTS5_COUNT,
	SC__FTS5_COUNT_IN,
	SC__FTS5_RANK,
	SC__FTS5_RANK_IN,
	SC__FTS5_RANK_ANY,
	SC__FTS5_RANK_ANY_IN,
	SC__FTS5_POSITION,
	SC__FTS5_FOLLOW,
	SC__FTS5_MERGE,
	SC__FTS5_VERBS
} sc__fts5_verb;

typedef struct sc__fts5_connection {
	sqlite3 *db;
	sc__stems *stems;
	sc__folded *folded;               /* the writer's; NULL until it writes */
	struct sc__fts5_connection *next; /* in the pool */
	int wal_pages;
	sqlite3_stmt *statements[SC__FTS5_VERBS];
} sc__fts5_connection;

typedef struct sc__fts5 {
	const sc_env *env;
	pid_t owner;
	bool in_memory;   /* then there is one connection, for everything */
	sc_mutex writing; /* held by whoever writes */
	sc_mutex mutex;   /* guards the pool */
	sc__file_lock lock;
	sc__fts5_connection *writer;
	sc__fts5_connection *idle;
	uint32_t idle_count;
	char path[];
} sc__fts5;

/* ---- connections ----------------------------------------------------------------------- */

sc_status sc__fts5_connect(const sc_env *env, const char *path, sc__fts5_connection **out, sc_error *err);
void sc__fts5_disconnect(const sc_env *env, sc__fts5_connection *connection);
sc_status sc__fts5_exec(sc__fts5_connection *connection, const char *sql, sc_error *err);
/* The compiled statement of a verb, ready to be bound. */
sc_status sc__fts5_statement(sc__fts5_connection *connection, sc__fts5_verb verb, sqlite3_stmt **out, sc_error *err);
/* Steps a statement without rows, and resets it. */
sc_status sc__fts5_run(sc__fts5_connection *connection, sqlite3_stmt *stmt, sc_error *err);

/* The writer inside a transaction; ending it commits when `status` is SC_OK, and says how it ended. */
sc_status sc__fts5_write_start(sc__fts5 *index, const sc_call *call, sc__fts5_connection **out, sc_error *err);
sc_status sc__fts5_write_end(sc__fts5 *index, sc__fts5_connection *connection, sc_status status, sc_error *err);
sc_status sc__fts5_reader_take(sc__fts5 *index, sc__fts5_connection **out, sc_error *err);
void sc__fts5_reader_give(sc__fts5 *index, sc__fts5_connection *connection);

/* ---- schema ---------------------------------------------------------------------------- */

sc_status sc__fts5_prepare(sc__fts5 *index, sc_error *err);
/* Makes the tables, in a transaction. */
sc_status sc__fts5_create(sc__fts5_connection *connection, sc_error *err);
sc_status sc__fts5_drop(sc__fts5_connection *connection, sc_error *err);

/* ---- operations ------------------------------------------------------------------------ */

sc_status sc__fts5_index(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                         sc_error *err);
sc_status sc__fts5_query(void *ctx, const sc_call *call, const sc_search_query *query, sc_arena *arena,
                         sc_search_result *out, sc_error *err);

/* ---- what a shopper typed --------------------------------------------------------------- */

/* Three ways to ask FTS5 for the same words, each in the arena; NULL when there is nothing to ask. */
typedef struct sc__fts5_question {
	const char *all;   /* every word */
	const char *begun; /* every word, of the last one the beginning */
	const char *any;   /* one word or more */
	size_t words;
} sc__fts5_question;

sc_status sc__fts5_ask(sc__stems *stems, const char *words, sc_arena *arena, sc__fts5_question *out, sc_error *err);

#endif
