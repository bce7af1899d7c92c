/*
 * Removing a product: its record, its SKUs and its places in categories go in one group.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/offers.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/handle.h"

static sc_change removal(sc_address address, uint64_t version)
{
	sc_change change = {
		.address = address, .type = SC_CHANGE_DELETE, .condition = SC_IF_VERSION, .version = version
	};
	return change;
}

static sc_status delete_group(sc_shop *shop, const sc_call *call, const sc_product *product, sc_arena *arena,
                              sc_error *err)
{
	sc_change *changes = sc__arena_array(arena, 1 + product->sku_count + product->category_count, sizeof(*changes));
	uint32_t count = 0;
	if (changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to remove a product");
	changes[count++] = removal(sc__product_address(product->id), product->version);
	for (size_t i = 0; i < product->sku_count; i++)
		changes[count++] = removal(sc__sku_address(product->skus[i].sku), product->skus[i].version);
	for (size_t i = 0; i < product->category_count; i++) {
		sc_change *listing = &changes[count++];
		*listing = removal(sc__listing_address(product->categories[i], product->id), 0);
		listing->condition = SC_IF_PRESENT;
		listing->flags = SC_SKIP;
	}
	sc_group group = { .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_product_delete(sc_shop *shop, const sc_call *call, const char *id, uint64_t version, sc_error *err)
{
	sc_status status = sc__id_check(id, "id", err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_product product;
	sc_arena_init(&arena, shop->env);
	status = sc__product_load(shop, call, &id, 1, &arena, &product, err);
	if (status == SC_OK && product.version == 0)
		status = sc__fail(err, SC_NOT_FOUND, "there is no product %.60s", id);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, product.seller, err);
	if (status == SC_OK && product.version != version)
		status = sc__bad(err, SC_CHANGED, "version", "the product changed since it was read");
	if (status == SC_OK)
		status = delete_group(shop, call, &product, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
