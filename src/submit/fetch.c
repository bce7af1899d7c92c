/*
 * What many requests want, fetched in one go.
 *
 * A request that is alone is served as if it waited. When a fetch for many fails, each is served by itself, so that
 * what only one of them asked for cannot fail the others; groups are halved below sc__apply() already.
 */
#include "submit/round.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

sc_call sc__round_call(const sc__round *round)
{
	sc_call all = *round->wanting[0]->task.call;
	for (size_t i = 1; i < round->count; i++) {
		const sc_call *call = round->wanting[i]->task.call;
		if (call->deadline_ns == 0 || (all.deadline_ns != 0 && call->deadline_ns > all.deadline_ns))
			all.deadline_ns = call->deadline_ns;
		if (call->freshness_ms < all.freshness_ms)
			all.freshness_ms = call->freshness_ms;
	}
	return all;
}

/* ---- copies that outlive the round ------------------------------------------------------- */

static bool copy_bytes(sc_arena *arena, sc_bytes *bytes)
{
	if (bytes->size == 0)
		return true;
	bytes->data = sc_arena_dup(arena, bytes->data, bytes->size);
	return bytes->data != NULL;
}

static bool copy_record(sc_arena *arena, sc_record *record)
{
	const size_t count = sc_kind_find(record->address.kind)->column_count;
	if (record->columns && count > 0) {
		sc_value *columns = sc__arena_array(arena, count, sizeof(*columns));
		if (!columns)
			return false;
		memcpy(columns, record->columns, count * sizeof(*columns));
		for (size_t i = 0; i < count; i++)
			if (columns[i].type == SC_VALUE_BYTES && !copy_bytes(arena, &columns[i].bytes))
				return false;
		record->columns = columns;
	}
	return copy_bytes(arena, &record->body) && copy_bytes(arena, &record->personal);
}

/* Of a page: the address is the page's own, too. */
static bool copy_row(sc_arena *arena, sc_record *record)
{
	sc_bytes key = { record->address.key, record->address.key_size };
	sc_bytes sub = { record->address.sub, record->address.sub_size };
	if (!copy_bytes(arena, &key) || !copy_bytes(arena, &sub))
		return false;
	record->address.key = key.data;
	record->address.sub = sub.data;
	return copy_record(arena, record);
}

static sc_status no_memory(sc__submitted *submitted)
{
	return sc__fail(&submitted->err, SC_NO_MEMORY, "no memory for what was read");
}

/* ---- rows -------------------------------------------------------------------------------- */

static void rows_alone(sc__round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		const sc__task *task = &s->task;
		sc__round_step(round, s,
		               sc__load(task->shop, task->call, task->addresses, task->count, task->mask, task->arena,
		                        task->records, task->err));
	}
}

static sc_status give_rows(sc__submitted *s, const sc_record *read)
{
	for (size_t i = 0; i < s->task.count; i++) {
		s->task.records[i] = read[i];
		if (!copy_record(&s->arena, &s->task.records[i]))
			return no_memory(s);
	}
	return SC_OK;
}

/* Lays everybody's addresses side by side. NULL: no memory. */
static sc_address *all_addresses(const sc__round *round, size_t *count, uint32_t *mask)
{
	*count = 0;
	*mask = 0;
	for (size_t i = 0; i < round->count; i++) {
		*count += round->wanting[i]->task.count;
		*mask |= round->wanting[i]->task.mask;
	}
	sc_address *addresses = sc__arena_array(round->arena, *count, sizeof(*addresses));
	sc_address *at = addresses;
	for (size_t i = 0; i < round->count && addresses; i++) {
		const sc__task *task = &round->wanting[i]->task;
		memcpy(at, task->addresses, task->count * sizeof(*at));
		at += task->count;
	}
	return addresses;
}

void sc__fetch_rows(sc__round *round)
{
	size_t count;
	uint32_t mask;
	sc_address *addresses = round->count > 1 ? all_addresses(round, &count, &mask) : NULL;
	sc_record *read = addresses ? sc__arena_array(round->arena, count, sizeof(*read)) : NULL;
	const sc_call call = sc__round_call(round);
	if (!read || sc__load(round->shop, &call, addresses, count, mask, round->arena, read, NULL) != SC_OK) {
		rows_alone(round);
		return;
	}
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		const size_t own = s->task.count;
		sc__round_step(round, s, give_rows(s, read));
		read += own;
	}
}

/* ---- pages ------------------------------------------------------------------------------- */

static void pages_alone(sc__round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		const sc__task *task = &s->task;
		sc__round_step(round, s,
		               sc__range(task->shop, task->call, task->range, 1, task->arena, task->page, task->err));
	}
}

static sc_status give_page(sc__submitted *s, const sc_page *read)
{
	sc_page page = *read;
	page.records = sc__arena_array(&s->arena, page.count, sizeof(*page.records));
	if (!page.records || !copy_bytes(&s->arena, &page.next))
		return no_memory(s);
	for (size_t i = 0; i < page.count; i++) {
		page.records[i] = read->records[i];
		if (!copy_row(&s->arena, &page.records[i]))
			return no_memory(s);
	}
	*s->task.page = page;
	return SC_OK;
}

void sc__fetch_pages(sc__round *round)
{
	const bool many = round->count > 1;
	sc_range *ranges = many ? sc__arena_array(round->arena, round->count, sizeof(*ranges)) : NULL;
	sc_page *pages = ranges ? sc__arena_array(round->arena, round->count, sizeof(*pages)) : NULL;
	const sc_call call = sc__round_call(round);
	for (size_t i = 0; i < round->count && pages; i++)
		ranges[i] = *round->wanting[i]->task.range;
	if (!pages || sc__range(round->shop, &call, ranges, round->count, round->arena, pages, NULL) != SC_OK) {
		pages_alone(round);
		return;
	}
	for (size_t i = 0; i < round->count; i++)
		sc__round_step(round, round->wanting[i], give_page(round->wanting[i], &pages[i]));
}

/* ---- outcomes ---------------------------------------------------------------------------- */

static void outcomes_alone(sc__round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		sc__submitted *s = round->wanting[i];
		const sc__task *task = &s->task;
		sc__round_step(round, s, sc__apply_one(task->shop, task->call, task->group, task->outcome, task->err));
	}
}

/* `whole`: of the apply, when it is no answer of its own; `told`: the error that it gave. */
static sc_status give_outcome(sc__submitted *s, const sc_outcome *outcome, size_t index, sc_status whole,
                              const sc_error *told)
{
	const bool about_it = told->status != SC_OK && told->index == (int32_t)index;
	if (whole != SC_OK || (about_it && sc_status_is_bad_input(told->status))) {
		s->err = *told;
		if (about_it)
			s->err.index = -1;
	}
	if (whole != SC_OK)
		return whole;
	*s->task.outcome = *outcome;
	return sc__outcome_status(outcome, &s->err);
}

void sc__fetch_outcomes(sc__round *round)
{
	const bool many = round->count > 1;
	sc_group *groups = many ? sc__arena_array(round->arena, round->count, sizeof(*groups)) : NULL;
	sc_outcome *outcomes = groups ? sc__arena_array(round->arena, round->count, sizeof(*outcomes)) : NULL;
	if (!outcomes) {
		outcomes_alone(round);
		return;
	}
	for (size_t i = 0; i < round->count; i++) {
		groups[i] = *round->wanting[i]->task.group;
		outcomes[i] = *round->wanting[i]->task.outcome;
		outcomes[i].line = SC_NO_LINE;
	}
	const sc_call call = sc__round_call(round);
	sc_error told = SC_ERROR_INIT;
	sc_status whole = sc__apply(round->shop, &call, groups, round->count, outcomes, &told);
	for (size_t i = 0; i < round->count; i++)
		sc__round_step(round, round->wanting[i],
		               give_outcome(round->wanting[i], &outcomes[i], i, whole, &told));
}
