/*
 * What a shop was told when it was opened, copied and checked once, so that no module has to look at
 * the caller's options again.
 */
#ifndef SC_CORE_SETTINGS_H
#define SC_CORE_SETTINGS_H

#include <shopcore/limits.h>
#include <shopcore/shop.h>

/* The location of stock when nobody names one. */
#define SC__LOCATION_MAIN "main"

/* The sub of a hold that a cart has on what is in it; orders number theirs with two bytes. */
#define SC__CART_HOLD_SUB "c"

/* The sub of the hold of one try at a coupon's code. */
#define SC__TRIES_HOLD_SUB "t"

/* The first byte of the subs of an order's holds on uses of coupons: for good, and those of a period. Those on stock
 * begin with 0. */
#define SC__USES_HOLD        'u'
#define SC__PERIOD_USES_HOLD 'p'
/* And on gift cards and store credit. */
#define SC__TENDER_HOLD 'b'

typedef struct sc__settings {
	char currency[4];
	int64_t hold_ttl_ms;
	int64_t cart_lifetime_ms;
	int64_t quote_ttl_ms;
	int64_t key_lifetime_ms;
	int64_t payment_patience_ms;
	int64_t payment_resume_ms;
	uint32_t payment_attempts_max;
	sc_lapsed_policy lapsed_policy;
	sc_coupon_policy coupon_policy;
	int64_t tax_rate_ppm;
	bool tax_included;
	int64_t shipping_flat_minor;
	sc_quote_key quote_keys[SC_QUOTE_KEYS_MAX]; /* the first signs */
	size_t quote_key_count;                     /* at least 1 in an open shop */
	char locations[SC_SOURCES_MAX][SC_ID_TEXT_MAX + 1];
	uint32_t location_count; /* at least 1 */
	bool split_lines;
	int64_t hold_on_add_ms; /* 0: no holds for carts */
	int64_t low_stock;      /* 0: no such events */
	int64_t cart_line_units_max, cart_units_max;
	size_t cart_lines_max;
	uint32_t submitted_max;
} sc__settings;

/* The accounts that serve a SKU, in order: `out` has room for settings->location_count. */
void sc__sources_of(const sc__settings *settings, const char *sku, sc_address *out);

/* The line of a hold that takes so many units of a SKU from where the shop serves orders from; `sources` is its
 * storage, as in sc__sources_of(). */
sc_hold_line sc__source_line(const sc__settings *settings, const char *sku, int64_t quantity, sc_address *sources);

/* Checks the options and copies them. BAD_ARGUMENT with the option's name; BAD_CURRENCY. */
sc_status sc__settings_read(const sc_shop_options *options, sc__settings *out, sc_error *err);

#endif
