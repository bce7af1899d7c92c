/*
 * Reading JSON objects by tables of their keys.
 */
#include "pricing/document.h"

#include "base/error.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A JSON pointer is written from its end to its front. What is too long for the error is cut at its end, where it
 * still points at something that holds the place. */
#define POINTER_ROOM 2048

typedef struct pointer {
	char *start, *at;
	bool overflow;
} pointer;

static void prepend(pointer *path, char c)
{
	if (path->at > path->start)
		*--path->at = c;
	else
		path->overflow = true;
}

static void prepend_key(pointer *path, const char *key)
{
	for (size_t i = strlen(key); i-- > 0;) {
		if (key[i] == '~' || key[i] == '/') {
			prepend(path, key[i] == '~' ? '0' : '1');
			prepend(path, '~');
		} else {
			prepend(path, key[i]);
		}
	}
	prepend(path, '/');
}

static void prepend_index(pointer *path, const sc_json *element)
{
	uint32_t index = 0;

	for (const sc_json *other = element->parent->first; other != element; other = other->next)
		index++;
	do
		prepend(path, (char)('0' + index % 10));
	while ((index /= 10) != 0);
	prepend(path, '/');
}

static const char *point_at(const sc_json *value, const char *key, char room[POINTER_ROOM], size_t size_max)
{
	pointer path = { room, room + POINTER_ROOM - 1, false };

	*path.at = '\0';
	if (key != NULL)
		prepend_key(&path, key);
	for (; value != NULL && value->parent != NULL; value = value->parent) {
		if (value->key != NULL)
			prepend_key(&path, value->key);
		else
			prepend_index(&path, value);
	}
	if (path.overflow)
		return "";
	if (strlen(path.at) > size_max) {
		char *cut = path.at + size_max;

		while (*cut != '/')
			cut--;
		*cut = '\0';
	}
	return path.at;
}

sc_status sc__document_bad(sc__reader *r, sc_status status, const sc_json *value, const char *key, const char *format,
                           ...)
{
	char path[POINTER_ROOM];
	char text[sizeof(r->err->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return sc__bad(r->err, status, point_at(value, key, path, sizeof(r->err->field) - 1), "%s", text);
}

sc_status sc__document_int(sc__reader *r, const sc_json *value, int64_t min, int64_t max, int64_t *out)
{
	if (value->type == SC_JSON_NUMBER && strcspn(value->text, ".eE") == value->size)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "the number does not fit");
	if (value->type != SC_JSON_INT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an integer");
	if (value->integer < min)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "at least %lld", (long long)min);
	if (value->integer > max)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "at most %lld", (long long)max);
	*out = value->integer;
	return SC_OK;
}

bool sc__document_rate_of_text(const char *text, int64_t *out)
{
	int64_t rate = 0, unit = SC_RATE_PERCENT;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(rate, 10, &rate) ||
		    __builtin_add_overflow(rate, (*at - '0') * SC_RATE_PERCENT, &rate))
			return false;
	if (at == text)
		return false;
	if (*at == '.' && at[1] != '\0')
		for (at++; *at >= '0' && *at <= '9'; at++) {
			unit /= 10;
			if (unit == 0 && *at != '0')
				return false;
			rate += (*at - '0') * unit;
		}
	*out = rate;
	return *at == '\0';
}

sc_status sc__document_percent(sc__reader *r, const sc_json *value, int64_t max, int64_t *out)
{
	int64_t rate = 0;

	if (value->type == SC_JSON_INT) {
		if (__builtin_mul_overflow(value->integer, SC_RATE_PERCENT, &rate))
			rate = value->integer < 0 ? -1 : INT64_MAX;
	} else if (value->type != SC_JSON_TEXT && value->type != SC_JSON_NUMBER) {
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be a percentage");
	} else if (!sc__document_rate_of_text(value->text, &rate)) {
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL,
		                        "has to be decimal text with at most 6 places, such as \"8.875\"");
	}
	if (rate < 0)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "must not be negative");
	if (rate > max)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "at most %lld %%",
		                        (long long)(max / SC_RATE_PERCENT));
	*out = rate;
	return SC_OK;
}

static sc_status read_text(sc__reader *r, const sc_json *value, const sc__field *field, const char **out)
{
	if (value->type != SC_JSON_TEXT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be a string");
	if (value->size < field->min)
		return sc__document_bad(r, SC_BAD_ARGUMENT, value, NULL, "must not be empty");
	if (value->size > field->max)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %lld bytes", (long long)field->max);
	*out = value->text;
	return SC_OK;
}

static sc_status read_texts(sc__reader *r, const sc_json *value, const sc__field *field, sc_price_texts *out)
{
	if (value->type != SC_JSON_ARRAY)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an array of strings");
	if (value->size > SC_BATCH_MAX)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %d", SC_BATCH_MAX);
	const char **items = sc_arena_alloc(r->arena, value->size * sizeof(*items));
	if (items == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
	size_t count = 0;
	for (const sc_json *item = value->first; item != NULL; item = item->next) {
		const sc_status status = read_text(r, item, field, &items[count++]);

		if (status != SC_OK)
			return status;
	}
	*out = (sc_price_texts){ items, count };
	return SC_OK;
}

static sc_status read_word(sc__reader *r, const sc_json *value, const sc__word *words, int *out)
{
	if (value->type != SC_JSON_TEXT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be a string");
	for (; words->word != NULL; words++)
		if (strcmp(words->word, value->text) == 0) {
			*out = words->value;
			return SC_OK;
		}
	return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "no such word");
}

static sc_status read_int32(sc__reader *r, const sc_json *value, const sc__field *field, int32_t *out)
{
	int64_t wide;
	const sc_status status = sc__document_int(r, value, field->min, field->max, &wide);

	if (status == SC_OK)
		*out = (int32_t)wide;
	return status;
}

static sc_status read_field(sc__reader *r, const sc_json *value, const sc__field *field, void *target)
{
	void *at = target == NULL ? NULL : (char *)target + field->offset; /* a list of documents has no struct */

	switch (field->kind) {
	case SC__FIELD_TEXT:
		return read_text(r, value, field, at);
	case SC__FIELD_INT:
		return sc__document_int(r, value, field->min, field->max, at);
	case SC__FIELD_INT32:
		return read_int32(r, value, field, at);
	case SC__FIELD_BOOL:
		if (value->type != SC_JSON_BOOL)
			return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be true or false");
		*(bool *)at = value->truth;
		return SC_OK;
	case SC__FIELD_PERCENT:
		return sc__document_percent(r, value, field->max, at);
	case SC__FIELD_TEXTS:
		return read_texts(r, value, field, at);
	case SC__FIELD_WORD:
		return read_word(r, value, field->words, at);
	case SC__FIELD_CUSTOM:
		return field->read(r, value, at);
	case SC__FIELD_KNOWN:
		break;
	}
	return SC_OK;
}

sc_status sc__document_object(sc__reader *r, const sc_json *value, const sc__field *fields, void *target)
{
	if (sc_json_type_of(value) != SC_JSON_OBJECT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an object");
	for (const sc_json *member = value->first; member != NULL; member = member->next) {
		const sc__field *field = fields;

		while (field->key != NULL && strcmp(field->key, member->key) != 0)
			field++;
		if (field->key == NULL)
			return sc__document_bad(r, SC_BAD_FORMAT, member, NULL, "no such key");
		if (member->type == SC_JSON_NULL && !field->required)
			continue; /* as if it were not there */
		const sc_status status = read_field(r, member, field, target);
		if (status != SC_OK)
			return status;
	}
	for (const sc__field *field = fields; field->key != NULL; field++)
		if (field->required && sc_json_member(value, field->key) == NULL)
			return sc__document_bad(r, SC_BAD_FORMAT, value, field->key, "missing");
	return SC_OK;
}

sc_status sc__document_array(sc__reader *r, const sc_json *value, const sc__field *fields, size_t item_size, size_t max,
                             void **items, size_t *count)
{
	if (value->type != SC_JSON_ARRAY)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an array");
	if (value->size > max)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %zu", max);
	char *at = sc_arena_zalloc(r->arena, value->size * item_size);
	if (at == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
	*items = at;
	*count = value->size;
	for (const sc_json *item = value->first; item != NULL; item = item->next, at += item_size) {
		const sc_status status = sc__document_object(r, item, fields, at);

		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}
