/* See cursor.h. Numbers are stored as they are in memory: a cursor lives no longer than its process. */
#include "drivers/memory/cursor.h"

#include "base/arena.h"

#include <string.h>

struct head {
	uint16_t kind, order, key_size, sub_size;
	uint32_t descending;
	uint32_t width; /* of columns that follow */
};

struct column_head {
	uint32_t type, size;
	int64_t number;
};

static size_t packed_size(const struct spot *spot)
{
	size_t size = sizeof(struct head) + spot->width * sizeof(struct column_head) + spot->address.key_size +
	              spot->address.sub_size;
	for (uint32_t n = 0; n < spot->width; n++)
		size += spot->values[n].bytes.size;
	return size;
}

static char *put(char *at, const void *data, size_t size)
{
	if (size > 0)
		memcpy(at, data, size);
	return at + size;
}

bool cursor_pack(const sc_range *range, const struct order *order, const struct row *row, sc_arena *arena,
                 sc_bytes *out)
{
	struct spot spot;
	spot_of(order, row, &spot);
	size_t size = packed_size(&spot);
	char *at = sc__arena_bytes(arena, size);
	if (at == NULL)
		return false;
	*out = (sc_bytes){ at, size };
	struct head head = { range->kind,
		             order->number,
		             spot.address.key_size,
		             spot.address.sub_size,
		             range->flags & SC_RANGE_DESCENDING,
		             spot.width };
	at = put(at, &head, sizeof head);
	for (uint32_t n = 0; n < spot.width; n++) {
		const sc_value *value = &spot.values[n];
		struct column_head column = { value->type, (uint32_t)value->bytes.size, value->number };
		at = put(at, &column, sizeof column);
		at = put(at, value->bytes.data, value->bytes.size);
	}
	at = put(at, spot.address.key, spot.address.key_size);
	put(at, spot.address.sub, spot.address.sub_size);
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

static bool take_column(sc_bytes *from, sc_value *out)
{
	struct column_head column;
	if (!take(from, &column, sizeof column) || column.size > from->size)
		return false;
	*out = (sc_value){ .type = column.type, .number = column.number, .bytes = { from->data, column.size } };
	*from = (sc_bytes){ (const char *)from->data + column.size, from->size - column.size };
	return column.type == SC_VALUE_INT || column.type == SC_VALUE_BYTES;
}

bool cursor_unpack(const sc_range *range, const struct order *order, struct spot *out)
{
	sc_bytes from = range->cursor;
	struct head head;
	out->width = order_width(order);
	if (!take(&from, &head, sizeof head) || head.kind != range->kind || head.order != order->number ||
	    head.descending != (range->flags & SC_RANGE_DESCENDING) || head.width != out->width)
		return false;
	for (uint32_t n = 0; n < head.width; n++)
		if (!take_column(&from, &out->values[n]))
			return false;
	if (head.key_size < 1 || from.size != (size_t)head.key_size + head.sub_size)
		return false;
	out->address = (sc_address){ .key = from.data,
		                     .sub = (const char *)from.data + head.key_size,
		                     .key_size = head.key_size,
		                     .sub_size = head.sub_size,
		                     .kind = head.kind };
	return true;
}
