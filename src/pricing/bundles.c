/*
 * Promotions that tie units of several lines together: buy X get Y, and bundles.
 *
 * Buy X get Y first sets aside the units that are bought, dearest first, and then takes the units that
 * are got from what remains; a unit set aside for one such promotion earns nothing and is not got in
 * another. A line's first units are the ones that are bought, its last ones those that are got.
 */
#include "pricing/formula.h"

#include <string.h>

/* Lines by price. cuts[0..count) become an order: dearest first, or cheapest, equal ones as listed. */
static size_t sort_lines(sc__pricing *p, const sc_price_texts *skus, bool cheapest_first, sc__cut *order)
{
	size_t count = 0;

	for (size_t i = 0; i < p->line_count; i++) {
		const uint64_t price = (uint64_t)p->parts[i].unit_price;

		if (skus->count > 0 && !sc__texts_have(skus, p->request->lines[i].sku))
			continue;
		order[count++] = (sc__cut){ cheapest_first ? UINT64_MAX - price : price, (uint32_t)i };
	}
	sc__sort_cuts(order, count);
	return count;
}

typedef struct sc__deal {
	const sc_promotion *promotion;
	const sc__cut *buyers, *getters; /* lines in the order in which they are asked */
	size_t buyer_count, getter_count;
	int64_t *set_aside; /* units of each line that are bought for this deal */
} sc__deal;

static int64_t free_units(const sc__pricing *p, uint32_t line)
{
	return p->parts[line].quantity - p->parts[line].reserved;
}

/* Sets the bought units aside for `times` deals. False: there are too few. */
static bool set_aside(const sc__pricing *p, const sc__deal *deal, int64_t times)
{
	int64_t wanted = deal->promotion->buy_quantity * times;

	memset(deal->set_aside, 0, p->line_count * sizeof(*deal->set_aside));
	for (size_t i = 0; i < deal->buyer_count && wanted > 0; i++) {
		const uint32_t line = deal->buyers[i].index;
		const int64_t units = free_units(p, line);

		deal->set_aside[line] = units < wanted ? units : wanted;
		wanted -= deal->set_aside[line];
	}
	return wanted == 0;
}

static bool fits(const sc__pricing *p, const sc__deal *deal, int64_t times)
{
	int64_t wanted;

	if (__builtin_mul_overflow(deal->promotion->get_quantity, times, &wanted) || times > SC_PRICE_TOTAL_MAX ||
	    deal->promotion->buy_quantity > SC_PRICE_TOTAL_MAX / times || !set_aside(p, deal, times))
		return false;
	for (size_t i = 0; i < deal->getter_count && wanted > 0; i++) {
		const uint32_t line = deal->getters[i].index;

		wanted -= free_units(p, line) - deal->set_aside[line];
	}
	return wanted <= 0;
}

/* The most deals that fit: more bought units leave fewer to get, so a bisection finds it. */
static int64_t times_of(const sc__pricing *p, const sc__deal *deal)
{
	int64_t low = 0, high = deal->promotion->repeats != 0 ? deal->promotion->repeats : p->units;

	while (low < high) {
		const int64_t middle = high - (high - low) / 2;

		if (fits(p, deal, middle))
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Behind the last unit that still costs something. */
static int64_t last_paid(sc__pricing *p, sc__part *part)
{
	const sc__run *runs = sc__units_of(p, part);
	int64_t stop = part->quantity;

	for (size_t i = part->run_count; i-- > 0 && runs[i].left == 0;)
		stop -= runs[i].count;
	return stop;
}

/* Takes the promotion's percentage off `units` units of a line, the last ones that still cost something. */
static void get_units(sc__pricing *p, sc__taking *taking, uint32_t line, int64_t units)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);
	sc__part *part = &p->parts[line];
	const size_t k = taking->count++;

	const int64_t stop = last_paid(p, part);
	const int64_t from = stop > units ? stop - units : 0;
	const sc__run *runs = sc__units_of(p, part);
	int64_t at = 0, take = 0, base = 0;

	for (size_t i = 0; i < part->run_count; at += runs[i++].count) {
		const int64_t begin = at > from ? at : from;
		const int64_t end = at + runs[i].count < from + units ? at + runs[i].count : from + units;

		if (end <= begin)
			continue;
		take += (end - begin) * sc__unit_take(f, part, runs[i].left);
		base += (end - begin) * runs[i].left;
	}
	p->claims[k] = (sc__claim){ .part = line, .base = base, .spread = { from, units } };
	p->takes[k] = take;
}

/* Room for two orders of the lines and a number for each. */
static bool deal_scratch(sc__pricing *p, sc__cut **buyers, sc__cut **getters, int64_t **set)
{
	if (p->deals == NULL)
		p->deals = sc_arena_alloc(p->arena, p->line_count * (2 * sizeof(sc__cut) + sizeof(int64_t)));
	if (p->deals == NULL)
		return false;
	*buyers = (sc__cut *)p->deals;
	*getters = *buyers + p->line_count;
	*set = (int64_t *)(*getters + p->line_count);
	return true;
}

sc_promotion_reason sc__buy_get(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out, bool *no_memory)
{
	const sc_promotion *promotion = taking->promotion;
	sc__deal deal = { .promotion = promotion };
	sc__cut *buyers, *getters;

	*no_memory = !deal_scratch(p, &buyers, &getters, &deal.set_aside) || !sc__units_settle(p);
	if (*no_memory)
		return SC_PROMOTION_NOTHING_LEFT;
	deal.buyers = buyers;
	deal.getters = getters;
	deal.buyer_count = sort_lines(p, &promotion->buy_skus, false, buyers);
	deal.getter_count = sort_lines(p, &promotion->get_skus, promotion->choice == SC_PROMOTION_CHEAPEST, getters);
	const int64_t times = times_of(p, &deal);
	if (times == 0) {
		out->wanted = promotion->buy_quantity + promotion->get_quantity;
		out->available = p->units;
		return SC_PROMOTION_NOT_ENOUGH_BOUGHT;
	}
	fits(p, &deal, times);
	int64_t wanted = promotion->get_quantity * times;
	if (promotion->max_quantity != 0 && wanted > promotion->max_quantity)
		wanted = promotion->max_quantity;
	for (size_t i = 0; i < deal.getter_count && wanted > 0; i++) {
		const uint32_t line = getters[i].index;
		const int64_t free = free_units(p, line) - deal.set_aside[line];
		const int64_t units = free < wanted ? free : wanted;

		if (units > 0)
			get_units(p, taking, line, units);
		wanted -= units;
	}
	for (size_t i = 0; i < p->line_count; i++)
		p->parts[i].reserved += deal.set_aside[i];
	return SC_PROMOTION_APPLIED;
}

static int64_t units_of_sku(const sc__pricing *p, const char *sku)
{
	int64_t units = 0;

	for (size_t i = 0; i < p->line_count; i++)
		if (strcmp(p->request->lines[i].sku, sku) == 0)
			units += p->parts[i].quantity;
	return units;
}

/* Adds what `times` units of one SKU cost, as many from the first line that has it as that line has. */
static void add_sku(sc__pricing *p, sc__taking *taking, const char *sku, int64_t times)
{
	const sc__formula f = sc__formula_of(p, taking->promotion, taking->value);

	for (size_t i = 0; i < p->line_count && times > 0; i++) {
		const sc__part *part = &p->parts[i];

		if (part->quantity == 0 || strcmp(p->request->lines[i].sku, sku) != 0)
			continue;
		const int64_t units = part->quantity < times ? part->quantity : times;
		sc__claim *claim = &p->claims[taking->count++];

		*claim = (sc__claim){ .part = (uint32_t)i,
			              .base = sc__base_of(f, part, p->lefts[i], units),
			              .spread = { 0, units } };
		taking->base += claim->base;
		times -= units;
	}
}

sc_promotion_reason sc__bundle(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out)
{
	const sc_promotion *promotion = taking->promotion;
	int64_t times = promotion->max_quantity != 0 ? promotion->max_quantity : p->units;

	for (size_t i = 0; i < promotion->skus.count; i++) {
		const int64_t units = units_of_sku(p, promotion->skus.items[i]);

		if (units < times)
			times = units;
	}
	if (times == 0) {
		out->wanted = 1;
		return SC_PROMOTION_NOT_ENOUGH_BOUGHT;
	}
	for (size_t i = 0; i < promotion->skus.count; i++)
		add_sku(p, taking, promotion->skus.items[i], times);
	if (taking->base / times < promotion->value)
		return SC_PROMOTION_NOTHING_LEFT;
	sc__take_shares(p, taking, taking->base - promotion->value * times);
	return SC_PROMOTION_APPLIED;
}
