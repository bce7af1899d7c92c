/*
 * Comma-separated values as RFC 4180 has them: where a record ends, its cells, and writing one.
 *
 * A quotation mark opens a cell only at its very beginning, so a stray one spoils its own record and not the rest of
 * the file. An empty cell is none; a quoted empty one is an empty text.
 */
#ifndef SC_CATALOG_CSV_H
#define SC_CATALOG_CSV_H

#include <shopcore/arena.h>
#include <shopcore/json.h>

#define SC__CSV_COLUMNS_MAX 1024

/* Where a reader stands between two bytes. All zero: at the beginning of a record. */
typedef enum sc__csv_state {
	SC__CSV_CELL_START,
	SC__CSV_PLAIN,
	SC__CSV_QUOTED,
	SC__CSV_QUOTE /* a quotation mark inside a quoted cell: its end, or the first of two */
} sc__csv_state;

/* How many bytes of `data` belong to the record that `state` is in, its line feed not counted; `size`: it goes on. */
size_t sc__csv_scan(sc__csv_state *state, const char *data, size_t size);

/* The names of the columns. */
typedef struct sc__csv_header {
	const char *const *names;
	size_t count;
} sc__csv_header;

/* Read the first record. SC_OK; BAD_FORMAT, BAD_TEXT, OVER_LIMIT with field "header"; NO_MEMORY. */
sc_status sc__csv_header_read(sc_bytes record, sc_arena *arena, sc__csv_header *out, sc_error *err);

/* Read a record as an object of texts, so that whatever reads JSON lines reads it, too; absent cells are no members.
 * SC_OK; BAD_FORMAT, BAD_TEXT with field "line"; NO_MEMORY. */
sc_status sc__csv_record_read(const sc__csv_header *header, sc_bytes record, sc_arena *arena, const sc_json **out,
                              sc_error *err);

/* A text as a cell, quoted where it has to be. `out` has room for SC__CSV_CELL_SIZE(size) bytes; returns its end. */
#define SC__CSV_CELL_SIZE(size) (2 * (size) + 2)
char *sc__csv_put(char *out, sc_bytes text);

#endif
