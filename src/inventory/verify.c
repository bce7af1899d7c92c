/*
 * Verification: its steps, and what they share. See verify.h for why it is exact while the shop is open.
 */
#include "inventory/verify.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"

#include <string.h>

/* ---- names ----------------------------------------------------------------------------- */

#define NAME_CASE(name, code, text) \
	case SC_DAMAGE_##name:      \
		return #name;
#define TEXT_CASE(name, code, text) \
	case SC_DAMAGE_##name:      \
		return text;

const char *sc_damage_name(sc_damage damage)
{
	switch (damage) {
		SC_DAMAGE_MAP(NAME_CASE)
	}
	return "UNKNOWN_DAMAGE";
}

const char *sc_damage_text(sc_damage damage)
{
	switch (damage) {
		SC_DAMAGE_MAP(TEXT_CASE)
	}
	return "no such damage";
}

/* ---- what the phases share ------------------------------------------------------------- */

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

/* ---- steps ----------------------------------------------------------------------------- */

static sc_status read_journal(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                              bool *more, sc_error *err)
{
	size_t read;
	sc_status status = verify->baselines_read ? SC_OK : sc__audit_baselines(verify, call, err);
	if (status != SC_OK)
		return status;
	status = sc__audit_journal(verify, call, items, UINT64_MAX, &read, report, err);
	*more = read == items;
	if (status == SC_OK && !*more)
		verify->end = verify->position;
	return status;
}

static sc_status run_phase(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                           sc_error *err)
{
	switch (verify->phase) {
	case SC__AUDIT_JOURNAL:
		return read_journal(verify, call, items, report, more, err);
	case SC__AUDIT_HOLDS:
		return sc__audit_holds(verify, call, items, report, more, err);
	case SC__AUDIT_MISSING_HOLDS:
		return sc__audit_missing_holds(verify, call, items, report, more, err);
	case SC__AUDIT_ORDERS:
		return sc__audit_orders(verify, call, items, report, more, err);
	case SC__AUDIT_ACCOUNTS:
		return sc__audit_accounts(verify, call, items, report, more, err);
	case SC__AUDIT_LOST_ACCOUNTS:
		return sc__audit_lost_accounts(verify, call, items, report, more, err);
	case SC__AUDIT_DONE:
		break;
	}
	*more = true; /* of nothing: this phase does not end */
	return SC_OK;
}

static void show(const sc_verify *verify, const sc__audit_report *report, sc_verify_page *out)
{
	*out = (sc_verify_page){ .findings = report->findings,
		                 .count = report->count,
		                 .accounts = verify->account_count,
		                 .holds = verify->hold_count,
		                 .orders = verify->order_count,
		                 .movements = verify->movement_count,
		                 .finished = verify->phase == SC__AUDIT_DONE };
}

sc_status sc__audit_step(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, sc_error *err)
{
	if (verify->broken)
		return sc__fail(err, SC_NO_MEMORY, "this verification ran out of memory: begin anew");
	bool more = true;
	sc_status status = run_phase(verify, call, items, report, &more, err);
	sc_arena_reset(&verify->page);
	if (status != SC_OK)
		verify->broken = status == SC_NO_MEMORY;
	else if (!more)
		verify->phase++;
	return status;
}

sc_status sc_verify_step(sc_verify *verify, const sc_call *call, size_t items, sc_arena *arena, sc_verify_page *out,
                         sc_error *err)
{
	if (items < 1 || items > SC_PAGE_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "items", "must be 1 to %d", SC_PAGE_MAX);
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	sc__audit_report report = { .arena = arena };
	status = sc__audit_step(verify, call, items, &report, err);
	if (status == SC_OK)
		show(verify, &report, out);
	return status;
}

/* ---- from the cradle to the grave ------------------------------------------------------ */

sc_status sc_verify_new(sc_shop *shop, const sc_call *call, sc_verify **out, sc_error *err)
{
	if (shop == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "shop", "is missing");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	if (shop->info.partitions > 1)
		return sc__fail(err, SC_UNSUPPORTED, "a journal of several partitions is verified shard by shard");
	const sc_env *env = shop->env;
	sc_verify *verify = env->resize(env->ctx, NULL, sizeof(*verify));
	if (verify == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a verification");
	*verify = (sc_verify){ .shop = shop };
	sc_arena_init(&verify->memory, env);
	sc_arena_init(&verify->cursor_memory, env);
	sc_arena_init(&verify->page, env);
	sc__map_init(&verify->accounts, env, SC__MAP_STRANGE_KEYS);
	sc__map_init(&verify->holds, env, SC__MAP_STRANGE_KEYS);
	*out = verify;
	return SC_OK;
}

void sc_verify_free(sc_verify *verify)
{
	if (verify == NULL)
		return;
	const sc_env *env = verify->shop->env;
	sc__map_clear(&verify->accounts);
	sc__map_clear(&verify->holds);
	sc_arena_clear(&verify->memory);
	sc_arena_clear(&verify->cursor_memory);
	sc_arena_clear(&verify->page);
	env->resize(env->ctx, verify, 0);
}
