/*
 * Taking a group apart; saga.h has the table.
 */
#include "wrappers/parts/saga.h"

#include "base/arena.h"
#include "base/error.h"

/* Numbers of derived ids that nobody else who derives from the same id uses. */
#define STEPS 0x73616761u

static bool steps_make(struct steps *steps, sc_arena *arena, uint32_t room)
{
	steps->changes = sc__arena_array(arena, room, sizeof(*steps->changes));
	steps->origins = sc__arena_array(arena, room, sizeof(*steps->origins));
	return steps->changes != NULL && steps->origins != NULL;
}

static void add(struct steps *steps, const sc_change *change, uint32_t origin)
{
	steps->changes[steps->count] = *change;
	steps->origins[steps->count++] = origin;
}

static bool is_write(const sc_change *change)
{
	return change->type == SC_CHANGE_PUT || change->type == SC_CHANGE_PATCH || change->type == SC_CHANGE_DELETE;
}

/* A write that can refuse the group. */
static bool decides(const sc_change *change)
{
	return is_write(change) && (change->flags & SC_SKIP) == 0;
}

static bool find_primary(const struct parts *p, const sc_group *group, const uint8_t *places, uint32_t *out)
{
	if (group->home == SC_HOME_FIRST) {
		*out = sc__change_place(p, places, group, 0);
		return true;
	}
	for (uint32_t i = 0; i < group->count; i++)
		if (decides(&group->changes[i])) {
			*out = sc__change_place(p, places, group, i);
			return true;
		}
	return false;
}

bool sc__saga_check_of(const sc_change *change, sc_change *out)
{
	*out = (sc_change){ .address = change->address,
		            .type = SC_CHANGE_CHECK,
		            .condition = change->condition,
		            .version = change->version };
	if (change->type == SC_CHANGE_PATCH && change->condition == SC_IF_ANY)
		out->condition = SC_IF_PRESENT;
	return out->condition != SC_IF_ANY && (change->flags & SC_SKIP) == 0;
}

/* ---- changes of other parts ------------------------------------------------------------------ */

static bool a_hold_follows(const struct parts *p, const struct saga *saga, uint32_t at)
{
	const sc_group *group = saga->group;
	const uint32_t part = sc__change_place(p, saga->places, group, at);

	for (uint32_t i = at + 1; i < group->count; i++)
		if (group->changes[i].type == SC_CHANGE_HOLD && sc__change_place(p, saga->places, group, i) == part)
			return true;
	return false;
}

static void take_hold(struct saga *saga, struct side *side, const sc_change *hold, uint32_t at)
{
	const sc_change release = { .address = hold->address, .type = SC_CHANGE_RELEASE };

	add(&side->steps[SAGA_CLAIM], hold, at);
	add(&side->steps[SAGA_UNDO], &release, at);
	saga->noted_first = saga->noted_first || hold->ttl_ms == 0; /* it would not lapse */
}

static void take_commit(struct side *side, const sc_change *commit, uint32_t at)
{
	const sc_change pin = { .address = commit->address, .type = SC_CHANGE_EXTEND };

	add(&side->steps[SAGA_CLAIM], &pin, at);
	add(&side->steps[SAGA_FINISH], commit, at);
}

/* What a shop may lose need not be decided in one step: it is looked at before, and left alone when it changed since.
 */
static bool can_be_checked(const sc_change *change, sc_change *check)
{
	const sc_kind *kind = sc_kind_find(change->address.kind);

	return is_write(change) && change->column_count == 0 && change->personal.size == 0 && kind != NULL &&
	       (kind->flags & SC_KIND_CRITICAL) == 0 && sc__saga_check_of(change, check);
}

static void take_checked(struct side *side, const sc_change *change, const sc_change *check, uint32_t at)
{
	sc_change write = *change;

	write.flags |= SC_SKIP;
	add(&side->steps[SAGA_CLAIM], check, at);
	add(&side->steps[SAGA_FINISH], &write, at);
}

/* It has to be done before a hold is claimed in the same part. */
static bool goes_before_a_hold(const struct parts *p, const struct saga *saga, uint32_t at)
{
	const uint16_t type = saga->group->changes[at].type;

	return (type == SC_CHANGE_RELEASE || type == SC_CHANGE_SET) && a_hold_follows(p, saga, at);
}

static bool can_wait(const sc_change *change)
{
	if (is_write(change))
		return (change->flags & SC_SKIP) != 0 && change->column_count == 0;
	return change->type != SC_CHANGE_ADJUST || (change->flags & SC_ADJUST_FORCED) != 0 ||
	       change->counters.on_hand >= 0;
}

static sc_status take_other(const struct parts *p, struct saga *saga, struct side *side, uint32_t at, sc_error *err)
{
	const sc_change *change = &saga->group->changes[at];
	sc_change check;

	if (change->type == SC_CHANGE_HOLD)
		take_hold(saga, side, change, at);
	else if (change->type == SC_CHANGE_COMMIT)
		take_commit(side, change, at);
	else if (change->type == SC_CHANGE_CHECK || goes_before_a_hold(p, saga, at))
		add(&side->steps[SAGA_CLAIM], change, at);
	else if (can_wait(change))
		add(&side->steps[SAGA_FINISH], change, at);
	else if (can_be_checked(change, &check))
		take_checked(side, change, &check, at);
	else
		return sc__bad_at(err, SC_UNSUPPORTED, (int32_t)at, "changes",
		                  "cannot be taken apart: two stores would have to decide");
	return SC_OK;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool make_room(const struct parts *p, struct saga *saga, sc_arena *arena)
{
	const uint32_t room = saga->group->count;
	bool fine = steps_make(&saga->own, arena, room + 1); /* and the note */

	for (uint32_t part = 0; fine && part < p->count; part++) {
		struct side *side = &saga->sides[part];

		for (int step = 0; fine && part != saga->primary && step < SAGA_STEPS; step++)
			fine = steps_make(&side->steps[step], arena, room);
	}
	return fine;
}

sc_status sc__saga_plan(const struct parts *p, const sc_group *group, const uint8_t *places, sc_arena *arena,
                        struct saga *out, sc_error *err)
{
	struct saga saga = { .group = group,
		             .places = places,
		             .id = sc_id_is_zero(group->id) ? sc_id_make(p->env) : group->id };
	sc_status status = SC_OK;

	if (!find_primary(p, group, places, &saga.primary))
		return sc__bad(err, SC_UNSUPPORTED, "changes", "cannot be taken apart: nothing decides");
	if (!make_room(p, &saga, arena))
		return sc__fail(err, SC_NO_MEMORY, "no memory for a saga");
	for (uint32_t i = 0; status == SC_OK && i < group->count; i++) {
		const uint32_t part = sc__change_place(p, places, group, i);

		if (part == saga.primary)
			add(&saga.own, &group->changes[i], i);
		else
			status = take_other(p, &saga, &saga.sides[part], i, err);
	}
	saga.noted = saga.noted_first;
	for (uint32_t part = 0; part < p->count; part++)
		saga.noted = saga.noted || saga.sides[part].steps[SAGA_FINISH].count > 0;
	*out = saga;
	return status;
}

sc_id sc__saga_step_id(const struct saga *saga, uint32_t part, enum saga_step step)
{
	return sc_id_step(saga->id, STEPS + 3 * part + (uint32_t)step);
}
