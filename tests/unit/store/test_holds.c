/* Holds on accounts: what is claimed, what comes back, and who is told no. */
#include "world.h"

static void a_hold_claims_what_is_free_and_no_more(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 5, 1000, &id), SC_OK);
	assert_counters(w, "mug", 5, 5, 0);
	assert_int_equal(reserve(w, "mug", 1, 1000, &id), SC_OUT_OF_STOCK);
	assert_counters(w, "mug", 5, 5, 0);
}

static void a_hold_on_an_account_that_is_not_there_is_refused(void **state)
{
	struct world *w = *state;
	sc_id id;
	assert_int_equal(reserve(w, "ghost", 1, 1000, &id), SC_OUT_OF_STOCK);
	assert_int_equal(load(w, stock("ghost")).version, 0);
}

static void two_lines_of_one_sku_are_counted_together_and_others_of_the_batch_are_as_if_alone(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	receive(w, "cup", 5);
	const sc_address mug = stock("mug"), cup = stock("cup");
	const sc_id ids[3] = { sc_id_make(w->env), sc_id_make(w->env), sc_id_make(w->env) };
	const sc_hold_line first = line_of(&mug, 2);
	const sc_hold_line greedy[] = { line_of(&cup, 1), line_of(&mug, 2), line_of(&mug, 2) };
	const sc_hold_line last = line_of(&mug, 3);
	const sc_change changes[] = { hold(hold_of(&ids[0]), &first, 1, 1000), hold(hold_of(&ids[1]), greedy, 3, 1000),
		                      hold(hold_of(&ids[2]), &last, 1, 1000) };
	const sc_group groups[] = { group_of(SC_HOME_FIRST, ids[0], &changes[0], 1),
		                    group_of(SC_HOME_FIRST, ids[1], &changes[1], 1),
		                    group_of(SC_HOME_FIRST, ids[2], &changes[2], 1) };
	sc_outcome outcomes[3] = { { 0 }, { 0 }, { 0 } };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, 3, outcomes, NULL), SC_OK);
	assert_int_equal(outcomes[0].status, SC_OK);
	assert_int_equal(outcomes[1].status, SC_OUT_OF_STOCK);
	assert_int_equal(outcomes[1].change, 0);
	assert_int_equal(outcomes[1].line, 1);
	assert_int_equal(outcomes[1].wanted, 4);
	assert_int_equal(outcomes[1].available, 3);
	assert_int_equal(outcomes[2].status, SC_OK);
	assert_counters(w, "mug", 5, 5, 0);
	assert_counters(w, "cup", 5, 0, 0);
	assert_int_equal(load(w, hold_of(&ids[1])).version, 0);
}

static void a_commit_turns_held_into_committed(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	assert_counters(w, "mug", 5, 0, 3);
	assert_int_equal(load(w, hold_of(&id)).hold_state, SC_HOLD_COMMITTED);
}

static void a_second_commit_that_says_the_same_changes_nothing(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	uint64_t version = load(w, hold_of(&id)).version;
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	assert_counters(w, "mug", 5, 0, 3);
	assert_int_equal(load(w, hold_of(&id)).version, version);
}

static void a_commit_past_the_deadline_is_refused_before_any_sweep(void **state)
{
	struct world *w = *state;
	sc_id early, late;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 1, 1000, &early), SC_OK);
	assert_int_equal(reserve(w, "mug", 1, 1000, &late), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 999);
	assert_int_equal(settle(w, &early, SC_CHANGE_COMMIT, 0), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 1);
	assert_int_equal(settle(w, &late, SC_CHANGE_COMMIT, 0), SC_HOLD_LAPSED);
	assert_counters(w, "mug", 5, 1, 1);
}

static void a_commit_of_a_part_returns_the_rest_at_once(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	receive(w, "cup", 5);
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug"), cup = stock("cup");
	const sc_hold_line lines[] = { line_of(&mug, 3), line_of(&cup, 2) };
	sc_change change = hold(hold_of(&id), lines, 2, 1000);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, id, &change, 1).status, SC_OK);
	const sc_commit_part part = { .line = 0, .quantity = 2 };
	sc_change commit = about(hold_of(&id), SC_CHANGE_COMMIT);
	commit.parts = &part;
	commit.part_count = 1;
	assert_int_equal(apply(w, SC_HOME_NONE, &commit, 1).status, SC_OK);
	assert_counters(w, "mug", 5, 0, 2);
	assert_counters(w, "cup", 5, 0, 0);

	sc_record record = load(w, hold_of(&id));
	sc_hold_take *takes;
	size_t count;
	assert_int_equal(sc_hold_takes(&record, &w->arena, &takes, &count), SC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(takes[0].take.quantity, 3);
	assert_int_equal(takes[0].committed, 2);
	assert_int_equal(takes[1].committed, 0);
	assert_int_equal(apply(w, SC_HOME_NONE, &commit, 1).status, SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_HOLD_SETTLED);
	assert_counters(w, "mug", 5, 0, 2);
}

static void a_commit_of_more_than_was_held_is_refused(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	const sc_commit_part part = { .line = 0, .quantity = 4 };
	sc_change commit = about(hold_of(&id), SC_CHANGE_COMMIT);
	commit.parts = &part;
	commit.part_count = 1;
	sc_outcome outcome = apply(w, SC_HOME_NONE, &commit, 1);
	assert_int_equal(outcome.status, SC_OUT_OF_STOCK);
	assert_int_equal(outcome.line, 0);
	assert_int_equal(outcome.wanted, 4);
	assert_int_equal(outcome.available, 3);
	assert_counters(w, "mug", 5, 3, 0);
}

static void a_release_gives_back_and_may_be_repeated(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, 0), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, 0), SC_OK);
	assert_counters(w, "mug", 5, 0, 0);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_HOLD_SETTLED);
}

static void a_committed_hold_is_released_only_when_that_is_said(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, 0), SC_HOLD_SETTLED);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, SC_SKIP), SC_OK);
	assert_counters(w, "mug", 5, 0, 3);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, SC_RELEASE_COMMITTED), SC_OK);
	assert_counters(w, "mug", 5, 0, 0);
}

static void releasing_an_absent_hold_keeps_it_from_arriving(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id id = sc_id_make(w->env);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, 0), SC_OK);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 1);
	sc_change late = hold(hold_of(&id), &line, 1, 1000);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, id, &late, 1).status, SC_FENCED);
	assert_counters(w, "mug", 5, 0, 0);
}

static void a_release_if_live_leaves_no_tombstone(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id id = sc_id_make(w->env);
	assert_int_equal(settle(w, &id, SC_CHANGE_RELEASE, SC_SKIP), SC_OK);
	assert_int_equal(load(w, hold_of(&id)).version, 0);
}

static void a_pinned_hold_outlives_its_deadline(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_EXTEND, 0), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 100000);
	size_t done;
	int64_t next_ms;
	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL), SC_OK);
	assert_int_equal(done, 0);
	assert_true(next_ms == SC_NEVER);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	assert_counters(w, "mug", 5, 0, 3);
}

static void a_lapsed_hold_cannot_be_extended(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 1000);
	assert_int_equal(settle(w, &id, SC_CHANGE_EXTEND, 0), SC_HOLD_LAPSED);
}

static void the_sweep_returns_what_lapsed_and_says_when_it_is_due_again(void **state)
{
	struct world *w = *state;
	sc_id first, second;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 1, 1000, &first), SC_OK);
	assert_int_equal(reserve(w, "mug", 2, 5000, &second), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 1000);
	size_t done;
	int64_t next_ms;
	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL), SC_OK);
	assert_int_equal(done, 1);
	assert_true(next_ms == SC_TESTKIT_START_MS + 5000);
	assert_counters(w, "mug", 5, 2, 0);
	assert_int_equal(load(w, hold_of(&first)).hold_state, SC_HOLD_EXPIRED);
	assert_int_equal(settle(w, &first, SC_CHANGE_COMMIT, 0), SC_HOLD_LAPSED);
}

static void a_take_over_may_use_what_the_old_hold_gives_back(void **state)
{
	struct world *w = *state;
	sc_id old;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 4, 1000, &old), SC_OK);
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 5), more = line_of(&mug, 6);
	sc_change changes[] = { about(hold_of(&old), SC_CHANGE_RELEASE), hold(hold_of(&id), &more, 1, 1000) };
	changes[0].flags = SC_SKIP;
	sc_outcome outcome = apply(w, SC_HOME_NONE, changes, 2);
	assert_int_equal(outcome.status, SC_OUT_OF_STOCK);
	assert_int_equal(outcome.change, 1);
	assert_int_equal(outcome.wanted, 6);
	assert_int_equal(outcome.available, 5);
	assert_counters(w, "mug", 5, 4, 0);
	changes[1].lines = &line;
	assert_int_equal(apply(w, SC_HOME_NONE, changes, 2).status, SC_OK);
	assert_counters(w, "mug", 5, 5, 0);
	assert_int_equal(load(w, hold_of(&old)).hold_state, SC_HOLD_RELEASED);
}

/* ---- sources and limits ---- */

static void the_first_source_that_can_serve_the_whole_line_does(void **state)
{
	struct world *w = *state;
	const sc_address places[] = { address(SC_KIND_STOCK, "mug", "north"), address(SC_KIND_STOCK, "mug", "south") };
	assert_int_equal(apply_one(w, adjust(places[0], 2)), SC_OK);
	assert_int_equal(apply_one(w, adjust(places[1], 5)), SC_OK);
	const sc_id id = sc_id_make(w->env);
	const sc_hold_line line = { .sources = places, .source_count = 2, .quantity = 3 };
	const sc_change change = hold(hold_of(&id), &line, 1, 1000);
	const sc_group group = group_of(SC_HOME_FIRST, id, &change, 1);
	sc_take take;
	sc_outcome outcome = { .takes = &take, .take_capacity = 1 };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	assert_int_equal(outcome.take_count, 1);
	assert_int_equal(take.quantity, 3);
	assert_int_equal(sc_address_compare(&take.account, &places[1]), 0);
	assert_int_equal(load(w, places[0]).counters.held, 0);
}

static void a_line_that_may_be_split_takes_from_each_source_in_order(void **state)
{
	struct world *w = *state;
	const sc_address places[] = { address(SC_KIND_STOCK, "mug", "north"), address(SC_KIND_STOCK, "mug", "south") };
	assert_int_equal(apply_one(w, adjust(places[0], 2)), SC_OK);
	assert_int_equal(apply_one(w, adjust(places[1], 5)), SC_OK);
	const sc_id id = sc_id_make(w->env);
	sc_hold_line line = { .sources = places, .source_count = 2, .flags = SC_LINE_SPLIT, .quantity = 8 };
	const sc_change change = hold(hold_of(&id), &line, 1, 1000);
	sc_outcome refused = apply_as(w, SC_HOME_FIRST, id, &change, 1);
	assert_int_equal(refused.status, SC_OUT_OF_STOCK);
	assert_int_equal(refused.available, 7);
	line.quantity = 6;
	assert_int_equal(apply_as(w, SC_HOME_FIRST, id, &change, 1).status, SC_OK);
	assert_int_equal(load(w, places[0]).counters.held, 2);
	assert_int_equal(load(w, places[1]).counters.held, 4);
}

static void a_line_with_a_choice_leaves_the_only_source_to_a_line_without_one(void **state)
{
	struct world *w = *state;
	const sc_address places[] = { address(SC_KIND_STOCK, "mug", "north"), address(SC_KIND_STOCK, "mug", "south") };
	assert_int_equal(apply_one(w, adjust(places[0], 5)), SC_OK);
	assert_int_equal(apply_one(w, adjust(places[1], 5)), SC_OK);
	const sc_id id = sc_id_make(w->env);
	const sc_hold_line lines[] = { { .sources = places, .source_count = 2, .quantity = 5 }, line_of(places, 5) };
	const sc_change change = hold(hold_of(&id), lines, 2, 1000);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, id, &change, 1).status, SC_OK);
	assert_int_equal(load(w, places[0]).counters.held, 5);
	assert_int_equal(load(w, places[1]).counters.held, 5);
}

static void a_limit_makes_its_account_on_first_use_and_then_binds(void **state)
{
	struct world *w = *state;
	const sc_address limit = address(SC_KIND_LIMIT, "coupon", "");
	sc_hold_line line = line_of(&limit, 2);
	line.flags = SC_LINE_LIMIT;
	line.limit = 3;
	const sc_id ids[2] = { sc_id_make(w->env), sc_id_make(w->env) };
	const sc_change first = hold(hold_of(&ids[0]), &line, 1, 0), second = hold(hold_of(&ids[1]), &line, 1, 0);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, ids[0], &first, 1).status, SC_OK);
	sc_outcome outcome = apply_as(w, SC_HOME_FIRST, ids[1], &second, 1);
	assert_int_equal(outcome.status, SC_LIMIT_REACHED);
	assert_int_equal(outcome.wanted, 2);
	assert_int_equal(outcome.available, 1);
	assert_int_equal(load(w, limit).counters.on_hand, 3);
}

static void a_limit_whose_life_ended_starts_anew_and_owes_old_holds_nothing(void **state)
{
	struct world *w = *state;
	const sc_address limit = address(SC_KIND_LIMIT, "daily", "");
	sc_hold_line line = line_of(&limit, 2);
	line.flags = SC_LINE_LIMIT;
	line.limit = 2;
	const sc_id ids[2] = { sc_id_make(w->env), sc_id_make(w->env) };
	sc_change first = hold(hold_of(&ids[0]), &line, 1, 0), second = hold(hold_of(&ids[1]), &line, 1, 0);
	first.lifetime_ms = second.lifetime_ms = 1000;
	assert_int_equal(apply_as(w, SC_HOME_FIRST, ids[0], &first, 1).status, SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 1000);
	assert_int_equal(load(w, limit).version, 0);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, ids[1], &second, 1).status, SC_OK);
	assert_int_equal(settle(w, &ids[0], SC_CHANGE_RELEASE, 0), SC_OK);
	assert_int_equal(load(w, limit).counters.held, 2);
}

static void safety_stock_is_not_free_and_a_backorder_allowance_is(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	sc_change set = about(stock("mug"), SC_CHANGE_SET);
	set.flags = SC_SET_FLOOR;
	set.counters.floor = 2;
	assert_int_equal(apply_one(w, set), SC_OK);
	assert_int_equal(reserve(w, "mug", 4, 1000, &id), SC_OUT_OF_STOCK);
	set.counters.floor = -1;
	assert_int_equal(apply_one(w, set), SC_OK);
	assert_int_equal(reserve(w, "mug", 6, 1000, &id), SC_OK);
	set.counters.floor = SC_FLOOR_NONE;
	assert_int_equal(apply_one(w, set), SC_OK);
	assert_int_equal(reserve(w, "mug", 1000, 1000, &id), SC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_hold_claims_what_is_free_and_no_more),
		WORLD_TEST(a_hold_on_an_account_that_is_not_there_is_refused),
		WORLD_TEST(two_lines_of_one_sku_are_counted_together_and_others_of_the_batch_are_as_if_alone),
		WORLD_TEST(a_commit_turns_held_into_committed),
		WORLD_TEST(a_second_commit_that_says_the_same_changes_nothing),
		WORLD_TEST(a_commit_past_the_deadline_is_refused_before_any_sweep),
		WORLD_TEST(a_commit_of_a_part_returns_the_rest_at_once),
		WORLD_TEST(a_commit_of_more_than_was_held_is_refused),
		WORLD_TEST(a_release_gives_back_and_may_be_repeated),
		WORLD_TEST(a_committed_hold_is_released_only_when_that_is_said),
		WORLD_TEST(releasing_an_absent_hold_keeps_it_from_arriving),
		WORLD_TEST(a_release_if_live_leaves_no_tombstone),
		WORLD_TEST(a_pinned_hold_outlives_its_deadline),
		WORLD_TEST(a_lapsed_hold_cannot_be_extended),
		WORLD_TEST(the_sweep_returns_what_lapsed_and_says_when_it_is_due_again),
		WORLD_TEST(a_take_over_may_use_what_the_old_hold_gives_back),
		WORLD_TEST(the_first_source_that_can_serve_the_whole_line_does),
		WORLD_TEST(a_line_that_may_be_split_takes_from_each_source_in_order),
		WORLD_TEST(a_line_with_a_choice_leaves_the_only_source_to_a_line_without_one),
		WORLD_TEST(a_limit_makes_its_account_on_first_use_and_then_binds),
		WORLD_TEST(a_limit_whose_life_ended_starts_anew_and_owes_old_holds_nothing),
		WORLD_TEST(safety_stock_is_not_free_and_a_backorder_allowance_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
