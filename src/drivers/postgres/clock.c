/*
 * The store's time: the server's clock, which all its users share, but never below what was committed.
 *
 * When the server's clock is behind that, because it was set back or another machine took over, time goes
 * on from there as fast as our own monotonic clock, so that no jump can freeze it. As long as the
 * server's clock is right, ours has no part in it, and processes agree to the millisecond.
 */
#include "drivers/postgres/driver.h"

#define NS_PER_MS 1000000

int64_t sc__pg_clock(sc__pg_store *store, const sc__pg_state *state)
{
	const sc_env *env = store->env;
	int64_t now_ms = state->clock_ms;
	env->mutex_lock(env->ctx, &store->mutex);
	if (state->time_ms > store->highest_ms) {
		store->highest_ms = state->time_ms;
		store->since_ns = env->mono_ns(env->ctx);
	}
	if (now_ms < store->highest_ms)
		now_ms = store->highest_ms + (env->mono_ns(env->ctx) - store->since_ns) / NS_PER_MS;
	env->mutex_unlock(env->ctx, &store->mutex);
	return now_ms;
}
