/*
 * The gate in Redis in front of a record in memory: what it refuses, what it lets pass, what it learns, and that it
 * comes to agree with the record after whatever happened to either.
 */
#include "world.h"

struct gated {
	sc_store record; /* behind the gate; closed with the shop */
	sc_store store;
	sc_shop *shop;
};

static void open_gated(const struct world *w, struct gated *g)
{
	sc_gate gate;
	sc_redis_options options = options_of(w);
	sc_gated_options gated = SC_GATED_OPTIONS_INIT;
	sc_shop_options shop = SC_SHOP_OPTIONS_INIT;
	gated.feed_ms = 1;
	gated.claim_ms = 200;
	assert_int_equal(sc_memory_open(sc_env_default(), NULL, &g->record, NULL), SC_OK);
	assert_int_equal(sc_redis_gate_open(sc_env_default(), w->redis.url, &options, &gate, NULL), SC_OK);
	assert_int_equal(sc_gated_open(sc_env_default(), g->record, gate, &gated, &g->store, NULL), SC_OK);
	shop.store = g->store;
	shop.volatile_ok = true;
	assert_int_equal(sc_shop_open(&shop, &g->shop, NULL), SC_OK);
}

static void receive(const struct gated *g, int64_t quantity)
{
	const sc_stock_change change = { "mug", NULL, quantity };
	assert_int_equal(sc_inventory_receive(g->shop, SC_CALL_SYSTEM, &change, 1, "delivery", NULL), SC_OK);
}

static sc_status reserve(const struct gated *g, sc_id id, int64_t quantity)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = quantity };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	request.id = id;
	return sc_inventory_reserve(g->shop, SC_CALL_SYSTEM, &request, NULL, NULL);
}

static sc_id new_id(void)
{
	return sc_id_make(sc_env_default());
}

static sc_gated_counts counts_of(const struct gated *g)
{
	sc_gated_counts counts;
	assert_int_equal(sc_gated_read(&g->store, &counts, NULL), SC_OK);
	return counts;
}

/* So that the gate knows the account. */
static void warm(const struct gated *g)
{
	for (int i = 0; i < 20 && counts_of(g).learned == 0; i++) {
		sc_id id = new_id();
		assert_int_equal(reserve(g, id, 1), SC_OK);
		assert_int_equal(sc_inventory_release(g->shop, SC_CALL_SYSTEM, id, NULL), SC_OK);
	}
	assert_int_equal(counts_of(g).learned, 1);
	usleep(5000); /* so that ids made from now on are newer than the gate */
}

static sc_gated_drift drift_of(const struct gated *g, bool repair)
{
	sc_gated_drift drift;
	assert_int_equal(sc_gated_compare(&g->store, SC_CALL_SYSTEM, repair, &drift, NULL), SC_OK);
	return drift;
}

static void sell_out(const struct gated *g, int64_t quantity)
{
	for (int64_t i = 0; i < quantity; i++)
		assert_int_equal(reserve(g, new_id(), 1), SC_OK);
}

/* ---- tests ---- */

static void what_is_gone_is_refused_before_the_record_is_asked(void **state)
{
	struct gated g;
	open_gated(*state, &g);
	receive(&g, 5);
	warm(&g);
	sell_out(&g, 5);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_true(counts_of(&g).refused >= 1);
	assert_int_equal(counts_of(&g).passed >= 5, true);
	sc_shop_close(g.shop);
}

static void an_account_it_does_not_know_passes(void **state)
{
	struct gated g;
	open_gated(*state, &g);
	receive(&g, 1);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OK);
	assert_int_equal(counts_of(&g).refused, 0);
	assert_int_equal(reserve(&g, new_id(), 2), SC_OUT_OF_STOCK);
	sc_shop_close(g.shop);
}

static void units_that_come_back_can_be_had_again(void **state)
{
	struct gated g;
	sc_id last = new_id();
	open_gated(*state, &g);
	receive(&g, 2);
	warm(&g);
	sell_out(&g, 1);
	last = new_id();
	assert_int_equal(reserve(&g, last, 1), SC_OK);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_int_equal(sc_inventory_release(g.shop, SC_CALL_SYSTEM, last, NULL), SC_OK);
	usleep(2000);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OK);
	sc_shop_close(g.shop);
}

static void a_delivery_opens_the_gate(void **state)
{
	struct gated g;
	open_gated(*state, &g);
	receive(&g, 1);
	warm(&g);
	sell_out(&g, 1);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	receive(&g, 3);
	usleep(2000);
	sell_out(&g, 3);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	sc_shop_close(g.shop);
}

static void a_repeat_gets_its_answer_when_all_is_gone(void **state)
{
	struct gated g;
	sc_id id;
	open_gated(*state, &g);
	receive(&g, 1);
	warm(&g);
	id = new_id();
	assert_int_equal(reserve(&g, id, 1), SC_OK);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_int_equal(reserve(&g, id, 1), SC_OK);
	sc_shop_close(g.shop);
}

static void gate_and_record_agree_after_a_rush(void **state)
{
	struct gated g;
	open_gated(*state, &g);
	receive(&g, 50);
	warm(&g);
	for (int i = 0; i < 100; i++)
		reserve(&g, new_id(), 1 + i % 3);
	sc_gated_drift drift = drift_of(&g, false);
	assert_int_equal(drift.accounts, 1);
	assert_int_equal(drift.drifted, 0);
	sc_shop_close(g.shop);
}

/* Somebody tampers with what the gate keeps. */
static void tamper(const struct world *w, const char *command)
{
	char line[1024];
	snprintf(line, sizeof line, "redis-cli -s %s %s >/dev/null", w->redis.url + strlen("redis+socket://"), command);
	assert_int_equal(system(line), 0);
}

static void a_drift_is_measured_and_repaired(void **state)
{
	struct world *w = *state;
	struct gated g;
	char command[512];
	open_gated(w, &g);
	receive(&g, 10);
	warm(&g);
	snprintf(command, sizeof command,
	         "eval \"local k = '{%s.gate:0}left' redis.call('hincrby', k, redis.call('hkeys', k)[1], -4)\" 0",
	         w->prefix);
	tamper(w, command);
	sc_gated_drift drift = drift_of(&g, true);
	assert_int_equal(drift.drifted, 1);
	assert_int_equal(drift.under, 4);
	assert_int_equal(drift.repaired, 1);
	assert_int_equal(drift_of(&g, false).drifted, 0);
	sell_out(&g, 10);
	sc_shop_close(g.shop);
}

static void a_gate_that_promises_too_much_sells_nothing_twice(void **state)
{
	struct world *w = *state;
	struct gated g;
	char command[512];
	open_gated(w, &g);
	receive(&g, 3);
	warm(&g);
	snprintf(command, sizeof command,
	         "eval \"local k = '{%s.gate:0}left' redis.call('hincrby', k, redis.call('hkeys', k)[1], 100)\" 0",
	         w->prefix);
	tamper(w, command);
	sell_out(&g, 3);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_true(counts_of(&g).returned >= 1);
	assert_int_equal(drift_of(&g, true).over, 100);
	sc_shop_close(g.shop);
}

static void an_emptied_gate_learns_from_the_record(void **state)
{
	struct world *w = *state;
	struct gated g;
	open_gated(w, &g);
	receive(&g, 4);
	warm(&g);
	sell_out(&g, 2);
	tamper(w, "flushall");
	sell_out(&g, 2);
	usleep(5000);
	for (int i = 0; i < 5; i++)
		assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_int_equal(drift_of(&g, false).drifted, 0);
	sc_shop_close(g.shop);
}

static void sales_go_on_without_the_gate_and_it_catches_up(void **state)
{
	struct world *w = *state;
	struct gated g;
	open_gated(w, &g);
	receive(&g, 6);
	warm(&g);
	sell_out(&g, 2);
	private_redis_kill(&w->redis, 0);
	sell_out(&g, 4);
	assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	assert_true(counts_of(&g).failures > 0);
	assert_true(private_redis_restart(&w->redis, 0));
	for (int i = 0; i < 10; i++) {
		usleep(2000);
		assert_int_equal(reserve(&g, new_id(), 1), SC_OUT_OF_STOCK);
	}
	assert_int_equal(drift_of(&g, false).drifted, 0);
	sc_shop_close(g.shop);
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
		TEST(what_is_gone_is_refused_before_the_record_is_asked),
		TEST(an_account_it_does_not_know_passes),
		TEST(units_that_come_back_can_be_had_again),
		TEST(a_delivery_opens_the_gate),
		TEST(a_repeat_gets_its_answer_when_all_is_gone),
		TEST(gate_and_record_agree_after_a_rush),
		TEST(a_drift_is_measured_and_repaired),
		TEST(a_gate_that_promises_too_much_sells_nothing_twice),
		TEST(an_emptied_gate_learns_from_the_record),
		TEST(sales_go_on_without_the_gate_and_it_catches_up),
	};
	int failed = cmocka_run_group_tests_name("redis gate", tests, NULL, NULL);
	private_redis_stop(&w.redis);
	return failed;
}
