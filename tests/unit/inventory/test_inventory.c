/* Stock and reservations on one location. */
#include "../shop/world.h"

#include <string.h>

static const sc_call bob = CUSTOMER("bob");

static sc_status reserve(world *w, const sc_reserve_line *lines, size_t count, sc_reservation *out)
{
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = lines;
	request.line_count = count;
	return sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, out, &w->err);
}

static sc_reservation reserve_mugs(world *w, int64_t quantity)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = quantity };
	sc_reservation reservation;
	assert_status(w, reserve(w, &line, 1, &reservation), SC_OK);
	return reservation;
}

static int with_ten_mugs(void **state)
{
	world_open(state);
	world_receive(*state, "mug", 10);
	return 0;
}

/* ---- stock ---- */

static void an_account_that_was_never_written_has_nothing(void **state)
{
	world *w = *state;
	const sc_level level = world_level(w, "ghost");
	assert_int_equal(level.version, 0);
	assert_int_equal(level.available, 0);
	assert_string_equal(level.location, "main");
}

static void received_units_are_available(void **state)
{
	world *w = *state;
	world_receive(w, "mug", 5);
	assert_level(w, "mug", 15, 0, 0);
	assert_int_equal(world_level(w, "mug").available, 15);
}

static void many_accounts_change_together_or_not_at_all(void **state)
{
	world *w = *state;
	const sc_stock_change fine[] = { { "mug", NULL, 1 }, { "cup", "annex", 2 } };
	assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, fine, 2, NULL, &w->err), SC_OK);
	const sc_stock_change bad[] = { { "mug", NULL, -1 }, { "cup", "annex", -3 } };
	assert_status(w, sc_inventory_adjust(w->shop, SC_CALL_SYSTEM, bad, 2, "breakage", &w->err), SC_OUT_OF_STOCK);
	assert_int_equal(w->err.index, 1);
	assert_int_equal(w->err.available, 2);
	assert_level(w, "mug", 11, 0, 0);
}

static void a_count_may_fall_below_what_was_promised(void **state)
{
	world *w = *state;
	reserve_mugs(w, 8);
	const sc_stock_change counted = { "mug", NULL, 3 };
	assert_status(w, sc_inventory_set(w->shop, SC_CALL_SYSTEM, &counted, 1, NULL, &w->err), SC_OK);
	assert_level(w, "mug", 3, 8, 0);
	assert_int_equal(world_level(w, "mug").available, 0);
}

static void a_receipt_with_the_same_key_is_booked_once(void **state)
{
	world *w = *state;
	sc_call call = SC_CALL_INIT(SC_ACTOR_ADMIN, "eve");
	call.key = "delivery-7";
	const sc_stock_change four = { "mug", NULL, 4 }, five = { "mug", NULL, 5 };
	assert_status(w, sc_inventory_receive(w->shop, &call, &four, 1, NULL, &w->err), SC_OK);
	assert_status(w, sc_inventory_receive(w->shop, &call, &four, 1, NULL, &w->err), SC_OK);
	assert_level(w, "mug", 14, 0, 0);
	assert_status(w, sc_inventory_receive(w->shop, &call, &five, 1, NULL, &w->err), SC_KEY_REUSED);
	call.actor = "dan"; /* keys of two people never meet */
	assert_status(w, sc_inventory_receive(w->shop, &call, &five, 1, NULL, &w->err), SC_OK);
	assert_level(w, "mug", 19, 0, 0);
}

static void bad_stock_changes_are_named(void **state)
{
	world *w = *state;
	static char long_sku[SC_ID_TEXT_MAX + 2];
	memset(long_sku, 'x', SC_ID_TEXT_MAX + 1);
	const struct {
		sc_stock_change change;
		sc_status status;
		const char *field;
	} cases[] = {
		{ { NULL, NULL, 1 }, SC_BAD_ARGUMENT, "sku" },
		{ { "", NULL, 1 }, SC_BAD_ARGUMENT, "sku" },
		{ { long_sku, NULL, 1 }, SC_OVER_LIMIT, "sku" },
		{ { "mug", "\xff", 1 }, SC_BAD_TEXT, "location" },
		{ { "mug", NULL, 0 }, SC_OUT_OF_RANGE, "quantity" },
		{ { "mug", NULL, SC_QUANTITY_MAX + 1 }, SC_OUT_OF_RANGE, "quantity" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &cases[i].change, 1, NULL, &w->err),
		              cases[i].status);
		assert_string_equal(w->err.field, cases[i].field);
		assert_int_equal(w->err.index, 0);
	}
	const sc_stock_change most = { "mug", NULL, SC_QUANTITY_MAX };
	assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &most, 1, NULL, &w->err), SC_OK);
	assert_status(w, sc_inventory_adjust(w->shop, SC_CALL_SYSTEM, &most, 1, NULL, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "reason");
}

static void a_customer_sees_what_is_free_and_nothing_else(void **state)
{
	world *w = *state;
	reserve_mugs(w, 4);
	const sc_stock_ref ref = { "mug", NULL };
	sc_level level;
	sc_movement_page page;
	const sc_stock_change change = { "mug", NULL, 1 };
	assert_status(w, sc_inventory_levels(w->shop, &bob, &ref, 1, &w->arena, &level, &w->err), SC_OK);
	assert_int_equal(level.available, 6);
	assert_int_equal(level.on_hand, 0);
	assert_int_equal(level.held, 0);
	assert_status(w, sc_inventory_journal(w->shop, &bob, &ref, 0, 10, &w->arena, &page, &w->err), SC_NOT_ALLOWED);
	assert_status(w, sc_inventory_receive(w->shop, &bob, &change, 1, NULL, &w->err), SC_NOT_ALLOWED);
}

/* One product of two sellers: "hers" is s-1's, "his" is s-2's. */
static void add_goods_of_two_sellers(world *w)
{
	sc_sku offers[] = { { .sku = "hers", .seller = "s-1", .price_minor = 1, .currency = "USD" },
		            { .sku = "his", .seller = "s-2", .price_minor = 1, .currency = "USD" } };
	const sc_product product = { .id = "p", .name = "p", .skus = offers, .sku_count = 2, .rating_milli = -1 };
	assert_status(w, sc_product_create(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_OK);
}

static void a_seller_sees_the_counters_of_own_skus_only(void **state)
{
	world *w = *state;
	add_goods_of_two_sellers(w);
	world_receive(w, "hers", 3);
	world_receive(w, "his", 4);
	const sc_call seller = SC_CALL_INIT(SC_ACTOR_SELLER, "s-1");
	const sc_stock_ref refs[] = { { "his", NULL }, { "hers", NULL }, { "ghost", NULL }, { "mug", NULL } };
	sc_level levels[4];
	assert_status(w, sc_inventory_levels(w->shop, &seller, refs, 4, &w->arena, levels, &w->err), SC_OK);
	assert_int_equal(levels[0].available, 4);
	assert_int_equal(levels[0].on_hand, 0);
	assert_int_equal(levels[1].on_hand, 3);
	assert_int_equal(levels[2].on_hand, 0);
	assert_int_equal(levels[3].on_hand, 0);
}

static void a_seller_changes_the_stock_of_own_skus_only(void **state)
{
	world *w = *state;
	add_goods_of_two_sellers(w);
	const sc_call seller = SC_CALL_INIT(SC_ACTOR_SELLER, "s-1");
	const sc_stock_change own = { "hers", NULL, 1 }, both[] = { { "hers", NULL, 1 }, { "his", NULL, 1 } };
	const sc_stock_change unknown = { "ghost", NULL, 1 };
	assert_status(w, sc_inventory_receive(w->shop, &seller, &own, 1, NULL, &w->err), SC_OK);
	assert_status(w, sc_inventory_receive(w->shop, &seller, both, 2, NULL, &w->err), SC_NOT_ALLOWED);
	assert_status(w, sc_inventory_receive(w->shop, &seller, &unknown, 1, NULL, &w->err), SC_NOT_ALLOWED);
	assert_level(w, "hers", 1, 0, 0);
}

/* ---- reservations ---- */

static void two_lines_of_one_sku_are_counted_together(void **state)
{
	world *w = *state;
	const sc_reserve_line lines[] = { { .sku = "mug", .quantity = 6 }, { .sku = "mug", .quantity = 6 } };
	assert_status(w, reserve(w, lines, 2, NULL), SC_OUT_OF_STOCK);
	assert_int_equal(w->err.wanted, 12);
	assert_int_equal(w->err.available, 10);
	assert_level(w, "mug", 10, 0, 0);
}

static void a_reservation_ends_by_commit_and_leaves_by_fulfil(void **state)
{
	world *w = *state;
	const sc_reservation reservation = reserve_mugs(w, 4);
	assert_level(w, "mug", 10, 4, 0);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &w->err), SC_OK);
	assert_level(w, "mug", 10, 0, 4);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &w->err), SC_OK);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_OK);
	assert_level(w, "mug", 6, 0, 0);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_HOLD_SETTLED);
	assert_level(w, "mug", 6, 0, 0);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void commit_of_a_part_returns_the_rest(void **state)
{
	world *w = *state;
	world_receive(w, "cup", 10);
	const sc_reserve_line lines[] = { { .sku = "mug", .quantity = 5 }, { .sku = "cup", .quantity = 5 } };
	sc_reservation reservation;
	assert_status(w, reserve(w, lines, 2, &reservation), SC_OK);
	const sc_commit_part part = { .line = 0, .quantity = 2 };
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, &part, 1, &w->err), SC_OK);
	assert_level(w, "mug", 10, 0, 2);
	assert_level(w, "cup", 10, 0, 0);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_OK);
	assert_level(w, "mug", 8, 0, 0);
	assert_level(w, "cup", 10, 0, 0);
}

static void a_released_reservation_cannot_be_committed(void **state)
{
	world *w = *state;
	const sc_reservation reservation = reserve_mugs(w, 4);
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_OK);
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_OK);
	assert_level(w, "mug", 10, 0, 0);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &w->err),
	              SC_HOLD_SETTLED);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_HOLD_SETTLED);
}

static void a_committed_reservation_cannot_be_released(void **state)
{
	world *w = *state;
	const sc_reservation reservation = reserve_mugs(w, 4);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &w->err), SC_OK);
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_HOLD_SETTLED);
	assert_level(w, "mug", 10, 0, 4);
}

static void a_reservation_lapses_at_its_deadline_though_nobody_swept(void **state)
{
	world *w = *state;
	const sc_reservation reservation = reserve_mugs(w, 4);
	assert_int_equal(reservation.deadline_ms, SC_TESTKIT_START_MS + 600000);
	sc_testkit_env_advance_ms(w->env, 600001);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &w->err),
	              SC_HOLD_LAPSED);
	size_t done;
	int64_t next;
	assert_status(w, sc_inventory_expire(w->shop, SC_CALL_SYSTEM, 10, &done, &next, &w->err), SC_OK);
	assert_int_equal(done, 1);
	assert_level(w, "mug", 10, 0, 0);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void a_sweep_is_bounded(void **state)
{
	world *w = *state;
	for (int i = 0; i < 5; i++)
		reserve_mugs(w, 1);
	sc_testkit_env_advance_ms(w->env, 600001);
	size_t done;
	assert_status(w, sc_inventory_expire(w->shop, SC_CALL_SYSTEM, 2, &done, NULL, &w->err), SC_OK);
	assert_int_equal(done, 2);
	assert_level(w, "mug", 10, 3, 0);
}

static void the_same_id_never_reserves_twice(void **state)
{
	world *w = *state;
	const sc_reserve_line line = { .sku = "mug", .quantity = 3 }, other = { .sku = "mug", .quantity = 4 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.id = sc_id_make(sc_testkit_env_table(w->env));
	request.lines = &line;
	request.line_count = 1;
	sc_reservation first, second;
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, &first, &w->err), SC_OK);
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, &second, &w->err), SC_OK);
	assert_true(sc_id_equal(first.id, second.id));
	assert_int_equal(first.deadline_ms, second.deadline_ms);
	assert_level(w, "mug", 10, 3, 0);
	request.lines = &other;
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, &second, &w->err), SC_KEY_REUSED);
}

static void the_same_key_never_reserves_twice(void **state)
{
	world *w = *state;
	const sc_reserve_line line = { .sku = "mug", .quantity = 3 }, other = { .sku = "mug", .quantity = 4 };
	sc_call call = *SC_CALL_SYSTEM;
	call.key = "till-1-0815";
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	sc_reservation first, second;
	assert_status(w, sc_inventory_reserve(w->shop, &call, &request, &first, &w->err), SC_OK);
	assert_status(w, sc_inventory_reserve(w->shop, &call, &request, &second, &w->err), SC_OK);
	assert_true(sc_id_equal(first.id, second.id));
	assert_level(w, "mug", 10, 3, 0);
	request.lines = &other;
	assert_status(w, sc_inventory_reserve(w->shop, &call, &request, &second, &w->err), SC_KEY_REUSED);
}

static void a_release_that_comes_first_stops_the_reservation(void **state)
{
	world *w = *state;
	const sc_reserve_line line = { .sku = "mug", .quantity = 3 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.id = sc_id_make(sc_testkit_env_table(w->env));
	request.lines = &line;
	request.line_count = 1;
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, request.id, &w->err), SC_OK);
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err), SC_FENCED);
	assert_level(w, "mug", 10, 0, 0);
}

static void what_was_never_reserved_is_not_found(void **state)
{
	world *w = *state;
	const sc_id id = sc_id_make(sc_testkit_env_table(w->env));
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, id, NULL, 0, &w->err), SC_NOT_FOUND);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, id, &w->err), SC_NOT_FOUND);
	const sc_id zero = { { 0 } };
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, zero, &w->err), SC_BAD_ARGUMENT);
}

static void bad_requests_are_named(void **state)
{
	world *w = *state;
	static sc_reserve_line lines[SC_RESERVATION_LINES_MAX + 1];
	for (size_t i = 0; i <= SC_RESERVATION_LINES_MAX; i++)
		lines[i] = (sc_reserve_line){ .sku = "mug", .quantity = 1 };
	assert_status(w, reserve(w, lines, 0, NULL), SC_BAD_ARGUMENT);
	assert_status(w, reserve(w, lines, SC_RESERVATION_LINES_MAX + 1, NULL), SC_OVER_LIMIT);
	assert_status(w, reserve(w, lines, SC_RESERVATION_LINES_MAX, NULL), SC_OUT_OF_STOCK);
	lines[1].quantity = 0;
	assert_status(w, reserve(w, lines, 2, NULL), SC_OUT_OF_RANGE);
	assert_int_equal(w->err.index, 1);
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	assert_status(w, sc_inventory_reserve(w->shop, &bob, &request, NULL, &w->err), SC_NOT_ALLOWED);
	request.ttl_ms = -1;
	assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err), SC_OUT_OF_RANGE);
}

/* ---- journal ---- */

static void the_journal_lists_movements_newest_first_in_pages(void **state)
{
	world *w = *state;
	const sc_reservation reservation = reserve_mugs(w, 4);
	assert_status(w, sc_inventory_release(w->shop, SC_CALL_SYSTEM, reservation.id, &w->err), SC_OK);
	const sc_stock_ref ref = { "mug", NULL };
	sc_movement_page page;
	assert_status(w, sc_inventory_journal(w->shop, SC_CALL_SYSTEM, &ref, 0, 2, &w->arena, &page, &w->err), SC_OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(page.movements[0].held, -4);
	assert_int_equal(page.movements[1].held, 4);
	assert_int_equal(page.movements[1].held_after, 4);
	assert_true(sc_id_equal(page.movements[1].cause, reservation.id));
	assert_status(w, sc_inventory_journal(w->shop, SC_CALL_SYSTEM, &ref, page.next, 2, &w->arena, &page, &w->err),
	              SC_OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(page.next, 0);
	assert_int_equal(page.movements[0].on_hand, 10);
	assert_string_equal(page.movements[0].reason, "receive");
	assert_status(
		w, sc_inventory_journal(w->shop, SC_CALL_SYSTEM, &ref, 0, SC_PAGE_MAX + 1, &w->arena, &page, &w->err),
		SC_OVER_LIMIT);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, with_ten_mugs, world_close)
	const struct CMUnitTest tests[] = {
		T(an_account_that_was_never_written_has_nothing),
		T(received_units_are_available),
		T(many_accounts_change_together_or_not_at_all),
		T(a_count_may_fall_below_what_was_promised),
		T(a_receipt_with_the_same_key_is_booked_once),
		T(bad_stock_changes_are_named),
		T(a_customer_sees_what_is_free_and_nothing_else),
		T(a_seller_sees_the_counters_of_own_skus_only),
		T(a_seller_changes_the_stock_of_own_skus_only),
		T(two_lines_of_one_sku_are_counted_together),
		T(a_reservation_ends_by_commit_and_leaves_by_fulfil),
		T(commit_of_a_part_returns_the_rest),
		T(a_released_reservation_cannot_be_committed),
		T(a_committed_reservation_cannot_be_released),
		T(a_reservation_lapses_at_its_deadline_though_nobody_swept),
		T(a_sweep_is_bounded),
		T(the_same_id_never_reserves_twice),
		T(the_same_key_never_reserves_twice),
		T(a_release_that_comes_first_stops_the_reservation),
		T(what_was_never_reserved_is_not_found),
		T(bad_requests_are_named),
		T(the_journal_lists_movements_newest_first_in_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
