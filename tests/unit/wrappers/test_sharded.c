/*
 * A store over shards: what lies where, lists over all of them, and opening it again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <shopcore/memory.h>
#include <shopcore/sharded.h>
#include <shopcore/sqlite.h>
#include <shopcore/testkit/env.h>

/* Numbers of kinds are for ever. */
enum { STOCK = 7, HOLD = 10, CART = 11, ORDER = 12, SETTING = 14 };
enum { ORDER_OWNER, ORDER_STATE, ORDER_CURRENCY = 5, ORDER_CREATED, ORDER_DUE, ORDER_DIGEST, ORDER_COLUMNS };
enum { BY_OWNER, BY_DUE };

#define SHARDS 3

struct world {
	sc_testkit_env *env;
	sc_store inner[SHARDS];
	sc_store store;
	sc_arena arena;
	sc_error err;
};

static sc_status open_over(struct world *w, const char *const *names, size_t count, const sc_shard_location *locations,
                           size_t location_count)
{
	sc_shard shards[SC_SHARDS_MAX] = { { 0 } };

	for (size_t i = 0; i < count; i++)
		shards[i] = (sc_shard){ .name = names[i], .store = w->inner[i % SHARDS] };
	w->err = (sc_error)SC_ERROR_INIT;
	return sc_sharded_open(sc_testkit_env_table(w->env), shards, count, locations, location_count, &w->store,
	                       &w->err);
}

static const char *const names[SHARDS] = { "one", "two", "three" };
static const sc_shard_location locations[] = { { "leeds", "one" }, { "bath", "two" } };

static void set_up(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->env = sc_testkit_env_new(1);
	sc_arena_init(&w->arena, sc_testkit_env_table(w->env));
	for (int i = 0; i < SHARDS; i++)
		assert_int_equal(sc_memory_open(sc_testkit_env_table(w->env), NULL, &w->inner[i], NULL), SC_OK);
}

static void open_world(struct world *w)
{
	set_up(w);
	assert_int_equal(open_over(w, names, SHARDS, locations, 2), SC_OK);
	assert_int_equal(w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
}

static void tear_down(struct world *w)
{
	sc_arena_clear(&w->arena);
	assert_int_equal(sc_testkit_env_live_blocks(w->env), 0);
	sc_testkit_env_free(w->env);
}

static void close_world(struct world *w)
{
	w->store.ops->close(w->store.ctx);
	tear_down(w);
}

/* For a world whose store was never made. */
static void close_inner(struct world *w)
{
	for (int i = 0; i < SHARDS; i++)
		w->inner[i].ops->close(w->inner[i].ctx);
	tear_down(w);
}

static sc_status apply(struct world *w, const sc_change *changes, uint32_t count, sc_home home, sc_id id)
{
	const sc_group group = { .id = id, .home = (uint16_t)home, .changes = changes, .count = count };
	sc_outcome outcome = { .line = SC_NO_LINE };
	sc_status status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &w->err);

	return status == SC_OK ? outcome.status : status;
}

static sc_id make_id(struct world *w)
{
	return sc_id_make(sc_testkit_env_table(w->env));
}

static sc_record load(const sc_store *store, struct world *w, sc_address address)
{
	sc_record record = { 0 };

	assert_int_equal(
		store->ops->load(store->ctx, SC_CALL_SYSTEM, &address, 1, SC_READ_ALL, &w->arena, &record, NULL),
		SC_OK);
	return record;
}

static sc_address stock_at(const char *location)
{
	return (sc_address){
		.kind = STOCK, .key = "mug", .key_size = 3, .sub = location, .sub_size = (uint16_t)strlen(location)
	};
}

static void receive(struct world *w, const char *location, int64_t units)
{
	const sc_change change = { .address = stock_at(location),
		                   .type = SC_CHANGE_ADJUST,
		                   .counters = { .on_hand = units } };

	assert_int_equal(apply(w, &change, 1, SC_HOME_TABLE, make_id(w)), SC_OK);
}

static sc_status reserve(struct world *w, const sc_id *id, const char *const *places, uint32_t count)
{
	static const char first[2];
	sc_address sources[4];
	sc_hold_line lines[4] = { { 0 } };
	const sc_change hold = { .address = { .kind = HOLD,
		                              .key = (const char *)id->bytes,
		                              .key_size = sizeof(id->bytes),
		                              .sub = first,
		                              .sub_size = sizeof(first) },
		                 .type = SC_CHANGE_HOLD,
		                 .lines = lines,
		                 .line_count = count,
		                 .ttl_ms = 60000 };

	for (uint32_t i = 0; i < count; i++) {
		sources[i] = stock_at(places[i]);
		lines[i] = (sc_hold_line){ .sources = &sources[i], .source_count = 1, .quantity = 1 };
	}
	return apply(w, &hold, 1, SC_HOME_FIRST, *id);
}

/* An order that is due at `due_ms`; its id decides its shard. */
static void put_order(struct world *w, const sc_id *id, int64_t due_ms)
{
	sc_value columns[ORDER_COLUMNS];

	for (int i = 0; i < ORDER_COLUMNS; i++)
		columns[i] = SC_VALUE_OF_INT(1);
	columns[ORDER_OWNER] = SC_VALUE_OF_BYTES("u:ada", 5);
	columns[ORDER_CURRENCY] = SC_VALUE_OF_BYTES("EUR", 3);
	columns[ORDER_DUE] = SC_VALUE_OF_INT(due_ms);
	columns[ORDER_DIGEST] = SC_VALUE_NONE;
	const sc_change put = {
		.address = { .kind = ORDER, .key = (const char *)id->bytes, .key_size = sizeof(id->bytes) },
		.type = SC_CHANGE_PUT,
		.condition = SC_IF_ABSENT,
		.columns = columns,
		.column_count = ORDER_COLUMNS,
		.body = SC_BYTES("{}")
	};

	assert_int_equal(apply(w, &put, 1, SC_HOME_FIRST, *id), SC_OK);
}

/* ---- places ------------------------------------------------------------------------------ */

static void stock_lies_where_its_location_is(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	receive(&w, "leeds", 3);
	receive(&w, "bath", 4);
	assert_int_equal(load(&w.inner[0], &w, stock_at("leeds")).counters.on_hand, 3);
	assert_int_equal(load(&w.inner[1], &w, stock_at("bath")).counters.on_hand, 4);
	assert_int_equal(load(&w.inner[1], &w, stock_at("leeds")).version, 0);
	const sc_address leeds = stock_at("leeds");
	assert_string_equal(sc_sharded_place(&w.store, &leeds), "one");
	assert_null(sc_sharded_place(&w.inner[0], &leeds));
	close_world(&w);
}

static void a_hold_lies_with_its_stock_and_is_found_by_its_order(void **state)
{
	static const char *const bath[] = { "bath" };
	struct world w;
	(void)state;
	open_world(&w);
	receive(&w, "bath", 4);
	for (int i = 0; i < 20; i++) { /* orders of all shards */
		const sc_id id = make_id(&w);
		static const char sub[2];
		const sc_address hold = { .kind = HOLD,
			                  .key = (const char *)id.bytes,
			                  .key_size = sizeof(id.bytes),
			                  .sub = sub,
			                  .sub_size = sizeof(sub) };
		const sc_change release = { .address = hold, .type = SC_CHANGE_RELEASE };
		assert_int_equal(reserve(&w, &id, bath, 1), SC_OK);
		assert_int_equal(load(&w.store, &w, hold).hold_state, SC_HOLD_HELD);
		assert_int_equal(load(&w.inner[1], &w, hold).hold_state, SC_HOLD_HELD);
		assert_int_equal(apply(&w, &release, 1, SC_HOME_NONE, id), SC_OK);
		assert_int_equal(load(&w.store, &w, hold).hold_state, SC_HOLD_RELEASED);
	}
	assert_int_equal(load(&w.store, &w, stock_at("bath")).counters.held, 0);
	close_world(&w);
}

static void a_hold_that_was_released_before_it_came_never_comes(void **state)
{
	static const char *const bath[] = { "bath" };
	struct world w;
	(void)state;
	open_world(&w);
	receive(&w, "bath", 4);
	for (int i = 0; i < 20; i++) {
		const sc_id id = make_id(&w);
		static const char sub[2];
		const sc_change release = { .address = { .kind = HOLD,
			                                 .key = (const char *)id.bytes,
			                                 .key_size = sizeof(id.bytes),
			                                 .sub = sub,
			                                 .sub_size = sizeof(sub) },
			                    .type = SC_CHANGE_RELEASE };
		assert_int_equal(apply(&w, &release, 1, SC_HOME_NONE, id), SC_OK);
		assert_int_equal(reserve(&w, &id, bath, 1), SC_FENCED);
	}
	close_world(&w);
}

static void a_hold_over_two_shards_is_refused_by_name(void **state)
{
	static const char *const both[] = { "leeds", "bath" };
	struct world w;
	(void)state;
	open_world(&w);
	receive(&w, "leeds", 4);
	receive(&w, "bath", 4);
	const sc_id id = make_id(&w);
	assert_int_equal(reserve(&w, &id, both, 2), SC_UNSUPPORTED);
	assert_string_equal(w.err.field, "lines");
	assert_int_equal(load(&w.store, &w, stock_at("leeds")).counters.held, 0);
	close_world(&w);
}

static void versions_of_two_shards_are_never_the_same(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	receive(&w, "leeds", 1);
	receive(&w, "bath", 1); /* the first entry of its shard, as the other is of its own */
	const uint64_t leeds = load(&w.inner[0], &w, stock_at("leeds")).version;
	assert_int_equal(leeds, load(&w.inner[1], &w, stock_at("bath")).version);
	assert_int_not_equal(load(&w.store, &w, stock_at("leeds")).version,
	                     load(&w.store, &w, stock_at("bath")).version);
	close_world(&w);
}

/* ---- lists ------------------------------------------------------------------------------- */

#define ORDERS 50

static sc_range due_orders(uint32_t limit)
{
	return (sc_range){ .kind = ORDER, .index = BY_DUE, .limit = limit };
}

/* Walks all pages and checks that each due time comes once and in order. */
static void walk(struct world *w, sc_range range, bool descending)
{
	int64_t next = descending ? ORDERS : 1;
	size_t pages = 0;

	range.mask = SC_READ_COLUMNS;
	do {
		sc_page page = { 0 };
		assert_int_equal(
			w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &w->err), SC_OK);
		assert_true(page.count <= range.limit);
		for (size_t i = 0; i < page.count; i++) {
			assert_int_equal(page.records[i].columns[ORDER_DUE].number, next);
			next += descending ? -1 : 1;
		}
		range.cursor = page.next;
		assert_true(++pages <= ORDERS + 1);
	} while (range.cursor.size > 0);
	assert_int_equal(next, descending ? 0 : ORDERS + 1);
}

static void a_list_over_all_shards_is_in_order_and_whole(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	for (int i = 0; i < ORDERS; i++) {
		const sc_id id = make_id(&w);
		put_order(&w, &id, 1 + (i * 7) % ORDERS);
	}
	static const uint32_t limits[] = { 1, 3, 7, 49, 50, 100 };
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		sc_range range = due_orders(limits[i]);
		walk(&w, range, false);
		range.flags = SC_RANGE_DESCENDING;
		walk(&w, range, true);
	}
	close_world(&w);
}

static void columns_that_nobody_asked_for_are_not_given(void **state)
{
	struct world w;
	sc_page page;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	put_order(&w, &id, 1);
	sc_range range = due_orders(10);
	assert_int_equal(w.store.ops->range(w.store.ctx, SC_CALL_SYSTEM, &range, 1, &w.arena, &page, NULL), SC_OK);
	assert_int_equal(page.count, 1);
	assert_null(page.records[0].columns);
	close_world(&w);
}

static void a_cursor_of_something_else_is_refused(void **state)
{
	static const char *const wrong[] = { "", "x", "\xff\xff", "\x05\x00ab" };
	static const size_t sizes[] = { 0, 1, 2, 4 };
	struct world w;
	sc_page page;
	(void)state;
	open_world(&w);
	for (size_t i = 1; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sc_range range = due_orders(10);
		range.cursor = (sc_bytes){ wrong[i], sizes[i] };
		w.err = (sc_error)SC_ERROR_INIT;
		assert_int_equal(w.store.ops->range(w.store.ctx, SC_CALL_SYSTEM, &range, 1, &w.arena, &page, &w.err),
		                 SC_BAD_ARGUMENT);
		assert_string_equal(w.err.field, "cursor");
	}
	close_world(&w);
}

static void the_map_is_no_setting(void **state)
{
	const sc_range range = { .kind = SETTING, .index = SC_BY_ADDRESS, .limit = 100 };
	struct world w;
	sc_page page;
	(void)state;
	open_world(&w);
	assert_int_equal(w.store.ops->range(w.store.ctx, SC_CALL_SYSTEM, &range, 1, &w.arena, &page, NULL), SC_OK);
	assert_int_equal(page.count, 0);
	close_world(&w);
}

/* ---- opening ----------------------------------------------------------------------------- */

static void opening_names_what_is_wrong(void **state)
{
	static const char *const doubled[] = { "one", "one" }, *const odd[] = { "One" }, *const empty[] = { "" };
	static const sc_shard_location nowhere[] = { { "leeds", "four" } };
	static const sc_shard_location twice[] = { { "leeds", "one" }, { "leeds", "two" } };
	struct world w;
	(void)state;
	set_up(&w);
	assert_int_equal(open_over(&w, names, 0, NULL, 0), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "count");
	assert_int_equal(open_over(&w, doubled, 2, NULL, 0), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "name");
	assert_int_equal(w.err.index, 1);
	assert_int_equal(open_over(&w, odd, 1, NULL, 0), SC_BAD_ARGUMENT);
	assert_int_equal(open_over(&w, empty, 1, NULL, 0), SC_BAD_ARGUMENT);
	assert_int_equal(open_over(&w, names, SHARDS, nowhere, 1), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "shard");
	assert_int_equal(open_over(&w, names, SHARDS, twice, 2), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "location");
	close_inner(&w);
}

static void before_it_is_prepared_nothing_is_read(void **state)
{
	struct world w;
	sc_record record;
	(void)state;
	set_up(&w);
	assert_int_equal(open_over(&w, names, SHARDS, NULL, 0), SC_OK);
	const sc_address leeds = stock_at("leeds");
	assert_int_equal(w.store.ops->load(w.store.ctx, SC_CALL_SYSTEM, &leeds, 1, 0, &w.arena, &record, NULL),
	                 SC_WRONG_STATE);
	assert_null(sc_sharded_place(&w.store, &leeds));
	close_world(&w);
}

struct files {
	char folder[64];
	char paths[SHARDS][96];
};

static sc_status open_files(struct world *w, const struct files *files, const char *const *shard_names, size_t count,
                            const sc_shard_location *pins, size_t pin_count)
{
	for (int i = 0; i < SHARDS; i++)
		assert_int_equal(
			sc_sqlite_open(sc_testkit_env_table(w->env), files->paths[i], NULL, &w->inner[i], NULL), SC_OK);
	assert_int_equal(open_over(w, shard_names, count, pins, pin_count), SC_OK);
	return w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, &w->err);
}

static void other_shards_than_those_it_began_with_are_refused(void **state)
{
	static const char *const other[] = { "one", "two", "four" };
	struct files files = { .folder = "/tmp/shopcore-shards-XXXXXX" };
	struct world w = { 0 };
	(void)state;
	w.env = sc_testkit_env_new(1);
	sc_arena_init(&w.arena, sc_testkit_env_table(w.env));
	assert_non_null(mkdtemp(files.folder));
	for (int i = 0; i < SHARDS; i++)
		snprintf(files.paths[i], sizeof(files.paths[i]), "%s/%d.db", files.folder, i);
	assert_int_equal(open_files(&w, &files, names, SHARDS, locations, 2), SC_OK);
	receive(&w, "bath", 4);
	w.store.ops->close(w.store.ctx);
	assert_int_equal(open_files(&w, &files, other, SHARDS, locations, 2), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "shards");
	w.store.ops->close(w.store.ctx);
	assert_int_equal(open_files(&w, &files, names, SHARDS, locations, 1), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "locations");
	w.store.ops->close(w.store.ctx);
	assert_int_equal(open_files(&w, &files, names, SHARDS, locations, 2), SC_OK);
	assert_int_equal(load(&w.store, &w, stock_at("bath")).counters.on_hand, 4);
	w.store.ops->close(w.store.ctx);
	for (int i = 0; i < SHARDS; i++) {
		static const char *const endings[] = { "", "-wal", "-shm", "-lock" };
		for (size_t e = 0; e < sizeof(endings) / sizeof(endings[0]); e++) {
			char path[128];
			snprintf(path, sizeof(path), "%s%s", files.paths[i], endings[e]);
			unlink(path);
		}
	}
	rmdir(files.folder);
	tear_down(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stock_lies_where_its_location_is),
		cmocka_unit_test(a_hold_lies_with_its_stock_and_is_found_by_its_order),
		cmocka_unit_test(a_hold_that_was_released_before_it_came_never_comes),
		cmocka_unit_test(a_hold_over_two_shards_is_refused_by_name),
		cmocka_unit_test(versions_of_two_shards_are_never_the_same),
		cmocka_unit_test(a_list_over_all_shards_is_in_order_and_whole),
		cmocka_unit_test(columns_that_nobody_asked_for_are_not_given),
		cmocka_unit_test(a_cursor_of_something_else_is_refused),
		cmocka_unit_test(the_map_is_no_setting),
		cmocka_unit_test(opening_names_what_is_wrong),
		cmocka_unit_test(before_it_is_prepared_nothing_is_read),
		cmocka_unit_test(other_shards_than_those_it_began_with_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
