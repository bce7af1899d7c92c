#include "suite.h"

#include <shopcore/backed.h>
#include <shopcore/cached.h>
#include <shopcore/memory.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct one {
	sc_conformance_store_options options;
	uint32_t verdict;
	char text[600];
};

static void keep_result(void *ctx, const sc_conformance_result *result)
{
	struct one *one = ctx;

	one->verdict = result->verdict;
	snprintf(one->text, sizeof(one->text), "%s:%u: %s", result->file != NULL ? result->file : "", result->line,
	         result->text);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct one *one = ctx;
	const sc_conformance_store_options *theirs = one->options.ctx;

	return theirs->open(theirs->ctx, env, out, err);
}

static sc_status open_again(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct one *one = ctx;
	const sc_conformance_store_options *theirs = one->options.ctx;

	return theirs->reopen(theirs->ctx, env, out, err);
}

static void move_clock(void *ctx, int64_t ms)
{
	const struct one *one = ctx;
	const sc_conformance_store_options *theirs = one->options.ctx;

	theirs->advance(theirs->ctx, ms);
}

/* ---- for the table of docs/conformance.md ------------------------------------------------------ */

static void note_name(FILE *out, const char *group)
{
	for (; *group != '\0'; group++)
		fputc(*group == ' ' || *group == ',' ? '-' : *group, out);
}

/* A file for each group: its name and counts, and the names of what was skipped. NULL: nobody asked for it. */
static FILE *open_notes(const char *group)
{
	const char *folder = getenv("SHOPCORE_CONFORMANCE");
	char *path = NULL;
	size_t size;
	FILE *name, *notes;

	if (folder == NULL || (name = open_memstream(&path, &size)) == NULL)
		return NULL;
	mkdir(folder, 0777);
	fprintf(name, "%s/", folder);
	note_name(name, group);
	fclose(name);
	notes = fopen(path, "w");
	free(path);
	return notes;
}

struct verdict {
	const char *name;
	uint32_t verdict;
};

static void note_verdicts(const char *group, const struct verdict *verdicts, size_t count)
{
	size_t counts[4] = { 0 };
	FILE *out = open_notes(group);

	if (out == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		counts[verdicts[i].verdict & 3]++;
	fprintf(out, "%s\t%zu\t%zu\t%zu\n", group, counts[SC_CONFORMANCE_PASSED],
	        count - counts[SC_CONFORMANCE_PASSED] - counts[SC_CONFORMANCE_SKIPPED], counts[SC_CONFORMANCE_SKIPPED]);
	for (size_t i = 0; i < count; i++)
		if (verdicts[i].verdict == SC_CONFORMANCE_SKIPPED)
			fprintf(out, "%s\n", verdicts[i].name);
	fclose(out);
}

/* The suite hands its context to everything, and the report needs a place of its own. */
static void run_one(void **state)
{
	struct one *one = *state;
	sc_conformance_store_options options = one->options;
	sc_conformance_store_options theirs = one->options;
	sc_conformance_summary summary;
	sc_error err = SC_ERROR_INIT;

	one->options.ctx = &theirs;
	options.ctx = one;
	options.open = open_fresh;
	options.reopen = theirs.reopen != NULL ? open_again : NULL;
	options.advance = theirs.advance != NULL ? move_clock : NULL;
	options.report = keep_result;
	assert_int_equal(sc_conformance_store(&options, &summary, &err), SC_OK);
	one->options = theirs;
	if (one->verdict == SC_CONFORMANCE_SKIPPED) {
		print_message("skipped: %s\n", one->text);
		skip();
	}
	if (one->verdict == SC_CONFORMANCE_FAILED)
		fail_msg("%s", one->text);
}

int run_store_suite(const char *group, const sc_conformance_store_options *options)
{
	size_t count;
	const char *const *names = sc_conformance_store_cases(&count);
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	struct one *ones = calloc(count, sizeof(*ones));
	struct verdict *verdicts = calloc(count, sizeof(*verdicts));
	int failed;

	if (tests == NULL || ones == NULL || verdicts == NULL)
		return 1;
	for (size_t i = 0; i < count; i++) {
		ones[i].options = *options;
		ones[i].options.only = names[i];
		tests[i] = (struct CMUnitTest){ .name = names[i], .test_func = run_one, .initial_state = &ones[i] };
	}
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		verdicts[i] = (struct verdict){ names[i], ones[i].verdict };
	note_verdicts(group, verdicts, count);
	free(verdicts);
	free(ones);
	free(tests);
	return failed;
}

/* ---- behind a wrapper ------------------------------------------------------------------------ */

/* The store as a driver's own test opens it, and what is put around it. */
struct wrapped {
	const sc_conformance_store_options *driver;
	sc_status (*wrap)(const sc_env *env, sc_store store, sc_store *out, sc_error *err);
};

static sc_status put_cache_in_front(const sc_env *env, sc_store store, sc_store *out, sc_error *err)
{
	sc_cache cache;
	sc_status status = sc_memory_cache_open(env, 0, &cache, err);

	if (status == SC_OK) {
		status = sc_cached_open(env, store, cache, NULL, out, err);
		if (status != SC_OK)
			cache.ops->close(cache.ctx);
	}
	return status;
}

static sc_status put_record_behind(const sc_env *env, sc_store store, sc_store *out, sc_error *err)
{
	sc_store record;
	sc_status status = sc_memory_open(env, NULL, &record, err);

	if (status == SC_OK) {
		status = sc_backed_open(env, store, record, NULL, out, err);
		if (status != SC_OK)
			record.ops->close(record.ctx);
	}
	return status;
}

static sc_status wrap(const struct wrapped *wrapped, const sc_env *env, sc_status opened, sc_store store, sc_store *out,
                      sc_error *err)
{
	sc_status status = opened == SC_OK ? wrapped->wrap(env, store, out, err) : opened;

	if (opened == SC_OK && status != SC_OK)
		store.ops->close(store.ctx);
	return status;
}

static sc_status open_wrapped(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct wrapped *wrapped = ctx;
	sc_store store = { NULL, NULL };
	sc_status opened = wrapped->driver->open(wrapped->driver->ctx, env, &store, err);

	return wrap(wrapped, env, opened, store, out, err);
}

static sc_status reopen_wrapped(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct wrapped *wrapped = ctx;
	sc_store store = { NULL, NULL };
	sc_status opened = wrapped->driver->reopen(wrapped->driver->ctx, env, &store, err);

	return wrap(wrapped, env, opened, store, out, err);
}

static void advance_wrapped(void *ctx, int64_t ms)
{
	const struct wrapped *wrapped = ctx;

	wrapped->driver->advance(wrapped->driver->ctx, ms);
}

int run_store_suite_in(const char *wrapper, const char *driver, const sc_conformance_store_options *options)
{
	const bool cached = wrapper != NULL && strcmp(wrapper, "cached") == 0;
	const bool backed = wrapper != NULL && strcmp(wrapper, "backed") == 0;
	struct wrapped wrapped = { options, cached ? put_cache_in_front : put_record_behind };
	sc_conformance_store_options outer = *options;
	char group[96];

	snprintf(group, sizeof(group), "store suite on %s%s%s", driver, cached || backed ? ", " : "",
	         cached || backed ? wrapper : "");
	if (!cached && !backed)
		return run_store_suite(group, options);
	outer.ctx = &wrapped;
	outer.open = open_wrapped;
	outer.reopen = options->reopen != NULL ? reopen_wrapped : NULL;
	outer.advance = options->advance != NULL ? advance_wrapped : NULL;
	return run_store_suite(group, &outer);
}

/* ---- the other suites ------------------------------------------------------------------------ */

void keep_told(void *ctx, const sc_conformance_result *result)
{
	struct told *told = ctx;

	told->verdict = result->verdict;
	snprintf(told->text, sizeof(told->text), "%s:%u: %s", result->file != NULL ? result->file : "", result->line,
	         result->text);
}

struct named {
	const char *name;
	struct verdict *verdict;
	void (*run)(struct told *ctx, const char *name);
	struct told *ctx;
};

static void run_named(void **state)
{
	const struct named *named = *state;

	named->ctx->verdict = 0;
	named->run(named->ctx, named->name);
	*named->verdict = (struct verdict){ named->name, named->ctx->verdict };
	if (named->ctx->verdict == SC_CONFORMANCE_SKIPPED) {
		print_message("skipped: %s\n", named->ctx->text);
		skip();
	}
	if (named->ctx->verdict != SC_CONFORMANCE_PASSED)
		fail_msg("%s", named->ctx->text);
}

int run_cases(const char *group, const char *const *names, size_t count,
              void (*run)(struct told *ctx, const char *name), struct told *ctx)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	struct named *named = calloc(count, sizeof(*named));
	struct verdict *verdicts = calloc(count, sizeof(*verdicts));
	int failed = 1;

	if (tests != NULL && named != NULL && verdicts != NULL) {
		for (size_t i = 0; i < count; i++) {
			named[i] = (struct named){ names[i], &verdicts[i], run, ctx };
			tests[i] = (struct CMUnitTest){ .name = names[i],
				                        .test_func = run_named,
				                        .initial_state = &named[i] };
		}
		failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
		note_verdicts(group, verdicts, count);
	}
	free(verdicts);
	free(named);
	free(tests);
	return failed;
}
