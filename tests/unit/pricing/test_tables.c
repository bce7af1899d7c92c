/* Price lists, tax tables, shipping rates, display. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shopcore/price_tables.h>

#include <string.h>

#define ENTRY(...)                                                           \
	{                                                                    \
		.list = "base", .sku = "mug", .currency = "EUR", __VA_ARGS__ \
	}

static sc_price_query query_of(int64_t quantity)
{
	return (sc_price_query){ .sku = "mug", .currency = "EUR", .quantity = quantity, .time_ms = 1000 };
}

static sc_status choose(const sc_price_entry *entries, size_t count, const sc_price_query *query, sc_price_choice *out,
                        sc_price_verdict *verdicts)
{
	sc_arena arena;

	sc_arena_init(&arena, sc_env_default());
	const sc_status status = sc_price_choose(entries, count, query, &arena, out, NULL);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		verdicts[i] = out->verdicts[i];
	sc_arena_clear(&arena);
	return status;
}

static void the_lowest_of_two_equal_prices_is_chosen(void **state)
{
	const sc_price_entry entries[] = { ENTRY(.amount = 1000), ENTRY(.amount = 900) };
	const sc_price_query query = query_of(1);
	sc_price_verdict verdicts[2];
	sc_price_choice choice;

	(void)state;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 900);
	assert_int_equal(verdicts[0], SC_PRICE_DEARER);
	assert_int_equal(verdicts[1], SC_PRICE_CHOSEN);
}

static void the_price_for_the_buyers_group_wins_though_it_is_dearer(void **state)
{
	const sc_price_entry entries[] = { ENTRY(.amount = 900), ENTRY(.amount = 950, .customer_group = "vip"),
		                           ENTRY(.amount = 100, .customer_group = "staff") };
	sc_price_query query = query_of(1);
	sc_price_verdict verdicts[3];
	sc_price_choice choice;

	(void)state;
	query.customer_group = "vip";
	assert_int_equal(choose(entries, 3, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 950);
	assert_int_equal(verdicts[0], SC_PRICE_LESS_SPECIFIC);
	assert_int_equal(verdicts[2], SC_PRICE_OTHER_GROUP);
}

static void the_highest_tier_that_is_reached_counts(void **state)
{
	const sc_price_entry entries[] = { ENTRY(.amount = 1000), ENTRY(.amount = 900, .min_quantity = 10),
		                           ENTRY(.amount = 800, .min_quantity = 100) };
	sc_price_query query = query_of(99);
	sc_price_verdict verdicts[3];
	sc_price_choice choice;

	(void)state;
	assert_int_equal(choose(entries, 3, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 900);
	assert_int_equal(verdicts[0], SC_PRICE_LOWER_TIER);
	assert_int_equal(verdicts[2], SC_PRICE_TOO_FEW);
	query.quantity = 100;
	assert_int_equal(choose(entries, 3, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 800);
}

static void a_sale_counts_in_its_period_only(void **state)
{
	const sc_price_entry entries[] = { ENTRY(.amount = 1000, .compare_at = 1000),
		                           ENTRY(.amount = 700, .priority = 1, .sale = true, .compare_at = 1000,
		                                 .from_ms = 1000, .until_ms = 2000) };
	sc_price_query query = query_of(1);
	sc_price_verdict verdicts[2];
	sc_price_choice choice;

	(void)state;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 700);
	assert_int_equal(choice.compare_at, 1000);
	assert_true(choice.on_sale);
	assert_int_equal(verdicts[0], SC_PRICE_LOWER_PRIORITY);
	query.time_ms = 999;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_OK);
	assert_int_equal(verdicts[1], SC_PRICE_NOT_YET);
	assert_int_equal(choice.compare_at, 0);
	query.time_ms = 2000;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_OK);
	assert_int_equal(verdicts[1], SC_PRICE_OVER);
}

static void an_override_takes_the_place_of_the_list_and_keeps_its_reason(void **state)
{
	const sc_price_entry entries[] = { ENTRY(.amount = 1000) };
	sc_price_query query = query_of(1);
	sc_price_verdict verdicts[1];
	sc_price_choice choice;

	(void)state;
	query.override_amount = 850;
	query.override_reason = "damaged box";
	assert_int_equal(choose(entries, 1, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.unit_price, 850);
	assert_int_equal(choice.entry, -1);
	assert_string_equal(choice.reason, "damaged box");
	assert_int_equal(verdicts[0], SC_PRICE_OVERRIDDEN);
	query.override_amount = -1;
	assert_int_equal(choose(entries, 1, &query, &choice, verdicts), SC_BAD_ARGUMENT);
}

static void a_price_in_another_currency_or_channel_is_none(void **state)
{
	const sc_price_entry entries[] = { { .sku = "mug", .currency = "USD", .amount = 1 },
		                           ENTRY(.amount = 5, .channel = "web") };
	sc_price_query query = query_of(1);
	sc_price_verdict verdicts[2];
	sc_price_choice choice;

	(void)state;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_NOT_FOUND);
	query.channel = "web";
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_OK);
	assert_int_equal(choice.entry, 1);
	query.sku = NULL;
	assert_int_equal(choose(entries, 2, &query, &choice, verdicts), SC_BAD_ARGUMENT);
}

static const sc_tax_rule taxes[] = {
	{ .country = "DE", .rate = 19 * SC_RATE_PERCENT },
	{ .country = "DE", .tax_class = "book", .rate = 7 * SC_RATE_PERCENT },
	{ .country = "CA", .rate = 5 * SC_RATE_PERCENT },
	{ .country = "CA", .region = "QC", .level = 1, .rate = 9975000 },
	{ .country = "US", .region = "NY", .rate = 4 * SC_RATE_PERCENT },
	{ .country = "US", .region = "NY", .postal_prefix = "100", .rate = 8875000 },
};

static sc_tax_choice tax_of(const sc_tax_query *query, int64_t *rates)
{
	sc_tax_choice choice = { .count = 99 };
	sc_arena arena;

	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_tax_choose(taxes, sizeof(taxes) / sizeof(taxes[0]), query, &arena, &choice, NULL), SC_OK);
	for (size_t i = 0; i < choice.count; i++)
		rates[i] = choice.rates[i];
	sc_arena_clear(&arena);
	return choice;
}

static void a_class_has_its_own_rate(void **state)
{
	int64_t rates[SC_PRICE_RATES_MAX];
	sc_tax_query query = { .country = "DE", .tax_class = "book" };

	(void)state;
	assert_int_equal(tax_of(&query, rates).count, 1);
	assert_int_equal(rates[0], 7 * SC_RATE_PERCENT);
	query.tax_class = "mug";
	assert_int_equal(tax_of(&query, rates).count, 1);
	assert_int_equal(rates[0], 19 * SC_RATE_PERCENT);
}

static void taxes_of_different_levels_add_up(void **state)
{
	int64_t rates[SC_PRICE_RATES_MAX];
	const sc_tax_query query = { .country = "CA", .region = "QC" };

	(void)state;
	assert_int_equal(tax_of(&query, rates).count, 2);
	assert_int_equal(rates[0], 5 * SC_RATE_PERCENT);
	assert_int_equal(rates[1], 9975000);
}

static void a_postal_code_is_more_precise_than_its_state(void **state)
{
	int64_t rates[SC_PRICE_RATES_MAX];
	sc_tax_query query = { .country = "US", .region = "NY", .postal = "10013" };

	(void)state;
	assert_int_equal(tax_of(&query, rates).count, 1);
	assert_int_equal(rates[0], 8875000);
	query.postal = "12207";
	assert_int_equal(tax_of(&query, rates).count, 1);
	assert_int_equal(rates[0], 4 * SC_RATE_PERCENT);
}

static void a_business_abroad_is_charged_in_reverse_and_one_at_home_is_not(void **state)
{
	int64_t rates[SC_PRICE_RATES_MAX];
	sc_tax_query query = { .country = "DE", .home_country = "AT", .business = true };

	(void)state;
	assert_true(tax_of(&query, rates).exempt);
	query.home_country = "DE";
	assert_false(tax_of(&query, rates).exempt);
	query.exempt = true;
	assert_true(tax_of(&query, rates).exempt);
}

static void a_place_without_rules_has_no_tax(void **state)
{
	int64_t rates[SC_PRICE_RATES_MAX];
	const sc_tax_query query = { .country = "JP" };

	(void)state;
	assert_int_equal(tax_of(&query, rates).count, 0);
}

static void too_many_tax_levels_are_refused(void **state)
{
	sc_tax_rule rules[SC_PRICE_RATES_MAX + 1];
	const sc_tax_query query = { .country = "DE" };
	sc_tax_choice choice;
	sc_arena arena;

	(void)state;
	memset(rules, 0, sizeof(rules));
	for (uint32_t i = 0; i <= SC_PRICE_RATES_MAX; i++)
		rules[i].level = i;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_tax_choose(rules, SC_PRICE_RATES_MAX, &query, &arena, &choice, NULL), SC_OK);
	assert_int_equal(sc_tax_choose(rules, SC_PRICE_RATES_MAX + 1, &query, &arena, &choice, NULL), SC_OVER_LIMIT);
	sc_arena_clear(&arena);
}

static const sc_shipping_bracket weights[] = { { 1000, 490 }, { 5000, 990 } };
static const sc_shipping_rate rates[] = {
	{ .code = "flat", .country = "DE", .amount = 700 },
	{ .code = "parcel",
	  .kind = SC_SHIPPING_BY_WEIGHT,
	  .country = "DE",
	  .brackets = weights,
	  .bracket_count = 2,
	  .free_from = 10000 },
	{ .code = "items", .kind = SC_SHIPPING_BY_ITEM, .amount = 300, .additional = 100, .max_units = 3 },
	{ .code = "island", .country = "DE", .region = "HE", .amount = 2000 },
};

static size_t offers_of(const sc_shipping_query *query, const char **codes, int64_t *amounts)
{
	const sc_shipping_offer *offers;
	size_t count = 0;
	sc_arena arena;

	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_shipping_offers(rates, 4, query, &arena, &offers, &count, NULL), SC_OK);
	for (size_t i = 0; i < count; i++) {
		codes[i] = offers[i].code;
		amounts[i] = offers[i].amount;
	}
	sc_arena_clear(&arena);
	return count;
}

static void offers_come_cheapest_first(void **state)
{
	const sc_shipping_query query = { .country = "DE", .subtotal = 2000, .weight_g = 1001, .units = 2 };
	const char *codes[4];
	int64_t amounts[4];

	(void)state;
	assert_int_equal(offers_of(&query, codes, amounts), 3);
	assert_string_equal(codes[0], "items");
	assert_int_equal(amounts[0], 400);
	assert_string_equal(codes[1], "flat");
	assert_int_equal(amounts[2], 990);
}

static void a_bracket_reaches_up_to_its_limit(void **state)
{
	sc_shipping_query query = { .country = "DE", .weight_g = 1000 };
	const char *codes[4];
	int64_t amounts[4];

	(void)state;
	assert_int_equal(offers_of(&query, codes, amounts), 3);
	assert_int_equal(amounts[1], 490);
	query.weight_g = 5001;
	assert_int_equal(offers_of(&query, codes, amounts), 2);
}

static void shipping_is_free_from_a_subtotal_on(void **state)
{
	const sc_shipping_query query = { .country = "DE", .subtotal = 10000, .weight_g = 1, .units = 1 };
	const char *codes[4];
	int64_t amounts[4];

	(void)state;
	offers_of(&query, codes, amounts);
	assert_string_equal(codes[0], "parcel");
	assert_int_equal(amounts[0], 0);
}

static void units_beyond_the_maximum_ship_for_nothing(void **state)
{
	const sc_shipping_query query = { .country = "FR", .units = 50 };
	const char *codes[4];
	int64_t amounts[4];

	(void)state;
	assert_int_equal(offers_of(&query, codes, amounts), 1);
	assert_int_equal(amounts[0], 500);
}

static void a_region_has_its_own_rate(void **state)
{
	const sc_shipping_query query = { .country = "DE", .region = "HE", .weight_g = 1, .units = 1 };
	const char *codes[4];
	int64_t amounts[4];

	(void)state;
	assert_int_equal(offers_of(&query, codes, amounts), 4);
	assert_int_equal(amounts[3], 2000);
}

static void a_shipment_of_a_negative_weight_is_refused(void **state)
{
	const sc_shipping_query query = { .weight_g = -1 };
	const sc_shipping_offer *offers;
	sc_arena arena;
	size_t count;

	(void)state;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_shipping_offers(rates, 4, &query, &arena, &offers, &count, NULL), SC_BAD_ARGUMENT);
	sc_arena_clear(&arena);
}

static void conversion_minds_the_digits_of_both_currencies(void **state)
{
	const struct {
		sc_exchange_rate rate;
		int64_t amount, converted;
	} cases[] = {
		{ { "EUR", "USD", 108, 100, 7 }, 1000, 1080 },
		{ { "USD", "JPY", 150, 1, 7 }, 1999, 2999 }, /* 19.99 x 150 = 2998.5 */
		{ { "JPY", "USD", 1, 150, 7 }, 100, 67 },    /* 0.6667 */
		{ { "EUR", "BHD", 41, 100, 7 }, 1000, 4100 },
		{ { "EUR", "USD", 108, 100, 7 }, -1000, -1080 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_converted out;

		assert_int_equal(sc_price_convert(&cases[i].rate, cases[i].amount, SC_PRICE_HALF_AWAY, &out, NULL),
		                 SC_OK);
		assert_int_equal(out.amount, cases[i].converted);
		assert_int_equal(out.rate.time_ms, 7);
	}
}

static void conversion_refuses_what_it_cannot_do(void **state)
{
	sc_exchange_rate rate = { "EUR", "XXY", 1, 1, 0 };
	sc_converted out;

	(void)state;
	assert_int_equal(sc_price_convert(&rate, 1, SC_PRICE_HALF_UP, &out, NULL), SC_BAD_CURRENCY);
	memcpy(rate.to, "USD", 4);
	rate.numerator = 0;
	assert_int_equal(sc_price_convert(&rate, 1, SC_PRICE_HALF_UP, &out, NULL), SC_BAD_ARGUMENT);
	rate.numerator = 1000000;
	assert_int_equal(sc_price_convert(&rate, SC_AMOUNT_MAX, SC_PRICE_HALF_UP, &out, NULL), SC_OUT_OF_RANGE);
	assert_int_equal(sc_price_convert(&rate, INT64_MIN, SC_PRICE_HALF_UP, &out, NULL), SC_OUT_OF_RANGE);
}

static void cash_is_rounded_to_the_smallest_coin(void **state)
{
	int64_t out;

	(void)state;
	assert_int_equal(sc_price_round_cash(1998, 5, SC_PRICE_HALF_UP, &out, NULL), SC_OK);
	assert_int_equal(out, 2000);
	assert_int_equal(sc_price_round_cash(1997, 5, SC_PRICE_HALF_UP, &out, NULL), SC_OK);
	assert_int_equal(out, 1995);
	assert_int_equal(sc_price_round_cash(-1998, 5, SC_PRICE_DOWN, &out, NULL), SC_OK);
	assert_int_equal(out, -1995);
	assert_int_equal(sc_price_round_cash(1, 0, SC_PRICE_DOWN, &out, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_round_cash(INT64_MIN, 5, SC_PRICE_DOWN, &out, NULL), SC_OUT_OF_RANGE);
}

static void a_price_moves_to_the_nearest_good_ending(void **state)
{
	const struct {
		int64_t amount, step, ending, charmed;
	} cases[] = { { 1020, 100, 99, 999 },    { 1060, 100, 99, 1099 }, { 999, 100, 99, 999 },
		      { 1049, 100, 99, 999 },    { 1050, 100, 99, 1099 }, { 10, 100, 99, 99 },
		      { 1500, 1000, 990, 1990 }, { 1490, 1000, 990, 990 } };
	int64_t out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(sc_price_charm(cases[i].amount, cases[i].step, cases[i].ending, &out, NULL), SC_OK);
		assert_int_equal(out, cases[i].charmed);
	}
	assert_int_equal(sc_price_charm(1, 100, 100, &out, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_charm(-1, 100, 99, &out, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_charm(INT64_MAX, 100, 99, &out, NULL), SC_OUT_OF_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_of_two_equal_prices_is_chosen),
		cmocka_unit_test(the_price_for_the_buyers_group_wins_though_it_is_dearer),
		cmocka_unit_test(the_highest_tier_that_is_reached_counts),
		cmocka_unit_test(a_sale_counts_in_its_period_only),
		cmocka_unit_test(an_override_takes_the_place_of_the_list_and_keeps_its_reason),
		cmocka_unit_test(a_price_in_another_currency_or_channel_is_none),
		cmocka_unit_test(a_class_has_its_own_rate),
		cmocka_unit_test(taxes_of_different_levels_add_up),
		cmocka_unit_test(a_postal_code_is_more_precise_than_its_state),
		cmocka_unit_test(a_business_abroad_is_charged_in_reverse_and_one_at_home_is_not),
		cmocka_unit_test(a_place_without_rules_has_no_tax),
		cmocka_unit_test(too_many_tax_levels_are_refused),
		cmocka_unit_test(offers_come_cheapest_first),
		cmocka_unit_test(a_bracket_reaches_up_to_its_limit),
		cmocka_unit_test(shipping_is_free_from_a_subtotal_on),
		cmocka_unit_test(units_beyond_the_maximum_ship_for_nothing),
		cmocka_unit_test(a_region_has_its_own_rate),
		cmocka_unit_test(a_shipment_of_a_negative_weight_is_refused),
		cmocka_unit_test(conversion_minds_the_digits_of_both_currencies),
		cmocka_unit_test(conversion_refuses_what_it_cannot_do),
		cmocka_unit_test(cash_is_rounded_to_the_smallest_coin),
		cmocka_unit_test(a_price_moves_to_the_nearest_good_ending),
	};

	return cmocka_run_group_tests_name("price tables", tests, NULL, NULL);
}
