/*
 * The import as its caller sees it: records are read one by one and written in batches; a row of the report comes
 * out for each. A batch ends early when its lines take much memory.
 */
#include "catalog/import.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/check.h"
#include "core/handle.h"

#include <string.h>

#define BATCH_BYTES_MAX (16u << 20)

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for an import");
}

static sc_status take_record(void *ctx, const sc_call *call, sc_bytes record, bool too_long, sc_error *err);

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
	if (options->format != SC_CATALOG_JSONL && options->format != SC_CATALOG_CSV)
		return sc__bad(err, SC_BAD_ARGUMENT, "format", "no such format");
	return options->resume != NULL ? sc__id_check(options->resume, "resume", err) : SC_OK;
}

static sc_status fill(sc_catalog_import *import, sc_bytes map, sc_error *err)
{
	sc__import_batch *batch = &import->batch;
	sc_status status = sc__import_map_read(map, &import->kept, &import->map, err);
	if (status != SC_OK)
		return status;
	batch->entries = sc__arena_array(&import->kept, import->options.batch_lines, sizeof(*batch->entries));
	/* The map is part of what a kept position stands for, and looked at when the first bytes come. */
	import->options.map.data = sc_arena_dup(&import->kept, map.size > 0 ? map.data : "", map.size);
	if (import->options.resume != NULL)
		import->name = sc_arena_dup(&import->kept, import->options.resume, strlen(import->options.resume));
	bool complete = batch->entries != NULL && import->options.map.data != NULL &&
	                (import->name != NULL) == (import->options.resume != NULL);
	return complete ? SC_OK : no_memory(err);
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
	sc__records_init(&import->records, env, (sc_catalog_format)options->format, options->line_max, take_record,
	                 import);
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
	sc__records_clear(&import->records);
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
		count(&import->at.summary, entry);
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
	return sc__import_position_save(import, call, err);
}

/* ---- records ----------------------------------------------------------------------------- */

/* Read a record into an entry; a mistake in it is the entry's, only missing memory is the import's. */
static sc_status read_entry(sc_catalog_import *import, sc_bytes record, bool too_long, sc__import_entry *entry,
                            sc_error *err)
{
	if (too_long) {
		sc__bad(&entry->error, SC_OVER_LIMIT, "line", "longer than %u bytes", import->options.line_max);
		return SC_OK;
	}
	const sc_json *object;
	sc_status status = sc__records_read(&import->records, record, &import->lines, &object, &entry->error);
	if (status == SC_OK)
		status = sc__import_object_read(&import->map, object, import->options.format == SC_CATALOG_CSV,
		                                &import->lines, &entry->read, &entry->error);
	if (status == SC_NO_MEMORY)
		return no_memory(err);
	const char *sku = entry->read.sku.sku;
	if (status != SC_OK || sku == NULL)
		return SC_OK;
	if (sc__seen_has(&import->skus, sku))
		sc__bad(&entry->error, SC_EXISTS, "sku", "an earlier line has this SKU");
	else if (!sc__seen_add(&import->skus, sku))
		return no_memory(err);
	return SC_OK;
}

static sc_status add_entry(sc_catalog_import *import, const sc_call *call, sc_bytes record, bool too_long, bool settled,
                           sc_error *err)
{
	sc__import_entry *entry = &import->batch.entries[import->batch.count];
	*entry = (sc__import_entry){ .line = import->records.line, .error = SC_ERROR_INIT };
	sc_status status = read_entry(import, record, too_long, entry, err);
	if (status != SC_OK)
		return status;
	if (settled) {
		sc_arena_reset(&import->lines);
		return SC_OK;
	}
	import->batch.count++;
	if (import->batch.count == import->options.batch_lines || import->lines.used > BATCH_BYTES_MAX)
		return flush(import, call, err);
	return SC_OK;
}

static sc_status take_record(void *ctx, const sc_call *call, sc_bytes record, bool too_long, sc_error *err)
{
	sc_catalog_import *import = ctx;
	bool settled, header = false;
	sc_status status = sc__import_position_pass(import, record, &settled, err);
	if (status != SC_OK) {
		sc_status forgotten = sc__import_position_forget(import, call, NULL);
		return forgotten == SC_OK ? status : forgotten;
	}
	if (!too_long && sc__record_is_blank(record))
		return SC_OK;
	if (!too_long)
		status = sc__records_header(&import->records, record, &import->kept, &header, err);
	return status != SC_OK || header ? status : add_entry(import, call, record, too_long, settled, err);
}

/* ---- the calls --------------------------------------------------------------------------- */

static sc_status begin(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	if (import->over)
		return sc__fail(err, SC_WRONG_STATE, "this import is over");
	if (import->begun)
		return SC_OK;
	import->begun = true;
	return sc__import_position_load(import, call, err);
}

sc_status sc_catalog_import_feed(sc_catalog_import *import, const sc_call *call, const void *data, size_t size,
                                 sc_error *err)
{
	sc_status status = begin(import, call, err);
	if (status == SC_OK)
		status = sc__records_feed(&import->records, call, data, size, err);
	import->over = status != SC_OK;
	return status;
}

static sc_status finish(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	sc_status status = sc__records_end(&import->records, call, err);
	if (status == SC_OK)
		status = flush(import, call, err);
	if (status == SC_OK && import->at.records < import->resume.records)
		status = sc__bad(err, SC_CHANGED, "resume", "this is not the file that was begun: start over");
	if (status != SC_OK && status != SC_CHANGED)
		return status;
	sc_status forgotten = sc__import_position_forget(import, call, err);
	return forgotten == SC_OK ? status : forgotten;
}

sc_status sc_catalog_import_finish(sc_catalog_import *import, const sc_call *call, sc_import_summary *out,
                                   sc_error *err)
{
	sc_status status = begin(import, call, err);
	if (status == SC_OK)
		status = finish(import, call, err);
	import->over = true;
	if (status == SC_OK && out != NULL)
		*out = import->at.summary;
	return status;
}
