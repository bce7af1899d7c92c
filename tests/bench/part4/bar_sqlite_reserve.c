/*
 * SQLite, one unit of one SKU reserved: a lone caller, 32 who wait, 1,000 in flight from one thread, each against one
 * transaction a request by hand (which has neither journal nor idempotency nor events).
 */
#include "by_hand_sqlite.h"
#include "flight.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <string.h>

enum { CALLERS = 32, WINDOW = 1000 };

struct match {
	sc_shop *shop;
	struct by_hand hand;
	int64_t ours, theirs; /* reserved by each */
	int64_t each;         /* of one caller in this turn */
};

static sc_reserve_request one_unit(sc_reserve_line *line)
{
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	*line = (sc_reserve_line){ .sku = "sku-000000", .quantity = 1 };
	request.lines = line;
	request.line_count = 1;
	return request;
}

static void reserve_some(void *argument, int index)
{
	const struct match *match = argument;
	sc_reserve_line line;
	const sc_reserve_request request = one_unit(&line);
	sc_error err = SC_ERROR_INIT;
	(void)index;
	for (int64_t i = 0; i < match->each; i++)
		bench_must(sc_inventory_reserve(match->shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
}

static int64_t alone(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	match->each = count;
	reserve_some(match, 0);
	match->ours += count;
	return bench_now_ns() - begin;
}

static int64_t callers(void *argument, int64_t count)
{
	struct match *match = argument;
	match->each = count / CALLERS;
	match->ours += match->each * CALLERS;
	return bench_threads(CALLERS, reserve_some, match);
}

static sc_status submit(struct flight *flight, int64_t index, sc_error *err)
{
	sc_reserve_line line;
	const sc_reserve_request request = one_unit(&line);
	(void)index;
	return sc_inventory_reserve_submit(flight->shop, SC_CALL_SYSTEM, &request, flight_done, flight, NULL, err);
}

static int64_t in_flight(void *argument, int64_t count)
{
	struct match *match = argument;
	struct flight flight = { .shop = match->shop, .submit = submit, .total = count, .window = WINDOW };
	match->ours += count;
	return flight_run(&flight);
}

static int64_t by_hand(void *argument, int64_t count)
{
	struct match *match = argument;
	const int64_t begin = bench_now_ns();
	for (int64_t i = 0; i < count; i++)
		by_hand_reserve(&match->hand, 0);
	match->theirs += count;
	return bench_now_ns() - begin;
}

static void bar(const char *name, struct duel duel, double floor)
{
	char text[16];
	const double ratio = duel_run(&duel);
	printf("%s: ours %.0f/s, by hand %.0f/s\n", name, duel.our_rate, duel.their_rate);
	snprintf(text, sizeof(text), ">= %.2f", floor);
	bench_speed(name, ratio >= floor, text, "%.2f", ratio);
}

int main(void)
{
	char folder[64], url[128], path[128];
	sc_fake_gateway *provider;
	struct match match = { .ours = 0 };
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/ours.db", folder);
	snprintf(path, sizeof(path), "%s/hand.db", folder);
	match.shop = bench_stocked(url, 1, 1000000000, &provider);
	by_hand_open(&match.hand, path, 1, 1000000000);
	const int turns = 40 / bench_scale() + 1;

	bar("SQLite, a lone caller / by hand",
	    (struct duel){ alone, by_hand, &match, .our_count = 14, .their_count = 14, .turns = 10 * turns }, 0.9);
	bar("SQLite, reserve, 32 callers / by hand",
	    (struct duel){ callers, by_hand, &match, .our_count = 6400, .their_count = 500, .turns = turns }, 4.5);
	bar("SQLite, reserve, 1,000 in flight / by hand",
	    (struct duel){ in_flight, by_hand, &match, .our_count = 20000, .their_count = 500, .turns = turns }, 16);

	int64_t held, hand_held, committed;
	bench_stock(match.shop, 1, &held, &committed);
	by_hand_stock(&match.hand, &hand_held, &committed);
	bench_bar("SQLite, reserve: what is held afterwards", held == match.ours && hand_held == match.theirs,
	          "each once", "%lld, %lld", (long long)held, (long long)hand_held);
	sc_shop_close(match.shop);
	sc_fake_gateway_free(provider);
	by_hand_close(&match.hand);
	bench_folder_remove(folder);
	return bench_result();
}
