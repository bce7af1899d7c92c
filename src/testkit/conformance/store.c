/*
 * The store suite: how a case gets its store, and a second handle on it.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#define NAMED(case_name) { #case_name, case_name },
static const struct ct_case cases[] = { CT_STORE_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_STORE_CASES(NAME) };

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
	sc_status status;

	w->options = w->suite->options;
	status = w->options->open(w->options->ctx, &w->env, &w->store, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "open answered %s (%s)", sc_status_name(status), err.text);
	w->open = true;
	prepare(w, &w->store);
	choose_domain(w);
}

const char *const *sc_conformance_store_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

sc_status sc_conformance_store(const sc_conformance_store_options *options, sc_conformance_summary *summary,
                               sc_error *err)
{
	struct ct_suite suite = { cases, COUNT(cases), set_up, ct_close, options, NULL, NULL, NULL, NULL };

	if (options == NULL || options->open == NULL)
		return ct_complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open a store");
	suite.env = options->env;
	suite.ctx = options->ctx;
	suite.report = options->report;
	suite.only = options->only;
	return ct_run(&suite, summary, err);
}
