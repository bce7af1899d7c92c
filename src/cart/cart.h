/*
 * The cart as other nouns read it: where it is, how a record becomes lines, and the one change that takes out of
 * it what was bought.
 */
#ifndef SC_CART_CART_H
#define SC_CART_CART_H

#include "core/handle.h"

#include <shopcore/cart.h>

/* "u:…" or "g:…", valid and within its limits. BAD_ARGUMENT, BAD_TEXT or OVER_LIMIT, field "owner". */
sc_status sc__cart_check_owner(const char *owner, sc_error *err);

/* The address of an owner's cart; `owner` stays borrowed. */
sc_address sc__cart_address(const char *owner);

/* Reads a loaded record (mask SC_READ_BODY or more); an absent one is an empty cart of version 0. DAMAGED, NO_MEMORY.
 */
sc_status sc__cart_decode(const sc_record *record, sc_arena *arena, sc_cart *out, sc_error *err);

/* Units of one line that became part of an order. */
typedef struct sc__bought_line {
	sc_id line;
	int64_t quantity;
} sc__bought_line;

/*
 * The change of a confirm: the loaded cart without the bought units, written only if it is still that version
 * (SC_SKIP), so that a purchase never waits for a shopper who goes on shopping. Everything of `out` is in the arena.
 * `needed` false: no such line is left, and there is nothing to write.
 */
sc_status sc__cart_bought(sc_shop *shop, const sc_record *record, const sc__bought_line *bought, size_t count,
                          sc_arena *arena, sc_change *out, bool *needed, sc_error *err);

/* The hold that a loaded cart has on what is in it; zero: none. DAMAGED, NO_MEMORY. */
sc_status sc__cart_hold_of(const sc_record *record, sc_arena *arena, sc_id *out, sc_error *err);

/* The change that gives it back if it is live; `id` stays borrowed. */
sc_change sc__cart_hold_release(const sc_id *id);

#endif
