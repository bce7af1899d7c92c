/*
 * Amounts as Stripe counts them, which is not always as ISO 4217 does.
 *
 * Stripe's smallest unit of most currencies is ours. Where the two differ the table says how many of our minor
 * units one of Stripe's is worth, or the other way round; where Stripe wants whole multiples, any other amount is
 * refused, because rounding somebody's money is not for a driver to decide.
 */
#include "drivers/stripe/driver.h"

#include "base/error.h"

#include <shopcore/money.h>

#include <string.h>

struct rule {
	char currency[4];
	int16_t divide;   /* our minor units by so many, when above 1 */
	int16_t multiply; /* or multiplied by so many */
	int16_t step;     /* what Stripe wants is a multiple of it */
};

static const struct rule rules[] = {
	{ "BHD", 1, 1, 10 },    /* three decimals, of which the last is 0 for the card networks */
	{ "ISK", 1, 100, 100 }, /* no decimals any more, but still written with two */
	{ "JOD", 1, 1, 10 },    { "KWD", 1, 1, 10 },
	{ "MGA", 100, 1, 1 }, /* two decimals in ISO 4217 for its fifths, none at Stripe */
	{ "OMR", 1, 1, 10 },    { "TND", 1, 1, 10 },
	{ "UGX", 0, 0, 0 }, /* Stripe lists it both as without decimals and as written with two */
};

/* Currencies of three and four decimals that Stripe does not take. */
static const char *const refused[] = { "CLF", "IQD", "LYD", "UYW" };

static const struct rule *rule_of(const char *currency)
{
	static const struct rule plain = { "", 1, 1, 1 };
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].currency, currency) == 0)
			return &rules[i];
	return &plain;
}

static bool is_taken(const char *currency)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (strcmp(refused[i], currency) == 0)
			return false;
	return rule_of(currency)->step != 0;
}

sc_status stripe_amount_out(int64_t minor, const char *currency, int64_t *out, sc_error *err)
{
	int exponent;
	if (sc_currency_exponent(currency, &exponent) != SC_OK)
		return sc__bad(err, SC_BAD_CURRENCY, "currency", "is no currency");
	if (!is_taken(currency))
		return sc__bad(err, SC_UNSUPPORTED, "currency", "%s cannot be charged through Stripe", currency);
	if (minor < 1 || minor > SC_AMOUNT_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "amount_minor", "is at least 1, and no more than the limit");
	const struct rule *rule = rule_of(currency);
	if (minor % rule->divide != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "amount_minor", "Stripe takes whole %s only", currency);
	int64_t amount = minor / rule->divide * rule->multiply;
	if (amount % rule->step != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "amount_minor", "Stripe takes multiples of %d in %s", rule->step,
		               currency);
	*out = amount;
	return SC_OK;
}

bool stripe_amount_in(int64_t amount, const char *currency, int64_t *minor)
{
	char upper[SC_CURRENCY_SIZE] = { 0 };
	int exponent;
	if (strlen(currency) != 3 || amount < 0 || amount > SC_AMOUNT_MAX)
		return false;
	for (int i = 0; i < 3; i++)
		upper[i] = currency[i] >= 'a' && currency[i] <= 'z' ? (char)(currency[i] - 'a' + 'A') : currency[i];
	if (sc_currency_exponent(upper, &exponent) != SC_OK || !is_taken(upper))
		return false;
	const struct rule *rule = rule_of(upper);
	*minor = amount / rule->multiply * rule->divide;
	return true;
}
