/*
 * Where a cart is read and written: in the quick store while that is there, else in the record. And filling in, on the
 * way, a cart that a quick store without its mark does not have.
 */
#include "wrappers/backed/backed.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define MARK_KEY  "backed.filled"
#define NS_PER_MS 1000000

/* ---- whether it is there ---- */

bool sc__quick_is_there(const sc__backed *backed)
{
	return backed->env->mono_ns(backed->env->ctx) >= atomic_load(&backed->back_ns);
}

/* The caller's own limits say nothing about the store. */
bool sc__quick_failed(sc__backed *backed, sc_status status)
{
	const sc_env *env = backed->env;
	if ((!sc_status_is_failure(status) && !sc_status_is_unknown(status)) || status == SC_NO_MEMORY ||
	    status == SC_BUSY)
		return false;
	atomic_fetch_add(&backed->failures, 1);
	atomic_store(&backed->back_ns, env->mono_ns(env->ctx) + backed->options.patience_ms * NS_PER_MS);
	return sc_status_is_failure(status);
}

/* It may have been away when the shop was opened, or have come back empty. */
sc_status sc__quick_prepare(sc__backed *backed, const sc_call *call, sc_error *err)
{
	sc_status status = backed->quick.ops->prepare(backed->quick.ctx, call, err);
	if (status == SC_OK)
		atomic_store(&backed->prepared, true);
	else
		sc__quick_failed(backed, status);
	return status;
}

/* A store that was emptied does not know itself any more: made ready again, it can be asked once more. */
static bool is_ready_again(sc__backed *backed, const sc_call *call, sc_status status)
{
	sc_error ignored;
	return status == SC_STORE_FAILED && sc__quick_prepare(backed, call, &ignored) == SC_OK;
}

sc_address sc__backed_mark(const sc__backed *backed)
{
	return (sc_address){
		.key = MARK_KEY, .sub = "", .key_size = sizeof MARK_KEY - 1, .kind = backed->setting_kind
	};
}

static bool are_carts(const sc__backed *backed, const sc_address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (addresses[i].kind != backed->cart_kind)
			return false;
	return count > 0;
}

/* ---- reading from the record ---- */

static void mark_versions(sc_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (records[i].version != 0)
			records[i].version |= SC__FROM_RECORD;
}

static sc_status load_record(sc__backed *backed, const sc_call *call, const sc_address *addresses, size_t count,
                             uint32_t mask, sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc_store *record = &backed->record;
	sc_status status = record->ops->load(record->ctx, call, addresses, count, mask, arena, out, err);
	if (status != SC_OK)
		return status;
	mark_versions(out, count);
	atomic_fetch_add(&backed->from_record, count);
	return SC_OK;
}

/* ---- load ---- */

/* The quick store lost its mark: those that are not there are copied from the record, if they are there. */
static sc_status fill_in(sc__backed *backed, const sc_call *call, const sc_address *addresses, size_t count,
                         const sc_record *records, sc_arena *arena, bool *filled, sc_error *err)
{
	sc_address *missing = sc__arena_array(arena, count, sizeof *missing);
	size_t found = 0;
	*filled = false;
	if (missing == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read carts");
	for (size_t i = 0; i < count; i++)
		if (addresses[i].kind == backed->cart_kind && records[i].version == 0 &&
		    !sc__changed_is_removed(backed, &addresses[i]))
			missing[found++] = addresses[i];
	if (found == 0)
		return SC_OK;
	*filled = true;
	return sc__backed_copy(backed, call, missing, NULL, found, arena, err);
}

/* The mark is read along, as the last of all. */
static sc_status load_quick(sc__backed *backed, const sc_call *call, const sc_address *addresses, size_t count,
                            uint32_t mask, sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc_store *quick = &backed->quick;
	sc_address *asked = sc__arena_array(arena, count + 1, sizeof *asked);
	sc_record *found = sc__arena_array(arena, count + 1, sizeof *found);
	bool again = false;
	if (asked == NULL || found == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read carts");
	memcpy(asked, addresses, count * sizeof *asked);
	asked[count] = sc__backed_mark(backed);
	sc_status status = quick->ops->load(quick->ctx, call, asked, count + 1, mask, arena, found, err);
	if (status == SC_OK && found[count].version == 0) {
		atomic_store(&backed->emptied, true);
		status = fill_in(backed, call, addresses, count, found, arena, &again, err);
		if (status == SC_OK && again)
			status = quick->ops->load(quick->ctx, call, asked, count, mask, arena, found, err);
	}
	if (status == SC_OK)
		memcpy(out, found, count * sizeof *out);
	return status;
}

sc_status sc__backed_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err)
{
	sc__backed *backed = ctx;
	const bool carts = are_carts(backed, addresses, count);
	if (!carts)
		return backed->quick.ops->load(backed->quick.ctx, call, addresses, count, mask, arena, out, err);
	if (sc__quick_is_there(backed)) {
		sc_status status = load_quick(backed, call, addresses, count, mask, arena, out, err);
		if (is_ready_again(backed, call, status))
			status = load_quick(backed, call, addresses, count, mask, arena, out, err);
		if (!sc__quick_failed(backed, status))
			return status;
	}
	return load_record(backed, call, addresses, count, mask, arena, out, err);
}

/* ---- range ---- */

static bool are_of_carts(const sc__backed *backed, const sc_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ranges[i].kind != backed->cart_kind)
			return false;
	return count > 0;
}

static sc_status range_record(sc__backed *backed, const sc_call *call, const sc_range *ranges, size_t count,
                              sc_arena *arena, sc_page *out, sc_error *err)
{
	const sc_store *record = &backed->record;
	sc_status status = record->ops->range(record->ctx, call, ranges, count, arena, out, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		mark_versions(out[i].records, out[i].count);
		atomic_fetch_add(&backed->from_record, out[i].count);
	}
	return status;
}

/* While the quick store is being filled, the record has more carts. What else a store that is away keeps (notes of
 * sagas) is found when it is back: whoever sweeps must not stop here. */
sc_status sc__backed_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	sc__backed *backed = ctx;
	const sc_store *quick = &backed->quick;
	const bool carts = are_of_carts(backed, ranges, count);
	if (sc__quick_is_there(backed) && !(carts && atomic_load(&backed->emptied))) {
		sc_status status = quick->ops->range(quick->ctx, call, ranges, count, arena, out, err);
		if (is_ready_again(backed, call, status))
			status = quick->ops->range(quick->ctx, call, ranges, count, arena, out, err);
		if (!sc__quick_failed(backed, status))
			return status;
	}
	if (carts)
		return range_record(backed, call, ranges, count, arena, out, err);
	memset(out, 0, count * sizeof *out);
	return SC_OK;
}

/* ---- apply ---- */

static bool writes_carts_alone(const sc__backed *backed, const sc_group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (uint32_t n = 0; n < groups[i].count; n++)
			if (groups[i].changes[n].address.kind != backed->cart_kind)
				return false;
	return count > 0;
}

static void note_changes(sc__backed *backed, const sc_group *groups, size_t count, const sc_outcome *out,
                         sc__removal removal)
{
	for (size_t i = 0; i < count; i++) {
		if (out[i].status != SC_OK && !sc_status_is_unknown(out[i].status))
			continue;
		for (uint32_t n = 0; n < groups[i].count; n++) {
			const sc_change *change = &groups[i].changes[n];
			if (change->address.kind == backed->cart_kind && change->type != SC_CHANGE_CHECK &&
			    change->type != SC_CHANGE_APPEND)
				sc__changed_note(backed, &change->address,
				                 change->type == SC_CHANGE_DELETE ? removal : SC__NOT_REMOVED);
		}
	}
}

/* The same groups with versions as the record gives them; one that the quick store gave is none of them. */
static const sc_group *for_record(const sc_group *groups, size_t count, sc_arena *arena)
{
	sc_group *copy = sc__arena_array(arena, count, sizeof *copy);
	for (size_t i = 0; i < count && copy != NULL; i++) {
		copy[i] = groups[i];
		sc_change *changes = sc__arena_array(arena, groups[i].count, sizeof *changes);
		if (changes == NULL)
			return NULL;
		memcpy(changes, groups[i].changes, groups[i].count * sizeof *changes);
		for (uint32_t n = 0; n < groups[i].count; n++)
			if (changes[n].version != 0)
				changes[n].version ^= SC__FROM_RECORD;
		copy[i].changes = changes;
	}
	return copy;
}

static sc_status apply_record(sc__backed *backed, const sc_call *call, const sc_group *groups, size_t count,
                              sc_outcome *out, sc_error *err)
{
	const sc_store *record = &backed->record;
	sc_arena arena;
	sc_arena_init(&arena, backed->env);
	const sc_group *theirs = for_record(groups, count, &arena);
	sc_status status = theirs == NULL ? sc__fail(err, SC_NO_MEMORY, "no memory to write carts")
	                                  : record->ops->apply(record->ctx, call, theirs, count, out, err);
	sc_arena_clear(&arena);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		if (out[i].position != 0)
			out[i].position |= SC__FROM_RECORD;
	atomic_fetch_add(&backed->from_record, count);
	note_changes(backed, groups, count, out, SC__REMOVED_RECORD);
	return SC_OK;
}

sc_status sc__backed_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                           sc_error *err)
{
	sc__backed *backed = ctx;
	const sc_store *quick = &backed->quick;
	const bool carts = writes_carts_alone(backed, groups, count);
	if (!carts || sc__quick_is_there(backed)) {
		sc_status status = quick->ops->apply(quick->ctx, call, groups, count, out, err);
		if (is_ready_again(backed, call, status))
			status = quick->ops->apply(quick->ctx, call, groups, count, out, err);
		if (status == SC_OK)
			note_changes(backed, groups, count, out, SC__REMOVED_QUICK);
		if (!sc__quick_failed(backed, status) || !carts)
			return status;
	}
	return apply_record(backed, call, groups, count, out, err);
}
