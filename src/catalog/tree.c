/* See tree.h. */
#include "catalog/tree.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/category.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for the tree of categories");
}

void sc__tree_init(sc__tree *tree, sc_shop *shop, const sc_call *call, sc_arena *arena)
{
	*tree = (sc__tree){ .shop = shop, .call = call, .arena = arena };
	sc__map_init_arena(&tree->nodes, arena, SC__MAP_STRANGE_KEYS);
}

static sc_bytes key_of(const char *id)
{
	return (sc_bytes){ id, strlen(id) };
}

const sc_category *sc__tree_find(const sc__tree *tree, const char *id)
{
	const sc_category *found = sc__map_find(&tree->nodes, key_of(id));
	return found != NULL && found->version != 0 ? found : NULL;
}

/* Those of `ids` that are not known yet, each once, as nodes without version. */
static sc_status add_unknown(sc__tree *tree, const char *const *ids, size_t count, const char **unknown, size_t *n,
                             sc_error *err)
{
	*n = 0;
	for (size_t i = 0; i < count; i++) {
		void **node = ids[i] != NULL ? sc__map_put(&tree->nodes, key_of(ids[i])) : NULL;
		if (ids[i] != NULL && node == NULL)
			return no_memory(err);
		if (node == NULL || *node != NULL)
			continue;
		*node = sc_arena_zalloc(tree->arena, sizeof(sc_category));
		if (*node == NULL)
			return no_memory(err);
		unknown[(*n)++] = ids[i];
	}
	return SC_OK;
}

sc_status sc__tree_learn(sc__tree *tree, const char *const *ids, size_t count, sc_error *err)
{
	const char **unknown = sc__arena_array(tree->arena, count, sizeof(*unknown));
	sc_category *read = sc__arena_array(tree->arena, count, sizeof(*read));
	size_t n;
	if (unknown == NULL || read == NULL)
		return no_memory(err);
	for (;;) { /* each category is unknown once only */
		sc_status status = add_unknown(tree, ids, count, unknown, &n, err);
		if (status != SC_OK || n == 0)
			return status;
		status = sc__category_load(tree->shop, tree->call, unknown, n, tree->arena, read, err);
		for (size_t i = 0; status == SC_OK && i < n; i++) {
			*(sc_category *)sc__map_find(&tree->nodes, key_of(unknown[i])) = read[i];
			unknown[i] = read[i].parent;
		}
		if (status != SC_OK)
			return status;
		ids = unknown;
		count = n;
	}
}

bool sc__tree_is_within(const sc__tree *tree, const char *id, const char *above)
{
	for (size_t level = 0; id != NULL && level <= tree->nodes.count; level++) {
		if (strcmp(id, above) == 0)
			return true;
		const sc_category *node = sc__tree_find(tree, id);
		id = node != NULL ? node->parent : NULL;
	}
	return false;
}

size_t sc__tree_path(const sc__tree *tree, const char *id, const char **out)
{
	const char *upwards[SC_CATEGORY_DEPTH_MAX];
	size_t count = 0;
	while (id != NULL && count < SC_CATEGORY_DEPTH_MAX) {
		const sc_category *node = sc__tree_find(tree, id);
		if (node == NULL)
			break;
		upwards[count++] = id;
		id = node->parent;
	}
	for (size_t i = 0; i < count; i++)
		out[i] = upwards[count - 1 - i];
	return count;
}
