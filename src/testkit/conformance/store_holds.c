/*
 * Holds: what they claim, from where, and the ways in which they end.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

static sc_address new_hold(struct world *w)
{
	return ct_at_id(w, KIND_HOLD, ct_id(w), 0);
}

/* An account with so much on hand. */
static sc_address stocked(struct world *w, const char *sku, const char *location, int64_t on_hand)
{
	sc_address stock = ct_at(w, KIND_STOCK, sku, location);

	DO(w, ct_set_on_hand(stock, on_hand));
	return stock;
}

/* A hold of so many units that stands. */
static sc_address held(struct world *w, sc_address stock, int64_t quantity)
{
	sc_address hold = new_hold(w);

	DO(w, ct_hold_one(w, hold, 10 * MINUTE_MS, stock, quantity));
	return hold;
}

void a_hold_claims_and_tells_what_it_took(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_address hold = new_hold(w);
	sc_outcome outcome = DO(w, ct_hold_one(w, hold, 10 * MINUTE_MS, stock, 3));
	sc_hold_take *takes;
	size_t count;
	sc_record is = ct_load(w, hold);

	CHECK_COUNTERS(w, stock, 5, 3, 0);
	CHECK_INT(w, outcome.take_count, 1);
	CHECK_INT(w, outcome.takes[0].quantity, 3);
	CHECK_INT(w, outcome.takes[0].line, 0);
	CHECK(w, ct_same_address(&outcome.takes[0].account, &stock));
	CHECK_INT(w, is.hold_state, SC_HOLD_HELD);
	CHECK_INT(w, is.deadline_ms, ct_now(w) + 10 * MINUTE_MS);
	CHECK_STATUS(w, sc_hold_takes(&is, &w->arena, &takes, &count), SC_OK);
	CHECK_INT(w, count, 1);
	CHECK_INT(w, takes[0].take.quantity, 3);
	CHECK_INT(w, takes[0].committed, 0);
	CHECK(w, ct_same_address(&takes[0].take.account, &stock));
}

void a_hold_larger_than_what_is_free_is_refused_with_numbers(struct world *w)
{
	sc_address cup = stocked(w, "cup", "main", 50);
	sc_address mug = stocked(w, "mug", "main", 5);
	const sc_hold_line lines[] = { ct_line(w, 1, 0, &cup, 1), ct_line(w, 4, 0, &mug, 1) };
	sc_outcome outcome;

	held(w, mug, 2);
	outcome = REFUSED(w, SC_OUT_OF_STOCK, ct_hold(w, new_hold(w), MINUTE_MS, lines, 2));
	CHECK_INT(w, outcome.line, 1);
	CHECK_INT(w, outcome.wanted, 4);
	CHECK_INT(w, outcome.available, 3);
	CHECK_COUNTERS(w, mug, 5, 2, 0);
	CHECK_COUNTERS(w, cup, 50, 0, 0);
}

void the_last_unit_can_be_held(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 1);

	held(w, stock, 1);
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 1));
	CHECK_COUNTERS(w, stock, 1, 1, 0);
}

void an_account_that_is_absent_has_nothing_to_hold(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "nothing", "main");
	sc_hold_line line = ct_line(w, 1, 0, &stock, 1);
	sc_change change = ct_hold(w, new_hold(w), MINUTE_MS, &line, 1);
	sc_outcome outcome = APPLY(w, ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1));

	CHECK(w, sc_status_is_refusal(outcome.status));
	CHECK_INT(w, ct_load(w, stock).version, 0);
}

void demand_of_all_lines_is_summed_first(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	const sc_hold_line lines[] = { ct_line(w, 3, 0, &stock, 1), ct_line(w, 3, 0, &stock, 1) };
	const sc_hold_line fitting[] = { ct_line(w, 3, 0, &stock, 1), ct_line(w, 2, 0, &stock, 1) };
	sc_outcome outcome = REFUSED(w, SC_OUT_OF_STOCK, ct_hold(w, new_hold(w), MINUTE_MS, lines, 2));

	CHECK_INT(w, outcome.wanted, 6);
	CHECK_INT(w, outcome.available, 5);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	outcome = DO(w, ct_hold(w, new_hold(w), MINUTE_MS, fitting, 2));
	CHECK_INT(w, outcome.take_count, 2);
	CHECK_COUNTERS(w, stock, 5, 5, 0);
}

void demand_of_two_holds_of_one_group_is_summed(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);

	REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 3),
	        ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 3));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void a_line_is_served_by_the_first_source_that_can(struct world *w)
{
	sc_address sources[] = { stocked(w, "mug", "near", 2), stocked(w, "mug", "far", 9),
		                 stocked(w, "mug", "farther", 9) };
	sc_hold_line line = ct_line(w, 3, 0, sources, 3);
	sc_outcome outcome = DO(w, ct_hold(w, new_hold(w), MINUTE_MS, &line, 1));

	CHECK_INT(w, outcome.take_count, 1);
	CHECK(w, ct_same_address(&outcome.takes[0].account, &sources[1]));
	CHECK_COUNTERS(w, sources[0], 2, 0, 0);
	CHECK_COUNTERS(w, sources[1], 9, 3, 0);
	line = ct_line(w, 2, 0, sources, 3);
	DO(w, ct_hold(w, new_hold(w), MINUTE_MS, &line, 1));
	CHECK_COUNTERS(w, sources[0], 2, 2, 0);
	CHECK_COUNTERS(w, sources[2], 9, 0, 0);
}

void a_line_without_split_is_not_served_in_pieces(struct world *w)
{
	sc_address sources[] = { stocked(w, "mug", "near", 2), stocked(w, "mug", "far", 2) };
	sc_hold_line line = ct_line(w, 3, 0, sources, 2);

	REFUSED(w, SC_OUT_OF_STOCK, ct_hold(w, new_hold(w), MINUTE_MS, &line, 1));
	CHECK_COUNTERS(w, sources[0], 2, 0, 0);
	CHECK_COUNTERS(w, sources[1], 2, 0, 0);
}

void a_split_line_takes_from_its_sources_in_order(struct world *w)
{
	sc_address sources[] = { stocked(w, "mug", "near", 2), stocked(w, "mug", "far", 2),
		                 stocked(w, "mug", "farther", 9) };
	sc_hold_line line = ct_line(w, 5, SC_LINE_SPLIT, sources, 3);
	sc_address hold = new_hold(w);
	sc_outcome outcome = DO(w, ct_hold(w, hold, MINUTE_MS, &line, 1));

	CHECK_INT(w, outcome.take_count, 3);
	CHECK_INT(w, outcome.takes[0].quantity, 2);
	CHECK_INT(w, outcome.takes[1].quantity, 2);
	CHECK_INT(w, outcome.takes[2].quantity, 1);
	CHECK_COUNTERS(w, sources[0], 2, 2, 0);
	CHECK_COUNTERS(w, sources[1], 2, 2, 0);
	CHECK_COUNTERS(w, sources[2], 9, 1, 0);
	DO(w, ct_release(hold, 0));
	for (int i = 0; i < 3; i++)
		CHECK_INT(w, ct_load(w, sources[i]).counters.held, 0);
	line = ct_line(w, 14, SC_LINE_SPLIT, sources, 3);
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold(w, new_hold(w), MINUTE_MS, &line, 1));
	CHECK_COUNTERS(w, sources[0], 2, 0, 0);
}

void two_lines_share_their_sources(struct world *w)
{
	sc_address sources[] = { stocked(w, "mug", "near", 3), stocked(w, "mug", "far", 3) };
	const sc_hold_line lines[] = { ct_line(w, 3, 0, sources, 2), ct_line(w, 3, 0, sources, 2) };
	const sc_hold_line third = ct_line(w, 1, 0, sources, 2);
	sc_outcome outcome = DO(w, ct_hold(w, new_hold(w), MINUTE_MS, lines, 2));

	CHECK_INT(w, outcome.take_count, 2);
	CHECK(w, !ct_same_address(&outcome.takes[0].account, &outcome.takes[1].account));
	CHECK_COUNTERS(w, sources[0], 3, 3, 0);
	CHECK_COUNTERS(w, sources[1], 3, 3, 0);
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold(w, new_hold(w), MINUTE_MS, &third, 1));
}

static sc_change limited_use(struct world *w, sc_address account, int64_t quantity, int64_t limit, int64_t lifetime_ms)
{
	sc_hold_line line = ct_line(w, quantity, SC_LINE_LIMIT, &account, 1);
	sc_change change;

	line.limit = limit;
	change = ct_hold(w, new_hold(w), MINUTE_MS, &line, 1);
	change.lifetime_ms = lifetime_ms;
	return change;
}

void a_limit_makes_its_account_on_first_use(struct world *w)
{
	sc_address uses = ct_at(w, KIND_LIMIT, "coupon:SPRING", "");
	sc_outcome outcome;

	DO(w, limited_use(w, uses, 2, 3, 0));
	CHECK_COUNTERS(w, uses, 3, 2, 0);
	outcome = REFUSED(w, SC_LIMIT_REACHED, limited_use(w, uses, 2, 3, 0));
	CHECK_INT(w, outcome.wanted, 2);
	CHECK_INT(w, outcome.available, 1);
	DO(w, limited_use(w, uses, 1, 3, 0));
	CHECK_COUNTERS(w, uses, 3, 3, 0);
}

void a_first_use_over_the_limit_leaves_no_account(struct world *w)
{
	sc_address uses = ct_at(w, KIND_LIMIT, "coupon:SPRING", "");

	REFUSED(w, SC_LIMIT_REACHED, limited_use(w, uses, 4, 3, 0));
	CHECK_INT(w, ct_load(w, uses).version, 0);
}

void a_limit_lives_as_long_as_it_was_given(struct world *w)
{
	sc_address uses = ct_at(w, KIND_LIMIT, "daily:u:ada", "");
	sc_change first = limited_use(w, uses, 3, 3, DAY_MS);

	DO(w, first);
	CHECK_INT(w, ct_load(w, uses).expires_ms, ct_now(w) + DAY_MS);
	DO(w, ct_commit(first.address));
	REFUSED(w, SC_LIMIT_REACHED, limited_use(w, uses, 1, 3, DAY_MS));
	ct_advance(w, DAY_MS + 1);
	DO(w, limited_use(w, uses, 2, 3, DAY_MS));
	CHECK_COUNTERS(w, uses, 3, 2, 0);
}

void an_account_made_anew_owes_old_holds_nothing(struct world *w)
{
	sc_address uses = ct_at(w, KIND_LIMIT, "daily:u:ada", "");
	sc_change old = limited_use(w, uses, 2, 3, DAY_MS);

	old.ttl_ms = 0;
	DO(w, old);
	ct_advance(w, DAY_MS + 1);
	DO(w, limited_use(w, uses, 3, 3, DAY_MS));
	DO(w, ct_release(old.address, 0));
	CHECK_COUNTERS(w, uses, 3, 3, 0);
}

void safety_stock_is_not_sold(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_outcome outcome;

	DO(w, ct_set_floor(stock, 2));
	outcome = REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 4));
	CHECK_INT(w, outcome.available, 3);
	held(w, stock, 3);
}

void backorders_are_sold_to_their_limit(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 1);

	DO(w, ct_set_floor(stock, -2));
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 4));
	held(w, stock, 3);
	CHECK_COUNTERS(w, stock, 1, 3, 0);
}

void an_unbounded_account_never_runs_out(struct world *w)
{
	sc_address stock = stocked(w, "download", "main", 0);

	DO(w, ct_set_floor(stock, SC_FLOOR_NONE));
	held(w, stock, SC_QUANTITY_MAX);
	held(w, stock, SC_QUANTITY_MAX);
	CHECK_COUNTERS(w, stock, 0, 2 * SC_QUANTITY_MAX, 0);
}

void commit_turns_held_into_committed(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_address hold = held(w, stock, 3);
	sc_hold_take *takes;
	sc_record is;
	size_t count;

	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 3);
	CHECK_HOLD(w, hold, SC_HOLD_COMMITTED);
	is = ct_load(w, hold);
	CHECK_STATUS(w, sc_hold_takes(&is, &w->arena, &takes, &count), SC_OK);
	CHECK_INT(w, count, 1);
	CHECK_INT(w, takes[0].committed, 3);
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, new_hold(w), MINUTE_MS, stock, 3));
}

void commit_of_a_part_returns_the_rest_at_once(struct world *w)
{
	sc_address mug = stocked(w, "mug", "main", 5);
	sc_address cup = stocked(w, "cup", "main", 5);
	const sc_hold_line lines[] = { ct_line(w, 4, 0, &mug, 1), ct_line(w, 2, 0, &cup, 1) };
	const sc_commit_part parts[] = { { .line = 0, .quantity = 1 } };
	sc_address hold = new_hold(w);
	sc_change commit = ct_commit(hold);

	DO(w, ct_hold(w, hold, MINUTE_MS, lines, 2));
	commit.parts = parts;
	commit.part_count = 1;
	DO(w, commit);
	CHECK_COUNTERS(w, mug, 5, 0, 1);
	CHECK_COUNTERS(w, cup, 5, 0, 0);
	held(w, mug, 4);
	held(w, cup, 5);
}

void commit_of_a_part_of_a_split_line_keeps_the_first_sources(struct world *w)
{
	sc_address sources[] = { stocked(w, "mug", "near", 2), stocked(w, "mug", "far", 9) };
	sc_hold_line line = ct_line(w, 5, SC_LINE_SPLIT, sources, 2);
	const sc_commit_part part = { .line = 0, .quantity = 3 };
	sc_address hold = new_hold(w);
	sc_change commit = ct_commit(hold);
	int64_t committed;

	DO(w, ct_hold(w, hold, MINUTE_MS, &line, 1));
	commit.parts = &part;
	commit.part_count = 1;
	DO(w, commit);
	committed = ct_load(w, sources[0]).counters.committed + ct_load(w, sources[1]).counters.committed;
	CHECK_INT(w, committed, 3);
	CHECK_INT(w, ct_load(w, sources[0]).counters.held, 0);
	CHECK_INT(w, ct_load(w, sources[1]).counters.held, 0);
	CHECK_COUNTERS(w, sources[0], 2, 0, 2);
}

void commit_of_more_than_was_held_is_not_done(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, stock, 3);
	const sc_commit_part part = { .line = 0, .quantity = 4 };
	sc_change commit = ct_commit(hold);

	commit.parts = &part;
	commit.part_count = 1;
	REFUSED(w, SC_OUT_OF_STOCK, commit);
	CHECK_COUNTERS(w, stock, 9, 3, 0);
	CHECK_HOLD(w, hold, SC_HOLD_HELD);
}

void commit_of_an_absent_hold_is_not_found(struct world *w)
{
	REFUSED(w, SC_NOT_FOUND, ct_commit(new_hold(w)));
}

void release_gives_everything_back(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_address hold = held(w, stock, 3);

	DO(w, ct_release(hold, 0));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	CHECK_HOLD(w, hold, SC_HOLD_RELEASED);
	held(w, stock, 5);
}

void a_hold_is_settled_once(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address released = held(w, stock, 3), committed = held(w, stock, 2);

	DO(w, ct_release(released, 0));
	REFUSED(w, SC_HOLD_SETTLED, ct_commit(released));
	DO(w, ct_commit(committed));
	REFUSED(w, SC_HOLD_SETTLED, ct_release(committed, 0));
	CHECK_COUNTERS(w, stock, 9, 0, 2);
}

void settling_twice_alike_never_counts_twice(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address released = held(w, stock, 3), committed = held(w, stock, 2);
	sc_change again[2] = { ct_release(released, 0), ct_commit(committed) };

	DO(w, ct_release(released, 0), ct_commit(committed));
	for (int i = 0; i < 2; i++) {
		sc_outcome outcome = APPLY(w, ct_group(w, SC_HOME_TABLE, ct_id(w), &again[i], 1));

		CHECK_STATUS(w, outcome.status, SC_OK);
	}
	CHECK_COUNTERS(w, stock, 9, 0, 2);
}

void release_if_live_skips_what_is_settled(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, stock, 3), committed = held(w, stock, 2);
	sc_outcome outcome;

	DO(w, ct_commit(committed));
	outcome = DO(w, ct_release(hold, SC_SKIP), ct_release(committed, SC_SKIP));
	CHECK(w, outcome.flags & SC_OUTCOME_SKIPPED);
	CHECK_COUNTERS(w, stock, 9, 0, 2);
	CHECK_HOLD(w, committed, SC_HOLD_COMMITTED);
}

void a_commit_that_says_otherwise_can_be_skipped(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, stock, 3);
	const sc_commit_part part = { .line = 0, .quantity = 1 };
	sc_change other = ct_commit(hold);

	other.parts = &part;
	other.part_count = 1;
	DO(w, ct_commit(hold));
	REFUSED(w, SC_HOLD_SETTLED, other);
	CHECK(w, DO(w, ct_skip_change(other)).flags & SC_OUTCOME_SKIPPED);
	CHECK_COUNTERS(w, stock, 9, 0, 3);
}

void release_of_an_absent_hold_keeps_it_from_ever_coming(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = new_hold(w);
	sc_change late = ct_hold_one(w, hold, MINUTE_MS, stock, 3);
	sc_outcome outcome;

	DO(w, ct_release(hold, 0));
	CHECK_HOLD(w, hold, SC_HOLD_RELEASED);
	outcome = APPLY(w, ct_group(w, SC_HOME_FIRST, ct_id(w), &late, 1));
	CHECK_STATUS(w, outcome.status, SC_FENCED);
	CHECK_COUNTERS(w, stock, 9, 0, 0);
}

void a_committed_hold_can_be_undone(struct world *w)
{
	sc_address mug = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, mug, 3), live = held(w, mug, 1);
	const sc_commit_part part = { .line = 0, .quantity = 2 };
	sc_change commit = ct_commit(hold);

	commit.parts = &part;
	commit.part_count = 1;
	DO(w, commit);
	CHECK_COUNTERS(w, mug, 9, 1, 2);
	DO(w, ct_release(hold, SC_RELEASE_COMMITTED));
	CHECK_COUNTERS(w, mug, 9, 1, 0);
	CHECK_HOLD(w, hold, SC_HOLD_RELEASED);
	DO(w, ct_release(live, SC_RELEASE_COMMITTED));
	CHECK_COUNTERS(w, mug, 9, 0, 0);
}

/* What of each line a committed hold keeps. */
static sc_change keeping(sc_address hold, const sc_commit_part *parts, uint32_t count)
{
	sc_change change = ct_release(hold, SC_RELEASE_COMMITTED);

	change.parts = parts;
	change.part_count = count;
	return change;
}

void a_committed_hold_can_be_given_back_in_part(struct world *w)
{
	sc_address mug = stocked(w, "mug", "main", 9), cup = stocked(w, "cup", "main", 5);
	sc_address sources[] = { stocked(w, "pot", "near", 2), stocked(w, "pot", "far", 9) };
	const sc_hold_line lines[] = { ct_line(w, 4, 0, &mug, 1), ct_line(w, 2, 0, &cup, 1),
		                       ct_line(w, 5, SC_LINE_SPLIT, sources, 2) };
	const sc_commit_part parts[] = { { .line = 0, .quantity = 3 }, { .line = 2, .quantity = 1 } };
	sc_address hold = new_hold(w);
	sc_hold_take *takes;
	size_t count;
	sc_record is;

	DO(w, ct_hold(w, hold, MINUTE_MS, lines, 3), ct_commit(hold));
	for (int i = 0; i < 2; i++) { /* saying it again changes nothing */
		DO(w, keeping(hold, parts, 2));
		CHECK_COUNTERS(w, mug, 9, 0, 3);
		CHECK_COUNTERS(w, cup, 5, 0, 0);
		CHECK_COUNTERS(w, sources[0], 2, 0, 1);
		CHECK_COUNTERS(w, sources[1], 9, 0, 0);
		CHECK_HOLD(w, hold, SC_HOLD_COMMITTED);
	}
	is = ct_load(w, hold);
	CHECK_STATUS(w, sc_hold_takes(&is, &w->arena, &takes, &count), SC_OK);
	CHECK_INT(w, count, 4);
	CHECK_INT(w, takes[0].committed, 3);
	DO(w, ct_release(hold, SC_RELEASE_COMMITTED));
	CHECK_COUNTERS(w, mug, 9, 0, 0);
	CHECK_COUNTERS(w, sources[0], 2, 0, 0);
}

void a_hold_never_keeps_more_than_it_has(struct world *w)
{
	sc_address mug = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, mug, 4), live = held(w, mug, 1), gone = held(w, mug, 1);
	const sc_commit_part three = { .line = 0, .quantity = 3 }, four = { .line = 0, .quantity = 4 };

	DO(w, ct_commit(hold));
	DO(w, keeping(hold, &three, 1));
	REFUSED(w, SC_OUT_OF_STOCK, keeping(hold, &four, 1));
	REFUSED(w, SC_WRONG_STATE, keeping(live, &three, 1));
	DO(w, ct_release(gone, 0));
	REFUSED(w, SC_HOLD_SETTLED, keeping(gone, &three, 1));
	REFUSED(w, SC_NOT_FOUND, keeping(new_hold(w), &three, 1));
	CHECK_COUNTERS(w, mug, 9, 1, 3);
	CHECK_HOLD(w, hold, SC_HOLD_COMMITTED);
}

void a_hold_can_take_over_another_in_one_step(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_address old = held(w, stock, 5), new = new_hold(w), third = new_hold(w);

	DO(w, ct_release(old, SC_SKIP), ct_hold_one(w, new, MINUTE_MS, stock, 5));
	CHECK_COUNTERS(w, stock, 5, 5, 0);
	CHECK_HOLD(w, old, SC_HOLD_RELEASED);
	CHECK_HOLD(w, new, SC_HOLD_HELD);
	REFUSED(w, SC_OUT_OF_STOCK, ct_release(new, SC_SKIP), ct_hold_one(w, third, MINUTE_MS, stock, 6));
	CHECK_COUNTERS(w, stock, 5, 5, 0);
	CHECK_HOLD(w, new, SC_HOLD_HELD);
}

void a_take_over_of_a_settled_hold_only_holds(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 5);
	sc_address old = held(w, stock, 2), new = new_hold(w);

	DO(w, ct_release(old, 0));
	DO(w, ct_release(old, SC_SKIP), ct_hold_one(w, new, MINUTE_MS, stock, 5));
	CHECK_COUNTERS(w, stock, 5, 5, 0);
}

void a_second_hold_at_one_address_is_refused(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, stock, 3);

	REFUSED(w, SC_EXISTS, ct_hold_one(w, hold, MINUTE_MS, stock, 1));
	CHECK_COUNTERS(w, stock, 9, 3, 0);
}

void one_hold_spans_stock_and_limits(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address uses = ct_at(w, KIND_LIMIT, "coupon:SPRING", "");
	sc_hold_line lines[] = { ct_line(w, 2, 0, &stock, 1), ct_line(w, 1, SC_LINE_LIMIT, &uses, 1) };
	sc_address hold = new_hold(w);

	lines[1].limit = 1;
	DO(w, ct_hold(w, hold, MINUTE_MS, lines, 2));
	REFUSED(w, SC_LIMIT_REACHED, ct_hold(w, new_hold(w), MINUTE_MS, lines, 2));
	CHECK_COUNTERS(w, stock, 9, 2, 0);
	DO(w, ct_release(hold, 0));
	CHECK_COUNTERS(w, stock, 9, 0, 0);
	CHECK_COUNTERS(w, uses, 1, 0, 0);
	DO(w, ct_hold(w, new_hold(w), MINUTE_MS, lines, 2));
}

void goods_that_are_shipped_leave_both_counters(struct world *w)
{
	sc_address stock = stocked(w, "mug", "main", 9);
	sc_address hold = held(w, stock, 3);
	sc_change ship = ct_adjust(stock, -3, 0);

	DO(w, ct_commit(hold));
	ship.counters.committed = -3;
	DO(w, ship);
	CHECK_COUNTERS(w, stock, 6, 0, 0);
}
