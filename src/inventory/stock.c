/*
 * Changing what is on the shelf: receive, set, adjust. Each is one group, whatever the number of accounts.
 */
#include "inventory/accounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "core/keys.h"

#include <string.h>

/* One change of the group is left for the key. */
#define CHANGES_MAX (SC_GROUP_CHANGES_MAX - 1)

/* What one of the three functions does with a quantity. */
typedef struct booking {
	const char *operation; /* scope of the caller's key */
	uint16_t type;         /* sc_change_type */
	uint32_t flags;
	int64_t min; /* of a quantity */
	const char *reason;
} booking;

static sc_status check(const booking *what, const sc_stock_change *changes, size_t count, sc_error *err)
{
	if (count == 0 || changes == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "changes", "name at least one SKU");
	if (count > CHANGES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "changes", "at most %d at once", CHANGES_MAX);
	for (size_t i = 0; i < count; i++) {
		const sc_stock_change *change = &changes[i];
		sc_status status = sc__stock_check(change->sku, change->location, (int32_t)i, err);
		if (status == SC_OK)
			status = sc__input_range(change->quantity, what->min, SC_QUANTITY_MAX, (int32_t)i, "quantity",
			                         err);
		if (status == SC_OK && change->quantity == 0 && what->type == SC_CHANGE_ADJUST)
			status = sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)i, "quantity", "must not be 0");
		if (status != SC_OK)
			return status;
	}
	return sc__input_text(what->reason, 0, SC_NOTE_MAX, -1, "reason", err);
}

static sc_status allow(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                       sc_arena *arena, sc_error *err)
{
	const char **skus = sc__arena_array(arena, count, sizeof(*skus));
	if (skus == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to change stock");
	for (size_t i = 0; i < count; i++)
		skus[i] = changes[i].sku;
	return sc__stock_allow(shop, call, SC__WRITE_STOCK, skus, count, err);
}

static void hash_request(const booking *what, const sc_stock_change *changes, size_t count, sc__key_note *note)
{
	sc__digest digest;
	*note = (sc__key_note){ 0 };
	sc__digest_init(&digest);
	for (size_t i = 0; i < count; i++) {
		const char *location = changes[i].location;
		sc__digest_text(&digest, changes[i].sku);
		sc__digest_text(&digest, location != NULL ? location : SC__LOCATION_MAIN);
		sc__digest_int(&digest, changes[i].quantity);
	}
	sc__digest_text(&digest, what->reason);
	sc__digest_final(&digest, note->request);
}

static void fill(const booking *what, const sc_stock_change *changes, size_t count, sc_change *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (sc_change){ .address = sc__stock_address(changes[i].sku, changes[i].location),
			              .type = what->type,
			              .flags = what->flags,
			              .counters = { .on_hand = changes[i].quantity },
			              .topic = { what->reason, strlen(what->reason) } };
}

/* With a key the key guards the group; without one the group's own id does, for the store's own retries. */
static sc_status apply(sc_shop *shop, const sc_call *call, const booking *what, const sc_stock_change *changes,
                       size_t count, sc_arena *arena, sc_error *err)
{
	const size_t keyed = call->key != NULL ? 1 : 0;
	sc_change *group_changes = sc__arena_array(arena, count + 1, sizeof(*group_changes));
	if (group_changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to change stock");
	sc__key_note note;
	hash_request(what, changes, count, &note);
	if (keyed) {
		sc_status status = sc__key_change(shop, call, what->operation, &note, arena, &group_changes[0], err);
		if (status != SC_OK)
			return status;
	}
	fill(what, changes, count, group_changes + keyed);
	const sc_group group = { .id = sc_id_make(shop->env),
		                 .home = keyed ? SC_HOME_NONE : SC_HOME_TABLE,
		                 .changes = group_changes,
		                 .count = (uint32_t)(count + keyed) };
	sc_outcome outcome = { 0 };
	sc_status status = keyed ? sc__apply_one(shop, call, &group, &outcome, err)
	                         : sc__apply_settled(shop, call, &group, NULL, &outcome, err);
	sc_id made;
	if (status == SC_EXISTS && keyed)
		return sc__key_repeat(shop, call, &group_changes[0], &note, &made, err);
	if (err != NULL && (status == SC_OUT_OF_STOCK || status == SC_OUT_OF_RANGE))
		err->index = (int32_t)(outcome.change - keyed);
	return status;
}

static sc_status book(sc_shop *shop, const sc_call *call, const booking *what, const sc_stock_change *changes,
                      size_t count, sc_error *err)
{
	sc_status status = check(what, changes, count, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = allow(shop, call, changes, count, &arena, err);
	if (status == SC_OK)
		status = apply(shop, call, what, changes, count, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_inventory_receive(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                               const char *reason, sc_error *err)
{
	const booking what = { .operation = "inventory.receive",
		               .type = SC_CHANGE_ADJUST,
		               .min = 1,
		               .reason = reason != NULL ? reason : "receive" };
	return book(shop, call, &what, changes, count, err);
}

sc_status sc_inventory_set(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                           const char *reason, sc_error *err)
{
	const booking what = { .operation = "inventory.set",
		               .type = SC_CHANGE_SET,
		               .flags = SC_SET_ON_HAND,
		               .min = 0,
		               .reason = reason != NULL ? reason : "count" };
	return book(shop, call, &what, changes, count, err);
}

sc_status sc_inventory_adjust(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                              const char *reason, sc_error *err)
{
	const booking what = {
		.operation = "inventory.adjust", .type = SC_CHANGE_ADJUST, .min = -SC_QUANTITY_MAX, .reason = reason
	};
	return book(shop, call, &what, changes, count, err);
}
