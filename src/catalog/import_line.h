/*
 * One line of an import while it is read. A reader remembers its first mistake, so that a line reads as a
 * list of members; whatever comes after a mistake is passed over.
 */
#ifndef SC_CATALOG_IMPORT_LINE_H
#define SC_CATALOG_IMPORT_LINE_H

#include "catalog/import_map.h"

typedef struct sc__line {
	const sc__import_map *map;
	const sc_json *line;
	sc_arena *arena;
	sc_error *err;
	sc_status status; /* the first mistake */
	bool texts;       /* of a table: every value is text, whatever it stands for */
} sc__line;

void sc__line_fail(sc__line *r, sc_status status, const char *field, const char *why);
void sc__line_no_memory(sc__line *r);

/* What a path leads to; NULL when it is absent or null. */
const sc_json *sc__line_find(const sc__line *r, const sc__import_path *path);
/* A value that should be a list or an object: a text of a table that looks like one is read as JSON. */
const sc_json *sc__line_structure(sc__line *r, const sc_json *value);
/* What the rule of a target gives for this line, or NULL; and what to call it in errors. */
const sc_json *sc__line_value(sc__line *r, sc__import_target target, const char **field);
/* Text, or the digits of a number: many files write their ids as numbers. NULL: a mistake. */
const char *sc__line_scalar(sc__line *r, const sc_json *value, const char *field);
/* Text without control characters, as wrongly decoded files have them in names: tabs and line breaks become spaces,
 * or stay where several lines are fine; the others, which show nothing, are dropped. NULL: no memory. */
const char *sc__line_clean(sc__line *r, const char *text, bool lines);

void sc__line_attributes(sc__line *r, sc_product *product);
void sc__line_options(sc__line *r, sc_sku *sku);
void sc__line_images(sc__line *r, sc_product *product);
/* A product stands in its category and in all above it, so that each of them lists it in one range. */
void sc__line_categories(sc__line *r, sc__import_line *out);

#endif
