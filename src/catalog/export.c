/*
 * The export: a walk over the tree of categories, parents first, and one over the products, page by page.
 *
 * The walk over the tree keeps one page of each level it is in, so a tree may be as large as it likes, and how deep it
 * is costs only that.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/export_row.h"
#include "core/access.h"
#include "core/handle.h"

#include <string.h>

struct export
{
	sc_shop *shop;
	const sc_call *call;
	const sc_export_options *options;
	sc_arena arena; /* of a page */
	sc_export_summary summary;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for an export");
}

static sc_status write_bytes(struct export *e, sc_bytes bytes, sc_error *err)
{
	sc_status status = e->options->write(e->options->ctx, bytes.data, bytes.size, err);
	e->summary.bytes += bytes.size;
	return status;
}

static sc_status write_row(struct export *e, sc__export_row *row, sc_error *err)
{
	sc_bytes line;
	sc_status status = sc__export_row_line(row, (sc_catalog_format)e->options->format, &line, err);
	return status == SC_OK ? write_bytes(e, line, err) : status;
}

/* ---- categories -------------------------------------------------------------------------- */

/* A level of the tree: a page of the children of one category, and which of them comes next. */
struct level {
	struct level *above;
	sc_arena arena;
	char parent[SC_ID_TEXT_MAX + 1]; /* empty: the roots */
	sc_category_list page;
	size_t next;
};

static sc_status read_level(struct export *e, struct level *level, sc_error *err)
{
	sc_catalog_page page = { .limit = e->options->page };
	char *cursor = NULL;
	if (level->page.next.size > 0) {
		/* Out of the arena that is reset. */
		cursor = sc_arena_dup(&e->arena, level->page.next.data, level->page.next.size);
		if (cursor == NULL)
			return no_memory(err);
		page.cursor = (sc_bytes){ cursor, level->page.next.size };
	}
	sc_arena_reset(&level->arena);
	level->next = 0;
	return sc_category_list_children(e->shop, e->call, level->parent[0] != '\0' ? level->parent : NULL, &page,
	                                 &level->arena, &level->page, err);
}

static sc_status push(struct export *e, struct level **top, const char *parent, sc_error *err)
{
	const sc_env *env = e->shop->env;
	struct level *level = env->resize(env->ctx, NULL, sizeof(*level));
	if (level == NULL)
		return no_memory(err);
	memset(level, 0, sizeof(*level));
	sc_arena_init(&level->arena, env);
	memcpy(level->parent, parent, strlen(parent) + 1);
	level->above = *top;
	*top = level;
	return read_level(e, level, err);
}

static void pop(struct export *e, struct level **top)
{
	const sc_env *env = e->shop->env;
	struct level *level = *top;
	*top = level->above;
	sc_arena_clear(&level->arena);
	env->resize(env->ctx, level, 0);
}

static sc_status write_category(struct export *e, const sc_category *category, sc_error *err)
{
	sc__export_row row;
	sc__export_row_init(&row, &e->arena);
	sc__export_put_category(&row, category);
	e->summary.categories++;
	return write_row(e, &row, err);
}

static sc_status step(struct export *e, struct level **top, sc_error *err)
{
	struct level *level = *top;
	sc_arena_reset(&e->arena);
	if (level->next < level->page.count) {
		const sc_category *category = &level->page.categories[level->next++];
		sc_status status = write_category(e, category, err);
		return status == SC_OK ? push(e, top, category->id, err) : status;
	}
	if (level->page.next.size > 0)
		return read_level(e, level, err);
	pop(e, top);
	return SC_OK;
}

static sc_status write_categories(struct export *e, sc_error *err)
{
	struct level *top = NULL;
	sc_status status = push(e, &top, "", err);
	while (status == SC_OK && top != NULL)
		status = step(e, &top, err);
	while (top != NULL)
		pop(e, &top);
	return status;
}

/* ---- products ---------------------------------------------------------------------------- */

static sc_status write_product(struct export *e, const sc_product *product, sc_error *err)
{
	sc__export_row row;
	sc_status status = SC_OK;
	e->summary.products++;
	e->summary.skus += product->sku_count;
	if (product->sku_count == 0) {
		sc__export_row_init(&row, &e->arena);
		sc__export_put_product(&row, product);
		return write_row(e, &row, err);
	}
	for (size_t i = 0; status == SC_OK && i < product->sku_count; i++) {
		sc__export_row_init(&row, &e->arena);
		sc__export_put_sku(&row, product, &product->skus[i]);
		status = write_row(e, &row, err);
	}
	return status;
}

static sc_status write_products(struct export *e, sc_error *err)
{
	sc_catalog_page page = { .limit = e->options->page };
	sc_arena cursors[2]; /* the page's, and the one that was read with it */
	sc_status status = SC_OK;
	sc_arena_init(&cursors[0], e->shop->env);
	sc_arena_init(&cursors[1], e->shop->env);
	for (unsigned turn = 0; status == SC_OK; turn++) {
		sc_product_list list;
		sc_arena *kept = &cursors[turn % 2];
		sc_arena_reset(&e->arena);
		status = sc_product_list_by_category(e->shop, e->call, NULL, &page, &e->arena, &list, err);
		for (size_t i = 0; status == SC_OK && i < list.count; i++)
			status = write_product(e, &list.products[i], err);
		if (status != SC_OK || list.next.size == 0)
			break;
		sc_arena_reset(kept);
		page.cursor = (sc_bytes){ sc_arena_dup(kept, list.next.data, list.next.size), list.next.size };
		if (page.cursor.data == NULL)
			status = no_memory(err);
	}
	sc_arena_clear(&cursors[0]);
	sc_arena_clear(&cursors[1]);
	return status;
}

/* ---- the call ---------------------------------------------------------------------------- */

static sc_status check_options(const sc_export_options *options, sc_error *err)
{
	if (options == NULL || options->size < offsetof(sc_export_options, reserved) || options->write == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "write", "an export needs somewhere to go");
	if (options->format != SC_CATALOG_JSONL && options->format != SC_CATALOG_CSV)
		return sc__bad(err, SC_BAD_ARGUMENT, "format", "no such format");
	if (options->page < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "page", "must be at least 1");
	if (options->page > SC_PAGE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "page", "at most %d", SC_PAGE_MAX);
	return SC_OK;
}

static sc_status write_header(struct export *e, sc_error *err)
{
	sc_bytes header;
	if (e->options->format != SC_CATALOG_CSV)
		return SC_OK;
	sc_status status = sc__export_header(&e->arena, &header, err);
	return status == SC_OK ? write_bytes(e, header, err) : status;
}

sc_status sc_catalog_export(sc_shop *shop, const sc_call *call, const sc_export_options *options,
                            sc_export_summary *out, sc_error *err)
{
	sc_status status = check_options(options, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	struct export e = { .shop = shop, .call = call, .options = options };
	sc_arena_init(&e.arena, shop->env);
	status = write_header(&e, err);
	if (status == SC_OK)
		status = write_categories(&e, err);
	if (status == SC_OK)
		status = write_products(&e, err);
	sc_arena_clear(&e.arena);
	if (status == SC_OK && out != NULL)
		*out = e.summary;
	return status;
}
