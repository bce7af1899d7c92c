/*
 * One line of an import, turned into a product with one SKU, or into a category, as its map says. What a line does not
 * have stays empty; what it has in the wrong form makes the line wrong, never the value silently another.
 */
#include "catalog/import_line.h"

#include "catalog/check.h"

#include <shopcore/money.h>

#include <string.h>

/* An empty text is as good as none. */
static const char *optional_text(sc__line *r, sc__import_target target)
{
	const char *field;
	const sc_json *value = sc__line_value(r, target, &field);
	const char *text = value != NULL ? sc__line_scalar(r, value, field) : NULL;
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* The same for what people read, not programs. */
static const char *optional_words(sc__line *r, sc__import_target target)
{
	const char *text = optional_text(r, target);
	if (text != NULL)
		text = sc__line_clean(r, text, target == SC__IMPORT_DESCRIPTION);
	return text != NULL && text[0] != '\0' ? text : NULL;
}

static const char *needed_text(sc__line *r, sc__import_target target)
{
	const char *field;
	const char *text = optional_text(r, target);
	sc__line_value(r, target, &field);
	if (text == NULL)
		sc__line_fail(r, SC_BAD_ARGUMENT, field, "is missing");
	return text;
}

static int64_t optional_int(sc__line *r, sc__import_target target, int64_t otherwise)
{
	const char *field;
	const sc_json *value = sc__line_value(r, target, &field);
	if (value == NULL)
		return otherwise;
	if (sc_json_type_of(value) != SC_JSON_INT)
		sc__line_fail(r, SC_BAD_FORMAT, field, "must be an integer");
	return sc_json_int(value);
}

static int64_t decimal_price(sc__line *r, const sc_json *value, const char *field, const char *currency)
{
	int64_t minor = 0;
	const char *text = sc__line_scalar(r, value, field);
	if (r->status != SC_OK)
		return 0;
	sc_status status = sc_money_parse_amount(text, currency, &minor);
	if (status == SC_BAD_CURRENCY)
		sc__line_fail(r, status, "currency", "no such currency");
	else if (status != SC_OK)
		sc__line_fail(r, status, field, "must be an amount with no more decimals than its currency has");
	return minor;
}

static int64_t price(sc__line *r, const char *currency)
{
	const char *field;
	const sc_json *value = sc__line_value(r, SC__IMPORT_PRICE, &field);
	if (value == NULL)
		sc__line_fail(r, SC_BAD_ARGUMENT, field, "is missing");
	else if (r->map->rules[SC__IMPORT_PRICE].decimal && r->status == SC_OK)
		return decimal_price(r, value, field, currency);
	else if (sc_json_type_of(value) != SC_JSON_INT)
		sc__line_fail(r, SC_BAD_FORMAT, field, "must be an integer of minor units");
	return sc_json_int(value);
}

static bool optional_bool(sc__line *r, sc__import_target target)
{
	const char *field;
	const sc_json *value = sc__line_value(r, target, &field);
	if (value != NULL && sc_json_type_of(value) != SC_JSON_BOOL)
		sc__line_fail(r, SC_BAD_FORMAT, field, "must be true or false");
	return sc_json_is_true(value);
}

/* ---- the whole --------------------------------------------------------------------------- */

/* Whether the line itself says something about a target: a constant of the map does not count. */
static bool says(sc__line *r, sc__import_target target)
{
	const char *field;
	const sc_json *value = sc__line_value(r, target, &field);
	if (value == NULL || r->map->rules[target].constant != NULL)
		return false;
	return sc_json_type_of(value) != SC_JSON_TEXT || sc_json_text(value).size > 0;
}

static void read_sku(sc__line *r, sc__import_line *out)
{
	sc_sku *sku = &out->sku;
	sku->sku = needed_text(r, SC__IMPORT_SKU);
	sku->name = optional_words(r, SC__IMPORT_SKU_NAME);
	sku->seller = optional_text(r, SC__IMPORT_SELLER);
	const char *currency = needed_text(r, SC__IMPORT_CURRENCY);
	if (currency != NULL && strlen(currency) != 3)
		sc__line_fail(r, SC_BAD_CURRENCY, "currency", "no such currency");
	if (r->status == SC_OK) {
		memcpy(sku->currency, currency, 4);
		sku->price_minor = price(r, currency);
		sku->withdrawn = optional_bool(r, SC__IMPORT_WITHDRAWN);
	}
	sc__line_options(r, sku);
}

/* Who sells the first offer may change the product, unless the line says who may; an empty text: nobody else. */
static const char *product_seller(sc__line *r, const sc__import_line *line)
{
	const char *field;
	if (sc__line_value(r, SC__IMPORT_PRODUCT_SELLER, &field) != NULL)
		return optional_text(r, SC__IMPORT_PRODUCT_SELLER);
	return line->sku.seller;
}

static void read_product(sc__line *r, sc__import_line *out)
{
	sc_product *product = &out->product;
	product->id = optional_text(r, SC__IMPORT_PRODUCT);
	if (product->id == NULL)
		product->id = out->sku.sku;
	product->name = needed_text(r, SC__IMPORT_NAME);
	if (product->name != NULL)
		product->name = sc__line_clean(r, product->name, false);
	product->brand = optional_words(r, SC__IMPORT_BRAND);
	product->description = optional_words(r, SC__IMPORT_DESCRIPTION);
	product->seller = product_seller(r, out);
	product->popularity = optional_int(r, SC__IMPORT_POPULARITY, 0);
	int64_t rating = optional_int(r, SC__IMPORT_RATING_MILLI, -1);
	if (rating < -1 || rating > 5000)
		sc__line_fail(r, SC_OUT_OF_RANGE, "rating_milli", "must be 0 to 5000");
	product->rating_milli = (int32_t)rating;
	product->rating_count = optional_int(r, SC__IMPORT_RATING_COUNT, 0);
	sc__line_attributes(r, product);
	sc__line_images(r, product);
	sc__line_categories(r, out);
}

static sc_status read_offer(sc__line *r, sc__import_line *out)
{
	/* A product without an offer says nothing of one. */
	bool offer = says(r, SC__IMPORT_SKU) || says(r, SC__IMPORT_PRICE) || says(r, SC__IMPORT_CURRENCY) ||
	             !says(r, SC__IMPORT_PRODUCT);
	if (offer)
		read_sku(r, out);
	if (r->status == SC_OK)
		read_product(r, out);
	if (r->status != SC_OK)
		return r->status;
	out->product.skus = offer ? &out->sku : NULL;
	out->product.sku_count = offer;
	return sc__product_check(&out->product, r->err);
}

static sc_status read_category(sc__line *r, sc__import_line *out)
{
	sc_category category = { .id = needed_text(r, SC__IMPORT_CATEGORY),
		                 .name = needed_text(r, SC__IMPORT_NAME),
		                 .parent = optional_text(r, SC__IMPORT_PARENT),
		                 .position = optional_int(r, SC__IMPORT_POSITION, 0) };
	if (category.name != NULL)
		category.name = sc__line_clean(r, category.name, false);
	if (r->status != SC_OK)
		return r->status;
	sc_status status = sc__category_check(&category, r->err);
	if (status == SC_OK)
		out->category = category;
	return status;
}

sc_status sc__import_object_read(const sc__import_map *map, const sc_json *object, bool texts, sc_arena *arena,
                                 sc__import_line *out, sc_error *err)
{
	sc__line r = { .map = map, .line = object, .arena = arena, .err = err, .status = SC_OK, .texts = texts };
	*out = (sc__import_line){ .product.rating_milli = -1 };
	if (sc_json_type_of(object) != SC_JSON_OBJECT)
		sc__line_fail(&r, SC_BAD_FORMAT, "line", "must be an object");
	if (r.status != SC_OK)
		return r.status;
	if (says(&r, SC__IMPORT_CATEGORY) && !says(&r, SC__IMPORT_SKU))
		return read_category(&r, out);
	return read_offer(&r, out);
}

sc_status sc__import_line_read(const sc__import_map *map, sc_bytes json, size_t line_max, sc_arena *arena,
                               sc__import_line *out, sc_error *err)
{
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	const sc_json *line;
	options.name = "line";
	options.size_max = line_max;
	*out = (sc__import_line){ .product.rating_milli = -1 };
	sc_status status = sc_json_parse(json, arena, &options, &line, err);
	return status == SC_OK ? sc__import_object_read(map, line, false, arena, out, err) : status;
}
