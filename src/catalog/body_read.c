/*
 * Reading the bodies of the catalogue's records. The members that documents have too are checked for their
 * form and named in the error; what comes from a store was checked when it was written, so there any
 * fault is damage.
 */
#include "catalog/body.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/sku.h"
#include "store/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
