/*
 * Checking and copying a shop's options.
 */
#include "core/settings.h"

#include "base/error.h"
#include "core/input.h"
#include "store/kinds.h"

#include <shopcore/money.h>

#include <string.h>

/* A thousand years; keeps every sum of a time and an interval far from the end of int64_t. */
#define INTERVAL_MAX_MS  (1000LL * 366 * 86400 * 1000)
#define TAX_RATE_MAX_PPM 10000000
#define SUBMITTED_USUAL  10000

static sc_status check_intervals(const sc_shop_options *options, sc_error *err)
{
	const struct {
		const char *field;
		int64_t value;
	} intervals[] = {
		{ "hold_ttl_ms", options->hold_ttl_ms },
		{ "cart_lifetime_ms", options->cart_lifetime_ms },
		{ "quote_ttl_ms", options->quote_ttl_ms },
		{ "key_lifetime_ms", options->key_lifetime_ms },
		{ "payment_patience_ms", options->payment_patience_ms },
	};
	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		const int64_t value = intervals[i].value;
		if (value < 1 || value > INTERVAL_MAX_MS)
			return sc__bad(err, SC_BAD_ARGUMENT, intervals[i].field, "must be 1 ms to a thousand years");
	}
	if (options->payment_resume_ms < 0 || options->payment_resume_ms > INTERVAL_MAX_MS)
		return sc__bad(err, SC_BAD_ARGUMENT, "payment_resume_ms", "must be 0 to a thousand years");
	return SC_OK;
}

static sc_status check_numbers(const sc_shop_options *options, sc_error *err)
{
	if (options->payment_attempts_max < 1 || options->payment_attempts_max > SC_PAYMENT_ATTEMPTS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "payment_attempts_max", "must be 1 to %d",
		               SC_PAYMENT_ATTEMPTS_MAX);
	if (options->lapsed_policy != SC_LAPSED_HOLD_AGAIN && options->lapsed_policy != SC_LAPSED_REFUND)
		return sc__bad(err, SC_BAD_ARGUMENT, "lapsed_policy", "no such policy");
	if (options->coupon_policy != SC_COUPON_GIVEN_BACK && options->coupon_policy != SC_COUPON_STAYS_USED)
		return sc__bad(err, SC_BAD_ARGUMENT, "coupon_policy", "no such policy");
	if (options->tax_rate_ppm < 0 || options->tax_rate_ppm > TAX_RATE_MAX_PPM)
		return sc__bad(err, SC_BAD_ARGUMENT, "tax_rate_ppm", "must be 0 to %d", TAX_RATE_MAX_PPM);
	if (options->shipping_flat_minor < 0 || options->shipping_flat_minor > SC_AMOUNT_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "shipping_flat_minor", "must be 0 to %lld", SC_AMOUNT_MAX);
	return SC_OK;
}

static sc_status check_quote_keys(const sc_shop_options *options, sc_error *err)
{
	if (options->quote_key_count > SC_QUOTE_KEYS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "quote_key_count", "at most %d keys", SC_QUOTE_KEYS_MAX);
	if (options->quote_key_count > 0 && options->quote_keys == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "quote_keys", "is missing");
	for (size_t i = 0; i < options->quote_key_count; i++) {
		const uint32_t id = options->quote_keys[i].id;
		if (id == 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "quote_keys", "a key's id is not 0");
		for (size_t j = 0; j < i; j++)
			if (options->quote_keys[j].id == id)
				return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "quote_keys",
				                  "two keys have one id");
	}
	return SC_OK;
}

static sc_status check_locations(const sc_shop_options *options, sc_error *err)
{
	if (options->location_count > SC_SOURCES_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "location_count", "at most %d", SC_SOURCES_MAX);
	if ((options->locations == NULL) != (options->location_count == 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "locations", "does not fit location_count");
	for (uint32_t i = 0; i < options->location_count; i++) {
		sc_status status = sc__input_id(options->locations[i], (int32_t)i, "locations", err);
		if (status != SC_OK)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "locations", "is no location's name");
		for (uint32_t j = 0; j < i; j++)
			if (strcmp(options->locations[i], options->locations[j]) == 0)
				return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "locations", "stands twice");
	}
	return SC_OK;
}

static sc_status check_stock_and_limits(const sc_shop_options *options, sc_error *err)
{
	const struct {
		const char *field;
		int64_t value, max;
	} numbers[] = {
		{ "hold_on_add_ms", options->hold_on_add_ms, INTERVAL_MAX_MS },
		{ "low_stock", options->low_stock, SC_QUANTITY_MAX },
		{ "cart_line_units_max", options->cart_line_units_max, SC_QUANTITY_MAX },
		{ "cart_units_max", options->cart_units_max, SC_QUANTITY_MAX * SC_CART_LINES_MAX },
		{ "cart_lines_max", options->cart_lines_max, SC_CART_LINES_MAX },
		{ "submitted_max", options->submitted_max, SC_SUBMITTED_MAX },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].value < 0 || numbers[i].value > numbers[i].max)
			return sc__bad(err, SC_BAD_ARGUMENT, numbers[i].field, "must be 0 to %lld",
			               (long long)numbers[i].max);
	return check_locations(options, err);
}

static void copy_stock_and_limits(const sc_shop_options *options, sc__settings *out)
{
	out->location_count = options->location_count > 0 ? options->location_count : 1;
	strcpy(out->locations[0], SC__LOCATION_MAIN);
	for (uint32_t i = 0; i < options->location_count; i++)
		strcpy(out->locations[i], options->locations[i]);
	out->split_lines = options->split_lines != 0;
	out->hold_on_add_ms = options->hold_on_add_ms;
	out->low_stock = options->low_stock;
	out->cart_line_units_max = options->cart_line_units_max ? options->cart_line_units_max : SC_QUANTITY_MAX;
	out->cart_units_max = options->cart_units_max ? options->cart_units_max : SC_QUANTITY_MAX * SC_CART_LINES_MAX;
	out->cart_lines_max = options->cart_lines_max ? options->cart_lines_max : SC_CART_LINES_MAX;
	out->submitted_max = options->submitted_max ? options->submitted_max : SUBMITTED_USUAL;
}

void sc__sources_of(const sc__settings *settings, const char *sku, sc_address *out)
{
	for (uint32_t i = 0; i < settings->location_count; i++)
		out[i] = (sc_address){ .kind = SC_KIND_STOCK,
			               .key = sku,
			               .key_size = (uint16_t)strlen(sku),
			               .sub = settings->locations[i],
			               .sub_size = (uint16_t)strlen(settings->locations[i]) };
}

sc_hold_line sc__source_line(const sc__settings *settings, const char *sku, int64_t quantity, sc_address *sources)
{
	sc__sources_of(settings, sku, sources);
	return (sc_hold_line){ .sources = sources,
		               .source_count = settings->location_count,
		               .flags = settings->split_lines ? SC_LINE_SPLIT : 0,
		               .quantity = quantity };
}

sc_status sc__settings_read(const sc_shop_options *options, sc__settings *out, sc_error *err)
{
	sc_status status = check_intervals(options, err);
	if (status == SC_OK)
		status = check_numbers(options, err);
	if (status == SC_OK)
		status = check_quote_keys(options, err);
	if (status == SC_OK)
		status = check_stock_and_limits(options, err);
	if (status != SC_OK)
		return status;
	int exponent;
	if (memchr(options->currency, '\0', sizeof(options->currency)) == NULL ||
	    sc_currency_exponent(options->currency, &exponent) != SC_OK)
		return sc__bad(err, SC_BAD_CURRENCY, "currency", "no such currency");

	*out = (sc__settings){
		.hold_ttl_ms = options->hold_ttl_ms,
		.cart_lifetime_ms = options->cart_lifetime_ms,
		.quote_ttl_ms = options->quote_ttl_ms,
		.key_lifetime_ms = options->key_lifetime_ms,
		.payment_patience_ms = options->payment_patience_ms,
		.payment_resume_ms = options->payment_resume_ms,
		.payment_attempts_max = options->payment_attempts_max,
		.lapsed_policy = (sc_lapsed_policy)options->lapsed_policy,
		.coupon_policy = (sc_coupon_policy)options->coupon_policy,
		.tax_rate_ppm = options->tax_rate_ppm,
		.tax_included = options->tax_included,
		.shipping_flat_minor = options->shipping_flat_minor,
		.quote_key_count = options->quote_key_count,
	};
	copy_stock_and_limits(options, out);
	memcpy(out->currency, options->currency, sizeof(out->currency));
	for (size_t i = 0; i < options->quote_key_count; i++)
		out->quote_keys[i] = options->quote_keys[i];
	return SC_OK;
}
