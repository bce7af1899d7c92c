/*
 * The tree upwards: the categories that a piece of work meets and all above them, each loaded once, a level at a time.
 */
#ifndef SC_CATALOG_TREE_H
#define SC_CATALOG_TREE_H

#include "base/map.h"

#include <shopcore/catalog_tree.h>

typedef struct sc__tree {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	sc__map nodes; /* id → const sc_category *; version 0: there is none */
} sc__tree;

void sc__tree_init(sc__tree *tree, sc_shop *shop, const sc_call *call, sc_arena *arena);
/* Load these and all above them. `ids` live as long as the arena; a NULL among them is passed over. */
sc_status sc__tree_learn(sc__tree *tree, const char *const *ids, size_t count, sc_error *err);
/* A category that was learned, or NULL when there is none. */
const sc_category *sc__tree_find(const sc__tree *tree, const char *id);
/* Whether `above` is `id` or stands above it. */
bool sc__tree_is_within(const sc__tree *tree, const char *id, const char *above);
/* `id` (NULL: none) and all above it, the root first; of more than SC_CATEGORY_DEPTH_MAX, for which there is room, the
 * lowest. Returns how many. */
size_t sc__tree_path(const sc__tree *tree, const char *id, const char **out);

#endif
