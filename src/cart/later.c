/*
 * What a buyer puts aside for later, and the note to the shop.
 */
#include "cart/cart.h"

#include "base/arena.h"
#include "base/error.h"
#include "cart/change.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

/* ---- save for later -------------------------------------------------------------------- */

static sc_status put_aside(sc__cart_state *state, sc_id id, int32_t index, sc_error *err)
{
	sc_cart_line *line = sc__cart_state_find_id(state, id);
	if (line == NULL && sc__cart_state_find_saved(state, id) != NULL)
		return SC_OK;
	if (line == NULL)
		return sc__bad_at(err, SC_NOT_FOUND, index, "line", "there is no such line");
	sc_status status = sc__cart_state_save(state, line, err);
	line->quantity = 0;
	return status;
}

static sc_status bring_back(sc__cart_state *state, sc_id id, int32_t index, sc_error *err)
{
	sc_cart_line *saved = sc__cart_state_find_saved(state, id);
	if (saved == NULL && sc__cart_state_find_id(state, id) != NULL)
		return SC_OK;
	if (saved == NULL)
		return sc__bad_at(err, SC_NOT_FOUND, index, "line", "there is no such line");
	const sc_cart_line line = *saved;
	sc_cart_line *same = sc__cart_state_find(state, line.sku, line.options, line.option_count);
	saved->quantity = 0;
	if (same != NULL)
		return sc__cart_state_set(state, same, same->quantity + line.quantity, index, err);
	sc_status status = sc__cart_state_append(state, &line, err);
	if (status != SC_OK && err != NULL)
		err->index = index;
	return status;
}

static sc_status edit_lines(const sc__cart_change *change, sc__cart_state *state,
                            sc_status (*move)(sc__cart_state *state, sc_id id, int32_t index, sc_error *err),
                            sc_error *err)
{
	const sc_id *lines = change->input;
	for (size_t i = 0; i < change->input_count; i++) {
		sc_status status = move(state, lines[i], (int32_t)i, err);
		if (status != SC_OK)
			return status;
	}
	sc__cart_state_sweep(state);
	return SC_OK;
}

static sc_status edit_put_aside(sc__cart_change *change, sc__cart_state *state, const sc_record *others,
                                sc_change *second, sc_error *err)
{
	(void)others;
	(void)second;
	return edit_lines(change, state, put_aside, err);
}

static sc_status edit_bring_back(sc__cart_change *change, sc__cart_state *state, const sc_record *others,
                                 sc_change *second, sc_error *err)
{
	(void)others;
	(void)second;
	return edit_lines(change, state, bring_back, err);
}

static int32_t index_of_line(const sc__cart_change *change, const sc_cart_line *line)
{
	const sc_id *lines = change->input;
	for (size_t i = 0; i < change->input_count; i++)
		if (sc_id_equal(lines[i], line->id))
			return (int32_t)i;
	return -1;
}

sc_status sc_cart_save(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_id *lines, size_t count,
                       bool later, sc_arena *arena, sc_cart *out, sc_error *err)
{
	if (count == 0 || lines == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "lines", "name at least one line");
	if (count > SC_CART_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "lines", "at most %d at once", SC_CART_LINES_MAX);
	sc__cart_change change;
	char owner[SC__OWNER_SIZE];
	sc__digest digest;
	sc_status status = sc__cart_change_begin(&change, shop, call, cart, "cart.save", owner, &digest, err);
	if (status != SC_OK)
		return status;
	sc__digest_bytes(&digest, lines, count * sizeof(*lines));
	sc__digest_int(&digest, later);
	sc__digest_final(&digest, change.key.request);
	change.edit = later ? edit_put_aside : edit_bring_back;
	change.input_of = later ? NULL : index_of_line;
	change.input = lines;
	change.input_count = count;
	return sc__cart_change_run(&change, arena, out, err);
}

/* ---- note ------------------------------------------------------------------------------ */

static sc_status edit_note(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                           sc_error *err)
{
	const char *note = change->input;
	(void)others;
	(void)second;
	state->note = sc_arena_dup(state->arena, note, strlen(note));
	return state->note != NULL ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory for a note");
}

sc_status sc_cart_set_note(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *note,
                           sc_arena *arena, sc_cart *out, sc_error *err)
{
	if (note == NULL)
		note = "";
	sc__cart_change change;
	char owner[SC__OWNER_SIZE];
	sc__digest digest;
	sc_status status = sc__input_text(note, SC__TEXT_EMPTY | SC__TEXT_LINES, SC_NOTE_MAX, -1, "note", err);
	if (status == SC_OK)
		status = sc__cart_change_begin(&change, shop, call, cart, "cart.note", owner, &digest, err);
	if (status != SC_OK)
		return status;
	sc__digest_text(&digest, note);
	sc__digest_final(&digest, change.key.request);
	change.edit = edit_note;
	change.input = note;
	change.keeps_hold = true;
	return sc__cart_change_run(&change, arena, out, err);
}
