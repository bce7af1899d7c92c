/*
 * Buyers with a cart of three lines each, and their checkouts: kept in flight from one thread, or two.
 */
#ifndef TESTS_BENCH_BUYERS_H
#define TESTS_BENCH_BUYERS_H

#include "flight.h"

enum { BUYERS = 1000, BUYERS_SKUS = 100 };

struct buyers {
	sc_shop *shop;
	int64_t bought; /* so far */
	int64_t window; /* how many are in flight */
	char *quotes[BUYERS];
};

/* Who the n-th checkout is of, and which SKUs it takes one of. */
void buyers_name(int64_t n, char out[16]);
void buyers_lines(int64_t n, int skus[3]);

/* Fills everybody's cart and has it quoted. */
void buyers_fill(struct buyers *buyers, sc_shop *shop);
void buyers_clear(struct buyers *buyers);

/* Nanoseconds for so many checkouts, each paid and confirmed. */
int64_t buyers_buy(struct buyers *buyers, int64_t count);

#endif
