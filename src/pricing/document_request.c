/*
 * A pricing document's currency, policy, lines, shipping and fees.
 */
#include "pricing/document.h"

#include "base/error.h"
#include "base/map.h"

#include <shopcore/money.h>

#include <string.h>

#define AT(type, member) offsetof(type, member)
#define ID_TEXT          .min = 1, .max = SC_ID_TEXT_MAX
#define AMOUNT           .min = 0, .max = SC_AMOUNT_MAX

static const sc__word roundings[] = { { "half_up", SC_PRICE_HALF_UP },
	                              { "half_away", SC_PRICE_HALF_AWAY },
	                              { "half_even", SC_PRICE_HALF_EVEN },
	                              { "down", SC_PRICE_DOWN },
	                              { "up", SC_PRICE_UP },
	                              { NULL, 0 } };
static const sc__word signs[] = { { "positive", SC_PRICE_POSITIVE }, { "signed", SC_PRICE_SIGNED }, { NULL, 0 } };
static const sc__word methods[] = {
	{ "largest_remainder", SC_PRICE_LARGEST_REMAINDER }, { "floor_then_first", SC_PRICE_FLOOR_THEN_FIRST },
	{ "floor_then_last", SC_PRICE_FLOOR_THEN_LAST },     { "round_then_first", SC_PRICE_ROUND_THEN_FIRST },
	{ "last_gets_rest", SC_PRICE_LAST_GETS_REST },       { NULL, 0 }
};
static const sc__word weightings[] = { { "listed", SC_PRICE_WEIGHTS_LISTED },
	                               { "gross", SC_PRICE_WEIGHTS_GROSS },
	                               { NULL, 0 } };
static const sc__word levels[] = {
	{ "unit", SC_PRICE_TAX_UNIT }, { "line", SC_PRICE_TAX_LINE }, { "order", SC_PRICE_TAX_ORDER }, { NULL, 0 }
};
static const sc__word splits[] = { { "net", SC_PRICE_SPLIT_NET }, { "tax", SC_PRICE_SPLIT_TAX }, { NULL, 0 } };
static const sc__word combinations[] = { { "sum", SC_PRICE_COMBINE_SUM },
	                                 { "each", SC_PRICE_COMBINE_EACH },
	                                 { NULL, 0 } };
const sc__word sc__tax_mode_words[] = { { "own", SC_PRICE_TAX_OWN },
	                                { "weighted", SC_PRICE_TAX_WEIGHTED },
	                                { NULL, 0 } };

static const sc__field policy_fields[] = {
	{ "preset", SC__FIELD_KNOWN },
	{ "rounding", SC__FIELD_WORD, AT(sc_price_policy, rounding), .words = roundings },
	{ "discount_sign", SC__FIELD_WORD, AT(sc_price_policy, discount_sign), .words = signs },
	{ "allocation", SC__FIELD_WORD, AT(sc_price_policy, allocation), .words = methods },
	{ "weights", SC__FIELD_WORD, AT(sc_price_policy, weights), .words = weightings },
	{ "tax_level", SC__FIELD_WORD, AT(sc_price_policy, tax_level), .words = levels },
	{ "inclusive_split", SC__FIELD_WORD, AT(sc_price_policy, inclusive_split), .words = splits },
	{ "tax_combine", SC__FIELD_WORD, AT(sc_price_policy, tax_combine), .words = combinations },
	{ NULL },
};

static sc_status read_preset(sc__reader *r, const sc_json *value, sc_price_policy *policy)
{
	if (sc_json_type_of(value) != SC_JSON_TEXT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be a string");
	if (sc_price_policy_preset(sc_json_text(value).data, policy) != SC_OK)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "no such preset");
	return SC_OK;
}

/* The name of a preset, or an object that may name one and change some of it. */
static sc_status read_policy(sc__reader *r, const sc_json *value, void *target)
{
	const sc_json *preset = sc_json_member(value, "preset");
	sc_status status = SC_OK;

	if (sc_json_type_of(value) == SC_JSON_TEXT)
		return read_preset(r, value, target);
	if (preset != NULL)
		status = read_preset(r, preset, target);
	return status == SC_OK ? sc__document_object(r, value, policy_fields, target) : status;
}

void sc__document_write_policy(sc_json_writer *w, const sc_price_policy *policy)
{
	sc_json_begin_object(w);
	for (const sc__field *field = policy_fields; field->key != NULL; field++) {
		int value = 0;

		if (field->kind == SC__FIELD_WORD)
			memcpy(&value, (const char *)policy + field->offset, sizeof(value));
		for (const sc__word *word = field->words; value != 0 && word->word != NULL; word++)
			if (word->value == value)
				sc_json_add_text(w, field->key, word->word);
	}
	sc_json_end_object(w);
}

sc_status sc__document_policy(sc__reader *r, const sc_json *value, sc_price_policy *policy)
{
	return read_policy(r, value, policy);
}

sc_status sc__document_currency(sc__reader *r, const sc_json *value, void *target)
{
	const char *code = sc_json_type_of(value) == SC_JSON_TEXT ? sc_json_text(value).data : NULL;
	int exponent;

	if (code == NULL)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be a string");
	if (strlen(code) != 3 || sc_currency_exponent(code, &exponent) != SC_OK)
		return sc__document_bad(r, SC_BAD_CURRENCY, value, NULL, "no such currency");
	memcpy(target, code, 4);
	return SC_OK;
}

/* A line, shipment or fee may name its currency, but only the document's. */
static sc_status same_currency(sc__reader *r, const sc_json *value, void *target)
{
	char code[4];
	const sc_status status = sc__document_currency(r, value, code);

	(void)target;
	if (status != SC_OK)
		return status;
	if (r->currency == NULL || strcmp(code, r->currency) != 0)
		return sc__document_bad(r, SC_BAD_CURRENCY, value, NULL, "an order has one currency");
	return SC_OK;
}

/* The list of rates as it lies in a line, a shipment and a fee. */
typedef struct rate_list {
	const int64_t *rates;
	size_t count;
} rate_list;

static sc_status read_rates(sc__reader *r, const sc_json *value, void *target)
{
	rate_list *list = target;
	int64_t sum = 0;

	if (sc_json_type_of(value) != SC_JSON_ARRAY)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an array of percentages");
	if (sc_json_count(value) > SC_PRICE_RATES_MAX)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %d", SC_PRICE_RATES_MAX);
	int64_t *rates = sc_arena_alloc(r->arena, sc_json_count(value) * sizeof(*rates));
	if (rates == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
	size_t count = 0;
	for (const sc_json *item = sc_json_first(value); item != NULL; item = sc_json_next(item)) {
		const sc_status status = sc__document_percent(r, item, SC_RATE_MAX, &rates[count]);

		if (status != SC_OK)
			return status;
		sum += rates[count++];
	}
	if (sum > SC_RATE_SUM_MAX)
		return sc__document_bad(r, SC_OUT_OF_RANGE, value, NULL, "together at most 1000 %%");
	*list = (rate_list){ rates, count };
	return SC_OK;
}

typedef struct attribute_list {
	const sc_price_attribute *items;
	size_t count;
} attribute_list;

static sc_status read_attributes(sc__reader *r, const sc_json *value, void *target)
{
	attribute_list *list = target;

	if (sc_json_type_of(value) != SC_JSON_OBJECT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an object of strings");
	if (sc_json_count(value) > SC_ATTRIBUTES_MAX)
		return sc__document_bad(r, SC_OVER_LIMIT, value, NULL, "at most %d", SC_ATTRIBUTES_MAX);
	sc_price_attribute *items = sc_arena_alloc(r->arena, sc_json_count(value) * sizeof(*items));
	if (items == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
	size_t count = 0;
	for (const sc_json *item = sc_json_first(value); item != NULL; item = sc_json_next(item)) {
		if (sc_json_type_of(item) != SC_JSON_TEXT)
			return sc__document_bad(r, SC_BAD_FORMAT, item, NULL, "has to be a string");
		items[count++] = (sc_price_attribute){ sc_json_key(item), sc_json_text(item).data };
	}
	*list = (attribute_list){ items, count };
	return SC_OK;
}

static const sc__field line_fields[] = {
	{ "id", SC__FIELD_TEXT, AT(sc_price_line, id), ID_TEXT },
	{ "sku", SC__FIELD_TEXT, AT(sc_price_line, sku), ID_TEXT, .required = true },
	{ "unit_price", SC__FIELD_INT, AT(sc_price_line, unit_price), AMOUNT, .required = true },
	{ "quantity", SC__FIELD_INT, AT(sc_price_line, quantity), .max = SC_QUANTITY_MAX, .required = true },
	{ "tax_rates", SC__FIELD_CUSTOM, AT(sc_price_line, tax_rates), .read = read_rates },
	{ "tax_inclusive", SC__FIELD_BOOL, AT(sc_price_line, tax_inclusive) },
	{ "tax_compound", SC__FIELD_BOOL, AT(sc_price_line, tax_compound) },
	{ "tax_exempt", SC__FIELD_BOOL, AT(sc_price_line, tax_exempt) },
	{ "floor_unit_price", SC__FIELD_INT, AT(sc_price_line, floor_unit_price), AMOUNT },
	{ "already_discounted", SC__FIELD_BOOL, AT(sc_price_line, already_discounted) },
	{ "category", SC__FIELD_TEXT, AT(sc_price_line, category), ID_TEXT },
	{ "categories", SC__FIELD_TEXTS, AT(sc_price_line, categories), ID_TEXT },
	{ "brand", SC__FIELD_TEXT, AT(sc_price_line, brand), .min = 1, .max = SC_NAME_MAX },
	{ "seller", SC__FIELD_TEXT, AT(sc_price_line, seller), ID_TEXT },
	{ "attributes", SC__FIELD_CUSTOM, AT(sc_price_line, attributes), .read = read_attributes },
	{ "currency", SC__FIELD_CUSTOM, 0, .read = same_currency },
	{ NULL },
};

static const sc__field shipping_fields[] = {
	{ "code", SC__FIELD_TEXT, AT(sc_price_shipping, code), ID_TEXT, .required = true },
	{ "amount", SC__FIELD_INT, AT(sc_price_shipping, amount), AMOUNT, .required = true },
	{ "tax_rates", SC__FIELD_CUSTOM, AT(sc_price_shipping, tax_rates), .read = read_rates },
	{ "tax_inclusive", SC__FIELD_BOOL, AT(sc_price_shipping, tax_inclusive) },
	{ "tax_mode", SC__FIELD_WORD, AT(sc_price_shipping, tax_mode), .words = sc__tax_mode_words },
	{ "currency", SC__FIELD_CUSTOM, 0, .read = same_currency },
	{ NULL },
};

static const sc__field fee_fields[] = {
	{ "code", SC__FIELD_TEXT, AT(sc_price_fee, code), ID_TEXT, .required = true },
	{ "amount", SC__FIELD_INT, AT(sc_price_fee, amount), .min = -SC_AMOUNT_MAX, .max = SC_AMOUNT_MAX,
	  .required = true },
	{ "tax_rates", SC__FIELD_CUSTOM, AT(sc_price_fee, tax_rates), .read = read_rates },
	{ "tax_inclusive", SC__FIELD_BOOL, AT(sc_price_fee, tax_inclusive) },
	{ "currency", SC__FIELD_CUSTOM, 0, .read = same_currency },
	{ NULL },
};

static const sc__field buyer_fields[] = {
	{ "coupons", SC__FIELD_TEXTS, AT(sc_price_buyer, coupons), ID_TEXT },
	{ "customer_group", SC__FIELD_TEXT, AT(sc_price_buyer, customer_group), ID_TEXT },
	{ "country", SC__FIELD_TEXT, AT(sc_price_buyer, country), ID_TEXT },
	{ "first_order", SC__FIELD_BOOL, AT(sc_price_buyer, first_order) },
	{ "utc_offset_s", SC__FIELD_INT32, AT(sc_price_buyer, utc_offset_s), .min = -86400, .max = 86400 },
	{ NULL },
};

static sc_status read_buyer(sc__reader *r, const sc_json *value, void *target)
{
	return sc__document_object(r, value, buyer_fields, target);
}

static const sc__field document_fields[] = {
	{ "currency", SC__FIELD_CUSTOM, AT(sc_price_request, currency), .read = sc__document_currency,
	  .required = true },
	{ "policy", SC__FIELD_CUSTOM, AT(sc_price_request, policy), .read = read_policy },
	{ "time_ms", SC__FIELD_INT, AT(sc_price_request, time_ms), .max = INT64_MAX / 4 },
	{ "buyer", SC__FIELD_CUSTOM, AT(sc_price_request, buyer), .read = read_buyer },
	{ "lines", SC__FIELD_KNOWN },
	{ "promotions", SC__FIELD_KNOWN },
	{ "shipping", SC__FIELD_KNOWN },
	{ "fees", SC__FIELD_KNOWN },
	{ NULL },
};

/* The array of that key, or nothing when it is absent or null. */
static sc_status read_list(sc__reader *r, const sc_json *document, const char *key, const sc__field *fields,
                           size_t item_size, size_t max, void **items, size_t *count)
{
	const sc_json *list = sc_json_member(document, key);

	*items = NULL;
	*count = 0;
	if (list == NULL || sc_json_type_of(list) == SC_JSON_NULL)
		return SC_OK;
	return sc__document_array(r, list, fields, item_size, max, items, count);
}

/* Refuses a name that another entry of the same map has: lines and shipments share one, since discounts name them. */
static sc_status check_names(sc__reader *r, const sc_json *list, const char *key, const char *otherwise, sc__map *seen)
{
	for (const sc_json *item = sc_json_first(list); item != NULL; item = sc_json_next(item)) {
		const sc_json *name = sc_json_member(item, key);

		if (sc_json_type_of(name) != SC_JSON_TEXT)
			name = sc_json_member(item, otherwise);
		void **place = sc__map_put(seen, sc_json_text(name));
		if (place == NULL)
			return sc__fail(r->err, SC_NO_MEMORY, "no memory for the document");
		if (*place != NULL)
			return sc__document_bad(r, SC_BAD_ARGUMENT, name, NULL, "stands twice");
		*place = seen;
	}
	return SC_OK;
}

static sc_status check_all_names(sc__reader *r, const sc_json *document)
{
	sc__map parts, promotions, fees;
	sc_status status;

	sc__map_init_arena(&parts, r->arena, SC__MAP_STRANGE_KEYS);
	sc__map_init_arena(&promotions, r->arena, SC__MAP_STRANGE_KEYS);
	sc__map_init_arena(&fees, r->arena, SC__MAP_STRANGE_KEYS);
	status = check_names(r, sc_json_member(document, "lines"), "id", "sku", &parts);
	if (status == SC_OK)
		status = check_names(r, sc_json_member(document, "shipping"), "code", "code", &parts);
	if (status == SC_OK)
		status = check_names(r, sc_json_member(document, "promotions"), "id", "id", &promotions);
	if (status == SC_OK)
		status = check_names(r, sc_json_member(document, "fees"), "code", "code", &fees);
	return status;
}

/* What sc_price_rules_new() refused, with a pointer to it. */
static sc_status refuse_rule(sc__reader *r, const sc_json *list, sc_status status)
{
	const sc_json *item = sc_json_first(list);

	if (r->err == NULL || !sc_status_is_bad_input(status) || r->err->index < 0)
		return status;
	for (int32_t i = 0; item != NULL && i < r->err->index; i++)
		item = sc_json_next(item);
	const size_t size = strcspn(r->err->field, ".");
	char key[sizeof(r->err->field)];
	memcpy(key, r->err->field, size);
	key[size] = '\0';
	return sc__document_bad(r, status, item, key, "%s", r->err->text);
}

sc_status sc__document_rules(sc__reader *r, const sc_json *document, sc_price_rules **rules)
{
	const sc_json *list = sc_json_member(document, "promotions");
	sc_promotion *promotions;
	size_t count;

	*rules = NULL;
	if (list == NULL || sc_json_type_of(list) == SC_JSON_NULL)
		return SC_OK;
	const sc_status status = sc__document_promotions(r, list, &promotions, &count);
	if (status != SC_OK)
		return status;
	return refuse_rule(r, list, sc_price_rules_new(r->arena->env, promotions, count, rules, r->err));
}

sc_status sc__document_request(sc__reader *r, const sc_json *document, sc_price_request *request,
                               sc_price_rules **rules)
{
	void *lines, *shipping, *fees;

	*request = (sc_price_request)SC_PRICE_REQUEST_INIT;
	sc_status status = sc__document_object(r, document, document_fields, request);
	r->currency = request->currency;
	if (status == SC_OK)
		status = read_list(r, document, "lines", line_fields, sizeof(sc_price_line), SC_PRICE_LINES_MAX, &lines,
		                   &request->line_count);
	if (status == SC_OK)
		status = read_list(r, document, "shipping", shipping_fields, sizeof(sc_price_shipping),
		                   SC_PRICE_SHIPPING_MAX, &shipping, &request->shipping_count);
	if (status == SC_OK)
		status = read_list(r, document, "fees", fee_fields, sizeof(sc_price_fee), SC_PRICE_FEES_MAX, &fees,
		                   &request->fee_count);
	if (status == SC_OK)
		status = sc__document_rules(r, document, rules);
	if (status != SC_OK)
		return status;
	request->lines = lines;
	request->shipping = shipping;
	request->fees = fees;
	request->rules = *rules;
	status = check_all_names(r, document);
	if (status != SC_OK)
		sc_price_rules_free(*rules);
	return status;
}

typedef struct allocation {
	int64_t amount;
	int method;
} allocation;

sc_status sc__document_allocate(sc__reader *r, const sc_json *value, int64_t *amount, int *method)
{
	static const sc__field fields[] = {
		{ "amount", SC__FIELD_INT, AT(allocation, amount), .min = -SC_PRICE_TOTAL_MAX,
		  .max = SC_PRICE_TOTAL_MAX, .required = true },
		{ "method", SC__FIELD_WORD, AT(allocation, method), .words = methods },
		{ "weights", SC__FIELD_KNOWN, .required = true },
		{ NULL },
	};
	allocation what = { .method = SC_PRICE_LARGEST_REMAINDER };
	const sc_status status = sc__document_object(r, value, fields, &what);

	if (status == SC_OK) {
		*amount = what.amount;
		*method = what.method;
	}
	return status;
}
