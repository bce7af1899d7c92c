/*
 * What the steps of one pricing share: the parts of the order, and the marks the promotions leave.
 *
 * A part is a line or a shipment; promotions treat both alike. What a promotion took off a part is
 * known at once, but how it lies on the part's units is only worked out when somebody asks (tax by
 * unit, a promotion by unit, refund shares): until then the share waits in the list of all shares.
 */
#ifndef SC_PRICING_ENGINE_H
#define SC_PRICING_ENGINE_H

#include "pricing/rules.h"
#include "pricing/share.h"
#include "pricing/tax.h"

/* Units in a row with the same price left. */
typedef struct sc__run {
	int64_t count, left;
} sc__run;

typedef struct sc__part {
	int64_t unit_price, quantity;
	int64_t listed; /* unit_price × quantity */
	int64_t floor;  /* promotions leave at least this */
	int64_t unit_floor;
	int64_t rate;     /* of all its taxes together */
	int64_t reserved; /* units that earned something: buy X get Y */
	sc__run only;     /* the units, while run_count is 1 */
	size_t runs;      /* else they are run_count runs from here in the pool */
	size_t run_count;
	bool inclusive;
	bool one_rate;      /* exactly one, and not exempt */
	uint64_t unused[4]; /* makes it a power of two: parts are found by number */
} sc__part;

/* The units of a claim or a share when it is taken unit by unit, off the runs themselves. */
#define SC__BY_UNIT (-1)

/* How a promotion's share lies on the units of its part: over `units` units, behind the first `skip`. */
typedef struct sc__spread {
	int64_t skip, units;
} sc__spread;

/* What a promotion is to take off one part; how much it is stands in takes. */
typedef struct sc__claim {
	uint32_t part;
	int64_t base; /* what the amount is worked out on */
	sc__spread spread;
} sc__claim;

typedef struct sc__pricing {
	const sc_price_request *request;
	sc_arena *arena;
	sc_price_policy policy;
	unsigned rounding;                           /* of net and tax */
	unsigned discount_rounding;                  /* of a discount's magnitude */
	sc__rate_rounding at_rate, discount_at_rate; /* the same, made ready */
	sc__sharing sharing;                         /* of promotions */

	sc__part *parts; /* lines, then shipments */
	int64_t *lefts;  /* of each: listed, less what promotions took */
	size_t line_count, part_count;
	int64_t listed; /* all lines, before and after promotions */
	int64_t left;
	int64_t units; /* in all lines */
	bool floors;   /* some line has one */

	sc_priced_promotion *promotions; /* as the rules list them */
	size_t *first_share;             /* of each promotion */
	int64_t *group_used;
	sc_promotion_share *shares;
	sc__spread *spreads; /* one for each share */
	size_t share_count, share_room;
	size_t settled; /* the shares before this one are in the runs */
	sc__run *pool;
	size_t pool_count, pool_room;
	int64_t *unit_scratch;
	size_t unit_scratch_room;

	/* scratch, one for each part */
	sc__claim *claims;
	int64_t *takes, *weights, *rooms;
	sc__cut *cuts;

	/* the answer's arrays */
	sc_priced_line *lines;
	sc_priced_charge *shipping, *fees;
	sc_priced_tax *tax_rows;
	sc__divisor *tax_inside; /* one for each row */

	sc__taxed *taxed; /* of each line, for tax by order; NULL until needed */
	char *deals;      /* scratch of buy X get Y; NULL until needed */

	sc_price_step *steps;
	size_t step_count, step_room;
	bool explain;
} sc__pricing;

/* units.c */

/* Lays the shares that wait on the units of their parts. False: no memory. */
bool sc__units_settle_waiting(sc__pricing *p);

static inline bool sc__units_settle(sc__pricing *p)
{
	return p->settled == p->share_count || sc__units_settle_waiting(p);
}

/* The runs of a part, once all is settled; valid until the pool grows. */
static inline sc__run *sc__units_of(sc__pricing *p, sc__part *part)
{
	return part->run_count == 1 ? &part->only : p->pool + part->runs;
}

/* A larger array in place of a full one. NULL: no memory. */
void *sc__grow(sc_arena *arena, const void *old, size_t used, size_t *room, size_t item_size);

/* conditions.c */

/* SC_PROMOTION_APPLIED when all hold; else which one does not, and by how much. */
sc_promotion_reason sc__conditions_check(const sc__pricing *p, const sc__rule *rule, sc_priced_promotion *out);

/* promote.c */

/* Applies the promotions of `mask` (NULL: all) in their order. False: no memory. */
bool sc__promote(sc__pricing *p, const sc_price_rules *rules, const bool *mask);
/* Whether a promotion is about a line. */
bool sc__rule_matches(const sc__rule *rule, const sc_price_line *line);

/* plain.c: applies a plain rule; there is room for its shares. False: no memory. */
bool sc__plain(sc__pricing *p, const sc__rule *rule, sc_priced_promotion *out);

/* takes.c: what one promotion takes off each part it picked, before caps */

typedef struct sc__taking {
	const sc_promotion *promotion;
	int64_t value;  /* the promotion's own, or its tier's */
	size_t count;   /* parts in p->claims: lines first */
	bool across;    /* one amount was shared out ... */
	bool capped;    /* ... which is a cap */
	int64_t base;   /* what that amount was worked out on */
	int64_t amount; /* and what it came to; for order and shipping that of the lines */
	int64_t weights_total;
} sc__taking;

/* Fills the claim of each picked part, and takes. False: no memory. */
bool sc__takes(sc__pricing *p, sc_promotion_allocation allocation, sc__taking *taking);
/* Shares an amount out over all claims by their bases. */
void sc__take_shares(sc__pricing *p, sc__taking *taking, int64_t amount);

/* bundles.c: the same for promotions that tie units of several lines together */

sc_promotion_reason sc__buy_get(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out, bool *no_memory);
sc_promotion_reason sc__bundle(sc__pricing *p, sc__taking *taking, sc_priced_promotion *out);

/* taxes.c */

/* What is taxed so far: by rate, and in all. */
typedef struct sc__taxes {
	sc_priced_tax *rows, *end;      /* lowest rate first */
	sc__divisor *inside;            /* divides a price that holds a row's tax; made when it is first needed */
	int64_t items_net, items_gross; /* lines and fees */
	int64_t shipping_net, shipping_gross, shipping_discount;
	int64_t included, excluded; /* tax inside of listed prices, and on top of them */
} sc__taxes;

/* Net, tax and gross of every line, shipment and fee; fees last. NO_MEMORY, or OVER_LIMIT for too many different
 * rates. */
sc_status sc__tax_lines(sc__pricing *p, sc__taxes *taxes, sc_error *err);
sc_status sc__tax_shipping(sc__pricing *p, sc__taxes *taxes, sc_error *err);
sc_status sc__tax_fees(sc__pricing *p, sc__taxes *taxes, sc_error *err);

/* What is taxed of a line. */
static inline sc__taxable sc__taxable_line(const sc__pricing *p, size_t i)
{
	const sc_price_line *line = &p->request->lines[i];

	return (sc__taxable){ .rates = line->tax_rates,
		              .rate_count = line->tax_rate_count,
		              .rate = p->parts[i].rate,
		              .inclusive = line->tax_inclusive,
		              .compound = line->tax_compound,
		              .exempt = line->tax_exempt };
}

/* tax_order.c: the tax of every line at SC_PRICE_TAX_ORDER, in p->taxed. NO_MEMORY, or OVER_LIMIT as above. */
sc_status sc__tax_by_order(sc__pricing *p, sc_error *err);

/* explain.c: each adds steps; false: no memory */

/* What a promotion is about to take off its parts. */
bool sc__explain_takes(sc__pricing *p, const sc__taking *taking, int32_t promotion);
bool sc__explain_tax(sc__pricing *p, const sc__taxable *what, sc_price_part kind, size_t index, int64_t amount,
                     int64_t net, const int64_t *each);
bool sc__explain_prices(sc__pricing *p);

#endif
