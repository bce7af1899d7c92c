/*
 * The cache in Redis: by itself, and in front of two handles of one SQLite file that share it.
 */
#include "world.h"

#include <shopcore/sqlite.h>
#include <stdio.h>

enum { MANY = 50 };

struct sharer {
	sc_store store;
	sc_shop *shop;
};

static char file[64];

static sc_cache open_cache(const struct world *w)
{
	sc_cache cache;
	sc_redis_options options = options_of(w);
	options.patience_ms = 100;
	assert_int_equal(sc_redis_cache_open(sc_env_default(), w->redis.url, &options, &cache, NULL), SC_OK);
	return cache;
}

static void open_sharer(const struct world *w, struct sharer *sharer)
{
	sc_store record;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	assert_int_equal(sc_sqlite_open(sc_env_default(), file, NULL, &record, NULL), SC_OK);
	assert_int_equal(sc_cached_open(sc_env_default(), record, open_cache(w), NULL, &sharer->store, NULL), SC_OK);
	options.store = sharer->store;
	assert_int_equal(sc_shop_open(&options, &sharer->shop, NULL), SC_OK);
}

static bool reads_price(const struct sharer *sharer, int64_t price)
{
	sc_call call = *SC_CALL_SYSTEM;
	sc_arena arena;
	sc_product product;
	call.freshness_ms = 60000;
	sc_arena_init(&arena, sc_env_default());
	const bool right = sc_product_get(sharer->shop, &call, "mug", &arena, &product, NULL) == SC_OK &&
	                   product.sku_count == 1 && product.skus[0].price_minor == price;
	sc_arena_clear(&arena);
	return right;
}

static void make_mug(const struct sharer *sharer)
{
	const sc_sku offer = { .sku = "mug", .price_minor = 1000, .currency = "USD" };
	const sc_product product = { .id = "mug", .name = "Mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	assert_int_equal(sc_product_create(sharer->shop, SC_CALL_SYSTEM, &product, NULL, NULL), SC_OK);
}

static uint64_t hits_of(const struct sharer *sharer)
{
	sc_cached_counts counts;
	assert_int_equal(sc_cached_read(&sharer->store, &counts, NULL), SC_OK);
	return counts.hits;
}

static void what_was_kept_comes_back_and_what_was_not_is_not_there(void **state)
{
	struct world *w = *state;
	char keys[MANY][16], values[MANY][16];
	sc_cache_item items[MANY / 2];
	sc_bytes names[MANY], found[MANY];
	sc_arena arena;
	next_prefix(w);
	sc_cache cache = open_cache(w);
	sc_arena_init(&arena, sc_env_default());
	for (int i = 0; i < MANY; i++) {
		snprintf(keys[i], sizeof keys[i], "key %d", i);
		snprintf(values[i], sizeof values[i], "value %d", i);
		names[i] = (sc_bytes){ keys[i], strlen(keys[i]) };
		if (i % 2 == 0)
			items[i / 2] = (sc_cache_item){ .key = names[i],
				                        .value = { values[i], strlen(values[i]) },
				                        .ttl_ms = 60000 };
	}
	assert_int_equal(cache.ops->put(cache.ctx, SC_CALL_SYSTEM, items, MANY / 2, NULL), SC_OK);
	assert_int_equal(cache.ops->get(cache.ctx, SC_CALL_SYSTEM, names, MANY, &arena, found, NULL), SC_OK);
	for (int i = 0; i < MANY; i++) {
		if (i % 2 != 0) {
			assert_null(found[i].data);
			continue;
		}
		assert_int_equal(found[i].size, strlen(values[i]));
		assert_memory_equal(found[i].data, values[i], found[i].size);
		assert_int_equal((uintptr_t)found[i].data % 16, 0);
	}
	sc_arena_clear(&arena);
	cache.ops->close(cache.ctx);
}

static void a_copy_of_one_process_answers_another(void **state)
{
	struct world *w = *state;
	struct sharer one, two;
	next_prefix(w);
	open_sharer(w, &one);
	open_sharer(w, &two);
	make_mug(&one);
	reads_price(&two, 1000); /* has begun to follow */
	reads_price(&one, 1000);
	usleep(20000);
	assert_true(reads_price(&one, 1000));
	const uint64_t before = hits_of(&two);
	assert_true(reads_price(&two, 1000));
	assert_int_equal(hits_of(&two), before + 1);
	sc_shop_close(one.shop);
	sc_shop_close(two.shop);
}

static void a_cache_that_is_killed_fails_no_read(void **state)
{
	struct world *w = *state;
	struct sharer one;
	sc_cached_counts counts;
	next_prefix(w);
	open_sharer(w, &one);
	assert_true(reads_price(&one, 1000));
	private_redis_kill(&w->redis, 0);
	for (int i = 0; i < 5; i++)
		assert_true(reads_price(&one, 1000));
	assert_int_equal(sc_cached_read(&one.store, &counts, NULL), SC_OK);
	assert_true(counts.failures >= 1);
	sc_shop_close(one.shop);
}

int main(void)
{
	static struct world w;
	char folder[] = "/tmp/shopcore-cache-XXXXXX";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(what_was_kept_comes_back_and_what_was_not_is_not_there, &w),
		cmocka_unit_test_prestate(a_copy_of_one_process_answers_another, &w),
		cmocka_unit_test_prestate(a_cache_that_is_killed_fails_no_read, &w),
	};
	if (!private_redis_start(&w.redis, NULL))
		return PRIVATE_REDIS_SKIP;
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(file, sizeof file, "%s/shop.db", folder);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	private_redis_stop(&w.redis);
	for (const char *const *end = (const char *const[]){ "", "-wal", "-shm", "-lock", NULL }; *end != NULL; end++) {
		char path[96];
		snprintf(path, sizeof path, "%s%s", file, *end);
		unlink(path);
	}
	rmdir(folder);
	return failed;
}
