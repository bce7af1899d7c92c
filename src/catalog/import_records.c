/*
 * Bytes of a file, cut anywhere, become records: lines of JSON, or rows of a table, which may have line breaks in
 * their cells. Only the beginning of a record whose end has not come yet is kept, and of one that is too long only
 * that it is.
 */
#include "catalog/import.h"

#include "base/error.h"
#include "core/handle.h"

#include <string.h>

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
			return sc__fail(err, SC_NO_MEMORY, "no memory for an import");
		import->tail = grown;
		import->tail_room = room;
	}
	if (size > 0)
		memcpy(import->tail + import->tail_size, data, size);
	import->tail_size = needed;
	return SC_OK;
}

static size_t count_line_feeds(const char *data, size_t size)
{
	size_t count = 0;
	for (const char *at = data; size > 0 && (at = memchr(at, '\n', (size_t)(data + size - at))) != NULL; at++)
		count++;
	return count;
}

static sc_status end_record(sc_catalog_import *import, const sc_call *call, const char *data, size_t size,
                            sc_error *err)
{
	bool too_long = import->tail_too_long || size > import->options.line_max;
	import->tail_too_long = false;
	import->tail_size = 0;
	sc_status status = sc__import_record(import, call, (sc_bytes){ data, too_long ? 0 : size }, too_long, err);
	import->line += 1 + import->record_lines;
	import->record_lines = 0;
	return status;
}

/* How many bytes belong to the record that is being read; `size`: it goes on. */
static size_t scan(sc_catalog_import *import, const char *data, size_t size)
{
	if (import->options.format == SC_CATALOG_CSV) {
		size_t length = sc__csv_scan(&import->csv, data, size);
		import->record_lines += count_line_feeds(data, length);
		return length;
	}
	const char *end = memchr(data, '\n', size);
	return end != NULL ? (size_t)(end - data) : size;
}

sc_status sc__import_feed(sc_catalog_import *import, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && size > 0) {
		size_t length = scan(import, data, size);
		if (length == size)
			return keep_tail(import, data, size, err);
		if (import->tail_size > 0 || import->tail_too_long) {
			status = keep_tail(import, data, length, err);
			if (status == SC_OK)
				status = end_record(import, call, import->tail, import->tail_size, err);
		} else {
			status = end_record(import, call, data, length, err);
		}
		data += length + 1;
		size -= length + 1;
	}
	return status;
}

sc_status sc__import_feed_end(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	if (import->tail_size == 0 && !import->tail_too_long)
		return SC_OK;
	return end_record(import, call, import->tail, import->tail_size, err);
}
