/*
 * What has an end: ids that need not be remembered any more, and rows whose lifetime is over.
 *
 * Redis removes most of those rows by itself at that time; what is left to do is their addresses, and rows that it
 * must not remove: accounts, and whatever stands in an index.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define SWEEP_MAX 512 /* in one script: nobody else waits long */

static sc_status raise_floor(sc__domain *domain, const sc_call *call, int64_t floor_ms, sc_arena *arena, sc_error *err)
{
	sc__request request;
	sc_status status = sc__script_begin(domain, call, SC__RAISE, arena, 1, 2, &request, err);
	if (status != SC_OK)
		return status;
	sc__request_text(&request, "f");
	sc__request_number(&request, floor_ms);
	request.repeatable = true;
	return sc__script_run(domain, call, SC__RAISE, &request, err);
}

/* Members of a set up to a score, and the state. */
static sc_status ask_due(sc__domain *domain, const sc_call *call, const char *set_name, int64_t upto, bool excluded,
                         size_t max, sc_arena *arena, sc__request *request, sc__state *state, sc_error *err)
{
	char bound[32];
	sc__name set;
	sc__name_init(&set, arena);
	sc__name_key(&set, domain, set_name);
	sc__request_init(request, arena);
	request->repeatable = true;
	sc__state_ask(domain, request);
	sc__request_command(request, 7, "ZRANGEBYSCORE");
	sc__request_bytes(request, sc__name_of(&set));
	sc__request_text(request, "-inf");
	snprintf(bound, sizeof bound, "%s%lld", excluded ? "(" : "", (long long)upto);
	sc__request_text(request, bound);
	sc__request_text(request, "LIMIT");
	sc__request_number(request, 0);
	sc__request_number(request, (int64_t)max);
	request->no_memory = request->no_memory || set.no_memory;
	sc_status status = sc__domain_exchange(domain, call, request, err);
	if (status == SC_OK)
		status = sc__state_read(domain, request, 0, state, err);
	if (status == SC_OK && request->replies[SC__STATE_COMMANDS]->type != REDIS_REPLY_ARRAY)
		status = sc__reply_failed(request->replies[SC__STATE_COMMANDS], err);
	return status;
}

static void begin_commit(sc__commit *commit, sc__domain *domain, const sc__state *state, uint64_t life, sc_arena *arena)
{
	sc__commit_init(commit, domain, arena);
	commit->state = *state;
	commit->life = life;
}

static sc_status forget_ids(sc__domain *domain, const sc_call *call, int64_t floor_ms, size_t max, uint64_t life,
                            sc_arena *arena, size_t *done, sc_error *err)
{
	sc__request request;
	sc__state state;
	sc__commit commit;
	uint64_t first;
	sc_status status = ask_due(domain, call, "I", floor_ms, true, max, arena, &request, &state, err);
	if (status != SC_OK)
		return status;
	const sc__reply *due = request.replies[SC__STATE_COMMANDS];
	begin_commit(&commit, domain, &state, life, arena);
	for (size_t i = 0; i < due->count; i++) {
		sc__name row, set, member;
		sc_id id = { { 0 } };
		if (due->items[i]->text.size == sizeof id.bytes)
			memcpy(id.bytes, due->items[i]->text.data, sizeof id.bytes);
		sc__name_init(&row, arena);
		sc__name_init(&set, arena);
		sc__name_init(&member, arena);
		sc__name_id(&row, domain, &id);
		sc__name_key(&set, domain, "I");
		sc__name_raw(&member, due->items[i]->text.data, due->items[i]->text.size);
		sc__commit_argument(&commit, SC_BYTES("D"));
		sc__commit_key(&commit, &row);
		sc__commit_member(&commit, "R", &set, &member);
	}
	if (due->count > 0)
		status = sc__commit_run(&commit, call, &first, err);
	if (status == SC_OK)
		*done += due->count;
	return status;
}

/* ---- lifetimes ---- */

/* The address in a row's key, which is what the set of lifetimes names. */
static sc_status address_of(const sc__domain *domain, sc_bytes key, sc_arena *arena, sc_address *out)
{
	const uint8_t *bytes = key.data;
	size_t head = domain->tag_size + 3;
	sc_bytes part;
	if (key.size <= head)
		return SC_DAMAGED;
	uint16_t kind = (uint16_t)(bytes[head - 2] << 8 | bytes[head - 1]);
	if (sc_kind_find(kind) == NULL)
		return SC_DAMAGED;
	return sc__member_address((sc_bytes){ bytes + head, key.size - head }, kind, SC_BY_ADDRESS, arena, out, &part);
}

/* A row that was written since it was put into the set lives on. */
static void put_off(sc__commit *commit, sc_bytes key, int64_t end_ms)
{
	sc__name set;
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%lld", (long long)end_ms);
	char *text = sc_arena_dup(commit->arena, digits, (size_t)size);
	commit->no_memory = commit->no_memory || text == NULL;
	sc__name_init(&set, commit->arena);
	sc__name_key(&set, commit->domain, "l");
	sc__commit_argument(commit, SC_BYTES("A"));
	sc__commit_key(commit, &set);
	sc__commit_argument(commit, (sc_bytes){ text, (size_t)size });
	sc__commit_argument(commit, key);
}

/* Checks come before operations, so the rows are gone over twice. */
static sc_status plan_rows(sc__domain *domain, const sc__reply *keys, const sc__reply *rows, sc_arena *arena,
                           sc__commit *commit, size_t *removed, sc_error *err)
{
	sc_record *old = sc_arena_zalloc(arena, (keys->count + 1) * sizeof *old);
	if (old == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to sweep");
	for (size_t i = 0; i < keys->count; i++) {
		sc__name row;
		const sc__reply *value = rows->items[i];
		sc_status status = address_of(domain, keys->items[i]->text, arena, &old[i].address);
		if (status != SC_OK)
			return sc__fail(err, status, "the set of lifetimes names no row");
		if (value->type == REDIS_REPLY_STRING)
			status = sc__row_unpack(value->text, SC_READ_COLUMNS, arena, &old[i], err);
		if (status != SC_OK)
			return status;
		sc__name_init(&row, arena);
		sc__name_row(&row, domain, &old[i].address);
		sc__commit_check(commit, &row, value);
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (old[i].version != 0 && old[i].expires_ms > commit->state.now_ms) {
			put_off(commit, keys->items[i]->text, old[i].expires_ms);
			continue;
		}
		sc__commit_remove(commit, &old[i]);
		(*removed)++;
	}
	return SC_OK;
}

static sc_status read_rows(sc__domain *domain, const sc_call *call, const sc__reply *keys, sc_arena *arena,
                           sc__request *request, sc_error *err)
{
	sc__request_init(request, arena);
	request->repeatable = true;
	sc__request_command(request, keys->count + 1, "MGET");
	for (size_t i = 0; i < keys->count; i++)
		sc__request_bytes(request, keys->items[i]->text);
	sc_status status = sc__domain_exchange(domain, call, request, err);
	if (status == SC_OK && request->replies[0]->count != keys->count)
		status = sc__reply_failed(request->replies[0], err);
	return status;
}

static sc_status forget_rows(sc__domain *domain, const sc_call *call, size_t max, uint64_t life, sc_arena *arena,
                             size_t *done, int64_t *now_ms, sc_error *err)
{
	sc__request due, rows;
	sc__state state;
	sc__commit commit;
	uint64_t first;
	/* The time first: what is due is asked for by it. */
	sc_status status = ask_due(domain, call, "l", 0, false, 1, arena, &due, &state, err);
	if (status == SC_OK)
		status = ask_due(domain, call, "l", state.now_ms, false, max, arena, &due, &state, err);
	if (status != SC_OK)
		return status;
	*now_ms = state.now_ms;
	const sc__reply *keys = due.replies[SC__STATE_COMMANDS];
	if (keys->count == 0)
		return SC_OK;
	status = read_rows(domain, call, keys, arena, &rows, err);
	if (status != SC_OK)
		return status;
	begin_commit(&commit, domain, &state, life, arena);
	size_t removed = 0;
	status = plan_rows(domain, keys, rows.replies[0], arena, &commit, &removed, err);
	if (status == SC_OK)
		status = sc__commit_run(&commit, call, &first, err);
	if (status == SC_OK)
		*done += removed;
	return status == SC_CHANGED ? SC_OK : status; /* somebody wrote one of them: the next sweep has it */
}

static sc_status next_end(sc__domain *domain, const sc_call *call, sc_arena *arena, int64_t *next_ms, sc_error *err)
{
	sc__request request;
	sc__name set;
	sc__name_init(&set, arena);
	sc__name_key(&set, domain, "l");
	sc__request_init(&request, arena);
	request.repeatable = true;
	sc__request_command(&request, 5, "ZRANGE");
	sc__request_bytes(&request, sc__name_of(&set));
	sc__request_number(&request, 0);
	sc__request_number(&request, 0);
	sc__request_text(&request, "WITHSCORES");
	sc_status status = sc__domain_exchange(domain, call, &request, err);
	const sc__reply *reply = request.replies[0];
	*next_ms = SC_NEVER;
	if (status == SC_OK && reply->type != REDIS_REPLY_ARRAY)
		return sc__reply_failed(reply, err);
	if (status == SC_OK && reply->count == 2 && !sc__reply_number(reply->items[1], next_ms))
		return sc__fail(err, SC_DAMAGED, "the end of a lifetime is no time");
	return status;
}

static sc_status forget(sc__domain *domain, const sc_call *call, int64_t floor_ms, size_t max, sc_arena *arena,
                        size_t *done, int64_t *next_ms, sc_error *err)
{
	uint64_t life = 0;
	int64_t now_ms = 0;
	size_t batch = max < SWEEP_MAX ? max : SWEEP_MAX, before;
	sc_status status = sc__domain_settle(domain, call, &life, err);
	if (status == SC_OK)
		status = raise_floor(domain, call, floor_ms, arena, err);
	do {
		before = *done;
		if (batch > max - *done)
			batch = max - *done;
		if (status == SC_OK && batch > 0)
			status = forget_ids(domain, call, floor_ms, batch, life, arena, done, err);
	} while (status == SC_OK && *done - before == batch && *done < max);
	do {
		before = *done;
		if (batch > max - *done)
			batch = max - *done;
		if (status == SC_OK && batch > 0)
			status = forget_rows(domain, call, batch, life, arena, done, &now_ms, err);
	} while (status == SC_OK && batch > 0 && *done - before == batch && *done < max);
	if (status == SC_OK)
		status = next_end(domain, call, arena, next_ms, err);
	if (status == SC_OK && *done >= max && max > 0 && *next_ms > now_ms)
		*next_ms = now_ms;
	return status;
}

sc_status sc__redis_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                           sc_error *err)
{
	sc__domain *domain = ctx;
	sc_arena arena;
	size_t removed = 0;
	int64_t next = SC_NEVER;
	sc_arena_init(&arena, domain->redis->env);
	sc_status status = forget(domain, call, floor_ms, max, &arena, &removed, &next, err);
	sc_arena_clear(&arena);
	if (status != SC_OK)
		return status;
	*done = removed;
	*next_ms = next;
	return SC_OK;
}
