/*
 * A request that was priced, written down as a document, so that an order can be explained, and priced again under
 * other rules, for as long as it is kept. Whoever keeps it has the lines already: of them only the rest is written, and
 * of that only what differs from the line before.
 */
#include "pricing/document.h"

#include "base/error.h"
#include "base/json.h"
#include "pricing/names.h"

#include <string.h>

static void write_rates(sc_json_writer *w, const int64_t *rates, size_t count)
{
	char text[32];

	sc_json_put_key(w, "tax_rates");
	sc_json_begin_array(w);
	for (size_t i = 0; i < count; i++) {
		sc__rate_text(rates[i], text, sizeof(text));
		sc_json_put_text(w, text);
	}
	sc_json_end_array(w);
}

static void write_flag(sc_json_writer *w, const char *key, bool flag)
{
	if (flag)
		sc_json_add_bool(w, key, true);
}

static void write_text(sc_json_writer *w, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		sc_json_add_text(w, key, text);
}

static void write_texts(sc_json_writer *w, const char *key, const sc_price_texts *texts)
{
	if (texts->count == 0)
		return;
	sc_json_put_key(w, key);
	sc_json_begin_array(w);
	for (size_t i = 0; i < texts->count; i++)
		sc_json_put_text(w, texts->items[i]);
	sc_json_end_array(w);
}

/* ---- lines ------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_rates(const sc_price_line *a, const sc_price_line *b)
{
	return a->tax_rate_count == b->tax_rate_count &&
	       (a->tax_rate_count == 0 ||
	        memcmp(a->tax_rates, b->tax_rates, a->tax_rate_count * sizeof(*a->tax_rates)) == 0);
}

/* Lines with attributes or many categories are written out each time: comparing them is not worth it. */
static bool same_rest(const sc_price_line *a, const sc_price_line *b)
{
	return same_rates(a, b) && a->tax_inclusive == b->tax_inclusive &&
	       a->already_discounted == b->already_discounted && a->tax_compound == b->tax_compound &&
	       a->tax_exempt == b->tax_exempt && a->floor_unit_price == b->floor_unit_price &&
	       same_text(a->category, b->category) && same_text(a->brand, b->brand) &&
	       same_text(a->seller, b->seller) && a->attribute_count + b->attribute_count == 0 &&
	       a->categories.count + b->categories.count == 0;
}

static void write_line(sc_json_writer *w, const sc_price_line *line)
{
	write_rates(w, line->tax_rates, line->tax_rate_count);
	write_flag(w, "tax_inclusive", line->tax_inclusive);
	write_flag(w, "tax_compound", line->tax_compound);
	write_flag(w, "tax_exempt", line->tax_exempt);
	write_flag(w, "already_discounted", line->already_discounted);
	if (line->floor_unit_price != 0)
		sc_json_add_int(w, "floor_unit_price", line->floor_unit_price);
	write_text(w, "category", line->category);
	write_texts(w, "categories", &line->categories);
	write_text(w, "brand", line->brand);
	write_text(w, "seller", line->seller);
	if (line->attribute_count == 0)
		return;
	sc_json_put_key(w, "attributes");
	sc_json_begin_object(w);
	for (size_t i = 0; i < line->attribute_count; i++)
		sc_json_add_text(w, line->attributes[i].name, line->attributes[i].value);
	sc_json_end_object(w);
}

static void write_lines(sc_json_writer *w, const sc_price_line *lines, size_t count)
{
	sc_json_put_key(w, "lines");
	sc_json_begin_array(w);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(w);
		if (i == 0 || !same_rest(&lines[i - 1], &lines[i]))
			write_line(w, &lines[i]);
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void write_shipping(sc_json_writer *w, const sc_price_request *request)
{
	if (request->shipping_count == 0)
		return;
	sc_json_put_key(w, "shipping");
	sc_json_begin_array(w);
	for (size_t i = 0; i < request->shipping_count; i++) {
		const sc_price_shipping *shipping = &request->shipping[i];

		sc_json_begin_object(w);
		sc_json_add_text(w, "code", shipping->code);
		sc_json_add_int(w, "amount", shipping->amount);
		write_rates(w, shipping->tax_rates, shipping->tax_rate_count);
		write_flag(w, "tax_inclusive", shipping->tax_inclusive);
		if (shipping->tax_mode == SC_PRICE_TAX_WEIGHTED)
			sc_json_add_text(w, "tax_mode", "weighted");
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_fees(sc_json_writer *w, const sc_price_request *request)
{
	if (request->fee_count == 0)
		return;
	sc_json_put_key(w, "fees");
	sc_json_begin_array(w);
	for (size_t i = 0; i < request->fee_count; i++) {
		const sc_price_fee *fee = &request->fees[i];

		sc_json_begin_object(w);
		sc_json_add_text(w, "code", fee->code);
		sc_json_add_int(w, "amount", fee->amount);
		write_rates(w, fee->tax_rates, fee->tax_rate_count);
		write_flag(w, "tax_inclusive", fee->tax_inclusive);
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_buyer(sc_json_writer *w, const sc_price_buyer *buyer)
{
	sc_json_put_key(w, "buyer");
	sc_json_begin_object(w);
	write_texts(w, "coupons", &buyer->coupons);
	write_text(w, "customer_group", buyer->customer_group);
	write_text(w, "country", buyer->country);
	write_flag(w, "first_order", buyer->first_order);
	if (buyer->utc_offset_s != 0)
		sc_json_add_int(w, "utc_offset_s", buyer->utc_offset_s);
	sc_json_end_object(w);
}

void sc__document_restate(sc_json_writer *w, const sc_price_request *request, const sc_bytes *promotions, size_t count)
{
	static const sc_price_policy usual;

	sc_json_begin_object(w);
	sc_json_add_text(w, "currency", request->currency);
	if (memcmp(&request->policy, &usual, sizeof(usual)) != 0) {
		sc_json_put_key(w, "policy");
		sc__document_write_policy(w, &request->policy);
	}
	sc_json_add_int(w, "time_ms", request->time_ms);
	write_buyer(w, &request->buyer);
	if (count > 0) {
		sc_json_put_key(w, "promotions");
		sc_json_begin_array(w);
		for (size_t i = 0; i < count; i++)
			sc_json_put_raw(w, promotions[i]);
		sc_json_end_array(w);
	}
	write_shipping(w, request);
	write_fees(w, request);
	write_lines(w, request->lines, request->line_count);
	sc_json_end_object(w);
}

/* ---- and back ---------------------------------------------------------------------------- */

static void complete_lines(sc_json_writer *w, const sc_json *rest, const sc__restated_line *lines, size_t count)
{
	const sc_json *shared = sc_json_first(rest), *at = shared;

	sc_json_begin_array(w);
	for (size_t i = 0; i < count; i++, at = sc_json_next(at)) {
		if (sc_json_count(at) > 0)
			shared = at;
		sc_json_begin_object(w);
		sc_json_add_text(w, "id", lines[i].id);
		sc_json_add_text(w, "sku", lines[i].sku);
		sc_json_add_int(w, "unit_price", lines[i].unit_price);
		sc_json_add_int(w, "quantity", lines[i].quantity);
		for (const sc_json *member = sc_json_first(shared); member != NULL; member = sc_json_next(member)) {
			sc_json_put_key(w, sc_json_key(member));
			sc__json_put_value(w, member);
		}
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

sc_status sc__document_complete(sc_bytes restated, const sc__restated_line *lines, size_t count, sc_arena *arena,
                                sc_bytes *out, sc_error *err)
{
	sc_json_writer w;
	const sc_json *document;
	sc_status status = sc_json_parse(restated, arena, NULL, &document, NULL);

	if (status != SC_OK || sc_json_count(sc_json_member(document, "lines")) != count)
		return sc__fail(err, status == SC_NO_MEMORY ? status : SC_DAMAGED, "what was priced does not read");
	sc_json_writer_init(&w, arena, false);
	sc_json_begin_object(&w);
	for (const sc_json *member = sc_json_first(document); member != NULL; member = sc_json_next(member)) {
		sc_json_put_key(&w, sc_json_key(member));
		if (strcmp(sc_json_key(member), "lines") == 0)
			complete_lines(&w, member, lines, count);
		else
			sc__json_put_value(&w, member);
	}
	sc_json_end_object(&w);
	return sc_json_finish(&w, out, err);
}
