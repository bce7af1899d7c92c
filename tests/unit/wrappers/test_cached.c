/*
 * A cache in front of a store: what it may answer, when it gives copies up, and who reads for whom.
 */
#include "world.h"

#include <pthread.h>
#include <shopcore/shopcore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { KIND_PRODUCT = 3, KIND_SKU = 4, THREADS = 64 };

/* The store and the cache behind the wrapper, as somebody else would use them. */
struct place {
	struct world w;
	sc_store record; /* counts its loads; what is written here the wrapper does not see */
	sc_store_ops record_ops;
	sc_cache cache; /* counts what it is asked */
	sc_cache_ops cache_ops;
	const sc_store_ops *real;
	const sc_cache_ops *real_cache;
	void *real_cache_ctx;
	_Atomic int loads, ranges, looks;
	bool cache_is_down;
	int wait_for_looks;
	sc_shop *shop;
	sc_call call;
};

static struct place *here; /* of the test that runs: the tables of operations carry the store's own context */

static sc_status counted_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                              sc_arena *arena, sc_record *out, sc_error *err)
{
	here->loads++;
	while (here->looks < here->wait_for_looks)
		;
	return here->real->load(ctx, call, addresses, count, mask, arena, out, err);
}

static sc_status counted_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                               sc_page *out, sc_error *err)
{
	here->ranges++;
	return here->real->range(ctx, call, ranges, count, arena, out, err);
}

static sc_status counted_get(void *ctx, const sc_call *call, const sc_bytes *keys, size_t count, sc_arena *arena,
                             sc_bytes *out, sc_error *err)
{
	here->looks++;
	if (here->cache_is_down)
		return SC_IO_FAILED;
	return here->real_cache->get(ctx, call, keys, count, arena, out, err);
}

static void tick(struct place *p, int64_t ms)
{
	sc_testkit_env_advance_ms(p->w.testkit, ms);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	here = p;
	world_init(&p->w);
	p->record = memory_store(&p->w);
	p->real = p->record.ops;
	p->record_ops = *p->record.ops;
	p->record_ops.load = counted_load;
	p->record_ops.range = counted_range;
	p->record.ops = &p->record_ops;
	assert_int_equal(sc_memory_cache_open(p->w.env, 0, &p->cache, NULL), SC_OK);
	p->real_cache = p->cache.ops;
	p->cache_ops = *p->cache.ops;
	p->cache_ops.get = counted_get;
	p->cache.ops = &p->cache_ops;
	assert_int_equal(sc_cached_open(p->w.env, p->record, p->cache, NULL, &p->w.store, NULL), SC_OK);
	options.env = p->w.env;
	options.store = p->w.store;
	options.volatile_ok = true;
	assert_int_equal(sc_shop_open(&options, &p->shop, NULL), SC_OK);
	p->call = *SC_CALL_SYSTEM;
	p->call.freshness_ms = 30000;
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	sc_shop_close(p->shop);
	p->w.store.ops = NULL;
	world_clear(&p->w);
	free(p);
	return 0;
}

static void make_mug(struct place *p, int64_t price)
{
	const sc_sku offer = { .sku = "mug-blue", .price_minor = price, .currency = "USD" };
	const sc_product product = { .id = "mug", .name = "Mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	assert_int_equal(sc_product_create(p->shop, SC_CALL_SYSTEM, &product, NULL, NULL), SC_OK);
	tick(p, 10);
}

static sc_status read_mug(struct place *p, sc_product *out)
{
	return sc_product_get(p->shop, &p->call, "mug", &p->w.arena, out, NULL);
}

static int64_t price_of_mug(struct place *p)
{
	sc_product product;
	assert_int_equal(read_mug(p, &product), SC_OK);
	assert_string_equal(product.name, "Mug");
	assert_true(product.sku_count >= 1);
	return product.skus[0].price_minor;
}

/* A new price through a shop of its own on the record: another process, as it were. */
static void reprice(sc_shop *shop, struct place *p, int64_t price)
{
	sc_sku sku;
	assert_int_equal(sc_sku_get(shop, SC_CALL_SYSTEM, "mug-blue", &p->w.arena, &sku, NULL), SC_OK);
	sku.price_minor = price;
	assert_int_equal(sc_sku_put(shop, SC_CALL_SYSTEM, &sku, NULL, NULL), SC_OK);
}

static void reprice_elsewhere(struct place *p, int64_t price)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store_ops ops = p->record_ops;
	sc_shop *other;
	ops.close = NULL;
	options.env = p->w.env;
	options.store = (sc_store){ &ops, p->record.ctx };
	options.volatile_ok = true;
	assert_int_equal(sc_shop_open(&options, &other, NULL), SC_OK);
	reprice(other, p, price);
	sc_shop_close(other);
}

static sc_cached_counts counts_of(const struct place *p)
{
	sc_cached_counts counts;
	assert_int_equal(sc_cached_read(&p->w.store, &counts, NULL), SC_OK);
	return counts;
}

/* ---- what it may answer ------------------------------------------------------------------ */

static void a_second_reader_is_answered_by_a_copy(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p); /* the first one also found out where the journal ends */
	const int loads = p->loads, ranges = p->ranges;
	const sc_cached_counts before = counts_of(p);
	tick(p, 100);
	assert_int_equal(price_of_mug(p), 1000);
	assert_int_equal(p->loads, loads);
	assert_int_equal(p->ranges, ranges);
	const sc_cached_counts after = counts_of(p);
	assert_int_equal(after.hits, before.hits + 1);
	assert_int_equal(after.misses, before.misses);
	assert_in_range(after.age_max_ms, 100, 103);
	assert_true(after.age_sum_ms >= 100);
}

static void a_call_that_wants_it_as_of_now_reads_the_store(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	const int loads = p->loads;
	p->call.freshness_ms = 0;
	price_of_mug(p);
	assert_int_equal(p->loads, loads + 1);
}

static void a_copy_older_than_the_call_allows_is_read_again(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	tick(p, 200);
	const int loads = p->loads;
	p->call.freshness_ms = 100;
	price_of_mug(p);
	assert_int_equal(p->loads, loads + 1);
	assert_true(counts_of(p).outdated >= 1);
}

static void a_copy_ends_with_its_time(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	p->call.freshness_ms = INT64_C(3600000);
	tick(p, 53000); /* nine tenths are sure */
	const int loads = p->loads;
	price_of_mug(p);
	assert_int_equal(p->loads, loads);
	tick(p, 8000);
	price_of_mug(p);
	assert_int_equal(p->loads, loads + 1);
}

static void stock_is_never_answered_by_a_copy(void **state)
{
	struct place *p = *state;
	const sc_address at = mugs();
	sc_record record;
	for (int i = 0; i < 3; i++) {
		tick(p, 10);
		assert_int_equal(p->w.store.ops->load(p->w.store.ctx, &p->call, &at, 1, 0, &p->w.arena, &record, NULL),
		                 SC_OK);
	}
	assert_int_equal(counts_of(p).hits + counts_of(p).misses, 0);
	assert_true(counts_of(p).passed >= 3);
}

static void a_cart_is_priced_as_of_now_whatever_its_call_allows(void **state)
{
	struct place *p = *state;
	const sc_cart_item item = { .sku = "mug-blue", .quantity = 1 };
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ann");
	sc_cart cart;
	call.freshness_ms = 30000;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	reprice_elsewhere(p, 1200);
	assert_int_equal(sc_cart_add(p->shop, &call, NULL, &item, 1, &p->w.arena, &cart, NULL), SC_OK);
	assert_int_equal(cart.lines[0].price_seen_minor, 1200);
}

/* ---- giving copies up -------------------------------------------------------------------- */

static void who_wrote_reads_what_he_wrote(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	for (int64_t price = 1001; price < 1020; price++) {
		price_of_mug(p);
		reprice(p->shop, p, price);
		assert_int_equal(price_of_mug(p), price);
		tick(p, price % 3);
	}
}

static void what_another_process_wrote_is_heard_from_the_journal(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	reprice_elsewhere(p, 1300);
	assert_int_equal(price_of_mug(p), 1000); /* nobody looked yet */
	tick(p, 500);
	assert_int_equal(price_of_mug(p), 1300);
}

static void a_new_sku_gives_up_its_product(void **state)
{
	struct place *p = *state;
	const sc_sku red = { .sku = "mug-red", .product = "mug", .price_minor = 900, .currency = "USD" };
	sc_product product;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	assert_int_equal(sc_sku_put(p->shop, SC_CALL_SYSTEM, &red, NULL, NULL), SC_OK);
	assert_int_equal(read_mug(p, &product), SC_OK);
	assert_int_equal(product.sku_count, 2);
}

static void that_there_is_nothing_is_kept_until_there_is(void **state)
{
	struct place *p = *state;
	sc_product product;
	tick(p, 10);
	assert_int_equal(read_mug(p, &product), SC_NOT_FOUND);
	tick(p, 10);
	assert_int_equal(read_mug(p, &product), SC_NOT_FOUND);
	const int loads = p->loads;
	tick(p, 10);
	assert_int_equal(read_mug(p, &product), SC_NOT_FOUND);
	assert_int_equal(p->loads, loads);
	make_mug(p, 1000);
	assert_int_equal(price_of_mug(p), 1000);
}

static void a_removed_product_is_gone(void **state)
{
	struct place *p = *state;
	sc_product product;
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	assert_int_equal(read_mug(p, &product), SC_OK);
	assert_int_equal(sc_product_delete(p->shop, SC_CALL_SYSTEM, "mug", product.version, NULL), SC_OK);
	assert_int_equal(read_mug(p, &product), SC_NOT_FOUND);
}

static void many_at_once_are_answered_each_by_its_own(void **state)
{
	struct place *p = *state;
	const char *const ids[] = { "none", "mug", "nothing" };
	sc_product products[3];
	make_mug(p, 1000);
	price_of_mug(p);
	tick(p, 10);
	price_of_mug(p);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sc_product_get_many(p->shop, &p->call, ids, 3, &p->w.arena, products, NULL), SC_OK);
		assert_int_equal(products[0].version, 0);
		assert_string_equal(products[1].name, "Mug");
		assert_int_equal(products[2].version, 0);
		tick(p, 10);
	}
	assert_true(counts_of(p).hits >= 4);
}

/* ---- rows and pages ---------------------------------------------------------------------- */

static void rows_and_pages_are_copied_whole(void **state)
{
	struct place *p = *state;
	const sc_store *store = &p->w.store;
	const sc_address at = address(KIND_SKU, "mug-blue", "");
	const sc_value equal = SC_VALUE_OF_BYTES("mug", 3);
	const sc_range range = {
		.kind = KIND_SKU, .equal = &equal, .equal_count = 1, .limit = 10, .mask = SC_READ_COLUMNS
	};
	sc_record row;
	sc_page page;
	make_mug(p, 1000);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store->ops->load(store->ctx, &p->call, &at, 1, SC_READ_ALL, &p->w.arena, &row, NULL),
		                 SC_OK);
		assert_int_equal(store->ops->range(store->ctx, &p->call, &range, 1, &p->w.arena, &page, NULL), SC_OK);
		assert_true(row.version > 0 && row.body.size > 0);
		assert_memory_equal(row.columns[0].bytes.data, "mug", 3);
		assert_int_equal(row.columns[2].number, 1000);
		assert_int_equal(page.count, 1);
		assert_int_equal(page.records[0].version, row.version);
		assert_int_equal(sc_address_compare(&page.records[0].address, &at), 0);
		assert_int_equal(page.records[0].columns[2].number, 1000);
		assert_int_equal(page.records[0].body.size, 0);
		tick(p, 10);
	}
	assert_int_equal(counts_of(p).hits, 2);
}

/* ---- one reads for all ------------------------------------------------------------------- */

static void *read_it(void *argument)
{
	struct place *p = argument;
	const sc_address at = address(KIND_PRODUCT, "mug", "");
	sc_record record;
	sc_arena arena;
	sc_arena_init(&arena, p->w.env);
	sc_status status = p->w.store.ops->load(p->w.store.ctx, &p->call, &at, 1, SC_READ_BODY, &arena, &record, NULL);
	const bool right = status == SC_OK && record.version > 0;
	sc_arena_clear(&arena);
	return right ? argument : NULL;
}

static void threads_that_miss_one_thing_read_it_once(void **state)
{
	struct place *p = *state;
	pthread_t threads[THREADS];
	make_mug(p, 1000);
	price_of_mug(p); /* following has begun */
	tick(p, 10);
	p->looks = 0;
	p->loads = 0;
	p->wait_for_looks = THREADS;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_it, p), 0);
	for (int i = 0; i < THREADS; i++) {
		void *right = NULL;
		pthread_join(threads[i], &right);
		assert_non_null(right);
	}
	assert_int_equal(p->loads, 1);
	assert_true(counts_of(p).hits >= THREADS - 1);
}

/* ---- a cache that fails ------------------------------------------------------------------ */

static void a_cache_that_fails_is_passed_by_and_left_alone_for_a_while(void **state)
{
	struct place *p = *state;
	make_mug(p, 1000);
	p->cache_is_down = true;
	assert_int_equal(price_of_mug(p), 1000);
	const int looks = p->looks;
	assert_int_equal(price_of_mug(p), 1000);
	assert_int_equal(p->looks, looks);
	assert_int_equal(counts_of(p).failures, 1);
	p->cache_is_down = false;
	tick(p, 1001);
	price_of_mug(p);
	assert_true(p->looks > looks);
}

static void options_below_zero_and_stores_that_are_none_are_refused(void **state)
{
	struct place *p = *state;
	sc_cached_options options = SC_CACHED_OPTIONS_INIT;
	sc_cached_counts counts;
	sc_store out;
	sc_error err = SC_ERROR_INIT;
	options.absent_ms = -1;
	assert_int_equal(sc_cached_open(p->w.env, p->record, p->cache, &options, &out, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "absent_ms");
	assert_int_equal(sc_cached_open(p->w.env, p->record, (sc_cache){ 0 }, NULL, &out, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "cache");
	assert_int_equal(sc_cached_read(&p->record, &counts, &err), SC_BAD_ARGUMENT);
}

/* ---- the cache in memory ----------------------------------------------------------------- */

static void what_was_not_read_makes_room(void **state)
{
	struct place *p = *state;
	sc_cache cache;
	char value[1000] = "x";
	size_t there = 0, favourite = 0;
	assert_int_equal(sc_memory_cache_open(p->w.env, 16 * 20000, &cache, NULL), SC_OK);
	for (int i = 0; i < 2000; i++) {
		char key[16];
		sc_bytes found, first = { "key 0", 5 };
		snprintf(key, sizeof key, "key %d", i);
		const sc_cache_item item = { .key = { key, strlen(key) },
			                     .value = { value, sizeof value },
			                     .ttl_ms = 1000 };
		assert_int_equal(cache.ops->put(cache.ctx, SC_CALL_SYSTEM, &item, 1, NULL), SC_OK);
		assert_int_equal(cache.ops->get(cache.ctx, SC_CALL_SYSTEM, &first, 1, &p->w.arena, &found, NULL),
		                 SC_OK);
		favourite += found.data != NULL;
		sc_arena_reset(&p->w.arena);
	}
	for (int i = 0; i < 2000; i++) {
		char key[16];
		sc_bytes found, name = { key, 0 };
		snprintf(key, sizeof key, "key %d", i);
		name.size = strlen(key);
		assert_int_equal(cache.ops->get(cache.ctx, SC_CALL_SYSTEM, &name, 1, &p->w.arena, &found, NULL), SC_OK);
		there += found.data != NULL;
	}
	cache.ops->close(cache.ctx);
	assert_int_equal(favourite, 2000);
	assert_in_range(there, 200, 320);
}

static void a_key_has_a_limit(void **state)
{
	struct place *p = *state;
	static char key[SC_CACHE_KEY_MAX + 1];
	sc_cache cache;
	sc_cache_item item = { .key = { key, SC_CACHE_KEY_MAX }, .value = { "v", 1 }, .ttl_ms = 1 };
	assert_int_equal(sc_memory_cache_open(p->w.env, 0, &cache, NULL), SC_OK);
	assert_int_equal(cache.ops->put(cache.ctx, SC_CALL_SYSTEM, &item, 1, NULL), SC_OK);
	item.key.size++;
	assert_int_equal(cache.ops->put(cache.ctx, SC_CALL_SYSTEM, &item, 1, NULL), SC_OVER_LIMIT);
	item.key.size = 0;
	assert_int_equal(cache.ops->put(cache.ctx, SC_CALL_SYSTEM, &item, 1, NULL), SC_OVER_LIMIT);
	cache.ops->close(cache.ctx);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_second_reader_is_answered_by_a_copy),
		TEST(a_call_that_wants_it_as_of_now_reads_the_store),
		TEST(a_copy_older_than_the_call_allows_is_read_again),
		TEST(a_copy_ends_with_its_time),
		TEST(stock_is_never_answered_by_a_copy),
		TEST(a_cart_is_priced_as_of_now_whatever_its_call_allows),
		TEST(who_wrote_reads_what_he_wrote),
		TEST(what_another_process_wrote_is_heard_from_the_journal),
		TEST(a_new_sku_gives_up_its_product),
		TEST(that_there_is_nothing_is_kept_until_there_is),
		TEST(a_removed_product_is_gone),
		TEST(many_at_once_are_answered_each_by_its_own),
		TEST(rows_and_pages_are_copied_whole),
		TEST(threads_that_miss_one_thing_read_it_once),
		TEST(a_cache_that_fails_is_passed_by_and_left_alone_for_a_while),
		TEST(options_below_zero_and_stores_that_are_none_are_refused),
		TEST(what_was_not_read_makes_room),
		TEST(a_key_has_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
