/*
 * A cart in the hand: finding, appending and removing lines, and the keys it remembers.
 */
#include "cart/state.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

void sc__cart_state_show(const sc__cart_state *state, sc_cart *out)
{
	*out = (sc_cart){ .owner = state->owner,
		          .version = state->version,
		          .lines = state->lines,
		          .line_count = state->line_count,
		          .changed_ms = state->changed_ms,
		          .expires_ms = state->expires_ms,
		          .note = state->note,
		          .saved = state->saved,
		          .saved_count = state->saved_count,
		          .coupons = state->coupons,
		          .coupon_count = state->coupon_count };
	memcpy(out->currency, state->currency, sizeof(out->currency));
}

static bool same_options(const sc_cart_line *line, const sc_line_option *options, uint32_t count)
{
	if (line->option_count != count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(line->options[i].name, options[i].name) != 0 ||
		    strcmp(line->options[i].value, options[i].value) != 0)
			return false;
	return true;
}

sc_cart_line *sc__cart_state_find(const sc__cart_state *state, const char *sku, const sc_line_option *options,
                                  uint32_t option_count)
{
	for (size_t i = 0; i < state->line_count; i++)
		if (strcmp(state->lines[i].sku, sku) == 0 && same_options(&state->lines[i], options, option_count))
			return &state->lines[i];
	return NULL;
}

sc_cart_line *sc__cart_state_find_id(const sc__cart_state *state, sc_id id)
{
	for (size_t i = 0; i < state->line_count; i++)
		if (sc_id_equal(state->lines[i].id, id))
			return &state->lines[i];
	return NULL;
}

sc_cart_line *sc__cart_state_find_saved(const sc__cart_state *state, sc_id id)
{
	for (size_t i = 0; i < state->saved_count; i++)
		if (sc_id_equal(state->saved[i].id, id))
			return &state->saved[i];
	return NULL;
}

static sc_status append(sc_arena *arena, sc_cart_line **lines, size_t *count, size_t *room, const sc_cart_line *line,
                        sc_error *err)
{
	if (*count == *room) {
		const size_t larger = *room < 8 ? 8 : 2 * *room;
		sc_cart_line *moved = sc__arena_resize(arena, *lines, *room * sizeof(*line), larger * sizeof(*line));
		if (moved == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for another line");
		*lines = moved;
		*room = larger;
	}
	(*lines)[(*count)++] = *line;
	return SC_OK;
}

sc_status sc__cart_state_append(sc__cart_state *state, const sc_cart_line *line, sc_error *err)
{
	const size_t max = state->limits.lines;
	const int64_t room = sc__cart_state_room(state, NULL);
	if (state->line_count >= max)
		return sc__short(err, SC_LIMIT_REACHED, -1, (int64_t)state->line_count + 1, (int64_t)max,
		                 "a cart has at most %zu lines", max);
	if (line->quantity > room)
		return sc__short(err, SC_LIMIT_REACHED, -1, line->quantity, room, "at most %lld more units",
		                 (long long)room);
	return append(state->arena, &state->lines, &state->line_count, &state->line_room, line, err);
}

sc_status sc__cart_state_save(sc__cart_state *state, const sc_cart_line *line, sc_error *err)
{
	if (state->saved_count >= SC_CART_LINES_MAX)
		return sc__short(err, SC_LIMIT_REACHED, -1, SC_CART_LINES_MAX + 1, SC_CART_LINES_MAX,
		                 "at most %d lines are saved for later", SC_CART_LINES_MAX);
	return append(state->arena, &state->saved, &state->saved_count, &state->saved_room, line, err);
}

int64_t sc__cart_state_room(const sc__cart_state *state, const sc_cart_line *line)
{
	int64_t units = 0; /* SC_CART_LINES_MAX times SC_QUANTITY_MAX fits */
	for (size_t i = 0; i < state->line_count; i++)
		units += state->lines[i].quantity;
	if (line == NULL && state->line_count >= state->limits.lines)
		return 0;
	const int64_t of_cart = state->limits.units - units;
	const int64_t of_line = state->limits.line_units - (line != NULL ? line->quantity : 0);
	const int64_t room = of_cart < of_line ? of_cart : of_line;
	return room > 0 ? room : 0;
}

sc_status sc__cart_state_set(sc__cart_state *state, sc_cart_line *line, int64_t quantity, int32_t index, sc_error *err)
{
	const int64_t room = sc__cart_state_room(state, line);
	if (quantity > line->quantity && quantity - line->quantity > room)
		return sc__short(err, SC_LIMIT_REACHED, index, quantity, line->quantity + room,
		                 "this line may have %lld units", (long long)(line->quantity + room));
	line->quantity = quantity;
	return SC_OK;
}

static size_t sweep(sc_cart_line *lines, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (lines[i].quantity > 0)
			lines[kept++] = lines[i];
	return kept;
}

void sc__cart_state_sweep(sc__cart_state *state)
{
	state->line_count = sweep(state->lines, state->line_count);
	state->saved_count = sweep(state->saved, state->saved_count);
	if (state->line_count == 0 && state->saved_count == 0)
		memset(state->currency, 0, sizeof(state->currency));
}

sc_status sc__cart_state_seen(const sc__cart_state *state, const sc__cart_key *key)
{
	for (size_t i = 0; i < state->key_count; i++) {
		if (memcmp(state->keys[i].key, key->key, sizeof(key->key)) != 0)
			continue;
		const bool same = memcmp(state->keys[i].request, key->request, sizeof(key->request)) == 0;
		return same ? SC_EXISTS : SC_KEY_REUSED;
	}
	return SC_OK;
}

void sc__cart_state_remember(sc__cart_state *state, const sc__cart_key *key)
{
	if (state->key_count == SC_CART_KEYS_MAX) {
		memmove(state->keys, state->keys + 1, (SC_CART_KEYS_MAX - 1) * sizeof(state->keys[0]));
		state->key_count--;
	}
	state->keys[state->key_count++] = *key;
}

/* ---- coupons --------------------------------------------------------------------------- */

sc_status sc__cart_state_add_coupon(sc__cart_state *state, const sc_cart_coupon *coupon, sc_error *err)
{
	for (size_t i = 0; i < state->coupon_count; i++)
		if (strcmp(state->coupons[i].code, coupon->code) == 0)
			return SC_OK;
	if (state->coupon_count == SC_CART_COUPONS_MAX)
		return sc__short(err, SC_LIMIT_REACHED, -1, SC_CART_COUPONS_MAX + 1, SC_CART_COUPONS_MAX,
		                 "a cart carries at most %d coupons", SC_CART_COUPONS_MAX);
	if (state->coupons == NULL)
		state->coupons = sc__arena_array(state->arena, SC_CART_COUPONS_MAX, sizeof(*state->coupons));
	if (state->coupons == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a coupon");
	state->coupons[state->coupon_count++] = *coupon;
	return SC_OK;
}

bool sc__cart_state_remove_coupon(sc__cart_state *state, const char *code)
{
	for (size_t i = 0; i < state->coupon_count; i++)
		if (strcmp(state->coupons[i].code, code) == 0) {
			memmove(state->coupons + i, state->coupons + i + 1,
			        (--state->coupon_count - i) * sizeof(state->coupons[0]));
			return true;
		}
	return false;
}
