/*
 * A cart while it is being changed: the public picture of it, room for more lines, and the keys it remembers.
 * Everything lives in one arena. Nothing here reads or writes a store.
 */
#ifndef SC_CART_STATE_H
#define SC_CART_STATE_H

#include "core/digest.h"

#include <shopcore/cart.h>
#include <shopcore/port/store.h>

#define SC__CART_HASH_SIZE SC__DIGEST_SIZE

/* A key of the caller's that was used on this cart, and what for. */
typedef struct sc__cart_key {
	uint8_t key[SC__CART_HASH_SIZE];     /* operation and key */
	uint8_t request[SC__CART_HASH_SIZE]; /* everything else of the request */
} sc__cart_key;

/* How large a cart may grow. One that is larger already may stay so and shrink. */
typedef struct sc__cart_limits {
	int64_t line_units, units;
	size_t lines;
} sc__cart_limits;

typedef struct sc__cart_state {
	sc_arena *arena;
	uint64_t version;
	char currency[4];
	int64_t changed_ms;
	int64_t expires_ms;
	const char *owner;
	sc_cart_line *lines;
	size_t line_count, line_room;
	sc_cart_line *saved; /* for later */
	size_t saved_count, saved_room;
	const char *note;        /* never NULL */
	sc_cart_coupon *coupons; /* with room for all there may be, or NULL */
	size_t coupon_count;
	sc_id hold; /* of what the lines name; zero: none */
	sc__cart_limits limits;
	sc__cart_key keys[SC_CART_KEYS_MAX]; /* the oldest first */
	size_t key_count;
} sc__cart_state;

/* Reads a record; an absent one is an empty cart. DAMAGED, NO_MEMORY. */
sc_status sc__cart_state_read(const sc_record *record, sc_arena *arena, sc__cart_state *out, sc_error *err);

/* The body to be stored. LIMIT_REACHED above SC_BODY_MAX; NO_MEMORY. */
sc_status sc__cart_state_write(const sc__cart_state *state, sc_bytes *out, sc_error *err);

/* The public picture; it points into the state's arena. */
void sc__cart_state_show(const sc__cart_state *state, sc_cart *out);

/* ---- changes ---- */

/* The line of this SKU with these options (by name), or NULL. */
sc_cart_line *sc__cart_state_find(const sc__cart_state *state, const char *sku, const sc_line_option *options,
                                  uint32_t option_count);
sc_cart_line *sc__cart_state_find_id(const sc__cart_state *state, sc_id id);

/* Appends a copy of the line's values, texts borrowed; moves the lines. LIMIT_REACHED at the limits; NO_MEMORY. */
sc_status sc__cart_state_append(sc__cart_state *state, const sc_cart_line *line, sc_error *err);

/* The same for what is saved for later; the limit is SC_CART_LINES_MAX. */
sc_status sc__cart_state_save(sc__cart_state *state, const sc_cart_line *line, sc_error *err);
sc_cart_line *sc__cart_state_find_saved(const sc__cart_state *state, sc_id id);

/* How many more units this line, or a new one (NULL), may have under the limits. */
int64_t sc__cart_state_room(const sc__cart_state *state, const sc_cart_line *line);

/* Gives a line a quantity. LIMIT_REACHED with `index` when it grows past the limits. */
sc_status sc__cart_state_set(sc__cart_state *state, sc_cart_line *line, int64_t quantity, int32_t index, sc_error *err);

/* Takes out all lines whose quantity is 0; a cart without lines has no currency. Those saved for later count too. */
void sc__cart_state_sweep(sc__cart_state *state);

/* ---- coupons ---- */

/* Adds a code, texts borrowed, unless it is there. LIMIT_REACHED; NO_MEMORY. */
sc_status sc__cart_state_add_coupon(sc__cart_state *state, const sc_cart_coupon *coupon, sc_error *err);
/* false: it is not there. */
bool sc__cart_state_remove_coupon(sc__cart_state *state, const char *code);

/* ---- keys ---- */

/* Whether `key` was used on this cart. SC_OK: no. SC_EXISTS: yes, for this request. SC_KEY_REUSED: for another. */
sc_status sc__cart_state_seen(const sc__cart_state *state, const sc__cart_key *key);

/* Remembers a key and forgets the oldest one when there is no room. */
void sc__cart_state_remember(sc__cart_state *state, const sc__cart_key *key);

#endif
