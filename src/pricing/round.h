/*
 * Exact fractions of amounts, rounded once.
 *
 * Everything the engine rounds is amount × numerator / denominator with all three known, so one
 * function serves. It works on magnitudes, because a discount may have to be rounded as the negative
 * amount it is; and in 64 bits where the product fits, because that is five times as fast as 128.
 */
#ifndef SC_PRICING_ROUND_H
#define SC_PRICING_ROUND_H

#include <shopcore/pricing.h>

/* Ties towards zero: what SC_PRICE_HALF_UP does to a magnitude that stands for a negative amount. */
#define SC__HALF_DOWN 5

__extension__ typedef unsigned __int128 sc__wide;

/* Whether a magnitude with `rest` of `whole` left over goes up by one. */
static inline bool sc__rounds_up(uint64_t quotient, uint64_t rest, uint64_t whole, unsigned rounding)
{
	const uint64_t other = whole - rest; /* rest < whole */

	if (rounding <= SC_PRICE_HALF_AWAY)
		return rest >= other;
	switch (rounding) {
	case SC_PRICE_HALF_EVEN:
		return rest > other || (rest == other && (quotient & 1) != 0);
	case SC_PRICE_DOWN:
		return false;
	case SC_PRICE_UP:
		return rest != 0;
	default: /* SC__HALF_DOWN */
		return rest > other;
	}
}

/* What a magnitude and its remainder are after division; `whole` is not 0. The quotient fits. */
typedef struct sc__quotient {
	uint64_t value, rest;
} sc__quotient;

static inline sc__quotient sc__divide(uint64_t amount, uint64_t numerator, uint64_t whole)
{
	uint64_t product;

	if (!__builtin_mul_overflow(amount, numerator, &product))
		return (sc__quotient){ product / whole, product % whole };
	const sc__wide wide = (sc__wide)amount * numerator;
	return (sc__quotient){ (uint64_t)(wide / whole), (uint64_t)(wide % whole) };
}

/* amount / units, neither negative. Most fit 32 bits, where a division takes a third of the time. */
static inline int64_t sc__unit_part(int64_t amount, int64_t units)
{
	if (((amount | units) >> 32) == 0)
		return (int64_t)((uint32_t)amount / (uint32_t)units);
	return amount / units;
}

/* Many divisions by one number: a multiplication and a correction each. */
typedef struct sc__divisor {
	uint64_t whole, inverse;
} sc__divisor;

static inline sc__divisor sc__divisor_of(uint64_t whole)
{
	return (sc__divisor){ whole, UINT64_MAX / whole };
}

static inline sc__quotient sc__divide_by(uint64_t amount, uint64_t numerator, const sc__divisor *by)
{
	uint64_t product;

	if (__builtin_mul_overflow(amount, numerator, &product))
		return sc__divide(amount, numerator, by->whole);
	/* At most two below the quotient, never above it. */
	sc__quotient q = { .value = (uint64_t)(((sc__wide)product * by->inverse) >> 64) };
	for (q.rest = product - q.value * by->whole; q.rest >= by->whole; q.rest -= by->whole)
		q.value++;
	return q;
}

static inline int64_t sc__rounded(sc__quotient q, uint64_t whole, unsigned rounding)
{
	return (int64_t)(q.value + (sc__rounds_up(q.value, q.rest, whole, rounding) ? 1 : 0));
}

/* amount × numerator / whole, all not negative. */
static inline int64_t sc__scale(int64_t amount, int64_t numerator, int64_t whole, unsigned rounding)
{
	const sc__quotient q = sc__divide((uint64_t)amount, (uint64_t)numerator, (uint64_t)whole);

	return sc__rounded(q, (uint64_t)whole, rounding);
}

static inline int64_t sc__scale_by(int64_t amount, int64_t numerator, const sc__divisor *by, unsigned rounding)
{
	return sc__rounded(sc__divide_by((uint64_t)amount, (uint64_t)numerator, by), by->whole, rounding);
}

/* A rounding of amounts at a rate: what is added to the product before it is cut to whole ones. */
typedef struct sc__rate_rounding {
	uint64_t more;
	bool to_even; /* a tie goes down again from an odd number */
} sc__rate_rounding;

static inline sc__rate_rounding sc__rate_rounding_of(unsigned rounding)
{
	switch (rounding) {
	case SC_PRICE_HALF_EVEN:
		return (sc__rate_rounding){ SC_RATE_ONE / 2, true };
	case SC_PRICE_DOWN:
		return (sc__rate_rounding){ 0, false };
	case SC_PRICE_UP:
		return (sc__rate_rounding){ SC_RATE_ONE - 1, false };
	case SC__HALF_DOWN:
		return (sc__rate_rounding){ SC_RATE_ONE / 2 - 1, false };
	default: /* SC_PRICE_HALF_UP, SC_PRICE_HALF_AWAY */
		return (sc__rate_rounding){ SC_RATE_ONE / 2, false };
	}
}

/* amount × rate, neither negative: the same as sc__scale() by SC_RATE_ONE. */
static inline int64_t sc__at_rate(int64_t amount, int64_t rate, sc__rate_rounding rounding)
{
	uint64_t product, sum;

	if (__builtin_mul_overflow((uint64_t)amount, (uint64_t)rate, &product) ||
	    __builtin_add_overflow(product, rounding.more, &sum)) {
		const sc__wide wide = (sc__wide)(uint64_t)amount * (uint64_t)rate + rounding.more;
		const uint64_t value = (uint64_t)(wide / SC_RATE_ONE);

		return (int64_t)(rounding.to_even && wide % SC_RATE_ONE == 0 ? value & ~(uint64_t)1 : value);
	}
	const uint64_t value = sum / SC_RATE_ONE;
	return (int64_t)(rounding.to_even && sum % SC_RATE_ONE == 0 ? value & ~(uint64_t)1 : value);
}

/* The rounding of a magnitude that stands for a negative amount. */
static inline unsigned sc__mirrored(unsigned rounding)
{
	return rounding == SC_PRICE_HALF_UP ? SC__HALF_DOWN : rounding;
}

/* The same for an amount of either sign. */
static inline int64_t sc__scale_signed(int64_t amount, int64_t numerator, int64_t whole, unsigned rounding)
{
	if (amount >= 0)
		return sc__scale(amount, numerator, whole, rounding);
	return -sc__scale(-amount, numerator, whole, sc__mirrored(rounding));
}

#endif
