/*
 * Shoppers who put lines into carts: a thread each, waiting for its own add.
 */
#ifndef TESTS_BENCH_ADDERS_H
#define TESTS_BENCH_ADDERS_H

#include "bench.h"

enum { ADDERS = 32, ADDERS_SKUS = 20 };

struct adders {
	sc_shop *shop;
	int64_t turn, each; /* carts of a turn are new, so that they stay as small as a shopper's */
	int64_t *samples;
	size_t sample_count;
};

void adders_init(struct adders *adders, sc_shop *shop);
void adders_clear(struct adders *adders);

/* Whose cart it is that a shopper fills in a turn. */
void adders_owner(int64_t turn, int index, char out[32]);

/* Nanoseconds for so many adds, spread over all shoppers. */
int64_t adders_add(struct adders *adders, int64_t count);

/* How long an add took, so far. */
double adders_p99_ms(struct adders *adders);

/* Whether every cart has what was put into it. */
bool adders_carts_are_whole(const struct adders *adders);

#endif
