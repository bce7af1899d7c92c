/*
 * Renaming and removing categories.
 *
 * What stands in a category is found by two ranges, which are no part of the group that removes it. So after the
 * removal they are read again: whoever came before it is seen then, whoever comes later is refused by the store,
 * because children and products are written with a check that their category is there. One that is not empty after all
 * is put back as it was.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/category.h"
#include "catalog/check.h"
#include "core/access.h"
#include "core/handle.h"

#include <shopcore/catalog_tree.h>

#include <string.h>

enum { BY_PARENT = 0 }; /* the index of SC_KIND_CATEGORY */

static sc_status load_one(sc_shop *shop, const sc_call *call, const char *id, uint64_t version, sc_arena *arena,
                          sc_category *out, sc_error *err)
{
	sc_status status = sc__category_load(shop, call, &id, 1, arena, out, err);
	if (status == SC_OK && out->version == 0)
		return sc__bad(err, SC_NOT_FOUND, "id", "there is no category %.60s", id);
	if (status == SC_OK && out->version != version)
		return sc__bad(err, SC_CHANGED, "version", "the category changed since it was read");
	return status;
}

static sc_status write_category(sc_shop *shop, const sc_call *call, const sc_category *category, uint64_t version,
                                sc_arena *arena, uint64_t *out, sc_error *err)
{
	sc__category_changes room;
	sc_group group;
	sc_outcome outcome = { 0 };
	sc_status status = sc__category_plan(category, version, arena, &room, &group, err);
	if (status == SC_OK)
		status = sc__apply(shop, call, &group, 1, &outcome, err);
	if (status == SC_OK && outcome.status != SC_OK)
		status = sc__category_refused(category, &outcome, err);
	if (status == SC_OK && out != NULL)
		*out = outcome.position;
	return status;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

sc_status sc_category_put(sc_shop *shop, const sc_call *call, const sc_category *category, uint64_t *version,
                          sc_error *err)
{
	sc_category now;
	sc_arena arena;
	sc_status status = sc__category_check(category, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = load_one(shop, call, category->id, category->version, &arena, &now, err);
	if (status == SC_OK && !same_text(category->parent, now.parent))
		status = sc__bad(err, SC_WRONG_STATE, "parent", "another parent is a move");
	if (status == SC_OK)
		status = write_category(shop, call, category, now.version, &arena, version, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- removing ---------------------------------------------------------------------------- */

static sc_status check_empty(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_error *err)
{
	const sc_value equal = SC_VALUE_OF_BYTES(id, strlen(id));
	const sc_range ranges[] = {
		{ .kind = SC_KIND_CATEGORY, .index = BY_PARENT, .equal = &equal, .equal_count = 1, .limit = 1 },
		{ .kind = SC_KIND_LISTING, .index = SC_BY_SUB, .key = { id, strlen(id) }, .limit = 1 },
	};
	sc_page pages[2] = { 0 };
	sc_status status = sc__range(shop, call, ranges, 2, arena, pages, err);
	if (status == SC_OK && pages[0].count > 0)
		return sc__bad(err, SC_WRONG_STATE, "children", "there are categories below it");
	if (status == SC_OK && pages[1].count > 0)
		return sc__bad(err, SC_WRONG_STATE, "products", "there are products in it");
	return status;
}

static sc_status remove_one(sc_shop *shop, const sc_call *call, const sc_category *category, sc_arena *arena,
                            sc_error *err)
{
	const sc_change removal = { .address = sc__category_address(category->id),
		                    .type = SC_CHANGE_DELETE,
		                    .condition = SC_IF_VERSION,
		                    .version = category->version };
	const sc_group group = { .changes = &removal, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status != SC_OK)
		return status;
	status = check_empty(shop, call, category->id, arena, err);
	if (status != SC_WRONG_STATE)
		return status;
	/* SC_EXISTS: somebody made it anew already. */
	sc_status back = write_category(shop, call, category, 0, arena, NULL, NULL);
	return back == SC_OK || back == SC_EXISTS ? status : sc__fail(err, back, "it could not be put back");
}

sc_status sc_category_delete(sc_shop *shop, const sc_call *call, const char *id, uint64_t version, sc_error *err)
{
	sc_category now;
	sc_arena arena;
	sc_status status = sc__id_check(id, "id", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = load_one(shop, call, id, version, &arena, &now, err);
	if (status == SC_OK)
		status = check_empty(shop, call, id, &arena, err);
	if (status == SC_OK)
		status = remove_one(shop, call, &now, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
