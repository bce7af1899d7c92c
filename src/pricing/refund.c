/*
 * What goes back when units of an order come back.
 *
 * A unit is worth its part of what its line cost, by what was left of its price. The parts are differences
 * of rounded running sums, so any way of giving a line back adds up to exactly what it cost; and a step
 * never gives back more than is left of the order.
 */
#include "pricing/document.h"
#include "pricing/round.h"

#include "base/error.h"

#include <string.h>

/* What the first `units` units of a line weigh, and all of them. */
static int64_t weigh(const sc_priced_line *line, int64_t units, int64_t *all)
{
	int64_t weight = 0, seen = 0;

	*all = 0;
	for (size_t i = 0; i < line->unit_runs; i++) {
		const int64_t left = line->unit_price - line->units[i].discount;
		const int64_t rest = units > seen ? units - seen : 0;

		weight += left * (rest < line->units[i].count ? rest : line->units[i].count);
		*all += left * line->units[i].count;
		seen += line->units[i].count;
	}
	return weight;
}

static int64_t paid_for_first(const sc_priced_line *line, int64_t units)
{
	int64_t all;
	const int64_t weight = weigh(line, units, &all);

	return all > 0 ? sc__scale(line->gross, weight, all, SC_PRICE_HALF_UP) : 0;
}

sc_status sc_price_units_paid(const sc_breakdown *order, size_t index, int64_t returned, int64_t quantity, int64_t *out,
                              sc_error *err)
{
	if (index >= order->line_count)
		return sc__bad(err, SC_BAD_ARGUMENT, "line", "no such line");
	const sc_priced_line *line = &order->lines[index];
	if (line->units == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "order", "was priced without SC_PRICE_UNITS");
	if (returned < 0 || quantity < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "quantity", "must not be negative");
	if (returned > line->quantity || quantity > line->quantity - returned)
		return sc__bad(err, SC_OUT_OF_RANGE, "quantity", "the line has %lld units left",
		               (long long)(returned > line->quantity ? 0 : line->quantity - returned));
	*out = paid_for_first(line, returned + quantity) - paid_for_first(line, returned);
	return SC_OK;
}

/* The steps of a refund document so far. */
typedef struct refund {
	sc__reader *reader;
	const sc_breakdown *order;
	int64_t *returned; /* units of each line */
	bool *charged;     /* shipments, then fees, that were given back */
	int64_t remaining;
} refund;

typedef struct refund_step {
	const char *sku, *line;
	int64_t quantity, amount;
} refund_step;

static const sc__field step_fields[] = {
	{ "sku", SC__FIELD_TEXT, offsetof(refund_step, sku), .min = 1, .max = SC_ID_TEXT_MAX },
	{ "line", SC__FIELD_TEXT, offsetof(refund_step, line), .min = 1, .max = SC_ID_TEXT_MAX },
	{ "quantity", SC__FIELD_INT, offsetof(refund_step, quantity), .min = 1, .max = SC_QUANTITY_MAX },
	{ "amount", SC__FIELD_INT, offsetof(refund_step, amount), .min = 0, .max = SC_PRICE_TOTAL_MAX },
	{ NULL },
};

static bool is_wanted(const refund_step *step, const sc_priced_line *line)
{
	return step->line != NULL ? strcmp(step->line, line->id) == 0 : strcmp(step->sku, line->sku) == 0;
}

/* The shipment or the fee of that code, once. A credit was nothing that was paid. */
static bool give_back_charge(refund *r, const refund_step *step, int64_t *amount)
{
	const size_t shipments = r->order->shipping_count;

	for (size_t i = 0; i < shipments + r->order->fee_count && step->sku != NULL; i++) {
		const sc_priced_charge *charge = i < shipments ? &r->order->shipping[i]
		                                               : &r->order->fees[i - shipments];

		if (r->charged[i] || charge->gross < 0 || step->quantity != 1 || strcmp(charge->code, step->sku) != 0)
			continue;
		r->charged[i] = true;
		*amount = charge->gross;
		return true;
	}
	return false;
}

static sc_status give_back_units(refund *r, const sc_json *json, const refund_step *step, int64_t *amount)
{
	int64_t wanted = step->quantity;

	*amount = 0;
	for (size_t i = 0; i < r->order->line_count && wanted > 0; i++) {
		const sc_priced_line *line = &r->order->lines[i];
		const int64_t left = line->quantity - r->returned[i];
		const int64_t units = left < wanted ? left : wanted;
		int64_t part;

		if (!is_wanted(step, line))
			continue;
		const sc_status status = sc_price_units_paid(r->order, i, r->returned[i], units, &part, r->reader->err);
		if (status != SC_OK)
			return status;
		*amount += part;
		r->returned[i] += units;
		wanted -= units;
	}
	if (wanted == 0 || (wanted == step->quantity && give_back_charge(r, step, amount)))
		return SC_OK;
	return sc__document_bad(r->reader, SC_OUT_OF_RANGE, json, "quantity", "%lld more than are left to give back",
	                        (long long)wanted);
}

static sc_status take_step(refund *r, const sc_json *json, int64_t *amount)
{
	refund_step step = { .amount = -1 };
	sc_status status = sc__document_object(r->reader, json, step_fields, &step);

	if (status != SC_OK)
		return status;
	const bool by_units = step.sku != NULL || step.line != NULL;
	if (by_units && step.quantity == 0)
		return sc__document_bad(r->reader, SC_BAD_FORMAT, json, "quantity", "missing");
	if (by_units == (step.amount >= 0) || (step.sku != NULL && step.line != NULL))
		return sc__document_bad(r->reader, SC_BAD_ARGUMENT, json, NULL,
		                        "either sku or line with quantity, or amount");
	if (!by_units && step.amount > r->remaining)
		return sc__document_bad(r->reader, SC_OUT_OF_RANGE, json, "amount", "only %lld are left to give back",
		                        (long long)r->remaining);
	*amount = step.amount;
	if (by_units)
		status = give_back_units(r, json, &step, amount);
	if (*amount > r->remaining)
		*amount = r->remaining;
	return status;
}

sc_status sc__document_refund(sc__reader *reader, const sc_json *steps, const sc_breakdown *order, sc_json_writer *w)
{
	refund r = { .reader = reader, .order = order, .remaining = order->total_gross };

	r.returned = sc_arena_zalloc(reader->arena, order->line_count * sizeof(*r.returned));
	r.charged = sc_arena_zalloc(reader->arena, (order->shipping_count + order->fee_count) * sizeof(*r.charged));
	if (r.returned == NULL || r.charged == NULL)
		return sc__fail(reader->err, SC_NO_MEMORY, "no memory for the refund");
	sc_json_begin_object(w);
	sc_json_add_int(w, "captured", order->total_gross);
	sc_json_put_key(w, "steps");
	sc_json_begin_array(w);
	for (const sc_json *step = sc_json_first(steps); step != NULL; step = sc_json_next(step)) {
		int64_t amount = 0;
		const sc_status status = take_step(&r, step, &amount);

		if (status != SC_OK)
			return status;
		r.remaining -= amount;
		sc_json_begin_object(w);
		sc_json_add_int(w, "amount", amount);
		sc_json_add_int(w, "remaining", r.remaining);
		sc_json_end_object(w);
	}
	sc_json_end_array(w);
	sc_json_add_int(w, "remaining", r.remaining);
	sc_json_end_object(w);
	return SC_OK;
}
