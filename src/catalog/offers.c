/*
 * Products with their SKUs: always one load and one range, however many.
 */
#include "catalog/offers.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/sku.h"
#include "core/handle.h"
#include "store/kinds.h"

#include <string.h>

enum { BY_PRODUCT = 0 }; /* the index of SC_KIND_SKU */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for products");
}

sc_status sc__offers_range(sc_shop *shop, const sc_call *call, const char *const *products, size_t count, uint32_t mask,
                           sc_arena *arena, sc_page *out, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	sc_range *ranges = sc_arena_zalloc(arena, count * sizeof(*ranges));
	sc_value *equal = sc_arena_zalloc(arena, count * sizeof(*equal));
	if (ranges == NULL || equal == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		equal[i] = SC_VALUE_OF_BYTES(products[i], strlen(products[i]));
		ranges[i] = (sc_range){ .kind = SC_KIND_SKU,
			                .index = BY_PRODUCT,
			                .equal = &equal[i],
			                .equal_count = 1,
			                .limit = SC_SKUS_PER_PRODUCT_MAX,
			                .mask = mask };
	}
	return sc__range(shop, call, ranges, count, arena, out, err);
}

static sc_status decode_page(const sc_page *page, sc_arena *arena, sc_product *product, sc_error *err)
{
	sc_sku *skus = sc__arena_array(arena, page->count, sizeof(*skus));
	if (skus == NULL)
		return no_memory(err);
	for (size_t i = 0; i < page->count; i++) {
		sc_status status = sc__sku_decode(&page->records[i], arena, &skus[i], err);
		if (status != SC_OK)
			return status;
	}
	product->skus = skus;
	product->sku_count = page->count;
	return SC_OK;
}

sc_status sc__offers_attach(sc_shop *shop, const sc_call *call, sc_product *products, size_t count, sc_arena *arena,
                            sc_error *err)
{
	const char **ids = sc__arena_array(arena, count, sizeof(*ids));
	sc_page *pages = sc_arena_zalloc(arena, count * sizeof(*pages));
	if (ids == NULL || pages == NULL)
		return no_memory(err);
	size_t there = 0;
	for (size_t i = 0; i < count; i++)
		if (products[i].version != 0)
			ids[there++] = products[i].id;
	sc_status status = sc__offers_range(shop, call, ids, there, SC_READ_COLUMNS | SC_READ_BODY, arena, pages, err);
	for (size_t i = 0, page = 0; status == SC_OK && i < count; i++)
		if (products[i].version != 0)
			status = decode_page(&pages[page++], arena, &products[i], err);
	return status;
}

sc_status sc__product_load(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                           sc_product *out, sc_error *err)
{
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(arena, count * sizeof(*records));
	if (addresses == NULL || records == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		addresses[i] = sc__product_address(ids[i]);
	sc_status status = sc__load(shop, call, addresses, count, SC_READ_BODY, arena, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__product_decode(&records[i], arena, &out[i], err);
	return status == SC_OK ? sc__offers_attach(shop, call, out, count, arena, err) : status;
}
