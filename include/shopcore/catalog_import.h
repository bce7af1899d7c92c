/*
 * Bringing products in from a file of JSON lines, or of comma-separated values: one SKU a line.
 *
 *     {"sku":"mug-red","name":"Mug","price":1299,"currency":"USD"}
 *
 * Needed are `sku`, `name`, `price` (minor units) and `currency`. Beside them a line may have `product` (the
 * product that groups its SKUs; else the SKU itself), `sku_name`, `brand`, `description`, `seller`, `product_seller`
 * (else the same; empty: nobody), `withdrawn`, `attributes`, `options` (objects), `categories` (a list of ids),
 * `images` (a list of URLs, or of objects with `url` and `alt`), `popularity`, `rating_milli`, `rating_count`.
 * Categories that are not there are made. A line with `product` but none of `sku`, `price` and `currency` is a product
 * without an offer. A line with `category` and no `sku` is a category: its id, `name`, and perhaps `parent`, which
 * is there or stands in an earlier line, and `position`; where it stands in the tree an import never changes.
 *
 * A table (RFC 4180, UTF-8) has the names in its first row. Cells may be quoted and then hold anything, line breaks
 * too; lines end in LF or CRLF. An empty cell is as good as none, a quoted empty one is an empty text. Objects and
 * lists stand in their cells as JSON.
 *
 * A file with other names is read through a map, a JSON object that says for each of these where it is found:
 *
 *     {"sku": "id", "name": "title", "price": {"decimal": "price"}, "currency": {"const": "USD"},
 *      "categories": {"path": "categories"}, "attributes": [{"object": "attrs", "strip": ["t_", "n_", "b_"]}]}
 *
 * A text names a member, "a.b" a member of a member. {"const": value} is the same for every line. {"decimal": name}
 * reads a price such as 49.99 exactly. `categories` is {"ids": name}, {"path": name} for a list of names from the root
 * down, or {"path": [name, …]} for one member a level. `attributes` is one source or a list of them: {"object": name}
 * for all members of an object, {"prefix": "attr_"} for the line's members that begin so, {"fields": {attribute:
 * name}}; "strip" cuts what names begin with.
 *
 * Control characters in names, descriptions and attributes, as wrongly decoded files have them, are dropped.
 *
 * Every line is accounted for, in order: accepted, or rejected with its number and the reason; the rest goes on. A
 * line changes only what it says, so the same file once more changes nothing, also after a crash half way.
 */
#ifndef SHOPCORE_CATALOG_IMPORT_H
#define SHOPCORE_CATALOG_IMPORT_H

#include <shopcore/catalog.h>

SC_BEGIN_DECLS

/** Bytes of one line, at most, and the default. */
#define SC_IMPORT_LINE_MAX SC_BODY_MAX

/** An import under way. Used by one thread at a time. */
typedef struct sc_catalog_import sc_catalog_import;

/** What became of one line. Blank lines have none. Borrowed for the call of `on_row`. */
typedef struct sc_import_row {
	uint64_t line;     /* from 1 */
	const char *sku;   /* NULL when the line did not come so far as to say, or is no SKU's */
	uint32_t effect;   /* sc_put_effect; SC_PUT_NOTHING: rejected */
	sc_status status;  /* SC_OK, or why it was rejected */
	const char *field; /* which member, as the file calls it; or empty */
	const char *text;  /* one line for a person; empty when accepted */
} sc_import_row;

typedef struct sc_import_options {
	size_t size;                                         /* set by the initialiser */
	sc_bytes map;                                        /* a map document; empty: the names above */
	uint32_t batch_lines;                                /* lines written at once, 1..SC_BATCH_MAX: 500 */
	uint32_t line_max;                                   /* bytes of one line, 1..SC_IMPORT_LINE_MAX */
	void (*on_row)(void *ctx, const sc_import_row *row); /* NULL: only the summary is wanted */
	void *ctx;
	uint32_t format;    /* sc_catalog_format: SC_CATALOG_JSONL */
	uint32_t restart;   /* not 0: begin anew, whatever position was kept */
	const char *resume; /* 1..SC_ID_TEXT_MAX bytes: the position is kept in the store under this name after each
	                       batch, and an import of the same name and bytes goes on there. NULL: it is not kept */
	uint64_t reserved[4];
} sc_import_options;

#define SC_IMPORT_OPTIONS_INIT                                                                        \
	{                                                                                             \
		.size = sizeof(sc_import_options), .batch_lines = 500, .line_max = SC_IMPORT_LINE_MAX \
	}

/** How many lines there were, blank ones not counted. lines = created + changed + unchanged + rejected. */
typedef struct sc_import_summary {
	uint64_t lines, created, changed, unchanged, rejected; /* of an import that went on, from its very start */
	uint64_t resumed_at; /* the line at which it went on; 0: at the start of the file */
	uint64_t reserved[2];
} sc_import_summary;

/**
 * Begin an import.
 *
 * Ownership: free `*out` with sc_catalog_import_free(), before the shop is closed. `options` is borrowed for the
 * call and may be NULL for the defaults; its `ctx` until the import is freed. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT or SC_OVER_LIMIT for an option (err->field); SC_BAD_TEXT, SC_OVER_LIMIT or
 * SC_BAD_FORMAT for a map that cannot be read (err->field is the member); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call begins another. Since: 0.1.
 */
SC_API sc_status sc_catalog_import_new(sc_shop *shop, const sc_import_options *options, sc_catalog_import **out,
                                       sc_error *err);

/**
 * Hand in the next bytes of the file, cut anywhere. Whole lines are written in batches as they come.
 *
 * Calls `on_row` for each line of a batch that was written; not for those that an earlier import of the name `resume`
 * has settled. After any other status than SC_OK the import is over: what was written stays, and the same file can be
 * imported again from the start, which is how an import goes on, too.
 * Ownership: `data` is borrowed for the call. Threads: one at a time.
 * Returns, in this order: SC_WRONG_STATE after a failure or sc_catalog_import_finish(); SC_BAD_FORMAT, SC_BAD_TEXT
 * or SC_OVER_LIMIT for the first row of a table (field header); SC_CHANGED when the file is not the one that `resume`
 * was begun with (field resume): that position is forgotten now, a new import starts over; SC_NO_MEMORY; what the
 * store answers; SC_OK. A line that is wrong is no failure. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_catalog_import_feed(sc_catalog_import *import, const sc_call *call, const void *data, size_t size,
                                        sc_error *err);

/**
 * End the file: write what is left, also a last line without its end.
 *
 * Ownership: `out` may be NULL and is written on SC_OK only. Threads: one at a time.
 * Returns, in this order: SC_WRONG_STATE after a failure or when it was finished before; SC_CHANGED as above, also when
 * the file is shorter than what was settled; SC_NO_MEMORY; what the store answers; SC_OK. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_catalog_import_finish(sc_catalog_import *import, const sc_call *call, sc_import_summary *out,
                                          sc_error *err);

/**
 * Free an import; one that was not finished just stops.
 *
 * Ownership: takes `import`; NULL does nothing. Threads: one at a time. Returns: nothing; cannot fail.
 * Idempotent: no, the object is gone. Since: 0.1.
 */
SC_API void sc_catalog_import_free(sc_catalog_import *import);

SC_END_DECLS

#endif
