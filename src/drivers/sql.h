/*
 * Building statements out of the kinds' names, alike for every SQL driver. A value is always a parameter,
 * written "?": only names out of the table of kinds and constants become part of a text.
 */
#ifndef SC_DRIVERS_SQL_H
#define SC_DRIVERS_SQL_H

#include <shopcore/port/store.h>

typedef struct sc__sql {
	size_t size;
	char text[6000]; /* the longest is an INSERT of a kind with all columns; too long fails to compile */
} sc__sql;

void sc__sql_add(sc__sql *sql, const char *format, ...) SC_PRINTF(2, 3);

/* Adds the names of a row's parts that `mask` (SC_READ_...) asks for: version, entry, shape, and what its kind has
 * of lifetime, maker, counters, hold's state, columns, body, personal part, in this order. */
void sc__sql_add_record(sc__sql *sql, const sc_kind *kind, uint32_t mask);

#endif
