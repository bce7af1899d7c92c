/*
 * Products that may be a little old, from what the store has kept of earlier readers: whole, with their SKUs, so that
 * nothing has to be decoded again. See sc_store_ops.recall.
 */
#ifndef SC_CATALOG_KEPT_H
#define SC_CATALOG_KEPT_H

#include <shopcore/catalog.h>

/* As sc__product_load(), where sc__may_recall() allows it. */
sc_status sc__products_kept(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                            sc_product *out, sc_error *err);

#endif
