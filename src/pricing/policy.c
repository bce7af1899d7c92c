/*
 * Policies by name. The names say how they compute; docs/guide/pricing.md says whose arithmetic that is.
 */
#include <shopcore/pricing.h>

#include <string.h>

static const struct {
	const char *name;
	sc_price_policy policy;
} presets[] = {
	{ "largest_remainder", { .rounding = SC_PRICE_HALF_AWAY } },
	{ "largest_remainder_gross", { .discount_sign = SC_PRICE_SIGNED, .weights = SC_PRICE_WEIGHTS_GROSS } },
	{ "largest_remainder_gross_by_unit",
	  { .discount_sign = SC_PRICE_SIGNED, .weights = SC_PRICE_WEIGHTS_GROSS, .tax_level = SC_PRICE_TAX_UNIT } },
	{ "round_then_first",
	  { .rounding = SC_PRICE_HALF_AWAY,
	    .allocation = SC_PRICE_ROUND_THEN_FIRST,
	    .inclusive_split = SC_PRICE_SPLIT_TAX } },
	{ "round_then_first_by_unit",
	  { .rounding = SC_PRICE_HALF_AWAY,
	    .allocation = SC_PRICE_ROUND_THEN_FIRST,
	    .inclusive_split = SC_PRICE_SPLIT_TAX,
	    .tax_level = SC_PRICE_TAX_UNIT } },
	{ "round_then_first_by_order",
	  { .rounding = SC_PRICE_HALF_AWAY,
	    .allocation = SC_PRICE_ROUND_THEN_FIRST,
	    .inclusive_split = SC_PRICE_SPLIT_TAX,
	    .tax_level = SC_PRICE_TAX_ORDER } },
	{ "last_gets_rest", { .rounding = SC_PRICE_HALF_EVEN, .allocation = SC_PRICE_LAST_GETS_REST } },
	{ "floor_then_first_each",
	  { .rounding = SC_PRICE_HALF_AWAY,
	    .allocation = SC_PRICE_FLOOR_THEN_FIRST,
	    .inclusive_split = SC_PRICE_SPLIT_TAX,
	    .tax_combine = SC_PRICE_COMBINE_EACH } },
	{ "largest_remainder_each",
	  { .rounding = SC_PRICE_HALF_AWAY,
	    .inclusive_split = SC_PRICE_SPLIT_TAX,
	    .tax_combine = SC_PRICE_COMBINE_EACH } },
};

sc_status sc_price_policy_preset(const char *name, sc_price_policy *out)
{
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (strcmp(presets[i].name, name) == 0) {
			*out = presets[i].policy;
			return SC_OK;
		}
	return SC_NOT_FOUND;
}

const char *sc_price_policy_name(size_t index)
{
	return index < sizeof(presets) / sizeof(presets[0]) ? presets[index].name : NULL;
}
