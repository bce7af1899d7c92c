/*
 * Making the schema fit the table of kinds, by adding only.
 *
 * The file says which library wrote it (user_version) and which shape each kind had (sc_kinds). A
 * file of a later library is left as it is. Everything happens in one transaction under the file
 * lock, so several processes may start at once; those that come second find nothing to do. Each
 * migration makes the generation grow, which running transactions compare, so that a process that
 * was started before learns of it at its next transaction.
 */
#include "base/error.h"
#include "drivers/sqlite/schema.h"

#include <string.h>

#define SCHEMA_VERSION 1
#define APPLICATION_ID 0x53484F50 /* "SHOP" */

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

static const char own_tables[] =
	"CREATE TABLE sc_meta(one INTEGER PRIMARY KEY CHECK(one = 1), generation INTEGER NOT NULL,"
	" incarnation BLOB NOT NULL CHECK(length(incarnation) = 16), next_position INTEGER NOT NULL,"
	" time_ms INTEGER NOT NULL, floor_ms INTEGER NOT NULL, trimmed INTEGER NOT NULL) STRICT;"
	"CREATE TABLE sc_kinds(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, shape INTEGER NOT NULL) STRICT;"
	"CREATE TABLE sc_ids(id BLOB NOT NULL PRIMARY KEY CHECK(length(id) = 16), status INTEGER NOT NULL,"
	" change INTEGER NOT NULL, line INTEGER NOT NULL, wanted INTEGER NOT NULL, available INTEGER NOT NULL,"
	" position INTEGER NOT NULL, time_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE sc_journal(first INTEGER PRIMARY KEY CHECK(first > 0), count INTEGER NOT NULL CHECK(count > 0),"
	" time_ms INTEGER NOT NULL, check32 INTEGER NOT NULL, entries BLOB NOT NULL) STRICT;"
	"PRAGMA application_id=" TEXT_OF(APPLICATION_ID) ";"
							 "PRAGMA user_version=" TEXT_OF(SCHEMA_VERSION) ";";

/* SC_OK: ours and readable. SC_NOT_FOUND: an empty file. */
static sc_status check_file(sc__connection *connection, sc_error *err)
{
	int64_t version = 0, application = 0, tables = 0;
	sc_status status = sc__connection_number(connection, "PRAGMA user_version", 0, &version, err);
	if (status == SC_OK)
		status = sc__connection_number(connection, "PRAGMA application_id", 0, &application, err);
	if (status == SC_OK)
		status = sc__connection_number(connection, "SELECT count(*) FROM sqlite_schema", 0, &tables, err);
	if (status != SC_OK)
		return status;
	if (application == 0 && tables == 0)
		return SC_NOT_FOUND;
	if (application != APPLICATION_ID)
		return sc__fail(err, SC_DAMAGED, "an SQLite database, but not a shop's");
	if (version > SCHEMA_VERSION)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "schema %d, this library knows %d", (int)version,
		                SCHEMA_VERSION);
	return version == SCHEMA_VERSION ? SC_OK : SC_NOT_FOUND;
}

static const sc_kind *find_kind(const sc_kind *kinds, size_t count, int64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (kinds[i].number == number)
			return &kinds[i];
	return NULL;
}

static sc_status check_kinds(sc__connection *connection, const sc_kind *kinds, size_t count, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(connection->db, "SELECT number, shape FROM sc_kinds", -1, &stmt, NULL);
	size_t fitting = 0;
	sc_status status = SC_OK;
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(stmt);
		if (code != SQLITE_ROW)
			break;
		int64_t number = sqlite3_column_int64(stmt, 0), shape = sqlite3_column_int64(stmt, 1);
		const sc_kind *kind = find_kind(kinds, count, number);
		if (kind == NULL || shape > kind->shape) {
			status = sc__fail(err, SC_SCHEMA_TOO_NEW, "kind %d has shape %d, of a later library",
			                  (int)number, (int)shape);
			break;
		}
		fitting += shape == kind->shape;
	}
	if (status == SC_OK && code != SQLITE_DONE)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_finalize(stmt);
	if (status != SC_OK)
		return status;
	return fitting == count ? SC_OK : SC_NOT_FOUND;
}

sc_status sc__schema_check(sc__connection *connection, const sc_kind *kinds, size_t count, sc_error *err)
{
	sc_status status = check_file(connection, err);
	return status == SC_OK ? check_kinds(connection, kinds, count, err) : status;
}

static sc_status has_column(sc__connection *connection, const char *table, const char *column, int64_t *has,
                            sc_error *err)
{
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'", table, column);
	return sc__connection_number(connection, sql.text, 0, has, err);
}

static sc_status add_missing(sc__connection *connection, const sc_kind *kind, sc_error *err)
{
	sc__part parts[SC__PARTS_MAX];
	size_t count = sc__kind_parts(kind, parts);
	for (size_t i = 0; i < count; i++) {
		int64_t has = 0;
		sc_status status = has_column(connection, kind->name, parts[i].name, &has, err);
		if (status == SC_OK && has == 0) {
			sc__sql sql = { 0 };
			sc__sql_add(&sql, "ALTER TABLE \"%s\" ADD COLUMN ", kind->name);
			sc__part_add(&sql, &parts[i]);
			status = sc__connection_exec(connection, sql.text, err);
		}
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status migrate_kind(sc__connection *connection, const sc_kind *kind, sc_error *err)
{
	int64_t there = 0;
	sc_status status = has_column(connection, kind->name, "key", &there, err);
	if (status == SC_OK)
		status = there ? add_missing(connection, kind, err) : sc__table_create(connection, kind, err);
	if (status == SC_OK)
		status = sc__indexes_create(connection, kind, err);
	if (status != SC_OK)
		return status;
	sc__sql sql = { 0 };
	sc__sql_add(&sql,
	            "INSERT INTO sc_kinds(number, name, shape) VALUES(%u, '%s', %u)"
	            " ON CONFLICT(number) DO UPDATE SET shape = excluded.shape",
	            kind->number, kind->name, kind->shape);
	return sc__connection_exec(connection, sql.text, err);
}

static sc_status create_own(sc__connection *connection, sc_error *err)
{
	sc_status status = sc__connection_exec(connection, own_tables, err);
	if (status != SC_OK)
		return status;
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(connection->db, "INSERT INTO sc_meta VALUES(1, 0, ?, 1, 0, 0, 0)", -1, &stmt,
	                              NULL);
	if (code != SQLITE_OK)
		return sc__sqlite_fail(connection->db, code, err);
	sc_id incarnation = sc_id_make(connection->env);
	sc__bind_id(stmt, 1, &incarnation);
	status = sc__statement_run(connection, stmt, err);
	sqlite3_finalize(stmt);
	return status;
}

static sc_status migrate(sc__connection *connection, bool fresh, const sc_kind *kinds, size_t count, sc_error *err)
{
	sc_status status = sc__connection_exec(connection, "BEGIN IMMEDIATE", err);
	if (status == SC_OK && fresh)
		status = create_own(connection, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = migrate_kind(connection, &kinds[i], err);
	if (status == SC_OK)
		status = sc__connection_exec(connection, "UPDATE sc_meta SET generation = generation + 1", err);
	if (status == SC_OK)
		status = sc__connection_exec(connection, "COMMIT", err);
	if (status != SC_OK && !sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

static sc_status turn_wal_on(sc__connection *connection, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(connection->db, "PRAGMA journal_mode=WAL", -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	sc_status status = sc__sqlite_fail(connection->db, code, err);
	if (status == SC_OK) {
		const char *mode = (const char *)sqlite3_column_text(stmt, 0);
		if (mode == NULL || strcmp(mode, "wal") != 0)
			status = sc__fail(err, SC_IO_FAILED, "the file system has no shared memory for a WAL");
	}
	sqlite3_finalize(stmt);
	return status;
}

sc_status sc__schema_prepare(sc__connection *connection, const sc_kind *kinds, size_t count, sc_error *err)
{
	sc_status status = sc__schema_check(connection, kinds, count, err);
	if (status != SC_NOT_FOUND)
		return status;
	status = turn_wal_on(connection, err);
	if (status != SC_OK)
		return status;
	int64_t tables = 0;
	status = sc__connection_number(connection, "SELECT count(*) FROM sqlite_schema", 0, &tables, err);
	return status == SC_OK ? migrate(connection, tables == 0, kinds, count, err) : status;
}

sc_status sc__state_read(sc__connection *connection, sc__state *out, sc_error *err)
{
	/* The journal's last row says position and time; meta does only when the journal was trimmed away. So a
	 * transaction writes no counter of its own. */
	static const char sql[] = "SELECT m.generation, m.incarnation, m.floor_ms, m.trimmed,"
				  " max(m.next_position, coalesce(j.first + j.count, 0)),"
				  " max(m.time_ms, coalesce(j.time_ms, 0)) FROM sc_meta m"
				  " LEFT JOIN sc_journal j ON j.first = (SELECT max(first) FROM sc_journal)";
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__STATE, sql, &stmt, err);
	if (status != SC_OK)
		return status;
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		*out = (sc__state){
			.generation = sqlite3_column_int64(stmt, 0),
			.floor_ms = sqlite3_column_int64(stmt, 2),
			.trimmed = (uint64_t)sqlite3_column_int64(stmt, 3),
			.next_position = (uint64_t)sqlite3_column_int64(stmt, 4),
			.time_ms = sqlite3_column_int64(stmt, 5),
		};
		const void *incarnation = sqlite3_column_blob(stmt, 1);
		if (incarnation != NULL && sqlite3_column_bytes(stmt, 1) == (int)sizeof out->incarnation)
			memcpy(&out->incarnation, incarnation, sizeof out->incarnation);
	} else if (code == SQLITE_DONE) {
		status = sc__fail(err, SC_DAMAGED, "the line about the store itself is gone");
	} else {
		status = sc__sqlite_fail(connection->db, code, err);
	}
	sqlite3_reset(stmt);
	return status;
}
