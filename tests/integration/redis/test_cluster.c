/*
 * A Redis Cluster of three masters and three replicas: slots, redirects, a master that is gone, a failover under load.
 */
#include "world.h"

#include "drivers/redis/slot.h"

#include <hiredis/hiredis.h>
#include <stdatomic.h>
#include <stdio.h>

enum { KEYS = 10000, CARTS = 200 };

static int port_of(const struct world *w, unsigned which)
{
	const char *at = strchr(w->redis.url + strlen("redis://"), ':');
	for (unsigned i = 0; i < which; i++)
		at = strchr(at + 1, ':');
	return atoi(at + 1);
}

static redisContext *connect_to(const struct world *w, unsigned which)
{
	redisContext *connection = redisConnect("127.0.0.1", port_of(w, which));
	assert_non_null(connection);
	assert_int_equal(connection->err, 0);
	return connection;
}

static void name_cart(char out[16], int number)
{
	snprintf(out, 16, "cart-%d", number);
}

/* How many carts can be written. */
static int write_all(const sc_store *store, sc_condition condition, const char *body)
{
	int written = 0;
	for (int i = 0; i < CARTS; i++) {
		char name[16];
		name_cart(name, i);
		written += put_cart(store, name, condition, body) == SC_OK;
	}
	return written;
}

/* ---- tests ---- */

static void slots_are_those_of_the_cluster(void **state)
{
	redisContext *connection = connect_to(*state, 0);
	uint32_t dice = 2463534242u;
	for (int i = 0; i < KEYS; i++) {
		static const char signs[] = "{}{}abc:019\x01\xff-";
		char key[24];
		dice ^= dice << 13, dice ^= dice >> 17, dice ^= dice << 5;
		size_t size = dice % sizeof key;
		for (size_t n = 0; n < size; n++) {
			dice ^= dice << 13, dice ^= dice >> 17, dice ^= dice << 5;
			key[n] = signs[dice % (sizeof signs - 1)];
		}
		redisReply *reply = redisCommand(connection, "CLUSTER KEYSLOT %b", key, size);
		assert_non_null(reply);
		assert_int_equal(sc__redis_slot(key, size), reply->integer);
		freeReplyObject(reply);
	}
	redisFree(connection);
}

static void carts_are_spread_over_the_masters(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	unsigned with_keys = 0;
	assert_int_equal(write_all(&store, SC_IF_ABSENT, "here"), CARTS);
	for (unsigned i = 0; i < PRIVATE_REDIS_NODES; i++) {
		redisContext *connection = connect_to(w, i);
		redisReply *role = redisCommand(connection, "ROLE");
		redisReply *keys = redisCommand(connection, "DBSIZE");
		with_keys += strcmp(role->element[0]->str, "master") == 0 && keys->integer > 0;
		freeReplyObject(role);
		freeReplyObject(keys);
		redisFree(connection);
	}
	assert_int_equal(with_keys, 3);
	store.ops->close(store.ctx);
}

static void a_group_over_two_domains_is_not_taken_apart(void **state)
{
	sc_store store = open_store(*state);
	sc_address first = address_of(KIND_CART, "first"), other = first;
	char key[16];
	for (int i = 0; store.ops->place(store.ctx, &first) == store.ops->place(store.ctx, &other); i++) {
		name_cart(key, i);
		other = address_of(KIND_CART, key);
	}
	const sc_change puts[] = { { .address = first, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT },
		                   { .address = other, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT } };
	const sc_group group = { .changes = puts, .count = 2 };
	sc_outcome outcome = { .status = SC_OK };
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(store.ops->apply(store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &err), SC_OK);
	assert_int_equal(outcome.status, SC_UNSUPPORTED);
	assert_string_equal(err.field, "changes");
	assert_false(has_cart(&store, "first", ""));
	store.ops->close(store.ctx);
}

/* Moves the slot of a domain to another master, as resharding does. */
static void a_slot_that_moved_is_found(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	char line[1024];
	assert_int_equal(write_all(&store, SC_IF_ABSENT, "before"), CARTS);
	snprintf(line, sizeof line,
	         "redis-cli --cluster rebalance 127.0.0.1:%d --cluster-weight $(redis-cli -p %d cluster myid)=3 "
	         ">/dev/null 2>&1",
	         port_of(w, 0), port_of(w, 0));
	assert_int_equal(system(line), 0);
	assert_int_equal(write_all(&store, SC_IF_PRESENT, "after"), CARTS);
	store.ops->close(store.ctx);
}

static unsigned first_master(const struct world *w)
{
	for (unsigned i = 0; i < PRIVATE_REDIS_NODES; i++) {
		if (w->redis.servers[i] == 0)
			continue;
		redisContext *connection = connect_to(w, i);
		redisReply *role = redisCommand(connection, "ROLE");
		bool master = strcmp(role->element[0]->str, "master") == 0;
		freeReplyObject(role);
		redisFree(connection);
		if (master)
			return i;
	}
	fail();
	return 0;
}

static void a_failover_under_load_loses_no_call_for_good(void **state)
{
	struct world *w = *state;
	sc_store store = open_store(w);
	assert_int_equal(write_all(&store, SC_IF_ABSENT, "before"), CARTS);
	private_redis_kill(&w->redis, first_master(w));
	int while_gone = write_all(&store, SC_IF_PRESENT, "while"), after = 0;
	assert_true(while_gone > 0);
	/* A write that Redis acknowledged and lost may have been a first one. */
	for (int i = 0; i < 20 && after < CARTS; i++)
		after = write_all(&store, SC_IF_ANY, "after");
	assert_int_equal(after, CARTS);
	for (int i = 0; i < CARTS; i++) {
		char name[16];
		name_cart(name, i);
		assert_true(has_cart(&store, name, "after"));
	}
	store.ops->close(store.ctx);
}

static int next(void **state)
{
	next_prefix(*state);
	return 0;
}

int main(void)
{
	struct world w = { .tests = 0 };
	if (!private_redis_start_cluster(&w.redis, NULL))
		return PRIVATE_REDIS_SKIP;
#define TEST(name)                          \
	{                                   \
#name, name, next, NULL, &w \
	}
	const struct CMUnitTest tests[] = {
		TEST(slots_are_those_of_the_cluster),
		TEST(carts_are_spread_over_the_masters),
		TEST(a_group_over_two_domains_is_not_taken_apart),
		TEST(a_slot_that_moved_is_found),
		TEST(a_failover_under_load_loses_no_call_for_good),
	};
	int failed = cmocka_run_group_tests_name("redis cluster", tests, NULL, NULL);
	private_redis_stop(&w.redis);
	return failed;
}
