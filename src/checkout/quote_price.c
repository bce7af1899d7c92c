/*
 * From a cart and the shop's rules to a price: which unit price, which taxes, which shipment, which fees; then one call
 * of the engine.
 */
#include "checkout/quote.h"

#include "base/arena.h"
#include "base/error.h"
#include "pricing/round.h"
#include "pricing/tax.h"

#include <stdlib.h>
#include <string.h>

#define TAX_CLASS "tax_class"
#define WEIGHT    "weight_g"

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

/* ---- what is known of a line ------------------------------------------------------------- */

static const char *text_of(const sc_attribute *attributes, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(attributes[i].name, name) == 0)
			return attributes[i].text;
	return NULL;
}

/* An option of the SKU, otherwise an attribute of its product. */
static const char *attribute_of(const sc__quoted_line *line, const char *name)
{
	const char *text = text_of(line->sku.options, line->sku.option_count, name);

	return text != NULL ? text : text_of(line->product.attributes, line->product.attribute_count, name);
}

/* Whole grams; what is no such number weighs nothing. */
static int64_t weight_of(const sc__quoted_line *line)
{
	const char *text = attribute_of(line, WEIGHT);
	int64_t grams = 0;

	for (; text != NULL && *text >= '0' && *text <= '9' && grams <= SC_QUANTITY_MAX; text++)
		grams = grams * 10 + (*text - '0');
	return grams <= SC_QUANTITY_MAX ? grams : 0;
}

/* Only what some promotion asks for: products may have hundreds. */
static sc_status set_attributes(const sc__quoting *q, const sc__quoted_line *line, sc_price_line *price, sc_error *err)
{
	sc_price_attribute *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < q->set->promotion_count; i++) {
		const char *name = q->set->listed[i].attribute.name;
		const char *text = name != NULL ? attribute_of(line, name) : NULL;
		bool known = text == NULL;

		for (size_t k = 0; k < count && !known; k++)
			known = strcmp(found[k].name, name) == 0;
		if (known)
			continue;
		found = sc__arena_resize(q->task->arena, found, count * sizeof(*found), (count + 1) * sizeof(*found));
		if (found == NULL)
			return no_memory(err);
		found[count++] = (sc_price_attribute){ name, text };
	}
	price->attributes = found;
	price->attribute_count = count;
	return SC_OK;
}

/* ---- unit price and tax ------------------------------------------------------------------ */

static sc_status choose_price(const sc__quoting *q, sc__quoted_line *line, sc_price_line *price, sc_error *err)
{
	sc_price_query query = { .sku = line->sku.sku,
		                 .customer_group = q->options.customer_group,
		                 .channel = q->options.channel,
		                 .quantity = line->cart->quantity,
		                 .time_ms = q->now_ms };
	sc_price_choice choice;

	line->unit_price = line->sku.price_minor;
	price->tax_inclusive = q->set->policy.tax_included;
	memcpy(query.currency, q->cart.currency, sizeof(query.currency));
	sc_status status = line->entry_count == 0 ? SC_NOT_FOUND
	                                          : sc_price_choose(line->entries, line->entry_count, &query,
	                                                            q->task->arena, &choice, err);
	if (status == SC_OK) {
		line->unit_price = choice.unit_price;
		line->special = true;
		line->chosen = (sc_quote_price){ .list = line->entries[choice.entry].list,
			                         .compare_at_minor = choice.compare_at,
			                         .on_sale = choice.on_sale };
		price->tax_inclusive = price->tax_inclusive || choice.tax_inclusive;
		price->already_discounted = choice.on_sale;
	}
	price->unit_price = line->unit_price;
	return status == SC_NOT_FOUND ? SC_OK : status;
}

sc_status sc__quote_tax(const sc__quoting *q, const char *tax_class, sc_tax_choice *out, sc_error *err)
{
	const sc_tax_query query = { .country = q->options.country,
		                     .region = q->options.region,
		                     .postal = q->options.postal_code,
		                     .tax_class = tax_class,
		                     .home_country = q->set->policy.home_country,
		                     .exempt = q->options.tax_exempt,
		                     .business = q->options.business };

	return sc_tax_choose(q->set->taxes, q->set->tax_count, &query, q->task->arena, out, err);
}

/* Lines of one class, as most are, share their rates. */
typedef struct last_tax {
	const char *tax_class;
	sc_tax_choice choice;
	bool known;
} last_tax;

static sc_status set_tax(const sc__quoting *q, const char *tax_class, last_tax *last, sc_price_line *price,
                         sc_error *err)
{
	const bool same = last->known && (tax_class == last->tax_class ||
	                                  (tax_class && last->tax_class && !strcmp(tax_class, last->tax_class)));

	if (!same) {
		const sc_status status = sc__quote_tax(q, tax_class, &last->choice, err);
		if (status != SC_OK)
			return status;
		last->tax_class = tax_class;
		last->known = true;
	}
	price->tax_rates = last->choice.rates;
	price->tax_rate_count = last->choice.count;
	price->tax_compound = last->choice.compound;
	price->tax_exempt = last->choice.exempt;
	return SC_OK;
}

/* ---- lines ------------------------------------------------------------------------------- */

static sc_status set_line(sc__quoting *q, sc__quoted_line *line, last_tax *last, sc_price_line *price, sc_error *err)
{
	char id[SC_ID_TEXT_SIZE];

	price->id = sc_arena_dup(q->task->arena, sc_id_format(line->cart->id, id), SC_ID_TEXT_SIZE - 1);
	price->sku = line->cart->sku;
	price->quantity = line->cart->quantity;
	price->seller = line->sku.seller;
	if (price->id == NULL)
		return no_memory(err);
	sc_status status = choose_price(q, line, price, err);
	if (status == SC_OK)
		status = set_tax(q, attribute_of(line, TAX_CLASS), last, price, err);
	if (status != SC_OK || !q->set->asks_products)
		return status;
	price->brand = line->product.brand;
	price->categories = (sc_price_texts){ line->product.categories, line->product.category_count };
	return set_attributes(q, line, price, err);
}

/* What a shipment of these lines is about. */
static sc_status set_lines(sc__quoting *q, sc_shipping_query *parcel, sc_error *err)
{
	sc_price_line *lines = sc_arena_zalloc(q->task->arena, q->cart.line_count * sizeof(*lines));
	last_tax last = { .known = false };
	size_t count = 0;

	if (lines == NULL)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		sc__quoted_line *line = &q->lines[i];
		int64_t cost, weight;

		if (!line->for_sale)
			continue;
		sc_status status = set_line(q, line, &last, &lines[count++], err);
		if (status != SC_OK)
			return status;
		if (__builtin_mul_overflow(line->unit_price, line->cart->quantity, &cost) ||
		    __builtin_add_overflow(parcel->subtotal, cost, &parcel->subtotal) ||
		    __builtin_mul_overflow(weight_of(line), line->cart->quantity, &weight) ||
		    __builtin_add_overflow(parcel->weight_g, weight, &parcel->weight_g))
			return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)i, "lines", "the amount does not fit");
		parcel->units += line->cart->quantity;
	}
	q->request.lines = lines;
	q->request.line_count = count;
	return SC_OK;
}

/* ---- shipping ---------------------------------------------------------------------------- */

static const char *currency_of(const sc__quoting *q, const sc__shipping_rule *rule)
{
	return rule->currency[0] != '\0' ? rule->currency : q->task->shop->settings.currency;
}

/* The rates that are priced in the cart's currency, and which rule each is. */
static sc_status rates_in_currency(const sc__quoting *q, sc_shipping_rate **rates, uint32_t **rules, size_t *count,
                                   sc_error *err)
{
	const size_t all = q->set->shipping_count;

	*count = 0;
	*rates = sc__arena_array(q->task->arena, all, sizeof(**rates));
	*rules = sc__arena_array(q->task->arena, all, sizeof(**rules));
	if (*rates == NULL || *rules == NULL)
		return no_memory(err);
	for (size_t i = 0; i < all; i++) {
		if (strcmp(currency_of(q, &q->set->shipping[i]), q->cart.currency) != 0)
			continue;
		(*rules)[*count] = (uint32_t)i;
		(*rates)[(*count)++] = q->set->rates[i];
	}
	if (*count == 0)
		return sc__fail(err, SC_CURRENCY_MISMATCH, "shipping is priced in %s",
		                currency_of(q, &q->set->shipping[0]));
	return SC_OK;
}

/* The buyer is told of all of them; their codes outlive the rules. */
static sc_status keep_offers(sc__quoting *q, const sc_shipping_offer *offers, size_t count, sc_error *err)
{
	q->offers = sc__arena_array(q->task->arena, count, sizeof(*q->offers));
	if (q->offers == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		q->offers[i] = offers[i];
		q->offers[i].code = sc_arena_dup(q->task->arena, offers[i].code, strlen(offers[i].code));
		if (q->offers[i].code == NULL)
			return no_memory(err);
	}
	q->offer_count = count;
	return SC_OK;
}

/* The offer that was asked for, otherwise the cheapest. NULL: there is none. */
static const sc_shipping_offer *pick_offer(const sc__quoting *q, const sc_shipping_offer *offers, size_t count)
{
	if (q->options.shipping_rate == NULL)
		return count > 0 ? &offers[0] : NULL;
	for (size_t i = 0; i < count; i++)
		if (strcmp(offers[i].code, q->options.shipping_rate) == 0)
			return &offers[i];
	return NULL;
}

static sc_status nothing_ships(const sc__quoting *q, sc_error *err)
{
	if (q->options.shipping_rate != NULL)
		return sc__bad(err, SC_NOT_FOUND, "shipping_rate", "%.60s does not ship this",
		               q->options.shipping_rate);
	if (q->options.country != NULL)
		return sc__bad(err, SC_NOT_FOUND, "country", "nothing ships to %.60s", q->options.country);
	return SC_OK; /* where it goes is not known yet */
}

/* Shipments and fees have no exempt rates: what is inside their price is taken out here. */
int64_t sc__quote_without_tax(const sc__quoting *q, int64_t amount, const sc_tax_choice *tax)
{
	const int64_t rate = sc__rate_of(tax->rates, tax->count, tax->compound);

	if (!q->set->policy.tax_included || rate <= 0)
		return amount;
	return sc__scale_signed(amount, SC_RATE_ONE, SC_RATE_ONE + rate, q->request.policy.rounding);
}

static sc_status set_shipping(sc__quoting *q, const sc_shipping_query *parcel, sc_error *err)
{
	sc_price_shipping *shipment = sc_arena_zalloc(q->task->arena, sizeof(*shipment));
	const sc_shipping_offer *offers, *offer;
	sc_shipping_rate *rates;
	uint32_t *rules;
	size_t count, offer_count;
	sc_tax_choice tax;

	if (shipment == NULL)
		return no_memory(err);
	if (q->set->shipping_count == 0 || q->request.line_count == 0)
		return SC_OK;
	sc_status status = rates_in_currency(q, &rates, &rules, &count, err);
	if (status == SC_OK)
		status = sc_shipping_offers(rates, count, parcel, q->task->arena, &offers, &offer_count, err);
	if (status != SC_OK)
		return status;
	status = keep_offers(q, offers, offer_count, err);
	if (status != SC_OK)
		return status;
	offer = pick_offer(q, offers, offer_count);
	if (offer == NULL)
		return nothing_ships(q, err);
	const sc__shipping_rule *rule = &q->set->shipping[rules[offer->rate]];
	status = sc__quote_tax(q, rule->tax_class, &tax, err);
	if (status != SC_OK)
		return status;
	*shipment = (sc_price_shipping){ .code = offer->code,
		                         .amount = tax.exempt ? sc__quote_without_tax(q, offer->amount, &tax)
		                                              : offer->amount,
		                         .tax_rates = tax.rates,
		                         .tax_rate_count = tax.exempt ? 0 : tax.count,
		                         .tax_inclusive = q->set->policy.tax_included,
		                         .tax_mode = rule->tax_mode };
	q->request.shipping = shipment;
	q->request.shipping_count = 1;
	return SC_OK;
}

/* ---- the price --------------------------------------------------------------------------- */

/* Codes that may be used, as promotions name them. */
static sc_status set_buyer(sc__quoting *q, sc_error *err)
{
	const char **coupons = sc__arena_array(q->task->arena, q->cart.coupon_count, sizeof(*coupons));
	size_t count = 0;

	if (coupons == NULL)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.coupon_count; i++)
		if (q->coupons[i].verdict == SC_COUPON_APPLIED)
			coupons[count++] = q->coupons[i].coupon;
	q->request.buyer = (sc_price_buyer){ .coupons = { coupons, count },
		                             .customer_group = q->options.customer_group,
		                             .country = q->options.country,
		                             .first_order = q->first_order,
		                             .utc_offset_s = q->options.utc_offset_s };
	return SC_OK;
}

/* Shipments or fees with codes of their own. */
static sc_status own_charges(sc_arena *arena, const sc_priced_charge **charges, size_t count, sc_error *err)
{
	sc_priced_charge *own = sc__arena_array(arena, count, sizeof(*own));

	if (own == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		own[i] = (*charges)[i];
		own[i].code = sc_arena_dup(arena, own[i].code, strlen(own[i].code));
		if (own[i].code == NULL)
			return no_memory(err);
	}
	*charges = own;
	return SC_OK;
}

/* The breakdown outlives the rules: what it borrows from them is copied. */
static sc_status own(sc__quoting *q, sc_error *err)
{
	sc_breakdown *b = q->breakdown;
	sc_priced_promotion *promotions = sc__arena_array(q->task->arena, b->promotion_count, sizeof(*promotions));

	if (promotions == NULL)
		return no_memory(err);
	for (size_t i = 0; i < b->promotion_count; i++) {
		promotions[i] = b->promotions[i];
		promotions[i].id = sc_arena_dup(q->task->arena, promotions[i].id, strlen(promotions[i].id));
		if (promotions[i].id == NULL)
			return no_memory(err);
	}
	b->promotions = promotions;
	const sc_status status = own_charges(q->task->arena, &b->shipping, b->shipping_count, err);
	return status == SC_OK ? own_charges(q->task->arena, &b->fees, b->fee_count, err) : status;
}

sc_status sc__quote_price(sc__quoting *q, sc_error *err)
{
	sc_shipping_query parcel = { .country = q->options.country, .region = q->options.region };

	q->request = (sc_price_request)SC_PRICE_REQUEST_INIT;
	memcpy(q->request.currency, q->cart.currency, sizeof(q->request.currency));
	q->request.flags = SC_PRICE_UNITS | (q->explain ? SC_PRICE_EXPLAIN : 0) |
	                   (q->set->policy.best ? SC_PRICE_BEST : 0);
	q->request.policy = q->set->policy.arithmetic;
	q->request.rules = q->set->promotions;
	q->request.time_ms = q->now_ms;
	sc_status status = set_buyer(q, err);
	if (status == SC_OK)
		status = set_lines(q, &parcel, err);
	if (status == SC_OK)
		status = set_shipping(q, &parcel, err);
	if (status == SC_OK)
		status = sc__quote_fees(q, err);
	if (status == SC_OK)
		status = sc_price(&q->request, q->task->arena, q->breakdown, err);
	return status == SC_OK ? own(q, err) : status;
}
