/*
 * What all phases of a verification write in: the accounts and holds it has heard of, the findings, and the cursor of
 * the walk.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

sc_id sc__audit_id(const sc_address *address)
{
	sc_id id = { { 0 } };
	if (address->key_size == sizeof(id.bytes))
		memcpy(id.bytes, address->key, sizeof(id.bytes));
	return id;
}

static bool make_room(sc__audit_report *report)
{
	if (report->count < report->room)
		return true;
	const size_t old = report->room, room = old < 8 ? 8 : 2 * old;
	sc_finding *findings = sc__arena_resize(report->arena, report->findings, old * sizeof(*findings),
	                                        room * sizeof(*findings));
	if (findings == NULL)
		return false;
	report->findings = findings;
	sc_address *places = sc__arena_resize(report->arena, report->places, old * sizeof(*places),
	                                      room * sizeof(*places));
	if (places == NULL)
		return false;
	report->places = places;
	report->room = room;
	return true;
}

sc_status sc__audit_find(sc__audit_report *report, sc_damage damage, const sc_address *place, const sc_finding *more,
                         sc_error *err)
{
	sc_finding finding = *more;
	sc_address own = *place;
	own.key = sc_arena_dup(report->arena, place->key, place->key_size);
	own.sub = sc_arena_dup(report->arena, place->sub, place->sub_size);
	if (own.key == NULL || own.sub == NULL || !make_room(report))
		return sc__fail(err, SC_NO_MEMORY, "no memory for findings");
	const sc_kind *kind = sc_kind_find(place->kind);
	finding.damage = damage;
	if (kind != NULL && kind->kind_class == SC_CLASS_ACCOUNT) {
		finding.sku = own.key;
		finding.location = own.sub;
	}
	report->findings[report->count] = finding;
	report->places[report->count++] = own;
	return SC_OK;
}

/* An address as one run of bytes that a map can hold: kind, size of the key, key, sub. */
static sc_bytes pack_address(const sc_address *address, char out[4 + 2 * SC_KEY_MAX])
{
	memcpy(out, &address->kind, 2);
	memcpy(out + 2, &address->key_size, 2);
	memcpy(out + 4, address->key, address->key_size);
	if (address->sub_size > 0)
		memcpy(out + 4 + address->key_size, address->sub, address->sub_size);
	return (sc_bytes){ out, 4u + address->key_size + address->sub_size };
}

/* The value kept for an address, a zeroed one of `size` bytes when there is none; `own` is its address in our memory.
 */
static void *value_at(sc_verify *verify, sc__map *map, const sc_address *address, size_t size, sc_address *own)
{
	char packed[4 + 2 * SC_KEY_MAX];
	sc_bytes key = pack_address(address, packed);
	void *value = sc__map_find(map, key);
	if (value != NULL)
		return value;
	const char *copy = sc_arena_dup(&verify->memory, key.data, key.size);
	value = sc_arena_zalloc(&verify->memory, size);
	if (copy == NULL || value == NULL)
		return NULL;
	void **slot = sc__map_put(map, (sc_bytes){ copy, key.size });
	if (slot == NULL)
		return NULL;
	*slot = value;
	*own = *address;
	own->key = copy + 4;
	own->sub = copy + 4 + address->key_size;
	return value;
}

sc__audit_account *sc__audit_account_at(sc_verify *verify, const sc_address *address)
{
	sc_address own = { 0 };
	sc__audit_account *account = value_at(verify, &verify->accounts, address, sizeof(sc__audit_account), &own);
	if (account != NULL && own.kind != 0)
		account->address = own;
	return account;
}

sc__audit_hold *sc__audit_hold_at(sc_verify *verify, const sc_address *address)
{
	sc_address own = { 0 };
	sc__audit_hold *hold = value_at(verify, &verify->holds, address, sizeof(sc__audit_hold), &own);
	if (hold != NULL && own.kind != 0)
		hold->address = own;
	return hold;
}

/* What an order did last is told by its newest event. What takes longer than this is taken back or finished by a sweep.
 */
#define FLIGHT_MS 60000

sc_status sc__audit_in_flight(sc_verify *verify, const sc_call *call, const sc_address *order, bool *out, sc_error *err)
{
	const sc_store *store = &verify->shop->store;
	sc_entry newest;
	size_t count = 0;
	int64_t now_ms;
	*out = false;
	if (!verify->apart)
		return SC_OK;
	sc_status status = sc__now(verify->shop, call, &now_ms, err);
	if (status == SC_OK)
		status = store->ops->log_of(store->ctx, call, order, 0, 1, &verify->page, &newest, &count, err);
	*out = status == SC_OK && count == 1 && newest.time_ms > now_ms - FLIGHT_MS;
	return status;
}

sc_status sc__audit_walk(sc_verify *verify, const sc_call *call, uint16_t kind, uint32_t mask, size_t items,
                         sc_page *out, sc_error *err)
{
	const sc_range range = {
		.kind = kind, .index = SC_BY_ADDRESS, .limit = (uint32_t)items, .cursor = verify->cursor, .mask = mask
	};
	return sc__range(verify->shop, call, &range, 1, &verify->page, out, err);
}

sc_status sc__audit_turn_page(sc_verify *verify, const sc_page *page, bool *more, sc_error *err)
{
	*more = page->next.size > 0;
	sc_arena_reset(&verify->cursor_memory);
	verify->cursor = (sc_bytes){ NULL, 0 };
	if (!*more)
		return SC_OK;
	const void *copy = sc_arena_dup(&verify->cursor_memory, page->next.data, page->next.size);
	if (copy == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a cursor");
	verify->cursor = (sc_bytes){ copy, page->next.size };
	return SC_OK;
}
