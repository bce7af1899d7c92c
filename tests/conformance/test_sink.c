/*
 * The event sink suite on a sink that takes a few at a time, as a broker with a full window does, and on one that is
 * wrong: which the suite has to notice.
 */
#include "suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define AT_ONCE 7

struct sink {
	struct told told;
	uint64_t positions[512];
	size_t count;
	bool drops, reorders;
};

static sc_status take(void *ctx, const sc_call *call, const sc_event *events, size_t count, size_t *accepted,
                      sc_error *err)
{
	struct sink *sink = ctx;
	size_t take = count < AT_ONCE ? count : AT_ONCE;

	(void)call;
	(void)err;
	for (size_t i = 0; i < take; i++) {
		size_t from = sink->reorders ? take - 1 - i : i;

		if (!(sink->drops && events[from].position % 5 == 0))
			sink->positions[sink->count++ % 512] = events[from].position;
	}
	*accepted = take;
	return SC_OK;
}

static const sc_event_sink_ops operations = { sizeof(operations), "a few at a time", take, NULL };

static sc_status open_sink(void *ctx, const sc_env *env, sc_event_sink *out, sc_error *err)
{
	struct sink *sink = ctx;

	(void)env;
	(void)err;
	sink->count = 0;
	*out = (sc_event_sink){ &operations, sink };
	return SC_OK;
}

static size_t received(void *ctx, uint64_t *positions, size_t max)
{
	const struct sink *sink = ctx;
	size_t count = sink->count < max ? sink->count : max;

	memcpy(positions, sink->positions, count * sizeof(*positions));
	return count;
}

static sc_conformance_summary run_all(struct sink *sink, const char *only)
{
	sc_conformance_sink_options options = SC_CONFORMANCE_SINK_OPTIONS_INIT;
	sc_conformance_summary summary = { 0 };

	options.ctx = sink;
	options.open = open_sink;
	options.received = received;
	options.report = keep_told;
	options.only = only;
	sc_conformance_sink(&options, &summary, NULL);
	return summary;
}

static void run_one(struct told *ctx, const char *name)
{
	run_all((struct sink *)ctx, name);
}

static void a_sink_that_drops_events_is_caught(void **state)
{
	struct sink sink = { .drops = true };

	(void)state;
	assert_true(run_all(&sink, NULL).failed > 0);
}

static void a_sink_that_changes_the_order_is_caught(void **state)
{
	struct sink sink = { .reorders = true };

	(void)state;
	assert_true(run_all(&sink, NULL).failed > 0);
}

int main(void)
{
	struct sink sink = { .count = 0 };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sink_that_drops_events_is_caught),
		cmocka_unit_test(a_sink_that_changes_the_order_is_caught),
	};
	size_t count;
	const char *const *names = sc_conformance_sink_cases(&count);

	return run_cases("event sink suite on a sink of the tests", names, count, run_one, &sink.told) +
	       cmocka_run_group_tests_name("wrong event sinks", tests, NULL, NULL);
}
