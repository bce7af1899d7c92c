/*
 * A breakdown as JSON. Keys are always written, in the same order.
 */
#include "pricing/document.h"

#include "pricing/names.h"

#include <stdio.h>
#include <string.h>

/* Lines of more units, and units beyond this in one document, are written as runs. */
#define UNITS_OF_LINE_MAX     100000
#define UNITS_OF_DOCUMENT_MAX 1000000

void sc__document_write_rate(sc_json_writer *w, int64_t rate)
{
	char text[32];

	if (rate % SC_RATE_PERCENT == 0) {
		sc_json_put_int(w, rate / SC_RATE_PERCENT);
		return;
	}
	sc__rate_text(rate, text, sizeof(text));
	sc_json_put_text(w, text);
}

static void write_units(sc_json_writer *w, const sc_priced_line *line)
{
	sc_json_put_key(w, "unit_discounts");
	sc_json_begin_array(w);
	for (size_t i = 0; i < line->unit_runs; i++)
		for (int64_t k = 0; k < line->units[i].count; k++)
			sc_json_put_int(w, line->units[i].discount);
	sc_json_end_array(w);
}

static void write_runs(sc_json_writer *w, const sc_priced_line *line)
{
	sc_json_put_key(w, "unit_discount_runs");
	sc_json_begin_array(w);
	for (size_t i = 0; i < line->unit_runs; i++) {
		sc_json_begin_array(w);
		sc_json_put_int(w, line->units[i].count);
		sc_json_put_int(w, line->units[i].discount);
		sc_json_end_array(w);
	}
	sc_json_end_array(w);
}

static void write_lines(sc_json_writer *w, const sc_breakdown *b)
{
	int64_t units = 0;

	sc_json_put_key(w, "lines");
	sc_json_begin_array(w);
	for (size_t i = 0; i < b->line_count; i++) {
		const sc_priced_line *line = &b->lines[i];

		sc_json_begin_object(w);
		sc_json_add_text(w, "id", line->id);
		sc_json_add_text(w, "sku", line->sku);
		sc_json_add_int(w, "net", line->net);
		sc_json_add_int(w, "gross", line->gross);
		sc_json_add_int(w, "tax", line->tax);
		sc_json_add_int(w, "discount", line->discount);
		if (line->quantity <= UNITS_OF_LINE_MAX && units + line->quantity <= UNITS_OF_DOCUMENT_MAX) {
			units += line->quantity;
			write_units(w, line);
		} else {
			write_runs(w, line);
		}
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_charges(sc_json_writer *w, const char *key, const sc_priced_charge *charges, size_t count)
{
	sc_json_put_key(w, key);
	sc_json_begin_array(w);
	for (size_t i = 0; i < count; i++) {
		sc_json_begin_object(w);
		sc_json_add_text(w, "code", charges[i].code);
		sc_json_add_int(w, "net", charges[i].net);
		sc_json_add_int(w, "gross", charges[i].gross);
		sc_json_add_int(w, "tax", charges[i].tax);
		sc_json_add_int(w, "discount", charges[i].discount);
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_promotions(sc_json_writer *w, const sc_breakdown *b)
{
	sc_json_put_key(w, "promotions");
	sc_json_begin_array(w);
	for (size_t i = 0; i < b->promotion_count; i++) {
		const sc_priced_promotion *promotion = &b->promotions[i];

		sc_json_begin_object(w);
		sc_json_add_text(w, "id", promotion->id);
		sc_json_add_bool(w, "applied", promotion->reason == SC_PROMOTION_APPLIED);
		sc_json_put_key(w, "discounts");
		sc_json_begin_object(w);
		for (size_t k = 0; k < promotion->share_count; k++) {
			const sc_promotion_share *share = &promotion->shares[k];

			sc_json_add_int(w,
			                share->is_shipping ? b->shipping[share->index].code : b->lines[share->index].id,
			                share->amount);
		}
		sc_json_end_object(w);
		if (promotion->reason != SC_PROMOTION_APPLIED) {
			sc_json_add_text(w, "reason", sc__reason_name(promotion->reason));
			if (promotion->wanted != 0 || promotion->available != 0) {
				sc_json_add_int(w, "wanted", promotion->wanted);
				sc_json_add_int(w, "available", promotion->available);
			}
		}
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_taxes(sc_json_writer *w, const sc_breakdown *b)
{
	sc_json_put_key(w, "taxes");
	sc_json_begin_array(w);
	for (size_t i = 0; i < b->tax_count; i++) {
		sc_json_begin_object(w);
		sc_json_put_key(w, "rate");
		sc__document_write_rate(w, b->taxes[i].rate);
		sc_json_add_int(w, "base", b->taxes[i].base);
		sc_json_add_int(w, "amount", b->taxes[i].amount);
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
}

static void write_step(sc_json_writer *w, const sc_breakdown *b, const sc_price_step *step)
{
	sc_json_begin_object(w);
	sc_json_add_text(w, "kind", sc__step_name(step->kind));
	sc_json_add_text(w, "part", sc__part_name(step->part));
	if (step->part != SC_PRICE_PART_ORDER)
		sc_json_add_text(w, "id", sc__part_id(b, step->part, step->index));
	if (step->promotion >= 0)
		sc_json_add_text(w, "promotion", b->promotions[step->promotion].id);
	sc_json_add_int(w, "base", step->base);
	sc_json_add_int(w, "numerator", step->numerator);
	sc_json_add_int(w, "denominator", step->denominator);
	sc_json_add_int(w, "units", step->units);
	sc_json_add_int(w, "amount", step->amount);
	sc_json_add_text(w, "rounding", step->rounded ? sc__rounding_name(step->rounding) : NULL);
	sc_json_add_bool(w, "adjusted", step->adjusted);
	sc_json_end_object(w);
}

static void write_explanation(sc_json_writer *w, const sc_breakdown *b, sc_arena *arena)
{
	sc_bytes text;

	sc_json_put_key(w, "explanation");
	sc_json_begin_object(w);
	sc_json_put_key(w, "steps");
	sc_json_begin_array(w);
	for (size_t i = 0; i < b->step_count; i++)
		write_step(w, b, &b->steps[i]);
	sc_json_end_array(w);
	if (sc_price_explain(b, arena, &text, NULL) == SC_OK)
		sc_json_put_key(w, "text"), sc_json_put_bytes(w, text.data, text.size);
	else
		w->status = SC_NO_MEMORY;
	sc_json_end_object(w);
}

void sc_breakdown_write_json(sc_json_writer *w, const sc_breakdown *b, sc_arena *arena)
{
	sc_json_begin_object(w);
	sc_json_add_text(w, "currency", b->currency);
	sc_json_add_int(w, "items_net", b->items_net);
	sc_json_add_int(w, "items_gross", b->items_gross);
	sc_json_add_int(w, "items_discount", b->items_discount);
	sc_json_add_int(w, "shipping_net", b->shipping_net);
	sc_json_add_int(w, "shipping_gross", b->shipping_gross);
	sc_json_add_int(w, "shipping_discount", b->shipping_discount);
	sc_json_add_int(w, "discount_total", b->discount_total);
	sc_json_add_int(w, "tax_included", b->tax_included);
	sc_json_add_int(w, "tax_excluded", b->tax_excluded);
	sc_json_add_int(w, "tax_total", b->tax_total);
	sc_json_add_int(w, "total_net", b->total_net);
	sc_json_add_int(w, "total_gross", b->total_gross);
	write_lines(w, b);
	write_promotions(w, b);
	write_taxes(w, b);
	write_charges(w, "shipping", b->shipping, b->shipping_count);
	write_charges(w, "fees", b->fees, b->fee_count);
	if ((b->flags & SC_PRICE_EXPLAIN) != 0)
		write_explanation(w, b, arena);
	sc_json_end_object(w);
}
