/*
 * Search: the shop's side of the search port.
 *
 * The index is derived: it follows the catalogue's journal and keeps, beside its own data, how far it
 * has come. It may lag behind a change until sc_search_follow() or the shop's tick has run, it never
 * decides anything, and it can be made anew at any time. What is shown of a hit is read from the
 * catalogue, so a price on a page of results is never an old one.
 */
#ifndef SHOPCORE_SEARCH_H
#define SHOPCORE_SEARCH_H

#include <shopcore/catalog.h>

SC_BEGIN_DECLS

/** What to look for. */
typedef struct sc_search_request {
	size_t size;
	const char *words;      /* what the shopper typed: 1..SC_NAME_MAX bytes */
	const char *category;   /* only products that stand in this category, or NULL */
	uint32_t offset, limit; /* limit 1..SC_PAGE_MAX; offset + limit at most 10,000 */
	uint64_t reserved[4];
} sc_search_request;

#define SC_SEARCH_REQUEST_INIT                                \
	{                                                     \
		sizeof(sc_search_request), NULL, NULL, 0, 20, \
		{                                             \
			0                                     \
		}                                             \
	}

/** A page of results, best first. */
typedef struct sc_search_page {
	sc_product *products; /* a product that was removed since the index saw it is left out */
	double *scores;       /* one a product; only the order means anything */
	size_t count;
	uint64_t total; /* matches there are, or at least that many when `total_is_floor` */
	bool total_is_floor;
	uint64_t reserved[2];
} sc_search_page;

/**
 * Find products by words, with their SKUs: one query of the index and two reads of the store.
 *
 * Ownership: what `out` points to is in the arena; written on SC_OK only. Threads: any; one at a time for the arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE with the field;
 * SC_NOT_ALLOWED; SC_UNSUPPORTED when the shop has no index; SC_NO_MEMORY; SC_DAMAGED; what index and store answer.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_search(sc_shop *shop, const sc_call *call, const sc_search_request *request, sc_arena *arena,
                           sc_search_page *out, sc_error *err);

/** How far the index came in one call. */
typedef struct sc_search_progress {
	uint64_t entries;  /* of the journal that were read */
	uint64_t products; /* that were indexed, or taken out */
	bool more;         /* there may be more to follow */
	uint64_t reserved[2];
} sc_search_progress;

/**
 * Let the index follow the journal, by at most `max` entries of it.
 *
 * When the store is another one than the index has followed, the index starts over from the catalogue by itself.
 * Ownership: `out` is written on SC_OK only. Threads: any; two at once do the work twice and harm nothing.
 * Returns, in this order: SC_BAD_ARGUMENT for a `max` of 0; SC_NOT_ALLOWED; SC_UNSUPPORTED when the shop has no index;
 * SC_NO_MEMORY; SC_DAMAGED; what index and store answer; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_search_follow(sc_shop *shop, const sc_call *call, size_t max, sc_search_progress *out,
                                  sc_error *err);

/**
 * Forget the index and make it anew from the catalogue.
 *
 * Ownership: `products` is written on SC_OK only: how many the index has now; may be NULL. Threads: any.
 * Returns, in this order: SC_NOT_ALLOWED; SC_UNSUPPORTED when the shop has no index; SC_NO_MEMORY; SC_DAMAGED; what
 * index and store answer. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_search_rebuild(sc_shop *shop, const sc_call *call, uint64_t *products, sc_error *err);

SC_END_DECLS

#endif
