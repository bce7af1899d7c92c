/*
 * The one document of an order. Its members and their order are part of the library's promise: command
 * line, server and bindings hand it on as it is.
 */
#include "order/json_parts.h"
#include "order/record.h"

#include <shopcore/cart.h>

static void write_options(sc_json_writer *writer, const sc_order_line *line)
{
	sc_json_put_key(writer, "options");
	sc_json_begin_object(writer);
	for (size_t i = 0; i < line->option_count; i++)
		sc_json_add_text(writer, line->options[i].name, line->options[i].value);
	sc_json_end_object(writer);
}

static void write_lines(sc_json_writer *writer, const sc_order *order)
{
	sc_json_put_key(writer, "lines");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < order->line_count; i++) {
		const sc_order_line *line = &order->lines[i];
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "id", line->id);
		sc_json_add_text(writer, "sku", line->sku);
		sc_json_add_text(writer, "product", line->product);
		sc_json_add_text(writer, "seller", line->seller);
		sc_json_add_text(writer, "name", line->name);
		sc_json_add_int(writer, "quantity", line->quantity);
		sc_json_add_int(writer, "unit_price_minor", line->unit_price_minor);
		sc_json_add_int(writer, "discount_minor", line->discount_minor);
		sc_json_add_int(writer, "tax_minor", line->tax_minor);
		sc_json_add_int(writer, "total_minor", line->total_minor);
		write_options(writer, line);
		if (line->cancelled > 0)
			sc_json_add_int(writer, "cancelled", line->cancelled);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_amounts(sc_json_writer *writer, const sc_order *order)
{
	sc_json_add_text(writer, "currency", order->currency);
	sc_json_add_int(writer, "goods_minor", order->goods_minor);
	sc_json_add_int(writer, "discount_minor", order->discount_minor);
	sc_json_add_int(writer, "shipping_minor", order->shipping_minor);
	sc_json_add_int(writer, "tax_minor", order->tax_minor);
	sc_json_add_int(writer, "total_minor", order->total_minor);
}

static void write_states(sc_json_writer *writer, const sc_order *order)
{
	sc_json_add_text(writer, "status", sc_order_status_name((sc_order_status)order->status));
	sc_json_add_text(writer, "order_state", sc_order_state_name(SC_MACHINE_ORDER, order->state));
	sc_json_add_text(writer, "payment_state", sc_order_state_name(SC_MACHINE_PAYMENT, order->paid));
	sc_json_add_text(writer, "fulfilment_state", sc_order_state_name(SC_MACHINE_FULFILMENT, order->fulfilment));
}

static void write_person(sc_json_writer *writer, const sc_order *order)
{
	sc_json_add_bool(writer, "erased", order->erased);
	sc_json_add_text(writer, "email", order->email);
	sc_json_put_key(writer, "shipping_address");
	sc__address_write(writer, &order->shipping);
	sc_json_put_key(writer, "billing_address");
	sc__address_write(writer, &order->billing);
}

static void write_shipment(sc_json_writer *writer, const sc_shipment *shipment)
{
	sc_json_put_key(writer, "shipment");
	if (shipment->shipped_ms == 0) {
		sc_json_put_null(writer);
		return;
	}
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "carrier", shipment->carrier);
	sc_json_add_text(writer, "tracking", shipment->tracking);
	sc_json_add_int(writer, "shipped_ms", shipment->shipped_ms);
	sc_json_end_object(writer);
}

static void write_payments(sc_json_writer *writer, const sc_order *order)
{
	sc_json_put_key(writer, "payments");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < order->payment_count; i++) {
		const sc_payment *payment = &order->payments[i];
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "number", payment->number);
		sc_json_add_text(writer, "attempt", payment->attempt);
		sc_json_add_text(writer, "state", sc_attempt_state_name(payment->state));
		sc_json_add_int(writer, "amount_minor", payment->amount_minor);
		sc_json_add_text(writer, "currency", payment->currency);
		sc_json_add_text(writer, "provider_ref", payment->provider_ref);
		sc_json_add_text(writer, "step_url", payment->step_url);
		sc_json_add_text(writer, "decline_code", payment->decline_code);
		if (payment->tender != SC_TENDER_PROVIDER) {
			sc_json_add_text(writer, "tender", sc_tender_name(payment->tender));
			sc_json_add_text(writer, "account", payment->account);
		}
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_history(sc_json_writer *writer, const sc_order *order)
{
	sc_json_put_key(writer, "history");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < order->history_count; i++) {
		const sc_order_event *event = &order->history[i];
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "time_ms", event->time_ms);
		sc_json_add_text(writer, "topic", event->topic);
		sc_json_add_text(writer, "cause", event->cause);
		sc_json_add_text(writer, "actor", event->actor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

/* What took something off and what was taxed; only what there is. */
static void write_making(sc_json_writer *writer, const sc_order *order)
{
	sc__json_promotions(writer, order->promotions, order->promotion_count);
	sc_json_put_key(writer, "coupons");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < order->coupon_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", order->coupons[i].code);
		sc_json_add_text(writer, "coupon", order->coupons[i].coupon);
		sc_json_add_int(writer, "discount_minor", order->coupons[i].discount_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc__json_taxes(writer, order->taxes, order->tax_count);
}

void sc_order_write_json(sc_json_writer *writer, const sc_order *order)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", order->id);
	sc_json_add_text(writer, "owner", order->owner);
	write_states(writer, order);
	sc_json_add_int(writer, "version", (int64_t)order->version);
	sc_json_add_int(writer, "created_ms", order->created_ms);
	write_amounts(writer, order);
	write_lines(writer, order);
	write_person(writer, order);
	write_shipment(writer, &order->shipment);
	if (order->payments)
		write_payments(writer, order);
	if (order->history)
		write_history(writer, order);
	write_making(writer, order);
	sc__json_fees(writer, order->fees_minor, order->fees, order->fee_count);
	sc_json_end_object(writer);
}
