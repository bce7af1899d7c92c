/*
 * The store's time, for many threads. What it is: base/store_clock.h.
 */
#include "drivers/sqlite/driver.h"

int64_t sc__clock_now(sc__sqlite *store)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	int64_t now_ms = sc__store_clock_now(&store->clock, env);
	env->mutex_unlock(env->ctx, &store->mutex);
	return now_ms;
}

void sc__clock_saw(sc__sqlite *store, int64_t committed_ms)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	sc__store_clock_raise(&store->clock, env, committed_ms);
	env->mutex_unlock(env->ctx, &store->mutex);
}
