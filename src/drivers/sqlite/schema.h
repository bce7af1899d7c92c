/*
 * The parts of a kind's table, shared by what creates tables and what migrates them.
 */
#ifndef SC_DRIVERS_SQLITE_SCHEMA_H
#define SC_DRIVERS_SQLITE_SCHEMA_H

#include "drivers/sqlite/driver.h"

/* One column of a table. `definition` NULL: bytes of a kind's own column. */
typedef struct sc__part {
	const char *name;
	const char *definition;
} sc__part;

#define SC__PARTS_MAX (SC_COLUMNS_MAX + 16)

size_t sc__kind_parts(const sc_kind *kind, sc__part out[SC__PARTS_MAX]);
void sc__part_add(sc__sql *sql, const sc__part *part);
sc_status sc__table_create(sc__connection *connection, const sc_kind *kind, sc_error *err);
sc_status sc__indexes_create(sc__connection *connection, const sc_kind *kind, sc_error *err);

#endif
