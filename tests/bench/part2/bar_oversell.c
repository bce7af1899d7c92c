/*
 * Bar 2: 1,000 units, 100,000 attempts by 64 threads on memory, 64 threads on SQLite, 4 processes on one SQLite file.
 * Exactly 1,000 are sold, every other answer is OUT_OF_STOCK, and verify finds that counters equal the journal.
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { UNITS = 1000, ATTEMPTS = 100000, THREADS = 64, PROCESSES = 4 };

struct sale {
	sc_shop *shop;
	const char *url;
	int attempts; /* of each worker */
	atomic_long sold, refused, other;
};

static void try_once(struct sale *sale, sc_shop *shop)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, NULL, &err);
	if (status == SC_OK)
		atomic_fetch_add(&sale->sold, 1);
	else if (status == SC_OUT_OF_STOCK)
		atomic_fetch_add(&sale->refused, 1);
	else if (atomic_fetch_add(&sale->other, 1) < 3)
		fprintf(stderr, "%s: %s\n", sc_status_name(status), err.text);
}

static void buyer(void *argument, int index)
{
	struct sale *sale = argument;
	(void)index;
	for (int i = 0; i < sale->attempts; i++)
		try_once(sale, sale->shop);
}

/* Whether the level is sold out, the held units are `UNITS`, and verify finds nothing. */
static bool books_agree(sc_shop *shop)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	const sc_stock_ref ref = { "mug", NULL };
	sc_level level;

	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
	sc_arena_clear(&arena);
	return level.available == 0 && level.on_hand == UNITS && level.held == UNITS && bench_findings(shop) == 0;
}

static void stock_up(sc_shop *shop)
{
	const sc_stock_change change = { "mug", NULL, UNITS };
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &change, 1, "delivery", &err), &err, "receive");
}

static void report(const char *name, struct sale *sale, int64_t took_ns, sc_shop *shop)
{
	long attempts = sale->sold + sale->refused + sale->other;
	bool ok = sale->sold == UNITS && sale->other == 0 && books_agree(shop);
	printf("%s: %ld attempts in %.2f s, %.0f/s\n", name, attempts, (double)took_ns / 1e9,
	       (double)attempts / ((double)took_ns / 1e9));
	bench_bar(name, ok, "1000 sold, 0 other", "%ld sold, %ld other", (long)sale->sold, (long)sale->other);
}

static void by_threads(const char *name, const char *url)
{
	struct sale sale = { .url = url, .attempts = ATTEMPTS / THREADS / bench_scale() + 1 };
	sale.shop = bench_open(url);
	stock_up(sale.shop);
	int64_t took = bench_threads(THREADS, buyer, &sale);
	report(name, &sale, took, sale.shop);
	sc_shop_close(sale.shop);
}

/* One process: sells, then writes what it saw to a file of its own. */
static int shop_assistant(void *argument, int index)
{
	struct sale *sale = argument;
	sc_shop *shop = bench_open(sale->url);
	for (int i = 0; i < sale->attempts; i++)
		try_once(sale, shop);
	sc_shop_close(shop);
	char path[160];
	snprintf(path, sizeof(path), "%s.%d", strchr(sale->url, ':') + 1, index);
	FILE *file = fopen(path, "w");
	if (file == NULL)
		return 1;
	fprintf(file, "%ld %ld %ld\n", (long)sale->sold, (long)sale->refused, (long)sale->other);
	return fclose(file) != 0;
}

static void by_processes(const char *name, const char *url)
{
	struct sale sale = { .url = url, .attempts = ATTEMPTS / PROCESSES / bench_scale() };
	sc_shop *shop = bench_open(url);
	stock_up(shop);
	sc_shop_close(shop); /* a handle does not survive fork */

	int64_t begin = bench_now_ns();
	int fine = bench_processes(PROCESSES, shop_assistant, &sale);
	int64_t took = bench_now_ns() - begin;
	atomic_fetch_add(&sale.other, PROCESSES - fine);
	for (int i = 0; i < PROCESSES; i++) {
		char path[160];
		long sold = 0, refused = 0, other = 0;
		snprintf(path, sizeof(path), "%s.%d", strchr(url, ':') + 1, i);
		FILE *file = fopen(path, "r");
		if (file == NULL || fscanf(file, "%ld %ld %ld", &sold, &refused, &other) != 3)
			other = 1;
		if (file != NULL)
			fclose(file);
		atomic_fetch_add(&sale.sold, sold);
		atomic_fetch_add(&sale.refused, refused);
		atomic_fetch_add(&sale.other, other);
	}
	shop = bench_open(url);
	report(name, &sale, took, shop);
	sc_shop_close(shop);
}

int main(void)
{
	char folder[64], url[128];
	bench_folder_make(folder);
	by_threads("no oversale: 64 threads, memory", "memory:");
	snprintf(url, sizeof(url), "sqlite:%s/threads.db", folder);
	by_threads("no oversale: 64 threads, SQLite", url);
	snprintf(url, sizeof(url), "sqlite:%s/processes.db", folder);
	by_processes("no oversale: 4 processes, one SQLite file", url);
	bench_folder_remove(folder);
	return bench_result();
}
