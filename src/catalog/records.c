/* See records.h. */
#include "catalog/records.h"

#include "base/error.h"

#include <string.h>

void sc__records_init(sc__records *records, const sc_env *env, sc_catalog_format format, uint32_t line_max,
                      sc__record_taker take, void *ctx)
{
	*records = (sc__records){
		.env = env, .format = format, .line_max = line_max, .take = take, .ctx = ctx, .line = 1
	};
}

void sc__records_clear(sc__records *records)
{
	if (records->tail != NULL)
		records->env->resize(records->env->ctx, records->tail, 0);
	records->tail = NULL;
}

static sc_status keep_tail(sc__records *records, const char *data, size_t size, sc_error *err)
{
	const sc_env *env = records->env;
	size_t needed = records->tail_size + size;
	if (records->tail_too_long || needed > records->line_max) {
		records->tail_too_long = true;
		records->tail_size = 0;
		return SC_OK;
	}
	if (needed > records->tail_room) {
		size_t room = needed * 2;
		char *grown = env->resize(env->ctx, records->tail, room);
		if (grown == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a line of a file");
		records->tail = grown;
		records->tail_room = room;
	}
	if (size > 0)
		memcpy(records->tail + records->tail_size, data, size);
	records->tail_size = needed;
	return SC_OK;
}

static size_t count_line_feeds(const char *data, size_t size)
{
	size_t count = 0;
	for (const char *at = data; size > 0 && (at = memchr(at, '\n', (size_t)(data + size - at))) != NULL; at++)
		count++;
	return count;
}

/* How many bytes belong to the record that is being read; `size`: it goes on. */
static size_t scan(sc__records *records, const char *data, size_t size)
{
	if (records->format == SC_CATALOG_CSV) {
		size_t length = sc__csv_scan(&records->csv, data, size);
		records->record_lines += count_line_feeds(data, length);
		return length;
	}
	const char *end = memchr(data, '\n', size);
	return end != NULL ? (size_t)(end - data) : size;
}

/* Some programs begin a file in UTF-8 with a mark. */
static sc_bytes without_mark(const sc__records *records, sc_bytes record)
{
	static const char mark[] = "\xef\xbb\xbf";
	bool marked = !records->some && record.size >= 3 && memcmp(record.data, mark, 3) == 0;
	return marked ? (sc_bytes){ (const char *)record.data + 3, record.size - 3 } : record;
}

uint64_t sc__records_next_line(const sc__records *records)
{
	return records->line + records->record_lines + 1;
}

static sc_status end_record(sc__records *records, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	bool too_long = records->tail_too_long || size > records->line_max;
	records->tail_too_long = false;
	records->tail_size = 0;
	const sc_bytes record = without_mark(records, (sc_bytes){ data, too_long ? 0 : size });
	records->some = true;
	sc_status status = records->take(records->ctx, call, record, too_long, err);
	records->line = sc__records_next_line(records);
	records->record_lines = 0;
	return status;
}

sc_status sc__records_feed(sc__records *records, const sc_call *call, const char *data, size_t size, sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && size > 0) {
		size_t length = scan(records, data, size);
		if (length == size)
			return keep_tail(records, data, size, err);
		if (records->tail_size > 0 || records->tail_too_long) {
			status = keep_tail(records, data, length, err);
			if (status == SC_OK)
				status = end_record(records, call, records->tail, records->tail_size, err);
		} else {
			status = end_record(records, call, data, length, err);
		}
		data += length + 1;
		size -= length + 1;
	}
	return status;
}

sc_status sc__records_end(sc__records *records, const sc_call *call, sc_error *err)
{
	if (records->tail_size == 0 && !records->tail_too_long)
		return SC_OK;
	return end_record(records, call, records->tail, records->tail_size, err);
}

/* ---- what a record is -------------------------------------------------------------------- */

bool sc__record_is_blank(sc_bytes record)
{
	const char *data = record.data;
	for (size_t i = 0; i < record.size; i++)
		if (data[i] != ' ' && data[i] != '\t' && data[i] != '\r')
			return false;
	return true;
}

sc_status sc__records_header(sc__records *records, sc_bytes record, sc_arena *kept, bool *taken, sc_error *err)
{
	*taken = records->format == SC_CATALOG_CSV && records->header.names == NULL;
	if (!*taken)
		return SC_OK;
	char *copy = sc_arena_dup(kept, record.data, record.size);
	if (copy == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the header of a table");
	return sc__csv_header_read((sc_bytes){ copy, record.size }, kept, &records->header, err);
}

sc_status sc__records_read(const sc__records *records, sc_bytes record, sc_arena *arena, const sc_json **out,
                           sc_error *err)
{
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	if (records->format == SC_CATALOG_CSV)
		return sc__csv_record_read(&records->header, record, arena, out, err);
	options.name = "line";
	options.size_max = records->line_max;
	return sc_json_parse(record, arena, &options, out, err);
}
