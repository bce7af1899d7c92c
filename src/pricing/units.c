/*
 * What each unit of a part has paid.
 *
 * A quantity may be a million, so units are kept as runs of equal ones. A share of a promotion waits
 * as "so much over these units" until the units matter; most prices never need them. Then all that
 * wait are laid on their units, in the order in which they were taken.
 */
#include "pricing/engine.h"

#include <string.h>

void *sc__grow(sc_arena *arena, const void *old, size_t used, size_t *room, size_t item_size)
{
	const size_t wider = *room < 16 ? 32 : *room * 2;
	void *grown = sc_arena_alloc(arena, wider * item_size);

	if (grown == NULL)
		return NULL;
	if (used > 0)
		memcpy(grown, old, used * item_size);
	*room = wider;
	return grown;
}

/* Room for `count` more runs in the pool. */
static bool pool_reserve(sc__pricing *p, size_t count)
{
	while (p->pool_room - p->pool_count < count) {
		sc__run *grown = sc__grow(p->arena, p->pool, p->pool_count, &p->pool_room, sizeof(sc__run));

		if (grown == NULL)
			return false;
		p->pool = grown;
	}
	return true;
}

/* Room for `count` numbers of scratch. */
static bool scratch_reserve(sc__pricing *p, size_t count)
{
	while (p->unit_scratch_room < count) {
		p->unit_scratch = sc__grow(p->arena, NULL, 0, &p->unit_scratch_room, sizeof(*p->unit_scratch));
		if (p->unit_scratch == NULL)
			return false;
	}
	return true;
}

static void push_run(sc__pricing *p, size_t first, int64_t count, int64_t left)
{
	if (count == 0)
		return;
	if (p->pool_count > first && p->pool[p->pool_count - 1].left == left)
		p->pool[p->pool_count - 1].count += count;
	else
		p->pool[p->pool_count++] = (sc__run){ count, left };
}

/* Copies the part's runs to the pool's end, cut at `from` and `to`, and says which of them lie between. */
static void cut_runs(sc__pricing *p, sc__part *part, int64_t from, int64_t to, size_t *first, size_t *begin,
                     size_t *end)
{
	int64_t at = 0;

	*first = *begin = *end = p->pool_count;
	for (size_t i = 0; i < part->run_count; i++) {
		const sc__run run = sc__units_of(p, part)[i];
		const int64_t stop = at + run.count;
		const int64_t cuts[4] = { at,
			                  from < at     ? at
			                  : from > stop ? stop
			                                : from,
			                  to < at     ? at
			                  : to > stop ? stop
			                              : to,
			                  stop };

		for (size_t c = 0; c < 3; c++) {
			if (cuts[c + 1] <= cuts[c])
				continue;
			p->pool[p->pool_count++] = (sc__run){ cuts[c + 1] - cuts[c], run.left };
			if (c == 0)
				*begin = *end = p->pool_count;
			else if (c == 1)
				*end = p->pool_count;
		}
		if (stop <= from)
			*begin = *end = p->pool_count;
		at = stop;
	}
}

/* What the units of a run weigh in a share: what promotions may still take off them. */
static int64_t weight_of(const sc__part *part, int64_t left, bool to_floor)
{
	const int64_t weight = to_floor ? left - part->unit_floor : left;

	return weight > 0 ? weight : 0;
}

static int64_t weigh(const sc__pricing *p, const sc__part *part, size_t begin, size_t end, bool to_floor)
{
	int64_t sum = 0;

	for (size_t i = begin; i < end; i++)
		sum += p->pool[i].count * weight_of(part, p->pool[i].left, to_floor);
	return sum;
}

/* Takes `amount` off the runs begin..end of the pool and writes the part's new runs behind them. */
static bool take_off_runs(sc__pricing *p, sc__part *part, int64_t amount, size_t first, size_t begin, size_t end,
                          bool to_floor)
{
	const size_t count = end - begin, stop = p->pool_count;

	if (!scratch_reserve(p, 5 * count) || !pool_reserve(p, 2 * (stop - first)))
		return false;
	sc__unit_run *runs = (sc__unit_run *)p->unit_scratch;
	int64_t *low = p->unit_scratch + 2 * count, *extra = low + count;
	uint64_t *rests = (uint64_t *)(extra + count);
	for (size_t i = 0; i < count; i++)
		runs[i] = (sc__unit_run){ p->pool[begin + i].count,
			                  weight_of(part, p->pool[begin + i].left, to_floor) };
	sc__share_over_units(amount, runs, count, &p->sharing, rests, low, extra);

	const bool last = sc__extra_is_last(&p->sharing);
	for (size_t i = first; i < stop; i++) {
		const sc__run run = p->pool[i];

		if (i < begin || i >= end) {
			push_run(p, stop, run.count, run.left);
			continue;
		}
		const int64_t left = run.left - low[i - begin], more = extra[i - begin];
		if (!last)
			push_run(p, stop, more, left - 1);
		push_run(p, stop, run.count - more, left);
		if (last)
			push_run(p, stop, more, left - 1);
	}
	part->runs = stop;
	part->run_count = p->pool_count - stop;
	if (part->run_count == 1) {
		part->only = p->pool[stop];
		p->pool_count = first;
	}
	return true;
}

/* Takes `amount` off all units of a part whose units are alike: the same off each, and one more off the odd ones. */
static bool take_off_alike(sc__pricing *p, sc__part *part, int64_t amount)
{
	const int64_t quantity = part->quantity, low = sc__unit_part(amount, quantity);
	const int64_t odd = amount - low * quantity, left = part->only.left - low;

	part->only.left = left;
	if (odd == 0)
		return true;
	if (!pool_reserve(p, 2))
		return false;
	const sc__run dear = { quantity - odd, left }, cheap = { odd, left - 1 };
	const bool last = sc__extra_is_last(&p->sharing);
	sc__run *runs = p->pool + p->pool_count;
	runs[0] = last ? dear : cheap;
	runs[1] = last ? cheap : dear;
	part->runs = p->pool_count;
	part->run_count = 2;
	p->pool_count += 2;
	return true;
}

static bool settle_one(sc__pricing *p, sc__part *part, int64_t amount, const sc__spread *spread)
{
	size_t first, begin, end;

	if (part->run_count == 1 && spread->units == part->quantity)
		return take_off_alike(p, part, amount);
	if (!pool_reserve(p, part->run_count + 2))
		return false;
	cut_runs(p, part, spread->skip, spread->skip + spread->units, &first, &begin, &end);
	if (weigh(p, part, begin, end, true) >= amount)
		return take_off_runs(p, part, amount, first, begin, end, true);
	if (weigh(p, part, begin, end, false) >= amount)
		return take_off_runs(p, part, amount, first, begin, end, false);
	return take_off_runs(p, part, amount, first, first, p->pool_count, false);
}

bool sc__units_settle_waiting(sc__pricing *p)
{
	const sc_promotion_share *shares = p->shares;
	const sc__spread *spreads = p->spreads;
	const size_t stop = p->share_count;

	for (size_t at = p->settled; at < stop; at++) {
		const size_t part = shares[at].is_shipping ? p->line_count + shares[at].index : shares[at].index;

		if (spreads[at].units != SC__BY_UNIT &&
		    !settle_one(p, &p->parts[part], shares[at].amount, &spreads[at]))
			return false;
	}
	p->settled = stop;
	return true;
}
