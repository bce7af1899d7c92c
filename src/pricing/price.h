/*
 * Pricing the same request several times, with other promotions.
 */
#ifndef SC_PRICING_PRICE_H
#define SC_PRICING_PRICE_H

#include "pricing/engine.h"
#include "pricing/round.h"

/* Puts the parts back to their listed prices. */
void sc__price_restart(sc__pricing *p);
/* Applies the promotions of `mask` (NULL: all) and taxes what they left, after a restart. */
sc_status sc__price_try(sc__pricing *p, const bool *mask, sc__taxes *out, sc_error *err);
/* Finds the combination of promotions that costs the buyer least. */
sc_status sc__price_best(sc__pricing *p, bool **mask, sc_error *err);

#endif
