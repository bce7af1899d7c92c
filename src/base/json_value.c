/* Looking into a JSON document that was read, and naming the place of what is missing or wrong in it. */
#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

#include <string.h>

#define INDEX_TEXT_MAX 12 /* [4294967295] */

sc_json_type sc_json_type_of(const sc_json *value)
{
	return value == NULL ? SC_JSON_ABSENT : value->type;
}

static bool has_children(const sc_json *value)
{
	return value != NULL && (value->type == SC_JSON_ARRAY || value->type == SC_JSON_OBJECT);
}

const sc_json *sc_json_member(const sc_json *object, const char *key)
{
	if (object == NULL || object->type != SC_JSON_OBJECT)
		return NULL;
	size_t size = strlen(key);
	for (const sc_json *member = object->first; member != NULL; member = member->next)
		if (member->key_size == size && memcmp(member->key, key, size) == 0)
			return member;
	return NULL;
}

const sc_json *sc_json_first(const sc_json *value)
{
	return has_children(value) ? value->first : NULL;
}

const sc_json *sc_json_next(const sc_json *value)
{
	return value == NULL ? NULL : value->next;
}

size_t sc_json_count(const sc_json *value)
{
	return has_children(value) ? value->size : 0;
}

const char *sc_json_key(const sc_json *value)
{
	return value == NULL ? NULL : value->key;
}

sc_bytes sc_json_text(const sc_json *value)
{
	if (value == NULL || (value->type != SC_JSON_TEXT && value->type != SC_JSON_NUMBER))
		return (sc_bytes){ NULL, 0 };
	return (sc_bytes){ value->text, value->size };
}

int64_t sc_json_int(const sc_json *value)
{
	return value != NULL && value->type == SC_JSON_INT ? value->integer : 0;
}

bool sc_json_is_true(const sc_json *value)
{
	return value != NULL && value->type == SC_JSON_BOOL && value->truth;
}

/* Finds a member of one type. What is wrong with it is named by its path, whether it is there or not. */
static sc_status get(const sc_json *object, const char *key, sc_json_type type, const char *expected,
                     const sc_json **out, sc_error *err)
{
	const sc_json *member = sc_json_member(object, key);
	if (sc_json_type_of(member) == type) {
		*out = member;
		return SC_OK;
	}
	if (err == NULL)
		return SC_BAD_FORMAT;
	const sc_json missing = { .parent = object, .key = key, .key_size = (uint32_t)strlen(key) };
	char field[sizeof err->field];
	if (object == NULL)
		return sc__bad(err, SC_BAD_FORMAT, key, "missing");
	sc_json_path(&missing, field, sizeof field);
	return sc__bad(err, SC_BAD_FORMAT, field, "%s %s", member == NULL ? "missing: it has to be" : "has to be",
	               expected);
}

sc_status sc_json_get_text(const sc_json *object, const char *key, const char **out, sc_error *err)
{
	const sc_json *member = NULL;
	sc_status status = get(object, key, SC_JSON_TEXT, "a string", &member, err);
	if (status == SC_OK)
		*out = member->text;
	return status;
}

static bool is_whole(const sc_json *value)
{
	return value->text[strcspn(value->text, ".eE")] == '\0';
}

sc_status sc_json_get_int(const sc_json *object, const char *key, int64_t *out, sc_error *err)
{
	const sc_json *member = NULL;
	sc_status status = get(object, key, SC_JSON_INT, "an integer", &member, err);
	if (status == SC_OK) {
		*out = member->integer;
		return SC_OK;
	}
	member = sc_json_member(object, key);
	if (sc_json_type_of(member) != SC_JSON_NUMBER || !is_whole(member))
		return status;
	char field[sizeof err->field];
	return sc__bad(err, SC_OUT_OF_RANGE, sc_json_path(member, field, sizeof field), "the number does not fit");
}

sc_status sc_json_get_bool(const sc_json *object, const char *key, bool *out, sc_error *err)
{
	const sc_json *member = NULL;
	sc_status status = get(object, key, SC_JSON_BOOL, "true or false", &member, err);
	if (status == SC_OK)
		*out = member->truth;
	return status;
}

sc_status sc_json_get_array(const sc_json *object, const char *key, const sc_json **out, sc_error *err)
{
	return get(object, key, SC_JSON_ARRAY, "an array", out, err);
}

sc_status sc_json_get_object(const sc_json *object, const char *key, const sc_json **out, sc_error *err)
{
	return get(object, key, SC_JSON_OBJECT, "an object", out, err);
}

/* A path is written from its end to its front. What no longer fits is dropped. */
struct path {
	char *start, *at;
};

static void prepend(struct path *path, const char *text, size_t size)
{
	size_t room = (size_t)(path->at - path->start);
	size_t kept = size < room ? size : room;
	path->at -= kept;
	memcpy(path->at, text + size - kept, kept);
}

static void prepend_index(struct path *path, const sc_json *element)
{
	uint32_t index = 0;
	for (const sc_json *other = element->parent->first; other != element; other = other->next)
		index++;
	char text[INDEX_TEXT_MAX];
	char *at = text + sizeof text;
	*--at = ']';
	do
		*--at = (char)('0' + index % 10);
	while ((index /= 10) > 0);
	*--at = '[';
	prepend(path, at, (size_t)(text + sizeof text - at));
}

char *sc_json_path(const sc_json *value, char *out, size_t size)
{
	struct path path = { out, out + size - 1 };
	*path.at = '\0';
	for (; value != NULL && value->parent != NULL; value = value->parent) {
		if (value->key == NULL) {
			prepend_index(&path, value);
			continue;
		}
		prepend(&path, value->key, value->key_size);
		if (value->parent->parent != NULL)
			prepend(&path, ".", 1);
	}
	while (sc__is_continuation((unsigned char)*path.at))
		path.at++; /* of a character that lost its front */
	return memmove(out, path.at, (size_t)(out + size - path.at));
}
