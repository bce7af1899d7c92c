/*
 * Movements of one account, as people read them. They are the store's journal, not a copy of it.
 */
#include "inventory/accounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"

#include <string.h>

static sc_status show(const sc_entry *entry, sc_arena *arena, sc_movement *out)
{
	const char *reason = sc_arena_dup(arena, entry->topic.data, entry->topic.size);
	if (reason == NULL)
		return SC_NO_MEMORY;
	*out = (sc_movement){ .position = entry->position,
		              .time_ms = entry->time_ms,
		              .on_hand = entry->delta.on_hand,
		              .held = entry->delta.held,
		              .committed = entry->delta.committed,
		              .on_hand_after = entry->after.on_hand,
		              .held_after = entry->after.held,
		              .committed_after = entry->after.committed,
		              .reason = reason };
	if (entry->cause.key_size == sizeof(out->cause.bytes))
		memcpy(out->cause.bytes, entry->cause.key, sizeof(out->cause.bytes));
	return SC_OK;
}

sc_status sc_inventory_journal(sc_shop *shop, const sc_call *call, const sc_stock_ref *ref, uint64_t before,
                               size_t limit, sc_arena *arena, sc_movement_page *out, sc_error *err)
{
	if (ref == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "ref", "is missing");
	sc_status status = sc__stock_check(ref->sku, ref->location, -1, err);
	if (status == SC_OK && (limit < 1 || limit > SC_PAGE_MAX))
		status = sc__bad(err, SC_OVER_LIMIT, "limit", "must be 1 to %d", SC_PAGE_MAX);
	if (status == SC_OK)
		status = sc__stock_allow(shop, call, SC__AUDIT_STOCK, &ref->sku, 1, err);
	if (status != SC_OK)
		return status;
	sc_entry *entries = sc__arena_array(arena, limit, sizeof(*entries));
	sc_movement *movements = sc__arena_array(arena, limit, sizeof(*movements));
	if (entries == NULL || movements == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for movements");

	const sc_address account = sc__stock_address(ref->sku, ref->location);
	size_t count = 0;
	status = shop->store.ops->log_of(shop->store.ctx, call, &account, before, limit, arena, entries, &count, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		if (show(&entries[i], arena, &movements[i]) != SC_OK)
			status = sc__fail(err, SC_NO_MEMORY, "no memory for movements");
	if (status != SC_OK)
		return status;
	const bool more = count == limit && entries[count - 1].previous != 0;
	*out = (sc_movement_page){ movements, count, more ? entries[count - 1].position : 0 };
	return SC_OK;
}
