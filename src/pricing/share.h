/*
 * Sharing an amount out so that the shares add up to it exactly.
 */
#ifndef SC_PRICING_SHARE_H
#define SC_PRICING_SHARE_H

#include <shopcore/pricing.h>

typedef struct sc__sharing {
	sc_price_allocation method;
	unsigned rounding; /* of ROUND_THEN_FIRST and LAST_GETS_REST shares */
	bool ties_to_last; /* of largest remainders: the amount is a negative one */
} sc__sharing;

/* What was cut off a share: scratch of sc__share_out(). */
typedef struct sc__cut {
	uint64_t rest;
	uint32_t index;
} sc__cut;

/*
 * Give each of `count` its share of `amount` by weight, never more than its room. All are 0 or more; `total`
 * is what the weights add up to; rooms may be NULL for no limit. With weights that are all 0 everybody counts alike,
 * but with ROUND_THEN_FIRST nobody gets anything. `cuts` is scratch for `count` of them. Returns what
 * nobody got.
 */
int64_t sc__share_out(int64_t amount, const int64_t *weights, int64_t total, const int64_t *rooms, size_t count,
                      const sc__sharing *how, sc__cut *cuts, int64_t *shares);

/* Largest rest first, equal ones by index. */
void sc__sort_cuts(sc__cut *cuts, size_t count);

/* Sharing over units that come in runs of equal ones: `count` units, each with `weight`. */
typedef struct sc__unit_run {
	int64_t count, weight;
} sc__unit_run;

/* Each unit of run i gets low[i]; extra[i] of them get one more: the first of the run, or its last. The amount is at
 * most what the units weigh together, which is not 0. `rests` is scratch. */
void sc__share_over_units(int64_t amount, const sc__unit_run *runs, size_t count, const sc__sharing *how,
                          uint64_t *rests, int64_t *low, int64_t *extra);

/* Whether the units of a run that get one more are its last. */
bool sc__extra_is_last(const sc__sharing *how);

#endif
