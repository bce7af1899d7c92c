/* Webhooks: early, twice, in the wrong order, forged; and that each of them ends in one confirmed order. */
#include "checkout/market.h"

#define MINUTE 60000

static void open_with_webhooks(struct market *m, uint32_t how, int64_t reply_ms)
{
	market_close(m);
	m->fake_options.webhooks = how;
	m->fake_options.reply_ms = reply_ms;
	assert_int_equal(market_open(m, m->env), SC_OK);
	market_sku(m, "mug", 500, 10);
	market_cart(m, "mug", 2);
}

/* Delivers everything that the provider would send by now. */
static int deliver(struct market *m)
{
	sc_fake_webhook webhook;
	int count = 0;
	while (sc_fake_gateway_next_webhook(m->fake, &m->arena, &webhook, NULL) == SC_OK) {
		assert_int_equal(sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, webhook.body, webhook.signature, &m->err),
		                 SC_OK);
		count++;
	}
	return count;
}

static void a_webhook_after_the_answer_is_old_news(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(deliver(m), 2);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_history(m, "order.placed order.confirmed");
}

static void a_webhook_before_the_answer_confirms(void **state)
{
	struct market *m = *state;
	open_with_webhooks(m, SC_FAKE_WEBHOOK_FIRST, 5000);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000;
	assert_int_equal(market_pay(m, "tok_ok"), SC_PAYMENT_UNKNOWN);
	assert_int_equal(deliver(m), 2);
	assert_status(m, SC_STATUS_CONFIRMED);
	m->buyer.deadline_ns = 0;
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 1000, 0);
}

static void twice_and_in_the_wrong_order_is_once(void **state)
{
	struct market *m = *state;
	open_with_webhooks(m, SC_FAKE_WEBHOOK_FIRST | SC_FAKE_WEBHOOK_TWICE | SC_FAKE_WEBHOOK_SHUFFLED, 5000);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000;
	assert_int_equal(market_pay(m, "tok_ok"), SC_PAYMENT_UNKNOWN);
	assert_int_equal(deliver(m), 4);
	assert_level(m, "mug", 10, 0, 2);
	assert_history(m, "order.placed order.confirmed");
}

static void a_decline_by_webhook_makes_room_for_the_next_card(void **state)
{
	struct market *m = *state;
	open_with_webhooks(m, SC_FAKE_WEBHOOK_FIRST | SC_FAKE_WEBHOOK_SHUFFLED, 5000);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000;
	assert_int_equal(market_pay(m, "tok_declined"), SC_PAYMENT_UNKNOWN);
	deliver(m);
	m->buyer.deadline_ns = 0;
	assert_int_equal(market_order(m).payment_count, 2);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 1000, 0);
}

static void a_step_that_was_taken_is_confirmed_by_webhook(void **state)
{
	struct market *m = *state;
	sc_id attempt;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	assert_int_equal(sc_id_parse(market_order(m).payments[0].attempt, &attempt), SC_OK);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, attempt, true, &m->err), SC_OK);
	deliver(m);
	assert_status(m, SC_STATUS_CONFIRMED);
}

static void a_slow_payment_is_confirmed_by_webhook_when_its_buyer_has_gone(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000;
	assert_int_equal(market_pay(m, "tok_slow"), SC_PAYMENT_UNKNOWN);
	deliver(m);
	assert_status(m, SC_STATUS_PENDING);
	sc_testkit_env_advance_ms(m->world, 31000);
	deliver(m);
	assert_status(m, SC_STATUS_CONFIRMED);
}

static void a_refund_is_done_by_webhook_too(void **state)
{
	struct market *m = *state;
	open_with_webhooks(m, SC_FAKE_WEBHOOK_FIRST, 0);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	deliver(m);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_int_equal(deliver(m), 1);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_money(m, 1000, 1000);
	assert_history(m, "order.placed order.confirmed order.cancelled payment.refunded");
}

static void a_forged_webhook_is_refused(void **state)
{
	struct market *m = *state;
	sc_fake_webhook webhook;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(sc_fake_gateway_next_webhook(m->fake, &m->arena, &webhook, NULL), SC_OK);
	char *body = sc_arena_dup(&m->arena, webhook.body.data, webhook.body.size);
	body[5] ^= 1;
	const sc_bytes forged = { body, webhook.body.size };
	assert_int_equal(sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, forged, webhook.signature, &m->err),
	                 SC_BAD_SIGNATURE);
	assert_int_equal(sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, webhook.body, NULL, &m->err), SC_BAD_SIGNATURE);
	assert_int_equal(sc_checkout_webhook(m->shop, &m->buyer, webhook.body, webhook.signature, &m->err),
	                 SC_NOT_ALLOWED);
}

static void a_webhook_about_no_order_of_ours_is_not_found(void **state)
{
	struct market *m = *state;
	sc_fake_webhook webhook;
	struct market *other = NULL;
	assert_int_equal(market_up((void **)&other), 0);
	market_cart(other, "mug", 2);
	sc_testkit_env_advance_ms(other->world, 5);
	assert_int_equal(market_buy(other, "k", "tok_ok"), SC_OK);
	assert_int_equal(sc_fake_gateway_next_webhook(other->fake, &other->arena, &webhook, NULL), SC_OK);
	assert_int_equal(sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, webhook.body, webhook.signature, &m->err),
	                 SC_NOT_FOUND);
	void *gone = other;
	market_down(&gone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_webhook_after_the_answer_is_old_news),
		MARKET_TEST(a_webhook_before_the_answer_confirms),
		MARKET_TEST(twice_and_in_the_wrong_order_is_once),
		MARKET_TEST(a_decline_by_webhook_makes_room_for_the_next_card),
		MARKET_TEST(a_step_that_was_taken_is_confirmed_by_webhook),
		MARKET_TEST(a_slow_payment_is_confirmed_by_webhook_when_its_buyer_has_gone),
		MARKET_TEST(a_refund_is_done_by_webhook_too),
		MARKET_TEST(a_forged_webhook_is_refused),
		MARKET_TEST(a_webhook_about_no_order_of_ours_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
