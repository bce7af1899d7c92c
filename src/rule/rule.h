/*
 * Rules as a quote sees them: read out of their documents, prepared once, and shared by all threads until one of them
 * changes.
 *
 * Every edit also writes the setting "rules". Its version is loaded together with the cart; as long as it is the one
 * the prepared set was made at, pricing by rules costs no further call to the store.
 */
#ifndef SC_RULE_RULE_H
#define SC_RULE_RULE_H

#include "core/handle.h"

#include <shopcore/order.h>
#include <shopcore/rule.h>

#define SC__COUPON_SECRET_SIZE 32
#define SC__COUPON_NAME_MAX    64

/* A coupon: its own document, or none when only promotions name it. */
typedef struct sc__coupon_rule {
	const char *id;                                        /* as promotions name it */
	int64_t limit, customer_limit, period_limit, period_s; /* 0: none */
	int64_t from_ms, until_ms;
	bool single_use;       /* the id is no code: each code that was made for it is good once */
	const uint8_t *secret; /* signs its codes; NULL: it has none */
} sc__coupon_rule;

typedef struct sc__shipping_rule {
	sc_shipping_rate rate;
	const char *tax_class;
	sc_price_tax_mode tax_mode;
	char currency[4]; /* empty: the shop's own */
} sc__shipping_rule;

/* A fee, and when it applies. Texts NULL, times and amounts 0: not asked. */
typedef struct sc__fee_rule {
	const char *code;
	int64_t amount;      /* below 0: a credit */
	bool per_unit;       /* so much for each unit of its SKUs */
	sc_price_texts skus; /* counts only these; none: all */
	const char *country, *region, *customer_group, *shipping_rate;
	int64_t min_subtotal, below_subtotal; /* of what it counts */
	int64_t from_ms, until_ms;
	const char *tax_class;
	char currency[4]; /* empty: the shop's own */
} sc__fee_rule;

typedef struct sc__policy_rule {
	sc_price_policy arithmetic;
	const char *home_country; /* NULL: not told */
	bool tax_included, best;
} sc__policy_rule;

typedef struct sc__rule_set {
	uint64_t version; /* of the setting; 0: there are no rules, the shop's options are all */
	size_t users;     /* behind the cache's lock */
	sc_arena arena;
	sc__policy_rule policy;
	sc_price_rules *promotions; /* NULL: none */
	const sc_promotion *listed; /* the same as they were read */
	const sc_bytes *documents;  /* of the promotions */
	size_t promotion_count;
	const sc__coupon_rule *coupons; /* by id */
	size_t coupon_count;
	const sc_tax_rule *taxes;
	size_t tax_count;
	const sc__shipping_rule *shipping;
	const sc_shipping_rate *rates; /* of `shipping`, as sc_shipping_offers() takes them */
	size_t shipping_count;
	const sc__fee_rule *fees;
	size_t fee_count;
	bool has_prices;    /* some SKU has prices of its own */
	bool asks_products; /* brands, categories, attributes, tax classes or weights count */
	bool asks_history;  /* some promotion is for first orders */
	/* where it goes, as far as promotions, taxes, shipping or fees depend on it */
	bool asks_country, asks_region, asks_postal_code;
} sc__rule_set;

/* ---- set.c ---- */

/* The cache of a shop; SC_OK or NO_MEMORY. Freed with the shop; NULL is fine. */
sc_status sc__rule_cache_new(sc_shop *shop, sc_error *err);
void sc__rule_cache_free(sc_shop *shop);

/* Where the version is that says whether rules changed: load it together with something else. */
sc_address sc__rules_address(void);

/* The prepared set as of `version` of that record, or a later one. Give it back with sc__rules_release(). DAMAGED when
 * a stored rule does not read; NO_MEMORY; the store's failures. Calls the store only when rules changed. */
sc_status sc__rules_get(sc_shop *shop, const sc_call *call, uint64_t version, sc__rule_set **out, sc_error *err);
void sc__rules_release(sc_shop *shop, sc__rule_set *set);

/* NULL: no such coupon. */
const sc__coupon_rule *sc__rules_coupon(const sc__rule_set *set, const char *id);

/* ---- stored.c ---- */

/* Where rules of a kind are: key and sub. `id` is borrowed. Secrets of coupons are kept beside them. */
#define SC__RULE_SECRET 8
sc_address sc__rule_address(int kind, const char *id);

/* ---- account.c: where uses are counted: limit accounts, keyed by what is limited ---- */

/* Beside the public scopes: whom is the owner who tries codes, the coupon is "". */
#define SC__COUPON_TRIES 5

/* Storage of an address. */
typedef struct sc__coupon_key {
	char key[SC_KEY_MAX];
} sc__coupon_key;

/* Address of the account; it borrows `key`. */
sc_address sc__coupon_account(sc__coupon_key *key, int scope, const char *coupon, const char *whom);

/* ---- document.c: one rule's document into its struct. Statuses as sc_rule_put(). ---- */

sc_status sc__rule_read_promotion(sc_bytes document, sc_arena *arena, sc_promotion *out, sc_error *err);
sc_status sc__rule_read_coupon(sc_bytes document, sc_arena *arena, sc__coupon_rule *out, sc_error *err);
sc_status sc__rule_read_tax(sc_bytes document, sc_arena *arena, const char **id, sc_tax_rule *out, sc_error *err);
sc_status sc__rule_read_shipping(sc_bytes document, sc_arena *arena, sc__shipping_rule *out, sc_error *err);
sc_status sc__rule_read_fee(sc_bytes document, sc_arena *arena, sc__fee_rule *out, sc_error *err);
sc_status sc__rule_read_prices(sc_bytes document, sc_arena *arena, const char **sku, const sc_price_entry **entries,
                               size_t *count, sc_error *err);
/* `out` holds the values of what the document does not name. */
sc_status sc__rule_read_policy(sc_bytes document, sc_arena *arena, sc__policy_rule *out, sc_error *err);

#endif
