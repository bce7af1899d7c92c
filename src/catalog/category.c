/*
 * The tree of categories. A category knows its parent; its children are found by the index on it.
 */
#include "catalog/category.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "core/access.h"
#include "core/handle.h"
#include "store/kinds.h"

#include <string.h>

enum { BY_PARENT = 0 }; /* the index of SC_KIND_CATEGORY */

sc_status sc__category_plan(const sc_category *category, uint64_t version, sc_arena *arena, sc__category_changes *room,
                            sc_group *out, sc_error *err)
{
	uint32_t count = 0;
	if (category->parent != NULL)
		room->changes[count++] = (sc_change){ .address = sc__category_address(category->parent),
			                              .type = SC_CHANGE_CHECK,
			                              .condition = SC_IF_PRESENT };
	sc_change *put = &room->changes[count++];
	*put = (sc_change){ .address = sc__category_address(category->id),
		            .type = SC_CHANGE_PUT,
		            .condition = version == 0 ? SC_IF_ABSENT : SC_IF_VERSION,
		            .version = version,
		            .columns = room->columns,
		            .column_count = SC_CATEGORY_COLUMNS };
	sc__category_columns(category, room->columns);
	*out = (sc_group){ .changes = room->changes, .count = count };
	return sc__category_encode(category, arena, &put->body, err);
}

sc_status sc__category_refused(const sc_category *category, const sc_outcome *outcome, sc_error *err)
{
	if (category->parent != NULL && outcome->change == 0 && sc_status_is_refusal(outcome->status))
		return sc__bad(err, SC_NOT_FOUND, "parent", "there is no category %.60s", category->parent);
	if (outcome->status == SC_EXISTS)
		return sc__bad(err, SC_EXISTS, "id", "there is a category of this id already");
	if (outcome->status == SC_CHANGED)
		return sc__bad(err, SC_CHANGED, "version", "the category changed since it was read");
	return sc__fail(err, outcome->status, "%s", sc_status_text(outcome->status));
}

static sc_status create(sc_shop *shop, const sc_call *call, const sc_category *category, sc_arena *arena,
                        uint64_t *version, sc_error *err)
{
	sc__category_changes room;
	sc_group group;
	sc_outcome outcome = { 0 };
	sc_status status = sc__category_plan(category, 0, arena, &room, &group, err);
	if (status == SC_OK)
		status = sc__apply(shop, call, &group, 1, &outcome, err);
	if (status == SC_OK && outcome.status != SC_OK)
		status = sc__category_refused(category, &outcome, err);
	if (status == SC_OK && version != NULL)
		*version = outcome.position;
	return status;
}

sc_status sc__category_load(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                            sc_category *out, sc_error *err)
{
	sc_address *addresses = sc__arena_array(arena, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(arena, count * sizeof(*records));
	if (addresses == NULL || records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for %zu categories", count);
	for (size_t i = 0; i < count; i++)
		addresses[i] = sc__category_address(ids[i]);
	sc_status status = SC_OK;
	if (count > 0)
		status = sc__load(shop, call, addresses, count, SC_READ_COLUMNS | SC_READ_BODY, arena, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__category_decode(&records[i], arena, &out[i], err);
	return status;
}

sc_status sc_category_create(sc_shop *shop, const sc_call *call, const sc_category *category, uint64_t *version,
                             sc_error *err)
{
	sc_status status = sc__category_check(category, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = create(shop, call, category, &arena, version, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_category_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena, sc_category *out,
                          sc_error *err)
{
	sc_status status = sc__id_check(id, "id", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_category found;
	status = sc__category_load(shop, call, &id, 1, arena, &found, err);
	if (status == SC_OK && found.version == 0)
		status = sc__fail(err, SC_NOT_FOUND, "there is no category %.60s", id);
	if (status == SC_OK)
		*out = found;
	return status;
}

static sc_status read_children(sc_shop *shop, const sc_call *call, const char *parent, const sc_catalog_page *page,
                               sc_arena *arena, sc_category_list *out, sc_error *err)
{
	sc_value equal = SC_VALUE_OF_BYTES(parent, strlen(parent));
	sc_range range = { .kind = SC_KIND_CATEGORY,
		           .index = BY_PARENT,
		           .equal = &equal,
		           .equal_count = 1,
		           .limit = page->limit,
		           .cursor = page->cursor,
		           .mask = SC_READ_COLUMNS | SC_READ_BODY };
	sc_page found = { 0 };
	sc_status status = sc__range(shop, call, &range, 1, arena, &found, err);
	if (status != SC_OK)
		return status;
	sc_category_list list = { .count = found.count, .next = found.next };
	list.categories = sc__arena_array(arena, found.count, sizeof(*list.categories));
	if (list.categories == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of categories");
	for (size_t i = 0; status == SC_OK && i < found.count; i++)
		status = sc__category_decode(&found.records[i], arena, &list.categories[i], err);
	if (status == SC_OK)
		*out = list;
	return status;
}

sc_status sc_category_list_children(sc_shop *shop, const sc_call *call, const char *parent, const sc_catalog_page *page,
                                    sc_arena *arena, sc_category_list *out, sc_error *err)
{
	sc_status status = parent != NULL ? sc__id_check(parent, "parent", err) : SC_OK;
	if (status == SC_OK)
		status = sc__page_check(page, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	return read_children(shop, call, parent != NULL ? parent : "", page, arena, out, err);
}
