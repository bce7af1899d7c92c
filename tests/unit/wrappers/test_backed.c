/*
 * Carts in a quick store with a copy in the record: what is written behind, what happens while the quick store is away,
 * and after it was emptied.
 */
#include "world.h"

#include <shopcore/backed.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIFETIME_MS = 3600000 };

struct place {
	struct world w; /* w.store is the backed one */
	sc_store quick, record;
	sc_store_ops switched, kept; /* of the quick store, which may be down, and of the record, which outlives it */
	const sc_store_ops *real;
	bool down;
};

static struct place *here; /* of the test that runs: the tables of operations carry the store's own context */

static sc_status switched_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                               sc_arena *arena, sc_record *out, sc_error *err)
{
	(void)ctx;
	if (here->down)
		return SC_IO_FAILED;
	return here->real->load(here->quick.ctx, call, addresses, count, mask, arena, out, err);
}

static sc_status switched_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                                sc_page *out, sc_error *err)
{
	(void)ctx;
	if (here->down)
		return SC_IO_FAILED;
	return here->real->range(here->quick.ctx, call, ranges, count, arena, out, err);
}

static sc_status switched_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                                sc_error *err)
{
	(void)ctx;
	if (here->down)
		return SC_IO_FAILED;
	return here->real->apply(here->quick.ctx, call, groups, count, out, err);
}

static sc_status switched_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                                 sc_error *err)
{
	(void)ctx;
	if (here->down)
		return SC_IO_FAILED;
	return here->real->expire(here->quick.ctx, call, max, done, next_ms, err);
}

static sc_status switched_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	(void)ctx;
	if (here->down)
		return SC_IO_FAILED;
	return here->real->now(here->quick.ctx, call, now_ms, err);
}

static void open_backed(struct place *p)
{
	sc_store quick = { &p->switched, NULL }, record = { &p->kept, p->record.ctx };
	assert_int_equal(sc_backed_open(p->w.env, quick, record, NULL, &p->w.store, NULL), SC_OK);
	assert_int_equal(p->w.store.ops->prepare(p->w.store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
}

static sc_status prepare_nothing(void *ctx, const sc_call *call, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	return SC_OK;
}

static sc_status info_of_quick(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)ctx;
	return here->real->info(here->quick.ctx, out, err);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	here = p;
	world_init(&p->w);
	p->quick = memory_store(&p->w);
	p->record = memory_store(&p->w);
	p->real = p->quick.ops;
	p->switched = *p->quick.ops;
	p->switched.info = info_of_quick;
	p->switched.prepare = prepare_nothing;
	p->switched.load = switched_load;
	p->switched.range = switched_range;
	p->switched.apply = switched_apply;
	p->switched.expire = switched_expire;
	p->switched.now = switched_now;
	p->switched.close = NULL;
	p->kept = *p->record.ops;
	p->kept.close = NULL;
	open_backed(p);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	p->w.store.ops->close(p->w.store.ctx);
	p->w.store.ops = NULL;
	p->quick.ops->close(p->quick.ctx);
	p->record.ops->close(p->record.ctx);
	world_clear(&p->w);
	free(p);
	return 0;
}

/* ---- carts ------------------------------------------------------------------------------- */

static sc_record load_from(struct place *p, const sc_store *store, const char *owner)
{
	const sc_address at = address(KIND_CART, owner, "");
	sc_record record;
	assert_int_equal(store->ops->load(store->ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, &p->w.arena, &record, NULL),
	                 SC_OK);
	return record;
}

static bool says(const sc_record *record, const char *body)
{
	return record->version != 0 && record->body.size == strlen(body) &&
	       memcmp(record->body.data, body, record->body.size) == 0;
}

static bool cart_is(struct place *p, const sc_store *store, const char *owner, const char *body)
{
	const sc_record record = load_from(p, store, owner);
	return says(&record, body);
}

static sc_status write_cart(struct place *p, const char *owner, const char *body, uint64_t version)
{
	const sc_change change = { .address = address(KIND_CART, owner, ""),
		                   .type = body != NULL ? SC_CHANGE_PUT : SC_CHANGE_DELETE,
		                   .condition = SC_IF_VERSION,
		                   .version = version,
		                   .body = { body, body != NULL ? strlen(body) : 0 },
		                   .lifetime_ms = body != NULL ? LIFETIME_MS : 0 };
	const sc_group group = { .changes = &change, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = p->w.store.ops->apply(p->w.store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
	sc_testkit_env_advance_ms(p->w.testkit, 10);
	return status == SC_OK ? outcome.status : status;
}

/* As the library does: read, then write what was read. */
static void change_cart(struct place *p, const char *owner, const char *body)
{
	assert_int_equal(write_cart(p, owner, body, load_from(p, &p->w.store, owner).version), SC_OK);
}

static void run_tick(struct place *p, int64_t later_ms)
{
	size_t done;
	int64_t next_ms;
	sc_testkit_env_advance_ms(p->w.testkit, later_ms);
	assert_int_equal(p->w.store.ops->expire(p->w.store.ctx, SC_CALL_SYSTEM, 1000, &done, &next_ms, NULL), SC_OK);
}

static void empty_quick(struct place *p)
{
	p->quick.ops->close(p->quick.ctx);
	p->quick = memory_store(&p->w);
	p->real = p->quick.ops;
}

static sc_backed_counts counts_of(const struct place *p)
{
	sc_backed_counts counts;
	assert_int_equal(sc_backed_read(&p->w.store, &counts, NULL), SC_OK);
	return counts;
}

/* ---- writing behind ---------------------------------------------------------------------- */

static void a_change_reaches_the_record_after_its_time_and_not_before(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 0);
	run_tick(p, 5000);
	change_cart(p, "u:bob", "young");
	assert_int_equal(counts_of(p).waiting, 2);
	assert_true(counts_of(p).oldest_ms >= 5000);
	run_tick(p, 5000);
	assert_true(cart_is(p, &p->record, "u:ann", "one"));
	assert_int_equal(load_from(p, &p->record, "u:bob").version, 0);
	run_tick(p, 10000);
	assert_true(cart_is(p, &p->record, "u:bob", "young"));
	assert_int_equal(counts_of(p).waiting, 0);
}

static void many_changes_of_a_cart_are_one_copy(void **state)
{
	struct place *p = *state;
	run_tick(p, 0);
	run_tick(p, 0);
	for (int i = 0; i < 50; i++)
		change_cart(p, "u:ann", i % 2 == 0 ? "even" : "odd");
	run_tick(p, 10000);
	assert_int_equal(counts_of(p).behind, 1);
	assert_true(cart_is(p, &p->record, "u:ann", "odd"));
}

static void a_removed_cart_is_removed_behind(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	assert_true(cart_is(p, &p->record, "u:ann", "one"));
	change_cart(p, "u:ann", NULL);
	run_tick(p, 10000);
	assert_int_equal(load_from(p, &p->record, "u:ann").version, 0);
	assert_int_equal(load_from(p, &p->w.store, "u:ann").version, 0);
	assert_int_equal(counts_of(p).removed, 1);
}

static void closing_writes_all_behind(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	p->w.store.ops->close(p->w.store.ctx);
	open_backed(p);
	assert_true(cart_is(p, &p->record, "u:ann", "one"));
}

static void what_a_dead_process_left_is_found_by_the_next(void **state)
{
	struct place *p = *state;
	run_tick(p, 0);
	change_cart(p, "u:ann", "one");
	p->down = true; /* so that it cannot write behind when it goes */
	p->w.store.ops->close(p->w.store.ctx);
	p->down = false;
	assert_int_equal(load_from(p, &p->record, "u:ann").version, 0);
	open_backed(p);
	run_tick(p, 0);
	run_tick(p, 0);
	assert_true(cart_is(p, &p->record, "u:ann", "one"));
}

/* ---- away -------------------------------------------------------------------------------- */

static void carts_are_read_and_written_while_the_quick_store_is_away(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	run_tick(p, 0);
	p->down = true;
	assert_true(cart_is(p, &p->w.store, "u:ann", "one"));
	change_cart(p, "u:ann", "two");
	change_cart(p, "u:new", "first");
	assert_true(cart_is(p, &p->w.store, "u:ann", "two"));
	assert_true(counts_of(p).from_record > 0);
	p->down = false;
	run_tick(p, 11000);
	assert_true(cart_is(p, &p->quick, "u:ann", "two"));
	assert_true(cart_is(p, &p->quick, "u:new", "first"));
	assert_true(cart_is(p, &p->w.store, "u:ann", "two"));
}

static void a_cart_read_on_one_side_is_not_written_on_the_other(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	const uint64_t there = load_from(p, &p->w.store, "u:ann").version;
	p->down = true;
	assert_int_equal(write_cart(p, "u:ann", "two", there), SC_CHANGED);
	const uint64_t away = load_from(p, &p->w.store, "u:ann").version;
	assert_true(away != there);
	p->down = false;
	sc_testkit_env_advance_ms(p->w.testkit, 1001);
	assert_int_equal(write_cart(p, "u:ann", "two", away), SC_CHANGED);
}

static void a_quick_store_that_failed_is_left_alone_for_a_while(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	p->down = true;
	for (int i = 0; i < 5; i++)
		load_from(p, &p->w.store, "u:ann");
	assert_int_equal(counts_of(p).failures, 1);
	assert_int_equal(counts_of(p).from_record, 5);
}

static void a_cart_removed_while_it_is_away_stays_removed(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	p->down = true;
	change_cart(p, "u:ann", NULL);
	p->down = false;
	run_tick(p, 11000);
	assert_int_equal(load_from(p, &p->w.store, "u:ann").version, 0);
	assert_int_equal(load_from(p, &p->record, "u:ann").version, 0);
}

/* ---- emptied ----------------------------------------------------------------------------- */

static void an_emptied_store_gives_a_cart_that_is_asked_for_at_once(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	empty_quick(p);
	assert_true(cart_is(p, &p->w.store, "u:ann", "one"));
	change_cart(p, "u:ann", "one and more");
	assert_true(cart_is(p, &p->quick, "u:ann", "one and more"));
}

static void an_emptied_store_is_filled_again_by_and_by(void **state)
{
	struct place *p = *state;
	char owner[16];
	for (int i = 0; i < 1200; i++) {
		snprintf(owner, sizeof owner, "u:%d", i);
		change_cart(p, owner, "mine");
		sc_arena_reset(&p->w.arena);
	}
	run_tick(p, 10000);
	run_tick(p, 0);
	assert_int_equal(counts_of(p).behind, 1200);
	empty_quick(p);
	run_tick(p, 0);
	for (int i = 0; i < 1200; i++) {
		snprintf(owner, sizeof owner, "u:%d", i);
		assert_true(cart_is(p, &p->quick, owner, "mine"));
		sc_arena_reset(&p->w.arena);
	}
	assert_true(counts_of(p).restored >= 1200);
}

static void what_was_not_written_behind_is_what_is_lost(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	change_cart(p, "u:ann", "two");
	empty_quick(p);
	assert_true(cart_is(p, &p->w.store, "u:ann", "one"));
}

static void a_cart_removed_just_before_does_not_come_back(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	change_cart(p, "u:ann", NULL);
	empty_quick(p);
	assert_int_equal(load_from(p, &p->w.store, "u:ann").version, 0);
	run_tick(p, 10000);
	assert_int_equal(load_from(p, &p->w.store, "u:ann").version, 0);
}

static void a_copy_ends_with_its_cart(void **state)
{
	struct place *p = *state;
	change_cart(p, "u:ann", "one");
	run_tick(p, 10000);
	assert_true(cart_is(p, &p->record, "u:ann", "one"));
	run_tick(p, LIFETIME_MS);
	assert_int_equal(load_from(p, &p->w.store, "u:ann").version, 0);
	assert_int_equal(load_from(p, &p->record, "u:ann").version, 0);
}

static void options_have_limits(void **state)
{
	struct place *p = *state;
	sc_backed_options options = SC_BACKED_OPTIONS_INIT;
	sc_backed_counts counts;
	sc_store out;
	sc_error err = SC_ERROR_INIT;
	options.behind_ms = SC_BACKED_BEHIND_MAX_MS + 1;
	assert_int_equal(sc_backed_open(p->w.env, p->quick, p->record, &options, &out, &err), SC_OUT_OF_RANGE);
	assert_string_equal(err.field, "behind_ms");
	options.behind_ms = -1;
	assert_int_equal(sc_backed_open(p->w.env, p->quick, p->record, &options, &out, &err), SC_OUT_OF_RANGE);
	assert_int_equal(sc_backed_open(p->w.env, p->quick, (sc_store){ 0 }, NULL, &out, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "record");
	assert_int_equal(sc_backed_read(&p->record, &counts, &err), SC_BAD_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_change_reaches_the_record_after_its_time_and_not_before),
		TEST(many_changes_of_a_cart_are_one_copy),
		TEST(a_removed_cart_is_removed_behind),
		TEST(closing_writes_all_behind),
		TEST(what_a_dead_process_left_is_found_by_the_next),
		TEST(carts_are_read_and_written_while_the_quick_store_is_away),
		TEST(a_cart_read_on_one_side_is_not_written_on_the_other),
		TEST(a_quick_store_that_failed_is_left_alone_for_a_while),
		TEST(a_cart_removed_while_it_is_away_stays_removed),
		TEST(an_emptied_store_gives_a_cart_that_is_asked_for_at_once),
		TEST(an_emptied_store_is_filled_again_by_and_by),
		TEST(what_was_not_written_behind_is_what_is_lost),
		TEST(a_cart_removed_just_before_does_not_come_back),
		TEST(a_copy_ends_with_its_cart),
		TEST(options_have_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
