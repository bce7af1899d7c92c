/*
 * Where a product stands after a category has moved. No I/O: the tree was learned before.
 */
#ifndef SC_CATALOG_RELIST_H
#define SC_CATALOG_RELIST_H

#include "catalog/tree.h"

#include <shopcore/port/store.h>

/* A move, as far as its products are concerned. */
typedef struct sc__relisting {
	const sc__tree *tree; /* as it is now */
	const char *moved;
	const char *before[SC_CATEGORY_DEPTH_MAX], *after[SC_CATEGORY_DEPTH_MAX]; /* what was, and is, above it */
	size_t before_count, after_count;
} sc__relisting;

/* The categories of a product: those that the move took from it, and those that it brings. */
typedef struct sc__relisted {
	const char **categories; /* all, in order */
	size_t count;            /* may be above SC_CATEGORIES_MAX */
	const char **left, **entered;
	size_t left_count, entered_count;
} sc__relisted;

sc_status sc__relist(const sc__relisting *move, const sc_product *product, sc_arena *arena, sc__relisted *out,
                     sc_error *err);
/* The group that writes it, if the product is still as it was read. */
sc_status sc__relist_plan(const sc_product *product, const sc__relisted *listed, sc_arena *arena, sc_group *out,
                          sc_error *err);

#endif
