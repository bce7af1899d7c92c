/* See export_row.h. */
#include "catalog/export_row.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/csv.h"

#include <string.h>

static const char *const names[SC__EXPORT_COLUMNS] = {
	[SC__EXPORT_SKU] = "sku",
	[SC__EXPORT_PRODUCT] = "product",
	[SC__EXPORT_NAME] = "name",
	[SC__EXPORT_SKU_NAME] = "sku_name",
	[SC__EXPORT_BRAND] = "brand",
	[SC__EXPORT_DESCRIPTION] = "description",
	[SC__EXPORT_SELLER] = "seller",
	[SC__EXPORT_PRODUCT_SELLER] = "product_seller",
	[SC__EXPORT_PRICE] = "price",
	[SC__EXPORT_CURRENCY] = "currency",
	[SC__EXPORT_WITHDRAWN] = "withdrawn",
	[SC__EXPORT_POPULARITY] = "popularity",
	[SC__EXPORT_RATING_MILLI] = "rating_milli",
	[SC__EXPORT_RATING_COUNT] = "rating_count",
	[SC__EXPORT_ATTRIBUTES] = "attributes",
	[SC__EXPORT_OPTIONS] = "options",
	[SC__EXPORT_CATEGORIES] = "categories",
	[SC__EXPORT_IMAGES] = "images",
	[SC__EXPORT_CATEGORY] = "category",
	[SC__EXPORT_PARENT] = "parent",
	[SC__EXPORT_POSITION] = "position",
};

/* ---- cells ------------------------------------------------------------------------------- */

void sc__export_row_init(sc__export_row *row, sc_arena *arena)
{
	*row = (sc__export_row){ .arena = arena, .status = SC_OK };
}

static void put(sc__export_row *row, sc__export_column column, sc__export_cell_type type, sc_bytes bytes)
{
	row->cells[column].type = type;
	row->cells[column].bytes = bytes;
}

static void put_text(sc__export_row *row, sc__export_column column, const char *text)
{
	if (text != NULL)
		put(row, column, SC__CELL_TEXT, (sc_bytes){ text, strlen(text) });
}

/* Ends a value that was written as JSON of its own. */
static void put_json(sc__export_row *row, sc__export_column column, sc_json_writer *writer)
{
	sc_bytes json;
	sc_status status = sc_json_finish(writer, &json, NULL);
	if (status == SC_OK)
		put(row, column, SC__CELL_JSON, json);
	else if (row->status == SC_OK)
		row->status = status;
}

static void put_int(sc__export_row *row, sc__export_column column, int64_t number)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, row->arena, false);
	sc_json_put_int(&writer, number);
	put_json(row, column, &writer);
}

/* An attribute with an empty text is as good as none, and an import drops it. */
static void put_attributes(sc__export_row *row, sc__export_column column, const sc_attribute *list, size_t count)
{
	sc_attribute *said = sc__arena_array(row->arena, count, sizeof(*said));
	sc_json_writer writer;
	size_t said_count = 0;
	if (said == NULL)
		row->status = SC_NO_MEMORY;
	for (size_t i = 0; said != NULL && i < count; i++)
		if (list[i].text[0] != '\0' || column == SC__EXPORT_OPTIONS)
			said[said_count++] = list[i];
	if (said_count == 0)
		return;
	sc_json_writer_init(&writer, row->arena, false);
	sc__attributes_put(&writer, said, said_count);
	put_json(row, column, &writer);
}

static const char *unless_empty(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

void sc__export_put_product(sc__export_row *row, const sc_product *product)
{
	sc_json_writer writer;
	put_text(row, SC__EXPORT_PRODUCT, product->id);
	put_text(row, SC__EXPORT_NAME, product->name);
	put_text(row, SC__EXPORT_BRAND, product->brand);
	put_text(row, SC__EXPORT_DESCRIPTION, unless_empty(product->description));
	put_text(row, SC__EXPORT_PRODUCT_SELLER, product->seller);
	if (product->popularity != 0)
		put_int(row, SC__EXPORT_POPULARITY, product->popularity);
	if (product->rating_milli >= 0) {
		put_int(row, SC__EXPORT_RATING_MILLI, product->rating_milli);
		put_int(row, SC__EXPORT_RATING_COUNT, product->rating_count);
	}
	put_attributes(row, SC__EXPORT_ATTRIBUTES, product->attributes, product->attribute_count);
	if (product->category_count > 0) {
		sc_json_writer_init(&writer, row->arena, false);
		sc__categories_put(&writer, product);
		put_json(row, SC__EXPORT_CATEGORIES, &writer);
	}
	if (product->image_count > 0) {
		sc_json_writer_init(&writer, row->arena, false);
		sc__images_put(&writer, product);
		put_json(row, SC__EXPORT_IMAGES, &writer);
	}
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void sc__export_put_sku(sc__export_row *row, const sc_product *product, const sc_sku *sku)
{
	sc__export_put_product(row, product);
	put_text(row, SC__EXPORT_SKU, sku->sku);
	if (!same_text(sku->name, product->name))
		put_text(row, SC__EXPORT_SKU_NAME, sku->name);
	put_text(row, SC__EXPORT_SELLER, sku->seller);
	row->cells[SC__EXPORT_PRODUCT_SELLER].type = SC__CELL_NONE;
	if (!same_text(sku->seller, product->seller))
		put_text(row, SC__EXPORT_PRODUCT_SELLER, product->seller != NULL ? product->seller : "");
	put_int(row, SC__EXPORT_PRICE, sku->price_minor);
	put_text(row, SC__EXPORT_CURRENCY, sku->currency);
	if (sku->withdrawn)
		put(row, SC__EXPORT_WITHDRAWN, SC__CELL_JSON, SC_BYTES("true"));
	put_attributes(row, SC__EXPORT_OPTIONS, sku->options, sku->option_count);
}

void sc__export_put_category(sc__export_row *row, const sc_category *category)
{
	put_text(row, SC__EXPORT_CATEGORY, category->id);
	put_text(row, SC__EXPORT_NAME, category->name);
	put_text(row, SC__EXPORT_PARENT, category->parent);
	if (category->position != 0)
		put_int(row, SC__EXPORT_POSITION, category->position);
}

/* ---- lines ------------------------------------------------------------------------------- */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a line of an export");
}

static sc_status json_line(const sc__export_row *row, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_bytes json;
	sc_json_writer_init(&writer, row->arena, false);
	sc_json_begin_object(&writer);
	for (size_t i = 0; i < SC__EXPORT_COLUMNS; i++) {
		if (row->cells[i].type == SC__CELL_NONE)
			continue;
		sc_json_put_key(&writer, names[i]);
		if (row->cells[i].type == SC__CELL_TEXT)
			sc_json_put_bytes(&writer, row->cells[i].bytes.data, row->cells[i].bytes.size);
		else
			sc_json_put_raw(&writer, row->cells[i].bytes);
	}
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, &json, err);
	if (status != SC_OK)
		return status;
	char *line = sc__arena_bytes(row->arena, json.size + 1);
	if (line == NULL)
		return no_memory(err);
	memcpy(line, json.data, json.size);
	line[json.size] = '\n';
	*out = (sc_bytes){ line, json.size + 1 };
	return SC_OK;
}

static sc_status csv_line(const sc__export_row *row, sc_bytes *out, sc_error *err)
{
	size_t room = 0;
	for (size_t i = 0; i < SC__EXPORT_COLUMNS; i++)
		room += SC__CSV_CELL_SIZE(row->cells[i].bytes.size) + 1;
	char *line = sc__arena_bytes(row->arena, room), *at = line;
	if (line == NULL)
		return no_memory(err);
	for (size_t i = 0; i < SC__EXPORT_COLUMNS; i++) {
		if (i > 0)
			*at++ = ',';
		if (row->cells[i].type != SC__CELL_NONE)
			at = sc__csv_put(at, row->cells[i].bytes);
	}
	*at++ = '\n';
	*out = (sc_bytes){ line, (size_t)(at - line) };
	return SC_OK;
}

sc_status sc__export_row_line(sc__export_row *row, sc_catalog_format format, sc_bytes *out, sc_error *err)
{
	if (row->status != SC_OK)
		return sc__fail(err, row->status, "a line of an export: %s", sc_status_text(row->status));
	return format == SC_CATALOG_CSV ? csv_line(row, out, err) : json_line(row, out, err);
}

sc_status sc__export_header(sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc__export_row row;
	sc__export_row_init(&row, arena);
	for (size_t i = 0; i < SC__EXPORT_COLUMNS; i++)
		put_text(&row, (sc__export_column)i, names[i]);
	return csv_line(&row, out, err);
}
