/*
 * What an order would cost under other rules: the same lines with other promotions, tax rates or another
 * policy, and the difference in money.
 */
#include "pricing/document.h"

#include "base/error.h"

#include <string.h>

sc_status sc_price_compare(const sc_price_request *before, const sc_price_request *after, sc_arena *arena,
                           sc_price_comparison *out, sc_error *err)
{
	sc_price_comparison c;
	sc_status status = sc_price(before, arena, &c.before, err);

	if (status == SC_OK)
		status = sc_price(after, arena, &c.after, err);
	if (status != SC_OK)
		return status;
	c.net = c.after.total_net - c.before.total_net;
	c.tax = c.after.tax_total - c.before.tax_total;
	c.gross = c.after.total_gross - c.before.total_gross;
	c.discount = c.after.discount_total - c.before.discount_total;
	*out = c;
	return SC_OK;
}

/* New rates by old ones. */
typedef struct rate_map {
	int64_t (*pairs)[2];
	size_t count;
} rate_map;

static const sc__field what_if_fields[] = {
	{ "promotions", SC__FIELD_KNOWN },
	{ "policy", SC__FIELD_KNOWN },
	{ "tax_rates", SC__FIELD_KNOWN },
	{ NULL },
};

static sc_status read_map(sc__reader *r, const sc_json *value, rate_map *map)
{
	if (sc_json_type_of(value) != SC_JSON_OBJECT)
		return sc__document_bad(r, SC_BAD_FORMAT, value, NULL, "has to be an object of percentages");
	map->pairs = sc_arena_alloc(r->arena, sc_json_count(value) * sizeof(*map->pairs));
	if (map->pairs == NULL)
		return sc__fail(r->err, SC_NO_MEMORY, "no memory for the rates");
	for (const sc_json *item = sc_json_first(value); item != NULL; item = sc_json_next(item)) {
		int64_t *pair = map->pairs[map->count++];
		sc_status status = sc__document_percent(r, item, SC_RATE_MAX, &pair[1]);

		if (status == SC_OK && !sc__document_rate_of_text(sc_json_key(item), &pair[0]))
			status = sc__document_bad(r, SC_BAD_FORMAT, item, NULL, "the key has to be a percentage");
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

/* The list of rates with the new ones in place of the old. False: no memory. */
static bool replace_rates(const rate_map *map, sc_arena *arena, const int64_t **rates, size_t count)
{
	int64_t *replaced = sc_arena_alloc(arena, count * sizeof(*replaced));

	if (replaced == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		replaced[i] = (*rates)[i];
		for (size_t k = 0; k < map->count; k++)
			if (map->pairs[k][0] == (*rates)[i])
				replaced[i] = map->pairs[k][1];
	}
	*rates = replaced;
	return true;
}

/* Copies of the request's lists with other rates. */
static bool replace_all(const rate_map *map, sc_arena *arena, sc_price_request *request)
{
	sc_price_line *lines = sc_arena_alloc(arena, request->line_count * sizeof(*lines));
	sc_price_shipping *shipping = sc_arena_alloc(arena, request->shipping_count * sizeof(*shipping));
	sc_price_fee *fees = sc_arena_alloc(arena, request->fee_count * sizeof(*fees));
	bool done = lines != NULL && shipping != NULL && fees != NULL;

	for (size_t i = 0; i < request->line_count && done; i++) {
		lines[i] = request->lines[i];
		done = replace_rates(map, arena, &lines[i].tax_rates, lines[i].tax_rate_count);
	}
	for (size_t i = 0; i < request->shipping_count && done; i++) {
		shipping[i] = request->shipping[i];
		done = replace_rates(map, arena, &shipping[i].tax_rates, shipping[i].tax_rate_count);
	}
	for (size_t i = 0; i < request->fee_count && done; i++) {
		fees[i] = request->fees[i];
		done = replace_rates(map, arena, &fees[i].tax_rates, fees[i].tax_rate_count);
	}
	request->lines = lines;
	request->shipping = shipping;
	request->fees = fees;
	return done;
}

static void write_totals(sc_json_writer *w, const char *key, int64_t net, int64_t tax, int64_t gross, int64_t discount)
{
	sc_json_put_key(w, key);
	sc_json_begin_object(w);
	sc_json_add_int(w, "total_net", net);
	sc_json_add_int(w, "tax_total", tax);
	sc_json_add_int(w, "total_gross", gross);
	sc_json_add_int(w, "discount_total", discount);
	sc_json_end_object(w);
}

static sc_status compare(sc__reader *r, const sc_price_request *order, const sc_price_request *other, sc_json_writer *w)
{
	sc_price_comparison c;
	const sc_status status = sc_price_compare(order, other, r->arena, &c, r->err);

	if (status != SC_OK)
		return status;
	sc_json_begin_object(w);
	write_totals(w, "before", c.before.total_net, c.before.tax_total, c.before.total_gross,
	             c.before.discount_total);
	write_totals(w, "after", c.after.total_net, c.after.tax_total, c.after.total_gross, c.after.discount_total);
	write_totals(w, "difference", c.net, c.tax, c.gross, c.discount);
	sc_json_end_object(w);
	return SC_OK;
}

sc_status sc__document_what_if(sc__reader *r, const sc_json *value, const sc_price_request *order, sc_json_writer *w)
{
	const sc_json *promotions = sc_json_member(value, "promotions"), *policy = sc_json_member(value, "policy");
	const sc_json *rates = sc_json_member(value, "tax_rates");
	sc_price_request other = *order;
	sc_price_rules *rules = NULL;
	rate_map map = { .count = 0 };
	sc_status status = sc__document_object(r, value, what_if_fields, NULL);

	if (status == SC_OK && policy != NULL)
		status = sc__document_policy(r, policy, &other.policy);
	if (status == SC_OK && rates != NULL)
		status = read_map(r, rates, &map);
	if (status == SC_OK && map.count > 0 && !replace_all(&map, r->arena, &other))
		status = sc__fail(r->err, SC_NO_MEMORY, "no memory for the rates");
	if (status == SC_OK && promotions != NULL)
		status = sc__document_rules(r, value, &rules);
	if (status != SC_OK)
		return status;
	if (promotions != NULL)
		other.rules = rules;
	status = compare(r, order, &other, w);
	sc_price_rules_free(rules);
	return status;
}
