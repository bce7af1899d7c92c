/*
 * Before the decision: notes, and claims in the parts that do not decide.
 */
#include "wrappers/parts/run.h"
#include "wrappers/parts/send.h"

#include "base/arena.h"
#include "base/error.h"

static sc_status no_memory(struct run *run)
{
	return sc__fail(run->err, SC_NO_MEMORY, "no memory for a saga");
}

void sc__saga_fail(struct saga *saga, sc_status status)
{
	saga->outcome->status = status;
	saga->stage = STAGE_TAKEN;
}

/* ---- the note, where it comes first ------------------------------------------------------ */

static void note_written(struct saga *saga, const sc_outcome *outcome)
{
	if (outcome->status == SC_OK) {
		saga->version = outcome->position;
		return;
	}
	saga->stage = STAGE_OVER; /* nothing was claimed */
	saga->outcome->status = outcome->status;
	if (outcome->status == SC_EXISTS)
		saga->outcome->status = SC_BUSY; /* an earlier sending of the same group is not settled yet */
	else if (sc_status_is_unknown(outcome->status))
		saga->outcome->status = SC_STORE_FAILED; /* the note may appear, the group will not */
}

static sc_status write_notes(struct run *run, uint32_t part)
{
	struct parcel parcel;
	sc_change *notes = sc__arena_array(run->arena, run->count, sizeof(*notes));

	if (notes == NULL || !sc__parcel_make(&parcel, run->arena, run->count))
		return no_memory(run);
	for (size_t i = 0; i < run->count; i++) {
		struct saga *saga = &run->sagas[i];

		if (saga->stage != STAGE_OPEN || !saga->noted_first || saga->primary != part)
			continue;
		sc_status status = sc__saga_put(run->p, saga, SAGA_BEGUN, run->arena, &notes[i]);
		const sc_group group = { .home = SC_HOME_NONE, .changes = &notes[i], .count = 1 };
		if (status == SC_OK)
			sc__parcel_add(&parcel, &group, NULL, saga);
		else
			note_written(saga, &(sc_outcome){ .status = status });
	}
	sc__parcel_send(run->p, part, run->call, &parcel, run->err);
	for (size_t i = 0; i < parcel.count; i++)
		note_written(parcel.owners[i], &parcel.outcomes[i]);
	return SC_OK;
}

/* ---- claims ------------------------------------------------------------------------------ */

/* Whether the group was decided at an earlier sending; then its outcome is filled in. */
static bool is_repeat(struct run *run, struct saga *saga)
{
	const sc_store *store = &run->p->stores[saga->primary];
	sc_group_ref ref = { .id = saga->group->id };
	sc_outcome stored = *saga->outcome;

	if (saga->group->home == SC_HOME_NONE)
		return false;
	if (saga->group->home == SC_HOME_FIRST)
		ref.home = saga->group->changes[0].address;
	if (store->ops->resolve(store->ctx, run->call, &ref, 1, false, &stored, NULL) != SC_OK ||
	    stored.status != SC_OK)
		return false;
	*saga->outcome = stored;
	saga->stage = STAGE_OVER; /* its claims are those of the first sending */
	return true;
}

/* In one store changes are decided in order. What stands before the refused one may have been refused first, or the
 * whole may be a repeat: then that is the answer. */
static void prefer_earlier_refusal(struct run *run, struct saga *saga, uint32_t origin)
{
	const sc_store *store = &run->p->stores[saga->primary];
	sc_change *checks = sc__arena_array(run->arena, saga->own.count, sizeof(*checks));
	uint32_t *origins = sc__arena_array(run->arena, saga->own.count, sizeof(*origins));
	sc_group group = { .home = SC_HOME_NONE, .changes = checks };
	sc_outcome outcome = { 0 };

	for (uint32_t i = 0; checks != NULL && origins != NULL && i < saga->own.count && saga->own.origins[i] < origin;
	     i++)
		if (sc__saga_check_of(&saga->own.changes[i], &checks[group.count]))
			origins[group.count++] = saga->own.origins[i];
	if (group.count == 0 || store->ops->apply(store->ctx, run->call, &group, 1, &outcome, NULL) != SC_OK ||
	    !sc_status_is_refusal(outcome.status))
		return;
	if (is_repeat(run, saga))
		return;
	saga->outcome->status = outcome.status;
	saga->outcome->line = outcome.line;
	saga->outcome->change = origins[outcome.change];
}

/* Claimed by an earlier sending of the same group, which was decided, or may have been taken back since. */
static void claimed_before(struct run *run, struct saga *saga)
{
	if (is_repeat(run, saga))
		return;
	saga->outcome->status = SC_FENCED;
	saga->stage = STAGE_OVER;
}

static void claim_refused(struct run *run, struct saga *saga, const struct steps *claim, const sc_outcome *outcome)
{
	saga->outcome->change = outcome->change < claim->count ? claim->origins[outcome->change] : claim->origins[0];
	saga->outcome->line = outcome->line;
	saga->outcome->wanted = outcome->wanted;
	saga->outcome->available = outcome->available;
	prefer_earlier_refusal(run, saga, saga->outcome->change);
}

static void claim_answered(struct run *run, struct saga *saga, uint32_t part, const sc_outcome *outcome)
{
	if (saga->stage != STAGE_OPEN)
		return;
	if (outcome->status == SC_OK && (outcome->flags & SC_OUTCOME_REPEAT) != 0) {
		claimed_before(run, saga);
	} else if (outcome->status == SC_OK) {
		saga->outcome->take_count = outcome->take_count;
		saga->outcome->after_count = outcome->after_count;
	} else if (sc_status_is_unknown(outcome->status)) {
		saga->fences[part] = true;
		sc__saga_fail(saga, SC_STORE_FAILED); /* the decision was never sent */
	} else {
		sc__saga_fail(saga, outcome->status);
		if (sc_status_is_refusal(outcome->status))
			claim_refused(run, saga, &saga->sides[part].steps[SAGA_CLAIM], outcome);
	}
}

static sc_status claim_in(struct run *run, uint32_t part)
{
	struct parcel parcel;

	if (!sc__parcel_make(&parcel, run->arena, run->count))
		return no_memory(run);
	for (size_t i = 0; i < run->count; i++) {
		struct saga *saga = &run->sagas[i];
		const struct steps *claim = &saga->sides[part].steps[SAGA_CLAIM];

		if (saga->stage != STAGE_OPEN || claim->count == 0)
			continue;
		const sc_group group = { .id = sc__saga_step_id(saga, part, SAGA_CLAIM),
			                 .home = SC_HOME_TABLE,
			                 .changes = claim->changes,
			                 .count = claim->count };
		sc__parcel_add(&parcel, &group, saga->outcome, saga);
	}
	sc__parcel_send(run->p, part, run->call, &parcel, run->err);
	sc__parcel_ask(run->p, part, run->call, &parcel);
	for (size_t i = 0; i < parcel.count; i++)
		claim_answered(run, parcel.owners[i], part, &parcel.outcomes[i]);
	return SC_OK;
}

sc_status sc__run_claim(struct run *run)
{
	sc_status status = SC_OK;

	for (uint32_t part = 0; status == SC_OK && part < run->p->count; part++)
		status = write_notes(run, part);
	for (uint32_t part = 0; status == SC_OK && part < run->p->count; part++)
		status = claim_in(run, part);
	return status;
}
