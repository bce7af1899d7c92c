/*
 * Small blocks for rows. A shop in memory makes and forgets millions of rows of a few sizes, so
 * blocks of one size come from a list of free ones, and the lists are filled a slab at a time. The first slab of a
 * pool is small, because a store has many pools and most stores are small.
 *
 * Slabs go back to the environment only when the pool is cleared; blocks larger than
 * POOL_SMALL_MAX are the environment's own, and their owner has to free each of them.
 */
#ifndef SC_DRIVERS_MEMORY_POOL_H
#define SC_DRIVERS_MEMORY_POOL_H

#include <shopcore/env.h>

#define POOL_STEP      8
#define POOL_SMALL_MAX 512
#define POOL_CLASSES   (POOL_SMALL_MAX / POOL_STEP)

struct pool_block;
struct pool_slab;

struct pool {
	const sc_env *env;
	struct pool_block *free[POOL_CLASSES];
	struct pool_slab *slabs;
	size_t slab_size; /* of the newest */
	char *at, *end;   /* the part of the newest slab that was never handed out */
};

void pool_init(struct pool *pool, const sc_env *env);
void pool_clear(struct pool *pool);

/* NULL: no memory. A size of 0 gives a block too. */
void *pool_alloc(struct pool *pool, size_t size);

/* `size` as it was asked for. NULL is fine. */
void pool_free(struct pool *pool, void *block, size_t size);

#endif
