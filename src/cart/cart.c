/*
 * The public functions of a cart, but for merging: check the request, say how it edits the cart, run it.
 */
#include "cart/cart.h"

#include "base/arena.h"
#include "base/error.h"
#include "cart/change.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/input.h"

#include <stdlib.h>
#include <string.h>

sc_status sc__cart_decode(const sc_record *record, sc_arena *arena, sc_cart *out, sc_error *err)
{
	sc__cart_state state;
	sc_status status = sc__cart_state_read(record, arena, &state, err);
	if (status == SC_OK)
		sc__cart_state_show(&state, out);
	return status;
}

sc_status sc_cart_get(sc_shop *shop, const sc_call *call, const char *owner, sc_arena *arena, sc_cart *out,
                      sc_error *err)
{
	char own[SC__OWNER_SIZE];
	sc_status status = sc__cart_owner(call, owner, false, own, err);
	if (status != SC_OK)
		return status;
	const sc_address address = sc__cart_address(own);
	sc_record record = { 0 };
	status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &record, err);
	return status == SC_OK ? sc__cart_decode(&record, arena, out, err) : status;
}

/* ---- add ------------------------------------------------------------------------------- */

/* What the edit needs, made once before the first turn. */
typedef struct item {
	const char *sku;
	int64_t quantity;
	sc_line_option *options; /* by name */
	uint32_t option_count;
} item;

static int by_name(const void *a, const void *b)
{
	return strcmp(((const sc_line_option *)a)->name, ((const sc_line_option *)b)->name);
}

/* Options are a set: their order does not make another line. */
static sc_status read_item_options(const sc_cart_item *in, int32_t index, sc_arena *arena, item *out, sc_error *err)
{
	if (in->option_count > SC_LINE_OPTIONS_MAX)
		return sc__bad_at(err, SC_OVER_LIMIT, index, "options", "at most %d options", SC_LINE_OPTIONS_MAX);
	if (in->option_count > 0 && in->options == NULL)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "options", "are missing");
	sc_line_option *options = sc__arena_array(arena, in->option_count, sizeof(*options));
	if (options == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for options");
	for (uint32_t i = 0; i < in->option_count; i++) {
		const sc_line_option *option = &in->options[i];
		sc_status status = sc__input_text(option->name, 0, SC_ATTRIBUTE_NAME_MAX, index, "options.name", err);
		if (status == SC_OK)
			status = sc__input_text(option->value, SC__TEXT_EMPTY, SC_NOTE_MAX, index, "options.value",
			                        err);
		if (status != SC_OK)
			return status;
		options[i] = *option;
	}
	qsort(options, in->option_count, sizeof(*options), by_name);
	for (uint32_t i = 1; i < in->option_count; i++)
		if (strcmp(options[i - 1].name, options[i].name) == 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, index, "options.name", "stands twice");
	out->options = options;
	out->option_count = in->option_count;
	return SC_OK;
}

static sc_status read_item(const sc_cart_item *in, int32_t index, sc_arena *arena, item *out, sc_error *err)
{
	sc_status status = sc__input_id(in->sku, index, "sku", err);
	if (status == SC_OK)
		status = sc__input_range(in->quantity, 1, SC_QUANTITY_MAX, index, "quantity", err);
	if (status == SC_OK)
		status = read_item_options(in, index, arena, out, err);
	out->sku = in->sku;
	out->quantity = in->quantity;
	return status;
}

static void digest_item(sc__digest *digest, const item *it)
{
	sc__digest_text(digest, it->sku);
	sc__digest_int(digest, it->quantity);
	sc__digest_int(digest, it->option_count);
	for (uint32_t i = 0; i < it->option_count; i++) {
		sc__digest_text(digest, it->options[i].name);
		sc__digest_text(digest, it->options[i].value);
	}
}

static sc_status check_offer(const sc__cart_state *state, const sc_sku *sku, int32_t index, sc_error *err)
{
	if (sku->version == 0)
		return sc__bad_at(err, SC_NOT_FOUND, index, "sku", "there is no SKU %.64s", sku->sku);
	if (sku->withdrawn)
		return sc__bad_at(err, SC_NOT_FOR_SALE, index, "sku", "%.64s is not for sale", sku->sku);
	if (state->currency[0] != '\0' && strcmp(state->currency, sku->currency) != 0)
		return sc__bad_at(err, SC_CURRENCY_MISMATCH, index, "sku", "the cart is in %s, %.64s in %s",
		                  state->currency, sku->sku, sku->currency);
	return SC_OK;
}

/* Texts of the line are copied: the caller's may go away before the cart that is handed out. */
static sc_status append_item(const sc__cart_change *change, sc__cart_state *state, const item *it, const sc_sku *sku,
                             sc_error *err)
{
	const sc_env *env = change->shop->env;
	sc_line_option *options = sc__arena_array(state->arena, it->option_count, sizeof(*options));
	const char *name = sc_arena_dup(state->arena, it->sku, strlen(it->sku));
	if (options == NULL || name == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a line");
	for (uint32_t i = 0; i < it->option_count; i++) {
		const sc_line_option *from = &it->options[i];
		options[i].name = sc_arena_dup(state->arena, from->name, strlen(from->name));
		options[i].value = sc_arena_dup(state->arena, from->value, strlen(from->value));
		if (options[i].name == NULL || options[i].value == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a line");
	}
	const sc_cart_line line = { .id = sc_id_make(env),
		                    .sku = name,
		                    .quantity = it->quantity,
		                    .price_seen_minor = sku->price_minor,
		                    .added_ms = env->wall_ms(env->ctx),
		                    .options = options,
		                    .option_count = it->option_count };
	return sc__cart_state_append(state, &line, err);
}

static sc_status add_item(const sc__cart_change *change, sc__cart_state *state, const item *it, const sc_sku *sku,
                          int32_t index, sc_error *err)
{
	sc_status status = check_offer(state, sku, index, err);
	if (status != SC_OK)
		return status;
	memcpy(state->currency, sku->currency, sizeof(state->currency));
	sc_cart_line *line = sc__cart_state_find(state, it->sku, it->options, it->option_count);
	if (line == NULL) {
		status = append_item(change, state, it, sku, err);
		if (status != SC_OK && err != NULL)
			err->index = index;
		return status;
	}
	status = sc__cart_state_set(state, line, line->quantity + it->quantity, index, err);
	if (status != SC_OK)
		return status;
	line->price_seen_minor = sku->price_minor;
	return SC_OK;
}

static sc_status edit_add(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                          sc_error *err)
{
	const item *items = change->input;
	(void)second;
	for (size_t i = 0; i < change->input_count; i++) {
		sc_sku sku;
		sc_status status = sc__sku_decode(&others[i], state->arena, &sku, err);
		if (status == SC_OK)
			status = add_item(change, state, &items[i], &sku, (int32_t)i, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* The last item of the line's SKU: it made the line as large as it is. */
static int32_t item_of_line(const sc__cart_change *change, const sc_cart_line *line)
{
	const item *items = change->input;
	for (size_t i = change->input_count; i-- > 0;)
		if (strcmp(items[i].sku, line->sku) == 0)
			return (int32_t)i;
	return -1;
}

sc_status sc_cart_add(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_cart_item *items,
                      size_t count, sc_arena *arena, sc_cart *out, sc_error *err)
{
	if (count == 0 || items == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "items", "there is nothing to add");
	if (count > SC_CART_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "items", "at most %d at once", SC_CART_LINES_MAX);
	item *read = sc__arena_array(arena, count, sizeof(*read));
	sc_address *skus = sc__arena_array(arena, count, sizeof(*skus));
	if (read == NULL || skus == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the items");

	sc__cart_change change;
	char owner[SC__OWNER_SIZE];
	sc__digest digest;
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		status = read_item(&items[i], (int32_t)i, arena, &read[i], err);
		skus[i] = status == SC_OK ? sc__sku_address(read[i].sku) : (sc_address){ 0 };
	}
	if (status == SC_OK)
		status = sc__cart_change_begin(&change, shop, call, cart, "cart.add", owner, &digest, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		digest_item(&digest, &read[i]);
	sc__digest_final(&digest, change.key.request);
	change.edit = edit_add;
	change.input_of = item_of_line;
	change.input = read;
	change.input_count = count;
	change.others = skus;
	change.other_count = count;
	return sc__cart_change_run(&change, arena, out, err);
}

/* ---- set and remove -------------------------------------------------------------------- */

static sc_status edit_set(sc__cart_change *change, sc__cart_state *state, const sc_record *others, sc_change *second,
                          sc_error *err)
{
	const sc_cart_quantity *quantities = change->input;
	(void)others;
	(void)second;
	for (size_t i = 0; i < change->input_count; i++) {
		sc_cart_line *line = sc__cart_state_find_id(state, quantities[i].line),
			     *saved = sc__cart_state_find_saved(state, quantities[i].line);
		if (line == NULL && saved == NULL)
			return sc__bad_at(err, SC_NOT_FOUND, (int32_t)i, "line", "there is no such line");
		if (saved != NULL)
			saved->quantity = quantities[i].quantity;
		sc_status status = line == NULL
		                           ? SC_OK
		                           : sc__cart_state_set(state, line, quantities[i].quantity, (int32_t)i, err);
		if (status != SC_OK)
			return status;
	}
	sc__cart_state_sweep(state);
	return SC_OK;
}

static int32_t quantity_of_line(const sc__cart_change *change, const sc_cart_line *line)
{
	const sc_cart_quantity *quantities = change->input;
	for (size_t i = 0; i < change->input_count; i++)
		if (sc_id_equal(quantities[i].line, line->id))
			return (int32_t)i;
	return -1;
}

static sc_status set_lines(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *operation,
                           bool removes, const sc_cart_quantity *lines, size_t count, sc_arena *arena, sc_cart *out,
                           sc_error *err)
{
	sc__cart_change change;
	char owner[SC__OWNER_SIZE];
	sc__digest digest;
	sc_status status = sc__cart_change_begin(&change, shop, call, cart, operation, owner, &digest, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		sc__digest_bytes(&digest, lines[i].line.bytes, sizeof(lines[i].line.bytes));
		sc__digest_int(&digest, lines[i].quantity);
	}
	sc__digest_final(&digest, change.key.request);
	change.edit = edit_set;
	change.input_of = removes ? NULL : quantity_of_line;
	change.input = lines;
	change.input_count = count;
	return sc__cart_change_run(&change, arena, out, err);
}

static sc_status check_line_count(const void *lines, size_t count, sc_error *err)
{
	if (count == 0 || lines == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "lines", "name at least one line");
	if (count > SC_CART_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "lines", "at most %d at once", SC_CART_LINES_MAX);
	return SC_OK;
}

sc_status sc_cart_set(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_cart_quantity *lines,
                      size_t count, sc_arena *arena, sc_cart *out, sc_error *err)
{
	sc_status status = check_line_count(lines, count, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = sc__input_range(lines[i].quantity, 0, SC_QUANTITY_MAX, (int32_t)i, "quantity", err);
	if (status != SC_OK)
		return status;
	return set_lines(shop, call, cart, "cart.set", false, lines, count, arena, out, err);
}

sc_status sc_cart_remove(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_id *lines, size_t count,
                         sc_arena *arena, sc_cart *out, sc_error *err)
{
	sc_status status = check_line_count(lines, count, err);
	if (status != SC_OK)
		return status;
	sc_cart_quantity *zeroes = sc__arena_array(arena, count, sizeof(*zeroes));
	if (zeroes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the lines");
	for (size_t i = 0; i < count; i++)
		zeroes[i] = (sc_cart_quantity){ lines[i], 0 };
	return set_lines(shop, call, cart, "cart.remove", true, zeroes, count, arena, out, err);
}

/* ---- after a purchase ------------------------------------------------------------------ */

sc_status sc__cart_bought(sc_shop *shop, const sc_record *record, const sc__bought_line *bought, size_t count,
                          sc_arena *arena, sc_change *out, bool *needed, sc_error *err)
{
	sc__cart_state state;
	sc_status status = sc__cart_state_read(record, arena, &state, err);
	if (status != SC_OK)
		return status;
	bool some = false;
	for (size_t i = 0; i < count; i++) {
		sc_cart_line *line = sc__cart_state_find_id(&state, bought[i].line);
		if (line == NULL) /* put aside since */
			line = sc__cart_state_find_saved(&state, bought[i].line);
		if (line == NULL || line->quantity == 0)
			continue;
		line->quantity = line->quantity > bought[i].quantity ? line->quantity - bought[i].quantity : 0;
		some = true;
	}
	*needed = some;
	if (!some)
		return SC_OK;
	sc__cart_state_sweep(&state);
	if (state.line_count == 0)
		state.coupon_count = 0; /* they were for what is bought now */
	state.changed_ms = shop->env->wall_ms(shop->env->ctx);
	status = sc__cart_put(shop, &state, out, err);
	out->flags |= SC_SKIP;
	return status;
}
