/*
 * How the cost of a reservation grows: with the SKUs that are in stock, with the callers who wait for one, with the
 * lines of one. In memory, in SQLite and in PostgreSQL, through the public API, journal and ids kept.
 *
 *     bench_growth [memory | SQLite | PostgreSQL [SKUS]]
 *
 * measures all of them, or one, up to ten million SKUs or as many as are given. Prints JSON, an object a point:
 * {"chart", "x", "y", "store", "at", "value"}; tests/bench/charts.py draws it. Counts are divided by SHOPCORE_SCALE,
 * SKUs too.
 */
#include "bench.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 1000, CALLERS_MAX = 1000, LINES_MAX = 100, UNITS = 1000000 };

struct growth {
	const char *store;
	sc_shop *shop;
	long skus_max;
	long skus;     /* in stock so far */
	int64_t count; /* reservations that a point is made of */
	int64_t each;  /* of one caller */
	bool first;    /* no point was printed yet */
};

static void say(struct growth *growth, const char *chart, const char *x, const char *y, long at, double value)
{
	printf("%s{\"chart\": \"%s\", \"x\": \"%s\", \"y\": \"%s\", \"store\": \"%s\", \"at\": %ld, \"value\": %.3f}",
	       growth->first ? "" : ",\n", chart, x, y, growth->store, at, value);
	fflush(stdout);
	growth->first = false;
}

static void name_sku(long number, char out[24])
{
	snprintf(out, 24, "sku-%08ld", number);
}

/* As many SKUs as this in stock. */
static void grow_to(struct growth *growth, long skus)
{
	static char names[BATCH][24];
	static sc_stock_change changes[BATCH];
	sc_error err = SC_ERROR_INIT;
	while (growth->skus < skus) {
		size_t count = skus - growth->skus < BATCH ? (size_t)(skus - growth->skus) : BATCH;
		for (size_t i = 0; i < count; i++) {
			name_sku(growth->skus++, names[i]);
			changes[i] = (sc_stock_change){ .sku = names[i], .quantity = UNITS };
		}
		bench_must(sc_inventory_receive(growth->shop, SC_CALL_SYSTEM, changes, count, NULL, &err), &err,
		           "receive");
	}
}

/* One unit of each of so many SKUs, which are anywhere, reserved and released: what is measured does not pile up. */
static void reserve_lines(const struct growth *growth, uint64_t *dice, size_t lines)
{
	char names[LINES_MAX][24];
	sc_reserve_line wanted[LINES_MAX];
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation made;
	sc_error err = SC_ERROR_INIT;
	for (size_t i = 0; i < lines; i++) {
		*dice = *dice * 6364136223846793005u + 1442695040888963407u;
		name_sku((long)((*dice >> 33) % (uint64_t)growth->skus), names[i]);
		wanted[i] = (sc_reserve_line){ .sku = names[i], .quantity = 1 };
	}
	request.lines = wanted;
	request.line_count = lines;
	bench_must(sc_inventory_reserve(growth->shop, SC_CALL_SYSTEM, &request, &made, &err), &err, "reserve");
	bench_must(sc_inventory_release(growth->shop, SC_CALL_SYSTEM, made.id, &err), &err, "release");
}

static void call(void *argument, int index)
{
	const struct growth *growth = argument;
	uint64_t dice = 88172645463325252u + (uint64_t)index;
	for (int64_t i = 0; i < growth->each; i++)
		reserve_lines(growth, &dice, 1);
}

/* Microseconds of a reservation of so many lines and its release: the median of several stretches. */
static double cost_us(const struct growth *growth, size_t lines)
{
	enum { STRETCHES = 9 };
	int64_t took[STRETCHES];
	uint64_t dice = 42;
	int64_t count = growth->count / STRETCHES / (lines < 10 ? 1 : 4) + 1;
	for (int stretch = 0; stretch < STRETCHES; stretch++) {
		took[stretch] = bench_now_ns();
		for (int64_t i = 0; i < count; i++)
			reserve_lines(growth, &dice, lines);
		took[stretch] = bench_now_ns() - took[stretch];
	}
	return (double)bench_percentile(took, STRETCHES, 50) / (double)count / 1e3;
}

static void by_skus(struct growth *growth)
{
	for (long skus = 1000; skus <= growth->skus_max; skus *= 10) {
		grow_to(growth, skus);
		say(growth, "skus", "SKUs in stock", "µs, reserve and release, a lone caller", skus,
		    cost_us(growth, 1));
	}
}

static void by_lines(struct growth *growth)
{
	static const size_t lines[] = { 1, 3, 10, 30, LINES_MAX };
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		say(growth, "lines", "lines of a reservation", "µs, reserve and release, a lone caller", (long)lines[i],
		    cost_us(growth, lines[i]));
}

static void by_callers(struct growth *growth)
{
	static const int callers[] = { 1, 3, 10, 32, 100, 320, CALLERS_MAX };
	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
		const int64_t total = growth->count * (callers[i] < 10 ? 1 : 3);
		growth->each = total / callers[i] + 1;
		const int64_t took = bench_threads(callers[i], call, growth);
		say(growth, "callers", "callers who wait", "reserved and released, a second", callers[i],
		    (double)(growth->each * callers[i]) * 1e9 / (double)took);
	}
}

static void measure(struct growth growth, sc_store store, const char *url)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	options.store = store;
	options.store_url = url;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &growth.shop, &err), &err, "shop");
	grow_to(&growth, 1000);
	by_lines(&growth);
	by_callers(&growth);
	by_skus(&growth);
	sc_shop_close(growth.shop);
}

static void in_sqlite(struct growth growth)
{
	char folder[64], url[128];
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	measure(growth, (sc_store){ 0 }, url);
	bench_folder_remove(folder);
}

static void in_postgres(struct growth growth)
{
	struct private_postgres server;
	sc_error err = SC_ERROR_INIT;
	sc_store store;
	if (!private_postgres_start(&server, NULL))
		return;
	bench_must(sc_postgres_open(sc_env_default(), server.url, NULL, &store, &err), &err, "postgres");
	measure(growth, store, NULL);
	private_postgres_stop(&server);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	const bool all = only[0] == '\0';
	const int scale = bench_scale();
	struct growth growth = { .first = true };
	printf("[\n");
	growth.skus_max = (argc > 2 ? atol(argv[2]) : 10000000) / scale;
	if (all || strcmp(only, "memory") == 0) {
		growth.store = "memory";
		growth.count = 100000 / scale;
		measure(growth, (sc_store){ 0 }, "memory:");
		growth.first = false;
	}
	if (all || strcmp(only, "SQLite") == 0) {
		growth.store = "SQLite";
		growth.count = 4000 / scale;
		in_sqlite(growth);
		growth.first = false;
	}
	if (all || strcmp(only, "PostgreSQL") == 0) {
		growth.store = "PostgreSQL";
		growth.count = 4000 / scale;
		in_postgres(growth);
	}
	printf("\n]\n");
	return 0;
}
