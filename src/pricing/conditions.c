/*
 * Whether a promotion may apply, and if not, which condition failed and by how much.
 */
#include "pricing/engine.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool has_sku(const sc_price_request *request, const char *sku)
{
	for (size_t i = 0; i < request->line_count; i++)
		if (request->lines[i].quantity > 0 && same(request->lines[i].sku, sku))
			return true;
	return false;
}

static bool gave_coupon(const sc_price_buyer *buyer, const char *code)
{
	for (size_t i = 0; i < buyer->coupons.count; i++)
		if (same(buyer->coupons.items[i], code))
			return true;
	return false;
}

/* Bit of the buyer's local weekday; 1970-01-01 was a Thursday. */
static uint8_t weekday_of(const sc_price_request *request)
{
	const int64_t day_ms = 86400000;
	const int64_t local = request->time_ms + (int64_t)request->buyer.utc_offset_s * 1000;
	const int64_t day = local / day_ms - (local % day_ms < 0 ? 1 : 0);
	const int64_t weekday = ((day + 3) % 7 + 7) % 7;

	return (uint8_t)(1u << weekday);
}

static sc_promotion_reason check_amounts(const sc__pricing *p, const sc_promotion_conditions *wanted,
                                         sc_priced_promotion *out)
{
	const int64_t subtotal = wanted->basis == SC_PROMOTION_BASIS_DISCOUNTED ? p->left : p->listed;

	if (subtotal < wanted->min_subtotal) {
		out->wanted = wanted->min_subtotal;
		out->available = subtotal;
		return SC_PROMOTION_MIN_SUBTOTAL;
	}
	if (p->units < wanted->min_quantity) {
		out->wanted = wanted->min_quantity;
		out->available = p->units;
		return SC_PROMOTION_MIN_QUANTITY;
	}
	return SC_PROMOTION_APPLIED;
}

static sc_promotion_reason check_time(const sc__pricing *p, const sc_promotion_conditions *wanted,
                                      sc_priced_promotion *out)
{
	const int64_t now = p->request->time_ms;

	out->available = now;
	if (wanted->from_ms != 0 && now < wanted->from_ms) {
		out->wanted = wanted->from_ms;
		return SC_PROMOTION_TOO_EARLY;
	}
	if (wanted->until_ms != 0 && now >= wanted->until_ms) {
		out->wanted = wanted->until_ms;
		return SC_PROMOTION_TOO_LATE;
	}
	out->available = 0;
	if (wanted->weekdays != 0 && (wanted->weekdays & weekday_of(p->request)) == 0)
		return SC_PROMOTION_OTHER_WEEKDAY;
	return SC_PROMOTION_APPLIED;
}

sc_promotion_reason sc__conditions_check(const sc__pricing *p, const sc__rule *rule, sc_priced_promotion *out)
{
	const sc_promotion *promotion = &rule->promotion;
	const sc_promotion_conditions *wanted = &promotion->conditions;
	const sc_price_buyer *buyer = &p->request->buyer;

	if (!rule->has_conditions)
		return SC_PROMOTION_APPLIED;
	if (promotion->coupon != NULL && !gave_coupon(buyer, promotion->coupon))
		return SC_PROMOTION_NO_COUPON;
	if (wanted->customer_group != NULL && !same(wanted->customer_group, buyer->customer_group))
		return SC_PROMOTION_OTHER_GROUP;
	if (wanted->country != NULL && !same(wanted->country, buyer->country))
		return SC_PROMOTION_OTHER_COUNTRY;
	if (wanted->first_order && !buyer->first_order)
		return SC_PROMOTION_NOT_FIRST_ORDER;
	const sc_promotion_reason reason = check_time(p, wanted, out);
	if (reason != SC_PROMOTION_APPLIED)
		return reason;
	if (wanted->contains_sku != NULL && !has_sku(p->request, wanted->contains_sku))
		return SC_PROMOTION_SKU_MISSING;
	return check_amounts(p, wanted, out);
}
