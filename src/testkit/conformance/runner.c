/*
 * Runs the cases of a suite: a fresh world for each, a way out of a failed one, and a report.
 */
#include "testkit/conformance/world.h"

#include <stdarg.h>
#include <stdio.h>

void ct_fail(struct world *w, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->text, sizeof(w->text), format, args);
	va_end(args);
	w->verdict = SC_CONFORMANCE_FAILED;
	w->file = file;
	w->line = (uint32_t)line;
	longjmp(w->escape, 1);
}

void ct_skip(struct world *w, const char *why)
{
	snprintf(w->text, sizeof(w->text), "%s", why);
	w->verdict = SC_CONFORMANCE_SKIPPED;
	longjmp(w->escape, 1);
}

/* Apart from run_case(), so that no local of it lives across the jump. */
static void play(struct world *w, const struct ct_case *which)
{
	if (setjmp(w->escape) != 0)
		return;
	w->suite->set_up(w);
	which->run(w);
	w->verdict = SC_CONFORMANCE_PASSED;
}

static void tell(const struct world *w, const char *name)
{
	const struct ct_suite *suite = w->suite;
	sc_conformance_result result;

	memset(&result, 0, sizeof(result));
	result.name = name;
	result.verdict = w->verdict;
	result.file = w->file;
	result.line = w->line;
	result.text = w->text;
	if (suite->report != NULL)
		suite->report(suite->ctx, &result);
}

/* 0: no memory for a world. One in which threads are stuck is theirs for ever. */
static uint32_t run_case(const struct ct_suite *suite, const sc_env *base, const struct ct_case *which)
{
	struct world *w = base->resize(base->ctx, NULL, sizeof(*w));
	uint32_t verdict;

	if (w == NULL)
		return 0;
	memset(w, 0, sizeof(*w));
	w->suite = suite;
	ct_env_init(&w->clock, base, &w->env);
	sc_arena_init(&w->arena, base);
	play(w, which);
	if (!w->stuck)
		suite->tear_down(w);
	tell(w, which->name);
	verdict = w->verdict;
	if (!w->stuck) {
		sc_arena_clear(&w->arena);
		base->resize(base->ctx, w, 0);
	}
	return verdict;
}

sc_status ct_complain(sc_error *err, sc_status status, const char *field, const char *text)
{
	if (err != NULL) {
		memset(err, 0, sizeof(*err));
		err->status = status;
		err->index = -1;
		snprintf(err->field, sizeof(err->field), "%s", field);
		snprintf(err->text, sizeof(err->text), "%s", text);
	}
	return status;
}

static bool is_case(const struct ct_suite *suite)
{
	for (size_t i = 0; i < suite->count; i++) {
		if (strcmp(suite->cases[i].name, suite->only) == 0)
			return true;
	}
	return false;
}

sc_status ct_run(const struct ct_suite *suite, sc_conformance_summary *summary, sc_error *err)
{
	const sc_env *base = suite->env != NULL ? suite->env : sc_env_default();
	sc_conformance_summary counts;

	if (suite->only != NULL && !is_case(suite))
		return ct_complain(err, SC_BAD_ARGUMENT, "only", "there is no such case");
	memset(&counts, 0, sizeof(counts));
	for (size_t i = 0; i < suite->count; i++) {
		uint32_t verdict;

		if (suite->only != NULL && strcmp(suite->only, suite->cases[i].name) != 0)
			continue;
		verdict = run_case(suite, base, &suite->cases[i]);
		if (verdict == 0)
			return ct_complain(err, SC_NO_MEMORY, "", "no memory for a case");
		counts.passed += verdict == SC_CONFORMANCE_PASSED;
		counts.failed += verdict == SC_CONFORMANCE_FAILED;
		counts.skipped += verdict == SC_CONFORMANCE_SKIPPED;
	}
	*summary = counts;
	return SC_OK;
}
