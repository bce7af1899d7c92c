/* See store_clock.h. */
#include "base/store_clock.h"

#define NS_PER_MS 1000000

/* By how much a time is ahead of the monotonic clock; a time that no clock will ever show counts as the last one. */
static int64_t ahead_of(int64_t time_ms, int64_t mono_ns)
{
	int64_t time_ns;
	if (__builtin_mul_overflow(time_ms, NS_PER_MS, &time_ns))
		time_ns = time_ms < 0 ? INT64_MIN : INT64_MAX;
	return __builtin_sub_overflow(time_ns, mono_ns, &time_ns) ? INT64_MIN : time_ns;
}

/* The larger of what it was and this. */
static int64_t raise_to(sc__store_clock *clock, int64_t ahead_ns)
{
	int64_t before = atomic_load(&clock->ahead_ns);
	while (ahead_ns > before)
		if (atomic_compare_exchange_weak(&clock->ahead_ns, &before, ahead_ns))
			return ahead_ns;
	return before;
}

void sc__store_clock_init(sc__store_clock *clock, const sc_env *env, int64_t committed_ms)
{
	atomic_init(&clock->ahead_ns, ahead_of(committed_ms, env->mono_ns(env->ctx)));
}

void sc__store_clock_raise(sc__store_clock *clock, const sc_env *env, int64_t committed_ms)
{
	raise_to(clock, ahead_of(committed_ms, env->mono_ns(env->ctx)));
}

int64_t sc__store_clock_now(sc__store_clock *clock, const sc_env *env)
{
	const int64_t wall_ms = env->wall_ms(env->ctx);
	const int64_t mono_ns = env->mono_ns(env->ctx);
	const int64_t ahead_ns = raise_to(clock, ahead_of(wall_ms, mono_ns));
	int64_t now_ns;
	return __builtin_add_overflow(mono_ns, ahead_ns, &now_ns) ? INT64_MAX / NS_PER_MS : now_ns / NS_PER_MS;
}
