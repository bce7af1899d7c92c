/*
 * Runs the store suite as cmocka tests, one a case, so that a report names the behaviour that failed.
 */
#ifndef SUITE_H
#define SUITE_H

#include <shopcore/testkit/conformance.h>

/* How many tests failed; `group` names the driver in the report. */
int run_store_suite(const char *group, const sc_conformance_store_options *options);

#endif
