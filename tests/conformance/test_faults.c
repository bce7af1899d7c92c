/*
 * The suite is worth something only if it fails on a store that is wrong. Each fault that the model
 * can have planted must be caught by at least one case.
 */
#include "model/model.h"

#include <shopcore/testkit/conformance.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct hunt {
	enum model_fault fault;
	size_t caught;
	char first[128];
};

static const char *const fault_names[] = { "none",
#define NAME(name, text) #name,
	                                   MODEL_FAULTS(NAME) };
static const char *const fault_texts[] = { "no fault",
#define TEXT(name, text) text,
	                                   MODEL_FAULTS(TEXT) };

static sc_status open_faulty(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct hunt *hunt = ctx;

	return model_open(env, hunt->fault, out, err);
}

static void count_catch(void *ctx, const sc_conformance_result *result)
{
	struct hunt *hunt = ctx;

	if (result->verdict != SC_CONFORMANCE_FAILED)
		return;
	if (hunt->caught++ == 0)
		snprintf(hunt->first, sizeof(hunt->first), "%s", result->name);
}

static sc_conformance_summary suite_on(struct hunt *hunt)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	sc_conformance_summary summary = { 0 };
	sc_error err = SC_ERROR_INIT;

	options.ctx = hunt;
	options.open = open_faulty;
	options.report = count_catch;
	options.patience_ms = 20000;
	assert_int_equal(sc_conformance_store(&options, &summary, &err), SC_OK);
	return summary;
}

static void the_suite_passes_without_a_fault(void **state)
{
	struct hunt hunt = { .fault = MODEL_SOUND };
	sc_conformance_summary summary = suite_on(&hunt);

	(void)state;
	assert_int_equal(summary.failed, 0);
	assert_true(summary.passed > 100);
}

static void every_planted_fault_is_caught(void **state)
{
	int missed = 0;

	(void)state;
	for (int fault = MODEL_SOUND + 1; fault < MODEL_FAULT_COUNT; fault++) {
		struct hunt hunt = { .fault = (enum model_fault)fault };

		suite_on(&hunt);
		print_message("%-20s %s: %zu cases%s%s\n", fault_names[fault], fault_texts[fault], hunt.caught,
		              hunt.caught > 0 ? ", first " : " - MISSED", hunt.first);
		missed += hunt.caught == 0;
	}
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite_passes_without_a_fault),
		cmocka_unit_test(every_planted_fault_is_caught),
	};

	return cmocka_run_group_tests_name("planted faults", tests, NULL, NULL);
}
