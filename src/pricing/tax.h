/*
 * Tax on one amount.
 */
#ifndef SC_PRICING_TAX_H
#define SC_PRICING_TAX_H

#include "pricing/round.h"

/* What is taxed, and how. */
typedef struct sc__taxable {
	const int64_t *rates;
	size_t rate_count;
	int64_t rate; /* of all of them together */
	bool inclusive, compound, exempt;
} sc__taxable;

/* An amount without its tax, its tax, and each rate's part of the tax. */
typedef struct sc__taxed {
	int64_t net, tax;
	int64_t each[SC_PRICE_RATES_MAX];
} sc__taxed;

/* The rate of several together, or -1 when it is above SC_RATE_SUM_MAX. */
int64_t sc__rate_of(const int64_t *rates, size_t count, bool compound);
/* Taxes an amount of either sign. */
void sc__tax_amount(const sc_price_policy *policy, const sc__taxable *what, int64_t amount, sc__taxed *out);
/* Splits a tax over the rates it is made of. */
void sc__tax_split(const sc__taxable *what, int64_t tax, int64_t *each);

#endif
