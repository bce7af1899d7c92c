/* Paying: each token of the fake gateway, attempts, steps, silence, and what tick finds later. */
#include "checkout/market.h"

#include <shopcore/cart.h>

#define MINUTE 60000

static void a_good_card_confirms_the_order(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_level(m, "mug", 10, 0, 2);
	assert_money(m, 1000, 0);
	assert_history(m, "order.placed order.confirmed");
}

static void a_placed_order_waits_with_its_stock_held(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_status(m, SC_STATUS_PENDING);
	assert_level(m, "mug", 10, 2, 0);
	assert_money(m, 0, 0);
}

static void paying_again_changes_nothing(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_int_equal(market_pay(m, NULL), SC_OK);
	assert_money(m, 1000, 0);
	assert_level(m, "mug", 10, 0, 2);
}

static void a_confirmed_order_takes_what_was_bought_out_of_the_cart(void **state)
{
	struct market *m = *state;
	sc_cart cart;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	market_cart(m, "pot", 1);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_int_equal(sc_cart_get(m->shop, &m->buyer, NULL, &m->arena, &cart, &m->err), SC_OK);
	assert_int_equal(cart.line_count, 1);
	assert_string_equal(cart.lines[0].sku, "pot");
}

static void a_declined_card_leaves_the_order_pending_and_the_next_one_pays(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_declined"), SC_DECLINED);
	assert_status(m, SC_STATUS_PENDING);
	assert_level(m, "mug", 10, 2, 0);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	sc_order order = market_order(m);
	assert_int_equal(order.payment_count, 2);
	assert_int_equal(order.payments[0].state, SC_ATTEMPT_DECLINED);
	assert_string_equal(order.payments[0].decline_code, "card_declined");
	assert_int_equal(order.payments[1].state, SC_ATTEMPT_CAPTURED);
	assert_money(m, 1000, 0);
	assert_history(m, "order.placed payment.declined order.confirmed");
}

static void when_attempts_run_out_the_order_failed_and_the_stock_is_free(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(market_pay(m, "tok_declined"), SC_DECLINED);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(market_pay(m, "tok_ok"), SC_WRONG_STATE);
	assert_money(m, 0, 0);
}

static sc_id newest_attempt(struct market *m)
{
	sc_id id;
	sc_order order = market_order(m);
	assert_int_equal(sc_id_parse(order.payments[order.payment_count - 1].attempt, &id), SC_OK);
	return id;
}

static void a_step_is_asked_for_and_the_buyer_returns_from_it(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	sc_order order = market_order(m);
	assert_int_equal(order.payments[0].state, SC_ATTEMPT_NEEDS_STEP);
	assert_true(strncmp(order.payments[0].step_url, "https://", 8) == 0);
	assert_int_equal(market_pay(m, NULL), SC_ACTION_REQUIRED);
	assert_int_equal(market_pay(m, "tok_action"), SC_ACTION_REQUIRED);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, newest_attempt(m), true, &m->err), SC_OK);
	assert_int_equal(market_pay(m, NULL), SC_OK);
	assert_int_equal(market_order(m).payment_count, 1);
	assert_money(m, 1000, 0);
}

static void a_refused_step_is_a_decline(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, newest_attempt(m), false, &m->err), SC_OK);
	assert_int_equal(market_pay(m, NULL), SC_DECLINED);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 1000, 0);
}

static void another_card_calls_an_open_step_back(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	sc_id first = newest_attempt(m);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, first, true, &m->err), SC_WRONG_STATE);
	sc_order order = market_order(m);
	assert_int_equal(order.payments[0].state, SC_ATTEMPT_VOIDED);
	assert_money(m, 1000, 0);
}

static void a_step_that_nobody_takes_ends_with_the_order(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	sc_id attempt = newest_attempt(m);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PENDING);
	assert_int_equal(market_tick_after(m, 10 * MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, attempt, true, &m->err), SC_WRONG_STATE);
}

static void silence_after_a_charge_is_unknown_and_tick_confirms(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	assert_status(m, SC_STATUS_PENDING);
	assert_level(m, "mug", 10, 2, 0);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_level(m, "mug", 10, 0, 2);
	assert_money(m, 1000, 0);
}

static void silence_after_a_charge_is_resolved_by_the_buyer_too(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 1000, 0);
}

static void silence_without_a_charge_is_unknown_and_time_ends_it(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_silent_free"), SC_PAYMENT_UNKNOWN);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PENDING);
	assert_int_equal(market_tick_after(m, 10 * MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_level(m, "mug", 10, 0, 0);
	assert_money(m, 0, 0);
}

static void a_card_that_never_answers_costs_the_shops_patience_and_no_more(void **state)
{
	struct market *m = *state;
	market_close(m);
	m->fake_options.silence_ms = SC_NEVER;
	assert_int_equal(market_open(m, m->env), SC_OK);
	market_sku(m, "mug", 500, 10);
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	int64_t before = m->env->mono_ns(m->env->ctx);
	assert_int_equal(market_pay(m, "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	int64_t waited_ms = (m->env->mono_ns(m->env->ctx) - before) / 1000000;
	assert_in_range(waited_ms, 29999, 30010);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
}

static void a_slow_card_is_waited_for(void **state)
{
	struct market *m = *state;
	market_close(m);
	m->fake_options.slow_ms = 20000;
	assert_int_equal(market_open(m, m->env), SC_OK);
	market_sku(m, "mug", 500, 10);
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_slow"), SC_OK);
	assert_money(m, 1000, 0);
}

static void a_deadline_ends_the_wait_and_tick_finds_the_charge(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000000;
	assert_int_equal(market_pay(m, "tok_slow"), SC_PAYMENT_UNKNOWN);
	m->buyer.deadline_ns = 0;
	assert_int_equal(market_pay(m, "tok_slow"), SC_IN_PROGRESS);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_money(m, 1000, 0);
}

static void past_its_deadline_nothing_is_sent(void **state)
{
	struct market *m = *state;
	sc_fake_booking *books;
	size_t count;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx);
	assert_int_equal(market_pay(m, "tok_ok"), SC_DEADLINE);
	assert_int_equal(sc_fake_gateway_books(m->fake, &m->arena, &books, &count, &m->err), SC_OK);
	assert_int_equal(count, 0);
}

static void a_provider_that_is_down_is_a_failure_and_the_same_call_works_later(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	sc_fake_gateway_set_down(m->fake, true);
	assert_int_equal(market_pay(m, "tok_ok"), SC_SERVICE_FAILED);
	assert_status(m, SC_STATUS_PENDING);
	sc_fake_gateway_set_down(m->fake, false);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
}

static void while_the_provider_is_down_no_order_ends(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	sc_fake_gateway_set_down(m->fake, true);
	for (int i = 0; i < 40; i++)
		(void)market_tick_after(m, MINUTE);
	assert_status(m, SC_STATUS_PENDING);
	sc_fake_gateway_set_down(m->fake, false);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_level(m, "mug", 10, 0, 2);
}

static void money_is_due_and_there_is_no_token(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", NULL), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "token");
}

static void an_order_that_costs_nothing_confirms_without_the_provider(void **state)
{
	struct market *m = *state;
	sc_fake_booking *books;
	size_t count;
	market_sku(m, "leaflet", 0, 3);
	market_cart(m, "leaflet", 1);
	assert_int_equal(market_buy(m, "k", NULL), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_int_equal(market_order(m).paid, SC_PAID_NONE_DUE);
	assert_level(m, "leaflet", 3, 0, 1);
	assert_int_equal(sc_fake_gateway_books(m->fake, &m->arena, &books, &count, &m->err), SC_OK);
	assert_int_equal(count, 0);
}

static void an_order_that_costs_nothing_is_confirmed_by_tick_when_its_buyer_left(void **state)
{
	struct market *m = *state;
	market_sku(m, "leaflet", 0, 3);
	market_cart(m, "leaflet", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
}

static void an_order_that_nobody_pays_fails_when_its_time_is_over(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PENDING);
	assert_int_equal(market_tick_after(m, 10 * MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(market_pay(m, "tok_ok"), SC_WRONG_STATE);
	assert_money(m, 0, 0);
}

/* The charge went silent, and before anybody finds it the hold lapses. */
static void lose_the_hold(struct market *m)
{
	market_cart(m, "mug", 8);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	sc_testkit_env_advance_ms(m->world, 11 * MINUTE);
	assert_int_equal(sc_inventory_expire(m->shop, SC_CALL_SYSTEM, 10, NULL, NULL, &m->err), SC_OK);
	assert_level(m, "mug", 10, 0, 0);
}

static void a_late_charge_holds_again_when_there_is_stock(void **state)
{
	struct market *m = *state;
	lose_the_hold(m);
	assert_int_equal(market_tick_after(m, 0), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_level(m, "mug", 10, 0, 8);
	assert_money(m, 4000, 0);
}

static void a_lapsed_hold_that_nobody_swept_does_not_stand_in_its_own_way(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 10);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	sc_testkit_env_advance_ms(m->world, 11 * MINUTE);
	assert_level(m, "mug", 10, 10, 0);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_level(m, "mug", 10, 0, 10);
}

static void take_the_stock(struct market *m)
{
	const sc_stock_change taken = { "mug", NULL, -5 };
	assert_int_equal(sc_inventory_adjust(m->shop, SC_CALL_SYSTEM, &taken, 1, "breakage", &m->err), SC_OK);
}

static void a_late_charge_is_refunded_when_the_goods_are_gone(void **state)
{
	struct market *m = *state;
	lose_the_hold(m);
	take_the_stock(m);
	(void)market_tick_after(m, 0);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	(void)market_tick_after(m, MINUTE);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_money(m, 4000, 4000);
	assert_level(m, "mug", 5, 0, 0);
	assert_history(m, "order.placed payment.refunding payment.refunded");
}

static void a_buyer_who_comes_too_late_is_told_that_the_goods_are_gone(void **state)
{
	struct market *m = *state;
	lose_the_hold(m);
	take_the_stock(m);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OUT_OF_STOCK);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDING);
}

static void by_policy_a_lapsed_hold_is_refunded_at_once(void **state)
{
	struct market *m = *state;
	m->options.lapsed_policy = SC_LAPSED_REFUND;
	market_restart(m);
	lose_the_hold(m);
	(void)market_tick_after(m, 0);
	(void)market_tick_after(m, MINUTE);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_money(m, 4000, 4000);
	assert_level(m, "mug", 10, 0, 0);
}

static void a_refund_that_cannot_be_sent_is_tried_until_it_is_done(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	sc_fake_gateway_set_down(m->fake, true);
	for (int i = 0; i < 3; i++)
		(void)market_tick_after(m, MINUTE);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDING);
	sc_fake_gateway_set_down(m->fake, false);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_money(m, 1000, 1000);
}

static void an_order_of_somebody_else_is_not_paid_for(void **state)
{
	struct market *m = *state;
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve");
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(sc_checkout_pay(m->shop, &eve, m->placement.order_id, "tok_ok", &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_checkout_pay(m->shop, &eve, "nonsense", "tok_ok", &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_checkout_pay(m->shop, &eve, "00000000-0000-7000-8000-000000000001", "tok_ok", &m->err),
	                 SC_NOT_FOUND);
}

static void a_token_longer_than_the_limit_is_refused(void **state)
{
	struct market *m = *state;
	char token[SC_TOKEN_MAX + 2];
	memset(token, 't', sizeof(token));
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	token[SC_TOKEN_MAX + 1] = '\0';
	assert_int_equal(market_pay(m, token), SC_OVER_LIMIT);
	token[SC_TOKEN_MAX] = '\0';
	assert_int_equal(market_pay(m, token), SC_DECLINED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_good_card_confirms_the_order),
		MARKET_TEST(a_placed_order_waits_with_its_stock_held),
		MARKET_TEST(paying_again_changes_nothing),
		MARKET_TEST(a_confirmed_order_takes_what_was_bought_out_of_the_cart),
		MARKET_TEST(a_declined_card_leaves_the_order_pending_and_the_next_one_pays),
		MARKET_TEST(when_attempts_run_out_the_order_failed_and_the_stock_is_free),
		MARKET_TEST(a_step_is_asked_for_and_the_buyer_returns_from_it),
		MARKET_TEST(a_refused_step_is_a_decline),
		MARKET_TEST(another_card_calls_an_open_step_back),
		MARKET_TEST(a_step_that_nobody_takes_ends_with_the_order),
		MARKET_TEST(silence_after_a_charge_is_unknown_and_tick_confirms),
		MARKET_TEST(silence_after_a_charge_is_resolved_by_the_buyer_too),
		MARKET_TEST(silence_without_a_charge_is_unknown_and_time_ends_it),
		MARKET_TEST(a_card_that_never_answers_costs_the_shops_patience_and_no_more),
		MARKET_TEST(a_slow_card_is_waited_for),
		MARKET_TEST(a_deadline_ends_the_wait_and_tick_finds_the_charge),
		MARKET_TEST(past_its_deadline_nothing_is_sent),
		MARKET_TEST(a_provider_that_is_down_is_a_failure_and_the_same_call_works_later),
		MARKET_TEST(while_the_provider_is_down_no_order_ends),
		MARKET_TEST(money_is_due_and_there_is_no_token),
		MARKET_TEST(an_order_that_costs_nothing_confirms_without_the_provider),
		MARKET_TEST(an_order_that_costs_nothing_is_confirmed_by_tick_when_its_buyer_left),
		MARKET_TEST(an_order_that_nobody_pays_fails_when_its_time_is_over),
		MARKET_TEST(a_late_charge_holds_again_when_there_is_stock),
		MARKET_TEST(a_lapsed_hold_that_nobody_swept_does_not_stand_in_its_own_way),
		MARKET_TEST(a_late_charge_is_refunded_when_the_goods_are_gone),
		MARKET_TEST(a_buyer_who_comes_too_late_is_told_that_the_goods_are_gone),
		MARKET_TEST(by_policy_a_lapsed_hold_is_refunded_at_once),
		MARKET_TEST(a_refund_that_cannot_be_sent_is_tried_until_it_is_done),
		MARKET_TEST(an_order_of_somebody_else_is_not_paid_for),
		MARKET_TEST(a_token_longer_than_the_limit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
