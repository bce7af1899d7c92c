/*
 * Addresses of stock, who may touch it, and levels.
 */
#include "inventory/accounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/sku.h"
#include "core/input.h"

#include <string.h>

#define RESERVATION_SUB "r"

sc_address sc__stock_address(const char *sku, const char *location)
{
	const char *place = location != NULL ? location : SC__LOCATION_MAIN;
	return (sc_address){ .kind = SC_KIND_STOCK,
		             .key = sku,
		             .key_size = (uint16_t)strlen(sku),
		             .sub = place,
		             .sub_size = (uint16_t)strlen(place) };
}

sc_address sc__reservation_address(const sc_id *id)
{
	return (sc_address){ .kind = SC_KIND_HOLD,
		             .key = (const char *)id->bytes,
		             .key_size = sizeof(id->bytes),
		             .sub = RESERVATION_SUB,
		             .sub_size = sizeof(RESERVATION_SUB) - 1 };
}

bool sc__is_orderless(const sc_address *hold)
{
	return hold->sub_size == 1; /* orders number theirs with two bytes */
}

bool sc__is_of_tenders(const sc_address *hold)
{
	return hold->sub_size == 2 && hold->sub[0] == SC__TENDER_HOLD;
}

bool sc__is_of_uses(const sc_address *hold)
{
	return hold->sub_size == 2 && (hold->sub[0] == SC__USES_HOLD || hold->sub[0] == SC__PERIOD_USES_HOLD);
}

sc_status sc__stock_check(const char *sku, const char *location, int32_t index, sc_error *err)
{
	sc_status status = sc__input_id(sku, index, "sku", err);
	if (status == SC_OK && location != NULL)
		status = sc__input_id(location, index, "location", err);
	return status;
}

sc_status sc__stock_allow(sc_shop *shop, const sc_call *call, sc__operation operation, const char *const *skus,
                          size_t count, sc_error *err)
{
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	if (sc__access_of(call->kind, operation) != SC__OWN)
		return sc__allow(call, operation, NULL, err);

	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_sku *offers = sc__arena_array(&arena, count, sizeof(*offers));
	status = offers != NULL ? sc__sku_load(shop, call, skus, count, &arena, offers, err)
	                        : sc__fail(err, SC_NO_MEMORY, "no memory to look up sellers");
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = sc__allow(call, operation, offers[i].version != 0 ? offers[i].seller : NULL, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- levels ---------------------------------------------------------------------------- */

static void show_level(const sc_stock_ref *ref, const sc_record *record, bool counters_too, sc_level *out)
{
	const sc_counters *counters = &record->counters;
	*out = (sc_level){ .sku = ref->sku, .location = ref->location, .version = record->version };
	if (record->version == 0)
		return;
	const int64_t available = sc_counters_free(counters);
	out->available = available > 0 ? available : 0;
	if (!counters_too)
		return;
	out->on_hand = counters->on_hand;
	out->held = counters->held;
	out->committed = counters->committed;
	out->safety = counters->floor;
}

/* Copies of the refs' texts in the arena, and the addresses made of them. */
static sc_status read_refs(const sc_stock_ref *refs, size_t count, sc_arena *arena, sc_stock_ref *copies,
                           sc_address *addresses, sc_error *err)
{
	for (size_t i = 0; i < count; i++) {
		sc_status status = sc__stock_check(refs[i].sku, refs[i].location, (int32_t)i, err);
		if (status != SC_OK)
			return status;
		const char *location = refs[i].location != NULL ? refs[i].location : SC__LOCATION_MAIN;
		copies[i].sku = sc_arena_dup(arena, refs[i].sku, strlen(refs[i].sku));
		copies[i].location = sc_arena_dup(arena, location, strlen(location));
		if (copies[i].sku == NULL || copies[i].location == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for levels");
		addresses[i] = sc__stock_address(copies[i].sku, copies[i].location);
	}
	return SC_OK;
}

/* Whose counters the caller may see: a seller, those of its own SKUs. */
static sc_status find_visible(sc_shop *shop, const sc_call *call, const sc_stock_ref *refs, size_t count,
                              sc_arena *arena, bool *visible, sc_error *err)
{
	const sc__access access = sc__access_of(call->kind, SC__AUDIT_STOCK);
	for (size_t i = 0; i < count; i++)
		visible[i] = access == SC__ALWAYS;
	if (access != SC__OWN)
		return SC_OK;
	const char **skus = sc__arena_array(arena, count, sizeof(*skus));
	sc_sku *offers = sc__arena_array(arena, count, sizeof(*offers));
	if (skus == NULL || offers == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to look up sellers");
	for (size_t i = 0; i < count; i++)
		skus[i] = refs[i].sku;
	sc_status status = sc__sku_load(shop, call, skus, count, arena, offers, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		visible[i] = offers[i].version != 0 &&
		             sc__allow(call, SC__AUDIT_STOCK, offers[i].seller, NULL) == SC_OK;
	return status;
}

sc_status sc_inventory_levels(sc_shop *shop, const sc_call *call, const sc_stock_ref *refs, size_t count,
                              sc_arena *arena, sc_level *out, sc_error *err)
{
	if (count == 0 || refs == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "refs", "name at least one SKU");
	if (count > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "refs", "at most %d at once", SC_BATCH_MAX);
	sc_stock_ref *copies = sc__arena_array(arena, count, sizeof(*copies));
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc__arena_array(arena, count, sizeof(*records));
	bool *visible = sc__arena_array(arena, count, sizeof(*visible));
	if (copies == NULL || addresses == NULL || records == NULL || visible == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for levels");
	memset(records, 0, count * sizeof(*records));

	sc_status status = read_refs(refs, count, arena, copies, addresses, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_STOCK, NULL, err);
	if (status == SC_OK)
		status = sc__load(shop, call, addresses, count, 0, arena, records, err);
	if (status == SC_OK)
		status = find_visible(shop, call, copies, count, arena, visible, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		show_level(&copies[i], &records[i], visible[i], &out[i]);
	return SC_OK;
}
