/*
 * Prices for the eye and for the till: other currencies, endings that look well, the smallest coin.
 */
#include <shopcore/price_tables.h>

#include "base/error.h"
#include "pricing/round.h"

#include <shopcore/money.h>

static int64_t power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* Removes what both sides of a fraction share, so that products stay small. */
static void shorten(int64_t *a, int64_t *b)
{
	int64_t x = *a, y = *b;

	while (y != 0) {
		const int64_t rest = x % y;

		x = y;
		y = rest;
	}
	*a /= x;
	*b /= x;
}

sc_status sc_price_convert(const sc_exchange_rate *rate, int64_t amount, sc_price_rounding rounding, sc_converted *out,
                           sc_error *err)
{
	int from, to;

	if (sc_currency_exponent(rate->from, &from) != SC_OK)
		return sc__bad(err, SC_BAD_CURRENCY, "from", "no such currency");
	if (sc_currency_exponent(rate->to, &to) != SC_OK)
		return sc__bad(err, SC_BAD_CURRENCY, "to", "no such currency");
	if (rate->numerator <= 0 || rate->denominator <= 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "rate", "must be above 0");
	int64_t numerator = rate->numerator, denominator = rate->denominator;
	int64_t up = power_of_ten(to), down = power_of_ten(from);
	shorten(&numerator, &denominator);
	shorten(&up, &down);
	shorten(&up, &denominator);
	shorten(&numerator, &down);
	if (__builtin_mul_overflow(numerator, up, &numerator) ||
	    __builtin_mul_overflow(denominator, down, &denominator))
		return sc__bad(err, SC_OUT_OF_RANGE, "rate", "has too many digits");
	if (amount > SC_PRICE_TOTAL_MAX || amount < -SC_PRICE_TOTAL_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "amount", "at most %lld", (long long)SC_PRICE_TOTAL_MAX);
	const sc__wide size = (sc__wide)(amount < 0 ? -amount : amount) * (uint64_t)numerator;
	if (size / (uint64_t)denominator >= SC_PRICE_TOTAL_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "amount", "does not fit");
	*out = (sc_converted){ sc__scale_signed(amount, numerator, denominator, rounding), *rate };
	return SC_OK;
}

sc_status sc_price_round_cash(int64_t amount, int64_t step, sc_price_rounding rounding, int64_t *out, sc_error *err)
{
	if (step < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "step", "at least 1");
	if (amount > SC_PRICE_TOTAL_MAX || amount < -SC_PRICE_TOTAL_MAX || step > SC_AMOUNT_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "amount", "at most %lld", (long long)SC_PRICE_TOTAL_MAX);
	*out = sc__scale_signed(amount, 1, step, rounding) * step;
	return SC_OK;
}

sc_status sc_price_charm(int64_t amount, int64_t step, int64_t ending, int64_t *out, sc_error *err)
{
	if (step < 1 || ending < 0 || ending >= step)
		return sc__bad(err, SC_BAD_ARGUMENT, step < 1 ? "step" : "ending", "an ending lies within its step");
	if (amount < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "amount", "must not be negative");
	if (amount > SC_PRICE_TOTAL_MAX || step > SC_AMOUNT_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "amount", "at most %lld", (long long)SC_PRICE_TOTAL_MAX);
	const int64_t same_step = amount - amount % step + ending;
	const int64_t above = same_step >= amount ? same_step : same_step + step;
	const int64_t below = above - step;
	*out = below >= 0 && amount - below <= above - amount && above != amount ? below : above;
	return SC_OK;
}
