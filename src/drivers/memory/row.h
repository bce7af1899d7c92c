/*
 * A row as it lies in memory. Its fixed part has only what rows of its kind have, then come the bytes of key and sub:
 * a stock account takes some 70 bytes where an sc_record takes 200. Columns, body and personal part are blocks of
 * their own, so that what did not change need not be copied.
 */
#ifndef SC_DRIVERS_MEMORY_ROW_H
#define SC_DRIVERS_MEMORY_ROW_H

#include "drivers/memory/pool.h"

#include <shopcore/port/rows.h>

#define IDS_KIND 0 /* the table of ids is a table too: the id is the key, the outcome the body */

/* Where the parts of a kind's rows are: bytes from the row's begin, 0 when rows of this kind have no such part. */
struct layout {
	const sc_kind *kind; /* NULL: ids */
	uint8_t expires, made_by, counters, deadline, state, columns, body, personal;
	uint8_t key;
	uint8_t order_count;    /* see order.h */
	uint8_t lifetime_order; /* 0: the kind has no lifetimes */
};

struct row {
	uint64_t version, entry;
	uint16_t shape;
	uint16_t key_size, sub_size;
	uint8_t sorted;  /* a bit for each order whose tree it is in */
	uint8_t waiting; /* a bit for each order that has to put it in yet; ROW_DEAD: that only has to forget it */
};

#define ROW_DEAD 0x80

void layout_init(struct layout *layout, const sc_kind *kind);

/* A copy of a record. NULL: no memory. */
struct row *row_make(const struct layout *layout, struct pool *pool, const sc_record *value);

/* Gives back its parts, and the row itself with the second. */
void row_free_parts(const struct layout *layout, struct pool *pool, struct row *row);
void row_free_block(const struct layout *layout, struct pool *pool, struct row *row);

/* Its own bytes, borrowed. */
sc_address row_address(const struct layout *layout, const struct row *row);
int64_t row_expires_ms(const struct layout *layout, const struct row *row);
int64_t row_deadline_ms(const struct layout *layout, const struct row *row);
uint32_t row_hold_state(const struct layout *layout, const struct row *row);
const sc_value *row_columns(const struct layout *layout, const struct row *row); /* NULL: has none */
sc_bytes row_body(const struct layout *layout, const struct row *row);

/* All but the address, borrowed; parts that the kind has not are empty. */
void row_read(const struct layout *layout, const struct row *row, sc_record *out);

/* Puts copies of the changed parts (SC_ROW_...) of a record in place of what it points at. false: no memory, and the
 * record is as it was. */
bool row_dup_parts(const struct layout *layout, struct pool *pool, uint32_t changed, sc_record *value);

/* Gives those copies back. */
void row_drop_parts(const struct layout *layout, struct pool *pool, uint32_t changed, const sc_record *value);

/* Writes a record over a row: parts that changed are now the row's, and those it had are given back. */
void row_write(const struct layout *layout, struct pool *pool, struct row *row, uint32_t changed,
               const sc_record *value);

#endif
