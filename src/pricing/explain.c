/*
 * The steps of a price: which amount came from which rule, on which base, by which fraction, rounded how.
 *
 * For each line the shares are positive and the price less its shares is what was taxed, so the steps of a
 * part add up to its result.
 */
#include "pricing/formula.h"

/* Steps that a price of so many parts and promotions is likely to have. */
static size_t likely_steps(const sc__pricing *p)
{
	const size_t promotions = p->request->rules != NULL ? p->request->rules->count : 0;

	return 16 + p->part_count * (3 + (promotions < 4 ? promotions : 4));
}

/* The next step, about a part and a promotion or -1, with a fraction of 1. NULL: no memory. */
static sc_price_step *next_step(sc__pricing *p, sc_price_step_kind kind, uint32_t part, int32_t promotion)
{
	const bool is_shipping = part >= p->line_count;

	if (p->step_count == p->step_room) {
		size_t room = p->steps == NULL ? likely_steps(p) : p->step_room;
		sc_price_step *grown = sc__grow(p->arena, p->steps, p->step_count, &room, sizeof(*grown));

		if (grown == NULL)
			return NULL;
		p->steps = grown;
		p->step_room = room;
	}
	sc_price_step *step = &p->steps[p->step_count++];
	*step = (sc_price_step){
		.kind = kind,
		.part = is_shipping ? SC_PRICE_PART_SHIPPING : SC_PRICE_PART_LINE,
		.index = is_shipping ? part - (uint32_t)p->line_count : part,
		.promotion = promotion,
		.numerator = 1,
		.denominator = 1,
		.units = 1,
	};
	return step;
}

/* Works out whether the step's fraction alone gives its amount. `by` is its denominator, but for 1 and SC_RATE_ONE. */
static void judge(sc_price_step *step, unsigned rounding, const sc__divisor *by)
{
	const bool credit = step->base < 0;
	const uint64_t base = (uint64_t)(credit ? -step->base : step->base), numerator = (uint64_t)step->numerator;
	sc__quotient q = { base, 0 };

	step->rounding = rounding == SC__HALF_DOWN ? SC_PRICE_HALF_UP : (sc_price_rounding)rounding;
	if (step->denominator == 0)
		return;
	if (step->denominator == SC_RATE_ONE)
		q = sc__divide(base, numerator, SC_RATE_ONE);
	else if (step->denominator != 1)
		q = sc__divide_by(base, numerator, by);
	step->rounded = q.rest != 0;
	if (step->rounded &&
	    sc__rounds_up(q.value, q.rest, (uint64_t)step->denominator, credit ? sc__mirrored(rounding) : rounding))
		q.value++;
	step->adjusted = (credit ? -(int64_t)q.value : (int64_t)q.value) * step->units != step->amount;
}

/* base × numerator / denominator of a promotion that takes something off `base`. */
static void set_fraction(const sc__taking *taking, int64_t base, sc_price_step *step)
{
	step->base = base;
	switch (taking->promotion->type) {
	case SC_PROMOTION_PERCENTAGE:
	case SC_PROMOTION_BUY_X_GET_Y:
		step->numerator = taking->value;
		step->denominator = SC_RATE_ONE;
		break;
	case SC_PROMOTION_FIXED:
		step->base = taking->value;
		break;
	case SC_PROMOTION_FIXED_PRICE:
	case SC_PROMOTION_BUNDLE:
		step->base = base > taking->value ? base - taking->value : 0;
		break;
	case SC_PROMOTION_FREE:
		break;
	}
}

/* A take that is worked out unit by unit: a step for each run of units. */
static bool explain_units(sc__pricing *p, const sc__taking *taking, const sc__claim *claim, int32_t promotion)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	sc__part *part = &p->parts[claim->part];
	const sc__run *runs = sc__units_of(p, part);

	for (size_t i = 0; i < part->run_count; i++) {
		const int64_t take = sc__unit_take(f, part, runs[i].left);

		if (take <= 0)
			continue;
		sc_price_step *step = next_step(p, SC_PRICE_STEP_SHARE, claim->part, promotion);
		if (step == NULL)
			return false;
		set_fraction(taking, f.original ? part->unit_price : runs[i].left, step);
		step->units = runs[i].count;
		step->amount = take * runs[i].count;
		judge(step, p->discount_rounding, NULL);
	}
	return true;
}

/* What is taken off a line as it stands. */
static bool explain_line(sc__pricing *p, const sc__taking *taking, size_t k, int32_t promotion)
{
	sc_price_step *step = next_step(p, SC_PRICE_STEP_SHARE, p->claims[k].part, promotion);

	if (step == NULL)
		return false;
	step->amount = p->takes[k];
	set_fraction(taking, p->claims[k].base, step);
	judge(step, p->discount_rounding, NULL);
	return true;
}

/* The amount that is shared out. */
static bool explain_amount(sc__pricing *p, const sc__taking *taking, int32_t promotion)
{
	sc_price_step *step = next_step(p, SC_PRICE_STEP_DISCOUNT, 0, promotion);

	if (step == NULL)
		return false;
	step->part = SC_PRICE_PART_ORDER;
	step->amount = taking->amount;
	set_fraction(taking, taking->base, step);
	if (taking->capped) {
		step->base = taking->amount;
		step->numerator = step->denominator = 1;
	}
	judge(step, p->discount_rounding, NULL);
	return true;
}

static bool explain_share(sc__pricing *p, const sc__taking *taking, size_t k, int32_t promotion, const sc__divisor *by)
{
	sc_price_step *step = next_step(p, SC_PRICE_STEP_SHARE, p->claims[k].part, promotion);

	if (step == NULL)
		return false;
	step->amount = p->takes[k];
	step->base = taking->amount;
	step->numerator = p->weights[k];
	step->denominator = taking->weights_total;
	judge(step, SC_PRICE_DOWN, by);
	return true;
}

/* An amount that was shared out, if anybody got any of it. */
static bool explain_across(sc__pricing *p, const sc__taking *taking, int32_t promotion)
{
	const int64_t total = taking->weights_total;
	const sc__divisor by = sc__divisor_of(total > 0 ? (uint64_t)total : 1);
	bool any = false;

	for (size_t k = 0; k < taking->count; k++) {
		if (p->takes[k] == 0)
			continue;
		if ((!any && !explain_amount(p, taking, promotion)) || !explain_share(p, taking, k, promotion, &by))
			return false;
		any = true;
	}
	return true;
}

bool sc__explain_takes(sc__pricing *p, const sc__taking *taking, int32_t promotion)
{
	if (taking->across)
		return explain_across(p, taking, promotion);
	for (size_t k = 0; k < taking->count; k++) {
		const sc__claim *claim = &p->claims[k];

		if (p->takes[k] == 0)
			continue;
		if (claim->spread.units == SC__BY_UNIT ? !explain_units(p, taking, claim, promotion)
		                                       : !explain_line(p, taking, k, promotion))
			return false;
	}
	return true;
}

bool sc__explain_tax(sc__pricing *p, const sc__taxable *what, sc_price_part kind, size_t index, int64_t amount,
                     int64_t net, const int64_t *each)
{
	const int64_t whole = what->inclusive ? SC_RATE_ONE + what->rate : SC_RATE_ONE;
	const sc__divisor by = what->inclusive ? sc__divisor_of((uint64_t)whole) : (sc__divisor){ 0 };
	sc_price_step *step = next_step(p, SC_PRICE_STEP_NET, 0, -1);

	if (step == NULL)
		return false;
	step->part = kind;
	step->index = (uint32_t)index;
	step->base = amount;
	step->numerator = what->inclusive ? SC_RATE_ONE : 1;
	step->denominator = what->inclusive ? whole : 1;
	step->amount = net;
	judge(step, p->rounding, &by);
	for (size_t i = 0; i < what->rate_count && !what->exempt; i++) {
		step = next_step(p, SC_PRICE_STEP_TAX, 0, -1);
		if (step == NULL)
			return false;
		step->part = kind;
		step->index = (uint32_t)index;
		step->base = amount;
		step->numerator = what->rates[i];
		step->denominator = whole;
		step->amount = each[i];
		judge(step, p->rounding, &by);
	}
	return true;
}

bool sc__explain_prices(sc__pricing *p)
{
	for (size_t i = 0; i < p->part_count; i++) {
		sc_price_step *step = next_step(p, SC_PRICE_STEP_PRICE, (uint32_t)i, -1);

		if (step == NULL)
			return false;
		step->base = p->parts[i].unit_price;
		step->units = p->parts[i].quantity;
		step->amount = p->parts[i].listed;
		judge(step, p->rounding, NULL);
	}
	return true;
}
