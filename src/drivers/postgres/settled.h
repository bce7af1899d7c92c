/* How far the journal may be read; see settled.c. Blocks are positions shifted by SC__PG_BLOCK_SHIFT. */
#ifndef SC_DRIVERS_POSTGRES_SETTLED_H
#define SC_DRIVERS_POSTGRES_SETTLED_H

#include "drivers/postgres/driver.h"

/* The block up to which whoever looks from now on sees all there will ever be. */
uint64_t sc__pg_settled(sc__pg_store *store);

/* A gap was seen below the block `highest`, which is there: it is watched, and perhaps settled already. */
sc_status sc__pg_gap_seen(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, uint64_t highest,
                          sc_error *err);

#endif
