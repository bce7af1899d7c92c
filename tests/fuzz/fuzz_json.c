/*
 * The JSON reader and writer against themselves and against jansson: both accept the same documents, but for numbers
 * and depths that only one of them bounds; and what was read, written and read again stays the same.
 */
#include "check.h"

#include <shopcore/json.h>
#include <shopcore/text.h>

#include <jansson.h>
#include <string.h>

static void write_value(sc_json_writer *writer, const sc_json *value);

static void write_children(sc_json_writer *writer, const sc_json *value)
{
	size_t count = 0;
	for (const sc_json *child = sc_json_first(value); child != NULL; child = sc_json_next(child), count++) {
		char path[64];
		CHECK(sc_json_path(child, path, sizeof path) == path);
		CHECK(sc_text_is_utf8(path, strlen(path)));
		if (sc_json_key(child) != NULL) {
			CHECK(sc_json_member(value, sc_json_key(child)) == child);
			sc_json_put_key(writer, sc_json_key(child));
		}
		write_value(writer, child);
	}
	CHECK(count == sc_json_count(value));
}

static void write_value(sc_json_writer *writer, const sc_json *value)
{
	sc_bytes text = sc_json_text(value);
	switch (sc_json_type_of(value)) {
	case SC_JSON_NULL:
		sc_json_put_null(writer);
		break;
	case SC_JSON_BOOL:
		sc_json_put_bool(writer, sc_json_is_true(value));
		break;
	case SC_JSON_INT:
		sc_json_put_int(writer, sc_json_int(value));
		break;
	case SC_JSON_NUMBER:
		CHECK(strlen(text.data) == text.size);
		sc_json_put_number(writer, text.data);
		break;
	case SC_JSON_TEXT:
		CHECK(strlen(text.data) == text.size);
		sc_json_put_bytes(writer, text.data, text.size);
		break;
	case SC_JSON_ARRAY:
		sc_json_begin_array(writer);
		write_children(writer, value);
		sc_json_end_array(writer);
		break;
	case SC_JSON_OBJECT:
		sc_json_begin_object(writer);
		write_children(writer, value);
		sc_json_end_object(writer);
		break;
	case SC_JSON_ABSENT:
		CHECK(false);
	}
}

static sc_bytes write_document(sc_arena *arena, const sc_json *root, bool pretty)
{
	sc_json_writer writer;
	sc_bytes out;
	sc_json_writer_init(&writer, arena, pretty);
	write_value(&writer, root);
	CHECK(sc_json_finish(&writer, &out, NULL) == SC_OK);
	CHECK(strlen(out.data) == out.size);
	return out;
}

static bool has_other_number(const sc_json *value)
{
	if (sc_json_type_of(value) == SC_JSON_NUMBER)
		return true;
	for (const sc_json *child = sc_json_first(value); child != NULL; child = sc_json_next(child))
		if (has_other_number(child))
			return true;
	return false;
}

static void check_against_jansson(sc_bytes json, sc_status status, const sc_json *root)
{
	if (json.size > 0 && memchr(json.data, 0, json.size) != NULL)
		return; /* jansson skips over U+0000 */
	json_error_t error;
	json_t *theirs = json_loadb(json.data, json.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (theirs != NULL)
		CHECK(status == SC_OK || status == SC_OVER_LIMIT);
	else
		CHECK(status != SC_OK || has_other_number(root));
	json_decref(theirs);
}

static void check_round_trip(sc_arena *arena, const sc_json *root)
{
	for (int pretty = 0; pretty < 2; pretty++) {
		const sc_json *again;
		sc_json_options options = SC_JSON_OPTIONS_INIT;
		options.size_max = UINT32_MAX - 1;
		sc_bytes first = write_document(arena, root, pretty == 1);
		CHECK(sc_json_parse(first, arena, &options, &again, NULL) == SC_OK);
		sc_bytes second = write_document(arena, again, pretty == 1);
		CHECK(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	const sc_json *root = NULL;
	const sc_bytes json = { data, size };
	sc_arena_init(&arena, sc_env_default());
	sc_status status = sc_json_parse(json, &arena, NULL, &root, &err);
	CHECK(status == err.status);
	CHECK(sc_text_is_utf8(err.field, strlen(err.field)) && sc_text_is_utf8(err.text, strlen(err.text)));
	if (status == SC_OK)
		check_round_trip(&arena, root);
	else
		CHECK(root == NULL && sc_status_is_bad_input(status) && err.field[0] != '\0');
	check_against_jansson(json, status, root);
	sc_arena_clear(&arena);
	return 0;
}
