/*
 * How much one promotion takes off each of the parts it is about, before caps.
 *
 * There are three shapes: unit by unit, line by line, and one amount over all that is then shared out.
 * A promotion with a maximum quantity on a line that is discounted already works on so many units at
 * their full price less all that the line got: nobody can say which unit the earlier discount was for.
 */
#include "pricing/engine.h"

#include "pricing/round.h"

#include <string.h>

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What the promotion takes off an amount that is `base`; `times`: how often its fixed value counts. */
static inline int64_t take_of(const sc__pricing *p, const sc__taking *taking, int64_t base, int64_t times)
{
	switch (taking->promotion->type) {
	case SC_PROMOTION_PERCENTAGE:
	case SC_PROMOTION_BUY_X_GET_Y:
		return sc__scale(base, taking->value, SC_RATE_ONE, p->discount_rounding);
	case SC_PROMOTION_FIXED:
		return base / times < taking->value ? base : smaller(base, taking->value * times);
	case SC_PROMOTION_FIXED_PRICE:
	case SC_PROMOTION_BUNDLE:
		return base / times < taking->value ? 0 : base - taking->value * times;
	case SC_PROMOTION_FREE:
		break;
	}
	return base;
}

int64_t sc__unit_take(const sc__pricing *p, const sc__taking *taking, const sc__part *part, int64_t left)
{
	const bool original = taking->promotion->base == SC_PROMOTION_ORIGINAL;
	const int64_t take = take_of(p, taking, original ? part->unit_price : left, 1);
	const int64_t room = left - part->unit_floor;

	return room <= 0 ? 0 : smaller(take, room);
}

/* What `units` of a part cost, as the promotion sees it. */
static int64_t base_of(const sc__taking *taking, const sc__part *part, int64_t units)
{
	if (taking->promotion->base == SC_PROMOTION_ORIGINAL)
		return part->unit_price * units;
	const int64_t base = part->unit_price * units - (part->listed - part->left);
	return base > 0 ? base : 0;
}

static int64_t within(const sc__part *part, int64_t take)
{
	return part->left <= part->floor ? 0 : smaller(take, part->left - part->floor);
}

/* What a part loses when each of `units` loses alike; only a percentage is rounded for the unit. */
static int64_t take_of_units(const sc__pricing *p, const sc__taking *taking, int64_t base, int64_t units)
{
	if (taking->promotion->type != SC_PROMOTION_PERCENTAGE)
		return take_of(p, taking, base, units);
	return smaller(base, sc__scale(base, taking->value, SC_RATE_ONE * units, p->discount_rounding) * units);
}

/* How many units of a part are meant, when each part has its own maximum. */
static int64_t units_of(const sc__taking *taking, const sc__part *part)
{
	const int64_t max = taking->promotion->max_quantity;

	return max != 0 ? smaller(max, part->quantity) : part->quantity;
}

/* Every unit of a part: the takes of its runs. */
static bool take_all_units(sc__pricing *p, const sc__taking *taking, sc__part *part, int64_t *take, int64_t *of_each)
{
	if (!sc__units_settle(p, part))
		return false;
	const sc__run *runs = sc__units_of(p, part);
	int64_t sum = 0;

	for (size_t i = 0; i < part->run_count; i++) {
		*of_each = sc__unit_take(p, taking, part, runs[i].left);
		sum += runs[i].count * *of_each;
	}
	*take = sum;
	return true;
}

static bool take_each_unit(sc__pricing *p, sc__taking *taking)
{
	int64_t *takes = p->takes, *bases = p->bases, *unit_counts = p->unit_counts, *skips = p->skips;
	const uint32_t *picked = p->picked;
	sc__part *parts = p->parts;

	for (size_t k = 0; k < taking->count; k++) {
		sc__part *part = &parts[picked[k]];
		const int64_t units = units_of(taking, part);

		bases[k] = base_of(taking, part, units);
		if (units < part->quantity) {
			skips[k] = 0;
			unit_counts[k] = units;
			takes[k] = within(part, take_of_units(p, taking, bases[k], units));
			continue;
		}
		unit_counts[k] = SC__BY_UNIT;
		if (!take_all_units(p, taking, part, &takes[k], &skips[k]))
			return false;
	}
	return true;
}

static void take_each_line(sc__pricing *p, sc__taking *taking)
{
	for (size_t k = 0; k < taking->count; k++) {
		const sc__part *part = &p->parts[p->picked[k]];

		p->unit_counts[k] = units_of(taking, part);
		p->bases[k] = base_of(taking, part, p->unit_counts[k]);
		p->takes[k] = within(part, take_of(p, taking, p->bases[k], 1));
	}
}

int64_t sc__share_over_parts(sc__pricing *p, int64_t amount, size_t from, size_t count)
{
	const bool gross = p->policy.weights == SC_PRICE_WEIGHTS_GROSS;
	const uint32_t *picked = p->picked + from;
	const int64_t *bases = p->bases + from;
	int64_t *weights = p->weights + from, *rooms = p->rooms + from, total = 0;

	for (size_t k = 0; k < count; k++) {
		const sc__part *part = &p->parts[picked[k]];
		const int64_t base = bases[k], room = part->left - part->floor;
		int64_t weight = base;

		if (gross && !part->inclusive && part->rate != 0)
			weight += sc__scale(base, part->rate, SC_RATE_ONE, p->rounding);
		weights[k] = weight;
		total += weight;
		rooms[k] = room > base && part->unit_floor == 0 ? base : room > 0 ? room : 0;
	}
	sc__share_out(amount, weights, total, rooms, count, &p->sharing, p->cuts, p->takes + from);
	return total;
}

/* One amount off the parts from..from + count, shared out. */
static void take_across_some(sc__pricing *p, sc__taking *taking, size_t from, size_t count, int64_t amount)
{
	const int64_t total = sc__share_over_parts(p, amount, from, count);

	taking->across = true;
	taking->weights_total = total;
	taking->amount = amount;
}

static int64_t sum_of(const int64_t *values, size_t count)
{
	int64_t sum = 0;

	for (size_t k = 0; k < count; k++)
		sum += values[k];
	return sum;
}

static void take_across(sc__pricing *p, sc__taking *taking)
{
	int64_t units_left = taking->promotion->max_quantity;
	size_t lines = 0;

	const bool limited = taking->promotion->max_quantity != 0;
	int64_t *bases = p->bases, *unit_counts = p->unit_counts;
	for (size_t k = 0; k < taking->count; k++) {
		const sc__part *part = &p->parts[p->picked[k]];
		const int64_t units = limited ? smaller(units_left, part->quantity) : part->quantity;

		unit_counts[k] = units;
		units_left -= units;
		bases[k] = base_of(taking, part, units);
		lines += p->picked[k] < p->line_count ? 1 : 0;
	}
	const size_t shipments = taking->count - lines;
	const int64_t items = sum_of(bases, lines), shipping = sum_of(bases + lines, shipments);
	taking->base = items + shipping;
	if (lines == 0 || shipments == 0) {
		take_across_some(p, taking, 0, taking->count, take_of(p, taking, items + shipping, 1));
		return;
	}
	/* Order and shipping: the items' part of it is an amount of its own, and shared out over them. */
	const int64_t sums[2] = { items, shipping };
	int64_t parts[2];
	if (taking->promotion->type == SC_PROMOTION_PERCENTAGE || taking->promotion->type == SC_PROMOTION_FREE) {
		parts[0] = take_of(p, taking, items, 1);
		parts[1] = take_of(p, taking, shipping, 1);
	} else {
		sc__cut cuts[2];
		sc__share_out(take_of(p, taking, items + shipping, 1), sums, items + shipping, sums, 2, &p->sharing,
		              cuts, parts);
	}
	take_across_some(p, taking, lines, shipments, parts[1]);
	take_across_some(p, taking, 0, lines, parts[0]);
}

/* The cheapest unit of all picked parts, once. */
static bool take_cheapest(sc__pricing *p, sc__taking *taking)
{
	size_t best = taking->count;
	int64_t best_left = 0, best_skip = 0;

	for (size_t k = 0; k < taking->count; k++) {
		sc__part *part = &p->parts[p->picked[k]];
		int64_t skip = 0;

		p->takes[k] = 0;
		p->bases[k] = 0;
		p->unit_counts[k] = 1;
		if (!sc__units_settle(p, part))
			return false;
		const sc__run *runs = sc__units_of(p, part);
		for (size_t i = 0; i < part->run_count; skip += runs[i++].count) {
			if (runs[i].count == 0 || runs[i].left == 0 ||
			    (best < taking->count && runs[i].left >= best_left))
				continue;
			best = k;
			best_left = runs[i].left;
			best_skip = skip;
		}
	}
	if (best < taking->count) {
		const sc__part *part = &p->parts[p->picked[best]];

		p->bases[best] = taking->promotion->base == SC_PROMOTION_ORIGINAL ? part->unit_price : best_left;
		p->takes[best] = sc__unit_take(p, taking, part, best_left);
		p->skips[best] = best_skip;
	}
	return true;
}

bool sc__takes(sc__pricing *p, sc__taking *taking)
{
	if (taking->allocation != SC_PROMOTION_EACH_UNIT)
		memset(p->skips, 0, taking->count * sizeof(*p->skips));
	switch (taking->allocation) {
	case SC_PROMOTION_EACH_UNIT:
		return take_each_unit(p, taking);
	case SC_PROMOTION_CHEAPEST_UNIT_ONCE:
		return take_cheapest(p, taking);
	case SC_PROMOTION_EACH_LINE:
		take_each_line(p, taking);
		return true;
	case SC_PROMOTION_DEFAULT:
	case SC_PROMOTION_ACROSS:
		break;
	}
	take_across(p, taking);
	return true;
}
