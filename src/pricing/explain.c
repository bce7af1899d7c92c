/*
 * The steps of a price: which amount came from which rule, on which base, by which fraction, rounded how.
 *
 * For each line the shares are positive and the price less its shares is what was taxed, so the steps of a
 * part add up to its result.
 */
#include "pricing/formula.h"

/* Adds one step and works out whether its fraction alone gives its amount. */
static bool add_step(sc__pricing *p, sc_price_step step, unsigned rounding)
{
	if (p->step_count == p->step_room) {
		sc_price_step *grown = sc__grow(p->arena, p->steps, p->step_count, &p->step_room, sizeof(step));

		if (grown == NULL)
			return false;
		p->steps = grown;
	}
	const uint64_t base = (uint64_t)(step.base < 0 ? -step.base : step.base);
	if (step.denominator > 0) {
		const sc__quotient q = step.denominator == 1
		                               ? (sc__quotient){ base, 0 }
		                               : sc__divide(base, (uint64_t)step.numerator, (uint64_t)step.denominator);
		const unsigned how = step.base < 0 ? sc__mirrored(rounding) : rounding;
		const bool up = q.rest != 0 && sc__rounds_up(q.value, q.rest, (uint64_t)step.denominator, how);
		const int64_t alone = (int64_t)q.value + (up ? 1 : 0);

		step.rounded = q.rest != 0;
		step.adjusted = (step.base < 0 ? -alone : alone) * step.units != step.amount;
	}
	step.rounding = rounding == SC__HALF_DOWN ? SC_PRICE_HALF_UP : (sc_price_rounding)rounding;
	p->steps[p->step_count++] = step;
	return true;
}

static sc_price_step step_of(const sc__pricing *p, sc_price_step_kind kind, uint32_t part, int32_t promotion)
{
	const bool is_shipping = part >= p->line_count;

	return (sc_price_step){
		.kind = kind,
		.part = is_shipping ? SC_PRICE_PART_SHIPPING : SC_PRICE_PART_LINE,
		.index = is_shipping ? part - (uint32_t)p->line_count : part,
		.promotion = promotion,
		.numerator = 1,
		.denominator = 1,
		.units = 1,
	};
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
static bool explain_units(sc__pricing *p, const sc__taking *taking, const sc__claim *claim, size_t promotion)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	sc__part *part = &p->parts[claim->part];
	const sc__run *runs = sc__units_of(p, part);

	for (size_t i = 0; i < part->run_count; i++) {
		const int64_t take = sc__unit_take(f, part, runs[i].left);
		sc_price_step step = step_of(p, SC_PRICE_STEP_SHARE, claim->part, (int32_t)promotion);

		set_fraction(taking, f.original ? part->unit_price : runs[i].left, &step);
		step.units = runs[i].count;
		step.amount = take * runs[i].count;
		if (take > 0 && !add_step(p, step, p->discount_rounding))
			return false;
	}
	return true;
}

/* The amount that is shared out. */
static bool explain_amount(sc__pricing *p, const sc__taking *taking, size_t promotion)
{
	sc_price_step step = step_of(p, SC_PRICE_STEP_DISCOUNT, 0, (int32_t)promotion);

	step.part = SC_PRICE_PART_ORDER;
	step.amount = taking->amount;
	set_fraction(taking, taking->base, &step);
	if (taking->capped) {
		step.base = taking->amount;
		step.numerator = step.denominator = 1;
	}
	return add_step(p, step, p->discount_rounding);
}

static bool explain_share(sc__pricing *p, const sc__taking *taking, size_t k, size_t promotion)
{
	sc_price_step step = step_of(p, SC_PRICE_STEP_SHARE, p->claims[k].part, (int32_t)promotion);

	step.amount = p->takes[k];
	if (taking->across) {
		step.base = taking->amount;
		step.numerator = p->weights[k];
		step.denominator = taking->weights_total;
	} else {
		set_fraction(taking, p->claims[k].base, &step);
	}
	return add_step(p, step, taking->across ? SC_PRICE_DOWN : p->discount_rounding);
}

bool sc__explain_takes(sc__pricing *p, const sc__taking *taking, size_t promotion)
{
	bool any = false;

	for (size_t k = 0; k < taking->count; k++) {
		const sc__claim *claim = &p->claims[k];

		if (p->takes[k] == 0)
			continue;
		if (!any && taking->across && !explain_amount(p, taking, promotion))
			return false;
		any = true;
		if (claim->spread.units == SC__BY_UNIT ? !explain_units(p, taking, claim, promotion)
		                                       : !explain_share(p, taking, k, promotion))
			return false;
	}
	return true;
}

bool sc__explain_tax(sc__pricing *p, const sc__taxable *what, sc_price_part kind, size_t index, int64_t amount,
                     const sc__taxed *taxed)
{
	const int64_t whole = what->inclusive ? SC_RATE_ONE + what->rate : SC_RATE_ONE;
	sc_price_step step = {
		.kind = SC_PRICE_STEP_NET,
		.part = kind,
		.index = (uint32_t)index,
		.promotion = -1,
		.base = amount,
		.numerator = what->inclusive ? SC_RATE_ONE : 1,
		.denominator = what->inclusive ? whole : 1,
		.units = 1,
		.amount = taxed->net,
	};

	if (!add_step(p, step, p->rounding))
		return false;
	step.kind = SC_PRICE_STEP_TAX;
	for (size_t i = 0; i < what->rate_count && !what->exempt; i++) {
		step.numerator = what->rates[i];
		step.denominator = whole;
		step.amount = taxed->each[i];
		if (!add_step(p, step, p->rounding))
			return false;
	}
	return true;
}

bool sc__explain_prices(sc__pricing *p)
{
	for (size_t i = 0; i < p->part_count; i++) {
		sc_price_step step = step_of(p, SC_PRICE_STEP_PRICE, (uint32_t)i, -1);

		step.base = p->parts[i].unit_price;
		step.units = p->parts[i].quantity;
		step.amount = p->parts[i].listed;
		if (!add_step(p, step, p->rounding))
			return false;
	}
	return true;
}
