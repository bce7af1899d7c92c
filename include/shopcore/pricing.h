/*
 * What a cart costs, exactly, and why.
 *
 * A price is a pure function: lines, promotions, taxes, shipping, fees, a policy and a time go in, a
 * breakdown comes out. Nothing here reads a store or a clock, so the same input always gives the same
 * cents, and a stored order can be priced again under other rules.
 *
 *     sc_price_request request = SC_PRICE_REQUEST_INIT;
 *     memcpy(request.currency, "EUR", 4);
 *     request.lines = lines;
 *     request.line_count = 2;
 *     sc_breakdown total;
 *     if (sc_price(&request, &arena, &total, &err) == SC_OK)
 *             show(total.total_gross);
 *
 * Amounts are minor units of one currency in int64_t, at most SC_AMOUNT_MAX each. Rates are counted in
 * millionths of a percent (SC_RATE_PERCENT is one percent). How halves are rounded, how odd cents are
 * shared out and on which level tax is rounded is the policy; docs/guide/pricing.md names the presets
 * that reproduce well-known shops.
 */
#ifndef SHOPCORE_PRICING_H
#define SHOPCORE_PRICING_H

#include <shopcore/arena.h>
#include <shopcore/json.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** One percent, and one whole, in the unit of every rate here. */
#define SC_RATE_PERCENT 1000000LL
#define SC_RATE_ONE     100000000LL
/** No single tax or discount rate is above this: 100 %. */
#define SC_RATE_MAX SC_RATE_ONE
/** The rates of one line together are not above this: 1,000 %. */
#define SC_RATE_SUM_MAX (10 * SC_RATE_ONE)

/** How many of each a request may have. */
#define SC_PRICE_LINES_MAX      10000
#define SC_PRICE_PROMOTIONS_MAX 1000
#define SC_PRICE_RATES_MAX      16 /* on one line, shipping or fee */
#define SC_PRICE_SHIPPING_MAX   100
#define SC_PRICE_FEES_MAX       100
#define SC_PRICE_TAXES_MAX      256 /* different rates in one request */
/** All listed prices together, in minor units. One amount is at most SC_AMOUNT_MAX. */
#define SC_PRICE_TOTAL_MAX 400000000000000000LL

/** Where a fraction of a minor unit goes. */
typedef enum sc_price_rounding {
	SC_PRICE_HALF_UP = 0, /* ties towards plus infinity */
	SC_PRICE_HALF_AWAY,   /* ties away from zero */
	SC_PRICE_HALF_EVEN,
	SC_PRICE_DOWN, /* towards zero */
	SC_PRICE_UP    /* away from zero */
} sc_price_rounding;

/** Whether a discount is rounded and shared out as a positive amount, or as the negative one it is. */
typedef enum sc_price_sign { SC_PRICE_POSITIVE = 0, SC_PRICE_SIGNED } sc_price_sign;

/** Who gets the odd units when an amount is shared out. */
typedef enum sc_price_allocation {
	SC_PRICE_LARGEST_REMAINDER = 0, /* all floored; one each to the largest fractions, ties to the first */
	SC_PRICE_FLOOR_THEN_FIRST,      /* all floored; one each from the first on */
	SC_PRICE_FLOOR_THEN_LAST,       /* all floored; one each from the last back */
	SC_PRICE_ROUND_THEN_FIRST,      /* each rounded; the first takes the difference */
	SC_PRICE_LAST_GETS_REST         /* each rounded but the last, which takes what is left */
} sc_price_allocation;

/** By what an amount is shared out: the prices as listed, or with tax added. */
typedef enum sc_price_weights { SC_PRICE_WEIGHTS_LISTED = 0, SC_PRICE_WEIGHTS_GROSS } sc_price_weights;

/** What tax is computed and rounded on. */
typedef enum sc_price_tax_level { SC_PRICE_TAX_LINE = 0, SC_PRICE_TAX_UNIT, SC_PRICE_TAX_ORDER } sc_price_tax_level;

/** Which part of an inclusive price is rounded; the other is the difference. */
typedef enum sc_price_split { SC_PRICE_SPLIT_NET = 0, SC_PRICE_SPLIT_TAX } sc_price_split;

/** Several rates on one line: rounded once as a sum, or each for itself. */
typedef enum sc_price_combine { SC_PRICE_COMBINE_SUM = 0, SC_PRICE_COMBINE_EACH } sc_price_combine;

/** The arithmetic of a shop. All zero is the default: the first word of each list above. */
typedef struct sc_price_policy {
	sc_price_rounding rounding;
	sc_price_sign discount_sign;
	sc_price_allocation allocation;
	sc_price_weights weights;
	sc_price_tax_level tax_level;
	sc_price_split inclusive_split;
	sc_price_combine tax_combine;
	uint32_t reserved;
} sc_price_policy;

/** A named value of a line that promotions may ask for. */
typedef struct sc_price_attribute {
	const char *name, *value;
} sc_price_attribute;

/** A list of texts, any of which will do; an empty one means all. */
typedef struct sc_price_texts {
	const char *const *items;
	size_t count;
} sc_price_texts;

/** One line of what is bought. Everything it points at is borrowed for the call. */
typedef struct sc_price_line {
	const char *id; /* NULL: the SKU. No two lines have the same */
	const char *sku;
	int64_t unit_price;       /* of one; with tax if `tax_inclusive` */
	int64_t quantity;         /* 0 is allowed and costs nothing */
	const int64_t *tax_rates; /* none: untaxed */
	size_t tax_rate_count;
	bool tax_inclusive;
	bool already_discounted;  /* on sale; promotions may pass it over */
	bool tax_compound;        /* each rate is on top of those before it, instead of beside them */
	bool tax_exempt;          /* exempt or reverse charge: the rates only serve to take tax out of the price */
	int64_t floor_unit_price; /* promotions never go below this for a unit; 0: none */
	const char *category, *brand, *seller; /* for filters; NULL: none */
	const sc_price_attribute *attributes;
	size_t attribute_count;
	sc_price_texts categories; /* further ones beside `category` */
} sc_price_line;

typedef enum sc_price_tax_mode {
	SC_PRICE_TAX_OWN = 0,
	SC_PRICE_TAX_WEIGHTED /* the mean of the lines' rates, weighted by what the lines cost */
} sc_price_tax_mode;

/** One shipment's price. */
typedef struct sc_price_shipping {
	const char *code;
	int64_t amount;
	const int64_t *tax_rates; /* with SC_PRICE_TAX_OWN */
	size_t tax_rate_count;
	bool tax_inclusive;
	sc_price_tax_mode tax_mode;
	uint64_t reserved[2];
} sc_price_shipping;

/** A fee, or with a negative amount a credit: never discounted, taxed by its own rates. */
typedef struct sc_price_fee {
	const char *code;
	int64_t amount;
	const int64_t *tax_rates;
	size_t tax_rate_count;
	bool tax_inclusive;
	uint64_t reserved[2];
} sc_price_fee;

typedef enum sc_promotion_type {
	SC_PROMOTION_PERCENTAGE = 0,
	SC_PROMOTION_FIXED,       /* `value` minor units off */
	SC_PROMOTION_FIXED_PRICE, /* what it is about costs `value` */
	SC_PROMOTION_FREE,
	SC_PROMOTION_BUY_X_GET_Y, /* `value` percent off what is got */
	SC_PROMOTION_BUNDLE       /* one of each of `skus` together cost `value`, as often as they fit */
} sc_promotion_type;

typedef enum sc_promotion_target {
	SC_PROMOTION_ITEMS = 0,
	SC_PROMOTION_ORDER, /* all lines together */
	SC_PROMOTION_SHIPPING,
	SC_PROMOTION_ORDER_AND_SHIPPING
} sc_promotion_target;

typedef enum sc_promotion_allocation {
	SC_PROMOTION_DEFAULT = 0, /* each_unit on items, across on everything else */
	SC_PROMOTION_EACH_UNIT,
	SC_PROMOTION_EACH_LINE,
	SC_PROMOTION_ACROSS,
	SC_PROMOTION_CHEAPEST_UNIT_ONCE
} sc_promotion_allocation;

typedef enum sc_promotion_base {
	SC_PROMOTION_RUNNING = 0, /* what the promotions before it left */
	SC_PROMOTION_ORIGINAL     /* the prices before any promotion */
} sc_promotion_base;

/** What a minimum subtotal looks at: prices before any promotion, or after those that came before. */
typedef enum sc_promotion_basis { SC_PROMOTION_BASIS_ORIGINAL = 0, SC_PROMOTION_BASIS_DISCOUNTED } sc_promotion_basis;

typedef enum sc_promotion_choice { SC_PROMOTION_DEAREST = 0, SC_PROMOTION_CHEAPEST } sc_promotion_choice;

/** From `from` units or minor units on, `value` takes the place of the promotion's own. */
typedef struct sc_promotion_tier {
	int64_t from, value;
} sc_promotion_tier;

typedef enum sc_promotion_tiered {
	SC_PROMOTION_NO_TIERS = 0,
	SC_PROMOTION_BY_QUANTITY,
	SC_PROMOTION_BY_SUBTOTAL
} sc_promotion_tiered;

/** What must be true before a promotion applies. Zero or NULL: not asked. */
typedef struct sc_promotion_conditions {
	int64_t min_subtotal, min_quantity;
	const char *contains_sku;
	sc_promotion_basis basis;
	bool first_order;
	uint8_t weekdays; /* bit 0 Monday to bit 6 Sunday, of the buyer's local time */
	const char *customer_group, *country;
	int64_t from_ms, until_ms; /* applies from the first, before the second */
	uint64_t reserved[2];
} sc_promotion_conditions;

/** One promotion. Everything it points at is copied by sc_price_rules_new(). */
typedef struct sc_promotion {
	const char *id;
	sc_promotion_type type;
	sc_promotion_target target;
	sc_promotion_allocation allocation;
	sc_promotion_base base;
	int64_t value;        /* a rate for percentages, minor units otherwise */
	int64_t max_quantity; /* units of each line; across and buy X get Y: of all; bundle: bundles. 0: no limit */
	int64_t cap;          /* the most it takes off in all; 0: no cap */
	int32_t priority;     /* higher ones apply first; equal ones as listed */
	bool exclusive;       /* nothing else applies beside it */
	bool exclude_discounted;
	const char *coupon; /* applies only when the buyer gave this code; NULL: automatic */
	const char *group;  /* stacking group, or NULL */
	int64_t group_cap;  /* the most that promotions of its group take off together; 0: no cap */
	sc_price_texts skus, categories, brands, sellers;
	sc_price_attribute attribute; /* name NULL: not asked */
	sc_promotion_conditions conditions;
	sc_price_texts buy_skus, get_skus;
	int64_t buy_quantity, get_quantity, repeats; /* repeats 0: as often as it fits */
	sc_promotion_choice choice;                  /* which of the units that may be got */
	sc_promotion_tiered tiered;
	const sc_promotion_tier *tiers; /* rising */
	size_t tier_count;
	uint64_t reserved[4];
} sc_promotion;

/** Promotions made ready: checked, ordered, indexed. Immutable, so any number of threads may share one. */
typedef struct sc_price_rules sc_price_rules;

/** Who buys, for conditions. */
typedef struct sc_price_buyer {
	sc_price_texts coupons;
	const char *customer_group, *country;
	bool first_order;
	int32_t utc_offset_s; /* of the local time, for weekdays */
	uint64_t reserved[2];
} sc_price_buyer;

enum {
	SC_PRICE_EXPLAIN = 1u << 0, /* fill `steps` */
	SC_PRICE_BEST = 1u << 1,    /* choose the legal combination of promotions that is best for the buyer */
	SC_PRICE_UNITS = 1u << 2    /* fill each line's `units` */
};

/** Everything a price depends on. Borrowed for the call. */
typedef struct sc_price_request {
	size_t size; /* set by the initialiser */
	char currency[4];
	uint32_t flags;
	sc_price_policy policy;
	const sc_price_line *lines;
	size_t line_count;
	const sc_price_rules *rules; /* NULL: no promotions */
	const sc_price_shipping *shipping;
	size_t shipping_count;
	const sc_price_fee *fees;
	size_t fee_count;
	int64_t time_ms; /* when, for time windows */
	sc_price_buyer buyer;
} sc_price_request;

#define SC_PRICE_REQUEST_INIT             \
	{                                 \
		sizeof(sc_price_request), \
		{                         \
			0                 \
		}                         \
	}

/** `count` units in a row that got the same discount. */
typedef struct sc_price_run {
	int64_t count, discount; /* discount of each of them */
} sc_price_run;

/** What one line comes to. net + tax = gross; listed price × quantity − discount is one of net and gross. */
typedef struct sc_priced_line {
	const char *id, *sku;         /* borrowed from the request */
	int64_t unit_price, quantity; /* as listed */
	int64_t net, gross, tax;
	int64_t discount;          /* in listed prices */
	const sc_price_run *units; /* with SC_PRICE_UNITS: first unit first; NULL otherwise */
	size_t unit_runs;
} sc_priced_line;

/** What one shipment, or one fee, comes to. */
typedef struct sc_priced_charge {
	const char *code;
	int64_t net, gross, tax, discount;
} sc_priced_charge;

/** Why a promotion did not apply. */
typedef enum sc_promotion_reason {
	SC_PROMOTION_APPLIED = 0,
	SC_PROMOTION_NO_COUPON,
	SC_PROMOTION_MIN_SUBTOTAL, /* wanted and available are filled in, as for the next */
	SC_PROMOTION_MIN_QUANTITY,
	SC_PROMOTION_SKU_MISSING,
	SC_PROMOTION_NOT_FIRST_ORDER,
	SC_PROMOTION_OTHER_GROUP,
	SC_PROMOTION_OTHER_COUNTRY,
	SC_PROMOTION_TOO_EARLY,
	SC_PROMOTION_TOO_LATE,
	SC_PROMOTION_OTHER_WEEKDAY,
	SC_PROMOTION_NOT_ENOUGH_BOUGHT, /* buy X get Y: too few units */
	SC_PROMOTION_NOTHING_MATCHES,   /* no line or shipment passes its filters */
	SC_PROMOTION_NOTHING_LEFT, /* what it is about is at zero, or at its floor, or the group's cap is used up */
	SC_PROMOTION_EXCLUDED,     /* an exclusive one applied, or this one is exclusive and came later */
	SC_PROMOTION_NOT_CHOSEN    /* SC_PRICE_BEST found a better combination without it */
} sc_promotion_reason;

/** What a promotion took off one line or shipment. */
typedef struct sc_promotion_share {
	bool is_shipping;
	uint32_t index; /* into lines or shipping */
	int64_t amount; /* positive */
} sc_promotion_share;

typedef struct sc_priced_promotion {
	const char *id; /* borrowed from the rules */
	sc_promotion_reason reason;
	int64_t wanted, available; /* by how much a condition was missed */
	int64_t discount;
	const sc_promotion_share *shares;
	size_t share_count;
} sc_priced_promotion;

/** All that was taxed at one rate. */
typedef struct sc_priced_tax {
	int64_t rate; /* in SC_RATE_PERCENT; of a weighted shipping tax the nearest */
	int64_t base; /* net */
	int64_t amount;
} sc_priced_tax;

typedef enum sc_price_part {
	SC_PRICE_PART_LINE = 0,
	SC_PRICE_PART_SHIPPING,
	SC_PRICE_PART_FEE,
	SC_PRICE_PART_ORDER
} sc_price_part;

typedef enum sc_price_step_kind {
	SC_PRICE_STEP_PRICE = 0, /* unit price × quantity */
	SC_PRICE_STEP_DISCOUNT,  /* a promotion's amount, before it is shared out */
	SC_PRICE_STEP_SHARE,     /* a part's share of a promotion; these add up to the part's discount */
	SC_PRICE_STEP_NET,       /* an inclusive price without its tax */
	SC_PRICE_STEP_TAX
} sc_price_step_kind;

/** Where an amount comes from: `base` × `numerator` / `denominator`, rounded as the step says. */
typedef struct sc_price_step {
	sc_price_step_kind kind;
	sc_price_part part;
	uint32_t index;    /* which line, shipment or fee */
	int32_t promotion; /* which promotion, or -1 */
	int64_t base, numerator, denominator;
	int64_t amount; /* for all units together */
	int64_t units;  /* how many units came to the same; 1 when it was not worked out unit by unit */
	sc_price_rounding rounding;
	bool rounded;  /* there was a fraction */
	bool adjusted; /* an odd unit, a cap, a floor or the other part of a split made it something else */
} sc_price_step;

/** The answer. Everything it points at lives in the arena, or was borrowed from request and rules. */
typedef struct sc_breakdown {
	char currency[4];
	uint32_t flags;                 /* of the request */
	int64_t items_net, items_gross; /* lines and fees */
	int64_t items_discount;
	int64_t shipping_net, shipping_gross, shipping_discount;
	int64_t discount_total;
	int64_t tax_included; /* tax that was inside listed prices */
	int64_t tax_excluded; /* tax that came on top of them */
	int64_t tax_total;
	int64_t total_net, total_gross;
	const sc_priced_line *lines;
	size_t line_count;
	const sc_priced_charge *shipping;
	size_t shipping_count;
	const sc_priced_charge *fees;
	size_t fee_count;
	const sc_priced_promotion *promotions; /* as the rules listed them */
	size_t promotion_count;
	const sc_priced_tax *taxes; /* by rate, lowest first; untaxed amounts are not listed */
	size_t tax_count;
	const sc_price_step *steps; /* with SC_PRICE_EXPLAIN */
	size_t step_count;
	uint64_t reserved[4];
} sc_breakdown;

/**
 * Make promotions ready for use. Do it once, not for every price.
 *
 * Ownership: `promotions` are copied; free the result with sc_price_rules_free(). `env` is borrowed while it
 * lives. Threads: any; the result is immutable and may be shared.
 * Returns, in this order: SC_BAD_ARGUMENT for a promotion that makes no sense (err->index says which,
 * err->field what); SC_OVER_LIMIT for more than SC_PRICE_PROMOTIONS_MAX; SC_OUT_OF_RANGE for a number above its
 * limit; SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes another. Since: 0.1.
 */
SC_API sc_status sc_price_rules_new(const sc_env *env, const sc_promotion *promotions, size_t count,
                                    sc_price_rules **out, sc_error *err);

/**
 * Free prepared promotions. Breakdowns made with them must not be read afterwards.
 *
 * Ownership: `rules` is gone; NULL is allowed. Threads: when no other thread uses it any more.
 * Returns: nothing; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API void sc_price_rules_free(sc_price_rules *rules);

/**
 * Price a request, in minor units of its currency.
 *
 * Ownership: the answer lives in `arena` and borrows ids and codes from the request and its rules. Threads: any;
 * the arena belongs to one thread.
 * Returns, in this order: SC_BAD_ARGUMENT for a missing SKU, code or currency or a negative number
 * (err->index, err->field); SC_OVER_LIMIT for too many lines, shipments, fees or rates; SC_OUT_OF_RANGE for an
 * amount, quantity or rate above its limit, or listed prices that add up to more than SC_PRICE_TOTAL_MAX;
 * SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price(const sc_price_request *request, sc_arena *arena, sc_breakdown *out, sc_error *err);

/**
 * Find a policy by the name of its preset, such as "largest_remainder_gross".
 *
 * Ownership: `name` is borrowed for the call; `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_NOT_FOUND. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_policy_preset(const char *name, sc_price_policy *out);

/**
 * Name the presets one after the other, from index 0 on.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or NULL behind the last.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_price_policy_name(size_t index);

/**
 * Share an amount of minor units out by weights. The shares of a negative amount are those of the positive one,
 * negated. When all weights are 0 everybody counts alike; only SC_PRICE_ROUND_THEN_FIRST then gives nothing to anybody.
 *
 * Ownership: `weights` is borrowed for the call; `shares` has room for `count` and does not overlap it; `arena` lends
 * scratch. Threads: any; the arena belongs to one thread.
 * Returns, in this order: SC_BAD_ARGUMENT for no weights, a negative one or an unknown method; SC_OUT_OF_RANGE for an
 * amount, or weights that add up to, above SC_PRICE_TOTAL_MAX; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_share(int64_t amount, const int64_t *weights, size_t count, sc_price_allocation method,
                                sc_arena *arena, int64_t *shares, sc_error *err);

/**
 * Tell what `quantity` units of a line really cost, in minor units with tax, when `returned` of its units were given
 * back before. However a line is given back in parts, the parts add up to what it cost.
 *
 * Ownership: `order` is borrowed for the call and was made with SC_PRICE_UNITS; `out` is written on SC_OK only.
 * Threads: any. Returns, in this order: SC_BAD_ARGUMENT for no such line, a negative number or an order without
 * units; SC_OUT_OF_RANGE for more units than the line has left; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_units_paid(const sc_breakdown *order, size_t line, int64_t returned, int64_t quantity,
                                     int64_t *out, sc_error *err);

/** The same cart under two sets of rules, and what the second costs more, in minor units. */
typedef struct sc_price_comparison {
	sc_breakdown before, after;
	int64_t net, tax, gross, discount; /* after less before */
} sc_price_comparison;

/**
 * Price two requests and tell the difference: the same lines with other promotions, taxes or another policy.
 *
 * Ownership: as sc_price(), of both. Threads: any; the arena belongs to one thread.
 * Returns: what sc_price() answers to the first request and then to the second; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_compare(const sc_price_request *before, const sc_price_request *after, sc_arena *arena,
                                  sc_price_comparison *out, sc_error *err);

/**
 * Write how a price came about, as lines of text that a shop assistant can read.
 *
 * Ownership: `breakdown` is borrowed for the call and was made with SC_PRICE_EXPLAIN; the text, with a NUL that its
 * size does not count, lives in `arena`. Threads: any; the arena belongs to one thread.
 * Returns: SC_OK, SC_BAD_CURRENCY, or SC_NO_MEMORY. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_explain(const sc_breakdown *breakdown, sc_arena *arena, sc_bytes *out, sc_error *err);

/**
 * Write a breakdown as one JSON object, as a value: totals, lines, promotions with their reasons, taxes, shipping,
 * fees, and with SC_PRICE_EXPLAIN the explanation, as steps and as text.
 *
 * Ownership: everything is borrowed for the call; `arena` is the writer's, and lends scratch. Threads: one at a time on
 * one writer. Returns: nothing; the status comes with sc_json_finish(). Idempotent: no, each call writes once.
 * Since: 0.1.
 */
SC_API void sc_breakdown_write_json(sc_json_writer *writer, const sc_breakdown *breakdown, sc_arena *arena);

/**
 * Price one JSON document: a pricing document, an `allocate` document, or an `order` with `refund` or `what_if`, as
 * docs/guide/pricing.md describes them. The answer is one JSON object without a newline. Flags:
 * SC_PRICE_EXPLAIN adds `explanation` to it, SC_PRICE_BEST chooses the best combination of promotions.
 *
 * Ownership: `document` is borrowed for the call; the answer lives in `arena`. Threads: any; the arena belongs
 * to one thread.
 * Returns, in this order: SC_BAD_FORMAT for what is no JSON, an unknown or doubled key, a wrong type or an unknown
 * word (err->field is a JSON pointer to the place); SC_OVER_LIMIT, SC_OUT_OF_RANGE, SC_BAD_CURRENCY and
 * SC_BAD_ARGUMENT as sc_price() does, with the same pointer; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_document(sc_bytes document, uint32_t flags, sc_arena *arena, sc_bytes *out, sc_error *err);

SC_END_DECLS

#endif
