/*
 * After the decision: finish what agreed, take back what did not, remove the notes.
 */
#include "wrappers/parts/run.h"
#include "wrappers/parts/send.h"

#include "base/arena.h"
#include "base/error.h"

/* The list that is left to be run; SAGA_STEPS: none. */
static enum saga_step step_of(const struct saga *saga)
{
	if (saga->stage == STAGE_AGREED)
		return SAGA_FINISH;
	return saga->stage == STAGE_TAKEN ? SAGA_UNDO : SAGA_STEPS;
}

/* A step that failed, or went silent, keeps its note. A refused one never will be done: that is only so when the note
 * was damaged or somebody settled a hold by hand, and is for a verification to find. */
static void step_answered(const struct run *run, struct saga *saga, const sc_outcome *outcome)
{
	const sc_env *env = run->p->env;

	if (outcome->status == SC_OK)
		return;
	if (!sc_status_is_refusal(outcome->status))
		saga->stage = STAGE_OVER;
	else if (step_of(saga) == SAGA_FINISH)
		env->log(env->ctx, SC_LOG_WARN, "a decided group could not be finished in another store");
}

/* A claim that may still be on its way must not arrive behind its undoing. */
static bool fence_claim(const struct run *run, const struct saga *saga, uint32_t part)
{
	const sc_store *store = &run->p->stores[part];
	const sc_group_ref ref = { .id = sc__saga_step_id(saga, part, SAGA_CLAIM) };
	sc_outcome ignored = { .line = SC_NO_LINE };

	return !saga->fences[part] ||
	       store->ops->resolve(store->ctx, run->call, &ref, 1, true, &ignored, NULL) == SC_OK;
}

static void run_steps(struct run *run, uint32_t part)
{
	struct parcel parcel;

	const bool room = sc__parcel_make(&parcel, run->arena, run->count);
	for (size_t i = 0; i < run->count; i++) {
		struct saga *saga = &run->sagas[i];
		const enum saga_step step = step_of(saga);

		if (step == SAGA_STEPS || saga->sides[part].steps[step].count == 0)
			continue;
		if (!room || (step == SAGA_UNDO && !fence_claim(run, saga, part))) {
			saga->stage = STAGE_OVER; /* its note stays for a sweep */
			continue;
		}
		const struct steps *steps = &saga->sides[part].steps[step];
		const sc_group group = { .id = sc__saga_step_id(saga, part, step),
			                 .home = SC_HOME_TABLE,
			                 .changes = steps->changes,
			                 .count = steps->count };
		sc__parcel_add(&parcel, &group, NULL, saga);
	}
	sc__parcel_send(run->p, part, run->call, &parcel, NULL);
	for (size_t i = 0; i < parcel.count; i++)
		step_answered(run, parcel.owners[i], &parcel.outcomes[i]);
}

/* Whatever becomes of it: a note that stays is met by a sweep, which does nothing twice. */
static void remove_notes(struct run *run, uint32_t part)
{
	struct parcel parcel;
	sc_change *removals = sc__arena_array(run->arena, run->count, sizeof(*removals));

	if (removals == NULL || !sc__parcel_make(&parcel, run->arena, run->count))
		return;
	for (size_t i = 0; i < run->count; i++) {
		struct saga *saga = &run->sagas[i];

		if (step_of(saga) == SAGA_STEPS || saga->primary != part || saga->version == 0)
			continue;
		removals[i] = (sc_change){ .address = sc__saga_address(run->p, &saga->id),
			                   .type = SC_CHANGE_DELETE,
			                   .condition = SC_IF_VERSION,
			                   .version = saga->version };
		const sc_group group = { .home = SC_HOME_NONE, .changes = &removals[i], .count = 1 };
		sc__parcel_add(&parcel, &group, NULL, saga);
	}
	sc__parcel_send(run->p, part, run->call, &parcel, NULL);
}

void sc__run_settle(struct run *run)
{
	for (uint32_t part = 0; part < run->p->count; part++)
		run_steps(run, part);
	for (uint32_t part = 0; part < run->p->count; part++)
		remove_notes(run, part);
}

/* ---- the note of a process that died ------------------------------------------------------- */

/* So that a decision that is still on its way runs into it. */
static sc_status take_back(const struct run *run, struct saga *saga)
{
	const sc_store *store = &run->p->stores[saga->primary];
	sc_outcome outcome = { 0 };
	sc_change note;
	const sc_group group = { .home = SC_HOME_NONE, .changes = &note, .count = 1 };
	sc_status status = sc__saga_put(run->p, saga, SAGA_TAKEN_BACK, run->arena, &note);

	if (status == SC_OK)
		status = store->ops->apply(store->ctx, run->call, &group, 1, &outcome, run->err);
	if (status == SC_OK)
		status = outcome.status;
	if (status == SC_OK)
		saga->version = outcome.position;
	return status;
}

sc_status sc__saga_resume(struct run *run, uint32_t primary, const sc_record *note)
{
	enum saga_state state;
	sc_status status = sc__saga_read(run->p, primary, note, run->arena, run->sagas, &state);

	if (status != SC_OK)
		return sc__fail(run->err, status, "the note of a saga does not read");
	if (state == SAGA_BEGUN)
		status = take_back(run, run->sagas);
	if (status != SC_OK)
		return sc_status_is_refusal(status) ? SC_OK : status; /* its owner is alive and was faster */
	run->count = 1;
	for (uint32_t part = 0; part < run->p->count; part++)
		run->sagas->fences[part] = true;
	run->sagas->stage = state == SAGA_DECIDED ? STAGE_AGREED : STAGE_TAKEN;
	sc__run_settle(run);
	return SC_OK;
}
