/*
 * The promotions of a pricing document.
 */
#include "pricing/document.h"

#include "base/error.h"

#include <string.h>

#define AT(type, member) offsetof(type, member)
#define ID_TEXT          .min = 1, .max = SC_ID_TEXT_MAX
#define AMOUNT           .min = 0, .max = SC_AMOUNT_MAX
#define QUANTITY         .min = 1, .max = SC_QUANTITY_MAX

static const sc__word types[] = { { "percentage", SC_PROMOTION_PERCENTAGE },
	                          { "fixed", SC_PROMOTION_FIXED },
	                          { "fixed_price", SC_PROMOTION_FIXED_PRICE },
	                          { "free", SC_PROMOTION_FREE },
	                          { "buy_x_get_y", SC_PROMOTION_BUY_X_GET_Y },
	                          { "bundle", SC_PROMOTION_BUNDLE },
	                          { NULL, 0 } };
static const sc__word targets[] = { { "items", SC_PROMOTION_ITEMS },
	                            { "order", SC_PROMOTION_ORDER },
	                            { "shipping", SC_PROMOTION_SHIPPING },
	                            { "order_and_shipping", SC_PROMOTION_ORDER_AND_SHIPPING },
	                            { NULL, 0 } };
static const sc__word allocations[] = { { "each_unit", SC_PROMOTION_EACH_UNIT },
	                                { "each_line", SC_PROMOTION_EACH_LINE },
	                                { "across", SC_PROMOTION_ACROSS },
	                                { "cheapest_unit_once", SC_PROMOTION_CHEAPEST_UNIT_ONCE },
	                                { NULL, 0 } };
static const sc__word bases[] = { { "running", SC_PROMOTION_RUNNING },
	                          { "original", SC_PROMOTION_ORIGINAL },
	                          { NULL, 0 } };
static const sc__word bases_of_conditions[] = { { "original", SC_PROMOTION_BASIS_ORIGINAL },
	                                        { "discounted", SC_PROMOTION_BASIS_DISCOUNTED },
	                                        { NULL, 0 } };
static const sc__word choices[] = { { "dearest", SC_PROMOTION_DEAREST },
	                            { "cheapest", SC_PROMOTION_CHEAPEST },
	                            { NULL, 0 } };
static const sc__word tier_words[] = { { "quantity", SC_PROMOTION_BY_QUANTITY },
	                               { "subtotal", SC_PROMOTION_BY_SUBTOTAL },
	                               { NULL, 0 } };
static const char *const weekday_names[] = { "monday", "tuesday",  "wednesday", "thursday",
	                                     "friday", "saturday", "sunday" };

static sc_status read_weekdays(sc__reader *r, const sc_json *value, void *target)
{
	uint8_t *days = target;

	if (sc_json_type_of(value) != SC_JSON_ARRAY)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an array of weekdays");
	for (const sc_json *item = sc_json_first(value); item != NULL; item = sc_json_next(item)) {
		const char *name = sc_json_type_of(item) == SC_JSON_TEXT ? sc_json_text(item).data : "";
		unsigned day = 0;

		while (day < 7 && strcmp(weekday_names[day], name) != 0)
			day++;
		if (day == 7)
			return sc__document_bad(r, SC_BAD_FORMAT, item, NULL, "has to be \"monday\" to \"sunday\"");
		*days |= (uint8_t)(1u << day);
	}
	return SC_OK;
}

static const sc__field condition_fields[] = {
	{ "min_subtotal", SC__FIELD_INT, AT(sc_promotion_conditions, min_subtotal), AMOUNT },
	{ "min_quantity", SC__FIELD_INT, AT(sc_promotion_conditions, min_quantity), .max = SC_QUANTITY_MAX },
	{ "contains_sku", SC__FIELD_TEXT, AT(sc_promotion_conditions, contains_sku), ID_TEXT },
	{ "basis", SC__FIELD_WORD, AT(sc_promotion_conditions, basis), .words = bases_of_conditions },
	{ "first_order", SC__FIELD_BOOL, AT(sc_promotion_conditions, first_order) },
	{ "customer_group", SC__FIELD_TEXT, AT(sc_promotion_conditions, customer_group), ID_TEXT },
	{ "country", SC__FIELD_TEXT, AT(sc_promotion_conditions, country), ID_TEXT },
	{ "from_ms", SC__FIELD_INT, AT(sc_promotion_conditions, from_ms), .min = 1, .max = INT64_MAX },
	{ "until_ms", SC__FIELD_INT, AT(sc_promotion_conditions, until_ms), .min = 1, .max = INT64_MAX },
	{ "weekdays", SC__FIELD_CUSTOM, AT(sc_promotion_conditions, weekdays), .read = read_weekdays },
	{ NULL },
};

static sc_status read_conditions(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_object(r, value, condition_fields, target);
}

static const sc__field attribute_fields[] = {
	{ "name", SC__FIELD_TEXT, AT(sc_price_attribute, name), .min = 1, .max = SC_ATTRIBUTE_NAME_MAX,
	  .required = true },
	{ "value", SC__FIELD_TEXT, AT(sc_price_attribute, value), .max = SC_ATTRIBUTE_VALUE_MAX },
	{ NULL },
};

static sc_status read_attribute(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_object(r, value, attribute_fields, target);
}

static const sc__field buy_fields[] = {
	{ "skus", SC__FIELD_TEXTS, AT(sc_promotion, buy_skus), ID_TEXT },
	{ "quantity", SC__FIELD_INT, AT(sc_promotion, buy_quantity), QUANTITY, .required = true },
	{ NULL },
};

static sc_status read_buy(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_object(r, value, buy_fields, target);
}

/* `repeats`: how often at most; true as often as it fits; false and nothing once. */
static sc_status read_repeats(sc__reader *r, const sc_json *value, void *target)
{
	int64_t *repeats = target;

	if (sc_json_type_of(value) != SC_JSON_BOOL)
		return sc__document_int(r, value, 1, SC_QUANTITY_MAX, repeats);
	*repeats = sc_json_is_true(value) ? 0 : 1;
	return SC_OK;
}

static const sc__field get_fields[] = {
	{ "skus", SC__FIELD_TEXTS, AT(sc_promotion, get_skus), ID_TEXT },
	{ "quantity", SC__FIELD_INT, AT(sc_promotion, get_quantity), QUANTITY, .required = true },
	{ "choice", SC__FIELD_WORD, AT(sc_promotion, choice), .words = choices },
	{ "repeats", SC__FIELD_CUSTOM, AT(sc_promotion, repeats), .read = read_repeats },
	{ NULL },
};

static sc_status read_get(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_object(r, value, get_fields, target);
}

/* Numbers that are rates or amounts, as the promotion's type has it. */
static bool is_rate(const sc_promotion *promotion)
{
	return promotion->type == SC_PROMOTION_PERCENTAGE || promotion->type == SC_PROMOTION_BUY_X_GET_Y;
}

static sc_status read_value(sc__reader *r, const sc_json *value, const sc_promotion *promotion, int64_t *out)
{
	if (is_rate(promotion))
		return sc__document_percent(r, value, SC_RATE_ONE, out);
	return sc__document_int(r, value, 0, SC_AMOUNT_MAX, out);
}

static const sc__field step_fields[] = {
	{ "from", SC__FIELD_INT, AT(sc_promotion_tier, from), AMOUNT, .required = true },
	{ "value", SC__FIELD_KNOWN, 0, .required = true },
	{ NULL },
};

static const sc__field tiers_fields[] = {
	{ "by", SC__FIELD_WORD, AT(sc_promotion, tiered), .words = tier_words, .required = true },
	{ "steps", SC__FIELD_KNOWN, 0, .required = true },
	{ NULL },
};

static sc_status read_tiers(sc__reader *r, const sc_json *value, sc_promotion *promotion)
{
	sc_status status = sc__document_object(r, value, tiers_fields, promotion);
	void *tiers;

	if (status != SC_OK)
		return status;
	const sc_json *steps = sc_json_member(value, "steps");
	status = sc__document_array(r, steps, step_fields, sizeof(sc_promotion_tier), SC_BATCH_MAX, &tiers,
	                            &promotion->tier_count);
	if (status != SC_OK)
		return status;
	sc_promotion_tier *tier = tiers;
	promotion->tiers = tier;
	for (const sc_json *step = sc_json_first(steps); step != NULL; step = sc_json_next(step), tier++) {
		status = read_value(r, sc_json_member(step, "value"), promotion, &tier->value);
		if (status != SC_OK)
			return status;
		if (tier > promotion->tiers && tier->from <= tier[-1].from)
			return sc__document_bad(r, SC_BAD_ARGUMENT, step, "from", "must rise");
	}
	return promotion->tier_count > 0 ? SC_OK
	                                 : sc__document_bad(r, SC_BAD_ARGUMENT, steps, NULL, "must not be empty");
}

static const sc__field promotion_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(sc_promotion, id), ID_TEXT, .required = true },
	{ "type", SC__FIELD_WORD, AT(sc_promotion, type), .words = types, .required = true },
	{ "target", SC__FIELD_WORD, AT(sc_promotion, target), .words = targets },
	{ "value", SC__FIELD_KNOWN, 0 },
	{ "allocation", SC__FIELD_WORD, AT(sc_promotion, allocation), .words = allocations },
	{ "max_quantity", SC__FIELD_INT, AT(sc_promotion, max_quantity), QUANTITY },
	{ "cap", SC__FIELD_INT, AT(sc_promotion, cap), .min = 1, .max = SC_AMOUNT_MAX },
	{ "skus", SC__FIELD_TEXTS, AT(sc_promotion, skus), ID_TEXT },
	{ "categories", SC__FIELD_TEXTS, AT(sc_promotion, categories), ID_TEXT },
	{ "brands", SC__FIELD_TEXTS, AT(sc_promotion, brands), .min = 1, .max = SC_NAME_MAX },
	{ "sellers", SC__FIELD_TEXTS, AT(sc_promotion, sellers), ID_TEXT },
	{ "attribute", SC__FIELD_CUSTOM, AT(sc_promotion, attribute), .read = read_attribute },
	{ "exclude_discounted", SC__FIELD_BOOL, AT(sc_promotion, exclude_discounted) },
	{ "priority", SC__FIELD_INT32, AT(sc_promotion, priority), .min = INT32_MIN, .max = INT32_MAX },
	{ "exclusive", SC__FIELD_BOOL, AT(sc_promotion, exclusive) },
	{ "base", SC__FIELD_WORD, AT(sc_promotion, base), .words = bases },
	{ "coupon", SC__FIELD_TEXT, AT(sc_promotion, coupon), ID_TEXT },
	{ "group", SC__FIELD_TEXT, AT(sc_promotion, group), ID_TEXT },
	{ "group_cap", SC__FIELD_INT, AT(sc_promotion, group_cap), .min = 1, .max = SC_AMOUNT_MAX },
	{ "conditions", SC__FIELD_CUSTOM, AT(sc_promotion, conditions), .read = read_conditions },
	{ "buy", SC__FIELD_CUSTOM, 0, .read = read_buy },
	{ "get", SC__FIELD_CUSTOM, 0, .read = read_get },
	{ "tiers", SC__FIELD_KNOWN, 0 },
	{ NULL },
};

/* What depends on the promotion's type, wherever in the object that stands. */
static sc_status finish(sc__reader *r, const sc_json *value, sc_promotion *promotion)
{
	const sc_json *amount = sc_json_member(value, "value"), *tiers = sc_json_member(value, "tiers");
	const bool buy_get = promotion->type == SC_PROMOTION_BUY_X_GET_Y;
	sc_status status = SC_OK;

	for (size_t i = 0; i < 2; i++) {
		const char *key = i == 0 ? "buy" : "get";

		if (buy_get != (sc_json_member(value, key) != NULL))
			return sc__document_bad(r, SC_BAD_ARGUMENT, value, key,
			                        buy_get ? "missing" : "only with buy_x_get_y");
	}
	if (buy_get && sc_json_member(sc_json_member(value, "get"), "repeats") == NULL)
		promotion->repeats = 1;
	if ((buy_get || promotion->type == SC_PROMOTION_BUNDLE) && promotion->target != SC_PROMOTION_ITEMS)
		return sc__document_bad(r, SC_BAD_ARGUMENT, value, "target", "has to be items");
	if (promotion->type == SC_PROMOTION_BUNDLE && promotion->skus.count == 0)
		return sc__document_bad(r, SC_BAD_ARGUMENT, value, "skus", "a bundle needs its SKUs");
	if (tiers != NULL && sc_json_type_of(tiers) != SC_JSON_NULL)
		status = read_tiers(r, tiers, promotion);
	if (status != SC_OK)
		return status;
	if (amount != NULL && sc_json_type_of(amount) != SC_JSON_NULL)
		return read_value(r, amount, promotion, &promotion->value);
	if (buy_get)
		promotion->value = SC_RATE_ONE;
	if (buy_get || promotion->type == SC_PROMOTION_FREE || promotion->tier_count > 0)
		return SC_OK;
	return sc__document_bad(r, SC_BAD_FORMAT, value, "value", "missing");
}

sc_status sc__document_promotion(sc__reader *r, const sc_json *value, sc_promotion *out)
{
	*out = (sc_promotion){ .id = NULL };
	const sc_status status = sc__document_object(r, value, promotion_fields, out);
	return status == SC_OK ? finish(r, value, out) : status;
}

sc_status sc__document_promotions(sc__reader *r, const sc_json *value, sc_promotion **promotions, size_t *count)
{
	const size_t listed = sc_json_count(value);
	size_t i = 0;

	if (sc_json_type_of(value) != SC_JSON_ARRAY)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an array");
	if (listed > SC_PRICE_PROMOTIONS_MAX)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %d", SC_PRICE_PROMOTIONS_MAX);
	sc_promotion *items = sc_arena_alloc(r->arena, listed * sizeof(*items));
	if (items == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
	for (const sc_json *item = sc_json_first(value); item != NULL; item = sc_json_next(item)) {
		const sc_status status = sc__document_promotion(r, item, &items[i++]);

		if (status != SC_OK)
			return status;
	}
	*promotions = items;
	*count = listed;
	return SC_OK;
}
