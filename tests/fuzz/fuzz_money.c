/* Amounts as text: what is read is written as it was read again. And shares of an amount: they always add up. */
#include "check.h"

#include <shopcore/money.h>

#include <string.h>

#define WEIGHTS_MAX 32

static void check_text(const char *text)
{
	char currency[SC_CURRENCY_SIZE], again_currency[SC_CURRENCY_SIZE], written[SC_MONEY_TEXT_SIZE];
	int64_t minor, again;
	sc_status status = sc_money_parse(text, &minor, currency);
	if (status != SC_OK) {
		CHECK(status == SC_BAD_FORMAT || status == SC_BAD_CURRENCY || status == SC_OUT_OF_RANGE);
		return;
	}
	CHECK(sc_money_format(minor, currency, written) == SC_OK);
	CHECK(sc_money_parse(written, &again, again_currency) == SC_OK);
	CHECK(again == minor && strcmp(currency, again_currency) == 0);
	CHECK(sc_money_format_amount(minor, currency, written) == SC_OK);
	CHECK(sc_money_parse_amount(written, currency, &again) == SC_OK && again == minor);
}

static void check_shares(const uint8_t *data, size_t size)
{
	int64_t amount, weights[WEIGHTS_MAX], shares[WEIGHTS_MAX];
	if (size < sizeof amount + sizeof weights[0])
		return;
	memcpy(&amount, data, sizeof amount);
	size_t count = (size - sizeof amount) / sizeof weights[0];
	count = count < WEIGHTS_MAX ? count : WEIGHTS_MAX;
	memcpy(weights, data + sizeof amount, count * sizeof weights[0]);
	for (int method = 0; method <= SC_ALLOCATE_LAST_GETS_REST + 1; method++) {
		if (sc_money_allocate(amount, weights, count, (sc_allocation)method, shares) != SC_OK)
			continue;
		int64_t left = amount;
		for (size_t i = 0; i < count; i++) {
			CHECK(shares[i] == 0 || (shares[i] < 0) == (amount < 0));
			CHECK(!__builtin_sub_overflow(left, shares[i], &left));
		}
		CHECK(left == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	CHECK(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	check_text(text);
	free(text);
	check_shares(data, size);
	return 0;
}
