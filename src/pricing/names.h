/*
 * Words and texts of the engine's numbers, for JSON and for people.
 */
#ifndef SC_PRICING_NAMES_H
#define SC_PRICING_NAMES_H

#include <shopcore/pricing.h>

const char *sc__reason_name(sc_promotion_reason reason); /* such as "min_subtotal" */
const char *sc__reason_text(sc_promotion_reason reason); /* such as "the subtotal is too low" */
const char *sc__step_name(sc_price_step_kind kind);
const char *sc__part_name(sc_price_part part);
const char *sc__rounding_name(sc_price_rounding rounding);
/* A line's id, a shipment's or fee's code. */
const char *sc__part_id(const sc_breakdown *breakdown, sc_price_part part, uint32_t index);
/* A rate as percent without zeroes at its end, such as "8.875". */
void sc__rate_text(int64_t rate, char *out, size_t size);

#endif
