/*
 * The tree of categories. A category knows its parent; its children are found by the index on it.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/check.h"
#include "core/access.h"
#include "core/handle.h"
#include "store/kinds.h"

#include <string.h>

enum { BY_PARENT = 0 }; /* the index of SC_KIND_CATEGORY */

static sc_status create(sc_shop *shop, const sc_call *call, const sc_category *category, sc_arena *arena,
                        uint64_t *version, sc_error *err)
{
	sc_value columns[SC_CATEGORY_COLUMNS];
	sc_change changes[2] = { 0 };
	uint32_t count = 0;
	if (category->parent != NULL)
		changes[count++] = (sc_change){ .address = sc__category_address(category->parent),
			                        .type = SC_CHANGE_CHECK,
			                        .condition = SC_IF_PRESENT };
	sc_change *put = &changes[count++];
	*put = (sc_change){ .address = sc__category_address(category->id),
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_ABSENT,
		            .columns = columns,
		            .column_count = SC_CATEGORY_COLUMNS };
	sc__category_columns(category, columns);
	sc_status status = sc__category_encode(category, arena, &put->body, err);
	if (status != SC_OK)
		return status;
	sc_group group = { .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, NULL);
	if (status == SC_NOT_FOUND || status == SC_CHANGED)
		return sc__bad(err, SC_NOT_FOUND, "parent", "there is no category %.60s", category->parent);
	if (status == SC_EXISTS)
		return sc__bad(err, SC_EXISTS, "id", "there is a category of this id already");
	if (status != SC_OK)
		return sc__fail(err, status, "%s", sc_status_text(status));
	if (version != NULL)
		*version = outcome.position;
	return SC_OK;
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
	const sc_address address = sc__category_address(id);
	sc_record record = { 0 };
	status = sc__load(shop, call, &address, 1, SC_READ_COLUMNS | SC_READ_BODY, arena, &record, err);
	if (status == SC_OK && record.version == 0)
		status = sc__fail(err, SC_NOT_FOUND, "there is no category %.60s", id);
	return status == SC_OK ? sc__category_decode(&record, arena, out, err) : status;
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
