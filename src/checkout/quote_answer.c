/*
 * From what was loaded to the answer: the price, what a buyer sees of it, and the snapshot that an order would keep. No
 * I/O here.
 */
#include "base/arena.h"
#include "base/error.h"
#include "checkout/quote.h"
#include "pricing/document.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static const char *id_text(sc_arena *arena, sc_id id)
{
	char text[SC_ID_TEXT_SIZE];
	return sc_arena_dup(arena, sc_id_format(id, text), SC_ID_TEXT_SIZE - 1);
}

static bool set_line(const sc__quoting *q, const sc__quoted_line *line, const sc_priced_line *priced,
                     sc_order_line *out)
{
	const sc_sku *sku = &line->sku;
	*out = (sc_order_line){ .sku = line->cart->sku, .quantity = line->cart->quantity };
	out->id = priced ? priced->id : id_text(q->task->arena, line->cart->id);
	out->product = sku->product ? sku->product : "";
	out->seller = sku->seller ? sku->seller : "";
	out->name = sku->name ? sku->name : line->cart->sku;
	out->options = line->cart->options;
	out->option_count = line->cart->option_count;
	if (priced) {
		out->unit_price_minor = priced->unit_price;
		out->discount_minor = priced->discount;
		out->tax_minor = priced->tax;
		out->total_minor = priced->gross;
		out->units = priced->units;
		out->unit_runs = priced->unit_runs;
	}
	return out->id != NULL;
}

static sc_status set_lines(const sc__quoting *q, sc__quoted *out, sc_error *err)
{
	sc_order_line *lines = sc__arena_array(q->task->arena, q->cart.line_count, sizeof(*lines));
	size_t priced = 0;
	if (!lines)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		const sc__quoted_line *line = &q->lines[i];
		if (!set_line(q, line, line->for_sale ? &q->breakdown->lines[priced++] : NULL, &lines[i]))
			return no_memory(err);
		if (!line->for_sale && out->blocked < 0)
			out->blocked = (int32_t)i;
	}
	out->offer.snapshot.lines = lines;
	out->offer.snapshot.line_count = q->cart.line_count;
	return SC_OK;
}

/* What took something off, and what was taxed; the documents of those promotions, for who wants it explained. */
static sc_status set_making(const sc__quoting *q, sc__snapshot *out, sc_bytes **documents, sc_error *err)
{
	const sc_breakdown *b = q->breakdown;
	sc_order_promotion *promotions = sc__arena_array(q->task->arena, b->promotion_count, sizeof(*promotions));
	sc_order_tax *taxes = sc__arena_array(q->task->arena, b->tax_count, sizeof(*taxes));
	*documents = sc__arena_array(q->task->arena, b->promotion_count, sizeof(**documents));
	if (!promotions || !taxes || !*documents)
		return no_memory(err);
	for (size_t i = 0; i < b->promotion_count; i++) {
		if (b->promotions[i].discount == 0)
			continue;
		(*documents)[out->promotion_count] = q->set->documents[i];
		promotions[out->promotion_count++] = (sc_order_promotion){ b->promotions[i].id,
			                                                   b->promotions[i].discount };
	}
	for (size_t i = 0; i < b->tax_count; i++)
		taxes[i] = (sc_order_tax){ b->taxes[i].rate, b->taxes[i].base, b->taxes[i].amount };
	out->promotions = promotions;
	out->taxes = taxes;
	out->tax_count = b->tax_count;
	return SC_OK;
}

static sc_status set_fees(const sc__quoting *q, sc__snapshot *out, sc_error *err)
{
	const sc_breakdown *b = q->breakdown;
	sc_order_fee *fees = sc__arena_array(q->task->arena, b->fee_count, sizeof(*fees));
	if (!fees)
		return no_memory(err);
	for (size_t i = 0; i < b->fee_count; i++)
		fees[i] = (sc_order_fee){ .code = b->fees[i].code,
			                  .amount_minor = b->fees[i].gross,
			                  .tax_minor = b->fees[i].tax };
	out->fees = fees;
	out->fee_count = b->fee_count;
	return SC_OK;
}

static sc_status set_snapshot(sc__quoting *q, sc__quoted *out, sc_error *err)
{
	const sc_breakdown *b = q->breakdown;
	sc__snapshot *snapshot = &out->offer.snapshot;
	sc_json_writer writer;
	sc_bytes *documents;
	sc_status status = set_lines(q, out, err);
	if (status == SC_OK)
		status = set_making(q, snapshot, &documents, err);
	if (status == SC_OK)
		status = set_fees(q, snapshot, err);
	if (status == SC_OK)
		status = sc__quote_coupons_end(q, snapshot, err);
	if (status != SC_OK)
		return status;
	snapshot->currency = sc_arena_dup(q->task->arena, q->cart.currency, 3);
	snapshot->shipping_minor = b->shipping_gross;
	snapshot->shipping_tax_minor = b->shipping_gross - b->shipping_net;
	snapshot->shipping_discount_minor = b->shipping_discount;
	sc_json_writer_init(&writer, q->task->arena, false);
	sc__document_restate(&writer, &q->request, documents, snapshot->promotion_count);
	status = snapshot->currency ? sc_json_finish(&writer, &snapshot->pricing, err) : no_memory(err);
	return status == SC_OK ? sc__snapshot_derive(snapshot, err) : status;
}

static sc_status set_prices(const sc__quoting *q, sc_quote *quote, sc_error *err)
{
	sc_quote_price *prices = sc__arena_array(q->task->arena, q->cart.line_count, sizeof(*prices));
	if (!prices)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		prices[i] = q->lines[i].chosen;
		if (!prices[i].list)
			prices[i].list = "";
	}
	quote->prices = prices;
	return SC_OK;
}

static void set_quote(const sc__quoting *q, const sc__snapshot *snapshot, sc_quote *quote)
{
	quote->currency = snapshot->currency;
	quote->lines = snapshot->lines;
	quote->line_count = snapshot->line_count;
	quote->goods_minor = snapshot->goods_minor;
	quote->discount_minor = snapshot->discount_minor;
	quote->shipping_minor = snapshot->shipping_minor;
	quote->fees_minor = snapshot->fees_minor;
	quote->tax_minor = snapshot->tax_minor;
	quote->total_minor = snapshot->total_minor;
	quote->breakdown = q->breakdown;
	quote->coupons = q->coupons;
	quote->coupon_count = q->cart.coupon_count;
	quote->promotions = snapshot->promotions;
	quote->promotion_count = snapshot->promotion_count;
	quote->taxes = snapshot->taxes;
	quote->tax_count = snapshot->tax_count;
	quote->fees = snapshot->fees;
	quote->fee_count = snapshot->fee_count;
	quote->offers = q->offers;
	quote->offer_count = q->offer_count;
	quote->shipping_rate = q->breakdown->shipping_count > 0 ? q->breakdown->shipping[0].code : NULL;
	quote->expires_ms = q->now_ms + q->task->shop->settings.quote_ttl_ms;
}

static const char *place_of(bool asked, const char *given)
{
	return !asked ? NULL : given ? given : "";
}

/* Where it goes, as far as that decides about taxes or shipping: a placement has to go to the same place. */
static void set_place(const sc__quoting *q, sc__offer *offer)
{
	offer->country = place_of(q->set->asks_country, q->options.country);
	offer->region = place_of(q->set->asks_region, q->options.region);
	offer->postal_code = place_of(q->set->asks_postal_code, q->options.postal_code);
}

sc_status sc__quote_decide(sc__quoting *q, sc_error *err)
{
	sc__quoted quoted = { .blocked = -1 };
	sc_status status = sc__quote_price(q, err);
	if (status == SC_OK)
		status = set_snapshot(q, &quoted, err);
	if (status == SC_OK)
		status = set_prices(q, &quoted.quote, err);
	if (status == SC_OK)
		status = q->former ? sc__quote_differences(q, &quoted.offer.snapshot, &quoted.quote, err)
		                   : sc__quote_changes(q, &quoted.quote, err);
	if (status != SC_OK)
		return status;
	set_quote(q, &quoted.offer.snapshot, &quoted.quote);
	quoted.offer.owner = q->owner;
	quoted.offer.needs_consent = quoted.quote.needs_consent;
	quoted.offer.expires_ms = quoted.quote.expires_ms;
	set_place(q, &quoted.offer);
	*q->out = quoted;
	return SC_OK;
}
