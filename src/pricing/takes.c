/*
 * How much one promotion takes off each of the parts it is about, before caps.
 *
 * There are three shapes: unit by unit, line by line, and one amount over all that is then shared out.
 * A promotion with a maximum quantity on a line that is discounted already works on so many units at
 * their full price less all that the line got: nobody can say which unit the earlier discount was for.
 */
#include "pricing/formula.h"

/* What a part loses when each of `units` loses alike; only a percentage is rounded for the unit. */
static int64_t take_of_units(const sc__pricing *p, sc__formula f, int64_t base, int64_t units)
{
	if (f.type != SC_PROMOTION_PERCENTAGE)
		return sc__take_of(f, base, units);
	return sc__smaller(base, sc__scale(base, f.value, SC_RATE_ONE * units, p->discount_rounding) * units);
}

/* How many units of a part are meant, when each part has its own maximum, or 0 for all. */
static inline int64_t units_of(int64_t max, const sc__part *part)
{
	return max != 0 && max < part->quantity ? max : part->quantity;
}

/* What all units of a part lose together. */
static int64_t take_of_runs(sc__pricing *p, sc__formula f, sc__part *part)
{
	const sc__run *runs = sc__units_of(p, part);
	int64_t sum = 0;

	for (size_t i = 0; i < part->run_count; i++)
		sum += runs[i].count * sc__unit_take(f, part, runs[i].left);
	return sum;
}

static bool take_each_unit(sc__pricing *p, const sc__taking *taking)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);

	if (!sc__units_settle(p))
		return false;
	for (size_t k = 0; k < taking->count; k++) {
		sc__claim *claim = &p->claims[k];
		sc__part *part = &p->parts[claim->part];
		const int64_t left = p->lefts[claim->part];
		const int64_t units = units_of(taking->promotion->max_quantity, part);
		const bool all = units == part->quantity;

		claim->base = sc__base_of(f, part, left, units);
		claim->spread = (sc__spread){ 0, all ? SC__BY_UNIT : units };
		p->takes[k] = all ? take_of_runs(p, f, part)
		                  : sc__within(part, left, take_of_units(p, f, claim->base, units));
	}
	return true;
}

static void take_each_line(sc__pricing *p, const sc__taking *taking)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);

	for (size_t k = 0; k < taking->count; k++) {
		sc__claim *claim = &p->claims[k];
		const sc__part *part = &p->parts[claim->part];
		const int64_t left = p->lefts[claim->part];
		const int64_t units = units_of(taking->promotion->max_quantity, part);

		claim->base = sc__base_of(f, part, left, units);
		claim->spread = (sc__spread){ 0, units };
		p->takes[k] = sc__within(part, left, sc__take_of(f, claim->base, 1));
	}
}

/* Shares an amount out over `count` claims from `from` on. */
static void share_over(sc__pricing *p, sc__taking *taking, size_t from, size_t count, int64_t amount)
{
	const sc__claim *claims = p->claims + from;
	int64_t *weights = p->weights + from, *rooms = p->rooms + from, total = 0;

	for (size_t k = 0; k < count; k++) {
		const sc__part *part = &p->parts[claims[k].part];
		const int64_t base = claims[k].base, room = p->lefts[claims[k].part] - part->floor;

		weights[k] = sc__weight_of(p, part, base);
		total += weights[k];
		rooms[k] = room > base && part->unit_floor == 0 ? base : room > 0 ? room : 0;
	}
	sc__share_out(amount, weights, total, rooms, count, &p->sharing, p->cuts, p->takes + from);
	taking->across = true;
	taking->weights_total = total;
	taking->amount = amount;
}

void sc__take_shares(sc__pricing *p, sc__taking *taking, int64_t amount)
{
	share_over(p, taking, 0, taking->count, amount);
}

/* Claims units of every part, as many as the promotion is for. `sums` get what those of lines cost, and those of
 * shipments. Returns how many claims are of lines. */
static size_t claim_units(sc__pricing *p, sc__formula f, const sc__taking *taking, int64_t sums[2])
{
	const int64_t max = taking->promotion->max_quantity;
	int64_t units_left = max;
	size_t lines = 0;

	sums[0] = sums[1] = 0;
	for (size_t k = 0; k < taking->count; k++) {
		sc__claim *claim = &p->claims[k];
		const sc__part *part = &p->parts[claim->part];
		const int64_t units = max != 0 ? sc__smaller(units_left, part->quantity) : part->quantity;
		const bool is_line = claim->part < p->line_count;

		units_left -= units;
		claim->spread = (sc__spread){ 0, units };
		claim->base = sc__base_of(f, part, p->lefts[claim->part], units);
		sums[is_line ? 0 : 1] += claim->base;
		lines += is_line ? 1 : 0;
	}
	return lines;
}

static void take_across(sc__pricing *p, sc__taking *taking)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	int64_t sums[2], parts[2];
	const size_t lines = claim_units(p, f, taking, sums);

	taking->base = sums[0] + sums[1];
	if (lines == 0 || lines == taking->count) {
		sc__take_shares(p, taking, sc__take_of(f, taking->base, 1));
		return;
	}
	/* Order and shipping: the items' part of it is an amount of its own, and shared out over them. */
	if (f.type == SC_PROMOTION_PERCENTAGE || f.type == SC_PROMOTION_FREE) {
		parts[0] = sc__take_of(f, sums[0], 1);
		parts[1] = sc__take_of(f, sums[1], 1);
	} else {
		sc__cut cuts[2];

		sc__share_out(sc__take_of(f, taking->base, 1), sums, taking->base, sums, 2, &p->sharing, cuts, parts);
	}
	share_over(p, taking, lines, taking->count - lines, parts[1]);
	share_over(p, taking, 0, lines, parts[0]);
}

/* The cheapest unit of all picked parts, once. */
static bool take_cheapest(sc__pricing *p, const sc__taking *taking)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	size_t best = taking->count;
	int64_t best_left = 0, best_skip = 0;

	if (!sc__units_settle(p))
		return false;
	for (size_t k = 0; k < taking->count; k++) {
		sc__claim *claim = &p->claims[k];
		sc__part *part = &p->parts[claim->part];
		const sc__run *runs = sc__units_of(p, part);
		int64_t skip = 0;

		claim->base = p->takes[k] = 0;
		claim->spread = (sc__spread){ 0, 1 };
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
		sc__claim *claim = &p->claims[best];
		const sc__part *part = &p->parts[claim->part];

		claim->base = f.original ? part->unit_price : best_left;
		claim->spread.skip = best_skip;
		p->takes[best] = sc__unit_take(f, part, best_left);
	}
	return true;
}

bool sc__takes(sc__pricing *p, sc_promotion_allocation allocation, sc__taking *taking)
{
	switch (allocation) {
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
