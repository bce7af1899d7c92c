/*
 * Choosing where each line of a HOLD is served from.
 *
 * Lines with one source have no choice, so their demand is added up per account before anything else:
 * two lines of one SKU that fit only one by one are refused together. Then lines with a choice take,
 * in their order, the first source that still has enough, or something from each.
 */
#include "store/batch.h"

#include "base/arena.h"

static const sc_bytes reason_hold = { "hold", 4 };

struct claim {
	sc__batch *batch;
	const sc_change *change;
	sc__change_plan *plan;
	sc__taken *fixed, *chosen; /* by line */
	size_t fixed_count, chosen_count;
};

/* What is free at an account for a HOLD that has already counted demand on it. */
static int64_t left_at(const sc__batch *batch, const sc__slot *account)
{
	int64_t left = sc_counters_free(&account->row.value.counters);
	if (!sc__present(account))
		left = 0;
	return left >= 0 && account->claimed == batch->holds ? left - account->demand : left;
}

static void demand(const sc__batch *batch, sc__slot *account, int64_t quantity)
{
	if (account->claimed != batch->holds) {
		account->claimed = batch->holds;
		account->demand = 0;
	}
	account->demand += quantity;
}

/* Makes the account of a limit on its first use, with what the limit allows on hand. */
static sc_status make_limits(const struct claim *claim)
{
	sc__batch *batch = claim->batch;
	sc__slot *const *at = claim->plan->sources;
	for (uint32_t i = 0; i < claim->change->line_count; i++) {
		const sc_hold_line *line = &claim->change->lines[i];
		for (uint32_t j = 0; j < line->source_count; j++, at++) {
			if ((line->flags & SC_LINE_LIMIT) == 0 || sc__present(*at))
				continue;
			const sc_counters delta = { .on_hand = line->limit };
			sc_status status = sc__account_add(batch, *at, &delta, (sc_bytes){ "limit", 5 }, NULL);
			if (status != SC_OK)
				return status;
			if (claim->change->lifetime_ms != 0)
				(*at)->row.value.expires_ms = batch->clock.now_ms + claim->change->lifetime_ms;
		}
	}
	return SC_OK;
}

/* ---- saying no ---- */

static bool names(const sc_hold_line *line, sc__slot *const *sources, const sc__slot *account)
{
	for (uint32_t i = 0; i < line->source_count; i++)
		if (sources[i] == account)
			return true;
	return false;
}

/* What all lines of the group on an account want together. */
static int64_t wanted_of(const sc__batch *batch, const sc__slot *account)
{
	int64_t wanted = 0;
	const sc__group_plan *plan = &batch->plans[batch->index];
	for (uint32_t i = 0; i < batch->group->count; i++) {
		const sc_change *change = &batch->group->changes[i];
		sc__slot *const *sources = plan->changes[i].sources;
		if (change->type != SC_CHANGE_HOLD)
			continue;
		for (uint32_t j = 0; j < change->line_count; j++) {
			if (names(&change->lines[j], sources, account))
				wanted += change->lines[j].quantity;
			sources += change->lines[j].source_count;
		}
	}
	return wanted;
}

static int64_t saturated(int64_t a, int64_t b)
{
	return __builtin_add_overflow(a, b, &a) ? INT64_MAX : a;
}

/* What was free for the group: what is free now, and what its HOLDs before this one took. */
static int64_t available_at(const sc__batch *batch, const sc__slot *account)
{
	int64_t available = sc__present(account) ? sc_counters_free(&account->row.value.counters) : 0;
	const sc__group_plan *plan = &batch->plans[batch->index];
	for (uint32_t i = 0; i < batch->group->count; i++) {
		const sc__taken_list *takes = &plan->changes[i].takes;
		for (size_t j = 0; j < takes->count; j++)
			if (takes->items[j].account == account)
				available = saturated(available, takes->items[j].take.quantity);
	}
	return available;
}

static sc_status refuse(const struct claim *claim, uint32_t n, sc__slot *const *sources)
{
	const sc_hold_line *line = &claim->change->lines[n];
	int64_t available = available_at(claim->batch, sources[0]);
	for (uint32_t i = 1; i < line->source_count; i++) {
		int64_t more = available_at(claim->batch, sources[i]);
		if ((line->flags & SC_LINE_SPLIT) != 0) {
			if (more > 0)
				available = saturated(available < 0 ? 0 : available, more);
		} else if (more > available) {
			available = more;
		}
	}
	claim->batch->refusal = (sc__refusal){ n, wanted_of(claim->batch, sources[0]), available };
	return (line->flags & SC_LINE_LIMIT) != 0 ? SC_LIMIT_REACHED : SC_OUT_OF_STOCK;
}

/* ---- choosing ---- */

static void take(sc__taken *to, const sc_hold_line *line, uint32_t n, uint32_t source, sc__slot *account,
                 int64_t quantity)
{
	*to = (sc__taken){ { .account = line->sources[source],
		             .quantity = quantity,
		             .committed = quantity,
		             .ends_ms = account->row.value.expires_ms,
		             .line = n },
		           account };
}

/* Lines without a choice: first all demand, then the check, so that the first of them is named. */
static sc_status claim_fixed(struct claim *claim)
{
	sc__slot *const *at = claim->plan->sources;
	for (uint32_t i = 0; i < claim->change->line_count; i++) {
		const sc_hold_line *line = &claim->change->lines[i];
		if (line->source_count == 1)
			demand(claim->batch, *at, line->quantity);
		at += line->source_count;
	}
	at = claim->plan->sources;
	for (uint32_t i = 0; i < claim->change->line_count; i++) {
		const sc_hold_line *line = &claim->change->lines[i];
		if (line->source_count == 1) {
			if (left_at(claim->batch, *at) < 0)
				return refuse(claim, i, at);
			take(&claim->fixed[claim->fixed_count++], line, i, 0, *at, line->quantity);
		}
		at += line->source_count;
	}
	return SC_OK;
}

static bool choose_one(struct claim *claim, uint32_t n, sc__slot *const *sources)
{
	const sc_hold_line *line = &claim->change->lines[n];
	for (uint32_t i = 0; i < line->source_count; i++) {
		if (left_at(claim->batch, sources[i]) < line->quantity)
			continue;
		demand(claim->batch, sources[i], line->quantity);
		take(&claim->chosen[claim->chosen_count++], line, n, i, sources[i], line->quantity);
		return true;
	}
	return false;
}

static bool choose_several(struct claim *claim, uint32_t n, sc__slot *const *sources)
{
	const sc_hold_line *line = &claim->change->lines[n];
	int64_t wanted = line->quantity;
	for (uint32_t i = 0; i < line->source_count && wanted > 0; i++) {
		int64_t left = left_at(claim->batch, sources[i]);
		int64_t some = left < wanted ? left : wanted;
		if (some <= 0)
			continue;
		demand(claim->batch, sources[i], some);
		take(&claim->chosen[claim->chosen_count++], line, n, i, sources[i], some);
		wanted -= some;
	}
	return wanted == 0;
}

static sc_status claim_chosen(struct claim *claim)
{
	sc__slot *const *at = claim->plan->sources;
	for (uint32_t i = 0; i < claim->change->line_count; i++) {
		const sc_hold_line *line = &claim->change->lines[i];
		bool split = (line->flags & SC_LINE_SPLIT) != 0;
		if (line->source_count > 1 && !(split ? choose_several(claim, i, at) : choose_one(claim, i, at)))
			return refuse(claim, i, at);
		at += line->source_count;
	}
	return SC_OK;
}

/* ---- claiming ---- */

/* Room for every take that the lines can come to. */
static bool make_room(struct claim *claim)
{
	size_t fixed = 0, chosen = 0;
	for (uint32_t i = 0; i < claim->change->line_count; i++) {
		const sc_hold_line *line = &claim->change->lines[i];
		if (line->source_count == 1)
			fixed++;
		else
			chosen += (line->flags & SC_LINE_SPLIT) != 0 ? line->source_count : 1;
	}
	claim->fixed = sc__arena_array(claim->batch->arena, fixed, sizeof *claim->fixed);
	claim->chosen = sc__arena_array(claim->batch->arena, chosen, sizeof *claim->chosen);
	return claim->fixed != NULL && claim->chosen != NULL;
}

/* All takes by line. */
static bool merge(struct claim *claim)
{
	size_t count = claim->fixed_count + claim->chosen_count;
	claim->plan->takes = (sc__taken_list){ claim->fixed, count };
	if (claim->chosen_count == 0)
		return true;
	sc__taken *all = sc__arena_array(claim->batch->arena, count, sizeof *all);
	if (all == NULL)
		return false;
	size_t fixed = 0, chosen = 0;
	for (size_t i = 0; i < count; i++) {
		bool from_fixed = chosen == claim->chosen_count ||
		                  (fixed < claim->fixed_count &&
		                   claim->fixed[fixed].take.line < claim->chosen[chosen].take.line);
		all[i] = from_fixed ? claim->fixed[fixed++] : claim->chosen[chosen++];
	}
	claim->plan->takes.items = all;
	return true;
}

sc_status sc__hold_claim(sc__batch *batch, const sc_change *change, sc__change_plan *plan)
{
	struct claim claim = { .batch = batch, .change = change, .plan = plan };
	batch->holds++;
	if (!make_room(&claim))
		return SC_NO_MEMORY;
	sc_status status = make_limits(&claim);
	if (status == SC_OK)
		status = claim_fixed(&claim);
	if (status == SC_OK)
		status = claim_chosen(&claim);
	if (status != SC_OK)
		return status;
	if (!merge(&claim))
		return SC_NO_MEMORY;
	sc_bytes reason = change->topic.size > 0 ? change->topic : reason_hold;
	for (size_t i = 0; i < plan->takes.count && status == SC_OK; i++) {
		const sc__taken *taken = &plan->takes.items[i];
		const sc_counters delta = { .held = taken->take.quantity };
		status = sc__account_add(batch, taken->account, &delta, reason, &change->address);
	}
	if (status != SC_OK)
		plan->takes = (sc__taken_list){ NULL, 0 };
	return status;
}
