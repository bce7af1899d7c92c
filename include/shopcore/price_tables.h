/*
 * Where the numbers of a price come from: price lists, tax tables, shipping rates, and prices in another
 * currency.
 *
 * Each function here chooses from rows that the caller holds, says why, and keeps nothing. What they choose is
 * what sc_price() takes: a unit price, tax rates, a shipment's amount.
 */
#ifndef SHOPCORE_PRICE_TABLES_H
#define SHOPCORE_PRICE_TABLES_H

#include <shopcore/pricing.h>

SC_BEGIN_DECLS

/* Price lists */

/** One price of one SKU. NULL or 0 means: for everybody, everywhere, always. Amounts are minor units. */
typedef struct sc_price_entry {
	const char *list; /* the price list's name, for the explanation */
	const char *sku;
	char currency[4];
	const char *customer_group, *channel;
	int64_t from_ms, until_ms; /* from the first, before the second */
	int64_t min_quantity;      /* a tier: for so many units or more */
	int32_t priority;          /* of the list: higher ones win */
	bool sale;
	bool tax_inclusive;
	int64_t amount;     /* of one unit */
	int64_t compare_at; /* what it cost before, to be shown struck through; 0: nothing */
	uint64_t reserved[2];
} sc_price_entry;

/** Who wants how many of what, and when. */
typedef struct sc_price_query {
	const char *sku;
	char currency[4];
	const char *customer_group, *channel;
	int64_t quantity, time_ms;
	int64_t override_amount;     /* with a reason: this line's own price */
	const char *override_reason; /* NULL: no override */
} sc_price_query;

/** What became of an entry. */
typedef enum sc_price_verdict {
	SC_PRICE_CHOSEN = 0,
	SC_PRICE_OTHER_SKU,
	SC_PRICE_OTHER_CURRENCY,
	SC_PRICE_OTHER_GROUP,
	SC_PRICE_OTHER_CHANNEL,
	SC_PRICE_NOT_YET,
	SC_PRICE_OVER,
	SC_PRICE_TOO_FEW,       /* the tier begins with more units */
	SC_PRICE_LESS_SPECIFIC, /* another one is for this very group or channel */
	SC_PRICE_LOWER_PRIORITY,
	SC_PRICE_LOWER_TIER,
	SC_PRICE_DEARER,
	SC_PRICE_LISTED_LATER,
	SC_PRICE_OVERRIDDEN
} sc_price_verdict;

typedef struct sc_price_choice {
	int32_t entry; /* which one; -1: the override */
	int64_t unit_price;
	int64_t compare_at; /* 0: none, or not above the price */
	bool on_sale, tax_inclusive;
	const char *reason;               /* of the override, or NULL */
	const sc_price_verdict *verdicts; /* one for each entry */
} sc_price_choice;

/**
 * Choose the price of a SKU: of those that apply, the one for this very customer group and channel, then the list
 * of the highest priority, then the highest tier reached, then the lowest, then the first listed.
 *
 * Ownership: `entries` and `query` are borrowed for the call, the override's reason for as long as `out` is read;
 * the verdicts live in `arena`. Threads: any; the arena belongs to one thread.
 * Returns, in this order: SC_BAD_ARGUMENT for a query without SKU or with a negative override; SC_NO_MEMORY;
 * SC_NOT_FOUND when no entry applies; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_choose(const sc_price_entry *entries, size_t count, const sc_price_query *query,
                                 sc_arena *arena, sc_price_choice *out, sc_error *err);

/* Tax tables */

/** One tax of one place. NULL means: everywhere, or for every class. */
typedef struct sc_tax_rule {
	const char *country, *region, *postal_prefix;
	const char *tax_class;
	int64_t rate;   /* in SC_RATE_PERCENT */
	uint32_t level; /* taxes of different levels add up; of one level the most precise rule counts */
	bool compound;  /* on top of the levels below it */
	uint64_t reserved[2];
} sc_tax_rule;

/** Where something is taxed, and for whom. */
typedef struct sc_tax_query {
	const char *country, *region, *postal;
	const char *tax_class;
	const char *home_country; /* the seller's */
	bool exempt;              /* the buyer has a certificate */
	bool business;            /* the buyer gave a valid tax number: abroad the charge is reversed */
} sc_tax_query;

typedef struct sc_tax_choice {
	const int64_t *rates;  /* lowest level first */
	const uint32_t *rules; /* which rule each came from */
	size_t count;
	bool compound, exempt; /* as sc_price_line has them */
} sc_tax_choice;

/**
 * Choose the taxes of a place and class. Of one level the rule with the longest postal prefix counts, then one for
 * the region, then one for the country, then one for everywhere; at the same place one that names the class; then
 * the first listed.
 *
 * Ownership: `rules` and `query` are borrowed for the call; the choice lives in `arena`. Threads: any; the arena
 * belongs to one thread. Returns, in this order: SC_OVER_LIMIT when more than SC_PRICE_RATES_MAX levels apply;
 * SC_NO_MEMORY; SC_OK, also when no rule applies. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_tax_choose(const sc_tax_rule *rules, size_t count, const sc_tax_query *query, sc_arena *arena,
                               sc_tax_choice *out, sc_error *err);

/* Shipping rates */

typedef enum sc_shipping_kind {
	SC_SHIPPING_FLAT = 0,
	SC_SHIPPING_BY_WEIGHT,   /* the first bracket that reaches the weight in grams */
	SC_SHIPPING_BY_SUBTOTAL, /* the first bracket that reaches the subtotal */
	SC_SHIPPING_BY_ITEM      /* `amount` for the first unit, `additional` for each further one */
} sc_shipping_kind;

/** Up to so many grams or minor units, it costs `amount`. */
typedef struct sc_shipping_bracket {
	int64_t up_to, amount;
} sc_shipping_bracket;

/** One way to ship to one place. */
typedef struct sc_shipping_rate {
	const char *code;
	sc_shipping_kind kind;
	const char *country, *region; /* NULL: everywhere */
	int64_t amount, additional;
	int64_t max_units;                   /* by item: further ones are free; 0: none are */
	int64_t free_from;                   /* a subtotal from which it is free; 0: never */
	const sc_shipping_bracket *brackets; /* rising; beyond the last one it is not offered */
	size_t bracket_count;
	uint64_t reserved[2];
} sc_shipping_rate;

/** One shipment: what is in it and where it goes. */
typedef struct sc_shipping_query {
	const char *country, *region;
	int64_t subtotal, weight_g, units;
} sc_shipping_query;

typedef struct sc_shipping_offer {
	uint32_t rate;    /* which one */
	const char *code; /* borrowed from it */
	int64_t amount;
} sc_shipping_offer;

/**
 * List what a shipment costs by every rate that serves its place, cheapest first, equal ones as listed.
 *
 * Ownership: `rates` and `query` are borrowed for the call, the codes for as long as the offers are read; the offers
 * live in `arena`. Threads: any; the arena belongs to one thread.
 * Returns, in this order: SC_BAD_ARGUMENT for a negative number in the query; SC_NO_MEMORY; SC_OUT_OF_RANGE when an
 * amount does not fit; SC_OK, also for no offers. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_shipping_offers(const sc_shipping_rate *rates, size_t count, const sc_shipping_query *query,
                                    sc_arena *arena, const sc_shipping_offer **offers, size_t *offer_count,
                                    sc_error *err);

/* Other currencies, and prices that look well */

/** One `from` is numerator / denominator `to`, as of `time_ms`. */
typedef struct sc_exchange_rate {
	char from[4], to[4];
	int64_t numerator, denominator;
	int64_t time_ms;
} sc_exchange_rate;

/** An amount for display, with the rate that made it. Never charge it: charge the price in its own currency. */
typedef struct sc_converted {
	int64_t amount; /* minor units of rate.to */
	sc_exchange_rate rate;
} sc_converted;

/**
 * Convert minor units of one currency into those of another, rounded once, whatever digits the two have.
 *
 * Ownership: values; `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_CURRENCY; SC_BAD_ARGUMENT for a rate that is not above 0; SC_OUT_OF_RANGE when the
 * result is above SC_PRICE_TOTAL_MAX; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_convert(const sc_exchange_rate *rate, int64_t amount, sc_price_rounding rounding,
                                  sc_converted *out, sc_error *err);

/**
 * Round an amount to a multiple of `step` minor units, such as 5 where the smallest coin is 0.05.
 *
 * Ownership: values; `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a step below 1; SC_OUT_OF_RANGE for an amount above
 * SC_PRICE_TOTAL_MAX; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_round_cash(int64_t amount, int64_t step, sc_price_rounding rounding, int64_t *out,
                                     sc_error *err);

/**
 * Move a price to the nearest one that ends well: `ending` within each `step`, such as 99 within 100 or 990 within
 * 1000. Between two that are equally near the lower one is taken; the result is never below 0.
 *
 * Ownership: values; `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a step below 1, an ending outside of it, or a negative amount;
 * SC_OUT_OF_RANGE for an amount above SC_PRICE_TOTAL_MAX; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_price_charm(int64_t amount, int64_t step, int64_t ending, int64_t *out, sc_error *err);

SC_END_DECLS

#endif
