/* See shelf.h. Numbers lie as they do in memory: the file stays on its machine. */
#include "shelf.h"

#include <string.h>

struct head {
	uint64_t version, entry;
	int64_t expires_ms, deadline_ms;
	sc_counters counters;
	sc_id made_by;
	uint32_t hold_state, shape, body_size, personal_size;
	uint16_t kind, key_size, sub_size, column_count;
};

struct column {
	uint32_t type, size;
	int64_t number;
};

static void put(char *out, size_t *at, const void *data, size_t size)
{
	if (out != NULL && size > 0)
		memcpy(out + *at, data, size);
	*at += size;
}

size_t row_pack(const sc_record *record, void *out)
{
	const sc_kind *kind = sc_kind_find(record->address.kind);
	size_t at = 0, columns = kind != NULL && record->columns != NULL ? kind->column_count : 0;
	const struct head head = { record->version,
		                   record->entry,
		                   record->expires_ms,
		                   record->deadline_ms,
		                   record->counters,
		                   record->made_by,
		                   record->hold_state,
		                   record->shape,
		                   (uint32_t)record->body.size,
		                   (uint32_t)record->personal.size,
		                   record->address.kind,
		                   record->address.key_size,
		                   record->address.sub_size,
		                   (uint16_t)columns };
	put(out, &at, &head, sizeof(head));
	for (size_t i = 0; i < columns; i++) {
		const sc_value *value = &record->columns[i];
		const struct column column = { value->type, (uint32_t)value->bytes.size, value->number };
		put(out, &at, &column, sizeof(column));
		put(out, &at, value->bytes.data, value->bytes.size);
	}
	put(out, &at, record->address.key, record->address.key_size);
	put(out, &at, record->address.sub, record->address.sub_size);
	put(out, &at, record->body.data, record->body.size);
	put(out, &at, record->personal.data, record->personal.size);
	return at;
}

/* Takes bytes off the front. false: there are not so many. */
static bool take(sc_bytes *from, size_t size, const void **out)
{
	*out = from->data;
	if (from->size < size)
		return false;
	*from = (sc_bytes){ (const char *)from->data + size, from->size - size };
	return true;
}

static bool take_columns(sc_bytes *from, size_t count, sc_value columns[SC_COLUMNS_MAX])
{
	for (size_t i = 0; i < count; i++) {
		struct column column;
		const void *data;
		if (!take(from, sizeof(column), &data))
			return false;
		memcpy(&column, data, sizeof(column));
		if (!take(from, column.size, &data))
			return false;
		columns[i] = (sc_value){ .type = column.type, .number = column.number, .bytes = { data, column.size } };
	}
	return true;
}

bool row_unpack(sc_bytes from, sc_value columns[SC_COLUMNS_MAX], sc_record *out)
{
	struct head head;
	const void *data, *key, *sub, *body, *personal;
	if (!take(&from, sizeof(head), &data))
		return false;
	memcpy(&head, data, sizeof(head));
	const sc_kind *kind = sc_kind_find(head.kind);
	if (head.column_count > 0 && (kind == NULL || head.column_count != kind->column_count))
		return false;
	if (!take_columns(&from, head.column_count, columns) || !take(&from, head.key_size, &key) ||
	    !take(&from, head.sub_size, &sub) || !take(&from, head.body_size, &body) ||
	    !take(&from, head.personal_size, &personal) || from.size > 0)
		return false;
	*out = (sc_record){ .address = { key, sub, head.key_size, head.sub_size, head.kind, 0 },
		            .version = head.version,
		            .entry = head.entry,
		            .columns = head.column_count > 0 ? columns : NULL,
		            .body = { body, head.body_size },
		            .personal = { personal, head.personal_size },
		            .expires_ms = head.expires_ms,
		            .counters = head.counters,
		            .deadline_ms = head.deadline_ms,
		            .made_by = head.made_by,
		            .hold_state = head.hold_state,
		            .shape = head.shape };
	return true;
}

struct row *row_make(const sc_env *env, const sc_record *record)
{
	size_t size = row_pack(record, NULL);
	struct row *row = env->resize(env->ctx, NULL, sizeof(*row) + size);
	if (row == NULL)
		return NULL;
	row->size = row_pack(record, row->packed);
	row_unpack((sc_bytes){ row->packed, size }, row->columns, &row->value);
	return row;
}

bool row_copy(const struct row *row, uint32_t mask, sc_arena *arena, sc_record *out)
{
	char *packed = sc_arena_dup(arena, row->packed, row->size);
	sc_value *columns = sc_arena_alloc(arena, sizeof(row->columns));
	if (packed == NULL || columns == NULL || !row_unpack((sc_bytes){ packed, row->size }, columns, out))
		return false;
	if ((mask & SC_READ_COLUMNS) == 0)
		out->columns = NULL;
	if ((mask & SC_READ_BODY) == 0)
		out->body = (sc_bytes){ NULL, 0 };
	if ((mask & SC_READ_PERSONAL) == 0)
		out->personal = (sc_bytes){ NULL, 0 };
	return true;
}
