/* Amounts in Stripe's units, and back. */
#include "drivers/stripe/driver.h"

#include <shopcore/limits.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *currency, int64_t minor, int64_t expected)
{
	int64_t amount = -1, back = -1;
	assert_int_equal(stripe_amount_out(minor, currency, &amount, NULL), SC_OK);
	assert_int_equal(amount, expected);
	assert_true(stripe_amount_in(amount, currency, &back));
	assert_int_equal(back, minor);
}

static void most_currencies_are_counted_alike(void **state)
{
	(void)state;
	check("EUR", 1999, 1999);
	check("USD", 1, 1);
	check("GBP", SC_AMOUNT_MAX, SC_AMOUNT_MAX);
	check("HUF", 100050, 100050);
}

static void currencies_without_decimals_are_counted_as_they_are(void **state)
{
	static const char *const codes[] = { "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW",
		                             "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF" };
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		check(codes[i], 500, 500);
}

static void the_ariary_loses_the_decimals_that_stripe_does_not_have(void **state)
{
	int64_t amount;
	(void)state;
	check("MGA", 50000, 500);
	assert_int_equal(stripe_amount_out(50050, "MGA", &amount, NULL), SC_BAD_ARGUMENT);
}

static void the_krona_is_written_with_two_decimals(void **state)
{
	(void)state;
	check("ISK", 5, 500);
}

static void three_decimals_end_in_a_zero(void **state)
{
	static const char *const codes[] = { "BHD", "JOD", "KWD", "OMR", "TND" };
	int64_t amount = 7;
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		check(codes[i], 5120, 5120);
		assert_int_equal(stripe_amount_out(5124, codes[i], &amount, NULL), SC_BAD_ARGUMENT);
		assert_int_equal(amount, 7);
	}
}

static void what_stripe_does_not_say_clearly_is_not_charged(void **state)
{
	static const char *const codes[] = { "UGX", "CLF", "IQD", "LYD", "UYW" };
	int64_t amount;
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		assert_int_equal(stripe_amount_out(5000, codes[i], &amount, NULL), SC_UNSUPPORTED);
		assert_false(stripe_amount_in(5000, codes[i], &amount));
	}
}

static void amounts_that_are_none_are_refused(void **state)
{
	int64_t amount;
	(void)state;
	assert_int_equal(stripe_amount_out(0, "EUR", &amount, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(stripe_amount_out(-1, "EUR", &amount, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(stripe_amount_out(SC_AMOUNT_MAX + 1, "EUR", &amount, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(stripe_amount_out(1, "EUX", &amount, NULL), SC_BAD_CURRENCY);
	assert_int_equal(stripe_amount_out(1, "eur", &amount, NULL), SC_BAD_CURRENCY);
	assert_false(stripe_amount_in(-1, "eur", &amount));
	assert_false(stripe_amount_in(SC_AMOUNT_MAX + 1, "eur", &amount));
	assert_false(stripe_amount_in(1, "", &amount));
	assert_false(stripe_amount_in(1, "euro", &amount));
	assert_true(stripe_amount_in(1, "eur", &amount));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(most_currencies_are_counted_alike),
		cmocka_unit_test(currencies_without_decimals_are_counted_as_they_are),
		cmocka_unit_test(the_ariary_loses_the_decimals_that_stripe_does_not_have),
		cmocka_unit_test(the_krona_is_written_with_two_decimals),
		cmocka_unit_test(three_decimals_end_in_a_zero),
		cmocka_unit_test(what_stripe_does_not_say_clearly_is_not_charged),
		cmocka_unit_test(amounts_that_are_none_are_refused),
	};
	return cmocka_run_group_tests_name("amounts in Stripe's units", tests, NULL, NULL);
}
