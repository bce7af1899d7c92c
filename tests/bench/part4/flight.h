/*
 * What the bars of part 4 share: a shop with SKUs, and a window of requests in flight from one thread.
 */
#ifndef TESTS_BENCH_FLIGHT_H
#define TESTS_BENCH_FLIGHT_H

#include "bench.h"

#include <shopcore/testkit/fake_gateway.h>

/* The name of a SKU. */
void bench_sku(int sku, char out[16]);

/* A shop on `url` with so many SKUs of 1,000 cents and so many units each, and a provider that takes every card at
 * once. `provider` is freed after the shop is closed. */
sc_shop *bench_stocked(const char *url, int skus, int64_t units, sc_fake_gateway **provider);
/* The same on a store that is open; the shop takes it. */
sc_shop *bench_stocked_on(const sc_store *store, int skus, int64_t units, sc_fake_gateway **provider);

/* Sums over all stock. */
void bench_stock(sc_shop *shop, int skus, int64_t *held, int64_t *committed);

/* Keeps `window` requests in flight until `total` are answered with SC_OK; ends the program on any other answer.
 * `submit` submits request number `index` with flight_done and `flight` as its callback and context. */
struct flight {
	sc_shop *shop;
	sc_status (*submit)(struct flight *flight, int64_t index, sc_error *err);
	void *argument;
	int64_t total, window;
	bool helped; /* a second thread drives too */
	int64_t submitted, done;
};

void flight_done(const sc_completion *completion);

/* Nanoseconds that it took. */
int64_t flight_run(struct flight *flight);

/* How two ways compare: turns of equal counts, ours first every other time; the ratio is that of the medians. */
struct duel {
	int64_t (*ours)(void *argument, int64_t count); /* nanoseconds for so many requests */
	int64_t (*theirs)(void *argument, int64_t count);
	void *argument;
	int64_t our_count, their_count; /* of one turn */
	int turns;
	double our_rate, their_rate; /* per second: the medians */
};

/* The ratio of the rates, ours to theirs. */
double duel_run(struct duel *duel);

#endif
