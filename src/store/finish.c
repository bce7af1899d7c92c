/*
 * The end of a batch: positions are drawn only now that all locks are had, put in place of the
 * relative ones, and everything is written and committed in one step.
 */
#include "store/batch.h"

#include "base/arena.h"

static uint16_t write_of(const sc__slot *slot)
{
	const sc_row *row = &slot->row;
	if (row->write == SC_ROW_KEEP || row->type == SC_ROW_ID)
		return row->write;
	if (row->value.version != 0)
		return slot->stored ? SC_ROW_UPDATE : SC_ROW_INSERT;
	return slot->stored ? SC_ROW_DELETE : SC_ROW_KEEP;
}

static size_t list_writes(sc__slot *const *slots, size_t count, sc_row **out)
{
	size_t listed = 0;
	for (size_t i = 0; i < count; i++) {
		sc_row *row = &slots[i]->row;
		row->write = write_of(slots[i]);
		if (row->write != SC_ROW_KEEP)
			out[listed++] = row;
	}
	return listed;
}

static void place(uint64_t *position, uint64_t first)
{
	if ((*position & SC__RELATIVE) != 0)
		*position = first + (*position & ~SC__RELATIVE);
}

static void place_all(sc__batch *batch, sc_row *const *rows, size_t count, uint64_t first)
{
	for (size_t i = 0; i < count; i++) {
		place(&rows[i]->value.version, first);
		place(&rows[i]->value.entry, first);
		place(&rows[i]->outcome.position, first);
	}
	for (size_t i = 0; i < batch->entry_count; i++) {
		place(&batch->entries[i].position, first);
		place(&batch->entries[i].previous, first);
		place(&batch->entries[i].version, first);
	}
	for (size_t i = 0; i < batch->count; i++)
		place(&batch->results[i].position, first);
}

/* Some engines draw only now; then what `draw` gave were stand-ins. */
static sc_status commit(sc__batch *batch, const sc_rows_ops *ops, void *txn, uint64_t first)
{
	if (batch->drawn == 0 || !SC_OPS_HAS(ops, sc_rows_ops, commit_drawn))
		return ops->commit(txn, batch->err);
	uint64_t drawn = first;
	sc_status status = ops->commit_drawn(txn, &drawn, batch->err);
	for (size_t i = 0; i < batch->count && status == SC_OK; i++)
		if (batch->results[i].position >= first)
			batch->results[i].position += drawn - first;
	return status;
}

sc_status sc__batch_finish(sc__batch *batch, const sc_rows_ops *ops, void *txn)
{
	sc_row **rows = sc__arena_array(batch->arena, batch->early_count + batch->late_count, sizeof(*rows));
	sc_status status = rows == NULL ? SC_NO_MEMORY : SC_OK;
	size_t count = 0;
	if (status == SC_OK) {
		count = list_writes(batch->early, batch->early_count, rows);
		count += list_writes(batch->late, batch->late_count, rows + count);
	}
	if (status != SC_OK || (count == 0 && batch->drawn == 0)) {
		ops->abort(txn);
		return status;
	}
	uint64_t first = 0;
	if (batch->drawn > 0)
		status = ops->draw(txn, batch->drawn, &first, batch->err);
	if (status == SC_OK) {
		place_all(batch, rows, count, first);
		status = ops->write(txn, rows, count, batch->entries, batch->entry_count, batch->err);
	}
	if (status == SC_OK)
		return commit(batch, ops, txn, first);
	ops->abort(txn);
	return status;
}

/* ---- telling the caller ---- */

static void tell_takes(const sc__batch *batch, size_t index, sc_outcome *out)
{
	const sc__result *result = &batch->results[index];
	out->take_count = 0;
	bool repeat = (result->flags & SC_OUTCOME_REPEAT) != 0;
	if (result->status != SC_OK)
		return;
	uint32_t lists = repeat ? 1 : batch->groups[index].count; /* what resolve answers is always a repeat */
	for (uint32_t i = 0; i < lists; i++) {
		const sc__taken_list *takes = repeat ? &result->repeated : &batch->plans[index].changes[i].takes;
		for (size_t j = 0; j < takes->count; j++) {
			if (out->take_count < out->take_capacity)
				out->takes[out->take_count] = (sc_take){ takes->items[j].take.account,
					                                 takes->items[j].take.quantity,
					                                 takes->items[j].take.line, 0 };
			out->take_count++;
		}
	}
}

void sc__batch_report(const sc__batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const sc__result *result = &batch->results[i];
		sc_outcome *out = &batch->outcomes[i];
		out->status = result->status;
		out->flags = result->flags;
		out->change = result->change;
		out->line = result->line;
		out->wanted = result->wanted;
		out->available = result->available;
		out->position = result->position;
		out->time_ms = result->time_ms;
		tell_takes(batch, i, out);
		out->after_count = result->after_count;
		uint32_t listed = result->after_count < out->after_capacity ? result->after_count : out->after_capacity;
		for (uint32_t j = 0; j < listed; j++)
			out->after[j] = result->after[j];
	}
}
