#include "flight.h"

#include <poll.h>
#include <pthread.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

void bench_sku(int sku, char out[16])
{
	snprintf(out, 16, "sku-%06d", sku);
}

static void add_sku(sc_shop *shop, int i, int64_t units)
{
	sc_error err = SC_ERROR_INIT;
	char name[16];
	bench_sku(i, name);
	const sc_sku offer = { .sku = name, .price_minor = 1000, .currency = "USD" };
	const sc_product product = { .id = name, .name = name, .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = name, .quantity = units };
	bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "stock");
}

static sc_shop *stocked(sc_shop_options *options, int skus, int64_t units, sc_fake_gateway **provider)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	bench_must(sc_fake_gateway_open(sc_env_default(), NULL, provider, &err), &err, "gateway");
	options->gateway = sc_fake_gateway_port(*provider);
	options->quote_ttl_ms = 24 * 3600 * 1000;
	bench_must(sc_shop_open(options, &shop, &err), &err, "shop");
	for (int i = 0; i < skus; i++)
		add_sku(shop, i, units);
	return shop;
}

sc_shop *bench_stocked(const char *url, int skus, int64_t units, sc_fake_gateway **provider)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = url;
	return stocked(&options, skus, units, provider);
}

sc_shop *bench_stocked_on(const sc_store *store, int skus, int64_t units, sc_fake_gateway **provider)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store = *store;
	return stocked(&options, skus, units, provider);
}

void bench_stock(sc_shop *shop, int skus, int64_t *held, int64_t *committed)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, sc_env_default());
	*held = *committed = 0;
	for (int i = 0; i < skus; i++) {
		char name[16];
		sc_level level;
		bench_sku(i, name);
		const sc_stock_ref ref = { name, NULL };
		bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
		*held += level.held;
		*committed += level.committed;
		sc_arena_reset(&arena);
	}
	sc_arena_clear(&arena);
}

/* ---- in flight --------------------------------------------------------------------------- */

static void submit_next(struct flight *flight)
{
	sc_error err = SC_ERROR_INIT;
	if (flight->submitted < flight->total)
		bench_must(flight->submit(flight, flight->submitted++, &err), &err, "submit");
}

void flight_done(const sc_completion *completion)
{
	struct flight *flight = completion->context;
	bench_must(completion->status, completion->err, "a request in flight");
	flight->done++;
	submit_next(flight);
}

/* A thread that drives until it is told to stop. */
struct helper {
	struct flight *flight;
	atomic_bool stop;
};

static void *help(void *argument)
{
	struct helper *helper = argument;
	struct pollfd at = { .events = POLLIN };
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_shop_descriptor(helper->flight->shop, SC_DESCRIPTOR_SUBMITTED, &at.fd, &err), &err, "descriptor");
	while (!helper->stop)
		if (poll(&at, 1, 1) == 1)
			sc_shop_drive(helper->flight->shop, (size_t)helper->flight->window / 2, NULL);
	return NULL;
}

static void run(struct flight *flight)
{
	const size_t share = (size_t)flight->window / (flight->helped ? 2 : 1);
	for (int64_t i = 0; i < flight->window; i++)
		submit_next(flight);
	while (flight->done < flight->total) {
		sc_shop_drive(flight->shop, share, NULL);
		sc_shop_complete(flight->shop, (size_t)flight->window);
	}
}

int64_t flight_run(struct flight *flight)
{
	const int64_t begin = bench_now_ns();
	struct helper helper = { .flight = flight };
	pthread_t thread;
	flight->submitted = flight->done = 0;
	if (flight->helped && pthread_create(&thread, NULL, help, &helper) != 0)
		exit(1);
	run(flight);
	if (flight->helped) {
		helper.stop = true;
		pthread_join(thread, NULL);
	}
	return bench_now_ns() - begin;
}

/* ---- duels ------------------------------------------------------------------------------- */

double duel_run(struct duel *duel)
{
	int64_t *ours = calloc((size_t)duel->turns, sizeof(*ours)),
		*theirs = calloc((size_t)duel->turns, sizeof(*ours));
	if (ours == NULL || theirs == NULL)
		exit(1);
	for (int turn = 0; turn < duel->turns; turn++)
		for (int half = 0; half < 2; half++) {
			if ((half == 0) == (turn % 2 == 0))
				ours[turn] = duel->ours(duel->argument, duel->our_count);
			else
				theirs[turn] = duel->theirs(duel->argument, duel->their_count);
		}
	const int64_t our_ns = bench_percentile(ours, (size_t)duel->turns, 50);
	const int64_t their_ns = bench_percentile(theirs, (size_t)duel->turns, 50);
	duel->our_rate = (double)duel->our_count * 1e9 / (double)our_ns;
	duel->their_rate = (double)duel->their_count * 1e9 / (double)their_ns;
	free(ours);
	free(theirs);
	return duel->our_rate / duel->their_rate;
}
