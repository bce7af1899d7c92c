/*
 * The one document of a quote, as an order has one: command line, server and bindings hand it on as it is.
 */
#include "order/json_parts.h"

#include <shopcore/checkout.h>
#include <shopcore/pricing.h>

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

static void write_coupons(sc_json_writer *writer, const sc_quote *quote)
{
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

/* The ways to ship among which the buyer chooses. */
static void write_offers(sc_json_writer *writer, const sc_quote *quote)
{
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

void sc_quote_write_json(sc_json_writer *writer, const sc_quote *quote, sc_arena *explain)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "currency", quote->currency);
	write_lines(writer, quote);
	sc_json_add_int(writer, "goods_minor", quote->goods_minor);
	sc_json_add_int(writer, "discount_minor", quote->discount_minor);
	sc_json_add_int(writer, "shipping_minor", quote->shipping_minor);
	sc__json_fees(writer, quote->fees_minor, quote->fees, quote->fee_count);
	sc_json_add_int(writer, "tax_minor", quote->tax_minor);
	sc_json_add_int(writer, "total_minor", quote->total_minor);
	sc__json_promotions(writer, quote->promotions, quote->promotion_count);
	write_coupons(writer, quote);
	sc__json_taxes(writer, quote->taxes, quote->tax_count);
	write_offers(writer, quote);
	write_changes(writer, quote);
	sc_json_add_bool(writer, "needs_consent", quote->needs_consent);
	sc_json_add_int(writer, "expires_ms", quote->expires_ms);
	sc_json_add_text(writer, "token", quote->token);
	if (explain != NULL) {
		sc_json_put_key(writer, "breakdown");
		sc_breakdown_write_json(writer, quote->breakdown, explain);
	}
	sc_json_end_object(writer);
}
