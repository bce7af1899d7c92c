/*
 * The JSON writer. Each put makes room once for the most it can write, then writes without looking; the text
 * is the last thing on the arena as long as the caller puts nothing else there, and so grows in place.
 *
 * The first mistake stays in `status` and turns everything after it into nothing, so that callers check once.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

#define FIRST_ROOM   512
#define INT_TEXT_MAX 20 /* -9223372036854775808 */
#define ESCAPED_MAX  6  /* \u001f */
#define INDENT       2
#define NO_TEXT_ROOM (SIZE_MAX / 16) /* far below any overflow of what is added on top */

void sc_json_writer_init(sc_json_writer *writer, sc_arena *arena, bool pretty)
{
	*writer = (sc_json_writer){ .arena = arena, .status = SC_OK, .pretty = pretty };
}

/* Remembers what went wrong first. */
static void fail(sc_json_writer *writer, sc_status status)
{
	if (writer->status == SC_OK)
		writer->status = status;
}

static bool grow(sc_json_writer *writer, size_t size)
{
	if (size > NO_TEXT_ROOM || writer->size > NO_TEXT_ROOM) {
		fail(writer, SC_NO_MEMORY);
		return false;
	}
	size_t room = writer->room < FIRST_ROOM ? FIRST_ROOM : writer->room * 2;
	if (room < writer->size + size + 1)
		room = writer->size + size + 1;
	char *text = sc__arena_resize(writer->arena, writer->text, writer->room, room);
	if (text == NULL) {
		fail(writer, SC_NO_MEMORY);
		return false;
	}
	writer->text = text;
	writer->room = room;
	return true;
}

/* Makes room for `size` bytes and the NUL at the end of all. */
static inline bool reserve(sc_json_writer *writer, size_t size)
{
	return writer->room - writer->size > size || grow(writer, size);
}

static bool in_object(const sc_json_writer *writer)
{
	return writer->depth > 0 && (writer->objects >> (writer->depth - 1) & 1) != 0;
}

static size_t line_size(const sc_json_writer *writer)
{
	return 1 + INDENT * (size_t)writer->depth;
}

/* A new line with its indentation; the room is there. */
static void new_line(sc_json_writer *writer)
{
	size_t size = line_size(writer);
	char *at = writer->text + writer->size;
	memset(at, ' ', size);
	*at = '\n';
	writer->size += size;
}

/* What stands before a member or an element; the room is there. */
static void separate(sc_json_writer *writer)
{
	if (writer->some)
		writer->text[writer->size++] = ',';
	if (writer->pretty && writer->depth > 0)
		new_line(writer);
	writer->some = true;
}

/* Begins a value of at most `size` bytes: where to write it, or NULL when nothing may be written. */
static char *begin_value(sc_json_writer *writer, size_t size)
{
	if (writer->status != SC_OK)
		return NULL;
	if (in_object(writer) ? !writer->keyed : writer->depth == 0 && writer->some) {
		fail(writer, SC_BAD_ARGUMENT);
		return NULL;
	}
	if (!reserve(writer, size + 1 + line_size(writer)))
		return NULL;
	if (!writer->keyed)
		separate(writer);
	writer->keyed = false;
	return writer->text + writer->size;
}

static void put_literal(sc_json_writer *writer, const char *literal, size_t size)
{
	char *at = begin_value(writer, size);
	if (at == NULL)
		return;
	memcpy(at, literal, size);
	writer->size += size;
}

static void open_level(sc_json_writer *writer, char bracket, bool object)
{
	if (writer->status == SC_OK && writer->depth == SC_JSON_DEPTH_MAX)
		fail(writer, SC_OVER_LIMIT);
	put_literal(writer, &bracket, 1);
	if (writer->status != SC_OK)
		return;
	uint64_t bit = UINT64_C(1) << writer->depth++;
	writer->objects = object ? writer->objects | bit : writer->objects & ~bit;
	writer->some = false;
}

static void close_level(sc_json_writer *writer, char bracket, bool object)
{
	if (writer->status != SC_OK)
		return;
	if (writer->depth == 0 || in_object(writer) != object || writer->keyed) {
		fail(writer, SC_BAD_ARGUMENT);
		return;
	}
	if (!reserve(writer, 1 + line_size(writer)))
		return;
	writer->depth--;
	if (writer->pretty && writer->some)
		new_line(writer);
	writer->text[writer->size++] = bracket;
	writer->some = true;
}

void sc_json_begin_object(sc_json_writer *writer)
{
	open_level(writer, '{', true);
}

void sc_json_end_object(sc_json_writer *writer)
{
	close_level(writer, '}', true);
}

void sc_json_begin_array(sc_json_writer *writer)
{
	open_level(writer, '[', false);
}

void sc_json_end_array(sc_json_writer *writer)
{
	close_level(writer, ']', false);
}

/* Writes the escaped form of a control character, a quote or a backslash. */
static char *escape(char *to, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	static const char letters[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
	*to++ = '\\';
	if (c == '"' || c == '\\') {
		*to++ = (char)c;
	} else if (c < sizeof letters && letters[c] != 0) {
		*to++ = letters[c];
	} else {
		memcpy(to, "u00", 3);
		to[3] = digits[c >> 4];
		to[4] = digits[c & 15];
		to += 5;
	}
	return to;
}

/* Writes one character that is not plain. How many bytes of `from` that took; 0: not UTF-8, or no room. */
static size_t put_character(sc_json_writer *writer, const unsigned char *from, size_t left)
{
	if (!reserve(writer, left + ESCAPED_MAX + 2))
		return 0;
	char *to = writer->text + writer->size;
	if (*from < 0x80) {
		writer->size += (size_t)(escape(to, *from) - to);
		return 1;
	}
	size_t length = sc__utf8_length(from, left);
	if (length == 0)
		fail(writer, SC_BAD_TEXT);
	memcpy(to, from, length);
	writer->size += length;
	return length;
}

/* Copies plain bytes, eight at a time while there are eight, to where the text ends. There is room for all up to `end`,
 * so that the last eight may be too many. Where it stopped. */
static const unsigned char *put_plain(sc_json_writer *writer, const unsigned char *from, const unsigned char *end)
{
	char *to = writer->text + writer->size;
	const unsigned char *start = from;
	size_t run = 8;
	while (end - from >= 8 && run == 8) {
		memcpy(to, from, 8);
		run = sc__plain_run(sc__load8(from));
		from += run;
		to += run;
	}
	if (run == 8)
		while (from < end && sc__is_plain(*from))
			*to++ = (char)*from++;
	writer->size += (size_t)(from - start);
	return from;
}

/* Writes a string with its quotes. Room for it unescaped, and for both quotes, is there. */
static void put_string(sc_json_writer *writer, const unsigned char *from, size_t size)
{
	const unsigned char *end = from + size;
	writer->text[writer->size++] = '"';
	for (from = put_plain(writer, from, end); from < end; from = put_plain(writer, from, end)) {
		size_t taken = put_character(writer, from, (size_t)(end - from));
		if (taken == 0)
			return;
		from += taken;
	}
	writer->text[writer->size++] = '"';
}

void sc_json_put_key(sc_json_writer *writer, const char *key)
{
	if (writer->status != SC_OK)
		return;
	if (!in_object(writer) || writer->keyed) {
		fail(writer, SC_BAD_ARGUMENT);
		return;
	}
	size_t size = strlen(key);
	if (!reserve(writer, size + 4 + 1 + line_size(writer)))
		return;
	separate(writer);
	put_string(writer, (const unsigned char *)key, size);
	if (writer->status != SC_OK || !reserve(writer, 2))
		return;
	writer->text[writer->size++] = ':';
	if (writer->pretty)
		writer->text[writer->size++] = ' ';
	writer->keyed = true;
}

void sc_json_put_bytes(sc_json_writer *writer, const void *data, size_t size)
{
	if (begin_value(writer, size < NO_TEXT_ROOM ? size + 2 : size) != NULL)
		put_string(writer, data, size);
}

void sc_json_put_text(sc_json_writer *writer, const char *text)
{
	if (text == NULL)
		sc_json_put_null(writer);
	else
		sc_json_put_bytes(writer, text, strlen(text));
}

void sc_json_put_int(sc_json_writer *writer, int64_t value)
{
	char *at = begin_value(writer, INT_TEXT_MAX);
	if (at == NULL)
		return;
	char digits[INT_TEXT_MAX];
	char *first = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		*--first = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		*--first = '-';
	size_t size = (size_t)(digits + sizeof digits - first);
	memcpy(at, first, size);
	writer->size += size;
}

void sc_json_put_bool(sc_json_writer *writer, bool value)
{
	if (value)
		put_literal(writer, "true", 4);
	else
		put_literal(writer, "false", 5);
}

void sc_json_put_null(sc_json_writer *writer)
{
	put_literal(writer, "null", 4);
}

void sc_json_put_number(sc_json_writer *writer, const char *text)
{
	bool whole;
	const char *end = text + strlen(text);
	if (sc__json_number(text, end, &whole) != end)
		fail(writer, SC_BAD_FORMAT);
	put_literal(writer, text, (size_t)(end - text));
}

void sc_json_put_raw(sc_json_writer *writer, sc_bytes json)
{
	if (json.size == 0)
		fail(writer, SC_BAD_ARGUMENT);
	put_literal(writer, json.data, json.size);
}

void sc_json_add_text(sc_json_writer *writer, const char *key, const char *text)
{
	sc_json_put_key(writer, key);
	sc_json_put_text(writer, text);
}

void sc_json_add_int(sc_json_writer *writer, const char *key, int64_t value)
{
	sc_json_put_key(writer, key);
	sc_json_put_int(writer, value);
}

void sc_json_add_bool(sc_json_writer *writer, const char *key, bool value)
{
	sc_json_put_key(writer, key);
	sc_json_put_bool(writer, value);
}

static const char *mistake(sc_status status)
{
	if (status == SC_BAD_TEXT)
		return "a string is not UTF-8";
	if (status == SC_BAD_FORMAT)
		return "a number is not written as JSON has it";
	if (status == SC_OVER_LIMIT)
		return "too many levels";
	return "values, keys and ends do not fit together";
}

sc_status sc_json_finish(sc_json_writer *writer, sc_bytes *out, sc_error *err)
{
	if (writer->depth > 0 || !writer->some)
		fail(writer, SC_BAD_ARGUMENT);
	if (writer->status == SC_NO_MEMORY)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a JSON document");
	if (writer->status != SC_OK)
		return sc__bad(err, writer->status, "document", "%s", mistake(writer->status));
	sc__arena_resize(writer->arena, writer->text, writer->room, writer->size + 1);
	writer->room = writer->size + 1;
	writer->text[writer->size] = '\0';
	*out = (sc_bytes){ writer->text, writer->size };
	return SC_OK;
}

void sc__json_put_value(sc_json_writer *writer, const sc_json *value)
{
	switch (sc_json_type_of(value)) {
	case SC_JSON_ABSENT:
	case SC_JSON_NULL:
		sc_json_put_null(writer);
		return;
	case SC_JSON_BOOL:
		sc_json_put_bool(writer, value->truth);
		return;
	case SC_JSON_INT:
		sc_json_put_int(writer, value->integer);
		return;
	case SC_JSON_NUMBER:
		sc_json_put_number(writer, value->text);
		return;
	case SC_JSON_TEXT:
		sc_json_put_bytes(writer, value->text, value->size);
		return;
	case SC_JSON_ARRAY:
		sc_json_begin_array(writer);
		for (const sc_json *element = value->first; element != NULL; element = element->next)
			sc__json_put_value(writer, element);
		sc_json_end_array(writer);
		return;
	case SC_JSON_OBJECT:
		break;
	}
	sc_json_begin_object(writer);
	for (const sc_json *member = value->first; member != NULL; member = member->next) {
		sc_json_put_key(writer, member->key);
		sc__json_put_value(writer, member);
	}
	sc_json_end_object(writer);
}
