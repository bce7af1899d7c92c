/*
 * The cases of the gateway suite, in the order they run.
 */
#ifndef SC_TESTKIT_CONFORMANCE_GATEWAY_SUITE_H
#define SC_TESTKIT_CONFORMANCE_GATEWAY_SUITE_H

struct world;

/* clang-format off */
#define CT_GATEWAY_CASES(X) \
	X(a_charge_is_captured) \
	X(a_declined_charge_moves_nothing) \
	X(one_attempt_moves_money_once) \
	X(each_answer_is_given_once) \
	X(without_requests_there_are_no_answers) \
	X(many_requests_are_each_answered) \
	X(lookup_tells_what_became_of_an_attempt) \
	X(lookup_of_a_stranger_is_unseen) \
	X(a_refund_gives_money_back) \
	X(one_refund_is_given_once) \
	X(no_more_is_refunded_than_was_captured) \
	X(an_attempt_that_was_called_back_never_charges) \
	X(calling_back_a_captured_charge_says_so) \
	X(what_was_authorised_is_captured_or_given_back) \
	X(a_step_is_asked_for_and_taken) \
	X(silence_after_a_charge_is_cleared_up_by_lookup) \
	X(silence_instead_of_a_charge_is_cleared_up_by_lookup) \
	X(a_webhook_says_what_the_answer_says) \
	X(a_webhook_with_a_wrong_signature_is_refused)
/* clang-format on */

#define CT_DECLARE(name) void name(struct world *w);
CT_GATEWAY_CASES(CT_DECLARE)
#undef CT_DECLARE

#endif
