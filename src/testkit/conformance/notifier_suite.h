/*
 * The cases of the notifier suite, in the order they run.
 */
#ifndef SC_TESTKIT_CONFORMANCE_NOTIFIER_SUITE_H
#define SC_TESTKIT_CONFORMANCE_NOTIFIER_SUITE_H

struct world;

/* clang-format off */
#define CT_NOTIFIER_CASES(X) \
	X(each_notice_has_its_own_status) \
	X(a_notice_arrives_whole) \
	X(notices_arrive_in_their_order) \
	X(no_notices_are_no_error) \
	X(a_notice_may_be_sent_again) \
	X(a_long_text_arrives) \
	X(notices_of_many_threads_are_not_mixed)
/* clang-format on */

#define CT_DECLARE(name) void name(struct world *w);
CT_NOTIFIER_CASES(CT_DECLARE)
#undef CT_DECLARE

#endif
