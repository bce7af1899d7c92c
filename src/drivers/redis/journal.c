/*
 * The journal of a domain: a stream whose entries are commits, named by their last position.
 *
 * A commit is packed before its positions are drawn. So inside it positions count from 1, the stream's entry says what
 * the first one was, and what may also point at an older commit (an entry's previous, a version) carries a bit that
 * says which of the two it is.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_AT_ONCE 64

static uint64_t relative(uint64_t position, uint64_t first)
{
	return position >= first ? (position - first) << 1 | 1 : position << 1;
}

static uint64_t absolute(uint64_t packed, uint64_t first)
{
	return (packed & 1) != 0 ? first + (packed >> 1) : packed >> 1;
}

bool sc__entries_relative(const sc_entry *entries, size_t count, uint64_t first, sc_arena *arena, sc_bytes *out)
{
	sc_entry *copies = sc__arena_array(arena, count, sizeof *copies);
	if (copies == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		copies[i] = entries[i];
		copies[i].position = entries[i].position - first + 1;
		copies[i].previous = relative(entries[i].previous, first);
		copies[i].version = relative(entries[i].version, first);
	}
	char *packed = sc__arena_bytes(arena, sc_entries_bound(copies, count));
	if (packed == NULL)
		return false;
	*out = (sc_bytes){ packed, sc_entries_pack(copies, count, packed) };
	return true;
}

/* One entry of the stream: its name, and the fields b (first position) and e (packed entries). */
struct run {
	uint64_t last, first;
	sc_bytes packed;
};

static bool read_run(const sc__reply *reply, struct run *out)
{
	int64_t first;
	if (reply->count != 2 || reply->items[1]->count != 4 || !sc__reply_number(reply->items[1]->items[1], &first))
		return false;
	out->last = strtoull(reply->items[0]->text.data, NULL, 10);
	out->first = (uint64_t)first;
	out->packed = reply->items[1]->items[3]->text;
	return true;
}

/* Adds the entries of a run that come after a position; they point into the reply. */
static sc_status unpack_run(const struct run *run, uint64_t after, size_t max, sc_entry *out, size_t *count,
                            sc_error *err)
{
	size_t found = 0;
	uint64_t skip = after < run->first ? 0 : after - run->first + 1;
	if (sc_entries_unpack(run->packed, skip, max - *count, out + *count, &found) != SC_OK)
		return sc__fail(err, SC_DAMAGED, "an entry of the journal cannot be read");
	for (size_t i = *count; i < *count + found; i++) {
		out[i].position += run->first - 1;
		out[i].previous = absolute(out[i].previous, run->first);
		out[i].version = absolute(out[i].version, run->first);
	}
	*count += found;
	return SC_OK;
}

/* ---- reading on ---- */

static void ask_runs(sc__domain *domain, const char *from, const char *to, size_t max, sc_arena *arena,
                     sc__request *request)
{
	sc__name journal;
	sc__name_init(&journal, arena);
	sc__name_key(&journal, domain, "j");
	sc__request_init(request, arena);
	request->repeatable = true;
	sc__state_ask(domain, request);
	sc__request_command(request, 6, "XRANGE");
	sc__request_bytes(request, sc__name_of(&journal));
	sc__request_text(request, from);
	sc__request_text(request, to);
	sc__request_text(request, "COUNT");
	sc__request_number(request, (int64_t)max);
}

static sc_status exchange_runs(sc__domain *domain, const sc_call *call, sc__request *request, sc__state *state,
                               sc_error *err)
{
	sc_status status = sc__domain_exchange(domain, call, request, err);
	if (status == SC_OK)
		status = sc__state_read(domain, request, 0, state, err);
	const sc__reply *runs = status == SC_OK ? request->replies[SC__STATE_COMMANDS] : NULL;
	return status == SC_OK && runs->type != REDIS_REPLY_ARRAY ? sc__reply_failed(runs, err) : status;
}

sc_status sc__redis_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__domain *domain = ctx;
	(void)partition;
	size_t found = 0, asked = max < RUNS_AT_ONCE ? max : RUNS_AT_ONCE;
	bool more = max > 0;
	while (more) {
		char from[32];
		sc__request request;
		sc__state state;
		snprintf(from, sizeof from, "(%llu-0", (unsigned long long)after);
		ask_runs(domain, from, "+", asked, arena, &request);
		sc_status status = exchange_runs(domain, call, &request, &state, err);
		if (status != SC_OK)
			return status;
		if (after < state.trimmed)
			after = state.trimmed;
		const sc__reply *runs = request.replies[SC__STATE_COMMANDS];
		more = runs->count == asked;
		for (size_t i = 0; i < runs->count && found < max; i++) {
			struct run run;
			if (!read_run(runs->items[i], &run))
				return sc__fail(err, SC_DAMAGED, "a run of the journal cannot be read");
			status = unpack_run(&run, after, max, out, &found, err);
			if (status != SC_OK)
				return status;
			after = run.last;
		}
		more = more && found < max;
	}
	*count = found;
	return SC_OK;
}

/* ---- a subject's chain ---- */

/* The entry at a position; type 0: there is none. */
static sc_status find(sc__domain *domain, const sc_call *call, uint64_t position, sc_arena *arena, sc_entry *out,
                      sc__state *state, sc_error *err)
{
	char from[32];
	sc__request request;
	size_t count = 0;
	struct run run;
	snprintf(from, sizeof from, "%llu-0", (unsigned long long)position);
	ask_runs(domain, from, "+", 1, arena, &request);
	sc_status status = exchange_runs(domain, call, &request, state, err);
	*out = (sc_entry){ 0 };
	if (status != SC_OK || request.replies[SC__STATE_COMMANDS]->count == 0 || position <= state->trimmed)
		return status;
	if (!read_run(request.replies[SC__STATE_COMMANDS]->items[0], &run))
		return sc__fail(err, SC_DAMAGED, "a run of the journal cannot be read");
	sc_entry entry;
	status = unpack_run(&run, position - 1, 1, &entry, &count, err);
	if (status == SC_OK && count == 1 && entry.position == position)
		*out = entry;
	return status;
}

/* Where to start: the newest entry of the subject, or the one in front of its entry at `before`. */
static sc_status start_of(sc__domain *domain, const sc_call *call, const sc_address *subject, uint64_t before,
                          sc_arena *arena, uint64_t *position, sc_error *err)
{
	sc_entry entry;
	sc__state state;
	sc_record record;
	int64_t now_ms;
	if (before != 0) {
		sc_status status = find(domain, call, before, arena, &entry, &state, err);
		if (status != SC_OK)
			return status;
		if (entry.type != 0 && sc_address_compare(&entry.subject, subject) == 0) {
			*position = entry.previous;
			return SC_OK;
		}
	}
	sc_status status = sc__redis_load(domain, call, subject, 1, 0, arena, &record, &now_ms, err);
	if (status == SC_OK)
		*position = record.entry;
	return status;
}

sc_status sc__redis_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                           sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__domain *domain = ctx;
	uint64_t position = 0;
	size_t filled = 0;
	sc_status status = start_of(domain, call, subject, before, arena, &position, err);
	while (status == SC_OK && position > 0 && filled < max) {
		sc_entry entry;
		sc__state state;
		status = find(domain, call, position, arena, &entry, &state, err);
		if (status != SC_OK || position <= state.trimmed)
			break;
		if (entry.type == 0 || sc_address_compare(&entry.subject, subject) != 0 || entry.previous >= position)
			return sc__fail(err, SC_DAMAGED, "the chain of a subject's entries is broken");
		if (before == 0 || position < before)
			out[filled++] = entry;
		position = entry.previous;
	}
	if (status == SC_OK)
		*count = filled;
	return status;
}

sc_status sc__redis_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	sc__domain *domain = ctx;
	(void)partition;
	sc_arena arena;
	sc__request request;
	sc__name journal;
	sc_arena_init(&arena, domain->redis->env);
	sc_status status = sc__script_begin(domain, call, SC__RAISE, &arena, 2, 2, &request, err);
	if (status == SC_OK) {
		sc__name_init(&journal, &arena);
		sc__name_key(&journal, domain, "j");
		sc__request_bytes(&request, sc__name_of(&journal));
		sc__request_text(&request, "c");
		sc__request_number(&request, upto > (UINT64_C(1) << 52) ? INT64_C(1) << 52 : (int64_t)upto);
		request.repeatable = true;
		status = sc__script_run(domain, call, SC__RAISE, &request, err);
	}
	sc_arena_clear(&arena);
	return status;
}
