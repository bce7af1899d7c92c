/*
 * Simulated markets: 200 seeds on which nothing may be found, and each planted fault, which has to be.
 *
 *     test_sim                              all of it, as tests
 *     test_sim --seed N [--mutant NAME] [--shape mixed]     one run, and what was found
 *     test_sim --seeds N [--shape mixed]                    so many seeds
 */
#include "market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STEPS_MAX    400000
#define SEEDS        200
#define MUTANT_SEEDS 400 /* some faults show only when things come in a rare order */

struct run {
	char finding[512];
	sc_sim_report report;
	unsigned confirmed;
};

static unsigned count_confirmed(const struct market *m)
{
	unsigned count = 0;

	for (unsigned b = 0; b < BUYERS; b++) {
		for (unsigned n = 0; n < WISHES_EACH; n++)
			count += m->wishes[b][n].told_confirmed;
	}
	return count;
}

static struct run run_seed(uint64_t seed, enum market_shape shape, enum mutant_kind kind)
{
	struct market *m = calloc(1, sizeof(*m));
	struct run run = { { 0 }, { 0 }, 0 };

	if (m == NULL)
		abort();
	if (market_open(m, seed, shape, kind)) {
		size_t left = sc_sim_run(m->sim, STEPS_MAX);

		if (left > 0)
			found(m, "%zu tasks are stuck", left);
		audit_end(m);
		verify_end(m);
		run.report = sc_sim_report_of(m->sim);
		run.confirmed = count_confirmed(m);
	}
	memcpy(run.finding, m->finding, sizeof(run.finding));
	market_close(m);
	free(m);
	return run;
}

static void find_nothing(enum market_shape shape)
{
	uint64_t faults = 0, deaths = 0, confirmed = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct run run = run_seed(seed, shape, MUTANT_NONE);

		if (run.finding[0] != '\0')
			fail_msg("%s\n    replay: tests/sim/test_sim --seed %llu%s", run.finding,
			         (unsigned long long)seed, shape == ONE_STORE ? "" : " --shape mixed");
		faults += run.report.faults;
		deaths += run.report.deaths;
		confirmed += run.confirmed;
	}
	print_message("%d seeds: %llu faults, %llu deaths, %llu orders confirmed\n", SEEDS, (unsigned long long)faults,
	              (unsigned long long)deaths, (unsigned long long)confirmed);
	assert_true(faults > SEEDS);
	assert_true(deaths > SEEDS / 4);
	assert_true(confirmed > SEEDS);
}

static void nothing_is_found_on_two_hundred_seeds(void **state)
{
	(void)state;
	find_nothing(ONE_STORE);
}

static void nothing_is_found_with_the_stock_in_a_store_of_its_own(void **state)
{
	(void)state;
	find_nothing(STOCK_APART);
}

static void every_mutant_is_caught(void **state)
{
	int missed = 0;

	(void)state;
	for (int kind = MUTANT_NONE + 1; kind < MUTANT_COUNT; kind++) {
		struct run run = { { 0 }, { 0 }, 0 };
		uint64_t seed = 0;

		while (run.finding[0] == '\0' && seed < MUTANT_SEEDS)
			run = run_seed(++seed, ONE_STORE, (enum mutant_kind)kind);
		print_message("%-20s %s: %s (seed %llu)\n", mutant_name((enum mutant_kind)kind),
		              mutant_text((enum mutant_kind)kind), run.finding[0] != '\0' ? run.finding : "MISSED",
		              (unsigned long long)seed);
		missed += run.finding[0] == '\0';
	}
	assert_int_equal(missed, 0);
}

static void one_seed_is_one_run(void **state)
{
	struct run first = run_seed(7, ONE_STORE, MUTANT_NONE), again = run_seed(7, ONE_STORE, MUTANT_NONE),
		   other = run_seed(8, ONE_STORE, MUTANT_NONE);

	(void)state;
	assert_int_equal(first.report.trace, again.report.trace);
	assert_int_equal(first.report.steps, again.report.steps);
	assert_int_not_equal(first.report.trace, other.report.trace);
}

static int show(uint64_t seed, enum market_shape shape, enum mutant_kind kind)
{
	struct run run = run_seed(seed, shape, kind);

	printf("seed %llu: %s\n    %llu steps, %llu faults, %llu deaths, %u confirmed, trace %016llx\n",
	       (unsigned long long)seed, run.finding[0] != '\0' ? run.finding : "nothing found",
	       (unsigned long long)run.report.steps, (unsigned long long)run.report.faults,
	       (unsigned long long)run.report.deaths, run.confirmed, (unsigned long long)run.report.trace);
	return run.finding[0] != '\0';
}

static enum mutant_kind mutant_named(const char *name)
{
	for (int kind = MUTANT_NONE + 1; kind < MUTANT_COUNT; kind++) {
		if (strcmp(mutant_name((enum mutant_kind)kind), name) == 0)
			return (enum mutant_kind)kind;
	}
	fprintf(stderr, "there is no mutant %s\n", name);
	exit(2);
}

static int run_arguments(int argc, char **argv)
{
	uint64_t first = 1, last = 0;
	enum mutant_kind kind = MUTANT_NONE;
	enum market_shape shape = ONE_STORE;
	int failed = 0;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--seed") == 0)
			first = last = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--seeds") == 0)
			last = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--mutant") == 0)
			kind = mutant_named(argv[i + 1]);
		else if (strcmp(argv[i], "--shape") == 0)
			shape = strcmp(argv[i + 1], "mixed") == 0 ? STOCK_APART : ONE_STORE;
	}
	for (uint64_t seed = first; seed <= last; seed++)
		failed += show(seed, shape, kind);
	return failed > 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_seed_is_one_run),
		cmocka_unit_test(nothing_is_found_on_two_hundred_seeds),
		cmocka_unit_test(nothing_is_found_with_the_stock_in_a_store_of_its_own),
		cmocka_unit_test(every_mutant_is_caught),
	};

	if (argc > 1)
		return run_arguments(argc, argv);
	return cmocka_run_group_tests_name("simulated markets", tests, NULL, NULL);
}
