/* Stock in several places: sourcing, splitting, moving, safety stock, backorders, untracked SKUs, extending. */
#include "../shop/world.h"

#include <string.h>

static const char *const both[] = { "shop", "annex" };

static void receive(world *w, const char *location, int64_t quantity)
{
	const sc_stock_change change = { "mug", location, quantity };
	assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &change, 1, NULL, &w->err), SC_OK);
}

static sc_level level_at(world *w, const char *location)
{
	const sc_stock_ref ref = { "mug", location };
	sc_level level;
	assert_status(w, sc_inventory_levels(w->shop, SC_CALL_SYSTEM, &ref, 1, &w->arena, &level, &w->err), SC_OK);
	return level;
}

static int with_two_places(void **state)
{
	world_open(state);
	receive(*state, "shop", 3);
	receive(*state, "annex", 5);
	return 0;
}

static sc_status reserve(world *w, int64_t quantity, uint32_t flags, sc_reservation *out)
{
	const sc_reserve_line line = {
		.sku = "mug", .quantity = quantity, .locations = both, .location_count = 2, .flags = flags
	};
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	if (out != NULL)
		request.id = out->id;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, out, &w->err);
}

static sc_reservation_detail detail(world *w, sc_id id)
{
	sc_reservation_detail out;
	assert_status(w, sc_inventory_get_reservation(w->shop, SC_CALL_SYSTEM, id, &w->arena, &out, &w->err), SC_OK);
	return out;
}

/* ---- sourcing ---- */

static void the_first_location_that_has_them_all_serves(void **state)
{
	world *w = *state;
	sc_reservation small = { 0 }, large = { 0 };
	assert_status(w, reserve(w, 2, 0, &small), SC_OK);
	assert_string_equal(detail(w, small.id).takes[0].location, "shop");
	assert_status(w, reserve(w, 4, 0, &large), SC_OK);
	assert_int_equal(detail(w, large.id).take_count, 1);
	assert_string_equal(detail(w, large.id).takes[0].location, "annex");
}

static void without_splitting_no_location_may_help_another(void **state)
{
	world *w = *state;
	assert_status(w, reserve(w, 6, 0, NULL), SC_OUT_OF_STOCK);
	assert_int_equal(w->err.index, 0);
	assert_int_equal(w->err.wanted, 6);
	assert_int_equal(w->err.available, 5);
}

static void a_split_line_takes_from_several_in_their_order(void **state)
{
	world *w = *state;
	sc_reservation split = { 0 };
	assert_status(w, reserve(w, 6, SC_RESERVE_SPLIT, &split), SC_OK);
	const sc_reservation_detail out = detail(w, split.id);
	assert_int_equal(out.take_count, 2);
	assert_int_equal(out.takes[0].quantity, 3);
	assert_string_equal(out.takes[1].location, "annex");
	assert_int_equal(out.takes[1].quantity, 3);
	assert_status(w, reserve(w, 3, SC_RESERVE_SPLIT, NULL), SC_OUT_OF_STOCK);
	assert_int_equal(w->err.available, 2);
}

static void a_repeat_of_a_split_reservation_is_known_again(void **state)
{
	world *w = *state;
	sc_reservation split = { .id = sc_id_make(sc_testkit_env_table(w->env)) };
	assert_status(w, reserve(w, 6, SC_RESERVE_SPLIT, &split), SC_OK);
	assert_status(w, reserve(w, 6, SC_RESERVE_SPLIT, &split), SC_OK);
	assert_status(w, reserve(w, 5, SC_RESERVE_SPLIT, &split), SC_KEY_REUSED);
	assert_int_equal(level_at(w, "annex").held, 3);
}

static void a_split_reservation_is_committed_in_part(void **state)
{
	world *w = *state;
	sc_reservation split = { 0 };
	assert_status(w, reserve(w, 6, SC_RESERVE_SPLIT, &split), SC_OK);
	const sc_commit_part part = { .line = 0, .quantity = 4 };
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, split.id, &part, 1, &w->err), SC_OK);
	assert_int_equal(detail(w, split.id).takes[1].committed, 1);
	assert_int_equal(level_at(w, "annex").held, 0);
	assert_int_equal(level_at(w, "annex").available, 4);
	assert_status(w, sc_inventory_fulfil(w->shop, SC_CALL_SYSTEM, split.id, &w->err), SC_OK);
	assert_int_equal(level_at(w, "shop").on_hand, 0);
	assert_int_equal(level_at(w, "annex").on_hand, 4);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void bad_sources_are_named(void **state)
{
	world *w = *state;
	static const char *const twice[] = { "shop", "shop" };
	static const char *many[SC_SOURCES_MAX + 1];
	static char names[SC_SOURCES_MAX + 1][4];
	for (int i = 0; i <= SC_SOURCES_MAX; i++) {
		names[i][0] = (char)('a' + i / 26);
		names[i][1] = (char)('a' + i % 26);
		many[i] = names[i];
	}
	const struct {
		sc_reserve_line line;
		sc_status status;
	} cases[] = {
		{ { "mug", "shop", 1, both, 2, 0 }, SC_BAD_ARGUMENT },
		{ { "mug", NULL, 1, both, 0, 0 }, SC_BAD_ARGUMENT },
		{ { "mug", NULL, 1, NULL, 2, 0 }, SC_BAD_ARGUMENT },
		{ { "mug", NULL, 1, twice, 2, 0 }, SC_BAD_ARGUMENT },
		{ { "mug", NULL, 1, both, 2, 8 }, SC_BAD_ARGUMENT },
		{ { "mug", NULL, 1, many, SC_SOURCES_MAX + 1, 0 }, SC_OVER_LIMIT },
		{ { "mug", NULL, 1, many, SC_SOURCES_MAX, 0 }, SC_OUT_OF_STOCK },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		request.lines = &cases[i].line;
		request.line_count = 1;
		assert_status(w, sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err),
		              cases[i].status);
		assert_int_equal(w->err.index, 0);
	}
}

static void an_unknown_reservation_is_not_found(void **state)
{
	world *w = *state;
	sc_reservation_detail out;
	assert_status(w,
	              sc_inventory_get_reservation(w->shop, SC_CALL_SYSTEM, sc_id_make(sc_testkit_env_table(w->env)),
	                                           &w->arena, &out, &w->err),
	              SC_NOT_FOUND);
}

/* ---- transfer ---- */

static void moved_units_are_in_one_place_only(void **state)
{
	world *w = *state;
	const sc_stock_move move = { "mug", "annex", "shop", 4 };
	assert_status(w, sc_inventory_transfer(w->shop, SC_CALL_SYSTEM, &move, 1, NULL, &w->err), SC_OK);
	assert_int_equal(level_at(w, "shop").on_hand, 7);
	assert_int_equal(level_at(w, "annex").on_hand, 1);
	const sc_stock_ref ref = { "mug", "shop" };
	sc_movement_page page;
	assert_status(w, sc_inventory_journal(w->shop, SC_CALL_SYSTEM, &ref, 0, 1, &w->arena, &page, &w->err), SC_OK);
	assert_string_equal(page.movements[0].reason, "transfer");
}

static void what_is_promised_does_not_move(void **state)
{
	world *w = *state;
	const sc_stock_move moves[] = { { "mug", "annex", "shop", 1 }, { "mug", "shop", "main", 5 } };
	sc_reservation held = { 0 };
	assert_status(w, reserve(w, 2, 0, &held), SC_OK);
	assert_status(w, sc_inventory_transfer(w->shop, SC_CALL_SYSTEM, moves, 2, NULL, &w->err), SC_OUT_OF_STOCK);
	assert_int_equal(w->err.index, 1);
	assert_int_equal(w->err.wanted, 5);
	assert_int_equal(level_at(w, "annex").on_hand, 5);
}

static void a_transfer_with_the_same_key_is_done_once(void **state)
{
	world *w = *state;
	sc_call call = SC_CALL_INIT(SC_ACTOR_ADMIN, "eve");
	call.key = "van-1";
	sc_stock_move move = { "mug", "annex", "shop", 2 };
	assert_status(w, sc_inventory_transfer(w->shop, &call, &move, 1, NULL, &w->err), SC_OK);
	assert_status(w, sc_inventory_transfer(w->shop, &call, &move, 1, NULL, &w->err), SC_OK);
	assert_int_equal(level_at(w, "shop").on_hand, 5);
	move.quantity = 1;
	assert_status(w, sc_inventory_transfer(w->shop, &call, &move, 1, NULL, &w->err), SC_KEY_REUSED);
}

static void bad_moves_are_named(void **state)
{
	world *w = *state;
	const struct {
		sc_stock_move move;
		sc_status status;
		const char *field;
	} cases[] = {
		{ { NULL, "annex", "shop", 1 }, SC_BAD_ARGUMENT, "sku" },
		{ { "mug", "", "shop", 1 }, SC_BAD_ARGUMENT, "from" },
		{ { "mug", "annex", "\xff", 1 }, SC_BAD_TEXT, "to" },
		{ { "mug", NULL, "main", 1 }, SC_BAD_ARGUMENT, "to" },
		{ { "mug", "annex", "shop", 0 }, SC_OUT_OF_RANGE, "quantity" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_status(w, sc_inventory_transfer(w->shop, SC_CALL_SYSTEM, &cases[i].move, 1, NULL, &w->err),
		              cases[i].status);
		assert_string_equal(w->err.field, cases[i].field);
	}
	const sc_call bob = CUSTOMER("bob");
	const sc_stock_move move = { "mug", "annex", "shop", 1 };
	assert_status(w, sc_inventory_transfer(w->shop, &bob, &move, 1, NULL, &w->err), SC_NOT_ALLOWED);
	assert_status(w, sc_inventory_transfer(w->shop, SC_CALL_SYSTEM, &move, 1, "repair", &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "reason");
}

/* ---- safety stock ---- */

static void set_safety(world *w, int64_t quantity)
{
	const sc_stock_change change = { "mug", "shop", quantity };
	assert_status(w, sc_inventory_set_safety(w->shop, SC_CALL_SYSTEM, &change, 1, NULL, &w->err), SC_OK);
}

static sc_status reserve_in_shop(world *w, int64_t quantity)
{
	const sc_reserve_line line = { .sku = "mug", .location = "shop", .quantity = quantity };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve(w->shop, SC_CALL_SYSTEM, &request, NULL, &w->err);
}

static void safety_stock_is_kept_back(void **state)
{
	world *w = *state;
	set_safety(w, 2);
	assert_int_equal(level_at(w, "shop").available, 1);
	assert_int_equal(level_at(w, "shop").safety, 2);
	assert_status(w, reserve_in_shop(w, 2), SC_OUT_OF_STOCK);
	assert_status(w, reserve_in_shop(w, 1), SC_OK);
}

static void backorders_end_at_their_limit(void **state)
{
	world *w = *state;
	set_safety(w, -4);
	assert_status(w, reserve_in_shop(w, 7), SC_OK);
	assert_status(w, reserve_in_shop(w, 1), SC_OUT_OF_STOCK);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void a_sku_that_is_not_tracked_never_runs_out(void **state)
{
	world *w = *state;
	set_safety(w, SC_NOT_TRACKED);
	assert_int_equal(level_at(w, "shop").available, INT64_MAX);
	assert_status(w, reserve_in_shop(w, SC_QUANTITY_MAX), SC_OK);
	set_safety(w, 0);
	assert_status(w, reserve_in_shop(w, 1), SC_OUT_OF_STOCK);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void safety_stock_has_its_range(void **state)
{
	world *w = *state;
	const sc_stock_change most = { "mug", NULL, SC_QUANTITY_MAX }, more = { "mug", NULL, SC_QUANTITY_MAX + 1 };
	assert_status(w, sc_inventory_set_safety(w->shop, SC_CALL_SYSTEM, &most, 1, NULL, &w->err), SC_OK);
	assert_status(w, sc_inventory_set_safety(w->shop, SC_CALL_SYSTEM, &more, 1, NULL, &w->err), SC_OUT_OF_RANGE);
	const sc_stock_change none = { "mug", NULL, SC_NOT_TRACKED };
	assert_status(w, sc_inventory_set(w->shop, SC_CALL_SYSTEM, &none, 1, NULL, &w->err), SC_OUT_OF_RANGE);
}

/* ---- extend ---- */

static void an_extended_reservation_lapses_later(void **state)
{
	world *w = *state;
	sc_reservation held = { 0 };
	int64_t deadline = 0, now;
	assert_status(w, reserve(w, 1, 0, &held), SC_OK);
	assert_status(w, sc_shop_now(w->shop, SC_CALL_SYSTEM, &now, &w->err), SC_OK);
	assert_status(w, sc_inventory_extend(w->shop, SC_CALL_SYSTEM, held.id, 3600000, &deadline, &w->err), SC_OK);
	assert_true(deadline >= now + 3600000);
	assert_int_equal(detail(w, held.id).reservation.deadline_ms, deadline);
	sc_testkit_env_advance_ms(w->env, 1800000);
	assert_status(w, sc_inventory_commit(w->shop, SC_CALL_SYSTEM, held.id, NULL, 0, &w->err), SC_OK);
	assert_status(w, sc_inventory_extend(w->shop, SC_CALL_SYSTEM, held.id, 0, NULL, &w->err), SC_HOLD_SETTLED);
}

static void what_lapsed_is_not_extended(void **state)
{
	world *w = *state;
	sc_reservation held = { 0 };
	assert_status(w, reserve(w, 1, 0, &held), SC_OK);
	sc_testkit_env_advance_ms(w->env, 600001);
	assert_status(w, sc_inventory_extend(w->shop, SC_CALL_SYSTEM, held.id, 0, NULL, &w->err), SC_HOLD_LAPSED);
	assert_status(w, sc_inventory_extend(w->shop, SC_CALL_SYSTEM, held.id, -1, NULL, &w->err), SC_OUT_OF_RANGE);
	assert_status(w,
	              sc_inventory_extend(w->shop, SC_CALL_SYSTEM, sc_id_make(sc_testkit_env_table(w->env)), 0, NULL,
	                                  &w->err),
	              SC_NOT_FOUND);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, with_two_places, world_close)
	const struct CMUnitTest tests[] = {
		T(the_first_location_that_has_them_all_serves),
		T(without_splitting_no_location_may_help_another),
		T(a_split_line_takes_from_several_in_their_order),
		T(a_repeat_of_a_split_reservation_is_known_again),
		T(a_split_reservation_is_committed_in_part),
		T(bad_sources_are_named),
		T(an_unknown_reservation_is_not_found),
		T(moved_units_are_in_one_place_only),
		T(what_is_promised_does_not_move),
		T(a_transfer_with_the_same_key_is_done_once),
		T(bad_moves_are_named),
		T(safety_stock_is_kept_back),
		T(backorders_end_at_their_limit),
		T(a_sku_that_is_not_tracked_never_runs_out),
		T(safety_stock_has_its_range),
		T(an_extended_reservation_lapses_later),
		T(what_lapsed_is_not_extended),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
