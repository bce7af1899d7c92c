/*
 * Categories as the parts of the catalogue write them.
 */
#ifndef SC_CATALOG_CATEGORY_H
#define SC_CATALOG_CATEGORY_H

#include "store/kinds.h"

#include <shopcore/catalog.h>
#include <shopcore/port/store.h>

/* Room for what one category is written with: a check of its parent, and itself. */
typedef struct sc__category_changes {
	sc_change changes[2];
	sc_value columns[SC_CATEGORY_COLUMNS];
} sc__category_changes;

/* The group that writes a category if it still has `version` (0: is not there), under a parent that is there. */
sc_status sc__category_plan(const sc_category *category, uint64_t version, sc_arena *arena, sc__category_changes *room,
                            sc_group *out, sc_error *err);
/* What a refusal of that group means. */
sc_status sc__category_refused(const sc_category *category, const sc_outcome *outcome, sc_error *err);

/* Load and decode; version 0 where there is none. No access check. */
sc_status sc__category_load(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                            sc_category *out, sc_error *err);

#endif
