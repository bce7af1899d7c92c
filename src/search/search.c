/*
 * A search: one query of the index, and the products it names as they stand in the catalogue now.
 */
#include "base/arena.h"
#include "base/card.h"
#include "base/error.h"
#include "catalog/check.h"
#include "catalog/offers.h"
#include "core/access.h"
#include "core/handle.h"

#include <shopcore/search.h>
#include <shopcore/text.h>

#include <string.h>

#define DEPTH_MAX 10000 /* how far down anybody pages */

/* What is looked for is kept nowhere by this library, but it stands in logs of programs and indexes. */
static bool has_card(const char *words, size_t size)
{
	sc_bytes card;
	return sc__card_find((sc_bytes){ words, size }, SC__CARD_IN_CODE, &card);
}

static sc_status check_request(const sc_search_request *request, sc_error *err)
{
	if (request->words == NULL || request->words[0] == '\0')
		return sc__bad(err, SC_BAD_ARGUMENT, "words", "must be given");
	size_t size = strnlen(request->words, SC_NAME_MAX + 1);
	if (size > SC_NAME_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "words", "at most %d bytes", SC_NAME_MAX);
	if (!sc_text_is_utf8(request->words, size))
		return sc__bad(err, SC_BAD_TEXT, "words", "not valid UTF-8");
	if (has_card(request->words, size))
		return sc__bad(err, SC_BAD_TEXT, "words", "has what reads like a card number");
	if (request->limit < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "limit", "must be at least 1");
	if (request->limit > SC_PAGE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "limit", "at most %d", SC_PAGE_MAX);
	if (request->offset > DEPTH_MAX - request->limit)
		return sc__bad(err, SC_OUT_OF_RANGE, "offset", "offset and limit together are at most %d", DEPTH_MAX);
	return request->category != NULL ? sc__id_check(request->category, "category", err) : SC_OK;
}

/* Read what the hits name, and leave out what is gone. */
static sc_status load_hits(sc_shop *shop, const sc_call *call, const sc_search_result *found, sc_arena *arena,
                           sc_search_page *out, sc_error *err)
{
	const char **ids = sc__arena_array(arena, found->count, sizeof(*ids));
	out->products = sc__arena_array(arena, found->count, sizeof(*out->products));
	out->scores = sc__arena_array(arena, found->count, sizeof(*out->scores));
	if (ids == NULL || out->products == NULL || out->scores == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a page of results");
	for (size_t i = 0; i < found->count; i++)
		ids[i] = found->hits[i].id;
	sc_status status = SC_OK;
	if (found->count > 0)
		status = sc__product_load(shop, call, ids, found->count, arena, out->products, err);
	for (size_t i = 0; status == SC_OK && i < found->count; i++) {
		if (out->products[i].version == 0)
			continue;
		out->products[out->count] = out->products[i];
		out->scores[out->count++] = found->hits[i].score;
	}
	return status;
}

sc_status sc_search(sc_shop *shop, const sc_call *call, const sc_search_request *request, sc_arena *arena,
                    sc_search_page *out, sc_error *err)
{
	sc_status status = check_request(request, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_CATALOG, NULL, err);
	if (status == SC_OK && shop->search.ops == NULL)
		status = sc__fail(err, SC_UNSUPPORTED, "this shop has no search index");
	if (status != SC_OK)
		return status;
	const sc_search_query query = { .size = sizeof(query),
		                        .words = request->words,
		                        .category = request->category,
		                        .offset = request->offset,
		                        .limit = request->limit };
	sc_search_result found = { 0 };
	status = shop->search.ops->query(shop->search.ctx, call, &query, arena, &found, err);
	if (status != SC_OK)
		return status;
	sc_search_page page = { .total = found.total, .total_is_floor = found.total_is_floor };
	status = load_hits(shop, call, &found, arena, &page, err);
	if (status == SC_OK)
		*out = page;
	return status;
}
