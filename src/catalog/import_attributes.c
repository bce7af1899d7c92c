/*
 * What a line of an import says in lists and objects: attributes from several sources, options, images.
 */
#include "catalog/import_line.h"

#include "base/arena.h"
#include "catalog/body.h"

#include <string.h>

struct attributes {
	sc_attribute *list;
	size_t count, room;
};

static bool has_attribute(const struct attributes *a, const char *name)
{
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->list[i].name, name) == 0)
			return true;
	return false;
}

/* A list of values becomes one text. */
static const char *joined(sc__line *r, const sc_json *list, const char *field)
{
	char *text = sc__arena_bytes(r->arena, 1);
	size_t size = 0;
	for (const sc_json *at = sc_json_first(list); text != NULL && r->status == SC_OK && at != NULL;
	     at = sc_json_next(at)) {
		const char *part = sc__line_scalar(r, at, field);
		size_t length = part != NULL ? strlen(part) : 0;
		char *grown = sc__arena_bytes(r->arena, size + length + 3);
		if (grown == NULL || part == NULL) {
			text = NULL;
			break;
		}
		memcpy(grown, text, size);
		if (size > 0) {
			memcpy(grown + size, ", ", 2);
			size += 2;
		}
		memcpy(grown + size, part, length);
		size += length;
		text = grown;
	}
	if (text == NULL)
		sc__line_no_memory(r);
	else
		text[size] = '\0';
	return text;
}

static void add_attribute(sc__line *r, struct attributes *a, const char *name, const sc_json *value)
{
	sc_json_type type = sc_json_type_of(value);
	sc_attribute attribute = { .name = name };
	if (a->count == a->room) {
		sc__line_fail(r, SC_OVER_LIMIT, name, "too many attributes");
		return;
	}
	if (type == SC_JSON_BOOL) {
		attribute.type = SC_ATTRIBUTE_BOOL;
		attribute.text = sc_json_is_true(value) ? "true" : "false";
	} else if (type == SC_JSON_ARRAY) {
		attribute.text = joined(r, value, name);
	} else {
		attribute.type = type == SC_JSON_TEXT ? SC_ATTRIBUTE_TEXT : SC_ATTRIBUTE_NUMBER;
		attribute.text = sc__line_scalar(r, value, name);
	}
	if (r->status == SC_OK)
		attribute.text = sc__line_clean(r, attribute.text, true);
	if (r->status == SC_OK && attribute.text[0] != '\0' && name[0] != '\0')
		a->list[a->count++] = attribute;
}

static const char *stripped(const sc__import_source *source, const char *name)
{
	for (size_t i = 0; i < source->strip_count; i++) {
		size_t size = strlen(source->strip[i]);
		if (strncmp(name, source->strip[i], size) == 0 && name[size] != '\0')
			return name + size;
	}
	return name;
}

static void add_object(sc__line *r, struct attributes *a, const sc__import_source *source)
{
	const sc_json *object = sc__line_structure(r, sc__line_find(r, &source->path));
	if (object != NULL && sc_json_type_of(object) != SC_JSON_OBJECT)
		sc__line_fail(r, SC_BAD_FORMAT, source->path.text, "must be an object");
	for (const sc_json *at = sc_json_first(object); r->status == SC_OK && at != NULL; at = sc_json_next(at)) {
		const char *name = stripped(source, sc_json_key(at));
		if (name != sc_json_key(at) && has_attribute(a, name))
			name = sc_json_key(at); /* t_weight and n_weight: the second keeps its prefix */
		if (sc_json_type_of(at) != SC_JSON_NULL)
			add_attribute(r, a, name, at);
	}
}

static void add_prefixed(sc__line *r, struct attributes *a, const sc__import_source *source)
{
	size_t size = strlen(source->name);
	for (const sc_json *at = sc_json_first(r->line); r->status == SC_OK && at != NULL; at = sc_json_next(at))
		if (strncmp(sc_json_key(at), source->name, size) == 0 && sc_json_type_of(at) != SC_JSON_NULL)
			add_attribute(r, a, sc_json_key(at) + size, at);
}

void sc__line_attributes(sc__line *r, sc_product *product)
{
	struct attributes a = { NULL, 0, SC_ATTRIBUTES_MAX };
	if (r->map->source_count == 0 || r->status != SC_OK)
		return;
	sc_attribute room[SC_ATTRIBUTES_MAX];
	a.list = room;
	for (size_t i = 0; r->status == SC_OK && i < r->map->source_count; i++) {
		const sc__import_source *source = &r->map->sources[i];
		const sc_json *value;
		if (source->type == SC__SOURCE_OBJECT)
			add_object(r, &a, source);
		else if (source->type == SC__SOURCE_PREFIX)
			add_prefixed(r, &a, source);
		else if ((value = sc__line_find(r, &source->path)) != NULL)
			add_attribute(r, &a, source->name, value);
	}
	sc_attribute *kept = sc__arena_array(r->arena, a.count, sizeof(*kept));
	if (kept == NULL) {
		sc__line_no_memory(r);
		return;
	}
	memcpy(kept, room, a.count * sizeof(*kept));
	product->attributes = kept;
	product->attribute_count = a.count;
}

void sc__line_options(sc__line *r, sc_sku *sku)
{
	const char *field;
	const sc_json *object = sc__line_value(r, SC__IMPORT_OPTIONS, &field);
	if (object == NULL || r->status != SC_OK)
		return;
	if (sc_json_type_of(object) != SC_JSON_OBJECT)
		sc__line_fail(r, SC_BAD_FORMAT, field, "must be an object");
	else
		r->status = sc__attributes_get(object, r->arena, &sku->options, &sku->option_count, r->err);
}

void sc__line_images(sc__line *r, sc_product *product)
{
	const char *field;
	const sc_json *list = sc__line_value(r, SC__IMPORT_IMAGES, &field);
	bool array = sc_json_type_of(list) == SC_JSON_ARRAY;
	if (list == NULL || r->status != SC_OK)
		return;
	sc_image *images = sc_arena_zalloc(r->arena, (array ? sc_json_count(list) : 1) * sizeof(*images));
	if (images == NULL) {
		sc__line_no_memory(r);
		return;
	}
	size_t count = 0;
	for (const sc_json *at = array ? sc_json_first(list) : list; at != NULL; at = array ? sc_json_next(at) : NULL) {
		const sc_json *url = sc_json_type_of(at) == SC_JSON_OBJECT ? sc_json_member(at, "url") : at;
		if (sc_json_type_of(url) != SC_JSON_TEXT) {
			sc__line_fail(r, SC_BAD_FORMAT, field, "must be URLs");
			return;
		}
		images[count].alt = sc_json_text(sc_json_member(at, "alt")).data;
		images[count++].url = sc_json_text(url).data;
	}
	product->images = images;
	product->image_count = count;
}
