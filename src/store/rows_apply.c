/* See rows_store.h: the operations that need a transaction. */
#include "store/rows_store.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory to decide this batch");
}

/* A failure that the driver did not put into words. */
static sc_status told(sc_error *err, sc_status status)
{
	if (err != NULL && status != SC_OK && err->status != status)
		sc__fail(err, status, "%s", sc_status_text(status));
	return status;
}

static void batch_init(sc__batch *batch, const sc__rows_store *store, sc_arena *arena, sc_error *err)
{
	*batch = (sc__batch){ .env = store->env, .arena = arena, .err = err, .seed = store->seed, .bucket_count = 1 };
	batch->buckets = &batch->only_bucket;
	batch->early = batch->few_early;
	batch->late = batch->few_late;
	batch->early_room = batch->late_room = SC__FEW;
}

/* ---- apply ---- */

static bool make_plans(sc__batch *batch)
{
	batch->plans = sc__arena_array(batch->arena, batch->count, sizeof *batch->plans);
	batch->results = sc__arena_array(batch->arena, batch->count, sizeof *batch->results);
	if (batch->plans == NULL || batch->results == NULL)
		return false;
	memset(batch->plans, 0, batch->count * sizeof *batch->plans);
	return true;
}

static sc_status transact(sc__rows_store *store, const sc_call *call, sc__batch *batch)
{
	const sc_rows_ops *driver = store->driver;
	void *txn;
	sc_status status = driver->begin(store->driver_ctx, call, &txn, &batch->clock, batch->err);
	if (status != SC_OK)
		return status;
	status = sc__batch_read(batch, driver, txn);
	if (status == SC_OK && !sc__batch_decide(batch))
		status = SC_NO_MEMORY;
	if (status == SC_OK)
		return sc__batch_finish(batch, driver, txn);
	driver->abort(txn);
	return status;
}

/*
 * Engines that let transactions run side by side find out late that two of them wanted the same. Then the batch
 * is done anew, after a moment of chance length, so that the same two do not meet again.
 */
#define ATTEMPTS_MAX   64
#define PAUSE_FIRST_NS 100000
#define PAUSE_MAX_NS   20000000

static bool try_again(const sc__rows_store *store, const sc_call *call, uint32_t attempt)
{
	const sc_env *env = store->env;
	int64_t pause_ns = PAUSE_FIRST_NS, now_ns = env->mono_ns(env->ctx);
	sc_parker parker;
	uint32_t chance;
	for (uint32_t i = 1; i < attempt && pause_ns < PAUSE_MAX_NS; i++)
		pause_ns *= 2;
	env->random(env->ctx, &chance, sizeof chance);
	pause_ns = pause_ns / 2 + chance % pause_ns;
	if (attempt >= ATTEMPTS_MAX || (call->deadline_ns != 0 && now_ns + pause_ns >= call->deadline_ns))
		return false;
	if (attempt > 1 && env->parker_init(env->ctx, &parker)) {
		env->park(env->ctx, &parker, now_ns + pause_ns);
		env->parker_clear(env->ctx, &parker);
	}
	return true;
}

/* What a batch that came between others too often comes to. */
static sc_status settled(sc_error *err, sc_status status)
{
	if (status == SC_CHANGED)
		return sc__fail(err, SC_BUSY, "other transactions kept coming between");
	return told(err, status);
}

/* One attempt at a batch. `trusted`: made by the store itself, with changes that nobody else may make. */
static sc_status attempt(sc__rows_store *store, const sc_call *call, const sc_group *groups, size_t count, bool trusted,
                         uint32_t before, sc_arena *arena, sc_outcome *out, sc_error *err)
{
	sc__batch batch;
	batch_init(&batch, store, arena, err);
	batch.clock.attempt = before;
	batch.groups = groups;
	batch.count = count;
	batch.outcomes = out;
	sc_status status = SC_NO_MEMORY;
	if (make_plans(&batch) && sc__batch_collect(&batch, trusted))
		status = transact(store, call, &batch);
	if (status == SC_OK)
		sc__batch_report(&batch);
	return status;
}

static sc_status run(sc__rows_store *store, const sc_call *call, const sc_group *groups, size_t count, bool trusted,
                     sc_outcome *out, sc_error *err)
{
	sc__scratch *scratch = sc__scratch_get(store);
	if (scratch == NULL)
		return no_memory(err);
	uint32_t attempts = 0;
	sc_status status = attempt(store, call, groups, count, trusted, attempts, &scratch->arena, out, err);
	while (status == SC_CHANGED && try_again(store, call, ++attempts)) {
		sc_arena_reset(&scratch->arena);
		status = attempt(store, call, groups, count, trusted, attempts, &scratch->arena, out, err);
	}
	sc__scratch_put(store, scratch);
	return settled(err, status);
}

sc_status sc__rows_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                         sc_error *err)
{
	sc__rows_store *store = ctx;
	if (count == 0)
		return SC_OK;
	if (count > store->groups_max)
		return sc__bad(err, SC_OVER_LIMIT, "count", "more groups than this store takes in one apply");
	return run(store, call, groups, count, false, out, err);
}

/* ---- resolve ---- */

static bool collect_refs(sc__batch *batch, const sc_group_ref *refs, sc__slot **slots)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->results[i].status != SC_OK)
			continue;
		slots[i] = refs[i].home.key_size == 0 ? sc__slot_of_id(batch, refs[i].id)
		                                      : sc__slot_of(batch, &refs[i].home, SC_READ_BODY);
		if (slots[i] == NULL)
			return false;
	}
	return true;
}

static bool is_seen(sc__batch *batch, const sc_group_ref *ref, const sc__slot *slot, sc__result *result)
{
	if (slot->row.type != SC_ROW_ID)
		return sc__repeat_of_home(batch, slot, ref->id, batch->outcomes[batch->index].arena, result);
	if (!sc__is_stored(&slot->row.outcome))
		return false;
	sc__repeat_of_id(slot, result);
	return true;
}

/* Makes the row that a late arrival of the group will stumble over. */
static sc_status fence_slot(sc__batch *batch, const sc_group_ref *ref, sc__slot *slot, sc__result *result)
{
	sc_row *row = &slot->row;
	result->status = SC_FENCED;
	if (row->type == SC_ROW_ID) {
		row->outcome =
			(sc_stored_outcome){ .status = SC_FENCED, .line = SC_NO_LINE, .time_ms = batch->clock.now_ms };
		row->write = SC_ROW_INSERT;
		return SC_OK;
	}
	batch->undo_count = 0;
	if (!sc__touch(batch, slot))
		return SC_NO_MEMORY;
	row->value.version = SC__FRESH;
	row->changed = SC_ROW_ALL;
	if (row->type == SC_ROW_HOLD) {
		row->value.hold_state = SC_HOLD_RELEASED;
		row->value.shape = sc_kind_find(row->value.address.kind)->shape;
	} else {
		row->value.made_by = ref->id;
		slot->fenced = true;
	}
	return sc__group_done(batch, result);
}

static sc_status resolve_refs(sc__batch *batch, const sc_group_ref *refs, sc__slot *const *slots, bool fence)
{
	static const sc_group nobody = { 0 };
	sc_status status = SC_OK;
	for (size_t i = 0; i < batch->count && status == SC_OK; i++) {
		sc__result *result = &batch->results[i];
		if (result->status != SC_OK)
			continue;
		batch->index = i;
		batch->serial = i + 1;
		batch->group = &nobody;
		result->status = SC_NOT_FOUND;
		if (is_seen(batch, &refs[i], slots[i], result)) {
			status = result->status == SC_NO_MEMORY ? SC_NO_MEMORY : SC_OK;
		} else if (sc_id_time_ms(refs[i].id) < batch->clock.floor_ms) {
			result->status = SC_TOO_OLD;
		} else if (fence) {
			status = fence_slot(batch, &refs[i], slots[i], result);
		}
	}
	return status;
}

static sc_status check_refs(sc__batch *batch, const sc_group_ref *refs, sc_error *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		batch->results[i] = (sc__result){ .line = SC_NO_LINE };
		if (sc_id_is_zero(refs[i].id))
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "id", "an empty id names no group");
		if (refs[i].home.key_size == 0)
			continue;
		sc_status status = sc__address_validate(&refs[i].home, (int32_t)i, "home", err);
		if (status != SC_OK)
			return status;
		if ((sc_kind_find(refs[i].home.kind)->flags & SC_KIND_MADE_BY) == 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "home", "rows of this kind keep no id");
	}
	return SC_OK;
}

static sc_status resolve(sc__rows_store *store, const sc_call *call, const sc_group_ref *refs, bool fence,
                         sc__batch *batch)
{
	sc__slot **slots = sc__arena_array(batch->arena, batch->count, sizeof(*slots));
	if (slots == NULL || !make_plans(batch))
		return SC_NO_MEMORY;
	sc_status status = check_refs(batch, refs, batch->err);
	if (status == SC_OK && !collect_refs(batch, refs, slots))
		status = SC_NO_MEMORY;
	if (status != SC_OK)
		return status;
	void *txn;
	status = store->driver->begin(store->driver_ctx, call, &txn, &batch->clock, batch->err);
	if (status != SC_OK)
		return status;
	status = sc__batch_read(batch, store->driver, txn);
	for (size_t i = 0; i < batch->count; i++)
		batch->results[i].time_ms = batch->clock.now_ms;
	if (status == SC_OK)
		status = resolve_refs(batch, refs, slots, fence);
	if (status == SC_OK)
		return sc__batch_finish(batch, store->driver, txn);
	store->driver->abort(txn);
	return status;
}

sc_status sc__rows_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                           sc_outcome *out, sc_error *err)
{
	sc__rows_store *store = ctx;
	if (count == 0)
		return SC_OK;
	if (count > store->groups_max)
		return sc__bad(err, SC_OVER_LIMIT, "count", "more ids than this store takes at once");
	sc__scratch *scratch = sc__scratch_get(store);
	if (scratch == NULL)
		return no_memory(err);
	uint32_t attempts = 0;
	sc_status status;
	do {
		sc__batch batch;
		sc_arena_reset(&scratch->arena);
		batch_init(&batch, store, &scratch->arena, err);
		batch.clock.attempt = attempts;
		batch.count = count;
		batch.outcomes = out;
		status = resolve(store, call, refs, fence, &batch);
		if (status == SC_OK)
			sc__batch_report(&batch);
	} while (status == SC_CHANGED && try_again(store, call, ++attempts));
	sc__scratch_put(store, scratch);
	return settled(err, status);
}

/* ---- expire ---- */

#define SWEEP_MAX 256 /* holds in one transaction: nobody else waits long */

static const sc_kind *hold_kind(void)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (kinds[i].kind_class == SC_CLASS_HOLD)
			return &kinds[i];
	return NULL;
}

static sc_status read_due(sc__rows_store *store, const sc_call *call, uint32_t limit, uint32_t flags, sc_arena *arena,
                          sc_page *page, sc_error *err)
{
	const sc_range range = { .kind = hold_kind()->number,
		                 .index = 0,
		                 .flags = flags,
		                 .limit = limit,
		                 .high = (flags & SC_RANGE_UNTIL_NOW) != 0 ? SC_VALUE_OF_INT(0) : SC_VALUE_NONE };
	int64_t now_ms;
	return store->driver->range(store->driver_ctx, call, &range, 1, arena, page, &now_ms, err);
}

/* Settles some holds in one transaction. Those that somebody settled meanwhile are skipped. */
static sc_status sweep(sc__rows_store *store, const sc_call *call, const sc_page *due, sc_arena *arena, size_t *done,
                       sc_error *err)
{
	sc_change *changes = sc__arena_array(arena, due->count, sizeof *changes);
	sc_group *groups = sc__arena_array(arena, due->count, sizeof *groups);
	sc_outcome *outcomes = sc__arena_array(arena, due->count, sizeof *outcomes);
	if (changes == NULL || groups == NULL || outcomes == NULL)
		return no_memory(err);
	for (size_t i = 0; i < due->count; i++) {
		changes[i] =
			(sc_change){ .address = due->records[i].address, .type = SC__CHANGE_EXPIRE, .flags = SC_SKIP };
		groups[i] = (sc_group){ .changes = &changes[i], .count = 1 };
		outcomes[i] = (sc_outcome){ .status = SC_OK };
	}
	sc_status status = run(store, call, groups, due->count, true, outcomes, err);
	for (size_t i = 0; i < due->count && status == SC_OK; i++)
		*done += outcomes[i].status == SC_OK && (outcomes[i].flags & SC_OUTCOME_SKIPPED) == 0;
	return status;
}

static sc_status sweep_holds(sc__rows_store *store, const sc_call *call, size_t max, sc_arena *arena, size_t *done,
                             sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && *done < max) {
		size_t before = *done;
		uint32_t limit = max - before < SWEEP_MAX ? (uint32_t)(max - before) : SWEEP_MAX;
		sc_page due = { .count = 0 };
		sc_arena_reset(arena);
		status = read_due(store, call, limit, SC_RANGE_UNTIL_NOW, arena, &due, err);
		if (status != SC_OK || due.count == 0)
			return status;
		status = sweep(store, call, &due, arena, done, err);
		if (*done == before) /* damaged ones stay due; the others come with the next sweep */
			return status;
	}
	return status;
}

/* When the next hold lapses. */
static sc_status next_deadline(sc__rows_store *store, const sc_call *call, sc_arena *arena, int64_t *next_ms,
                               sc_error *err)
{
	sc_page page = { .count = 0 };
	sc_arena_reset(arena);
	sc_status status = read_due(store, call, 1, 0, arena, &page, err);
	if (status == SC_OK)
		*next_ms = page.count == 0 ? SC_NEVER : page.records[0].deadline_ms;
	return status;
}

static sc_status expire(sc__rows_store *store, const sc_call *call, size_t max, sc_arena *arena, size_t *done,
                        int64_t *next_ms, sc_error *err)
{
	int64_t now_ms, hold_ms;
	size_t swept = 0, forgotten = 0;
	sc_status status = sweep_holds(store, call, max, arena, &swept, err);
	if (status == SC_OK)
		status = next_deadline(store, call, arena, &hold_ms, err);
	if (status == SC_OK)
		status = store->driver->now(store->driver_ctx, call, &now_ms, err);
	int64_t other_ms = SC_NEVER;
	if (status == SC_OK)
		status = store->driver->forget(store->driver_ctx, call, now_ms - store->remembers_ms, max - swept,
		                               &forgotten, &other_ms, err);
	if (status != SC_OK)
		return status;
	*done = swept + forgotten;
	*next_ms = hold_ms < other_ms ? hold_ms : other_ms;
	return SC_OK;
}

sc_status sc__rows_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	sc__rows_store *store = ctx;
	sc__scratch *scratch = sc__scratch_get(store);
	if (scratch == NULL)
		return no_memory(err);
	sc_status status = expire(store, call, max, &scratch->arena, done, next_ms, err);
	sc__scratch_put(store, scratch);
	return told(err, status);
}
