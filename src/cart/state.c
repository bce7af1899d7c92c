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
		          .expires_ms = state->expires_ms };
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

sc_status sc__cart_state_append(sc__cart_state *state, const sc_cart_line *line, sc_error *err)
{
	if (state->line_count == SC_CART_LINES_MAX)
		return sc__short(err, SC_LIMIT_REACHED, -1, SC_CART_LINES_MAX + 1, SC_CART_LINES_MAX,
		                 "a cart has at most %d lines", SC_CART_LINES_MAX);
	if (state->line_count == state->line_room) {
		const size_t room = state->line_room < 8 ? 8 : 2 * state->line_room;
		void *lines = sc__arena_resize(state->arena, state->lines, state->line_room * sizeof(*line),
		                               room * sizeof(*line));
		if (lines == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for another line");
		state->lines = lines;
		state->line_room = room;
	}
	state->lines[state->line_count++] = *line;
	return SC_OK;
}

void sc__cart_state_sweep(sc__cart_state *state)
{
	size_t kept = 0;
	for (size_t i = 0; i < state->line_count; i++)
		if (state->lines[i].quantity > 0)
			state->lines[kept++] = state->lines[i];
	state->line_count = kept;
	if (kept == 0)
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
