/* See range_walk.h. */
#include "drivers/range_walk.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/kind_parts.h"

/* Holds have one index that stands in no table of kinds. */
static const char hold_filter[] = "state = 1 AND deadline > 0";

static sc_status plan_index(sc__range_walk *walk, const sc_range *range, sc_error *err)
{
	const sc_kind *kind = walk->kind;
	if (sc__kind_has_hold(kind)) {
		walk->order[walk->order_count++] = "deadline";
		walk->filter = hold_filter;
	} else {
		if ((uint32_t)range->index >= kind->index_count)
			return sc__bad(err, SC_BAD_ARGUMENT, "index", "%s has no index %d", kind->name, range->index);
		const sc_index *index = &kind->indexes[range->index];
		for (uint8_t i = 0; i < index->count; i++) {
			const char *name = kind->columns[index->columns[i]].name;
			if (i < range->equal_count)
				walk->equal[walk->equal_count++] = name;
			else
				walk->order[walk->order_count++] = name;
		}
		walk->indexed = true;
	}
	walk->order[walk->order_count++] = "key";
	walk->order[walk->order_count++] = "sub";
	return SC_OK;
}

sc_status sc__range_plan(sc__range_walk *walk, const sc_range *range, sc_error *err)
{
	*walk = (sc__range_walk){ .kind = sc_kind_find(range->kind) };
	if (walk->kind == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "no such kind: %u", range->kind);
	sc_status status = SC_OK;
	if (range->index == SC_BY_SUB) {
		walk->equal[walk->equal_count++] = "key";
		walk->order[walk->order_count++] = "sub";
	} else if (range->index == SC_BY_ADDRESS) {
		walk->order[walk->order_count++] = "key";
		walk->order[walk->order_count++] = "sub";
	} else {
		status = plan_index(walk, range, err);
	}
	bool resumes = range->cursor.size > 0, descending = (range->flags & SC_RANGE_DESCENDING) != 0;
	if (status == SC_OK && resumes)
		status = sc__cursor_unpack(range, walk->cursor, walk->order_count, err);
	/* The cursor is the tighter bound on its side. */
	walk->low = range->low.type != SC_VALUE_NULL && !(resumes && !descending);
	walk->high = (range->high.type != SC_VALUE_NULL || (range->flags & SC_RANGE_UNTIL_NOW) != 0) &&
	             !(resumes && descending);
	return status;
}

uint64_t sc__range_shape(const sc__range_walk *walk, const sc_range *range)
{
	uint64_t shape = (uint64_t)(range->index + 2) & 0xFF;
	shape = shape << 4 | range->equal_count;
	shape = shape << 3 | (range->flags & (SC_RANGE_DESCENDING | SC_RANGE_LOW_EXCLUDED | SC_RANGE_HIGH_EXCLUDED));
	shape = shape << 3 | (uint64_t)walk->low << 2 | (uint64_t)walk->high << 1 | (range->cursor.size > 0);
	return shape << 3 | (range->mask & SC_READ_ALL);
}

static void add_conditions(sc__sql *sql, const sc__range_walk *walk, const sc_range *range)
{
	sc__sql_add(sql, " WHERE %s", walk->filter != NULL ? walk->filter : "TRUE");
	for (size_t i = 0; i < walk->equal_count; i++)
		sc__sql_add(sql, " AND \"%s\" = ?", walk->equal[i]);
	for (size_t i = 0; walk->indexed && i + 2 < walk->order_count; i++)
		sc__sql_add(sql, " AND \"%s\" IS NOT NULL", walk->order[i]);
	if (walk->low)
		sc__sql_add(sql, " AND \"%s\" %s ?", walk->order[0],
		            (range->flags & SC_RANGE_LOW_EXCLUDED) != 0 ? ">" : ">=");
	if (walk->high)
		sc__sql_add(sql, " AND \"%s\" %s ?", walk->order[0],
		            (range->flags & SC_RANGE_HIGH_EXCLUDED) != 0 ? "<" : "<=");
	if (range->cursor.size == 0)
		return;
	for (size_t i = 0; i < walk->order_count; i++)
		sc__sql_add(sql, "%s\"%s\"", i == 0 ? " AND (" : ", ", walk->order[i]);
	sc__sql_add(sql, ") %s (", (range->flags & SC_RANGE_DESCENDING) != 0 ? "<" : ">");
	for (size_t i = 0; i < walk->order_count; i++)
		sc__sql_add(sql, i == 0 ? "?" : ", ?");
	sc__sql_add(sql, ")");
}

void sc__range_text(const sc__range_walk *walk, const sc_range *range, sc__sql *sql)
{
	sc__sql_add(sql, "SELECT key, sub");
	for (size_t i = 0; i + 2 < walk->order_count; i++)
		sc__sql_add(sql, ", \"%s\"", walk->order[i]);
	sc__sql_add(sql, ", ");
	sc__sql_add_record(sql, walk->kind, range->mask);
	sc__sql_add(sql, " FROM \"%s\"", walk->kind->name);
	add_conditions(sql, walk, range);
	for (size_t i = 0; i < walk->order_count; i++)
		sc__sql_add(sql, "%s\"%s\"%s", i == 0 ? " ORDER BY " : ", ", walk->order[i],
		            (range->flags & SC_RANGE_DESCENDING) != 0 ? " DESC" : "");
	sc__sql_add(sql, " LIMIT ?");
}

sc_status sc__page_room(sc_page *page, size_t *capacity, uint32_t limit, sc_arena *arena, sc_error *err)
{
	if (page->count < *capacity)
		return SC_OK;
	size_t wanted = *capacity == 0 ? 16 : *capacity * 4;
	if (wanted > limit)
		wanted = limit;
	sc_record *records = sc__arena_resize(arena, page->records, *capacity * sizeof *records,
	                                      wanted * sizeof *records);
	if (records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page");
	page->records = records;
	*capacity = wanted;
	return SC_OK;
}
