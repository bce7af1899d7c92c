/*
 * Tables: wherever an input is cut, its records are the same; a record becomes an object of texts, and what it held
 * is what it holds when it was written as cells and read again.
 */
#include "check.h"

#include "catalog/csv.h"

#include <stdlib.h>
#include <string.h>

static sc_bytes write_again(const sc__csv_header *header, const sc_json *object, char *out)
{
	char *at = out;
	for (size_t i = 0; i < header->count; i++) {
		const sc_json *member = sc_json_member(object, header->names[i]);
		if (i > 0)
			*at++ = ',';
		if (member != NULL)
			at = sc__csv_put(at, sc_json_text(member));
	}
	return (sc_bytes){ out, (size_t)(at - out) };
}

static void check_same(const sc__csv_header *header, const sc_json *a, const sc_json *b)
{
	for (size_t i = 0; i < header->count; i++) {
		const sc_json *x = sc_json_member(a, header->names[i]), *y = sc_json_member(b, header->names[i]);
		sc_bytes p = sc_json_text(x), q = sc_json_text(y);
		CHECK((x == NULL) == (y == NULL) && p.size == q.size);
		CHECK(x == NULL || memcmp(p.data, q.data, p.size) == 0);
	}
}

static void read_record(const sc__csv_header *header, sc_bytes record, sc_arena *arena)
{
	const sc_json *object, *again;
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc__csv_record_read(header, record, arena, &object, &err);
	if (status != SC_OK) {
		CHECK(sc_status_is_bad_input(status) && err.status == status && err.text[0] != '\0');
		return;
	}
	char *out = malloc(4 * record.size + 3 * header->count + 8);
	CHECK(out != NULL);
	sc_bytes written = write_again(header, object, out);
	CHECK(sc__csv_record_read(header, written, arena, &again, &err) == SC_OK);
	check_same(header, object, again);
	sc__csv_state state = SC__CSV_CELL_START;
	CHECK(sc__csv_scan(&state, written.data, written.size) == written.size);
	free(out);
}

/* The length of the first record, found in two pieces. */
static size_t scan_cut(const char *data, size_t size, size_t cut)
{
	sc__csv_state state = SC__CSV_CELL_START;
	size_t first = sc__csv_scan(&state, data, cut);
	return first < cut ? first : cut + sc__csv_scan(&state, data + cut, size - cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_arena arena;
	sc__csv_header header = { 0 };
	sc_error err = SC_ERROR_INIT;
	const char *at = (const char *)data, *end = at + size;
	sc_arena_init(&arena, sc_env_default());
	sc_status status = SC_OK;
	for (bool first = true; at < end && status == SC_OK; first = false) {
		sc__csv_state state = SC__CSV_CELL_START;
		size_t left = (size_t)(end - at), length = sc__csv_scan(&state, at, left);
		CHECK(scan_cut(at, left, left / 2) == length && scan_cut(at, left, length) == length);
		const sc_bytes record = { at, length };
		if (first)
			status = sc__csv_header_read(record, &arena, &header, &err);
		else
			read_record(&header, record, &arena);
		at += length + (length < left);
	}
	CHECK(status == SC_OK || (sc_status_is_bad_input(status) && strcmp(err.field, "header") == 0));
	sc_arena_clear(&arena);
	return 0;
}
