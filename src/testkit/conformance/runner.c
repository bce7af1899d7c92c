/*
 * Runs cases: a fresh world for each, a way out of a failed one, and a report.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#include <stdarg.h>
#include <stdio.h>

struct named_case {
	const char *name;
	ct_case_fn *run;
};

#define NAMED(case_name) { #case_name, case_name },
static const struct named_case cases[] = { CT_STORE_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_STORE_CASES(NAME) };

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

static void close_store(sc_store *store, bool *open)
{
	if (*open && SC_OPS_HAS(store->ops, sc_store_ops, close))
		store->ops->close(store->ctx);
	*open = false;
}

void ct_close(struct world *w)
{
	close_store(&w->second, &w->second_open);
	close_store(&w->store, &w->open);
}

static void prepare(struct world *w, const sc_store *store)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status = store->ops->prepare(store->ctx, SC_CALL_SYSTEM, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "prepare answered %s (%s)", sc_status_name(status), err.text);
}

static void open_again(struct world *w, sc_store *store, bool *open)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	if (w->options->reopen == NULL)
		ct_skip(w, "the driver lives in one handle");
	status = w->options->reopen(w->options->ctx, &w->env, store, &err);
	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "reopen answered %s (%s)", sc_status_name(status), err.text);
	*open = true;
	prepare(w, store);
}

void ct_open_again(struct world *w)
{
	open_again(w, &w->store, &w->open);
}

void ct_open_second(struct world *w)
{
	open_again(w, &w->second, &w->second_open);
}

/* All addresses of a case lie in the domain of the settings; ids get a tail that places them there. */
static void choose_domain(struct world *w)
{
	sc_address setting;

	if (!SC_OPS_HAS(w->store.ops, sc_store_ops, place))
		return;
	setting = ct_at_bytes(w, KIND_SETTING, SC_BYTES("anchor"), SC_BYTES(""));
	w->domain = w->store.ops->place(w->store.ctx, &setting);
	for (unsigned tail = 0; tail <= UINT16_MAX; tail++) {
		sc_address hold;

		w->tail = (uint16_t)tail;
		hold = ct_at_id(w, KIND_HOLD, ct_id_at(w, 1), 0);
		if (w->store.ops->place(w->store.ctx, &hold) == w->domain)
			return;
		sc_arena_reset(&w->arena);
	}
}

static void set_up(struct world *w)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status = w->options->open(w->options->ctx, &w->env, &w->store, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "open answered %s (%s)", sc_status_name(status), err.text);
	w->open = true;
	prepare(w, &w->store);
	choose_domain(w);
}

/* Apart from run_case(), so that no local of it lives across the jump. */
static void play(struct world *w, ct_case_fn *run)
{
	if (setjmp(w->escape) != 0)
		return;
	set_up(w);
	run(w);
	w->verdict = SC_CONFORMANCE_PASSED;
}

static void tell(const struct world *w, const char *name)
{
	sc_conformance_result result;

	memset(&result, 0, sizeof(result));
	result.name = name;
	result.verdict = w->verdict;
	result.file = w->file;
	result.line = w->line;
	result.text = w->text;
	if (w->options->report != NULL)
		w->options->report(w->options->ctx, &result);
}

/* 0: no memory for a world. One in which threads are stuck is theirs for ever. */
static uint32_t run_case(const sc_conformance_store_options *options, const sc_env *base,
                         const struct named_case *which)
{
	struct world *w = base->resize(base->ctx, NULL, sizeof(*w));
	uint32_t verdict;

	if (w == NULL)
		return 0;
	memset(w, 0, sizeof(*w));
	w->options = options;
	ct_env_init(&w->clock, base, &w->env);
	sc_arena_init(&w->arena, base);
	play(w, which->run);
	if (!w->stuck)
		ct_close(w);
	tell(w, which->name);
	verdict = w->verdict;
	if (!w->stuck) {
		sc_arena_clear(&w->arena);
		base->resize(base->ctx, w, 0);
	}
	return verdict;
}

const char *const *sc_conformance_store_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

static sc_status complain(sc_error *err, sc_status status, const char *field, const char *text)
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

static bool is_case(const char *name)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (strcmp(cases[i].name, name) == 0)
			return true;
	}
	return false;
}

sc_status sc_conformance_store(const sc_conformance_store_options *options, sc_conformance_summary *summary,
                               sc_error *err)
{
	sc_conformance_summary counts;
	const sc_env *base;

	if (options == NULL || options->open == NULL)
		return complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open a store");
	if (options->only != NULL && !is_case(options->only))
		return complain(err, SC_BAD_ARGUMENT, "only", "there is no such case");
	base = options->env != NULL ? options->env : sc_env_default();
	memset(&counts, 0, sizeof(counts));
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t verdict;

		if (options->only != NULL && strcmp(options->only, cases[i].name) != 0)
			continue;
		verdict = run_case(options, base, &cases[i]);
		if (verdict == 0)
			return complain(err, SC_NO_MEMORY, "", "no memory for a case");
		counts.passed += verdict == SC_CONFORMANCE_PASSED;
		counts.failed += verdict == SC_CONFORMANCE_FAILED;
		counts.skipped += verdict == SC_CONFORMANCE_SKIPPED;
	}
	*summary = counts;
	return SC_OK;
}
