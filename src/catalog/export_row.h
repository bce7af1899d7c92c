/*
 * A line of an export: cells that are texts or JSON, collected by column and then written in either format. So both
 * formats have the same columns, and what is written is what an import of our own names reads.
 */
#ifndef SC_CATALOG_EXPORT_ROW_H
#define SC_CATALOG_EXPORT_ROW_H

#include <shopcore/catalog_export.h>

typedef enum sc__export_cell_type { SC__CELL_NONE, SC__CELL_TEXT, SC__CELL_JSON } sc__export_cell_type;

typedef enum sc__export_column {
	SC__EXPORT_SKU,
	SC__EXPORT_PRODUCT,
	SC__EXPORT_NAME,
	SC__EXPORT_SKU_NAME,
	SC__EXPORT_BRAND,
	SC__EXPORT_DESCRIPTION,
	SC__EXPORT_SELLER,
	SC__EXPORT_PRODUCT_SELLER,
	SC__EXPORT_PRICE,
	SC__EXPORT_CURRENCY,
	SC__EXPORT_WITHDRAWN,
	SC__EXPORT_POPULARITY,
	SC__EXPORT_RATING_MILLI,
	SC__EXPORT_RATING_COUNT,
	SC__EXPORT_ATTRIBUTES,
	SC__EXPORT_OPTIONS,
	SC__EXPORT_CATEGORIES,
	SC__EXPORT_IMAGES,
	SC__EXPORT_CATEGORY,
	SC__EXPORT_PARENT,
	SC__EXPORT_POSITION,
	SC__EXPORT_COLUMNS
} sc__export_column;

typedef struct sc__export_row {
	sc_arena *arena;  /* of the page */
	sc_status status; /* the first thing that went wrong */
	struct {
		sc__export_cell_type type;
		sc_bytes bytes;
	} cells[SC__EXPORT_COLUMNS];
} sc__export_row;

/* All cells absent. */
void sc__export_row_init(sc__export_row *row, sc_arena *arena);
/* The cells of a product, without an offer; of one of its SKUs beside them; of a category. */
void sc__export_put_product(sc__export_row *row, const sc_product *product);
void sc__export_put_sku(sc__export_row *row, const sc_product *product, const sc_sku *sku);
void sc__export_put_category(sc__export_row *row, const sc_category *category);

/* The line with its line feed, in the arena. SC_OK; what went wrong before; NO_MEMORY. */
sc_status sc__export_row_line(sc__export_row *row, sc_catalog_format format, sc_bytes *out, sc_error *err);
/* The first row of a table. */
sc_status sc__export_header(sc_arena *arena, sc_bytes *out, sc_error *err);

#endif
