/*
 * The PayPal driver when things go wrong, and where PayPal is unlike Stripe: tokens that run out, orders that cannot
 * be called back, webhooks that PayPal itself has to check.
 */
#include "world.h"

#include <shopcore/paypal.h>
#include <shopcore/testkit/env.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct standin paypal;

static sc_gateway open_on(const sc_env *env)
{
	sc_gateway gateway = { NULL, NULL };
	sc_error err = SC_ERROR_INIT;
	sc_paypal_options options = SC_PAYPAL_OPTIONS_INIT;
	options.url = paypal.url;
	options.key_file = paypal.key_file;
	options.webhook_id = "WH5XYZ";
	options.return_url = "https://shop.example/return";
	options.tuning = &quick_tuning;
	if (sc_paypal_open(env, &options, &gateway, &err) != SC_OK)
		fail_msg("%s: %s", err.field, err.text);
	return gateway;
}

static int set_up(void **state)
{
	static sc_gateway gateway;
	standin_ask(&paypal, "reset", "");
	paypal.env = sc_env_default();
	gateway = open_on(sc_env_default());
	*state = &gateway;
	return 0;
}

static int tear_down(void **state)
{
	const sc_gateway *gateway = *state;
	gateway->ops->close(gateway->ctx);
	return 0;
}

static sc_gateway of(void **state)
{
	return *(const sc_gateway *)*state;
}

static sc_gateway_reply ask_about(sc_gateway gateway, sc_gateway_op op, const sc_gateway_request *charge)
{
	sc_gateway_request request = about(op, charge);
	return ask(gateway, &request);
}

/* ---- tokens ------------------------------------------------------------------------------------- */

static void many_requests_need_one_token(void **state)
{
	sc_gateway gateway = of(state);
	sc_gateway_request charges[8];
	sc_gateway_reply replies[8];
	size_t count = 0, got = 0;
	for (int i = 0; i < 8; i++)
		charges[i] = charge_of("vault_ok");
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, charges, 8, &count, NULL), SC_OK);
	while (got < 8) {
		assert_int_equal(gateway.ops->finish(gateway.ctx, 8, 10000, replies, &count, NULL), SC_OK);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(replies[i].state, SC_GATEWAY_CAPTURED);
		got += count;
	}
	assert_int_equal(standin_count(&paypal, "/v1/oauth2/token"), 1);
}

static void a_token_that_is_not_accepted_any_more_is_renewed(void **state)
{
	sc_gateway_request first = charge_of("vault_ok"), second = charge_of("vault_ok");
	ask(of(state), &first);
	standin_ask(&paypal, "expire", "");
	assert_int_equal(ask(of(state), &second).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_count(&paypal, "/v1/oauth2/token"), 2);
}

static void a_token_is_renewed_before_it_runs_out(void **state)
{
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_gateway_request first = charge_of("vault_ok"), second = charge_of("vault_ok");
	(void)state;
	sc_testkit_env_jump_when_parked(world, true);
	sc_gateway gateway = open_on(sc_testkit_env_table(world));
	ask(gateway, &first);
	sc_testkit_env_advance_ms(world, (32400 - 61) * 1000LL);
	ask_about(gateway, SC_GATEWAY_LOOKUP, &first);
	assert_int_equal(standin_count(&paypal, "/v1/oauth2/token"), 1);
	sc_testkit_env_advance_ms(world, 2000);
	assert_int_equal(ask(gateway, &second).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_count(&paypal, "/v1/oauth2/token"), 2);
	gateway.ops->close(gateway.ctx);
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
}

static void without_a_token_nothing_happened(void **state)
{
	sc_gateway_request charge = charge_of("vault_ok");
	plan(&paypal, "kind=before-503&path=oauth2&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_SERVICE_FAILED);
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
}

/* ---- silence ------------------------------------------------------------------------------------- */

static void a_charge_whose_answer_is_lost_is_paid_once(void **state)
{
	sc_gateway_request charge = charge_of("vault_ok");
	plan(&paypal, "kind=drop&path=/capture&times=2");
	assert_int_equal(ask(of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&paypal, charge.order), 1999);
}

static void a_charge_that_stays_silent_is_found_by_lookup(void **state)
{
	sc_gateway_request charge = charge_of("vault_ok");
	plan(&paypal, "kind=drop&path=/capture&times=3");
	assert_int_equal(ask(of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	sc_gateway other = open_on(sc_env_default()); /* which remembers nothing */
	assert_int_equal(ask_about(other, SC_GATEWAY_LOOKUP, &charge).state, SC_GATEWAY_CAPTURED);
	other.ops->close(other.ctx);
}

static void a_refund_whose_answer_is_lost_is_given_once(void **state)
{
	sc_gateway_request charge = charge_of("vault_ok");
	ask(of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	refund.amount_minor = 500;
	plan(&paypal, "kind=drop&path=/refund&times=3");
	assert_int_equal(ask(of(state), &refund).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(ask(of(state), &refund).state, SC_GATEWAY_REFUNDED);
	assert_int_equal(standin_kept(&paypal, charge.order), 1499);
}

/* ---- the buyer on PayPal's page -------------------------------------------------------------------- */

static void what_the_buyer_approved_is_paid_when_it_is_looked_up(void **state)
{
	sc_gateway_request charge = charge_of(SC_PAYPAL_BY_PAGE);
	sc_gateway_reply reply = ask(of(state), &charge);
	assert_int_equal(reply.state, SC_GATEWAY_NEEDS_STEP);
	assert_non_null(strstr(reply.step_url, "https://www.paypal.com/"));
	assert_int_equal(ask_about(of(state), SC_GATEWAY_LOOKUP, &charge).state, SC_GATEWAY_NEEDS_STEP);
	standin_step(&paypal, charge.attempt, true);
	assert_int_equal(standin_kept(&paypal, charge.order), 0);
	assert_int_equal(ask_about(of(state), SC_GATEWAY_LOOKUP, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&paypal, charge.order), 1999);
}

static void what_was_called_back_is_never_paid_even_when_the_buyer_approves(void **state)
{
	sc_gateway_request charge = charge_of(SC_PAYPAL_BY_PAGE);
	ask(of(state), &charge);
	assert_int_equal(ask_about(of(state), SC_GATEWAY_VOID, &charge).state, SC_GATEWAY_VOIDED);
	standin_step(&paypal, charge.attempt, true);
	assert_int_equal(ask_about(of(state), SC_GATEWAY_LOOKUP, &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(standin_kept(&paypal, charge.order), 0);
}

static void money_that_crossed_the_call_back_is_given_back(void **state)
{
	char id[SC_ID_TEXT_SIZE], form[64];
	sc_gateway_request charge = charge_of(SC_PAYPAL_BY_PAGE);
	ask(of(state), &charge);
	ask_about(of(state), SC_GATEWAY_VOID, &charge);
	snprintf(form, sizeof(form), "attempt=%s", sc_id_format(charge.attempt, id));
	standin_ask(&paypal, "pay", form); /* a process that had looked before */
	assert_int_equal(standin_kept(&paypal, charge.order), 1999);
	for (int i = 0; i < 2; i++)
		assert_int_equal(ask_about(of(state), SC_GATEWAY_LOOKUP, &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(standin_kept(&paypal, charge.order), 0);
}

static void money_that_came_before_the_call_back_stays(void **state)
{
	sc_gateway_request charge = charge_of("vault_ok");
	ask(of(state), &charge);
	assert_int_equal(ask_about(of(state), SC_GATEWAY_VOID, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&paypal, charge.order), 1999);
}

static void a_hold_for_the_buyer_of_the_page_is_captured_in_part(void **state)
{
	sc_gateway_request hold = charge_of(SC_PAYPAL_BY_PAGE);
	hold.op = SC_GATEWAY_AUTHORISE;
	assert_int_equal(ask(of(state), &hold).state, SC_GATEWAY_NEEDS_STEP);
	standin_step(&paypal, hold.attempt, true);
	assert_int_equal(ask_about(of(state), SC_GATEWAY_LOOKUP, &hold).state, SC_GATEWAY_AUTHORISED);
	sc_gateway_request capture = about(SC_GATEWAY_CAPTURE, &hold);
	capture.amount_minor = 700;
	sc_gateway_reply reply = ask(of(state), &capture);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(reply.amount_minor, 700);
}

static void more_than_was_held_is_not_captured(void **state)
{
	sc_gateway_request hold = charge_of("vault_ok");
	hold.op = SC_GATEWAY_AUTHORISE;
	ask(of(state), &hold);
	sc_gateway_request capture = about(SC_GATEWAY_CAPTURE, &hold);
	capture.amount_minor = 2000;
	assert_int_equal(ask(of(state), &capture).state, SC_GATEWAY_AUTHORISED);
	assert_int_equal(standin_kept(&paypal, hold.order), 0);
}

/* ---- amounts, webhooks, memory ----------------------------------------------------------------------- */

static void amounts_that_paypal_cannot_say_are_refused(void **state)
{
	static const struct {
		const char *currency;
		int64_t minor;
		sc_status status;
	} cases[] = { { "JPY", 500, SC_OK },
		      { "HUF", 50000, SC_OK },
		      { "HUF", 50050, SC_BAD_ARGUMENT },
		      { "EUR", 0, SC_BAD_ARGUMENT },
		      { "KWD", 1000, SC_UNSUPPORTED } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_gateway_request charge = charge_of("vault_ok");
		memcpy(charge.currency, cases[i].currency, sizeof(charge.currency));
		charge.amount_minor = cases[i].minor;
		sc_gateway_reply reply = ask(of(state), &charge);
		assert_int_equal(reply.status, cases[i].status);
		assert_true(reply.status != SC_OK || reply.amount_minor == cases[i].minor);
	}
	assert_int_equal(standin_count(&paypal, "\"value\":\"500\""), 2);
}

static sc_status next_event(sc_gateway gateway, sc_arena *arena, sc_gateway_event *out)
{
	sc_bytes body;
	const char *signature;
	sc_status status = standin_event(&paypal, arena, &body, &signature);
	return status == SC_OK ? gateway.ops->webhook(gateway.ctx, SC_CALL_SYSTEM, body, signature, out, NULL) : status;
}

static void an_approval_tells_the_shop_to_look_and_moves_nothing_itself(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of(SC_PAYPAL_BY_PAGE);
	sc_arena_init(&arena, sc_env_default());
	ask(of(state), &charge);
	standin_step(&paypal, charge.attempt, true);
	assert_int_equal(next_event(of(state), &arena, &event), SC_OK);
	assert_memory_equal(event.about.attempt.bytes, charge.attempt.bytes, sizeof(sc_id));
	assert_int_equal(event.about.state, SC_GATEWAY_RUNNING);
	assert_int_equal(standin_kept(&paypal, charge.order), 0);
	sc_arena_clear(&arena);
}

static void events_out_of_order_tell_how_things_stand(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of(SC_PAYPAL_BY_PAGE);
	int told = 0;
	sc_arena_init(&arena, sc_env_default());
	standin_ask(&paypal, "events", "order=reversed");
	ask(of(state), &charge);
	standin_step(&paypal, charge.attempt, true);
	ask_about(of(state), SC_GATEWAY_LOOKUP, &charge);
	while (next_event(of(state), &arena, &event) == SC_OK) {
		assert_int_equal(event.about.state, SC_GATEWAY_CAPTURED);
		told++;
	}
	assert_int_equal(told, 2);
	sc_arena_clear(&arena);
}

static void a_refund_tells_its_own_attempt(void **state)
{
	sc_arena arena;
	sc_gateway_event event = { .about = { .state = 0 } };
	sc_gateway_request charge = charge_of("vault_ok");
	bool told = false;
	sc_arena_init(&arena, sc_env_default());
	ask(of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	ask(of(state), &refund);
	while (next_event(of(state), &arena, &event) == SC_OK)
		told = told ||
		       (sc_id_equal(event.about.attempt, refund.attempt) && event.about.state == SC_GATEWAY_REFUNDED);
	assert_true(told);
	sc_arena_clear(&arena);
}

static void headers_that_are_no_signature_are_refused_without_asking(void **state)
{
	static const char *const headers[] = {
		"", "PayPal-Transmission-Id: 1",
		"PayPal-Auth-Algo: a\nPayPal-Cert-Url: https://api.paypal.com.example/c\nPayPal-Transmission-Id: 1\n"
		"PayPal-Transmission-Sig: s\nPayPal-Transmission-Time: now",
		"PayPal-Auth-Algo: a\nPayPal-Cert-Url: http://api.paypal.com/c\nPayPal-Transmission-Id: 1\n"
		"PayPal-Transmission-Sig: s\nPayPal-Transmission-Time: now"
	};
	sc_gateway gateway = of(state);
	sc_gateway_event event;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		assert_int_equal(
			gateway.ops->webhook(gateway.ctx, SC_CALL_SYSTEM, SC_BYTES("{}"), headers[i], &event, NULL),
			SC_BAD_SIGNATURE);
	assert_int_equal(standin_count(&paypal, "verify-webhook"), 0);
}

static void every_allocation_may_fail(void **state)
{
	bool failed = true;
	uint64_t nth = 1;
	(void)state;
	for (; failed && nth < 200; nth++) {
		sc_testkit_env *world = sc_testkit_env_new(1);
		sc_gateway_request charge = charge_of("vault_ok");
		sc_gateway_reply reply = { .status = SC_NO_MEMORY };
		size_t count = 0;
		sc_testkit_env_jump_when_parked(world, true);
		sc_gateway gateway = open_on(sc_testkit_env_table(world));
		sc_testkit_env_fail_allocation(world, nth, false);
		if (gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &charge, 1, &count, NULL) == SC_OK)
			for (count = 0; count == 0;)
				gateway.ops->finish(gateway.ctx, 1, 10000, &reply, &count, NULL);
		failed = sc_testkit_env_has_failed(world);
		gateway.ops->close(gateway.ctx);
		assert_true(sc_status_is_unknown(reply.status) || reply.status == SC_OK ||
		            standin_kept(&paypal, charge.order) == 0);
		assert_int_equal(sc_testkit_env_live_blocks(world), 0);
		sc_testkit_env_free(world);
	}
	assert_false(failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(many_requests_need_one_token),
		TEST(a_token_that_is_not_accepted_any_more_is_renewed),
		TEST(a_token_is_renewed_before_it_runs_out),
		TEST(without_a_token_nothing_happened),
		TEST(a_charge_whose_answer_is_lost_is_paid_once),
		TEST(a_charge_that_stays_silent_is_found_by_lookup),
		TEST(a_refund_whose_answer_is_lost_is_given_once),
		TEST(what_the_buyer_approved_is_paid_when_it_is_looked_up),
		TEST(what_was_called_back_is_never_paid_even_when_the_buyer_approves),
		TEST(money_that_crossed_the_call_back_is_given_back),
		TEST(money_that_came_before_the_call_back_stays),
		TEST(a_hold_for_the_buyer_of_the_page_is_captured_in_part),
		TEST(more_than_was_held_is_not_captured),
		TEST(amounts_that_paypal_cannot_say_are_refused),
		TEST(an_approval_tells_the_shop_to_look_and_moves_nothing_itself),
		TEST(events_out_of_order_tell_how_things_stand),
		TEST(a_refund_tells_its_own_attempt),
		TEST(headers_that_are_no_signature_are_refused_without_asking),
		TEST(every_allocation_may_fail),
	};
	standin_start(&paypal, "paypal_standin.py", "client_of_the_stand_in\nsecret_of_the_stand_in", "-");
	int failed = cmocka_run_group_tests_name("PayPal, and what goes wrong", tests, NULL, NULL);
	standin_stop(&paypal);
	return failed;
}
