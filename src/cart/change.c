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
	sc_status status = sc__input_text(owner, SC__TEXT_CODE, SC_ID_TEXT_MAX + 2, -1, "owner", err);
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

sc_status sc__cart_change_begin(sc__cart_change *change, sc_shop *shop, const sc_call *call, const sc_cart_ref *ref,
                                const char *operation, char owner[], sc__digest *digest, sc_error *err)
{
	sc_status status = sc__cart_owner(call, ref != NULL ? ref->owner : NULL, true, owner, err);
	if (status == SC_OK && call->key != NULL)
		status = sc__input_id(call->key, -1, "call.key", err);
	if (status != SC_OK)
		return status;
	*change = (sc__cart_change){ .shop = shop, .call = call, .owner = owner };
	change->version = ref != NULL ? ref->version : 0;
	change->keyed = call->key != NULL;
	sc__digest_init(digest);
	sc__digest_text(digest, operation);
	sc__digest_text(digest, call->key);
	sc__digest_final(digest, change->key.key);
	sc__digest_init(digest);
	return SC_OK;
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

/* ---- what a cart holds ------------------------------------------------------------------- */

static sc_address hold_address(const sc_id *id)
{
	return (sc_address){ .kind = SC_KIND_HOLD,
		             .key = (const char *)id->bytes,
		             .key_size = sizeof(id->bytes),
		             .sub = SC__CART_HOLD_SUB,
		             .sub_size = sizeof(SC__CART_HOLD_SUB) - 1 };
}

sc_change sc__cart_hold_release(const sc_id *id)
{
	return (sc_change){ .address = hold_address(id), .type = SC_CHANGE_RELEASE, .flags = SC_SKIP };
}

sc_status sc__cart_hold_of(const sc_record *record, sc_arena *arena, sc_id *out, sc_error *err)
{
	sc__cart_state state;
	sc_status status = sc__cart_state_read(record, arena, &state, err);
	if (status == SC_OK)
		*out = state.hold;
	return status;
}

/* One hold for all lines, at the owner's place. */
static sc_status make_hold(const sc__cart_change *change, sc__cart_state *state, sc_change *out, sc_error *err)
{
	const sc__settings *settings = &change->shop->settings;
	const size_t count = state->line_count, places = settings->location_count;
	sc_hold_line *lines = sc__arena_array(state->arena, count, sizeof(*lines));
	sc_address *sources = sc__arena_array(state->arena, count * places, sizeof(*sources));
	if (lines == NULL || sources == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to hold what is in a cart");
	for (size_t i = 0; i < count; i++)
		lines[i] = sc__source_line(settings, state->lines[i].sku, state->lines[i].quantity,
		                           &sources[i * places]);
	*out = (sc_change){ .address = hold_address(&state->hold),
		            .type = SC_CHANGE_HOLD,
		            .lines = lines,
		            .line_count = (uint32_t)count,
		            .ttl_ms = settings->hold_on_add_ms };
	return SC_OK;
}

/* The refusal of a hold names a line of the cart; the caller knows inputs. */
static void name_input(const sc__cart_change *change, const sc__cart_state *state, sc_error *err)
{
	if (err == NULL || err->index < 0 || (size_t)err->index >= state->line_count)
		return;
	const sc_cart_line *line = &state->lines[err->index];
	sc__short(err, SC_OUT_OF_STOCK, change->input_of(change, line), err->wanted, err->available,
	          "%.64s: %lld wanted, %lld available", line->sku, (long long)err->wanted, (long long)err->available);
}

/* ---- one group --------------------------------------------------------------------------- */

enum { CHANGES_MAX = 5 };

/* The cart, perhaps a second record, and the new hold in place of the old one. */
static sc_status fill_group(const sc__cart_change *change, sc__cart_state *state, const sc_change *second,
                            const sc_id *old_hold, bool holds, sc_change changes[CHANGES_MAX], uint32_t *count,
                            sc_error *err)
{
	sc_status status = sc__cart_put(change->shop, state, &changes[0], err);
	*count = 1;
	if (status != SC_OK)
		return status;
	if (second->type != 0)
		changes[(*count)++] = *second;
	if (!change->keeps_hold && !sc_id_is_zero(*old_hold))
		changes[(*count)++] = sc__cart_hold_release(old_hold);
	if (!sc_id_is_zero(change->other_hold))
		changes[(*count)++] = sc__cart_hold_release(&change->other_hold);
	return holds ? make_hold(change, state, &changes[(*count)++], err) : SC_OK;
}

static sc_status write(const sc__cart_change *change, sc__cart_state *state, const sc_change *second, bool may_hold,
                       bool *conflict, sc_error *err)
{
	const sc_env *env = change->shop->env;
	const sc_id old_hold = state->hold;
	const bool holds = may_hold && !change->keeps_hold && change->shop->settings.hold_on_add_ms > 0 &&
	                   state->line_count > 0;
	const sc_address cart = sc__cart_address(state->owner);
	if (!change->keeps_hold)
		state->hold = holds ? sc_id_with_tail(sc_id_make(env), sc_address_route(&cart)) : (sc_id){ { 0 } };
	sc_change changes[CHANGES_MAX];
	sc_group group = { .home = SC_HOME_NONE, .changes = changes };
	sc_status status = fill_group(change, state, second, &old_hold, holds, changes, &group.count, err);
	if (status != SC_OK)
		return status;
	sc_outcome outcome = { 0 };
	status = sc__apply_one(change->shop, change->call, &group, &outcome, err);
	*conflict = is_conflict(status);
	if (status == SC_OUT_OF_STOCK && change->input_of != NULL)
		name_input(change, state, err);
	if (status == SC_OK) {
		state->version = outcome.position;
		state->expires_ms = 0;
	} else {
		state->hold = old_hold;
	}
	return status;
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
	const sc__settings *settings = &change->shop->settings;
	state->limits = (sc__cart_limits){ settings->cart_line_units_max, settings->cart_units_max,
		                           settings->cart_lines_max };
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
	status = write(change, state, &second, true, &conflict, err);
	if (status == SC_OUT_OF_STOCK && change->input_of == NULL)
		status = write(change, state, &second, false, &conflict, err);
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
