/*
 * ADJUST and SET, and the one way in which any change moves an account: added up with care, never
 * below 0 where that has no meaning, and always with an entry in the journal.
 */
#include "store/batch.h"

static const sc_bytes reason_adjust = { "adjust", 6 };
static const sc_bytes reason_set = { "set", 3 };

static bool add(int64_t *to, int64_t delta)
{
	return !__builtin_add_overflow(*to, delta, to);
}

/* The floor "no bound" is no number that could be added to. */
static bool add_floor(int64_t *floor, int64_t delta)
{
	if (delta == 0)
		return true;
	return *floor != SC_FLOOR_NONE && add(floor, delta) && *floor != SC_FLOOR_NONE;
}

static sc_status sum(const sc_counters *before, const sc_counters *delta, sc__batch *batch, sc_counters *out)
{
	*out = *before;
	if (!add(&out->on_hand, delta->on_hand) || !add(&out->held, delta->held) ||
	    !add(&out->committed, delta->committed) || !add_floor(&out->floor, delta->floor))
		return SC_OUT_OF_RANGE;
	if (out->held < 0) {
		batch->refusal = (sc__refusal){ SC_NO_LINE, -delta->held, before->held };
		return SC_WRONG_STATE;
	}
	if (out->committed < 0) {
		batch->refusal = (sc__refusal){ SC_NO_LINE, -delta->committed, before->committed };
		return SC_WRONG_STATE;
	}
	return SC_OK;
}

/* Writes an account and says so in the journal. */
static sc_status write_account(sc__batch *batch, sc__slot *slot, const sc_counters *delta, const sc_counters *after,
                               sc_bytes reason, const sc_address *cause)
{
	if (!sc__touch(batch, slot))
		return SC_NO_MEMORY;
	sc_row *row = &slot->row;
	row->changed |= sc__present(slot) ? SC_ROW_COUNTERS : SC_ROW_ALL;
	row->value.counters = *after;
	row->value.version = SC__FRESH;
	row->value.shape = sc_kind_find(row->value.address.kind)->shape;
	sc_entry *entry = sc__append(batch, slot, SC_ENTRY_ACCOUNT);
	if (entry == NULL)
		return SC_NO_MEMORY;
	entry->delta = *delta;
	entry->after = *after;
	entry->topic = reason;
	if (cause != NULL)
		entry->cause = *cause;
	return SC_OK;
}

sc_status sc__account_add(sc__batch *batch, sc__slot *slot, const sc_counters *delta, sc_bytes reason,
                          const sc_address *cause)
{
	sc_counters after;
	sc_status status = sum(&slot->row.value.counters, delta, batch, &after);
	return status != SC_OK ? status : write_account(batch, slot, delta, &after, reason, cause);
}

static sc_status adjust(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	const sc_counters *before = &slot->row.value.counters;
	sc_counters after;
	sc_status status = sum(before, &change->counters, batch, &after);
	if (status != SC_OK)
		return status;
	int64_t free_before = sc_counters_free(before);
	int64_t free_after = sc_counters_free(&after);
	if ((change->flags & SC_ADJUST_FORCED) == 0 && free_after < 0 && free_after < free_before) {
		int64_t wanted;
		if (__builtin_sub_overflow(free_before, free_after, &wanted))
			wanted = INT64_MAX;
		batch->refusal = (sc__refusal){ SC_NO_LINE, wanted, free_before };
		return SC_OUT_OF_STOCK;
	}
	return write_account(batch, slot, &change->counters, &after,
	                     change->topic.size > 0 ? change->topic : reason_adjust, NULL);
}

static sc_status set(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	sc_counters before = slot->row.value.counters, after = before, delta = { 0, 0, 0, 0 };
	if ((change->flags & SC_SET_ON_HAND) != 0) {
		after.on_hand = change->counters.on_hand;
		if (__builtin_sub_overflow(after.on_hand, before.on_hand, &delta.on_hand))
			return SC_OUT_OF_RANGE;
	}
	if ((change->flags & SC_SET_FLOOR) != 0) {
		after.floor = change->counters.floor;
		bool bounded = before.floor != SC_FLOOR_NONE && after.floor != SC_FLOOR_NONE;
		if (bounded && __builtin_sub_overflow(after.floor, before.floor, &delta.floor))
			return SC_OUT_OF_RANGE;
	}
	return write_account(batch, slot, &delta, &after, change->topic.size > 0 ? change->topic : reason_set, NULL);
}

sc_status sc__decide_account(sc__batch *batch, const sc_change *change, sc__slot *slot)
{
	return change->type == SC_CHANGE_SET ? set(batch, change, slot) : adjust(batch, change, slot);
}
