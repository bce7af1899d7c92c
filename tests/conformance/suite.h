/*
 * Runs the store suite as cmocka tests, one a case, so that a report names the behaviour that failed.
 */
#ifndef SUITE_H
#define SUITE_H

#include <shopcore/testkit/conformance.h>

/* How many tests failed; `group` names the driver in the report. */
int run_store_suite(const char *group, const sc_conformance_store_options *options);

/* The same with a wrapper around the store: "cached", with a cache in memory; "backed", with a record in memory; any
 * other name, or NULL: none. */
int run_store_suite_in(const char *wrapper, const char *driver, const sc_conformance_store_options *options);

/* What the last case of another suite came to. The first member of a test's context. */
struct told {
	uint32_t verdict;
	char text[600];
};

/* A suite's report, for a context that begins with a struct told. */
void keep_told(void *ctx, const sc_conformance_result *result);

/* Runs each named case as a cmocka test; `run(ctx, name)` has the suite run that one. How many failed. */
int run_cases(const char *group, const char *const *names, size_t count,
              void (*run)(struct told *ctx, const char *name), struct told *ctx);

#endif
