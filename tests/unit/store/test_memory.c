/* The memory driver by itself: ranges, cursors, the journal, and what it gives back. */
#include "world.h"

static void put_category(struct world *w, const char *id, const char *parent, int64_t position)
{
	const sc_value columns[] = { parent == NULL ? SC_VALUE_NONE : SC_VALUE_OF_BYTES(parent, strlen(parent)),
		                     SC_VALUE_OF_INT(position) };
	sc_change change = about(address(SC_KIND_CATEGORY, id, ""), SC_CHANGE_PUT);
	change.columns = columns;
	change.column_count = SC_CATEGORY_COLUMNS;
	change.condition = SC_IF_ANY;
	assert_int_equal(apply_one(w, change), SC_OK);
}

static void put_listing(struct world *w, const char *category, const char *product)
{
	assert_int_equal(apply_one(w, about(address(SC_KIND_LISTING, category, product), SC_CHANGE_PUT)), SC_OK);
}

static sc_status range(struct world *w, const sc_range *range, sc_page *page)
{
	return w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, range, 1, &w->arena, page, &w->err);
}

static sc_range children_of(const sc_value *parent, uint32_t limit)
{
	return (sc_range){ .kind = SC_KIND_CATEGORY,
		           .index = 0,
		           .equal = parent,
		           .equal_count = 1,
		           .limit = limit,
		           .mask = SC_READ_ALL };
}

/* The first letters of the keys of a page, as one text. */
static void assert_keys(const sc_page *page, const char *expected)
{
	assert_int_equal(page->count, strlen(expected));
	for (size_t i = 0; i < page->count; i++)
		assert_int_equal(page->records[i].address.key[0], expected[i]);
}

static void make_tree(struct world *w)
{
	put_category(w, "c", "root", 3);
	put_category(w, "a", "root", 1);
	put_category(w, "d", "root", 3);
	put_category(w, "b", "root", 2);
	put_category(w, "x", "rooted", 0);
	put_category(w, "y", NULL, 0);
}

static void an_index_is_walked_in_order_within_its_equal_columns(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	sc_range asked = children_of(&parent, 10);
	sc_page page;
	make_tree(w);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "abcd");
	assert_int_equal(page.next.size, 0);
	asked.flags = SC_RANGE_DESCENDING;
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "dcba");
}

static void bounds_are_in_the_range_unless_excluded(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	sc_range asked = children_of(&parent, 10);
	sc_page page;
	make_tree(w);
	asked.low = SC_VALUE_OF_INT(1);
	asked.high = SC_VALUE_OF_INT(3);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "abcd");
	asked.flags = SC_RANGE_LOW_EXCLUDED | SC_RANGE_HIGH_EXCLUDED;
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "b");
}

static void pages_follow_each_other_without_gap_or_double(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	make_tree(w);
	for (uint32_t flags = 0; flags <= SC_RANGE_DESCENDING; flags++) {
		sc_range asked = children_of(&parent, 1);
		asked.flags = flags;
		char seen[8] = "";
		for (int i = 0; i < 6; i++) {
			sc_page page;
			assert_int_equal(range(w, &asked, &page), SC_OK);
			for (size_t j = 0; j < page.count; j++)
				strncat(seen, page.records[j].address.key, 1);
			asked.cursor = page.next;
			if (page.next.size == 0)
				break;
		}
		assert_string_equal(seen, flags == 0 ? "abcd" : "dcba");
	}
}

static void a_row_that_moves_in_an_index_is_found_only_where_it_is_now(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	sc_range asked = children_of(&parent, 10);
	sc_page page;
	make_tree(w);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	put_category(w, "a", "root", 9);
	put_category(w, "b", "elsewhere", 1);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "cda");
	assert_int_equal(apply_one(w, about(address(SC_KIND_CATEGORY, "c", ""), SC_CHANGE_DELETE)), SC_OK);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "da");
}

static void subs_of_a_key_and_keys_of_a_kind_are_ranges_too(void **state)
{
	struct world *w = *state;
	put_listing(w, "phones", "b");
	put_listing(w, "phones", "a");
	put_listing(w, "phone", "z");
	put_listing(w, "tablets", "c");
	sc_range asked = { .kind = SC_KIND_LISTING, .index = SC_BY_SUB, .key = SC_BYTES("phones"), .limit = 10 };
	sc_page page;
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(page.records[0].address.sub[0], 'a');
	asked.low = SC_VALUE_OF_BYTES("a", 1);
	asked.flags = SC_RANGE_LOW_EXCLUDED;
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_int_equal(page.count, 1);
	asked = (sc_range){ .kind = SC_KIND_LISTING, .index = SC_BY_ADDRESS, .limit = 10 };
	asked.low = SC_VALUE_OF_BYTES("phones", 6);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	assert_keys(&page, "ppt");
}

static void a_cursor_of_another_range_or_of_a_stranger_is_bad_input(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	sc_range asked = children_of(&parent, 1);
	sc_page page;
	make_tree(w);
	assert_int_equal(range(w, &asked, &page), SC_OK);
	sc_bytes cursor = page.next;
	asked.cursor = cursor;
	asked.flags = SC_RANGE_DESCENDING;
	assert_int_equal(range(w, &asked, &page), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "cursor");
	asked.flags = 0;
	for (size_t size = 1; size < cursor.size; size++) {
		char *cut = malloc(size);
		memcpy(cut, cursor.data, size);
		asked.cursor = (sc_bytes){ cut, size };
		sc_status status = range(w, &asked, &page);
		assert_true(status == SC_OK || status == SC_BAD_ARGUMENT);
		free(cut);
	}
}

static void a_page_has_a_largest_size(void **state)
{
	struct world *w = *state;
	const sc_value parent = SC_VALUE_OF_BYTES("root", 4);
	sc_range asked = children_of(&parent, SC_PAGE_MAX);
	sc_page page;
	assert_int_equal(range(w, &asked, &page), SC_OK);
	asked.limit = SC_PAGE_MAX + 1;
	assert_int_equal(range(w, &asked, &page), SC_OVER_LIMIT);
	asked.limit = 0;
	assert_int_equal(range(w, &asked, &page), SC_BAD_ARGUMENT);
}

static void a_read_does_not_change_when_the_row_does(void **state)
{
	struct world *w = *state;
	const sc_address cart = address(SC_KIND_CART, "u:1", "");
	sc_change change = about(cart, SC_CHANGE_PUT);
	change.body = SC_BYTES("before");
	assert_int_equal(apply_one(w, change), SC_OK);
	sc_record record = load(w, cart);
	change.body = SC_BYTES("behind");
	assert_int_equal(apply_one(w, change), SC_OK);
	assert_memory_equal(record.body.data, "before", 6);
}

/* ---- the journal ---- */

static size_t entries_after(struct world *w, uint64_t after, sc_entry *out, size_t max)
{
	size_t count;
	assert_int_equal(
		w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, after, max, &w->arena, out, &count, NULL),
		SC_OK);
	return count;
}

static void a_long_journal_is_read_in_order_across_its_chunks(void **state)
{
	struct world *w = *state;
	enum { ENTRIES = 3000 };
	for (int i = 0; i < ENTRIES; i++)
		receive(w, i % 2 == 0 ? "mug" : "cup", 1);
	sc_entry *entries = calloc(ENTRIES, sizeof *entries);
	uint64_t after = 0;
	int seen = 0;
	for (size_t count; (count = entries_after(w, after, entries, 700)) > 0; seen += (int)count) {
		for (size_t i = 0; i < count; i++) {
			assert_true(entries[i].position > after);
			after = entries[i].position;
		}
	}
	assert_int_equal(seen, ENTRIES);
	const sc_address mug = stock("mug");
	size_t count;
	assert_int_equal(
		w->store.ops->log_of(w->store.ctx, SC_CALL_SYSTEM, &mug, 0, ENTRIES, &w->arena, entries, &count, NULL),
		SC_OK);
	assert_int_equal(count, ENTRIES / 2);
	free(entries);
}

static void a_trimmed_journal_keeps_what_is_behind(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 10; i++)
		receive(w, "mug", 1);
	sc_entry entries[10];
	assert_int_equal(entries_after(w, 0, entries, 10), 10);
	uint64_t upto = entries[6].position;
	assert_int_equal(w->store.ops->log_trim(w->store.ctx, SC_CALL_SYSTEM, 0, upto, NULL), SC_OK);
	assert_int_equal(entries_after(w, 0, entries, 10), 3);
	assert_true(entries[0].position > upto);
	const sc_address mug = stock("mug");
	size_t count;
	assert_int_equal(
		w->store.ops->log_of(w->store.ctx, SC_CALL_SYSTEM, &mug, 0, 10, &w->arena, entries, &count, NULL),
		SC_OK);
	assert_int_equal(count, 3);
	receive(w, "mug", 1);
	assert_int_equal(entries_after(w, 0, entries, 10), 4);
}

static void ended_lifetimes_are_swept_and_the_next_is_told(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 3; i++) {
		const char *owners[] = { "u:1", "u:2", "u:3" };
		sc_change change = about(address(SC_KIND_CART, owners[i], ""), SC_CHANGE_PUT);
		change.lifetime_ms = 1000 * (i + 1);
		assert_int_equal(apply_one(w, change), SC_OK);
	}
	sc_testkit_env_advance_ms(w->testkit, 2000);
	size_t done;
	int64_t next_ms;
	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 1, &done, &next_ms, NULL), SC_OK);
	assert_int_equal(done, 1);
	assert_true(next_ms == SC_TESTKIT_START_MS + 2000);
	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL), SC_OK);
	assert_int_equal(done, 1);
	assert_true(next_ms == SC_TESTKIT_START_MS + 3000);
}

/* ---- no memory ---- */

/* One of everything that the store does on a hold of two mugs; what it answers. */
typedef sc_status operation(struct world *w, const sc_id *held);

static sc_status do_commit(struct world *w, const sc_id *held)
{
	const sc_commit_part part = { .quantity = 1 };
	sc_change change = about(hold_of(held), SC_CHANGE_COMMIT);
	change.parts = &part;
	change.part_count = 1;
	const sc_group group = group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &change, 1);
	sc_after after;
	sc_outcome outcome = { .after = &after, .after_capacity = 1 };
	return w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
}

static sc_status do_expire(struct world *w, const sc_id *held)
{
	(void)held;
	size_t done;
	int64_t next_ms;
	return w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL);
}

static sc_status do_fence(struct world *w, const sc_id *held)
{
	const sc_id unseen = sc_id_step(*held, 1), other = sc_id_step(*held, 2);
	const sc_group_ref refs[] = { { .id = unseen }, { other, hold_of(&other) } };
	sc_outcome outcomes[2] = { { 0 }, { 0 } };
	return w->store.ops->resolve(w->store.ctx, SC_CALL_SYSTEM, refs, 2, true, outcomes, NULL);
}

static sc_status do_load(struct world *w, const sc_id *held)
{
	sc_address addresses[10];
	sc_record records[10];
	for (int i = 0; i < 10; i++)
		addresses[i] = hold_of(held);
	sc_arena arena;
	sc_arena_init(&arena, w->env);
	sc_status status = w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, addresses, 10, SC_READ_ALL, &arena, records,
	                                      NULL);
	sc_arena_clear(&arena);
	return status;
}

static sc_status do_range(struct world *w, const sc_id *held)
{
	(void)held;
	const sc_range asked = { .kind = SC_KIND_STOCK, .index = SC_BY_ADDRESS, .limit = 1, .mask = SC_READ_ALL };
	sc_page page;
	sc_arena arena;
	sc_arena_init(&arena, w->env);
	sc_status status = w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &asked, 1, &arena, &page, NULL);
	sc_arena_clear(&arena);
	return status;
}

static sc_status do_log_read(struct world *w, const sc_id *held)
{
	(void)held;
	sc_entry entries[40];
	size_t count;
	sc_arena arena;
	sc_arena_init(&arena, w->env);
	sc_status status = w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 40, &arena, entries, &count,
	                                          NULL);
	sc_arena_clear(&arena);
	return status;
}

/* Each allocation of the operation fails in turn, once and for good, in a world of its own. */
static void assert_survives(struct world *w, operation *run, int64_t after_ms, bool for_good)
{
	bool failed = true;
	for (uint64_t nth = 1; failed; nth++) {
		sc_id held;
		assert_in_range(nth, 1, 100);
		w->store.ops->close(w->store.ctx);
		assert_int_equal(sc_memory_open(w->env, NULL, &w->store, NULL), SC_OK);
		receive(w, "mug", 5);
		receive(w, "cup", 5);
		assert_int_equal(reserve(w, "mug", 2, 1000, &held), SC_OK);
		sc_testkit_env_advance_ms(w->testkit, after_ms);
		sc_testkit_env_fail_allocation(w->testkit, nth, for_good);
		sc_status status = run(w, &held);
		failed = sc_testkit_env_has_failed(w->testkit);
		sc_testkit_env_fail_allocation(w->testkit, 0, false);
		assert_true(status == SC_OK || (failed && status == SC_NO_MEMORY));
		if (status == SC_NO_MEMORY)
			assert_counters(w, "mug", 5, 2, 0);
		assert_int_equal(run(w, &held), SC_OK);
	}
}

static void every_operation_survives_every_missing_allocation(void **state)
{
	struct world *w = *state;
	static operation *const operations[] = { do_commit, do_fence, do_load, do_range, do_log_read };
	for (int for_good = 0; for_good < 2; for_good++) {
		for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
			assert_survives(w, operations[i], 0, for_good != 0);
		assert_survives(w, do_expire, 1000, for_good != 0);
	}
}

/* ---- opening ---- */

static void opening_without_memory_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	size_t live = sc_testkit_env_live_blocks(w->testkit);
	sc_store store;
	sc_status status = SC_NO_MEMORY;
	uint64_t nth = 1;
	for (; status == SC_NO_MEMORY && nth < 30; nth++) {
		sc_testkit_env_fail_allocation(w->testkit, nth, false);
		status = sc_memory_open(w->env, NULL, &store, NULL);
		if (status == SC_NO_MEMORY)
			assert_int_equal(sc_testkit_env_live_blocks(w->testkit), live);
	}
	sc_testkit_env_fail_allocation(w->testkit, 0, false);
	assert_int_equal(status, SC_OK);
	assert_in_range(nth, 3, 29);
	store.ops->close(store.ctx);
}

static void opening_asks_for_a_sensible_memory_of_ids(void **state)
{
	struct world *w = *state;
	const sc_memory_options options = { .size = sizeof options, .remembers_ms = 0 };
	sc_store store;
	assert_int_equal(sc_memory_open(w->env, &options, &store, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "remembers_ms");
}

static void a_row_driver_without_a_required_operation_is_turned_away(void **state)
{
	struct world *w = *state;
	const sc_rows_ops empty = { .size = sizeof empty, .name = "empty" };
	sc_store store;
	assert_int_equal(sc_rows_store(w->env, &empty, NULL, &store, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "info");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(an_index_is_walked_in_order_within_its_equal_columns),
		WORLD_TEST(bounds_are_in_the_range_unless_excluded),
		WORLD_TEST(pages_follow_each_other_without_gap_or_double),
		WORLD_TEST(a_row_that_moves_in_an_index_is_found_only_where_it_is_now),
		WORLD_TEST(subs_of_a_key_and_keys_of_a_kind_are_ranges_too),
		WORLD_TEST(a_cursor_of_another_range_or_of_a_stranger_is_bad_input),
		WORLD_TEST(a_page_has_a_largest_size),
		WORLD_TEST(a_read_does_not_change_when_the_row_does),
		WORLD_TEST(a_long_journal_is_read_in_order_across_its_chunks),
		WORLD_TEST(a_trimmed_journal_keeps_what_is_behind),
		WORLD_TEST(ended_lifetimes_are_swept_and_the_next_is_told),
		WORLD_TEST(every_operation_survives_every_missing_allocation),
		WORLD_TEST(opening_without_memory_leaves_nothing_behind),
		WORLD_TEST(opening_asks_for_a_sensible_memory_of_ids),
		WORLD_TEST(a_row_driver_without_a_required_operation_is_turned_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
