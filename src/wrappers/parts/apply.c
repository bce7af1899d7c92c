/*
 * apply: groups of one part go there as they are, groups of several become sagas. A batch makes one apply a part for
 * each step that any of its sagas needs.
 */
#include "wrappers/parts/run.h"
#include "wrappers/parts/send.h"

#include "base/arena.h"
#include "base/error.h"

/* Where a group goes that cannot be sent. */
enum { NOWHERE = PARTS_MAX + 1 };

/* A group of the batch: its saga, or the part it is for. */
struct member {
	struct saga *saga;
	uint32_t part;
	const sc_group *group;
	const uint8_t *places;
	sc_outcome *outcome;
};

static uint32_t part_of(const struct parts *p, const uint8_t *places, const sc_group *group)
{
	const uint32_t part = group->count == 0 ? 0 : sc__change_place(p, places, group, 0);

	for (uint32_t i = 1; i < group->count; i++)
		if (sc__change_place(p, places, group, i) != part)
			return PARTS_SEVERAL;
	return part;
}

/* ---- the decision ------------------------------------------------------------------------ */

/* The note goes along: turned into DECIDED when something is left to do, removed when nothing is. */
static sc_status add_note(struct run *run, struct saga *saga)
{
	sc_change *note = &saga->own.changes[saga->own.count];
	bool left = false;

	if (!saga->noted)
		return SC_OK;
	for (uint32_t part = 0; part < run->p->count; part++)
		left = left || saga->sides[part].steps[SAGA_FINISH].count > 0;
	saga->own.origins[saga->own.count] = UINT32_MAX;
	*note = (sc_change){ .address = sc__saga_address(run->p, &saga->id),
		             .type = SC_CHANGE_DELETE,
		             .condition = SC_IF_VERSION,
		             .version = saga->version };
	saga->own.count++;
	saga->noted = left;
	return left ? sc__saga_put(run->p, saga, SAGA_DECIDED, run->arena, note) : SC_OK;
}

static void decided(struct saga *saga, const sc_outcome *answer)
{
	sc_outcome *out = saga->outcome;

	out->status = answer->status;
	out->flags = answer->flags;
	out->position = answer->position;
	out->time_ms = answer->time_ms;
	if (answer->status == SC_OK) {
		saga->stage = STAGE_AGREED;
		saga->version = saga->noted ? answer->position : 0;
		return;
	}
	/* of an unknown nothing is taken back and nothing finished: the note says to a sweep what happened */
	saga->stage = sc_status_is_unknown(answer->status) ? STAGE_OVER : STAGE_TAKEN;
	if (!sc_status_is_refusal(answer->status))
		return;
	out->line = answer->line;
	out->wanted = answer->wanted;
	out->available = answer->available;
	out->change = answer->change < saga->own.count ? saga->own.origins[answer->change] : 0;
	if (out->change == UINT32_MAX) /* the note: a sweep took it back */
		out->status = SC_BUSY;
}

static sc_status decide_in(struct run *run, uint32_t part, struct member *members, size_t count)
{
	struct parcel parcel;

	if (!sc__parcel_make(&parcel, run->arena, count))
		return sc__fail(run->err, SC_NO_MEMORY, "no memory for groups of several stores");
	for (size_t i = 0; i < count; i++) {
		struct saga *saga = members[i].saga;
		sc_group group = *members[i].group;

		if (members[i].part != part || (saga != NULL && saga->stage != STAGE_OPEN))
			continue;
		if (saga != NULL) {
			group.changes = saga->own.changes;
			group.count = saga->own.count;
		}
		sc__parcel_add(&parcel, &group, saga == NULL ? members[i].outcome : NULL, &members[i]);
	}
	sc__parcel_send(run->p, part, run->call, &parcel, run->err);
	for (size_t i = 0; i < parcel.count; i++) {
		struct member *member = parcel.owners[i];

		if (member->saga != NULL)
			decided(member->saga, &parcel.outcomes[i]);
		else
			*member->outcome = parcel.outcomes[i];
	}
	return SC_OK;
}

/* ---- a batch ----------------------------------------------------------------------------- */

static sc_status plan(struct run *run, struct member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct member *member = &members[i];
		struct saga *saga = &run->sagas[run->count];

		if (member->part != PARTS_SEVERAL)
			continue;
		sc_status status = sc__saga_plan(run->p, member->group, member->places, run->arena, saga, run->err);
		if (status == SC_NO_MEMORY)
			return status;
		member->outcome->status = status;
		if (status != SC_OK)
			continue;
		saga->outcome = member->outcome;
		member->saga = saga;
		member->part = saga->primary;
		run->count++;
	}
	return SC_OK;
}

/* What was over before keeps its outcome. */
static void not_sent(struct member *member, uint32_t part, sc_status status)
{
	if (member->part != part)
		return;
	if (member->saga == NULL)
		member->outcome->status = status;
	else if (member->saga->stage == STAGE_OPEN)
		sc__saga_fail(member->saga, status);
}

static sc_status run_batch(struct run *run, struct member *members, size_t count)
{
	sc_status status = plan(run, members, count);

	if (status != SC_OK)
		return status;
	status = sc__run_claim(run);
	for (size_t i = 0; i < run->count; i++) {
		struct saga *saga = &run->sagas[i];
		sc_status noted = status == SC_OK && saga->stage == STAGE_OPEN ? add_note(run, saga) : status;

		if (noted != SC_OK && saga->stage == STAGE_OPEN)
			sc__saga_fail(saga, noted);
	}
	for (uint32_t part = 0; part < run->p->count; part++) {
		sc_status sent = decide_in(run, part, members, count);

		for (size_t i = 0; sent != SC_OK && i < count; i++)
			not_sent(&members[i], part, sent);
	}
	sc__run_settle(run);
	return SC_OK;
}

/* Where each group goes, and its changes; all in one arena. */
static struct member *find_places(struct parts *p, const sc_call *call, const sc_group *groups, size_t count,
                                  sc_outcome *out, sc_arena *arena, sc_status *status, sc_error *err)
{
	struct member *members = sc__arena_array(arena, count + 1, sizeof(*members));
	uint8_t *places = NULL;
	size_t changes = 0;

	*status = SC_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		changes += groups[i].count;
	if (p->place_changes != NULL)
		places = sc__arena_array(arena, changes + 1, 1);
	if (members == NULL || (p->place_changes != NULL && places == NULL))
		return NULL;
	*status = places != NULL ? p->place_changes(p, call, groups, count, arena, places, out, err) : SC_OK;
	for (size_t i = 0; *status == SC_OK && i < count; i++) {
		const uint32_t part = out[i].status == SC_OK ? part_of(p, places, &groups[i]) : NOWHERE;

		members[i] = (struct member){ NULL, part, &groups[i], places, &out[i] };
		places = places != NULL ? places + groups[i].count : NULL;
	}
	return members;
}

static sc_status apply_in(struct parts *p, sc_arena *arena, const sc_call *call, const sc_group *groups, size_t count,
                          sc_outcome *out, sc_error *err)
{
	sc_status status;
	struct member *members = find_places(p, call, groups, count, out, arena, &status, err);
	size_t same = 1;

	if (status != SC_OK)
		return status;
	while (same < count && members[same].part == members[0].part)
		same++;
	if (count == 0 || (same == count && members[0].part < PARTS_MAX)) { /* the usual case: nothing to take apart */
		const sc_store *store = &p->stores[count == 0 ? 0 : members[0].part];

		return store->ops->apply(store->ctx, call, groups, count, out, err);
	}
	struct saga *sagas = sc__arena_array(arena, count, sizeof(*sagas));
	struct run run = { .p = p, .call = call, .arena = arena, .sagas = sagas, .err = err };

	return sagas != NULL ? run_batch(&run, members, count) : SC_NO_MEMORY;
}

sc_status sc__parts_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err)
{
	struct parts *p = ctx;
	sc_arena arena;

	sc_arena_init(&arena, p->env);
	sc_status status = apply_in(p, &arena, call, groups, count, out, err);
	sc_arena_clear(&arena);
	return status == SC_NO_MEMORY ? sc__fail(err, status, "no memory for groups of several stores") : status;
}
