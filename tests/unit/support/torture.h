/*
 * Runs a scenario with its first allocation failing, then with its second, and so on until none is left to fail:
 * once with that one alone failing, once with every later one as well. Whatever fails, nothing may leak.
 */
#ifndef TESTS_UNIT_SUPPORT_TORTURE_H
#define TESTS_UNIT_SUPPORT_TORTURE_H

#include "support/cm.h"

#include <shopcore/status.h>
#include <shopcore/testkit/env.h>

#define TORTURE_STEPS_MAX 100000

static inline void each_allocation_fails_in_turn(sc_status (*scenario)(const sc_env *env), bool for_good)
{
	uint64_t nth = 1;
	for (bool failed = true; failed; nth++) {
		sc_testkit_env *world = sc_testkit_env_new(1);
		assert_non_null(world);
		sc_testkit_env_fail_allocation(world, nth, for_good);
		sc_status status = scenario(sc_testkit_env_table(world));
		failed = sc_testkit_env_has_failed(world);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_int_equal(sc_testkit_env_live_blocks(world), 0);
		sc_testkit_env_free(world);
		assert_true(nth < TORTURE_STEPS_MAX);
	}
	assert_true(nth > 2); /* something did allocate */
}

#endif
