/*
 * PostgreSQL, what a shopper does: lines put into carts by 32 callers who wait, and whole checkouts, 1,000 in flight,
 * against the same by hand (see by_hand_buy.h) on one server of their own, in the same run and taking turns. By hand is
 * given the number of clients at which it is best, found first.
 */
#include "adders.h"
#include "buyers.h"
#include "by_hand_buy.h"
#include "private_postgres.h"

#include <shopcore/postgres.h>
#include <stdio.h>

enum { CLIENTS_MAX = 64, UNITS = 100000000 };

struct match {
	struct private_postgres server;
	sc_fake_gateway *provider;
	struct buyers buyers;
	struct adders adders;
	PGconn *hands[CLIENTS_MAX];
	int clients;
	int64_t each, bought, turn;
};

/* ---- by hand ----------------------------------------------------------------------------- */

static void buy_some(void *argument, int index)
{
	struct match *match = argument;
	for (int64_t i = 0; i < match->each; i++) {
		const int64_t n = match->bought + index * match->each + i;
		char name[16];
		int skus[3];
		buyers_name(n, name);
		buyers_lines(n, skus);
		by_hand_buy(match->hands[index], name, skus);
	}
}

static void add_some(void *argument, int index)
{
	struct match *match = argument;
	char owner[32];
	adders_owner(match->turn, index, owner);
	for (int64_t i = 0; i < match->each; i++)
		by_hand_add(match->hands[index], owner, (int)(i % ADDERS_SKUS));
}

/* `count` is a multiple of the number of clients. */
static int64_t their_checkouts(void *argument, int64_t count)
{
	struct match *match = argument;
	match->each = count / match->clients;
	const int64_t took = bench_threads(match->clients, buy_some, match);
	match->bought += match->each * match->clients;
	return took;
}

static int64_t their_adds(void *argument, int64_t count)
{
	struct match *match = argument;
	match->turn++;
	match->each = count / match->clients;
	return bench_threads(match->clients, add_some, match);
}

/* Sets `clients` to the number at which `work` is fastest. */
static void find_best(struct match *match, const char *what, int64_t (*work)(void *argument, int64_t count),
                      int64_t each)
{
	static const int counts[] = { 4, 8, 16, 32, 64 };
	double most = 0;
	int best = 1;
	printf("%s by hand, by clients:", what);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		match->clients = counts[i];
		const int64_t count = each * counts[i];
		const double rate = (double)count * 1e9 / (double)work(match, count);
		printf("  %d: %.0f/s", counts[i], rate);
		if (rate > most) {
			most = rate;
			best = counts[i];
		}
	}
	printf("\n");
	match->clients = best;
}

/* ---- ours -------------------------------------------------------------------------------- */

static int64_t our_checkouts(void *argument, int64_t count)
{
	struct match *match = argument;
	return buyers_buy(&match->buyers, count);
}

static int64_t our_adds(void *argument, int64_t count)
{
	struct match *match = argument;
	return adders_add(&match->adders, count);
}

/* ---- bars -------------------------------------------------------------------------------- */

static void compare_adds(struct match *match)
{
	const int64_t each = 10;
	find_best(match, "add to cart", their_adds, each);
	struct duel duel = { .ours = our_adds, .theirs = their_adds, .argument = match };
	duel.our_count = ADDERS * each;
	duel.their_count = match->clients * each;
	duel.turns = 60 / bench_scale() + 1;
	const double ratio = duel_run(&duel);
	const double p99_ms = adders_p99_ms(&match->adders);
	printf("add to cart: ours %.0f/s, by hand %.0f/s\n", duel.our_rate, duel.their_rate);
	bench_speed("postgres, add to cart, 32 callers / by hand", ratio >= 0.9, ">= 0.9", "%.2f", ratio);
	bench_speed("postgres, add to cart, 32 callers, p99", p99_ms < 5, "< 5 ms", "%.2f ms", p99_ms);
	bench_bar("postgres, add to cart: every cart afterwards", adders_carts_are_whole(&match->adders), "whole",
	          "%lld carts", (long long)match->adders.turn * ADDERS);
}

static void compare_checkouts(struct match *match)
{
	int64_t held, committed, hand_held, hand_committed, orders;
	find_best(match, "checkout", their_checkouts, 20);
	match->buyers.window = 1000;
	struct duel duel = { .ours = our_checkouts, .theirs = their_checkouts, .argument = match };
	duel.our_count = 5000;
	duel.their_count = match->clients * 20;
	duel.turns = 20 / bench_scale() + 1;
	const double ratio = duel_run(&duel);
	printf("checkout: ours %.0f/s, by hand %.0f/s\n", duel.our_rate, duel.their_rate);
	bench_speed("postgres, checkout, 1,000 in flight / 15 statements", ratio >= 8, ">= 8", "%.1f", ratio);
	bench_stock(match->buyers.shop, BUYERS_SKUS, &held, &committed);
	by_hand_buy_count(match->hands[0], &hand_held, &hand_committed, &orders);
	bool exact = held == 0 && committed == 3 * match->buyers.bought;
	bool by_hand = hand_held == 0 && hand_committed == 3 * match->bought && orders == match->bought;
	bench_bar("postgres, checkout: units committed afterwards", exact && by_hand, "three a checkout", "%lld, %lld",
	          (long long)committed, (long long)hand_committed);
}

/* ---- the world --------------------------------------------------------------------------- */

static sc_shop *open_ours(struct match *match)
{
	sc_error err = SC_ERROR_INIT;
	sc_store store;
	char url[640];
	snprintf(url, sizeof(url), "%s&schema=ours", match->server.url);
	bench_must(sc_postgres_open(sc_env_default(), url, NULL, &store, &err), &err, "open");
	return bench_stocked_on(&store, BUYERS_SKUS, UNITS, &match->provider);
}

int main(void)
{
	static struct match match;
	if (!private_postgres_start(&match.server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	setvbuf(stdout, NULL, _IOLBF, 0);
	PGconn *maker = PQconnectdb(match.server.url);
	by_hand_buy_make(maker, BUYERS_SKUS, UNITS);
	PQfinish(maker);
	for (int i = 0; i < CLIENTS_MAX; i++)
		match.hands[i] = by_hand_buy_connect(match.server.url);
	sc_shop *shop = open_ours(&match);
	adders_init(&match.adders, shop);
	buyers_fill(&match.buyers, shop);
	compare_adds(&match);
	compare_checkouts(&match);
	sc_shop_close(shop);
	sc_fake_gateway_free(match.provider);
	buyers_clear(&match.buyers);
	adders_clear(&match.adders);
	for (int i = 0; i < CLIENTS_MAX; i++)
		PQfinish(match.hands[i]);
	private_postgres_stop(&match.server);
	return bench_result();
}
