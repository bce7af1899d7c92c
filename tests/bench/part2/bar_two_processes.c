/*
 * Bar 7: two processes on one SQLite file at full load; neither ever waits 100 ms for its answer.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS = 20 };

struct load {
	const char *url;
	int64_t until_ns;
};

static int reserve_until(void *argument, int index)
{
	struct load *load = argument;
	sc_shop *shop = bench_open(load->url);
	int64_t worst = 0, count = 0;
	for (int64_t begin = bench_now_ns(); begin < load->until_ns; count++) {
		const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		sc_error err = SC_ERROR_INIT;
		request.lines = &line;
		request.line_count = 1;
		bench_must(sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
		int64_t end = bench_now_ns();
		if (end - begin > worst)
			worst = end - begin;
		begin = end;
	}
	sc_shop_close(shop);
	char path[160];
	snprintf(path, sizeof(path), "%s.%d", strchr(load->url, ':') + 1, index);
	FILE *file = fopen(path, "w");
	if (file == NULL)
		return 1;
	fprintf(file, "%lld %lld\n", (long long)worst, (long long)count);
	return fclose(file) != 0;
}

int main(void)
{
	char folder[64], url[128];
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	sc_shop *shop = bench_open(url);
	const sc_stock_change change = { "mug", NULL, 100000000 };
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &change, 1, "delivery", &err), &err, "receive");
	sc_shop_close(shop);

	struct load load = { url, bench_now_ns() + (int64_t)SECONDS * 1000000000 / bench_scale() };
	int fine = bench_processes(2, reserve_until, &load);
	long long worst = 0, counts[2] = { 0, 0 };
	for (int i = 0; i < 2; i++) {
		char path[160];
		long long waited = 0;
		snprintf(path, sizeof(path), "%s.%d", strchr(url, ':') + 1, i);
		FILE *file = fopen(path, "r");
		if (file == NULL || fscanf(file, "%lld %lld", &waited, &counts[i]) != 2)
			fine = 0;
		if (file != NULL)
			fclose(file);
		if (waited > worst)
			worst = waited;
	}
	printf("reservations by each: %lld and %lld\n", counts[0], counts[1]);
	bench_speed("two processes, one SQLite file: worst wait", fine == 2 && worst < 100000000, "< 100 ms", "%.1f ms",
	            (double)worst / 1e6);
	bench_folder_remove(folder);
	return bench_result();
}
