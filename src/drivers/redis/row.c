/*
 * A row as one run of bytes: version and entry (its head, which the commit script writes), end of its lifetime, shape,
 * and then what its kind has, in this order: counters; a hold's state and deadline; the group that made it; columns;
 * body; personal part. Numbers have eight bytes, the high one first.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/kind_parts.h"

#include <string.h>

void sc__put_u64(uint8_t *at, uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		at[i] = (uint8_t)number;
}

uint64_t sc__get_u64(const uint8_t *at)
{
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | at[i];
	return number;
}

/* ---- writing ---- */

static uint8_t *put(uint8_t *at, const void *data, size_t size)
{
	if (size > 0)
		memcpy(at, data, size);
	return at + size;
}

static uint8_t *put_number(uint8_t *at, int64_t number)
{
	sc__put_u64(at, (uint64_t)number);
	return at + 8;
}

static uint8_t *put_bytes(uint8_t *at, sc_bytes bytes)
{
	return put(put_number(at, (int64_t)bytes.size), bytes.data, bytes.size);
}

static size_t size_of(const sc_kind *kind, const sc_record *record)
{
	size_t size = 9 * 8 + sizeof(sc_id) + record->body.size + record->personal.size;
	for (uint32_t i = 0; i < kind->column_count; i++)
		size += 9 + (record->columns == NULL ? 0 : record->columns[i].bytes.size);
	return size;
}

static uint8_t *put_columns(uint8_t *at, const sc_kind *kind, const sc_value *columns)
{
	for (uint32_t i = 0; i < kind->column_count; i++) {
		uint8_t type = columns == NULL ? SC_VALUE_NULL : (uint8_t)columns[i].type;
		*at++ = type;
		if (type == SC_VALUE_INT)
			at = put_number(at, columns[i].number);
		else if (type == SC_VALUE_BYTES)
			at = put_bytes(at, columns[i].bytes);
	}
	return at;
}

bool sc__row_pack(const sc_record *record, sc_arena *arena, sc_bytes *out)
{
	const sc_kind *kind = sc_kind_find(record->address.kind);
	uint8_t *start = (uint8_t *)sc__arena_bytes(arena, size_of(kind, record)), *at = start;
	if (start == NULL)
		return false;
	at = put_number(at, record->expires_ms);
	at = put_number(at, record->shape);
	if (sc__kind_has_counters(kind)) {
		at = put_number(at, record->counters.on_hand);
		at = put_number(at, record->counters.held);
		at = put_number(at, record->counters.committed);
		at = put_number(at, record->counters.floor);
	}
	if (sc__kind_has_hold(kind)) {
		at = put_number(at, record->hold_state);
		at = put_number(at, record->deadline_ms);
	}
	if (sc__kind_has_made_by(kind))
		at = put(at, record->made_by.bytes, sizeof record->made_by.bytes);
	at = put_columns(at, kind, record->columns);
	if (sc__kind_has_body(kind))
		at = put_bytes(at, record->body);
	if (sc__kind_has_personal(kind))
		at = put_bytes(at, record->personal);
	*out = (sc_bytes){ start, (size_t)(at - start) };
	return true;
}

/* ---- reading ---- */

struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static const void *get(struct reader *reader, size_t size)
{
	const uint8_t *start = reader->at;
	if (reader->bad || (size_t)(reader->end - start) < size) {
		reader->bad = true;
		return NULL;
	}
	reader->at += size;
	return start;
}

static int64_t get_number(struct reader *reader)
{
	const void *bytes = get(reader, 8);
	return bytes == NULL ? 0 : (int64_t)sc__get_u64(bytes);
}

static sc_bytes get_bytes(struct reader *reader)
{
	size_t size = (size_t)get_number(reader);
	const void *data = get(reader, size);
	return data == NULL ? (sc_bytes){ NULL, 0 } : (sc_bytes){ data, size };
}

static void get_columns(struct reader *reader, const sc_kind *kind, sc_value *columns)
{
	for (uint32_t i = 0; i < kind->column_count; i++) {
		const uint8_t *type = get(reader, 1);
		sc_value value = SC_VALUE_NONE;
		if (type != NULL && *type == SC_VALUE_INT) {
			value = SC_VALUE_OF_INT(get_number(reader));
		} else if (type != NULL && *type == SC_VALUE_BYTES) {
			sc_bytes bytes = get_bytes(reader);
			value = SC_VALUE_OF_BYTES(bytes.data, bytes.size);
		}
		if (columns != NULL)
			columns[i] = value;
	}
}

static void get_parts(struct reader *reader, const sc_kind *kind, uint32_t mask, sc_value *columns, sc_record *out)
{
	if (sc__kind_has_counters(kind)) {
		out->counters.on_hand = get_number(reader);
		out->counters.held = get_number(reader);
		out->counters.committed = get_number(reader);
		out->counters.floor = get_number(reader);
	}
	if (sc__kind_has_hold(kind)) {
		out->hold_state = (uint32_t)get_number(reader);
		out->deadline_ms = get_number(reader);
	}
	const void *made_by = sc__kind_has_made_by(kind) ? get(reader, sizeof out->made_by.bytes) : NULL;
	if (made_by != NULL)
		memcpy(out->made_by.bytes, made_by, sizeof out->made_by.bytes);
	get_columns(reader, kind, columns);
	out->columns = columns;
	if (sc__kind_has_body(kind)) {
		sc_bytes body = get_bytes(reader);
		out->body = (mask & SC_READ_BODY) != 0 ? body : (sc_bytes){ NULL, 0 };
	}
	if (sc__kind_has_personal(kind)) {
		sc_bytes personal = get_bytes(reader);
		out->personal = (mask & SC_READ_PERSONAL) != 0 ? personal : (sc_bytes){ NULL, 0 };
	}
}

sc_status sc__row_unpack(sc_bytes packed, uint32_t mask, sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(out->address.kind);
	struct reader reader = { packed.data, (const uint8_t *)packed.data + packed.size, false };
	sc_record record = { .address = out->address };
	sc_value *columns = NULL;
	if ((mask & SC_READ_COLUMNS) != 0 && kind->column_count > 0) {
		columns = sc__arena_array(arena, kind->column_count, sizeof *columns);
		if (columns == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	}
	record.version = (uint64_t)get_number(&reader);
	record.entry = (uint64_t)get_number(&reader);
	record.expires_ms = get_number(&reader);
	record.shape = (uint32_t)get_number(&reader);
	get_parts(&reader, kind, mask, columns, &record);
	if (reader.bad || reader.at != reader.end || record.version == 0)
		return sc__fail(err, SC_DAMAGED, "a row of %s cannot be read", kind->name);
	*out = record;
	return SC_OK;
}

/* ---- the table of ids: position, as a head, and the rest of a stored outcome ---- */

bool sc__outcome_pack(const sc_stored_outcome *outcome, sc_arena *arena, sc_bytes *out)
{
	uint8_t *start = (uint8_t *)sc__arena_bytes(arena, 6 * 8), *at = start;
	if (start == NULL)
		return false;
	at = put_number(at, outcome->status);
	at = put_number(at, outcome->change);
	at = put_number(at, outcome->line);
	at = put_number(at, outcome->wanted);
	at = put_number(at, outcome->available);
	at = put_number(at, outcome->time_ms);
	*out = (sc_bytes){ start, (size_t)(at - start) };
	return true;
}

sc_status sc__outcome_unpack(sc_bytes packed, sc_stored_outcome *out, sc_error *err)
{
	struct reader reader = { packed.data, (const uint8_t *)packed.data + packed.size, false };
	sc_stored_outcome outcome = { 0 };
	outcome.position = (uint64_t)get_number(&reader);
	outcome.status = (int32_t)get_number(&reader);
	outcome.change = (uint32_t)get_number(&reader);
	outcome.line = (uint32_t)get_number(&reader);
	outcome.wanted = get_number(&reader);
	outcome.available = get_number(&reader);
	outcome.time_ms = get_number(&reader);
	if (reader.bad || reader.at != reader.end)
		return sc__fail(err, SC_DAMAGED, "a line of the table of ids cannot be read");
	*out = outcome;
	return SC_OK;
}
