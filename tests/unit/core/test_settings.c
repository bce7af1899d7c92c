/* A shop's options: each number at its limits and one past them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/settings.h"

#include <shopcore/limits.h>

#include <string.h>

static sc_status read(const sc_shop_options *options, const char *field)
{
	sc_error err = SC_ERROR_INIT;
	sc__settings settings;
	const sc_status status = sc__settings_read(options, &settings, &err);
	if (status != SC_OK)
		assert_string_equal(err.field, field);
	return status;
}

static void the_defaults_are_those_that_are_documented(void **state)
{
	(void)state;
	const sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc__settings settings;
	assert_int_equal(sc__settings_read(&options, &settings, NULL), SC_OK);
	assert_int_equal(settings.hold_ttl_ms, 10 * 60 * 1000);
	assert_int_equal(settings.cart_lifetime_ms, 30LL * 24 * 3600 * 1000);
	assert_int_equal(settings.quote_ttl_ms, 15 * 60 * 1000);
	assert_int_equal(settings.key_lifetime_ms, 7LL * 24 * 3600 * 1000);
	assert_int_equal(settings.payment_attempts_max, 5);
	assert_string_equal(settings.currency, "USD");
	assert_int_equal(settings.lapsed_policy, SC_LAPSED_HOLD_AGAIN);
}

static void intervals_are_at_least_a_millisecond(void **state)
{
	(void)state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.hold_ttl_ms = 1;
	assert_int_equal(read(&options, NULL), SC_OK);
	options.hold_ttl_ms = 0;
	assert_int_equal(read(&options, "hold_ttl_ms"), SC_BAD_ARGUMENT);
	options.hold_ttl_ms = INT64_MAX;
	assert_int_equal(read(&options, "hold_ttl_ms"), SC_BAD_ARGUMENT);
}

static void attempts_rates_and_policies_have_limits(void **state)
{
	(void)state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.payment_attempts_max = SC_PAYMENT_ATTEMPTS_MAX;
	options.tax_rate_ppm = 10000000;
	options.shipping_flat_minor = SC_AMOUNT_MAX;
	assert_int_equal(read(&options, NULL), SC_OK);
	options.payment_attempts_max++;
	assert_int_equal(read(&options, "payment_attempts_max"), SC_BAD_ARGUMENT);
	options.payment_attempts_max = 0;
	assert_int_equal(read(&options, "payment_attempts_max"), SC_BAD_ARGUMENT);
	options.payment_attempts_max = 1;
	options.tax_rate_ppm++;
	assert_int_equal(read(&options, "tax_rate_ppm"), SC_BAD_ARGUMENT);
	options.tax_rate_ppm = -1;
	assert_int_equal(read(&options, "tax_rate_ppm"), SC_BAD_ARGUMENT);
	options.tax_rate_ppm = 0;
	options.shipping_flat_minor++;
	assert_int_equal(read(&options, "shipping_flat_minor"), SC_BAD_ARGUMENT);
	options.shipping_flat_minor = 0;
	options.lapsed_policy = 0;
	assert_int_equal(read(&options, "lapsed_policy"), SC_BAD_ARGUMENT);
}

static void a_currency_is_one_of_iso_4217(void **state)
{
	(void)state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	const char *const bad[] = { "", "usd", "US", "XQZ" };
	for (size_t i = 0; i < 4; i++) {
		memset(options.currency, 0, sizeof(options.currency));
		memcpy(options.currency, bad[i], strlen(bad[i]));
		assert_int_equal(read(&options, "currency"), SC_BAD_CURRENCY);
	}
	memset(options.currency, 'U', sizeof(options.currency));
	assert_int_equal(read(&options, "currency"), SC_BAD_CURRENCY);
}

static void quote_keys_have_ids_of_their_own(void **state)
{
	(void)state;
	sc_quote_key keys[SC_QUOTE_KEYS_MAX + 1] = { 0 };
	for (uint32_t i = 0; i <= SC_QUOTE_KEYS_MAX; i++)
		keys[i].id = i + 1;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.quote_keys = keys;
	options.quote_key_count = SC_QUOTE_KEYS_MAX;
	assert_int_equal(read(&options, NULL), SC_OK);
	options.quote_key_count++;
	assert_int_equal(read(&options, "quote_key_count"), SC_BAD_ARGUMENT);
	options.quote_key_count = 2;
	keys[1].id = 1;
	assert_int_equal(read(&options, "quote_keys"), SC_BAD_ARGUMENT);
	keys[1].id = 0;
	assert_int_equal(read(&options, "quote_keys"), SC_BAD_ARGUMENT);
	options.quote_keys = NULL;
	assert_int_equal(read(&options, "quote_keys"), SC_BAD_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_those_that_are_documented),
		cmocka_unit_test(intervals_are_at_least_a_millisecond),
		cmocka_unit_test(attempts_rates_and_policies_have_limits),
		cmocka_unit_test(a_currency_is_one_of_iso_4217),
		cmocka_unit_test(quote_keys_have_ids_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
