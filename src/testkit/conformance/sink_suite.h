/*
 * The cases of the event sink suite, in the order they run.
 */
#ifndef SC_TESTKIT_CONFORMANCE_SINK_SUITE_H
#define SC_TESTKIT_CONFORMANCE_SINK_SUITE_H

struct world;

/* clang-format off */
#define CT_SINK_CASES(X) \
	X(events_arrive_in_their_order) \
	X(a_repeat_is_accepted) \
	X(no_events_are_no_error) \
	X(bodies_and_subjects_may_hold_anything) \
	X(a_large_body_arrives)
/* clang-format on */

#define CT_DECLARE(name) void name(struct world *w);
CT_SINK_CASES(CT_DECLARE)
#undef CT_DECLARE

#endif
