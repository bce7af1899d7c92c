/*
 * One connection to the file: its settings, its cache of compiled statements, binding of values.
 */
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <string.h>

static int count_wal_pages(void *ctx, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	sc__connection *connection = ctx;
	if (pages < connection->wal_pages)
		connection->checkpoint_at = 0; /* the WAL began anew */
	connection->wal_pages = pages;
	return SQLITE_OK;
}

static int open_database(const char *path, bool exclusive, sqlite3 **db)
{
	int code = sc__sqlite_file_open(path, db);
	if (code == SQLITE_OK && exclusive)
		code = sqlite3_exec(*db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(*db, "PRAGMA synchronous=FULL; PRAGMA cache_size=-16384", NULL, NULL, NULL);
	return code;
}

sc_status sc__connection_open(const sc_env *env, const char *path, bool exclusive, sc__connection **out, sc_error *err)
{
	sc__connection *connection = env->resize(env->ctx, NULL, sizeof *connection);
	if (connection == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	memset(connection, 0, sizeof *connection);
	connection->env = env;
	int code = open_database(path, exclusive, &connection->db);
	if (code != SQLITE_OK) {
		sc_status status = sc__sqlite_fail(connection->db, code, err);
		sc__connection_close(connection);
		return status;
	}
	/* Also turns SQLite's own checkpoints off, which would happen outside the file lock. */
	sqlite3_wal_hook(connection->db, count_wal_pages, connection);
	*out = connection;
	return SC_OK;
}

static void drop_statements(sc__connection *connection)
{
	for (size_t i = 0; i < SC__STATEMENT_SLOTS; i++)
		sqlite3_finalize(connection->statements[i].stmt);
	memset(connection->statements, 0, sizeof connection->statements);
	connection->statement_count = 0;
}

void sc__connection_close(sc__connection *connection)
{
	if (connection == NULL)
		return;
	drop_statements(connection);
	sqlite3_close(connection->db);
	connection->env->resize(connection->env->ctx, connection, 0);
}

sc_status sc__connection_exec(sc__connection *connection, const char *sql, sc_error *err)
{
	int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? SC_OK : sc__sqlite_fail(connection->db, code, err);
}

sc_status sc__connection_number(sc__connection *connection, const char *sql, int64_t fallback, int64_t *out,
                                sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(connection->db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else if (code == SQLITE_DONE)
		*out = fallback;
	sc_status status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_finalize(stmt);
	return status;
}

static sc__statement *slot_of(sc__connection *connection, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9E3779B97F4A7C15);
	size_t at = (size_t)(hash >> 32) & (SC__STATEMENT_SLOTS - 1);
	while (connection->statements[at].stmt != NULL && connection->statements[at].key != key)
		at = (at + 1) & (SC__STATEMENT_SLOTS - 1);
	return &connection->statements[at];
}

sqlite3_stmt *sc__statement_find(sc__connection *connection, uint64_t key)
{
	return slot_of(connection, key)->stmt;
}

sc_status sc__statement_make(sc__connection *connection, uint64_t key, const char *sql, sqlite3_stmt **out,
                             sc_error *err)
{
	/* Shapes of statements are few; a caller that ranges in every possible way starts over now and then. */
	if (connection->statement_count > SC__STATEMENT_SLOTS * 3 / 4)
		drop_statements(connection);
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v3(connection->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	if (code != SQLITE_OK)
		return sc__sqlite_fail(connection->db, code, err);
	*slot_of(connection, key) = (sc__statement){ key, stmt };
	connection->statement_count++;
	*out = stmt;
	return SC_OK;
}

sc_status sc__statement_of(sc__connection *connection, sc__verb verb, const char *sql, sqlite3_stmt **out,
                           sc_error *err)
{
	uint64_t key = sc__statement_key(verb, 0, 0);
	*out = sc__statement_find(connection, key);
	return *out != NULL ? SC_OK : sc__statement_make(connection, key, sql, out, err);
}

sc_status sc__statement_run(sc__connection *connection, sqlite3_stmt *stmt, sc_error *err)
{
	int code = sqlite3_step(stmt);
	sc_status status = SC_OK;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	return status;
}

void sc__bind_bytes(sqlite3_stmt *stmt, int at, const void *data, size_t size)
{
	if (size == 0)
		sqlite3_bind_zeroblob(stmt, at, 0); /* a NULL pointer would bind NULL */
	else
		sqlite3_bind_blob64(stmt, at, data, size, SQLITE_STATIC);
}

void sc__bind_id(sqlite3_stmt *stmt, int at, const sc_id *id)
{
	if (sc_id_is_zero(*id))
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_blob(stmt, at, id->bytes, sizeof id->bytes, SQLITE_STATIC);
}

void sc__bind_value(sqlite3_stmt *stmt, int at, const sc_value *value)
{
	switch ((sc_value_type)value->type) {
	case SC_VALUE_INT:
		sqlite3_bind_int64(stmt, at, value->number);
		break;
	case SC_VALUE_BYTES:
		sc__bind_bytes(stmt, at, value->bytes.data, value->bytes.size);
		break;
	case SC_VALUE_NULL:
		sqlite3_bind_null(stmt, at);
		break;
	}
}

void sc__bind_address(sqlite3_stmt *stmt, int key_at, const sc_address *address)
{
	sc__bind_bytes(stmt, key_at, address->key, address->key_size);
	sc__bind_bytes(stmt, key_at + 1, address->sub, address->sub_size);
}
