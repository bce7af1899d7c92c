/*
 * Where a page stopped: the values of the columns it is ordered by, in an opaque run of bytes that is
 * bound to its range. For drivers that read in order by SQL.
 */
#ifndef SC_DRIVERS_CURSOR_H
#define SC_DRIVERS_CURSOR_H

#include <shopcore/port/store.h>

/* The columns of an index that a range is ordered by, then key and sub. */
#define SC__ORDER_MAX (SC_INDEX_COLUMNS_MAX + 2)

/* SC_NO_MEMORY, SC_OK. */
sc_status sc__cursor_pack(const sc_range *range, const sc_value *values, size_t count, sc_arena *arena, sc_bytes *out,
                          sc_error *err);
/* SC_BAD_ARGUMENT with field "cursor" when it is none of this range. Values point into the cursor. */
sc_status sc__cursor_unpack(const sc_range *range, sc_value *values, size_t count, sc_error *err);

#endif
