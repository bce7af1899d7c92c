/*
 * Each public function of shop, cart and inventory with each of its allocations failing in turn, once and from then
 * on: it either does without, or says so and has changed nothing that a repeat would not find.
 */
#include "world.h"

#include <shopcore/testkit/fake_gateway.h>
#include <string.h>

static const sc_call ada = CUSTOMER("ada");

typedef sc_status (*scenario_fn)(world *w, sc_arena *arena);

/* Runs the scenario until it runs through without a failure; each failure has to be one of memory. */
static void torture(scenario_fn scenario, bool for_good)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	static const char *const places[] = { "main", "annex" };
	options.store_url = "memory:";
	options.hold_on_add_ms = 600000;
	options.locations = places;
	options.location_count = 2;
	world *w = world_new(&options);
	world_add_sku(w, "mug", 500, "USD");
	world_receive(w, "mug", 1000000);
	uint64_t step = 1;
	for (;; step++) {
		sc_arena arena;
		sc_arena_init(&arena, sc_testkit_env_table(w->env));
		sc_testkit_env_fail_allocation(w->env, step, for_good);
		const sc_status status = scenario(w, &arena);
		const bool failed = sc_testkit_env_has_failed(w->env);
		sc_testkit_env_fail_allocation(w->env, 0, false);
		sc_arena_clear(&arena);
		if (status != SC_OK)
			assert_string_equal(sc_status_name(status), "NO_MEMORY");
		if (!failed) {
			assert_int_equal(status, SC_OK);
			break;
		}
	}
	assert_true(step > 1); /* some allocation did fail */
	assert_int_equal(world_verify(w, NULL), 0);
	world_free(w);
}

static sc_status get_cart(world *w, sc_arena *arena)
{
	sc_cart cart;
	return sc_cart_get(w->shop, &ada, NULL, arena, &cart, NULL);
}

static sc_status add_to_cart(world *w, sc_arena *arena)
{
	const sc_line_option option = { "colour", "red" };
	const sc_cart_item items[] = { { "mug", 1, NULL, 0, 0 }, { "mug", 1, &option, 1, 0 } };
	sc_cart cart;
	return sc_cart_add(w->shop, &ada, NULL, items, 2, arena, &cart, NULL);
}

static sc_status fill_and_change_cart(world *w, sc_arena *arena)
{
	const sc_cart_item item = { .sku = "mug", .quantity = 2 };
	sc_cart cart;
	sc_status status = sc_cart_add(w->shop, &ada, NULL, &item, 1, arena, &cart, NULL);
	if (status != SC_OK)
		return status;
	const sc_cart_quantity five = { cart.lines[0].id, 5 };
	status = sc_cart_set(w->shop, &ada, NULL, &five, 1, arena, &cart, NULL);
	if (status != SC_OK)
		return status;
	const sc_id line = cart.lines[0].id;
	return sc_cart_remove(w->shop, &ada, NULL, &line, 1, arena, &cart, NULL);
}

static sc_status merge_carts(world *w, sc_arena *arena)
{
	const sc_call guest = GUEST("t");
	const sc_cart_item item = { .sku = "mug", .quantity = 2 };
	sc_cart cart;
	sc_cart_merge_report report;
	sc_status status = sc_cart_add(w->shop, &guest, NULL, &item, 1, arena, &cart, NULL);
	return status == SC_OK ? sc_cart_merge(w->shop, &ada, NULL, "t", arena, &report, NULL) : status;
}

static sc_status write_cart(world *w, sc_arena *arena)
{
	sc_cart cart;
	sc_status status = sc_cart_get(w->shop, &ada, NULL, arena, &cart, NULL);
	if (status != SC_OK)
		return status;
	sc_json_writer writer;
	sc_bytes text;
	sc_json_writer_init(&writer, arena, false);
	sc_cart_write_json(&writer, &cart);
	return sc_json_finish(&writer, &text, NULL);
}

static sc_status read_levels(world *w, sc_arena *arena)
{
	const sc_stock_ref refs[] = { { "mug", NULL }, { "ghost", "annex" } };
	sc_level levels[2];
	return sc_inventory_levels(w->shop, SC_CALL_SYSTEM, refs, 2, arena, levels, NULL);
}

static sc_status change_stock(world *w, sc_arena *arena)
{
	(void)arena;
	sc_call call = *SC_CALL_SYSTEM;
	const sc_stock_change one = { "cup", NULL, 1 };
	char key[SC_ID_TEXT_SIZE];
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	sc_status status = sc_inventory_receive(w->shop, &call, &one, 1, NULL, NULL);
	if (status == SC_OK)
		status = sc_inventory_set(w->shop, SC_CALL_SYSTEM, &one, 1, NULL, NULL);
	return status == SC_OK ? sc_inventory_adjust(w->shop, SC_CALL_SYSTEM, &one, 1, "found", NULL) : status;
}

static sc_status reserve(world *w, sc_reservation *out)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, out, NULL);
}

static sc_status reserve_commit_fulfil(world *w, sc_arena *arena)
{
	(void)arena;
	sc_reservation reservation;
	sc_status status = reserve(w, &reservation);
	if (status == SC_OK)
		status = sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, NULL);
	return status == SC_OK ? sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, reservation.id, NULL) : status;
}

static sc_status reserve_release(world *w, sc_arena *arena)
{
	(void)arena;
	sc_reservation reservation;
	sc_status status = reserve(w, &reservation);
	return status == SC_OK ? sc_inventory_release(w->shop, SC_CALL_SYSTEM, reservation.id, NULL) : status;
}

static sc_status reserve_and_tick(world *w, sc_arena *arena)
{
	(void)arena;
	sc_status status = reserve(w, NULL);
	sc_testkit_env_advance_ms(w->env, 600001);
	return status == SC_OK ? sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, NULL, NULL) : status;
}

static sc_status read_journal(world *w, sc_arena *arena)
{
	const sc_stock_ref ref = { "mug", NULL };
	sc_movement_page page;
	return sc_inventory_journal(w->shop, SC_CALL_SYSTEM, &ref, 0, 10, arena, &page, NULL);
}

static sc_status verify_all(world *w, sc_arena *arena)
{
	sc_verify *verify;
	sc_verify_page page = { 0 };
	sc_status status = sc_verify_new(w->shop, SC_CALL_SYSTEM, &verify, NULL);
	if (status != SC_OK)
		return status;
	while (status == SC_OK && !page.finished)
		status = sc_verify_step(verify, SC_CALL_SYSTEM, 10, arena, &page, NULL);
	sc_verify_free(verify);
	return status;
}

static sc_status save_note_and_merge(world *w, sc_arena *arena)
{
	const sc_call guest = GUEST("t");
	const sc_cart_item item = { .sku = "mug", .quantity = 2 };
	sc_cart cart;
	sc_cart_merge_report report;
	sc_status status = sc_cart_add(w->shop, &guest, NULL, &item, 1, arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_cart_save(w->shop, &guest, NULL, &cart.lines[0].id, 1, true, arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_cart_save(w->shop, &guest, NULL, &cart.saved[0].id, 1, false, arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_cart_set_note(w->shop, &guest, NULL, "twice", arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_cart_merge_by(w->shop, &ada, NULL, "t", SC_MERGE_LARGER, arena, &report, NULL);
	return status;
}

static sc_status list_carts(world *w, sc_arena *arena)
{
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_cart cart;
	sc_cart_page page;
	sc_status status = sc_cart_add(w->shop, &ada, NULL, &item, 1, arena, &cart, NULL);
	if (status != SC_OK)
		return status;
	return sc_cart_list_abandoned(w->shop, SC_CALL_SYSTEM, 0, 10, (sc_bytes){ NULL, 0 }, arena, &page, NULL);
}

static sc_status move_stock(world *w, sc_arena *arena)
{
	(void)arena;
	const sc_stock_move move = { "mug", NULL, "annex", 1 };
	const sc_stock_change safety = { "mug", "annex", -1 };
	sc_status status = sc_inventory_transfer(w->shop, SC_CALL_SYSTEM, &move, 1, NULL, NULL);
	return status == SC_OK ? sc_inventory_set_safety(w->shop, SC_CALL_SYSTEM, &safety, 1, NULL, NULL) : status;
}

static sc_status reserve_and_look_up(world *w, sc_arena *arena)
{
	static const char *const places[] = { "annex", "main" };
	const sc_reserve_line line = {
		.sku = "mug", .quantity = 2, .locations = places, .location_count = 2, .flags = SC_RESERVE_SPLIT
	};
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation made;
	sc_reservation_detail detail;
	request.lines = &line;
	request.line_count = 1;
	sc_status status = sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, &made, NULL);
	if (status == SC_OK)
		status = sc_inventory_extend(w->shop, SC_CALL_SYSTEM, made.id, 1000, NULL, NULL);
	if (status != SC_OK)
		return status;
	return sc_inventory_get_reservation(w->shop, SC_CALL_SYSTEM, made.id, arena, &detail, NULL);
}

/* Every put makes what was prepared old, so that the quote behind it prepares all rules again. */
static sc_status put_rules(world *w)
{
	static const struct {
		sc_rule_kind kind;
		const char *document;
	} rules[] = {
		{ SC_RULE_PROMOTION, "{\"id\":\"p\",\"type\":\"percentage\",\"value\":10,\"coupon\":\"C\"}" },
		{ SC_RULE_PROMOTION, "{\"id\":\"q\",\"type\":\"fixed\",\"value\":1,\"brands\":[\"Acme\"]}" },
		{ SC_RULE_COUPON, "{\"id\":\"C\",\"limit\":1000000,\"customer_limit\":1000000,\"period_s\":60,"
		                  "\"period_limit\":1000000}" },
		{ SC_RULE_TAX, "{\"id\":\"t\",\"rate\":19,\"country\":\"GB\"}" },
		{ SC_RULE_SHIPPING, "{\"id\":\"s\",\"amount\":490}" },
		{ SC_RULE_FEE, "{\"id\":\"gift\",\"amount\":-20,\"tax_class\":\"none\"}" },
		{ SC_RULE_PRICE, "{\"sku\":\"mug\",\"prices\":[{\"amount\":450,\"currency\":\"USD\"}]}" },
		{ SC_RULE_POLICY, "{\"arithmetic\":\"largest_remainder_gross\"}" },
	};
	sc_status status = SC_OK;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && status == SC_OK; i++)
		status = sc_rule_put(w->shop, SC_CALL_SYSTEM, rules[i].kind,
		                     (sc_bytes){ rules[i].document, strlen(rules[i].document) }, NULL);
	return status;
}

static sc_status buy_by_rules(world *w, sc_arena *arena)
{
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_call call = ada;
	sc_cart cart;
	sc_quote quote;
	sc_placement placement;
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_bytes document;
	char key[SC_ID_TEXT_SIZE];
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	request.shipping = (sc_postal_address){ .name = "A", .line1 = "1 St", .city = "Bath", .country = "GB" };
	sc_status status = put_rules(w);
	if (status == SC_OK)
		status = sc_cart_add(w->shop, &ada, NULL, &item, 1, arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_coupon_add(w->shop, &ada, NULL, "C", arena, &cart, NULL);
	if (status == SC_OK)
		status = sc_checkout_quote(w->shop, &ada, NULL, arena, &quote, NULL);
	if (status == SC_OK)
		status = sc_checkout_requote(w->shop, &ada, quote.token, NULL, arena, &quote, NULL);
	if (status == SC_OK)
		status = sc_checkout_pricing(w->shop, &ada, NULL, arena, &document, NULL);
	if (status == SC_OK)
		status = sc_checkout_place(w->shop, &call, &request, arena, &placement, NULL);
	return status == SC_OK ? sc_order_pricing(w->shop, &ada, placement.order_id, arena, &document, NULL) : status;
}

static sc_status issue_and_import_codes(world *w, sc_arena *arena)
{
	static const char *const codes[] = { "A", "B" };
	const sc_bytes once = SC_BYTES("{\"id\":\"ONCE\",\"single_use\":true}");
	const char *const *issued;
	sc_coupon_usage usage;
	sc_status status = sc_rule_put(w->shop, SC_CALL_SYSTEM, SC_RULE_COUPON, once, NULL);
	if (status == SC_OK)
		status = sc_coupon_issue(w->shop, SC_CALL_SYSTEM, "ONCE", 1, 3, arena, &issued, NULL);
	if (status == SC_OK)
		status = sc_coupon_import(w->shop, SC_CALL_SYSTEM, "ONCE", codes, 2, NULL);
	return status == SC_OK ? sc_coupon_count(w->shop, SC_CALL_SYSTEM, "ONCE", &usage, NULL) : status;
}

#define TORTURE(scenario)                                            \
	static void scenario##_survives_any_allocation(void **state) \
	{                                                            \
		(void)state;                                         \
		torture(scenario, false);                            \
	}                                                            \
	static void scenario##_survives_no_more_memory(void **state) \
	{                                                            \
		(void)state;                                         \
		torture(scenario, true);                             \
	}

TORTURE(get_cart)
TORTURE(add_to_cart)
TORTURE(fill_and_change_cart)
TORTURE(merge_carts)
TORTURE(write_cart)
TORTURE(read_levels)
TORTURE(change_stock)
TORTURE(reserve_commit_fulfil)
TORTURE(reserve_release)
TORTURE(reserve_and_tick)
TORTURE(read_journal)
TORTURE(verify_all)
TORTURE(save_note_and_merge)
TORTURE(list_carts)
TORTURE(move_stock)
TORTURE(reserve_and_look_up)
TORTURE(buy_by_rules)
TORTURE(issue_and_import_codes)

int main(void)
{
#define BOTH(name) cmocka_unit_test(name##_survives_any_allocation), cmocka_unit_test(name##_survives_no_more_memory)
	const struct CMUnitTest tests[] = {
		BOTH(get_cart),
		BOTH(add_to_cart),
		BOTH(fill_and_change_cart),
		BOTH(merge_carts),
		BOTH(write_cart),
		BOTH(read_levels),
		BOTH(change_stock),
		BOTH(reserve_commit_fulfil),
		BOTH(reserve_release),
		BOTH(reserve_and_tick),
		BOTH(read_journal),
		BOTH(verify_all),
		BOTH(save_note_and_merge),
		BOTH(list_carts),
		BOTH(move_stock),
		BOTH(reserve_and_look_up),
		BOTH(buy_by_rules),
		BOTH(issue_and_import_codes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
