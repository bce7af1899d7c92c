/*
 * Running a change of a cart. The condition is in the write, so two devices of one buyer never lose each other's
 * lines: whoever comes second reads again and edits what is there now.
 */
#include "cart/change.h"

#include "base/arena.h"
#include "base/error.h"
#include "cart/cart.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

/* At each turn somebody's write succeeded, so this many turns are lost only to that many others. */
#define TURNS_MAX 64

sc_status sc__cart_check_owner(const char *owner, sc_error *err)
{
	sc_status status = sc__input_text(owner, 0, SC_ID_TEXT_MAX + 2, -1, "owner", err);
	if (status != SC_OK)
		return status;
	if ((owner[0] != 'u' && owner[0] != 'g') || owner[1] != ':' || owner[2] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "owner", "must be u: and a user's id, or g: and a guest's token");
	return SC_OK;
}

sc_address sc__cart_address(const char *owner)
{
	return (sc_address){ .kind = SC_KIND_CART, .key = owner, .key_size = (uint16_t)strlen(owner) };
}

sc_status sc__cart_owner(const sc_call *call, const char *owner, bool write, char out[], sc_error *err)
{
	if (owner == NULL)
		return sc__owner_of(call, out, err);
	sc_status status = sc__cart_check_owner(owner, err);
	if (status == SC_OK)
		status = sc__allow(call, write ? SC__WRITE_CART : SC__READ_CART, owner, err);
	if (status == SC_OK)
		memcpy(out, owner, strlen(owner) + 1);
	return status;
}

sc_status sc__cart_put(sc_shop *shop, const sc__cart_state *state, sc_change *out, sc_error *err)
{
	sc_bytes body;
	sc_status status = sc__cart_state_write(state, &body, err);
	if (status != SC_OK)
		return status;
	*out = (sc_change){ .address = sc__cart_address(state->owner),
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_VERSION,
		            .version = state->version,
		            .body = body,
		            .lifetime_ms = shop->settings.cart_lifetime_ms };
	return SC_OK;
}

/* Reads the cart and what is needed beside it, in one call to the store. */
static sc_status load(const sc__cart_change *change, sc_arena *arena, sc_record **out, sc_error *err)
{
	const size_t count = 1 + change->other_count;
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(arena, count * sizeof(*records));
	if (addresses == NULL || records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a cart");
	addresses[0] = sc__cart_address(change->owner);
	if (change->other_count > 0)
		memcpy(addresses + 1, change->others, change->other_count * sizeof(*addresses));
	*out = records;
	return sc__load(change->shop, change->call, addresses, count, SC_READ_COLUMNS | SC_READ_BODY, arena, records,
	                err);
}

/* A conflict with another writer, which reading again resolves. */
static bool is_conflict(sc_status status)
{
	return status == SC_CHANGED || status == SC_EXISTS || status == SC_NOT_FOUND;
}

/* One group: the cart, and perhaps a second record. */
static sc_status write(const sc__cart_change *change, sc__cart_state *state, const sc_change *second, bool *conflict,
                       sc_error *err)
{
	sc_change changes[2];
	sc_status status = sc__cart_put(change->shop, state, &changes[0], err);
	if (status != SC_OK)
		return status;
	changes[1] = *second;
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = second->type != 0 ? 2 : 1 };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(change->shop, change->call, &group, &outcome, err);
	*conflict = is_conflict(status);
	if (status != SC_OK)
		return status;
	state->version = outcome.position;
	state->expires_ms = 0;
	return SC_OK;
}

/* One turn. `done`: the state is what there is now. */
static sc_status turn(sc__cart_change *change, sc_arena *arena, sc__cart_state *state, bool *done, sc_error *err)
{
	sc_record *records = NULL;
	*done = true;
	sc_status status = load(change, arena, &records, err);
	if (status == SC_OK)
		status = sc__cart_state_read(&records[0], arena, state, err);
	if (status != SC_OK)
		return status;
	if (change->keyed) {
		const sc_status seen = sc__cart_state_seen(state, &change->key);
		if (seen == SC_EXISTS)
			return SC_OK;
		if (seen != SC_OK)
			return sc__fail(err, seen, "the key was used for another change of this cart");
	}
	if (change->version != 0 && change->version != state->version)
		return sc__fail(err, SC_CHANGED, "the cart has another version by now");

	sc_change second = { 0 };
	status = change->edit(change, state, records + 1, &second, err);
	if (status != SC_OK)
		return status;
	if (change->keyed)
		sc__cart_state_remember(state, &change->key);
	state->changed_ms = change->shop->env->wall_ms(change->shop->env->ctx);
	bool conflict = false;
	status = write(change, state, &second, &conflict, err);
	*done = !conflict;
	return conflict ? SC_OK : status;
}

sc_status sc__cart_change_run(sc__cart_change *change, sc_arena *arena, sc_cart *out, sc_error *err)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		sc__cart_state state;
		bool done;
		sc_status status = turn(change, arena, &state, &done, err);
		if (status != SC_OK)
			return status;
		if (done) {
			sc__cart_state_show(&state, out);
			return SC_OK;
		}
	}
	return sc__fail(err, SC_BUSY, "others kept changing the cart");
}
