/* Groups: what they ask for, who is told no, what a repeat answers, and that a refusal leaves no trace. */
#include "world.h"

static sc_change put(sc_address at, sc_condition condition, const char *body)
{
	sc_change change = about(at, SC_CHANGE_PUT);
	change.condition = (uint16_t)condition;
	change.body = (sc_bytes){ body, strlen(body) };
	return change;
}

static sc_change versioned(sc_change change, uint64_t version)
{
	change.condition = SC_IF_VERSION;
	change.version = version;
	return change;
}

static sc_status apply_none(struct world *w, sc_change change)
{
	return apply(w, SC_HOME_NONE, &change, 1).status;
}

static sc_address cart(const char *owner)
{
	return address(SC_KIND_CART, owner, "");
}

/* ---- conditions ---- */

static void a_put_if_absent_is_refused_when_there_is_one(void **state)
{
	struct world *w = *state;
	assert_int_equal(apply_none(w, put(cart("u:1"), SC_IF_ABSENT, "one")), SC_OK);
	assert_int_equal(apply_none(w, put(cart("u:1"), SC_IF_ABSENT, "two")), SC_EXISTS);
	assert_memory_equal(load(w, cart("u:1")).body.data, "one", 3);
}

static void a_write_with_a_version_needs_that_very_version(void **state)
{
	struct world *w = *state;
	assert_int_equal(apply_none(w, versioned(put(cart("u:1"), 0, "a"), 7)), SC_NOT_FOUND);
	assert_int_equal(apply_none(w, versioned(put(cart("u:1"), 0, "a"), 0)), SC_OK);
	uint64_t first = load(w, cart("u:1")).version;
	assert_int_equal(apply_none(w, versioned(put(cart("u:1"), 0, "b"), 0)), SC_CHANGED);
	assert_int_equal(apply_none(w, versioned(put(cart("u:1"), 0, "b"), first)), SC_OK);
	assert_int_equal(apply_none(w, versioned(put(cart("u:1"), 0, "c"), first)), SC_CHANGED);
	assert_true(load(w, cart("u:1")).version > first);
}

static void the_outcome_says_the_version_of_all_that_was_written(void **state)
{
	struct world *w = *state;
	const sc_change changes[] = { put(cart("u:1"), SC_IF_ABSENT, "one"), put(cart("u:2"), SC_IF_ABSENT, "two"),
		                      put(address(SC_KIND_PRODUCT, "p", ""), SC_IF_ABSENT, "three") };
	sc_outcome outcome = apply(w, SC_HOME_NONE, changes, 3);
	assert_int_equal(outcome.status, SC_OK);
	for (int i = 0; i < 3; i++)
		assert_true(load(w, changes[i].address).version == outcome.position);
}

static void a_version_is_never_used_again_after_a_delete(void **state)
{
	struct world *w = *state;
	assert_int_equal(apply_none(w, put(cart("u:1"), SC_IF_ABSENT, "a")), SC_OK);
	uint64_t first = load(w, cart("u:1")).version;
	assert_int_equal(apply_none(w, versioned(about(cart("u:1"), SC_CHANGE_DELETE), first)), SC_OK);
	assert_int_equal(load(w, cart("u:1")).version, 0);
	assert_int_equal(apply_none(w, put(cart("u:1"), SC_IF_ABSENT, "a")), SC_OK);
	assert_true(load(w, cart("u:1")).version > first);
}

static void a_skipped_change_does_not_stop_the_group(void **state)
{
	struct world *w = *state;
	sc_change changes[] = { put(cart("u:1"), SC_IF_ABSENT, "new"),
		                versioned(about(cart("u:2"), SC_CHANGE_DELETE), 99) };
	changes[1].flags = SC_SKIP;
	sc_outcome outcome = apply(w, SC_HOME_NONE, changes, 2);
	assert_int_equal(outcome.status, SC_OK);
	assert_int_equal(outcome.flags, SC_OUTCOME_SKIPPED);
	assert_true(load(w, cart("u:1")).version != 0);
}

static void a_patch_changes_only_what_it_names(void **state)
{
	struct world *w = *state;
	const sc_address sku = address(SC_KIND_SKU, "mug-red", "");
	const sc_value columns[] = { SC_VALUE_OF_BYTES("mug", 3), SC_VALUE_NONE, SC_VALUE_OF_INT(500) };
	sc_change make = put(sku, SC_IF_ABSENT, "body");
	make.columns = columns;
	make.column_count = SC_SKU_COLUMNS;
	assert_int_equal(apply_none(w, make), SC_OK);
	const sc_value price = SC_VALUE_OF_INT(600);
	sc_change patch = about(sku, SC_CHANGE_PATCH);
	patch.columns = &price;
	patch.column_count = 1;
	patch.column_mask = 1u << SC_SKU_PRICE;
	assert_int_equal(apply_none(w, patch), SC_OK);
	sc_record record = load(w, sku);
	assert_int_equal(record.columns[SC_SKU_PRICE].number, 600);
	assert_memory_equal(record.columns[SC_SKU_PRODUCT].bytes.data, "mug", 3);
	assert_int_equal(record.columns[SC_SKU_SELLER].type, SC_VALUE_NULL);
	assert_memory_equal(record.body.data, "body", 4);
}

static void a_patch_of_what_is_absent_is_refused(void **state)
{
	struct world *w = *state;
	sc_change patch = about(cart("u:1"), SC_CHANGE_PATCH);
	patch.flags = SC_PATCH_BODY;
	assert_int_equal(apply_none(w, patch), SC_NOT_FOUND);
}

static void a_record_whose_lifetime_ended_is_absent(void **state)
{
	struct world *w = *state;
	sc_change change = put(cart("u:1"), SC_IF_ABSENT, "a");
	change.lifetime_ms = 1000;
	assert_int_equal(apply_none(w, change), SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 999);
	assert_true(load(w, cart("u:1")).version != 0);
	sc_testkit_env_advance_ms(w->testkit, 1);
	assert_int_equal(load(w, cart("u:1")).version, 0);
	assert_int_equal(apply_none(w, change), SC_OK);
	assert_true(load(w, cart("u:1")).version != 0);
}

/* ---- no trace ---- */

static void a_refused_group_leaves_no_trace_for_those_behind_it(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id held = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 5);
	const sc_change doomed[] = { put(cart("u:1"), SC_IF_ABSENT, "x"), hold(hold_of(&held), &line, 1, 1000),
		                     adjust(stock("cup"), 9), versioned(about(cart("none"), SC_CHANGE_CHECK), 1) };
	const sc_change fine[] = { put(cart("u:1"), SC_IF_ABSENT, "y"), hold(hold_of(&held), &line, 1, 1000) };
	const sc_group groups[] = { group_of(SC_HOME_TABLE, sc_id_make(w->env), doomed, 4),
		                    group_of(SC_HOME_TABLE, sc_id_make(w->env), fine, 2) };
	sc_outcome outcomes[2] = { { 0 }, { 0 } };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, 2, outcomes, NULL), SC_OK);
	assert_int_equal(outcomes[0].status, SC_NOT_FOUND);
	assert_int_equal(outcomes[0].change, 3);
	assert_int_equal(outcomes[1].status, SC_OK);
	assert_counters(w, "mug", 5, 5, 0);
	assert_int_equal(load(w, stock("cup")).version, 0);
	assert_memory_equal(load(w, cart("u:1")).body.data, "y", 1);
	sc_entry entries[8];
	size_t count;
	assert_int_equal(
		w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 8, &w->arena, entries, &count, NULL), SC_OK);
	assert_int_equal(count, 2); /* receive, and the hold of the second group */
	assert_true(entries[1].previous == entries[0].position);
}

static void a_bad_group_fails_alone_and_names_its_field(void **state)
{
	struct world *w = *state;
	const sc_address mug = stock("mug");
	const sc_hold_line none = line_of(&mug, 0);
	const sc_id id = sc_id_make(w->env);
	const sc_change bad = hold(hold_of(&id), &none, 1, 1000), good = adjust(mug, 3);
	const sc_group groups[] = { group_of(SC_HOME_TABLE, sc_id_make(w->env), &good, 1),
		                    group_of(SC_HOME_FIRST, id, &bad, 1),
		                    group_of(SC_HOME_TABLE, sc_id_make(w->env), &good, 1) };
	sc_outcome outcomes[3] = { { 0 }, { 0 }, { 0 } };
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, 3, outcomes, &err), SC_OK);
	assert_int_equal(outcomes[1].status, SC_BAD_ARGUMENT);
	assert_int_equal(err.index, 1);
	assert_string_equal(err.field, "changes[0].lines[0].quantity");
	assert_counters(w, "mug", 6, 0, 0);
}

/* ---- ids ---- */

static void a_repeat_answers_what_was_stored_and_changes_nothing(void **state)
{
	struct world *w = *state;
	const sc_id id = sc_id_make(w->env);
	const sc_change change = adjust(stock("mug"), 5);
	sc_outcome first = apply_as(w, SC_HOME_TABLE, id, &change, 1);
	sc_testkit_env_advance_ms(w->testkit, 50);
	sc_outcome again = apply_as(w, SC_HOME_TABLE, id, &change, 1);
	assert_int_equal(again.status, SC_OK);
	assert_int_equal(again.flags, SC_OUTCOME_REPEAT);
	assert_true(again.position == first.position && again.time_ms == first.time_ms);
	assert_counters(w, "mug", 5, 0, 0);
}

static void a_repeat_inside_the_same_batch_is_one_too(void **state)
{
	struct world *w = *state;
	const sc_id id = sc_id_make(w->env);
	const sc_change change = adjust(stock("mug"), 5);
	const sc_group groups[] = { group_of(SC_HOME_TABLE, id, &change, 1), group_of(SC_HOME_TABLE, id, &change, 1) };
	sc_outcome outcomes[2] = { { 0 }, { 0 } };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, 2, outcomes, NULL), SC_OK);
	assert_int_equal(outcomes[1].flags, SC_OUTCOME_REPEAT);
	assert_true(outcomes[0].position == outcomes[1].position && outcomes[0].position != 0);
	assert_counters(w, "mug", 5, 0, 0);
}

static void a_repeated_hold_tells_again_what_it_took(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 2);
	const sc_change change = hold(hold_of(&id), &line, 1, 1000);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, id, &change, 1).status, SC_OK);
	const sc_group group = group_of(SC_HOME_FIRST, id, &change, 1);
	sc_take take;
	sc_outcome outcome = { .takes = &take, .take_capacity = 1, .arena = &w->arena };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.flags, SC_OUTCOME_REPEAT);
	assert_int_equal(outcome.take_count, 1);
	assert_int_equal(take.quantity, 2);
	assert_int_equal(sc_address_compare(&take.account, &mug), 0);
	assert_counters(w, "mug", 5, 2, 0);
}

static void a_hold_that_another_made_is_refused(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 1, 1000, &id), SC_OK);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 2);
	const sc_change change = hold(hold_of(&id), &line, 1, 1000);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, sc_id_make(w->env), &change, 1).status, SC_EXISTS);
	assert_counters(w, "mug", 5, 1, 0);
}

static void a_refusal_is_decided_anew_unless_it_is_kept(void **state)
{
	struct world *w = *state;
	const sc_id kept = sc_id_make(w->env), anew = sc_id_make(w->env);
	const sc_change change = adjust(stock("mug"), -1);
	sc_group group = group_of(SC_HOME_TABLE, anew, &change, 1);
	assert_int_equal(apply_group(w, &group).status, SC_OUT_OF_STOCK);
	group.id = kept;
	group.flags = SC_GROUP_KEEP_REFUSAL;
	sc_outcome refused = apply_group(w, &group);
	assert_int_equal(refused.status, SC_OUT_OF_STOCK);
	receive(w, "mug", 5);
	sc_outcome again = apply_group(w, &group);
	assert_int_equal(again.status, SC_OUT_OF_STOCK);
	assert_int_equal(again.flags, SC_OUTCOME_REPEAT);
	assert_int_equal(again.wanted, 1);
	group.id = anew;
	group.flags = 0;
	assert_int_equal(apply_group(w, &group).status, SC_OK);
	assert_counters(w, "mug", 4, 0, 0);
}

static void a_fenced_id_can_never_land(void **state)
{
	struct world *w = *state;
	const sc_id table = sc_id_make(w->env), first = sc_id_make(w->env), order = sc_id_make(w->env);
	const sc_address order_at = { .key = (const char *)order.bytes, .key_size = 16, .kind = SC_KIND_ORDER };
	const sc_group_ref refs[] = { { .id = table }, { first, hold_of(&first) }, { order, order_at } };
	sc_outcome outcomes[3] = { { 0 }, { 0 }, { 0 } };
	assert_int_equal(w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, refs, 3, false, outcomes, NULL), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(outcomes[i].status, SC_NOT_FOUND);
	assert_int_equal(w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, refs, 3, true, outcomes, NULL), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(outcomes[i].status, SC_FENCED);

	receive(w, "mug", 5);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 2);
	const sc_value columns[SC_ORDER_COLUMNS] = { { 0 } };
	const sc_change late = adjust(mug, 5), late_hold = hold(hold_of(&first), &line, 1, 1000);
	sc_change late_order = put(order_at, SC_IF_ABSENT, "{}");
	late_order.columns = columns;
	late_order.column_count = SC_ORDER_COLUMNS;
	assert_int_equal(apply_as(w, SC_HOME_TABLE, table, &late, 1).status, SC_FENCED);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, first, &late_hold, 1).status, SC_FENCED);
	assert_int_equal(apply_as(w, SC_HOME_FIRST, order, &late_order, 1).status, SC_FENCED);
	assert_int_equal(load(w, order_at).version, 0);
	assert_counters(w, "mug", 5, 0, 0);
}

static void an_id_that_landed_cannot_be_fenced_any_more(void **state)
{
	struct world *w = *state;
	const sc_id id = sc_id_make(w->env);
	const sc_change change = adjust(stock("mug"), 5);
	assert_int_equal(apply_as(w, SC_HOME_TABLE, id, &change, 1).status, SC_OK);
	const sc_group_ref ref = { .id = id };
	sc_outcome outcome = { 0 };
	assert_int_equal(w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, &ref, 1, true, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	assert_int_equal(outcome.flags, SC_OUTCOME_REPEAT);
}

static void an_id_older_than_the_store_remembers_is_refused(void **state)
{
	struct world *w = *state;
	const sc_memory_options options = { .size = sizeof options, .remembers_ms = 1000 };
	w->store.ops->close(w->store.ctx);
	assert_int_equal(sc_memory_open(w->env, &options, &w->store, NULL), SC_OK);
	const sc_id id = sc_id_make(w->env), unseen = sc_id_make(w->env);
	const sc_change change = adjust(stock("mug"), 5);
	assert_int_equal(apply_as(w, SC_HOME_TABLE, id, &change, 1).status, SC_OK);
	sc_testkit_env_advance_ms(w->testkit, 1001);
	size_t done;
	int64_t next_ms;
	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL), SC_OK);
	assert_int_equal(done, 1);
	assert_int_equal(apply_as(w, SC_HOME_TABLE, id, &change, 1).status, SC_TOO_OLD);
	const sc_group_ref ref = { .id = unseen };
	sc_outcome outcome = { 0 };
	assert_int_equal(w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, &ref, 1, false, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_TOO_OLD);
	assert_counters(w, "mug", 5, 0, 0);
}

/* ---- accounts ---- */

static void an_adjustment_that_nothing_would_keep_from_repeating_is_bad_input(void **state)
{
	struct world *w = *state;
	assert_int_equal(apply_none(w, adjust(stock("mug"), 5)), SC_BAD_ARGUMENT);
	const sc_change guarded[] = { put(cart("u:1"), SC_IF_ABSENT, "x"), adjust(stock("mug"), 5) };
	assert_int_equal(apply(w, SC_HOME_NONE, guarded, 2).status, SC_OK);
}

static void an_adjustment_below_what_is_promised_needs_force(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	sc_change change = adjust(stock("mug"), -3);
	sc_outcome outcome = apply(w, SC_HOME_TABLE, &change, 1);
	assert_int_equal(outcome.status, SC_OUT_OF_STOCK);
	assert_int_equal(outcome.wanted, 3);
	assert_int_equal(outcome.available, 2);
	change.flags = SC_ADJUST_FORCED;
	assert_int_equal(apply_one(w, change), SC_OK);
	assert_counters(w, "mug", 2, 3, 0);
	assert_int_equal(apply_one(w, adjust(stock("mug"), 1)), SC_OK); /* what makes it better is no harm */
}

static void held_and_committed_never_go_below_nothing(void **state)
{
	struct world *w = *state;
	sc_change change = adjust(stock("mug"), 0);
	change.flags = SC_ADJUST_FORCED;
	change.counters.held = -1;
	assert_int_equal(apply_one(w, change), SC_WRONG_STATE);
	change.counters.held = 0;
	change.counters.committed = -1;
	assert_int_equal(apply_one(w, change), SC_WRONG_STATE);
	assert_int_equal(load(w, stock("mug")).version, 0);
}

static void a_sum_that_does_not_fit_is_out_of_range(void **state)
{
	struct world *w = *state;
	sc_change set = about(stock("mug"), SC_CHANGE_SET);
	set.flags = SC_SET_ON_HAND;
	set.counters.on_hand = INT64_MAX;
	assert_int_equal(apply_one(w, set), SC_OK);
	assert_int_equal(apply_one(w, adjust(stock("mug"), 1)), SC_OUT_OF_RANGE);
	assert_true(load(w, stock("mug")).counters.on_hand == INT64_MAX);
}

static void counters_after_are_told_once_for_each_account(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	const sc_hold_line lines[] = { line_of(&mug, 1), line_of(&mug, 2) };
	const sc_change change = hold(hold_of(&id), lines, 2, 1000);
	const sc_group group = group_of(SC_HOME_FIRST, id, &change, 1);
	sc_after after[2];
	sc_outcome outcome = { .after = after, .after_capacity = 2 };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.after_count, 1);
	assert_int_equal(after[0].counters.held, 3);
	assert_int_equal(sc_address_compare(&after[0].account, &mug), 0);
}

/* ---- the journal ---- */

static void an_accounts_entries_form_a_chain_back_to_its_first(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", 5);
	receive(w, "cup", 5);
	assert_int_equal(reserve(w, "mug", 3, 1000, &id), SC_OK);
	assert_int_equal(settle(w, &id, SC_CHANGE_COMMIT, 0), SC_OK);
	const sc_address mug = stock("mug");
	sc_entry entries[4];
	size_t count;
	assert_int_equal(
		w->store.ops->log_of(w->store.ctx, SC_CALL_SYSTEM, &mug, 0, 4, &w->arena, entries, &count, NULL),
		SC_OK);
	assert_int_equal(count, 3);
	assert_memory_equal(entries[0].topic.data, "commit", 6);
	assert_int_equal(entries[0].delta.held, -3);
	assert_int_equal(entries[0].after.committed, 3);
	assert_int_equal(entries[0].cause.key_size, 16);
	assert_true(entries[0].previous == entries[1].position && entries[1].previous == entries[2].position);
	assert_int_equal(entries[2].previous, 0);
	assert_true(load(w, mug).entry == entries[0].position);
	assert_int_equal(w->store.ops->log_of(w->store.ctx, SC_CALL_SYSTEM, &mug, entries[0].position, 4, &w->arena,
	                                      entries, &count, NULL),
	                 SC_OK);
	assert_int_equal(count, 2);
	assert_memory_equal(entries[0].topic.data, "hold", 4);
}

static void an_event_needs_a_row_that_its_group_writes(void **state)
{
	struct world *w = *state;
	sc_change event = about(cart("u:1"), SC_CHANGE_APPEND);
	event.topic = SC_BYTES("cart.made");
	event.body = SC_BYTES("{}");
	assert_int_equal(apply_none(w, event), SC_BAD_ARGUMENT);
	const sc_change changes[] = { put(cart("u:1"), SC_IF_ABSENT, "x"), event };
	sc_outcome outcome = apply(w, SC_HOME_NONE, changes, 2);
	assert_int_equal(outcome.status, SC_OK);
	sc_entry entry;
	size_t count;
	assert_int_equal(w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 1, &w->arena, &entry, &count, NULL),
	                 SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(entry.type, SC_ENTRY_EVENT);
	assert_true(entry.position == outcome.position);
	assert_memory_equal(entry.topic.data, "cart.made", 9);
}

static void a_touched_kind_tells_the_journal_of_writes_and_deletes(void **state)
{
	struct world *w = *state;
	const sc_address product = address(SC_KIND_PRODUCT, "p", "");
	assert_int_equal(apply_none(w, put(product, SC_IF_ABSENT, "x")), SC_OK);
	uint64_t version = load(w, product).version;
	assert_int_equal(apply_none(w, versioned(about(product, SC_CHANGE_DELETE), version)), SC_OK);
	sc_entry entries[4];
	size_t count;
	assert_int_equal(
		w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 4, &w->arena, entries, &count, NULL), SC_OK);
	assert_int_equal(count, 2);
	assert_true(entries[0].type == SC_ENTRY_TOUCH && entries[0].version == version);
	assert_true(entries[1].type == SC_ENTRY_TOUCH && entries[1].version == 0);
	assert_true(entries[1].previous == entries[0].position);
}

/* ---- limits, and no memory ---- */

static void a_group_has_at_most_so_many_changes(void **state)
{
	struct world *w = *state;
	sc_change *changes = calloc(SC_GROUP_CHANGES_MAX + 1, sizeof *changes);
	for (int i = 0; i <= SC_GROUP_CHANGES_MAX; i++)
		changes[i] = adjust(stock("mug"), 1);
	assert_int_equal(apply(w, SC_HOME_TABLE, changes, SC_GROUP_CHANGES_MAX + 1).status, SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "changes");
	assert_int_equal(apply(w, SC_HOME_TABLE, changes, SC_GROUP_CHANGES_MAX).status, SC_OK);
	assert_counters(w, "mug", SC_GROUP_CHANGES_MAX, 0, 0);
	free(changes);
}

static void keys_have_a_longest(void **state)
{
	struct world *w = *state;
	char key[SC_KEY_MAX + 2];
	memset(key, 'k', sizeof key);
	key[SC_KEY_MAX] = '\0';
	assert_int_equal(apply_none(w, put(cart(key), SC_IF_ABSENT, "x")), SC_OK);
	key[SC_KEY_MAX] = 'k';
	key[SC_KEY_MAX + 1] = '\0';
	assert_int_equal(apply_none(w, put(cart(key), SC_IF_ABSENT, "x")), SC_OVER_LIMIT);
}

static void a_hold_line_has_a_largest_quantity(void **state)
{
	struct world *w = *state;
	sc_id id;
	receive(w, "mug", SC_QUANTITY_MAX);
	assert_int_equal(reserve(w, "mug", SC_QUANTITY_MAX + 1, 0, &id), SC_OVER_LIMIT);
	assert_int_equal(reserve(w, "mug", SC_QUANTITY_MAX, 0, &id), SC_OK);
}

static void an_apply_without_memory_changes_nothing_and_can_be_repeated(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 5);
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 2);
	const sc_change changes[] = { hold(hold_of(&id), &line, 1, 1000), put(cart("u:1"), SC_IF_ABSENT, "x") };
	const sc_group group = group_of(SC_HOME_FIRST, id, changes, 2);
	sc_status status = SC_NO_MEMORY;
	uint64_t nth = 1;
	for (; status == SC_NO_MEMORY && nth < 50; nth++) {
		sc_outcome outcome = { 0 };
		sc_testkit_env_fail_allocation(w->testkit, nth, true);
		status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
		sc_testkit_env_fail_allocation(w->testkit, 0, false);
		if (status == SC_NO_MEMORY) {
			assert_counters(w, "mug", 5, 0, 0);
			assert_int_equal(load(w, hold_of(&id)).version, 0);
			assert_int_equal(load(w, cart("u:1")).version, 0);
		}
	}
	assert_int_equal(status, SC_OK);
	assert_in_range(nth, 3, 49);
	assert_counters(w, "mug", 5, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_put_if_absent_is_refused_when_there_is_one),
		WORLD_TEST(a_write_with_a_version_needs_that_very_version),
		WORLD_TEST(the_outcome_says_the_version_of_all_that_was_written),
		WORLD_TEST(a_version_is_never_used_again_after_a_delete),
		WORLD_TEST(a_skipped_change_does_not_stop_the_group),
		WORLD_TEST(a_patch_changes_only_what_it_names),
		WORLD_TEST(a_patch_of_what_is_absent_is_refused),
		WORLD_TEST(a_record_whose_lifetime_ended_is_absent),
		WORLD_TEST(a_refused_group_leaves_no_trace_for_those_behind_it),
		WORLD_TEST(a_bad_group_fails_alone_and_names_its_field),
		WORLD_TEST(a_repeat_answers_what_was_stored_and_changes_nothing),
		WORLD_TEST(a_repeat_inside_the_same_batch_is_one_too),
		WORLD_TEST(a_repeated_hold_tells_again_what_it_took),
		WORLD_TEST(a_hold_that_another_made_is_refused),
		WORLD_TEST(a_refusal_is_decided_anew_unless_it_is_kept),
		WORLD_TEST(a_fenced_id_can_never_land),
		WORLD_TEST(an_id_that_landed_cannot_be_fenced_any_more),
		WORLD_TEST(an_id_older_than_the_store_remembers_is_refused),
		WORLD_TEST(an_adjustment_that_nothing_would_keep_from_repeating_is_bad_input),
		WORLD_TEST(an_adjustment_below_what_is_promised_needs_force),
		WORLD_TEST(held_and_committed_never_go_below_nothing),
		WORLD_TEST(a_sum_that_does_not_fit_is_out_of_range),
		WORLD_TEST(counters_after_are_told_once_for_each_account),
		WORLD_TEST(an_accounts_entries_form_a_chain_back_to_its_first),
		WORLD_TEST(an_event_needs_a_row_that_its_group_writes),
		WORLD_TEST(a_touched_kind_tells_the_journal_of_writes_and_deletes),
		WORLD_TEST(a_group_has_at_most_so_many_changes),
		WORLD_TEST(keys_have_a_longest),
		WORLD_TEST(a_hold_line_has_a_largest_quantity),
		WORLD_TEST(an_apply_without_memory_changes_nothing_and_can_be_repeated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
