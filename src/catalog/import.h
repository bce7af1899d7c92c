/*
 * An import from inside: bytes become records (records.c), records become entries of a batch, a batch is written
 * (import_batch.c), and how far that is can be kept (import_position.c).
 */
#ifndef SC_CATALOG_IMPORT_H
#define SC_CATALOG_IMPORT_H

#include "catalog/import_batch.h"
#include "catalog/records.h"

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
	sc__records records;
	bool begun, over;
	const char *name; /* under which the position is kept; NULL: it is not */
	sc__import_position at, resume;
	sc_import_options options;
};

/* Look where an earlier import of this name has come to. */
sc_status sc__import_position_load(sc_catalog_import *import, const sc_call *call, sc_error *err);
/* Keep where this one is, or forget it when it is done. */
sc_status sc__import_position_save(sc_catalog_import *import, const sc_call *call, sc_error *err);
sc_status sc__import_position_forget(sc_catalog_import *import, const sc_call *call, sc_error *err);
/* Take one more record into the position; whether an earlier import has settled it already. CHANGED: the file is not
 * the one of that import. */
sc_status sc__import_position_pass(sc_catalog_import *import, sc_bytes record, bool *settled, sc_error *err);

#endif
