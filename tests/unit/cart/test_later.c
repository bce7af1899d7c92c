/* Saving for later, notes, limits of the shop's own, rules of a merge, abandoned carts. */
#include "../shop/world.h"

#include <string.h>

static const sc_call ada = CUSTOMER("ada"), guest = GUEST("t-1");

static void fill_shop(world *w)
{
	world_add_sku(w, "mug", 500, "USD");
	world_add_sku(w, "cup", 300, "USD");
	world_add_sku(w, "tee", 1200, "EUR");
}

static int set_up(void **state)
{
	world_open(state);
	fill_shop(*state);
	return 0;
}

static int with_limits(void **state)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.cart_line_units_max = 5;
	options.cart_units_max = 8;
	options.cart_lines_max = 2;
	*state = world_new(&options);
	fill_shop(*state);
	world_add_sku(*state, "pot", 900, "USD");
	return 0;
}

static sc_status try_add(world *w, const sc_call *call, const char *sku, int64_t quantity, sc_cart *out)
{
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	return sc_cart_add(w->shop, call, NULL, &item, 1, &w->arena, out, &w->err);
}

static sc_cart add(world *w, const sc_call *call, const char *sku, int64_t quantity)
{
	sc_cart cart;
	assert_status(w, try_add(w, call, sku, quantity, &cart), SC_OK);
	return cart;
}

static sc_cart get(world *w, const sc_call *call)
{
	sc_cart cart;
	assert_status(w, sc_cart_get(w->shop, call, NULL, &w->arena, &cart, &w->err), SC_OK);
	return cart;
}

static sc_status save(world *w, sc_id line, bool later, sc_cart *out)
{
	return sc_cart_save(w->shop, &ada, NULL, &line, 1, later, &w->arena, out, &w->err);
}

/* ---- save for later ---- */

static void what_is_saved_for_later_is_not_bought(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 2);
	sc_cart cart = add(w, &ada, "cup", 3);
	const sc_id mugs = cart.lines[0].id;
	assert_status(w, save(w, mugs, true, &cart), SC_OK);
	cart = get(w, &ada);
	assert_int_equal(cart.line_count, 1);
	assert_string_equal(cart.lines[0].sku, "cup");
	assert_int_equal(cart.saved_count, 1);
	assert_string_equal(cart.saved[0].sku, "mug");
	assert_int_equal(cart.saved[0].quantity, 2);
	assert_true(sc_id_equal(cart.saved[0].id, mugs));
}

static void what_comes_back_is_the_line_it_was(void **state)
{
	world *w = *state;
	sc_cart cart = add(w, &ada, "mug", 2);
	const sc_id mugs = cart.lines[0].id;
	assert_status(w, save(w, mugs, true, &cart), SC_OK);
	assert_status(w, save(w, mugs, true, &cart), SC_OK);
	assert_status(w, save(w, mugs, false, &cart), SC_OK);
	assert_status(w, save(w, mugs, false, &cart), SC_OK);
	assert_int_equal(cart.saved_count, 0);
	assert_int_equal(cart.lines[0].quantity, 2);
	assert_true(sc_id_equal(cart.lines[0].id, mugs));
}

static void what_comes_back_joins_the_line_that_is_there(void **state)
{
	world *w = *state;
	sc_cart cart = add(w, &ada, "mug", 2);
	const sc_id mugs = cart.lines[0].id;
	assert_status(w, save(w, mugs, true, &cart), SC_OK);
	add(w, &ada, "mug", 1);
	assert_status(w, save(w, mugs, false, &cart), SC_OK);
	assert_int_equal(cart.line_count, 1);
	assert_int_equal(cart.lines[0].quantity, 3);
}

static void a_saved_line_can_be_removed(void **state)
{
	world *w = *state;
	sc_cart cart = add(w, &ada, "mug", 2);
	const sc_id mugs = cart.lines[0].id;
	assert_status(w, save(w, mugs, true, &cart), SC_OK);
	assert_status(w, sc_cart_remove(w->shop, &ada, NULL, &mugs, 1, &w->arena, &cart, &w->err), SC_OK);
	assert_int_equal(cart.saved_count, 0);
	assert_status(w, save(w, mugs, true, &cart), SC_NOT_FOUND);
	assert_int_equal(w->err.index, 0);
}

static void saved_lines_keep_the_currency(void **state)
{
	world *w = *state;
	sc_cart cart = add(w, &ada, "mug", 1);
	assert_status(w, save(w, cart.lines[0].id, true, &cart), SC_OK);
	assert_status(w, try_add(w, &ada, "tee", 1, &cart), SC_CURRENCY_MISMATCH);
}

/* ---- note ---- */

static void a_note_stays_until_it_is_taken_away(void **state)
{
	world *w = *state;
	sc_cart cart;
	add(w, &ada, "mug", 1);
	assert_status(w, sc_cart_set_note(w->shop, &ada, NULL, "Ring twice.\nThank you", &w->arena, &cart, &w->err),
	              SC_OK);
	add(w, &ada, "cup", 1);
	assert_string_equal(get(w, &ada).note, "Ring twice.\nThank you");
	assert_status(w, sc_cart_set_note(w->shop, &ada, NULL, NULL, &w->arena, &cart, &w->err), SC_OK);
	assert_string_equal(get(w, &ada).note, "");
}

static void a_note_has_its_limit(void **state)
{
	world *w = *state;
	static char note[SC_NOTE_MAX + 2];
	sc_cart cart;
	memset(note, 'x', SC_NOTE_MAX + 1);
	assert_status(w, sc_cart_set_note(w->shop, &ada, NULL, note, &w->arena, &cart, &w->err), SC_OVER_LIMIT);
	note[SC_NOTE_MAX] = '\0';
	assert_status(w, sc_cart_set_note(w->shop, &ada, NULL, note, &w->arena, &cart, &w->err), SC_OK);
	assert_status(w, sc_cart_set_note(w->shop, &ada, NULL, "\xff", &w->arena, &cart, &w->err), SC_BAD_TEXT);
}

/* ---- limits ---- */

static void a_line_grows_to_its_limit_and_not_past_it(void **state)
{
	world *w = *state;
	sc_cart cart;
	add(w, &ada, "mug", 5);
	assert_status(w, try_add(w, &ada, "mug", 1, &cart), SC_LIMIT_REACHED);
	assert_int_equal(w->err.index, 0);
	assert_int_equal(w->err.available, 5);
	assert_status(w, try_add(w, &guest, "mug", 6, &cart), SC_LIMIT_REACHED);
}

static void a_cart_grows_to_its_limits_and_not_past_them(void **state)
{
	world *w = *state;
	sc_cart cart;
	add(w, &ada, "mug", 4);
	cart = add(w, &ada, "cup", 4);
	assert_status(w, try_add(w, &ada, "cup", 1, &cart), SC_LIMIT_REACHED);
	const sc_cart_quantity more = { get(w, &ada).lines[1].id, 5 }, less = { more.line, 1 };
	assert_status(w, sc_cart_set(w->shop, &ada, NULL, &more, 1, &w->arena, &cart, &w->err), SC_LIMIT_REACHED);
	assert_status(w, sc_cart_set(w->shop, &ada, NULL, &less, 1, &w->arena, &cart, &w->err), SC_OK);
	assert_status(w, try_add(w, &ada, "pot", 1, &cart), SC_LIMIT_REACHED);
	assert_int_equal(get(w, &ada).line_count, 2);
}

static void a_merge_leaves_what_passes_the_shops_limits(void **state)
{
	world *w = *state;
	sc_cart_merge_report report;
	add(w, &ada, "mug", 3);
	add(w, &guest, "mug", 4);
	add(w, &guest, "cup", 4);
	assert_status(w, sc_cart_merge(w->shop, &ada, NULL, "t-1", &w->arena, &report, &w->err), SC_OK);
	assert_int_equal(report.cart.lines[0].quantity, 5);
	assert_int_equal(report.cart.lines[1].quantity, 3);
	assert_int_equal(report.leftover_count, 2);
	assert_int_equal(get(w, &guest).lines[0].quantity, 2);
	assert_int_equal(get(w, &guest).lines[1].quantity, 1);
}

/* ---- merge rules ---- */

static sc_cart merge_by(world *w, sc_merge_rule rule, int64_t users, int64_t guests)
{
	sc_cart_merge_report report;
	add(w, &ada, "mug", users);
	add(w, &guest, "mug", guests);
	add(w, &guest, "cup", 1);
	assert_status(w, sc_cart_merge_by(w->shop, &ada, NULL, "t-1", rule, &w->arena, &report, &w->err), SC_OK);
	assert_int_equal(report.leftover_count, 0);
	assert_int_equal(get(w, &guest).version, 0);
	assert_int_equal(report.cart.line_count, 2);
	return report.cart;
}

static void the_larger_quantity_can_stay(void **state)
{
	assert_int_equal(merge_by(*state, SC_MERGE_LARGER, 2, 3).lines[0].quantity, 3);
	assert_int_equal(merge_by(*state, SC_MERGE_LARGER, 2, 3).lines[0].quantity, 5);
}

static void the_users_quantity_can_stay(void **state)
{
	assert_int_equal(merge_by(*state, SC_MERGE_KEEP_USER, 2, 3).lines[0].quantity, 2);
}

static void the_guests_quantity_can_stay(void **state)
{
	assert_int_equal(merge_by(*state, SC_MERGE_KEEP_GUEST, 7, 3).lines[0].quantity, 3);
}

static void a_merge_by_no_rule_is_refused(void **state)
{
	world *w = *state;
	sc_cart_merge_report report;
	assert_status(w, sc_cart_merge_by(w->shop, &ada, NULL, "t-1", (sc_merge_rule)4, &w->arena, &report, &w->err),
	              SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "rule");
}

static void saved_lines_and_the_note_come_along(void **state)
{
	world *w = *state;
	sc_cart cart = add(w, &guest, "mug", 1);
	sc_cart_merge_report report;
	assert_status(w, sc_cart_save(w->shop, &guest, NULL, &cart.lines[0].id, 1, true, &w->arena, &cart, &w->err),
	              SC_OK);
	assert_status(w, sc_cart_set_note(w->shop, &guest, NULL, "hello", &w->arena, &cart, &w->err), SC_OK);
	assert_status(w, sc_cart_merge(w->shop, &ada, NULL, "t-1", &w->arena, &report, &w->err), SC_OK);
	assert_int_equal(report.cart.saved_count, 1);
	assert_string_equal(report.cart.note, "hello");
	assert_string_equal(report.cart.currency, "USD");
	assert_int_equal(get(w, &guest).version, 0);
}

/* ---- abandoned carts ---- */

static void carts_that_nobody_touched_are_listed(void **state)
{
	world *w = *state;
	const sc_call bob = CUSTOMER("bob"), eve = CUSTOMER("eve");
	sc_cart_page page;
	add(w, &ada, "mug", 1);
	sc_cart cart = add(w, &eve, "mug", 1);
	assert_status(w, sc_cart_remove(w->shop, &eve, NULL, &cart.lines[0].id, 1, &w->arena, &cart, &w->err), SC_OK);
	sc_testkit_env_advance_ms(w->env, 3600000);
	add(w, &bob, "mug", 1);
	assert_status(w,
	              sc_cart_list_abandoned(w->shop, SC_CALL_SYSTEM, 1800000, 10, (sc_bytes){ NULL, 0 }, &w->arena,
	                                     &page, &w->err),
	              SC_OK);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.carts[0].owner, "u:ada");
	assert_int_equal(page.next.size, 0);
}

static void abandoned_carts_come_in_pages(void **state)
{
	world *w = *state;
	const char *const users[] = { "u0", "u1", "u2", "u3", "u4" };
	sc_bytes cursor = { NULL, 0 };
	size_t count = 0, pages = 0;
	for (size_t i = 0; i < 5; i++) {
		const sc_call call = CUSTOMER(users[i]);
		add(w, &call, "mug", 1);
	}
	do {
		sc_cart_page page;
		assert_status(w,
		              sc_cart_list_abandoned(w->shop, SC_CALL_SYSTEM, 0, 2, cursor, &w->arena, &page, &w->err),
		              SC_OK);
		count += page.count;
		cursor = page.next;
		pages++;
	} while (cursor.size > 0 && pages < 9);
	assert_int_equal(count, 5);
	assert_int_equal(pages, 3);
}

static void nobody_else_lists_carts(void **state)
{
	world *w = *state;
	sc_cart_page page;
	assert_status(w, sc_cart_list_abandoned(w->shop, &ada, 0, 2, (sc_bytes){ NULL, 0 }, &w->arena, &page, &w->err),
	              SC_NOT_ALLOWED);
	assert_status(w,
	              sc_cart_list_abandoned(w->shop, SC_CALL_SYSTEM, -1, 2, (sc_bytes){ NULL, 0 }, &w->arena, &page,
	                                     &w->err),
	              SC_OUT_OF_RANGE);
	assert_status(w,
	              sc_cart_list_abandoned(w->shop, SC_CALL_SYSTEM, 0, SC_PAGE_MAX + 1, (sc_bytes){ NULL, 0 },
	                                     &w->arena, &page, &w->err),
	              SC_OUT_OF_RANGE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, world_close)
#define L(name) cmocka_unit_test_setup_teardown(name, with_limits, world_close)
	const struct CMUnitTest tests[] = {
		T(what_is_saved_for_later_is_not_bought),
		T(what_comes_back_is_the_line_it_was),
		T(what_comes_back_joins_the_line_that_is_there),
		T(a_saved_line_can_be_removed),
		T(saved_lines_keep_the_currency),
		T(a_note_stays_until_it_is_taken_away),
		T(a_note_has_its_limit),
		L(a_line_grows_to_its_limit_and_not_past_it),
		L(a_cart_grows_to_its_limits_and_not_past_them),
		L(a_merge_leaves_what_passes_the_shops_limits),
		T(the_larger_quantity_can_stay),
		T(the_users_quantity_can_stay),
		T(the_guests_quantity_can_stay),
		T(a_merge_by_no_rule_is_refused),
		T(saved_lines_and_the_note_come_along),
		T(carts_that_nobody_touched_are_listed),
		T(abandoned_carts_come_in_pages),
		T(nobody_else_lists_carts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
