/*
 * Ids and outcomes: a repeat gets the stored answer, an unknown can be resolved, a fenced id stays
 * dead, and what is too old to be remembered is refused.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

static sc_group one(struct world *w, sc_home home, sc_change change)
{
	return ct_group(w, home, ct_id(w), &change, 1);
}

static sc_outcome resolve(struct world *w, sc_id id, const sc_address *home, bool fence)
{
	sc_group_ref ref;
	sc_outcome outcome = ct_outcome(w);
	sc_error err = SC_ERROR_INIT;

	memset(&ref, 0, sizeof(ref));
	ref.id = id;
	if (home != NULL)
		ref.home = *home;
	CHECK_STATUS(w, w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, &ref, 1, fence, &outcome, &err), SC_OK);
	return outcome;
}

static void check_same(struct world *w, const sc_outcome *first, const sc_outcome *again)
{
	CHECK(w, again->flags & SC_OUTCOME_REPEAT);
	CHECK_STATUS(w, again->status, first->status);
	CHECK_INT(w, again->position, first->position);
	CHECK_INT(w, again->time_ms, first->time_ms);
}

void a_repeat_gets_the_stored_outcome_and_changes_nothing(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_group group = one(w, SC_HOME_TABLE, ct_adjust(stock, 5, 0));
	sc_outcome first = APPLY(w, group), again;
	size_t before, after;

	CHECK_STATUS(w, first.status, SC_OK);
	CHECK(w, !(first.flags & SC_OUTCOME_REPEAT));
	DO(w, ct_adjust(stock, 1, 0));
	ct_advance(w, MINUTE_MS);
	ct_journal(w, &before);
	again = APPLY(w, group);
	check_same(w, &first, &again);
	CHECK_COUNTERS(w, stock, 6, 0, 0);
	ct_journal(w, &after);
	CHECK_INT(w, after, before);
}

void a_group_at_home_in_a_record_is_repeated_by_its_own_id_only(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change changes[] = { ct_put(order, SC_IF_ABSENT, 0, "snapshot"), ct_adjust(stock, 3, 0) };
	sc_group group = ct_group(w, SC_HOME_FIRST, ct_id(w), changes, 2);
	sc_group other = ct_group(w, SC_HOME_FIRST, ct_id(w), changes, 2);
	sc_outcome first = APPLY(w, group), again;

	CHECK_STATUS(w, first.status, SC_OK);
	CHECK(w, sc_id_equal(ct_load(w, order).made_by, group.id));
	again = APPLY(w, group);
	CHECK_STATUS(w, again.status, SC_OK);
	CHECK(w, again.flags & SC_OUTCOME_REPEAT);
	CHECK_STATUS(w, APPLY(w, other).status, SC_EXISTS);
	CHECK_COUNTERS(w, stock, 3, 0, 0);
}

void a_record_remembers_its_maker_after_it_was_changed(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_group group = one(w, SC_HOME_FIRST, ct_put(order, SC_IF_ABSENT, 0, "snapshot"));
	sc_outcome again;

	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	DO(w, ct_patch_column(w, order, SC_IF_PRESENT, 0, ORDER_DUE, SC_VALUE_OF_INT(5)));
	again = APPLY(w, group);
	CHECK_STATUS(w, again.status, SC_OK);
	CHECK(w, again.flags & SC_OUTCOME_REPEAT);
	CHECK_INT(w, ct_load(w, order).columns[ORDER_DUE].number, 5);
}

void a_group_at_home_in_a_hold_repeats_what_it_took(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_group group = one(w, SC_HOME_FIRST, ct_hold_one(w, hold, MINUTE_MS, stock, 2));
	sc_group other = group;
	sc_outcome again;

	DO(w, ct_set_on_hand(stock, 9));
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	again = APPLY(w, group);
	CHECK_STATUS(w, again.status, SC_OK);
	CHECK(w, again.flags & SC_OUTCOME_REPEAT);
	CHECK_INT(w, again.take_count, 1);
	CHECK_INT(w, again.takes[0].quantity, 2);
	CHECK(w, ct_same_address(&again.takes[0].account, &stock));
	other.id = ct_id(w);
	CHECK_STATUS(w, APPLY(w, other).status, SC_EXISTS);
	CHECK_COUNTERS(w, stock, 9, 2, 0);
}

void a_settled_hold_still_answers_its_maker(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_group group = one(w, SC_HOME_FIRST, ct_hold_one(w, hold, MINUTE_MS, stock, 2));
	sc_outcome again;

	DO(w, ct_set_on_hand(stock, 9));
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	DO(w, ct_commit(hold));
	again = APPLY(w, group);
	CHECK_STATUS(w, again.status, SC_OK);
	CHECK(w, again.flags & SC_OUTCOME_REPEAT);
	CHECK_COUNTERS(w, stock, 9, 0, 2);
}

void a_kept_refusal_ends_its_id(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change change = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, 4);
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);
	sc_outcome first, again;

	group.flags = SC_GROUP_KEEP_REFUSAL;
	DO(w, ct_set_on_hand(stock, 3));
	first = APPLY(w, group);
	CHECK_STATUS(w, first.status, SC_OUT_OF_STOCK);
	DO(w, ct_set_on_hand(stock, 9));
	again = APPLY(w, group);
	CHECK_STATUS(w, again.status, SC_OUT_OF_STOCK);
	CHECK(w, again.flags & SC_OUTCOME_REPEAT);
	CHECK_INT(w, again.wanted, 4);
	CHECK_INT(w, again.available, 3);
	CHECK_STATUS(w, resolve(w, group.id, NULL, false).status, SC_OUT_OF_STOCK);
	CHECK_COUNTERS(w, stock, 9, 0, 0);
}

void a_kept_refusal_may_be_that_something_is_not_there(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_change change = ct_put(cart, SC_IF_PRESENT, 0, "x");
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);

	group.flags = SC_GROUP_KEEP_REFUSAL;
	CHECK_STATUS(w, APPLY(w, group).status, SC_NOT_FOUND);
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "ada's"));
	CHECK_STATUS(w, APPLY(w, group).status, SC_NOT_FOUND);
	CHECK(w, resolve(w, group.id, NULL, false).flags & SC_OUTCOME_REPEAT);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("ada's"));
}

void resolve_tells_what_is_stored(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_group group = one(w, SC_HOME_TABLE, ct_adjust(stock, 5, 0));
	sc_outcome first = APPLY(w, group);
	sc_outcome told = resolve(w, group.id, NULL, false);

	check_same(w, &first, &told);
	told = resolve(w, group.id, NULL, true); /* too late for a fence: it happened */
	check_same(w, &first, &told);
	CHECK_STATUS(w, resolve(w, ct_id(w), NULL, false).status, SC_NOT_FOUND);
}

void resolve_finds_an_id_at_home_in_a_row(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_group made_order = one(w, SC_HOME_FIRST, ct_put(order, SC_IF_ABSENT, 0, "snapshot"));
	sc_group made_hold = one(w, SC_HOME_FIRST, ct_hold_one(w, hold, MINUTE_MS, stock, 2));

	DO(w, ct_set_on_hand(stock, 9));
	CHECK_STATUS(w, resolve(w, made_order.id, &order, false).status, SC_NOT_FOUND);
	CHECK_STATUS(w, resolve(w, made_hold.id, &hold, false).status, SC_NOT_FOUND);
	CHECK_STATUS(w, APPLY(w, made_order).status, SC_OK);
	CHECK_STATUS(w, APPLY(w, made_hold).status, SC_OK);
	CHECK_STATUS(w, resolve(w, made_order.id, &order, false).status, SC_OK);
	CHECK_STATUS(w, resolve(w, made_hold.id, &hold, false).status, SC_OK);
	CHECK_STATUS(w, resolve(w, ct_id(w), &order, false).status, SC_EXISTS);
}

void a_fenced_id_can_never_land(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_group group = one(w, SC_HOME_TABLE, ct_adjust(stock, 5, 0));

	CHECK_STATUS(w, resolve(w, group.id, NULL, true).status, SC_FENCED);
	CHECK_STATUS(w, APPLY(w, group).status, SC_FENCED);
	CHECK_STATUS(w, resolve(w, group.id, NULL, false).status, SC_FENCED);
	CHECK_INT(w, ct_load(w, stock).version, 0);
}

void a_fence_also_stops_a_group_at_home_in_a_row(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_group made_order = one(w, SC_HOME_FIRST, ct_put(order, SC_IF_ABSENT, 0, "snapshot"));
	sc_group made_hold = one(w, SC_HOME_FIRST, ct_hold_one(w, hold, MINUTE_MS, stock, 2));

	DO(w, ct_set_on_hand(stock, 9));
	CHECK_STATUS(w, resolve(w, made_order.id, &order, true).status, SC_FENCED);
	CHECK_STATUS(w, resolve(w, made_hold.id, &hold, true).status, SC_FENCED);
	CHECK_STATUS(w, APPLY(w, made_order).status, SC_FENCED);
	CHECK_STATUS(w, APPLY(w, made_hold).status, SC_FENCED);
	CHECK_INT(w, ct_load(w, order).version, 0);
	CHECK_COUNTERS(w, stock, 9, 0, 0);
}

void an_outcome_is_remembered_as_long_as_promised(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_group group = one(w, SC_HOME_TABLE, ct_adjust(stock, 5, 0));
	sc_outcome first = APPLY(w, group), again;

	CHECK(w, ct_info(w).remembers_ms > 0);
	ct_advance(w, ct_info(w).remembers_ms - 1000);
	ct_expire(w, 100, NULL);
	again = APPLY(w, group);
	check_same(w, &first, &again);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void an_id_older_than_the_memory_is_refused(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_group group = one(w, SC_HOME_TABLE, ct_adjust(stock, 5, 0));
	sc_group never_seen = one(w, SC_HOME_TABLE, ct_adjust(stock, 7, 0));

	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	ct_advance(w, ct_info(w).remembers_ms + DAY_MS);
	for (int turn = 0; turn < 20 && ct_expire(w, 100, NULL) > 0; turn++)
		;
	CHECK_STATUS(w, APPLY(w, group).status, SC_TOO_OLD);
	CHECK_STATUS(w, APPLY(w, never_seen).status, SC_TOO_OLD);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}

void a_conditional_group_needs_no_id(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_change put = ct_put(cart, SC_IF_ABSENT, 0, "first");
	sc_id none;
	sc_group group;

	memset(&none, 0, sizeof(none));
	group = ct_group(w, SC_HOME_NONE, none, &put, 1);
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	CHECK_STATUS(w, APPLY(w, group).status, SC_EXISTS);
}
