/*
 * An environment for tests: a clock that moves when it is told to, chance that repeats, and an allocator
 * that counts, finds leaks, and fails where it is told to.
 *
 *     sc_testkit_env *world = sc_testkit_env_new(1);
 *     open a shop with sc_testkit_env_table(world) …
 *     sc_testkit_env_advance_ms(world, 10 * 60 * 1000); // ten minutes later
 *
 * It is safe to use from many threads. A thread that parks sleeps until it is woken or the clock is moved past
 * its deadline.
 */
#ifndef SHOPCORE_TESTKIT_ENV_H
#define SHOPCORE_TESTKIT_ENV_H

#include <shopcore/env.h>

SC_BEGIN_DECLS

typedef struct sc_testkit_env sc_testkit_env;

/** Where the wall clock of a new environment stands: 2025-01-01 00:00:00 UTC. */
#define SC_TESTKIT_START_MS 1735689600000LL

/**
 * Make an environment. Its clock stands at SC_TESTKIT_START_MS; the same seed gives the same chance.
 *
 * Ownership: the caller's, free it with sc_testkit_env_free(). Threads: any.
 * Returns: NULL when there is no memory. Idempotent: no. Since: 0.1.
 */
SC_API sc_testkit_env *sc_testkit_env_new(uint64_t seed);

/**
 * Free an environment, after everything that was made with it.
 *
 * Ownership: `world` dies; NULL is fine. Threads: one. Returns: nothing; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API void sc_testkit_env_free(sc_testkit_env *world);

/**
 * Give the table to open things with.
 *
 * Ownership: borrowed from `world`. Threads: any. Returns: never NULL. Idempotent: yes. Since: 0.1.
 */
SC_API const sc_env *sc_testkit_env_table(sc_testkit_env *world);

/**
 * Move both clocks forward, and wake who parked until then. A negative number of milliseconds moves the wall
 * clock alone, as an administrator would.
 *
 * Ownership: none. Threads: any. Returns: nothing; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API void sc_testkit_env_advance_ms(sc_testkit_env *world, int64_t ms);

/**
 * Let a park with a deadline move the clock to it instead of sleeping. For tests of one thread.
 *
 * Ownership: none. Threads: any. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_testkit_env_jump_when_parked(sc_testkit_env *world, bool jump);

/**
 * Make an allocation fail: the `nth` from now, from 1; 0 for none. `for_good`: every one after it as well.
 *
 * Ownership: none. Threads: any. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_testkit_env_fail_allocation(sc_testkit_env *world, uint64_t nth, bool for_good);

/**
 * Tell whether an allocation was made to fail since sc_testkit_env_fail_allocation() was last called.
 *
 * Ownership: none. Threads: any. Returns: true or false. Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_testkit_env_has_failed(sc_testkit_env *world);

/**
 * Count the allocations and enlargements asked for so far, failed ones included.
 *
 * Ownership: none. Threads: any. Returns: how many. Idempotent: yes. Since: 0.1.
 */
SC_API uint64_t sc_testkit_env_allocations(sc_testkit_env *world);

/**
 * Count the blocks that were allocated and not freed yet. 0 after a clean close.
 *
 * Ownership: none. Threads: any. Returns: how many. Idempotent: yes. Since: 0.1.
 */
SC_API size_t sc_testkit_env_live_blocks(sc_testkit_env *world);

/**
 * Count the lines that were logged with `level` or above.
 *
 * Ownership: none. Threads: any. Returns: how many. Idempotent: yes. Since: 0.1.
 */
SC_API uint64_t sc_testkit_env_logged(sc_testkit_env *world, sc_log_level level);

SC_END_DECLS

#endif
