/*
 * The Stripe driver when the provider or the line to it misbehaves: each fault is a test.
 */
#include "stripe_world.h"

#include <shopcore/testkit/env.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ---- lost answers -------------------------------------------------------------------------------- */

static void a_charge_whose_answers_are_lost_is_repeated_and_charged_once(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=payment_intents&times=2");
	plan(&stripe, "kind=drop&path=confirm&times=1");
	sc_gateway_reply reply = ask(stripe_of(state), &charge);
	assert_int_equal(reply.status, SC_OK);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_retry_is_the_same_to_the_byte(void **state)
{
	static char first[4096];
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=2");
	ask(stripe_of(state), &charge);
	const char *calls = standin_ask(&stripe, "calls", NULL);
	const char *at = strstr(calls, "\nPOST");
	assert_non_null(at);
	size_t size = strcspn(at + 1, "\n");
	memcpy(first, at + 1, size);
	first[size] = '\0';
	assert_non_null(strstr(first, "/confirm"));
	assert_int_equal(standin_count(&stripe, first), 3);
	assert_int_equal(standin_count(&stripe, "/confirm"), 3);
}

static void the_attempt_is_the_key_of_its_payment(void **state)
{
	char id[SC_ID_TEXT_SIZE], call[96];
	sc_gateway_request charge = charge_of("pm_ok");
	ask(stripe_of(state), &charge);
	snprintf(call, sizeof(call), "POST /v1/payment_intents %s ", sc_id_format(charge.attempt, id));
	assert_int_equal(standin_count(&stripe, call), 1);
}

static void a_charge_that_stays_silent_is_unknown_and_lookup_finds_it(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	sc_gateway_reply reply = look_up(stripe_of(state), &charge);
	assert_int_equal(reply.status, SC_OK);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
}

static void what_was_never_carried_out_is_unseen_and_may_be_charged_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=refuse&path=confirm&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_UNSEEN);
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_payment_that_was_never_made_is_a_failure_and_no_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=refuse&path=payment_intents&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "/confirm"), 0);
}

static void an_answer_that_comes_too_late_is_unknown(void **state)
{
	sc_provider_tuning hasty = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	hasty.timeout_ms = 300;
	hasty.retries_max = 0;
	sc_gateway gateway = stripe_open_fresh(&hasty);
	plan(&stripe, "kind=delay&path=confirm&ms=3000");
	assert_int_equal(ask(gateway, &charge).status, SC_PAYMENT_UNKNOWN);
	stripe_close(gateway);
	gateway = stripe_open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(look_up(gateway, &charge).state, SC_GATEWAY_CAPTURED);
	stripe_close(gateway);
}

static void an_answer_that_is_no_JSON_is_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=garbage&path=confirm&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_refund_whose_answer_is_lost_is_given_once(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(stripe_of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	refund.amount_minor = 500;
	plan(&stripe, "kind=drop&path=v1/refunds&times=5"); /* the list, then the refund on every try */
	sc_gateway_reply reply = ask(stripe_of(state), &refund);
	assert_true(reply.status == SC_PAYMENT_UNKNOWN || reply.status == SC_SERVICE_FAILED);
	standin_ask(&stripe, "forget", "");
	standin_ask(&stripe, "calls", NULL);
	for (int i = 0; i < 3; i++)
		reply = ask(stripe_of(state), &refund);
	assert_int_equal(reply.state, SC_GATEWAY_REFUNDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1499);
}

/* ---- what the provider says about trying again ----------------------------------------------------- */

static void a_500_that_is_given_again_leaves_the_charge_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=after-500&path=confirm");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(standin_count(&stripe, "/confirm"), 3);
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void the_provider_may_forbid_another_try(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-500&path=confirm&times=3&headers=Stripe-Should-Retry:false");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(standin_count(&stripe, "/confirm"), 1);
}

static void the_provider_may_ask_for_another_try(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-400&path=confirm&times=1&headers=Stripe-Should-Retry:true");
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_count(&stripe, "/confirm"), 2);
}

static void a_conflict_is_tried_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-409&path=confirm&times=2");
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_conflict_that_does_not_end_is_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-409&path=confirm&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
}

static void too_many_requests_are_tried_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-429&path=confirm&times=2&headers=Retry-After:0");
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void too_many_requests_for_too_long_is_busy_and_nothing_moved(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-429&path=confirm&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_BUSY);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void a_limit_behind_a_lost_answer_stays_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=1");
	plan(&stripe, "kind=before-429&path=confirm&times=2");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_provider_that_keeps_failing_is_left_alone(void **state)
{
	sc_provider_tuning careful = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	careful.breaker_failures = 4;
	sc_gateway gateway = stripe_open_fresh(&careful);
	plan(&stripe, "kind=before-503&path=payment_intents&times=1000");
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 4);
	stripe_close(gateway);
}

static void an_outage_is_not_made_worse_by_retries(void **state)
{
	sc_provider_tuning frugal = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	frugal.retry_budget = 3;
	frugal.breaker_failures = 1000;
	sc_gateway gateway = stripe_open_fresh(&frugal);
	plan(&stripe, "kind=before-503&path=payment_intents&times=1000");
	for (int i = 0; i < 10; i++)
		assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 13);
	stripe_close(gateway);
}

static void nobody_there_is_a_failure(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	sc_gateway gateway = stripe_open_with(sc_env_default(), &quick_tuning, "http://127.0.0.1:1");
	assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	stripe_close(gateway);
}

static void a_key_that_is_not_accepted_is_a_failure(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-401&path=payment_intents");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 1);
}

static void a_deadline_that_passed_sends_nothing(void **state)
{
	sc_gateway gateway = stripe_of(state);
	sc_call call = SC_CALL_INIT(SC_ACTOR_SYSTEM, NULL);
	sc_gateway_request charge = charge_of("pm_ok");
	sc_gateway_reply reply;
	size_t count;
	call.deadline_ns = 1;
	assert_int_equal(gateway.ops->start(gateway.ctx, &call, &charge, 1, &count, NULL), SC_OK);
	assert_int_equal(gateway.ops->finish(gateway.ctx, 1, 10000, &reply, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(reply.status, SC_DEADLINE);
	assert_int_equal(standin_count(&stripe, "POST"), 0);
}

/* ---- many at once, memory, closing ------------------------------------------------------------------ */

struct crowd {
	sc_gateway gateway;
	atomic_int answers, captured;
};

enum { CROWD = 60 };

static void *gather(void *argument)
{
	struct crowd *crowd = argument;
	while (atomic_load(&crowd->answers) < CROWD) {
		sc_gateway_reply replies[3];
		size_t count = 0;
		crowd->gateway.ops->finish(crowd->gateway.ctx, 3, 100, replies, &count, NULL);
		for (size_t i = 0; i < count; i++)
			atomic_fetch_add(&crowd->captured, replies[i].state == SC_GATEWAY_CAPTURED);
		atomic_fetch_add(&crowd->answers, (int)count);
	}
	return NULL;
}

static void many_threads_wait_for_many_answers(void **state)
{
	struct crowd crowd = { .gateway = stripe_of(state) };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, gather, &crowd), 0);
	for (int i = 0; i < CROWD; i++) {
		sc_gateway_request charge = charge_of("pm_ok");
		size_t count;
		assert_int_equal(crowd.gateway.ops->start(crowd.gateway.ctx, SC_CALL_SYSTEM, &charge, 1, &count, NULL),
		                 SC_OK);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&crowd.answers), CROWD);
	assert_int_equal(atomic_load(&crowd.captured), CROWD);
}

static void more_requests_than_there_is_room_for_are_busy(void **state)
{
	sc_provider_tuning small = quick_tuning;
	sc_gateway_request charges[3] = { charge_of("pm_ok"), charge_of("pm_ok"), charge_of("pm_ok") };
	size_t count = 0;
	(void)state;
	small.requests_max = 2;
	sc_gateway gateway = stripe_open_fresh(&small);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, charges, 3, &count, NULL), SC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, charges + 2, 1, &count, NULL), SC_BUSY);
	stripe_close(gateway); /* with two that nobody asked for */
}

static bool is_honest(sc_status status, uint32_t state)
{
	return status == SC_NO_MEMORY || status == SC_SERVICE_FAILED || status == SC_PAYMENT_UNKNOWN ||
	       (status == SC_OK && state == SC_GATEWAY_CAPTURED);
}

/* Whatever allocation fails: money that moved is never called a failure, and nothing leaks. */
static sc_status charge_failing_at(uint64_t nth, bool *failed)
{
	sc_testkit_env *world = sc_testkit_env_new(1);
	const sc_env *env = sc_testkit_env_table(world);
	sc_gateway_request charge = charge_of("pm_ok");
	sc_gateway_reply reply = { .status = SC_NO_MEMORY };
	size_t count = 0;
	sc_testkit_env_jump_when_parked(world, true);
	sc_gateway gateway = stripe_open_with(env, &quick_tuning, stripe.url);
	sc_testkit_env_fail_allocation(world, nth, false);
	if (gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &charge, 1, &count, NULL) == SC_OK)
		for (count = 0; count == 0;)
			gateway.ops->finish(gateway.ctx, 1, 10000, &reply, &count, NULL);
	*failed = sc_testkit_env_has_failed(world);
	stripe_close(gateway);
	assert_true(is_honest(reply.status, reply.state));
	assert_true(sc_status_is_unknown(reply.status) || reply.status == SC_OK ||
	            standin_kept(&stripe, charge.order) == 0);
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
	return reply.status;
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true;
	uint64_t nth = 1;
	(void)state;
	for (; failed && nth < 100; nth++)
		charge_failing_at(nth, &failed);
	assert_false(failed);
	assert_in_range(nth, 4, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRIPE_TEST(a_charge_whose_answers_are_lost_is_repeated_and_charged_once),
		STRIPE_TEST(a_retry_is_the_same_to_the_byte),
		STRIPE_TEST(the_attempt_is_the_key_of_its_payment),
		STRIPE_TEST(a_charge_that_stays_silent_is_unknown_and_lookup_finds_it),
		STRIPE_TEST(what_was_never_carried_out_is_unseen_and_may_be_charged_again),
		STRIPE_TEST(a_payment_that_was_never_made_is_a_failure_and_no_unknown),
		STRIPE_TEST(an_answer_that_comes_too_late_is_unknown),
		STRIPE_TEST(an_answer_that_is_no_JSON_is_unknown),
		STRIPE_TEST(a_refund_whose_answer_is_lost_is_given_once),
		STRIPE_TEST(a_500_that_is_given_again_leaves_the_charge_unknown),
		STRIPE_TEST(the_provider_may_forbid_another_try),
		STRIPE_TEST(the_provider_may_ask_for_another_try),
		STRIPE_TEST(a_conflict_is_tried_again),
		STRIPE_TEST(a_conflict_that_does_not_end_is_unknown),
		STRIPE_TEST(too_many_requests_are_tried_again),
		STRIPE_TEST(too_many_requests_for_too_long_is_busy_and_nothing_moved),
		STRIPE_TEST(a_limit_behind_a_lost_answer_stays_unknown),
		STRIPE_TEST(a_provider_that_keeps_failing_is_left_alone),
		STRIPE_TEST(an_outage_is_not_made_worse_by_retries),
		STRIPE_TEST(nobody_there_is_a_failure),
		STRIPE_TEST(a_key_that_is_not_accepted_is_a_failure),
		STRIPE_TEST(a_deadline_that_passed_sends_nothing),
		STRIPE_TEST(many_threads_wait_for_many_answers),
		STRIPE_TEST(more_requests_than_there_is_room_for_are_busy),
		STRIPE_TEST(every_allocation_may_fail),
	};
	return stripe_run("Stripe, and what goes wrong", tests, sizeof(tests) / sizeof(tests[0]));
}
