/*
 * Bytes of a file, cut anywhere, become records: lines of JSON, or rows of a table, which may have line breaks in
 * their cells. Only the beginning of a record whose end has not come yet is kept, and of one that is too long only
 * that it is.
 */
#ifndef SC_CATALOG_RECORDS_H
#define SC_CATALOG_RECORDS_H

#include "catalog/csv.h"

#include <shopcore/call.h>
#include <shopcore/catalog.h>

/* One whole record, at line records->line. `too_long`: its bytes were passed over. */
typedef sc_status (*sc__record_taker)(void *ctx, const sc_call *call, sc_bytes record, bool too_long, sc_error *err);

typedef struct sc__records {
	const sc_env *env;
	sc_catalog_format format;
	uint32_t line_max;
	sc__record_taker take;
	void *ctx;
	char *tail; /* the beginning of a record whose end has not come yet */
	size_t tail_size, tail_room;
	bool tail_too_long; /* what follows of it is passed over */
	bool some;          /* a record was taken before */
	sc__csv_state csv;
	sc__csv_header header; /* no names: not read yet */
	uint64_t line;         /* of the file, where the record begins */
	uint64_t record_lines; /* line feeds inside it */
} sc__records;

void sc__records_init(sc__records *records, const sc_env *env, sc_catalog_format format, uint32_t line_max,
                      sc__record_taker take, void *ctx);
void sc__records_clear(sc__records *records);
sc_status sc__records_feed(sc__records *records, const sc_call *call, const char *data, size_t size, sc_error *err);
/* The last record, when its end is missing. */
sc_status sc__records_end(sc__records *records, const sc_call *call, sc_error *err);

/* The line behind the record. */
uint64_t sc__records_next_line(const sc__records *records);
/* Whether a record is nothing but white space. */
bool sc__record_is_blank(sc_bytes record);
/* Takes the first row of a table for its header, which lives in `kept`; `taken`: it was that. */
sc_status sc__records_header(sc__records *records, sc_bytes record, sc_arena *kept, bool *taken, sc_error *err);
/* A record as JSON. SC_OK; bad input with field "line" or the member; NO_MEMORY. */
sc_status sc__records_read(const sc__records *records, sc_bytes record, sc_arena *arena, const sc_json **out,
                           sc_error *err);

#endif
