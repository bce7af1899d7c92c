/*
 * What is checked where a catalogue object enters the library: presence, text, limits, ranges, and that
 * nothing is named twice. `field` paths are relative to the object that was handed in.
 */
#ifndef SC_CATALOG_CHECK_H
#define SC_CATALOG_CHECK_H

#include <shopcore/catalog.h>

/* 1..SC_ID_TEXT_MAX bytes of UTF-8 without control characters: ids, SKUs, sellers. */
sc_status sc__id_check(const char *id, const char *field, sc_error *err);
sc_status sc__product_check(const sc_product *product, sc_error *err);
/* A SKU that stands alone, so that its product has to be named. */
sc_status sc__sku_check(const sc_sku *sku, sc_error *err);
sc_status sc__category_check(const sc_category *category, sc_error *err);
sc_status sc__page_check(const sc_catalog_page *page, sc_error *err);

#endif
