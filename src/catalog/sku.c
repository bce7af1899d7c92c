/*
 * SKUs by themselves: read many at once, add an offer to a product, change a price, withdraw.
 *
 * A new SKU, or one that goes, is written together with its product's record: the version of the product
 * is what tells everybody that the list of its SKUs changed. A new price touches only the SKU.
 */
#include "catalog/sku.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "catalog/offers.h"
#include "core/access.h"
#include "core/handle.h"
#include "store/kinds.h"

#include <string.h>

sc_status sc__sku_load(sc_shop *shop, const sc_call *call, const char *const *skus, size_t count, sc_arena *arena,
                       sc_sku *out, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(arena, count * sizeof(*records));
	sc_sku *decoded = sc__arena_array(arena, count, sizeof(*decoded));
	if (addresses == NULL || records == NULL || decoded == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for %zu SKUs", count);
	for (size_t i = 0; i < count; i++)
		addresses[i] = sc__sku_address(skus[i]);
	uint32_t mask = SC_READ_COLUMNS | SC_READ_BODY;
	sc_status status = sc__load(shop, call, addresses, count, mask, arena, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__sku_decode(&records[i], arena, &decoded[i], err);
	if (status == SC_OK)
		memcpy(out, decoded, count * sizeof(*decoded));
	return status;
}

sc_status sc_sku_get(sc_shop *shop, const sc_call *call, const char *sku, sc_arena *arena, sc_sku *out, sc_error *err)
{
	sc_sku found;
	sc_status status = sc_sku_get_many(shop, call, &sku, 1, arena, &found, err);
	if (status != SC_OK)
		return status;
	if (found.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no SKU %.60s", sku);
	*out = found;
	return SC_OK;
}

sc_status sc_sku_get_many(sc_shop *shop, const sc_call *call, const char *const *skus, size_t count, sc_arena *arena,
                          sc_sku *out, sc_error *err)
{
	if (count > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "count", "at most %d SKUs at once", SC_BATCH_MAX);
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__id_check(skus[i], "sku", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	return status == SC_OK ? sc__sku_load(shop, call, skus, count, arena, out, err) : status;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* A SKU and its product as they stand, read in one load. */
struct pair {
	sc_record records[2]; /* SKU, product */
	sc_sku sku;
	sc_product product;
};

static sc_status read_pair(sc_shop *shop, const sc_call *call, const char *sku, const char *product, sc_arena *arena,
                           struct pair *out, sc_error *err)
{
	const sc_address addresses[] = { sc__sku_address(sku), sc__product_address(product) };
	uint32_t mask = SC_READ_COLUMNS | SC_READ_BODY;
	sc_status status = sc__load(shop, call, addresses, 2, mask, arena, out->records, err);
	if (status == SC_OK)
		status = sc__sku_decode(&out->records[0], arena, &out->sku, err);
	if (status == SC_OK)
		status = sc__product_decode(&out->records[1], arena, &out->product, err);
	return status;
}

static sc_status check_pair(const sc_call *call, const sc_sku *want, const struct pair *now, sc_error *err)
{
	if (now->product.version == 0)
		return sc__bad(err, SC_NOT_FOUND, "product", "there is no product %.60s", want->product);
	if (want->version == 0)
		return now->sku.version == 0 ? SC_OK : sc__bad(err, SC_EXISTS, "sku", "there is one already");
	if (now->sku.version == 0)
		return sc__bad(err, SC_NOT_FOUND, "sku", "there is no SKU %.60s", want->sku);
	sc_status status = sc__allow(call, SC__WRITE_CATALOG, now->sku.seller, err);
	if (status != SC_OK)
		return status;
	if (strcmp(now->sku.product, want->product) != 0)
		return sc__bad(err, SC_EXISTS, "sku", "it belongs to another product");
	if (now->sku.version != want->version)
		return sc__bad(err, SC_CHANGED, "version", "the SKU changed since it was read");
	return SC_OK;
}

static sc_status check_room(sc_shop *shop, const sc_call *call, const sc_sku *want, sc_arena *arena, sc_error *err)
{
	sc_page page = { 0 };
	sc_status status = sc__offers_range(shop, call, &want->product, 1, 0, arena, &page, err);
	if (status == SC_OK && page.count >= SC_SKUS_PER_PRODUCT_MAX)
		status = sc__short(err, SC_LIMIT_REACHED, -1, (int64_t)page.count + 1, SC_SKUS_PER_PRODUCT_MAX,
		                   "a product has at most %d SKUs", SC_SKUS_PER_PRODUCT_MAX);
	return status;
}

static sc_change condition_of(sc_change_type type, const sc_record *record)
{
	sc_change change = { .address = record->address,
		             .type = (uint16_t)type,
		             .condition = record->version == 0 ? SC_IF_ABSENT : SC_IF_VERSION,
		             .version = record->version };
	return change;
}

/* The product's record as it is, written again for the sake of its version. */
static sc_change rewrite(const sc_record *product)
{
	sc_change change = condition_of(SC_CHANGE_PUT, product);
	change.body = product->body;
	return change;
}

static sc_status write_sku(sc_shop *shop, const sc_call *call, const sc_sku *want, const struct pair *now,
                           sc_arena *arena, uint64_t *version, sc_error *err)
{
	sc_value columns[SC_SKU_COLUMNS];
	sc_change changes[2];
	uint32_t count = 0;
	if (now->sku.version == 0)
		changes[count++] = rewrite(&now->records[1]);
	sc_change *put = &changes[count++];
	*put = condition_of(SC_CHANGE_PUT, &now->records[0]);
	put->columns = columns;
	put->column_count = SC_SKU_COLUMNS;
	sc__sku_columns(want, want->product, columns);
	sc_status status = sc__sku_encode(want, now->product.name, arena, &put->body, err);
	if (status != SC_OK)
		return status;
	sc_group group = { .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_OK && version != NULL)
		*version = outcome.position;
	return status;
}

sc_status sc_sku_put(sc_shop *shop, const sc_call *call, const sc_sku *sku, uint64_t *version, sc_error *err)
{
	sc_status status = sc__sku_check(sku, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, sku->seller, err);
	if (status != SC_OK)
		return status;
	struct pair now;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = read_pair(shop, call, sku->sku, sku->product, &arena, &now, err);
	if (status == SC_OK)
		status = check_pair(call, sku, &now, err);
	if (status == SC_OK && now.sku.version == 0)
		status = check_room(shop, call, sku, &arena, err);
	if (status == SC_OK)
		status = write_sku(shop, call, sku, &now, &arena, version, err);
	sc_arena_clear(&arena);
	return status;
}

static sc_status delete_sku(sc_shop *shop, const sc_call *call, const sc_sku *sku, sc_arena *arena, sc_error *err)
{
	struct pair now;
	sc_status status = read_pair(shop, call, sku->sku, sku->product, arena, &now, err);
	if (status != SC_OK)
		return status;
	sc_change changes[] = { condition_of(SC_CHANGE_DELETE, &now.records[0]), rewrite(&now.records[1]) };
	changes[0].condition = SC_IF_VERSION; /* also when it went meanwhile: then it is refused */
	changes[0].version = sku->version;
	sc_group group = { .changes = changes, .count = now.product.version != 0 ? 2 : 1 };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_sku_delete(sc_shop *shop, const sc_call *call, const char *sku, uint64_t version, sc_error *err)
{
	sc_status status = sc__id_check(sku, "sku", err);
	if (status != SC_OK)
		return status;
	sc_sku now;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = sc__sku_load(shop, call, &sku, 1, &arena, &now, err);
	if (status == SC_OK && now.version == 0)
		status = sc__fail(err, SC_NOT_FOUND, "there is no SKU %.60s", sku);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, now.seller, err);
	if (status == SC_OK && now.version != version)
		status = sc__bad(err, SC_CHANGED, "version", "the SKU changed since it was read");
	if (status == SC_OK)
		status = delete_sku(shop, call, &now, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
