/*
 * Where the next page of a range begins, as bytes that a stranger may hand back: what the last row of
 * the page had in the columns of the order, and its address.
 */
#ifndef SC_DRIVERS_MEMORY_CURSOR_H
#define SC_DRIVERS_MEMORY_CURSOR_H

#include "drivers/memory/order.h"

/* false: no memory. */
bool cursor_pack(const sc_range *range, const struct order *order, const struct row *row, sc_arena *arena,
                 sc_bytes *out);

/* false: these bytes are no cursor of this range. Otherwise `out` points into them. */
bool cursor_unpack(const sc_range *range, const struct order *order, struct spot *out);

#endif
