/*
 * See shelf.h: a range looks at every row of its kind and keeps the first ones of a page. An engine with indexes asks
 * them instead; what has to come out is the same.
 */
#include "shelf.h"

#include <string.h>

struct walk {
	const sc_range *range;
	const sc_kind *kind;
	sc_value high;
	bool resumed;
	sc_record cursor; /* where the page before ended */
	sc_value columns[SC_COLUMNS_MAX];
};

static int compare(const sc_value *a, const sc_value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type != SC_VALUE_BYTES)
		return (a->number > b->number) - (a->number < b->number);
	size_t shorter = a->bytes.size < b->bytes.size ? a->bytes.size : b->bytes.size;
	int order = shorter > 0 ? memcmp(a->bytes.data, b->bytes.data, shorter) : 0;
	return order != 0 ? order : (a->bytes.size > b->bytes.size) - (a->bytes.size < b->bytes.size);
}

/* How many values of a row a range orders by, before its address: the columns of an index, the deadline of a hold. */
static uint32_t width(const struct walk *walk)
{
	if (walk->range->index < 0)
		return 0;
	return walk->kind->kind_class == SC_CLASS_HOLD ? 1 : walk->kind->indexes[walk->range->index].count;
}

static sc_value value_of(const struct walk *walk, const sc_record *row, uint32_t n)
{
	if (walk->range->index == SC_BY_SUB)
		return SC_VALUE_OF_BYTES(row->address.sub, row->address.sub_size);
	if (walk->range->index == SC_BY_ADDRESS)
		return SC_VALUE_OF_BYTES(row->address.key, row->address.key_size);
	if (walk->kind->kind_class == SC_CLASS_HOLD)
		return SC_VALUE_OF_INT(row->deadline_ms);
	return row->columns != NULL ? row->columns[walk->kind->indexes[walk->range->index].columns[n]] : SC_VALUE_NONE;
}

static int order_of(const struct walk *walk, const sc_record *a, const sc_record *b)
{
	int order = 0;
	for (uint32_t n = 0; order == 0 && n < width(walk); n++) {
		const sc_value left = value_of(walk, a, n), right = value_of(walk, b, n);
		order = compare(&left, &right);
	}
	if (order == 0)
		order = sc_address_compare(&a->address, &b->address);
	return (walk->range->flags & SC_RANGE_DESCENDING) != 0 ? -order : order;
}

/* A row with NULL in any column of an index is not in it; nor is a hold that nobody waits for. */
static bool is_indexed(const struct walk *walk, const sc_record *row)
{
	if (walk->range->index >= 0 && walk->kind->kind_class == SC_CLASS_HOLD)
		return row->hold_state == SC_HOLD_HELD && row->deadline_ms != 0;
	for (uint32_t n = 0; n < width(walk); n++)
		if (value_of(walk, row, n).type == SC_VALUE_NULL)
			return false;
	return true;
}

static bool is_inside(const struct walk *walk, const sc_record *row)
{
	const sc_range *range = walk->range;
	if (row->address.kind != range->kind || !is_indexed(walk, row))
		return false;
	if (range->index == SC_BY_SUB && (row->address.key_size != range->key.size ||
	                                  memcmp(row->address.key, range->key.data, range->key.size) != 0))
		return false;
	for (uint32_t n = 0; n < range->equal_count; n++) {
		const sc_value value = value_of(walk, row, n);
		if (compare(&value, &range->equal[n]) != 0)
			return false;
	}
	if (range->index >= 0 && range->equal_count == width(walk))
		return true;
	const sc_value value = value_of(walk, row, range->equal_count);
	int low = range->low.type != SC_VALUE_NULL ? compare(&value, &range->low) : 1;
	int high = walk->high.type != SC_VALUE_NULL ? compare(&value, &walk->high) : -1;
	return (low > 0 || (low == 0 && (range->flags & SC_RANGE_LOW_EXCLUDED) == 0)) &&
	       (high < 0 || (high == 0 && (range->flags & SC_RANGE_HIGH_EXCLUDED) == 0));
}

/* The first rows of the range behind the cursor, in order; one more than the page holds says that there is more. */
static size_t choose(const struct shelf *shelf, const struct walk *walk, const struct row **page)
{
	size_t count = 0, most = walk->range->limit + 1;
	for (size_t i = 0; i < shelf->count; i++) {
		const struct row *row = shelf->rows[i];
		if (!is_inside(walk, &row->value) || (walk->resumed && order_of(walk, &row->value, &walk->cursor) <= 0))
			continue;
		size_t at = count;
		while (at > 0 && order_of(walk, &row->value, &page[at - 1]->value) < 0)
			at--;
		if (at == most)
			continue;
		count += count < most;
		memmove(page + at + 1, page + at, (count - at - 1) * sizeof(*page));
		page[at] = row;
	}
	return count;
}

/* A cursor says which range it is of, and is the last row without its body. */
struct cursor {
	uint16_t kind;
	int16_t index;
	uint32_t descending;
};

static bool start(struct shelf *shelf, const sc_range *range, struct walk *walk)
{
	*walk = (struct walk){ .range = range, .kind = sc_kind_find(range->kind), .high = range->high };
	if ((range->flags & SC_RANGE_UNTIL_NOW) != 0) {
		walk->high.type = SC_VALUE_INT;
		if (__builtin_add_overflow(shelf_time(shelf), range->high.number, &walk->high.number))
			walk->high.number = range->high.number < 0 ? INT64_MIN : INT64_MAX;
	}
	walk->resumed = range->cursor.size > 0;
	if (!walk->resumed)
		return true;
	struct cursor cursor;
	if (range->cursor.size < sizeof(cursor))
		return false;
	memcpy(&cursor, range->cursor.data, sizeof(cursor));
	const sc_bytes rest = { (const char *)range->cursor.data + sizeof(cursor),
		                range->cursor.size - sizeof(cursor) };
	return cursor.kind == range->kind && cursor.index == range->index &&
	       cursor.descending == (range->flags & SC_RANGE_DESCENDING) &&
	       row_unpack(rest, walk->columns, &walk->cursor) && walk->cursor.address.kind == range->kind &&
	       is_indexed(walk, &walk->cursor);
}

static bool make_cursor(const sc_range *range, const sc_record *last, sc_arena *arena, sc_bytes *out)
{
	const struct cursor cursor = { range->kind, range->index, range->flags & SC_RANGE_DESCENDING };
	sc_record row = *last;
	row.body = row.personal = (sc_bytes){ NULL, 0 };
	char *packed = sc_arena_alloc(arena, sizeof(cursor) + row_pack(&row, NULL));
	if (packed == NULL)
		return false;
	memcpy(packed, &cursor, sizeof(cursor));
	*out = (sc_bytes){ packed, sizeof(cursor) + row_pack(&row, packed + sizeof(cursor)) };
	return true;
}

static bool fill(const struct shelf *shelf, const struct walk *walk, sc_arena *arena, sc_page *out)
{
	const sc_range *range = walk->range;
	const struct row **chosen = sc_arena_alloc(arena, (range->limit + 1) * sizeof(*chosen));
	size_t found = chosen != NULL ? choose(shelf, walk, chosen) : 0;
	size_t count = found < range->limit ? found : range->limit;
	sc_record *records = sc_arena_alloc(arena, (count + 1) * sizeof(*records));
	if (chosen == NULL || records == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!row_copy(chosen[i], range->mask, arena, &records[i]))
			return false;
	*out = (sc_page){ .records = records, .count = count };
	return found == count || make_cursor(range, &chosen[count - 1]->value, arena, &out->next);
}

sc_status shelf_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                      sc_page *out, int64_t *now_ms, sc_error *err)
{
	struct shelf *shelf = ctx;
	(void)call;
	sc_status status = shelf_lock(shelf, err);
	if (status != SC_OK)
		return status;
	*now_ms = shelf_time(shelf);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		struct walk walk;
		if (!start(shelf, &ranges[i], &walk)) {
			status = shelf_fail(err, SC_BAD_ARGUMENT, "not a cursor of this range");
			if (err != NULL) {
				err->index = (int32_t)i;
				memcpy(err->field, "cursor", sizeof("cursor"));
			}
		} else if (!fill(shelf, &walk, arena, &out[i])) {
			status = shelf_fail(err, SC_NO_MEMORY, "no memory for what was read");
		}
	}
	shelf_unlock(shelf);
	return status;
}
