/*
 * How the index keeps up with the catalogue. It follows the journal's touches of products and SKUs; what
 * they name is read as it stands now, so several changes of one product cost one reading, and reading
 * an entry twice changes nothing.
 *
 * When the index belongs to another store, or to none yet, it is made anew: the end of the journal is
 * looked up first, then all products are read, then the journal is followed from there.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "core/access.h"
#include "core/handle.h"
#include "search/feed.h"
#include "store/kinds.h"

#include <string.h>

#define ENTRIES_AT_ONCE 8000

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory to feed the search index");
}

/* ---- following --------------------------------------------------------------------------- */

/* Products that entries name, each once, and SKUs whose product has to be looked up. */
struct touched {
	sc__map seen;
	const char **products;
	sc_address *skus;
	size_t product_count, sku_count;
};

/* `id` is kept: it lives as long as the arena. */
static sc_status add_product(struct touched *touched, const char *id, sc_error *err)
{
	void **seen = sc__map_put(&touched->seen, (sc_bytes){ id, strlen(id) });
	if (seen == NULL)
		return no_memory(err);
	if (*seen == NULL) {
		*seen = touched;
		touched->products[touched->product_count++] = id;
	}
	return SC_OK;
}

/*
 * A SKU that was written in one group with a product is one of that product's, and all that a group writes has one
 * version: so it needs no look, nor does one that is gone, because its product was written too. The product comes
 * last in its group; walking back finds it first.
 */
static sc_status sort_entries(const sc_entry *entries, size_t count, sc_arena *arena, struct touched *out,
                              sc_error *err)
{
	uint64_t product_version = 0;
	sc_status status = SC_OK;
	*out = (struct touched){ .products = sc__arena_array(arena, 2 * count, sizeof(*out->products)),
		                 .skus = sc__arena_array(arena, count, sizeof(*out->skus)) };
	sc__map_init_arena(&out->seen, arena, SC__MAP_STRANGE_KEYS);
	if (out->products == NULL || out->skus == NULL)
		return no_memory(err);
	for (size_t i = count; status == SC_OK && i > 0; i--) {
		const sc_entry *entry = &entries[i - 1];
		const sc_address *subject = &entry->subject;
		if (entry->type != SC_ENTRY_TOUCH)
			continue;
		if (subject->kind == SC_KIND_PRODUCT) {
			const char *id = sc_arena_dup(arena, subject->key, subject->key_size);
			status = id != NULL ? add_product(out, id, err) : no_memory(err);
			product_version = entry->version;
		} else if (subject->kind == SC_KIND_SKU && entry->version != 0 && entry->version != product_version) {
			out->skus[out->sku_count++] = *subject;
		}
	}
	return status;
}

static sc_status add_products_of_skus(sc_shop *shop, const sc_call *call, sc_arena *arena, struct touched *touched,
                                      sc_error *err)
{
	if (touched->sku_count == 0)
		return SC_OK;
	sc_record *skus = sc_arena_zalloc(arena, touched->sku_count * sizeof(*skus));
	if (skus == NULL)
		return no_memory(err);
	sc_status status = sc__load(shop, call, touched->skus, touched->sku_count, SC_READ_COLUMNS, arena, skus, err);
	for (size_t i = 0; status == SC_OK && i < touched->sku_count; i++) {
		if (skus[i].version == 0)
			continue;
		const sc_bytes product = skus[i].columns[SC_SKU_PRODUCT].bytes;
		const char *id = sc_arena_dup(arena, product.data, product.size);
		status = id != NULL ? add_product(touched, id, err) : no_memory(err);
	}
	return status;
}

static sc_status read_journal(sc_shop *shop, const sc_call *call, uint64_t after, size_t max, sc_arena *arena,
                              sc_entry **out, size_t *count, sc_error *err)
{
	*out = sc__arena_array(arena, max, sizeof(**out));
	if (*out == NULL)
		return no_memory(err);
	return shop->store.ops->log_read(shop->store.ctx, call, sc__partition_of(shop, SC_KIND_PRODUCT), after, max,
	                                 arena, *out, count, err);
}

/* One stretch of the journal, from `position` on, which moves behind it. */
static sc_status follow_some(sc_shop *shop, const sc_call *call, size_t max, uint64_t *position,
                             sc_search_progress *progress, sc_arena *arena, sc_error *err)
{
	sc_entry *entries;
	size_t count = 0;
	struct touched touched;
	progress->more = false;
	sc_status status = read_journal(shop, call, *position, max, arena, &entries, &count, err);
	if (status != SC_OK || count == 0)
		return status;
	uint64_t upto = entries[count - 1].position;
	status = sort_entries(entries, count, arena, &touched, err);
	if (status == SC_OK)
		status = add_products_of_skus(shop, call, arena, &touched, err);
	if (status == SC_OK)
		status = sc__search_feed(shop, call, touched.products, touched.product_count, arena, err);
	if (status == SC_OK)
		status = shop->search.ops->follow(shop->search.ctx, call, shop->info.incarnation.bytes, upto, err);
	*position = upto;
	progress->entries += count;
	progress->products += touched.product_count;
	progress->more = true;
	return status;
}

static sc_status follow(sc_shop *shop, const sc_call *call, uint64_t position, size_t max, sc_search_progress *progress,
                        sc_error *err)
{
	sc_arena arena;
	sc_status status = SC_OK;
	sc_arena_init(&arena, shop->env);
	progress->more = true;
	while (status == SC_OK && progress->more && progress->entries < max) {
		size_t left = max - progress->entries;
		sc_arena_reset(&arena);
		status = follow_some(shop, call, left < ENTRIES_AT_ONCE ? left : ENTRIES_AT_ONCE, &position, progress,
		                     &arena, err);
	}
	sc_arena_clear(&arena);
	return status;
}

/* ---- starting over ----------------------------------------------------------------------- */

/* The last position of the journal there is now. */
static sc_status find_end(sc_shop *shop, const sc_call *call, sc_arena *arena, uint64_t *out, sc_error *err)
{
	uint64_t position = 0;
	sc_status status = SC_OK;
	size_t count = 1;
	while (status == SC_OK && count > 0) {
		sc_entry *entries;
		sc_arena_reset(arena);
		count = 0;
		status = read_journal(shop, call, position, ENTRIES_AT_ONCE, arena, &entries, &count, err);
		if (status == SC_OK && count > 0)
			position = entries[count - 1].position;
	}
	*out = position;
	return status;
}

static sc_status index_all(sc_shop *shop, const sc_call *call, sc_arena *arena, uint64_t *products, sc_error *err)
{
	sc_catalog_page page = { .limit = SC_PAGE_MAX };
	char *cursor = NULL; /* on its own, because the arena is reset for each page */
	sc_status status = SC_OK;
	do {
		sc_product_list list;
		sc_arena_reset(arena);
		page.cursor.data = cursor;
		status = sc_product_list_by_category(shop, call, NULL, &page, arena, &list, err);
		if (status == SC_OK)
			status = sc__search_index(shop, call, list.products, list.count, arena, err);
		if (status != SC_OK)
			break;
		*products += list.count;
		page.cursor.size = list.next.size;
		if (list.next.size > 0) {
			char *grown = shop->env->resize(shop->env->ctx, cursor, list.next.size);
			if (grown == NULL) {
				status = no_memory(err);
				break;
			}
			cursor = grown;
			memcpy(cursor, list.next.data, list.next.size);
		}
	} while (page.cursor.size > 0);
	if (cursor != NULL)
		shop->env->resize(shop->env->ctx, cursor, 0);
	return status;
}

static sc_status start_over(sc_shop *shop, const sc_call *call, uint64_t *products, sc_error *err)
{
	const sc_search_ops *ops = shop->search.ops;
	uint64_t end = 0;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_status status = ops->reset(shop->search.ctx, call, err);
	if (status == SC_OK)
		status = find_end(shop, call, &arena, &end, err);
	if (status == SC_OK)
		status = index_all(shop, call, &arena, products, err);
	if (status == SC_OK)
		status = ops->follow(shop->search.ctx, call, shop->info.incarnation.bytes, end, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- the calls --------------------------------------------------------------------------- */

static sc_status check_can_follow(const sc_shop *shop, const sc_call *call, sc_error *err)
{
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	if (shop->search.ops == NULL)
		return sc__fail(err, SC_UNSUPPORTED, "this shop has no search index");
	const uint32_t partition = sc__partition_of(shop, SC_KIND_PRODUCT);
	if (partition == SC_PARTITIONS_MANY || partition != sc__partition_of(shop, SC_KIND_SKU))
		return sc__fail(err, SC_UNSUPPORTED, "a search index keeps one position in the journal");
	return SC_OK;
}

sc_status sc_search_follow(sc_shop *shop, const sc_call *call, size_t max, sc_search_progress *out, sc_error *err)
{
	uint8_t incarnation[sizeof(shop->info.incarnation.bytes)];
	uint64_t position = 0;
	sc_search_progress progress = { 0 };
	if (max == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "max", "must be at least 1");
	sc_status status = check_can_follow(shop, call, err);
	if (status == SC_OK)
		status = shop->search.ops->position(shop->search.ctx, call, incarnation, &position, err);
	if (status != SC_OK)
		return status;
	if (memcmp(incarnation, shop->info.incarnation.bytes, sizeof(incarnation)) == 0) {
		status = follow(shop, call, position, max, &progress, err);
	} else {
		status = start_over(shop, call, &progress.products, err);
		progress.more = true;
	}
	if (status == SC_OK)
		*out = progress;
	return status;
}

sc_status sc_search_rebuild(sc_shop *shop, const sc_call *call, uint64_t *products, sc_error *err)
{
	uint64_t count = 0;
	sc_status status = check_can_follow(shop, call, err);
	if (status == SC_OK)
		status = start_over(shop, call, &count, err);
	if (status == SC_OK && products != NULL)
		*products = count;
	return status;
}
