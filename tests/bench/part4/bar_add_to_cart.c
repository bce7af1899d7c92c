/*
 * SQLite: a line put into a cart, 32 callers with a cart each, against one transaction each by hand: the cart read, the
 * line put in, the cart written back. p99 is that of a caller who waits for its own add.
 */
#include "by_hand_sqlite.h"
#include "flight.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLERS = 32, SKUS = 20, SAMPLES_MAX = 200000 };

struct match {
	sc_shop *shop;
	struct by_hand hand;
	int64_t turn, their_turn, each;
	int64_t *samples;
	size_t sample_count;
};

/* Of one turn: carts of a turn are new, so that they stay as small as a shopper's. */
static void owner_of(int64_t turn, int index, char out[32])
{
	snprintf(out, 32, "shopper-%lld-%d", (long long)turn, index);
}

static void add_some(void *argument, int index)
{
	struct match *match = argument;
	char owner[32], sku[16];
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	owner_of(match->turn, index, owner);
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	sc_arena_init(&arena, sc_env_default());
	for (int64_t i = 0; i < match->each; i++) {
		const int64_t begin = bench_now_ns();
		sc_cart cart;
		bench_sku((int)(i % SKUS), sku);
		const sc_cart_item item = { .sku = sku, .quantity = 1 };
		bench_must(sc_cart_add(match->shop, &call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
		sc_arena_reset(&arena);
		const size_t at = match->sample_count + (size_t)index * (size_t)match->each + (size_t)i;
		if (at < SAMPLES_MAX)
			match->samples[at] = bench_now_ns() - begin;
	}
	sc_arena_clear(&arena);
}

static int64_t ours(void *argument, int64_t count)
{
	struct match *match = argument;
	match->turn++;
	match->each = count / CALLERS;
	const int64_t took = bench_threads(CALLERS, add_some, match);
	match->sample_count += (size_t)count;
	return took;
}

static int64_t theirs(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	match->their_turn++;
	for (int64_t i = 0; i < count; i++) {
		char owner[32];
		owner_of(match->their_turn, (int)(i % CALLERS), owner);
		by_hand_add(&match->hand, owner, (int)(i / CALLERS % SKUS));
	}
	return bench_now_ns() - begin;
}

/* Every cart of ours has what was put into it. */
static bool carts_are_whole(struct match *match, int64_t each)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	bool whole = true;
	sc_arena_init(&arena, sc_env_default());
	for (int64_t turn = 1; turn <= match->turn; turn++)
		for (int index = 0; index < CALLERS; index++) {
			char owner[32];
			sc_cart cart;
			int64_t units = 0;
			owner_of(turn, index, owner);
			const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
			bench_must(sc_cart_get(match->shop, &call, NULL, &arena, &cart, &err), &err, "cart");
			for (size_t i = 0; i < cart.line_count; i++)
				units += cart.lines[i].quantity;
			whole = whole && units == each;
			sc_arena_reset(&arena);
		}
	sc_arena_clear(&arena);
	return whole;
}

int main(void)
{
	char folder[64], url[128], path[128];
	sc_fake_gateway *provider;
	struct match match = { .samples = calloc(SAMPLES_MAX, sizeof(int64_t)) };
	if (match.samples == NULL)
		return 1;
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/ours.db", folder);
	snprintf(path, sizeof(path), "%s/hand.db", folder);
	match.shop = bench_stocked(url, SKUS, 1000, &provider);
	by_hand_open(&match.hand, path, SKUS, 1000);

	const int64_t each = 10;
	struct duel duel = { ours, theirs, &match, .our_count = CALLERS * each, .their_count = CALLERS * each };
	duel.turns = 100 / bench_scale() + 1;
	const double ratio = duel_run(&duel);
	const size_t count = match.sample_count < SAMPLES_MAX ? match.sample_count : SAMPLES_MAX;
	const double p99_ms = (double)bench_percentile(match.samples, count, 99) / 1e6;
	printf("add to cart: ours %.0f/s, by hand %.0f/s\n", duel.our_rate, duel.their_rate);
	bench_speed("SQLite, add to cart, 32 callers / by hand", ratio >= 0.9, ">= 0.90", "%.2f", ratio);
	bench_speed("SQLite, add to cart, 32 callers: p99", p99_ms < 5, "< 5 ms", "%.2f ms", p99_ms);
	bench_bar("SQLite, add to cart: every cart afterwards", carts_are_whole(&match, each), "whole", "%lld carts",
	          (long long)match.turn * CALLERS);
	sc_shop_close(match.shop);
	sc_fake_gateway_free(provider);
	by_hand_close(&match.hand);
	bench_folder_remove(folder);
	free(match.samples);
	return bench_result();
}
