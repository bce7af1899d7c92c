/*
 * The clock of an embedded store: never back, and never frozen by one jump of the wall clock.
 *
 * Deadlines are decided on it, so it may not go back when the wall clock does. It is the larger of
 * the wall clock and the highest time that was ever committed plus the monotonic time since. So all there is to keep
 * is by how much it is ahead of the monotonic clock, which only ever grows; threads need no lock for that.
 */
#ifndef SC_BASE_STORE_CLOCK_H
#define SC_BASE_STORE_CLOCK_H

#include <shopcore/env.h>

#include <stdatomic.h>

typedef struct sc__store_clock {
	_Atomic int64_t ahead_ns;
} sc__store_clock;

/* `committed_ms`: the highest time found in the store when it was opened, or 0. */
void sc__store_clock_init(sc__store_clock *clock, const sc_env *env, int64_t committed_ms);

/* Tell of a time that somebody else committed, such as another process on the same file. */
void sc__store_clock_raise(sc__store_clock *clock, const sc_env *env, int64_t committed_ms);

/* Milliseconds since 1970. */
int64_t sc__store_clock_now(sc__store_clock *clock, const sc_env *env);

#endif
