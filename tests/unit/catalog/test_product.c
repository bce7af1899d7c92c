/* Products: made, read, replaced with compare-and-set, listed, removed. */
#include "catalog/world.h"

static void what_was_made_is_read_back_whole(void **state)
{
	struct world *w = *state;
	create_category(w, "kitchen", NULL);
	const sc_attribute attributes[] = {
		{ "colour", "red", SC_ATTRIBUTE_TEXT, 0 },
		{ "weight", "298.450", SC_ATTRIBUTE_NUMBER, 0 },
		{ "dishwasher", "true", SC_ATTRIBUTE_BOOL, 0 },
	};
	const char *categories[] = { "kitchen" };
	const sc_image images[] = { { "https://example.org/mug.jpg", "a red mug" },
		                    { "https://example.org/2.jpg", NULL } };
	const sc_attribute size = { "size", "L", SC_ATTRIBUTE_TEXT, 0 };
	sc_sku sku = sku_of("mug-l", 1299);
	sku.options = &size;
	sku.option_count = 1;
	sku.seller = "potter";
	sc_product product = product_of("mug", "Mug", &sku, 1);
	product.brand = "Potter & Sons";
	product.description = "Holds\na pint.";
	product.attributes = attributes;
	product.attribute_count = 3;
	product.categories = categories;
	product.category_count = 1;
	product.images = images;
	product.image_count = 2;
	product.rating_milli = 4500;
	product.rating_count = 12;
	product.popularity = 7;
	uint64_t version = create(w, &product);

	sc_product found = read_product(w, "mug");
	assert_string_equal(found.id, "mug");
	assert_int_equal(found.version, version);
	assert_string_equal(found.name, "Mug");
	assert_string_equal(found.brand, "Potter & Sons");
	assert_string_equal(found.description, "Holds\na pint.");
	assert_null(found.seller);
	assert_int_equal(found.attribute_count, 3);
	assert_string_equal(found.attributes[1].name, "weight");
	assert_string_equal(found.attributes[1].text, "298.450");
	assert_int_equal(found.attributes[1].type, SC_ATTRIBUTE_NUMBER);
	assert_int_equal(found.attributes[2].type, SC_ATTRIBUTE_BOOL);
	assert_string_equal(found.attributes[2].text, "true");
	assert_int_equal(found.category_count, 1);
	assert_string_equal(found.categories[0], "kitchen");
	assert_int_equal(found.image_count, 2);
	assert_string_equal(found.images[0].alt, "a red mug");
	assert_null(found.images[1].alt);
	assert_int_equal(found.rating_milli, 4500);
	assert_int_equal(found.rating_count, 12);
	assert_int_equal(found.popularity, 7);
	assert_int_equal(found.sku_count, 1);
	assert_string_equal(found.skus[0].sku, "mug-l");
	assert_string_equal(found.skus[0].product, "mug");
	assert_string_equal(found.skus[0].seller, "potter");
	assert_string_equal(found.skus[0].name, "Mug");
	assert_string_equal(found.skus[0].currency, "USD");
	assert_int_equal(found.skus[0].price_minor, 1299);
	assert_string_equal(found.skus[0].options[0].text, "L");
	assert_true(found.skus[0].version > 0);
}

static void a_second_product_of_the_same_id_is_refused(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("mug", "Mug", NULL, 0);
	create(w, &product);
	assert_int_equal(sc_product_create(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_EXISTS);
	assert_string_equal(w->err.field, "id");
}

static void a_sku_of_another_product_is_refused_and_nothing_is_written(void **state)
{
	struct world *w = *state;
	const sc_sku skus[] = { sku_of("b", 2), sku_of("a", 1) };
	sc_product first = product_of("first", "First", &skus[1], 1);
	sc_product second = product_of("second", "Second", skus, 2);
	sc_product found;
	create(w, &first);
	assert_int_equal(sc_product_create(w->shop, SC_CALL_SYSTEM, &second, NULL, &w->err), SC_EXISTS);
	assert_string_equal(w->err.field, "skus[1].sku");
	assert_int_equal(w->err.index, 1);
	assert_int_equal(sc_product_get(w->shop, SC_CALL_SYSTEM, "second", &w->arena, &found, &w->err), SC_NOT_FOUND);
	sc_sku sku;
	assert_int_equal(sc_sku_get(w->shop, SC_CALL_SYSTEM, "b", &w->arena, &sku, &w->err), SC_NOT_FOUND);
}

static void a_category_that_is_not_there_is_named(void **state)
{
	struct world *w = *state;
	const char *categories[] = { "kitchen" };
	sc_product product = product_of("mug", "Mug", NULL, 0);
	product.categories = categories;
	product.category_count = 1;
	assert_int_equal(sc_product_create(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "categories[0]");
}

/* ---- compare and set --------------------------------------------------------------------- */

static void a_put_replaces_what_was_read(void **state)
{
	struct world *w = *state;
	const sc_sku skus[] = { sku_of("a", 100), sku_of("b", 200) };
	sc_product product = product_of("mug", "Mug", skus, 2);
	uint64_t first = create(w, &product), second;
	product = read_product(w, "mug");
	sc_sku kept = product.skus[1], fresh = sku_of("c", 300);
	const sc_sku now[] = { kept, fresh };
	product.name = "Cup";
	product.skus = now;
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &product, &second, &w->err), SC_OK);
	assert_true(second > first);
	sc_product found = read_product(w, "mug");
	assert_int_equal(found.version, second);
	assert_string_equal(found.name, "Cup");
	assert_int_equal(found.sku_count, 2);
	assert_string_equal(found.skus[0].sku, "b");
	assert_string_equal(found.skus[1].sku, "c");
}

static void a_put_of_a_version_that_passed_is_refused(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("mug", "Mug", NULL, 0);
	create(w, &product);
	sc_product mine = read_product(w, "mug"), theirs = mine;
	theirs.name = "Theirs";
	mine.name = "Mine";
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &theirs, NULL, &w->err), SC_OK);
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &mine, NULL, &w->err), SC_CHANGED);
	assert_string_equal(w->err.field, "version");
	assert_string_equal(read_product(w, "mug").name, "Theirs");
}

static void a_put_does_not_undo_a_price_that_changed_meanwhile(void **state)
{
	struct world *w = *state;
	const sc_sku sku = sku_of("a", 100);
	sc_product product = product_of("mug", "Mug", &sku, 1);
	create(w, &product);
	sc_product mine = read_product(w, "mug");
	sc_sku price = mine.skus[0];
	price.price_minor = 120;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &price, NULL, &w->err), SC_OK);
	mine.name = "Cup";
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &mine, NULL, &w->err), SC_CHANGED);
	assert_string_equal(w->err.field, "skus[0].version");
	assert_int_equal(read_product(w, "mug").skus[0].price_minor, 120);
}

static void a_put_of_no_product_is_not_found(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("mug", "Mug", NULL, 0);
	product.version = 1;
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_NOT_FOUND);
}

static void a_sku_called_like_its_product_is_renamed_with_it(void **state)
{
	struct world *w = *state;
	sc_sku skus[] = { sku_of("a", 100), sku_of("b", 100) };
	skus[1].name = "Mug, blue";
	sc_product product = product_of("mug", "Mug", skus, 2);
	create(w, &product);
	product = read_product(w, "mug");
	product.name = "Cup";
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_OK);
	product = read_product(w, "mug");
	assert_string_equal(product.skus[0].name, "Cup");
	assert_string_equal(product.skus[1].name, "Mug, blue");
}

/* ---- many at once ------------------------------------------------------------------------ */

static void a_batch_gives_each_product_its_own_outcome(void **state)
{
	struct world *w = *state;
	sc_product products[] = {
		product_of("a", "A", NULL, 0),
		product_of("b", NULL, NULL, 0),
		product_of("a", "A again", NULL, 0),
		product_of("c", "C", NULL, 0),
	};
	sc_product_outcome out[4];
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_CREATE, products, 4, out, &w->err), SC_OK);
	assert_int_equal(out[0].error.status, SC_OK);
	assert_int_equal(out[0].effect, SC_PUT_CREATED);
	assert_int_equal(out[1].error.status, SC_BAD_ARGUMENT);
	assert_string_equal(out[1].error.field, "name");
	assert_int_equal(out[2].error.status, SC_EXISTS);
	assert_int_equal(out[2].effect, SC_PUT_NOTHING);
	assert_int_equal(out[3].error.status, SC_OK);
	assert_int_equal(out[3].version, read_product(w, "c").version);
	assert_string_equal(read_product(w, "a").name, "A");
}

static void merging_what_is_there_already_writes_nothing(void **state)
{
	struct world *w = *state;
	const sc_sku sku = sku_of("a", 100);
	sc_product product = product_of("mug", "Mug", &sku, 1);
	sc_product_outcome out;
	uint64_t version = create(w, &product);
	world_store_calls(w);
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, &product, 1, &out, &w->err), SC_OK);
	assert_int_equal(out.error.status, SC_OK);
	assert_int_equal(out.effect, SC_PUT_UNCHANGED);
	assert_int_equal(out.version, version);
	sc_traced_counts counts;
	assert_int_equal(sc_traced_read(&w->store, &counts, NULL), SC_OK);
	assert_int_equal(counts.commits, 0);
}

static void merging_keeps_skus_and_rating_that_are_not_named(void **state)
{
	struct world *w = *state;
	const sc_sku old = sku_of("old", 100), fresh = sku_of("fresh", 200);
	sc_product product = product_of("mug", "Mug", &old, 1);
	product.rating_milli = 4000;
	product.rating_count = 3;
	create(w, &product);
	sc_product more = product_of("mug", "Mug", &fresh, 1);
	sc_product_outcome out;
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, &more, 1, &out, &w->err), SC_OK);
	assert_int_equal(out.effect, SC_PUT_CHANGED);
	sc_product found = read_product(w, "mug");
	assert_int_equal(found.sku_count, 2);
	assert_int_equal(found.rating_milli, 4000);
	assert_int_equal(found.rating_count, 3);
}

static void a_product_that_stands_twice_in_a_merge_is_merged_in_order(void **state)
{
	struct world *w = *state;
	const sc_sku a = sku_of("a", 100), b = sku_of("b", 200);
	const sc_product products[] = { product_of("mug", "First", &a, 1), product_of("mug", "Second", &b, 1) };
	sc_product_outcome out[2];
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, products, 2, out, &w->err), SC_OK);
	assert_int_equal(out[0].error.status, SC_OK);
	assert_int_equal(out[1].error.status, SC_OK);
	sc_product found = read_product(w, "mug");
	assert_string_equal(found.name, "Second");
	assert_int_equal(found.sku_count, 2);
}

static void a_batch_takes_one_load_and_one_commit_however_many_products(void **state)
{
	struct world *w = *state;
	enum { MANY = 200 };
	static sc_product products[MANY];
	static sc_product_outcome out[MANY];
	static char ids[MANY][8];
	world_store_calls(w);
	for (int i = 0; i < MANY; i++) {
		snprintf(ids[i], sizeof(ids[i]), "p%d", i);
		products[i] = product_of(ids[i], "Product", NULL, 0);
	}
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_CREATE, products, MANY, out, &w->err),
	                 SC_OK);
	assert_int_equal(world_store_calls(w), 2);
}

/* ---- reading ----------------------------------------------------------------------------- */

static void reading_many_takes_as_many_calls_as_reading_one(void **state)
{
	struct world *w = *state;
	enum { MANY = 50 };
	static char ids[MANY][8];
	const char *names[MANY];
	sc_product found[MANY];
	for (int i = 0; i < MANY; i++) {
		snprintf(ids[i], sizeof(ids[i]), "p%d", i);
		names[i] = ids[i];
		sc_sku sku = sku_of(ids[i], i);
		sc_product product = product_of(ids[i], "Product", &sku, 1);
		create(w, &product);
	}
	world_store_calls(w);
	read_product(w, "p7");
	uint64_t one = world_store_calls(w);
	assert_int_equal(sc_product_get_many(w->shop, SC_CALL_SYSTEM, names, MANY, &w->arena, found, &w->err), SC_OK);
	assert_int_equal(world_store_calls(w), one);
	assert_int_equal(found[49].skus[0].price_minor, 49);
}

static void a_product_that_is_not_there_has_version_0_among_many(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("a", "A", NULL, 0), found[2];
	const char *ids[] = { "nothing", "a" };
	create(w, &product);
	assert_int_equal(sc_product_get_many(w->shop, SC_CALL_SYSTEM, ids, 2, &w->arena, found, &w->err), SC_OK);
	assert_int_equal(found[0].version, 0);
	assert_true(found[1].version > 0);
}

static void a_category_is_listed_page_by_page_without_gaps(void **state)
{
	struct world *w = *state;
	const char *categories[] = { "kitchen" };
	create_category(w, "kitchen", NULL);
	for (int i = 0; i < 7; i++) {
		char id[8];
		snprintf(id, sizeof(id), "p%d", i);
		sc_product product = product_of(id, "Product", NULL, 0);
		product.categories = categories;
		product.category_count = i != 3;
		create(w, &product);
	}
	sc_catalog_page page = { .limit = 4 };
	sc_product_list list;
	char seen[16] = "";
	do {
		assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, "kitchen", &page, &w->arena,
		                                             &list, &w->err),
		                 SC_OK);
		for (size_t i = 0; i < list.count; i++)
			strcat(seen, list.products[i].id + 1);
		page.cursor = list.next;
	} while (list.next.size > 0);
	assert_string_equal(seen, "012456");
}

static void all_products_are_listed_without_a_category(void **state)
{
	struct world *w = *state;
	const sc_sku sku = sku_of("b-1", 5);
	sc_product a = product_of("a", "A", NULL, 0), b = product_of("b", "B", &sku, 1);
	sc_catalog_page page = { .limit = 10 };
	sc_product_list list;
	create(w, &b);
	create(w, &a);
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_OK);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.products[0].id, "a");
	assert_string_equal(list.products[1].skus[0].sku, "b-1");
	assert_int_equal(list.next.size, 0);
}

static void a_listing_takes_the_same_calls_for_1_and_for_100_products(void **state)
{
	struct world *w = *state;
	const char *categories[] = { "kitchen" };
	sc_product_list list;
	uint64_t calls[2];
	create_category(w, "kitchen", NULL);
	for (int i = 0; i < 100; i++) {
		char id[8];
		snprintf(id, sizeof(id), "p%d", i);
		sc_sku sku = sku_of(id, 1);
		sc_product product = product_of(id, "Product", &sku, 1);
		product.categories = categories;
		product.category_count = 1;
		create(w, &product);
	}
	for (int i = 0; i < 2; i++) {
		sc_catalog_page page = { .limit = i == 0 ? 1 : 100 };
		world_store_calls(w);
		assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, "kitchen", &page, &w->arena,
		                                             &list, &w->err),
		                 SC_OK);
		calls[i] = world_store_calls(w);
	}
	assert_int_equal(list.count, 100);
	assert_int_equal(calls[0], calls[1]);
}

static void listing_a_category_that_is_not_there_is_not_found(void **state)
{
	struct world *w = *state;
	sc_catalog_page page = { .limit = 1 };
	sc_product_list list;
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, "no", &page, &w->arena, &list, &w->err),
	                 SC_NOT_FOUND);
	create_category(w, "empty", NULL);
	assert_int_equal(
		sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, "empty", &page, &w->arena, &list, &w->err), SC_OK);
	assert_int_equal(list.count, 0);
}

static void a_product_that_left_a_category_is_not_listed_there(void **state)
{
	struct world *w = *state;
	const char *both[] = { "kitchen", "gifts" };
	create_category(w, "kitchen", NULL);
	create_category(w, "gifts", NULL);
	sc_product product = product_of("mug", "Mug", NULL, 0);
	product.categories = both;
	product.category_count = 2;
	create(w, &product);
	product = read_product(w, "mug");
	product.categories = &both[1];
	product.category_count = 1;
	assert_int_equal(sc_product_put(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_OK);
	sc_catalog_page page = { .limit = 10 };
	sc_product_list list;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, both[i], &page, &w->arena, &list, &w->err),
			SC_OK);
		assert_int_equal(list.count, i);
	}
}

/* ---- removing ---------------------------------------------------------------------------- */

static void a_removed_product_takes_its_skus_along(void **state)
{
	struct world *w = *state;
	const sc_sku sku = sku_of("a", 100);
	sc_product product = product_of("mug", "Mug", &sku, 1), found;
	sc_sku gone;
	uint64_t version = create(w, &product);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", version + 1, &w->err), SC_CHANGED);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", version, &w->err), SC_OK);
	assert_int_equal(sc_product_get(w->shop, SC_CALL_SYSTEM, "mug", &w->arena, &found, &w->err), SC_NOT_FOUND);
	assert_int_equal(sc_sku_get(w->shop, SC_CALL_SYSTEM, "a", &w->arena, &gone, &w->err), SC_NOT_FOUND);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", version, &w->err), SC_NOT_FOUND);
}

static void a_product_made_again_never_has_an_old_version(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("mug", "Mug", NULL, 0);
	uint64_t first = create(w, &product);
	assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, "mug", first, &w->err), SC_OK);
	assert_true(create(w, &product) > first);
}

/* ---- who may ----------------------------------------------------------------------------- */

static void a_customer_reads_and_does_not_write(void **state)
{
	struct world *w = *state;
	const sc_call customer = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	sc_product product = product_of("mug", "Mug", NULL, 0), found;
	assert_int_equal(sc_product_create(w->shop, &customer, &product, NULL, &w->err), SC_NOT_ALLOWED);
	uint64_t version = create(w, &product);
	assert_int_equal(sc_product_get(w->shop, &customer, "mug", &w->arena, &found, &w->err), SC_OK);
	assert_int_equal(sc_product_put(w->shop, &customer, &found, NULL, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_product_delete(w->shop, &customer, "mug", version, &w->err), SC_NOT_ALLOWED);
}

static void a_seller_writes_own_products_only(void **state)
{
	struct world *w = *state;
	const sc_call potter = SC_CALL_INIT(SC_ACTOR_SELLER, "potter"), other = SC_CALL_INIT(SC_ACTOR_SELLER, "other");
	sc_sku sku = sku_of("mug-1", 100);
	sku.seller = "potter";
	sc_product product = product_of("mug", "Mug", &sku, 1);
	assert_int_equal(sc_product_create(w->shop, &potter, &product, NULL, &w->err), SC_NOT_ALLOWED);
	product.seller = "potter";
	assert_int_equal(sc_product_create(w->shop, &potter, &product, NULL, &w->err), SC_OK);
	product = read_product(w, "mug");
	assert_int_equal(sc_product_put(w->shop, &other, &product, NULL, &w->err), SC_NOT_ALLOWED);
	product.seller = "other"; /* claiming it does not make it so */
	product.skus = NULL;
	product.sku_count = 0;
	assert_int_equal(sc_product_put(w->shop, &other, &product, NULL, &w->err), SC_NOT_ALLOWED);
}

/* ---- documents --------------------------------------------------------------------------- */

static void a_document_reads_back_as_the_same_document(void **state)
{
	struct world *w = *state;
	static const char json[] =
		"{\"id\":\"mug\",\"version\":3,\"name\":\"Mug "
		"\\\"L\\\"\",\"brand\":\"P\",\"description\":\"x\",\"attributes\":{"
		"\"a\":\"1\",\"n\":1.50,\"b\":false},\"categories\":[\"k\"],\"images\":[{\"url\":\"u\",\"alt\":\"v\"}],"
		"\"rating_milli\":10,\"rating_count\":1,\"popularity\":2,\"skus\":[{\"sku\":\"s\",\"version\":2,"
		"\"name\":\"S\","
		"\"price\":5,\"currency\":\"EUR\",\"seller\":\"z\",\"withdrawn\":true,\"options\":{\"size\":\"L\"}}]}";
	sc_product product;
	sc_json_writer writer;
	sc_bytes out;
	assert_int_equal(sc_product_read_json(SC_BYTES(json), &w->arena, &product, &w->err), SC_OK);
	sc_json_writer_init(&writer, &w->arena, false);
	sc_product_write_json(&writer, &product);
	assert_int_equal(sc_json_finish(&writer, &out, &w->err), SC_OK);
	assert_string_equal(out.data, json);
}

static void a_document_of_another_form_is_refused_with_its_path(void **state)
{
	struct world *w = *state;
	sc_product product = { .id = "untouched" };
	const struct {
		const char *json, *field;
	} cases[] = {
		{ "[]", "product" },
		{ "{\"id\":1}", "id" },
		{ "{\"id\":\"a\",\"attributes\":{\"x\":[]}}", "attributes.x" },
		{ "{\"id\":\"a\",\"categories\":[1]}", "categories[0]" },
		{ "{\"id\":\"a\",\"skus\":[{\"sku\":\"s\",\"price\":\"5\"}]}", "skus[0].price" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_bytes json = { cases[i].json, strlen(cases[i].json) };
		assert_int_equal(sc_product_read_json(json, &w->arena, &product, &w->err), SC_BAD_FORMAT);
		assert_string_equal(w->err.field, cases[i].field);
	}
	assert_string_equal(product.id, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(what_was_made_is_read_back_whole),
		world_test(a_second_product_of_the_same_id_is_refused),
		world_test(a_sku_of_another_product_is_refused_and_nothing_is_written),
		world_test(a_category_that_is_not_there_is_named),
		world_test(a_put_replaces_what_was_read),
		world_test(a_put_of_a_version_that_passed_is_refused),
		world_test(a_put_does_not_undo_a_price_that_changed_meanwhile),
		world_test(a_put_of_no_product_is_not_found),
		world_test(a_sku_called_like_its_product_is_renamed_with_it),
		world_test(a_batch_gives_each_product_its_own_outcome),
		world_test(merging_what_is_there_already_writes_nothing),
		world_test(merging_keeps_skus_and_rating_that_are_not_named),
		world_test(a_product_that_stands_twice_in_a_merge_is_merged_in_order),
		world_test(a_batch_takes_one_load_and_one_commit_however_many_products),
		world_test(reading_many_takes_as_many_calls_as_reading_one),
		world_test(a_product_that_is_not_there_has_version_0_among_many),
		world_test(a_category_is_listed_page_by_page_without_gaps),
		world_test(all_products_are_listed_without_a_category),
		world_test(a_listing_takes_the_same_calls_for_1_and_for_100_products),
		world_test(listing_a_category_that_is_not_there_is_not_found),
		world_test(a_product_that_left_a_category_is_not_listed_there),
		world_test(a_removed_product_takes_its_skus_along),
		world_test(a_product_made_again_never_has_an_old_version),
		world_test(a_customer_reads_and_does_not_write),
		world_test(a_seller_writes_own_products_only),
		world_test(a_document_reads_back_as_the_same_document),
		world_test(a_document_of_another_form_is_refused_with_its_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
