/*
 * expire: what was changed is written behind; a quick store that was emptied is filled; and all carts are compared once
 * after opening, because a process that died may have left changes that nobody else knows of.
 *
 * The walk goes over one store's carts by their keys, a page a call: the record's while the quick store is being
 * filled, else the quick store's.
 */
#include "wrappers/backed/backed.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/limits.h>
#include <string.h>

#define STEPS_MAX 20 /* of SC__COPIED_MAX carts, in one call */

/* ---- writing behind ---- */

static sc_status copy_changes(sc__backed *backed, const sc_call *call, sc__change *const *changes, size_t count,
                              sc_arena *arena, sc_error *err)
{
	sc_address *carts = sc_arena_zalloc(arena, count * sizeof *carts);
	uint8_t *removed = sc_arena_zalloc(arena, count);
	if (carts == NULL || removed == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to copy carts");
	for (size_t i = 0; i < count; i++) {
		carts[i] = (sc_address){
			.key = changes[i]->key, .sub = "", .key_size = changes[i]->key_size, .kind = backed->cart_kind
		};
		removed[i] = changes[i]->removed;
	}
	return sc__backed_copy(backed, call, carts, removed, count, arena, err);
}

/* What could not be copied waits again. */
static sc_status copy_some(sc__backed *backed, const sc_call *call, int64_t age_ms, size_t *done, sc_error *err)
{
	sc__change *changes[SC__COPIED_MAX];
	const size_t count = sc__changed_take(backed, age_ms, changes, SC__COPIED_MAX);
	sc_arena arena;
	*done = count;
	if (count == 0)
		return SC_OK;
	sc_arena_init(&arena, backed->env);
	sc_status status = copy_changes(backed, call, changes, count, &arena, err);
	for (size_t i = 0; i < count; i++) {
		const sc_address cart = { .key = changes[i]->key,
			                  .key_size = changes[i]->key_size,
			                  .kind = backed->cart_kind };
		if (status != SC_OK)
			sc__changed_note(backed, &cart, (sc__removal)changes[i]->removed);
		sc__changed_free(backed, changes[i]);
	}
	sc_arena_clear(&arena);
	sc__quick_failed(backed, status);
	return status;
}

sc_status sc__backed_flush(sc__backed *backed, const sc_call *call, sc_error *err)
{
	size_t done = 1;
	sc_status status = SC_OK;
	while (status == SC_OK && done > 0)
		status = copy_some(backed, call, 0, &done, err);
	return status;
}

/* ---- walking over all ---- */

static sc_status keep_cursor(sc__backed *backed, sc_bytes next, sc_error *err)
{
	const sc_env *env = backed->env;
	char *cursor = next.size == 0 ? NULL : env->resize(env->ctx, NULL, next.size);
	if (next.size > 0 && cursor == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to go on with");
	if (cursor != NULL)
		memcpy(cursor, next.data, next.size);
	if (backed->cursor != NULL)
		env->resize(env->ctx, backed->cursor, 0);
	backed->cursor = cursor;
	backed->cursor_size = next.size;
	return SC_OK;
}

static sc_status put_mark(sc__backed *backed, const sc_call *call, sc_error *err)
{
	const sc_store *quick = &backed->quick;
	const sc_change put = { .address = sc__backed_mark(backed),
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_ABSENT,
		                .flags = SC_SKIP,
		                .body = { "{}", 2 } };
	const sc_group group = { .changes = &put, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = quick->ops->apply(quick->ctx, call, &group, 1, &outcome, err);
	return status == SC_OK ? outcome.status : status;
}

/* One page. `over`: the walk is at its end. */
static sc_status walk_page(sc__backed *backed, const sc_call *call, const sc_store *store, bool *over, sc_arena *arena,
                           sc_error *err)
{
	const sc_range range = { .kind = backed->cart_kind,
		                 .index = SC_BY_ADDRESS,
		                 .limit = SC__COPIED_MAX,
		                 .cursor = { backed->cursor, backed->cursor_size } };
	sc_page page = { 0 };
	sc_arena_reset(arena);
	sc_status status = store->ops->range(store->ctx, call, &range, 1, arena, &page, err);
	sc_address *carts = sc__arena_array(arena, page.count, sizeof *carts);
	size_t count = 0;
	if (status == SC_OK && carts == NULL)
		status = sc__fail(err, SC_NO_MEMORY, "no memory to copy carts");
	for (size_t i = 0; i < page.count && status == SC_OK; i++)
		if (!sc__changed_is_removed(backed, &page.records[i].address))
			carts[count++] = page.records[i].address;
	if (status == SC_OK && count > 0)
		status = sc__backed_copy(backed, call, carts, NULL, count, arena, err);
	*over = page.next.size == 0;
	return status == SC_OK ? keep_cursor(backed, page.next, err) : status;
}

/* Which walk is due: of the record's carts, to fill the quick store; of the quick store's, to compare all once. */
static const sc_store *walk_due(sc__backed *backed)
{
	if (atomic_load(&backed->emptied))
		return &backed->record;
	return backed->compared ? NULL : &backed->quick;
}

static sc_status end_walk(sc__backed *backed, const sc_call *call, bool filling, sc_error *err)
{
	if (!filling) {
		backed->compared = true;
		return SC_OK;
	}
	sc_status status = put_mark(backed, call, err);
	if (status == SC_OK)
		atomic_store(&backed->emptied, false);
	return status;
}

static sc_status walk_some(sc__backed *backed, const sc_call *call, bool *more, sc_error *err)
{
	const sc_store *store;
	sc_arena arena;
	sc_status status = SC_OK;
	sc_arena_init(&arena, backed->env);
	for (int step = 0; step < STEPS_MAX && status == SC_OK && (store = walk_due(backed)) != NULL; step++) {
		const bool filling = store == &backed->record;
		bool over = false;
		if (filling != backed->cursor_fills) /* another walk: from the start */
			status = keep_cursor(backed, (sc_bytes){ NULL, 0 }, err);
		backed->cursor_fills = filling;
		if (status == SC_OK)
			status = walk_page(backed, call, store, &over, &arena, err);
		if (status == SC_OK && over)
			status = end_walk(backed, call, filling, err);
	}
	sc_arena_clear(&arena);
	*more = status == SC_OK && walk_due(backed) != NULL;
	sc__quick_failed(backed, status);
	return status;
}

/* A quick store that lost its mark is known by the first cart that is read; this is for one that nobody reads. */
static sc_status look_for_mark(sc__backed *backed, const sc_call *call, sc_error *err)
{
	const sc_store *quick = &backed->quick;
	const sc_address mark = sc__backed_mark(backed);
	sc_record found;
	sc_arena arena;
	sc_arena_init(&arena, backed->env);
	sc_status status = quick->ops->load(quick->ctx, call, &mark, 1, 0, &arena, &found, err);
	if (status == SC_STORE_FAILED) { /* emptied: it does not know itself any more */
		status = sc__quick_prepare(backed, call, err);
		if (status == SC_OK)
			status = quick->ops->load(quick->ctx, call, &mark, 1, 0, &arena, &found, err);
	}
	if (status == SC_OK && found.version == 0)
		atomic_store(&backed->emptied, true);
	sc_arena_clear(&arena);
	return status;
}

/* ---- expire ---- */

static sc_status sweep(sc__backed *backed, const sc_call *call, size_t max, size_t *done, bool *more, sc_error *err)
{
	size_t some = 1;
	sc_status status = SC_OK;
	if (!atomic_load(&backed->prepared))
		status = sc__quick_prepare(backed, call, err);
	if (status == SC_OK)
		status = look_for_mark(backed, call, err);
	while (status == SC_OK && some > 0 && *done < max) {
		status = copy_some(backed, call, backed->options.behind_ms, &some, err);
		*done += some;
	}
	if (status == SC_OK)
		status = walk_some(backed, call, more, err);
	return status;
}

/* Whatever became of it, the other duties of the shop go on: the quick store is what may be away. */
sc_status sc__backed_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	sc__backed *backed = ctx;
	const sc_store *quick = &backed->quick, *record = &backed->record;
	int64_t next = SC_NEVER, now_ms = 0, oldest_ms;
	size_t swept = 0, some = 0;
	bool free = false, more = false;
	sc_error ignored;
	sc_status status = record->ops->now(record->ctx, call, &now_ms, err);
	if (status == SC_OK)
		status = record->ops->expire(record->ctx, call, max, &some, &next, err); /* carts that ended */
	if (status != SC_OK)
		return status;
	swept += some;
	if (sc__quick_is_there(backed) && atomic_compare_exchange_strong(&backed->sweeping, &free, true)) {
		if (sweep(backed, call, max, &swept, &more, &ignored) == SC_OK) {
			int64_t due = SC_NEVER;
			status = quick->ops->expire(quick->ctx, call, max, &some, &due, &ignored);
			swept += status == SC_OK ? some : 0;
			next = status == SC_OK && due < next ? due : next;
		}
		atomic_store(&backed->sweeping, false);
	}
	if (sc__changed_count(backed, &oldest_ms) > 0) {
		const int64_t left_ms = backed->options.behind_ms - oldest_ms;
		next = now_ms + (left_ms > 100 ? left_ms : 100) < next ? now_ms + (left_ms > 100 ? left_ms : 100)
		                                                       : next;
	}
	*done = swept;
	*next_ms = more ? now_ms : next;
	return SC_OK;
}
