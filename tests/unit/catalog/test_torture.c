/* Every allocation of the catalogue's scenarios fails in turn: never anything but SC_NO_MEMORY, and no leak. */
#include "catalog/world.h"
#include "support/torture.h"

static const char lines[] = "{\"sku\":\"r\",\"product\":\"mug\",\"name\":\"Mug\\u0099\",\"price\":1,\"currency\":"
			    "\"USD\",\"categories\":[\"k\"],"
			    "\"attributes\":{\"n\":1.5,\"l\":[1,\"x\"]},\"options\":{\"size\":1},\"images\":[\"u\"]}\n"
			    "{\"sku\":\"b\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":2,\"currency\":\"USD\","
			    "\"categories\":[\"k\"]}\n";

static const char table[] = "sku,name,price,currency,options,category,parent\n"
			    ",\"Kitchen\",,,,kitchen,\nt,Tin,3,USD,\"{\"\"size\"\":1}\",,\n";

static sc_status import_text(struct world *w, const char *text, sc_catalog_format format)
{
	sc_catalog_import *import;
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	size_t size = strlen(text);
	options.format = format;
	options.batch_lines = 1;
	options.resume = "file";
	sc_status status = sc_catalog_import_new(w->shop, &options, &import, &w->err);
	if (status != SC_OK)
		return status;
	for (size_t at = 0; status == SC_OK && at < size; at += 100)
		status = sc_catalog_import_feed(import, SC_CALL_SYSTEM, text + at, size - at < 100 ? size - at : 100,
		                                &w->err);
	if (status == SC_OK)
		status = sc_catalog_import_finish(import, SC_CALL_SYSTEM, NULL, &w->err);
	sc_catalog_import_free(import);
	return status;
}

static sc_status write_nowhere(void *ctx, const void *data, size_t size, sc_error *err)
{
	(void)ctx, (void)data, (void)size, (void)err;
	return SC_OK;
}

static sc_status export_all(struct world *w, sc_catalog_format format)
{
	sc_export_options options = SC_EXPORT_OPTIONS_INIT;
	options.format = format;
	options.page = 1;
	options.write = write_nowhere;
	return sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err);
}

static sc_status change_prices(struct world *w)
{
	sc_prices_file *file;
	sc_prices_file_options options = SC_PRICES_FILE_OPTIONS_INIT;
	static const char text[] = "sku,percent,price\nt,5,\nr,,7\n";
	options.format = SC_CATALOG_CSV;
	sc_status status = sc_prices_file_new(w->shop, &options, &file, &w->err);
	if (status != SC_OK)
		return status;
	status = sc_prices_file_feed(file, SC_CALL_SYSTEM, text, 15, &w->err);
	if (status == SC_OK)
		status = sc_prices_file_feed(file, SC_CALL_SYSTEM, text + 15, strlen(text) - 15, &w->err);
	if (status == SC_OK)
		status = sc_prices_file_finish(file, SC_CALL_SYSTEM, NULL, &w->err);
	sc_prices_file_free(file);
	return status;
}

static sc_status move(struct world *w, const char *id, const char *parent)
{
	sc_category_progress progress = { .more = true };
	sc_status status = SC_OK;
	while (status == SC_OK && progress.more)
		status = sc_category_move(w->shop, SC_CALL_SYSTEM, id, parent, 1, &progress, &w->err);
	return status;
}

static sc_status change_tree(struct world *w)
{
	sc_category category;
	sc_status status = move(w, "k", "kitchen");
	if (status == SC_OK)
		status = move(w, "k", NULL);
	if (status == SC_OK)
		status = sc_category_get(w->shop, SC_CALL_SYSTEM, "kitchen", &w->arena, &category, &w->err);
	if (status == SC_OK)
		status = sc_category_put(w->shop, SC_CALL_SYSTEM, &category, &category.version, &w->err);
	return status == SC_OK ? sc_category_delete(w->shop, SC_CALL_SYSTEM, "kitchen", category.version, &w->err)
	                       : status;
}

static sc_status change_all(struct world *w)
{
	sc_product mug;
	uint64_t version;
	sc_status status = sc_product_get(w->shop, SC_CALL_SYSTEM, "mug", &w->arena, &mug, &w->err);
	if (status != SC_OK)
		return status;
	mug.name = "Cup";
	mug.category_count = 0;
	mug.sku_count = 1;
	status = sc_product_put(w->shop, SC_CALL_SYSTEM, &mug, &version, &w->err);
	const sc_sku offer = { .sku = "n", .product = "mug", .price_minor = 5, .currency = "USD" };
	if (status == SC_OK)
		status = sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, &version, &w->err);
	if (status == SC_OK)
		status = sc_sku_delete(w->shop, SC_CALL_SYSTEM, "n", version, &w->err);
	sc_catalog_page page = { .limit = 5 };
	sc_product_list list;
	sc_category_list children;
	if (status == SC_OK)
		status = sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, "k", &page, &w->arena, &list, &w->err);
	if (status == SC_OK)
		status = sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err);
	if (status == SC_OK)
		status = sc_category_list_children(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &children, &w->err);
	return status == SC_OK ? sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", list.products[0].version, &w->err)
	                       : status;
}

static sc_status scenario(const sc_env *env)
{
	struct world w;
	sc_status status = world_open(&w, env);
	if (status != SC_OK)
		return status;
	status = import_text(&w, lines, SC_CATALOG_JSONL);
	if (status == SC_OK)
		status = import_text(&w, table, SC_CATALOG_CSV);
	if (status == SC_OK)
		status = export_all(&w, SC_CATALOG_JSONL);
	if (status == SC_OK)
		status = export_all(&w, SC_CATALOG_CSV);
	if (status == SC_OK)
		status = change_prices(&w);
	if (status == SC_OK)
		status = change_tree(&w);
	if (status == SC_OK)
		status = change_all(&w);
	world_close(&w);
	return status;
}

static void an_allocation_that_fails_is_no_memory_and_leaks_nothing(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(scenario, false);
}

static void memory_that_is_gone_for_good_is_no_memory_and_leaks_nothing(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(scenario, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_allocation_that_fails_is_no_memory_and_leaks_nothing),
		cmocka_unit_test(memory_that_is_gone_for_good_is_no_memory_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
