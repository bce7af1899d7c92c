/*
 * The categories of a line of an import: by their ids, or by names from the root down.
 */
#include "catalog/import_line.h"

#include "base/arena.h"
#include "catalog/check.h"

#include <string.h>

/* The names, or ids, of the line's categories: from one list, or one member a level. */
static size_t category_names(sc__line *r, const char *names[SC_CATEGORIES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; r->status == SC_OK && i < r->map->category_count; i++) {
		const sc__import_path *path = &r->map->categories[i];
		const sc_json *value = sc__line_structure(r, sc__line_find(r, path));
		bool array = sc_json_type_of(value) == SC_JSON_ARRAY && !r->map->category_levels;
		for (const sc_json *at = array ? sc_json_first(value) : value; r->status == SC_OK && at != NULL;
		     at = array ? sc_json_next(at) : NULL) {
			const char *name = sc__line_scalar(r, at, path->text);
			if (name != NULL && r->map->category_paths)
				name = sc__line_clean(r, name, false);
			if (count == SC_CATEGORIES_MAX)
				sc__line_fail(r, SC_OVER_LIMIT, path->text, "too many categories");
			else if (name != NULL && name[0] != '\0')
				names[count++] = name;
		}
	}
	return count;
}

/* A product stands in its category and in all above it, so that each of them lists it in one range. */
void sc__line_categories(sc__line *r, sc__import_line *out)
{
	const char *names[SC_CATEGORIES_MAX];
	size_t count = category_names(r, names), kept = 0;
	if (count == 0 || r->status != SC_OK)
		return;
	sc_category *categories = sc_arena_zalloc(r->arena, count * sizeof(*categories));
	const char **ids = sc__arena_array(r->arena, count, sizeof(*ids));
	if (categories == NULL || ids == NULL) {
		sc__line_no_memory(r);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *parent = r->map->category_paths && kept > 0 ? ids[kept - 1] : NULL;
		const char *id = names[i];
		if (r->map->category_paths)
			id = sc__category_path_id(parent, names[i], r->arena);
		if (id == NULL) {
			sc__line_no_memory(r);
			return;
		}
		categories[kept] = (sc_category){ .id = id, .name = names[i], .parent = parent };
		if (sc__category_check(&categories[kept], r->err) != SC_OK) {
			sc__line_fail(r, SC_BAD_TEXT, r->map->categories[0].text, "not fit for the name of a category");
			return;
		}
		ids[kept++] = id;
	}
	out->categories = categories;
	out->product.categories = ids;
	out->product.category_count = kept;
}
