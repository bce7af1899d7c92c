/*
 * /v1/checkout/quote: what the caller's cart costs, to which place and by which way it goes, what changed, and on
 * demand where every amount comes from. A quote is accepted by its token (checkout.c).
 *
 * Who belongs to which group, who is exempt, who has a tax number: that is for the shop to know and not for its caller
 * to claim, so this server asks for none of it.
 */
#include "http.h"

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
		if (quote->prices[i].compare_at_minor != 0)
			sc_json_add_int(writer, "compare_at_minor", quote->prices[i].compare_at_minor);
		if (quote->prices[i].list[0] != '\0')
			sc_json_add_text(writer, "price_list", quote->prices[i].list);
		sc_json_add_bool(writer, "on_sale", quote->prices[i].on_sale);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_changes(sc_json_writer *writer, const sc_quote *quote)
{
	sc_json_put_key(writer, "changes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->change_count; i++) {
		const sc_offer_change *change = &quote->changes[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "change", sc_offer_change_name(change->kind));
		if (change->line != SC_OFFER_NO_LINE)
			sc_json_add_int(writer, "line", change->line);
		sc_json_add_text(writer, "sku", change->sku);
		sc_json_add_int(writer, "was", change->was);
		sc_json_add_int(writer, "now", change->now);
		sc_json_add_text(writer, "field", change->field);
		sc_json_add_text(writer, "what", change->what);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

/* What came off: by which promotion, and what became of each code. */
static void write_discounts(sc_json_writer *writer, const sc_quote *quote)
{
	sc_json_put_key(writer, "promotions");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->promotion_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "id", quote->promotions[i].id);
		sc_json_add_int(writer, "discount_minor", quote->promotions[i].discount_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_put_key(writer, "coupons");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->coupon_count; i++) {
		const sc_quote_coupon *coupon = &quote->coupons[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", coupon->code);
		sc_json_add_bool(writer, "applied", coupon->verdict == SC_COUPON_APPLIED);
		sc_json_add_int(writer, "discount_minor", coupon->discount_minor);
		sc_json_add_text(writer, "text", coupon->text);
		sc_json_add_int(writer, "wanted", coupon->wanted);
		sc_json_add_int(writer, "available", coupon->available);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

/* What comes on top: fees, taxes, and the ways to ship among which the buyer chooses. */
static void write_charges(sc_json_writer *writer, const sc_quote *quote)
{
	sc_json_put_key(writer, "fees");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->fee_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", quote->fees[i].code);
		sc_json_add_int(writer, "amount_minor", quote->fees[i].amount_minor);
		sc_json_add_int(writer, "tax_minor", quote->fees[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_put_key(writer, "taxes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->tax_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "rate_ppm", quote->taxes[i].rate / (SC_RATE_ONE / 1000000));
		sc_json_add_int(writer, "net_minor", quote->taxes[i].net_minor);
		sc_json_add_int(writer, "tax_minor", quote->taxes[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_add_text(writer, "shipping_rate", quote->shipping_rate);
	sc_json_put_key(writer, "shipping_offers");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < quote->offer_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", quote->offers[i].code);
		sc_json_add_int(writer, "amount_minor", quote->offers[i].amount);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static sc_status reply_quote(struct request *request, const sc_quote *quote, bool explain)
{
	sc_json_writer writer;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "currency", quote->currency);
	write_lines(&writer, quote);
	sc_json_add_int(&writer, "goods_minor", quote->goods_minor);
	sc_json_add_int(&writer, "discount_minor", quote->discount_minor);
	sc_json_add_int(&writer, "shipping_minor", quote->shipping_minor);
	sc_json_add_int(&writer, "fees_minor", quote->fees_minor);
	sc_json_add_int(&writer, "tax_minor", quote->tax_minor);
	sc_json_add_int(&writer, "total_minor", quote->total_minor);
	write_discounts(&writer, quote);
	write_charges(&writer, quote);
	write_changes(&writer, quote);
	sc_json_add_bool(&writer, "needs_consent", quote->needs_consent);
	sc_json_add_int(&writer, "expires_ms", quote->expires_ms);
	sc_json_add_text(&writer, "token", quote->token);
	if (explain) {
		sc_json_put_key(&writer, "breakdown");
		sc_breakdown_write_json(&writer, quote->breakdown, &request->arena);
	}
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

static sc_status read_options(struct request *request, sc_quote_options *out)
{
	const struct {
		const char *key;
		const char **value;
	} members[] = {
		{ "country", &out->country },
		{ "region", &out->region },
		{ "postal_code", &out->postal_code },
		{ "shipping_rate", &out->shipping_rate },
		{ "email", &out->email },
	};
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < sizeof(members) / sizeof(members[0]); i++)
		status = member_text(request, request->document, members[i].key, members[i].value);
	return status;
}

sc_status quote_cart(struct request *request)
{
	sc_shop *shop = request->server->shop;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote quote;
	const char *since = NULL;
	bool explain = false;
	sc_status status = read_options(request, &options);
	if (status == SC_OK)
		status = member_text(request, request->document, "since", &since);
	if (status == SC_OK && sc_json_member(request->document, "explain") != NULL)
		status = sc_json_get_bool(request->document, "explain", &explain, &request->err);
	if (status == SC_OK && since != NULL)
		status = sc_checkout_requote(shop, &request->call, since, &options, &request->arena, &quote,
		                             &request->err);
	else if (status == SC_OK)
		status = sc_checkout_quote(shop, &request->call, &options, &request->arena, &quote, &request->err);
	return status == SC_OK ? reply_quote(request, &quote, explain) : status;
}
