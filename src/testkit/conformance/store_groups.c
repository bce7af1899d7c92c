/*
 * Groups and batches: all or nothing, decided in order, each on its own.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

void a_refused_group_leaves_no_trace(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address product = ct_at(w, KIND_PRODUCT, "mug", "");
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	size_t before, after;
	sc_outcome outcome;

	DO(w, ct_set_on_hand(stock, 5), ct_put(product, SC_IF_ABSENT, 0, "mug"));
	ct_journal(w, &before);
	outcome = REFUSED(w, SC_NOT_FOUND, ct_put(product, SC_IF_PRESENT, 0, "other"), ct_adjust(stock, 1, 0),
	                  ct_hold_one(w, hold, MINUTE_MS, stock, 2), ct_put(cart, SC_IF_ABSENT, 0, "new"),
	                  ct_delete(ct_at(w, KIND_CART, "u:nobody", ""), SC_IF_PRESENT, 0));
	CHECK_INT(w, outcome.change, 4);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	CHECK_BYTES(w, ct_load(w, product).body, SC_BYTES("mug"));
	CHECK_INT(w, ct_load(w, cart).version, 0);
	CHECK_INT(w, ct_load(w, hold).version, 0);
	ct_journal(w, &after);
	CHECK_INT(w, after, before);
}

void a_refused_group_can_be_tried_again_under_its_id(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_change change = ct_hold_one(w, hold, MINUTE_MS, stock, 2);
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);

	DO(w, ct_set_on_hand(stock, 1));
	CHECK_STATUS(w, APPLY(w, group).status, SC_OUT_OF_STOCK);
	DO(w, ct_adjust(stock, 1, 0));
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	CHECK_COUNTERS(w, stock, 2, 2, 0);
}

void changes_of_one_group_see_those_before_them(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");

	DO(w, ct_adjust(stock, 3, 0), ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, 3));
	CHECK_COUNTERS(w, stock, 3, 3, 0);
	REFUSED(w, SC_EXISTS, ct_put(cart, SC_IF_ABSENT, 0, "a"), ct_put(cart, SC_IF_ABSENT, 0, "b"));
	CHECK_INT(w, ct_load(w, cart).version, 0);
}

/* Five units; the batch asks for 3, 3, 2, and something that is absent, and puts a cart. */
static void mixed_batch(struct world *w, sc_address stock, sc_address cart, sc_group groups[5])
{
	static const int64_t quantities[] = { 3, 3, 2 };
	sc_change change;

	for (int i = 0; i < 3; i++) {
		change = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, quantities[i]);
		groups[i] = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);
	}
	change = ct_put(ct_at(w, KIND_CART, "u:nobody", ""), SC_IF_PRESENT, 0, "");
	groups[3] = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);
	change = ct_put(cart, SC_IF_ABSENT, 0, "ada's");
	groups[4] = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);
}

void outcomes_stand_in_the_order_of_their_groups(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_group groups[5];
	sc_outcome out[5];

	DO(w, ct_set_on_hand(stock, 5));
	mixed_batch(w, stock, cart, groups);
	for (int i = 0; i < 5; i++)
		out[i] = ct_outcome(w);
	APPLY_BATCH(w, groups, 5, out);
	CHECK_STATUS(w, out[0].status, SC_OK);
	CHECK_STATUS(w, out[1].status, SC_OUT_OF_STOCK);
	CHECK_STATUS(w, out[2].status, SC_OK);
	CHECK_STATUS(w, out[3].status, SC_NOT_FOUND);
	CHECK_STATUS(w, out[4].status, SC_OK);
	CHECK_INT(w, out[0].take_count, 1);
	CHECK_INT(w, out[0].takes[0].quantity, 3);
	CHECK_INT(w, out[1].wanted, 3);
	CHECK_INT(w, out[1].available, 2);
	CHECK_INT(w, out[2].takes[0].quantity, 2);
	CHECK_INT(w, out[0].after[0].counters.held, 3);
	CHECK_INT(w, out[2].after[0].counters.held, 5);
	CHECK(w, out[0].position < out[2].position);
	CHECK(w, out[2].position < out[4].position);
	CHECK_COUNTERS(w, stock, 5, 5, 0);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("ada's"));
}

void a_group_refused_for_its_sum_does_not_touch_its_batch(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	const sc_hold_line twice[] = { ct_line(w, 3, 0, &stock, 1), ct_line(w, 3, 0, &stock, 1) };
	sc_change changes[3];
	sc_group groups[3];
	sc_outcome out[3];

	DO(w, ct_set_on_hand(stock, 5));
	changes[0] = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, 1);
	changes[1] = ct_hold(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, twice, 2);
	changes[2] = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, 4);
	for (int i = 0; i < 3; i++) {
		groups[i] = ct_group(w, SC_HOME_TABLE, ct_id(w), &changes[i], 1);
		out[i] = ct_outcome(w);
	}
	APPLY_BATCH(w, groups, 3, out);
	CHECK_STATUS(w, out[0].status, SC_OK);
	CHECK_STATUS(w, out[1].status, SC_OUT_OF_STOCK);
	CHECK_INT(w, out[1].wanted, 6);
	CHECK_INT(w, out[1].available, 4);
	CHECK_STATUS(w, out[2].status, SC_OK);
	CHECK_COUNTERS(w, stock, 5, 5, 0);
	CHECK_INT(w, ct_load(w, changes[1].address).version, 0);
}

void a_wrong_group_fails_alone(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address other = ct_at(w, KIND_CART, "u:bob", "");
	sc_change changes[] = { ct_put(cart, SC_IF_ABSENT, 0, "a"), ct_put(cart, SC_IF_PRESENT, 0, "x"),
		                ct_put(other, SC_IF_ABSENT, 0, "b") };
	sc_group groups[3];
	sc_outcome out[3];

	changes[1].type = 99;
	for (int i = 0; i < 3; i++) {
		groups[i] = ct_group(w, SC_HOME_TABLE, ct_id(w), &changes[i], 1);
		out[i] = ct_outcome(w);
	}
	APPLY_BATCH(w, groups, 3, out);
	CHECK_STATUS(w, out[0].status, SC_OK);
	CHECK(w, sc_status_is_bad_input(out[1].status));
	CHECK_STATUS(w, out[2].status, SC_OK);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("a"));
	CHECK_BYTES(w, ct_load(w, other).body, SC_BYTES("b"));
}

void a_later_group_sees_what_an_earlier_one_of_its_batch_did(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_change changes[] = { ct_put(cart, SC_IF_ABSENT, 0, "one"), ct_put(cart, SC_IF_ABSENT, 0, "two"),
		                ct_put(cart, SC_IF_PRESENT, 0, "three"), ct_delete(cart, SC_IF_PRESENT, 0),
		                ct_put(cart, SC_IF_ABSENT, 0, "five") };
	static const sc_status want[] = { SC_OK, SC_EXISTS, SC_OK, SC_OK, SC_OK };
	sc_group groups[COUNT(changes)];
	sc_outcome out[COUNT(changes)];

	for (size_t i = 0; i < COUNT(changes); i++) {
		groups[i] = ct_group(w, SC_HOME_TABLE, ct_id(w), &changes[i], 1);
		out[i] = ct_outcome(w);
	}
	APPLY_BATCH(w, groups, COUNT(changes), out);
	for (size_t i = 0; i < COUNT(changes); i++)
		CHECK_STATUS(w, out[i].status, want[i]);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("five"));
	CHECK_INT(w, ct_load(w, cart).version, out[4].position);
}

void one_id_twice_in_a_batch_happens_once(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change add = ct_adjust(stock, 2, 0);
	sc_group groups[2];
	sc_outcome out[2] = { ct_outcome(w), ct_outcome(w) };

	groups[0] = groups[1] = ct_group(w, SC_HOME_TABLE, ct_id(w), &add, 1);
	APPLY_BATCH(w, groups, 2, out);
	CHECK_STATUS(w, out[0].status, SC_OK);
	CHECK_STATUS(w, out[1].status, SC_OK);
	CHECK(w, out[1].flags & SC_OUTCOME_REPEAT);
	CHECK_INT(w, out[1].position, out[0].position);
	CHECK_COUNTERS(w, stock, 2, 0, 0);
}

void a_large_batch_is_decided_whole(struct world *w)
{
	sc_store_info info = ct_info(w);
	size_t count = info.groups_max < 300 ? info.groups_max : 300;
	sc_group *groups = sc_arena_zalloc(&w->arena, count * sizeof(*groups));
	sc_outcome *out = sc_arena_zalloc(&w->arena, count * sizeof(*out));
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	int64_t units = (int64_t)count / 2;

	CHECK(w, info.groups_max >= 1 && groups != NULL && out != NULL);
	DO(w, ct_set_on_hand(stock, units));
	for (size_t i = 0; i < count; i++) {
		sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
		sc_change change = ct_hold_one(w, hold, MINUTE_MS, stock, 1);

		groups[i] = ct_group(w, SC_HOME_FIRST, ct_id(w), &change, 1);
	}
	APPLY_BATCH(w, groups, count, out);
	for (size_t i = 0; i < count; i++)
		CHECK_STATUS(w, out[i].status, (int64_t)i < units ? SC_OK : SC_OUT_OF_STOCK);
	CHECK_COUNTERS(w, stock, units, units, 0);
}

void the_counters_after_a_group_are_told(struct world *w)
{
	sc_address a = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address b = ct_at(w, KIND_STOCK, "cup", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	const sc_hold_line lines[] = { ct_line(w, 2, 0, &a, 1), ct_line(w, 1, 0, &b, 1) };
	sc_outcome outcome;
	int seen = 0;

	DO(w, ct_set_on_hand(a, 5), ct_set_on_hand(b, 7));
	outcome = DO(w, ct_hold(w, hold, MINUTE_MS, lines, 2));
	CHECK_INT(w, outcome.after_count, 2);
	for (uint32_t i = 0; i < outcome.after_count; i++) {
		const sc_after *after = &outcome.after[i];

		if (ct_same_address(&after->account, &a) && after->counters.on_hand == 5 && after->counters.held == 2)
			seen |= 1;
		if (ct_same_address(&after->account, &b) && after->counters.on_hand == 7 && after->counters.held == 1)
			seen |= 2;
	}
	CHECK_INT(w, seen, 3);
}

void small_room_for_takes_is_not_overrun(struct world *w)
{
	sc_address a = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address b = ct_at(w, KIND_STOCK, "cup", "main");
	const sc_hold_line lines[] = { ct_line(w, 2, 0, &a, 1), ct_line(w, 1, 0, &b, 1) };
	sc_change change = ct_hold(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, lines, 2);
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &change, 1);
	sc_outcome outcome = ct_outcome(w);

	DO(w, ct_set_on_hand(a, 5), ct_set_on_hand(b, 7));
	outcome.take_capacity = 1;
	outcome.after_capacity = 0;
	outcome.takes[1].quantity = -77;
	outcome.after[0].counters.on_hand = -77;
	APPLY_BATCH(w, &group, 1, &outcome);
	CHECK_STATUS(w, outcome.status, SC_OK);
	CHECK_INT(w, outcome.take_count, 2);
	CHECK_INT(w, outcome.takes[1].quantity, -77);
	CHECK_INT(w, outcome.after[0].counters.on_hand, -77);
}

void a_group_may_be_large(struct world *w)
{
	enum { LINES = 500 };
	sc_change *changes = sc_arena_alloc(&w->arena, LINES * sizeof(*changes));
	sc_group group;
	char name[32];

	CHECK(w, changes != NULL);
	for (int i = 0; i < LINES; i++) {
		snprintf(name, sizeof(name), "sku-%d", i);
		changes[i] = ct_adjust(ct_at(w, KIND_STOCK, name, "main"), i + 1, 0);
	}
	group = ct_group(w, SC_HOME_TABLE, ct_id(w), changes, LINES);
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	CHECK_COUNTERS(w, changes[0].address, 1, 0, 0);
	CHECK_COUNTERS(w, changes[LINES - 1].address, LINES, 0, 0);
}

void a_group_over_two_domains_is_bad_input(struct world *w)
{
	const sc_store_ops *ops = w->store.ops;
	sc_address here = ct_at(w, KIND_CLAIM, "u:ada", "");
	sc_address there;
	char name[32];

	if (!SC_OPS_HAS(ops, sc_store_ops, place))
		ct_skip(w, "the whole store is one domain");
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "u:%d", i);
		there = ct_at_bytes(w, KIND_CLAIM, ct_text(name), SC_BYTES(""));
		if (ops->place(w->store.ctx, &there) != w->domain) {
			BAD(w, SC_HOME_TABLE, ct_id(w), ct_put(here, SC_IF_ABSENT, 0, "a"),
			    ct_put(there, SC_IF_ABSENT, 0, "b"));
			CHECK_INT(w, ct_load(w, here).version, 0);
			return;
		}
	}
	ct_skip(w, "all addresses that were tried lie in one domain");
}
