/*
 * Moving a category. The setting `catalog.move` says which move is under way and how far it has come; it is written
 * in one group with the category, on the version that was read before the tree was looked at. So no two moves can
 * make a circle, and a move that was begun is never forgotten.
 *
 * All products below a category are listed in it, so its own listing is the list of what has to follow.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/category.h"
#include "catalog/check.h"
#include "catalog/relist.h"
#include "core/access.h"
#include "core/handle.h"

#include <string.h>

#define PRODUCTS_AT_ONCE 200
#define ROUNDS_MAX       16

struct move {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;   /* as long as the call */
	sc_arena *pages;   /* of a page of products */
	uint64_t version;  /* of the setting; 0: there is none */
	const char *id;    /* NULL: nothing is under way */
	const char *from;  /* what was its parent; NULL: a root */
	const char *after; /* the last product that has followed; empty: none */
	sc_category_progress progress;
};

static const sc_address setting = { .kind = SC_KIND_SETTING, .key = "catalog.move", .key_size = 12, .sub = "" };

/* ---- the setting ------------------------------------------------------------------------- */

static sc_status read_members(struct move *m, sc_bytes body, sc_error *err)
{
	const sc_json *object;
	sc_status status = sc_json_parse(body, m->arena, NULL, &object, err);
	if (status == SC_NO_MEMORY)
		return status;
	m->id = m->from = NULL;
	if (status != SC_OK || sc_json_type_of(object) != SC_JSON_OBJECT)
		return sc__fail(err, SC_DAMAGED, "the move of a category that is under way does not read");
	m->id = sc_json_text(sc_json_member(object, "id")).data;
	m->from = sc_json_text(sc_json_member(object, "from")).data;
	m->after = sc_json_text(sc_json_member(object, "after")).data;
	if (m->after == NULL)
		m->after = "";
	return SC_OK;
}

static sc_status load_setting(struct move *m, sc_error *err)
{
	sc_record record = { 0 };
	sc_status status = sc__load(m->shop, m->call, &setting, 1, SC_READ_BODY, m->arena, &record, err);
	m->version = record.version;
	m->id = NULL;
	return status == SC_OK && record.version != 0 ? read_members(m, record.body, err) : status;
}

/* What is under way as a change of the setting; nothing: an empty object, because its version must never return. */
static sc_status plan_setting(const struct move *m, sc_change *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, m->arena, false);
	sc_json_begin_object(&writer);
	if (m->id != NULL) {
		sc_json_add_text(&writer, "id", m->id);
		sc_json_add_text(&writer, "from", m->from);
		sc_json_add_text(&writer, "after", m->after);
	}
	sc_json_end_object(&writer);
	*out = (sc_change){ .address = setting,
		            .type = SC_CHANGE_PUT,
		            .condition = m->version != 0 ? SC_IF_VERSION : SC_IF_ABSENT,
		            .version = m->version };
	return sc_json_finish(&writer, &out->body, err);
}

/* CHANGED: another call was faster. */
static sc_status save_setting(struct move *m, sc_error *err)
{
	sc_change put;
	sc_group group = { .changes = &put, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = plan_setting(m, &put, err);
	if (status == SC_OK)
		status = sc__apply_one(m->shop, m->call, &group, &outcome, err);
	if (status == SC_OK)
		m->version = outcome.position;
	return status == SC_EXISTS || status == SC_NOT_FOUND ? SC_CHANGED : status;
}

/* ---- beginning --------------------------------------------------------------------------- */

static sc_status check_places(const char *id, const char *parent, sc__tree *tree, sc_error *err)
{
	const char *const ids[] = { id, parent };
	sc_status status = sc__tree_learn(tree, ids, 2, err);
	if (status != SC_OK)
		return status;
	if (sc__tree_find(tree, id) == NULL)
		return sc__bad(err, SC_NOT_FOUND, "id", "there is no category %.60s", id);
	if (parent != NULL && sc__tree_find(tree, parent) == NULL)
		return sc__bad(err, SC_NOT_FOUND, "parent", "there is no category %.60s", parent);
	if (parent != NULL && sc__tree_is_within(tree, parent, id))
		return sc__bad(err, SC_WRONG_STATE, "parent", "it is the category itself, or stands below it");
	const char *path[SC_CATEGORY_DEPTH_MAX];
	if (sc__tree_path(tree, parent, path) == SC_CATEGORY_DEPTH_MAX)
		return sc__short(err, SC_LIMIT_REACHED, -1, SC_CATEGORY_DEPTH_MAX + 1, SC_CATEGORY_DEPTH_MAX,
		                 "a tree of categories has at most %d levels", SC_CATEGORY_DEPTH_MAX);
	return SC_OK;
}

static bool same_parent(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* CHANGED: somebody moved or changed a category meanwhile. Nothing to do: m->id stays NULL. */
static sc_status begin(struct move *m, const char *id, const char *parent, sc_error *err)
{
	sc__tree tree;
	sc__category_changes room;
	sc_change changes[3];
	sc_group group;
	sc_outcome outcome = { 0 };
	sc__tree_init(&tree, m->shop, m->call, m->arena);
	sc_status status = check_places(id, parent, &tree, err);
	if (status != SC_OK)
		return status;
	sc_category category = *sc__tree_find(&tree, id);
	if (same_parent(category.parent, parent))
		return SC_OK;
	m->id = id;
	m->from = category.parent;
	m->after = "";
	category.parent = parent;
	status = sc__category_plan(&category, category.version, m->arena, &room, &group, err);
	if (status == SC_OK)
		status = plan_setting(m, &changes[group.count], err);
	if (status != SC_OK)
		return status;
	memcpy(changes, group.changes, group.count * sizeof(changes[0]));
	group.changes = changes;
	group.count++;
	status = sc__apply_one(m->shop, m->call, &group, &outcome, err);
	m->version = outcome.position;
	return sc_status_is_refusal(status) ? SC_CHANGED : status;
}

/* ---- products follow --------------------------------------------------------------------- */

static sc_status learn(struct move *m, const sc_product *products, size_t count, sc__tree *tree, sc__relisting *out,
                       sc_error *err)
{
	const char *const ends[] = { m->id, m->from };
	sc__tree_init(tree, m->shop, m->call, m->pages);
	sc_status status = sc__tree_learn(tree, ends, 2, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__tree_learn(tree, products[i].categories, products[i].category_count, err);
	if (status != SC_OK)
		return status;
	const sc_category *moved = sc__tree_find(tree, m->id);
	*out = (sc__relisting){ .tree = tree, .moved = m->id };
	out->before_count = sc__tree_path(tree, m->from, out->before);
	if (moved != NULL)
		out->after_count = sc__tree_path(tree, moved->parent, out->after);
	return SC_OK;
}

/* A page of what is listed in the category; `next` of it is not used, since products leave no gap in it. */
static sc_status read_page(struct move *m, size_t max, const char ***ids, size_t *count, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_LISTING,
		           .index = SC_BY_SUB,
		           .key = { m->id, strlen(m->id) },
		           .flags = SC_RANGE_LOW_EXCLUDED,
		           .limit = (uint32_t)(max < PRODUCTS_AT_ONCE ? max : PRODUCTS_AT_ONCE) };
	sc_page page = { 0 };
	if (m->after[0] != '\0')
		range.low = SC_VALUE_OF_BYTES(m->after, strlen(m->after));
	sc_status status = sc__range(m->shop, m->call, &range, 1, m->pages, &page, err);
	*ids = sc__arena_array(m->pages, page.count, sizeof(**ids));
	if (status == SC_OK && *ids == NULL)
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	for (size_t i = 0; status == SC_OK && i < page.count; i++) {
		const sc_address *at = &page.records[i].address;
		(*ids)[i] = sc_arena_dup(m->pages, at->sub, at->sub_size);
		if ((*ids)[i] == NULL)
			status = sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	}
	*count = page.count;
	return status;
}

static sc_status load_products(struct move *m, const char *const *ids, size_t count, sc_product *out, sc_error *err)
{
	sc_address *addresses = sc__arena_array(m->pages, count, sizeof(*addresses));
	sc_record *records = sc_arena_zalloc(m->pages, count * sizeof(*records));
	if (addresses == NULL || records == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	for (size_t i = 0; i < count; i++)
		addresses[i] = sc__product_address(ids[i]);
	sc_status status = sc__load(m->shop, m->call, addresses, count, SC_READ_BODY, m->pages, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = sc__product_decode(&records[i], m->pages, &out[i], err);
	return status;
}

/* One reading and writing of products. `again`: how many of `ids` others changed meanwhile; they are moved to its
 * front. */
static sc_status relist_round(struct move *m, const char **ids, size_t count, size_t *again, sc_error *err)
{
	sc__tree tree;
	sc__relisting relisting;
	sc_product *products = sc__arena_array(m->pages, count, sizeof(*products));
	sc_group *groups = sc__arena_array(m->pages, count, sizeof(*groups));
	sc_outcome *outcomes = sc_arena_zalloc(m->pages, count * sizeof(*outcomes));
	const char **owners = sc__arena_array(m->pages, count, sizeof(*owners));
	if (products == NULL || groups == NULL || outcomes == NULL || owners == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	size_t group_count = 0;
	*again = 0;
	sc_status status = load_products(m, ids, count, products, err);
	if (status == SC_OK)
		status = learn(m, products, count, &tree, &relisting, err);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		sc__relisted listed;
		if (products[i].version == 0)
			continue;
		status = sc__relist(&relisting, &products[i], m->pages, &listed, err);
		if (status != SC_OK || listed.left_count + listed.entered_count == 0)
			continue;
		if (listed.count > SC_CATEGORIES_MAX) {
			m->progress.refused++;
			continue;
		}
		owners[group_count] = ids[i];
		status = sc__relist_plan(&products[i], &listed, m->pages, &groups[group_count++], err);
	}
	if (status == SC_OK && group_count > 0)
		status = sc__apply(m->shop, m->call, groups, group_count, outcomes, err);
	for (size_t i = 0; status == SC_OK && i < group_count; i++) {
		if (outcomes[i].status == SC_OK)
			m->progress.relisted++;
		else if (sc_status_is_refusal(outcomes[i].status))
			ids[(*again)++] = owners[i]; /* never overtakes */
		else
			status = sc__fail(err, outcomes[i].status, "%s", sc_status_text(outcomes[i].status));
	}
	return status;
}

/* A page of products; when it was the last, the move is done. */
static sc_status follow_page(struct move *m, size_t max, sc_error *err)
{
	const char **ids;
	size_t count, again;
	sc_arena_reset(m->pages);
	sc_status status = read_page(m, max, &ids, &count, err);
	if (status != SC_OK)
		return status;
	const char *last = count > 0 ? sc_arena_dup(m->arena, ids[count - 1], strlen(ids[count - 1])) : NULL;
	if (count > 0 && last == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of products");
	again = count;
	for (int round = 0; status == SC_OK && again > 0; round++) {
		if (round == ROUNDS_MAX)
			return sc__fail(err, SC_BUSY, "others keep changing product %.60s", ids[0]);
		status = relist_round(m, ids, again, &again, err);
	}
	m->progress.products += count;
	m->after = last;
	if (count == 0)
		m->id = NULL;
	return status == SC_OK ? save_setting(m, err) : status;
}

/* Steps of whatever is under way. */
static sc_status follow(struct move *m, size_t max, sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && m->id != NULL && m->progress.products < max)
		status = follow_page(m, max - m->progress.products, err);
	return status;
}

/* ---- the call ---------------------------------------------------------------------------- */

static sc_status move_some(struct move *m, const char *id, const char *parent, size_t max, sc_error *err)
{
	sc_status status = SC_CHANGED;
	for (int round = 0; status == SC_CHANGED && round < ROUNDS_MAX; round++) {
		status = load_setting(m, err);
		if (status == SC_OK)
			status = follow(m, max, err);
		/* What is still under way comes first, in the next call. */
		if (status == SC_OK && m->id == NULL)
			status = begin(m, id, parent, err);
		if (status == SC_OK)
			status = follow(m, max, err);
	}
	if (status == SC_CHANGED)
		return sc__fail(err, SC_BUSY, "others keep moving categories");
	m->progress.more = m->id != NULL;
	return status;
}

sc_status sc_category_move(sc_shop *shop, const sc_call *call, const char *id, const char *parent, size_t max,
                           sc_category_progress *out, sc_error *err)
{
	sc_arena arena, pages;
	sc_status status = sc__id_check(id, "id", err);
	if (status == SC_OK && parent != NULL)
		status = sc__id_check(parent, "parent", err);
	if (status == SC_OK && max == 0)
		status = sc__bad(err, SC_BAD_ARGUMENT, "max", "must be at least 1");
	if (status == SC_OK)
		status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	sc_arena_init(&pages, shop->env);
	struct move m = { .shop = shop, .call = call, .arena = &arena, .pages = &pages };
	status = move_some(&m, id, parent, max, err);
	sc_arena_clear(&pages);
	sc_arena_clear(&arena);
	if (status == SC_OK)
		*out = m.progress;
	return status;
}
