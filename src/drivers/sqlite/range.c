/*
 * Reads in order: the subs of a key, a whole kind, or an index; a page at a time.
 *
 * A page goes on where the one before stopped, by the values it is ordered by and not by counting, so
 * a page costs the same wherever it is. Each shape of range has its own statement; values are bound.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/sqlite/cursor.h"
#include "drivers/sqlite/read.h"

#include <string.h>

/* Holds have one index that stands in no table of kinds. */
static const char hold_filter[] = "state = 1 AND deadline > 0";

typedef struct range_walk {
	const sc_kind *kind;
	const char *equal[SC_INDEX_COLUMNS_MAX]; /* columns that have one value */
	size_t equal_count;
	const char *order[SC__ORDER_MAX]; /* the others, then the address */
	size_t order_count;
	const char *filter; /* the condition of a partial index, or NULL */
	bool indexed;       /* the columns in `order` but the last two are not NULL */
	bool low, high;     /* bounds that the statement has */
	sc_value cursor[SC__ORDER_MAX];
} range_walk;

static sc_status plan_index(range_walk *walk, const sc_range *range, sc_error *err)
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

static sc_status plan(range_walk *walk, const sc_range *range, sc_error *err)
{
	walk->kind = sc_kind_find(range->kind);
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

static uint64_t shape_of(const range_walk *walk, const sc_range *range)
{
	uint64_t shape = (uint64_t)(range->index + 2) & 0xFF;
	shape = shape << 4 | range->equal_count;
	shape = shape << 3 | (range->flags & (SC_RANGE_DESCENDING | SC_RANGE_LOW_EXCLUDED | SC_RANGE_HIGH_EXCLUDED));
	shape = shape << 3 | (uint64_t)walk->low << 2 | (uint64_t)walk->high << 1 | (range->cursor.size > 0);
	return shape << 3 | (range->mask & SC_READ_ALL);
}

static void add_conditions(sc__sql *sql, const range_walk *walk, const sc_range *range)
{
	sc__sql_add(sql, " WHERE %s", walk->filter != NULL ? walk->filter : "1");
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

static sc_status statement_of(sc__connection *connection, const range_walk *walk, const sc_range *range,
                              sqlite3_stmt **out, sc_error *err)
{
	uint64_t key = sc__statement_key(SC__RANGE, range->kind, shape_of(walk, range));
	*out = sc__statement_find(connection, key);
	if (*out != NULL)
		return SC_OK;
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "SELECT key, sub");
	for (size_t i = 0; i + 2 < walk->order_count; i++)
		sc__sql_add(&sql, ", \"%s\"", walk->order[i]);
	sc__sql_add(&sql, ", ");
	sc__record_columns(&sql, walk->kind, range->mask);
	sc__sql_add(&sql, " FROM \"%s\"", walk->kind->name);
	add_conditions(&sql, walk, range);
	for (size_t i = 0; i < walk->order_count; i++)
		sc__sql_add(&sql, "%s\"%s\"%s", i == 0 ? " ORDER BY " : ", ", walk->order[i],
		            (range->flags & SC_RANGE_DESCENDING) != 0 ? " DESC" : "");
	sc__sql_add(&sql, " LIMIT ?");
	return sc__statement_make(connection, key, sql.text, out, err);
}

static void bind(sqlite3_stmt *stmt, const range_walk *walk, const sc_range *range, int64_t now_ms)
{
	int at = 1;
	if (range->index == SC_BY_SUB)
		sc__bind_bytes(stmt, at++, range->key.data, range->key.size);
	else
		for (size_t i = 0; i < walk->equal_count; i++)
			sc__bind_value(stmt, at++, &range->equal[i]);
	if (walk->low)
		sc__bind_value(stmt, at++, &range->low);
	if (walk->high && (range->flags & SC_RANGE_UNTIL_NOW) != 0)
		sqlite3_bind_int64(stmt, at++, now_ms + range->high.number);
	else if (walk->high)
		sc__bind_value(stmt, at++, &range->high);
	for (size_t i = 0; range->cursor.size > 0 && i < walk->order_count; i++)
		sc__bind_value(stmt, at++, &walk->cursor[i]);
	sqlite3_bind_int64(stmt, at, (int64_t)range->limit + 1);
}

static sc_status read_address(sqlite3_stmt *stmt, uint16_t kind, sc_arena *arena, sc_address *out, sc_error *err)
{
	sc_bytes key, sub;
	sc_status status = sc__bytes_read(stmt, 0, arena, &key, err);
	if (status == SC_OK)
		status = sc__bytes_read(stmt, 1, arena, &sub, err);
	if (status == SC_OK)
		*out = (sc_address){ key.data, sub.data, (uint16_t)key.size, (uint16_t)sub.size, kind, 0 };
	return status;
}

/* The values that the row under the statement is ordered by. */
static void read_order(sqlite3_stmt *stmt, const range_walk *walk, const sc_address *address, sc_value *out)
{
	size_t columns = walk->order_count > 2 ? walk->order_count - 2 : 0;
	for (size_t i = 0; i < columns; i++) {
		int at = 2 + (int)i;
		if (sqlite3_column_type(stmt, at) == SQLITE_INTEGER)
			out[i] = SC_VALUE_OF_INT(sqlite3_column_int64(stmt, at));
		else
			out[i] = SC_VALUE_OF_BYTES(sqlite3_column_blob(stmt, at),
			                           (size_t)sqlite3_column_bytes(stmt, at));
	}
	if (walk->order_count >= 2)
		out[columns++] = SC_VALUE_OF_BYTES(address->key, address->key_size);
	out[columns] = SC_VALUE_OF_BYTES(address->sub, address->sub_size);
}

static sc_status make_room(sc_page *page, size_t *capacity, uint32_t limit, sc_arena *arena, sc_error *err)
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

static sc_status read_rows(sqlite3 *db, sqlite3_stmt *stmt, const range_walk *walk, const sc_range *range,
                           sc_arena *arena, sc_page *page, sc_error *err)
{
	size_t capacity = 0;
	int first = 2 + (walk->order_count > 2 ? (int)walk->order_count - 2 : 0);
	sc_value last[SC__ORDER_MAX] = { 0 };
	sc_status status = SC_OK;
	int code = sqlite3_step(stmt);
	for (; code == SQLITE_ROW && page->count < range->limit; code = sqlite3_step(stmt)) {
		status = make_room(page, &capacity, range->limit, arena, err);
		if (status != SC_OK)
			return status;
		sc_record *record = &page->records[page->count];
		*record = (sc_record){ 0 };
		status = read_address(stmt, range->kind, arena, &record->address, err);
		if (status == SC_OK)
			status = sc__record_read(stmt, first, walk->kind, range->mask, arena, record, err);
		if (status != SC_OK)
			return status;
		page->count++;
		if (page->count < range->limit)
			continue;
		/* Packed before the next step takes the values away; kept only when there is a next row. */
		read_order(stmt, walk, &record->address, last);
		status = sc__cursor_pack(range, last, walk->order_count, arena, &page->next, err);
		if (status != SC_OK)
			return status;
	}
	if (code == SQLITE_ROW)
		return SC_OK;
	page->next = (sc_bytes){ NULL, 0 };
	return code == SQLITE_DONE ? SC_OK : sc__sqlite_fail(db, code, err);
}

static sc_status read_page(sc__connection *connection, const sc_range *range, int64_t now_ms, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	range_walk walk = { 0 };
	sqlite3_stmt *stmt = NULL;
	sc_status status = plan(&walk, range, err);
	if (status == SC_OK)
		status = statement_of(connection, &walk, range, &stmt, err);
	if (status != SC_OK)
		return status;
	bind(stmt, &walk, range, now_ms);
	sc_page page = { 0 };
	status = read_rows(connection->db, stmt, &walk, range, arena, &page, err);
	sqlite3_reset(stmt);
	if (status == SC_OK)
		*out = page;
	return status;
}

sc_status sc__sqlite_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, int64_t *now_ms, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__connection *connection = NULL;
	sc_status status = sc__read_start(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	int64_t now = sc__clock_now(store);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = read_page(connection, &ranges[i], now, arena, &out[i], err);
	sc__read_end(store, connection);
	if (status == SC_OK)
		*now_ms = now;
	return status;
}
