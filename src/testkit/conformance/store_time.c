/*
 * The store's clock, and what ends by itself: deadlines of holds and lifetimes of records.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

static sc_address new_hold(struct world *w)
{
	return ct_at_id(w, KIND_HOLD, ct_id(w), 0);
}

static sc_address stocked(struct world *w, int64_t on_hand)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");

	DO(w, ct_set_on_hand(stock, on_hand));
	return stock;
}

static sc_address held_for(struct world *w, sc_address stock, int64_t quantity, int64_t ttl_ms)
{
	sc_address hold = new_hold(w);

	DO(w, ct_hold_one(w, hold, ttl_ms, stock, quantity));
	return hold;
}

void a_lapsed_hold_cannot_be_committed_even_before_a_sweep(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);

	ct_advance(w, MINUTE_MS + 1);
	REFUSED(w, SC_HOLD_LAPSED, ct_commit(hold));
	CHECK_INT(w, ct_load(w, stock).counters.committed, 0);
	while (ct_expire(w, 10, NULL) > 0)
		;
	REFUSED(w, SC_HOLD_LAPSED, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void a_hold_can_be_committed_until_it_lapses(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);

	ct_advance(w, MINUTE_MS - 1);
	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 3);
	ct_advance(w, MINUTE_MS);
	CHECK_INT(w, ct_expire(w, 10, NULL), 0);
	CHECK_COUNTERS(w, stock, 5, 0, 3);
}

void expire_returns_the_units_of_lapsed_holds(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);
	int64_t next;

	ct_advance(w, MINUTE_MS + 1);
	CHECK_INT(w, ct_expire(w, 10, &next), 1);
	CHECK_INT(w, next, SC_NEVER);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	CHECK_HOLD(w, hold, SC_HOLD_EXPIRED);
	CHECK_INT(w, ct_expire(w, 10, NULL), 0);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void expire_leaves_holds_that_have_time_left(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);
	int64_t next;

	ct_advance(w, MINUTE_MS - 1);
	CHECK_INT(w, ct_expire(w, 10, &next), 0);
	CHECK(w, next > ct_now(w) && next <= ct_now(w) + 2);
	CHECK_HOLD(w, hold, SC_HOLD_HELD);
	CHECK_COUNTERS(w, stock, 5, 3, 0);
}

void expire_stops_at_its_bound_and_goes_on(struct world *w)
{
	sc_address stock = stocked(w, 9);
	int64_t next;

	for (int i = 0; i < 5; i++)
		held_for(w, stock, 1, MINUTE_MS + i);
	ct_advance(w, HOUR_MS);
	CHECK_INT(w, ct_expire(w, 2, &next), 2);
	CHECK(w, next <= ct_now(w));
	CHECK_COUNTERS(w, stock, 9, 3, 0);
	CHECK_INT(w, ct_expire(w, 2, NULL), 2);
	CHECK_INT(w, ct_expire(w, 2, NULL), 1);
	CHECK_COUNTERS(w, stock, 9, 0, 0);
}

void expire_says_when_the_next_hold_is_due(struct world *w)
{
	sc_address stock = stocked(w, 9);
	int64_t next, due = ct_now(w) + 2 * MINUTE_MS;

	held_for(w, stock, 1, 5 * MINUTE_MS);
	held_for(w, stock, 1, 2 * MINUTE_MS);
	ct_expire(w, 10, &next);
	CHECK(w, next >= due && next <= due + 1);
}

void extend_moves_the_deadline(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);

	ct_advance(w, MINUTE_MS / 2);
	DO(w, ct_extend(hold, 2 * MINUTE_MS));
	CHECK_INT(w, ct_load(w, hold).deadline_ms, ct_now(w) + 2 * MINUTE_MS);
	ct_advance(w, MINUTE_MS);
	CHECK_INT(w, ct_expire(w, 10, NULL), 0);
	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 3);
}

void extend_to_no_deadline_pins_a_hold(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);

	DO(w, ct_extend(hold, 0));
	CHECK_INT(w, ct_load(w, hold).deadline_ms, 0);
	ct_advance(w, 400 * DAY_MS);
	ct_expire(w, 10, NULL);
	CHECK_HOLD(w, hold, SC_HOLD_HELD);
	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 3);
}

void extend_does_not_wake_what_has_ended(struct world *w)
{
	sc_address stock = stocked(w, 9);
	sc_address lapsed = held_for(w, stock, 3, MINUTE_MS), released = held_for(w, stock, 2, HOUR_MS);

	DO(w, ct_release(released, 0));
	REFUSED(w, SC_HOLD_SETTLED, ct_extend(released, HOUR_MS));
	ct_advance(w, MINUTE_MS + 1);
	REFUSED(w, SC_HOLD_LAPSED, ct_extend(lapsed, HOUR_MS));
	REFUSED(w, SC_NOT_FOUND, ct_extend(new_hold(w), HOUR_MS));
}

void a_hold_without_a_deadline_never_lapses(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, 0);

	CHECK_INT(w, ct_load(w, hold).deadline_ms, 0);
	ct_advance(w, 400 * DAY_MS);
	ct_expire(w, 10, NULL);
	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 5, 0, 3);
}

void a_lapsed_hold_can_be_taken_over(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address old = held_for(w, stock, 5, MINUTE_MS), new = new_hold(w);

	ct_advance(w, MINUTE_MS + 1);
	DO(w, ct_release(old, SC_SKIP), ct_hold_one(w, new, MINUTE_MS, stock, 5));
	CHECK_COUNTERS(w, stock, 5, 5, 0);
	CHECK_HOLD(w, new, SC_HOLD_HELD);
}

void release_of_a_lapsed_hold_never_counts_twice(struct world *w)
{
	sc_address stock = stocked(w, 5);
	sc_address hold = held_for(w, stock, 3, MINUTE_MS);
	sc_change release = ct_release(hold, SC_SKIP);

	ct_advance(w, MINUTE_MS + 1);
	CHECK_STATUS(w, APPLY(w, ct_group(w, SC_HOME_TABLE, ct_id(w), &release, 1)).status, SC_OK);
	while (ct_expire(w, 10, NULL) > 0)
		;
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void a_record_is_absent_after_its_lifetime(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "g:guest", "");
	sc_change put = ct_put(cart, SC_IF_ABSENT, 0, "cart");
	sc_range all = { .kind = KIND_CART, .index = SC_BY_ADDRESS, .limit = 10, .mask = SC_READ_ALL };
	uint64_t first;

	put.lifetime_ms = MINUTE_MS;
	DO(w, put);
	first = ct_load(w, cart).version;
	CHECK_INT(w, ct_load(w, cart).expires_ms, ct_now(w) + MINUTE_MS);
	ct_advance(w, MINUTE_MS - 1);
	CHECK_INT(w, ct_load(w, cart).version, first);
	ct_advance(w, 2);
	CHECK_INT(w, ct_load(w, cart).version, 0);
	CHECK_INT(w, RANGE(w, all).count, 0);
	REFUSED(w, SC_NOT_FOUND, ct_put(cart, SC_IF_PRESENT, 0, "late"));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "again"));
	CHECK(w, ct_load(w, cart).version > first);
	CHECK_INT(w, ct_load(w, cart).expires_ms, 0);
}

void a_put_gives_a_new_lifetime(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "g:guest", "");
	sc_change put = ct_put(cart, SC_IF_ANY, 0, "cart");

	put.lifetime_ms = MINUTE_MS;
	DO(w, put);
	ct_advance(w, MINUTE_MS / 2);
	DO(w, put);
	ct_advance(w, MINUTE_MS / 2 + 1000);
	CHECK(w, ct_load(w, cart).version != 0);
	ct_advance(w, MINUTE_MS / 2);
	CHECK_INT(w, ct_load(w, cart).version, 0);
}

void expire_removes_what_outlived_its_time_and_nothing_else(struct world *w)
{
	sc_address stay = ct_at(w, KIND_CART, "u:ada", "");
	sc_address cart = ct_at(w, KIND_CART, "g:guest", "");
	sc_change put = ct_put(cart, SC_IF_ABSENT, 0, "cart");

	put.lifetime_ms = MINUTE_MS;
	DO(w, put, ct_put(stay, SC_IF_ABSENT, 0, "ada's"));
	ct_advance(w, MINUTE_MS + 1);
	for (int turn = 0; turn < 10 && ct_expire(w, 10, NULL) > 0; turn++)
		;
	CHECK_INT(w, ct_load(w, cart).version, 0);
	CHECK_BYTES(w, ct_load(w, stay).body, SC_BYTES("ada's"));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "new"));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("new"));
}

void the_clock_goes_on_and_never_back(struct world *w)
{
	int64_t start = ct_now(w), before;

	ct_advance(w, 1234);
	before = ct_now(w);
	CHECK(w, before >= start + 1234);
	if (w->options->advance != NULL)
		return;
	DO(w, ct_put(ct_at(w, KIND_CART, "u:ada", ""), SC_IF_ABSENT, 0, "now"));
	atomic_fetch_sub(&w->clock.wall_ms, HOUR_MS); /* somebody set the wall clock back */
	CHECK(w, ct_now(w) >= before);
	atomic_fetch_add(&w->clock.mono_ns, INT64_C(10000) * 1000000);
	atomic_fetch_add(&w->clock.wall_ms, 10000);
	CHECK(w, ct_now(w) >= before + 10000); /* and time goes on meanwhile */
}

void deadlines_run_while_the_wall_clock_is_set_back(struct world *w)
{
	sc_address stock, hold;

	if (w->options->advance != NULL)
		ct_skip(w, "the store's clock is not the environment's");
	stock = stocked(w, 5);
	hold = held_for(w, stock, 3, MINUTE_MS);
	atomic_fetch_sub(&w->clock.wall_ms, DAY_MS);
	atomic_fetch_add(&w->clock.mono_ns, (MINUTE_MS + 1) * 1000000);
	REFUSED(w, SC_HOLD_LAPSED, ct_commit(hold));
	CHECK_INT(w, ct_expire(w, 10, NULL), 1);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void the_clock_does_not_go_back_over_a_reopen(struct world *w)
{
	int64_t before;

	if (w->options->reopen == NULL || ct_info(w).durability == SC_DURABLE_PROCESS)
		ct_skip(w, "nothing is kept that could be opened again");
	before = DO(w, ct_put(ct_at(w, KIND_CART, "u:ada", ""), SC_IF_ABSENT, 0, "now")).time_ms;
	ct_close(w);
	atomic_fetch_sub(&w->clock.wall_ms, HOUR_MS);
	ct_open_again(w);
	CHECK(w, ct_now(w) >= before);
}
