/*
 * The combination of promotions that is best for the buyer.
 *
 * Up to 12 promotions every combination is priced, so the answer is exact. Beyond that the search adds,
 * one at a time, the promotion that lowers the total most, then tries to drop or swap one: quick, and
 * never worse than any single promotion. Between combinations that cost the same the one with fewer
 * promotions wins, then the one listed first.
 */
#include "pricing/price.h"

#include "base/error.h"

#include <string.h>

#define EXACT_MAX 12

typedef struct search {
	sc__pricing *p;
	bool *tried, *best;
	size_t count;
	int64_t best_total;
	size_t best_size;
} search;

static sc_status try_mask(search *s, bool *better, sc_error *err)
{
	sc__taxes out;
	size_t size = 0;

	sc__price_restart(s->p);
	const sc_status status = sc__price_try(s->p, s->tried, &out, err);
	for (size_t i = 0; i < s->count; i++)
		size += s->tried[i] && s->p->promotions[i].reason == SC_PROMOTION_APPLIED ? 1 : 0;
	const int64_t total = out.items_gross + out.shipping_gross;
	*better = status == SC_OK &&
	          (s->best_total < 0 || total < s->best_total || (total == s->best_total && size < s->best_size));
	if (*better) {
		s->best_total = total;
		s->best_size = size;
		memcpy(s->best, s->tried, s->count * sizeof(*s->best));
	}
	return status;
}

static sc_status try_all(search *s, sc_error *err)
{
	for (uint32_t bits = 0; bits < 1u << s->count; bits++) {
		bool better;

		for (size_t i = 0; i < s->count; i++)
			s->tried[i] = (bits >> i & 1) != 0;
		const sc_status status = try_mask(s, &better, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* Flips each promotion in turn and keeps what is better, until nothing is. */
static sc_status climb(search *s, sc_error *err)
{
	bool better = true;

	for (size_t round = 0; better && round <= s->count; round++) {
		better = false;
		for (size_t i = 0; i < s->count; i++) {
			bool found;

			memcpy(s->tried, s->best, s->count * sizeof(*s->tried));
			s->tried[i] = !s->tried[i];
			const sc_status status = try_mask(s, &found, err);
			if (status != SC_OK)
				return status;
			better = better || found;
		}
	}
	return SC_OK;
}

/* From nothing, from everything, and from each promotion alone. */
static sc_status try_some(search *s, sc_error *err)
{
	bool better;
	sc_status status = SC_OK;

	for (size_t i = 0; i < s->count && status == SC_OK; i++) {
		memset(s->tried, 0, s->count * sizeof(*s->tried));
		s->tried[i] = true;
		status = try_mask(s, &better, err);
	}
	memset(s->tried, 1, s->count * sizeof(*s->tried));
	if (status == SC_OK)
		status = try_mask(s, &better, err);
	return status == SC_OK ? climb(s, err) : status;
}

sc_status sc__price_best(sc__pricing *p, bool **mask, sc_error *err)
{
	const size_t count = p->request->rules->count;
	bool *memory = sc_arena_zalloc(p->arena, 2 * count * sizeof(*memory) + 1);
	search s = { .p = p, .count = count, .best_total = -1 };

	if (memory == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the search");
	s.tried = memory;
	s.best = memory + count;
	const sc_status status = count <= EXACT_MAX ? try_all(&s, err) : try_some(&s, err);
	*mask = s.best;
	return status;
}
