/*
 * The combiner, with real threads in front of a store that waits for the test. Callers are started one
 * after the other, each only when the one before stands in line, so that the order is known.
 */
#include "slow_store.h"
#include "world.h"

#include "store/combiner.h"

#include <sched.h>

#define CALLERS_MAX 64

struct caller {
	struct fixture *fixture;
	pthread_t thread;
	sc_call call;
	sc_group group;
	sc_outcome outcome;
	sc_error err;
	sc_status status;
};

struct fixture {
	sc_env env; /* one of these two, counting who went to sleep */
	const sc_env *under;
	sc_testkit_env *still; /* a clock that stands still */
	atomic_int parked;
	struct slow_store slow;
	sc_store store;
	sc__combiner *combiner;
	struct caller callers[CALLERS_MAX];
	int count;
};

static struct fixture *counting; /* whose env it is: sc_env has no room beside its own context */

static bool counting_park(void *ctx, sc_parker *parker, int64_t deadline_ns)
{
	atomic_fetch_add(&counting->parked, 1);
	return counting->under->park(ctx, parker, deadline_ns);
}

static void live_on(struct fixture *f, const sc_env *env)
{
	f->under = env;
	f->env = *env;
	f->env.park = counting_park;
}

static void start_combiner(struct fixture *f, const sc__combiner_options *options)
{
	assert_int_equal(sc__combiner_new(&f->env, &f->store, options, &f->combiner, NULL), SC_OK);
}

static int up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->still = sc_testkit_env_new(1);
	live_on(f, sc_env_default());
	counting = f;
	slow_init(&f->slow);
	f->store = (sc_store){ &slow_ops, &f->slow };
	*state = f;
	return 0;
}

static int down(void **state)
{
	struct fixture *f = *state;
	sc__combiner_free(f->combiner);
	assert_int_equal(sc_testkit_env_live_blocks(f->still), 0);
	sc_testkit_env_free(f->still);
	slow_clear(&f->slow);
	free(f);
	return 0;
}

#define COMBINER_TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

/* ---- callers ---- */

static struct caller *new_caller(struct fixture *f)
{
	struct caller *caller = &f->callers[f->count++];
	*caller = (struct caller){ .fixture = f, .call = *sc_call_system() };
	caller->group.id.bytes[15] = (uint8_t)f->count;
	return caller;
}

static void *run_caller(void *argument)
{
	struct caller *caller = argument;
	caller->status = sc__combiner_apply(caller->fixture->combiner, &caller->call, &caller->group, 1,
	                                    &caller->outcome, &caller->err);
	return NULL;
}

static void start(struct caller *caller)
{
	assert_int_equal(pthread_create(&caller->thread, NULL, run_caller, caller), 0);
}

/* The first caller carries, and is held at the store's gate. */
static void start_carrier(struct fixture *f)
{
	f->slow.gated = true;
	start(new_caller(f));
	slow_await(&f->slow, 1);
}

static void start_in_line(struct fixture *f, int count)
{
	for (int i = 0; i < count; i++) {
		int before = atomic_load(&f->parked);
		start(new_caller(f));
		while (atomic_load(&f->parked) == before)
			sched_yield();
	}
}

static void join_all(struct fixture *f)
{
	for (int i = 0; i < f->count; i++)
		pthread_join(f->callers[i].thread, NULL);
}

static void assert_own_outcome(const struct caller *caller)
{
	assert_int_equal(caller->status, SC_OK);
	assert_int_equal(caller->outcome.status, SC_OK);
	assert_int_equal(caller->outcome.position, caller->group.id.bytes[15]);
}

/* ---- tests ---- */

static void a_lone_caller_is_applied_at_once_and_alone(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	struct caller *caller = new_caller(f);
	caller->call.deadline_ns = INT64_MAX - 1;
	run_caller(caller);
	assert_own_outcome(caller);
	assert_int_equal(f->slow.calls, 1);
	assert_int_equal(f->slow.sizes[0], 1);
	assert_true(f->slow.deadlines_ns[0] == INT64_MAX - 1);
	assert_int_equal(atomic_load(&f->parked), 0);
}

static void those_who_arrive_meanwhile_share_one_apply(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 8);
	slow_open_gate(&f->slow);
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_int_equal(f->slow.sizes[1], 8);
	for (int i = 0; i < f->count; i++)
		assert_own_outcome(&f->callers[i]);
}

static void a_carrier_takes_one_batch_and_hands_over(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 2);
	slow_open_gate(&f->slow);
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_true(pthread_equal(f->slow.callers[0], f->callers[0].thread));
	assert_true(pthread_equal(f->slow.callers[1], f->callers[1].thread));
	for (int i = 0; i < f->count; i++)
		assert_own_outcome(&f->callers[i]);
}

/* The carrier's batch took a millisecond; it is answered, and the first of two in line looks out for it. */
static void end_first_batch(struct fixture *f)
{
	live_on(f, sc_testkit_env_table(f->still));
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 2);
	sc_testkit_env_advance_ms(f->still, 1);
	int before = atomic_load(&f->parked);
	slow_open_gate(&f->slow);
	while (atomic_load(&f->parked) == before)
		sched_yield();
}

static void who_was_answered_is_waited_for_and_carries_all_who_wait(void **state)
{
	struct fixture *f = *state;
	end_first_batch(f);
	assert_int_equal(f->slow.calls, 1);
	start(new_caller(f));
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_int_equal(f->slow.sizes[1], 3);
	assert_true(pthread_equal(f->slow.callers[1], f->callers[3].thread));
	for (int i = 0; i < f->count; i++)
		assert_own_outcome(&f->callers[i]);
}

static void nobody_is_waited_for_longer_than_the_last_batch_took(void **state)
{
	struct fixture *f = *state;
	end_first_batch(f);
	sc_testkit_env_advance_ms(f->still, 1);
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_int_equal(f->slow.sizes[1], 2);
	for (int i = 0; i < f->count; i++)
		assert_own_outcome(&f->callers[i]);
}

static void who_was_waited_for_in_vain_is_left_alone_for_two_batches(void **state)
{
	struct fixture *f = *state;
	end_first_batch(f);
	sc_testkit_env_advance_ms(f->still, 1);
	join_all(f);
	for (int i = 0; i < 2; i++) {
		run_caller(new_caller(f));
		assert_int_equal(f->slow.sizes[2 + i], 1);
	}
	assert_int_equal(f->slow.calls, 4);
}

static void a_batch_is_no_larger_than_the_store_takes(void **state)
{
	struct fixture *f = *state;
	f->slow.groups_max = 3;
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 7);
	slow_open_gate(&f->slow);
	join_all(f);
	for (int i = 0; i < f->slow.calls; i++)
		assert_in_range(f->slow.sizes[i], 1, 3);
	for (int i = 0; i < f->count; i++)
		assert_own_outcome(&f->callers[i]);
}

static void a_request_larger_than_the_store_takes_goes_in_parts(void **state)
{
	struct fixture *f = *state;
	f->slow.groups_max = 3;
	start_combiner(f, NULL);
	sc_group groups[7] = { 0 };
	sc_outcome outcomes[7] = { 0 };
	for (uint8_t i = 0; i < 7; i++)
		groups[i].id.bytes[15] = i;
	assert_int_equal(sc__combiner_apply(f->combiner, SC_CALL_SYSTEM, groups, 7, outcomes, NULL), SC_OK);
	assert_int_equal(f->slow.calls, 3);
	for (uint8_t i = 0; i < 7; i++)
		assert_int_equal(outcomes[i].position, i);
}

static void a_poisoned_group_fails_alone(void **state)
{
	struct fixture *f = *state;
	f->slow.poison = SC_STORE_FAILED;
	f->slow.poisoned = 5;
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 8);
	slow_open_gate(&f->slow);
	join_all(f);
	for (int i = 0; i < f->count; i++) {
		if (f->callers[i].group.id.bytes[15] == 5) {
			assert_int_equal(f->callers[i].status, SC_STORE_FAILED);
			assert_int_equal(f->callers[i].outcome.status, SC_STORE_FAILED);
			assert_int_equal(f->callers[i].err.status, SC_STORE_FAILED);
		} else {
			assert_own_outcome(&f->callers[i]);
		}
	}
}

static void a_poisoned_group_of_a_lone_caller_spares_its_others(void **state)
{
	struct fixture *f = *state;
	f->slow.poison = SC_NO_MEMORY;
	f->slow.poisoned = 2;
	start_combiner(f, NULL);
	sc_group groups[4] = { 0 };
	sc_outcome outcomes[4] = { 0 };
	for (uint8_t i = 0; i < 4; i++)
		groups[i].id.bytes[15] = i;
	assert_int_equal(sc__combiner_apply(f->combiner, SC_CALL_SYSTEM, groups, 4, outcomes, NULL), SC_OK);
	for (uint8_t i = 0; i < 4; i++)
		assert_int_equal(outcomes[i].status, i == 2 ? SC_NO_MEMORY : SC_OK);
}

static void an_unknown_batch_is_unknown_to_each_and_not_sent_again(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	start_carrier(f);
	start_in_line(f, 4);
	slow_let_pass(&f->slow, 1);
	slow_await(&f->slow, 2);
	slow_fail(&f->slow, SC_OUTCOME_UNKNOWN);
	slow_open_gate(&f->slow);
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_own_outcome(&f->callers[0]);
	for (int i = 1; i < f->count; i++) {
		assert_int_equal(f->callers[i].status, SC_OUTCOME_UNKNOWN);
		assert_int_equal(f->callers[i].outcome.status, SC_OUTCOME_UNKNOWN);
	}
}

static void a_store_that_is_down_is_not_asked_once_for_each_group(void **state)
{
	struct fixture *f = *state;
	f->slow.fails = SC_STORE_FAILED;
	start_combiner(f, NULL);
	sc_group groups[500] = { 0 };
	sc_outcome *outcomes = calloc(500, sizeof *outcomes);
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__combiner_apply(f->combiner, SC_CALL_SYSTEM, groups, 500, outcomes, &err), SC_STORE_FAILED);
	assert_int_equal(err.status, SC_STORE_FAILED);
	assert_in_range(f->slow.calls, 1, 100);
	for (int i = 0; i < 500; i++)
		assert_int_equal(outcomes[i].status, SC_STORE_FAILED);
	free(outcomes);
}

static void a_busy_store_is_not_asked_again_with_halves(void **state)
{
	struct fixture *f = *state;
	f->slow.fails = SC_BUSY;
	start_combiner(f, NULL);
	sc_group groups[8] = { 0 };
	sc_outcome outcomes[8] = { 0 };
	assert_int_equal(sc__combiner_apply(f->combiner, SC_CALL_SYSTEM, groups, 8, outcomes, NULL), SC_BUSY);
	assert_int_equal(f->slow.calls, 1);
}

static void a_full_queue_turns_the_next_away(void **state)
{
	struct fixture *f = *state;
	const sc__combiner_options options = { .queue_max = 2 };
	start_combiner(f, &options);
	start_carrier(f);
	start_in_line(f, 2);
	struct caller *turned_away = &f->callers[CALLERS_MAX - 1];
	*turned_away = (struct caller){ .fixture = f, .call = *sc_call_system() };
	run_caller(turned_away);
	assert_int_equal(turned_away->status, SC_BUSY);
	slow_open_gate(&f->slow);
	join_all(f);
	assert_int_equal(f->slow.sizes[1], 2);
}

static void whoever_is_late_before_being_carried_was_not_sent(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	start_carrier(f);
	struct caller *late = &f->callers[CALLERS_MAX - 1];
	*late = (struct caller){ .fixture = f, .call = *sc_call_system() };
	late->call.deadline_ns = f->env.mono_ns(f->env.ctx) + 1000;
	run_caller(late);
	assert_int_equal(late->status, SC_DEADLINE);
	start_in_line(f, 1);
	slow_open_gate(&f->slow);
	join_all(f);
	assert_int_equal(f->slow.calls, 2);
	assert_int_equal(f->slow.sizes[1], 1);
	assert_own_outcome(&f->callers[1]);
}

static void a_mixed_batch_waits_as_long_as_the_most_patient(void **state)
{
	struct fixture *f = *state;
	start_combiner(f, NULL);
	start_carrier(f);
	const int64_t far_ns = INT64_MAX / 2;
	for (int i = 0; i < 2; i++) {
		int before = atomic_load(&f->parked);
		struct caller *caller = new_caller(f);
		caller->call.deadline_ns = far_ns + i;
		start(caller);
		while (atomic_load(&f->parked) == before)
			sched_yield();
	}
	slow_open_gate(&f->slow);
	join_all(f);
	assert_true(f->slow.deadlines_ns[1] == far_ns + 1);
}

/* ---- in front of a real store ---- */

struct rush {
	struct world *world;
	sc__combiner *combiner;
	pthread_t thread;
	int sold, refused, other;
};

static void *rush(void *argument)
{
	struct rush *rush = argument;
	const sc_address mug = stock("mug");
	const sc_hold_line line = line_of(&mug, 1);
	for (int i = 0; i < 200; i++) {
		const sc_id id = sc_id_make(sc_env_default());
		const sc_change change = hold(hold_of(&id), &line, 1, 1000);
		const sc_group group = group_of(SC_HOME_FIRST, id, &change, 1);
		sc_outcome outcome = { 0 };
		sc_status status = sc__combiner_apply(rush->combiner, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
		rush->sold += status == SC_OK && outcome.status == SC_OK;
		rush->refused += status == SC_OK && outcome.status == SC_OUT_OF_STOCK;
		rush->other += status != SC_OK || (outcome.status != SC_OK && outcome.status != SC_OUT_OF_STOCK);
	}
	return NULL;
}

static void many_threads_sell_exactly_what_there_is(void **state)
{
	struct world *w = *state;
	sc__combiner *combiner;
	struct rush rushes[16];
	receive(w, "mug", 1000);
	assert_int_equal(sc__combiner_new(sc_env_default(), &w->store, NULL, &combiner, NULL), SC_OK);
	for (int i = 0; i < 16; i++) {
		rushes[i] = (struct rush){ .world = w, .combiner = combiner };
		assert_int_equal(pthread_create(&rushes[i].thread, NULL, rush, &rushes[i]), 0);
	}
	int sold = 0, refused = 0;
	for (int i = 0; i < 16; i++) {
		pthread_join(rushes[i].thread, NULL);
		assert_int_equal(rushes[i].other, 0);
		sold += rushes[i].sold;
		refused += rushes[i].refused;
	}
	sc__combiner_free(combiner);
	assert_int_equal(sold, 1000);
	assert_int_equal(refused, 16 * 200 - 1000);
	assert_counters(w, "mug", 1000, 1000, 0);
}

static void bad_input_is_told_to_the_one_who_sent_it(void **state)
{
	struct world *w = *state;
	sc__combiner *combiner;
	assert_int_equal(sc__combiner_new(w->env, &w->store, NULL, &combiner, NULL), SC_OK);
	const sc_change good = about(stock("mug"), SC_CHANGE_SET);
	sc_change changes[] = { good, good };
	changes[0].flags = SC_SET_ON_HAND;
	const sc_group groups[] = { group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &changes[0], 1),
		                    group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &changes[1], 1) };
	sc_outcome outcomes[2] = { 0 };
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__combiner_apply(combiner, SC_CALL_SYSTEM, groups, 2, outcomes, &err), SC_OK);
	assert_int_equal(outcomes[0].status, SC_OK);
	assert_int_equal(outcomes[1].status, SC_BAD_ARGUMENT);
	assert_int_equal(err.index, 1);
	assert_string_equal(err.field, "changes[0].flags");
	sc__combiner_free(combiner);
}

static void no_memory_for_a_combiner_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	size_t live = sc_testkit_env_live_blocks(w->testkit);
	sc_status status = SC_NO_MEMORY;
	uint64_t nth = 1;
	sc__combiner *combiner;
	for (; status == SC_NO_MEMORY && nth < 20; nth++) {
		sc_testkit_env_fail_allocation(w->testkit, nth, false);
		status = sc__combiner_new(w->env, &w->store, NULL, &combiner, NULL);
		if (status == SC_NO_MEMORY)
			assert_int_equal(sc_testkit_env_live_blocks(w->testkit), live);
	}
	assert_int_equal(status, SC_OK);
	assert_in_range(nth, 4, 19);
	sc__combiner_free(combiner);
	sc_testkit_env_fail_allocation(w->testkit, 0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMBINER_TEST(a_lone_caller_is_applied_at_once_and_alone),
		COMBINER_TEST(those_who_arrive_meanwhile_share_one_apply),
		COMBINER_TEST(a_carrier_takes_one_batch_and_hands_over),
		COMBINER_TEST(who_was_answered_is_waited_for_and_carries_all_who_wait),
		COMBINER_TEST(nobody_is_waited_for_longer_than_the_last_batch_took),
		COMBINER_TEST(who_was_waited_for_in_vain_is_left_alone_for_two_batches),
		COMBINER_TEST(a_batch_is_no_larger_than_the_store_takes),
		COMBINER_TEST(a_request_larger_than_the_store_takes_goes_in_parts),
		COMBINER_TEST(a_poisoned_group_fails_alone),
		COMBINER_TEST(a_poisoned_group_of_a_lone_caller_spares_its_others),
		COMBINER_TEST(an_unknown_batch_is_unknown_to_each_and_not_sent_again),
		COMBINER_TEST(a_store_that_is_down_is_not_asked_once_for_each_group),
		COMBINER_TEST(a_busy_store_is_not_asked_again_with_halves),
		COMBINER_TEST(a_full_queue_turns_the_next_away),
		COMBINER_TEST(whoever_is_late_before_being_carried_was_not_sent),
		COMBINER_TEST(a_mixed_batch_waits_as_long_as_the_most_patient),
		WORLD_TEST(many_threads_sell_exactly_what_there_is),
		WORLD_TEST(bad_input_is_told_to_the_one_who_sent_it),
		WORLD_TEST(no_memory_for_a_combiner_leaves_nothing_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
