/* Shipping, delivering, cancelling: each edge, each edge that is not there, and what becomes of stock and money. */
#include "checkout/market.h"

#define MINUTE 60000

static void buy_two_mugs(struct market *m)
{
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
}

static sc_status ship(struct market *m, const char *carrier, const char *tracking)
{
	return sc_order_ship(m->shop, SC_CALL_SYSTEM, m->placement.order_id, carrier, tracking, &m->err);
}

static sc_status deliver(struct market *m)
{
	return sc_order_deliver(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->err);
}

static sc_status cancel(struct market *m, const char *reason)
{
	return sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, reason, &m->err);
}

static void shipped_goods_leave_stock_and_commitment(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(ship(m, "DHL", "T-1"), SC_OK);
	assert_status(m, SC_STATUS_SHIPPED);
	assert_level(m, "mug", 8, 0, 0);
	sc_order order = market_order(m);
	assert_string_equal(order.shipment.carrier, "DHL");
	assert_string_equal(order.shipment.tracking, "T-1");
	assert_int_equal(order.shipment.shipped_ms, m->start_ms);
	assert_history(m, "order.placed order.confirmed order.shipped");
	assert_string_equal(order.history[2].cause, "T-1");
	assert_string_equal(order.history[2].actor, "system");
	assert_string_equal(order.history[0].actor, "u:ada");
}

static void shipping_again_with_the_same_tracking_changes_nothing(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(ship(m, NULL, "T-1"), SC_OK);
	assert_int_equal(ship(m, NULL, "T-1"), SC_OK);
	assert_level(m, "mug", 8, 0, 0);
	assert_int_equal(ship(m, NULL, "T-2"), SC_WRONG_STATE);
	assert_int_equal(deliver(m), SC_OK);
	assert_int_equal(ship(m, NULL, "T-1"), SC_OK);
	assert_status(m, SC_STATUS_DELIVERED);
}

static void a_shipped_order_is_delivered_once(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(deliver(m), SC_WRONG_STATE);
	assert_int_equal(ship(m, NULL, NULL), SC_OK);
	assert_int_equal(deliver(m), SC_OK);
	assert_int_equal(deliver(m), SC_OK);
	assert_status(m, SC_STATUS_DELIVERED);
	assert_history(m, "order.placed order.confirmed order.shipped order.delivered");
}

static void cancelling_gives_stock_and_money_back(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(cancel(m, "changed my mind"), SC_OK);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDING);
	assert_int_equal(market_tick_after(m, 0), SC_OK);
	sc_order order = market_order(m);
	assert_int_equal(order.paid, SC_PAID_REFUNDED);
	assert_int_equal(order.payments[0].state, SC_ATTEMPT_REFUNDED);
	assert_string_equal(order.history[2].cause, "changed my mind");
	assert_money(m, 1000, 1000);
	assert_history(m, "order.placed order.confirmed order.cancelled payment.refunded");
}

static void cancelling_twice_refunds_once(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(cancel(m, NULL), SC_OK);
	assert_int_equal(market_tick_after(m, 0), SC_OK);
	assert_int_equal(cancel(m, NULL), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 1000, 1000);
	assert_level(m, "mug", 10, 0, 0);
}

static void an_order_that_cost_nothing_is_cancelled_without_a_refund(void **state)
{
	struct market *m = *state;
	market_sku(m, "leaflet", 0, 3);
	market_cart(m, "leaflet", 1);
	assert_int_equal(market_buy(m, "k", NULL), SC_OK);
	assert_int_equal(cancel(m, NULL), SC_OK);
	assert_int_equal(market_order(m).paid, SC_PAID_NONE_DUE);
	assert_level(m, "leaflet", 3, 0, 0);
}

static void what_was_held_a_second_time_is_shipped_and_cancelled_alike(void **state)
{
	struct market *m = *state;
	for (int i = 0; i < 2; i++) {
		market_cart(m, "mug", 2);
		assert_int_equal(market_buy(m, i ? "b" : "a", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
		sc_testkit_env_advance_ms(m->world, 11 * MINUTE);
		assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
		assert_level(m, "mug", 10, 0, 2);
		if (i == 0)
			assert_int_equal(cancel(m, NULL), SC_OK);
		else
			assert_int_equal(ship(m, NULL, "T"), SC_OK);
	}
	assert_int_equal(market_tick_after(m, 0), SC_OK);
	assert_level(m, "mug", 8, 0, 0);
}

static void what_is_not_confirmed_is_not_shipped_and_what_failed_not_cancelled(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(ship(m, NULL, NULL), SC_WRONG_STATE);
	assert_int_equal(deliver(m), SC_WRONG_STATE);
	assert_level(m, "mug", 10, 2, 0);
	assert_int_equal(market_tick_after(m, 10 * MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_int_equal(ship(m, NULL, NULL), SC_WRONG_STATE);
	assert_int_equal(cancel(m, NULL), SC_WRONG_STATE);
}

static void what_was_shipped_is_not_cancelled_and_the_other_way_round(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(ship(m, NULL, NULL), SC_OK);
	assert_int_equal(cancel(m, NULL), SC_WRONG_STATE);
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "other", "tok_ok"), SC_OK);
	assert_int_equal(cancel(m, NULL), SC_OK);
	assert_int_equal(ship(m, NULL, NULL), SC_WRONG_STATE);
	assert_int_equal(deliver(m), SC_WRONG_STATE);
}

static void who_may_do_what(void **state)
{
	struct market *m = *state;
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve"), admin = SC_CALL_INIT(SC_ACTOR_ADMIN, "root");
	buy_two_mugs(m);
	const char *id = m->placement.order_id;
	assert_int_equal(sc_order_ship(m->shop, &m->buyer, id, NULL, NULL, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_order_deliver(m->shop, &m->buyer, id, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_order_cancel(m->shop, &eve, id, NULL, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_order_ship(m->shop, &admin, id, NULL, NULL, &m->err), SC_OK);
	assert_string_equal(market_order(m).history[2].actor, "admin:root");
}

static void ids_and_texts_are_checked_first(void **state)
{
	struct market *m = *state;
	char text[SC_NOTE_MAX + 2];
	memset(text, 'a', sizeof(text));
	assert_int_equal(sc_order_ship(m->shop, SC_CALL_SYSTEM, "x", NULL, NULL, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_order_deliver(m->shop, SC_CALL_SYSTEM, NULL, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_order_cancel(m->shop, SC_CALL_SYSTEM, "x", NULL, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_order_ship(m->shop, NULL, "x", NULL, NULL, &m->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_order_deliver(m->shop, NULL, "x", &m->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_checkout_pay(m->shop, NULL, "x", NULL, &m->err), SC_BAD_ARGUMENT);
	const char *nobodys = "00000000-0000-7000-8000-000000000001";
	assert_int_equal(sc_order_ship(m->shop, SC_CALL_SYSTEM, nobodys, NULL, NULL, &m->err), SC_NOT_FOUND);
	assert_int_equal(sc_order_deliver(m->shop, SC_CALL_SYSTEM, nobodys, &m->err), SC_NOT_FOUND);
	assert_int_equal(sc_order_cancel(m->shop, SC_CALL_SYSTEM, nobodys, NULL, &m->err), SC_NOT_FOUND);
	buy_two_mugs(m);
	text[SC_NOTE_MAX + 1] = '\0';
	assert_int_equal(cancel(m, text), SC_OVER_LIMIT);
	text[SC_NOTE_MAX] = '\0';
	assert_int_equal(ship(m, NULL, text), SC_OVER_LIMIT);
	text[SC_ID_TEXT_MAX] = '\0';
	assert_int_equal(ship(m, "\xff", text), SC_BAD_TEXT);
	assert_int_equal(ship(m, text, text), SC_OK);
}

static void a_move_that_others_overtook_is_refused(void **state)
{
	struct market *m = *state;
	buy_two_mugs(m);
	assert_int_equal(sc_faulty_script(&m->store, SC_FAULTY_APPLY, 1, SC_FAULT_LATE, SC_OK, NULL), SC_OK);
	assert_int_equal(ship(m, NULL, "T"), SC_OUTCOME_UNKNOWN);
	assert_int_equal(cancel(m, NULL), SC_OK);
	assert_int_equal(sc_faulty_land(&m->store, NULL, NULL), SC_OK);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_level(m, "mug", 10, 0, 0);
}

static sc_status ship_and_deliver(struct market *m)
{
	sc_status status = ship(m, "DHL", "T");
	return status == SC_OK ? deliver(m) : status;
}

static void each_allocation_fails_in_turn(void **state)
{
	bool failed = true;
	(void)state;
	for (uint64_t nth = 1; failed; nth++) {
		struct market *m = NULL;
		market_up((void **)&m);
		buy_two_mugs(m);
		sc_testkit_env_fail_allocation(m->world, nth, false);
		sc_status status = ship_and_deliver(m);
		failed = sc_testkit_env_has_failed(m->world);
		sc_testkit_env_fail_allocation(m->world, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_int_equal(ship_and_deliver(m), SC_OK);
		assert_level(m, "mug", 8, 0, 0);
		void *gone = m;
		market_down(&gone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(shipped_goods_leave_stock_and_commitment),
		MARKET_TEST(shipping_again_with_the_same_tracking_changes_nothing),
		MARKET_TEST(a_shipped_order_is_delivered_once),
		MARKET_TEST(cancelling_gives_stock_and_money_back),
		MARKET_TEST(cancelling_twice_refunds_once),
		MARKET_TEST(an_order_that_cost_nothing_is_cancelled_without_a_refund),
		MARKET_TEST(what_was_held_a_second_time_is_shipped_and_cancelled_alike),
		MARKET_TEST(what_is_not_confirmed_is_not_shipped_and_what_failed_not_cancelled),
		MARKET_TEST(what_was_shipped_is_not_cancelled_and_the_other_way_round),
		MARKET_TEST(who_may_do_what),
		MARKET_TEST(ids_and_texts_are_checked_first),
		MARKET_TEST(a_move_that_others_overtook_is_refused),
		cmocka_unit_test(each_allocation_fails_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
