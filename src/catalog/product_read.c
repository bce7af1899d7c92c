/*
 * Reading products: by id, many at once, and page by page.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/kept.h"
#include "catalog/offers.h"
#include "core/access.h"
#include "core/handle.h"

#include <string.h>

sc_status sc_product_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_product *out,
                         sc_error *err)
{
	sc_product product;
	sc_status status = sc_product_get_many(shop, call, &id, 1, arena, &product, err);
	if (status != SC_OK)
		return status;
	if (product.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no product %.60s", id);
	*out = product;
	return SC_OK;
}

sc_status sc_product_get_many(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                              sc_product *out, sc_error *err)
{
	if (count > SC_PAGE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "count", "at most %d products at once", SC_PAGE_MAX);
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__id_check(ids[i], "id", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status != SC_OK || count == 0)
		return status;
	/* Into a copy, so that `out` is untouched when it fails. */
	sc_product *products = sc__arena_array(arena, count, sizeof(*products));
	if (products == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for %zu products", count);
	if (sc__may_recall(shop, call))
		status = sc__products_kept(shop, call, ids, count, arena, products, err);
	else
		status = sc__product_load(shop, call, ids, count, arena, products, err);
	if (status == SC_OK)
		memcpy(out, products, count * sizeof(*products));
	return status;
}

/* ---- listing ----------------------------------------------------------------------------- */

/* All products, by id: the range already brings their bodies. */
static sc_status list_all(sc_shop *shop, const sc_call *call, const sc_catalog_page *page, sc_arena *arena,
                          sc_product_list *out, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_PRODUCT,
		           .index = SC_BY_ADDRESS,
		           .limit = page->limit,
		           .cursor = page->cursor,
		           .mask = SC_READ_BODY };
	sc_page found = { 0 };
	sc_status status = sc__range(shop, call, &range, 1, arena, &found, err);
	if (status != SC_OK)
		return status;
	out->count = found.count;
	out->next = found.next;
	out->products = sc__arena_array(arena, found.count, sizeof(*out->products));
	if (out->products == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	for (size_t i = 0; status == SC_OK && i < found.count; i++)
		status = sc__product_decode(&found.records[i], arena, &out->products[i], err);
	return status == SC_OK ? sc__offers_attach(shop, call, out->products, out->count, arena, err) : status;
}

/* Decode records[1..], the products; one that was deleted between the two reads is left out. */
static sc_status decode_present(const sc_record *records, size_t count, sc_arena *arena, sc_product_list *out,
                                sc_error *err)
{
	out->count = 0;
	for (size_t i = 0; i < count; i++) {
		sc_status status = SC_OK;
		if (records[i].version != 0)
			status = sc__product_decode(&records[i], arena, &out->products[out->count++], err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status list_category(sc_shop *shop, const sc_call *call, const char *category, const sc_catalog_page *page,
                               sc_arena *arena, sc_product_list *out, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_LISTING,
		           .index = SC_BY_SUB,
		           .key = { category, strlen(category) },
		           .limit = page->limit,
		           .cursor = page->cursor };
	sc_page found = { 0 };
	sc_status status = sc__range(shop, call, &range, 1, arena, &found, err);
	if (status != SC_OK)
		return status;
	/* The category itself goes along in the same load, to tell an empty one from none. */
	size_t count = found.count + 1;
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(arena, count * sizeof(*records));
	out->products = sc__arena_array(arena, count, sizeof(*out->products));
	if (addresses == NULL || records == NULL || out->products == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	addresses[0] = sc__category_address(category);
	for (size_t i = 0; i < found.count; i++)
		addresses[i + 1] = (sc_address){ .key = found.records[i].address.sub,
			                         .key_size = found.records[i].address.sub_size,
			                         .sub = "",
			                         .kind = SC_KIND_PRODUCT };
	status = sc__load(shop, call, addresses, count, SC_READ_BODY, arena, records, err);
	if (status == SC_OK && records[0].version == 0)
		status = sc__bad(err, SC_NOT_FOUND, "category", "there is no category %.60s", category);
	if (status == SC_OK)
		status = decode_present(records + 1, found.count, arena, out, err);
	out->next = found.next;
	return status == SC_OK ? sc__offers_attach(shop, call, out->products, out->count, arena, err) : status;
}

sc_status sc_product_list_by_category(sc_shop *shop, const sc_call *call, const char *category,
                                      const sc_catalog_page *page, sc_arena *arena, sc_product_list *out, sc_error *err)
{
	sc_status status = category != NULL ? sc__id_check(category, "category", err) : SC_OK;
	if (status == SC_OK)
		status = sc__page_check(page, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_product_list list = { 0 };
	if (category != NULL)
		status = list_category(shop, call, category, page, arena, &list, err);
	else
		status = list_all(shop, call, page, arena, &list, err);
	if (status == SC_OK)
		*out = list;
	return status;
}
