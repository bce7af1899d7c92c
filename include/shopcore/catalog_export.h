/*
 * The whole catalogue as a file that an import reads (catalog_import.h): categories first, each after its parent, then
 * one line for each SKU, products by id and their SKUs by SKU, and a line for each product that has none.
 *
 * An export that is imported into an empty shop and exported again gives the same bytes. Not in it are versions, stock,
 * and what is as good as absent: empty descriptions, and attributes with an empty text.
 *
 * As JSON lines a member that rests is left out. As a table (RFC 4180, lines end in LF) every column is there;
 * attributes, options, categories and images stand in their cells as JSON, because no two products have the same.
 */
#ifndef SHOPCORE_CATALOG_EXPORT_H
#define SHOPCORE_CATALOG_EXPORT_H

#include <shopcore/catalog.h>

SC_BEGIN_DECLS

typedef struct sc_export_options {
	size_t size;     /* set by the initialiser */
	uint32_t format; /* sc_catalog_format: SC_CATALOG_JSONL */
	uint32_t page;   /* products read at once, 1..SC_PAGE_MAX: 200 */
	/** Required. The next bytes of the file, whole lines. Anything but SC_OK ends the export with that status. */
	sc_status (*write)(void *ctx, const void *data, size_t size, sc_error *err);
	void *ctx;
	uint64_t reserved[4];
} sc_export_options;

#define SC_EXPORT_OPTIONS_INIT                                 \
	{                                                      \
		.size = sizeof(sc_export_options), .page = 200 \
	}

/** What was written. */
typedef struct sc_export_summary {
	uint64_t categories, products, skus, bytes;
	uint64_t reserved[4];
} sc_export_summary;

/**
 * Write the catalogue, a page at a time: however large it is, only a page is in memory.
 *
 * What others change meanwhile is in the file as it is when its page is read.
 * Ownership: `options` is borrowed for the call; `out` may be NULL and is written on SC_OK only. Threads: any; `write`
 * is called on the caller's, with nothing locked. Returns, in this order: SC_BAD_ARGUMENT or SC_OVER_LIMIT for an
 * option (err->field); SC_NOT_ALLOWED; SC_NO_MEMORY; SC_DAMAGED; what the store or `write` answers; SC_OK. Idempotent:
 * yes, it changes nothing. Since: 0.1.
 */
SC_API sc_status sc_catalog_export(sc_shop *shop, const sc_call *call, const sc_export_options *options,
                                   sc_export_summary *out, sc_error *err);

SC_END_DECLS

#endif
