/*
 * Following the record's journal, and learning from its accounts.
 *
 * An account is read together with the position of its newest entry. If the gate is fed to there or further, and is
 * not fed further while the account is read, then both speak of one moment, and a difference is a drift.
 */
#include "wrappers/gated/gated.h"

#include "base/arena.h"
#include "base/error.h"

#define PAGE      512
#define PAGES     64 /* in one go: nobody feeds for the others for long */
#define TRIES     8
#define LISTED    1024
#define NS_PER_MS 1000000

static void lock(sc__gated *gated)
{
	gated->env->mutex_lock(gated->env->ctx, &gated->mutex);
}

static void unlock(sc__gated *gated)
{
	gated->env->mutex_unlock(gated->env->ctx, &gated->mutex);
}

bool sc__gated_is_fresh(sc__gated *gated)
{
	lock(gated);
	int64_t now_ns = gated->env->mono_ns(gated->env->ctx);
	bool fresh = gated->fresh_ns != 0 && now_ns - gated->fresh_ns <= gated->options.fresh_ms * NS_PER_MS;
	unlock(gated);
	return fresh;
}

/* ---- feeding ---- */

static size_t keep_accounts(sc_entry *entries, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (entries[i].type == SC_ENTRY_ACCOUNT)
			entries[kept++] = entries[i];
	return kept;
}

/* One page of the journal. A gate that was fed nothing yet knows no account, so it only has to find the end. */
static sc_status feed_page(sc__gated *gated, const sc_call *call, uint64_t *position, bool skip, bool *more,
                           sc_arena *arena, sc_error *err)
{
	const sc_store *record = &gated->record;
	size_t count = 0;
	sc_arena_reset(arena);
	sc_entry *entries = sc__arena_array(arena, PAGE, sizeof *entries);
	if (entries == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to feed the gate");
	sc_status status = record->ops->log_read(record->ctx, call, 0, *position, PAGE, arena, entries, &count, err);
	*more = count == PAGE;
	if (status != SC_OK || count == 0)
		return status;
	*position = entries[count - 1].position;
	if (skip && *more)
		return SC_OK;
	size_t kept = skip ? 0 : keep_accounts(entries, count);
	status = gated->gate.ops->feed(gated->gate.ctx, call, skip ? NULL : entries, kept, *position, err);
	if (status == SC_OK)
		atomic_fetch_add(&gated->fed, kept);
	return status;
}

static sc_status follow(sc__gated *gated, const sc_call *call, sc_error *err)
{
	sc_store_info info = { .size = sizeof info };
	sc_status status = gated->record.ops->info(gated->record.ctx, &info, err);
	if (status != SC_OK || (gated->following && sc_id_equal(gated->incarnation, info.incarnation)))
		return status;
	status = gated->gate.ops->follow(gated->gate.ctx, call, info.incarnation, err);
	gated->following = status == SC_OK;
	gated->incarnation = info.incarnation;
	return status;
}

static sc_status feed_all(sc__gated *gated, const sc_call *call, bool *through, sc_error *err)
{
	sc_arena arena;
	uint64_t position = 0;
	bool more = true;
	sc_status status = follow(gated, call, err);
	if (status == SC_OK)
		status = gated->gate.ops->fed(gated->gate.ctx, call, &position, err);
	sc_arena_init(&arena, gated->env);
	bool skip = position == 0;
	for (int i = 0; (i < PAGES || skip) && more && status == SC_OK; i++)
		status = feed_page(gated, call, &position, skip, &more, &arena, err);
	sc_arena_clear(&arena);
	*through = !more;
	return status;
}

void sc__gated_feed(sc__gated *gated, const sc_call *call, bool now)
{
	sc_error ignored;
	bool through = false;
	lock(gated);
	int64_t begun_ns = gated->env->mono_ns(gated->env->ctx);
	bool due = now || gated->fresh_ns == 0 || begun_ns - gated->looked_ns >= gated->options.feed_ms * NS_PER_MS;
	bool mine = due && !gated->feeding;
	if (mine) {
		gated->feeding = true;
		gated->looked_ns = begun_ns;
	}
	unlock(gated);
	if (!mine)
		return;
	sc_status status = feed_all(gated, call, &through, &ignored);
	lock(gated);
	gated->feeding = false;
	if (status == SC_OK && through)
		gated->fresh_ns = begun_ns;
	unlock(gated);
	if (status != SC_OK)
		atomic_fetch_add(&gated->failures, 1);
}

/* ---- learning and comparing ---- */

/* Gate and record of one account at one moment. false in `same`: it kept moving. */
static sc_status read_both(sc__gated *gated, const sc_call *call, const sc_address *account, sc_arena *arena,
                           sc_gate_level *level, sc_record *record, bool *same, sc_error *err)
{
	const sc_store *store = &gated->record;
	sc_status status = SC_OK;
	*same = false;
	for (int i = 0; i < TRIES && status == SC_OK && !*same; i++) {
		status = gated->gate.ops->level(gated->gate.ctx, call, account, level, err);
		if (status == SC_OK)
			status = store->ops->load(store->ctx, call, account, 1, 0, arena, record, err);
		*same = status == SC_OK && record->entry <= level->upto;
		if (status == SC_OK && !*same)
			sc__gated_feed(gated, call, true);
	}
	return status;
}

/* What a hold could claim; accounts without a bound are not gated. */
static bool free_of(const sc_record *record, int64_t *out)
{
	*out = record->version == 0 ? 0 : sc_counters_free(&record->counters);
	return record->version == 0 || record->counters.floor != SC_FLOOR_NONE;
}

void sc__gated_learn(sc__gated *gated, const sc_call *call, const sc_address *account)
{
	sc_arena arena;
	sc_gate_level level;
	sc_record record;
	sc_error ignored;
	bool same = false;
	int64_t free;
	sc_arena_init(&arena, gated->env);
	if (read_both(gated, call, account, &arena, &level, &record, &same, &ignored) == SC_OK && same &&
	    !level.known && free_of(&record, &free) &&
	    gated->gate.ops->learn(gated->gate.ctx, call, account, free, level.upto, &ignored) == SC_OK)
		atomic_fetch_add(&gated->learned, 1);
	sc_arena_clear(&arena);
}

static sc_status compare_one(sc__gated *gated, const sc_call *call, const sc_address *account, bool repair,
                             sc_arena *arena, sc_gated_drift *drift, sc_error *err)
{
	sc_gate_level level;
	sc_record record;
	bool same;
	int64_t free;
	sc_status status = read_both(gated, call, account, arena, &level, &record, &same, err);
	if (status != SC_OK || !level.known)
		return status;
	if (!same) {
		drift->moving++;
		return SC_OK;
	}
	drift->accounts++;
	if (!free_of(&record, &free) || level.left + level.open == free)
		return SC_OK;
	int64_t more = level.left + level.open - free;
	drift->drifted++;
	drift->over += more > 0 ? more : 0;
	drift->under -= more < 0 ? more : 0;
	if (!repair)
		return SC_OK;
	drift->repaired++;
	return gated->gate.ops->learn(gated->gate.ctx, call, account, free, level.upto, err);
}

sc_status sc_gated_compare(const sc_store *store, const sc_call *call, bool repair, sc_gated_drift *out, sc_error *err)
{
	sc__gated *gated = sc__gated_of(store);
	if (gated == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "store", "not a gated store");
	sc_arena arena;
	sc_gated_drift drift = { 0 };
	uint64_t cursor = 0;
	sc_status status;
	sc_arena_init(&arena, gated->env);
	sc__gated_feed(gated, call, true);
	do {
		size_t count = 0;
		sc_arena_reset(&arena);
		sc_address *accounts = sc__arena_array(&arena, LISTED, sizeof *accounts);
		status = accounts == NULL ? sc__fail(err, SC_NO_MEMORY, "no memory to compare")
		                          : gated->gate.ops->list(gated->gate.ctx, call, &cursor, &arena, accounts,
		                                                  LISTED, &count, err);
		for (size_t i = 0; i < count && status == SC_OK; i++)
			status = compare_one(gated, call, &accounts[i], repair, &arena, &drift, err);
	} while (status == SC_OK && cursor != 0);
	sc_arena_clear(&arena);
	if (status == SC_OK)
		*out = drift;
	return status;
}
