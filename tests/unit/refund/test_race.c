/*
 * Many at once: whoever refunds sees what the others have left, and nobody gives back a cent twice.
 */
#include "checkout/market.h"

#include <shopcore/refund.h>

#include <pthread.h>

#define THREADS 32

struct racer {
	struct market *m;
	pthread_t thread;
	int number;
	sc_status status;
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

static void *refund_some(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	sc_arena arena;
	sc_arena_init(&arena, m->env);
	request.amount_minor = 70;
	r->status = sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &arena, &answer, NULL);
	sc_arena_clear(&arena);
	return NULL;
}

static void thirty_two_who_refund_one_order_give_back_what_there_is(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	int done = 0;
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	race(m, racers, refund_some);
	for (int i = 0; i < THREADS; i++) {
		if (racers[i].status == SC_OK)
			done++;
		else
			assert_int_equal(racers[i].status, SC_LIMIT_REACHED);
	}
	assert_int_equal(done, 1500 / 70);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_money(m, 1500, 1500 / 70 * 70);
}

static void *refund_or_cancel(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	if (r->number % 4 != 0)
		return refund_some(arg);
	do
		r->status = sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, NULL);
	while (r->status == SC_CHANGED);
	return NULL;
}

static void refunds_and_a_cancellation_together_give_back_everything_once(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	race(m, racers, refund_or_cancel);
	for (int i = 0; i < 2 * THREADS; i++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 1500, 1500);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_level(m, "pot", 5, 0, 0);
}

static void *ship_or_cancel(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	const char *order = m->placement.order_id;
	do
		r->status = r->number % 2 == 0 ? sc_order_ship(m->shop, SC_CALL_SYSTEM, order, NULL, "T1", NULL)
		                               : sc_order_cancel(m->shop, &m->buyer, order, NULL, NULL);
	while (r->status == SC_CHANGED);
	return NULL;
}

static void of_shipping_and_cancelling_one_wins_and_money_follows(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	race(m, racers, ship_or_cancel);
	const bool shipped = racers[0].status == SC_OK;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(racers[i].status, (i % 2 == 0) == shipped ? SC_OK : SC_WRONG_STATE);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 1500, shipped ? 0 : 1500);
	assert_level(m, "pot", shipped ? 4 : 5, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(thirty_two_who_refund_one_order_give_back_what_there_is),
		MARKET_TEST(refunds_and_a_cancellation_together_give_back_everything_once),
		MARKET_TEST(of_shipping_and_cancelling_one_wins_and_money_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
