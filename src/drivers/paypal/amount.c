/*
 * Amounts as PayPal writes them: text with a point, in the currencies it takes. Three of those have fewer decimals
 * there than in ISO 4217; what they cannot say exactly is refused.
 */
#include "drivers/paypal/driver.h"

#include <shopcore/limits.h>
#include <shopcore/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct taken {
	char currency[4];
	uint8_t decimals;
};

static const struct taken currencies[] = {
	{ "AUD", 2 }, { "BRL", 2 }, { "CAD", 2 }, { "CHF", 2 }, { "CNY", 2 }, { "CZK", 2 }, { "DKK", 2 }, { "EUR", 2 },
	{ "GBP", 2 }, { "HKD", 2 }, { "HUF", 0 }, { "ILS", 2 }, { "JPY", 0 }, { "MXN", 2 }, { "MYR", 2 }, { "NOK", 2 },
	{ "NZD", 2 }, { "PHP", 2 }, { "PLN", 2 }, { "SEK", 2 }, { "SGD", 2 }, { "THB", 2 }, { "TWD", 0 }, { "USD", 2 },
};

/* How many of our minor units one of PayPal's smallest is. false: PayPal does not take the currency. */
static bool unit_of(const char *currency, int64_t *unit, unsigned *decimals)
{
	int exponent;
	for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
		if (strcmp(currencies[i].currency, currency) != 0)
			continue;
		if (sc_currency_exponent(currency, &exponent) != SC_OK)
			return false;
		*decimals = currencies[i].decimals;
		*unit = 1;
		for (int n = (int)*decimals; n < exponent; n++)
			*unit *= 10;
		return true;
	}
	return false;
}

sc_status paypal_amount_out(int64_t minor, const char *currency, char out[PAYPAL_VALUE_MAX])
{
	int64_t unit;
	unsigned decimals;
	if (!unit_of(currency, &unit, &decimals))
		return SC_UNSUPPORTED;
	if (minor < 1 || minor > SC_AMOUNT_MAX || minor % unit != 0)
		return SC_BAD_ARGUMENT;
	minor /= unit;
	if (decimals == 0)
		snprintf(out, PAYPAL_VALUE_MAX, "%" PRId64, minor);
	else
		snprintf(out, PAYPAL_VALUE_MAX, "%" PRId64 ".%02" PRId64, minor / 100, minor % 100);
	return SC_OK;
}

bool paypal_amount_in(const sc_json *amount, int64_t *minor)
{
	const char *text = sc__member_text(amount, "value");
	int64_t unit, value = 0;
	unsigned decimals, seen = 0;
	bool point = false;
	if (!unit_of(sc__member_text(amount, "currency_code"), &unit, &decimals) || text[0] == '\0')
		return false;
	for (; *text; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || value > SC_AMOUNT_MAX / 10 || (point && ++seen > 2))
			return false;
		value = value * 10 + (*text - '0');
	}
	for (; seen < decimals; seen++)
		value *= 10;
	for (; seen > decimals; seen--) { /* "500.00" yen */
		if (value % 10 != 0)
			return false;
		value /= 10;
	}
	if (value > SC_AMOUNT_MAX / unit)
		return false;
	*minor = value * unit;
	return true;
}
