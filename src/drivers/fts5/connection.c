/*
 * Connections to the index and who uses which. Readers come from a pool; an index in memory has one
 * connection for everything.
 */
#include "base/error.h"
#include "drivers/fts5/index.h"

#include <string.h>
#include <unistd.h>

#define BUSY_MS          2000
#define PATIENCE_NS      10000000000LL
#define READERS          4
#define CHECKPOINT_PAGES 1000 /* 4 MB in pages of 4096 bytes */

/* synchronous=NORMAL: after a power cut the index may be a few commits behind, whole, with the position it then
 * had. It follows the journal from there. */
static const char settings[] = "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768";

/* name, brand, attributes, description, categories, skus */
#define RANK        "bm25(words, 10.0, 6.0, 2.0, 1.0, 4.0, 8.0)"
#define IN_CATEGORY " AND words.rowid IN (SELECT product FROM product_category WHERE category = ?2)"
#define SELECT_HITS \
	"SELECT p.id, " RANK " AS score FROM words JOIN product p ON p.rowid = words.rowid WHERE words MATCH ?1"
#define BEST_FIRST " ORDER BY score, p.id LIMIT ?3 OFFSET ?4"
#define WHOLE_FIRST \
	" ORDER BY words.rowid IN (SELECT rowid FROM words WHERE words MATCH ?5) DESC, score, p.id LIMIT ?3 OFFSET ?4"

static const char *const texts[SC__FTS5_VERBS] = {
	[SC__FTS5_BEGIN] = "BEGIN IMMEDIATE",
	[SC__FTS5_COMMIT] = "COMMIT",
	[SC__FTS5_FIND] = "SELECT rowid, version FROM product WHERE id = ?1",
	[SC__FTS5_ADD] = "INSERT INTO product(id, version) VALUES(?1, ?2)",
	[SC__FTS5_SET_VERSION] = "UPDATE product SET version = ?2 WHERE rowid = ?1",
	[SC__FTS5_REMOVE] = "DELETE FROM product WHERE rowid = ?1",
	[SC__FTS5_WORDS_ADD] = "INSERT INTO words(rowid, name, brand, attributes, description, categories, skus)"
			       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SC__FTS5_WORDS_REMOVE] = "DELETE FROM words WHERE rowid = ?1",
	[SC__FTS5_CATEGORY_ADD] = "INSERT OR IGNORE INTO product_category(category, product) VALUES(?2, ?1)",
	[SC__FTS5_CATEGORY_REMOVE] = "DELETE FROM product_category WHERE product = ?1",
	[SC__FTS5_COUNT] = "SELECT count(*) FROM words WHERE words MATCH ?1",
	[SC__FTS5_COUNT_IN] = "SELECT count(*) FROM words WHERE words MATCH ?1" IN_CATEGORY,
	[SC__FTS5_RANK] = SELECT_HITS BEST_FIRST,
	[SC__FTS5_RANK_IN] = SELECT_HITS IN_CATEGORY BEST_FIRST,
	[SC__FTS5_RANK_ANY] = SELECT_HITS WHOLE_FIRST,
	[SC__FTS5_RANK_ANY_IN] = SELECT_HITS IN_CATEGORY WHOLE_FIRST,
	[SC__FTS5_POSITION] = "SELECT incarnation, position FROM followed",
	[SC__FTS5_FOLLOW] = "UPDATE followed SET incarnation = ?1, position = ?2",
	[SC__FTS5_MERGE] = "INSERT INTO words(words, rank) VALUES('merge', 200)",
};

static int count_wal_pages(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((sc__fts5_connection *)ctx)->wal_pages = pages;
	return SQLITE_OK;
}

static sc_status open_database(const sc_env *env, sc__fts5_connection *connection, const char *path, sc_error *err)
{
	int code = sc__sqlite_file_open(path, &connection->db);
	if (code == SQLITE_OK)
		code = sqlite3_exec(connection->db, settings, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return sc__sqlite_fail(connection->db, code, err);
	/* Also turns SQLite's own checkpoints off, which would happen outside the file lock. */
	sqlite3_wal_hook(connection->db, count_wal_pages, connection);
	connection->stems = sc__stems_new(env);
	return connection->stems != NULL ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory for a stemmer");
}

sc_status sc__fts5_connect(const sc_env *env, const char *path, sc__fts5_connection **out, sc_error *err)
{
	sc__fts5_connection *connection = env->resize(env->ctx, NULL, sizeof *connection);
	if (connection == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	memset(connection, 0, sizeof *connection);
	sc_status status = open_database(env, connection, path, err);
	if (status != SC_OK) {
		sc__fts5_disconnect(env, connection);
		return status;
	}
	*out = connection;
	return SC_OK;
}

void sc__fts5_disconnect(const sc_env *env, sc__fts5_connection *connection)
{
	if (connection == NULL)
		return;
	for (size_t i = 0; i < SC__FTS5_VERBS; i++)
		sqlite3_finalize(connection->statements[i]);
	sqlite3_close(connection->db);
	sc__stems_free(connection->stems);
	if (connection->folded != NULL)
		env->resize(env->ctx, connection->folded, 0);
	env->resize(env->ctx, connection, 0);
}

sc_status sc__fts5_exec(sc__fts5_connection *connection, const char *sql, sc_error *err)
{
	int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? SC_OK : sc__sqlite_fail(connection->db, code, err);
}

sc_status sc__fts5_statement(sc__fts5_connection *connection, sc__fts5_verb verb, sqlite3_stmt **out, sc_error *err)
{
	sqlite3_stmt **stmt = &connection->statements[verb];
	if (*stmt == NULL) {
		int code = sqlite3_prepare_v3(connection->db, texts[verb], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (code != SQLITE_OK)
			return sc__sqlite_fail(connection->db, code, err);
	}
	*out = *stmt;
	return SC_OK;
}

sc_status sc__fts5_run(sc__fts5_connection *connection, sqlite3_stmt *stmt, sc_error *err)
{
	int code = sqlite3_step(stmt);
	sc_status status = SC_OK;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	return status;
}

static sc_status check_process(const sc__fts5 *index, sc_error *err)
{
	if (index->owner == getpid())
		return SC_OK;
	return sc__fail(err, SC_STORE_FAILED, "this index was opened before fork(); open another one here");
}

static sc_status take_lock(sc__fts5 *index, const sc_call *call, sc_error *err)
{
	if (index->in_memory)
		return SC_OK;
	const sc_env *env = index->env;
	int64_t give_up_ns = call->deadline_ns != 0 ? call->deadline_ns : env->mono_ns(env->ctx) + PATIENCE_NS;
	sc_status status = sc__file_lock_take(&index->lock, env, give_up_ns, err);
	if (status == SC_BUSY && call->deadline_ns != 0)
		return sc__fail(err, SC_DEADLINE, "the deadline passed while others were writing");
	return status;
}

static void give_lock(sc__fts5 *index)
{
	if (!index->in_memory)
		sc__file_lock_give(&index->lock);
	index->env->mutex_unlock(index->env->ctx, &index->writing);
}

sc_status sc__fts5_write_start(sc__fts5 *index, const sc_call *call, sc__fts5_connection **out, sc_error *err)
{
	sc_status status = check_process(index, err);
	if (status != SC_OK)
		return status;
	index->env->mutex_lock(index->env->ctx, &index->writing);
	status = take_lock(index, call, err);
	if (status != SC_OK) {
		index->env->mutex_unlock(index->env->ctx, &index->writing);
		return status;
	}
	sqlite3_stmt *begin = NULL;
	status = sc__fts5_statement(index->writer, SC__FTS5_BEGIN, &begin, err);
	if (status == SC_OK)
		status = sc__fts5_run(index->writer, begin, err);
	if (status != SC_OK) {
		give_lock(index);
		return status;
	}
	*out = index->writer;
	return SC_OK;
}

sc_status sc__fts5_write_end(sc__fts5 *index, sc__fts5_connection *connection, sc_status status, sc_error *err)
{
	sqlite3_stmt *commit = NULL;
	if (status == SC_OK)
		status = sc__fts5_statement(connection, SC__FTS5_COMMIT, &commit, err);
	if (status == SC_OK)
		status = sc__fts5_run(connection, commit, err);
	if (!sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	if (status == SC_OK && connection->wal_pages >= CHECKPOINT_PAGES)
		sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	give_lock(index);
	return status;
}

sc_status sc__fts5_reader_take(sc__fts5 *index, sc__fts5_connection **out, sc_error *err)
{
	sc_status status = check_process(index, err);
	if (status != SC_OK)
		return status;
	const sc_env *env = index->env;
	if (index->in_memory) {
		env->mutex_lock(env->ctx, &index->writing);
		*out = index->writer;
		return SC_OK;
	}
	env->mutex_lock(env->ctx, &index->mutex);
	sc__fts5_connection *connection = index->idle;
	if (connection != NULL) {
		index->idle = connection->next;
		index->idle_count--;
	}
	env->mutex_unlock(env->ctx, &index->mutex);
	*out = connection;
	return connection != NULL ? SC_OK : sc__fts5_connect(env, index->path, out, err);
}

void sc__fts5_reader_give(sc__fts5 *index, sc__fts5_connection *connection)
{
	const sc_env *env = index->env;
	if (index->in_memory) {
		env->mutex_unlock(env->ctx, &index->writing);
		return;
	}
	env->mutex_lock(env->ctx, &index->mutex);
	bool keep = index->idle_count < READERS;
	if (keep) {
		connection->next = index->idle;
		index->idle = connection;
		index->idle_count++;
	}
	env->mutex_unlock(env->ctx, &index->mutex);
	if (!keep)
		sc__fts5_disconnect(env, connection);
}
