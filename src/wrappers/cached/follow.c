/*
 * What other processes wrote, from the journal; and the store's time.
 *
 * Where the journal ends when the store is first read through the cache, following begins, and copies that were made
 * before are not used: nobody saw what was written to them. The same goes for a store that begins anew, and for a
 * follower who is far behind.
 */
#include "wrappers/cached/cached.h"

#include "base/arena.h"
#include "base/error.h"

#define PAGE      256
#define PAGES     64 /* further behind: start over */
#define NS_PER_MS 1000000

int64_t sc__cached_now(const sc__cached *cached, int64_t mono_ns)
{
	const int64_t ns = mono_ns + atomic_load_explicit(&cached->above_ns, memory_order_relaxed);
	return ns / NS_PER_MS + 1;
}

int64_t sc__cached_now_below(const sc__cached *cached, int64_t mono_ns)
{
	return (mono_ns + atomic_load_explicit(&cached->below_ns, memory_order_relaxed)) / NS_PER_MS;
}

/* The store's clock says whole milliseconds: what it told may be almost one more. */
static sc_status look_at_clock(sc__cached *cached, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const sc_env *env = cached->env;
	const int64_t before_ns = env->mono_ns(env->ctx);
	sc_status status = cached->store.ops->now(cached->store.ctx, call, now_ms, err);
	if (status != SC_OK)
		return status;
	const int64_t after_ns = env->mono_ns(env->ctx);
	atomic_store(&cached->above_ns, *now_ms * NS_PER_MS - before_ns);
	atomic_store(&cached->below_ns, *now_ms * NS_PER_MS - after_ns);
	return SC_OK;
}

/* ---- the end of the journal ---- */

/* The position of the first entry after one, or 0. */
static sc_status entry_after(sc__cached *cached, const sc_call *call, uint32_t partition, uint64_t after,
                             uint64_t *position, sc_arena *arena, sc_error *err)
{
	sc_entry entry;
	size_t count = 0;
	sc_arena_reset(arena);
	sc_status status = cached->store.ops->log_read(cached->store.ctx, call, partition, after, 1, arena, &entry,
	                                               &count, err);
	*position = count > 0 ? entry.position : 0;
	return status;
}

/* Positions only grow, so the last one is found by leaps, and then by halving the last leap. */
static sc_status find_end(sc__cached *cached, const sc_call *call, uint32_t partition, uint64_t *out, sc_arena *arena,
                          sc_error *err)
{
	uint64_t low = 0, high = 0, found = 0;
	sc_status status = entry_after(cached, call, partition, 0, &found, arena, err);
	for (uint64_t leap = 1; status == SC_OK && found != 0 && leap <= INT64_MAX - found; leap *= 2) {
		low = found;
		high = low + leap;
		status = entry_after(cached, call, partition, high, &found, arena, err);
	}
	while (status == SC_OK && low < high) {
		const uint64_t middle = low + (high - low) / 2;
		status = entry_after(cached, call, partition, middle, &found, arena, err);
		if (found != 0)
			low = found;
		else
			high = middle;
	}
	*out = low;
	return status;
}

static sc_status start_over(sc__cached *cached, const sc_call *call, sc_arena *arena, sc_error *err)
{
	int64_t now_ms = 0;
	sc_status status = SC_OK;
	cached->begun = false;
	for (uint32_t i = 0; i < cached->partitions && status == SC_OK; i++)
		status = find_end(cached, call, i, &cached->positions[i], arena, err);
	if (status == SC_OK)
		status = look_at_clock(cached, call, &now_ms, err);
	if (status != SC_OK)
		return status;
	atomic_store(&cached->begun_ms, now_ms);
	cached->begun = true;
	return SC_OK;
}

/* ---- what was written ---- */

/* Rows that are listed by an index are read, to see where they stand now. */
static sc_status give_up_rows(sc__cached *cached, const sc_call *call, const sc_address *rows, size_t count,
                              sc_arena *arena, sc_error *err)
{
	int64_t now_ms = 0;
	sc_record *records = sc__arena_array(arena, count, sizeof *records);
	if (records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to follow the journal");
	sc_status status = cached->store.ops->load(cached->store.ctx, call, rows, count, SC_READ_COLUMNS, arena,
	                                           records, err);
	if (status == SC_OK)
		status = look_at_clock(cached, call, &now_ms, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		sc__cached_give_up(cached, &rows[i], records[i].columns, UINT32_MAX, now_ms);
	return status;
}

static sc_status follow_page(sc__cached *cached, const sc_call *call, uint32_t partition, bool *more, sc_arena *arena,
                             sc_error *err)
{
	size_t count = 0, touched = 0;
	sc_arena_reset(arena);
	sc_entry *entries = sc__arena_array(arena, PAGE, sizeof *entries);
	sc_address *rows = sc__arena_array(arena, PAGE, sizeof *rows);
	if (entries == NULL || rows == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to follow the journal");
	sc_status status = cached->store.ops->log_read(cached->store.ctx, call, partition, cached->positions[partition],
	                                               PAGE, arena, entries, &count, err);
	*more = status == SC_OK && count == PAGE;
	if (status != SC_OK || count == 0)
		return status;
	for (size_t i = 0; i < count; i++)
		if (entries[i].type == SC_ENTRY_TOUCH && sc__cached_keeps(entries[i].subject.kind))
			rows[touched++] = entries[i].subject;
	if (touched > 0)
		status = give_up_rows(cached, call, rows, touched, arena, err);
	if (status == SC_OK)
		cached->positions[partition] = entries[count - 1].position;
	return status;
}

static sc_status follow_all(sc__cached *cached, const sc_call *call, sc_arena *arena, sc_error *err)
{
	int64_t now_ms;
	sc_store_info info = { .size = sizeof info };
	sc_status status = cached->store.ops->info(cached->store.ctx, &info, err);
	if (status != SC_OK)
		return status;
	if (!cached->begun || !sc_id_equal(cached->incarnation, info.incarnation)) {
		cached->incarnation = info.incarnation;
		return start_over(cached, call, arena, err);
	}
	for (uint32_t i = 0; i < cached->partitions && status == SC_OK; i++) {
		bool more = true;
		for (int page = 0; page < PAGES && more && status == SC_OK; page++)
			status = follow_page(cached, call, i, &more, arena, err);
		if (status == SC_OK && more)
			return start_over(cached, call, arena, err);
	}
	return status == SC_OK ? look_at_clock(cached, call, &now_ms, err) : status;
}

/* What fails is tried again when it is due; until then copies are as old as their callers allow, and no older. */
void sc__cached_follow(sc__cached *cached, const sc_call *call, int64_t mono_ns)
{
	bool free = false;
	sc_arena arena;
	sc_error ignored;
	if (mono_ns < atomic_load_explicit(&cached->due_ns, memory_order_relaxed) ||
	    !atomic_compare_exchange_strong(&cached->following, &free, true))
		return;
	sc_call fresh = *call;
	fresh.freshness_ms = 0;
	atomic_store(&cached->due_ns, mono_ns + cached->options.follow_ms * NS_PER_MS);
	sc_arena_init(&arena, cached->env);
	follow_all(cached, &fresh, &arena, &ignored);
	sc_arena_clear(&arena);
	atomic_store(&cached->following, false);
}
