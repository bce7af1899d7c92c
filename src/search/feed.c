/*
 * From a product to the document that the index keeps. Its version is the highest of the product and its
 * SKUs, because a new price changes only the SKU; when a SKU goes, the product is written again, so
 * the number never falls.
 */
#include "search/feed.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/offers.h"
#include "core/handle.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for documents of the search index");
}

/* The lowest price among what is for sale, in the currency of the first such SKU. */
static void find_price(const sc_product *product, sc_search_document *out)
{
	out->price_minor = -1;
	for (size_t i = 0; i < product->sku_count; i++) {
		const sc_sku *sku = &product->skus[i];
		if (sku->withdrawn)
			continue;
		bool first = out->price_minor < 0;
		if (first)
			memcpy(out->currency, sku->currency, sizeof(out->currency));
		if (first || (sku->price_minor < out->price_minor && strcmp(sku->currency, out->currency) == 0))
			out->price_minor = sku->price_minor;
	}
}

static uint64_t newest_version(const sc_product *product)
{
	uint64_t version = product->version;
	for (size_t i = 0; i < product->sku_count; i++)
		if (product->skus[i].version > version)
			version = product->skus[i].version;
	return version;
}

static sc_status make_document(const sc_product *product, sc_arena *arena, sc_search_document *out, sc_error *err)
{
	*out = (sc_search_document){ .id = product->id };
	if (product->version == 0)
		return SC_OK;
	const char **attributes = sc__arena_array(arena, 2 * product->attribute_count, sizeof(*attributes));
	const char **skus = sc__arena_array(arena, product->sku_count, sizeof(*skus));
	if (attributes == NULL || skus == NULL)
		return no_memory(err);
	for (size_t i = 0; i < product->attribute_count; i++) {
		attributes[2 * i] = product->attributes[i].name;
		attributes[2 * i + 1] = product->attributes[i].text;
	}
	for (size_t i = 0; i < product->sku_count; i++)
		skus[i] = product->skus[i].sku;
	out->version = newest_version(product);
	out->name = product->name;
	out->brand = product->brand;
	out->description = product->description;
	out->categories = product->categories;
	out->category_count = product->category_count;
	out->attributes = attributes;
	out->attribute_count = product->attribute_count;
	out->skus = skus;
	out->sku_count = product->sku_count;
	out->rating_milli = product->rating_milli;
	out->popularity = product->popularity;
	find_price(product, out);
	return SC_OK;
}

sc_status sc__search_index(sc_shop *shop, const sc_call *call, const sc_product *products, size_t count,
                           sc_arena *arena, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	sc_search_document *documents = sc__arena_array(arena, count, sizeof(*documents));
	sc_status status = documents != NULL ? SC_OK : no_memory(err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = make_document(&products[i], arena, &documents[i], err);
	return status == SC_OK ? shop->search.ops->index(shop->search.ctx, call, documents, count, err) : status;
}

sc_status sc__search_feed(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                          sc_error *err)
{
	if (count == 0)
		return SC_OK;
	sc_product *products = sc__arena_array(arena, count, sizeof(*products));
	if (products == NULL)
		return no_memory(err);
	sc_status status = sc__product_load(shop, call, ids, count, arena, products, err);
	return status == SC_OK ? sc__search_index(shop, call, products, count, arena, err) : status;
}
