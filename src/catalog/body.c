/*
 * Addresses of the catalogue's records, and writing their bodies. A member that has its resting value is
 * left out, so that most bodies are short, and a member that a later version adds reads as resting in
 * older rows.
 */
#include "catalog/body.h"

#include "base/error.h"
#include "catalog/sku.h"
#include "store/kinds.h"

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

static void put_optional_text(sc_json_writer *writer, const char *key, const char *text)
{
	if (text != NULL)
		sc_json_add_text(writer, key, text);
}

void sc__attributes_put(sc_json_writer *writer, const sc_attribute *list, size_t count)
{
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

void sc__categories_put(sc_json_writer *writer, const sc_product *product)
{
	sc_json_begin_array(writer);
	for (size_t i = 0; i < product->category_count; i++)
		sc_json_put_text(writer, product->categories[i]);
	sc_json_end_array(writer);
}

void sc__images_put(sc_json_writer *writer, const sc_product *product)
{
	sc_json_begin_array(writer);
	for (size_t i = 0; i < product->image_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "url", product->images[i].url);
		put_optional_text(writer, "alt", product->images[i].alt);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void put_attributes(sc_json_writer *writer, const char *key, const sc_attribute *list, size_t count)
{
	if (count == 0)
		return;
	sc_json_put_key(writer, key);
	sc__attributes_put(writer, list, count);
}

void sc__product_put_members(sc_json_writer *writer, const sc_product *product)
{
	sc_json_add_text(writer, "name", product->name);
	put_optional_text(writer, "brand", product->brand);
	put_optional_text(writer, "seller", product->seller);
	put_optional_text(writer, "description", product->description);
	put_attributes(writer, "attributes", product->attributes, product->attribute_count);
	if (product->category_count > 0) {
		sc_json_put_key(writer, "categories");
		sc__categories_put(writer, product);
	}
	if (product->image_count > 0) {
		sc_json_put_key(writer, "images");
		sc__images_put(writer, product);
	}
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
