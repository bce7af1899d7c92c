/*
 * The event sink suite: everything arrives at least once, in order, whatever is in it.
 */
#include "testkit/conformance/sink_suite.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

#define MOST 256

static const sc_conformance_sink_options *options_of(const struct world *w)
{
	return w->suite->options;
}

static sc_event event(struct world *w, uint64_t position, const char *key, sc_bytes body)
{
	sc_event out;

	memset(&out, 0, sizeof(out));
	memcpy(out.incarnation.bytes, "one incarnation", 16);
	out.position = position;
	out.time_ms = w->env.wall_ms(w->env.ctx);
	out.subject = ct_at_bytes(w, KIND_PRODUCT, ct_text(key), SC_BYTES(""));
	out.topic = SC_BYTES("product.changed");
	out.body = body;
	return out;
}

/* As the relay does: goes on behind what was accepted. */
static void publish_all(struct world *w, const sc_event *events, size_t count)
{
	size_t done = 0;

	while (done < count) {
		sc_error err = SC_ERROR_INIT;
		size_t accepted = 0;

		CHECK_STATUS(
			w,
			w->sink.ops->publish(w->sink.ctx, SC_CALL_SYSTEM, events + done, count - done, &accepted, &err),
			SC_OK);
		CHECK(w, accepted >= 1 && accepted <= count - done);
		done += accepted;
	}
}

static size_t received(struct world *w, uint64_t *positions)
{
	const sc_conformance_sink_options *o = options_of(w);

	if (o->received == NULL)
		ct_skip(w, "nobody can see what arrives");
	return o->received(o->ctx, positions, MOST);
}

void events_arrive_in_their_order(struct world *w)
{
	enum { MANY = 40 };
	sc_event events[MANY];
	uint64_t positions[MOST];
	size_t count;

	for (size_t i = 0; i < MANY; i++)
		events[i] = event(w, 10 + i, i % 2 == 0 ? "mug" : "cup", SC_BYTES("{}"));
	publish_all(w, events, MANY);
	count = received(w, positions);
	CHECK_INT(w, count, MANY);
	for (size_t i = 0; i < MANY; i++)
		CHECK_INT(w, positions[i], 10 + i);
}

void a_repeat_is_accepted(struct world *w)
{
	const sc_event one = event(w, 5, "mug", SC_BYTES("{}"));
	uint64_t positions[MOST];
	size_t count;

	publish_all(w, &one, 1);
	publish_all(w, &one, 1);
	count = received(w, positions);
	CHECK(w, count >= 1);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(w, positions[i], 5);
}

void no_events_are_no_error(struct world *w)
{
	const sc_event none = event(w, 5, "mug", SC_BYTES("{}"));
	size_t accepted = 7;

	CHECK_STATUS(w, w->sink.ops->publish(w->sink.ctx, SC_CALL_SYSTEM, &none, 0, &accepted, NULL), SC_OK);
	CHECK_INT(w, accepted, 0);
}

void bodies_and_subjects_may_hold_anything(struct world *w)
{
	sc_event odd[3] = { event(w, 1, "mug", (sc_bytes){ NULL, 0 }),
		            event(w, 2, "k\xff\n\"", (sc_bytes){ "a\0b\xff", 4 }), event(w, 3, "mug", SC_BYTES("{}")) };
	uint64_t positions[MOST];

	odd[1].subject = ct_at_bytes(w, KIND_PRODUCT, (sc_bytes){ "k\0\xff", 3 }, (sc_bytes){ "\0", 1 });
	publish_all(w, odd, 3);
	CHECK_INT(w, received(w, positions), 3);
}

void a_large_body_arrives(struct world *w)
{
	enum { SIZE = 200000 };
	char *body = sc_arena_alloc(&w->arena, SIZE);
	uint64_t positions[MOST];
	sc_event large;

	CHECK(w, body != NULL);
	memset(body, 'x', SIZE);
	large = event(w, 9, "mug", (sc_bytes){ body, SIZE });
	publish_all(w, &large, 1);
	CHECK_INT(w, received(w, positions), 1);
}

/* ---- the suite -------------------------------------------------------------------------------- */

#define NAMED(case_name) { #case_name, case_name },
static const struct ct_case cases[] = { CT_SINK_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_SINK_CASES(NAME) };

static void set_up(struct world *w)
{
	const sc_conformance_sink_options *o = options_of(w);
	sc_error err = SC_ERROR_INIT;

	CHECK_STATUS(w, o->open(o->ctx, &w->env, &w->sink, &err), SC_OK);
	w->open = true;
}

static void tear_down(struct world *w)
{
	if (w->open && SC_OPS_HAS(w->sink.ops, sc_event_sink_ops, close))
		w->sink.ops->close(w->sink.ctx);
}

const char *const *sc_conformance_sink_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

sc_status sc_conformance_sink(const sc_conformance_sink_options *options, sc_conformance_summary *summary,
                              sc_error *err)
{
	struct ct_suite suite = { .cases = cases, .count = COUNT(cases), .set_up = set_up, .tear_down = tear_down };

	if (options == NULL || options->open == NULL)
		return ct_complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open a sink");
	suite.options = options;
	suite.env = options->env;
	suite.ctx = options->ctx;
	suite.report = options->report;
	suite.only = options->only;
	return ct_run(&suite, summary, err);
}
