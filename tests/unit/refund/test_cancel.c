/*
 * Cancelling before shipment: some units of an order, all of it, and orders that still wait for their money. Stock,
 * money and ledger follow exactly, whatever happens at the same time.
 */
#include "checkout/market.h"

#include <shopcore/refund.h>

#include <pthread.h>
#include <stdio.h>

#define MINUTE  60000
#define THREADS 32

/* Two mugs and a pot, with tax of 19 % inside and shipping of 490. */
static struct market *bought(void **state)
{
	struct market *m = *state;
	sc_shop_close(m->shop);
	m->shop = NULL;
	m->options.shipping_flat_minor = 490;
	m->options.tax_rate_ppm = 190000;
	m->options.tax_included = true;
	market_restart(m);
	market_cart(m, "mug", 2);
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	return m;
}

static sc_status cancel_as(struct market *m, const sc_call *call, size_t line, int64_t units, sc_refund_answer *out)
{
	const sc_refund_line wish = { market_order(m).lines[line].id, units };
	return sc_order_cancel_lines(m->shop, call, m->placement.order_id, &wish, 1, "not needed", &m->arena, out,
	                             &m->err);
}

static sc_status cancel_units(struct market *m, size_t line, int64_t units)
{
	sc_refund_answer answer;
	return cancel_as(m, &m->buyer, line, units, &answer);
}

static sc_status refund_amount(struct market *m, int64_t amount)
{
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = amount;
	return sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena, &answer, &m->err);
}

static sc_status ship(struct market *m)
{
	return sc_order_ship(m->shop, SC_CALL_SYSTEM, m->placement.order_id, NULL, "T", &m->err);
}

static void tick_some(struct market *m)
{
	for (int i = 0; i < 5; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
}

/* ---- by line ----------------------------------------------------------------------------- */

static void a_unit_goes_back_to_stock_and_its_price_to_the_buyer(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	assert_int_equal(cancel_as(m, &m->buyer, 0, 1, &answer), SC_OK);
	assert_int_equal(answer.amount_minor, 500);
	assert_int_equal(answer.left_minor, 2490);
	assert_int_equal(answer.count, 1);
	assert_true(answer.refunds[0].cancelled);
	assert_level(m, "mug", 10, 0, 1);
	assert_level(m, "pot", 5, 0, 1);
	assert_int_equal(market_order(m).lines[0].cancelled, 1);
	assert_int_equal(market_order(m).lines[1].cancelled, 0);
	tick_some(m);
	assert_money(m, 2990, 500);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_history(m, "order.placed order.confirmed order.reduced refund.done");
	assert_sound(m);
}

static void what_is_left_is_shipped(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_int_equal(ship(m), SC_OK);
	assert_level(m, "mug", 9, 0, 0);
	assert_level(m, "pot", 4, 0, 0);
	tick_some(m);
	assert_money(m, 2990, 500);
	assert_sound(m);
}

static void whoever_cancels_the_last_unit_cancels_the_order(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_int_equal(cancel_units(m, 1, 1), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_level(m, "mug", 10, 0, 0);
	assert_level(m, "pot", 5, 0, 0);
	tick_some(m);
	assert_money(m, 2990, 2990);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_sound(m);
}

static void an_order_that_was_reduced_can_be_cancelled_as_a_whole(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(cancel_units(m, 0, 2), SC_OK);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_level(m, "mug", 10, 0, 0);
	assert_level(m, "pot", 5, 0, 0);
	tick_some(m);
	assert_money(m, 2990, 2990);
	assert_sound(m);
}

static void more_units_than_there_are_left_are_refused(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_int_equal(cancel_units(m, 0, 2), SC_LIMIT_REACHED);
	assert_int_equal(m->err.index, 0);
	assert_int_equal(m->err.wanted, 2);
	assert_int_equal(m->err.available, 1);
	assert_level(m, "mug", 10, 0, 1);
}

static void units_whose_money_went_back_before_are_cancelled_for_nothing(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	assert_int_equal(refund_amount(m, 2990), SC_OK);
	assert_int_equal(cancel_as(m, &m->buyer, 0, 1, &answer), SC_OK);
	assert_int_equal(answer.amount_minor, 0);
	assert_int_equal(answer.refunds[0].payment, 0);
	assert_level(m, "mug", 10, 0, 1);
	tick_some(m);
	assert_money(m, 2990, 2990);
	assert_int_equal(market_order(m).lines[0].cancelled, 1);
	assert_sound(m);
}

static void lines_of_an_order_that_cost_nothing_can_be_cancelled(void **state)
{
	struct market *m = *state;
	market_sku(m, "leaflet", 0, 3);
	market_cart(m, "leaflet", 3);
	assert_int_equal(market_buy(m, "k", NULL), SC_OK);
	assert_int_equal(cancel_units(m, 0, 2), SC_OK);
	assert_level(m, "leaflet", 3, 0, 1);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_level(m, "leaflet", 3, 0, 0);
	assert_sound(m);
}

static void a_refund_that_the_provider_refuses_leaves_the_units_cancelled(void **state)
{
	struct market *m = bought(state);
	sc_refund *list;
	size_t count;
	market_drain(m, 2900);
	assert_int_equal(cancel_units(m, 0, 1), SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_int_equal(
		sc_refund_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &list, &count, &m->err),
		SC_OK);
	assert_int_equal(list[0].state, SC_REFUND_FAILED);
	assert_int_equal(cancel_units(m, 0, 2), SC_LIMIT_REACHED);
	assert_int_equal(market_order(m).lines[0].cancelled, 1);
	assert_int_equal(refund_amount(m, 90), SC_OK);
	assert_int_equal(refund_amount(m, 2901), SC_LIMIT_REACHED);
	assert_int_equal(m->err.available, 2900);
}

static void a_key_makes_a_repeat_harmless(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_call call = m->buyer;
	call.key = "x-1";
	for (int i = 0; i < 3; i++)
		assert_int_equal(cancel_as(m, &call, 0, 1, &answer), SC_OK);
	assert_int_equal(answer.count, 0);
	assert_level(m, "mug", 10, 0, 1);
	assert_int_equal(cancel_as(m, &call, 0, 2, &answer), SC_KEY_REUSED);
	call.key = "x-2";
	assert_int_equal(cancel_units(m, 1, 1), SC_OK);
	for (int i = 0; i < 2; i++) /* the last one: the whole order, under a key as well */
		assert_int_equal(cancel_as(m, &call, 0, 1, &answer), SC_OK);
	assert_status(m, SC_STATUS_CANCELLED);
}

static void what_was_shipped_or_cancelled_has_no_lines_to_cancel(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(ship(m), SC_OK);
	assert_int_equal(cancel_units(m, 0, 1), SC_WRONG_STATE);
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "other"), SC_OK);
	assert_int_equal(cancel_units(m, 0, 1), SC_WRONG_STATE);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_int_equal(cancel_units(m, 0, 1), SC_WRONG_STATE);
}

static void the_input_is_checked_first(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	const char *id = m->placement.order_id;
	const sc_refund_line none = { "none", 1 }, zero = { market_order(m).lines[0].id, 0 };
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve");
	assert_int_equal(sc_order_cancel_lines(m->shop, NULL, id, &none, 1, NULL, &m->arena, &answer, &m->err),
	                 SC_BAD_ARGUMENT);
	assert_int_equal(sc_order_cancel_lines(m->shop, &eve, "x", &none, 1, NULL, &m->arena, &answer, &m->err),
	                 SC_BAD_FORMAT);
	assert_int_equal(sc_order_cancel_lines(m->shop, &eve, id, NULL, 0, NULL, &m->arena, &answer, &m->err),
	                 SC_BAD_ARGUMENT);
	assert_int_equal(sc_order_cancel_lines(m->shop, &m->buyer, id, &zero, 1, NULL, &m->arena, &answer, &m->err),
	                 SC_OUT_OF_RANGE);
	assert_int_equal(sc_order_cancel_lines(m->shop, &m->buyer, id, &none, 1, "\xff", &m->arena, &answer, &m->err),
	                 SC_BAD_TEXT);
	assert_int_equal(sc_order_cancel_lines(m->shop, &eve, id, &none, 1, NULL, &m->arena, &answer, &m->err),
	                 SC_NOT_ALLOWED);
	assert_int_equal(sc_order_cancel_lines(m->shop, &m->buyer, id, &none, 1, NULL, &m->arena, &answer, &m->err),
	                 SC_NOT_FOUND);
}

/* ---- an order that waits for its money ---------------------------------------------------- */

static void an_order_that_waits_for_its_money_can_be_cancelled(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_level(m, "mug", 10, 0, 0);
	assert_int_equal(market_pay(m, "tok_ok"), SC_WRONG_STATE);
	tick_some(m);
	assert_money(m, 0, 0);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_int_equal(market_order(m).payments[0].state, SC_ATTEMPT_VOIDED);
	assert_sound(m);
}

static void money_that_was_on_its_way_to_a_cancelled_order_goes_back(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	tick_some(m);
	assert_money(m, 1000, 1000);
	assert_status(m, SC_STATUS_CANCELLED);
	assert_level(m, "mug", 10, 0, 0);
	assert_sound(m);
}

/* ---- several at once ---------------------------------------------------------------------- */

struct racer {
	struct market *m;
	pthread_t thread;
	int number;
	sc_status status;
	const char *line;
};

static void *take_part(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	sc_refund_answer answer;
	sc_refund_request part = SC_REFUND_REQUEST_INIT;
	const sc_refund_line one = { r->line, 1 };
	const char *order = m->placement.order_id;
	sc_arena arena;
	sc_arena_init(&arena, m->env);
	part.amount_minor = 10;
	do {
		if (r->number % 4 == 0)
			r->status = sc_order_ship(m->shop, SC_CALL_SYSTEM, order, NULL, "T1", NULL);
		else if (r->number % 4 == 1)
			r->status = sc_refund_make(m->shop, SC_CALL_SYSTEM, order, &part, &arena, &answer, NULL);
		else
			r->status = sc_order_cancel_lines(m->shop, &m->buyer, order, &one, 1, NULL, &arena, &answer,
			                                  NULL);
	} while (r->status == SC_CHANGED);
	sc_arena_clear(&arena);
	return NULL;
}

static void cancelling_shipping_and_refunding_at_once_leave_nothing_twice(void **state)
{
	struct market *m = *state;
	struct racer racers[THREADS];
	int cancelled = 0, refunded = 0;
	market_sku(m, "cup", 100, 40);
	market_cart(m, "cup", 40);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	const char *line = market_order(m).lines[0].id;
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ .m = m, .number = i, .line = line };
		assert_int_equal(pthread_create(&racers[i].thread, NULL, take_part, &racers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(racers[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		const bool cancels = i % 4 >= 2;
		assert_true(racers[i].status == SC_OK || (cancels && racers[i].status == SC_WRONG_STATE));
		cancelled += cancels && racers[i].status == SC_OK;
		refunded += i % 4 == 1;
	}
	assert_level(m, "cup", cancelled, 0, 0);
	assert_int_equal(market_order(m).lines[0].cancelled, cancelled);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	sc_refund *list;
	size_t count;
	int64_t back = 0;
	assert_int_equal(
		sc_refund_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &list, &count, &m->err),
		SC_OK);
	for (size_t i = 0; i < count; i++)
		back += list[i].amount_minor;
	assert_int_equal(count, cancelled + refunded);
	assert_money(m, 4000, back);
	assert_sound(m);
}

/* ---- when something fails ---------------------------------------------------------------- */

static void whatever_call_of_the_store_fails_a_repeat_under_the_key_cancels_once(void **state)
{
	static const sc_faulty_op ops[] = { SC_FAULTY_LOAD, SC_FAULTY_RANGE, SC_FAULTY_APPLY };
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE };
	struct market *m = *state;
	sc_refund_answer answer;
	int64_t left = 10;
	market_cart(m, "mug", left);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	const sc_refund_line one = { market_order(m).lines[0].id, 1 };
	for (size_t op = 0; op < 3; op++) {
		for (size_t fault = 0; fault < 3; fault++) {
			char key[16];
			sc_call call = m->buyer;
			snprintf(key, sizeof(key), "k%zu-%zu", op, fault);
			call.key = key;
			assert_int_equal(sc_faulty_script(&m->store, ops[op], 1, faults[fault], SC_OK, &m->err), SC_OK);
			for (int i = 0; i < 2; i++) {
				sc_status status = sc_order_cancel_lines(m->shop, &call, m->placement.order_id, &one, 1,
				                                         NULL, &m->arena, &answer, &m->err);
				assert_true((status == SC_OK) == (i == 1));
			}
			assert_level(m, "mug", 10, 0, --left);
		}
	}
	assert_sound(m);
}

static void each_allocation_fails_in_turn(void **state)
{
	bool failed = true;
	(void)state;
	for (uint64_t nth = 1; failed; nth++) {
		struct market *m = NULL;
		market_up((void **)&m);
		void *made = m;
		bought(&made);
		sc_refund_answer answer;
		const sc_refund_line one = { market_order(m).lines[0].id, 1 };
		sc_call call = m->buyer;
		call.key = "k";
		sc_testkit_env_fail_allocation(m->world, nth, false);
		sc_status status = sc_order_cancel_lines(m->shop, &call, m->placement.order_id, &one, 1, NULL,
		                                         &m->arena, &answer, &m->err);
		failed = sc_testkit_env_has_failed(m->world);
		sc_testkit_env_fail_allocation(m->world, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_level(m, "mug", 10, 0, failed ? 2 : 1);
		void *gone = m;
		market_down(&gone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_unit_goes_back_to_stock_and_its_price_to_the_buyer),
		MARKET_TEST(what_is_left_is_shipped),
		MARKET_TEST(whoever_cancels_the_last_unit_cancels_the_order),
		MARKET_TEST(an_order_that_was_reduced_can_be_cancelled_as_a_whole),
		MARKET_TEST(more_units_than_there_are_left_are_refused),
		MARKET_TEST(units_whose_money_went_back_before_are_cancelled_for_nothing),
		MARKET_TEST(lines_of_an_order_that_cost_nothing_can_be_cancelled),
		MARKET_TEST(a_refund_that_the_provider_refuses_leaves_the_units_cancelled),
		MARKET_TEST(a_key_makes_a_repeat_harmless),
		MARKET_TEST(what_was_shipped_or_cancelled_has_no_lines_to_cancel),
		MARKET_TEST(the_input_is_checked_first),
		MARKET_TEST(an_order_that_waits_for_its_money_can_be_cancelled),
		MARKET_TEST(money_that_was_on_its_way_to_a_cancelled_order_goes_back),
		MARKET_TEST(cancelling_shipping_and_refunding_at_once_leave_nothing_twice),
		MARKET_TEST(whatever_call_of_the_store_fails_a_repeat_under_the_key_cancels_once),
		cmocka_unit_test(each_allocation_fails_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
