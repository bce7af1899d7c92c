/*
 * The search port: a derived index of products. It is fed by the catalogue's journal and can be
 * rebuilt from the record at any time, so it may lag, and it never decides anything.
 */
#ifndef SHOPCORE_PORT_SEARCH_H
#define SHOPCORE_PORT_SEARCH_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** One product as the index sees it. Text is NUL-terminated UTF-8; NULL: none. */
typedef struct sc_search_document {
	const char *id;   /* the product's */
	uint64_t version; /* the record's; a lower one than the index has is ignored. 0 removes the product */
	const char *name;
	const char *brand;
	const char *description;
	const char *const *categories; /* ids */
	const char *const *attributes; /* name, value, name, value, … */
	const char *const *skus;
	size_t category_count, attribute_count, sku_count; /* attribute_count counts pairs */
	int64_t price_minor;                               /* lowest of its offers; -1: no offer */
	char currency[4];
	int32_t rating_milli; /* average stars times 1,000; -1: none yet */
	int64_t popularity;   /* higher sells more; 0: not known */
	uint64_t reserved[4];
} sc_search_document;

typedef struct sc_search_query {
	size_t size;
	const char *words;      /* what the shopper typed */
	const char *category;   /* only products of this category, or NULL */
	uint32_t offset, limit; /* limit 1..SC_PAGE_MAX; offset + limit at most 10,000 */
	uint64_t reserved[4];
} sc_search_query;

typedef struct sc_search_hit {
	const char *id;
	double score; /* only the order means anything */
} sc_search_hit;

typedef struct sc_search_result {
	sc_search_hit *hits; /* in the arena, best first; equal scores by id */
	size_t count;
	uint64_t total; /* matches there are, or at least that many when `total_is_floor` */
	bool total_is_floor;
	uint64_t reserved[2];
} sc_search_result;

typedef struct sc_search_ops {
	size_t size;
	const char *name;
	/** R. Add, replace or remove products. All of them, or none. */
	sc_status (*index)(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
	                   sc_error *err);
	/** R. */
	sc_status (*query)(void *ctx, const sc_call *call, const sc_search_query *query, sc_arena *arena,
	                   sc_search_result *out, sc_error *err);
	/** R. The position of the journal the index has followed to, kept with it; and setting it. `incarnation`
	 *  is the store's: another one means rebuild. */
	sc_status (*position)(void *ctx, const sc_call *call, uint8_t incarnation[16], uint64_t *position,
	                      sc_error *err);
	sc_status (*follow)(void *ctx, const sc_call *call, const uint8_t incarnation[16], uint64_t position,
	                    sc_error *err);
	/** R. Forget everything. */
	sc_status (*reset)(void *ctx, const sc_call *call, sc_error *err);
	/** Optional. Called by tick: merge, optimise, for at most `budget_ms`. NULL: nothing to do. */
	sc_status (*maintain)(void *ctx, const sc_call *call, int64_t budget_ms, sc_error *err);
	/** Optional. NULL: nothing to release. */
	void (*close)(void *ctx);
} sc_search_ops;

typedef struct sc_search_index {
	const sc_search_ops *ops;
	void *ctx;
} sc_search_index;

SC_END_DECLS

#endif
