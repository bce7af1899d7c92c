/*
 * The simulator by itself: tasks, time, death, and that a seed is a run.
 */
#include <shopcore/memory.h>
#include <shopcore/testkit/env.h>
#include <shopcore/testkit/sim.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct world {
	sc_testkit_env *testkit;
	sc_sim *sim;
	char trail[256];
	sc_mutex mutex;
	sc_parker parker;
	int inside, most_inside, died;
	sc_store store, reached;
};

static sc_sim *new_sim(struct world *w, sc_sim_options options)
{
	memset(w, 0, sizeof(*w));
	w->testkit = sc_testkit_env_new(1);
	options.base = sc_testkit_env_table(w->testkit);
	options.ctx = w;
	assert_int_equal(sc_sim_new(&options, &w->sim, NULL), SC_OK);
	return w->sim;
}

/* Whatever its processes still had, nothing is left over. */
static void end(struct world *w)
{
	sc_sim_free(w->sim);
	assert_int_equal(sc_testkit_env_live_blocks(w->testkit), 0);
	sc_testkit_env_free(w->testkit);
}

static void mark(struct world *w, char letter)
{
	size_t at = strlen(w->trail);

	if (at + 1 < sizeof(w->trail))
		w->trail[at] = letter;
}

static void walk_a(void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < 10; i++) {
		mark(w, 'a');
		sc_sim_yield(w->sim);
	}
}

static void walk_b(void *arg)
{
	struct world *w = arg;

	for (int i = 0; i < 10; i++) {
		mark(w, 'b');
		sc_sim_yield(w->sim);
	}
}

static void trail_of(uint64_t seed, char out[256])
{
	struct world w;
	sc_sim_options options = SC_SIM_OPTIONS_INIT;

	options.seed = seed;
	new_sim(&w, options);
	assert_int_equal(sc_sim_spawn(w.sim, 1, walk_a, &w, NULL), SC_OK);
	assert_int_equal(sc_sim_spawn(w.sim, 2, walk_b, &w, NULL), SC_OK);
	assert_int_equal(sc_sim_run(w.sim, 1000), 0);
	memcpy(out, w.trail, sizeof(w.trail));
	end(&w);
}

static void the_seed_decides_the_order(void **state)
{
	char first[256], again[256], other[256];

	(void)state;
	trail_of(3, first);
	trail_of(3, again);
	trail_of(4, other);
	assert_int_equal(strlen(first), 20);
	assert_string_equal(first, again);
	assert_string_not_equal(first, other);
	assert_non_null(strstr(first, "ab"));
	assert_non_null(strstr(first, "ba"));
}

static void sleep_an_hour(void *arg)
{
	struct world *w = arg;

	sc_sim_sleep_ms(w->sim, 3600000);
	mark(w, 'h');
}

static void sleep_a_minute(void *arg)
{
	struct world *w = arg;

	sc_sim_sleep_ms(w->sim, 60000);
	mark(w, 'm');
}

static void the_clock_jumps_to_who_sleeps_shortest(void **state)
{
	struct world w;
	int64_t start;

	(void)state;
	new_sim(&w, (sc_sim_options)SC_SIM_OPTIONS_INIT);
	start = sc_sim_report_of(w.sim).now_ms;
	sc_sim_spawn(w.sim, 1, sleep_an_hour, &w, NULL);
	sc_sim_spawn(w.sim, 1, sleep_a_minute, &w, NULL);
	assert_int_equal(sc_sim_run(w.sim, 1000), 0);
	assert_string_equal(w.trail, "mh");
	assert_in_range(sc_sim_report_of(w.sim).now_ms - start, 3600000, 3601000);
	end(&w);
}

static void hold_lock(void *arg)
{
	struct world *w = arg;
	const sc_env *env = sc_sim_env(w->sim, 1);

	for (int i = 0; i < 20; i++) {
		env->mutex_lock(env->ctx, &w->mutex);
		w->inside++;
		if (w->inside > w->most_inside)
			w->most_inside = w->inside;
		sc_sim_yield(w->sim);
		w->inside--;
		env->mutex_unlock(env->ctx, &w->mutex);
	}
}

static void a_lock_keeps_others_out(void **state)
{
	struct world w;
	const sc_env *env;

	(void)state;
	new_sim(&w, (sc_sim_options)SC_SIM_OPTIONS_INIT);
	env = sc_sim_env(w.sim, 1);
	assert_true(env->mutex_init(env->ctx, &w.mutex));
	for (int i = 0; i < 4; i++)
		sc_sim_spawn(w.sim, 1, hold_lock, &w, NULL);
	assert_int_equal(sc_sim_run(w.sim, 10000), 0);
	assert_int_equal(w.most_inside, 1);
	end(&w);
}

static void wait_to_be_woken(void *arg)
{
	struct world *w = arg;
	const sc_env *env = sc_sim_env(w->sim, 1);

	mark(w, env->park(env->ctx, &w->parker, SC_NEVER) ? 'w' : 't');
	mark(w, env->park(env->ctx, &w->parker, env->mono_ns(env->ctx) + 1000000) ? 'w' : 't');
}

static void wake(void *arg)
{
	struct world *w = arg;
	const sc_env *env = sc_sim_env(w->sim, 1);

	sc_sim_sleep_ms(w->sim, 5);
	env->unpark(env->ctx, &w->parker);
}

static void a_parked_task_is_woken_or_times_out(void **state)
{
	struct world w;
	const sc_env *env;

	(void)state;
	new_sim(&w, (sc_sim_options)SC_SIM_OPTIONS_INIT);
	env = sc_sim_env(w.sim, 1);
	assert_true(env->parker_init(env->ctx, &w.parker));
	sc_sim_spawn(w.sim, 1, wait_to_be_woken, &w, NULL);
	sc_sim_spawn(w.sim, 1, wake, &w, NULL);
	assert_int_equal(sc_sim_run(w.sim, 1000), 0);
	assert_string_equal(w.trail, "wt");
	end(&w);
}

static void waiting_for_nobody_is_noticed(void **state)
{
	struct world w;
	const sc_env *env;

	(void)state;
	new_sim(&w, (sc_sim_options)SC_SIM_OPTIONS_INIT);
	env = sc_sim_env(w.sim, 1);
	assert_true(env->parker_init(env->ctx, &w.parker));
	sc_sim_spawn(w.sim, 1, wait_to_be_woken, &w, NULL);
	assert_int_equal(sc_sim_run(w.sim, 1000), 1);
	end(&w);
}

static void died(void *ctx, uint32_t process)
{
	struct world *w = ctx;

	assert_int_equal(process, 1);
	w->died++;
}

static void allocate_and_load(void *arg)
{
	struct world *w = arg;
	const sc_env *env = sc_sim_env(w->sim, 1);
	const sc_address at = { "mug", "main", 3, 4, 7, 0 };
	sc_arena arena;
	sc_record row;

	assert_non_null(env->resize(env->ctx, NULL, 1000)); /* never freed: it goes with the process */
	sc_arena_init(&arena, env);
	w->reached.ops->load(w->reached.ctx, SC_CALL_SYSTEM, &at, 1, 0, &arena, &row, NULL);
	mark(w, 'x');
}

static void a_process_dies_with_its_tasks_and_its_memory(void **state)
{
	struct world w;
	sc_sim_options options = SC_SIM_OPTIONS_INIT;

	(void)state;
	options.dies = 1000000;
	options.died = died;
	new_sim(&w, options);
	assert_int_equal(sc_memory_open(sc_sim_env(w.sim, SC_SIM_WORLD), NULL, &w.store, NULL), SC_OK);
	assert_int_equal(sc_sim_store(w.sim, 1, w.store, &w.reached, NULL), SC_OK);
	sc_sim_spawn(w.sim, 1, allocate_and_load, &w, NULL);
	sc_sim_spawn(w.sim, 1, sleep_an_hour, &w, NULL);
	sc_sim_spawn(w.sim, 2, sleep_a_minute, &w, NULL);
	assert_int_equal(sc_sim_run(w.sim, 1000), 0);
	assert_int_equal(w.died, 1);
	assert_string_equal(w.trail, "m"); /* only the other process lived on */
	w.store.ops->close(w.store.ctx);
	end(&w);
}

static void chances_that_add_up_to_too_much_are_refused(void **state)
{
	sc_sim_options options = SC_SIM_OPTIONS_INIT;
	sc_sim *sim = NULL;

	(void)state;
	options.fails = 600000;
	options.dies = 400001;
	assert_int_equal(sc_sim_new(&options, &sim, NULL), SC_BAD_ARGUMENT);
	assert_null(sim);
	options.dies = 400000;
	assert_int_equal(sc_sim_new(&options, &sim, NULL), SC_OK);
	assert_null(sc_sim_env(sim, SC_SIM_PROCESSES_MAX + 1));
	assert_int_equal(sc_sim_spawn(sim, SC_SIM_PROCESSES_MAX + 1, walk_a, NULL, NULL), SC_BAD_ARGUMENT);
	sc_sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seed_decides_the_order),
		cmocka_unit_test(the_clock_jumps_to_who_sleeps_shortest),
		cmocka_unit_test(a_lock_keeps_others_out),
		cmocka_unit_test(a_parked_task_is_woken_or_times_out),
		cmocka_unit_test(waiting_for_nobody_is_noticed),
		cmocka_unit_test(a_process_dies_with_its_tasks_and_its_memory),
		cmocka_unit_test(chances_that_add_up_to_too_much_are_refused),
	};

	return cmocka_run_group_tests_name("simulator", tests, NULL, NULL);
}
