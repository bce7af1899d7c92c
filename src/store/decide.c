/*
 * The decision: groups in order, each all or nothing, on the rows that were read. No I/O, no clock and
 * no allocation but in the batch's arena, so every engine decides alike and a test can call it a
 * million times.
 *
 * Before a group first changes a row, the row is saved; a refused group is undone by putting the saved
 * rows back and cutting off its journal entries. The groups after it never see that it was there.
 */
#include "store/batch.h"

#include "base/arena.h"

#include <string.h>

/* ---- undo, entries ---- */

/* Room for one more element at the end of an array in the arena. NULL: no memory. */
static void *grow(sc_arena *arena, void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	size_t wanted = *room == 0 ? 16 : *room * 2;
	void *grown = sc__arena_resize(arena, array, *room * size, wanted * size);
	if (grown != NULL)
		*room = wanted;
	return grown;
}

bool sc__touch(sc__batch *batch, sc__slot *slot)
{
	if (slot->group == batch->serial)
		return true;
	sc__undo *undo = grow(batch->arena, batch->undo, batch->undo_count, &batch->undo_room, sizeof *undo);
	if (undo == NULL)
		return false;
	batch->undo = undo;
	undo += batch->undo_count++;
	undo->slot = slot;
	undo->value = slot->row.value;
	undo->changed = slot->row.changed;
	undo->takes = slot->takes;
	slot->group = batch->serial;
	return true;
}

static void undo_group(sc__batch *batch, size_t entry_count, uint64_t drawn)
{
	while (batch->undo_count > 0) {
		const sc__undo *undo = &batch->undo[--batch->undo_count];
		undo->slot->row.value = undo->value;
		undo->slot->row.changed = undo->changed;
		undo->slot->takes = undo->takes;
	}
	batch->entry_count = entry_count;
	batch->drawn = drawn;
}

sc_entry *sc__append(sc__batch *batch, sc__slot *slot, sc_entry_type type)
{
	sc_entry *entries = grow(batch->arena, batch->entries, batch->entry_count, &batch->entry_room, sizeof *entries);
	if (entries == NULL)
		return NULL;
	batch->entries = entries;
	sc_entry *entry = &entries[batch->entry_count++];
	*entry = (sc_entry){ .position = SC__RELATIVE | batch->drawn++,
		             .previous = slot->row.value.entry,
		             .subject = slot->row.value.address,
		             .time_ms = batch->clock.now_ms,
		             .group = batch->group->id,
		             .type = type };
	slot->row.value.entry = entry->position;
	return entry;
}

/* ---- repeats ---- */

void sc__repeat_of_id(const sc__slot *id, sc__result *result)
{
	const sc_stored_outcome *stored = &id->row.outcome;
	result->status = (sc_status)stored->status;
	if (result->status == SC_FENCED)
		return;
	result->flags = SC_OUTCOME_REPEAT;
	result->change = stored->change;
	result->line = stored->line;
	result->wanted = stored->wanted;
	result->available = stored->available;
	result->position = stored->position;
	result->time_ms = stored->time_ms;
}

static bool copy_take(sc_arena *arena, sc__taken *taken)
{
	sc_address *account = &taken->take.account;
	char *copy = sc__arena_bytes(arena, (size_t)account->key_size + account->sub_size);
	if (copy == NULL)
		return false;
	memcpy(copy, account->key, account->key_size);
	if (account->sub_size > 0)
		memcpy(copy + account->key_size, account->sub, account->sub_size);
	account->key = copy;
	account->sub = copy + account->key_size;
	return true;
}

/* What a hold took, for its maker who asks again: in the maker's own arena. */
static sc_status copy_takes(const sc__batch *batch, const sc__slot *hold, sc_arena *arena, sc__taken_list *out)
{
	sc__take *takes;
	size_t count;
	if (hold->takes.count > 0) { /* made, or learned, in this very batch */
		count = hold->takes.count;
	} else {
		sc_status status = sc__hold_unpack(hold->row.value.body, batch->arena, &takes, &count);
		if (status != SC_OK)
			return status;
	}
	sc__taken *copy = sc__arena_array(arena, count, sizeof *copy);
	if (copy == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		copy[i].take = hold->takes.count > 0 ? hold->takes.items[i].take : takes[i];
		copy[i].account = NULL;
		if (!copy_take(arena, &copy[i]))
			return SC_NO_MEMORY;
	}
	*out = (sc__taken_list){ copy, count };
	return SC_OK;
}

static bool is_tombstone(const sc__slot *home)
{
	if (home->row.type != SC_ROW_HOLD)
		return home->fenced;
	return sc__present(home) && home->row.value.hold_state == SC_HOLD_RELEASED && home->row.value.body.size == 0;
}

bool sc__repeat_of_home(sc__batch *batch, const sc__slot *home, sc_id id, sc_arena *arena, sc__result *result)
{
	if (is_tombstone(home)) {
		result->status = SC_FENCED;
		return true;
	}
	if (!sc__present(home))
		return false;
	if (!sc_id_equal(home->row.value.made_by, id)) {
		result->status = SC_EXISTS;
		return true;
	}
	result->status = SC_OK;
	result->flags = SC_OUTCOME_REPEAT;
	result->position = home->row.value.version;
	if (home->row.type == SC_ROW_HOLD && arena != NULL)
		result->status = copy_takes(batch, home, arena, &result->repeated);
	return true;
}

/* Whether the group was seen before, or may never come; `result` then says what became of it. */
static bool is_settled(sc__batch *batch, const sc__group_plan *plan, sc__result *result)
{
	const sc_group *group = batch->group;
	if (group->home == SC_HOME_NONE)
		return false;
	if (group->home == SC_HOME_TABLE && sc__is_stored(&plan->id->row.outcome)) {
		sc__repeat_of_id(plan->id, result);
		return true;
	}
	sc_arena *arena = batch->outcomes[batch->index].arena;
	if (group->home == SC_HOME_FIRST &&
	    sc__repeat_of_home(batch, plan->changes[0].subject, group->id, arena, result))
		return true;
	if (sc_id_time_ms(group->id) >= batch->clock.floor_ms)
		return false;
	result->status = SC_TOO_OLD;
	return true;
}

/* ---- one group ---- */

static sc_status append_event(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	if (!sc__written_now(batch, slot)) {
		batch->skipped = true;
		return SC_OK;
	}
	sc_entry *entry = sc__append(batch, slot, SC_ENTRY_EVENT);
	if (entry == NULL)
		return SC_NO_MEMORY;
	entry->topic = change->topic;
	entry->body = change->body;
	return SC_OK;
}

static sc_status decide_change(sc__batch *batch, const sc_change *change, sc__change_plan *plan)
{
	switch (change->type) {
	case SC_CHANGE_CHECK:
	case SC_CHANGE_PUT:
	case SC_CHANGE_PATCH:
	case SC_CHANGE_DELETE:
		return sc__decide_record(batch, change, plan->subject);
	case SC_CHANGE_ADJUST:
	case SC_CHANGE_SET:
		return sc__decide_account(batch, change, plan->subject);
	case SC_CHANGE_APPEND:
		return append_event(batch, change, plan->subject);
	default:
		return sc__decide_hold(batch, change, plan);
	}
}

/* An address of the account that outlives the batch: the request's own, or a copy in the caller's arena. */
static bool lasting_address(const sc__batch *batch, const sc__slot *account, sc_address *out)
{
	const sc__group_plan *plan = &batch->plans[batch->index];
	for (uint32_t i = 0; i < batch->group->count; i++) {
		const sc_change *change = &batch->group->changes[i];
		if (plan->changes[i].subject == account) {
			*out = change->address;
			return true;
		}
		sc__slot *const *at = plan->changes[i].sources;
		for (uint32_t j = 0; j < change->line_count && at != NULL; j++)
			for (uint32_t k = 0; k < change->lines[j].source_count; k++, at++)
				if (*at == account) {
					*out = change->lines[j].sources[k];
					return true;
				}
	}
	sc_arena *arena = batch->outcomes[batch->index].arena;
	sc__taken copy = { .take = { .account = account->row.value.address } };
	if (arena == NULL || !copy_take(arena, &copy))
		return false;
	*out = copy.take.account;
	return true;
}

static sc_status list_account(const sc__batch *batch, const sc__slot *slot, uint32_t capacity, sc__result *result)
{
	if (result->after == NULL) {
		result->after = sc__arena_array(batch->arena, capacity, sizeof *result->after);
		if (result->after == NULL)
			return SC_NO_MEMORY;
	}
	sc_after *after = &result->after[result->after_count];
	if (lasting_address(batch, slot, &after->account)) {
		after->counters = slot->row.value.counters;
		result->after_count++;
	}
	return SC_OK;
}

/* Counters after the group, of as many accounts as the caller has room for; and how many there are. */
static sc_status list_accounts(const sc__batch *batch, sc__result *result)
{
	uint32_t capacity = batch->outcomes[batch->index].after_capacity;
	sc_status status = SC_OK;
	for (size_t i = 0; i < batch->undo_count && status == SC_OK; i++) {
		const sc__slot *slot = batch->undo[i].slot;
		if (slot->row.type != SC_ROW_ACCOUNT)
			continue;
		if (result->after_count < capacity)
			status = list_account(batch, slot, capacity, result);
		else
			result->after_count++;
	}
	return status;
}

sc_status sc__group_done(sc__batch *batch, sc__result *result)
{
	if (batch->undo_count == 0)
		return SC_OK;
	if (batch->drawn == batch->drawn_before)
		batch->drawn++;
	uint64_t position = SC__RELATIVE | (batch->drawn - 1);
	for (size_t i = 0; i < batch->undo_count; i++) {
		sc_row *row = &batch->undo[i].slot->row;
		row->write = SC_ROW_UPDATE; /* which kind of write it is in the end is found when all is decided */
		if (row->value.version != 0)
			row->value.version = position;
		else
			row->value.entry = 0; /* a deleted row takes its chain with it */
	}
	for (size_t i = batch->entries_before; i < batch->entry_count; i++)
		if (batch->entries[i].version == SC__FRESH)
			batch->entries[i].version = position;
	result->position = position;
	return list_accounts(batch, result);
}

static void store_outcome(sc__slot *id, const sc__result *result)
{
	id->row.outcome = (sc_stored_outcome){ .status = result->status,
		                               .change = result->change,
		                               .line = result->line,
		                               .wanted = result->wanted,
		                               .available = result->available,
		                               .position = result->position,
		                               .time_ms = result->time_ms };
	id->row.write = SC_ROW_INSERT;
}

static void refuse(sc__batch *batch, const sc__group_plan *plan, sc__result *result)
{
	result->line = batch->refusal.line;
	result->wanted = batch->refusal.wanted;
	result->available = batch->refusal.available;
	undo_group(batch, batch->entries_before, batch->drawn_before);
	if ((batch->group->flags & SC_GROUP_KEEP_REFUSAL) != 0 && sc_status_is_refusal(result->status))
		store_outcome(plan->id, result);
}

static sc_status decide_group(sc__batch *batch, const sc__group_plan *plan, sc__result *result)
{
	batch->undo_count = 0;
	batch->entries_before = batch->entry_count;
	batch->drawn_before = batch->drawn;
	batch->skipped = false;
	batch->refusal = (sc__refusal){ .line = SC_NO_LINE };
	if (is_settled(batch, plan, result))
		return result->status == SC_NO_MEMORY ? SC_NO_MEMORY : SC_OK;
	for (uint32_t i = 0; i < batch->group->count; i++) {
		result->status = decide_change(batch, &batch->group->changes[i], &plan->changes[i]);
		if (result->status == SC_NO_MEMORY)
			return SC_NO_MEMORY;
		if (result->status != SC_OK) {
			result->change = i;
			refuse(batch, plan, result);
			return SC_OK;
		}
	}
	if (batch->skipped)
		result->flags |= SC_OUTCOME_SKIPPED;
	sc_status status = sc__group_done(batch, result);
	if (status == SC_OK && plan->id != NULL)
		store_outcome(plan->id, result);
	return status;
}

bool sc__batch_decide(sc__batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		sc__result *result = &batch->results[i];
		*result = (sc__result){ .status = batch->plans[i].bad,
			                .line = SC_NO_LINE,
			                .time_ms = batch->clock.now_ms };
		batch->index = i;
		batch->serial = i + 1;
		batch->group = &batch->groups[i];
		if (result->status == SC_OK && decide_group(batch, &batch->plans[i], result) != SC_OK)
			return false;
	}
	return true;
}
