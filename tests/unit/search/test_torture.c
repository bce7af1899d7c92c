/* Every allocation of following and searching fails in turn: never anything but SC_NO_MEMORY, and no leak. */
#include "catalog/world.h"
#include "support/torture.h"

static sc_status open_shop(const sc_env *env, sc_shop **out)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.env = env;
	options.store_url = "memory:";
	sc_status status = sc_fts5_open(env, ":memory:", &options.search, NULL);
	if (status != SC_OK)
		return status;
	status = sc_shop_open(&options, out, NULL);
	if (status != SC_OK)
		options.search.ops->close(options.search.ctx);
	return status;
}

static sc_status use(sc_shop *shop, sc_arena *arena)
{
	const sc_sku sku = sku_of("mug-1", 100);
	const sc_attribute attribute = { .name = "colour", .text = "red" };
	sc_product product = product_of("mug", "Mug", &sku, 1);
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_progress progress;
	sc_search_page page;
	product.attributes = &attribute;
	product.attribute_count = 1;
	request.words = "red mugs";
	sc_status status = sc_search_follow(shop, SC_CALL_SYSTEM, 10, &progress, NULL); /* starts over */
	if (status == SC_OK)
		status = sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, NULL);
	if (status == SC_OK)
		status = sc_search_follow(shop, SC_CALL_SYSTEM, 10, &progress, NULL);
	if (status == SC_OK)
		status = sc_search(shop, SC_CALL_SYSTEM, &request, arena, &page, NULL);
	return status == SC_OK ? sc_search_rebuild(shop, SC_CALL_SYSTEM, NULL, NULL) : status;
}

static sc_status scenario(const sc_env *env)
{
	sc_shop *shop;
	sc_arena arena;
	sc_status status = open_shop(env, &shop);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, env);
	status = use(shop, &arena);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	return status;
}

static void an_allocation_that_fails_is_no_memory_and_leaks_nothing(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(scenario, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_allocation_that_fails_is_no_memory_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
