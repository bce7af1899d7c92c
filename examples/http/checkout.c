/*
 * /v1/checkout: from the caller's cart to an order that is paid for.
 */
#include "http.h"

#include <string.h>

/* ---- quote ------------------------------------------------------------------------------- */

static void write_lines(sc_json_writer *writer, const sc_quote *quote)
{
	sc_json_put_key(writer, "lines");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->line_count; i++) {
		const sc_order_line *line = &quote->lines[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "id", line->id);
		sc_json_add_text(writer, "sku", line->sku);
		sc_json_add_text(writer, "name", line->name);
		sc_json_add_int(writer, "quantity", line->quantity);
		sc_json_add_int(writer, "unit_price_minor", line->unit_price_minor);
		sc_json_add_int(writer, "discount_minor", line->discount_minor);
		sc_json_add_int(writer, "tax_minor", line->tax_minor);
		sc_json_add_int(writer, "total_minor", line->total_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_changes(sc_json_writer *writer, const sc_quote *quote)
{
	sc_json_put_key(writer, "changes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->change_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "change", sc_offer_change_name(quote->changes[i].kind));
		sc_json_add_int(writer, "line", quote->changes[i].line);
		sc_json_add_text(writer, "sku", quote->changes[i].sku);
		sc_json_add_int(writer, "was", quote->changes[i].was);
		sc_json_add_int(writer, "now", quote->changes[i].now);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

sc_status quote_cart(struct request *request)
{
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote quote;
	sc_json_writer writer;
	sc_status status = member_text(request, request->document, "country", &options.country);
	if (status == SC_OK)
		status = member_text(request, request->document, "region", &options.region);
	if (status == SC_OK)
		status = sc_checkout_quote(request->server->shop, &request->call, &options, &request->arena, &quote,
		                           &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", quote.currency);
	write_lines(&writer, &quote);
	sc_json_add_int(&writer, "goods_minor", quote.goods_minor);
	sc_json_add_int(&writer, "discount_minor", quote.discount_minor);
	sc_json_add_int(&writer, "shipping_minor", quote.shipping_minor);
	sc_json_add_int(&writer, "tax_minor", quote.tax_minor);
	sc_json_add_int(&writer, "total_minor", quote.total_minor);
	write_changes(&writer, &quote);
	sc_json_add_bool(&writer, "needs_consent", quote.needs_consent);
	sc_json_add_int(&writer, "expires_ms", quote.expires_ms);
	sc_json_add_text(&writer, "token", quote.token);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

/* ---- buy --------------------------------------------------------------------------------- */

static sc_status read_address(struct request *request, const char *key, sc_postal_address *out)
{
	const struct {
		const char *key;
		const char **value;
	} members[] = {
		{ "name", &out->name },   { "company", &out->company }, { "line1", &out->line1 },
		{ "line2", &out->line2 }, { "city", &out->city },       { "postal_code", &out->postal_code },
		{ "phone", &out->phone }, { "region", &out->region },   { "country", &out->country },
	};
	const sc_json *object;
	if (sc_json_member(request->document, key) == NULL)
		return SC_OK;
	sc_status status = sc_json_get_object(request->document, key, &object, &request->err);
	for (size_t i = 0; status == SC_OK && i < sizeof(members) / sizeof(members[0]); i++)
		status = member_text(request, object, members[i].key, members[i].value);
	return status;
}

static sc_status read_request(struct request *request, sc_checkout_request *out)
{
	const sc_json *document = request->document;
	sc_status status = member_text(request, document, "quote", &out->quote);
	if (status == SC_OK)
		status = member_text(request, document, "payment_token", &out->payment_token);
	if (status == SC_OK)
		status = member_text(request, document, "email", &out->email);
	if (status == SC_OK)
		status = read_address(request, "shipping", &out->shipping);
	if (status == SC_OK)
		status = read_address(request, "billing", &out->billing);
	if (status == SC_OK && sc_json_member(document, "consent") != NULL)
		status = sc_json_get_bool(document, "consent", &out->consent, &request->err);
	return status;
}

static void locate(struct request *request, const char *order_id)
{
	static const char front[] = "/v1/orders/";
	char *text = sc_arena_alloc(&request->arena, sizeof(front) + strlen(order_id));
	if (text != NULL)
		request->location = strcat(strcpy(text, front), order_id);
}

/* An order that waits for its money is told with the refusal, so that the buyer can try again. */
static sc_status tell_waiting(struct request *request, sc_status status)
{
	sc_placement placement;
	sc_error ignored = SC_ERROR_INIT;
	if (status != SC_DECLINED && status != SC_ACTION_REQUIRED && status != SC_PAYMENT_UNKNOWN)
		return status;
	if (sc_checkout_find(request->server->shop, &request->call, &request->arena, &placement, &ignored) != SC_OK)
		return status;
	problem_of_status(request, status);
	locate(request, placement.order_id);
	return SC_OK;
}

/* Whether an order stands under the key already. */
static void look_for_repeat(struct request *request)
{
	sc_placement placement;
	sc_error ignored = SC_ERROR_INIT;
	request->replayed = sc_checkout_find(request->server->shop, &request->call, &request->arena, &placement,
	                                     &ignored) == SC_OK;
}

sc_status buy_cart(struct request *request)
{
	sc_checkout_request wanted = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	sc_status status = read_request(request, &wanted);
	if (status != SC_OK)
		return status;
	look_for_repeat(request);
	status = sc_checkout_buy(request->server->shop, &request->call, &wanted, &request->arena, &placement,
	                         &request->err);
	if (status != SC_OK)
		return tell_waiting(request, status);
	request->code = 201;
	request->type = "application/json";
	request->reply = (sc_bytes){ placement.json, placement.json_size };
	locate(request, placement.order_id);
	return SC_OK;
}
