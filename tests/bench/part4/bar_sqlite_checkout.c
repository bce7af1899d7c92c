/*
 * SQLite, whole checkouts: an order of three lines placed with its hold, paid and confirmed; 32, 100 and 1,000 in
 * flight from one thread, against two transactions a checkout by hand (which has no provider, journal, idempotency or
 * events). With exclusive=1 as well: how near that comes to the 100,000 a second that the design dreams of.
 */
#include "buyers.h"
#include "by_hand_sqlite.h"

#include <stdio.h>

enum { UNITS = 100000000 };

struct match {
	struct buyers buyers;
	struct by_hand hand;
	int64_t theirs;
};

static int64_t in_flight(void *argument, int64_t count)
{
	struct match *match = argument;
	return buyers_buy(&match->buyers, count);
}

static int64_t by_hand(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	for (int64_t i = 0; i < count; i++) {
		char name[16];
		int skus[3];
		buyers_name(match->theirs + i, name);
		buyers_lines(match->theirs + i, skus);
		by_hand_checkout(&match->hand, name, skus);
	}
	match->theirs += count;
	return bench_now_ns() - begin;
}

static void bar(const char *what, struct match *match, int64_t window, double floor)
{
	char name[80], text[16];
	struct duel duel = { in_flight,
		             by_hand,
		             match,
		             .our_count = window < 1000 ? 20 * window : 10 * window,
		             .their_count = 200,
		             .turns = 20 / bench_scale() + 1 };
	match->buyers.window = window;
	const double ratio = duel_run(&duel);
	snprintf(name, sizeof(name), "%s, %lld in flight / by hand", what, (long long)window);
	printf("%s: ours %.0f/s, by hand %.0f/s\n", name, duel.our_rate, duel.their_rate);
	snprintf(text, sizeof(text), ">= %.0f", floor);
	bench_speed(name, ratio >= floor, text, "%.1f", ratio);
}

static void play(const char *what, const char *url, const char *path, bool exclusive)
{
	sc_fake_gateway *provider;
	struct match match = { .theirs = 0 };
	sc_shop *shop = bench_stocked(url, BUYERS_SKUS, UNITS, &provider);
	by_hand_open(&match.hand, path, BUYERS_SKUS, UNITS);
	buyers_fill(&match.buyers, shop);
	if (!exclusive) {
		bar(what, &match, 32, 5);
		bar(what, &match, 100, 8);
	}
	bar(what, &match, 1000, 15);

	int64_t held, committed, hand_held, hand_committed;
	bench_stock(shop, BUYERS_SKUS, &held, &committed);
	by_hand_stock(&match.hand, &hand_held, &hand_committed);
	bool exact = held == 0 && committed == 3 * match.buyers.bought && hand_held == 0 &&
	             hand_committed == 3 * match.theirs;
	char name[80];
	snprintf(name, sizeof(name), "%s: units committed afterwards", what);
	bench_bar(name, exact, "three a checkout", "%lld, %lld", (long long)committed, (long long)hand_committed);
	sc_shop_close(shop);
	sc_fake_gateway_free(provider);
	by_hand_close(&match.hand);
	buyers_clear(&match.buyers);
}

int main(void)
{
	char folder[64], url[128], path[128];
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/ours.db", folder);
	snprintf(path, sizeof(path), "%s/hand.db", folder);
	play("SQLite, checkout", url, path, false);
	snprintf(url, sizeof(url), "sqlite:%s/alone.db?exclusive=1", folder);
	snprintf(path, sizeof(path), "%s/hand_again.db", folder);
	play("SQLite, exclusive=1, checkout", url, path, true);
	bench_folder_remove(folder);
	return bench_result();
}
