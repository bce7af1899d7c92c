#include "pricing/names.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text;
} reasons[] = {
	[SC_PROMOTION_APPLIED] = { "applied", "applied" },
	[SC_PROMOTION_NO_COUPON] = { "no_coupon", "its code was not given" },
	[SC_PROMOTION_MIN_SUBTOTAL] = { "min_subtotal", "the subtotal is too low" },
	[SC_PROMOTION_MIN_QUANTITY] = { "min_quantity", "there are too few units" },
	[SC_PROMOTION_SKU_MISSING] = { "sku_missing", "an article that it asks for is missing" },
	[SC_PROMOTION_NOT_FIRST_ORDER] = { "not_first_order", "it is for first orders only" },
	[SC_PROMOTION_OTHER_GROUP] = { "other_group", "it is for another group of customers" },
	[SC_PROMOTION_OTHER_COUNTRY] = { "other_country", "it is for another country" },
	[SC_PROMOTION_TOO_EARLY] = { "too_early", "it has not begun yet" },
	[SC_PROMOTION_TOO_LATE] = { "too_late", "it is over" },
	[SC_PROMOTION_OTHER_WEEKDAY] = { "other_weekday", "it is for other days of the week" },
	[SC_PROMOTION_NOT_ENOUGH_BOUGHT] = { "not_enough_bought", "too few of what it asks for are in the cart" },
	[SC_PROMOTION_NOTHING_MATCHES] = { "nothing_matches", "nothing in the cart is what it is about" },
	[SC_PROMOTION_NOTHING_LEFT] = { "nothing_left", "nothing is left that it could take off" },
	[SC_PROMOTION_EXCLUDED] = { "excluded", "it does not go together with another one" },
	[SC_PROMOTION_NOT_CHOSEN] = { "not_chosen", "the buyer pays less without it" },
};

const char *sc__reason_name(sc_promotion_reason reason)
{
	return reasons[reason].name;
}

const char *sc__reason_text(sc_promotion_reason reason)
{
	return reasons[reason].text;
}

const char *sc__step_name(sc_price_step_kind kind)
{
	static const char *const names[] = { "price", "discount", "share", "net", "tax" };

	return names[kind];
}

const char *sc__part_name(sc_price_part part)
{
	static const char *const names[] = { "line", "shipping", "fee", "order" };

	return names[part];
}

const char *sc__rounding_name(sc_price_rounding rounding)
{
	static const char *const names[] = { "half_up", "half_away", "half_even", "down", "up" };

	return names[rounding];
}

const char *sc__part_id(const sc_breakdown *b, sc_price_part part, uint32_t index)
{
	if (part == SC_PRICE_PART_LINE)
		return b->lines[index].id;
	if (part == SC_PRICE_PART_SHIPPING)
		return b->shipping[index].code;
	return part == SC_PRICE_PART_FEE ? b->fees[index].code : "order";
}

void sc__rate_text(int64_t rate, char *out, size_t size)
{
	snprintf(out, size, "%lld.%06lld", (long long)(rate / SC_RATE_PERCENT), (long long)(rate % SC_RATE_PERCENT));
	char *end = out + strlen(out) - 1;
	while (*end == '0')
		*end-- = '\0';
	if (*end == '.')
		*end = '\0';
}
