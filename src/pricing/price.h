/*
 * One pricing step by step, so that the same request may be priced several times with other promotions.
 */
#ifndef SC_PRICING_PRICE_H
#define SC_PRICING_PRICE_H

#include "pricing/engine.h"
#include "pricing/round.h"

/* lay_out.c */

/* Checks a request and makes `p` ready for it. Refuses as sc_price() does, and NO_MEMORY. */
sc_status sc__price_lay_out(sc__pricing *p, const sc_price_request *request, sc_arena *arena, sc_error *err);
/* Puts the parts back to their listed prices. */
void sc__price_restart(sc__pricing *p);

/* price.c */

/* Applies the promotions of `mask` (NULL: all) and taxes what they left, after a restart. */
sc_status sc__price_try(sc__pricing *p, const bool *mask, sc__taxes *out, sc_error *err);

/* best.c */

/* Finds the combination of promotions that costs the buyer least. */
sc_status sc__price_best(sc__pricing *p, bool **mask, sc_error *err);

#endif
