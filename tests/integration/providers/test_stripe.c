/*
 * The Stripe driver when the provider or the line to it misbehaves: each fault is a test.
 */
#include "world.h"

#include <shopcore/stripe.h>
#include <shopcore/testkit/env.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct standin stripe;

static sc_gateway open_with(const sc_env *env, const sc_provider_tuning *tuning, const char *url)
{
	sc_gateway gateway = { NULL, NULL };
	sc_error err = SC_ERROR_INIT;
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	options.url = url;
	options.key_file = stripe.key_file;
	options.webhook_secret_file = stripe.webhook_file;
	options.return_url = "https://shop.example/return";
	options.tuning = tuning;
	if (sc_stripe_open(env, &options, &gateway, &err) != SC_OK)
		fail_msg("%s: %s", err.field, err.text);
	return gateway;
}

static sc_gateway open_fresh(const sc_provider_tuning *tuning)
{
	standin_ask(&stripe, "reset", "");
	return open_with(sc_env_default(), tuning, stripe.url);
}

static void close_gateway(sc_gateway gateway)
{
	gateway.ops->close(gateway.ctx);
}

static int set_up(void **state)
{
	static sc_gateway gateway;
	gateway = open_fresh(&quick_tuning);
	stripe.env = sc_env_default();
	*state = &gateway;
	return 0;
}

static int tear_down(void **state)
{
	close_gateway(*(const sc_gateway *)*state);
	return 0;
}

static sc_gateway of(void **state)
{
	return *(const sc_gateway *)*state;
}

static sc_gateway_reply look_up(sc_gateway gateway, const sc_gateway_request *charge)
{
	sc_gateway_request lookup = about(SC_GATEWAY_LOOKUP, charge);
	return ask(gateway, &lookup);
}

/* ---- lost answers -------------------------------------------------------------------------------- */

static void a_charge_whose_answers_are_lost_is_repeated_and_charged_once(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=payment_intents&times=2");
	plan(&stripe, "kind=drop&path=confirm&times=1");
	sc_gateway_reply reply = ask(of(state), &charge);
	assert_int_equal(reply.status, SC_OK);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_retry_is_the_same_to_the_byte(void **state)
{
	static char first[4096];
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=2");
	ask(of(state), &charge);
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
	ask(of(state), &charge);
	snprintf(call, sizeof(call), "POST /v1/payment_intents %s ", sc_id_format(charge.attempt, id));
	assert_int_equal(standin_count(&stripe, call), 1);
}

static void a_charge_that_stays_silent_is_unknown_and_lookup_finds_it(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	sc_gateway_reply reply = look_up(of(state), &charge);
	assert_int_equal(reply.status, SC_OK);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
}

static void what_was_never_carried_out_is_unseen_and_may_be_charged_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=refuse&path=confirm&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_UNSEEN);
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_payment_that_was_never_made_is_a_failure_and_no_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=refuse&path=payment_intents&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "/confirm"), 0);
}

static void an_answer_that_comes_too_late_is_unknown(void **state)
{
	sc_provider_tuning hasty = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	hasty.timeout_ms = 300;
	hasty.retries_max = 0;
	sc_gateway gateway = open_fresh(&hasty);
	plan(&stripe, "kind=delay&path=confirm&ms=3000");
	assert_int_equal(ask(gateway, &charge).status, SC_PAYMENT_UNKNOWN);
	close_gateway(gateway);
	gateway = open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(look_up(gateway, &charge).state, SC_GATEWAY_CAPTURED);
	close_gateway(gateway);
}

static void an_answer_that_is_no_JSON_is_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=garbage&path=confirm&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_refund_whose_answer_is_lost_is_given_once(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	refund.amount_minor = 500;
	plan(&stripe, "kind=drop&path=v1/refunds&times=5"); /* the list, then the refund on every try */
	sc_gateway_reply reply = ask(of(state), &refund);
	assert_true(reply.status == SC_PAYMENT_UNKNOWN || reply.status == SC_SERVICE_FAILED);
	standin_ask(&stripe, "forget", "");
	standin_ask(&stripe, "calls", NULL);
	for (int i = 0; i < 3; i++)
		reply = ask(of(state), &refund);
	assert_int_equal(reply.state, SC_GATEWAY_REFUNDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1499);
}

/* ---- what the provider says about trying again ----------------------------------------------------- */

static void a_500_that_is_given_again_leaves_the_charge_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=after-500&path=confirm");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(standin_count(&stripe, "/confirm"), 3);
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void the_provider_may_forbid_another_try(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-500&path=confirm&times=3&headers=Stripe-Should-Retry:false");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(standin_count(&stripe, "/confirm"), 1);
}

static void the_provider_may_ask_for_another_try(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-400&path=confirm&times=1&headers=Stripe-Should-Retry:true");
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_count(&stripe, "/confirm"), 2);
}

static void a_conflict_is_tried_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-409&path=confirm&times=2");
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_conflict_that_does_not_end_is_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-409&path=confirm&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
}

static void too_many_requests_are_tried_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-429&path=confirm&times=2&headers=Retry-After:0");
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void too_many_requests_for_too_long_is_busy_and_nothing_moved(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-429&path=confirm&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_BUSY);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void a_limit_behind_a_lost_answer_stays_unknown(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=drop&path=confirm&times=1");
	plan(&stripe, "kind=before-429&path=confirm&times=2");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

static void a_provider_that_keeps_failing_is_left_alone(void **state)
{
	sc_provider_tuning careful = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	careful.breaker_failures = 4;
	sc_gateway gateway = open_fresh(&careful);
	plan(&stripe, "kind=before-503&path=payment_intents&times=1000");
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 4);
	close_gateway(gateway);
}

static void an_outage_is_not_made_worse_by_retries(void **state)
{
	sc_provider_tuning frugal = quick_tuning;
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	frugal.retry_budget = 3;
	frugal.breaker_failures = 1000;
	sc_gateway gateway = open_fresh(&frugal);
	plan(&stripe, "kind=before-503&path=payment_intents&times=1000");
	for (int i = 0; i < 10; i++)
		assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 13);
	close_gateway(gateway);
}

static void nobody_there_is_a_failure(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	sc_gateway gateway = open_with(sc_env_default(), &quick_tuning, "http://127.0.0.1:1");
	assert_int_equal(ask(gateway, &charge).status, SC_SERVICE_FAILED);
	close_gateway(gateway);
}

static void a_key_that_is_not_accepted_is_a_failure(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	plan(&stripe, "kind=before-401&path=payment_intents");
	assert_int_equal(ask(of(state), &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(standin_count(&stripe, "POST"), 1);
}

static void a_deadline_that_passed_sends_nothing(void **state)
{
	sc_gateway gateway = of(state);
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

/* ---- attempts ------------------------------------------------------------------------------------- */

static void one_attempt_with_another_amount_is_refused(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(of(state), &charge);
	charge.amount_minor++;
	sc_gateway_reply reply = ask(of(state), &charge);
	assert_true(reply.status != SC_OK || reply.state == SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void other_means_for_the_same_attempt_never_pay_twice(void **state)
{
	sc_gateway_request charge = charge_of("pm_silent");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	charge.token = "pm_ok";
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_declined_payment_cannot_be_paid_by_other_means(void **state)
{
	sc_gateway_request charge = charge_of("pm_declined");
	sc_gateway_reply reply = ask(of(state), &charge);
	assert_int_equal(reply.state, SC_GATEWAY_DECLINED);
	assert_string_equal(reply.decline_code, "insufficient_funds");
	assert_int_equal(standin_count(&stripe, "/cancel"), 1);
	charge.token = "pm_ok";
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_DECLINED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void means_that_do_not_exist_are_declined(void **state)
{
	sc_gateway_request charge = charge_of("pm_of_nobody");
	sc_gateway_reply reply = ask(of(state), &charge);
	assert_int_equal(reply.state, SC_GATEWAY_DECLINED);
	assert_string_equal(reply.decline_code, "resource_missing");
}

static void a_card_number_is_refused_before_anything_is_sent(void **state)
{
	static const char *const cards[] = { "4242424242424242", "pm_4242424242424242", "4242-4242-4242-4242" };
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		sc_gateway_request charge = charge_of(cards[i]);
		assert_int_equal(ask(of(state), &charge).status, SC_BAD_ARGUMENT);
	}
	assert_int_equal(standin_count(&stripe, " "), 0);
}

/* An attempt from before Stripe's keys were forgotten. */
static void make_old(sc_gateway_request *request)
{
	int64_t ms = sc_env_default()->wall_ms(NULL) - 3LL * 24 * 60 * 60 * 1000;
	for (int i = 0; i < 6; i++)
		request->attempt.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
}

static void an_attempt_of_last_week_is_found_by_search_and_not_charged_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	(void)state;
	make_old(&charge);
	ask(of(state), &charge);
	standin_ask(&stripe, "forget", "");
	sc_gateway other = open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(look_up(other, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(ask(other, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
	close_gateway(other);
}

static void a_refund_of_what_the_search_does_not_show_yet_comes_later(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(of(state), &charge);
	sc_gateway other = open_with(sc_env_default(), &quick_tuning, stripe.url);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	standin_ask(&stripe, "lag", "on=1");
	assert_int_equal(ask(other, &refund).status, SC_BUSY);
	standin_ask(&stripe, "lag", "on=0");
	assert_int_equal(ask(other, &refund).state, SC_GATEWAY_REFUNDED);
	close_gateway(other);
}

static void a_refund_that_takes_days_is_asked_about_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	ask(of(state), &refund);
	standin_ask(&stripe, "status", "what=refund&status=pending");
	assert_int_equal(ask(of(state), &refund).state, SC_GATEWAY_RUNNING);
	standin_ask(&stripe, "status", "what=refund&status=failed");
	assert_int_equal(ask(of(state), &refund).state, SC_GATEWAY_DECLINED);
	standin_ask(&stripe, "status", "what=refund&status=succeeded");
	assert_int_equal(ask(of(state), &refund).state, SC_GATEWAY_REFUNDED);
}

static void a_hold_on_money_is_captured_in_part_once(void **state)
{
	sc_gateway_request hold = charge_of("pm_ok");
	hold.op = SC_GATEWAY_AUTHORISE;
	sc_gateway_reply held = ask(of(state), &hold);
	assert_int_equal(held.state, SC_GATEWAY_AUTHORISED);
	assert_int_equal(held.amount_minor, 1999);
	sc_gateway_request capture = about(SC_GATEWAY_CAPTURE, &hold);
	capture.provider_ref = held.provider_ref;
	capture.amount_minor = 1200;
	plan(&stripe, "kind=drop&path=capture&times=1");
	assert_int_equal(ask(of(state), &capture).state, SC_GATEWAY_CAPTURED);
	sc_gateway_reply again = ask(of(state), &capture);
	assert_int_equal(again.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(again.amount_minor, 1200);
	assert_int_equal(standin_kept(&stripe, hold.order), 1200);
}

static void money_is_counted_as_stripe_counts_it(void **state)
{
	static const struct {
		const char *currency;
		int64_t minor;
		const char *sent;
	} cases[] = {
		{ "JPY", 500, "amount=500&currency=jpy" },
		{ "ISK", 500, "amount=50000&currency=isk" },
		{ "KWD", 1230, "amount=1230&currency=kwd" },
		{ "MGA", 50000, "amount=500&currency=mga" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_gateway_request charge = charge_of("pm_ok");
		memcpy(charge.currency, cases[i].currency, sizeof(charge.currency));
		charge.amount_minor = cases[i].minor;
		assert_int_equal(ask(of(state), &charge).amount_minor, cases[i].minor);
		assert_int_equal(standin_count(&stripe, cases[i].sent), 1);
	}
}

/* ---- webhooks ------------------------------------------------------------------------------------- */

static sc_status next_event(sc_gateway gateway, sc_arena *arena, sc_gateway_event *out)
{
	sc_bytes body;
	const char *signature;
	sc_status status = standin_event(&stripe, arena, &body, &signature);
	return status == SC_OK ? gateway.ops->webhook(gateway.ctx, SC_CALL_SYSTEM, body, signature, out, NULL) : status;
}

static void old_news_is_told_as_things_stand_now(void **state)
{
	sc_arena arena;
	sc_gateway_event event;
	sc_gateway_request charge = charge_of("pm_step");
	int told = 0;
	sc_arena_init(&arena, sc_env_default());
	standin_ask(&stripe, "events", "order=reversed");
	ask(of(state), &charge);
	standin_step(&stripe, charge.attempt, true);
	while (next_event(of(state), &arena, &event) == SC_OK) {
		if (sc_id_is_zero(event.about.attempt))
			continue;
		assert_memory_equal(event.about.attempt.bytes, charge.attempt.bytes, sizeof(sc_id));
		assert_memory_equal(event.about.order.bytes, charge.order.bytes, sizeof(sc_id));
		assert_int_equal(event.about.state, SC_GATEWAY_CAPTURED);
		told++;
	}
	assert_int_equal(told, 2);
	sc_arena_clear(&arena);
}

static void an_event_that_comes_twice_has_one_id(void **state)
{
	sc_arena arena;
	sc_gateway_event first, second;
	sc_gateway_request charge = charge_of("pm_ok");
	sc_arena_init(&arena, sc_env_default());
	standin_ask(&stripe, "events", "order=twice");
	ask(of(state), &charge);
	assert_int_equal(next_event(of(state), &arena, &first), SC_OK);
	assert_int_equal(next_event(of(state), &arena, &second), SC_OK);
	assert_string_equal(first.event_id, second.event_id);
	sc_arena_clear(&arena);
}

static void an_event_that_cannot_be_checked_with_the_provider_is_a_failure(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of("pm_step");
	sc_status status = SC_OK;
	sc_arena_init(&arena, sc_env_default());
	ask(of(state), &charge);
	plan(&stripe, "kind=before-503&path=payment_intents&times=3");
	while (status == SC_OK)
		status = next_event(of(state), &arena, &event);
	assert_int_equal(status, SC_SERVICE_FAILED);
	sc_arena_clear(&arena);
}

static void a_refund_tells_its_own_attempt(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of("pm_ok");
	bool told = false;
	sc_arena_init(&arena, sc_env_default());
	ask(of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	ask(of(state), &refund);
	while (next_event(of(state), &arena, &event) == SC_OK)
		told = told || (sc_id_equal(event.about.attempt, refund.attempt) &&
		                event.about.state == SC_GATEWAY_REFUNDED && event.about.amount_minor == 1999);
	assert_true(told);
	sc_arena_clear(&arena);
}

/* ---- Stripe's page --------------------------------------------------------------------------------- */

static void pay_on_page(const sc_gateway_request *charge, const char *means)
{
	char id[SC_ID_TEXT_SIZE], form[96];
	snprintf(form, sizeof(form), "attempt=%s&means=%s", sc_id_format(charge->attempt, id), means);
	standin_ask(&stripe, "page", form);
}

static void a_buyer_pays_on_stripes_page(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	sc_gateway_reply sent = ask(of(state), &charge);
	assert_int_equal(sent.state, SC_GATEWAY_NEEDS_STEP);
	assert_non_null(strstr(sent.step_url, "https://checkout.example/"));
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_NEEDS_STEP);
	pay_on_page(&charge, "declined"); /* and tries another card */
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_NEEDS_STEP);
	pay_on_page(&charge, "ok");
	sc_gateway other = open_with(sc_env_default(), &quick_tuning, stripe.url); /* which remembers nothing */
	sc_gateway_reply paid = look_up(other, &charge);
	assert_int_equal(paid.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(paid.amount_minor, 1999);
	assert_string_not_equal(paid.provider_ref, sent.provider_ref);
	close_gateway(other);
}

static void what_a_page_took_is_given_back(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(of(state), &charge);
	pay_on_page(&charge, "ok");
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	sc_gateway other = open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(ask(other, &refund).state, SC_GATEWAY_REFUNDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
	close_gateway(other);
}

static void a_page_that_was_called_back_takes_nothing(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(of(state), &charge);
	sc_gateway_request call_back = about(SC_GATEWAY_VOID, &charge);
	assert_int_equal(ask(of(state), &call_back).state, SC_GATEWAY_VOIDED);
	pay_on_page(&charge, "ok");
	assert_int_equal(look_up(of(state), &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void a_page_that_was_paid_cannot_be_called_back(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(of(state), &charge);
	pay_on_page(&charge, "ok");
	sc_gateway_request call_back = about(SC_GATEWAY_VOID, &charge);
	assert_int_equal(ask(of(state), &call_back).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_page_that_was_made_twice_is_one(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	plan(&stripe, "kind=drop&path=checkout&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_SERVICE_FAILED);
	sc_gateway_reply first = ask(of(state), &charge), again = ask(of(state), &charge);
	assert_int_equal(first.state, SC_GATEWAY_NEEDS_STEP);
	assert_string_equal(first.step_url, again.step_url);
}

static void events_of_a_page_tell_the_attempt(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	bool running = false, captured = false;
	sc_arena_init(&arena, sc_env_default());
	ask(of(state), &charge);
	pay_on_page(&charge, "declined");
	pay_on_page(&charge, "ok");
	while (next_event(of(state), &arena, &event) == SC_OK) {
		if (!sc_id_equal(event.about.attempt, charge.attempt))
			continue;
		running = running || event.about.state == SC_GATEWAY_RUNNING;
		captured = captured || event.about.state == SC_GATEWAY_CAPTURED;
		assert_true(event.about.state == SC_GATEWAY_RUNNING || event.about.state == SC_GATEWAY_CAPTURED);
	}
	assert_true(running && captured);
	assert_int_equal(standin_count(&stripe, "/cancel"), 0);
	sc_arena_clear(&arena);
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
	struct crowd crowd = { .gateway = of(state) };
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
	sc_gateway gateway = open_fresh(&small);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, charges, 3, &count, NULL), SC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, charges + 2, 1, &count, NULL), SC_BUSY);
	close_gateway(gateway); /* with two that nobody asked for */
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
	sc_gateway gateway = open_with(env, &quick_tuning, stripe.url);
	sc_testkit_env_fail_allocation(world, nth, false);
	if (gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &charge, 1, &count, NULL) == SC_OK)
		for (count = 0; count == 0;)
			gateway.ops->finish(gateway.ctx, 1, 10000, &reply, &count, NULL);
	*failed = sc_testkit_env_has_failed(world);
	close_gateway(gateway);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_charge_whose_answers_are_lost_is_repeated_and_charged_once),
		TEST(a_retry_is_the_same_to_the_byte),
		TEST(the_attempt_is_the_key_of_its_payment),
		TEST(a_charge_that_stays_silent_is_unknown_and_lookup_finds_it),
		TEST(what_was_never_carried_out_is_unseen_and_may_be_charged_again),
		TEST(a_payment_that_was_never_made_is_a_failure_and_no_unknown),
		TEST(an_answer_that_comes_too_late_is_unknown),
		TEST(an_answer_that_is_no_JSON_is_unknown),
		TEST(a_refund_whose_answer_is_lost_is_given_once),
		TEST(a_500_that_is_given_again_leaves_the_charge_unknown),
		TEST(the_provider_may_forbid_another_try),
		TEST(the_provider_may_ask_for_another_try),
		TEST(a_conflict_is_tried_again),
		TEST(a_conflict_that_does_not_end_is_unknown),
		TEST(too_many_requests_are_tried_again),
		TEST(too_many_requests_for_too_long_is_busy_and_nothing_moved),
		TEST(a_limit_behind_a_lost_answer_stays_unknown),
		TEST(a_provider_that_keeps_failing_is_left_alone),
		TEST(an_outage_is_not_made_worse_by_retries),
		TEST(nobody_there_is_a_failure),
		TEST(a_key_that_is_not_accepted_is_a_failure),
		TEST(a_deadline_that_passed_sends_nothing),
		TEST(one_attempt_with_another_amount_is_refused),
		TEST(other_means_for_the_same_attempt_never_pay_twice),
		TEST(a_declined_payment_cannot_be_paid_by_other_means),
		TEST(means_that_do_not_exist_are_declined),
		TEST(a_card_number_is_refused_before_anything_is_sent),
		TEST(an_attempt_of_last_week_is_found_by_search_and_not_charged_again),
		TEST(a_refund_of_what_the_search_does_not_show_yet_comes_later),
		TEST(a_refund_that_takes_days_is_asked_about_again),
		TEST(a_hold_on_money_is_captured_in_part_once),
		TEST(money_is_counted_as_stripe_counts_it),
		TEST(old_news_is_told_as_things_stand_now),
		TEST(an_event_that_comes_twice_has_one_id),
		TEST(an_event_that_cannot_be_checked_with_the_provider_is_a_failure),
		TEST(a_refund_tells_its_own_attempt),
		TEST(a_buyer_pays_on_stripes_page),
		TEST(what_a_page_took_is_given_back),
		TEST(a_page_that_was_called_back_takes_nothing),
		TEST(a_page_that_was_paid_cannot_be_called_back),
		TEST(a_page_that_was_made_twice_is_one),
		TEST(events_of_a_page_tell_the_attempt),
		TEST(many_threads_wait_for_many_answers),
		TEST(more_requests_than_there_is_room_for_are_busy),
		TEST(every_allocation_may_fail),
	};
	standin_start(&stripe, "stripe_standin.py", "sk_test_of_the_stand_in", "whsec_of_the_stand_in");
	int failed = cmocka_run_group_tests_name("Stripe, and what goes wrong", tests, NULL, NULL);
	standin_stop(&stripe);
	return failed;
}
