/*
 * Checked arithmetic on minor units. A product may need 126 bits before it is divided, so ratios work on
 * magnitudes of 128 bits and put the sign back at the end: rounding is then one question about a
 * remainder, asked in one place.
 */
#include "base/money.h"

#include <string.h>

sc_status sc_money_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return SC_OUT_OF_RANGE;
	*out = sum;
	return SC_OK;
}

sc_status sc_money_subtract(int64_t a, int64_t b, int64_t *out)
{
	int64_t difference;
	if (__builtin_sub_overflow(a, b, &difference))
		return SC_OUT_OF_RANGE;
	*out = difference;
	return SC_OK;
}

sc_status sc_money_multiply(int64_t amount, int64_t by, int64_t *out)
{
	int64_t product;
	if (__builtin_mul_overflow(amount, by, &product))
		return SC_OUT_OF_RANGE;
	*out = product;
	return SC_OK;
}

/* Whether a quotient whose division left `rest` of `divisor` goes one further from zero. */
static bool rounds_up(sc_rounding rounding, bool negative, bool odd, uint64_t rest, uint64_t divisor)
{
	if (rounding == SC_ROUND_DOWN || rest == 0)
		return false;
	if (rounding == SC_ROUND_UP || rest > divisor - rest)
		return true;
	if (rest < divisor - rest)
		return false;
	return rounding == SC_ROUND_HALF_AWAY || (rounding == SC_ROUND_HALF_EVEN && odd) ||
	       (rounding == SC_ROUND_HALF_UP && !negative);
}

sc_status sc_money_ratio(int64_t amount, int64_t numerator, int64_t denominator, sc_rounding rounding, int64_t *out)
{
	if (denominator == 0 || rounding < SC_ROUND_HALF_UP || rounding > SC_ROUND_UP)
		return SC_BAD_ARGUMENT;
	bool negative = ((amount < 0) != (numerator < 0)) != (denominator < 0);
	uint64_t divisor = sc__magnitude(denominator);
	sc__u128 product = (sc__u128)sc__magnitude(amount) * sc__magnitude(numerator);
	sc__u128 quotient = product / divisor;
	uint64_t rest = (uint64_t)(product % divisor);
	if (rounds_up(rounding, negative, (quotient & 1) != 0, rest, divisor))
		quotient++;
	if (quotient > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return SC_OUT_OF_RANGE;
	*out = sc__with_sign((uint64_t)quotient, negative);
	return SC_OK;
}

sc_status sc_money_format_amount(int64_t minor, const char *currency, char out[SC_MONEY_TEXT_SIZE])
{
	int exponent;
	if (sc_currency_exponent(currency, &exponent) != SC_OK)
		return SC_BAD_CURRENCY;
	char text[SC_MONEY_TEXT_SIZE];
	char *at = text + sizeof text;
	uint64_t rest = sc__magnitude(minor);
	*--at = '\0';
	for (int digits = 0; rest > 0 || digits <= exponent; digits++) {
		if (digits == exponent && exponent > 0)
			*--at = '.';
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (minor < 0)
		*--at = '-';
	memcpy(out, at, (size_t)(text + sizeof text - at));
	return SC_OK;
}

sc_status sc_money_format(int64_t minor, const char *currency, char out[SC_MONEY_TEXT_SIZE])
{
	if (sc_money_format_amount(minor, currency, out) != SC_OK)
		return SC_BAD_CURRENCY;
	char *end = out + strlen(out);
	*end++ = ' ';
	memcpy(end, currency, SC_CURRENCY_SIZE);
	return SC_OK;
}

/* Where the digits and the point of an amount lie in a text. */
struct amount {
	const char *whole, *decimals;
	size_t whole_size, decimals_size;
	bool negative;
	const char *end; /* the first character that is not part of it */
};

static size_t digits_at(const char *text)
{
	return strspn(text, "0123456789");
}

static bool split(const char *text, struct amount *out)
{
	*out = (struct amount){ .negative = *text == '-' };
	out->whole = text + out->negative;
	out->whole_size = digits_at(out->whole);
	out->end = out->decimals = out->whole + out->whole_size;
	if (out->whole_size == 0)
		return false;
	if (*out->end != '.')
		return true;
	out->decimals++;
	out->decimals_size = digits_at(out->decimals);
	out->end = out->decimals + out->decimals_size;
	return out->decimals_size > 0;
}

/* Appends a digit to a magnitude. false: it does not fit. */
static bool append(uint64_t *value, unsigned digit)
{
	return !__builtin_mul_overflow(*value, 10, value) && !__builtin_add_overflow(*value, digit, value);
}

static sc_status in_minor_units(const struct amount *amount, int exponent, int64_t *out)
{
	if (amount->decimals_size > (size_t)exponent)
		return SC_BAD_FORMAT;
	uint64_t value = 0;
	bool fits = true;
	for (size_t i = 0; i < amount->whole_size; i++)
		fits = fits && append(&value, (unsigned)(amount->whole[i] - '0'));
	for (size_t i = 0; i < (size_t)exponent; i++)
		fits = fits && append(&value, i < amount->decimals_size ? (unsigned)(amount->decimals[i] - '0') : 0);
	if (!fits || value > (uint64_t)INT64_MAX + (amount->negative ? 1 : 0))
		return SC_OUT_OF_RANGE;
	*out = sc__with_sign(value, amount->negative);
	return SC_OK;
}

sc_status sc_money_parse(const char *text, int64_t *minor, char currency[SC_CURRENCY_SIZE])
{
	struct amount amount;
	int exponent;
	if (!split(text, &amount) || *amount.end != ' ')
		return SC_BAD_FORMAT;
	if (sc_currency_exponent(amount.end + 1, &exponent) != SC_OK)
		return SC_BAD_CURRENCY;
	sc_status status = in_minor_units(&amount, exponent, minor);
	if (status == SC_OK)
		memcpy(currency, amount.end + 1, SC_CURRENCY_SIZE);
	return status;
}

sc_status sc_money_parse_amount(const char *text, const char *currency, int64_t *minor)
{
	struct amount amount;
	int exponent;
	if (sc_currency_exponent(currency, &exponent) != SC_OK)
		return SC_BAD_CURRENCY;
	if (!split(text, &amount) || *amount.end != '\0')
		return SC_BAD_FORMAT;
	return in_minor_units(&amount, exponent, minor);
}
