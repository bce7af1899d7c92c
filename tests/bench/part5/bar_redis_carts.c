/*
 * Carts in Redis, all else in memory: a line put into a cart, 32 callers with a cart each, against HSET and EXPIRE by
 * hand. And the memory that a million carts of three lines take.
 */
#include "by_hand_redis.h"
#include "flight.h"
#include "private_redis.h"

#include <shopcore/mixed.h>
#include <shopcore/redis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 40000, TURNS = 5, SKUS = 20, CARTS = 1000000 };

struct match {
	struct by_hand_redis hand;
	sc_shop *shop;
	int64_t each, turn;
};

static void add_line(sc_shop *shop, const char *owner, int sku, int64_t quantity, sc_arena *arena)
{
	char name[16];
	sc_cart cart;
	sc_error err = SC_ERROR_INIT;
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	bench_sku(sku, name);
	const sc_cart_item item = { .sku = name, .quantity = quantity };
	bench_must(sc_cart_add(shop, &call, NULL, &item, 1, arena, &cart, &err), &err, "cart");
	sc_arena_reset(arena);
}

static void add_some(void *argument, int index)
{
	const struct match *match = argument;
	char owner[32];
	sc_arena arena;
	snprintf(owner, sizeof owner, "shopper-%lld-%d", (long long)match->turn, index);
	sc_arena_init(&arena, sc_env_default());
	for (int64_t i = 0; i < match->each; i++)
		add_line(match->shop, owner, (int)(i % SKUS), 1, &arena);
	sc_arena_clear(&arena);
}

static int64_t ours(void *argument, int64_t count)
{
	struct match *match = argument;
	match->turn++;
	match->each = count / BY_HAND_CALLERS;
	return bench_threads(BY_HAND_CALLERS, add_some, match);
}

static int64_t theirs(void *argument, int64_t count)
{
	struct match *match = argument;
	return redis_by_hand_add(&match->hand, count);
}

static void fill(void *argument, int index)
{
	const struct match *match = argument;
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	for (int64_t i = 0; i < match->each; i++) {
		char owner[40];
		snprintf(owner, sizeof owner, "0198f2c4-7b1e-%d-%lld", index, (long long)i);
		for (int line = 0; line < 3; line++)
			add_line(match->shop, owner, (int)((i + line * 7) % SKUS), 1 + line, &arena);
	}
	sc_arena_clear(&arena);
}

static long long used_memory(const struct match *match)
{
	redisReply *reply = redisCommand(match->hand.connections[0], "INFO memory");
	const char *at = reply == NULL ? NULL : strstr(reply->str, "used_memory:");
	long long used = at == NULL ? 0 : atoll(at + strlen("used_memory:"));
	freeReplyObject(reply);
	return used;
}

/* The shop's SKUs, in a record whose carts are in Redis. */
static void open_shop(struct match *match, const char *url)
{
	sc_store record, carts;
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	bench_must(sc_memory_open(sc_env_default(), NULL, &record, &err), &err, "memory");
	bench_must(sc_redis_open(sc_env_default(), url, NULL, &carts, &err), &err, "redis");
	const sc_mixed_part part = { .store = carts, .keeps = SC_KEEPS_CARTS };
	bench_must(sc_mixed_open(sc_env_default(), record, &part, 1, &options.store, &err), &err, "mixed");
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &match->shop, &err), &err, "shop");
	for (int i = 0; i < SKUS; i++) {
		char name[16];
		bench_sku(i, name);
		const sc_sku offer = { .sku = name, .price_minor = 1000, .currency = "USD" };
		const sc_product product = {
			.id = name, .name = name, .skus = &offer, .sku_count = 1, .rating_milli = -1
		};
		bench_must(sc_product_create(match->shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
	}
}

int main(void)
{
	struct private_redis redis;
	static struct match match;
	if (!private_redis_start(&redis, NULL))
		return PRIVATE_REDIS_SKIP;
	redis_by_hand_open(&match.hand, redis.url);
	open_shop(&match, redis.url);
	const int64_t count = COUNT / bench_scale();
	struct duel duel = { ours, theirs, &match, count, count, TURNS, 0, 0 };
	double ratio = duel_run(&duel);
	bench_speed("cart add in Redis, 32 callers / HSET and EXPIRE by hand", ratio >= 0.8, ">= 0.8",
	            "%.2f (%.0f/s, by hand %.0f/s)", ratio, duel.our_rate, duel.their_rate);
	freeReplyObject(redisCommand(match.hand.connections[0], "FLUSHALL"));
	sc_shop_close(match.shop);
	open_shop(&match, redis.url);
	long long before = used_memory(&match);
	match.each = CARTS / BY_HAND_CALLERS / bench_scale();
	bench_threads(BY_HAND_CALLERS, fill, &match);
	double bytes = (double)(used_memory(&match) - before) / (double)(match.each * BY_HAND_CALLERS);
	bench_bar("a cart of three lines in Redis, of a million", bytes < 1024, "< 1024 bytes", "%.0f bytes", bytes);
	sc_shop_close(match.shop);
	redis_by_hand_close(&match.hand);
	private_redis_stop(&redis);
	return bench_result();
}
