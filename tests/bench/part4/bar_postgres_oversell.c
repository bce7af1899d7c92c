/*
 * Bar 1 of part 4: 10^6 attempts on 1,000 units by 64 threads in 4 processes on PostgreSQL. Exactly 1,000 are sold, and
 * nobody hears anything but done or out of stock.
 */
#include "bench.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

enum { UNITS = 1000, ATTEMPTS = 1000000, PROCESSES = 4, THREADS = 16 };

/* What all processes count together. */
struct counts {
	atomic_long sold, refused, other;
};

struct sale {
	char url[640];
	struct counts *counts;
	sc_shop *shop; /* of this process */
	int attempts;  /* of each thread */
};

static sc_shop *open_shop(const struct sale *sale)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	bench_must(sc_postgres_open(sc_env_default(), sale->url, NULL, &options.store, &err), &err, "store");
	bench_must(sc_shop_open(&options, &shop, &err), &err, "shop");
	return shop;
}

static void buyer(void *argument, int index)
{
	struct sale *sale = argument;
	(void)index;
	for (int i = 0; i < sale->attempts; i++) {
		const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		sc_error err = SC_ERROR_INIT;
		request.lines = &line;
		request.line_count = 1;
		request.ttl_ms = 24 * 60 * 60 * 1000;
		sc_status status = sc_inventory_reserve(sale->shop, SC_CALL_SYSTEM, &request, NULL, &err);
		if (status == SC_OK)
			atomic_fetch_add(&sale->counts->sold, 1);
		else if (status == SC_OUT_OF_STOCK)
			atomic_fetch_add(&sale->counts->refused, 1);
		else if (atomic_fetch_add(&sale->counts->other, 1) < 3)
			fprintf(stderr, "%s: %s\n", sc_status_name(status), err.text);
	}
}

static int shop_assistant(void *argument, int index)
{
	struct sale *sale = argument;
	(void)index;
	sale->shop = open_shop(sale);
	bench_threads(THREADS, buyer, sale);
	sc_shop_close(sale->shop);
	return 0;
}

int main(void)
{
	struct private_postgres server;
	struct sale sale = { .attempts = ATTEMPTS / PROCESSES / THREADS / bench_scale() };
	const sc_stock_change delivery = { "mug", NULL, UNITS };
	const sc_stock_ref ref = { "mug", NULL };
	sc_error err = SC_ERROR_INIT;
	sc_level level;
	sc_arena arena;

	if (!private_postgres_start(&server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	sale.counts = mmap(NULL, sizeof(*sale.counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sale.counts == MAP_FAILED)
		return 1;
	snprintf(sale.url, sizeof(sale.url), "%s&schema=sale", server.url);
	sc_shop *shop = open_shop(&sale);
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, NULL, &err), &err, "receive");
	sc_shop_close(shop); /* a handle does not survive fork */

	int64_t begin = bench_now_ns();
	int fine = bench_processes(PROCESSES, shop_assistant, &sale);
	int64_t took_ns = bench_now_ns() - begin;

	shop = open_shop(&sale);
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
	long sold = sale.counts->sold, other = sale.counts->other + PROCESSES - fine;
	long attempts = sold + sale.counts->refused + other;
	printf("%ld attempts in %.1f s, %.0f a second\n", attempts, (double)took_ns / 1e9,
	       (double)attempts / ((double)took_ns / 1e9));
	bench_bar("no oversale: 64 threads in 4 processes, PostgreSQL",
	          sold == UNITS && other == 0 && level.held == UNITS && level.available == 0, "1000 sold, 0 other",
	          "%ld sold, %ld other", sold, other);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	private_postgres_stop(&server);
	return bench_result();
}
