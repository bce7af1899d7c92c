/*
 * The gate in Redis, AOF every second: whole reservations through the gate, the record in memory behind it, against a
 * unit taken with one EVALSHA at each of 32 connections. 32 callers that wait, and 200 requests in flight.
 */
#include "by_hand_redis.h"
#include "flight.h"
#include "private_redis.h"

#include <shopcore/redis.h>
#include <stdio.h>

enum { COUNT = 60000, TURNS = 7 };

struct match {
	struct by_hand_redis hand;
	sc_shop *shop;
	sc_store store;
	int64_t each;
};

static void reserve_some(void *argument, int index)
{
	const struct match *match = argument;
	(void)index;
	for (int64_t i = 0; i < match->each; i++) {
		const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		sc_error err = SC_ERROR_INIT;
		request.lines = &line;
		request.line_count = 1;
		bench_must(sc_inventory_reserve(match->shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
	}
}

static int64_t ours(void *argument, int64_t count)
{
	struct match *match = argument;
	match->each = count / BY_HAND_CALLERS;
	return bench_threads(BY_HAND_CALLERS, reserve_some, match);
}

static sc_status submit(struct flight *flight, int64_t index, sc_error *err)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	(void)index;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve_submit(flight->shop, SC_CALL_SYSTEM, &request, flight_done, flight, NULL, err);
}

static int64_t ours_in_flight(void *argument, int64_t count)
{
	const struct match *match = argument;
	struct flight flight = { .shop = match->shop, .submit = submit, .total = count, .window = 200 };
	return flight_run(&flight);
}

static int64_t theirs(void *argument, int64_t count)
{
	struct match *match = argument;
	return redis_by_hand_take(&match->hand, count);
}

static void open_shop(struct match *match, const char *url)
{
	sc_store record;
	sc_gate gate;
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	const sc_stock_change change = { "mug", NULL, 100000000 };
	bench_must(sc_memory_open(sc_env_default(), NULL, &record, &err), &err, "memory");
	bench_must(sc_redis_gate_open(sc_env_default(), url, NULL, &gate, &err), &err, "gate");
	bench_must(sc_gated_open(sc_env_default(), record, gate, NULL, &match->store, &err), &err, "gated");
	options.store = match->store;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &match->shop, &err), &err, "shop");
	bench_must(sc_inventory_receive(match->shop, SC_CALL_SYSTEM, &change, 1, "delivery", &err), &err, "receive");
}

static void play(struct match *match, const char *name, int64_t (*way)(void *, int64_t), double floor)
{
	const int64_t count = COUNT / bench_scale();
	struct duel duel = { way, theirs, match, count, count, TURNS, 0, 0 };
	char wanted[32];
	double ratio = duel_run(&duel);
	snprintf(wanted, sizeof wanted, ">= %.1f", floor);
	bench_speed(name, ratio >= floor, wanted, "%.2f (%.0f/s, by hand %.0f/s)", ratio, duel.our_rate,
	            duel.their_rate);
}

int main(void)
{
	struct private_redis redis;
	struct match match;
	sc_gated_counts counts;
	sc_gated_drift drift;
	sc_error err = SC_ERROR_INIT;
	if (!private_redis_start(&redis, NULL))
		return PRIVATE_REDIS_SKIP;
	redis_by_hand_open(&match.hand, redis.url);
	open_shop(&match, redis.url);
	match.each = 100;
	reserve_some(&match, 0); /* the gate learns */
	play(&match, "gate, 32 callers / an EVALSHA each by hand", ours, 1.5);
	play(&match, "gate, 200 in flight / an EVALSHA each by hand", ours_in_flight, 3);
	bench_must(sc_gated_read(&match.store, &counts, &err), &err, "counts");
	bench_must(sc_gated_compare(&match.store, SC_CALL_SYSTEM, false, &drift, &err), &err, "compare");
	printf("passed %llu, unsure %llu, failures %llu, entries fed %llu\n", (unsigned long long)counts.passed,
	       (unsigned long long)counts.unsure, (unsigned long long)counts.failures, (unsigned long long)counts.fed);
	bench_bar("gate and record after that", drift.accounts == 1 && drift.drifted == 0, "no drift", "%lld units",
	          (long long)(drift.over + drift.under));
	sc_shop_close(match.shop);
	redis_by_hand_close(&match.hand);
	private_redis_stop(&redis);
	return bench_result();
}
