/*
 * One change of a cart, from the request to the stored result: read, look whether the key was used before, edit
 * without I/O, write if nobody else wrote meanwhile, else begin again.
 */
#ifndef SC_CART_CHANGE_H
#define SC_CART_CHANGE_H

#include "cart/state.h"
#include "core/handle.h"

typedef struct sc__cart_change {
	sc_shop *shop;
	const sc_call *call;
	const char *owner; /* checked, and allowed */
	uint64_t version;  /* as expected by the caller; 0: any */
	sc__cart_key key;
	bool keyed; /* the call has a key */

	/* Read together with the cart, in one load: SKUs, or the guest's cart. */
	const sc_address *others;
	size_t other_count;

	/* Changes the state; `others` are the records read. May be called again with a fresh state. `second` is the
	 * change of another record, written in the same group when its type is set. */
	sc_status (*edit)(struct sc__cart_change *change, sc__cart_state *state, const sc_record *others,
	                  sc_change *second, sc_error *err);
	const void *input;
	size_t input_count;

	/* In a shop that holds what is in carts: which input a line comes from, -1 for none. NULL: the change is made
	 * even when the units are gone, and then nothing is held. */
	int32_t (*input_of)(const struct sc__cart_change *change, const sc_cart_line *line);
	bool keeps_hold;  /* no line changes */
	sc_id other_hold; /* of the second record, to be given back; zero: none. For the edit to fill */
	void *result;     /* for the edit to fill */
} sc__cart_change;

/* Whose cart a call is about, checked against the table of access. `owner` is written into `out`. */
sc_status sc__cart_owner(const sc_call *call, const char *owner, bool write, char out[], sc_error *err);

/* Whose cart, in which version, under which key. The request's own fields come into `digest` afterwards, and end in
 * change->key.request. */
sc_status sc__cart_change_begin(sc__cart_change *change, sc_shop *shop, const sc_call *call, const sc_cart_ref *ref,
                                const char *operation, char owner[], sc__digest *digest, sc_error *err);

/* Everything. `out` points into the arena. A repeat by key leaves `result` as it was. */
sc_status sc__cart_change_run(sc__cart_change *change, sc_arena *arena, sc_cart *out, sc_error *err);

/* The write of a state as one change, conditional on the version it was read at. */
sc_status sc__cart_put(sc_shop *shop, const sc__cart_state *state, sc_change *out, sc_error *err);

#endif
