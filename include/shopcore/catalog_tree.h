/*
 * Changing the tree of categories.
 *
 * A product stands in its category and in all above it, so that each of them lists it in one range. When a category
 * moves, the products in it and below it leave the categories that were above it and enter those that are now. That
 * may be many: the category itself moves at once, and its products follow in steps. Each product changes in one group,
 * so whenever it stops every product is listed either as before or as after; the next call goes on.
 *
 * One category of a shop moves at a time. A move that was broken off is finished by whoever moves next.
 */
#ifndef SHOPCORE_CATALOG_TREE_H
#define SHOPCORE_CATALOG_TREE_H

#include <shopcore/catalog.h>

SC_BEGIN_DECLS

/** Levels of the tree, at most, wherever it is changed or walked upwards. */
#define SC_CATEGORY_DEPTH_MAX 64

/**
 * Give a category another name or another position among its siblings, if it still has `category->version`.
 *
 * Ownership: `category` is borrowed for the call; `version` may be NULL and is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT with the field; SC_NOT_ALLOWED; SC_NOT_FOUND;
 * SC_CHANGED (field version); SC_WRONG_STATE for another parent (field parent): see sc_category_move(); SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers.
 * Idempotent: yes in effect; a repeat is refused with SC_CHANGED and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_category_put(sc_shop *shop, const sc_call *call, const sc_category *category, uint64_t *version,
                                 sc_error *err);

/**
 * Remove a category that has neither children nor products, if it still has `version`.
 *
 * Ownership: borrowed for the call. Threads: any; of a product that enters it at the same moment and this call, one is
 * refused. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT for the id; SC_NOT_ALLOWED;
 * SC_NOT_FOUND; SC_CHANGED; SC_WRONG_STATE when something is in it (field children or products); SC_NO_MEMORY;
 * SC_DAMAGED; what the store answers. Idempotent: yes in effect; a repeat answers SC_NOT_FOUND. Since: 0.1.
 */
SC_API sc_status sc_category_delete(sc_shop *shop, const sc_call *call, const char *id, uint64_t version,
                                    sc_error *err);

/** How far a move came in one call. */
typedef struct sc_category_progress {
	uint64_t products; /* that were looked at */
	uint64_t relisted; /* of these, that stand in other categories now */
	uint64_t refused;  /* of these, left as they were: they would stand in more than SC_CATEGORIES_MAX */
	bool more;         /* call again */
	uint64_t reserved[4];
} sc_category_progress;

/**
 * Move a category with all below it under another parent, and let at most `max` products follow.
 *
 * Call it again with the same arguments while `out->more` is set. When another move is under way, this call does
 * steps of that one first.
 * Ownership: `parent` NULL makes it a root; `out` is written on SC_OK only. Threads: any; two at once do the work twice
 * and harm nothing. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT with the field;
 * SC_NOT_ALLOWED; SC_NOT_FOUND (field id or parent); SC_WRONG_STATE when the parent is the category itself or
 * stands below it (field parent); SC_LIMIT_REACHED above SC_CATEGORY_DEPTH_MAX levels; SC_BUSY when others keep moving
 * categories or changing a product; SC_NO_MEMORY; SC_DAMAGED; what the store answers.
 * Idempotent: yes; when all is done a repeat changes nothing. Since: 0.1.
 */
SC_API sc_status sc_category_move(sc_shop *shop, const sc_call *call, const char *id, const char *parent, size_t max,
                                  sc_category_progress *out, sc_error *err);

SC_END_DECLS

#endif
