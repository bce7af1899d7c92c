/* Search: what the index is fed, how it keeps up, and what a page of results shows. FTS5 in memory. */
#include "catalog/world.h"

static int search_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	assert_non_null(w);
	w->env = sc_testkit_env_new(1);
	const sc_env *env = sc_testkit_env_table(w->env);
	sc_store inner;
	assert_int_equal(sc_memory_open(env, NULL, &inner, &w->err), SC_OK);
	assert_int_equal(sc_traced_open(env, inner, &w->store, &w->err), SC_OK);
	assert_int_equal(sc_fts5_open(env, ":memory:", &options.search, &w->err), SC_OK);
	options.env = env;
	options.store = w->store;
	options.volatile_ok = true;
	assert_int_equal(sc_shop_open(&options, &w->shop, &w->err), SC_OK);
	sc_arena_init(&w->arena, env);
	*state = w;
	return 0;
}

#define search_test(name) cmocka_unit_test_setup_teardown(name, search_setup, world_teardown)

/* How many products were indexed. */
static uint64_t follow(struct world *w)
{
	sc_search_progress progress = { .more = true };
	uint64_t products = 0;
	while (progress.more) {
		assert_int_equal(sc_search_follow(w->shop, SC_CALL_SYSTEM, 1000, &progress, &w->err), SC_OK);
		products += progress.products;
	}
	return products;
}

static sc_search_page search(struct world *w, const char *words)
{
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	request.words = words;
	assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err), SC_OK);
	return page;
}

static uint64_t make(struct world *w, const char *id, const char *name, int64_t price_minor)
{
	const sc_sku sku = sku_of(id, price_minor);
	sc_product product = product_of(id, name, &sku, 1);
	return create(w, &product);
}

static void what_was_made_is_found_after_following(void **state)
{
	struct world *w = *state;
	make(w, "mug", "Red mug", 1299);
	make(w, "pan", "Frying pan", 4500);
	assert_int_equal(follow(w), 2);
	sc_search_page page = search(w, "mugs");
	assert_int_equal(page.count, 1);
	assert_int_equal(page.total, 1);
	assert_string_equal(page.products[0].id, "mug");
	assert_int_equal(page.products[0].skus[0].price_minor, 1299);
	assert_int_equal(search(w, "kettle").count, 0);
}

static void following_again_finds_nothing_new(void **state)
{
	struct world *w = *state;
	make(w, "mug", "Red mug", 1299);
	follow(w);
	world_store_calls(w);
	assert_int_equal(follow(w), 0);
	assert_int_equal(world_store_calls(w), 1);
}

static void a_new_product_is_indexed_once_however_many_offers_it_has(void **state)
{
	struct world *w = *state;
	enum { PRODUCTS = 40 };
	char names[PRODUCTS][2][12];
	sc_sku skus[PRODUCTS][2];
	sc_product products[PRODUCTS];
	sc_product_outcome outcomes[PRODUCTS];
	sc_search_progress progress;
	follow(w);
	for (int i = 0; i < PRODUCTS; i++) {
		for (int k = 0; k < 2; k++) {
			snprintf(names[i][k], sizeof(names[i][k]), "s%d-%d", i, k);
			skus[i][k] = sku_of(names[i][k], 100);
		}
		products[i] = product_of(names[i][0], "Lamp", skus[i], 2);
	}
	assert_int_equal(
		sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, products, PRODUCTS, outcomes, &w->err),
		SC_OK);
	assert_int_equal(sc_search_follow(w->shop, SC_CALL_SYSTEM, 1000, &progress, &w->err), SC_OK);
	assert_int_equal(progress.entries, 3 * PRODUCTS);
	assert_int_equal(progress.products, PRODUCTS);
}

static void a_few_entries_at_a_time_lead_to_the_same_index(void **state)
{
	struct world *w = *state;
	follow(w);
	for (int i = 0; i < 20; i++) {
		char id[8];
		snprintf(id, sizeof(id), "m%d", i);
		make(w, id, "Mug", 1);
	}
	sc_search_progress progress = { .more = true };
	size_t rounds = 0;
	for (; progress.more; rounds++) {
		assert_int_equal(sc_search_follow(w->shop, SC_CALL_SYSTEM, 3, &progress, &w->err), SC_OK);
		assert_true(progress.entries <= 3);
	}
	assert_true(rounds > 6);
	assert_int_equal(search(w, "mug").total, 20);
}

static void a_change_and_a_removal_reach_the_index(void **state)
{
	struct world *w = *state;
	make(w, "mug", "Red mug", 1299);
	uint64_t pan = make(w, "pan", "Frying pan", 4500);
	follow(w);
	sc_product mug = read_product(w, "mug");
	mug.name = "Blue beaker";
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &mug, NULL, &w->err), SC_OK);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "pan", pan, &w->err), SC_OK);
	follow(w);
	assert_int_equal(search(w, "red").total, 0);
	assert_int_equal(search(w, "beaker").total, 1);
	assert_int_equal(search(w, "pan").total, 0);
}

static void a_new_offer_is_found_by_its_sku(void **state)
{
	struct world *w = *state;
	make(w, "mug", "Red mug", 1299);
	follow(w);
	sc_sku offer = sku_of("zx81", 900);
	offer.product = "mug";
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, NULL, &w->err), SC_OK);
	follow(w);
	assert_int_equal(search(w, "zx81").total, 1);
	sc_product mug = read_product(w, "mug");
	assert_int_equal(sc_sku_delete(w->shop, SC_CALL_SYSTEM, "zx81", mug.skus[1].version, &w->err), SC_OK);
	follow(w);
	assert_int_equal(search(w, "zx81").total, 0);
}

static void a_result_shows_the_catalogue_as_it_is_now(void **state)
{
	struct world *w = *state;
	uint64_t version = make(w, "mug", "Red mug", 1299);
	make(w, "mug-2", "Red mug", 1399);
	follow(w);
	sc_product mug = read_product(w, "mug-2");
	sc_sku sku = mug.skus[0];
	sku.price_minor = 999;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &sku, NULL, &w->err), SC_OK);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", version, &w->err), SC_OK);
	sc_search_page page = search(w, "red"); /* the index knows of neither change yet */
	assert_int_equal(page.total, 2);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.products[0].id, "mug-2");
	assert_int_equal(page.products[0].skus[0].price_minor, 999);
}

static void a_search_keeps_to_its_category(void **state)
{
	struct world *w = *state;
	const char *kitchen[] = { "kitchen" };
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	create_category(w, "kitchen", NULL);
	sc_product in = product_of("in", "Mug", NULL, 0);
	in.categories = kitchen;
	in.category_count = 1;
	create(w, &in);
	make(w, "out", "Mug", 1);
	follow(w);
	request.words = "mug";
	request.category = "kitchen";
	assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err), SC_OK);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.products[0].id, "in");
}

static void a_page_of_results_takes_the_same_calls_whatever_it_holds(void **state)
{
	struct world *w = *state;
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	for (int i = 0; i < 30; i++) {
		char id[8];
		snprintf(id, sizeof(id), "m%d", i);
		make(w, id, "Mug", 1);
	}
	follow(w);
	request.words = "mug";
	for (request.limit = 1; request.limit <= 30; request.limit += 29) {
		world_store_calls(w);
		assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err), SC_OK);
		assert_int_equal(page.count, request.limit);
		assert_int_equal(world_store_calls(w), 2);
	}
}

static void a_rebuilt_index_finds_the_same(void **state)
{
	struct world *w = *state;
	uint64_t products = 0;
	make(w, "mug", "Red mug", 1299);
	uint64_t pan = make(w, "pan", "Frying pan", 4500);
	follow(w);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "pan", pan, &w->err), SC_OK);
	assert_int_equal(sc_search_rebuild(w->shop, SC_CALL_SYSTEM, &products, &w->err), SC_OK);
	assert_int_equal(products, 1);
	assert_int_equal(search(w, "mug").total, 1);
	assert_int_equal(search(w, "pan").total, 0);
	assert_int_equal(follow(w), 0);
}

static void a_request_out_of_its_limits_is_refused(void **state)
{
	struct world *w = *state;
	char words[SC_NAME_MAX + 2];
	sc_search_page page;
	memset(words, 'x', sizeof(words));
	words[SC_NAME_MAX + 1] = '\0';
	const struct {
		const char *words;
		uint32_t offset, limit;
		sc_status status;
		const char *field;
	} cases[] = {
		{ "", 0, 1, SC_BAD_ARGUMENT, "words" },
		{ words, 0, 1, SC_OVER_LIMIT, "words" },
		{ "\xff", 0, 1, SC_BAD_TEXT, "words" },
		{ "a", 0, 0, SC_BAD_ARGUMENT, "limit" },
		{ "a", 0, SC_PAGE_MAX + 1, SC_OVER_LIMIT, "limit" },
		{ "a", 9991, 10, SC_OUT_OF_RANGE, "offset" },
		{ "a", UINT32_MAX, 10, SC_OUT_OF_RANGE, "offset" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_search_request request = SC_SEARCH_REQUEST_INIT;
		request.words = cases[i].words;
		request.offset = cases[i].offset;
		request.limit = cases[i].limit;
		assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err),
		                 cases[i].status);
		assert_string_equal(w->err.field, cases[i].field);
	}
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	request.words = words + 1; /* at the limit */
	request.offset = 9990;
	request.limit = 10;
	assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err), SC_OK);
}

static void a_customer_searches_and_does_not_feed(void **state)
{
	struct world *w = *state;
	const sc_call customer = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	sc_search_progress progress;
	request.words = "mug";
	assert_int_equal(sc_search(w->shop, &customer, &request, &w->arena, &page, &w->err), SC_OK);
	assert_int_equal(sc_search_follow(w->shop, &customer, 1, &progress, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_search_rebuild(w->shop, &customer, NULL, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_search_follow(w->shop, SC_CALL_SYSTEM, 0, &progress, &w->err), SC_BAD_ARGUMENT);
}

static void a_shop_without_an_index_says_so(void **state)
{
	struct world *w = *state;
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	sc_search_progress progress;
	request.words = "mug";
	assert_int_equal(sc_search(w->shop, SC_CALL_SYSTEM, &request, &w->arena, &page, &w->err), SC_UNSUPPORTED);
	assert_int_equal(sc_search_follow(w->shop, SC_CALL_SYSTEM, 1, &progress, &w->err), SC_UNSUPPORTED);
	assert_int_equal(sc_search_rebuild(w->shop, SC_CALL_SYSTEM, NULL, &w->err), SC_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		search_test(what_was_made_is_found_after_following),
		search_test(following_again_finds_nothing_new),
		search_test(a_new_product_is_indexed_once_however_many_offers_it_has),
		search_test(a_few_entries_at_a_time_lead_to_the_same_index),
		search_test(a_change_and_a_removal_reach_the_index),
		search_test(a_new_offer_is_found_by_its_sku),
		search_test(a_result_shows_the_catalogue_as_it_is_now),
		search_test(a_search_keeps_to_its_category),
		search_test(a_page_of_results_takes_the_same_calls_whatever_it_holds),
		search_test(a_rebuilt_index_finds_the_same),
		search_test(a_request_out_of_its_limits_is_refused),
		search_test(a_customer_searches_and_does_not_feed),
		world_test(a_shop_without_an_index_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
