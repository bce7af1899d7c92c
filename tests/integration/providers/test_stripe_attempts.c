/*
 * The Stripe driver and the life of an attempt: what it may be asked again, called back, captured and given back; what
 * events say about it; and payments on Stripe's own page.
 */
#include "stripe_world.h"

#include <stdio.h>
#include <string.h>

/* ---- attempts ------------------------------------------------------------------------------------- */

static void one_attempt_with_another_amount_is_refused(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(stripe_of(state), &charge);
	charge.amount_minor++;
	sc_gateway_reply reply = ask(stripe_of(state), &charge);
	assert_true(reply.status != SC_OK || reply.state == SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void other_means_for_the_same_attempt_never_pay_twice(void **state)
{
	sc_gateway_request charge = charge_of("pm_silent");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_PAYMENT_UNKNOWN);
	charge.token = "pm_ok";
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_declined_payment_cannot_be_paid_by_other_means(void **state)
{
	sc_gateway_request charge = charge_of("pm_declined");
	sc_gateway_reply reply = ask(stripe_of(state), &charge);
	assert_int_equal(reply.state, SC_GATEWAY_DECLINED);
	assert_string_equal(reply.decline_code, "insufficient_funds");
	assert_int_equal(standin_count(&stripe, "/cancel"), 1);
	charge.token = "pm_ok";
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_DECLINED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void a_call_back_that_is_refused_without_a_reason_is_unknown(void **state)
{
	sc_gateway_request hold = charge_of("pm_ok");
	hold.op = SC_GATEWAY_AUTHORISE;
	ask(stripe_of(state), &hold);
	sc_gateway_request call_back = about(SC_GATEWAY_VOID, &hold);
	plan(&stripe, "kind=before-400&path=cancel&times=50");
	assert_int_equal(ask(stripe_of(state), &call_back).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(standin_count(&stripe, "/cancel"), 1);
}

static void means_that_do_not_exist_are_declined(void **state)
{
	sc_gateway_request charge = charge_of("pm_of_nobody");
	sc_gateway_reply reply = ask(stripe_of(state), &charge);
	assert_int_equal(reply.state, SC_GATEWAY_DECLINED);
	assert_string_equal(reply.decline_code, "resource_missing");
}

static void a_card_number_is_refused_before_anything_is_sent(void **state)
{
	static const char *const cards[] = { "4242424242424242", "pm_4242424242424242", "4242-4242-4242-4242" };
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		sc_gateway_request charge = charge_of(cards[i]);
		assert_int_equal(ask(stripe_of(state), &charge).status, SC_BAD_ARGUMENT);
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
	ask(stripe_of(state), &charge);
	standin_ask(&stripe, "forget", "");
	sc_gateway other = stripe_open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(look_up(other, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(ask(other, &charge).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
	stripe_close(other);
}

static void a_refund_of_what_the_search_does_not_show_yet_comes_later(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(stripe_of(state), &charge);
	sc_gateway other = stripe_open_with(sc_env_default(), &quick_tuning, stripe.url);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	standin_ask(&stripe, "lag", "on=1");
	assert_int_equal(ask(other, &refund).status, SC_BUSY);
	standin_ask(&stripe, "lag", "on=0");
	assert_int_equal(ask(other, &refund).state, SC_GATEWAY_REFUNDED);
	stripe_close(other);
}

static void a_refund_that_takes_days_is_asked_about_again(void **state)
{
	sc_gateway_request charge = charge_of("pm_ok");
	ask(stripe_of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	ask(stripe_of(state), &refund);
	standin_ask(&stripe, "status", "what=refund&status=pending");
	assert_int_equal(ask(stripe_of(state), &refund).state, SC_GATEWAY_RUNNING);
	standin_ask(&stripe, "status", "what=refund&status=failed");
	assert_int_equal(ask(stripe_of(state), &refund).state, SC_GATEWAY_DECLINED);
	standin_ask(&stripe, "status", "what=refund&status=succeeded");
	assert_int_equal(ask(stripe_of(state), &refund).state, SC_GATEWAY_REFUNDED);
}

static void a_hold_on_money_is_captured_in_part_once(void **state)
{
	sc_gateway_request hold = charge_of("pm_ok");
	hold.op = SC_GATEWAY_AUTHORISE;
	sc_gateway_reply held = ask(stripe_of(state), &hold);
	assert_int_equal(held.state, SC_GATEWAY_AUTHORISED);
	assert_int_equal(held.amount_minor, 1999);
	sc_gateway_request capture = about(SC_GATEWAY_CAPTURE, &hold);
	capture.provider_ref = held.provider_ref;
	capture.amount_minor = 1200;
	plan(&stripe, "kind=drop&path=capture&times=1");
	assert_int_equal(ask(stripe_of(state), &capture).state, SC_GATEWAY_CAPTURED);
	sc_gateway_reply again = ask(stripe_of(state), &capture);
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
		assert_int_equal(ask(stripe_of(state), &charge).amount_minor, cases[i].minor);
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
	ask(stripe_of(state), &charge);
	standin_step(&stripe, charge.attempt, true);
	while (next_event(stripe_of(state), &arena, &event) == SC_OK) {
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
	ask(stripe_of(state), &charge);
	assert_int_equal(next_event(stripe_of(state), &arena, &first), SC_OK);
	assert_int_equal(next_event(stripe_of(state), &arena, &second), SC_OK);
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
	ask(stripe_of(state), &charge);
	plan(&stripe, "kind=before-503&path=payment_intents&times=3");
	while (status == SC_OK)
		status = next_event(stripe_of(state), &arena, &event);
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
	ask(stripe_of(state), &charge);
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	ask(stripe_of(state), &refund);
	while (next_event(stripe_of(state), &arena, &event) == SC_OK)
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
	sc_gateway_reply sent = ask(stripe_of(state), &charge);
	assert_int_equal(sent.state, SC_GATEWAY_NEEDS_STEP);
	assert_non_null(strstr(sent.step_url, "https://checkout.example/"));
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_NEEDS_STEP);
	pay_on_page(&charge, "declined"); /* and tries another card */
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_NEEDS_STEP);
	pay_on_page(&charge, "ok");
	sc_gateway other = stripe_open_with(sc_env_default(), &quick_tuning, stripe.url); /* which remembers nothing */
	sc_gateway_reply paid = look_up(other, &charge);
	assert_int_equal(paid.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(paid.amount_minor, 1999);
	assert_string_not_equal(paid.provider_ref, sent.provider_ref);
	stripe_close(other);
}

static void what_a_page_took_is_given_back(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(stripe_of(state), &charge);
	pay_on_page(&charge, "ok");
	sc_gateway_request refund = about(SC_GATEWAY_REFUND, &charge);
	sc_gateway other = stripe_open_with(sc_env_default(), &quick_tuning, stripe.url);
	assert_int_equal(ask(other, &refund).state, SC_GATEWAY_REFUNDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
	stripe_close(other);
}

static void a_page_that_was_called_back_takes_nothing(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(stripe_of(state), &charge);
	sc_gateway_request call_back = about(SC_GATEWAY_VOID, &charge);
	assert_int_equal(ask(stripe_of(state), &call_back).state, SC_GATEWAY_VOIDED);
	pay_on_page(&charge, "ok");
	assert_int_equal(look_up(stripe_of(state), &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(ask(stripe_of(state), &charge).state, SC_GATEWAY_VOIDED);
	assert_int_equal(standin_kept(&stripe, charge.order), 0);
}

static void a_page_that_was_paid_cannot_be_called_back(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	ask(stripe_of(state), &charge);
	pay_on_page(&charge, "ok");
	sc_gateway_request call_back = about(SC_GATEWAY_VOID, &charge);
	assert_int_equal(ask(stripe_of(state), &call_back).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(standin_kept(&stripe, charge.order), 1999);
}

static void a_page_that_was_made_twice_is_one(void **state)
{
	sc_gateway_request charge = charge_of(SC_STRIPE_BY_PAGE);
	plan(&stripe, "kind=drop&path=checkout&times=3");
	assert_int_equal(ask(stripe_of(state), &charge).status, SC_SERVICE_FAILED);
	sc_gateway_reply first = ask(stripe_of(state), &charge), again = ask(stripe_of(state), &charge);
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
	ask(stripe_of(state), &charge);
	pay_on_page(&charge, "declined");
	pay_on_page(&charge, "ok");
	while (next_event(stripe_of(state), &arena, &event) == SC_OK) {
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRIPE_TEST(one_attempt_with_another_amount_is_refused),
		STRIPE_TEST(other_means_for_the_same_attempt_never_pay_twice),
		STRIPE_TEST(a_declined_payment_cannot_be_paid_by_other_means),
		STRIPE_TEST(a_call_back_that_is_refused_without_a_reason_is_unknown),
		STRIPE_TEST(means_that_do_not_exist_are_declined),
		STRIPE_TEST(a_card_number_is_refused_before_anything_is_sent),
		STRIPE_TEST(an_attempt_of_last_week_is_found_by_search_and_not_charged_again),
		STRIPE_TEST(a_refund_of_what_the_search_does_not_show_yet_comes_later),
		STRIPE_TEST(a_refund_that_takes_days_is_asked_about_again),
		STRIPE_TEST(a_hold_on_money_is_captured_in_part_once),
		STRIPE_TEST(money_is_counted_as_stripe_counts_it),
		STRIPE_TEST(old_news_is_told_as_things_stand_now),
		STRIPE_TEST(an_event_that_comes_twice_has_one_id),
		STRIPE_TEST(an_event_that_cannot_be_checked_with_the_provider_is_a_failure),
		STRIPE_TEST(a_refund_tells_its_own_attempt),
		STRIPE_TEST(a_buyer_pays_on_stripes_page),
		STRIPE_TEST(what_a_page_took_is_given_back),
		STRIPE_TEST(a_page_that_was_called_back_takes_nothing),
		STRIPE_TEST(a_page_that_was_paid_cannot_be_called_back),
		STRIPE_TEST(a_page_that_was_made_twice_is_one),
		STRIPE_TEST(events_of_a_page_tell_the_attempt),
	};
	return stripe_run("Stripe, and the life of an attempt", tests, sizeof(tests) / sizeof(tests[0]));
}
