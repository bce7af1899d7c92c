/*
 * The index's tables. There is nothing to migrate: an index of an earlier shape is dropped and made
 * anew, without a position, so that whoever feeds it starts over.
 */
#include "base/error.h"
#include "drivers/fts5/index.h"

#include <string.h>

#define SCHEMA_VERSION   1
#define APPLICATION_ID   0x53484F51 /* "SHOQ" */
#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

static const char tables[] =
	"CREATE TABLE product(rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL) STRICT;"
	"CREATE TABLE product_category(category TEXT NOT NULL, product INTEGER NOT NULL, PRIMARY KEY(category, "
	"product))"
	" STRICT, WITHOUT ROWID;"
	"CREATE INDEX product_category_of ON product_category(product);"
	"CREATE TABLE followed(one INTEGER PRIMARY KEY CHECK(one = 1), incarnation BLOB NOT NULL,"
	" position INTEGER NOT NULL) STRICT;"
	"INSERT INTO followed VALUES(1, zeroblob(16), 0);"
	"CREATE VIRTUAL TABLE words USING fts5(name, brand, attributes, description, categories, skus,"
	" tokenize = 'ascii');"
	/* Words gather in memory up to this many bytes before they are written as a segment. */
	"INSERT INTO words(words, rank) VALUES('hashsize', 16777216);"
	/* Segments are merged by eights: a bulk load rewrites each word once, and maintain() brings them together. */
	"INSERT INTO words(words, rank) VALUES('automerge', 8);"
	"PRAGMA application_id=" TEXT_OF(APPLICATION_ID) ";"
							 "PRAGMA user_version=" TEXT_OF(SCHEMA_VERSION) ";";

static sc_status number(sc__fts5_connection *connection, const char *sql, int64_t *out, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(connection->db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	sc_status status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_finalize(stmt);
	return status;
}

sc_status sc__fts5_create(sc__fts5_connection *connection, sc_error *err)
{
	return sc__fts5_exec(connection, tables, err);
}

sc_status sc__fts5_drop(sc__fts5_connection *connection, sc_error *err)
{
	return sc__fts5_exec(connection,
	                     "DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS product_category;"
	                     "DROP TABLE IF EXISTS product; DROP TABLE IF EXISTS followed",
	                     err);
}

/* Whether there is an index of this shape; SC_NOT_FOUND: an empty file, or one of an earlier shape. */
static sc_status check(sc__fts5_connection *connection, sc_error *err)
{
	int64_t version = 0, application = 0, count = 0;
	sc_status status = number(connection, "PRAGMA user_version", &version, err);
	if (status == SC_OK)
		status = number(connection, "PRAGMA application_id", &application, err);
	if (status == SC_OK)
		status = number(connection, "SELECT count(*) FROM sqlite_schema", &count, err);
	if (status != SC_OK)
		return status;
	if (application == 0 && count == 0)
		return SC_NOT_FOUND;
	if (application != APPLICATION_ID)
		return sc__fail(err, SC_DAMAGED, "an SQLite database, but no search index");
	if (version > SCHEMA_VERSION)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "index of shape %d, this library knows %d", (int)version,
		                SCHEMA_VERSION);
	return version == SCHEMA_VERSION ? SC_OK : SC_NOT_FOUND;
}

static sc_status make(sc__fts5 *index, sc_error *err)
{
	sc__fts5_connection *connection = NULL;
	sc_status status = sc__fts5_write_start(index, SC_CALL_SYSTEM, &connection, err);
	if (status != SC_OK)
		return status;
	status = check(connection, err); /* another process may have come first */
	if (status == SC_NOT_FOUND) {
		status = sc__fts5_drop(connection, err);
		if (status == SC_OK)
			status = sc__fts5_create(connection, err);
	}
	return sc__fts5_write_end(index, connection, status, err);
}

/* Under the file lock: changing the mode writes to the file. */
static sc_status turn_wal_on(sc__fts5 *index, sc_error *err)
{
	if (index->in_memory)
		return SC_OK;
	const sc_env *env = index->env;
	int64_t give_up_ns = env->mono_ns(env->ctx) + 10000000000LL;
	sc_status status = sc__file_lock_take(&index->lock, env, give_up_ns, err);
	if (status != SC_OK)
		return status;
	status = sc__fts5_exec(index->writer, "PRAGMA journal_mode=WAL", err);
	sc__file_lock_give(&index->lock);
	return status;
}

sc_status sc__fts5_prepare(sc__fts5 *index, sc_error *err)
{
	if (!sqlite3_compileoption_used("ENABLE_FTS5"))
		return sc__fail(err, SC_UNSUPPORTED, "SQLite was built without FTS5");
	sc_status status = check(index->writer, err);
	if (status != SC_NOT_FOUND)
		return status;
	status = turn_wal_on(index, err);
	return status == SC_OK ? make(index, err) : status;
}
