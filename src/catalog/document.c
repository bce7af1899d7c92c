/*
 * Products as JSON documents for the world outside. They hold what the stored bodies hold, and beside it
 * what a body leaves to its record: ids, versions, and the SKUs.
 */
#include "base/error.h"
#include "catalog/body.h"

void sc_product_write_json(sc_json_writer *writer, const sc_product *product)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", product->id);
	sc_json_add_int(writer, "version", (int64_t)product->version);
	sc__product_put_members(writer, product);
	sc_json_put_key(writer, "skus");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < product->sku_count; i++) {
		const sc_sku *sku = &product->skus[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "sku", sku->sku);
		sc_json_add_int(writer, "version", (int64_t)sku->version);
		sc__sku_put_members(writer, sku, product->name);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_end_object(writer);
}

static sc_status get_version(const sc_json *object, uint64_t *out, sc_error *err)
{
	int64_t version = 0;
	if (sc_json_member(object, "version") == NULL)
		return SC_OK;
	sc_status status = sc_json_get_int(object, "version", &version, err);
	if (status == SC_OK && version < 0)
		status = sc__bad(err, SC_OUT_OF_RANGE, "version", "must be at least 0");
	if (status == SC_OK)
		*out = (uint64_t)version;
	return status;
}

static sc_status get_sku(const sc_json *object, const char *product, sc_arena *arena, sc_sku *out, sc_error *err)
{
	*out = (sc_sku){ .product = product };
	sc_status status = sc_json_get_text(object, "sku", &out->sku, err);
	if (status == SC_OK)
		status = get_version(object, &out->version, err);
	return status == SC_OK ? sc__sku_get_members(object, arena, out, err) : status;
}

static sc_status get_skus(const sc_json *object, sc_arena *arena, sc_product *out, sc_error *err)
{
	const sc_json *array;
	if (sc_json_member(object, "skus") == NULL)
		return SC_OK;
	sc_status status = sc_json_get_array(object, "skus", &array, err);
	if (status != SC_OK)
		return status;
	sc_sku *skus = sc_arena_zalloc(arena, sc_json_count(array) * sizeof(*skus));
	if (skus == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the SKUs of a product");
	size_t count = 0;
	for (const sc_json *at = sc_json_first(array); status == SC_OK && at != NULL; at = sc_json_next(at))
		status = get_sku(at, out->id, arena, &skus[count++], err);
	out->skus = skus;
	out->sku_count = count;
	return status;
}

sc_status sc_product_read_json(sc_bytes json, sc_arena *arena, sc_product *out, sc_error *err)
{
	const sc_json *object;
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	options.name = "product";
	sc_status status = sc_json_parse(json, arena, &options, &object, err);
	if (status != SC_OK)
		return status;
	if (sc_json_type_of(object) != SC_JSON_OBJECT)
		return sc__bad(err, SC_BAD_FORMAT, "product", "must be an object");
	sc_product product = { .rating_milli = -1 };
	status = sc_json_get_text(object, "id", &product.id, err);
	if (status == SC_OK)
		status = get_version(object, &product.version, err);
	if (status == SC_OK)
		status = sc__product_get_members(object, arena, &product, err);
	if (status == SC_OK)
		status = get_skus(object, arena, &product, err);
	if (status == SC_OK)
		*out = product;
	return status;
}
