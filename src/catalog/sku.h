/*
 * SKUs as other nouns read them: a cart and a checkout load many at once, alone or together with
 * records of other kinds.
 */
#ifndef SC_CATALOG_SKU_H
#define SC_CATALOG_SKU_H

#include <shopcore/catalog.h>
#include <shopcore/port/store.h>

/* The address of a SKU's record. `sku` is borrowed and at most SC_ID_TEXT_MAX bytes. */
sc_address sc__sku_address(const char *sku);

/* Decode a SKU's record, read with SC_READ_COLUMNS | SC_READ_BODY. `out` points into the arena; version 0: there is
 * none, and only out->sku is set. SC_OK, SC_DAMAGED, SC_NO_MEMORY. */
sc_status sc__sku_decode(const sc_record *record, sc_arena *arena, sc_sku *out, sc_error *err);

/* Load and decode `count` SKUs in one load; version 0 where there is none. No access check: the caller did its own. */
sc_status sc__sku_load(sc_shop *shop, const sc_call *call, const char *const *skus, size_t count, sc_arena *arena,
                       sc_sku *out, sc_error *err);

#endif
