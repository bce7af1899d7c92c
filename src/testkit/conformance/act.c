/*
 * Applying groups and looking at what the store holds afterwards.
 */
#include "testkit/conformance/world.h"

#include <stdio.h>

#define ROOM 64

static void *need(struct world *w, void *memory)
{
	if (memory == NULL)
		ct_fail(w, __FILE__, __LINE__, "no memory for the case itself");
	return memory;
}

sc_group ct_group(struct world *w, sc_home home, sc_id id, const sc_change *changes, uint32_t count)
{
	sc_group group;

	memset(&group, 0, sizeof(group));
	group.id = id;
	group.home = (uint16_t)home;
	group.changes = ct_keep(w, changes, count * sizeof(*changes));
	group.count = count;
	return group;
}

sc_outcome ct_outcome(struct world *w)
{
	sc_outcome outcome;

	memset(&outcome, 0, sizeof(outcome));
	outcome.takes = need(w, sc_arena_zalloc(&w->arena, ROOM * sizeof(*outcome.takes)));
	outcome.take_capacity = ROOM;
	outcome.after = need(w, sc_arena_zalloc(&w->arena, ROOM * sizeof(*outcome.after)));
	outcome.after_capacity = ROOM;
	outcome.arena = &w->arena;
	return outcome;
}

void ct_apply_batch(struct world *w, const char *file, int line, const sc_group *groups, size_t count, sc_outcome *out)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, count, out, &err);

	if (status != SC_OK)
		ct_fail(w, file, line, "apply answered %s (%s: %s)", sc_status_name(status), err.field, err.text);
}

sc_outcome ct_apply(struct world *w, const char *file, int line, sc_group group)
{
	sc_outcome outcome = ct_outcome(w);

	ct_apply_batch(w, file, line, &group, 1, &outcome);
	return outcome;
}

sc_outcome ct_expect(struct world *w, const char *file, int line, sc_status want, const sc_change *changes,
                     uint32_t count)
{
	sc_outcome outcome = ct_apply(w, file, line, ct_group(w, SC_HOME_TABLE, ct_id(w), changes, count));

	if (outcome.status != want)
		ct_fail(w, file, line, "the group's outcome is %s (change %u), wanted %s",
		        sc_status_name(outcome.status), outcome.change, sc_status_name(want));
	return outcome;
}

void ct_expect_bad(struct world *w, const char *file, int line, sc_home home, sc_id id, const sc_change *changes,
                   uint32_t count)
{
	sc_group group = ct_group(w, home, id, changes, count);
	sc_outcome outcome = ct_outcome(w);
	sc_error err = SC_ERROR_INIT;
	sc_status status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &err);

	if (status == SC_OK)
		status = outcome.status;
	if (!sc_status_is_bad_input(status))
		ct_fail(w, file, line, "the answer is %s, wanted bad input", sc_status_name(status));
	if (status == err.status && err.field[0] == '\0')
		ct_fail(w, file, line, "bad input without the name of the field");
}

sc_record ct_load_mask(struct world *w, sc_address at, uint32_t mask)
{
	sc_record record;
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	memset(&record, 0xa5, sizeof(record));
	status = w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, &at, 1, mask, &w->arena, &record, &err);
	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "load answered %s (%s)", sc_status_name(status), err.text);
	return record;
}

sc_record ct_load(struct world *w, sc_address at)
{
	return ct_load_mask(w, at, SC_READ_ALL);
}

sc_page ct_range(struct world *w, const char *file, int line, sc_range range)
{
	sc_page page;
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	memset(&page, 0, sizeof(page));
	status = w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &err);
	if (status != SC_OK)
		ct_fail(w, file, line, "range answered %s (%s)", sc_status_name(status), err.text);
	return page;
}

void ct_check_counters(struct world *w, const char *file, int line, sc_address at, int64_t on_hand, int64_t held,
                       int64_t committed)
{
	sc_counters is = ct_load(w, at).counters;

	if (is.on_hand != on_hand || is.held != held || is.committed != committed)
		ct_fail(w, file, line, "counters are %lld/%lld/%lld, wanted %lld/%lld/%lld (on hand/held/committed)",
		        (long long)is.on_hand, (long long)is.held, (long long)is.committed, (long long)on_hand,
		        (long long)held, (long long)committed);
}

void ct_check_hold(struct world *w, const char *file, int line, sc_address at, sc_hold_state state)
{
	static const char *const names[] = { "none", "held", "committed", "released", "expired" };
	sc_record hold = ct_load(w, at);

	if (hold.version == 0 || hold.hold_state != (uint32_t)state)
		ct_fail(w, file, line, "the hold is %s, wanted %s",
		        hold.version == 0 ? "absent" : names[hold.hold_state % COUNT(names)], names[state]);
}

sc_entry *ct_journal(struct world *w, size_t *count)
{
	enum { PAGE = 100, MOST = 20000 };
	sc_entry *all = need(w, sc_arena_alloc(&w->arena, MOST * sizeof(*all)));
	uint32_t partitions = ct_info(w).partitions;
	size_t total = 0;

	for (uint32_t p = 0; p < partitions; p++) {
		uint64_t after = 0;
		size_t got;

		do {
			sc_error err = SC_ERROR_INIT;
			sc_status status;

			if (total + PAGE > MOST)
				ct_fail(w, __FILE__, __LINE__,
				        "the journal has more entries than the case can have made");
			status = w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, p, after, PAGE, &w->arena,
			                                all + total, &got, &err);
			if (status != SC_OK)
				ct_fail(w, __FILE__, __LINE__, "log_read answered %s (%s)", sc_status_name(status),
				        err.text);
			for (size_t i = total; i < total + got; i++) {
				if (all[i].position <= after)
					ct_fail(w, __FILE__, __LINE__, "log_read does not go forward");
				after = all[i].position;
			}
			total += got;
		} while (got > 0);
	}
	*count = total;
	return all;
}

sc_entry *ct_log_of(struct world *w, sc_address subject, uint64_t before, size_t max, size_t *count)
{
	sc_entry *entries = need(w, sc_arena_alloc(&w->arena, max * sizeof(*entries)));
	sc_error err = SC_ERROR_INIT;
	sc_status status = w->store.ops->log_of(w->store.ctx, SC_CALL_SYSTEM, &subject, before, max, &w->arena, entries,
	                                        count, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "log_of answered %s (%s)", sc_status_name(status), err.text);
	return entries;
}

size_t ct_expire(struct world *w, size_t max, int64_t *next_ms)
{
	sc_error err = SC_ERROR_INIT;
	size_t done = 0;
	int64_t next = 0;
	sc_status status = w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, max, &done, &next, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "expire answered %s (%s)", sc_status_name(status), err.text);
	if (next_ms != NULL)
		*next_ms = next;
	return done;
}

int64_t ct_now(struct world *w)
{
	sc_error err = SC_ERROR_INIT;
	int64_t now = 0;
	sc_status status = w->store.ops->now(w->store.ctx, SC_CALL_SYSTEM, &now, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "now answered %s (%s)", sc_status_name(status), err.text);
	return now;
}

sc_store_info ct_info(struct world *w)
{
	sc_store_info info;
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	memset(&info, 0, sizeof(info));
	info.size = sizeof(info);
	status = w->store.ops->info(w->store.ctx, &info, &err);
	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "info answered %s (%s)", sc_status_name(status), err.text);
	return info;
}

void ct_advance(struct world *w, int64_t ms)
{
	atomic_fetch_add(&w->clock.wall_ms, ms);
	atomic_fetch_add(&w->clock.mono_ns, ms * 1000000);
	if (w->options->advance != NULL)
		w->options->advance(w->options->ctx, ms);
}

void ct_check_status(struct world *w, const char *file, int line, const char *what, sc_status got, sc_status want)
{
	if (got != want)
		ct_fail(w, file, line, "%s is %s, wanted %s", what, sc_status_name(got), sc_status_name(want));
}

void ct_check_int(struct world *w, const char *file, int line, const char *what, int64_t got, int64_t want)
{
	if (got != want)
		ct_fail(w, file, line, "%s is %lld, wanted %lld", what, (long long)got, (long long)want);
}

void ct_check_bytes(struct world *w, const char *file, int line, const char *what, sc_bytes got, sc_bytes want)
{
	if (got.size != want.size || (got.size > 0 && memcmp(got.data, want.data, got.size) != 0))
		ct_fail(w, file, line, "%s has other bytes than wanted (%zu, wanted %zu)", what, got.size, want.size);
}
