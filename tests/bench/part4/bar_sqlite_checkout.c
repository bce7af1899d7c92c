/*
 * SQLite, whole checkouts: an order of three lines placed with its hold, paid and confirmed; 32, 100 and 1,000 in
 * flight from one thread, against two transactions a checkout by hand (which has no provider, journal, idempotency or
 * events). With exclusive=1 as well: how near that comes to the 100,000 a second that the design dreams of.
 */
#include "by_hand_sqlite.h"
#include "flight.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKUS = 100, BUYERS = 1000, UNITS = 100000000 };

struct match {
	sc_shop *shop;
	struct by_hand hand;
	int64_t ours, theirs, window;
	char *quotes[BUYERS];
};

static void buyer_name(int64_t buyer, char out[16])
{
	snprintf(out, 16, "buyer-%04d", (int)(buyer % BUYERS));
}

static void lines_of(int64_t buyer, int skus[3])
{
	for (int i = 0; i < 3; i++)
		skus[i] = (int)((buyer * 7 + i * 31) % SKUS);
}

/* Everybody has a quote for a cart of three lines. */
static void fill_carts(struct match *match)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, sc_env_default());
	for (int buyer = 0; buyer < BUYERS; buyer++) {
		char name[16], sku[3][16];
		int skus[3];
		sc_cart_item items[3];
		sc_cart cart;
		sc_quote quote;
		buyer_name(buyer, name);
		lines_of(buyer, skus);
		const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
		for (int i = 0; i < 3; i++) {
			bench_sku(skus[i], sku[i]);
			items[i] = (sc_cart_item){ .sku = sku[i], .quantity = 1 };
		}
		bench_must(sc_cart_add(match->shop, &call, NULL, items, 3, &arena, &cart, &err), &err, "cart");
		bench_must(sc_checkout_quote(match->shop, &call, NULL, &arena, &quote, &err), &err, "quote");
		match->quotes[buyer] = strdup(quote.token);
		sc_arena_reset(&arena);
	}
	sc_arena_clear(&arena);
}

static sc_status submit(struct flight *flight, int64_t index, sc_error *err)
{
	const struct match *match = flight->argument;
	char name[16], key[SC_ID_TEXT_SIZE];
	buyer_name(match->ours + index, name);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	request.quote = match->quotes[(match->ours + index) % BUYERS];
	request.payment_token = "tok_ok";
	request.email = "buyer@example.org";
	request.shipping =
		(sc_postal_address){ .name = "Buyer", .line1 = "1 Main Street", .city = "Bath", .country = "GB" };
	return sc_checkout_buy_submit(flight->shop, &call, &request, flight_done, flight, NULL, err);
}

static int64_t in_flight(void *argument, int64_t count)
{
	struct match *match = argument;
	struct flight flight = {
		.shop = match->shop, .submit = submit, .argument = match, .total = count, .window = match->window
	};
	flight.helped = match->window >= 100;
	const int64_t took = flight_run(&flight);
	match->ours += count;
	return took;
}

static int64_t by_hand(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	for (int64_t i = 0; i < count; i++) {
		char name[16];
		int skus[3];
		buyer_name(match->theirs + i, name);
		lines_of(match->theirs + i, skus);
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
	match->window = window;
	const double ratio = duel_run(&duel);
	snprintf(name, sizeof(name), "%s, %lld in flight / by hand", what, (long long)window);
	printf("%s: ours %.0f/s, by hand %.0f/s\n", name, duel.our_rate, duel.their_rate);
	snprintf(text, sizeof(text), ">= %.0f", floor);
	bench_speed(name, ratio >= floor, text, "%.1f", ratio);
}

static void play(const char *what, const char *url, const char *path, bool exclusive)
{
	sc_fake_gateway *provider;
	struct match match = { .ours = 0 };
	match.shop = bench_stocked(url, SKUS, UNITS, &provider);
	by_hand_open(&match.hand, path, SKUS, UNITS);
	fill_carts(&match);
	if (!exclusive) {
		bar(what, &match, 32, 5);
		bar(what, &match, 100, 8);
	}
	bar(what, &match, 1000, 15);

	int64_t held, committed, hand_held, hand_committed;
	bench_stock(match.shop, SKUS, &held, &committed);
	by_hand_stock(&match.hand, &hand_held, &hand_committed);
	bool exact = held == 0 && committed == 3 * match.ours && hand_held == 0 && hand_committed == 3 * match.theirs;
	char name[80];
	snprintf(name, sizeof(name), "%s: units committed afterwards", what);
	bench_bar(name, exact, "three a checkout", "%lld, %lld", (long long)committed, (long long)hand_committed);
	sc_shop_close(match.shop);
	sc_fake_gateway_free(provider);
	by_hand_close(&match.hand);
	for (int i = 0; i < BUYERS; i++)
		free(match.quotes[i]);
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
