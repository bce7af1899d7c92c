/*
 * Tax on the whole order: all lines of one rate and one kind of price together, rounded once, and shared out by what
 * the lines cost. The tax table and the totals are taxes.c.
 */
#include "pricing/engine.h"

#include "base/error.h"

#include <string.h>

/* Lines that are taxed together at SC_PRICE_TAX_ORDER: one kind of price, one rate. */
typedef struct tax_group {
	int64_t rate;  /* this one's part ... */
	int64_t whole; /* ... of all the line's rates */
	bool inclusive;
} tax_group;

static bool in_group(const tax_group *group, const sc__taxable *what, int64_t rate)
{
	return group->rate == rate && group->whole == what->rate && group->inclusive == what->inclusive;
}

/* Which of a line's rates belongs to the group: its number, or -1. */
static int rate_in_group(const sc__pricing *p, const tax_group *group, const sc__taxable *what)
{
	if (p->policy.tax_combine == SC_PRICE_COMBINE_SUM || what->rate_count < 2)
		return what->rate_count > 0 && in_group(group, what, what->rate) ? 0 : -1;
	for (size_t k = 0; k < what->rate_count; k++)
		if (in_group(group, what, what->rates[k]))
			return (int)k;
	return -1;
}

/* Finds a group or adds it. False: too many. */
static bool note_group(tax_group *groups, size_t *count, const sc__taxable *what, int64_t rate)
{
	for (size_t g = 0; g < *count; g++)
		if (in_group(&groups[g], what, rate))
			return true;
	if (*count == SC_PRICE_TAXES_MAX)
		return false;
	groups[(*count)++] = (tax_group){ rate, what->rate, what->inclusive };
	return true;
}

static bool find_groups(const sc__pricing *p, tax_group *groups, size_t *count)
{
	for (size_t i = 0; i < p->line_count; i++) {
		const sc__taxable what = sc__taxable_line(p, i);
		const bool each = p->policy.tax_combine == SC_PRICE_COMBINE_EACH && what.rate_count > 1;

		for (size_t k = 0; k < (each ? what.rate_count : what.rate_count > 0 ? 1 : 0); k++)
			if (!note_group(groups, count, &what, each ? what.rates[k] : what.rate))
				return false;
	}
	return true;
}

/* The tax of all lines of a group, shared out over them. */
static void tax_group_lines(sc__pricing *p, const tax_group *group, sc__taxed *taxed)
{
	const sc__taxable together = {
		.rates = &group->rate, .rate_count = 1, .rate = group->rate, .inclusive = group->inclusive
	};
	sc__sharing how = p->sharing;
	int64_t total = 0;
	size_t count = 0;
	sc__taxed sum;

	for (size_t i = 0; i < p->line_count; i++) {
		const sc__taxable what = sc__taxable_line(p, i);

		if (rate_in_group(p, group, &what) < 0)
			continue;
		p->claims[count].part = (uint32_t)i;
		p->rooms[count] = group->inclusive ? p->lefts[i] - taxed[i].tax : INT64_MAX;
		p->weights[count++] = p->lefts[i];
		total += p->lefts[i];
	}
	if (group->whole == group->rate || !group->inclusive)
		sc__tax_amount(&p->policy, &together, total, &sum);
	else
		sum.tax = sc__scale(total, group->rate, SC_RATE_ONE + group->whole, p->rounding);
	how.ties_to_last = false;
	sc__share_out(sum.tax, p->weights, total, p->rooms, count, &how, p->cuts, p->takes);
	for (size_t k = 0; k < count; k++) {
		const uint32_t at = p->claims[k].part;
		const sc__taxable what = sc__taxable_line(p, at);

		taxed[at].tax += p->takes[k];
		taxed[at].each[rate_in_group(p, group, &what)] += p->takes[k];
	}
}

sc_status sc__tax_by_order(sc__pricing *p, sc_error *err)
{
	tax_group groups[SC_PRICE_TAXES_MAX];
	size_t count = 0;

	if (p->taxed == NULL)
		p->taxed = sc_arena_alloc(p->arena, p->line_count * sizeof(*p->taxed));
	sc__taxed *taxed = p->taxed;
	if (taxed == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for taxes");
	memset(taxed, 0, p->line_count * sizeof(*taxed));
	if (!find_groups(p, groups, &count))
		return sc__bad(err, SC_OVER_LIMIT, "tax_rates", "at most %d different rates", SC_PRICE_TAXES_MAX);
	for (size_t g = 0; g < count; g++)
		tax_group_lines(p, &groups[g], taxed);
	for (size_t i = 0; i < p->line_count; i++) {
		const sc__taxable what = sc__taxable_line(p, i);

		taxed[i].net = what.inclusive ? p->lefts[i] - taxed[i].tax : p->lefts[i];
		if (p->policy.tax_combine == SC_PRICE_COMBINE_SUM && what.rate_count > 1)
			sc__tax_split(&what, taxed[i].tax, taxed[i].each);
	}
	return SC_OK;
}
