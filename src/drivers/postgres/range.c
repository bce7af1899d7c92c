/*
 * Reads in order: the subs of a key, a whole kind, or an index; a page at a time, many pages in a trip.
 * Which statement that takes is the same for every SQL driver, see drivers/range_walk.h.
 */
#include "drivers/range_walk.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/postgres/driver.h"

#define TRIP_MAX 32 /* ranges in one trip */

struct range_work {
	const sc_range *ranges;
	size_t count;
	sc_arena *arena;
	sc_page *out;
	int64_t now_ms;
};

static void bind(sc__pg_params *params, const sc__range_walk *walk, const sc_range *range, int64_t now_ms)
{
	if (range->index == SC_BY_SUB)
		sc__pg_param_bytes(params, range->key.data, range->key.size);
	else
		for (size_t i = 0; i < walk->equal_count; i++)
			sc__pg_param_value(params, &range->equal[i]);
	if (walk->low)
		sc__pg_param_value(params, &range->low);
	if (walk->high && (range->flags & SC_RANGE_UNTIL_NOW) != 0)
		sc__pg_param_int(params, now_ms + range->high.number);
	else if (walk->high)
		sc__pg_param_value(params, &range->high);
	for (size_t i = 0; range->cursor.size > 0 && i < walk->order_count; i++)
		sc__pg_param_value(params, &walk->cursor[i]);
	sc__pg_param_int(params, (int64_t)range->limit + 1);
}

static sc_status send(sc__pg_connection *connection, const sc__range_walk *walk, const sc_range *range, int64_t now_ms,
                      sc_error *err)
{
	uint64_t key = sc__pg_key(SC__PG_RANGE, range->kind, sc__range_shape(walk, range));
	sc__pg_params params = { .arena = &connection->arena };
	sc__sql sql = { 0 };
	if (!sc__pg_is_prepared(connection, key))
		sc__range_text(walk, range, &sql);
	bind(&params, walk, range, now_ms);
	return sc__pg_send(connection, key, sql.text, &params, err);
}

/* ---- answers --------------------------------------------------------------------------- */

static sc_status read_address(const PGresult *result, int row, uint16_t kind, sc_arena *arena, sc_address *out,
                              sc_error *err)
{
	sc_bytes key, sub;
	sc_status status = sc__pg_copy_bytes(result, row, 0, arena, &key, err);
	if (status == SC_OK)
		status = sc__pg_copy_bytes(result, row, 1, arena, &sub, err);
	if (status == SC_OK)
		*out = (sc_address){ key.data, sub.data, (uint16_t)key.size, (uint16_t)sub.size, kind, 0 };
	return status;
}

/* The type of the n-th column that the range is ordered by. */
static sc_value_type order_type(const sc__range_walk *walk, const sc_range *range, size_t n)
{
	if (sc__kind_has_hold(walk->kind))
		return SC_VALUE_INT;
	const sc_index *index = &walk->kind->indexes[range->index];
	return (sc_value_type)walk->kind->columns[index->columns[walk->equal_count + n]].type;
}

/* The values that a row is ordered by. */
static void read_order(const PGresult *result, int row, const sc__range_walk *walk, const sc_range *range,
                       const sc_address *address, sc_value *out)
{
	size_t columns = walk->order_count > 2 ? walk->order_count - 2 : 0;
	for (size_t i = 0; i < columns; i++) {
		int at = 2 + (int)i;
		sc_bytes bytes = sc__pg_get_bytes(result, row, at);
		if (order_type(walk, range, i) == SC_VALUE_INT)
			out[i] = SC_VALUE_OF_INT(sc__pg_get_int(result, row, at));
		else
			out[i] = SC_VALUE_OF_BYTES(bytes.data, bytes.size);
	}
	if (walk->order_count >= 2)
		out[columns++] = SC_VALUE_OF_BYTES(address->key, address->key_size);
	out[columns] = SC_VALUE_OF_BYTES(address->sub, address->sub_size);
}

static sc_status read_page(const PGresult *result, const sc__range_walk *walk, const sc_range *range, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	int first = 2 + (walk->order_count > 2 ? (int)walk->order_count - 2 : 0), rows = PQntuples(result);
	bool more = (uint32_t)rows > range->limit;
	size_t count = more ? range->limit : (size_t)rows;
	sc_page page = { .records = sc_arena_zalloc(arena, count * sizeof *page.records), .count = count };
	sc_status status = SC_OK;
	if (page.records == NULL && count > 0)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page");
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		sc_record *record = &page.records[i];
		status = read_address(result, (int)i, range->kind, arena, &record->address, err);
		if (status == SC_OK)
			status = sc__pg_record_read(result, (int)i, first, walk->kind, range->mask, arena, record, err);
	}
	if (status == SC_OK && more) {
		sc_value last[SC__ORDER_MAX] = { 0 };
		read_order(result, (int)count - 1, walk, range, &page.records[count - 1].address, last);
		status = sc__cursor_pack(range, last, walk->order_count, arena, &page.next, err);
	}
	if (status == SC_OK)
		*out = page;
	return status;
}

/* ---- trips ----------------------------------------------------------------------------- */

static sc_status trip(sc__pg_connection *connection, const sc__pg_wait *wait, const struct range_work *work, size_t at,
                      size_t count, sc_error *err)
{
	sc__range_walk *walks = sc__arena_array(&connection->arena, count, sizeof *walks);
	sc_status status = walks != NULL ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = sc__range_plan(&walks[i], &work->ranges[at + i], err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = send(connection, &walks[i], &work->ranges[at + i], work->now_ms, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		PGresult *result = NULL;
		status = sc__pg_result(connection, wait, &result, err);
		if (status == SC_OK)
			status = read_page(result, &walks[i], &work->ranges[at + i], work->arena, &work->out[at + i],
			                   err);
		PQclear(result);
	}
	return status == SC_OK ? sc__pg_drain(connection, wait, err) : status;
}

static sc_status walk_all(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                          sc_error *err)
{
	struct range_work *work = what;
	sc__pg_state state;
	sc_status status = sc__pg_state_read(connection, wait, &state, err);
	if (status == SC_OK)
		work->now_ms = sc__pg_read_clock(store, connection, &state);
	for (size_t at = 0; at < work->count && status == SC_OK; at += TRIP_MAX) {
		size_t count = work->count - at < TRIP_MAX ? work->count - at : TRIP_MAX;
		status = trip(connection, wait, work, at, count, err);
	}
	return status;
}

sc_status sc__pg_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err)
{
	struct range_work work = { ranges, count, arena, out, 0 };
	sc_status status = sc__pg_attempt_read(ctx, call, walk_all, &work, err);
	if (status == SC_OK)
		*now_ms = work.now_ms;
	return status;
}
