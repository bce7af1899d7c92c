/*
 * A product read through the catalogue's API, hit in memory, on one thread: a product with a description, eight
 * attributes and three SKUs, and one with none of these. What is read is looked at: name, price, count.
 */
#include "bench.h"

#include <shopcore/cached.h>
#include <shopcore/memory.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { COUNT = 4000000, PRODUCTS = 1000, TURNS = 5 };

static void make_products(sc_shop *shop, const char *form, bool rich)
{
	static const sc_attribute attributes[] = {
		{ "colour", "blue", 0, 0 },      { "material", "stoneware", 0, 0 }, { "height", "95", 1, 0 },
		{ "diameter", "80", 1, 0 },      { "volume", "330", 1, 0 },         { "dishwasher", "true", 2, 0 },
		{ "made in", "Portugal", 0, 0 }, { "care", "no metal", 0, 0 },
	};
	for (int i = 0; i < PRODUCTS; i++) {
		char id[32], skus[3][40];
		sc_sku offers[3];
		sc_error err = SC_ERROR_INIT;
		snprintf(id, sizeof id, "%s-%d", form, i);
		for (int n = 0; n < 3; n++) {
			snprintf(skus[n], sizeof skus[n], "%s-%d", id, n);
			offers[n] = (sc_sku){ .sku = skus[n], .price_minor = 1000 + i, .currency = "USD" };
		}
		sc_product product = {
			.id = id, .name = id, .skus = offers, .sku_count = rich ? 3 : 1, .rating_milli = -1
		};
		if (rich) {
			product.description = "A mug that keeps its colour and its warmth, glazed by hand and fired "
					      "twice; each one is a little different from its neighbours.";
			product.brand = "Kiln & Sons";
			product.attributes = attributes;
			product.attribute_count = sizeof attributes / sizeof attributes[0];
		}
		bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
	}
}

/* Nanoseconds of processor time for `count` reads, all of them right. */
static int64_t read_some(sc_shop *shop, const char *form, size_t skus, int64_t count)
{
	struct timespec begin, end;
	char ids[PRODUCTS][32];
	sc_call call = SC_CALL_INIT(SC_ACTOR_GUEST, "visitor");
	sc_arena arena;
	int64_t wrong = 0;
	call.freshness_ms = 60000;
	for (int i = 0; i < PRODUCTS; i++)
		snprintf(ids[i], sizeof ids[i], "%s-%d", form, i);
	sc_arena_init(&arena, sc_env_default());
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
	for (int64_t i = 0; i < count; i++) {
		const int64_t which = i * 7919 % PRODUCTS;
		sc_product product;
		sc_error err = SC_ERROR_INIT;
		bench_must(sc_product_get(shop, &call, ids[which], &arena, &product, &err), &err, "get");
		wrong += strcmp(product.name, ids[which]) != 0 || product.sku_count != skus ||
		         product.skus[skus - 1].price_minor != 1000 + which;
		sc_arena_reset(&arena);
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	sc_arena_clear(&arena);
	if (wrong > 0)
		return -1;
	return (end.tv_sec - begin.tv_sec) * INT64_C(1000000000) + (end.tv_nsec - begin.tv_nsec);
}

static void play(sc_shop *shop, const char *name, const char *form, size_t skus)
{
	const int64_t count = COUNT / TURNS / bench_scale();
	int64_t took[TURNS];
	read_some(shop, form, skus, PRODUCTS);
	for (int turn = 0; turn < TURNS; turn++)
		took[turn] = read_some(shop, form, skus, count);
	const int64_t worst = bench_percentile(took, TURNS, 100), middle = bench_percentile(took, TURNS, 50);
	const double rate = (double)count * 1e9 / (double)middle;
	char wrong[80];
	snprintf(wrong, sizeof wrong, "%s: what was read", name);
	bench_bar(wrong, worst > 0 && took[0] > 0, "all of it right", took[0] > 0 ? "all of it right" : "wrong");
	bench_speed(name, rate >= 1e6, ">= 1 million/s", "%.2f million/s, %.0f ns", rate / 1e6, 1e9 / rate);
}

int main(void)
{
	sc_store record;
	sc_cache cache;
	sc_shop *shop;
	sc_cached_counts counts;
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	bench_must(sc_memory_open(sc_env_default(), NULL, &record, &err), &err, "memory");
	bench_must(sc_memory_cache_open(sc_env_default(), 0, &cache, &err), &err, "cache");
	bench_must(sc_cached_open(sc_env_default(), record, cache, NULL, &options.store, &err), &err, "cached");
	const sc_store cached = options.store;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &shop, &err), &err, "shop");
	make_products(shop, "plain", false);
	make_products(shop, "rich", true);
	play(shop, "cached product, plain", "plain", 1);
	play(shop, "cached product, with attributes and 3 SKUs", "rich", 3);
	bench_must(sc_cached_read(&cached, &counts, &err), &err, "counts");
	printf("hits %llu, misses %llu, mean age %llu ms, oldest %llu ms\n", (unsigned long long)counts.hits,
	       (unsigned long long)counts.misses,
	       (unsigned long long)(counts.age_sum_ms / (counts.hits > 0 ? counts.hits : 1)),
	       (unsigned long long)counts.age_max_ms);
	sc_shop_close(shop);
	return bench_result();
}
