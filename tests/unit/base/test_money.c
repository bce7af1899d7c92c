/* Money: currencies, checked arithmetic, ratios and text. Shares have a test file of their own. */
#include "support/cm.h"

#include <shopcore/money.h>

static int exponent_of(const char *code)
{
	int exponent = -1;
	return sc_currency_exponent(code, &exponent) == SC_OK ? exponent : -1;
}

static void currencies_have_their_own_number_of_decimals(void **state)
{
	(void)state;
	assert_int_equal(exponent_of("JPY"), 0);
	assert_int_equal(exponent_of("KRW"), 0);
	assert_int_equal(exponent_of("EUR"), 2);
	assert_int_equal(exponent_of("USD"), 2);
	assert_int_equal(exponent_of("MRU"), 2);
	assert_int_equal(exponent_of("BHD"), 3);
	assert_int_equal(exponent_of("TND"), 3);
	assert_int_equal(exponent_of("CLF"), 4);
	assert_int_equal(exponent_of("UYW"), 4);
	assert_int_equal(exponent_of("AED"), 2); /* the first and the last of the table */
	assert_int_equal(exponent_of("ZWG"), 2);
}

static void the_table_holds_the_list_of_the_standard(void **state)
{
	(void)state;
	int found[5] = { 0 };
	for (char a = 'A'; a <= 'Z'; a++)
		for (char b = 'A'; b <= 'Z'; b++)
			for (char c = 'A'; c <= 'Z'; c++) {
				int exponent = exponent_of((const char[]){ a, b, c, '\0' });
				if (exponent >= 0)
					found[exponent]++;
			}
	/* an entry out of order would not be found, and so change a count */
	assert_int_equal(found[0], 17);
	assert_int_equal(found[1], 0);
	assert_int_equal(found[2], 141);
	assert_int_equal(found[3], 7);
	assert_int_equal(found[4], 2);
}

static void what_is_no_currency_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "",    "U",   "US",  "usd", "USDX", "USD ",
		                             "ABC", "XAU", "XXX", "XTS", "AAA",  "ZZZ" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int exponent = 42;
		assert_int_equal(sc_currency_exponent(wrong[i], &exponent), SC_BAD_CURRENCY);
		assert_int_equal(exponent, 42);
	}
}

static void sums_and_products_are_exact_up_to_the_last_number_that_fits(void **state)
{
	(void)state;
	int64_t out;
	assert_int_equal(sc_money_add(INT64_MAX - 1, 1, &out), SC_OK);
	assert_true(out == INT64_MAX);
	assert_int_equal(sc_money_subtract(INT64_MIN + 1, 1, &out), SC_OK);
	assert_true(out == INT64_MIN);
	assert_int_equal(sc_money_multiply(INT64_MAX / 3, -3, &out), SC_OK);
	assert_true(out == -INT64_MAX + INT64_MAX % 3);
}

static void a_result_that_does_not_fit_is_refused_and_out_stays(void **state)
{
	(void)state;
	int64_t out = 42;
	assert_int_equal(sc_money_add(INT64_MAX, 1, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_add(INT64_MIN, -1, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_subtract(INT64_MIN, 1, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_subtract(0, INT64_MIN, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_multiply(INT64_MAX, 2, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_multiply(INT64_MIN, -1, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_ratio(INT64_MAX, 3, 2, SC_ROUND_DOWN, &out), SC_OUT_OF_RANGE);
	assert_int_equal(sc_money_ratio(INT64_MIN, 1, -1, SC_ROUND_DOWN, &out), SC_OUT_OF_RANGE);
	assert_int_equal(out, 42);
}

static int64_t ratio(int64_t amount, int64_t numerator, int64_t denominator, sc_rounding rounding)
{
	int64_t out = 0;
	assert_int_equal(sc_money_ratio(amount, numerator, denominator, rounding, &out), SC_OK);
	return out;
}

static void each_rounding_does_what_its_comment_says(void **state)
{
	(void)state;
	static const struct {
		int64_t tenths, half_up, half_away, half_even, down, up;
	} rows[] = {
		{ 0, 0, 0, 0, 0, 0 },        { 1, 0, 0, 0, 0, 1 },        { 5, 1, 1, 0, 0, 1 },
		{ 9, 1, 1, 1, 0, 1 },        { 10, 1, 1, 1, 1, 1 },       { 15, 2, 2, 2, 1, 2 },
		{ 24, 2, 2, 2, 2, 3 },       { 25, 3, 3, 2, 2, 3 },       { 26, 3, 3, 3, 2, 3 },
		{ 35, 4, 4, 4, 3, 4 },       { -1, 0, 0, 0, 0, -1 },      { -5, 0, -1, 0, 0, -1 },
		{ -6, -1, -1, -1, 0, -1 },   { -15, -1, -2, -2, -1, -2 }, { -24, -2, -2, -2, -2, -3 },
		{ -25, -2, -3, -2, -2, -3 }, { -26, -3, -3, -3, -2, -3 }, { -35, -3, -4, -4, -3, -4 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ratio(rows[i].tenths, 1, 10, SC_ROUND_HALF_UP), rows[i].half_up);
		assert_int_equal(ratio(rows[i].tenths, 1, 10, SC_ROUND_HALF_AWAY), rows[i].half_away);
		assert_int_equal(ratio(rows[i].tenths, 1, 10, SC_ROUND_HALF_EVEN), rows[i].half_even);
		assert_int_equal(ratio(rows[i].tenths, 1, 10, SC_ROUND_DOWN), rows[i].down);
		assert_int_equal(ratio(rows[i].tenths, 1, 10, SC_ROUND_UP), rows[i].up);
	}
}

static void the_sign_of_a_ratio_may_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(ratio(25, 1, -10, SC_ROUND_HALF_UP), -2);
	assert_int_equal(ratio(25, -1, 10, SC_ROUND_HALF_UP), -2);
	assert_int_equal(ratio(-25, -1, 10, SC_ROUND_HALF_UP), 3);
	assert_int_equal(ratio(-25, -1, -10, SC_ROUND_HALF_UP), -2);
}

static void a_product_beyond_64_bits_is_no_trouble(void **state)
{
	(void)state;
	assert_true(ratio(INT64_MAX, INT64_MAX, INT64_MAX, SC_ROUND_DOWN) == INT64_MAX);
	assert_true(ratio(INT64_MIN, INT64_MIN, INT64_MIN, SC_ROUND_DOWN) == INT64_MIN);
	assert_true(ratio(1000000000000000, 190000, 1000000, SC_ROUND_HALF_EVEN) == 190000000000000);
	assert_true(ratio(INT64_MAX, 1, INT64_MIN, SC_ROUND_DOWN) == 0);
	assert_true(ratio(INT64_MAX, 1, INT64_MIN, SC_ROUND_HALF_UP) == -1);
}

static void a_ratio_by_nothing_or_rounded_nohow_is_refused(void **state)
{
	(void)state;
	int64_t out = 42;
	assert_int_equal(sc_money_ratio(1, 1, 0, SC_ROUND_DOWN, &out), SC_BAD_ARGUMENT);
	assert_int_equal(sc_money_ratio(1, 1, 1, (sc_rounding)0, &out), SC_BAD_ARGUMENT);
	assert_int_equal(sc_money_ratio(1, 1, 1, (sc_rounding)6, &out), SC_BAD_ARGUMENT);
	assert_int_equal(out, 42);
}

static const struct {
	int64_t minor;
	const char *currency, *text;
} texts[] = {
	{ 1234, "USD", "12.34 USD" },
	{ -1234, "USD", "-12.34 USD" },
	{ 0, "USD", "0.00 USD" },
	{ 5, "EUR", "0.05 EUR" },
	{ -5, "EUR", "-0.05 EUR" },
	{ 100, "EUR", "1.00 EUR" },
	{ 500, "JPY", "500 JPY" },
	{ 0, "JPY", "0 JPY" },
	{ 1250, "BHD", "1.250 BHD" },
	{ 12, "CLF", "0.0012 CLF" },
	{ INT64_MAX, "USD", "92233720368547758.07 USD" },
	{ INT64_MIN, "USD", "-92233720368547758.08 USD" },
	{ INT64_MIN, "JPY", "-9223372036854775808 JPY" },
	{ INT64_MIN, "CLF", "-922337203685477.5808 CLF" },
};

static void an_amount_is_written_with_the_decimals_of_its_currency(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char text[SC_MONEY_TEXT_SIZE];
		assert_int_equal(sc_money_format(texts[i].minor, texts[i].currency, text), SC_OK);
		assert_string_equal(text, texts[i].text);
	}
}

static void what_was_written_reads_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int64_t minor = 42;
		char currency[SC_CURRENCY_SIZE], text[SC_MONEY_TEXT_SIZE];
		assert_int_equal(sc_money_parse(texts[i].text, &minor, currency), SC_OK);
		assert_true(minor == texts[i].minor);
		assert_string_equal(currency, texts[i].currency);
		assert_int_equal(sc_money_format_amount(minor, currency, text), SC_OK);
		assert_int_equal(sc_money_parse_amount(text, currency, &minor), SC_OK);
		assert_true(minor == texts[i].minor);
	}
}

static void an_unknown_currency_is_not_written(void **state)
{
	(void)state;
	char text[SC_MONEY_TEXT_SIZE] = "as before";
	assert_int_equal(sc_money_format(1, "usd", text), SC_BAD_CURRENCY);
	assert_int_equal(sc_money_format_amount(1, "ABC", text), SC_BAD_CURRENCY);
	assert_string_equal(text, "as before");
}

static void fewer_decimals_are_read_and_more_refused(void **state)
{
	(void)state;
	int64_t minor = 42;
	assert_int_equal(sc_money_parse_amount("12", "USD", &minor), SC_OK);
	assert_int_equal(minor, 1200);
	assert_int_equal(sc_money_parse_amount("12.3", "USD", &minor), SC_OK);
	assert_int_equal(minor, 1230);
	assert_int_equal(sc_money_parse_amount("12.340", "USD", &minor), SC_BAD_FORMAT);
	assert_int_equal(sc_money_parse_amount("12.0", "JPY", &minor), SC_BAD_FORMAT);
	assert_int_equal(minor, 1230);
}

static void anything_else_is_not_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		sc_status status;
	} rows[] = {
		{ "", SC_BAD_FORMAT },
		{ "USD", SC_BAD_FORMAT },
		{ "12.34", SC_BAD_FORMAT },
		{ "12.34USD", SC_BAD_FORMAT },
		{ "12. USD", SC_BAD_FORMAT },
		{ ".5 USD", SC_BAD_FORMAT },
		{ "+5 USD", SC_BAD_FORMAT },
		{ "- 5 USD", SC_BAD_FORMAT },
		{ "--5 USD", SC_BAD_FORMAT },
		{ " 5 USD", SC_BAD_FORMAT },
		{ "1,000 USD", SC_BAD_FORMAT },
		{ "1e3 USD", SC_BAD_FORMAT },
		{ "0x5 USD", SC_BAD_FORMAT },
		{ "1.2.3 USD", SC_BAD_FORMAT },
		{ "5  USD", SC_BAD_CURRENCY },
		{ "5 USD ", SC_BAD_CURRENCY },
		{ "5 usd", SC_BAD_CURRENCY },
		{ "5 ABC", SC_BAD_CURRENCY },
		{ "5.123 USD", SC_BAD_FORMAT },
		{ "92233720368547758.08 USD", SC_OUT_OF_RANGE },
		{ "-92233720368547758.09 USD", SC_OUT_OF_RANGE },
		{ "99999999999999999999999999 JPY", SC_OUT_OF_RANGE },
		{ "18446744073709551616 JPY", SC_OUT_OF_RANGE },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t minor = 42;
		char currency[SC_CURRENCY_SIZE] = "XXX";
		assert_int_equal(sc_money_parse(rows[i].text, &minor, currency), rows[i].status);
		assert_int_equal(minor, 42);
		assert_string_equal(currency, "XXX");
	}
}

static void an_amount_alone_takes_no_currency_behind_it(void **state)
{
	(void)state;
	int64_t minor = 42;
	assert_int_equal(sc_money_parse_amount("5 USD", "USD", &minor), SC_BAD_FORMAT);
	assert_int_equal(sc_money_parse_amount("5", "ABC", &minor), SC_BAD_CURRENCY);
	assert_int_equal(minor, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(currencies_have_their_own_number_of_decimals),
		cmocka_unit_test(the_table_holds_the_list_of_the_standard),
		cmocka_unit_test(what_is_no_currency_is_refused),
		cmocka_unit_test(sums_and_products_are_exact_up_to_the_last_number_that_fits),
		cmocka_unit_test(a_result_that_does_not_fit_is_refused_and_out_stays),
		cmocka_unit_test(each_rounding_does_what_its_comment_says),
		cmocka_unit_test(the_sign_of_a_ratio_may_stand_anywhere),
		cmocka_unit_test(a_product_beyond_64_bits_is_no_trouble),
		cmocka_unit_test(a_ratio_by_nothing_or_rounded_nohow_is_refused),
		cmocka_unit_test(an_amount_is_written_with_the_decimals_of_its_currency),
		cmocka_unit_test(what_was_written_reads_back),
		cmocka_unit_test(an_unknown_currency_is_not_written),
		cmocka_unit_test(fewer_decimals_are_read_and_more_refused),
		cmocka_unit_test(anything_else_is_not_read),
		cmocka_unit_test(an_amount_alone_takes_no_currency_behind_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
