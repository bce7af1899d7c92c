/*
 * Changing what is on the shelf and how much of it may be sold: receive, set, adjust, safety stock, and moves between
 * locations. Each is one group, whatever the number of accounts.
 */
#include "inventory/accounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "core/keys.h"

#include <string.h>

/* One change of the group is left for the key. */
#define CHANGES_MAX (SC_GROUP_CHANGES_MAX - 1)

/* What one of the functions does with a quantity. */
typedef struct booking {
	const char *operation; /* scope of the caller's key */
	uint16_t type;         /* sc_change_type */
	uint32_t flags;
	int64_t min; /* of a quantity */
	const char *reason;
} booking;

static sc_status check_reason(const char *reason, sc_error *err)
{
	sc_status status = sc__input_text(reason, 0, SC_NOTE_MAX, -1, "reason", err);
	if (status == SC_OK && strcmp(reason, SC__REPAIR_REASON) == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "reason", "stands for what sc_verify_repair() mends");
	return status;
}

/* No bound at all is the one number outside the range that means something. */
static sc_status check_quantity(const booking *what, int64_t quantity, int32_t index, sc_error *err)
{
	if (quantity == SC_NOT_TRACKED && (what->flags & SC_SET_FLOOR))
		return SC_OK;
	sc_status status = sc__input_range(quantity, what->min, SC_QUANTITY_MAX, index, "quantity", err);
	if (status == SC_OK && quantity == 0 && what->type == SC_CHANGE_ADJUST)
		return sc__bad_at(err, SC_OUT_OF_RANGE, index, "quantity", "must not be 0");
	return status;
}

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
			status = check_quantity(what, change->quantity, (int32_t)i, err);
		if (status != SC_OK)
			return status;
	}
	return check_reason(what->reason, err);
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

static int64_t floor_of(const booking *what, const sc_stock_change *change)
{
	return (what->flags & SC_SET_FLOOR) ? change->quantity : 0;
}

static void fill(const booking *what, const sc_stock_change *changes, size_t count, sc_change *out)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (sc_change){ .address = sc__stock_address(changes[i].sku, changes[i].location),
			              .type = what->type,
			              .flags = what->flags,
			              .counters = { .on_hand = changes[i].quantity,
			                            .floor = floor_of(what, &changes[i]) },
			              .topic = { what->reason, strlen(what->reason) } };
}

/* Changes of accounts that become one group. With a key the key guards it; without one the group's own id does, for the
 * store's own retries. `changes` has room for one more in front. */
static sc_status apply(sc_shop *shop, const sc_call *call, const char *operation, const sc__key_note *note,
                       sc_change *changes, size_t count, size_t per_item, sc_arena *arena, sc_error *err)
{
	const size_t keyed = call->key != NULL ? 1 : 0;
	if (keyed) {
		sc_status status = sc__key_change(shop, call, operation, note, arena, &changes[0], err);
		if (status != SC_OK)
			return status;
	}
	const sc_group group = { .id = sc_id_make(shop->env),
		                 .home = keyed ? SC_HOME_NONE : SC_HOME_TABLE,
		                 .changes = keyed ? changes : changes + 1,
		                 .count = (uint32_t)(count + keyed) };
	sc_outcome outcome = { 0 };
	sc_status status = keyed ? sc__apply_one(shop, call, &group, &outcome, err)
	                         : sc__apply_settled(shop, call, &group, NULL, &outcome, err);
	sc_id made;
	if (status == SC_EXISTS && keyed)
		return sc__key_repeat(shop, call, &changes[0], note, &made, err);
	if (err != NULL && (status == SC_OUT_OF_STOCK || status == SC_OUT_OF_RANGE))
		err->index = (int32_t)((outcome.change - keyed) / per_item);
	return status;
}

static sc_status apply_booking(sc_shop *shop, const sc_call *call, const booking *what, const sc_stock_change *changes,
                               size_t count, sc_arena *arena, sc_error *err)
{
	sc_change *group_changes = sc__arena_array(arena, count + 1, sizeof(*group_changes));
	if (group_changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to change stock");
	sc__key_note note;
	hash_request(what, changes, count, &note);
	fill(what, changes, count, group_changes + 1);
	return apply(shop, call, what->operation, &note, group_changes, count, 1, arena, err);
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
		status = apply_booking(shop, call, what, changes, count, &arena, err);
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

sc_status sc_inventory_set_safety(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                                  const char *reason, sc_error *err)
{
	const booking what = { .operation = "inventory.set_safety",
		               .type = SC_CHANGE_SET,
		               .flags = SC_SET_FLOOR,
		               .min = -SC_QUANTITY_MAX,
		               .reason = reason != NULL ? reason : "safety" };
	return book(shop, call, &what, changes, count, err);
}

/* ---- transfer -------------------------------------------------------------------------- */

static const char *place_of(const char *location)
{
	return location != NULL ? location : SC__LOCATION_MAIN;
}

static sc_status check_move(const sc_stock_move *move, int32_t index, sc_error *err)
{
	sc_status status = sc__stock_check(move->sku, NULL, index, err);
	if (status == SC_OK && move->from != NULL)
		status = sc__input_id(move->from, index, "from", err);
	if (status == SC_OK && move->to != NULL)
		status = sc__input_id(move->to, index, "to", err);
	if (status == SC_OK && strcmp(place_of(move->from), place_of(move->to)) == 0)
		status = sc__bad_at(err, SC_BAD_ARGUMENT, index, "to", "is where the units are already");
	if (status == SC_OK)
		status = sc__input_range(move->quantity, 1, SC_QUANTITY_MAX, index, "quantity", err);
	return status;
}

static sc_status check_moves(const sc_stock_move *moves, size_t count, const char *reason, sc_error *err)
{
	if (count == 0 || moves == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "moves", "name at least one SKU");
	if (count > CHANGES_MAX / 2)
		return sc__bad(err, SC_OVER_LIMIT, "moves", "at most %d at once", CHANGES_MAX / 2);
	for (size_t i = 0; i < count; i++) {
		sc_status status = check_move(&moves[i], (int32_t)i, err);
		if (status != SC_OK)
			return status;
	}
	return check_reason(reason, err);
}

static void hash_moves(const sc_stock_move *moves, size_t count, const char *reason, sc__key_note *note)
{
	sc__digest digest;
	*note = (sc__key_note){ 0 };
	sc__digest_init(&digest);
	for (size_t i = 0; i < count; i++) {
		sc__digest_text(&digest, moves[i].sku);
		sc__digest_text(&digest, place_of(moves[i].from));
		sc__digest_text(&digest, place_of(moves[i].to));
		sc__digest_int(&digest, moves[i].quantity);
	}
	sc__digest_text(&digest, reason);
	sc__digest_final(&digest, note->request);
}

static void fill_moves(const sc_stock_move *moves, size_t count, const char *reason, sc_change *out)
{
	for (size_t i = 0; i < count; i++) {
		const sc_stock_move *move = &moves[i];
		out[2 * i] = (sc_change){ .address = sc__stock_address(move->sku, move->from),
			                  .type = SC_CHANGE_ADJUST,
			                  .counters = { .on_hand = -move->quantity },
			                  .topic = { reason, strlen(reason) } };
		out[2 * i + 1] = out[2 * i];
		out[2 * i + 1].address = sc__stock_address(move->sku, move->to);
		out[2 * i + 1].counters.on_hand = move->quantity;
	}
}

static sc_status transfer(sc_shop *shop, const sc_call *call, const sc_stock_move *moves, size_t count,
                          const char *reason, sc_arena *arena, sc_error *err)
{
	const char **skus = sc__arena_array(arena, count, sizeof(*skus));
	sc_change *changes = sc__arena_array(arena, 2 * count + 1, sizeof(*changes));
	if (skus == NULL || changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to move stock");
	for (size_t i = 0; i < count; i++)
		skus[i] = moves[i].sku;
	sc_status status = sc__stock_allow(shop, call, SC__WRITE_STOCK, skus, count, err);
	if (status != SC_OK)
		return status;
	sc__key_note note;
	hash_moves(moves, count, reason, &note);
	fill_moves(moves, count, reason, changes + 1);
	return apply(shop, call, "inventory.transfer", &note, changes, 2 * count, 2, arena, err);
}

sc_status sc_inventory_transfer(sc_shop *shop, const sc_call *call, const sc_stock_move *moves, size_t count,
                                const char *reason, sc_error *err)
{
	if (reason == NULL)
		reason = "transfer";
	sc_status status = check_moves(moves, count, reason, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = transfer(shop, call, moves, count, reason, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
