/*
 * Where the next page of a range begins, as bytes that a stranger may hand back: what the last row of
 * the page had in the columns of the index, and its address.
 */
#ifndef SC_DRIVERS_MEMORY_CURSOR_H
#define SC_DRIVERS_MEMORY_CURSOR_H

#include "drivers/memory/table.h"

/* A row as far as an index can see it. */
struct cursor {
	sc_record row;
	sc_value columns[SC_COLUMNS_MAX];
};

/* false: no memory. */
bool cursor_pack(const sc_range *range, const struct table *table, uint16_t index, const sc_record *row,
                 sc_arena *arena, sc_bytes *out);

/* false: these bytes are no cursor of this range. Otherwise `out` points into them. */
bool cursor_unpack(const sc_range *range, const struct table *table, uint16_t index, struct cursor *out);

#endif
