/*
 * What a shipment costs by each rate that serves its place.
 */
#include <shopcore/price_tables.h>

#include "base/error.h"

#include <string.h>

static bool serves(const sc_shipping_rate *rate, const sc_shipping_query *query)
{
	if (rate->country != NULL && (query->country == NULL || strcmp(rate->country, query->country) != 0))
		return false;
	return rate->region == NULL || (query->region != NULL && strcmp(rate->region, query->region) == 0);
}

/* The first bracket that reaches `value`. False: none does. */
static bool bracket_of(const sc_shipping_rate *rate, int64_t value, int64_t *amount)
{
	for (size_t i = 0; i < rate->bracket_count; i++)
		if (value <= rate->brackets[i].up_to) {
			*amount = rate->brackets[i].amount;
			return true;
		}
	return false;
}

/* SC_NOT_FOUND: not offered. */
static sc_status cost_of(const sc_shipping_rate *rate, const sc_shipping_query *query, int64_t *amount)
{
	bool offered = true;
	int64_t more = query->units > 0 ? query->units - 1 : 0;

	*amount = rate->amount;
	if (rate->kind == SC_SHIPPING_BY_WEIGHT)
		offered = bracket_of(rate, query->weight_g, amount);
	else if (rate->kind == SC_SHIPPING_BY_SUBTOTAL)
		offered = bracket_of(rate, query->subtotal, amount);
	else if (rate->kind == SC_SHIPPING_BY_ITEM) {
		if (rate->max_units > 0 && more > rate->max_units - 1)
			more = rate->max_units - 1;
		if (__builtin_mul_overflow(rate->additional, more, &more) ||
		    __builtin_add_overflow(rate->amount, more, amount))
			return SC_OUT_OF_RANGE;
	}
	if (!offered)
		return SC_NOT_FOUND;
	if (rate->free_from > 0 && query->subtotal >= rate->free_from)
		*amount = 0;
	return *amount > SC_AMOUNT_MAX ? SC_OUT_OF_RANGE : SC_OK;
}

/* Keeps the offers sorted; equal ones stay as listed. */
static void insert(sc_shipping_offer *offers, size_t count, sc_shipping_offer offer)
{
	for (; count > 0 && offers[count - 1].amount > offer.amount; count--)
		offers[count] = offers[count - 1];
	offers[count] = offer;
}

sc_status sc_shipping_offers(const sc_shipping_rate *rates, size_t count, const sc_shipping_query *query,
                             sc_arena *arena, const sc_shipping_offer **offers, size_t *offer_count, sc_error *err)
{
	size_t found = 0;

	if (query->subtotal < 0 || query->weight_g < 0 || query->units < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "query", "must not be negative");
	sc_shipping_offer *list = sc_arena_alloc(arena, count * sizeof(*list));
	if (list == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the offers");
	for (size_t i = 0; i < count; i++) {
		sc_shipping_offer offer = { .rate = (uint32_t)i, .code = rates[i].code };

		if (!serves(&rates[i], query))
			continue;
		const sc_status status = cost_of(&rates[i], query, &offer.amount);
		if (status == SC_OUT_OF_RANGE)
			return sc__bad_at(err, status, (int32_t)i, "rates", "the amount does not fit");
		if (status == SC_OK)
			insert(list, found++, offer);
	}
	*offers = list;
	*offer_count = found;
	return SC_OK;
}
