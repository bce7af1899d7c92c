/*
 * The index's life, how far it has followed, and its table of operations.
 */
#include "base/error.h"
#include "drivers/fts5/index.h"

#include <shopcore/limits.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4000
#define MEMORY    ":memory:"

static sc_status position(void *ctx, const sc_call *call, uint8_t incarnation[16], uint64_t *position, sc_error *err)
{
	(void)call;
	sc__fts5 *index = ctx;
	sc__fts5_connection *connection = NULL;
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_reader_take(index, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_statement(connection, SC__FTS5_POSITION, &stmt, err);
	if (status == SC_OK) {
		int code = sqlite3_step(stmt);
		if (code == SQLITE_ROW && sqlite3_column_bytes(stmt, 0) == 16) {
			memcpy(incarnation, sqlite3_column_blob(stmt, 0), 16);
			*position = (uint64_t)sqlite3_column_int64(stmt, 1);
		} else {
			status = code == SQLITE_ROW || code == SQLITE_DONE
			                 ? sc__fail(err, SC_DAMAGED, "the index lost its position")
			                 : sc__sqlite_fail(connection->db, code, err);
		}
		sqlite3_reset(stmt);
	}
	sc__fts5_reader_give(index, connection);
	return status;
}

static sc_status follow(void *ctx, const sc_call *call, const uint8_t incarnation[16], uint64_t position, sc_error *err)
{
	sc__fts5 *index = ctx;
	sc__fts5_connection *connection = NULL;
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_write_start(index, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_statement(connection, SC__FTS5_FOLLOW, &stmt, err);
	if (status == SC_OK) {
		sqlite3_bind_blob(stmt, 1, incarnation, 16, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, (int64_t)position);
		status = sc__fts5_run(connection, stmt, err);
	}
	return sc__fts5_write_end(index, connection, status, err);
}

static sc_status reset(void *ctx, const sc_call *call, sc_error *err)
{
	sc__fts5 *index = ctx;
	sc__fts5_connection *connection = NULL;
	sc_status status = sc__fts5_write_start(index, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_drop(connection, err);
	if (status == SC_OK)
		status = sc__fts5_create(connection, err);
	return sc__fts5_write_end(index, connection, status, err);
}

/* One step of merging; `more` when it still found something to merge. */
static sc_status merge(sc__fts5 *index, const sc_call *call, bool *more, sc_error *err)
{
	sc__fts5_connection *connection = NULL;
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_write_start(index, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_statement(connection, SC__FTS5_MERGE, &stmt, err);
	int before = sqlite3_total_changes(connection->db);
	if (status == SC_OK)
		status = sc__fts5_run(connection, stmt, err);
	/* FTS5 counts the statement itself as one change. */
	*more = status == SC_OK && sqlite3_total_changes(connection->db) - before >= 2;
	return sc__fts5_write_end(index, connection, status, err);
}

static sc_status maintain(void *ctx, const sc_call *call, int64_t budget_ms, sc_error *err)
{
	sc__fts5 *index = ctx;
	const sc_env *env = index->env;
	int64_t end_ns = env->mono_ns(env->ctx) + budget_ms * 1000000;
	bool more = true;
	sc_status status = SC_OK;
	while (more && status == SC_OK && env->mono_ns(env->ctx) < end_ns)
		status = merge(index, call, &more, err);
	return status;
}

static void close_index(void *ctx)
{
	sc__fts5 *index = ctx;
	const sc_env *env = index->env;
	if (index->owner != getpid())
		return;
	while (index->idle != NULL) {
		sc__fts5_connection *connection = index->idle;
		index->idle = connection->next;
		sc__fts5_disconnect(env, connection);
	}
	sc__fts5_disconnect(env, index->writer);
	sc__file_lock_close(&index->lock);
	env->mutex_clear(env->ctx, &index->writing);
	env->mutex_clear(env->ctx, &index->mutex);
	env->resize(env->ctx, index, 0);
}

static const sc_search_ops operations = {
	.size = sizeof(sc_search_ops),
	.name = "fts5",
	.index = sc__fts5_index,
	.query = sc__fts5_query,
	.position = position,
	.follow = follow,
	.reset = reset,
	.maintain = maintain,
	.close = close_index,
};

static sc_status read_name(const char *name, const char **path, sc_error *err)
{
	static const char scheme[] = "fts5:";
	if (name != NULL && strncmp(name, scheme, sizeof scheme - 1) == 0)
		name += sizeof scheme - 1;
	if (name == NULL || name[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "name", "a file has to be named");
	if (name[0] == ':' && strcmp(name, MEMORY) != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "name", "neither a file nor \"" MEMORY "\"");
	if (strlen(name) >= PATH_SIZE)
		return sc__bad(err, SC_OVER_LIMIT, "name", "longer than %d bytes", PATH_SIZE - 1);
	*path = name;
	return SC_OK;
}

static sc_status make_handle(const sc_env *env, const char *path, sc__fts5 **out, sc_error *err)
{
	size_t size = sizeof(sc__fts5) + strlen(path) + 1;
	sc__fts5 *index = env->resize(env->ctx, NULL, size);
	if (index == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for an index");
	memset(index, 0, size);
	index->env = env;
	index->owner = getpid();
	index->in_memory = strcmp(path, MEMORY) == 0;
	index->lock.descriptor = -1;
	memcpy(index->path, path, strlen(path) + 1);
	if (!env->mutex_init(env->ctx, &index->writing)) {
		env->resize(env->ctx, index, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	if (!env->mutex_init(env->ctx, &index->mutex)) {
		env->mutex_clear(env->ctx, &index->writing);
		env->resize(env->ctx, index, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	*out = index;
	return SC_OK;
}

static sc_status open_lock(sc__fts5 *index, sc_error *err)
{
	char path[PATH_SIZE + 256];
	if (index->in_memory)
		return SC_OK;
	/* Named after the file as SQLite resolved it, so that every name of it meets there. */
	int length = snprintf(path, sizeof path, "%s-lock", sqlite3_db_filename(index->writer->db, "main"));
	if (length < 0 || (size_t)length >= sizeof path)
		return sc__bad(err, SC_OVER_LIMIT, "name", "the path is too long");
	return sc__file_lock_open(&index->lock, path, err);
}

sc_status sc_fts5_open(const sc_env *env, const char *name, sc_search_index *out, sc_error *err)
{
	const char *path = NULL;
	sc__fts5 *index = NULL;
	sc_status status = read_name(name, &path, err);
	if (status == SC_OK)
		status = make_handle(env, path, &index, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_connect(env, path, &index->writer, err);
	if (status == SC_OK)
		status = open_lock(index, err);
	if (status == SC_OK)
		status = sc__fts5_prepare(index, err);
	if (status != SC_OK) {
		close_index(index);
		return status;
	}
	*out = (sc_search_index){ &operations, index };
	return SC_OK;
}
