/*
 * Many threads, few units: exactly what is there is sold, everybody else hears OUT_OF_STOCK, and the counters equal the
 * journal. A tenth of the full count; tests/bars runs all of it.
 */
#include "../shop/world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS  64
#define UNITS    100
#define ATTEMPTS 10000

typedef struct race {
	sc_shop *shop;
	atomic_int left;
	atomic_int sold, refused, other;
} race;

static void *attempt(void *arg)
{
	race *r = arg;
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	while (atomic_fetch_sub(&r->left, 1) > 0) {
		sc_reservation reservation;
		sc_status status = sc_inventory_reserve(r->shop, SC_CALL_SYSTEM, &request, &reservation, NULL);
		if (status == SC_OK)
			status = sc_inventory_commit(r->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, NULL);
		atomic_int *count = status == SC_OK ? &r->sold : status == SC_OUT_OF_STOCK ? &r->refused : &r->other;
		atomic_fetch_add(count, 1);
	}
	return NULL;
}

static void sell_out(world *w, int units, int attempts)
{
	race r = { .shop = w->shop, .left = attempts };
	pthread_t threads[THREADS];
	world_receive(w, "mug", units);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, attempt, &r), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(r.sold, units);
	assert_int_equal(r.refused, attempts - units);
	assert_int_equal(r.other, 0);
	assert_level(w, "mug", units, 0, units);
	assert_int_equal(world_verify(w, NULL), 0);
}

static void the_last_unit_is_sold_once(void **state)
{
	sell_out(*state, UNITS, ATTEMPTS);
}

/* Here the combiner carries the threads. */
static void the_last_unit_is_sold_once_from_a_file(void **state)
{
	(void)state;
	char folder[] = "/tmp/shopcore-race-XXXXXX", url[64], command[64];
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	assert_non_null(mkdtemp(folder));
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	options.env = sc_env_default(); /* waits are real */
	options.store_url = url;
	world *w = world_new(&options);
	sell_out(w, UNITS / 2, ATTEMPTS / 5);
	world_free(w);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* Devices of one buyer that all write one cart. */
static void *add_mugs(void *arg)
{
	race *r = arg;
	const sc_call ada = CUSTOMER("ada");
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	while (atomic_fetch_sub(&r->left, 1) > 0) {
		sc_cart cart;
		sc_arena_reset(&arena);
		if (sc_cart_add(r->shop, &ada, NULL, &item, 1, &arena, &cart, NULL) == SC_OK)
			atomic_fetch_add(&r->sold, 1);
		else
			atomic_fetch_add(&r->other, 1);
	}
	sc_arena_clear(&arena);
	return NULL;
}

static void no_device_loses_what_another_one_added(void **state)
{
	world *w = *state;
	race r = { .shop = w->shop, .left = 400 };
	pthread_t threads[8];
	world_add_sku(w, "mug", 500, "USD");
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_mugs, &r), 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(r.other, 0);
	const sc_call ada = CUSTOMER("ada");
	sc_cart cart;
	assert_status(w, sc_cart_get(w->shop, &ada, NULL, &w->arena, &cart, &w->err), SC_OK);
	assert_int_equal(cart.line_count, 1);
	assert_int_equal(cart.lines[0].quantity, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_last_unit_is_sold_once, world_open, world_close),
		cmocka_unit_test(the_last_unit_is_sold_once_from_a_file),
		cmocka_unit_test_setup_teardown(no_device_loses_what_another_one_added, world_open, world_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
