/*
 * Reading the map of an import. A member that no rule knows is refused, because a misspelt one would
 * silently import nothing.
 */
#include "catalog/import_map.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

static const char own_names[] =
	"{\"sku\":\"sku\",\"product\":\"product\",\"name\":\"name\",\"sku_name\":\"sku_name\",\"brand\":\"brand\","
	"\"description\":\"description\",\"seller\":\"seller\",\"price\":\"price\",\"currency\":\"currency\","
	"\"popularity\":\"popularity\",\"rating_milli\":\"rating_milli\",\"rating_count\":\"rating_count\","
	"\"images\":\"images\",\"options\":\"options\",\"product_seller\":\"product_seller\","
	"\"withdrawn\":\"withdrawn\",\"category\":\"category\",\"parent\":\"parent\",\"position\":\"position\","
	"\"categories\":{\"ids\":\"categories\"},"
	"\"attributes\":{\"object\":\"attributes\"}}";

static const struct {
	const char *name;
	bool needed;
} targets[SC__IMPORT_TARGETS] = {
	[SC__IMPORT_SKU] = { "sku", true },
	[SC__IMPORT_PRODUCT] = { "product", false },
	[SC__IMPORT_NAME] = { "name", true },
	[SC__IMPORT_SKU_NAME] = { "sku_name", false },
	[SC__IMPORT_BRAND] = { "brand", false },
	[SC__IMPORT_DESCRIPTION] = { "description", false },
	[SC__IMPORT_SELLER] = { "seller", false },
	[SC__IMPORT_PRICE] = { "price", true },
	[SC__IMPORT_CURRENCY] = { "currency", true },
	[SC__IMPORT_POPULARITY] = { "popularity", false },
	[SC__IMPORT_RATING_MILLI] = { "rating_milli", false },
	[SC__IMPORT_RATING_COUNT] = { "rating_count", false },
	[SC__IMPORT_IMAGES] = { "images", false },
	[SC__IMPORT_OPTIONS] = { "options", false },
	[SC__IMPORT_PRODUCT_SELLER] = { "product_seller", false },
	[SC__IMPORT_WITHDRAWN] = { "withdrawn", false },
	[SC__IMPORT_CATEGORY] = { "category", false },
	[SC__IMPORT_PARENT] = { "parent", false },
	[SC__IMPORT_POSITION] = { "position", false },
};

struct reader {
	sc_arena *arena;
	sc__import_map *map;
	sc_error *err;
};

static sc_status no_memory(const struct reader *r)
{
	return sc__fail(r->err, SC_NO_MEMORY, "no memory for an import's map");
}

static sc_status refuse(const struct reader *r, const sc_json *value, const char *why)
{
	char field[64];
	sc_json_path(value, field, sizeof(field));
	return sc__bad(r->err, SC_BAD_FORMAT, field[0] != '\0' ? field : "map", "%s", why); /* a key may be empty */
}

/* The member of an object with this key, if it is the right one of several forms. */
static const sc_json *only_member(const sc_json *object, const char *key)
{
	return sc_json_type_of(object) == SC_JSON_OBJECT ? sc_json_member(object, key) : NULL;
}

static sc_status read_path(const struct reader *r, const sc_json *value, sc__import_path *out)
{
	const char *text = sc_json_text(value).data;
	if (sc_json_type_of(value) != SC_JSON_TEXT || text[0] == '\0')
		return refuse(r, value, "must name a member of the lines");
	size_t count = 1, size = strlen(text);
	for (const char *at = text; *at != '\0'; at++)
		count += *at == '.';
	const char **steps = sc__arena_array(r->arena, count, sizeof(*steps));
	char *copy = sc_arena_dup(r->arena, text, size);
	if (steps == NULL || copy == NULL)
		return no_memory(r);
	size_t n = 0;
	steps[n++] = copy;
	for (char *at = copy; *at != '\0'; at++)
		if (*at == '.') {
			*at = '\0';
			steps[n++] = at + 1;
		}
	*out = (sc__import_path){ text, steps, count };
	return SC_OK;
}

static sc_status read_rule(const struct reader *r, sc__import_target target, const sc_json *value)
{
	sc__import_rule *rule = &r->map->rules[target];
	if (sc_json_type_of(value) == SC_JSON_TEXT)
		return read_path(r, value, &rule->path);
	rule->constant = only_member(value, "const");
	const sc_json *decimal = only_member(value, "decimal");
	if (sc_json_count(value) == 1 && rule->constant != NULL)
		return SC_OK;
	if (sc_json_count(value) == 1 && decimal != NULL && target == SC__IMPORT_PRICE) {
		rule->decimal = true;
		return read_path(r, decimal, &rule->path);
	}
	return refuse(r, value,
	              target == SC__IMPORT_PRICE ? "must be a name, {\"const\": …} or {\"decimal\": name}"
	                                         : "must be a name or {\"const\": …}");
}

static sc_status read_paths(const struct reader *r, const sc_json *value, const sc__import_path **out, size_t *count)
{
	bool list = sc_json_type_of(value) == SC_JSON_ARRAY;
	size_t n = list ? sc_json_count(value) : 1, i = 0;
	sc__import_path *paths = sc__arena_array(r->arena, n, sizeof(*paths));
	if (paths == NULL)
		return no_memory(r);
	for (const sc_json *at = list ? sc_json_first(value) : value; i < n; at = sc_json_next(at)) {
		sc_status status = read_path(r, at, &paths[i++]);
		if (status != SC_OK)
			return status;
	}
	*out = paths;
	*count = n;
	return SC_OK;
}

static sc_status read_categories(const struct reader *r, const sc_json *value)
{
	sc__import_map *map = r->map;
	const sc_json *path = only_member(value, "path"), *ids = only_member(value, "ids");
	if (sc_json_count(value) != 1 || (path == NULL && sc_json_type_of(ids) != SC_JSON_TEXT))
		return refuse(r, value, "must be {\"path\": name or list of names} or {\"ids\": name}");
	map->category_paths = path != NULL;
	map->category_levels = sc_json_type_of(path) == SC_JSON_ARRAY;
	return read_paths(r, path != NULL ? path : ids, &map->categories, &map->category_count);
}

/* ---- attributes -------------------------------------------------------------------------- */

static sc_status read_strip(const struct reader *r, const sc_json *value, sc__import_source *source)
{
	const sc_json *list = sc_json_member(value, "strip");
	if (list == NULL)
		return SC_OK;
	if (sc_json_type_of(list) != SC_JSON_ARRAY)
		return refuse(r, list, "must be a list of prefixes");
	const char **strip = sc__arena_array(r->arena, sc_json_count(list), sizeof(*strip));
	if (strip == NULL)
		return no_memory(r);
	for (const sc_json *at = sc_json_first(list); at != NULL; at = sc_json_next(at)) {
		if (sc_json_type_of(at) != SC_JSON_TEXT)
			return refuse(r, at, "must be text");
		strip[source->strip_count++] = sc_json_text(at).data;
	}
	source->strip = strip;
	return SC_OK;
}

static sc_status read_fields(const struct reader *r, const sc_json *fields, sc__import_source *out, size_t *count)
{
	for (const sc_json *at = sc_json_first(fields); at != NULL; at = sc_json_next(at)) {
		sc__import_source *source = &out[(*count)++];
		*source = (sc__import_source){ .type = SC__SOURCE_FIELD, .name = sc_json_key(at) };
		sc_status status = read_path(r, at, &source->path);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* `out` has room for as many sources as the value has members. */
static sc_status read_source(const struct reader *r, const sc_json *value, sc__import_source *out, size_t *count)
{
	const sc_json *object = only_member(value, "object"), *prefix = only_member(value, "prefix");
	const sc_json *fields = only_member(value, "fields"), *strip = only_member(value, "strip");
	size_t members = sc_json_count(value);
	if (object != NULL && members == (strip != NULL ? 2U : 1U)) {
		sc__import_source *source = &out[(*count)++];
		*source = (sc__import_source){ .type = SC__SOURCE_OBJECT };
		sc_status status = read_path(r, object, &source->path);
		return status == SC_OK ? read_strip(r, value, source) : status;
	}
	if (sc_json_type_of(prefix) == SC_JSON_TEXT && members == 1) {
		out[(*count)++] = (sc__import_source){ .type = SC__SOURCE_PREFIX, .name = sc_json_text(prefix).data };
		return SC_OK;
	}
	if (sc_json_type_of(fields) == SC_JSON_OBJECT && members == 1)
		return read_fields(r, fields, out, count);
	return refuse(r, value, "must be {\"object\": name}, {\"prefix\": text} or {\"fields\": {…}}");
}

static size_t sources_in(const sc_json *value)
{
	return 1 + sc_json_count(only_member(value, "fields"));
}

static sc_status read_sources(const struct reader *r, const sc_json *value)
{
	bool list = sc_json_type_of(value) == SC_JSON_ARRAY;
	const sc_json *first = list ? sc_json_first(value) : value;
	size_t room = 0, count = 0;
	for (const sc_json *at = first; at != NULL; at = list ? sc_json_next(at) : NULL)
		room += sources_in(at);
	sc__import_source *sources = sc__arena_array(r->arena, room, sizeof(*sources));
	if (sources == NULL)
		return no_memory(r);
	for (const sc_json *at = first; at != NULL; at = list ? sc_json_next(at) : NULL) {
		sc_status status = read_source(r, at, sources, &count);
		if (status != SC_OK)
			return status;
	}
	r->map->sources = sources;
	r->map->source_count = count;
	return SC_OK;
}

/* ---- the whole --------------------------------------------------------------------------- */

static sc_status read_member(const struct reader *r, const sc_json *value)
{
	const char *key = sc_json_key(value);
	if (strcmp(key, "categories") == 0)
		return read_categories(r, value);
	if (strcmp(key, "attributes") == 0)
		return read_sources(r, value);
	for (int i = 0; i < SC__IMPORT_TARGETS; i++)
		if (strcmp(key, targets[i].name) == 0)
			return read_rule(r, (sc__import_target)i, value);
	return refuse(r, value, "no such member of a SKU");
}

static sc_status check_complete(const struct reader *r)
{
	for (int i = 0; i < SC__IMPORT_TARGETS; i++) {
		const sc__import_rule *rule = &r->map->rules[i];
		if (targets[i].needed && rule->path.step_count == 0 && rule->constant == NULL)
			return sc__bad(r->err, SC_BAD_FORMAT, targets[i].name, "the map does not say where it is");
	}
	return SC_OK;
}

sc_status sc__import_map_read(sc_bytes json, sc_arena *arena, sc__import_map *out, sc_error *err)
{
	sc__import_map map = { 0 };
	struct reader r = { arena, &map, err };
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	const sc_json *object;
	options.name = "map";
	if (json.size == 0)
		json = SC_BYTES(own_names);
	sc_status status = sc_json_parse(json, arena, &options, &object, err);
	if (status != SC_OK)
		return status;
	if (sc_json_type_of(object) != SC_JSON_OBJECT)
		return sc__bad(err, SC_BAD_FORMAT, "map", "must be an object");
	for (const sc_json *at = sc_json_first(object); status == SC_OK && at != NULL; at = sc_json_next(at))
		status = read_member(&r, at);
	if (status == SC_OK)
		status = check_complete(&r);
	if (status == SC_OK)
		*out = map;
	return status;
}
