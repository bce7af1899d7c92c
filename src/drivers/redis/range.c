/*
 * Ranges: a page of an ordered set's members between two bounds, and then the rows they name.
 *
 * A page goes on behind the member it stopped at, so it costs the same wherever it is. A row that vanished between
 * the two reads is left out.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"
#include "drivers/cursor.h"

#include <string.h>

/* A bound as Redis takes it: "-", "+", or "[" or "(" and bytes. */
struct bounds {
	sc__name low, high;
};

static void set_open(sc__name *bound, const char *sign)
{
	bound->size = 0;
	sc__name_raw(bound, sign, 1);
}

/* What all members of the range begin with. */
static void put_prefix(sc__name *name, const sc_range *range)
{
	if (range->index == SC_BY_SUB)
		sc__name_bytes(name, range->key);
	for (uint32_t i = 0; i < range->equal_count; i++)
		sc__name_value(name, &range->equal[i]);
}

/* From behind all that begins with these bytes, if `past`. */
static void finish(sc__name *name, sc__name *bound, bool past, bool low)
{
	if (name->size == 0 || (past && !sc__name_successor(name))) {
		set_open(bound, low ? "-" : "+");
		return;
	}
	sc__name_raw(bound, low ? "[" : "(", 1);
	sc__name_raw(bound, name->data, name->size);
	bound->no_memory = bound->no_memory || name->no_memory;
}

static void set_bounds(struct bounds *out, const sc_range *range, int64_t now_ms, sc_arena *arena)
{
	sc_value high = range->high;
	sc__name name;
	if ((range->flags & SC_RANGE_UNTIL_NOW) != 0)
		high = SC_VALUE_OF_INT(now_ms + range->high.number);
	sc__name_init(&out->low, arena);
	sc__name_init(&out->high, arena);
	sc__name_init(&name, arena);
	put_prefix(&name, range);
	if (range->low.type != SC_VALUE_NULL)
		sc__name_value(&name, &range->low);
	finish(&name, &out->low, range->low.type != SC_VALUE_NULL && (range->flags & SC_RANGE_LOW_EXCLUDED) != 0, true);
	sc__name_init(&name, arena);
	put_prefix(&name, range);
	if (high.type != SC_VALUE_NULL)
		sc__name_value(&name, &high);
	finish(&name, &out->high, high.type == SC_VALUE_NULL || (range->flags & SC_RANGE_HIGH_EXCLUDED) == 0, false);
}

/* The page before stopped at a member: the tighter bound on that side. */
static sc_status resume(struct bounds *bounds, const sc_range *range, sc_error *err)
{
	sc_value member;
	if (range->cursor.size == 0)
		return SC_OK;
	sc_status status = sc__cursor_unpack(range, &member, 1, err);
	if (status != SC_OK || member.type != SC_VALUE_BYTES)
		return status != SC_OK ? status : sc__bad(err, SC_BAD_ARGUMENT, "cursor", "not a cursor of this range");
	sc__name *bound = (range->flags & SC_RANGE_DESCENDING) != 0 ? &bounds->high : &bounds->low;
	set_open(bound, "(");
	sc__name_raw(bound, member.bytes.data, member.bytes.size);
	return SC_OK;
}

sc_status sc__range_cursor(const sc_range *range, sc_bytes member, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	const sc_value value = SC_VALUE_OF_BYTES(member.data, member.size);
	return sc__cursor_pack(range, &value, 1, arena, out, err);
}

static sc_status ask_members(sc__domain *domain, const sc_call *call, const sc_range *range, int64_t now_ms,
                             sc_arena *arena, sc__request *request, sc_error *err)
{
	bool descending = (range->flags & SC_RANGE_DESCENDING) != 0;
	struct bounds bounds;
	sc__name set;
	set_bounds(&bounds, range, now_ms, arena);
	sc_status status = resume(&bounds, range, err);
	if (status != SC_OK)
		return status;
	sc__name_init(&set, arena);
	sc__name_index(&set, domain, range->kind, range->index);
	sc__request_init(request, arena);
	request->repeatable = true;
	sc__request_command(request, 7, descending ? "ZREVRANGEBYLEX" : "ZRANGEBYLEX");
	sc__request_bytes(request, sc__name_of(&set));
	sc__request_bytes(request, sc__name_of(descending ? &bounds.high : &bounds.low));
	sc__request_bytes(request, sc__name_of(descending ? &bounds.low : &bounds.high));
	sc__request_text(request, "LIMIT");
	sc__request_number(request, 0);
	sc__request_number(request, (int64_t)range->limit + 1);
	request->no_memory = request->no_memory || bounds.low.no_memory || bounds.high.no_memory || set.no_memory;
	status = sc__domain_exchange(domain, call, request, err);
	if (status == SC_OK && request->replies[0]->type != REDIS_REPLY_ARRAY)
		status = sc__reply_failed(request->replies[0], err);
	return status;
}

static sc_status read_rows(sc__domain *domain, const sc_call *call, const sc_range *range, const sc__reply *members,
                           size_t count, sc_arena *arena, sc_page *page, sc_error *err)
{
	sc__request request;
	sc_bytes part;
	sc_record *records = sc__arena_array(arena, count, sizeof *records);
	if (records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page");
	sc__request_init(&request, arena);
	request.repeatable = true;
	sc__request_command(&request, count + 1, "MGET");
	for (size_t i = 0; i < count; i++) {
		sc__name row;
		records[i] = (sc_record){ 0 };
		sc_status status = sc__member_address(members->items[i]->text, range->kind, range->index, arena,
		                                      &records[i].address, &part);
		if (status != SC_OK)
			return sc__fail(err, status, "a member of an index cannot be read");
		sc__name_init(&row, arena);
		sc__name_row_of_member(&row, domain, range->kind, part);
		sc__request_bytes(&request, sc__name_of(&row));
		request.no_memory = request.no_memory || row.no_memory;
	}
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK && request.replies[0]->count != count)
		status = sc__reply_failed(request.replies[0], err);
	page->records = records;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		const sc__reply *row = request.replies[0]->items[i];
		records[page->count] = records[i];
		if (row->type == REDIS_REPLY_STRING)
			status = sc__row_unpack(row->text, range->mask, arena, &records[page->count++], err);
	}
	return status;
}

static sc_status read_page(sc__domain *domain, const sc_call *call, const sc_range *range, int64_t now_ms,
                           sc_arena *arena, sc_page *out, sc_error *err)
{
	sc__request request;
	sc_page page = { 0 };
	sc_status status = ask_members(domain, call, range, now_ms, arena, &request, err);
	if (status != SC_OK)
		return status;
	const sc__reply *members = request.replies[0];
	size_t count = members->count < range->limit ? members->count : range->limit;
	if (count > 0)
		status = read_rows(domain, call, range, members, count, arena, &page, err);
	if (status == SC_OK && members->count > range->limit)
		status = sc__range_cursor(range, members->items[count - 1]->text, arena, &page.next, err);
	if (status == SC_OK)
		*out = page;
	return status;
}

sc_status sc__redis_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, int64_t *now_ms, sc_error *err)
{
	sc__domain *domain = ctx;
	sc__request request;
	sc__state state;
	sc__request_init(&request, arena);
	request.repeatable = true;
	sc__state_ask(domain, &request);
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	if (status == SC_OK)
		status = sc__state_read(domain, &request, 0, &state, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = read_page(domain, call, &ranges[i], state.now_ms, arena, &out[i], err);
	if (status == SC_OK)
		*now_ms = state.now_ms;
	return status;
}
