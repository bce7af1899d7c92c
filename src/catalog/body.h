/*
 * What the catalogue's records hold: the JSON bodies of products, SKUs and categories, and how an
 * address names each of them. Encoding is deterministic, so equal bytes mean an equal record, and an
 * import can tell that there is nothing to write. The public documents share these members.
 */
#ifndef SC_CATALOG_BODY_H
#define SC_CATALOG_BODY_H

#include <shopcore/catalog.h>
#include <shopcore/json.h>
#include <shopcore/port/store.h>

sc_address sc__product_address(const char *id);
sc_address sc__category_address(const char *id);
sc_address sc__listing_address(const char *category, const char *product);

/* All that a product's own record holds: not its id, version and SKUs. */
sc_status sc__product_encode(const sc_product *product, sc_arena *arena, sc_bytes *out, sc_error *err);
/* A record read with SC_READ_BODY; version 0: there is none, and only out->id is set. No SKUs. */
sc_status sc__product_decode(const sc_record *record, sc_arena *arena, sc_product *out, sc_error *err);

/* `name` is what the SKU is called when it has no name of its own. Columns: SC_SKU_COLUMNS of them. */
sc_status sc__sku_encode(const sc_sku *sku, const char *name, sc_arena *arena, sc_bytes *out, sc_error *err);
void sc__sku_columns(const sc_sku *sku, const char *product, sc_value columns[]);

sc_status sc__category_encode(const sc_category *category, sc_arena *arena, sc_bytes *out, sc_error *err);
/* SC_CATEGORY_COLUMNS of them. */
void sc__category_columns(const sc_category *category, sc_value columns[]);
sc_status sc__category_decode(const sc_record *record, sc_arena *arena, sc_category *out, sc_error *err);

/* The members that bodies and documents share, inside an object that the caller opens and ends. */
void sc__product_put_members(sc_json_writer *writer, const sc_product *product);
void sc__sku_put_members(sc_json_writer *writer, const sc_sku *sku, const char *name);
/* The values of lists, each as one JSON value. */
void sc__attributes_put(sc_json_writer *writer, const sc_attribute *list, size_t count);
void sc__categories_put(sc_json_writer *writer, const sc_product *product);
void sc__images_put(sc_json_writer *writer, const sc_product *product);
/* SC_OK; BAD_FORMAT, OUT_OF_RANGE with the member's path; NO_MEMORY. Members that are absent leave `out` as it is. */
sc_status sc__product_get_members(const sc_json *object, sc_arena *arena, sc_product *out, sc_error *err);
sc_status sc__sku_get_members(const sc_json *object, sc_arena *arena, sc_sku *out, sc_error *err);
/* An object of free attributes. SC_OK; BAD_FORMAT with the path of a value that is no text, number or bool. */
sc_status sc__attributes_get(const sc_json *object, sc_arena *arena, const sc_attribute **out, size_t *count,
                             sc_error *err);
/* The text of a number as it stood in the document. NULL: no memory. */
const char *sc__number_text(const sc_json *value, sc_arena *arena);

#endif
