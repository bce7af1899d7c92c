/* Merging a guest's cart into a user's: no unit is lost, none is doubled. */
#include "../shop/world.h"

#include <stdio.h>
#include <string.h>

static const sc_call ada = CUSTOMER("ada"), guest = GUEST("t-1");

static int set_up(void **state)
{
	world_open(state);
	world_add_sku(*state, "mug", 500, "USD");
	world_add_sku(*state, "cup", 300, "USD");
	world_add_sku(*state, "tee", 1200, "EUR");
	return 0;
}

static void add(world *w, const sc_call *call, const char *sku, int64_t quantity)
{
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, call, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
}

static sc_cart get(world *w, const sc_call *call)
{
	sc_cart cart;
	assert_status(w, sc_cart_get(w->shop, call, NULL, &w->arena, &cart, &w->err), SC_OK);
	return cart;
}

static sc_cart_merge_report merge(world *w)
{
	sc_cart_merge_report report;
	assert_status(w, sc_cart_merge(w->shop, &ada, NULL, "t-1", &w->arena, &report, &w->err), SC_OK);
	return report;
}

static void quantities_add_up_and_the_guests_cart_is_gone(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 1);
	add(w, &guest, "mug", 2);
	add(w, &guest, "cup", 3);
	const sc_cart_merge_report report = merge(w);
	assert_int_equal(report.units_moved, 5);
	assert_int_equal(report.leftover_count, 0);
	assert_int_equal(report.cart.line_count, 2);
	assert_int_equal(report.cart.lines[0].quantity, 3);
	assert_int_equal(get(w, &ada).lines[1].quantity, 3);
	assert_int_equal(get(w, &guest).version, 0);
}

static void merging_again_moves_nothing(void **state)
{
	world *w = *state;
	add(w, &guest, "mug", 2);
	merge(w);
	assert_int_equal(merge(w).units_moved, 0);
	assert_int_equal(get(w, &ada).lines[0].quantity, 2);
}

static void of_two_prices_seen_the_lower_one_stays(void **state)
{
	world *w = *state;
	add(w, &guest, "mug", 1);
	world_set_price(w, "mug", 700);
	add(w, &ada, "mug", 1);
	assert_int_equal(merge(w).cart.lines[0].price_seen_minor, 500);
}

static void what_passes_a_limit_stays_with_the_guest_and_is_told(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", SC_QUANTITY_MAX - 1);
	add(w, &guest, "mug", 5);
	const sc_cart_merge_report report = merge(w);
	assert_int_equal(report.units_moved, 1);
	assert_int_equal(report.leftover_count, 1);
	assert_int_equal(report.leftovers[0].quantity, 4);
	assert_int_equal(report.leftovers[0].reason, SC_LIMIT_REACHED);
	assert_int_equal(get(w, &guest).lines[0].quantity, 4);
	assert_true(sc_id_equal(get(w, &guest).lines[0].id, report.leftovers[0].line));
}

static void another_currency_stays_with_the_guest_and_is_told(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 1);
	add(w, &guest, "tee", 2);
	const sc_cart_merge_report report = merge(w);
	assert_int_equal(report.units_moved, 0);
	assert_int_equal(report.leftovers[0].reason, SC_CURRENCY_MISMATCH);
	assert_int_equal(report.leftovers[0].quantity, 2);
	assert_int_equal(get(w, &guest).lines[0].quantity, 2);
	assert_string_equal(get(w, &ada).currency, "USD");
}

static void a_full_cart_takes_what_it_has_lines_for(void **state)
{
	world *w = *state;
	static sc_cart_item items[SC_CART_LINES_MAX - 1];
	static sc_line_option options[SC_CART_LINES_MAX - 1];
	static char texts[SC_CART_LINES_MAX - 1][8];
	for (size_t i = 0; i < SC_CART_LINES_MAX - 1; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%zu", i);
		options[i] = (sc_line_option){ "n", texts[i] };
		items[i] = (sc_cart_item){ "mug", 1, &options[i], 1, 0 };
	}
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, items, SC_CART_LINES_MAX - 1, &w->arena, &cart, &w->err),
	              SC_OK);
	add(w, &guest, "mug", 1);
	add(w, &guest, "cup", 2);
	const sc_cart_merge_report report = merge(w);
	assert_int_equal(report.units_moved, 1);
	assert_int_equal(report.leftover_count, 1);
	assert_string_equal(report.leftovers[0].sku, "cup");
	assert_int_equal(report.leftovers[0].quantity, 2);
}

static void only_a_user_can_take_over_a_guests_cart(void **state)
{
	world *w = *state;
	const sc_call bob = CUSTOMER("bob"), other = GUEST("t-2");
	const sc_cart_ref of_ada = { "u:ada", 0 };
	sc_cart_merge_report report;
	add(w, &guest, "mug", 1);
	assert_status(w, sc_cart_merge(w->shop, &bob, &of_ada, "t-1", &w->arena, &report, &w->err), SC_NOT_ALLOWED);
	assert_status(w, sc_cart_merge(w->shop, &other, NULL, "t-1", &w->arena, &report, &w->err), SC_BAD_ARGUMENT);
	assert_status(w, sc_cart_merge(w->shop, &ada, NULL, "", &w->arena, &report, &w->err), SC_BAD_ARGUMENT);
	assert_int_equal(get(w, &guest).lines[0].quantity, 1);
}

static void a_key_for_another_merge_is_refused(void **state)
{
	world *w = *state;
	sc_call call = ada;
	sc_cart_merge_report report;
	call.key = "login-1";
	assert_status(w, sc_cart_merge(w->shop, &call, NULL, "t-1", &w->arena, &report, &w->err), SC_OK);
	assert_status(w, sc_cart_merge(w->shop, &call, NULL, "t-2", &w->arena, &report, &w->err), SC_KEY_REUSED);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, world_close)
	const struct CMUnitTest tests[] = {
		T(quantities_add_up_and_the_guests_cart_is_gone),
		T(merging_again_moves_nothing),
		T(of_two_prices_seen_the_lower_one_stays),
		T(what_passes_a_limit_stays_with_the_guest_and_is_told),
		T(another_currency_stays_with_the_guest_and_is_told),
		T(a_full_cart_takes_what_it_has_lines_for),
		T(only_a_user_can_take_over_a_guests_cart),
		T(a_key_for_another_merge_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
