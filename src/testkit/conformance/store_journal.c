/*
 * The journal: one entry for each account change, in chains that agree with the counters; touches
 * and events; and what reading, walking back and trimming promise.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#define MOST 200

static sc_address stocked(struct world *w, const char *sku, int64_t on_hand)
{
	sc_address stock = ct_at(w, KIND_STOCK, sku, "main");

	DO(w, ct_set_on_hand(stock, on_hand));
	return stock;
}

/* Walks an account's entries from the newest and compares each with the one before it, and the newest with the row. */
static size_t check_chain(struct world *w, const char *file, int line, sc_address account)
{
	size_t count;
	sc_entry *entries = ct_log_of(w, account, 0, MOST, &count);
	sc_record row = ct_load(w, account);

	if (count == 0 || row.entry != entries[0].position)
		ct_fail(w, file, line, "the row does not name its newest entry");
	if (memcmp(&row.counters, &entries[0].after, sizeof(row.counters)) != 0)
		ct_fail(w, file, line, "the row's counters are not those after its newest entry");
	for (size_t i = 0; i < count; i++) {
		const sc_counters zero = { 0, 0, 0, 0 };
		const sc_entry *e = &entries[i];
		const sc_counters *before = i + 1 < count ? &entries[i + 1].after : &zero;

		if (e->previous != (i + 1 < count ? entries[i + 1].position : 0))
			ct_fail(w, file, line, "entry %zu from the newest does not name the one before it", i);
		if (before->on_hand + e->delta.on_hand != e->after.on_hand ||
		    before->held + e->delta.held != e->after.held ||
		    before->committed + e->delta.committed != e->after.committed)
			ct_fail(w, file, line, "entry %zu from the newest does not add up", i);
	}
	return count;
}
#define CHECK_CHAIN(w, account) check_chain((w), __FILE__, __LINE__, (account))

void every_account_change_is_in_its_chain(struct world *w)
{
	sc_address stock = stocked(w, "mug", 9);
	sc_address first = ct_at_id(w, KIND_HOLD, ct_id(w), 0), second = ct_at_id(w, KIND_HOLD, ct_id(w), 1);
	sc_address third = ct_at_id(w, KIND_HOLD, ct_id(w), 2);

	DO(w, ct_adjust(stock, 3, 0));
	DO(w, ct_hold_one(w, first, MINUTE_MS, stock, 4));
	DO(w, ct_hold_one(w, second, MINUTE_MS, stock, 2));
	DO(w, ct_hold_one(w, third, MINUTE_MS, stock, 1));
	DO(w, ct_commit(first));
	DO(w, ct_release(second, 0));
	ct_advance(w, HOUR_MS);
	CHECK_INT(w, ct_expire(w, 10, NULL), 1);
	DO(w, ct_release(first, SC_RELEASE_COMMITTED));
	CHECK_COUNTERS(w, stock, 12, 0, 0);
	CHECK_INT(w, CHECK_CHAIN(w, stock), 9);
}

void groups_of_one_batch_chain_on_one_account(struct world *w)
{
	sc_address stock = stocked(w, "mug", 9);
	sc_group groups[3];
	sc_outcome out[3];

	for (int i = 0; i < 3; i++) {
		sc_change change = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, i + 1);

		groups[i] = ct_group(w, SC_HOME_FIRST, ct_id(w), &change, 1);
		out[i] = ct_outcome(w);
	}
	APPLY_BATCH(w, groups, 3, out);
	CHECK_INT(w, CHECK_CHAIN(w, stock), 4);
}

void two_changes_of_one_group_add_up_in_the_chain(struct world *w)
{
	sc_address stock = stocked(w, "mug", 9);
	sc_address old = ct_at_id(w, KIND_HOLD, ct_id(w), 0), new = ct_at_id(w, KIND_HOLD, ct_id(w), 1);

	DO(w, ct_hold_one(w, old, MINUTE_MS, stock, 9));
	DO(w, ct_release(old, SC_SKIP), ct_hold_one(w, new, MINUTE_MS, stock, 8), ct_adjust(stock, 1, 0));
	CHECK_COUNTERS(w, stock, 10, 8, 0);
	CHECK(w, CHECK_CHAIN(w, stock) >= 3);
}

void an_entry_says_who_did_what(struct world *w)
{
	sc_address stock = stocked(w, "mug", 9);
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_change adjust = ct_adjust(stock, -1, 0);
	sc_change take = ct_hold_one(w, hold, MINUTE_MS, stock, 2);
	sc_group group = ct_group(w, SC_HOME_FIRST, ct_id(w), &take, 1);
	sc_entry *entries;
	size_t count;

	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	entries = ct_log_of(w, stock, 0, 1, &count);
	CHECK_INT(w, count, 1);
	CHECK_INT(w, entries[0].type, SC_ENTRY_ACCOUNT);
	CHECK(w, ct_same_address(&entries[0].subject, &stock));
	CHECK(w, ct_same_address(&entries[0].cause, &hold));
	CHECK(w, sc_id_equal(entries[0].group, group.id));
	CHECK_INT(w, entries[0].time_ms, ct_now(w));
	CHECK_INT(w, entries[0].delta.held, 2);
	adjust.topic = SC_BYTES("broken");
	DO(w, adjust);
	entries = ct_log_of(w, stock, 0, 1, &count);
	CHECK_BYTES(w, entries[0].topic, SC_BYTES("broken"));
	CHECK_INT(w, entries[0].cause.key_size, 0);
}

void entries_are_walked_back_from_the_newest(struct world *w)
{
	sc_address stock = stocked(w, "mug", 1);
	sc_entry *first, *rest;
	size_t count;

	for (int i = 0; i < 5; i++)
		DO(w, ct_adjust(stock, 1, 0));
	stocked(w, "cup", 7);
	first = ct_log_of(w, stock, 0, 2, &count);
	CHECK_INT(w, count, 2);
	CHECK_INT(w, first[0].after.on_hand, 6);
	CHECK_INT(w, first[1].after.on_hand, 5);
	CHECK(w, first[0].position > first[1].position);
	rest = ct_log_of(w, stock, first[1].position, MOST, &count);
	CHECK_INT(w, count, 4);
	CHECK_INT(w, rest[0].after.on_hand, 4);
	CHECK_INT(w, rest[3].after.on_hand, 1);
	ct_log_of(w, ct_at(w, KIND_STOCK, "never", "main"), 0, MOST, &count);
	CHECK_INT(w, count, 0);
}

void the_log_has_each_entry_once_and_in_order(struct world *w)
{
	sc_address mug = stocked(w, "mug", 100), cup = stocked(w, "cup", 100);
	size_t count, mugs = 0, cups = 0, touches = 0, events = 0;
	sc_address product = ct_at(w, KIND_PRODUCT, "mug", "");
	sc_entry *entries;

	for (int i = 0; i < 4; i++)
		DO(w, ct_adjust(mug, 1, 0), ct_adjust(cup, 1, 0), ct_put(product, SC_IF_ANY, 0, "x"),
		   ct_append(product, "product.seen", "{}"));
	entries = ct_journal(w, &count);
	for (size_t i = 0; i < count; i++) {
		mugs += ct_same_address(&entries[i].subject, &mug);
		cups += ct_same_address(&entries[i].subject, &cup);
		touches += entries[i].type == SC_ENTRY_TOUCH;
		events += entries[i].type == SC_ENTRY_EVENT;
		for (size_t n = 0; n < i; n++)
			CHECK(w, entries[n].partition != entries[i].partition ||
			                 entries[n].position < entries[i].position);
	}
	CHECK_INT(w, mugs, 5);
	CHECK_INT(w, cups, 5);
	CHECK_INT(w, touches, 4);
	CHECK_INT(w, events, 4);
	CHECK_INT(w, count, 18);
}

void log_read_goes_on_after_a_position(struct world *w)
{
	sc_address stock = stocked(w, "mug", 1);
	sc_entry all[16], some[16];
	sc_error err = SC_ERROR_INIT;
	size_t count, got;
	uint32_t partition;

	for (int i = 0; i < 5; i++)
		DO(w, ct_adjust(stock, 1, 0));
	partition = ct_log_of(w, stock, 0, 1, &count)[0].partition;
	CHECK_STATUS(
		w, w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, partition, 0, 16, &w->arena, all, &count, &err),
		SC_OK);
	CHECK_INT(w, count, 6);
	CHECK_STATUS(w,
	             w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, partition, all[1].position, 3, &w->arena,
	                                    some, &got, &err),
	             SC_OK);
	CHECK_INT(w, got, 3);
	for (size_t i = 0; i < got; i++)
		CHECK_INT(w, some[i].position, all[i + 2].position);
	CHECK_STATUS(w,
	             w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, partition, all[5].position, 3, &w->arena,
	                                    some, &got, &err),
	             SC_OK);
	CHECK_INT(w, got, 0);
}

void kinds_marked_touch_tell_of_each_change(struct world *w)
{
	sc_address product = ct_at(w, KIND_PRODUCT, "mug", "");
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	uint64_t versions[4];
	sc_entry *entries;
	size_t count;

	versions[0] =
		DO(w, ct_put(product, SC_IF_ABSENT, 0, "one"), ct_put(cart, SC_IF_ABSENT, 0, "no touch")).position;
	versions[1] = DO(w, ct_put(product, SC_IF_PRESENT, 0, "two")).position;
	DO(w, ct_delete(product, SC_IF_PRESENT, 0));
	versions[2] = 0;
	versions[3] = DO(w, ct_put(product, SC_IF_ABSENT, 0, "four")).position;
	entries = ct_journal(w, &count);
	CHECK_INT(w, count, 4);
	for (size_t i = 0; i < count; i++) {
		CHECK_INT(w, entries[i].type, SC_ENTRY_TOUCH);
		CHECK(w, ct_same_address(&entries[i].subject, &product));
		CHECK_INT(w, entries[i].version, versions[i]);
	}
	CHECK_INT(w, entries[1].previous, entries[0].position);
	CHECK_INT(w, ct_log_of(w, product, 0, 1, &count)->position, entries[3].position);
	CHECK_INT(w, count, 1);
	ct_log_of(w, cart, 0, MOST, &count);
	CHECK_INT(w, count, 0);
}

void an_event_is_appended_with_its_group(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_change changes[] = { ct_put(order, SC_IF_ABSENT, 0, "snapshot"),
		                ct_append(order, "order.placed", "{\"total\":1}") };
	sc_group group = ct_group(w, SC_HOME_FIRST, ct_id(w), changes, 2);
	sc_entry *entries;
	size_t count;

	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	DO(w, ct_put(order, SC_IF_PRESENT, 0, "s"), ct_append(order, "order.confirmed", ""));
	entries = ct_log_of(w, order, 0, MOST, &count);
	CHECK_INT(w, count, 2);
	CHECK_INT(w, entries[1].type, SC_ENTRY_EVENT);
	CHECK_BYTES(w, entries[1].topic, SC_BYTES("order.placed"));
	CHECK_BYTES(w, entries[1].body, SC_BYTES("{\"total\":1}"));
	CHECK(w, sc_id_equal(entries[1].group, group.id));
	CHECK_BYTES(w, entries[0].topic, SC_BYTES("order.confirmed"));
	CHECK_INT(w, entries[0].previous, entries[1].position);
	CHECK_INT(w, ct_load(w, order).entry, entries[0].position);
}

void a_trimmed_log_keeps_what_is_newer(struct world *w)
{
	sc_address stock = stocked(w, "mug", 1);
	sc_entry *entries;
	sc_error err = SC_ERROR_INIT;
	uint64_t upto;
	size_t count;

	if (!SC_OPS_HAS(w->store.ops, sc_store_ops, log_trim))
		ct_skip(w, "the journal is kept for ever");
	for (int i = 0; i < 5; i++)
		DO(w, ct_adjust(stock, 1, 0));
	entries = ct_journal(w, &count);
	CHECK_INT(w, count, 6);
	upto = entries[2].position;
	CHECK_STATUS(w, w->store.ops->log_trim(w->store.ctx, SC_CALL_SYSTEM, entries[2].partition, upto, &err), SC_OK);
	entries = ct_journal(w, &count);
	CHECK_INT(w, count, 3);
	CHECK(w, entries[0].position > upto);
	CHECK_INT(w, entries[0].previous, upto);
	entries = ct_log_of(w, stock, 0, MOST, &count);
	CHECK_INT(w, count, 3);
	DO(w, ct_adjust(stock, 1, 0));
	CHECK_INT(w, ct_log_of(w, stock, 0, 1, &count)[0].previous, entries[0].position);
	CHECK_COUNTERS(w, stock, 7, 0, 0);
}

void an_event_of_a_skipped_change_is_skipped_too(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	size_t count;

	DO(w, ct_skip_change(ct_put(cart, SC_IF_PRESENT, 0, "x")), ct_append(cart, "cart.changed", ""));
	ct_journal(w, &count);
	CHECK_INT(w, count, 0);
}
