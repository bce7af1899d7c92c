/*
 * Products on their way into the search index.
 */
#ifndef SC_SEARCH_FEED_H
#define SC_SEARCH_FEED_H

#include <shopcore/search.h>

/* Index these products as they stand now; those that are gone are removed. Two reads of the store, one write of the
 * index. `arena` is only used for the time of the call. */
sc_status sc__search_feed(sc_shop *shop, const sc_call *call, const char *const *ids, size_t count, sc_arena *arena,
                          sc_error *err);

/* The same for products that were read already. */
sc_status sc__search_index(sc_shop *shop, const sc_call *call, const sc_product *products, size_t count,
                           sc_arena *arena, sc_error *err);

#endif
