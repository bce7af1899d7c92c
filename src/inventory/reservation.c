/*
 * What becomes of a reservation: more time, commit, release, the goods that leave, expiry; and looking one up.
 */
#include "inventory/reserve.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "inventory/accounts.h"

#include <string.h>

/* ---- more time, and the ends ------------------------------------------------------------- */

sc_status sc__release_check(const sc_call *call, sc_id id, sc_error *err)
{
	if (sc_id_is_zero(id))
		return sc__bad(err, SC_BAD_ARGUMENT, "id", "is zero");
	return sc__allow(call, SC__RESERVE, NULL, err);
}

sc_change sc__commit_change(const sc_id *id, const sc_commit_part *parts, size_t part_count)
{
	return (sc_change){ .address = sc__reservation_address(id),
		            .type = SC_CHANGE_COMMIT,
		            .parts = parts,
		            .part_count = (uint32_t)part_count };
}

sc_change sc__release_change(const sc_id *id)
{
	return (sc_change){ .address = sc__reservation_address(id), .type = SC_CHANGE_RELEASE };
}

sc_group sc__reservation_group(const sc_change *change)
{
	return (sc_group){ .home = SC_HOME_NONE, .changes = change, .count = 1 };
}

static sc_status apply_one_change(sc_shop *shop, const sc_call *call, const sc_change *change, sc_error *err)
{
	const sc_group group = sc__reservation_group(change);
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_inventory_extend(sc_shop *shop, const sc_call *call, sc_id id, int64_t ttl_ms, int64_t *deadline_ms,
                              sc_error *err)
{
	sc_status status = sc__input_range(ttl_ms, 0, SC__TTL_MAX_MS, -1, "ttl_ms", err);
	if (status == SC_OK)
		status = sc__release_check(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_change extend = { .address = sc__reservation_address(&id),
		                   .type = SC_CHANGE_EXTEND,
		                   .ttl_ms = ttl_ms != 0 ? ttl_ms : shop->settings.hold_ttl_ms };
	const sc_group group = sc__reservation_group(&extend);
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_OK && deadline_ms != NULL)
		*deadline_ms = outcome.time_ms + extend.ttl_ms;
	return status;
}

sc_status sc__commit_check(const sc_call *call, sc_id id, const sc_commit_part *parts, size_t part_count, sc_error *err)
{
	if (part_count > SC_RESERVATION_LINES_MAX || (parts == NULL) != (part_count == 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "parts", "at most one a line, or none to commit everything");
	for (size_t i = 0; i < part_count; i++)
		if (parts[i].line >= SC_RESERVATION_LINES_MAX || parts[i].quantity < 1 ||
		    parts[i].quantity > SC_QUANTITY_MAX)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "parts", "no such line or quantity");
	return sc__release_check(call, id, err);
}

sc_status sc_inventory_commit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts,
                              size_t part_count, sc_error *err)
{
	sc_status status = sc__commit_check(call, id, parts, part_count, err);
	if (status != SC_OK)
		return status;
	const sc_change commit = sc__commit_change(&id, parts, part_count);
	return apply_one_change(shop, call, &commit, err);
}

sc_status sc_inventory_release(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err)
{
	sc_status status = sc__release_check(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_change release = sc__release_change(&id);
	return apply_one_change(shop, call, &release, err);
}

/* ---- looking it up --------------------------------------------------------------------- */

static sc_status show_takes(const sc_record *hold, sc_arena *arena, sc_reservation_detail *out, sc_error *err)
{
	sc_hold_take *takes;
	size_t count;
	sc_status status = sc_hold_takes(hold, arena, &takes, &count);
	if (status != SC_OK)
		return sc__fail(err, status, "a hold does not read");
	sc_reservation_take *shown = sc__arena_array(arena, count, sizeof(*shown));
	if (shown == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a reservation");
	for (size_t i = 0; i < count; i++) {
		const sc_address *account = &takes[i].take.account;
		shown[i] = (sc_reservation_take){ .sku = sc_arena_dup(arena, account->key, account->key_size),
			                          .location = sc_arena_dup(arena, account->sub, account->sub_size),
			                          .quantity = takes[i].take.quantity,
			                          .committed = takes[i].committed,
			                          .line = takes[i].take.line };
		if (shown[i].sku == NULL || shown[i].location == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a reservation");
	}
	out->takes = shown;
	out->take_count = count;
	return SC_OK;
}

sc_status sc_inventory_get_reservation(sc_shop *shop, const sc_call *call, sc_id id, sc_arena *arena,
                                       sc_reservation_detail *out, sc_error *err)
{
	sc_status status = sc__release_check(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_address address = sc__reservation_address(&id);
	sc_record hold = { 0 };
	status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &hold, err);
	if (status != SC_OK)
		return status;
	if (hold.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no such reservation");
	sc_reservation_detail detail = {
		.reservation = { .id = id, .state = hold.hold_state, .deadline_ms = hold.deadline_ms }
	};
	if (hold.body.size > 0) /* a tombstone took nothing */
		status = show_takes(&hold, arena, &detail, err);
	if (status == SC_OK)
		*out = detail;
	return status;
}

/* ---- fulfil ---------------------------------------------------------------------------- */

#define FULFILLED "fulfilled"

/* Only the first one can make this claim: a release repeats without complaint, the goods must not leave twice. */
static sc_change claim_fulfilment(const sc_id *id, char key[sizeof(FULFILLED) + sizeof(sc_id)])
{
	memcpy(key, FULFILLED, sizeof(FULFILLED));
	memcpy(key + sizeof(FULFILLED), id->bytes, sizeof(id->bytes));
	return (sc_change){
		.address = { .kind = SC_KIND_CLAIM, .key = key, .key_size = sizeof(FULFILLED) + sizeof(sc_id) },
		.type = SC_CHANGE_PUT,
		.condition = SC_IF_ABSENT
	};
}

static sc_status fulfil(sc_shop *shop, const sc_call *call, const sc_id *id, sc_arena *arena, sc_error *err)
{
	const sc_address address = sc__reservation_address(id);
	sc_record hold = { 0 };
	sc_hold_take *takes;
	size_t count;
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &hold, err);
	if (status != SC_OK)
		return status;
	if (hold.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no such reservation");
	if (hold.hold_state != SC_HOLD_COMMITTED)
		return sc__fail(err, SC_HOLD_SETTLED, "the reservation is not committed, or its goods left already");
	status = sc_hold_takes(&hold, arena, &takes, &count);
	if (status != SC_OK)
		return sc__fail(err, status, "a hold does not read");
	sc_change *changes = sc__arena_array(arena, count + 2, sizeof(*changes));
	if (changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to fulfil a reservation");

	char key[sizeof(FULFILLED) + sizeof(sc_id)];
	changes[0] = claim_fulfilment(id, key);
	changes[1] = (sc_change){ .address = address, .type = SC_CHANGE_RELEASE, .flags = SC_RELEASE_COMMITTED };
	uint32_t used = 2;
	for (size_t i = 0; i < count; i++)
		if (takes[i].committed > 0)
			changes[used++] = (sc_change){ .address = takes[i].take.account,
				                       .type = SC_CHANGE_ADJUST,
				                       .flags = SC_ADJUST_FORCED,
				                       .counters = { .on_hand = -takes[i].committed },
				                       .topic = SC_BYTES("fulfil") };
	const sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = changes, .count = used };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_EXISTS)
		return sc__fail(err, SC_HOLD_SETTLED, "the goods left already");
	return status;
}

sc_status sc_inventory_fulfil(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err)
{
	sc_status status = sc__release_check(call, id, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = fulfil(shop, call, &id, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- expiry ---------------------------------------------------------------------------- */

sc_status sc_inventory_expire(sc_shop *shop, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                              sc_error *err)
{
	if (max == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "max", "must be at least 1");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	size_t settled = 0;
	int64_t next = SC_NEVER;
	status = shop->store.ops->expire(shop->store.ctx, call, max, &settled, &next, err);
	if (status != SC_OK)
		return status;
	if (done != NULL)
		*done = settled;
	if (next_ms != NULL)
		*next_ms = next;
	return SC_OK;
}
