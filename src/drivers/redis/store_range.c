/*
 * A range over several domains: a page of each, merged by what the range is ordered by. A range by sub has one key,
 * hence one domain.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

struct strand {
	sc_page page;
	size_t at;
};

static int compare(const sc__name *a, const sc__name *b)
{
	size_t shorter = a->size < b->size ? a->size : b->size;
	int order = shorter == 0 ? 0 : memcmp(a->data, b->data, shorter);
	return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

/* A page with records, or the end. */
static sc_status fill(sc__domain *domain, const sc_call *call, sc_range range, sc_arena *arena, struct strand *strand,
                      sc_error *err)
{
	sc_status status;
	do {
		status = domain->store.ops->range(domain->store.ctx, call, &range, 1, arena, &strand->page, err);
		range.cursor = strand->page.next;
	} while (status == SC_OK && strand->page.count == 0 && strand->page.next.size > 0);
	strand->at = 0;
	return status;
}

/* The strand whose next record comes first, and its name. NULL: none has one left. */
static struct strand *first_of(struct strand *strands, uint32_t count, const sc_range *range, sc_arena *arena,
                               sc__name *name)
{
	struct strand *first = NULL;
	bool descending = (range->flags & SC_RANGE_DESCENDING) != 0;
	for (uint32_t i = 0; i < count; i++) {
		sc__name other;
		if (strands[i].at == strands[i].page.count)
			continue;
		sc__name_init(&other, arena);
		sc__member_of(&other, range->index, &strands[i].page.records[strands[i].at]);
		if (first != NULL && (compare(&other, name) < 0) == descending)
			continue;
		first = &strands[i];
		*name = other;
	}
	return first;
}

static sc_status merge(sc__redis *redis, const sc_call *call, const sc_range *range, struct strand *strands,
                       sc_arena *arena, sc_page *page, sc_error *err)
{
	sc__name name;
	sc_status status = SC_OK;
	struct strand *from = first_of(strands, redis->domain_count, range, arena, &name);
	while (status == SC_OK && from != NULL && page->count < range->limit) {
		sc_range on = *range;
		page->records[page->count++] = from->page.records[from->at++];
		on.cursor = from->page.next;
		if (page->count == range->limit)
			return name.no_memory ? sc__fail(err, SC_NO_MEMORY, "no memory for a page")
			                      : sc__range_cursor(range, sc__name_of(&name), arena, &page->next, err);
		if (from->at == from->page.count && on.cursor.size > 0)
			status = fill(&redis->domains[from - strands], call, on, arena, from, err);
		from = first_of(strands, redis->domain_count, range, arena, &name);
	}
	return status;
}

static sc_status range_over_all(sc__redis *redis, const sc_call *call, sc_range range, sc_arena *arena, sc_page *out,
                                sc_error *err)
{
	bool columns = (range.mask & SC_READ_COLUMNS) != 0;
	struct strand *strands = sc_arena_zalloc(arena, redis->domain_count * sizeof *strands);
	sc_page page = { 0 };
	if (strands == NULL || range.limit > SC_PAGE_MAX ||
	    (page.records = sc__arena_array(arena, range.limit, sizeof *page.records)) == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page");
	range.mask |= SC_READ_COLUMNS; /* what the pages are merged by */
	sc_status status = SC_OK;
	for (uint32_t i = 0; i < redis->domain_count && status == SC_OK; i++)
		status = fill(&redis->domains[i], call, range, arena, &strands[i], err);
	if (status == SC_OK)
		status = merge(redis, call, &range, strands, arena, &page, err);
	/* A page that is exactly full may be the last. */
	bool more = false;
	for (uint32_t i = 0; i < redis->domain_count; i++)
		more = more || strands[i].at < strands[i].page.count || strands[i].page.next.size > 0;
	if (!more)
		page.next = (sc_bytes){ NULL, 0 };
	for (size_t i = 0; i < page.count && !columns; i++)
		page.records[i].columns = NULL;
	if (status == SC_OK)
		*out = page;
	return status;
}

sc_status sc__router_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_page *pages = sc__arena_array(arena, count, sizeof *pages);
	sc_status status = pages == NULL ? sc__fail(err, SC_NO_MEMORY, "no memory for the pages to be read") : SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		const sc_range *range = &ranges[i];
		const sc_address of = { .key = range->key.data,
			                .key_size = (uint16_t)range->key.size,
			                .kind = range->kind };
		bool keyed = range->index == SC_BY_SUB && range->key.size > 0 && range->key.size <= SC_KEY_MAX;
		bool wrong = sc_kind_find(range->kind) == NULL || range->limit > SC_PAGE_MAX ||
		             (range->index == SC_BY_SUB && !keyed);
		const sc_store *one = &redis->domains[keyed ? sc__domain_of(redis, &of) : 0].store;
		if (keyed || wrong) /* what is wrong with it any domain can say */
			status = one->ops->range(one->ctx, call, range, 1, arena, &pages[i], err);
		else
			status = range_over_all(redis, call, *range, arena, &pages[i], err);
		if (sc_status_is_bad_input(status) && err != NULL)
			err->index = (int32_t)i;
	}
	if (status == SC_OK && count > 0)
		memcpy(out, pages, count * sizeof *pages);
	return status;
}
