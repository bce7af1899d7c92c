/* What is checked where products enter: each limit at the limit and one past it, and the field that is named. */
#include "catalog/world.h"

/* The status of creating a product; what was created is removed again. */
static sc_status try_product(struct world *w, const sc_product *product)
{
	uint64_t version;
	sc_status status = sc_product_create(w->shop, SC_CALL_SYSTEM, product, &version, &w->err);
	if (status == SC_OK)
		assert_int_equal(sc_product_delete(w->shop, SC_CALL_SYSTEM, product->id, version, NULL), SC_OK);
	return status;
}

/* A text of `size` bytes; good until the next one. */
static const char *text_of(size_t size)
{
	static char text[SC_DESCRIPTION_MAX + 2];
	memset(text, 'x', size);
	text[size] = '\0';
	return text;
}

static void texts_are_as_long_as_their_limits(void **state)
{
	struct world *w = *state;
	sc_product product = product_of("p", "P", NULL, 0);
	sc_sku sku = sku_of("s", 1);
	sc_attribute attribute = { .name = "a", .text = "b" };
	sc_image image = { .url = "u" };
	product.skus = &sku;
	product.attributes = &attribute;
	product.images = &image;
	product.sku_count = product.attribute_count = product.image_count = 1;
	const struct {
		const char **text;
		size_t max;
		const char *field;
	} cases[] = {
		{ &product.id, SC_ID_TEXT_MAX, "id" },
		{ &product.name, SC_NAME_MAX, "name" },
		{ &product.brand, SC_NAME_MAX, "brand" },
		{ &product.description, SC_DESCRIPTION_MAX, "description" },
		{ &product.seller, SC_ID_TEXT_MAX, "seller" },
		{ &attribute.name, SC_ATTRIBUTE_NAME_MAX, "attributes[0].name" },
		{ &attribute.text, SC_ATTRIBUTE_VALUE_MAX, "attributes[0].text" },
		{ &image.url, SC_ATTRIBUTE_VALUE_MAX, "images[0].url" },
		{ &image.alt, SC_ATTRIBUTE_VALUE_MAX, "images[0].alt" },
		{ &sku.sku, SC_ID_TEXT_MAX, "skus[0].sku" },
		{ &sku.seller, SC_ID_TEXT_MAX, "skus[0].seller" },
		{ &sku.name, SC_NAME_MAX, "skus[0].name" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *before = *cases[i].text;
		*cases[i].text = text_of(cases[i].max);
		assert_int_equal(try_product(w, &product), SC_OK);
		*cases[i].text = text_of(cases[i].max + 1);
		assert_int_equal(try_product(w, &product), SC_OVER_LIMIT);
		assert_string_equal(w->err.field, cases[i].field);
		*cases[i].text = "bad \xff utf-8";
		assert_int_equal(try_product(w, &product), SC_BAD_TEXT);
		assert_string_equal(w->err.field, cases[i].field);
		*cases[i].text = before;
	}
}

static void lists_are_as_long_as_their_limits(void **state)
{
	struct world *w = *state;
	static char names[SC_ATTRIBUTES_MAX + 1][8];
	static sc_attribute attributes[SC_ATTRIBUTES_MAX + 1];
	static sc_image images[SC_IMAGES_MAX + 1];
	const char *categories[SC_CATEGORIES_MAX + 1];
	for (int i = 0; i <= SC_ATTRIBUTES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "n%d", i);
		attributes[i] = (sc_attribute){ .name = names[i], .text = "" };
	}
	for (int i = 0; i <= SC_IMAGES_MAX; i++)
		images[i].url = "u";
	for (int i = 0; i <= SC_CATEGORIES_MAX; i++) {
		categories[i] = names[i];
		create_category(w, names[i], NULL);
	}
	sc_product product = product_of("p", "P", NULL, 0);
	product.attributes = attributes;
	product.images = images;
	product.categories = categories;
	const struct {
		size_t *count, max;
		const char *field;
	} cases[] = {
		{ &product.attribute_count, SC_ATTRIBUTES_MAX, "attributes" },
		{ &product.image_count, SC_IMAGES_MAX, "images" },
		{ &product.category_count, SC_CATEGORIES_MAX, "categories" },
	};
	for (size_t i = 0; i < 3; i++) {
		*cases[i].count = cases[i].max;
		assert_int_equal(try_product(w, &product), SC_OK);
		*cases[i].count = cases[i].max + 1;
		assert_int_equal(try_product(w, &product), SC_OVER_LIMIT);
		assert_string_equal(w->err.field, cases[i].field);
		*cases[i].count = 0;
	}
}

static void a_product_has_at_most_so_many_skus(void **state)
{
	struct world *w = *state;
	static char names[SC_SKUS_PER_PRODUCT_MAX + 1][8];
	static sc_sku skus[SC_SKUS_PER_PRODUCT_MAX + 1];
	for (int i = 0; i <= SC_SKUS_PER_PRODUCT_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "s%d", i);
		skus[i] = sku_of(names[i], 1);
	}
	sc_product product = product_of("p", "P", skus, SC_SKUS_PER_PRODUCT_MAX);
	assert_int_equal(try_product(w, &product), SC_OK);
	product.sku_count++;
	assert_int_equal(try_product(w, &product), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "skus");
}

static void numbers_stay_in_their_ranges(void **state)
{
	struct world *w = *state;
	sc_sku sku = sku_of("s", SC_AMOUNT_MAX);
	sc_product product = product_of("p", "P", &sku, 1);
	product.rating_milli = 5000;
	assert_int_equal(try_product(w, &product), SC_OK);
	sku.price_minor = SC_AMOUNT_MAX + 1;
	assert_int_equal(try_product(w, &product), SC_OUT_OF_RANGE);
	assert_string_equal(w->err.field, "skus[0].price");
	sku.price_minor = -1;
	assert_int_equal(try_product(w, &product), SC_OUT_OF_RANGE);
	sku.price_minor = 1;
	product.rating_milli = 5001;
	assert_int_equal(try_product(w, &product), SC_OUT_OF_RANGE);
	assert_string_equal(w->err.field, "rating");
	product.rating_milli = -2;
	assert_int_equal(try_product(w, &product), SC_OUT_OF_RANGE);
	product.rating_milli = 0;
	memcpy(sku.currency, "XXY", 4);
	assert_int_equal(try_product(w, &product), SC_BAD_CURRENCY);
	assert_string_equal(w->err.field, "skus[0].currency");
}

static void nothing_is_named_twice(void **state)
{
	struct world *w = *state;
	const sc_attribute attributes[] = { { .name = "a", .text = "1" },
		                            { .name = "b", .text = "" },
		                            { .name = "a", .text = "2" } };
	const sc_sku skus[] = { sku_of("s", 1), sku_of("s", 2) };
	const char *categories[] = { "c", "c" };
	create_category(w, "c", NULL);
	sc_product product = product_of("p", "P", NULL, 0);
	product.attributes = attributes;
	product.attribute_count = 3;
	assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "attributes[2]");
	product.attribute_count = 2;
	product.skus = skus;
	product.sku_count = 2;
	assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "skus[1]");
	product.sku_count = 1;
	product.categories = categories;
	product.category_count = 2;
	assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "categories[1]");
}

static void an_attribute_fits_its_type(void **state)
{
	struct world *w = *state;
	static const char *const numbers[] = { "0", "-1", "1.50", "1e3", "2.5E-7", "123456789012345678901234567890" };
	static const char *const others[] = { "", "01", ".5", "5.", "1e", "+1", "0x1", "1 ", "NaN", "--1", "1e+" };
	sc_attribute attribute = { .name = "a", .type = SC_ATTRIBUTE_NUMBER };
	sc_product product = product_of("p", "P", NULL, 0);
	product.attributes = &attribute;
	product.attribute_count = 1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		attribute.text = numbers[i];
		assert_int_equal(try_product(w, &product), SC_OK);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		attribute.text = others[i];
		assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
		assert_string_equal(w->err.field, "attributes[0].text");
	}
	attribute = (sc_attribute){ .name = "a", .text = "yes", .type = SC_ATTRIBUTE_BOOL };
	assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
	attribute = (sc_attribute){ .name = "a", .text = "x", .type = 7 };
	assert_int_equal(try_product(w, &product), SC_BAD_ARGUMENT);
}

static void pages_and_batches_have_their_limits(void **state)
{
	struct world *w = *state;
	sc_product_list list;
	sc_catalog_page page = { .limit = SC_PAGE_MAX };
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_OK);
	page.limit++;
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_OVER_LIMIT);
	page.limit = 0;
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_BAD_ARGUMENT);
	page = (sc_catalog_page){ .cursor = SC_BYTES("nonsense"), .limit = 1 };
	assert_int_equal(sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_BAD_ARGUMENT);
	assert_int_equal(sc_product_get_many(w->shop, SC_CALL_SYSTEM, NULL, SC_PAGE_MAX + 1, &w->arena, NULL, &w->err),
	                 SC_OVER_LIMIT);
	assert_int_equal(sc_sku_get_many(w->shop, SC_CALL_SYSTEM, NULL, SC_BATCH_MAX + 1, &w->arena, NULL, &w->err),
	                 SC_OVER_LIMIT);
	assert_int_equal(
		sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, NULL, SC_BATCH_MAX + 1, NULL, &w->err),
		SC_OVER_LIMIT);
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, (sc_put_mode)9, NULL, 0, NULL, &w->err),
	                 SC_BAD_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(texts_are_as_long_as_their_limits),
		world_test(lists_are_as_long_as_their_limits),
		world_test(a_product_has_at_most_so_many_skus),
		world_test(numbers_stay_in_their_ranges),
		world_test(nothing_is_named_twice),
		world_test(an_attribute_fits_its_type),
		world_test(pages_and_batches_have_their_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
