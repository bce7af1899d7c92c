/*
 * One row of a result as an sc_record. The names in statements and the reading here follow one order,
 * that of sc__sql_add_record().
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
}

sc_status sc__pg_copy_bytes(const PGresult *result, int row, int column, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_bytes bytes = sc__pg_get_bytes(result, row, column);
	*out = (sc_bytes){ NULL, 0 };
	if (bytes.size == 0)
		return SC_OK;
	char *copy = sc__arena_bytes(arena, bytes.size);
	if (copy == NULL)
		return no_memory(err);
	memcpy(copy, bytes.data, bytes.size);
	*out = (sc_bytes){ copy, bytes.size };
	return SC_OK;
}

static sc_status read_values(const PGresult *result, int row, int at, const sc_kind *kind, sc_arena *arena,
                             const sc_value **out, sc_error *err)
{
	sc_value *values = sc_arena_zalloc(arena, kind->column_count * sizeof *values);
	if (values == NULL)
		return no_memory(err);
	*out = values;
	for (uint32_t i = 0; i < kind->column_count; i++) {
		int column = at + (int)i;
		if (PQgetisnull(result, row, column))
			continue;
		if (kind->columns[i].type == SC_VALUE_INT) {
			values[i] = SC_VALUE_OF_INT(sc__pg_get_int(result, row, column));
			continue;
		}
		values[i].type = SC_VALUE_BYTES;
		sc_status status = sc__pg_copy_bytes(result, row, column, arena, &values[i].bytes, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static int read_fixed(const PGresult *result, int row, int at, const sc_kind *kind, sc_record *out)
{
	out->version = (uint64_t)sc__pg_get_int(result, row, at++);
	out->entry = (uint64_t)sc__pg_get_int(result, row, at++);
	out->shape = (uint32_t)sc__pg_get_int(result, row, at++);
	if (sc__kind_has_lifetime(kind))
		out->expires_ms = sc__pg_get_int(result, row, at++);
	if (sc__kind_has_made_by(kind)) {
		sc_bytes id = sc__pg_get_bytes(result, row, at++);
		if (id.size == sizeof out->made_by)
			memcpy(&out->made_by, id.data, sizeof out->made_by);
	}
	if (sc__kind_has_counters(kind)) {
		out->counters.on_hand = sc__pg_get_int(result, row, at++);
		out->counters.held = sc__pg_get_int(result, row, at++);
		out->counters.committed = sc__pg_get_int(result, row, at++);
		out->counters.floor = sc__pg_get_int(result, row, at++);
	}
	if (sc__kind_has_hold(kind)) {
		out->hold_state = (uint32_t)sc__pg_get_int(result, row, at++);
		out->deadline_ms = sc__pg_get_int(result, row, at++);
	}
	return at;
}

sc_status sc__pg_record_read(const PGresult *result, int row, int at, const sc_kind *kind, uint32_t mask,
                             sc_arena *arena, sc_record *out, sc_error *err)
{
	sc_record record = { .address = out->address };
	sc_status status = SC_OK;
	at = read_fixed(result, row, at, kind, &record);
	if ((mask & SC_READ_COLUMNS) != 0 && kind->column_count > 0) {
		status = read_values(result, row, at, kind, arena, &record.columns, err);
		at += (int)kind->column_count;
	}
	if (status == SC_OK && (mask & SC_READ_BODY) != 0 && sc__kind_has_body(kind))
		status = sc__pg_copy_bytes(result, row, at++, arena, &record.body, err);
	if (status == SC_OK && (mask & SC_READ_PERSONAL) != 0 && sc__kind_has_personal(kind))
		status = sc__pg_copy_bytes(result, row, at++, arena, &record.personal, err);
	if (status == SC_OK)
		*out = record;
	return status;
}
