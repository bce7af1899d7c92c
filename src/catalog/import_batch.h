/*
 * A batch of lines on its way into the catalogue: lines of one product are written together, in one
 * group; a line that spoils its product's group is found out by writing that product line by line.
 */
#ifndef SC_CATALOG_IMPORT_BATCH_H
#define SC_CATALOG_IMPORT_BATCH_H

#include "catalog/import_map.h"
#include "catalog/seen.h"

/* One line. `read` may be pointed into by its product, so lines never move. */
typedef struct sc__import_entry {
	uint64_t line;
	sc_error error; /* status SC_OK: to be written, or written */
	uint32_t effect;
	uint32_t reserved;
	sc__import_line read;
} sc__import_entry;

typedef struct sc__import_batch {
	sc_shop *shop;
	sc__import_entry *entries;
	size_t count;
	sc__seen categories; /* those known to be there */
	sc_arena *arena;     /* of this batch: what the entries point to */
} sc__import_batch;

/* Whether an entry is still to be written, and is a product's. */
bool sc__import_is_product(const sc__import_entry *entry);

/* Write the categories that have lines of their own, in order; afterwards those entries' error and effect are set. */
sc_status sc__import_write_category_lines(sc__import_batch *batch, const sc_call *call, sc_error *err);

/* Write every entry whose error is SC_OK; afterwards its error and effect say what became of it. */
sc_status sc__import_batch_write(sc__import_batch *batch, const sc_call *call, sc_error *err);

#endif
