/*
 * One pricing from request to breakdown: lay out, promotions, taxes, totals.
 */
#include "pricing/price.h"

#include "base/error.h"

sc_status sc__price_try(sc__pricing *p, const bool *mask, sc__taxes *out, sc_error *err)
{
	*out = (sc__taxes){ .rows = p->tax_rows, .end = p->tax_rows, .inside = p->tax_inside };
	if (p->explain && !sc__explain_prices(p))
		return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	if (p->request->rules != NULL && !sc__promote(p, p->request->rules, mask))
		return sc__fail(err, SC_NO_MEMORY, "no memory for promotions");
	sc_status status = sc__tax_lines(p, out, err);
	if (status == SC_OK)
		status = sc__tax_shipping(p, out, err);
	if (status == SC_OK)
		status = sc__tax_fees(p, out, err);
	return status;
}

/* Each line's discounts by unit, first unit first. */
static bool write_units(sc__pricing *p)
{
	if (!sc__units_settle(p))
		return false;
	for (size_t i = 0; i < p->line_count; i++) {
		sc__part *part = &p->parts[i];

		sc_price_run *units = sc_arena_alloc(p->arena, part->run_count * sizeof(*units));
		if (units == NULL)
			return false;
		for (size_t k = 0; k < part->run_count; k++) {
			const sc__run run = sc__units_of(p, part)[k];

			units[k] = (sc_price_run){ run.count, part->unit_price - run.left };
		}
		p->lines[i].units = units;
		p->lines[i].unit_runs = part->run_count;
	}
	return true;
}

/* Where each promotion's shares lie, now that their list grows no more. */
static void write_promotions(sc__pricing *p)
{
	for (size_t i = 0; i < p->request->rules->count; i++)
		if (p->promotions[i].share_count > 0)
			p->promotions[i].shares = p->shares + p->first_share[i];
}

/* Every member is named, so that none has to be cleared first. */
static void write_answer(const sc__pricing *p, const sc__taxes *taxes, sc_breakdown *out)
{
	const sc_price_request *request = p->request;
	const int64_t discount = p->listed - p->left;

	*out = (sc_breakdown){
		.currency = { request->currency[0], request->currency[1], request->currency[2], '\0' },
		.flags = request->flags,
		.items_net = taxes->items_net,
		.items_gross = taxes->items_gross,
		.items_discount = discount,
		.shipping_net = taxes->shipping_net,
		.shipping_gross = taxes->shipping_gross,
		.shipping_discount = taxes->shipping_discount,
		.discount_total = discount + taxes->shipping_discount,
		.tax_included = taxes->included,
		.tax_excluded = taxes->excluded,
		.tax_total = taxes->included + taxes->excluded,
		.total_net = taxes->items_net + taxes->shipping_net,
		.total_gross = taxes->items_gross + taxes->shipping_gross,
		.lines = p->lines,
		.line_count = p->line_count,
		.shipping = p->shipping,
		.shipping_count = request->shipping_count,
		.fees = p->fees,
		.fee_count = request->fee_count,
		.promotions = request->rules != NULL ? p->promotions : NULL,
		.promotion_count = request->rules != NULL ? request->rules->count : 0,
		.taxes = p->tax_rows,
		.tax_count = (size_t)(taxes->end - taxes->rows),
		.steps = p->steps,
		.step_count = p->step_count,
		.reserved = { 0, 0, 0, 0 },
	};
}

sc_status sc_price(const sc_price_request *request, sc_arena *arena, sc_breakdown *out, sc_error *err)
{
	sc__taxes taxes;
	sc__pricing p;
	bool *mask = NULL;
	sc_status status = sc__price_lay_out(&p, request, arena, err);

	if (status == SC_OK && (request->flags & SC_PRICE_BEST) != 0 && request->rules != NULL)
		status = sc__price_best(&p, &mask, err);
	if (status != SC_OK)
		return status;
	p.explain = (request->flags & SC_PRICE_EXPLAIN) != 0;
	if (mask != NULL)
		sc__price_restart(&p);
	status = sc__price_try(&p, mask, &taxes, err);
	if (status != SC_OK)
		return status;
	if ((request->flags & SC_PRICE_UNITS) != 0 && !write_units(&p))
		return sc__fail(err, SC_NO_MEMORY, "no memory for units");
	if (request->rules != NULL)
		write_promotions(&p);
	write_answer(&p, &taxes, out);
	return SC_OK;
}
