/*
 * Bar 1: 10^6 attempts on 1,000 units by 64 threads through a gate on a Redis Cluster, and the master that has the gate
 * killed in the middle. Exactly 1,000 are sold in the record, every unknown is resolved, and the gate agrees with the
 * record within 10 s.
 */
#include "bench.h"
#include "private_redis.h"

#include <hiredis/hiredis.h>
#include <shopcore/redis.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 64, UNITS = 1000, ATTEMPTS = 1000000, NODES = PRIVATE_REDIS_NODES };

struct rush {
	struct private_redis redis;
	sc_shop *shop;
	sc_store store;
	int64_t each;
	unsigned master;
	_Atomic int64_t made, sold, refused, unknown, other;
};

static sc_status reserve(sc_shop *shop, sc_id id)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	request.id = id;
	return sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, NULL, NULL);
}

/* Units are put on sale in parts, so that there is something to sell before, while and after the master is gone. */
static void put_on_sale(const struct rush *rush, int64_t quantity)
{
	const sc_stock_change change = { "mug", NULL, quantity };
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_inventory_receive(rush->shop, SC_CALL_SYSTEM, &change, 1, "delivery", &err), &err, "receive");
}

static void at_milestones(struct rush *rush, int64_t made)
{
	const int64_t tenth = rush->each * THREADS / 10;
	if (made == tenth * 5 + tenth / 2)
		private_redis_kill(&rush->redis, rush->master);
	if (made % tenth == 0 && made / tenth < 10)
		put_on_sale(rush, UNITS / 10);
}

static void attempt(void *argument, int index)
{
	struct rush *rush = argument;
	(void)index;
	for (int64_t i = 0; i < rush->each; i++) {
		const sc_id id = sc_id_make(sc_env_default());
		at_milestones(rush, atomic_fetch_add(&rush->made, 1));
		sc_status status = reserve(rush->shop, id);
		while (sc_status_is_unknown(status)) {
			atomic_fetch_add(&rush->unknown, 1);
			status = reserve(rush->shop, id);
		}
		atomic_fetch_add(status == SC_OK             ? &rush->sold
		                 : status == SC_OUT_OF_STOCK ? &rush->refused
		                                             : &rush->other,
		                 1);
	}
}

/* The ports of the URL, in the order of the servers. */
static int port_of(const char *url, unsigned which)
{
	const char *at = strchr(url + strlen("redis://"), ':');
	for (unsigned i = 0; i < which && at != NULL; i++)
		at = strchr(at + 1, ':');
	return at == NULL ? 0 : atoi(at + 1);
}

/* Which server is the master of the slot that a key lies in. */
static unsigned master_of(const char *url, const char *key)
{
	redisContext *connection = redisConnect("127.0.0.1", port_of(url, 0));
	redisReply *slot = redisCommand(connection, "CLUSTER KEYSLOT %s", key);
	redisReply *ranges = redisCommand(connection, "CLUSTER SLOTS");
	long long port = 0;
	for (size_t i = 0; i < ranges->elements; i++) {
		const redisReply *range = ranges->element[i];
		if (range->element[0]->integer <= slot->integer && slot->integer <= range->element[1]->integer)
			port = range->element[2]->element[1]->integer;
	}
	freeReplyObject(slot);
	freeReplyObject(ranges);
	redisFree(connection);
	unsigned which = 0;
	while (which < NODES - 1 && port_of(url, which) != port)
		which++;
	return which;
}

static void open_shop(struct rush *rush)
{
	sc_store record;
	sc_gate gate;
	sc_error err = SC_ERROR_INIT;
	sc_redis_options redis = SC_REDIS_OPTIONS_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	redis.domains = 1;
	redis.patience_ms = 200; /* sales go on without the gate */
	bench_must(sc_memory_open(sc_env_default(), NULL, &record, &err), &err, "memory");
	bench_must(sc_redis_gate_open(sc_env_default(), rush->redis.url, &redis, &gate, &err), &err, "gate");
	bench_must(sc_gated_open(sc_env_default(), record, gate, NULL, &rush->store, &err), &err, "gated");
	options.store = rush->store;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &rush->shop, &err), &err, "shop");
	rush->master = master_of(rush->redis.url, "{shop.gate:0}left");
}

/* Milliseconds until gate and record agree; the account has to be known to the gate again. */
static int64_t agree_ms(const struct rush *rush)
{
	const int64_t begin = bench_now_ns();
	sc_gated_drift drift = { 0 };
	sc_error err;
	for (;;) {
		sc_status status = sc_gated_compare(&rush->store, SC_CALL_SYSTEM, true, &drift, &err);
		int64_t ms = (bench_now_ns() - begin) / 1000000;
		if ((status == SC_OK && drift.accounts == 1 && drift.drifted == 0) || ms > 60000)
			return ms;
		reserve(rush->shop, sc_id_make(sc_env_default()));
		usleep(20000);
	}
}

int main(void)
{
	static struct rush rush;
	sc_gated_counts counts;
	sc_level stock;
	sc_arena arena;
	const sc_stock_ref mug = { .sku = "mug" };
	sc_error err = SC_ERROR_INIT;
	if (!private_redis_start_cluster(&rush.redis, NULL))
		return PRIVATE_REDIS_SKIP;
	open_shop(&rush);
	rush.each = ATTEMPTS / THREADS / bench_scale();
	const int64_t took = bench_threads(THREADS, attempt, &rush);
	const int64_t agreed = agree_ms(&rush);
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_inventory_levels(rush.shop, SC_CALL_SYSTEM, &mug, 1, &arena, &stock, &err), &err, "level");
	sc_arena_clear(&arena);
	bench_must(sc_gated_read(&rush.store, &counts, &err), &err, "counts");
	printf("%lld attempts in %.1f s: refused %lld, of those at the gate %llu; unknown %lld; the gate failed %llu "
	       "times\n",
	       (long long)rush.made, (double)took / 1e9, (long long)rush.refused, (unsigned long long)counts.refused,
	       (long long)rush.unknown, (unsigned long long)counts.failures);
	bench_bar("rush through the gate, a master killed: sold",
	          rush.sold == UNITS && stock.held == UNITS && stock.available == 0 && rush.other == 0, "1000", "%lld",
	          (long long)stock.held);
	bench_bar("the gate agrees with the record", agreed <= 10000, "<= 10 s", "%.1f s", (double)agreed / 1e3);
	bench_bar("refused before the record", counts.refused > 0, "> 0", "%llu", (unsigned long long)counts.refused);
	sc_shop_close(rush.shop);
	private_redis_stop(&rush.redis);
	return bench_result();
}
