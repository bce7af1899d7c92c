/*
 * What a promotion takes off one amount: the arithmetic without the lists.
 *
 * A formula goes by value and everything is inline, so that a loop over lines keeps it in registers.
 */
#ifndef SC_PRICING_FORMULA_H
#define SC_PRICING_FORMULA_H

#include "pricing/engine.h"
#include "pricing/round.h"

typedef struct sc__formula {
	sc_promotion_type type;
	int64_t value;              /* the promotion's own, or its tier's */
	sc__rate_rounding rounding; /* of what a percentage takes */
	bool original;              /* worked out on the prices before any promotion */
} sc__formula;

static inline sc__formula sc__formula_of(const sc__pricing *p, const sc_promotion *promotion, int64_t value)
{
	return (sc__formula){ promotion->type, value, p->discount_at_rate, promotion->base == SC_PROMOTION_ORIGINAL };
}

static inline int64_t sc__smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What it takes off an amount that is `base`; `times`: how often its fixed value counts. */
static inline int64_t sc__take_of(sc__formula f, int64_t base, int64_t times)
{
	if (f.type == SC_PROMOTION_PERCENTAGE)
		return sc__at_rate(base, f.value, f.rounding);
	switch (f.type) {
	case SC_PROMOTION_PERCENTAGE:
	case SC_PROMOTION_BUY_X_GET_Y:
		return sc__at_rate(base, f.value, f.rounding);
	case SC_PROMOTION_FIXED:
		return base / times < f.value ? base : sc__smaller(base, f.value * times);
	case SC_PROMOTION_FIXED_PRICE:
	case SC_PROMOTION_BUNDLE:
		return base / times < f.value ? 0 : base - f.value * times;
	case SC_PROMOTION_FREE:
		break;
	}
	return base;
}

/* What one unit loses that has `left` of its price left. */
static inline int64_t sc__unit_take(sc__formula f, const sc__part *part, int64_t left)
{
	const int64_t take = sc__take_of(f, f.original ? part->unit_price : left, 1);
	const int64_t room = left - part->unit_floor;

	return room <= 0 ? 0 : sc__smaller(take, room);
}

/* What `units` of a part cost that has `left` left, as the promotion sees it. */
static inline int64_t sc__base_of(sc__formula f, const sc__part *part, int64_t left, int64_t units)
{
	if (units == part->quantity)
		return f.original ? part->listed : left;
	const int64_t listed = part->unit_price * units;
	const int64_t base = f.original ? listed : listed - (part->listed - left);
	return base > 0 ? base : 0;
}

/* A take of a part that has `left` left, or what its floor allows of it. */
static inline int64_t sc__within(const sc__part *part, int64_t left, int64_t take)
{
	return left <= part->floor ? 0 : sc__smaller(take, left - part->floor);
}

/* What a part weighs that costs `base`, when an amount is shared out. */
static inline int64_t sc__weight_of(const sc__pricing *p, const sc__part *part, int64_t base)
{
	if (p->policy.weights == SC_PRICE_WEIGHTS_LISTED || part->inclusive || part->rate == 0)
		return base;
	return base + sc__at_rate(base, part->rate, p->at_rate);
}

#endif
