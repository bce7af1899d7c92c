/*
 * The short way for what most promotions are: so much off each line or each of its units, or one amount off all
 * lines, with no cap, maximum, tier or group that limits it.
 *
 * It comes to the same as takes.c with promote.c, for half the work: no claims are written, and an amount for all
 * lines is shared out by what is left of them as it stands. Rules are told apart when they are prepared; an explained
 * price goes the long way, so each way checks the other.
 */
#include "pricing/formula.h"

/* Takes unit by unit, off units that differ; returns what all of them lose. */
static int64_t take_off_runs(sc__formula f, const sc__part *part, sc__run *runs)
{
	int64_t sum = 0;

	for (size_t i = 0; i < part->run_count; i++) {
		const int64_t take = sc__unit_take(f, part, runs[i].left);

		runs[i].left -= take;
		sum += take * runs[i].count;
	}
	return sum;
}

static inline int64_t take_off_units(sc__pricing *p, sc__formula f, sc__part *part)
{
	if (part->run_count != 1)
		return take_off_runs(f, part, sc__units_of(p, part));
	const int64_t take = sc__unit_take(f, part, part->only.left);
	part->only.left -= take;
	return take * part->quantity;
}

/* What each line loses, or its units together. Returns whether the promotion is about any line. */
static inline __attribute__((always_inline)) bool take_each(sc__pricing *p, const sc__rule *rule, bool by_unit)
{
	const sc__formula f = sc__formula_of(p, &rule->promotion, rule->promotion.value);
	const sc_price_line *inputs = p->request->lines;
	const int64_t *lefts = p->lefts;
	const bool all = rule->picks_all;
	int64_t *takes = p->takes;
	sc__part *part = p->parts;
	bool matched = false;

	for (size_t i = 0, count = p->line_count; i < count; i++, part++) {
		if (!all && !sc__rule_matches(rule, &inputs[i])) {
			takes[i] = 0;
			continue;
		}
		takes[i] = by_unit ? take_off_units(p, f, part)
		                   : sc__within(part, lefts[i],
		                                sc__take_of(f, f.original ? part->listed : lefts[i], 1));
		matched = true;
	}
	return matched;
}

/* Shares one amount out over all lines, of which none has a floor. */
static void take_across(sc__pricing *p, const sc__rule *rule)
{
	const sc__formula f = sc__formula_of(p, &rule->promotion, rule->promotion.value);
	const bool gross = p->policy.weights == SC_PRICE_WEIGHTS_GROSS;
	/* A share that was cut, and one unit, is within what it goes by. */
	const bool fits = !gross && p->sharing.method <= SC_PRICE_FLOOR_THEN_LAST;
	const int64_t *weights = gross ? p->weights : p->lefts;
	int64_t total = gross ? 0 : p->left;

	for (size_t i = 0; gross && i < p->line_count; i++) {
		p->weights[i] = sc__weight_of(p, &p->parts[i], p->lefts[i]);
		total += p->weights[i];
	}
	sc__share_out(sc__take_of(f, p->left, 1), weights, total, fits ? NULL : p->lefts, p->line_count, &p->sharing,
	              p->cuts, p->takes);
}

/* Writes down what every line loses. Returns what that is in all. */
static int64_t write_takes(sc__pricing *p, bool by_unit)
{
	const int64_t *takes = p->takes;
	const sc__part *parts = p->parts;
	int64_t *lefts = p->lefts, total = 0;
	sc_promotion_share *share = p->shares + p->share_count;
	sc__spread *spread = p->spreads + p->share_count;

	for (size_t i = 0, count = p->line_count; i < count; i++) {
		const int64_t take = takes[i];

		if (take == 0)
			continue;
		lefts[i] -= take;
		total += take;
		*share++ = (sc_promotion_share){ false, (uint32_t)i, take };
		*spread++ = (sc__spread){ 0, by_unit ? SC__BY_UNIT : parts[i].quantity };
	}
	p->share_count = (size_t)(share - p->shares);
	p->settled = by_unit ? p->share_count : p->settled;
	p->left -= total;
	return total;
}

bool sc__plain(sc__pricing *p, const sc__rule *rule, sc_priced_promotion *out)
{
	const bool by_unit = rule->allocation == SC_PROMOTION_EACH_UNIT;
	bool matched = p->line_count > 0;

	if (by_unit && !sc__units_settle(p))
		return false;
	if (by_unit)
		matched = take_each(p, rule, true);
	else if (rule->allocation == SC_PROMOTION_EACH_LINE)
		matched = take_each(p, rule, false);
	else if (matched)
		take_across(p, rule);
	if (matched)
		out->discount = write_takes(p, by_unit);
	out->reason = !matched             ? SC_PROMOTION_NOTHING_MATCHES
	              : out->discount == 0 ? SC_PROMOTION_NOTHING_LEFT
	                                   : SC_PROMOTION_APPLIED;
	return true;
}
