/*
 * One row as an sc_record. What a row has besides its columns depends on its kind; the list of parts
 * here and the reading of them follow one order.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <string.h>

sc_status sc__bytes_read(sqlite3_stmt *stmt, int at, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	const void *data = sqlite3_column_blob(stmt, at);
	size_t size = (size_t)sqlite3_column_bytes(stmt, at);
	*out = (sc_bytes){ NULL, 0 };
	if (size == 0)
		return SC_OK;
	if (data == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	char *copy = sc__arena_bytes(arena, size);
	if (copy == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	memcpy(copy, data, size);
	*out = (sc_bytes){ copy, size };
	return SC_OK;
}

static sc_status read_values(sqlite3_stmt *stmt, int at, uint32_t count, sc_arena *arena, const sc_value **out,
                             sc_error *err)
{
	sc_value *values = sc_arena_zalloc(arena, count * sizeof *values);
	if (values == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	*out = values;
	for (uint32_t i = 0; i < count; i++) {
		int column = at + (int)i;
		switch (sqlite3_column_type(stmt, column)) {
		case SQLITE_INTEGER:
			values[i] = SC_VALUE_OF_INT(sqlite3_column_int64(stmt, column));
			break;
		case SQLITE_BLOB:
			values[i].type = SC_VALUE_BYTES;
			sc_status status = sc__bytes_read(stmt, column, arena, &values[i].bytes, err);
			if (status != SC_OK)
				return status;
			break;
		default:
			break; /* NULL; the table is STRICT, so there is nothing else */
		}
	}
	return SC_OK;
}

static int read_fixed(sqlite3_stmt *stmt, int at, const sc_kind *kind, sc_record *out)
{
	out->version = (uint64_t)sqlite3_column_int64(stmt, at++);
	out->entry = (uint64_t)sqlite3_column_int64(stmt, at++);
	out->shape = (uint32_t)sqlite3_column_int64(stmt, at++);
	if (sc__kind_has_lifetime(kind))
		out->expires_ms = sqlite3_column_int64(stmt, at++);
	if (sc__kind_has_made_by(kind)) {
		const void *id = sqlite3_column_blob(stmt, at);
		if (id != NULL && sqlite3_column_bytes(stmt, at) == (int)sizeof out->made_by)
			memcpy(&out->made_by, id, sizeof out->made_by);
		at++;
	}
	if (sc__kind_has_counters(kind)) {
		out->counters.on_hand = sqlite3_column_int64(stmt, at++);
		out->counters.held = sqlite3_column_int64(stmt, at++);
		out->counters.committed = sqlite3_column_int64(stmt, at++);
		out->counters.floor = sqlite3_column_int64(stmt, at++);
	}
	if (sc__kind_has_hold(kind)) {
		out->hold_state = (uint32_t)sqlite3_column_int64(stmt, at++);
		out->deadline_ms = sqlite3_column_int64(stmt, at++);
	}
	return at;
}

sc_status sc__record_read(sqlite3_stmt *stmt, int at, const sc_kind *kind, uint32_t mask, sc_arena *arena,
                          sc_record *out, sc_error *err)
{
	sc_record record = { .address = out->address };
	at = read_fixed(stmt, at, kind, &record);
	sc_status status = SC_OK;
	if ((mask & SC_READ_COLUMNS) != 0 && kind->column_count > 0) {
		status = read_values(stmt, at, kind->column_count, arena, &record.columns, err);
		at += (int)kind->column_count;
	}
	if (status == SC_OK && (mask & SC_READ_BODY) != 0 && sc__kind_has_body(kind))
		status = sc__bytes_read(stmt, at++, arena, &record.body, err);
	if (status == SC_OK && (mask & SC_READ_PERSONAL) != 0 && sc__kind_has_personal(kind))
		status = sc__bytes_read(stmt, at++, arena, &record.personal, err);
	if (status == SC_OK)
		*out = record;
	return status;
}

static sc_status select_statement(sc__connection *connection, const sc_kind *kind, uint32_t mask, sqlite3_stmt **out,
                                  sc_error *err)
{
	uint64_t key = sc__statement_key(SC__SELECT, kind->number, mask & SC_READ_ALL);
	*out = sc__statement_find(connection, key);
	if (*out != NULL)
		return SC_OK;
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "SELECT ");
	sc__sql_add_record(&sql, kind, mask);
	sc__sql_add(&sql, " FROM \"%s\" WHERE key = ?1 AND sub = ?2", kind->name);
	return sc__statement_make(connection, key, sql.text, out, err);
}

sc_status sc__record_load(sc__connection *connection, const sc_address *address, uint32_t mask, sc_arena *arena,
                          sc_record *out, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(address->kind);
	if (kind == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "no such kind: %u", address->kind);
	sqlite3_stmt *stmt = NULL;
	sc_status status = select_statement(connection, kind, mask, &stmt, err);
	if (status != SC_OK)
		return status;
	sc__bind_address(stmt, 1, address);
	sc_record record = { .address = *address };
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		status = sc__record_read(stmt, 0, kind, mask, arena, &record, err);
	else if (code != SQLITE_DONE)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	if (status == SC_OK)
		*out = record;
	return status;
}
