/*
 * SQLite: a line put into a cart, 32 callers with a cart each, against one transaction each by hand: the cart read, the
 * line put in, the cart written back. p99 is that of a caller who waits for its own add.
 */
#include "adders.h"
#include "by_hand_sqlite.h"
#include "flight.h"

#include <stdio.h>

struct match {
	struct adders adders;
	struct by_hand hand;
	int64_t their_turn;
};

static int64_t ours(void *argument, int64_t count)
{
	struct match *match = argument;
	return adders_add(&match->adders, count);
}

static int64_t theirs(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	match->their_turn++;
	for (int64_t i = 0; i < count; i++) {
		char owner[32];
		adders_owner(match->their_turn, (int)(i % ADDERS), owner);
		by_hand_add(&match->hand, owner, (int)(i / ADDERS % ADDERS_SKUS));
	}
	return bench_now_ns() - begin;
}

int main(void)
{
	char folder[64], url[128], path[128];
	sc_fake_gateway *provider;
	struct match match = { .their_turn = 0 };
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/ours.db", folder);
	snprintf(path, sizeof(path), "%s/hand.db", folder);
	sc_shop *shop = bench_stocked(url, ADDERS_SKUS, 1000, &provider);
	adders_init(&match.adders, shop);
	by_hand_open(&match.hand, path, ADDERS_SKUS, 1000);

	const int64_t each = 10;
	struct duel duel = { ours, theirs, &match, .our_count = ADDERS * each, .their_count = ADDERS * each };
	duel.turns = 100 / bench_scale() + 1;
	const double ratio = duel_run(&duel);
	const double p99_ms = adders_p99_ms(&match.adders);
	printf("add to cart: ours %.0f/s, by hand %.0f/s\n", duel.our_rate, duel.their_rate);
	bench_speed("SQLite, add to cart, 32 callers / by hand", ratio >= 0.9, ">= 0.90", "%.2f", ratio);
	bench_speed("SQLite, add to cart, 32 callers: p99", p99_ms < 5, "< 5 ms", "%.2f ms", p99_ms);
	bench_bar("SQLite, add to cart: every cart afterwards", adders_carts_are_whole(&match.adders), "whole",
	          "%lld carts", (long long)match.adders.turn * ADDERS);
	sc_shop_close(shop);
	sc_fake_gateway_free(provider);
	by_hand_close(&match.hand);
	adders_clear(&match.adders);
	bench_folder_remove(folder);
	return bench_result();
}
