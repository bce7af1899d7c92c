/*
 * An import from inside: bytes become records (import_records.c), records become entries of a batch, a batch is
 * written (import_batch.c), and how far that is can be kept (import_position.c).
 */
#ifndef SC_CATALOG_IMPORT_H
#define SC_CATALOG_IMPORT_H

#include "catalog/csv.h"
#include "catalog/import_batch.h"

#include <shopcore/catalog_import.h>

/* How far an import of one name has come: a setting of the store. */
typedef struct sc__import_position {
	uint64_t records; /* of the file: lines, or rows of a table; blank ones and the header, too */
	uint64_t hash;    /* of all bytes of those, so that another file of the same name is noticed */
	sc_import_summary summary;
	uint64_t version; /* of the setting; 0: there is none */
} sc__import_position;

struct sc_catalog_import {
	sc_shop *shop;
	sc__import_map map;
	sc_arena kept;  /* as long as the import: the map, the entries, the header */
	sc_arena lines; /* as long as a batch: what was read of its lines */
	sc__import_batch batch;
	sc__seen skus;
	char *tail; /* the beginning of a record whose end has not come yet */
	size_t tail_size, tail_room;
	bool tail_too_long; /* what follows of it is passed over */
	sc__csv_state csv;
	sc__csv_header header; /* no names: not read yet */
	bool begun, over;
	uint64_t line;         /* of the file, where the next record begins */
	uint64_t record_lines; /* line feeds inside the record that is being read */
	const char *name;      /* under which the position is kept; NULL: it is not */
	sc__import_position at, resume;
	sc_import_options options;
};

/* Cut bytes into records. */
sc_status sc__import_feed(sc_catalog_import *import, const sc_call *call, const char *data, size_t size, sc_error *err);
/* The last record, when its end is missing. */
sc_status sc__import_feed_end(sc_catalog_import *import, const sc_call *call, sc_error *err);

/* One whole record, at line import->line. `too_long`: its bytes were passed over. */
sc_status sc__import_record(sc_catalog_import *import, const sc_call *call, sc_bytes record, bool too_long,
                            sc_error *err);

/* Look where an earlier import of this name has come to. */
sc_status sc__import_position_load(sc_catalog_import *import, const sc_call *call, sc_error *err);
/* Keep where this one is, or forget it when it is done. */
sc_status sc__import_position_save(sc_catalog_import *import, const sc_call *call, sc_error *err);
sc_status sc__import_position_forget(sc_catalog_import *import, const sc_call *call, sc_error *err);
/* Take one more record into the position; whether an earlier import has settled it already. CHANGED: the file is not
 * the one of that import. */
sc_status sc__import_position_pass(sc_catalog_import *import, sc_bytes record, bool *settled, sc_error *err);

#endif
