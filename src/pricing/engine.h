/*
 * What the steps of one pricing share: the parts of the order, and the marks the promotions leave.
 *
 * A part is a line or a shipment; promotions treat both alike. What a promotion took off a part is
 * known at once, but how it lies on the part's units is only worked out when somebody asks (tax by
 * unit, a promotion by unit, refund shares): until then it waits as a pending share.
 */
#ifndef SC_PRICING_ENGINE_H
#define SC_PRICING_ENGINE_H

#include "pricing/rules.h"
#include "pricing/share.h"
#include "pricing/tax.h"

#define SC__NO_SHARE UINT32_MAX

/* Units in a row with the same price left. */
typedef struct sc__run {
	int64_t count, left;
} sc__run;

typedef struct sc__part {
	int64_t unit_price, quantity;
	int64_t listed; /* unit_price × quantity */
	int64_t left;   /* less what promotions took */
	int64_t floor;  /* promotions leave at least this */
	int64_t unit_floor;
	int64_t rate;     /* of all its taxes together */
	int64_t reserved; /* units that earned something: buy X get Y */
	sc__run only;     /* the units, while run_count is 1 */
	size_t runs;      /* else they are run_count runs from here in the pool */
	size_t run_count;
	uint32_t pending; /* first share that is not in the runs yet */
	uint32_t last_pending;
	bool inclusive;
	bool discounted;    /* already on sale */
	uint64_t unused[2]; /* makes it a power of two: parts are found by number */
} sc__part;

/* How a promotion's share lies on the units of its part. */
typedef struct sc__spread {
	int64_t skip, units; /* over `units` units, behind the first `skip` */
	uint32_t next;       /* the part's next pending share */
} sc__spread;

typedef struct sc__pricing {
	const sc_price_request *request;
	sc_arena *arena;
	sc_price_policy policy;
	unsigned rounding;          /* of net and tax */
	unsigned discount_rounding; /* of a discount's magnitude */
	sc__sharing sharing;        /* of promotions */

	sc__part *parts; /* lines, then shipments */
	size_t line_count, part_count;
	int64_t listed; /* all lines, before and after promotions */
	int64_t left;
	int64_t units; /* in all lines */

	sc_priced_promotion *promotions; /* as the rules list them */
	size_t *first_share;             /* of each promotion */
	int64_t *group_used;
	sc_promotion_share *shares;
	sc__spread *spreads; /* one for each share */
	size_t share_count, share_room;
	bool spread; /* some units of a part may differ from others */
	sc__run *pool;
	size_t pool_count, pool_room;
	int64_t *unit_scratch;
	size_t unit_scratch_room;

	/* scratch, one for each part */
	uint32_t *picked;
	int64_t *takes, *bases, *weights, *rooms, *unit_counts, *skips;
	sc__cut *cuts;

	/* the answer's arrays */
	sc_priced_line *lines;
	sc_priced_charge *shipping, *fees;
	sc_priced_tax *tax_rows;

	sc__taxed *taxed; /* of each line, for tax by order; NULL until needed */
	char *deals;      /* scratch of buy X get Y; NULL until needed */

	sc_price_step *steps;
	size_t step_count, step_room;
	bool explain;
} sc__pricing;

/* units.c */

/* Works the pending shares of a part into its runs. False: no memory. */
bool sc__units_settle_pending(sc__pricing *p, sc__part *part);

static inline bool sc__units_settle(sc__pricing *p, sc__part *part)
{
	return part->pending == SC__NO_SHARE || sc__units_settle_pending(p, part);
}

/* The runs of a settled part; valid until the pool grows. */
static inline sc__run *sc__units_of(sc__pricing *p, sc__part *part)
{
	return part->run_count == 1 ? &part->only : p->pool + part->runs;
}

/* Notes that share `at` is still to be laid on its part's units. */
static inline void sc__units_postpone(sc__pricing *p, sc__part *part, uint32_t at, int64_t skip, int64_t units)
{
	sc__spread *spreads = p->spreads;

	spreads[at] = (sc__spread){ skip, units, SC__NO_SHARE };
	if (part->pending == SC__NO_SHARE)
		part->pending = at;
	else
		spreads[part->last_pending].next = at;
	part->last_pending = at;
}

/* A larger array in place of a full one. NULL: no memory. */
void *sc__grow(sc_arena *arena, const void *old, size_t used, size_t *room, size_t item_size);

/* conditions.c */

/* SC_PROMOTION_APPLIED when all hold; else which one does not, and by how much. */
sc_promotion_reason sc__conditions_check(const sc__pricing *p, const sc__rule *rule, sc_priced_promotion *out);

/* promote.c */

/* Applies the promotions of `mask` (NULL: all) in their order. False: no memory. */
bool sc__promote(sc__pricing *p, const sc_price_rules *rules, const bool *mask);

/* takes.c: what one promotion takes off each part it picked, before caps */

/* In unit_counts: every unit loses what sc__unit_take() says, which skips holds when all are alike. */
#define SC__BY_UNIT (-1)

typedef struct sc__taking {
	const sc_promotion *promotion;
	sc_promotion_allocation allocation;
	int64_t value;  /* the promotion's own, or its tier's */
	size_t count;   /* parts in p->picked: lines first */
	bool across;    /* one amount was shared out */
	int64_t base;   /* what that amount was worked out on */
	int64_t amount; /* and what it came to; for order and shipping that of the lines */
	int64_t weights_total;
} sc__taking;

/* Fills takes, bases, unit_counts and skips of each picked part. False: no memory. */
bool sc__takes(sc__pricing *p, sc__taking *taking);
/* What one unit loses that has `left` of its price left. */
int64_t sc__unit_take(const sc__pricing *p, const sc__taking *taking, const sc__part *part, int64_t left);
/* Shares an amount out over picked parts by their bases, into takes. Returns what the weights add up to. */
int64_t sc__share_over_parts(sc__pricing *p, int64_t amount, size_t from, size_t count);

/* bundles.c: the same for promotions that tie units of several lines together */

sc_promotion_reason sc__buy_get(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out, bool *no_memory);
sc_promotion_reason sc__bundle(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out);

/* taxes.c */

typedef struct sc__taxes {
	sc_priced_tax *items; /* by rate, lowest first */
	size_t count;
} sc__taxes;

/* Net, tax and gross of every line, shipment and fee, and the totals; fees last. NO_MEMORY, or OVER_LIMIT for too
 * many different rates. */
sc_status sc__tax_lines(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err);
sc_status sc__tax_shipping(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err);
sc_status sc__tax_fees(sc__pricing *p, sc_breakdown *out, sc__taxes *taxes, sc_error *err);

/* explain.c: each adds steps; false: no memory */

bool sc__explain_unit(sc__pricing *p, const sc__taking *taking, uint32_t part, size_t promotion, const sc__run *run,
                      int64_t take);
bool sc__explain_amount(sc__pricing *p, const sc__taking *taking, size_t promotion, bool capped);
bool sc__explain_share(sc__pricing *p, const sc__taking *taking, size_t k, size_t promotion);
bool sc__explain_tax(sc__pricing *p, const sc__taxable *what, sc_price_part kind, size_t index, const sc__part *part,
                     const sc__taxed *taxed);
bool sc__explain_prices(sc__pricing *p);

#endif
