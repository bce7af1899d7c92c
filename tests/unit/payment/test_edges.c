/*
 * What goes wrong around money, each with a name: two clicks, a death in between, news in any order, a provider that is
 * away, a hold that ran out. One order, one capture, or everything back.
 */
#include "checkout/market.h"

#include <shopcore/verify.h>

#include <pthread.h>
#include <stdio.h>

enum { EVENTS = 4, ORDERS = 24 };

static size_t findings(struct market *m)
{
	sc_verify *verify = NULL;
	sc_verify_page page = { 0 };
	size_t count = 0;
	assert_int_equal(sc_verify_new(m->shop, SC_CALL_SYSTEM, &verify, &m->err), SC_OK);
	while (!page.finished) {
		assert_int_equal(sc_verify_step(verify, SC_CALL_SYSTEM, 100, &m->arena, &page, &m->err), SC_OK);
		count += page.count;
	}
	sc_verify_free(verify);
	return count;
}

/* ---- news in any order ------------------------------------------------------------------- */

enum event { CLIENT_RETURN, WEBHOOK, WEBHOOK_AGAIN, TICK };

struct courier {
	struct market *m;
	pthread_t thread;
	const enum event *events; /* two of them */
	const sc_fake_webhook *webhook;
};

static void *deliver(void *arg)
{
	struct courier *c = arg;
	struct market *m = c->m;
	for (int i = 0; i < EVENTS / 2; i++) {
		if (c->events[i] == CLIENT_RETURN)
			(void)sc_checkout_pay(m->shop, &m->buyer, m->placement.order_id, NULL, NULL);
		else if (c->events[i] == TICK)
			(void)sc_shop_tick(m->shop, SC_CALL_SYSTEM, NULL, NULL, NULL);
		else
			(void)sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, c->webhook->body, c->webhook->signature,
			                          NULL);
	}
	return NULL;
}

/* An order whose buyer has just taken the step, and the newest webhook about it. */
static void buy_with_a_step(struct market *m, const char *key, sc_fake_webhook *webhook)
{
	sc_id attempt;
	market_cart(m, "cup", 1);
	assert_int_equal(market_buy(m, key, "tok_action"), SC_ACTION_REQUIRED);
	assert_int_equal(sc_id_parse(market_order(m).payments[0].attempt, &attempt), SC_OK);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, attempt, true, &m->err), SC_OK);
	while (sc_fake_gateway_next_webhook(m->fake, &m->arena, webhook, &m->err) == SC_OK)
		continue;
	sc_testkit_env_advance_ms(m->world, 9 * 60000);
}

/* The n-th of all orders of four things. */
static void permute(int n, enum event out[EVENTS])
{
	enum event left[EVENTS] = { CLIENT_RETURN, WEBHOOK, WEBHOOK_AGAIN, TICK };
	for (int i = 0; i < EVENTS; i++) {
		const int choice = n % (EVENTS - i);
		n /= EVENTS - i;
		out[i] = left[choice];
		for (int k = choice; k + 1 < EVENTS - i; k++)
			left[k] = left[k + 1];
	}
}

static void webhook_twice_client_return_and_tick_in_any_order_capture_once(void **state)
{
	struct market *m = *state;
	market_sku(m, "cup", 500, ORDERS);
	for (int n = 0; n < ORDERS; n++) {
		enum event events[EVENTS];
		struct courier couriers[2];
		sc_fake_webhook webhook;
		char key[16];
		snprintf(key, sizeof(key), "k%d", n);
		buy_with_a_step(m, key, &webhook);
		permute(n, events);
		for (int i = 0; i < 2; i++) {
			couriers[i] = (struct courier){ m, 0, events + i * EVENTS / 2, &webhook };
			assert_int_equal(pthread_create(&couriers[i].thread, NULL, deliver, &couriers[i]), 0);
		}
		for (int i = 0; i < 2; i++)
			pthread_join(couriers[i].thread, NULL);
		assert_status(m, SC_STATUS_CONFIRMED);
		assert_money(m, 500, 0);
		assert_history(m, "order.placed payment.step_needed order.confirmed");
		assert_level(m, "cup", ORDERS, 0, n + 1);
	}
	assert_int_equal(findings(m), 0);
}

/* ---- two clicks -------------------------------------------------------------------------- */

struct click {
	struct market *m;
	pthread_t thread;
	sc_status status;
	char order_id[SC_ID_TEXT_SIZE];
};

static void *click_buy(void *arg)
{
	struct click *c = arg;
	struct market *m = c->m;
	sc_call call = m->buyer;
	sc_checkout_request request = m->request;
	sc_placement placement;
	sc_arena arena;
	call.key = "click";
	request.payment_token = "tok_ok";
	sc_arena_init(&arena, m->env);
	do
		c->status = sc_checkout_buy(m->shop, &call, &request, &arena, &placement, NULL);
	while (c->status == SC_IN_PROGRESS);
	if (c->status == SC_OK)
		memcpy(c->order_id, placement.order_id, SC_ID_TEXT_SIZE);
	sc_arena_clear(&arena);
	return NULL;
}

static void a_double_click_on_buy_makes_one_order_and_one_capture(void **state)
{
	struct market *m = *state;
	struct click clicks[2];
	market_cart(m, "mug", 1);
	for (int i = 0; i < 2; i++) {
		clicks[i] = (struct click){ .m = m };
		assert_int_equal(pthread_create(&clicks[i].thread, NULL, click_buy, &clicks[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(clicks[i].thread, NULL);
		assert_int_equal(clicks[i].status, SC_OK);
	}
	assert_string_equal(clicks[0].order_id, clicks[1].order_id);
	m->placement.order_id = clicks[0].order_id;
	assert_money(m, 500, 0);
	assert_level(m, "mug", 10, 0, 1);
}

/* ---- in between -------------------------------------------------------------------------- */

static void a_payment_whose_process_died_before_the_update_is_found_by_tick(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(sc_faulty_script(&m->store, SC_FAULTY_APPLY, 1, SC_FAULT_FAIL, SC_OK, &m->err), SC_OK);
	assert_int_not_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 500, 0);
	market_restart(m);
	assert_status(m, SC_STATUS_PENDING);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_money(m, 500, 0);
	assert_int_equal(findings(m), 0);
}

static void a_price_that_rose_between_cart_and_checkout_is_not_charged_unseen(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	market_price(m, "mug", 600);
	assert_int_equal(market_place(m, "k"), SC_CONSENT_NEEDED);
	m->request.consent = true;
	assert_int_equal(market_buy(m, "k2", "tok_ok"), SC_OK);
	assert_money(m, 600, 0);
}

static void a_provider_that_is_down_for_an_hour_charges_nobody_twice_or_for_nothing(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	sc_fake_gateway_set_down(m->fake, true);
	assert_int_equal(market_pay(m, "tok_ok"), SC_SERVICE_FAILED);
	for (int minute = 0; minute < 60; minute++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	sc_fake_gateway_set_down(m->fake, false);
	assert_int_equal(market_tick_after(m, 3600000), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_money(m, 0, 0);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(findings(m), 0);
}

static void a_hold_that_expires_while_the_buyer_pays_gives_the_money_back_when_the_goods_are_gone(void **state)
{
	struct market *m = *state;
	const sc_stock_change gone = { "pot", NULL, -5 };
	int64_t next_ms;
	size_t expired;
	sc_id attempt;
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k", "tok_action"), SC_ACTION_REQUIRED);
	assert_int_equal(sc_id_parse(market_order(m).payments[0].attempt, &attempt), SC_OK);
	sc_testkit_env_advance_ms(m->world, 3600000);
	assert_int_equal(sc_inventory_expire(m->shop, SC_CALL_SYSTEM, 10, &expired, &next_ms, &m->err), SC_OK);
	assert_int_equal(sc_inventory_adjust(m->shop, SC_CALL_SYSTEM, &gone, 1, "broken", &m->err), SC_OK);
	assert_int_equal(sc_fake_gateway_take_step(m->fake, attempt, true, &m->err), SC_OK);
	assert_int_equal(market_pay(m, NULL), SC_OUT_OF_STOCK);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_money(m, 1500, 1500);
	assert_int_equal(findings(m), 0);
}

/* ---- capture and void -------------------------------------------------------------------- */

struct rival {
	struct market *m;
	pthread_t thread;
	sc_status status;
};

static void *capture_it(void *arg)
{
	struct rival *r = arg;
	r->status = sc_checkout_pay(r->m->shop, &r->m->buyer, r->m->placement.order_id, "tok_ok", NULL);
	return NULL;
}

static void *void_it(void *arg)
{
	struct rival *r = arg;
	do
		r->status = sc_order_cancel(r->m->shop, SC_CALL_SYSTEM, r->m->placement.order_id, NULL, NULL);
	while (r->status == SC_CHANGED);
	return NULL;
}

/* Whoever is first: a cancelled order keeps no money and no goods, also when its capture came through all the same. */
static void a_capture_that_races_with_a_void_leaves_no_money_with_a_cancelled_order(void **state)
{
	struct market *m = *state;
	market_sku(m, "tin", 100, ORDERS);
	for (int i = 0; i < ORDERS; i++) {
		struct rival capture = { .m = m }, voiding = { .m = m };
		char key[8];
		int64_t charged, refunded;
		sc_id id;
		snprintf(key, sizeof(key), "v%d", i);
		market_cart(m, "tin", 1);
		assert_int_equal(market_place(m, key), SC_OK);
		assert_int_equal(pthread_create(&capture.thread, NULL, capture_it, &capture), 0);
		assert_int_equal(pthread_create(&voiding.thread, NULL, void_it, &voiding), 0);
		pthread_join(capture.thread, NULL);
		pthread_join(voiding.thread, NULL);
		assert_int_equal(voiding.status, SC_OK);
		for (int turn = 0; turn < 3; turn++)
			assert_int_equal(market_tick_after(m, 60000), SC_OK);
		assert_status(m, SC_STATUS_CANCELLED);
		assert_int_equal(sc_id_parse(m->placement.order_id, &id), SC_OK);
		assert_int_equal(sc_fake_gateway_order_money(m->fake, id, &charged, &refunded, &m->err), SC_OK);
		assert_int_equal(charged, refunded);
		assert_true(capture.status != SC_OK || charged > 0); /* a cart that was not bought grows */
	}
	assert_level(m, "tin", ORDERS, 0, 0);
	assert_int_equal(findings(m), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(webhook_twice_client_return_and_tick_in_any_order_capture_once),
		MARKET_TEST(a_double_click_on_buy_makes_one_order_and_one_capture),
		MARKET_TEST(a_payment_whose_process_died_before_the_update_is_found_by_tick),
		MARKET_TEST(a_price_that_rose_between_cart_and_checkout_is_not_charged_unseen),
		MARKET_TEST(a_provider_that_is_down_for_an_hour_charges_nobody_twice_or_for_nothing),
		MARKET_TEST(a_hold_that_expires_while_the_buyer_pays_gives_the_money_back_when_the_goods_are_gone),
		MARKET_TEST(a_capture_that_races_with_a_void_leaves_no_money_with_a_cancelled_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
