/*
 * Tax on the whole order: on each line, on each unit, or on all lines of a rate together; then on
 * shipments and fees, and the table of rates.
 */
#include "pricing/engine.h"

#include "base/error.h"

#include <string.h>

/* A new row at its place. False: too many different rates. */
static bool insert_row(sc__taxes *taxes, size_t at, sc_priced_tax row)
{
	if (taxes->count == SC_PRICE_TAXES_MAX)
		return false;
	memmove(&taxes->items[at + 1], &taxes->items[at], (taxes->count - at) * sizeof(*taxes->items));
	taxes->items[at] = row;
	taxes->count++;
	return true;
}

/* Adds to the row of a rate. False: too many different rates. */
static inline bool add_row(sc__taxes *taxes, int64_t rate, int64_t base, int64_t amount)
{
	size_t at = taxes->count;

	while (at > 0 && taxes->items[at - 1].rate > rate)
		at--;
	if (at == 0 || taxes->items[at - 1].rate != rate)
		return insert_row(taxes, at, (sc_priced_tax){ .rate = rate, .base = base, .amount = amount });
	taxes->items[at - 1].base += base;
	taxes->items[at - 1].amount += amount;
	return true;
}

static bool add_rows(sc__taxes *taxes, const sc__taxable *what, const sc__taxed *taxed)
{
	for (size_t i = 0; i < what->rate_count; i++)
		if (!add_row(taxes, what->rates[i], taxed->net, taxed->each[i]))
			return false;
	return true;
}

static sc__taxable taxable_line(const sc__pricing *p, size_t i)
{
	const sc_price_line *line = &p->request->lines[i];

	return (sc__taxable){ .rates = line->tax_rates,
		              .rate_count = line->tax_rate_count,
		              .rate = p->parts[i].rate,
		              .inclusive = line->tax_inclusive,
		              .compound = line->tax_compound,
		              .exempt = line->tax_exempt };
}

/* Tax of a line unit by unit: what one unit comes to, times how many are alike. */
static bool tax_units(sc__pricing *p, const sc__taxable *what, sc__part *part, sc__taxed *out)
{
	if (!sc__units_settle(p, part))
		return false;
	const sc__run *runs = sc__units_of(p, part);

	out->net = out->tax = 0;
	for (size_t k = 0; k < what->rate_count; k++)
		out->each[k] = 0;
	for (size_t i = 0; i < part->run_count; i++) {
		sc__taxed unit;

		sc__tax_amount(&p->policy, what, runs[i].left, &unit);
		out->net += unit.net * runs[i].count;
		out->tax += unit.tax * runs[i].count;
		for (size_t k = 0; k < what->rate_count; k++)
			out->each[k] += unit.each[k] * runs[i].count;
	}
	return true;
}

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
		const sc__taxable what = taxable_line(p, i);
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
		const sc__taxable what = taxable_line(p, i);

		if (rate_in_group(p, group, &what) < 0)
			continue;
		p->picked[count] = (uint32_t)i;
		p->rooms[count] = group->inclusive ? p->parts[i].left - taxed[i].tax : INT64_MAX;
		p->weights[count++] = p->parts[i].left;
		total += p->parts[i].left;
	}
	if (group->whole == group->rate || !group->inclusive)
		sc__tax_amount(&p->policy, &together, total, &sum);
	else
		sum.tax = sc__scale(total, group->rate, SC_RATE_ONE + group->whole, p->rounding);
	how.ties_to_last = false;
	sc__share_out(sum.tax, p->weights, total, p->rooms, count, &how, p->cuts, p->takes);
	for (size_t k = 0; k < count; k++) {
		const sc__taxable what = taxable_line(p, p->picked[k]);
		sc__taxed *line = &taxed[p->picked[k]];

		line->tax += p->takes[k];
		line->each[rate_in_group(p, group, &what)] += p->takes[k];
	}
}

static sc_status tax_by_order(sc__pricing *p, sc_error *err)
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
		const sc__taxable what = taxable_line(p, i);

		taxed[i].net = what.inclusive ? p->parts[i].left - taxed[i].tax : p->parts[i].left;
		if (p->policy.tax_combine == SC_PRICE_COMBINE_SUM && what.rate_count > 1)
			sc__tax_split(&what, taxed[i].tax, taxed[i].each);
	}
	return SC_OK;
}

/* Enters a line, shipment or fee into the totals. Exempt: the tax is left out. */
static bool enter(sc_breakdown *out, sc__taxes *taxes, const sc__taxable *what, const sc__taxed *taxed, int64_t *net,
                  int64_t *tax, int64_t *gross)
{
	*net = taxed->net;
	*tax = what->exempt ? 0 : taxed->tax;
	*gross = *net + *tax;
	if (what->inclusive)
		out->tax_included += *tax;
	else
		out->tax_excluded += *tax;
	return what->exempt || add_rows(taxes, what, taxed);
}

static sc_status too_many_rates(sc_error *err)
{
	return sc__bad(err, SC_OVER_LIMIT, "tax_rates", "at most %d different rates", SC_PRICE_TAXES_MAX);
}

/* The common case: one rate, rounded for the line. */
static inline bool is_plain(const sc__pricing *p, const sc_price_line *line)
{
	return line->tax_rate_count == 1 && p->policy.tax_level == SC_PRICE_TAX_LINE && !line->tax_exempt &&
	       !p->explain;
}

static inline bool tax_plain(sc__pricing *p, const sc_price_line *input, int64_t left, sc_priced_line *line,
                             sc_breakdown *out, sc__taxes *taxes)
{
	line->tax = sc__tax_single(&p->policy, input->tax_rates[0], input->tax_inclusive, left, &line->net);
	line->gross = line->net + line->tax;
	*(input->tax_inclusive ? &out->tax_included : &out->tax_excluded) += line->tax;
	return add_row(taxes, input->tax_rates[0], line->net, line->tax);
}

static sc_status tax_any(sc__pricing *p, size_t i, sc_priced_line *line, sc_breakdown *out, sc__taxes *taxes,
                         sc_error *err)
{
	const sc__taxable what = taxable_line(p, i);
	const sc__taxed *taxed = p->policy.tax_level == SC_PRICE_TAX_ORDER ? &p->taxed[i] : NULL;
	sc__taxed one;

	if (p->policy.tax_level == SC_PRICE_TAX_LINE)
		sc__tax_amount(&p->policy, &what, p->parts[i].left, &one);
	else if (taxed == NULL && !tax_units(p, &what, &p->parts[i], &one))
		return sc__fail(err, SC_NO_MEMORY, "no memory for units");
	taxed = taxed != NULL ? taxed : &one;
	if (!enter(out, taxes, &what, taxed, &line->net, &line->tax, &line->gross))
		return too_many_rates(err);
	if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_LINE, i, &p->parts[i], taxed))
		return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	return SC_OK;
}

sc_status sc__tax_lines(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err)
{
	sc_status status = p->policy.tax_level == SC_PRICE_TAX_ORDER ? tax_by_order(p, err) : SC_OK;

	for (size_t i = 0; i < p->line_count && status == SC_OK; i++) {
		const sc_price_line *input = &p->request->lines[i];
		const sc__part *part = &p->parts[i];
		sc_priced_line *line = &p->lines[i];

		line->id = input->id != NULL ? input->id : input->sku;
		line->sku = input->sku;
		line->unit_price = part->unit_price;
		line->quantity = part->quantity;
		line->discount = part->listed - part->left;
		line->units = NULL;
		line->unit_runs = 0;
		if (!is_plain(p, input))
			status = tax_any(p, i, line, out, taxes, err);
		else if (!tax_plain(p, input, part->left, line, out, taxes))
			status = too_many_rates(err);
		out->items_net += line->net;
		out->items_gross += line->gross;
	}
	return status;
}

/* amount × numerator / whole, where the product may not fit 128 bits: divides in two digits of base 2^25. The
 * amount is at most SC_AMOUNT_MAX, the fraction's halves below 2^90. */
static int64_t scale_wide(int64_t amount, sc__wide numerator, sc__wide whole, unsigned rounding)
{
	const unsigned digit = 25;
	const sc__wide high = (sc__wide)(amount >> digit) * numerator;
	const sc__wide low = (sc__wide)(amount & ((1 << digit) - 1)) * numerator + ((high % whole) << digit);
	const uint64_t quotient = (uint64_t)((high / whole) << digit) + (uint64_t)(low / whole);
	const sc__wide rest = low % whole, other = whole - rest;
	const uint64_t quarters = rest == 0 ? 0 : rest < other ? 1 : rest == other ? 2 : 3;

	return (int64_t)(quotient + (sc__rounds_up(quotient, quarters, 4, rounding) ? 1 : 0));
}

/* The lines' rates, weighted by their nets, as a fraction of whole. False: nothing to weigh by. */
static bool mean_rate(const sc__pricing *p, const sc_priced_line *lines, sc__wide *weighted, sc__wide *whole)
{
	*weighted = *whole = 0;
	for (size_t i = 0; i < p->line_count; i++) {
		*weighted += (sc__wide)lines[i].net *
		             (uint64_t)(p->request->lines[i].tax_exempt ? 0 : p->parts[i].rate);
		*whole += (sc__wide)lines[i].net * SC_RATE_ONE;
	}
	return *whole > 0;
}

static void tax_weighted(const sc__pricing *p, const sc__part *part, sc__wide weighted, sc__wide whole, sc__taxed *out)
{
	if (!part->inclusive) {
		out->net = part->left;
		out->tax = scale_wide(part->left, weighted, whole, p->rounding);
	} else if (p->policy.inclusive_split == SC_PRICE_SPLIT_TAX) {
		out->tax = scale_wide(part->left, weighted, whole + weighted, p->rounding);
		out->net = part->left - out->tax;
	} else {
		out->net = scale_wide(part->left, whole, whole + weighted, p->rounding);
		out->tax = part->left - out->net;
	}
	out->each[0] = out->tax;
}

sc_status sc__tax_shipping(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err)
{
	sc_priced_charge *shipping = p->shipping;
	sc__wide weighted = 0, whole = 0;
	const bool mean = p->request->shipping_count > 0 && mean_rate(p, p->lines, &weighted, &whole);

	for (size_t i = 0; i < p->request->shipping_count; i++) {
		const sc_price_shipping *input = &p->request->shipping[i];
		const sc__part *part = &p->parts[p->line_count + i];
		sc__taxable what = { .rates = input->tax_rates,
			             .rate_count = input->tax_rate_count,
			             .rate = part->rate,
			             .inclusive = input->tax_inclusive };
		sc__taxed taxed;
		int64_t rate;

		if (input->tax_mode == SC_PRICE_TAX_WEIGHTED && mean) {
			rate = scale_wide(SC_RATE_ONE, weighted, whole, SC_PRICE_HALF_EVEN);
			what.rates = &rate;
			what.rate_count = 1;
			what.rate = rate;
			tax_weighted(p, part, weighted, whole, &taxed);
		} else {
			sc__tax_amount(&p->policy, &what, part->left, &taxed);
		}
		shipping[i] = (sc_priced_charge){ .code = input->code, .discount = part->listed - part->left };
		if (!enter(out, taxes, &what, &taxed, &shipping[i].net, &shipping[i].tax, &shipping[i].gross))
			return too_many_rates(err);
		out->shipping_net += shipping[i].net;
		out->shipping_gross += shipping[i].gross;
		out->shipping_discount += shipping[i].discount;
		if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_SHIPPING, i, part, &taxed))
			return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	}
	return SC_OK;
}

/* A credit never takes more than there is: cuts a negative fee to what the items come to. */
static void cut_credit(const sc_breakdown *out, const sc__taxable *what, const sc_price_policy *policy, int64_t *amount,
                       sc__taxed *taxed)
{
	const int64_t room = what->inclusive ? out->items_gross : out->items_net;

	if (-*amount > room) {
		*amount = -room;
		sc__tax_amount(policy, what, *amount, taxed);
	}
	while (*amount < 0 && (out->items_net + taxed->net < 0 || out->items_gross + taxed->net + taxed->tax < 0)) {
		const int64_t net = -(out->items_net + taxed->net);
		const int64_t gross = -(out->items_gross + taxed->net + taxed->tax);

		*amount += net > gross ? net : gross;
		*amount = *amount > 0 ? 0 : *amount;
		sc__tax_amount(policy, what, *amount, taxed);
	}
}

sc_status sc__tax_fees(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err)
{
	sc_priced_charge *fees = p->fees;

	for (size_t i = 0; i < p->request->fee_count; i++) {
		const sc_price_fee *input = &p->request->fees[i];
		const sc__taxable what = { .rates = input->tax_rates,
			                   .rate_count = input->tax_rate_count,
			                   .rate = sc__rate_of(input->tax_rates, input->tax_rate_count, false),
			                   .inclusive = input->tax_inclusive };
		int64_t amount = input->amount;
		sc__taxed taxed;

		sc__tax_amount(&p->policy, &what, amount, &taxed);
		if (amount < 0)
			cut_credit(out, &what, &p->policy, &amount, &taxed);
		fees[i] = (sc_priced_charge){ .code = input->code };
		if (!enter(out, taxes, &what, &taxed, &fees[i].net, &fees[i].tax, &fees[i].gross))
			return too_many_rates(err);
		out->items_net += fees[i].net;
		out->items_gross += fees[i].gross;
		const sc__part part = { .left = amount, .listed = amount };
		if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_FEE, i, &part, &taxed))
			return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	}
	return SC_OK;
}
