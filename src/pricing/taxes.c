/*
 * Tax of everything: on each line or each unit, or as tax_order.c has shared it out; on shipments and fees; and the
 * table of rates.
 */
#include "pricing/engine.h"

#include "base/error.h"

/* A new row at its place. NULL: too many different rates. */
static sc_priced_tax *insert_row(sc__taxes *taxes, sc_priced_tax *at, int64_t rate)
{
	sc__divisor *inside = taxes->inside + (taxes->end - taxes->rows);

	if (taxes->end - taxes->rows == SC_PRICE_TAXES_MAX)
		return NULL;
	for (sc_priced_tax *row = taxes->end++; row > at; row--, inside--) {
		*row = row[-1];
		*inside = inside[-1];
	}
	*at = (sc_priced_tax){ .rate = rate };
	*inside = (sc__divisor){ 0 };
	return at;
}

/* The row of a rate, made if need be. NULL: too many different rates. */
static inline sc_priced_tax *row_of(sc__taxes *taxes, int64_t rate)
{
	sc_priced_tax *row = taxes->end;

	while (row > taxes->rows && row[-1].rate > rate)
		row--;
	return row > taxes->rows && row[-1].rate == rate ? row - 1 : insert_row(taxes, row, rate);
}

/* False: too many different rates. */
static bool add_rows(sc__taxes *taxes, const sc__taxable *what, const sc__taxed *taxed)
{
	for (size_t i = 0; i < what->rate_count; i++) {
		sc_priced_tax *row = row_of(taxes, what->rates[i]);

		if (row == NULL)
			return false;
		row->base += taxed->net;
		row->amount += taxed->each[i];
	}
	return true;
}

/* Tax of a line unit by unit: what one unit comes to, times how many are alike. */
static void tax_units(sc__pricing *p, const sc__taxable *what, sc__part *part, sc__taxed *out)
{
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
}

/* Enters a line, shipment or fee into the table of rates. Exempt: the tax is left out. */
static bool enter(sc__taxes *taxes, const sc__taxable *what, const sc__taxed *taxed, int64_t *net, int64_t *tax,
                  int64_t *gross)
{
	*net = taxed->net;
	*tax = what->exempt ? 0 : taxed->tax;
	*gross = *net + *tax;
	*(what->inclusive ? &taxes->included : &taxes->excluded) += *tax;
	return what->exempt || add_rows(taxes, what, taxed);
}

static sc_status too_many_rates(sc_error *err)
{
	return sc__bad(err, SC_OVER_LIMIT, "tax_rates", "at most %d different rates", SC_PRICE_TAXES_MAX);
}

static sc_status tax_any(sc__pricing *p, size_t i, sc__taxes *taxes, sc_error *err)
{
	const sc__taxable what = sc__taxable_line(p, i);
	const sc__taxed *taxed = p->policy.tax_level == SC_PRICE_TAX_ORDER ? &p->taxed[i] : NULL;
	sc_priced_line *line = &p->lines[i];
	sc__taxed one;

	if (p->policy.tax_level == SC_PRICE_TAX_LINE)
		sc__tax_amount(&p->policy, &what, p->lefts[i], &one);
	else if (taxed == NULL)
		tax_units(p, &what, &p->parts[i], &one);
	taxed = taxed != NULL ? taxed : &one;
	if (!enter(taxes, &what, taxed, &line->net, &line->tax, &line->gross))
		return too_many_rates(err);
	if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_LINE, i, p->lefts[i], taxed->net, taxed->each))
		return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	return SC_OK;
}

/* The net of a price that holds its tax, at one rate. */
static inline int64_t net_inside(const sc__pricing *p, int64_t price, int64_t rate, sc__divisor *inside)
{
	if (inside->whole == 0)
		*inside = sc__divisor_of((uint64_t)(SC_RATE_ONE + rate));
	if (p->policy.inclusive_split == SC_PRICE_SPLIT_TAX)
		return price - sc__scale_by(price, rate, inside, p->rounding);
	return sc__scale_by(price, SC_RATE_ONE, inside, p->rounding);
}

/* The common case: a line with one rate, rounded for the line. False: too many different rates. */
static inline bool tax_one_rate(const sc__pricing *p, const sc__part *part, int64_t left, sc__taxes *taxes,
                                sc_priced_line *line)
{
	const int64_t rate = part->rate;
	sc_priced_tax *row = row_of(taxes, rate);
	int64_t net = left, tax;

	if (row == NULL)
		return false;
	if (part->inclusive) {
		net = net_inside(p, left, rate, &taxes->inside[row - taxes->rows]);
		tax = left - net;
		taxes->included += tax;
	} else {
		tax = sc__at_rate(left, rate, p->at_rate);
		taxes->excluded += tax;
	}
	row->base += net;
	row->amount += tax;
	line->net = net;
	line->tax = tax;
	line->gross = net + tax;
	return true;
}

static bool explain_one_rate(sc__pricing *p, size_t i, const sc_priced_line *line)
{
	const sc__taxable what = sc__taxable_line(p, i);

	return sc__explain_tax(p, &what, SC_PRICE_PART_LINE, i, p->lefts[i], line->net, &line->tax);
}

static sc_status tax_each_line(sc__pricing *p, sc__taxes *taxes, sc_error *err)
{
	const bool by_line = p->policy.tax_level == SC_PRICE_TAX_LINE, explain = p->explain;
	const int64_t *lefts = p->lefts;
	const sc__part *part = p->parts;
	sc_priced_line *line = p->lines;

	for (size_t i = 0, count = p->line_count; i < count; i++, part++, line++) {
		const int64_t left = lefts[i];

		line->discount = part->listed - left;
		if (!by_line || !part->one_rate) {
			const sc_status status = tax_any(p, i, taxes, err);

			if (status != SC_OK)
				return status;
		} else if (!tax_one_rate(p, part, left, taxes, line)) {
			return too_many_rates(err);
		} else if (explain && !explain_one_rate(p, i, line)) {
			return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
		}
		taxes->items_net += line->net;
		taxes->items_gross += line->gross;
	}
	return SC_OK;
}

sc_status sc__tax_lines(sc__pricing *p, sc__taxes *taxes, sc_error *err)
{
	sc_status status = SC_OK;

	if (p->policy.tax_level == SC_PRICE_TAX_ORDER)
		status = sc__tax_by_order(p, err);
	else if (p->policy.tax_level == SC_PRICE_TAX_UNIT && !sc__units_settle(p))
		status = sc__fail(err, SC_NO_MEMORY, "no memory for units");
	return status == SC_OK ? tax_each_line(p, taxes, err) : status;
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

static void tax_weighted(const sc__pricing *p, bool inclusive, int64_t left, sc__wide weighted, sc__wide whole,
                         sc__taxed *out)
{
	if (!inclusive) {
		out->net = left;
		out->tax = scale_wide(left, weighted, whole, p->rounding);
	} else if (p->policy.inclusive_split == SC_PRICE_SPLIT_TAX) {
		out->tax = scale_wide(left, weighted, whole + weighted, p->rounding);
		out->net = left - out->tax;
	} else {
		out->net = scale_wide(left, whole, whole + weighted, p->rounding);
		out->tax = left - out->net;
	}
	out->each[0] = out->tax;
}

sc_status sc__tax_shipping(sc__pricing *p, sc__taxes *taxes, sc_error *err)
{
	sc_priced_charge *shipping = p->shipping;
	sc__wide weighted = 0, whole = 0;
	const bool mean = p->request->shipping_count > 0 && mean_rate(p, p->lines, &weighted, &whole);

	for (size_t i = 0; i < p->request->shipping_count; i++) {
		const sc_price_shipping *input = &p->request->shipping[i];
		const sc__part *part = &p->parts[p->line_count + i];
		const int64_t left = p->lefts[p->line_count + i];
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
			tax_weighted(p, part->inclusive, left, weighted, whole, &taxed);
		} else {
			sc__tax_amount(&p->policy, &what, left, &taxed);
		}
		shipping[i] = (sc_priced_charge){ .code = input->code, .discount = part->listed - left };
		if (!enter(taxes, &what, &taxed, &shipping[i].net, &shipping[i].tax, &shipping[i].gross))
			return too_many_rates(err);
		taxes->shipping_net += shipping[i].net;
		taxes->shipping_gross += shipping[i].gross;
		taxes->shipping_discount += shipping[i].discount;
		if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_SHIPPING, i, left, taxed.net, taxed.each))
			return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	}
	return SC_OK;
}

/* A credit never takes more than there is: cuts a negative fee to what the items come to. */
static void cut_credit(const sc__taxes *taxes, const sc__taxable *what, const sc_price_policy *policy, int64_t *amount,
                       sc__taxed *taxed)
{
	const int64_t room = what->inclusive ? taxes->items_gross : taxes->items_net;

	if (-*amount > room) {
		*amount = -room;
		sc__tax_amount(policy, what, *amount, taxed);
	}
	while (*amount < 0 && (taxes->items_net + taxed->net < 0 || taxes->items_gross + taxed->net + taxed->tax < 0)) {
		const int64_t net = -(taxes->items_net + taxed->net);
		const int64_t gross = -(taxes->items_gross + taxed->net + taxed->tax);

		*amount += net > gross ? net : gross;
		*amount = *amount > 0 ? 0 : *amount;
		sc__tax_amount(policy, what, *amount, taxed);
	}
}

sc_status sc__tax_fees(sc__pricing *p, sc__taxes *taxes, sc_error *err)
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
			cut_credit(taxes, &what, &p->policy, &amount, &taxed);
		fees[i] = (sc_priced_charge){ .code = input->code };
		if (!enter(taxes, &what, &taxed, &fees[i].net, &fees[i].tax, &fees[i].gross))
			return too_many_rates(err);
		taxes->items_net += fees[i].net;
		taxes->items_gross += fees[i].gross;
		if (p->explain && !sc__explain_tax(p, &what, SC_PRICE_PART_FEE, i, amount, taxed.net, taxed.each))
			return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	}
	return SC_OK;
}
