/*
 * The store in memory: one unit reserved and committed through the public API, journal and ids kept. One thread; two
 * threads against one, on 1,000 SKUs and on a single one. Turns alternate, and the figures are medians. The time of a
 * pair is also given as processor time, which another program on the machine disturbs less.
 */
#include "flight.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SKUS = 1000, PAIRS = 20000, UNITS = 1000000000 };

struct store {
	sc_shop *shop;
	bool hot;
	int64_t pairs; /* of all turns */
};

static void one_pair(sc_shop *shop, const char *sku)
{
	const sc_reserve_line line = { .sku = sku, .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation made;
	sc_error err = SC_ERROR_INIT;
	request.lines = &line;
	request.line_count = 1;
	bench_must(sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, &made, &err), &err, "reserve");
	bench_must(sc_inventory_commit(shop, SC_CALL_SYSTEM, made.id, NULL, 0, &err), &err, "commit");
}

static void work(void *argument, int index)
{
	const struct store *store = argument;
	uint64_t dice = 88172645463325252u + (uint64_t)index;
	char names[SKUS][16];
	for (int i = 0; i < SKUS; i++)
		bench_sku(i, names[i]);
	for (int i = 0; i < PAIRS; i++) {
		dice ^= dice << 13;
		dice ^= dice >> 7;
		dice ^= dice << 17;
		one_pair(store->shop, names[store->hot ? 0 : dice % SKUS]);
	}
}

static int64_t cpu_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct figures {
	double one_ns, one_cpu_ns, two_ns; /* of a pair: medians */
};

static struct figures measure(struct store *store, bool hot)
{
	enum { TURNS_MAX = 41 };
	int64_t one[TURNS_MAX], one_cpu[TURNS_MAX], two[TURNS_MAX];
	const size_t turns = (size_t)(40 / bench_scale()) + 1;
	store->hot = hot;
	for (size_t turn = 0; turn < turns; turn++) {
		for (int half = 0; half < 2; half++) {
			const int64_t before = cpu_ns();
			const bool alone = (half == 0) == (turn % 2 == 0);
			const int64_t took = bench_threads(alone ? 1 : 2, work, store);
			if (alone) {
				one[turn] = took;
				one_cpu[turn] = cpu_ns() - before;
			} else {
				two[turn] = took / 2;
			}
		}
		store->pairs += 3 * PAIRS;
	}
	return (struct figures){ (double)bench_percentile(one, turns, 50) / PAIRS,
		                 (double)bench_percentile(one_cpu, turns, 50) / PAIRS,
		                 (double)bench_percentile(two, turns, 50) / PAIRS };
}

int main(void)
{
	sc_fake_gateway *provider;
	struct store store = { .pairs = 0 };
	store.shop = bench_stocked("memory:", SKUS, UNITS, &provider);
	const struct figures uniform = measure(&store, false), hot = measure(&store, true);
	printf("uniform: one thread %.0f ns a pair (%.0f of the processor), two %.0f ns; hot: %.0f (%.0f), %.0f ns\n",
	       uniform.one_ns, uniform.one_cpu_ns, uniform.two_ns, hot.one_ns, hot.one_cpu_ns, hot.two_ns);
	bench_speed("memory, reserve and commit, one thread", uniform.one_ns <= 1000, "<= 1000 ns", "%.0f ns",
	            uniform.one_ns);
	bench_speed("memory, two threads / one, 1,000 SKUs", uniform.one_ns / uniform.two_ns >= 1.3, ">= 1.30", "%.2f",
	            uniform.one_ns / uniform.two_ns);
	bench_speed("memory, two threads / one, a single SKU", hot.one_ns / hot.two_ns >= 0.9, ">= 0.90", "%.2f",
	            hot.one_ns / hot.two_ns);
	int64_t held, committed;
	bench_stock(store.shop, SKUS, &held, &committed);
	bench_bar("memory: units committed afterwards", held == 0 && committed == store.pairs, "one a pair", "%lld",
	          (long long)committed);
	sc_shop_close(store.shop);
	sc_fake_gateway_free(provider);
	return bench_result();
}
