/* Both environments: the ordinary one and the one for tests. Each behaviour of locks and parkers runs on both. */
#include "support/cm.h"

#include <shopcore/testkit/env.h>

#include <pthread.h>
#include <unistd.h>

#define NS_PER_MS 1000000LL

static const sc_env *fake_table(sc_testkit_env **world)
{
	*world = sc_testkit_env_new(1);
	assert_non_null(*world);
	return sc_testkit_env_table(*world);
}

static void resize_allocates_grows_and_frees(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *tables[] = { sc_env_default(), fake_table(&world) };
	for (int i = 0; i < 2; i++) {
		const sc_env *env = tables[i];
		char *block = env->resize(env->ctx, NULL, 4);
		memcpy(block, "mug", 4);
		block = env->resize(env->ctx, block, 10000);
		assert_string_equal(block, "mug");
		assert_null(env->resize(env->ctx, block, 0));
		assert_null(env->resize(env->ctx, NULL, 0));
	}
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
}

static void the_ordinary_clocks_run(void **state)
{
	(void)state;
	const sc_env *env = sc_env_default();
	assert_true(env->wall_ms(env->ctx) > 1700000000000LL);
	int64_t before = env->mono_ns(env->ctx);
	assert_true(env->mono_ns(env->ctx) >= before);
}

static void chance_does_not_repeat_itself(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *tables[] = { sc_env_default(), fake_table(&world) };
	for (int i = 0; i < 2; i++) {
		unsigned char a[13] = { 0 }, b[13] = { 0 };
		tables[i]->random(tables[i]->ctx, a, sizeof a);
		tables[i]->random(tables[i]->ctx, b, sizeof b);
		assert_memory_not_equal(a, b, sizeof a);
	}
	sc_testkit_env_free(world);
}

static void the_same_seed_gives_the_same_chance(void **state)
{
	(void)state;
	unsigned char chance[3][32];
	for (int i = 0; i < 3; i++) {
		sc_testkit_env *world = sc_testkit_env_new(i < 2 ? 7 : 8);
		const sc_env *env = sc_testkit_env_table(world);
		env->random(env->ctx, chance[i], sizeof chance[i]);
		sc_testkit_env_free(world);
	}
	assert_memory_equal(chance[0], chance[1], sizeof chance[0]);
	assert_memory_not_equal(chance[0], chance[2], sizeof chance[0]);
}

struct counter {
	const sc_env *env;
	sc_mutex mutex;
	int count;
};

static void *count_up(void *arg)
{
	struct counter *c = arg;
	for (int i = 0; i < 10000; i++) {
		c->env->mutex_lock(c->env->ctx, &c->mutex);
		c->count++;
		c->env->mutex_unlock(c->env->ctx, &c->mutex);
	}
	return NULL;
}

static void a_mutex_lets_one_thread_in_at_a_time(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *tables[] = { sc_env_default(), fake_table(&world) };
	for (int i = 0; i < 2; i++) {
		struct counter c = { .env = tables[i] };
		pthread_t threads[4];
		assert_true(c.env->mutex_init(c.env->ctx, &c.mutex));
		for (int t = 0; t < 4; t++)
			assert_int_equal(pthread_create(&threads[t], NULL, count_up, &c), 0);
		for (int t = 0; t < 4; t++)
			pthread_join(threads[t], NULL);
		assert_int_equal(c.count, 40000);
		c.env->mutex_clear(c.env->ctx, &c.mutex);
	}
	sc_testkit_env_free(world);
}

static void an_unpark_that_comes_first_is_not_lost_and_counts_once(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *tables[] = { sc_env_default(), fake_table(&world) };
	for (int i = 0; i < 2; i++) {
		const sc_env *env = tables[i];
		sc_parker parker;
		assert_true(env->parker_init(env->ctx, &parker));
		env->unpark(env->ctx, &parker);
		env->unpark(env->ctx, &parker);
		assert_true(env->park(env->ctx, &parker, SC_NEVER));
		assert_false(env->park(env->ctx, &parker, env->mono_ns(env->ctx)));
		assert_false(env->park(env->ctx, &parker, INT64_MIN));
		env->parker_clear(env->ctx, &parker);
	}
	sc_testkit_env_free(world);
}

static void a_park_ends_at_its_deadline_and_not_before(void **state)
{
	(void)state;
	const sc_env *env = sc_env_default();
	sc_parker parker;
	assert_true(env->parker_init(env->ctx, &parker));
	int64_t deadline = env->mono_ns(env->ctx) + 5 * NS_PER_MS;
	assert_false(env->park(env->ctx, &parker, deadline));
	assert_true(env->mono_ns(env->ctx) >= deadline);
	env->parker_clear(env->ctx, &parker);
}

struct ball {
	const sc_env *env;
	sc_parker here, there;
	int throws;
};

static void *throw_back(void *arg)
{
	struct ball *ball = arg;
	for (int i = 0; i < 1000; i++) {
		ball->throws += ball->env->park(ball->env->ctx, &ball->there, SC_NEVER);
		ball->env->unpark(ball->env->ctx, &ball->here);
	}
	return NULL;
}

static void two_threads_wake_each_other_in_turn(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *tables[] = { sc_env_default(), fake_table(&world) };
	for (int i = 0; i < 2; i++) {
		struct ball ball = { .env = tables[i] };
		pthread_t thread;
		assert_true(ball.env->parker_init(ball.env->ctx, &ball.here));
		assert_true(ball.env->parker_init(ball.env->ctx, &ball.there));
		assert_int_equal(pthread_create(&thread, NULL, throw_back, &ball), 0);
		for (int n = 0; n < 1000; n++) {
			ball.env->unpark(ball.env->ctx, &ball.there);
			assert_true(ball.env->park(ball.env->ctx, &ball.here, SC_NEVER));
		}
		pthread_join(thread, NULL);
		assert_int_equal(ball.throws, 1000);
		ball.env->parker_clear(ball.env->ctx, &ball.here);
		ball.env->parker_clear(ball.env->ctx, &ball.there);
	}
	sc_testkit_env_free(world);
}

/* Runs `write_logs` with standard error in a pipe and gives what came through. */
static void capture_errors(void (*write_logs)(const sc_env *env), char *out, size_t size)
{
	int ends[2], kept = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	write_logs(sc_env_default());
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(ends[1]);
	ssize_t got = read(ends[0], out, size - 1);
	close(ends[0]);
	assert_true(got >= 0);
	out[got] = '\0';
}

static void log_each_level(const sc_env *env)
{
	env->log(env->ctx, SC_LOG_DEBUG, "one");
	env->log(env->ctx, SC_LOG_INFO, "two");
	env->log(env->ctx, SC_LOG_WARN, "three");
	env->log(env->ctx, SC_LOG_ERROR, "four");
}

static void warnings_and_errors_are_logged_and_nothing_else(void **state)
{
	(void)state;
	char text[256];
	capture_errors(log_each_level, text, sizeof text);
	assert_string_equal(text, "shopcore: warning: three\nshopcore: error: four\n");
}

static void log_a_long_line(const sc_env *env)
{
	char line[3000];
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	env->log(env->ctx, SC_LOG_ERROR, line);
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
	(void)state;
	char text[4000];
	capture_errors(log_a_long_line, text, sizeof text);
	assert_int_equal(strlen(text), 1024);
	assert_int_equal(text[1023], '\n');
}

static void the_clock_of_a_test_moves_when_it_is_told_to(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *env = fake_table(&world);
	int64_t start_ns = env->mono_ns(env->ctx);
	assert_int_equal(env->wall_ms(env->ctx), SC_TESTKIT_START_MS);
	sc_testkit_env_advance_ms(world, 600000);
	assert_int_equal(env->wall_ms(env->ctx), SC_TESTKIT_START_MS + 600000);
	assert_int_equal(env->mono_ns(env->ctx), start_ns + 600000 * NS_PER_MS);
	sc_testkit_env_advance_ms(world, -3600000);
	assert_int_equal(env->wall_ms(env->ctx), SC_TESTKIT_START_MS + 600000 - 3600000);
	assert_int_equal(env->mono_ns(env->ctx), start_ns + 600000 * NS_PER_MS);
	sc_testkit_env_free(world);
}

struct sleeper {
	const sc_env *env;
	sc_parker parker;
	int64_t deadline_ns;
	bool woken;
};

static void *sleep_until_deadline(void *arg)
{
	struct sleeper *s = arg;
	s->woken = s->env->park(s->env->ctx, &s->parker, s->deadline_ns);
	return NULL;
}

static void moving_the_clock_wakes_who_slept_until_then(void **state)
{
	(void)state;
	sc_testkit_env *world;
	struct sleeper s = { .env = fake_table(&world), .woken = true };
	pthread_t thread;
	s.deadline_ns = s.env->mono_ns(s.env->ctx) + 1000 * NS_PER_MS;
	assert_true(s.env->parker_init(s.env->ctx, &s.parker));
	assert_int_equal(pthread_create(&thread, NULL, sleep_until_deadline, &s), 0);
	sc_testkit_env_advance_ms(world, 1000);
	pthread_join(thread, NULL);
	assert_false(s.woken);
	s.env->parker_clear(s.env->ctx, &s.parker);
	sc_testkit_env_free(world);
}

static void a_park_may_jump_to_its_deadline(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *env = fake_table(&world);
	sc_parker parker;
	assert_true(env->parker_init(env->ctx, &parker));
	sc_testkit_env_jump_when_parked(world, true);
	int64_t deadline = env->mono_ns(env->ctx) + 42 * NS_PER_MS;
	assert_false(env->park(env->ctx, &parker, deadline));
	assert_int_equal(env->mono_ns(env->ctx), deadline);
	assert_int_equal(env->wall_ms(env->ctx), SC_TESTKIT_START_MS + 42);
	env->parker_clear(env->ctx, &parker);
	sc_testkit_env_free(world);
}

static void an_allocation_fails_where_it_is_told_to(void **state)
{
	(void)state;
	sc_testkit_env *world;
	const sc_env *env = fake_table(&world);
	void *blocks[4];
	sc_testkit_env_fail_allocation(world, 2, false);
	for (int i = 0; i < 4; i++)
		blocks[i] = env->resize(env->ctx, NULL, 8);
	assert_true(blocks[0] != NULL && blocks[1] == NULL && blocks[2] != NULL && blocks[3] != NULL);
	assert_true(sc_testkit_env_has_failed(world));
	assert_int_equal(sc_testkit_env_allocations(world), 4);
	assert_int_equal(sc_testkit_env_live_blocks(world), 3);
	sc_testkit_env_fail_allocation(world, 1, true);
	assert_false(sc_testkit_env_has_failed(world));
	assert_null(env->resize(env->ctx, NULL, 8));
	assert_null(env->resize(env->ctx, blocks[0], 80)); /* and the old block stays */
	sc_testkit_env_fail_allocation(world, 0, false);
	for (int i = 0; i < 4; i++)
		env->resize(env->ctx, blocks[i], 0);
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
}

static void logged_lines_are_counted_by_level(void **state)
{
	(void)state;
	sc_testkit_env *world;
	log_each_level(fake_table(&world));
	assert_int_equal(sc_testkit_env_logged(world, SC_LOG_DEBUG), 4);
	assert_int_equal(sc_testkit_env_logged(world, SC_LOG_WARN), 2);
	assert_int_equal(sc_testkit_env_logged(world, SC_LOG_ERROR), 1);
	sc_testkit_env_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resize_allocates_grows_and_frees),
		cmocka_unit_test(the_ordinary_clocks_run),
		cmocka_unit_test(chance_does_not_repeat_itself),
		cmocka_unit_test(the_same_seed_gives_the_same_chance),
		cmocka_unit_test(a_mutex_lets_one_thread_in_at_a_time),
		cmocka_unit_test(an_unpark_that_comes_first_is_not_lost_and_counts_once),
		cmocka_unit_test(a_park_ends_at_its_deadline_and_not_before),
		cmocka_unit_test(two_threads_wake_each_other_in_turn),
		cmocka_unit_test(warnings_and_errors_are_logged_and_nothing_else),
		cmocka_unit_test(a_long_line_is_cut_and_still_ends),
		cmocka_unit_test(the_clock_of_a_test_moves_when_it_is_told_to),
		cmocka_unit_test(moving_the_clock_wakes_who_slept_until_then),
		cmocka_unit_test(a_park_may_jump_to_its_deadline),
		cmocka_unit_test(an_allocation_fails_where_it_is_told_to),
		cmocka_unit_test(logged_lines_are_counted_by_level),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
