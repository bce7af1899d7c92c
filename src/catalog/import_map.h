/*
 * The map of an import: where a line has what a SKU needs. It is read once; then each line is turned
 * into one product with one SKU.
 */
#ifndef SC_CATALOG_IMPORT_MAP_H
#define SC_CATALOG_IMPORT_MAP_H

#include <shopcore/catalog.h>
#include <shopcore/json.h>

typedef enum sc__import_target {
	SC__IMPORT_SKU,
	SC__IMPORT_PRODUCT,
	SC__IMPORT_NAME,
	SC__IMPORT_SKU_NAME,
	SC__IMPORT_BRAND,
	SC__IMPORT_DESCRIPTION,
	SC__IMPORT_SELLER,
	SC__IMPORT_PRICE,
	SC__IMPORT_CURRENCY,
	SC__IMPORT_POPULARITY,
	SC__IMPORT_RATING_MILLI,
	SC__IMPORT_RATING_COUNT,
	SC__IMPORT_IMAGES,
	SC__IMPORT_OPTIONS,
	SC__IMPORT_PRODUCT_SELLER,
	SC__IMPORT_WITHDRAWN,
	SC__IMPORT_CATEGORY, /* the line is a category's */
	SC__IMPORT_PARENT,
	SC__IMPORT_POSITION,
	SC__IMPORT_TARGETS
} sc__import_target;

/* A member of a line, perhaps of a member of it. */
typedef struct sc__import_path {
	const char *text;         /* as the map has it: "attrs.t_type" */
	const char *const *steps; /* "attrs", "t_type" */
	size_t step_count;
} sc__import_path;

/* All zero: the map does not say. */
typedef struct sc__import_rule {
	sc__import_path path;
	const sc_json *constant; /* instead of a path */
	bool decimal;            /* a price in whole units with decimals */
} sc__import_rule;

typedef enum sc__import_source_type { SC__SOURCE_OBJECT, SC__SOURCE_PREFIX, SC__SOURCE_FIELD } sc__import_source_type;

/* One source of attributes. */
typedef struct sc__import_source {
	sc__import_source_type type;
	sc__import_path path;     /* OBJECT, FIELD */
	const char *name;         /* PREFIX: the prefix; FIELD: the attribute's name */
	const char *const *strip; /* OBJECT: what names may begin with and lose */
	size_t strip_count;
} sc__import_source;

typedef struct sc__import_map {
	sc__import_rule rules[SC__IMPORT_TARGETS];
	const sc__import_source *sources;
	size_t source_count;
	const sc__import_path *categories; /* one list; or one member a level, where `category_levels` */
	size_t category_count;
	bool category_levels;
	bool category_paths; /* names from the root down, not ids */
} sc__import_map;

/* Read a map; empty bytes give the one of our own names. All is in the arena. */
sc_status sc__import_map_read(sc_bytes json, sc_arena *arena, sc__import_map *out, sc_error *err);

/* A line, read. */
typedef struct sc__import_line {
	sc_product product; /* with `sku` as its one SKU, or none; and without categories' parents */
	sc_sku sku;
	const sc_category *categories; /* those of the product, each after its parent */
	sc_category category;          /* id set: the line is this category's, not a product's */
} sc__import_line;

/* Turn one line into a product. The SKU is set as soon as it is known, also on another status than SC_OK. */
sc_status sc__import_line_read(const sc__import_map *map, sc_bytes json, size_t line_max, sc_arena *arena,
                               sc__import_line *out, sc_error *err);
/* The same for a line that is an object already; `texts`: all its values are, whatever they stand for. */
sc_status sc__import_object_read(const sc__import_map *map, const sc_json *object, bool texts, sc_arena *arena,
                                 sc__import_line *out, sc_error *err);

/* The id of a category that is found by names from the root down: lower case, words joined by '-', levels by '/'.
 * Names that differ only in case and punctuation are one category. At most SC_ID_TEXT_MAX bytes. NULL: no memory. */
char *sc__category_path_id(const char *parent, const char *name, sc_arena *arena);

#endif
