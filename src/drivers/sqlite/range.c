/*
 * Reads in order: the subs of a key, a whole kind, or an index; a page at a time.
 *
 * Which statement that takes is the same for every SQL driver, see drivers/range_walk.h.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/range_walk.h"
#include "drivers/sqlite/read.h"

#include <string.h>

static sc_status statement_of(sc__connection *connection, const sc__range_walk *walk, const sc_range *range,
                              sqlite3_stmt **out, sc_error *err)
{
	uint64_t key = sc__statement_key(SC__RANGE, range->kind, sc__range_shape(walk, range));
	*out = sc__statement_find(connection, key);
	if (*out != NULL)
		return SC_OK;
	sc__sql sql = { 0 };
	sc__range_text(walk, range, &sql);
	return sc__statement_make(connection, key, sql.text, out, err);
}

static void bind(sqlite3_stmt *stmt, const sc__range_walk *walk, const sc_range *range, int64_t now_ms)
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
static void read_order(sqlite3_stmt *stmt, const sc__range_walk *walk, const sc_address *address, sc_value *out)
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

static sc_status read_rows(sqlite3 *db, sqlite3_stmt *stmt, const sc__range_walk *walk, const sc_range *range,
                           sc_arena *arena, sc_page *page, sc_error *err)
{
	size_t capacity = 0;
	int first = 2 + (walk->order_count > 2 ? (int)walk->order_count - 2 : 0);
	sc_value last[SC__ORDER_MAX] = { 0 };
	sc_status status = SC_OK;
	int code = sqlite3_step(stmt);
	for (; code == SQLITE_ROW && page->count < range->limit; code = sqlite3_step(stmt)) {
		status = sc__page_room(page, &capacity, range->limit, arena, err);
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
	sc__range_walk walk;
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__range_plan(&walk, range, err);
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
