/*
 * The bars of processes that are killed while they check out, for any store.
 */
#ifndef TESTS_BENCH_KILLED_H
#define TESTS_BENCH_KILLED_H

#include <shopcore/shop.h>

struct killing {
	const char *name; /* of the store, as the bar says it */
	int kills;        /* of bench_killed() */
	bool own_clock;   /* the store goes by the environment's clock, so that it can be made late at the end */
	/* Fills in `store` or `store_url`; called in the parent and in each child. Ends the program when it cannot. */
	void (*open)(void *ctx, sc_shop_options *options);
	void *ctx;
};

/* Kills, and prints two bars. `folder`: for the provider's books. */
void bench_killed(const struct killing *killing, const char *folder);

/* Kills once at each call of the store and of the provider, and prints six bars. `open` fills in `store`. Scaled down
 * it kills only at calls that move something. */
void bench_killed_at_every_call(const struct killing *killing, const char *folder);

#endif
