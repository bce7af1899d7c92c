/*
 * Ranges over all shards: a page of each, merged in the order of the range.
 *
 * The cursor of such a page is the cursors of the shards one behind the other. A shard gives one only for the end of a
 * page; so where a merged page ends inside a shard's page, that one is read again, as long as what was taken of it, and
 * what comes then is what is returned.
 */
#include "wrappers/sharded/sharded.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define ENDED UINT16_MAX /* in place of a cursor's size */

/* One shard's share of a page. */
struct strand {
	sc_bytes start; /* the cursor that `page` was read from */
	sc_page page;
	size_t at; /* the next record to be taken */
	bool ended;
};

struct merge {
	const struct sharded *s;
	const sc_call *call;
	sc_range range;
	sc_arena *arena;
	struct strand *strands;
	sc_error *err;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a page of several shards");
}

/* ---- cursors ----------------------------------------------------------------------------- */

static sc_status unpack(struct merge *m)
{
	const char *at = m->range.cursor.data;
	size_t left = m->range.cursor.size;

	for (uint32_t i = 0; m->range.cursor.size > 0 && i < m->s->parts.count; i++) {
		uint16_t size;

		if (left < sizeof(size))
			return sc__bad(m->err, SC_BAD_ARGUMENT, "cursor", "not a cursor of this range");
		memcpy(&size, at, sizeof(size));
		at += sizeof(size);
		left -= sizeof(size);
		m->strands[i].ended = size == ENDED;
		if (size == ENDED)
			continue;
		if (left < size)
			return sc__bad(m->err, SC_BAD_ARGUMENT, "cursor", "not a cursor of this range");
		m->strands[i].start = (sc_bytes){ at, size };
		at += size;
		left -= size;
	}
	return left == 0 || m->range.cursor.size == 0
	               ? SC_OK
	               : sc__bad(m->err, SC_BAD_ARGUMENT, "cursor", "not a cursor of this range");
}

/* Empty when every shard has come to its end. */
static sc_status pack(struct merge *m, sc_bytes *out)
{
	const uint32_t count = m->s->parts.count;
	size_t size = 0;
	bool more = false;

	for (uint32_t i = 0; i < count; i++) {
		size += sizeof(uint16_t) + (m->strands[i].ended ? 0 : m->strands[i].start.size);
		more = more || !m->strands[i].ended;
	}
	*out = (sc_bytes){ NULL, 0 };
	if (!more)
		return SC_OK;
	char *at = sc__arena_bytes(m->arena, size);
	if (at == NULL)
		return no_memory(m->err);
	*out = (sc_bytes){ at, size };
	for (uint32_t i = 0; i < count; i++) {
		const struct strand *strand = &m->strands[i];
		const uint16_t own = strand->ended ? ENDED : (uint16_t)strand->start.size;

		memcpy(at, &own, sizeof(own));
		at += sizeof(own);
		if (!strand->ended && own > 0)
			memcpy(at, strand->start.data, own);
		at += strand->ended ? 0 : own;
	}
	return SC_OK;
}

/* ---- order ------------------------------------------------------------------------------- */

static int compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
	const size_t shorter = a_size < b_size ? a_size : b_size;
	const int order = shorter == 0 ? 0 : memcmp(a, b, shorter);

	return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_values(const sc_value *a, const sc_value *b)
{
	if (a->type == SC_VALUE_INT)
		return (a->number > b->number) - (a->number < b->number);
	return compare_bytes(a->bytes.data, a->bytes.size, b->bytes.data, b->bytes.size);
}

static int compare(const sc_range *range, const sc_record *a, const sc_record *b)
{
	const sc_kind *kind = sc_kind_find(range->kind);
	int order = 0;

	if (range->index >= 0 && kind->kind_class == SC_CLASS_HOLD)
		order = (a->deadline_ms > b->deadline_ms) - (a->deadline_ms < b->deadline_ms);
	else if (range->index >= 0)
		for (uint8_t i = 0; order == 0 && i < kind->indexes[range->index].count; i++) {
			const uint8_t column = kind->indexes[range->index].columns[i];

			order = compare_values(&a->columns[column], &b->columns[column]);
		}
	return order != 0 ? order : sc_address_compare(&a->address, &b->address);
}

/* ---- merging ----------------------------------------------------------------------------- */

static sc_status read_page(struct merge *m, uint32_t shard, sc_bytes cursor, uint32_t limit, sc_page *out)
{
	const sc_store *store = &m->s->parts.stores[shard];
	sc_range range = m->range;

	range.cursor = cursor;
	range.limit = limit;
	range.mask |= SC_READ_COLUMNS; /* what is merged by */
	return store->ops->range(store->ctx, m->call, &range, 1, m->arena, out, m->err);
}

/* A page with records in it, or the end. */
static sc_status fill(struct merge *m, uint32_t shard)
{
	struct strand *strand = &m->strands[shard];
	sc_status status = SC_OK;

	while (status == SC_OK && !strand->ended) {
		status = read_page(m, shard, strand->start, m->range.limit, &strand->page);
		strand->at = 0;
		if (status != SC_OK || strand->page.count > 0)
			break;
		strand->start = strand->page.next;
		strand->ended = strand->page.next.size == 0;
	}
	return status;
}

/* The shard whose next record comes first; PARTS_SEVERAL: there is none. */
static uint32_t first_of(const struct merge *m)
{
	const bool descending = (m->range.flags & SC_RANGE_DESCENDING) != 0;
	uint32_t first = PARTS_SEVERAL;

	for (uint32_t i = 0; i < m->s->parts.count; i++) {
		const struct strand *strand = &m->strands[i];

		if (strand->ended || strand->at == strand->page.count)
			continue;
		if (first != PARTS_SEVERAL) {
			const struct strand *best = &m->strands[first];
			const int order = compare(&m->range, &strand->page.records[strand->at],
			                          &best->page.records[best->at]);

			if ((order < 0) == descending)
				continue;
		}
		first = i;
	}
	return first;
}

/* A strand whose page is used up goes on with the next one. */
static sc_status go_on(struct merge *m, uint32_t shard)
{
	struct strand *strand = &m->strands[shard];

	if (strand->at < strand->page.count)
		return SC_OK;
	strand->start = strand->page.next;
	strand->ended = strand->page.next.size == 0;
	strand->page = (sc_page){ 0 };
	strand->at = 0;
	return fill(m, shard);
}

/* Takes up to `limit` records; which shard each is from goes to `from`. */
static sc_status take(struct merge *m, sc_record *records, uint8_t *from, size_t *count)
{
	sc_status status = SC_OK;

	while (status == SC_OK && *count < m->range.limit) {
		const uint32_t shard = first_of(m);

		if (shard == PARTS_SEVERAL)
			break;
		from[*count] = (uint8_t)shard;
		records[(*count)++] = m->strands[shard].page.records[m->strands[shard].at++];
		if (*count < m->range.limit)
			status = go_on(m, shard);
	}
	return status;
}

/* Sets each strand's `start` to where the next page begins. What was taken of a page that is not used up is read once
 * more, because only the end of a page has a cursor. */
static sc_status stop_there(struct merge *m, sc_record *records, const uint8_t *from, size_t *count)
{
	for (uint32_t shard = 0; shard < m->s->parts.count; shard++) {
		struct strand *strand = &m->strands[shard];
		size_t at = 0, kept = 0;
		sc_page again;

		if (strand->ended || strand->at == 0)
			continue;
		if (strand->at == strand->page.count) {
			again.next = strand->page.next;
		} else {
			sc_status status = read_page(m, shard, strand->start, (uint32_t)strand->at, &again);
			if (status != SC_OK)
				return status;
			size_t mine = 0, skip = 0;
			for (size_t i = 0; i < *count; i++)
				mine += from[i] == shard;
			skip = mine - strand->at; /* of pages before this one */
			for (size_t i = 0; i < *count; i++) {
				if (from[i] != shard || at++ < skip)
					continue;
				if (kept < again.count)
					records[i] = again.records[kept++];
				else
					records[i].version = 0; /* it went away meanwhile */
			}
		}
		strand->start = again.next;
		strand->ended = again.next.size == 0;
	}
	size_t left = 0;
	for (size_t i = 0; i < *count; i++)
		if (records[i].version != 0)
			records[left++] = records[i];
	*count = left;
	return SC_OK;
}

static sc_status range_over_all(const struct sharded *s, const sc_call *call, const sc_range *range, sc_arena *arena,
                                sc_page *out, sc_error *err)
{
	struct merge m = { .s = s, .call = call, .range = *range, .arena = arena, .err = err };
	sc_record *records = sc__arena_array(arena, range->limit, sizeof(*records));
	uint8_t *from = sc__arena_array(arena, range->limit, 1);
	size_t count = 0;

	m.strands = sc_arena_zalloc(arena, s->parts.count * sizeof(*m.strands));
	if (records == NULL || from == NULL || m.strands == NULL)
		return no_memory(err);
	sc_status status = unpack(&m);
	for (uint32_t shard = 0; status == SC_OK && shard < s->parts.count; shard++)
		status = fill(&m, shard);
	if (status == SC_OK)
		status = take(&m, records, from, &count);
	if (status == SC_OK)
		status = stop_there(&m, records, from, &count);
	for (size_t i = 0; i < count && (range->mask & SC_READ_COLUMNS) == 0; i++)
		records[i].columns = NULL;
	*out = (sc_page){ .records = records, .count = count };
	return status == SC_OK ? pack(&m, &out->next) : status;
}

/* ---- the operation ----------------------------------------------------------------------- */

/* The one shard that has it all, or PARTS_SEVERAL. What is wrong with a range any shard can say. */
static uint32_t place_of(const struct sharded *s, const sc_range *range)
{
	const enum placed placed = range->kind < SHARD_KINDS_MAX ? (enum placed)s->placed[range->kind] : PLACED_FIRST;
	const bool keyed = range->index == SC_BY_SUB;
	const sc_kind *kind = sc_kind_find(range->kind);
	const int indexes = kind == NULL ? 0 : kind->kind_class == SC_CLASS_HOLD ? 1 : (int)kind->index_count;

	if (placed == PLACED_FIRST || kind == NULL || range->limit == 0 || range->limit > SC_PAGE_MAX ||
	    range->index < SC_BY_ADDRESS || range->index >= indexes || (keyed && range->key.size > SC_KEY_MAX))
		return 0;
	if (!keyed || placed != PLACED_ROUTE)
		return PARTS_SEVERAL;
	const sc_address address = { .kind = range->kind,
		                     .key = range->key.data,
		                     .key_size = (uint16_t)range->key.size };
	return sc__sharded_place(&s->parts, &address);
}

/* The map is this store's own: whoever walks the settings does not see it. */
static void hide_map(const struct sharded *s, const sc_range *range, sc_page *page)
{
	size_t kept = 0;

	if (range->kind != s->parts.setting_kind)
		return;
	for (size_t i = 0; i < page->count; i++) {
		const sc_address *address = &page->records[i].address;

		if (address->key_size != sizeof(SHARD_MAP_KEY) - 1 ||
		    memcmp(address->key, SHARD_MAP_KEY, sizeof(SHARD_MAP_KEY) - 1) != 0)
			page->records[kept++] = page->records[i];
	}
	page->count = kept;
}

sc_status sc__sharded_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                            sc_page *out, sc_error *err)
{
	const struct sharded *s = ctx;
	sc_page *pages = sc__arena_array(arena, count + 1, sizeof(*pages));
	sc_status status = SC_OK;

	if (!s->ready)
		return sc__fail(err, SC_WRONG_STATE, "a sharded store is prepared before it is used");
	if (pages == NULL)
		return no_memory(err);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		const uint32_t place = place_of(s, &ranges[i]);
		const sc_store *shard = &s->parts.stores[place < PARTS_SEVERAL ? place : 0];

		status = place == PARTS_SEVERAL && s->parts.count > 1
		                 ? range_over_all(s, call, &ranges[i], arena, &pages[i], err)
		                 : shard->ops->range(shard->ctx, call, &ranges[i], 1, arena, &pages[i], err);
		if (status == SC_OK)
			hide_map(s, &ranges[i], &pages[i]);
		if (sc_status_is_bad_input(status) && err != NULL)
			err->index = (int32_t)i;
	}
	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i] = pages[i];
	return status;
}
