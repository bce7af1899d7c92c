/*
 * What a shop was told when it was opened, copied and checked once, so that no module has to look at
 * the caller's options again.
 */
#ifndef SC_CORE_SETTINGS_H
#define SC_CORE_SETTINGS_H

#include <shopcore/shop.h>

/* The location of stock when nobody names one. */
#define SC__LOCATION_MAIN "main"

/* The sub of a hold that a cart has on what is in it; orders number theirs with two bytes. */
#define SC__CART_HOLD_SUB "c"

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
	int64_t tax_rate_ppm;
	bool tax_included;
	int64_t shipping_flat_minor;
	sc_quote_key quote_keys[SC_QUOTE_KEYS_MAX]; /* the first signs */
	size_t quote_key_count;                     /* at least 1 in an open shop */
} sc__settings;

/* Checks the options and copies them. BAD_ARGUMENT with the option's name; BAD_CURRENCY. */
sc_status sc__settings_read(const sc_shop_options *options, sc__settings *out, sc_error *err);

#endif
