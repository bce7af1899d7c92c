/*
 * What is asked of all parts: what became of ids, and what is due. Notes of sagas whose process died are due first.
 */
#include "wrappers/parts/run.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/limits.h>

/* A saga takes milliseconds; one whose note is older has lost its process, or takes so long that it may lose. */
#define NOTE_AGE_MS 5000

/* ---- resolve ----------------------------------------------------------------------------- */

/* Where an id of the table was used, nobody knows: all parts are asked, and with a fence none of them takes it later.
 */
static sc_status resolve_anywhere(const struct parts *p, const sc_call *call, const sc_group_ref *ref, bool fence,
                                  sc_outcome *out, sc_error *err)
{
	sc_status status = SC_OK;
	sc_outcome answer = *out;

	for (uint32_t part = 0; status == SC_OK && part < p->count; part++) {
		sc_outcome one = *out;

		one.status = SC_OK;
		status = p->stores[part].ops->resolve(p->stores[part].ctx, call, ref, 1, fence, &one, err);
		if (part == 0 || (one.status != SC_NOT_FOUND && one.status != SC_FENCED && one.status != SC_TOO_OLD))
			answer = one;
	}
	if (status == SC_OK)
		*out = answer;
	return status;
}

sc_status sc__parts_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                            sc_outcome *out, sc_error *err)
{
	const struct parts *p = ctx;
	sc_status status = SC_OK;

	for (size_t i = 0; status == SC_OK && i < count; i++) {
		if (refs[i].home.key_size == 0) {
			status = resolve_anywhere(p, call, &refs[i], fence, &out[i], err);
			continue;
		}
		const sc_store *store = &p->stores[p->place(p, &refs[i].home)];
		status = store->ops->resolve(store->ctx, call, &refs[i], 1, fence, &out[i], err);
	}
	return status;
}

/* ---- expire ------------------------------------------------------------------------------ */

static sc_id id_of(const sc_record *note)
{
	sc_id id = { { 0 } };

	for (size_t i = 0; i < sizeof(id.bytes) && i < note->address.sub_size; i++)
		id.bytes[i] = (uint8_t)note->address.sub[i];
	return id;
}

static sc_status resume(const struct parts *p, const sc_call *call, uint32_t part, const sc_record *note, sc_error *err)
{
	struct saga saga;
	sc_arena arena;

	sc_arena_init(&arena, p->env);
	struct run run = { .p = p, .call = call, .arena = &arena, .sagas = &saga, .err = err };
	sc_status status = sc__saga_resume(&run, part, note);
	sc_arena_clear(&arena);
	return status;
}

/* Notes are in the order of their ids, which is that of time; the rest of a page waits for the next call. */
static sc_status sweep_notes(const struct parts *p, const sc_call *call, uint32_t part, size_t max, size_t *done,
                             int64_t *next_ms, sc_error *err)
{
	const sc_store *store = &p->stores[part];
	const sc_address any = sc__saga_address(p, &(sc_id){ { 0 } });
	const sc_range range = { .kind = any.kind,
		                 .index = SC_BY_SUB,
		                 .key = { any.key, any.key_size },
		                 .limit = max < SC_PAGE_MAX ? (uint32_t)max : SC_PAGE_MAX,
		                 .mask = SC_READ_BODY };
	sc_page page;
	sc_arena arena;
	int64_t now_ms = 0;

	sc_arena_init(&arena, p->env);
	sc_status status = store->ops->range(store->ctx, call, &range, 1, &arena, &page, err);
	if (status == SC_OK && page.count > 0)
		status = store->ops->now(store->ctx, call, &now_ms, err);
	for (size_t i = 0; status == SC_OK && i < page.count; i++) {
		const int64_t due_ms = sc_id_time_ms(id_of(&page.records[i])) + NOTE_AGE_MS;

		if (due_ms > now_ms) {
			*next_ms = due_ms < *next_ms ? due_ms : *next_ms;
			break;
		}
		status = resume(p, call, part, &page.records[i], err);
		(*done)++;
	}
	if (status == SC_OK && page.next.size > 0)
		*next_ms = now_ms < *next_ms ? now_ms : *next_ms;
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__parts_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	const struct parts *p = ctx;
	size_t total = 0;
	int64_t next = SC_NEVER;
	sc_status status = SC_OK;

	for (uint32_t part = 0; status == SC_OK && part < p->count && total < max; part++)
		status = sweep_notes(p, call, part, max - total, &total, &next, err);
	for (uint32_t part = 0; status == SC_OK && part < p->count; part++) {
		size_t some = 0;
		int64_t due = SC_NEVER;

		if (total >= max) {
			next = 0; /* something may be due at once */
			break;
		}
		status = p->stores[part].ops->expire(p->stores[part].ctx, call, max - total, &some, &due, err);
		total += some;
		next = due < next ? due : next;
	}
	if (status != SC_OK)
		return status;
	*done = total;
	*next_ms = next;
	return SC_OK;
}
