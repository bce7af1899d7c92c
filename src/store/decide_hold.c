/*
 * HOLD, COMMIT, RELEASE, EXTEND, and the sweep's own change: a hold's way from HELD to one of its ends.
 *
 * The deadline is checked here, at the commit itself, on the store's clock. So a sweep that is late
 * may sell less, but never more.
 */
#include "store/batch.h"

#include "base/arena.h"

static const sc_bytes reason_commit = { "commit", 6 };
static const sc_bytes reason_release = { "release", 7 };
static const sc_bytes reason_expire = { "expire", 6 };

static bool has_lapsed(const sc__batch *batch, const sc__slot *slot)
{
	int64_t deadline_ms = slot->row.value.deadline_ms;
	return deadline_ms != 0 && deadline_ms <= batch->clock.now_ms;
}

static sc_status reword(sc_status status)
{
	/* a hold says that it holds more than its account knows of */
	return status == SC_WRONG_STATE ? SC_DAMAGED : status;
}

static sc_status change_state(sc__batch *batch, sc__slot *hold, uint32_t state, int64_t deadline_ms)
{
	if (!sc__touch(batch, hold))
		return SC_NO_MEMORY;
	hold->row.value.hold_state = state;
	hold->row.value.deadline_ms = deadline_ms;
	hold->row.value.version = SC__FRESH;
	hold->row.changed |= SC_ROW_STATE;
	return SC_OK;
}

/* Whether the account is still the one that was taken from, and not gone or made anew after its lifetime. */
static bool owes(const sc__taken *taken)
{
	const sc__slot *account = taken->account;
	return account != NULL && sc__present(account) && account->row.value.expires_ms == taken->take.ends_ms;
}

/* ---- COMMIT ---- */

/* The takes as the commit leaves them: each part is spread over the takes of its line, in their order. */
static sc_status spread_parts(sc__batch *batch, const sc_change *change, sc__taken_list takes, sc__taken_list *out)
{
	sc__taken *spread = sc__arena_array(batch->arena, takes.count, sizeof *spread);
	if (spread == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < takes.count; i++) {
		spread[i] = takes.items[i];
		spread[i].take.committed = 0;
	}
	for (uint32_t p = 0; p < change->part_count; p++) {
		int64_t left = change->parts[p].quantity, held = 0;
		for (size_t i = 0; i < takes.count; i++) {
			sc__take *take = &spread[i].take;
			if (take->line != change->parts[p].line)
				continue;
			take->committed = left < take->quantity ? left : take->quantity;
			left -= take->committed;
			held += take->quantity;
		}
		if (left > 0) {
			batch->refusal = (sc__refusal){ change->parts[p].line, change->parts[p].quantity, held };
			return SC_OUT_OF_STOCK;
		}
	}
	*out = (sc__taken_list){ spread, takes.count };
	return SC_OK;
}

static sc_status whole(sc__batch *batch, sc__taken_list takes, sc__taken_list *out)
{
	sc__taken *copy = sc__arena_array(batch->arena, takes.count, sizeof *copy);
	if (copy == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < takes.count; i++) {
		copy[i] = takes.items[i];
		copy[i].take.committed = copy[i].take.quantity;
	}
	*out = (sc__taken_list){ copy, takes.count };
	return SC_OK;
}

static bool same_commit(sc__taken_list a, sc__taken_list b)
{
	bool same = a.count == b.count;
	for (size_t i = 0; i < a.count && same; i++)
		same = a.items[i].take.committed == b.items[i].take.committed;
	return same;
}

static sc_status pack_takes(sc__batch *batch, sc__slot *hold)
{
	sc__take *takes = sc__arena_array(batch->arena, hold->takes.count, sizeof *takes);
	if (takes == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < hold->takes.count; i++)
		takes[i] = hold->takes.items[i].take;
	hold->row.changed |= SC_ROW_BODY;
	return sc__hold_pack(takes, hold->takes.count, batch->arena, &hold->row.value.body);
}

static sc_status commit_takes(sc__batch *batch, const sc_change *change, sc__slot *hold)
{
	sc_bytes reason = change->topic.size > 0 ? change->topic : reason_commit;
	for (size_t i = 0; i < hold->takes.count; i++) {
		const sc__taken *taken = &hold->takes.items[i];
		if (!owes(taken))
			continue;
		const sc_counters delta = { .held = -taken->take.quantity, .committed = taken->take.committed };
		sc_status status = sc__account_add(batch, taken->account, &delta, reason, &change->address);
		if (status != SC_OK)
			return reword(status);
	}
	return SC_OK;
}

static sc_status commit_again(sc__batch *batch, const sc_change *change, const sc__slot *hold)
{
	sc__taken_list wanted;
	sc_status status = change->parts == NULL ? whole(batch, hold->takes, &wanted)
	                                         : spread_parts(batch, change, hold->takes, &wanted);
	if (status == SC_OUT_OF_STOCK || (status == SC_OK && !same_commit(wanted, hold->takes))) {
		batch->refusal = (sc__refusal){ .line = SC_NO_LINE };
		return SC_HOLD_SETTLED;
	}
	return status;
}

static sc_status commit(sc__batch *batch, const sc_change *change, sc__slot *hold)
{
	if (hold->damaged)
		return SC_DAMAGED;
	if (hold->row.value.hold_state == SC_HOLD_COMMITTED)
		return commit_again(batch, change, hold);
	sc_status status = SC_OK;
	sc__taken_list takes = hold->takes;
	if (change->parts != NULL)
		status = spread_parts(batch, change, hold->takes, &takes);
	if (status == SC_OK)
		status = change_state(batch, hold, SC_HOLD_COMMITTED, 0);
	if (status == SC_OK && change->parts != NULL) {
		hold->takes = takes;
		status = pack_takes(batch, hold);
	}
	return status == SC_OK ? commit_takes(batch, change, hold) : status;
}

/* ---- RELEASE, and the end of a lapsed hold ---- */

static sc_status give_back(sc__batch *batch, const sc_change *change, sc__slot *hold, uint32_t state, sc_bytes reason)
{
	if (hold->damaged && (change->flags & SC_RELEASE_DAMAGED) == 0)
		return SC_DAMAGED;
	if (hold->damaged)
		return change_state(batch, hold, state, 0);
	bool committed = hold->row.value.hold_state == SC_HOLD_COMMITTED;
	sc_status status = change_state(batch, hold, state, 0);
	for (size_t i = 0; i < hold->takes.count && status == SC_OK; i++) {
		const sc__taken *taken = &hold->takes.items[i];
		sc_counters delta = { 0, 0, 0, 0 };
		if (committed)
			delta.committed = -taken->take.committed;
		else
			delta.held = -taken->take.quantity;
		if (!owes(taken) || (delta.held == 0 && delta.committed == 0))
			continue;
		status = sc__account_add(batch, taken->account, &delta, reason, &change->address);
		if (!committed)
			status = reword(status);
	}
	return status;
}

/* An absent hold is fenced, so that it cannot arrive any more. */
static sc_status leave_tombstone(sc__batch *batch, sc__slot *hold)
{
	sc_status status = change_state(batch, hold, SC_HOLD_RELEASED, 0);
	hold->row.value.shape = sc_kind_find(hold->row.value.address.kind)->shape;
	hold->row.changed = SC_ROW_ALL;
	return status;
}

/* A committed hold keeps so much of each line, and the rest returns. Saying it again changes nothing. */
static sc_status keep_parts(sc__batch *batch, const sc_change *change, sc__slot *hold)
{
	const sc_bytes reason = change->topic.size > 0 ? change->topic : reason_release;
	sc__taken_list kept;
	if (hold->damaged)
		return SC_DAMAGED;
	sc_status status = spread_parts(batch, change, hold->takes, &kept);
	if (status != SC_OK || same_commit(kept, hold->takes))
		return status;
	for (size_t i = 0; i < kept.count; i++) {
		const sc__take *was = &hold->takes.items[i].take, *is = &kept.items[i].take;
		if (is->committed > was->committed) {
			batch->refusal = (sc__refusal){ is->line, is->committed, was->committed };
			return SC_OUT_OF_STOCK;
		}
		const sc_counters delta = { .committed = is->committed - was->committed };
		if (delta.committed != 0 && owes(&kept.items[i]))
			status = sc__account_add(batch, kept.items[i].account, &delta, reason, &change->address);
		if (status != SC_OK)
			return status;
	}
	status = change_state(batch, hold, SC_HOLD_COMMITTED, 0);
	hold->takes = kept;
	return status == SC_OK ? pack_takes(batch, hold) : status;
}

static sc_status release(sc__batch *batch, const sc_change *change, sc__slot *hold)
{
	sc_bytes reason = change->topic.size > 0 ? change->topic : reason_release;
	if (!sc__present(hold))
		return leave_tombstone(batch, hold);
	switch (hold->row.value.hold_state) {
	case SC_HOLD_HELD:
		return give_back(batch, change, hold, SC_HOLD_RELEASED, reason);
	case SC_HOLD_COMMITTED:
		return change->parts != NULL ? keep_parts(batch, change, hold)
		                             : give_back(batch, change, hold, SC_HOLD_RELEASED, reason);
	default:
		return SC_OK;
	}
}

/* ---- which of them may happen ---- */

static sc_status judge_held(const sc__batch *batch, const sc__slot *hold, bool committed_is_fine)
{
	if (!sc__present(hold))
		return SC_NOT_FOUND;
	switch (hold->row.value.hold_state) {
	case SC_HOLD_HELD:
		return has_lapsed(batch, hold) ? SC_HOLD_LAPSED : SC_OK;
	case SC_HOLD_EXPIRED:
		return SC_HOLD_LAPSED;
	case SC_HOLD_COMMITTED:
		return committed_is_fine ? SC_OK : SC_HOLD_SETTLED;
	default:
		return SC_HOLD_SETTLED;
	}
}

/* Only a live hold is released with SC_SKIP or in parts; otherwise whatever is released or absent is fine as it is. */
static sc_status judge_release(const sc_change *change, const sc__slot *hold)
{
	uint32_t state = sc__present(hold) ? hold->row.value.hold_state : SC_HOLD_NONE;
	if (state == SC_HOLD_HELD)
		return change->parts != NULL ? SC_WRONG_STATE : SC_OK;
	if (state == SC_HOLD_COMMITTED)
		return (change->flags & SC_RELEASE_COMMITTED) != 0 ? SC_OK : SC_HOLD_SETTLED;
	if ((change->flags & SC_SKIP) == 0 && change->parts == NULL)
		return SC_OK;
	return state == SC_HOLD_NONE ? SC_NOT_FOUND : SC_HOLD_SETTLED;
}

static sc_status judge(const sc__batch *batch, const sc_change *change, const sc__slot *hold)
{
	switch (change->type) {
	case SC_CHANGE_COMMIT:
		return judge_held(batch, hold, true);
	case SC_CHANGE_EXTEND:
		return judge_held(batch, hold, false);
	case SC_CHANGE_RELEASE:
		return judge_release(change, hold);
	default: /* SC__CHANGE_EXPIRE: what has not lapsed is left alone */
		return judge_held(batch, hold, false) == SC_HOLD_LAPSED && hold->row.value.hold_state == SC_HOLD_HELD
		               ? SC_OK
		               : SC_HOLD_SETTLED;
	}
}

/* ---- HOLD ---- */

static sc_status hold(sc__batch *batch, const sc_change *change, sc__change_plan *plan)
{
	sc__slot *slot = plan->subject;
	sc_row *row = &slot->row;
	if (sc__present(slot)) {
		bool tombstone = row->value.hold_state == SC_HOLD_RELEASED && row->value.body.size == 0;
		return tombstone ? SC_FENCED : SC_EXISTS;
	}
	sc_status status = sc__hold_claim(batch, change, plan);
	if (status != SC_OK)
		return status;
	status = change_state(batch, slot, SC_HOLD_HELD,
	                      change->ttl_ms == 0 ? 0 : batch->clock.now_ms + change->ttl_ms);
	if (status != SC_OK)
		return status;
	row->value.made_by = batch->group->id;
	row->value.shape = sc_kind_find(change->address.kind)->shape;
	slot->takes = plan->takes;
	status = pack_takes(batch, slot);
	row->changed = SC_ROW_ALL;
	return status;
}

sc_status sc__decide_hold(sc__batch *batch, const sc_change *change, sc__change_plan *plan)
{
	if (change->type == SC_CHANGE_HOLD)
		return hold(batch, change, plan);
	sc_status status = judge(batch, change, plan->subject);
	if (status != SC_OK) {
		if ((change->flags & SC_SKIP) == 0)
			return status;
		batch->skipped = true;
		return SC_OK;
	}
	switch (change->type) {
	case SC_CHANGE_COMMIT:
		status = commit(batch, change, plan->subject);
		if (status != SC_HOLD_SETTLED || (change->flags & SC_SKIP) == 0)
			return status;
		batch->skipped = true; /* committed before, and otherwise */
		return SC_OK;
	case SC_CHANGE_RELEASE:
		return release(batch, change, plan->subject);
	case SC_CHANGE_EXTEND:
		return change_state(batch, plan->subject, SC_HOLD_HELD,
		                    change->ttl_ms == 0 ? 0 : batch->clock.now_ms + change->ttl_ms);
	default:
		return give_back(batch, change, plan->subject, SC_HOLD_EXPIRED, reason_expire);
	}
}
