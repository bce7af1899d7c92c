/* load, range and recall, as things that are asked for. What may not be answered by a copy goes to the store. */
#include "wrappers/cached/cached.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define SCRATCH 1536 /* enough for one thing without an allocation */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for what is read through a cache");
}

/* Names of all questions; false: no memory, or one has no name that a cache takes. */
static bool are_named(const sc__question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (questions[i].name.data == NULL || questions[i].name.size > SC_CACHE_KEY_MAX)
			return false;
	return true;
}

static sc__question *make_questions(sc_arena *scratch, size_t count)
{
	return sc_arena_zalloc(scratch, count * sizeof(sc__question));
}

static void note_passed(sc__cached *cached, size_t count)
{
	atomic_fetch_add_explicit(&cached->stripes[count % SC__STRIPES].passed, count, memory_order_relaxed);
}

static sc_status damaged(sc_error *err)
{
	return sc__fail(err, SC_DAMAGED, "what the cache has cannot be read");
}

/* ---- load ---- */

struct loading {
	const sc_store *store;
	const sc_address *addresses;
};

static bool make_row(const sc_record *record, const sc_address *asked, sc_arena *arena, sc_made *out)
{
	const sc_page page = { .records = (sc_record *)(uintptr_t)record, .count = 1 };
	*out = (sc_made){
		.bytes = sc__rows_pack(&page, arena), .rows = asked, .row_count = 1, .absent = record->version == 0
	};
	return out->bytes.data != NULL;
}

static sc_status read_rows(void *ctx, const sc_call *call, const size_t *which, size_t count, sc_arena *arena,
                           sc_made *made, sc_error *err)
{
	const struct loading *loading = ctx;
	sc_address *addresses = sc__arena_array(arena, count, sizeof *addresses);
	sc_record *records = sc__arena_array(arena, count, sizeof *records);
	if (addresses == NULL || records == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		addresses[i] = loading->addresses[which[i]];
	sc_status status = loading->store->ops->load(loading->store->ctx, call, addresses, count, SC_READ_ALL, arena,
	                                             records, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		if (!make_row(&records[i], &addresses[i], arena, &made[which[i]]))
			status = no_memory(err);
	return status;
}

static bool all_kept(const sc_address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!sc__cached_keeps(addresses[i].kind))
			return false;
	return count > 0;
}

static sc_status load_cached(sc__cached *cached, const sc_call *call, const sc_address *addresses, size_t count,
                             uint32_t mask, sc_arena *arena, sc_arena *scratch, sc_record *out, sc_error *err)
{
	struct loading loading = { &cached->store, addresses };
	sc__question *questions = make_questions(scratch, count);
	sc_record *records = sc__arena_array(scratch, count, sizeof *records);
	if (questions == NULL || records == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		questions[i].name = sc__name_of_row(&addresses[i], scratch);
	if (!are_named(questions, count))
		return no_memory(err);
	sc_status status = sc__cached_ask(cached, call, questions, count, read_rows, &loading, arena, scratch, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		sc_page page;
		if (!sc__rows_unpack(questions[i].answer, mask, &page) || page.count != 1)
			return damaged(err);
		records[i] = page.records[0];
		records[i].address = addresses[i];
	}
	if (status == SC_OK)
		memcpy(out, records, count * sizeof *records);
	return status;
}

sc_status sc__cached_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err)
{
	sc__cached *cached = ctx;
	_Alignas(16) char room[SCRATCH];
	sc_arena scratch;
	if (call->freshness_ms <= 0 || !all_kept(addresses, count)) {
		note_passed(cached, count);
		return cached->store.ops->load(cached->store.ctx, call, addresses, count, mask, arena, out, err);
	}
	sc_arena_init_buffer(&scratch, cached->env, room, sizeof room);
	sc_status status = load_cached(cached, call, addresses, count, mask, arena, &scratch, out, err);
	sc_arena_clear(&scratch);
	return status;
}

/* ---- range ---- */

struct walking {
	const sc_store *store;
	const sc_range *ranges;
};

static sc_status read_pages(void *ctx, const sc_call *call, const size_t *which, size_t count, sc_arena *arena,
                            sc_made *made, sc_error *err)
{
	const struct walking *walking = ctx;
	sc_range *ranges = sc__arena_array(arena, count, sizeof *ranges);
	sc_page *pages = sc_arena_zalloc(arena, count * sizeof *pages);
	if (ranges == NULL || pages == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		ranges[i] = walking->ranges[which[i]];
		ranges[i].mask = SC_READ_ALL;
	}
	sc_status status = walking->store->ops->range(walking->store->ctx, call, ranges, count, arena, pages, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		sc_address *rows = sc__arena_array(arena, pages[i].count, sizeof *rows);
		for (size_t n = 0; n < pages[i].count && rows != NULL; n++)
			rows[n] = pages[i].records[n].address;
		made[which[i]] = (sc_made){ .bytes = sc__rows_pack(&pages[i], arena),
			                    .rows = rows,
			                    .row_count = (uint32_t)pages[i].count,
			                    .ranges = &ranges[i],
			                    .range_count = 1,
			                    .absent = pages[i].count == 0 };
		if (rows == NULL || made[which[i]].bytes.data == NULL)
			status = no_memory(err);
	}
	return status;
}

/* Only ranges of which a writer can tell that they change: all rows of a key, or with some value in an index. */
static bool may_be_kept(const sc_range *range)
{
	return sc__cached_keeps(range->kind) && (range->flags & SC_RANGE_UNTIL_NOW) == 0 &&
	       (range->index == SC_BY_SUB || (range->index >= 0 && range->equal_count > 0));
}

static sc_status walk_cached(sc__cached *cached, const sc_call *call, const sc_range *ranges, size_t count,
                             sc_arena *arena, sc_arena *scratch, sc_page *out, sc_error *err)
{
	struct walking walking = { &cached->store, ranges };
	sc__question *questions = make_questions(scratch, count);
	sc_page *pages = sc__arena_array(scratch, count, sizeof *pages);
	if (questions == NULL || pages == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		questions[i].name = sc__name_of_range(&ranges[i], scratch);
	if (!are_named(questions, count)) /* bounds as long as they may be */
		return cached->store.ops->range(cached->store.ctx, call, ranges, count, arena, out, err);
	sc_status status = sc__cached_ask(cached, call, questions, count, read_pages, &walking, arena, scratch, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		if (!sc__rows_unpack(questions[i].answer, ranges[i].mask, &pages[i]))
			return damaged(err);
	if (status == SC_OK)
		memcpy(out, pages, count * sizeof *pages);
	return status;
}

sc_status sc__cached_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	sc__cached *cached = ctx;
	_Alignas(16) char room[SCRATCH];
	sc_arena scratch;
	bool kept = call->freshness_ms > 0 && count > 0;
	for (size_t i = 0; i < count && kept; i++)
		kept = may_be_kept(&ranges[i]);
	if (!kept) {
		note_passed(cached, count);
		return cached->store.ops->range(cached->store.ctx, call, ranges, count, arena, out, err);
	}
	sc_arena_init_buffer(&scratch, cached->env, room, sizeof room);
	sc_status status = walk_cached(cached, call, ranges, count, arena, &scratch, out, err);
	sc_arena_clear(&scratch);
	return status;
}

/* ---- recall ---- */

static sc_status make_wanted(void *ctx, const sc_call *call, const size_t *which, size_t count, sc_arena *arena,
                             sc_made *made, sc_error *err)
{
	const sc_recall *wanted = ctx;
	return wanted->make(wanted->maker, call, wanted, which, count, arena, made, err);
}

static sc_status recall_cached(sc__cached *cached, const sc_call *call, const sc_recall *wanted, size_t count,
                               sc_arena *arena, sc_arena *scratch, sc_bytes *out, sc_error *err)
{
	sc__question *questions = make_questions(scratch, count);
	if (questions == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		questions[i].name = sc__name_of_recall(&wanted[i], scratch);
	if (!are_named(questions, count))
		return no_memory(err);
	sc_status status = sc__cached_ask(cached, call, questions, count, make_wanted, (sc_recall *)(uintptr_t)wanted,
	                                  arena, scratch, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		out[i] = questions[i].answer;
	return status;
}

sc_status sc__cached_recall(void *ctx, const sc_call *call, const sc_recall *wanted, size_t count, sc_arena *arena,
                            sc_bytes *out, sc_error *err)
{
	sc__cached *cached = ctx;
	_Alignas(16) char room[SCRATCH];
	sc_arena scratch;
	if (count == 0)
		return SC_OK;
	sc_arena_init_buffer(&scratch, cached->env, room, sizeof room);
	sc_status status = recall_cached(cached, call, wanted, count, arena, &scratch, out, err);
	sc_arena_clear(&scratch);
	return status;
}
