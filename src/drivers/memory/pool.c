/* See pool.h. */
#include "drivers/memory/pool.h"

#include <string.h>

#define SLAB_FIRST ((size_t)2 * 1024)
#define SLAB_MAX   ((size_t)64 * 1024)

struct pool_block {
	struct pool_block *next;
};

struct pool_slab {
	struct pool_slab *older;
	uint64_t align;
};

void pool_init(struct pool *pool, const sc_env *env)
{
	*pool = (struct pool){ .env = env };
}

void pool_clear(struct pool *pool)
{
	while (pool->slabs != NULL) {
		struct pool_slab *slab = pool->slabs;
		pool->slabs = slab->older;
		pool->env->resize(pool->env->ctx, slab, 0);
	}
	pool_init(pool, pool->env);
}

static size_t class_of(size_t size)
{
	return size == 0 ? 0 : (size - 1) / POOL_STEP;
}

static bool add_slab(struct pool *pool)
{
	size_t size = pool->slab_size == 0 ? SLAB_FIRST : pool->slab_size * 2;
	if (size > SLAB_MAX)
		size = SLAB_MAX;
	struct pool_slab *slab = pool->env->resize(pool->env->ctx, NULL, size);
	if (slab == NULL)
		return false;
	pool->slab_size = size;
	slab->older = pool->slabs;
	pool->slabs = slab;
	pool->at = (char *)(slab + 1);
	pool->end = (char *)slab + size;
	return true;
}

void *pool_alloc(struct pool *pool, size_t size)
{
	if (size > POOL_SMALL_MAX)
		return pool->env->resize(pool->env->ctx, NULL, size);
	size_t class = class_of(size);
	struct pool_block *block = pool->free[class];
	if (block != NULL) {
		pool->free[class] = block->next;
		return block;
	}
	size = (class + 1) * POOL_STEP;
	if (size > (size_t)(pool->end - pool->at) && !add_slab(pool))
		return NULL;
	void *fresh = pool->at;
	pool->at += size;
	return fresh;
}

void pool_free(struct pool *pool, void *block, size_t size)
{
	if (block == NULL)
		return;
	if (size > POOL_SMALL_MAX) {
		pool->env->resize(pool->env->ctx, block, 0);
		return;
	}
	struct pool_block *freed = block;
	freed->next = pool->free[class_of(size)];
	pool->free[class_of(size)] = freed;
}
