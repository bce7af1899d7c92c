/*
 * Bodies of the catalogue's records. A member that has its resting value is left out, so that most
 * bodies are short, and a member that a later version adds reads as resting in older rows.
 */
#include "catalog/body.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/sku.h"
#include "store/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static sc_address address(uint16_t kind, const char *key, const char *sub)
{
	return (sc_address){ .key = key,
		             .sub = sub,
		             .key_size = (uint16_t)strlen(key),
		             .sub_size = (uint16_t)strlen(sub),
		             .kind = kind };
}

sc_address sc__product_address(const char *id)
{
	return address(SC_KIND_PRODUCT, id, "");
}

sc_address sc__sku_address(const char *sku)
{
	return address(SC_KIND_SKU, sku, "");
}

sc_address sc__category_address(const char *id)
{
	return address(SC_KIND_CATEGORY, id, "");
}

sc_address sc__listing_address(const char *category, const char *product)
{
	return address(SC_KIND_LISTING, category, product);
}

/* ---- writing ----------------------------------------------------------------------------- */

static void put_optional_text(sc_json_writer *writer, const char *key, const char *text)
{
	if (text != NULL)
		sc_json_add_text(writer, key, text);
}

static void put_attributes(sc_json_writer *writer, const char *key, const sc_attribute *list, size_t count)
{
	if (count == 0)
		return;
	sc_json_put_key(writer, key);
	sc_json_begin_object(writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_put_key(writer, list[i].name);
		if (list[i].type == SC_ATTRIBUTE_NUMBER)
			sc_json_put_number(writer, list[i].text);
		else if (list[i].type == SC_ATTRIBUTE_BOOL)
			sc_json_put_bool(writer, strcmp(list[i].text, "true") == 0);
		else
			sc_json_put_text(writer, list[i].text);
	}
	sc_json_end_object(writer);
}

static void put_categories(sc_json_writer *writer, const sc_product *product)
{
	if (product->category_count == 0)
		return;
	sc_json_put_key(writer, "categories");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < product->category_count; i++)
		sc_json_put_text(writer, product->categories[i]);
	sc_json_end_array(writer);
}

static void put_images(sc_json_writer *writer, const sc_product *product)
{
	if (product->image_count == 0)
		return;
	sc_json_put_key(writer, "images");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < product->image_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "url", product->images[i].url);
		put_optional_text(writer, "alt", product->images[i].alt);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

void sc__product_put_members(sc_json_writer *writer, const sc_product *product)
{
	sc_json_add_text(writer, "name", product->name);
	put_optional_text(writer, "brand", product->brand);
	put_optional_text(writer, "seller", product->seller);
	put_optional_text(writer, "description", product->description);
	put_attributes(writer, "attributes", product->attributes, product->attribute_count);
	put_categories(writer, product);
	put_images(writer, product);
	if (product->rating_milli >= 0) {
		sc_json_add_int(writer, "rating_milli", product->rating_milli);
		sc_json_add_int(writer, "rating_count", product->rating_count);
	}
	if (product->popularity != 0)
		sc_json_add_int(writer, "popularity", product->popularity);
}

void sc__sku_put_members(sc_json_writer *writer, const sc_sku *sku, const char *name)
{
	sc_json_add_text(writer, "name", sku->name != NULL ? sku->name : name);
	sc_json_add_int(writer, "price", sku->price_minor);
	sc_json_add_text(writer, "currency", sku->currency);
	put_optional_text(writer, "seller", sku->seller);
	if (sku->withdrawn)
		sc_json_add_bool(writer, "withdrawn", true);
	put_attributes(writer, "options", sku->options, sku->option_count);
}

sc_status sc__product_encode(const sc_product *product, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc__product_put_members(&writer, product);
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, out, err);
	if (status == SC_OK && out->size > SC_BODY_MAX)
		status = sc__bad(err, SC_OVER_LIMIT, "product", "at most %d bytes altogether", SC_BODY_MAX);
	return status;
}

sc_status sc__sku_encode(const sc_sku *sku, const char *name, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc__sku_put_members(&writer, sku, name);
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, out, err);
	if (status == SC_OK && out->size > SC_BODY_MAX)
		status = sc__bad(err, SC_OVER_LIMIT, "sku", "at most %d bytes altogether", SC_BODY_MAX);
	return status;
}

void sc__sku_columns(const sc_sku *sku, const char *product, sc_value columns[])
{
	columns[SC_SKU_PRODUCT] = SC_VALUE_OF_BYTES(product, strlen(product));
	columns[SC_SKU_SELLER] = SC_VALUE_NONE;
	if (sku->seller != NULL)
		columns[SC_SKU_SELLER] = SC_VALUE_OF_BYTES(sku->seller, strlen(sku->seller));
	columns[SC_SKU_PRICE] = SC_VALUE_OF_INT(sku->price_minor);
}

void sc__category_columns(const sc_category *category, sc_value columns[])
{
	const char *parent = category->parent != NULL ? category->parent : ""; /* NULL would not be in the index */
	columns[SC_CATEGORY_PARENT] = SC_VALUE_OF_BYTES(parent, strlen(parent));
	columns[SC_CATEGORY_POSITION] = SC_VALUE_OF_INT(category->position);
}

sc_status sc__category_encode(const sc_category *category, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "name", category->name);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, err);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* A reader remembers its first mistake, so that a list of members reads as one. */
struct reader {
	const sc_json *object;
	sc_arena *arena;
	sc_error *err;
	sc_status status;
};

static bool present(const struct reader *r, const char *key)
{
	sc_json_type type = sc_json_type_of(sc_json_member(r->object, key));
	return r->status == SC_OK && type != SC_JSON_ABSENT && type != SC_JSON_NULL;
}

static void get_text(struct reader *r, const char *key, const char **out)
{
	if (present(r, key))
		r->status = sc_json_get_text(r->object, key, out, r->err);
}

static void get_int(struct reader *r, const char *key, int64_t *out)
{
	if (present(r, key))
		r->status = sc_json_get_int(r->object, key, out, r->err);
}

static void get_currency(struct reader *r, char out[4])
{
	const char *text = "";
	get_text(r, "currency", &text);
	if (strlen(text) <= 3)
		memcpy(out, text, strlen(text) + 1);
	else if (r->status == SC_OK)
		r->status = sc__bad(r->err, SC_BAD_FORMAT, "currency", "must be three letters");
}

static sc_status out_of_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a record of the catalogue");
}

const char *sc__number_text(const sc_json *value, sc_arena *arena)
{
	if (sc_json_type_of(value) == SC_JSON_NUMBER)
		return sc_json_text(value).data;
	char text[24];
	int size = snprintf(text, sizeof(text), "%" PRId64, sc_json_int(value));
	return sc_arena_dup(arena, text, (size_t)size);
}

static sc_status get_attribute(const sc_json *value, sc_arena *arena, sc_attribute *out, sc_error *err)
{
	char field[64];
	out->name = sc_json_key(value);
	switch (sc_json_type_of(value)) {
	case SC_JSON_TEXT:
		out->text = sc_json_text(value).data;
		out->type = SC_ATTRIBUTE_TEXT;
		return SC_OK;
	case SC_JSON_BOOL:
		out->text = sc_json_is_true(value) ? "true" : "false";
		out->type = SC_ATTRIBUTE_BOOL;
		return SC_OK;
	case SC_JSON_INT:
	case SC_JSON_NUMBER:
		out->text = sc__number_text(value, arena);
		out->type = SC_ATTRIBUTE_NUMBER;
		return out->text != NULL ? SC_OK : out_of_memory(err);
	case SC_JSON_ABSENT:
	case SC_JSON_NULL:
	case SC_JSON_ARRAY:
	case SC_JSON_OBJECT:
		break;
	}
	return sc__bad(err, SC_BAD_FORMAT, sc_json_path(value, field, sizeof(field)),
	               "must be text, a number or a bool");
}

sc_status sc__attributes_get(const sc_json *object, sc_arena *arena, const sc_attribute **out, size_t *count,
                             sc_error *err)
{
	size_t n = sc_json_count(object), i = 0;
	sc_attribute *list = sc_arena_zalloc(arena, n * sizeof(*list));
	if (list == NULL)
		return out_of_memory(err);
	for (const sc_json *value = sc_json_first(object); value != NULL; value = sc_json_next(value)) {
		sc_status status = get_attribute(value, arena, &list[i++], err);
		if (status != SC_OK)
			return status;
	}
	*out = list;
	*count = n;
	return SC_OK;
}

static void get_attributes(struct reader *r, const char *key, const sc_attribute **out, size_t *count)
{
	const sc_json *object = NULL;
	if (!present(r, key))
		return;
	r->status = sc_json_get_object(r->object, key, &object, r->err);
	if (r->status == SC_OK)
		r->status = sc__attributes_get(object, r->arena, out, count, r->err);
}

/* An array and room for its elements; false when there is nothing to read. */
static bool begin_array(struct reader *r, const char *key, size_t size, const sc_json **array, void **room)
{
	if (!present(r, key))
		return false;
	r->status = sc_json_get_array(r->object, key, array, r->err);
	if (r->status != SC_OK)
		return false;
	*room = sc_arena_zalloc(r->arena, sc_json_count(*array) * size);
	if (*room == NULL)
		r->status = out_of_memory(r->err);
	return r->status == SC_OK;
}

static void get_categories(struct reader *r, sc_product *out)
{
	const sc_json *array;
	void *room;
	char field[64];
	if (!begin_array(r, "categories", sizeof(char *), &array, &room))
		return;
	const char **ids = room;
	size_t count = 0;
	for (const sc_json *value = sc_json_first(array); value != NULL; value = sc_json_next(value)) {
		if (sc_json_type_of(value) != SC_JSON_TEXT) {
			sc_json_path(value, field, sizeof(field));
			r->status = sc__bad(r->err, SC_BAD_FORMAT, field, "must be text");
			return;
		}
		ids[count++] = sc_json_text(value).data;
	}
	out->categories = ids;
	out->category_count = count;
}

static void get_images(struct reader *r, sc_product *out)
{
	const sc_json *array;
	void *room;
	if (!begin_array(r, "images", sizeof(sc_image), &array, &room))
		return;
	sc_image *images = room;
	size_t count = 0;
	for (const sc_json *value = sc_json_first(array); value != NULL; value = sc_json_next(value)) {
		struct reader image = { value, r->arena, r->err, SC_OK };
		image.status = sc_json_get_text(value, "url", &images[count].url, r->err);
		get_text(&image, "alt", &images[count].alt);
		count++;
		r->status = image.status;
		if (r->status != SC_OK)
			return;
	}
	out->images = images;
	out->image_count = count;
}

sc_status sc__product_get_members(const sc_json *object, sc_arena *arena, sc_product *out, sc_error *err)
{
	struct reader r = { object, arena, err, SC_OK };
	int64_t rating = out->rating_milli;
	get_text(&r, "name", &out->name);
	get_text(&r, "brand", &out->brand);
	get_text(&r, "seller", &out->seller);
	get_text(&r, "description", &out->description);
	get_attributes(&r, "attributes", &out->attributes, &out->attribute_count);
	get_categories(&r, out);
	get_images(&r, out);
	get_int(&r, "rating_milli", &rating);
	get_int(&r, "rating_count", &out->rating_count);
	get_int(&r, "popularity", &out->popularity);
	if (r.status == SC_OK && (rating < -1 || rating > 5000))
		return sc__bad(err, SC_OUT_OF_RANGE, "rating_milli", "must be -1 to 5000");
	out->rating_milli = (int32_t)rating;
	return r.status;
}

sc_status sc__sku_get_members(const sc_json *object, sc_arena *arena, sc_sku *out, sc_error *err)
{
	struct reader r = { object, arena, err, SC_OK };
	get_text(&r, "name", &out->name);
	get_int(&r, "price", &out->price_minor);
	get_currency(&r, out->currency);
	get_text(&r, "seller", &out->seller);
	if (present(&r, "withdrawn"))
		r.status = sc_json_get_bool(object, "withdrawn", &out->withdrawn, err);
	get_attributes(&r, "options", &out->options, &out->option_count);
	return r.status;
}

/* What is stored was checked when it was written: if it does not read, it was damaged. */
static sc_status parse_body(const sc_record *record, sc_arena *arena, const sc_json **out, sc_error *err)
{
	sc_status status = sc_json_parse(record->body, arena, NULL, out, NULL);
	if (status == SC_NO_MEMORY)
		return out_of_memory(err);
	if (status == SC_OK && sc_json_type_of(*out) == SC_JSON_OBJECT)
		return SC_OK;
	return sc__fail(err, SC_DAMAGED, "the body of a %s cannot be read", sc_kind_find(record->address.kind)->name);
}

static sc_status damaged_unless_memory(sc_status status, const sc_record *record, sc_error *err)
{
	if (status == SC_OK || status == SC_NO_MEMORY)
		return status;
	return sc__fail(err, SC_DAMAGED, "the body of a %s is not as it was written",
	                sc_kind_find(record->address.kind)->name);
}

static sc_status get_key(const sc_record *record, sc_arena *arena, const char **out, sc_error *err)
{
	*out = sc_arena_dup(arena, record->address.key, record->address.key_size);
	return *out != NULL ? SC_OK : out_of_memory(err);
}

sc_status sc__product_decode(const sc_record *record, sc_arena *arena, sc_product *out, sc_error *err)
{
	sc_product product = { .rating_milli = -1, .version = record->version };
	sc_status status = get_key(record, arena, &product.id, err);
	const sc_json *body;
	if (status == SC_OK && record->version != 0) {
		status = parse_body(record, arena, &body, err);
		if (status == SC_OK)
			status = sc__product_get_members(body, arena, &product, err);
		status = damaged_unless_memory(status, record, err);
	}
	if (status == SC_OK)
		*out = product;
	return status;
}

static sc_status get_product_of_sku(const sc_record *record, sc_arena *arena, sc_sku *sku, sc_error *err)
{
	const sc_value *product = record->columns != NULL ? &record->columns[SC_SKU_PRODUCT] : NULL;
	if (product == NULL || product->type != SC_VALUE_BYTES)
		return sc__fail(err, SC_DAMAGED, "a SKU names no product");
	sku->product = sc_arena_dup(arena, product->bytes.data, product->bytes.size);
	return sku->product != NULL ? SC_OK : out_of_memory(err);
}

sc_status sc__sku_decode(const sc_record *record, sc_arena *arena, sc_sku *out, sc_error *err)
{
	sc_sku sku = { .version = record->version };
	sc_status status = get_key(record, arena, &sku.sku, err);
	const sc_json *body;
	if (status == SC_OK && record->version != 0) {
		status = parse_body(record, arena, &body, err);
		if (status == SC_OK)
			status = sc__sku_get_members(body, arena, &sku, err);
		status = damaged_unless_memory(status, record, err);
		if (status == SC_OK)
			status = get_product_of_sku(record, arena, &sku, err);
	}
	if (status == SC_OK)
		*out = sku;
	return status;
}

static sc_status get_parent(const sc_record *record, sc_arena *arena, sc_category *category, sc_error *err)
{
	const sc_value *columns = record->columns;
	if (columns == NULL || columns[SC_CATEGORY_PARENT].type != SC_VALUE_BYTES)
		return sc__fail(err, SC_DAMAGED, "a category says nothing of its parent");
	category->position = columns[SC_CATEGORY_POSITION].number;
	sc_bytes parent = columns[SC_CATEGORY_PARENT].bytes;
	if (parent.size == 0) /* a root: the empty key, because NULL would not be in the index */
		return SC_OK;
	category->parent = sc_arena_dup(arena, parent.data, parent.size);
	return category->parent != NULL ? SC_OK : out_of_memory(err);
}

sc_status sc__category_decode(const sc_record *record, sc_arena *arena, sc_category *out, sc_error *err)
{
	sc_category category = { .version = record->version };
	sc_status status = get_key(record, arena, &category.id, err);
	const sc_json *body;
	if (status == SC_OK && record->version != 0) {
		status = parse_body(record, arena, &body, err);
		if (status == SC_OK)
			status = damaged_unless_memory(sc_json_get_text(body, "name", &category.name, err), record,
			                               err);
		if (status == SC_OK)
			status = get_parent(record, arena, &category, err);
	}
	if (status == SC_OK)
		*out = category;
	return status;
}
