/* Hold on add: what is in a cart is held for it, and goes over to the order in one step. Where orders come from. */
#include "../shop/world.h"

#include <shopcore/testkit/fake_gateway.h>
#include <string.h>

static const sc_call ada = CUSTOMER("ada"), bob = CUSTOMER("bob");

typedef struct stage {
	world *w;
	sc_fake_gateway *gateway;
} stage;

static stage open_stage(int64_t hold_ms, const char *const *locations, uint32_t count, uint32_t split)
{
	stage s;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	assert_int_equal(sc_fake_gateway_open(sc_env_default(), NULL, &s.gateway, NULL), SC_OK);
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(s.gateway);
	options.hold_on_add_ms = hold_ms;
	options.locations = locations;
	options.location_count = count;
	options.split_lines = split;
	s.w = world_new(&options);
	world_add_sku(s.w, "mug", 500, "USD");
	world_add_sku(s.w, "cup", 300, "USD");
	return s;
}

static void close_stage(stage *s)
{
	assert_int_equal(world_verify(s->w, NULL), 0);
	world_free(s->w);
	sc_fake_gateway_free(s->gateway);
}

static sc_status add(world *w, const sc_call *call, const char *sku, int64_t quantity, sc_cart *out)
{
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	return sc_cart_add(w->shop, call, NULL, &item, 1, &w->arena, out, &w->err);
}

static void what_is_in_a_cart_nobody_else_gets(void **state)
{
	stage s = open_stage(60000, NULL, 0, 0);
	sc_cart cart;
	(void)state;
	world_receive(s.w, "mug", 5);
	assert_status(s.w, add(s.w, &ada, "mug", 3, &cart), SC_OK);
	assert_level(s.w, "mug", 5, 3, 0);
	assert_status(s.w, add(s.w, &bob, "mug", 3, &cart), SC_OUT_OF_STOCK);
	assert_int_equal(s.w->err.index, 0);
	assert_int_equal(s.w->err.available, 2);
	assert_status(s.w, add(s.w, &ada, "mug", 2, &cart), SC_OK);
	assert_level(s.w, "mug", 5, 5, 0);
	close_stage(&s);
}

static void a_placed_order_takes_the_carts_units_over(void **state)
{
	stage s = open_stage(60000, NULL, 0, 0);
	sc_placement placement;
	sc_cart cart;
	(void)state;
	world_receive(s.w, "mug", 4);
	assert_status(s.w, add(s.w, &ada, "mug", 2, &cart), SC_OK);
	assert_status(s.w, add(s.w, &bob, "mug", 1, &cart), SC_OK);
	assert_status(s.w, world_buy(s.w, "ada", "mug", 1, "tok_ok", &placement), SC_OK);
	assert_level(s.w, "mug", 4, 1, 3);
	close_stage(&s);
}

static void what_leaves_a_cart_is_free_again(void **state)
{
	stage s = open_stage(60000, NULL, 0, 0);
	sc_cart cart;
	(void)state;
	world_receive(s.w, "mug", 3);
	world_receive(s.w, "cup", 3);
	assert_status(s.w, add(s.w, &ada, "mug", 2, &cart), SC_OK);
	assert_status(s.w, add(s.w, &ada, "cup", 2, &cart), SC_OK);
	assert_status(s.w,
	              sc_cart_save(s.w->shop, &ada, NULL, &cart.lines[0].id, 1, true, &s.w->arena, &cart, &s.w->err),
	              SC_OK);
	assert_level(s.w, "mug", 3, 0, 0);
	assert_level(s.w, "cup", 3, 2, 0);
	assert_status(s.w, sc_cart_remove(s.w->shop, &ada, NULL, &cart.lines[0].id, 1, &s.w->arena, &cart, &s.w->err),
	              SC_OK);
	assert_level(s.w, "cup", 3, 0, 0);
	close_stage(&s);
}

static void a_carts_hold_lapses_and_the_lines_stay(void **state)
{
	stage s = open_stage(60000, NULL, 0, 0);
	sc_cart cart;
	(void)state;
	world_receive(s.w, "mug", 3);
	world_receive(s.w, "cup", 1);
	assert_status(s.w, add(s.w, &ada, "mug", 3, &cart), SC_OK);
	sc_testkit_env_advance_ms(s.w->env, 60001);
	assert_status(s.w, sc_inventory_expire(s.w->shop, SC_CALL_SYSTEM, 10, NULL, NULL, &s.w->err), SC_OK);
	assert_status(s.w, add(s.w, &bob, "mug", 2, &cart), SC_OK);
	assert_status(s.w, add(s.w, &ada, "cup", 1, &cart), SC_OUT_OF_STOCK);
	assert_int_equal(s.w->err.index, -1);
	assert_non_null(strstr(s.w->err.text, "mug"));
	assert_status(s.w, sc_cart_get(s.w->shop, &ada, NULL, &s.w->arena, &cart, &s.w->err), SC_OK);
	assert_int_equal(cart.lines[0].quantity, 3);
	const sc_cart_quantity fewer = { cart.lines[0].id, 1 };
	assert_status(s.w, sc_cart_set(s.w->shop, &ada, NULL, &fewer, 1, &s.w->arena, &cart, &s.w->err), SC_OK);
	assert_level(s.w, "mug", 3, 3, 0);
	close_stage(&s);
}

static void a_merge_gives_the_guests_hold_to_the_user(void **state)
{
	stage s = open_stage(60000, NULL, 0, 0);
	const sc_call guest = GUEST("t-1");
	sc_cart_merge_report report;
	sc_cart cart;
	(void)state;
	world_receive(s.w, "mug", 3);
	assert_status(s.w, add(s.w, &guest, "mug", 2, &cart), SC_OK);
	assert_status(s.w, add(s.w, &ada, "mug", 1, &cart), SC_OK);
	assert_status(s.w, sc_cart_merge(s.w->shop, &ada, NULL, "t-1", &s.w->arena, &report, &s.w->err), SC_OK);
	assert_int_equal(report.cart.lines[0].quantity, 3);
	assert_level(s.w, "mug", 3, 3, 0);
	close_stage(&s);
}

static void a_shop_without_the_policy_holds_nothing(void **state)
{
	stage s = open_stage(0, NULL, 0, 0);
	sc_cart cart;
	(void)state;
	assert_status(s.w, add(s.w, &ada, "mug", 3, &cart), SC_OK);
	close_stage(&s);
}

/* ---- where orders come from ---- */

static const char *const places[] = { "shop", "annex" };

static sc_level at(world *w, const char *location)
{
	const sc_stock_ref ref = { "mug", location };
	sc_level level;
	assert_status(w, sc_inventory_levels(w->shop, SC_CALL_SYSTEM, &ref, 1, &w->arena, &level, &w->err), SC_OK);
	return level;
}

static void receive(world *w, const char *location, int64_t quantity)
{
	const sc_stock_change change = { "mug", location, quantity };
	assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &change, 1, NULL, &w->err), SC_OK);
}

static void an_order_is_served_by_the_first_place_that_can(void **state)
{
	stage s = open_stage(0, places, 2, 0);
	sc_placement placement;
	(void)state;
	receive(s.w, "shop", 1);
	receive(s.w, "annex", 3);
	assert_status(s.w, world_buy(s.w, "ada", "mug", 2, "tok_ok", &placement), SC_OK);
	assert_int_equal(at(s.w, "annex").committed, 2);
	assert_status(s.w, world_buy(s.w, "bob", "mug", 2, "tok_ok", &placement), SC_OUT_OF_STOCK);
	assert_status(s.w, sc_order_ship(s.w->shop, SC_CALL_SYSTEM, placement.order_id, NULL, "T", &s.w->err), SC_OK);
	assert_int_equal(at(s.w, "annex").on_hand, 1);
	close_stage(&s);
}

static void an_order_may_come_from_several_places(void **state)
{
	stage s = open_stage(30000, places, 2, 1);
	sc_placement placement;
	sc_quote quote;
	sc_cart cart;
	(void)state;
	receive(s.w, "shop", 1);
	receive(s.w, "annex", 3);
	assert_status(s.w, add(s.w, &ada, "mug", 1, &cart), SC_OK);
	assert_status(s.w, sc_checkout_quote(s.w->shop, &ada, NULL, &s.w->arena, &quote, &s.w->err), SC_OK);
	assert_status(s.w, world_buy(s.w, "ada", "mug", 3, "tok_ok", &placement), SC_OK);
	assert_int_equal(at(s.w, "shop").committed, 1);
	assert_int_equal(at(s.w, "annex").committed, 3);
	close_stage(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_a_cart_nobody_else_gets),
		cmocka_unit_test(a_placed_order_takes_the_carts_units_over),
		cmocka_unit_test(what_leaves_a_cart_is_free_again),
		cmocka_unit_test(a_carts_hold_lapses_and_the_lines_stay),
		cmocka_unit_test(a_merge_gives_the_guests_hold_to_the_user),
		cmocka_unit_test(a_shop_without_the_policy_holds_nothing),
		cmocka_unit_test(an_order_is_served_by_the_first_place_that_can),
		cmocka_unit_test(an_order_may_come_from_several_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
