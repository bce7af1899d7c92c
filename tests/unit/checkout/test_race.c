/*
 * Many threads at one order, and many buyers at one shelf: whoever comes first moves the order, all
 * others find it moved. The clock stands still, so nothing here depends on how fast the machine is.
 */
#include "checkout/market.h"

#include <shopcore/cart.h>

#include <pthread.h>
#include <stdio.h>

#define THREADS 8

struct racer {
	struct market *m;
	pthread_t thread;
	int number;
	sc_status status;
	char order_id[SC_ID_TEXT_SIZE];
};

static void race(struct market *m, struct racer *racers, void *(*run)(void *))
{
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ .m = m, .number = i };
		assert_int_equal(pthread_create(&racers[i].thread, NULL, run, &racers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(racers[i].thread, NULL);
}

static void *pay_it(void *arg)
{
	struct racer *r = arg;
	do
		r->status = sc_checkout_pay(r->m->shop, &r->m->buyer, r->m->placement.order_id, "tok_ok", NULL);
	while (r->status == SC_IN_PROGRESS);
	return NULL;
}

static void eight_who_pay_one_order_pay_it_once(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	for (int round = 0; round < 5; round++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", round);
		market_cart(m, "mug", 1);
		assert_int_equal(market_place(m, key), SC_OK);
		race(m, racers, pay_it);
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(racers[i].status, SC_OK);
		assert_money(m, 500, 0);
		assert_history(m, "order.placed order.confirmed");
		assert_level(m, "mug", 10, 0, round + 1);
	}
}

/* Buyer, webhook and tick, all at the same order. */
static void *settle_it(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	sc_fake_webhook webhook;
	sc_arena arena;
	sc_arena_init(&arena, m->env);
	if (r->number % 3 == 0)
		r->status = sc_checkout_pay(m->shop, &m->buyer, m->placement.order_id, NULL, NULL);
	else if (r->number % 3 == 1)
		r->status = sc_shop_tick(m->shop, SC_CALL_SYSTEM, NULL, NULL, NULL);
	else
		while (sc_fake_gateway_next_webhook(m->fake, &arena, &webhook, NULL) == SC_OK)
			r->status = sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, webhook.body, webhook.signature, NULL);
	sc_arena_clear(&arena);
	return NULL;
}

static void buyer_webhook_and_tick_confirm_once_together(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	sc_id attempt;
	for (int round = 0; round < 5; round++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", round);
		market_cart(m, "mug", 1);
		assert_int_equal(market_buy(m, key, "tok_action"), SC_ACTION_REQUIRED);
		assert_int_equal(sc_id_parse(market_order(m).payments[0].attempt, &attempt), SC_OK);
		assert_int_equal(sc_fake_gateway_take_step(m->fake, attempt, true, &m->err), SC_OK);
		sc_testkit_env_advance_ms(m->world, 9 * 60000);
		race(m, racers, settle_it);
		assert_status(m, SC_STATUS_CONFIRMED);
		assert_money(m, 500, 0);
		assert_history(m, "order.placed payment.step_needed order.confirmed");
	}
	assert_level(m, "mug", 10, 0, 5);
}

static void *place_it(void *arg)
{
	struct racer *r = arg;
	sc_call call = r->m->buyer;
	sc_placement placement;
	sc_arena arena;
	call.key = "k";
	sc_arena_init(&arena, r->m->env);
	r->status = sc_checkout_place(r->m->shop, &call, &r->m->request, &arena, &placement, NULL);
	if (r->status == SC_OK)
		memcpy(r->order_id, placement.order_id, SC_ID_TEXT_SIZE);
	sc_arena_clear(&arena);
	return NULL;
}

static void one_key_makes_one_order_even_of_the_last_units(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	market_cart(m, "mug", 10);
	race(m, racers, place_it);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(racers[i].status, SC_OK);
		assert_string_equal(racers[i].order_id, racers[0].order_id);
	}
	assert_level(m, "mug", 10, 10, 0);
}

/* A buyer of its own for each thread. */
static void *buy_one(void *arg)
{
	struct racer *r = arg;
	char name[16];
	snprintf(name, sizeof(name), "buyer-%d", r->number);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
	const sc_cart_item item = { .sku = "pot", .quantity = 1 };
	sc_checkout_request request = r->m->request;
	sc_placement placement;
	sc_cart cart;
	sc_arena arena;
	sc_arena_init(&arena, r->m->env);
	request.payment_token = "tok_ok";
	r->status = sc_cart_add(r->m->shop, &call, NULL, &item, 1, &arena, &cart, NULL);
	call.key = "k";
	if (r->status == SC_OK)
		r->status = sc_checkout_buy(r->m->shop, &call, &request, &arena, &placement, NULL);
	sc_arena_clear(&arena);
	return NULL;
}

static void eight_buyers_of_five_pots_get_five(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	int sold = 0, refused = 0;
	race(m, racers, buy_one);
	for (int i = 0; i < THREADS; i++) {
		sold += racers[i].status == SC_OK;
		refused += racers[i].status == SC_OUT_OF_STOCK;
	}
	assert_int_equal(sold, 5);
	assert_int_equal(refused, 3);
	assert_level(m, "pot", 5, 0, 5);
}

static void *pay_slowly(void *arg)
{
	struct racer *r = arg;
	r->status = sc_checkout_pay(r->m->shop, &r->m->buyer, r->m->placement.order_id, "tok_slow", NULL);
	return NULL;
}

/* The clock stands still: had anybody to wait for the slow one, this would never end. */
static void a_card_that_takes_half_a_minute_delays_no_other_buyer_of_the_same_sku(void **state)
{
	struct market *m = *state;
	struct racer slow = { .m = m }, quick[THREADS];
	market_close(m);
	sc_testkit_env_jump_when_parked(m->world, false);
	m->options.payment_patience_ms = 60000;
	assert_int_equal(market_open(m, m->env), SC_OK);
	market_sku(m, "pot", 1500, THREADS + 1);
	market_cart(m, "pot", 1);
	assert_int_equal(market_place(m, "slow"), SC_OK);
	assert_int_equal(pthread_create(&slow.thread, NULL, pay_slowly, &slow), 0);
	race(m, quick, buy_one);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(quick[i].status, SC_OK);
	assert_int_equal(m->env->wall_ms(m->env->ctx), SC_TESTKIT_START_MS);
	do
		sc_testkit_env_advance_ms(m->world, 30000);
	while (pthread_tryjoin_np(slow.thread, NULL) != 0);
	assert_true(slow.status == SC_OK || slow.status == SC_PAYMENT_UNKNOWN);
	assert_level(m, "pot", THREADS + 1, slow.status == SC_OK ? 0 : 1, THREADS + (slow.status == SC_OK));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(eight_who_pay_one_order_pay_it_once),
		MARKET_TEST(buyer_webhook_and_tick_confirm_once_together),
		MARKET_TEST(one_key_makes_one_order_even_of_the_last_units),
		MARKET_TEST(eight_buyers_of_five_pots_get_five),
		MARKET_TEST(a_card_that_takes_half_a_minute_delays_no_other_buyer_of_the_same_sku),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
