/*
 * One Redis server: what the store promises on it, connections that are cut, a server that is killed and started again.
 */
#include "world.h"

#include <shopcore/testkit/env.h>

#include <stdatomic.h>
#include <stdio.h>

static void command(const struct world *w, const char *text)
{
	char line[512];
	snprintf(line, sizeof line, "redis-cli -s %s %s >/dev/null", w->redis.url + strlen("redis+socket://"), text);
	assert_int_equal(system(line), 0);
}

static sc_store_info info_of(const sc_store *store)
{
	sc_store_info info = { .size = sizeof info };
	assert_int_equal(store->ops->info(store->ctx, &info, NULL), SC_OK);
	return info;
}

/* ---- tests ---- */

static void a_shop_refuses_to_keep_orders_on_it(void **state)
{
	struct world *w = *state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_redis_options redis = options_of(w);
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop;
	assert_int_equal(sc_redis_open(sc_env_default(), w->redis.url, &redis, &options.store, NULL), SC_OK);
	assert_int_equal(info_of(&options.store).durability, SC_DURABLE_LOSSY);
	assert_int_equal(sc_shop_open(&options, &shop, &err), SC_UNSUPPORTED);
	assert_string_equal(err.field, "volatile_ok");
	options.volatile_ok = true;
	assert_int_equal(sc_shop_open(&options, &shop, &err), SC_OK);
	sc_shop_close(shop);
}

static void cut_connections_are_made_anew(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	assert_int_equal(put_cart(&store, "ada", SC_IF_ABSENT, "one"), SC_OK);
	command(w, "client kill type normal skipme yes");
	assert_true(has_cart(&store, "ada", "one"));
	command(w, "client kill type normal skipme yes");
	assert_int_equal(put_cart(&store, "ada", SC_IF_PRESENT, "two"), SC_OK);
	assert_true(has_cart(&store, "ada", "two"));
	store.ops->close(store.ctx);
}

static void forgotten_scripts_are_loaded_again(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	assert_int_equal(put_cart(&store, "ada", SC_IF_ABSENT, "one"), SC_OK);
	command(w, "script flush sync");
	assert_int_equal(put_cart(&store, "ada", SC_IF_PRESENT, "two"), SC_OK);
	store.ops->close(store.ctx);
}

static void a_killed_server_fails_calls_and_comes_back_as_another_incarnation(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	assert_int_equal(put_cart(&store, "ada", SC_IF_ABSENT, "one"), SC_OK);
	sc_id before = info_of(&store).incarnation;
	usleep(1200000); /* the AOF is on disk after a second */
	private_redis_kill(&w->redis, 0);
	sc_status status = put_cart(&store, "ada", SC_IF_PRESENT, "lost");
	assert_true(sc_status_is_failure(status));
	assert_false(has_cart(&store, "ada", "one"));
	assert_true(private_redis_restart(&w->redis, 0));
	assert_true(has_cart(&store, "ada", "one"));
	assert_int_equal(put_cart(&store, "ada", SC_IF_PRESENT, "two"), SC_OK);
	assert_false(sc_id_equal(info_of(&store).incarnation, before));
	store.ops->close(store.ctx);
}

static void carts_end_by_themselves(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	const sc_change put = { .address = address_of(KIND_CART, "ada"),
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_ABSENT,
		                .body = SC_BYTES("soon gone"),
		                .lifetime_ms = 50 };
	const sc_group group = { .changes = &put, .count = 1 };
	sc_outcome outcome = { .status = SC_OK };
	char line[256];
	assert_int_equal(store.ops->apply(store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	assert_true(has_cart(&store, "ada", "soon gone"));
	usleep(80000);
	assert_false(has_cart(&store, "ada", "soon gone"));
	/* The row is gone though nothing swept it. */
	snprintf(line, sizeof line, "test -z \"$(redis-cli -s %s --scan --pattern '{%s:0}r*')\"",
	         w->redis.url + strlen("redis+socket://"), w->prefix);
	assert_int_equal(system(line), 0);
	store.ops->close(store.ctx);
}

/* Adds to a counter by its id until it is known to be done: at most once each. */
struct load {
	struct world *w;
	sc_store store;
	_Atomic int64_t done, unknown;
	atomic_bool over;
};

static void *add_under_fire(void *argument)
{
	struct load *load = argument;
	while (!atomic_load(&load->over)) {
		const sc_change adjust = { .address = address_of(KIND_STOCK, "mug"),
			                   .type = SC_CHANGE_ADJUST,
			                   .counters = { .on_hand = 1 } };
		const sc_group group = {
			.id = sc_id_make(sc_env_default()), .home = SC_HOME_TABLE, .changes = &adjust, .count = 1
		};
		const sc_group_ref ref = { .id = group.id };
		sc_outcome outcome = { .status = SC_OK };
		sc_status status = load->store.ops->apply(load->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
		status = status == SC_OK ? outcome.status : status;
		while (sc_status_is_unknown(status)) {
			atomic_fetch_add(&load->unknown, 1);
			outcome = (sc_outcome){ .status = SC_OK };
			sc_status asked = load->store.ops->resolve(load->store.ctx, SC_CALL_SYSTEM, &ref, 1, true,
			                                           &outcome, NULL);
			if (asked == SC_OK)
				status = outcome.status;
		}
		atomic_fetch_add(&load->done, status == SC_OK);
	}
	return NULL;
}

static void what_is_unknown_after_a_cut_is_resolved(void **state)
{
	struct world *w = *state;
	struct load load = { .w = w, .store = open_store(w) };
	pthread_t threads[8];
	const sc_address at = address_of(KIND_STOCK, "mug");
	sc_arena arena;
	sc_record record;
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_under_fire, &load), 0);
	for (int i = 0; i < 40; i++) {
		usleep(20000);
		command(w, "client kill type normal skipme yes");
	}
	atomic_store(&load.over, true);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(load.store.ops->load(load.store.ctx, SC_CALL_SYSTEM, &at, 1, 0, &arena, &record, NULL), SC_OK);
	assert_true(load.done > 0);
	assert_int_equal(record.counters.on_hand, load.done);
	sc_arena_clear(&arena);
	load.store.ops->close(load.store.ctx);
}

/* All that a store does, on an environment whose allocations fail. */
static sc_status live(const struct world *w, const sc_env *env)
{
	const sc_address at = address_of(KIND_CART, "ada");
	const sc_change put = { .address = at, .type = SC_CHANGE_PUT, .body = SC_BYTES("one") };
	const sc_group group = {
		.id = sc_id_make(sc_env_default()), .home = SC_HOME_TABLE, .changes = &put, .count = 1
	};
	const sc_range range = { .kind = KIND_CART, .index = SC_BY_ADDRESS, .limit = 10, .mask = SC_READ_ALL };
	sc_redis_options options = options_of(w);
	sc_outcome outcome = { .status = SC_OK };
	sc_store store;
	sc_arena arena;
	sc_record record;
	sc_page page;
	size_t done;
	int64_t next_ms;
	sc_status status = sc_redis_open(env, w->redis.url, &options, &store, NULL);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, env);
	status = store.ops->prepare(store.ctx, SC_CALL_SYSTEM, NULL);
	if (status == SC_OK)
		status = store.ops->apply(store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
	if (status == SC_OK)
		status = outcome.status;
	if (status == SC_OK)
		status = store.ops->load(store.ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, &arena, &record, NULL);
	if (status == SC_OK)
		status = store.ops->range(store.ctx, SC_CALL_SYSTEM, &range, 1, &arena, &page, NULL);
	if (status == SC_OK)
		status = store.ops->expire(store.ctx, SC_CALL_SYSTEM, 10, &done, &next_ms, NULL);
	sc_arena_clear(&arena);
	store.ops->close(store.ctx);
	return status;
}

static void whatever_allocation_fails_nothing_leaks_and_no_write_is_denied(void **state)
{
	uint64_t nth = 1;
	for (bool failed = true; failed; nth++) {
		sc_testkit_env *env = sc_testkit_env_new(1);
		sc_testkit_env_fail_allocation(env, nth, nth % 2 == 0);
		sc_status status = live(*state, sc_testkit_env_table(env));
		failed = sc_testkit_env_has_failed(env);
		/* Without memory for the answer to a write nobody knows. */
		if (failed)
			assert_true(status == SC_NO_MEMORY || status == SC_OUTCOME_UNKNOWN);
		else
			assert_int_equal(status, SC_OK);
		assert_int_equal(sc_testkit_env_live_blocks(env), 0);
		sc_testkit_env_free(env);
		assert_true(nth < 10000);
	}
	assert_true(nth > 20);
}

static void urls_are_checked(void **state)
{
	static const struct {
		const char *url;
		sc_status status;
	} cases[] = { { "http://localhost", SC_BAD_ARGUMENT },
		      { "rediss://localhost", SC_UNSUPPORTED },
		      { "redis://", SC_BAD_ARGUMENT },
		      { "redis://a:0", SC_BAD_ARGUMENT },
		      { "redis://a:65536", SC_BAD_ARGUMENT },
		      { "redis://a,b", SC_BAD_ARGUMENT },
		      { "redis://a/1?cluster=1", SC_BAD_ARGUMENT },
		      { "redis://a?domains=1025", SC_BAD_ARGUMENT },
		      { "redis://a?domains=0", SC_BAD_ARGUMENT },
		      { "redis://a?prefix=a{b", SC_BAD_ARGUMENT },
		      { "redis://a?what=1", SC_BAD_ARGUMENT },
		      { "redis+socket://here", SC_BAD_ARGUMENT },
		      { "redis://user:secret@a:6379/2?prefix=mine&timeout_ms=100", SC_OK },
		      { "redis://a,b:1,c?cluster=1&domains=1024", SC_OK } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		sc_store store;
		sc_status status = sc_redis_open(sc_env_default(), cases[i].url, NULL, &store, NULL);
		assert_int_equal(status, cases[i].status);
		if (status == SC_OK)
			store.ops->close(store.ctx);
	}
}

static int next(void **state)
{
	next_prefix(*state);
	return 0;
}

int main(void)
{
	struct world w = { .tests = 0 };
	if (!private_redis_start(&w.redis, NULL))
		return PRIVATE_REDIS_SKIP;
#define TEST(name)                          \
	{                                   \
#name, name, next, NULL, &w \
	}
	const struct CMUnitTest tests[] = {
		TEST(a_shop_refuses_to_keep_orders_on_it),
		TEST(cut_connections_are_made_anew),
		TEST(forgotten_scripts_are_loaded_again),
		TEST(a_killed_server_fails_calls_and_comes_back_as_another_incarnation),
		TEST(carts_end_by_themselves),
		TEST(what_is_unknown_after_a_cut_is_resolved),
		TEST(whatever_allocation_fails_nothing_leaks_and_no_write_is_denied),
		TEST(urls_are_checked),
	};
	int failed = cmocka_run_group_tests_name("redis server", tests, NULL, NULL);
	private_redis_stop(&w.redis);
	return failed;
}
