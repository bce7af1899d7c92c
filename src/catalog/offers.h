/*
 * The SKUs of products, read by the index on their product: one range a product, all in one call.
 */
#ifndef SC_CATALOG_OFFERS_H
#define SC_CATALOG_OFFERS_H

#include <shopcore/catalog.h>
#include <shopcore/port/store.h>

/* Read the SKUs of `count` products: one page each, by SKU. No call to the store when there are none. */
sc_status sc__offers_range(sc_shop *shop, const sc_call *call, const char *const *products, size_t count, uint32_t mask,
                           sc_arena *arena, sc_page *out, sc_error *err);

/* Read and decode the SKUs of those products that have a version, and hang them into the products. */
sc_status sc__offers_attach(sc_shop *shop, const sc_call *call, sc_product *products, size_t count, sc_arena *arena,
                            sc_error *err);

/* Load and decode many products with their SKUs, without a check of access or ids: one load, one range. Version 0
 * where there is none. */
sc_status sc__product_load(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                           sc_product *out, sc_error *err);

#endif
