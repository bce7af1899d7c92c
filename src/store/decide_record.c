/* CHECK, PUT, PATCH and DELETE: records and claims; CHECK of any row. */
#include "store/batch.h"

#include "base/arena.h"

#include <string.h>

static sc_status meets(const sc_change *change, const sc__slot *slot)
{
	uint64_t version = slot->row.value.version;
	uint32_t condition = change->condition;
	if (change->type == SC_CHANGE_CHECK && condition == SC_IF_ANY)
		condition = SC_IF_VERSION;
	switch (condition) {
	case SC_IF_ABSENT:
		return version == 0 ? SC_OK : SC_EXISTS;
	case SC_IF_PRESENT:
		return version != 0 ? SC_OK : SC_NOT_FOUND;
	case SC_IF_VERSION:
		if (version == change->version)
			return SC_OK;
		return version == 0 ? SC_NOT_FOUND : SC_CHANGED;
	default:
		return SC_OK;
	}
}

/* Tells the journal, when the kind wants that. */
static sc_status tell(sc__batch *batch, sc__slot *slot)
{
	if ((sc_kind_find(slot->row.value.address.kind)->flags & SC_KIND_TOUCH) == 0)
		return SC_OK;
	sc_entry *entry = sc__append(batch, slot, SC_ENTRY_TOUCH);
	if (entry == NULL)
		return SC_NO_MEMORY;
	entry->version = slot->row.value.version == 0 ? 0 : SC__FRESH;
	return SC_OK;
}

static sc_status put(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	const sc_kind *kind = sc_kind_find(change->address.kind);
	sc_row *row = &slot->row;
	bool made = !sc__present(slot);
	if (!sc__touch(batch, slot))
		return SC_NO_MEMORY;
	row->changed |= made ? SC_ROW_ALL : SC_ROW_COLUMNS | SC_ROW_BODY | SC_ROW_PERSONAL | SC_ROW_LIFETIME;
	if (made)
		row->value.made_by = (kind->flags & SC_KIND_MADE_BY) != 0 ? batch->group->id : (sc_id){ { 0 } };
	row->value.version = SC__FRESH;
	row->value.columns = change->column_count == 0 ? NULL : change->columns;
	row->value.body = change->body;
	row->value.personal = change->personal;
	row->value.expires_ms = change->lifetime_ms == 0 ? 0 : batch->clock.now_ms + change->lifetime_ms;
	row->value.shape = kind->shape;
	return tell(batch, slot);
}

static sc_status patch_columns(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	const sc_kind *kind = sc_kind_find(change->address.kind);
	if (slot->row.value.columns == NULL)
		return SC_DAMAGED;
	sc_value *columns = sc__arena_array(batch->arena, kind->column_count, sizeof *columns);
	if (columns == NULL)
		return SC_NO_MEMORY;
	memcpy(columns, slot->row.value.columns, kind->column_count * sizeof *columns);
	uint32_t given = 0;
	for (uint32_t i = 0; i < kind->column_count; i++)
		if ((change->column_mask & (1u << i)) != 0)
			columns[i] = change->columns[given++];
	slot->row.value.columns = columns;
	slot->row.changed |= SC_ROW_COLUMNS;
	return SC_OK;
}

static sc_status patch(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	if (!sc__touch(batch, slot))
		return SC_NO_MEMORY;
	if (change->column_count > 0) {
		sc_status status = patch_columns(batch, change, slot);
		if (status != SC_OK)
			return status;
	}
	if ((change->flags & SC_PATCH_BODY) != 0) {
		slot->row.value.body = change->body;
		slot->row.changed |= SC_ROW_BODY;
	}
	if ((change->flags & SC_PATCH_PERSONAL) != 0) {
		slot->row.value.personal = change->personal;
		slot->row.changed |= SC_ROW_PERSONAL;
	}
	slot->row.value.version = SC__FRESH;
	return tell(batch, slot);
}

static sc_status erase(sc__batch *batch, sc__slot *slot)
{
	if (!sc__touch(batch, slot))
		return SC_NO_MEMORY;
	slot->row.value = (sc_record){ .address = slot->row.value.address, .entry = slot->row.value.entry };
	slot->row.changed = SC_ROW_ALL;
	return tell(batch, slot);
}

static sc_status judge(const sc_change *change, const sc__slot *slot)
{
	if (slot->fenced && change->type == SC_CHANGE_PUT)
		return SC_FENCED;
	sc_status status = meets(change, slot);
	if (status == SC_OK && change->type == SC_CHANGE_PATCH && !sc__present(slot))
		return SC_NOT_FOUND;
	return status;
}

sc_status sc__decide_record(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	sc_status status = judge(change, slot);
	if (status != SC_OK) {
		if ((change->flags & SC_SKIP) == 0)
			return status;
		batch->skipped = true;
		return SC_OK;
	}
	switch (change->type) {
	case SC_CHANGE_PUT:
		return put(batch, change, slot);
	case SC_CHANGE_PATCH:
		return patch(batch, change, slot);
	case SC_CHANGE_DELETE:
		return sc__present(slot) ? erase(batch, slot) : SC_OK;
	default:
		return SC_OK;
	}
}
