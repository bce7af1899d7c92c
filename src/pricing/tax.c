/*
 * Tax on one amount: on top of a net price, or taken out of a gross one, at one rate or several.
 */
#include "pricing/tax.h"

#include "pricing/share.h"

int64_t sc__rate_of(const int64_t *rates, size_t count, bool compound)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += rates[i];
		if (compound)
			sum += sc__scale(sum - rates[i], rates[i], SC_RATE_ONE, SC_PRICE_HALF_EVEN);
		if (sum > SC_RATE_SUM_MAX)
			return -1;
	}
	return sum;
}

void sc__tax_split(const sc__taxable *what, int64_t tax, int64_t *each)
{
	const sc__sharing how = { .method = SC_PRICE_LARGEST_REMAINDER };
	int64_t weights[SC_PRICE_RATES_MAX], below = SC_RATE_ONE, total = 0;
	sc__cut cuts[SC_PRICE_RATES_MAX];

	if (what->rate_count <= 1) {
		each[0] = tax;
		return;
	}
	for (size_t i = 0; i < what->rate_count; i++) {
		weights[i] = what->compound ? sc__scale(what->rates[i], below, SC_RATE_ONE, SC_PRICE_HALF_EVEN)
		                            : what->rates[i];
		below += weights[i];
		total += weights[i];
	}
	sc__share_out(tax < 0 ? -tax : tax, weights, total, NULL, what->rate_count, &how, cuts, each);
	for (size_t i = 0; tax < 0 && i < what->rate_count; i++)
		each[i] = -each[i];
}

/* All rates as one, rounded once. */
static void tax_as_sum(const sc_price_policy *policy, const sc__taxable *what, int64_t amount, sc__taxed *out)
{
	if (!what->inclusive) {
		out->net = amount;
		out->tax = what->rate == 0 ? 0 : sc__scale_signed(amount, what->rate, SC_RATE_ONE, policy->rounding);
	} else if (what->rate == 0) {
		out->net = amount;
		out->tax = 0;
	} else if (policy->inclusive_split == SC_PRICE_SPLIT_TAX) {
		out->tax = sc__scale_signed(amount, what->rate, SC_RATE_ONE + what->rate, policy->rounding);
		out->net = amount - out->tax;
	} else {
		out->net = sc__scale_signed(amount, SC_RATE_ONE, SC_RATE_ONE + what->rate, policy->rounding);
		out->tax = amount - out->net;
	}
	sc__tax_split(what, out->tax, out->each);
}

/* A tax, but never more of a price, or of a credit, than is left of it. */
static int64_t at_most(int64_t tax, int64_t left, bool credit)
{
	return (credit ? tax > left : tax < left) ? tax : left;
}

/* Each rate for itself, rounded for itself; rounded up, the taxes inside a price end where the price does. */
static void tax_each(const sc_price_policy *policy, const sc__taxable *what, int64_t amount, sc__taxed *out)
{
	const int64_t whole = what->inclusive ? SC_RATE_ONE + what->rate : SC_RATE_ONE;

	out->tax = 0;
	for (size_t i = 0; i < what->rate_count; i++) {
		out->each[i] = sc__scale_signed(amount, what->rates[i], whole, policy->rounding);
		if (what->inclusive)
			out->each[i] = at_most(out->each[i], amount - out->tax, amount < 0);
		out->tax += out->each[i];
	}
	out->net = what->inclusive ? amount - out->tax : amount;
}

/* Each rate on top of those before it. An inclusive price gives the net first, and the last tax is the rest. */
static void tax_each_compound(const sc_price_policy *policy, const sc__taxable *what, int64_t amount, sc__taxed *out)
{
	out->net = amount;
	if (what->inclusive)
		out->net = sc__scale_signed(amount, SC_RATE_ONE, SC_RATE_ONE + what->rate, policy->rounding);
	out->tax = 0;
	for (size_t i = 0; i < what->rate_count; i++) {
		out->each[i] = sc__scale_signed(out->net + out->tax, what->rates[i], SC_RATE_ONE, policy->rounding);
		if (what->inclusive && i + 1 == what->rate_count)
			out->each[i] = amount - out->net - out->tax;
		out->tax += out->each[i];
	}
}

void sc__tax_amount(const sc_price_policy *policy, const sc__taxable *what, int64_t amount, sc__taxed *out)
{
	if (policy->tax_combine == SC_PRICE_COMBINE_SUM || what->rate_count < 2)
		tax_as_sum(policy, what, amount, out);
	else if (what->compound)
		tax_each_compound(policy, what, amount, out);
	else
		tax_each(policy, what, amount, out);
}
