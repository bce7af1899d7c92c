/*
 * The import as its caller sees it: bytes go in, cut anywhere; lines are read one by one and written in
 * batches; a row of the report comes out for each. A batch ends early when its lines take much memory.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/import_batch.h"
#include "core/handle.h"

#include <shopcore/catalog_import.h>

#include <string.h>

#define BATCH_BYTES_MAX (16u << 20)

struct sc_catalog_import {
	sc_shop *shop;
	sc__import_map map;
	sc_arena kept;  /* as long as the import: the map, the entries */
	sc_arena lines; /* as long as a batch: what was read of its lines */
	sc__import_batch batch;
	sc__seen skus;
	char *tail; /* the beginning of a line whose end has not come yet */
	size_t tail_size, tail_room;
	bool tail_too_long; /* what follows of it is passed over */
	bool over;
	uint64_t line; /* of the file, blank ones too */
	sc_import_options options;
	sc_import_summary summary;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for an import");
}

/* ---- beginning and end ------------------------------------------------------------------- */

static sc_status check_options(const sc_import_options *options, sc_error *err)
{
	if (options->batch_lines < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "batch_lines", "must be at least 1");
	if (options->batch_lines > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "batch_lines", "at most %d", SC_BATCH_MAX);
	if (options->line_max < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "line_max", "must be at least 1");
	if (options->line_max > SC_IMPORT_LINE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "line_max", "at most %d", SC_IMPORT_LINE_MAX);
	return SC_OK;
}

static sc_status fill(sc_catalog_import *import, sc_bytes map, sc_error *err)
{
	sc__import_batch *batch = &import->batch;
	sc_status status = sc__import_map_read(map, &import->kept, &import->map, err);
	if (status != SC_OK)
		return status;
	batch->entries = sc__arena_array(&import->kept, import->options.batch_lines, sizeof(*batch->entries));
	return batch->entries != NULL ? SC_OK : no_memory(err);
}

sc_status sc_catalog_import_new(sc_shop *shop, const sc_import_options *options, sc_catalog_import **out, sc_error *err)
{
	const sc_import_options defaults = SC_IMPORT_OPTIONS_INIT;
	const sc_env *env = shop->env;
	if (options == NULL)
		options = &defaults;
	sc_status status = check_options(options, err);
	if (status != SC_OK)
		return status;
	sc_catalog_import *import = env->resize(env->ctx, NULL, sizeof(*import));
	if (import == NULL)
		return no_memory(err);
	*import = (sc_catalog_import){ .shop = shop, .options = *options };
	sc_arena_init(&import->kept, env);
	sc_arena_init(&import->lines, env);
	sc__seen_init(&import->skus, env);
	sc__seen_init(&import->batch.categories, env);
	import->batch.shop = shop;
	import->batch.arena = &import->lines;
	status = fill(import, options->map, err);
	if (status != SC_OK)
		sc_catalog_import_free(import);
	else
		*out = import;
	return status;
}

void sc_catalog_import_free(sc_catalog_import *import)
{
	if (import == NULL)
		return;
	const sc_env *env = import->shop->env;
	sc__seen_clear(&import->skus);
	sc__seen_clear(&import->batch.categories);
	sc_arena_clear(&import->lines);
	sc_arena_clear(&import->kept);
	if (import->tail != NULL)
		env->resize(env->ctx, import->tail, 0);
	env->resize(env->ctx, import, 0);
}

/* ---- batches ----------------------------------------------------------------------------- */

static void count(sc_import_summary *summary, const sc__import_entry *entry)
{
	summary->lines++;
	summary->created += entry->effect == SC_PUT_CREATED;
	summary->changed += entry->effect == SC_PUT_CHANGED;
	summary->unchanged += entry->effect == SC_PUT_UNCHANGED;
	summary->rejected += entry->effect == SC_PUT_NOTHING;
}

static void report(sc_catalog_import *import)
{
	for (size_t i = 0; i < import->batch.count; i++) {
		const sc__import_entry *entry = &import->batch.entries[i];
		const sc_import_row row = { .line = entry->line,
			                    .sku = entry->read.sku.sku,
			                    .effect = entry->effect,
			                    .status = entry->error.status,
			                    .field = entry->error.field,
			                    .text = entry->error.text };
		count(&import->summary, entry);
		if (import->options.on_row != NULL)
			import->options.on_row(import->options.ctx, &row);
	}
}

static sc_status flush(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	if (import->batch.count == 0)
		return SC_OK;
	sc_status status = sc__import_batch_write(&import->batch, call, err);
	if (status != SC_OK)
		return status;
	report(import);
	import->batch.count = 0;
	sc_arena_reset(&import->lines);
	return SC_OK;
}

/* ---- lines ------------------------------------------------------------------------------- */

static sc__import_entry *new_entry(sc_catalog_import *import)
{
	sc__import_entry *entry = &import->batch.entries[import->batch.count++];
	*entry = (sc__import_entry){ .line = import->line, .error = SC_ERROR_INIT };
	return entry;
}

static bool is_blank(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] != ' ' && data[i] != '\t' && data[i] != '\r')
			return false;
	return true;
}

static sc_status after_line(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	if (import->batch.count == import->options.batch_lines || import->lines.used > BATCH_BYTES_MAX)
		return flush(import, call, err);
	return SC_OK;
}

static sc_status take_long_line(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	import->line++;
	sc__bad(&new_entry(import)->error, SC_OVER_LIMIT, "line", "longer than %u bytes", import->options.line_max);
	return after_line(import, call, err);
}

static sc_status take_line(sc_catalog_import *import, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	if (size > import->options.line_max)
		return take_long_line(import, call, err);
	import->line++;
	if (is_blank(data, size))
		return SC_OK;
	sc__import_entry *entry = new_entry(import);
	sc_bytes json = { data, size };
	sc_status status = sc__import_line_read(&import->map, json, import->options.line_max, &import->lines,
	                                        &entry->read, &entry->error);
	const char *sku = entry->read.sku.sku;
	if (status == SC_NO_MEMORY)
		return no_memory(err);
	if (status == SC_OK && sc__seen_has(&import->skus, sku))
		sc__bad(&entry->error, SC_EXISTS, "sku", "an earlier line has this SKU");
	else if (status == SC_OK && !sc__seen_add(&import->skus, sku))
		return no_memory(err);
	return after_line(import, call, err);
}

/* Keep the beginning of a line until the rest comes; of one that is too long, only that it is. */
static sc_status keep_tail(sc_catalog_import *import, const char *data, size_t size, sc_error *err)
{
	const sc_env *env = import->shop->env;
	size_t needed = import->tail_size + size;
	if (import->tail_too_long || needed > import->options.line_max) {
		import->tail_too_long = true;
		import->tail_size = 0;
		return SC_OK;
	}
	if (needed > import->tail_room) {
		size_t room = needed * 2;
		char *grown = env->resize(env->ctx, import->tail, room);
		if (grown == NULL)
			return no_memory(err);
		import->tail = grown;
		import->tail_room = room;
	}
	if (size > 0)
		memcpy(import->tail + import->tail_size, data, size);
	import->tail_size = needed;
	return SC_OK;
}

/* The end of a line that began in an earlier piece. */
static sc_status end_tail(sc_catalog_import *import, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	sc_status status = keep_tail(import, data, size, err);
	if (status != SC_OK)
		return status;
	bool too_long = import->tail_too_long;
	size_t tail_size = import->tail_size;
	import->tail_too_long = false;
	import->tail_size = 0;
	return too_long ? take_long_line(import, call, err) : take_line(import, call, import->tail, tail_size, err);
}

static sc_status feed(sc_catalog_import *import, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && size > 0) {
		const char *end = memchr(data, '\n', size);
		if (end == NULL)
			return keep_tail(import, data, size, err);
		size_t length = (size_t)(end - data);
		if (import->tail_size > 0 || import->tail_too_long)
			status = end_tail(import, call, data, length, err);
		else
			status = take_line(import, call, data, length, err);
		data = end + 1;
		size -= length + 1;
	}
	return status;
}

sc_status sc_catalog_import_feed(sc_catalog_import *import, const sc_call *call, const void *data, size_t size,
                                 sc_error *err)
{
	if (import->over)
		return sc__fail(err, SC_WRONG_STATE, "this import is over");
	sc_status status = feed(import, call, data, size, err);
	import->over = status != SC_OK;
	return status;
}

sc_status sc_catalog_import_finish(sc_catalog_import *import, const sc_call *call, sc_import_summary *out,
                                   sc_error *err)
{
	if (import->over)
		return sc__fail(err, SC_WRONG_STATE, "this import is over");
	sc_status status = SC_OK;
	if (import->tail_size > 0 || import->tail_too_long)
		status = end_tail(import, call, NULL, 0, err);
	if (status == SC_OK)
		status = flush(import, call, err);
	import->over = true;
	if (status == SC_OK && out != NULL)
		*out = import->summary;
	return status;
}
