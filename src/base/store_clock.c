/* See store_clock.h. */
#include "base/store_clock.h"

#define NS_PER_MS 1000000

void sc__store_clock_init(sc__store_clock *clock, const sc_env *env, int64_t committed_ms)
{
	clock->highest_ms = committed_ms;
	clock->since_ns = env->mono_ns(env->ctx);
}

void sc__store_clock_raise(sc__store_clock *clock, const sc_env *env, int64_t committed_ms)
{
	if (committed_ms > sc__store_clock_now(clock, env))
		sc__store_clock_init(clock, env, committed_ms);
}

int64_t sc__store_clock_now(sc__store_clock *clock, const sc_env *env)
{
	int64_t wall_ms = env->wall_ms(env->ctx);
	int64_t mono_ns = env->mono_ns(env->ctx);
	int64_t steady_ms = clock->highest_ms + (mono_ns - clock->since_ns) / NS_PER_MS;
	if (wall_ms > steady_ms) {
		clock->highest_ms = wall_ms;
		clock->since_ns = mono_ns;
		return wall_ms;
	}
	return steady_ms;
}
