/*
 * A snapshot to read from, shared by loads, ranges and the journal.
 */
#ifndef SC_DRIVERS_SQLITE_READ_H
#define SC_DRIVERS_SQLITE_READ_H

#include "drivers/sqlite/driver.h"

sc_status sc__read_start(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err);
void sc__read_end(sc__sqlite *store, sc__connection *connection);

#endif
