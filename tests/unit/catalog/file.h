/*
 * Files of products in memory: an export into a buffer, an import out of one by pieces.
 */
#ifndef TESTS_UNIT_CATALOG_FILE_H
#define TESTS_UNIT_CATALOG_FILE_H

#include "catalog/world.h"

struct file {
	char *data;
	size_t size;
};

static inline sc_status file_write(void *ctx, const void *data, size_t size, sc_error *err)
{
	struct file *file = ctx;
	(void)err;
	file->data = realloc(file->data, file->size + size + 1);
	assert_non_null(file->data);
	memcpy(file->data + file->size, data, size);
	file->size += size;
	file->data[file->size] = '\0';
	return SC_OK;
}

static inline void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){ NULL, 0 };
}

static inline struct file export_file(struct world *w, sc_catalog_format format)
{
	struct file file = { NULL, 0 };
	sc_export_options options = SC_EXPORT_OPTIONS_INIT;
	options.format = format;
	options.page = 3; /* so that few things are many pages */
	options.write = file_write;
	options.ctx = &file;
	assert_int_equal(sc_catalog_export(w->shop, SC_CALL_SYSTEM, &options, NULL, &w->err), SC_OK);
	return file;
}

/* What came of the last row that was rejected. */
struct rejected {
	uint64_t line;
	sc_status status;
	char field[64];
	size_t count;
};

static inline void file_on_row(void *ctx, const sc_import_row *row)
{
	struct rejected *rejected = ctx;
	if (row->status == SC_OK)
		return;
	rejected->line = row->line;
	rejected->status = row->status;
	rejected->count++;
	snprintf(rejected->field, sizeof(rejected->field), "%s", row->field);
}

/* Import `size` bytes of a text in pieces; with `end` the import is finished, else it is left as by a kill. */
static inline sc_status import_pieces(struct world *w, sc_import_options options, const char *text, size_t size,
                                      size_t piece, bool end, struct rejected *rejected, sc_import_summary *summary)
{
	sc_catalog_import *import;
	*rejected = (struct rejected){ 0 };
	options.on_row = file_on_row;
	options.ctx = rejected;
	sc_status status = sc_catalog_import_new(w->shop, &options, &import, &w->err);
	for (size_t at = 0; status == SC_OK && at < size; at += piece)
		status = sc_catalog_import_feed(import, SC_CALL_SYSTEM, text + at,
		                                size - at < piece ? size - at : piece, &w->err);
	if (status == SC_OK && end)
		status = sc_catalog_import_finish(import, SC_CALL_SYSTEM, summary, &w->err);
	sc_catalog_import_free(import);
	return status;
}

#endif
