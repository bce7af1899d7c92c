/*
 * Rules out of their documents, by the same tables of keys as pricing documents: whatever is not in the table is
 * refused with a JSON pointer to it.
 */
#include "rule/rule.h"

#include "base/error.h"
#include "pricing/document.h"

#include <string.h>

#define AT(type, member) offsetof(type, member)
#define ID_TEXT          .min = 1, .max = SC_ID_TEXT_MAX
#define PLACE_TEXT       .min = 1, .max = SC_ADDRESS_FIELD_MAX
#define AMOUNT           .min = 0, .max = SC_AMOUNT_MAX
#define TIME             .min = 1, .max = INT64_MAX / 4

/* Reads one document by a table into `out`. */
static sc_status read_by(sc_bytes document, const sc__field *fields, sc__reader *r, void *out)
{
	const sc_json *json;
	const sc_status status = sc__document_parse(r, document, SC_RULE_SIZE_MAX, &json);

	return status == SC_OK ? sc__document_object(r, json, fields, out) : status;
}

/* ---- promotions and coupons -------------------------------------------------------------- */

static sc_status check_coupon_name(const char *name, sc_error *err)
{
	for (const char *at = name; at != NULL && *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || (*at >= 'a' && *at <= 'z'))
			return sc__bad(err, SC_BAD_FORMAT, "/coupon",
			               "a code is capital letters, digits and signs, without blanks");
	return SC_OK;
}

sc_status sc__rule_read_promotion(sc_bytes document, sc_arena *arena, sc_promotion *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };
	const sc_json *json;
	sc_price_rules *prepared;
	sc_status status = sc__document_parse(&r, document, SC_RULE_SIZE_MAX, &json);

	if (status == SC_OK)
		status = sc__document_promotion(&r, json, out);
	if (status == SC_OK)
		status = check_coupon_name(out->coupon, err);
	if (status != SC_OK)
		return status;
	if (out->coupon != NULL && strlen(out->coupon) > SC__COUPON_NAME_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "/coupon", "at most %d bytes", SC__COUPON_NAME_MAX);
	status = sc_price_rules_new(arena->env, out, 1, &prepared, err);
	if (status == SC_OK)
		sc_price_rules_free(prepared);
	return status;
}

static const sc__field coupon_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(sc__coupon_rule, id), .min = 1, .max = SC__COUPON_NAME_MAX, .required = true },
	{ "limit", SC__FIELD_INT, AT(sc__coupon_rule, limit), .min = 1, .max = SC_QUANTITY_MAX },
	{ "customer_limit", SC__FIELD_INT, AT(sc__coupon_rule, customer_limit), .min = 1, .max = SC_QUANTITY_MAX },
	{ "period_limit", SC__FIELD_INT, AT(sc__coupon_rule, period_limit), .min = 1, .max = SC_QUANTITY_MAX },
	{ "period_s", SC__FIELD_INT, AT(sc__coupon_rule, period_s), .min = 1, .max = 366 * 86400 },
	{ "from_ms", SC__FIELD_INT, AT(sc__coupon_rule, from_ms), TIME },
	{ "until_ms", SC__FIELD_INT, AT(sc__coupon_rule, until_ms), TIME },
	{ "single_use", SC__FIELD_BOOL, AT(sc__coupon_rule, single_use) },
	{ NULL },
};

sc_status sc__rule_read_coupon(sc_bytes document, sc_arena *arena, sc__coupon_rule *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };

	*out = (sc__coupon_rule){ .id = NULL };
	sc_status status = read_by(document, coupon_fields, &r, out);
	if (status == SC_OK)
		status = check_coupon_name(out->id, err);
	if (status == SC_OK && (out->period_limit != 0) != (out->period_s != 0))
		return sc__bad(err, SC_BAD_ARGUMENT, out->period_s ? "/period_limit" : "/period_s",
		               "period_limit and period_s belong together");
	return status;
}

/* ---- taxes and shipping ------------------------------------------------------------------ */

typedef struct named_tax {
	const char *id;
	sc_tax_rule rule;
	int64_t level;
} named_tax;

static const sc__field tax_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(named_tax, id), ID_TEXT, .required = true },
	{ "rate", SC__FIELD_PERCENT, AT(named_tax, rule.rate), .max = SC_RATE_MAX, .required = true },
	{ "country", SC__FIELD_TEXT, AT(named_tax, rule.country), PLACE_TEXT },
	{ "region", SC__FIELD_TEXT, AT(named_tax, rule.region), PLACE_TEXT },
	{ "postal_prefix", SC__FIELD_TEXT, AT(named_tax, rule.postal_prefix), PLACE_TEXT },
	{ "tax_class", SC__FIELD_TEXT, AT(named_tax, rule.tax_class), ID_TEXT },
	{ "level", SC__FIELD_INT, AT(named_tax, level), .max = SC_PRICE_RATES_MAX - 1 },
	{ "compound", SC__FIELD_BOOL, AT(named_tax, rule.compound) },
	{ NULL },
};

sc_status sc__rule_read_tax(sc_bytes document, sc_arena *arena, const char **id, sc_tax_rule *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };
	named_tax tax = { .id = NULL };
	const sc_status status = read_by(document, tax_fields, &r, &tax);

	if (status != SC_OK)
		return status;
	tax.rule.level = (uint32_t)tax.level;
	*id = tax.id;
	*out = tax.rule;
	return SC_OK;
}

static const sc__word shipping_words[] = { { "flat", SC_SHIPPING_FLAT },
	                                   { "by_weight", SC_SHIPPING_BY_WEIGHT },
	                                   { "by_subtotal", SC_SHIPPING_BY_SUBTOTAL },
	                                   { "by_item", SC_SHIPPING_BY_ITEM },
	                                   { NULL, 0 } };

static const sc__field bracket_fields[] = {
	{ "up_to", SC__FIELD_INT, AT(sc_shipping_bracket, up_to), AMOUNT, .required = true },
	{ "amount", SC__FIELD_INT, AT(sc_shipping_bracket, amount), AMOUNT, .required = true },
	{ NULL },
};

static sc_status read_brackets(sc__reader *r, const sc_json *value, void *target)
{
	sc_shipping_rate *rate = target;
	void *items;
	const sc_status status = sc__document_array(r, value, bracket_fields, sizeof(sc_shipping_bracket), SC_PAGE_MAX,
	                                            &items, &rate->bracket_count);

	if (status != SC_OK)
		return status;
	rate->brackets = items;
	for (size_t i = 1; i < rate->bracket_count; i++)
		if (rate->brackets[i].up_to <= rate->brackets[i - 1].up_to)
			return sc__document_bad(r, SC_BAD_ARGUMENT, value, NULL, "must rise");
	return SC_OK;
}

static const sc__field shipping_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(sc__shipping_rule, rate.code), ID_TEXT, .required = true },
	{ "kind", SC__FIELD_WORD, AT(sc__shipping_rule, rate.kind), .words = shipping_words },
	{ "country", SC__FIELD_TEXT, AT(sc__shipping_rule, rate.country), PLACE_TEXT },
	{ "region", SC__FIELD_TEXT, AT(sc__shipping_rule, rate.region), PLACE_TEXT },
	{ "amount", SC__FIELD_INT, AT(sc__shipping_rule, rate.amount), AMOUNT },
	{ "additional", SC__FIELD_INT, AT(sc__shipping_rule, rate.additional), AMOUNT },
	{ "max_units", SC__FIELD_INT, AT(sc__shipping_rule, rate.max_units), .max = SC_QUANTITY_MAX },
	{ "free_from", SC__FIELD_INT, AT(sc__shipping_rule, rate.free_from), AMOUNT },
	{ "brackets", SC__FIELD_CUSTOM, AT(sc__shipping_rule, rate), .read = read_brackets },
	{ "tax_class", SC__FIELD_TEXT, AT(sc__shipping_rule, tax_class), ID_TEXT },
	{ "tax_mode", SC__FIELD_WORD, AT(sc__shipping_rule, tax_mode), .words = sc__tax_mode_words },
	{ "currency", SC__FIELD_CUSTOM, AT(sc__shipping_rule, currency), .read = sc__document_currency },
	{ NULL },
};

sc_status sc__rule_read_shipping(sc_bytes document, sc_arena *arena, sc__shipping_rule *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };

	*out = (sc__shipping_rule){ .currency = "" };
	const sc_status status = read_by(document, shipping_fields, &r, out);
	if (status != SC_OK)
		return status;
	const bool stepped = out->rate.kind == SC_SHIPPING_BY_WEIGHT || out->rate.kind == SC_SHIPPING_BY_SUBTOTAL;
	if (stepped != (out->rate.bracket_count > 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "/brackets", "brackets and by_weight or by_subtotal go together");
	return SC_OK;
}

/* ---- fees -------------------------------------------------------------------------------- */

static const sc__word per_words[] = { { "order", false }, { "unit", true }, { NULL, 0 } };

static sc_status read_per(sc__reader *r, const sc_json *value, void *target)
{
	const char *word = sc_json_type_of(value) == SC_JSON_TEXT ? sc_json_text(value).data : "";

	for (const sc__word *per = per_words; per->word != NULL; per++)
		if (strcmp(per->word, word) == 0) {
			*(bool *)target = per->value;
			return SC_OK;
		}
	return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be \"order\" or \"unit\"");
}

static const sc__field fee_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(sc__fee_rule, code), ID_TEXT, .required = true },
	{ "amount", SC__FIELD_INT, AT(sc__fee_rule, amount), .min = -SC_AMOUNT_MAX, .max = SC_AMOUNT_MAX,
	  .required = true },
	{ "per", SC__FIELD_CUSTOM, AT(sc__fee_rule, per_unit), .read = read_per },
	{ "skus", SC__FIELD_TEXTS, AT(sc__fee_rule, skus), ID_TEXT },
	{ "country", SC__FIELD_TEXT, AT(sc__fee_rule, country), PLACE_TEXT },
	{ "region", SC__FIELD_TEXT, AT(sc__fee_rule, region), PLACE_TEXT },
	{ "customer_group", SC__FIELD_TEXT, AT(sc__fee_rule, customer_group), ID_TEXT },
	{ "shipping_rate", SC__FIELD_TEXT, AT(sc__fee_rule, shipping_rate), ID_TEXT },
	{ "min_subtotal", SC__FIELD_INT, AT(sc__fee_rule, min_subtotal), AMOUNT },
	{ "below_subtotal", SC__FIELD_INT, AT(sc__fee_rule, below_subtotal), AMOUNT },
	{ "from_ms", SC__FIELD_INT, AT(sc__fee_rule, from_ms), TIME },
	{ "until_ms", SC__FIELD_INT, AT(sc__fee_rule, until_ms), TIME },
	{ "tax_class", SC__FIELD_TEXT, AT(sc__fee_rule, tax_class), ID_TEXT },
	{ "currency", SC__FIELD_CUSTOM, AT(sc__fee_rule, currency), .read = sc__document_currency },
	{ NULL },
};

sc_status sc__rule_read_fee(sc_bytes document, sc_arena *arena, sc__fee_rule *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };

	*out = (sc__fee_rule){ .currency = "" };
	const sc_status status = read_by(document, fee_fields, &r, out);
	if (status == SC_OK && out->amount == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "/amount", "a fee of nothing is no fee");
	return status;
}

/* ---- prices ------------------------------------------------------------------------------ */

typedef struct named_prices {
	const char *sku;
	sc_price_entry *entries;
	size_t count;
} named_prices;

static const sc__field entry_fields[] = {
	{ "list", SC__FIELD_TEXT, AT(sc_price_entry, list), ID_TEXT },
	{ "amount", SC__FIELD_INT, AT(sc_price_entry, amount), AMOUNT, .required = true },
	{ "currency", SC__FIELD_CUSTOM, AT(sc_price_entry, currency), .read = sc__document_currency, .required = true },
	{ "compare_at", SC__FIELD_INT, AT(sc_price_entry, compare_at), AMOUNT },
	{ "customer_group", SC__FIELD_TEXT, AT(sc_price_entry, customer_group), ID_TEXT },
	{ "channel", SC__FIELD_TEXT, AT(sc_price_entry, channel), ID_TEXT },
	{ "from_ms", SC__FIELD_INT, AT(sc_price_entry, from_ms), TIME },
	{ "until_ms", SC__FIELD_INT, AT(sc_price_entry, until_ms), TIME },
	{ "min_quantity", SC__FIELD_INT, AT(sc_price_entry, min_quantity), .max = SC_QUANTITY_MAX },
	{ "priority", SC__FIELD_INT32, AT(sc_price_entry, priority), .min = INT32_MIN, .max = INT32_MAX },
	{ "sale", SC__FIELD_BOOL, AT(sc_price_entry, sale) },
	{ "tax_inclusive", SC__FIELD_BOOL, AT(sc_price_entry, tax_inclusive) },
	{ NULL },
};

static sc_status read_entries(sc__reader *r, const sc_json *value, void *target)
{
	named_prices *prices = target;
	void *items;
	const sc_status status = sc__document_array(r, value, entry_fields, sizeof(sc_price_entry), SC_PAGE_MAX, &items,
	                                            &prices->count);

	if (status == SC_OK)
		prices->entries = items;
	return status;
}

static const sc__field prices_fields[] = {
	{ "sku", SC__FIELD_TEXT, AT(named_prices, sku), ID_TEXT, .required = true },
	{ "prices", SC__FIELD_CUSTOM, 0, .read = read_entries, .required = true },
	{ NULL },
};

sc_status sc__rule_read_prices(sc_bytes document, sc_arena *arena, const char **sku, const sc_price_entry **entries,
                               size_t *count, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };
	named_prices prices = { .count = 0 };
	const sc_status status = read_by(document, prices_fields, &r, &prices);

	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < prices.count; i++)
		prices.entries[i].sku = prices.sku;
	*sku = prices.sku;
	*entries = prices.entries;
	*count = prices.count;
	return SC_OK;
}

/* ---- policy ------------------------------------------------------------------------------ */

static sc_status read_arithmetic(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_policy(r, value, target);
}

static const sc__field policy_fields[] = {
	{ "arithmetic", SC__FIELD_CUSTOM, AT(sc__policy_rule, arithmetic), .read = read_arithmetic },
	{ "home_country", SC__FIELD_TEXT, AT(sc__policy_rule, home_country), PLACE_TEXT },
	{ "prices_include_tax", SC__FIELD_BOOL, AT(sc__policy_rule, tax_included) },
	{ "best_combination", SC__FIELD_BOOL, AT(sc__policy_rule, best) },
	{ NULL },
};

sc_status sc__rule_read_policy(sc_bytes document, sc_arena *arena, sc__policy_rule *out, sc_error *err)
{
	sc__reader r = { .arena = arena, .err = err };

	return read_by(document, policy_fields, &r, out);
}
