/* See cursor.h. Numbers are stored as they are in memory: a cursor lives no longer than its process. */
#include "drivers/memory/cursor.h"

#include "base/arena.h"

#include <string.h>

struct head {
	uint16_t kind, index, key_size, sub_size;
	uint32_t descending;
	uint32_t width; /* of columns that follow */
};

struct column_head {
	uint32_t type, size;
	int64_t number;
};

static uint32_t width_of(const struct table *table, uint16_t index)
{
	return index == INDEX_ADDRESS ? 0 : index_width(table->kind, index);
}

static size_t packed_size(const struct table *table, uint16_t index, const sc_record *row)
{
	uint32_t width = width_of(table, index);
	size_t size = sizeof(struct head) + width * sizeof(struct column_head) + row->address.key_size +
	              row->address.sub_size;
	for (uint32_t n = 0; n < width; n++)
		size += index_value(table->kind, index, row, n).bytes.size;
	return size;
}

static char *put(char *at, const void *data, size_t size)
{
	if (size > 0)
		memcpy(at, data, size);
	return at + size;
}

bool cursor_pack(const sc_range *range, const struct table *table, uint16_t index, const sc_record *row,
                 sc_arena *arena, sc_bytes *out)
{
	size_t size = packed_size(table, index, row);
	char *at = sc__arena_bytes(arena, size);
	if (at == NULL)
		return false;
	*out = (sc_bytes){ at, size };
	struct head head = { range->kind,
		             index,
		             row->address.key_size,
		             row->address.sub_size,
		             range->flags & SC_RANGE_DESCENDING,
		             width_of(table, index) };
	at = put(at, &head, sizeof head);
	for (uint32_t n = 0; n < head.width; n++) {
		sc_value value = index_value(table->kind, index, row, n);
		struct column_head column = { value.type, (uint32_t)value.bytes.size, value.number };
		at = put(at, &column, sizeof column);
		at = put(at, value.bytes.data, value.bytes.size);
	}
	at = put(at, row->address.key, row->address.key_size);
	put(at, row->address.sub, row->address.sub_size);
	return true;
}

static bool take(sc_bytes *from, void *out, size_t size)
{
	if (from->size < size)
		return false;
	memcpy(out, from->data, size);
	*from = (sc_bytes){ (const char *)from->data + size, from->size - size };
	return true;
}

static bool take_column(sc_bytes *from, const struct table *table, uint16_t index, uint32_t n, struct cursor *out)
{
	struct column_head column;
	if (!take(from, &column, sizeof column) || column.size > from->size)
		return false;
	sc_value value = { .type = column.type, .number = column.number, .bytes = { from->data, column.size } };
	*from = (sc_bytes){ (const char *)from->data + column.size, from->size - column.size };
	if (table->kind->kind_class == SC_CLASS_HOLD)
		out->row.deadline_ms = column.number;
	else
		out->columns[table->kind->indexes[index - INDEX_KIND].columns[n]] = value;
	return column.type == SC_VALUE_INT || column.type == SC_VALUE_BYTES;
}

bool cursor_unpack(const sc_range *range, const struct table *table, uint16_t index, struct cursor *out)
{
	sc_bytes from = range->cursor;
	struct head head;
	if (!take(&from, &head, sizeof head) || head.kind != range->kind || head.index != index ||
	    head.descending != (range->flags & SC_RANGE_DESCENDING) || head.width != width_of(table, index))
		return false;
	*out = (struct cursor){ .row = { .columns = out->columns } };
	for (uint32_t n = 0; n < head.width; n++)
		if (!take_column(&from, table, index, n, out))
			return false;
	if (head.key_size < 1 || from.size != (size_t)head.key_size + head.sub_size)
		return false;
	out->row.address = (sc_address){ .key = from.data,
		                         .sub = (const char *)from.data + head.key_size,
		                         .key_size = head.key_size,
		                         .sub_size = head.sub_size,
		                         .kind = head.kind };
	return true;
}
