/*
 * How a cart is stored: one JSON document, as SQL can read it,
 *
 *     {"currency":"USD","changed":…,"lines":[{"id":…,"sku":…,"quantity":…,"price":…,"added":…,
 *      "options":[["name","value"],…]},…],"keys":["…",…],"saved":[lines],"note":"…","hold":"…",
 *      "coupons":[["code","coupon"],…]}
 *
 * Those behind the keys stand there only when there is something to say. A key is the 64 hexadecimal digits of the two
 * hashes of a sc__cart_key.
 */
#include "cart/state.h"

#include "base/error.h"
#include "base/text.h"
#include "cart/cart.h"

#include <shopcore/json.h>

#include <string.h>

#define KEY_TEXT_SIZE (4 * SC__CART_HASH_SIZE)

/* ---- writing --------------------------------------------------------------------------- */

static void write_key(sc_json_writer *writer, const sc__cart_key *key)
{
	char text[KEY_TEXT_SIZE + 1];
	sc__hex_encode((sc_bytes){ key->key, SC__CART_HASH_SIZE }, text);
	sc__hex_encode((sc_bytes){ key->request, SC__CART_HASH_SIZE }, text + KEY_TEXT_SIZE / 2);
	sc_json_put_bytes(writer, text, KEY_TEXT_SIZE);
}

static void write_line(sc_json_writer *writer, const sc_cart_line *line)
{
	char id[SC_ID_TEXT_SIZE];
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", sc_id_format(line->id, id));
	sc_json_add_text(writer, "sku", line->sku);
	sc_json_add_int(writer, "quantity", line->quantity);
	sc_json_add_int(writer, "price", line->price_seen_minor);
	sc_json_add_int(writer, "added", line->added_ms);
	sc_json_put_key(writer, "options");
	sc_json_begin_array(writer);
	for (uint32_t i = 0; i < line->option_count; i++) {
		sc_json_begin_array(writer);
		sc_json_put_text(writer, line->options[i].name);
		sc_json_put_text(writer, line->options[i].value);
		sc_json_end_array(writer);
	}
	sc_json_end_array(writer);
	sc_json_end_object(writer);
}

static void write_lines(sc_json_writer *writer, const char *key, const sc_cart_line *lines, size_t count)
{
	sc_json_put_key(writer, key);
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++)
		write_line(writer, &lines[i]);
	sc_json_end_array(writer);
}

static void write_coupons(sc_json_writer *writer, const char *key, const sc_cart_coupon *coupons, size_t count)
{
	sc_json_put_key(writer, key);
	sc_json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_array(writer);
		sc_json_put_text(writer, coupons[i].code);
		sc_json_put_text(writer, coupons[i].coupon);
		sc_json_end_array(writer);
	}
	sc_json_end_array(writer);
}

static void write_extras(sc_json_writer *writer, const sc__cart_state *state)
{
	char id[SC_ID_TEXT_SIZE];
	if (state->saved_count > 0)
		write_lines(writer, "saved", state->saved, state->saved_count);
	if (state->note[0] != '\0')
		sc_json_add_text(writer, "note", state->note);
	if (!sc_id_is_zero(state->hold))
		sc_json_add_text(writer, "hold", sc_id_format(state->hold, id));
	if (state->coupon_count > 0)
		write_coupons(writer, "coupons", state->coupons, state->coupon_count);
}

sc_status sc__cart_state_write(const sc__cart_state *state, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, state->arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", state->currency);
	sc_json_add_int(&writer, "changed", state->changed_ms);
	write_lines(&writer, "lines", state->lines, state->line_count);
	sc_json_put_key(&writer, "keys");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < state->key_count; i++)
		write_key(&writer, &state->keys[i]);
	sc_json_end_array(&writer);
	write_extras(&writer, state);
	sc_json_end_object(&writer);
	sc_bytes body;
	sc_status status = sc_json_finish(&writer, &body, err);
	if (status != SC_OK)
		return status;
	if (body.size > SC_BODY_MAX)
		return sc__short(err, SC_LIMIT_REACHED, -1, (int64_t)body.size, SC_BODY_MAX,
		                 "the texts of the cart are too long together");
	*out = body;
	return SC_OK;
}

/* ---- reading --------------------------------------------------------------------------- */

static bool read_key(const sc_json *value, sc__cart_key *out)
{
	const sc_bytes text = sc_json_text(value);
	const size_t half = KEY_TEXT_SIZE / 2;
	return text.size == KEY_TEXT_SIZE && sc__hex_decode((sc_bytes){ text.data, half }, out->key) &&
	       sc__hex_decode((sc_bytes){ (const char *)text.data + half, half }, out->request);
}

static sc_status read_options(const sc_json *array, sc_arena *arena, sc_cart_line *line)
{
	const size_t count = sc_json_count(array);
	if (count > SC_LINE_OPTIONS_MAX)
		return SC_DAMAGED;
	sc_line_option *options = sc_arena_alloc(arena, count * sizeof(*options));
	if (options == NULL)
		return SC_NO_MEMORY;
	size_t at = 0;
	for (const sc_json *pair = sc_json_first(array); pair != NULL; pair = sc_json_next(pair)) {
		const sc_json *name = sc_json_first(pair), *value = sc_json_next(name);
		if (sc_json_type_of(name) != SC_JSON_TEXT || sc_json_type_of(value) != SC_JSON_TEXT)
			return SC_DAMAGED;
		options[at++] = (sc_line_option){ sc_json_text(name).data, sc_json_text(value).data };
	}
	line->options = options;
	line->option_count = (uint32_t)count;
	return SC_OK;
}

static sc_status read_line(const sc_json *object, sc_arena *arena, sc_cart_line *out)
{
	const char *id;
	const sc_json *options;
	*out = (sc_cart_line){ 0 };
	if (sc_json_get_text(object, "id", &id, NULL) != SC_OK || sc_id_parse(id, &out->id) != SC_OK ||
	    sc_json_get_text(object, "sku", &out->sku, NULL) != SC_OK ||
	    sc_json_get_int(object, "quantity", &out->quantity, NULL) != SC_OK ||
	    sc_json_get_int(object, "price", &out->price_seen_minor, NULL) != SC_OK ||
	    sc_json_get_int(object, "added", &out->added_ms, NULL) != SC_OK ||
	    sc_json_get_array(object, "options", &options, NULL) != SC_OK)
		return SC_DAMAGED;
	if (out->quantity < 1 || out->quantity > SC_QUANTITY_MAX)
		return SC_DAMAGED;
	return read_options(options, arena, out);
}

static sc_status read_lines(const sc_json *array, sc_arena *arena, sc_cart_line **lines, size_t *line_count)
{
	const size_t count = sc_json_count(array);
	if (count > SC_CART_LINES_MAX)
		return SC_DAMAGED;
	*lines = sc_arena_alloc(arena, count * sizeof(**lines));
	if (*lines == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *object = sc_json_first(array); object != NULL; object = sc_json_next(object)) {
		sc_status status = read_line(object, arena, &(*lines)[*line_count]);
		if (status != SC_OK)
			return status;
		(*line_count)++;
	}
	return SC_OK;
}

static sc_status read_coupons(const sc_json *array, sc__cart_state *state)
{
	if (sc_json_count(array) > SC_CART_COUPONS_MAX)
		return SC_DAMAGED;
	for (const sc_json *pair = sc_json_first(array); pair != NULL; pair = sc_json_next(pair)) {
		const sc_json *code = sc_json_first(pair), *name = sc_json_next(code);
		if (sc_json_type_of(code) != SC_JSON_TEXT || sc_json_type_of(name) != SC_JSON_TEXT)
			return SC_DAMAGED;
		const sc_cart_coupon coupon = { sc_json_text(code).data, sc_json_text(name).data };
		sc_status status = sc__cart_state_add_coupon(state, &coupon, NULL);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* What stands there only when there is something to say. */
static sc_status read_extras(const sc_json *document, sc__cart_state *state)
{
	sc_status status = read_coupons(sc_json_member(document, "coupons"), state);
	if (status != SC_OK)
		return status;
	const sc_json *saved = sc_json_member(document, "saved"), *note = sc_json_member(document, "note"),
		      *hold = sc_json_member(document, "hold");
	if (note != NULL && sc_json_get_text(document, "note", &state->note, NULL) != SC_OK)
		return SC_DAMAGED;
	const char *id;
	if (hold != NULL &&
	    (sc_json_get_text(document, "hold", &id, NULL) != SC_OK || sc_id_parse(id, &state->hold) != SC_OK))
		return SC_DAMAGED;
	if (saved == NULL)
		return SC_OK;
	if (sc_json_type_of(saved) != SC_JSON_ARRAY)
		return SC_DAMAGED;
	status = read_lines(saved, state->arena, &state->saved, &state->saved_count);
	state->saved_room = state->saved_count;
	return status;
}

static sc_status read_body(const sc_json *document, sc__cart_state *state)
{
	const char *currency;
	const sc_json *lines, *keys;
	if (sc_json_get_text(document, "currency", &currency, NULL) != SC_OK ||
	    strlen(currency) >= sizeof(state->currency) ||
	    sc_json_get_int(document, "changed", &state->changed_ms, NULL) != SC_OK ||
	    sc_json_get_array(document, "lines", &lines, NULL) != SC_OK ||
	    sc_json_get_array(document, "keys", &keys, NULL) != SC_OK || sc_json_count(keys) > SC_CART_KEYS_MAX)
		return SC_DAMAGED;
	memcpy(state->currency, currency, strlen(currency));
	for (const sc_json *key = sc_json_first(keys); key != NULL; key = sc_json_next(key))
		if (!read_key(key, &state->keys[state->key_count++]))
			return SC_DAMAGED;
	sc_status status = read_lines(lines, state->arena, &state->lines, &state->line_count);
	state->line_room = state->line_count;
	return status == SC_OK ? read_extras(document, state) : status;
}

sc_status sc__cart_state_read(const sc_record *record, sc_arena *arena, sc__cart_state *out, sc_error *err)
{
	*out = (sc__cart_state){ .arena = arena,
		                 .note = "",
		                 .limits = { SC_QUANTITY_MAX, SC_QUANTITY_MAX * SC_CART_LINES_MAX,
		                             SC_CART_LINES_MAX } };
	out->owner = sc_arena_dup(arena, record->address.key, record->address.key_size);
	if (out->owner == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a cart");
	if (record->version == 0)
		return SC_OK;
	out->version = record->version;
	out->expires_ms = record->expires_ms;
	const sc_json *document;
	sc_error inner = SC_ERROR_INIT;
	sc_status status = sc_json_parse(record->body, arena, NULL, &document, &inner);
	if (status == SC_OK)
		status = read_body(document, out);
	if (status == SC_OK)
		return SC_OK;
	if (status == SC_NO_MEMORY)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a cart");
	return sc__fail(err, SC_DAMAGED, "the cart of %s does not read", out->owner);
}

/* ---- for people and programs ----------------------------------------------------------- */

static void show_line(sc_json_writer *writer, const sc_cart_line *line)
{
	char id[SC_ID_TEXT_SIZE];
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", sc_id_format(line->id, id));
	sc_json_add_text(writer, "sku", line->sku);
	sc_json_add_int(writer, "quantity", line->quantity);
	sc_json_add_int(writer, "price_seen_minor", line->price_seen_minor);
	sc_json_add_int(writer, "added_ms", line->added_ms);
	sc_json_put_key(writer, "options");
	sc_json_begin_object(writer);
	for (uint32_t i = 0; i < line->option_count; i++)
		sc_json_add_text(writer, line->options[i].name, line->options[i].value);
	sc_json_end_object(writer);
	sc_json_end_object(writer);
}

void sc_cart_write_json(sc_json_writer *writer, const sc_cart *cart)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "owner", cart->owner);
	sc_json_add_int(writer, "version", (int64_t)cart->version);
	sc_json_add_text(writer, "currency", cart->currency[0] != '\0' ? cart->currency : NULL);
	sc_json_add_int(writer, "changed_ms", cart->changed_ms);
	sc_json_put_key(writer, "lines");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < cart->line_count; i++)
		show_line(writer, &cart->lines[i]);
	sc_json_end_array(writer);
	sc_json_put_key(writer, "saved");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < cart->saved_count; i++)
		show_line(writer, &cart->saved[i]);
	sc_json_end_array(writer);
	sc_json_add_text(writer, "note", cart->note != NULL ? cart->note : "");
	sc_json_put_key(writer, "coupons");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < cart->coupon_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", cart->coupons[i].code);
		sc_json_add_text(writer, "coupon", cart->coupons[i].coupon);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_end_object(writer);
}
