/*
 * What has an end: ids that the store no longer has to remember, and rows whose lifetime is over.
 *
 * It is asked at every tick, so it first looks, without a lock, whether there is anything to do.
 */
#include "base/error.h"
#include "drivers/sqlite/read.h"

#include <string.h>

/* The floor moves on with time; writing it at every tick would cost a commit each, so it moves in steps. */
static int64_t floor_step_ms(const sc__sqlite *store)
{
	int64_t step = store->options.remembers_ms / 100;
	return step < 600000 ? step : 600000;
}

/* The smallest id that was made at `floor_ms` or later. */
static sc_id first_id_of(int64_t floor_ms)
{
	sc_id id = { { 0 } };
	for (int i = 0; i < 6 && floor_ms > 0; i++)
		id.bytes[i] = (uint8_t)((uint64_t)floor_ms >> (40 - 8 * i));
	return id;
}

/* An account on which something is still held has to outlive it, or its units could not come back. */
static const char *still_used(const sc_kind *kind)
{
	return sc__kind_has_counters(kind) ? " AND held = 0" : "";
}

static sc_status next_end_of(sc__connection *connection, const sc_kind *kind, int64_t *next_ms, sc_error *err)
{
	uint64_t key = sc__statement_key(SC__NEXT_END, kind->number, 0);
	sqlite3_stmt *stmt = sc__statement_find(connection, key);
	sc_status status = SC_OK;
	if (stmt == NULL) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "SELECT expires FROM \"%s\" WHERE expires > 0%s ORDER BY expires LIMIT 1", kind->name,
		            still_used(kind));
		status = sc__statement_make(connection, key, sql.text, &stmt, err);
	}
	if (status != SC_OK)
		return status;
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && sqlite3_column_int64(stmt, 0) < *next_ms)
		*next_ms = sqlite3_column_int64(stmt, 0);
	else if (code != SQLITE_ROW && code != SQLITE_DONE)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	return status;
}

static sc_status next_end(sc__connection *connection, int64_t *next_ms, sc_error *err)
{
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	*next_ms = SC_NEVER;
	for (size_t i = 0; i < count; i++) {
		if (!sc__kind_has_lifetime(&kinds[i]))
			continue;
		sc_status status = next_end_of(connection, &kinds[i], next_ms, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status delete_some(sc__connection *connection, sqlite3_stmt *stmt, size_t max, size_t *done, sc_error *err)
{
	sqlite3_bind_int64(stmt, 2, (int64_t)(max - *done));
	sc_status status = sc__statement_run(connection, stmt, err);
	if (status == SC_OK)
		*done += (size_t)sqlite3_changes(connection->db);
	return status;
}

static sc_status forget_ids(sc__connection *connection, const sc_id *below, size_t max, size_t *done, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__FORGET_IDS,
	                                    "DELETE FROM sc_ids WHERE id IN"
	                                    " (SELECT id FROM sc_ids WHERE id < ?1 ORDER BY id LIMIT ?2)",
	                                    &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_blob(stmt, 1, below->bytes, sizeof below->bytes, SQLITE_STATIC);
	return delete_some(connection, stmt, max, done, err);
}

static sc_status forget_rows(sc__connection *connection, const sc_kind *kind, int64_t now_ms, size_t max, size_t *done,
                             sc_error *err)
{
	uint64_t key = sc__statement_key(SC__FORGET_ROWS, kind->number, 0);
	sqlite3_stmt *stmt = sc__statement_find(connection, key);
	sc_status status = SC_OK;
	if (stmt == NULL) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql,
		            "DELETE FROM \"%s\" WHERE (key, sub) IN (SELECT key, sub FROM \"%s\""
		            " WHERE expires > 0 AND expires <= ?1%s ORDER BY expires LIMIT ?2)",
		            kind->name, kind->name, still_used(kind));
		status = sc__statement_make(connection, key, sql.text, &stmt, err);
	}
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, now_ms);
	return delete_some(connection, stmt, max, done, err);
}

static sc_status raise_floor(sc__connection *connection, int64_t floor_ms, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__FLOOR_RAISE,
	                                    "UPDATE sc_meta SET floor_ms = max(floor_ms, ?1)", &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, floor_ms);
	return sc__statement_run(connection, stmt, err);
}

static sc_status forget_all(sc__connection *connection, int64_t floor_ms, int64_t now_ms, size_t max, size_t *done,
                            sc_error *err)
{
	sc_id below = first_id_of(floor_ms);
	sc_status status = raise_floor(connection, floor_ms, err);
	if (status == SC_OK && max > *done)
		status = forget_ids(connection, &below, max, done, err);
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count && status == SC_OK && max > *done; i++)
		if (sc__kind_has_lifetime(&kinds[i]))
			status = forget_rows(connection, &kinds[i], now_ms, max, done, err);
	return status;
}

/* Looks from a snapshot whether anything is due. */
static sc_status look(sc__sqlite *store, const sc_call *call, int64_t floor_ms, bool *due, int64_t *next_ms,
                      sc_error *err)
{
	sc__connection *connection = NULL;
	sc_status status = sc__read_start(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	sc__state state = { 0 };
	status = sc__state_read(connection, &state, err);
	if (status == SC_OK)
		status = next_end(connection, next_ms, err);
	sc__read_end(store, connection);
	if (status != SC_OK)
		return status;
	sc__clock_saw(store, state.time_ms);
	*due = *next_ms <= sc__clock_now(store) || floor_ms - state.floor_ms >= floor_step_ms(store);
	return SC_OK;
}

static sc_status forget_locked(sc__sqlite *store, sc__connection *connection, int64_t floor_ms, size_t max,
                               size_t *done, int64_t *next_ms, sc_error *err)
{
	int64_t now_ms = sc__clock_now(store);
	sc_status status = sc__connection_exec(connection, "BEGIN IMMEDIATE", err);
	if (status == SC_OK)
		status = forget_all(connection, floor_ms, now_ms, max, done, err);
	if (status == SC_OK)
		status = next_end(connection, next_ms, err);
	if (status == SC_OK)
		status = sc__connection_exec(connection, "COMMIT", err);
	if (!sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	if (*done >= max && max > 0)
		*next_ms = now_ms;
	return status;
}

sc_status sc__sqlite_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done,
                            int64_t *next_ms, sc_error *err)
{
	sc__sqlite *store = ctx;
	bool due = false;
	int64_t next = SC_NEVER;
	size_t removed = 0;
	sc_status status = look(store, call, floor_ms, &due, &next, err);
	if (status == SC_OK && due) {
		sc__connection *connection = NULL;
		status = sc__writer_take(store, call, &connection, err);
		if (status != SC_OK)
			return status;
		status = forget_locked(store, connection, floor_ms, max, &removed, &next, err);
		sc__checkpoint_if_due(store, connection);
		sc__writer_give(store);
	}
	if (status != SC_OK)
		return status;
	*done = removed;
	*next_ms = next;
	return SC_OK;
}
