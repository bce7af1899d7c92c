/*
 * A batch at the gate: all its claims are asked at once, what is refused there is answered there, the rest goes to the
 * record in one batch, and what came to nothing there is given back.
 */
#include "wrappers/gated/gated.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define LEARNED_MAX 16 /* accounts read from the record in one batch */

/* One batch on its way. */
struct batch {
	sc__gated *gated;
	const sc_call *call;
	const sc_group *groups;
	size_t count;
	sc_outcome *out;
	sc_arena *arena;
	sc__claims claims;
	bool *refused;     /* of each group */
	sc_group *passing; /* what the record gets */
	sc_outcome *outcomes;
	size_t *index;
	size_t passing_count;
};

static void refuse(const struct batch *batch, size_t i, int64_t now_ms)
{
	const sc__claims *claims = &batch->claims;
	sc_outcome *out = &batch->out[claims->index[i]];
	out->status = SC_OUT_OF_STOCK;
	out->flags = 0;
	out->change = claims->change[i];
	out->line = claims->line[i];
	out->wanted = claims->items[i].quantity;
	out->available = claims->items[i].available > 0 ? claims->items[i].available : 0;
	out->position = 0;
	out->time_ms = now_ms;
	out->take_count = out->after_count = 0;
	batch->refused[claims->index[i]] = true;
}

/* Takes the verdicts. What the gate refuses while it is not fed passes all the same. */
static void read_verdicts(const struct batch *batch)
{
	sc__gated *gated = batch->gated;
	const sc__claims *claims = &batch->claims;
	bool fresh = sc__gated_is_fresh(gated);
	int64_t now_ms = gated->env->wall_ms(gated->env->ctx);
	for (size_t i = 0; i < claims->count; i++) {
		const sc_gate_claim *claim = &claims->items[i];
		bool first = i == 0 || claims->index[i - 1] != claims->index[i];
		bool short_of = claim->quantity > claim->available;
		if (claim->verdict == SC_GATE_REFUSED && fresh) {
			if (short_of && !batch->refused[claims->index[i]])
				refuse(batch, i, now_ms);
		} else if (first) {
			atomic_fetch_add(claim->verdict == SC_GATE_PASSED ? &gated->passed : &gated->unsure, 1);
		}
	}
	for (size_t i = 0; i < batch->count; i++)
		atomic_fetch_add(&gated->refused, batch->refused[i]);
}

static bool make_room(struct batch *batch)
{
	batch->refused = sc_arena_zalloc(batch->arena, batch->count * sizeof *batch->refused);
	batch->passing = sc__arena_array(batch->arena, batch->count, sizeof *batch->passing);
	batch->outcomes = sc__arena_array(batch->arena, batch->count, sizeof *batch->outcomes);
	batch->index = sc__arena_array(batch->arena, batch->count, sizeof *batch->index);
	return batch->refused != NULL && batch->passing != NULL && batch->outcomes != NULL && batch->index != NULL;
}

static void ask_gate(struct batch *batch)
{
	sc__gated *gated = batch->gated;
	sc_error ignored;
	sc__gated_feed(gated, batch->call, false);
	if (gated->gate.ops->claim(gated->gate.ctx, batch->call, batch->claims.items, batch->claims.count, &ignored) ==
	    SC_OK) {
		read_verdicts(batch);
		return;
	}
	atomic_fetch_add(&gated->failures, 1);
	batch->claims.count = 0;
}

/* What the record said of a group that passed: whether its units have to go back. */
static bool came_to_nothing(sc_status status, uint32_t flags)
{
	return !sc_status_is_unknown(status) && (status != SC_OK || (flags & SC_OUTCOME_REPEAT) != 0);
}

static void give_back(const struct batch *batch)
{
	sc__gated *gated = batch->gated;
	sc_gate_claim *back = sc__arena_array(batch->arena, batch->claims.count, sizeof *back);
	size_t count = 0;
	sc_error ignored;
	for (size_t i = 0; i < batch->claims.count && back != NULL; i++) {
		const sc_gate_claim *claim = &batch->claims.items[i];
		size_t group = batch->claims.index[i];
		if (claim->verdict != SC_GATE_PASSED ||
		    !came_to_nothing(batch->out[group].status, batch->out[group].flags))
			continue;
		atomic_fetch_add(&gated->returned, count == 0 || batch->claims.index[i - 1] != group);
		back[count++] = *claim;
	}
	/* What cannot be given back now is swept later. */
	if (count > 0 && gated->gate.ops->give(gated->gate.ctx, batch->call, back, count, &ignored) != SC_OK)
		atomic_fetch_add(&gated->failures, 1);
}

static void learn(const struct batch *batch)
{
	size_t learned = 0;
	for (size_t i = 0; i < batch->claims.count && learned < LEARNED_MAX; i++) {
		const sc_gate_claim *claim = &batch->claims.items[i];
		bool again = false;
		for (size_t n = 0; n < i && !again; n++)
			again = sc_address_compare(&batch->claims.items[n].account, &claim->account) == 0;
		if (claim->verdict != SC_GATE_UNSURE || again)
			continue;
		sc__gated_learn(batch->gated, batch->call, &claim->account);
		learned++;
	}
}

/* Gives the record what passes. The outcomes of all others are set already. */
static sc_status carry(struct batch *batch, sc_error *err)
{
	const sc_store *record = &batch->gated->record;
	for (size_t i = 0; i < batch->count; i++) {
		if (batch->refused[i])
			continue;
		batch->passing[batch->passing_count] = batch->groups[i];
		batch->outcomes[batch->passing_count] = batch->out[i];
		batch->index[batch->passing_count++] = i;
	}
	if (batch->passing_count == 0)
		return SC_OK;
	sc_error theirs = SC_ERROR_INIT;
	sc_status status = record->ops->apply(record->ctx, batch->call, batch->passing, batch->passing_count,
	                                      batch->outcomes, &theirs);
	for (size_t i = 0; i < batch->passing_count; i++) {
		batch->out[batch->index[i]] = batch->outcomes[i];
		if (status != SC_OK)
			batch->out[batch->index[i]].status = status;
	}
	if (theirs.index >= 0 && (size_t)theirs.index < batch->passing_count)
		theirs.index = (int32_t)batch->index[theirs.index];
	if (err != NULL && theirs.status != SC_OK)
		*err = theirs;
	/* Those that the gate refused have their answer, whatever became of the others. */
	return batch->passing_count == batch->count ? status : SC_OK;
}

sc_status sc__gated_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err)
{
	sc__gated *gated = ctx;
	sc_arena arena;
	struct batch batch = {
		.gated = gated, .call = call, .groups = groups, .count = count, .out = out, .arena = &arena
	};
	sc_arena_init(&arena, gated->env);
	sc_status status;
	if (!make_room(&batch) || !sc__claims_collect(&batch.claims, groups, count, &arena)) {
		status = sc__fail(err, SC_NO_MEMORY, "no memory to ask the gate");
	} else if (batch.claims.count == 0) {
		status = gated->record.ops->apply(gated->record.ctx, call, groups, count, out, err);
	} else {
		ask_gate(&batch);
		status = carry(&batch, err);
		if (batch.claims.count > 0 && !sc_status_is_unknown(status))
			give_back(&batch);
		learn(&batch);
	}
	sc_arena_clear(&arena);
	return status;
}
