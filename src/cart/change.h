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
	void *result; /* for the edit to fill */
} sc__cart_change;

/* Whose cart a call is about, checked against the table of access. `owner` is written into `out`. */
sc_status sc__cart_owner(const sc_call *call, const char *owner, bool write, char out[], sc_error *err);

/* Everything. `out` points into the arena. A repeat by key leaves `result` as it was. */
sc_status sc__cart_change_run(sc__cart_change *change, sc_arena *arena, sc_cart *out, sc_error *err);

/* The write of a state as one change, conditional on the version it was read at. */
sc_status sc__cart_put(sc_shop *shop, const sc__cart_state *state, sc_change *out, sc_error *err);

#endif
