/*
 * Refunds of a whole shop: durable before they are sent, sent by tick, exact in any order of steps, and booked in a
 * ledger that adds up to zero.
 */
#include "checkout/market.h"

#include <shopcore/ledger.h>
#include <shopcore/refund.h>
#include <shopcore/verify.h>

#include <stdio.h>

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

static sc_status refund(struct market *m, sc_refund_request request, sc_refund_answer *out)
{
	return sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena, out, &m->err);
}

static sc_status refund_amount(struct market *m, int64_t amount)
{
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = amount;
	return refund(m, request, &answer);
}

static sc_status refund_rest(struct market *m)
{
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.rest = true;
	return refund(m, request, &answer);
}

static sc_refund_request of_line(struct market *m, sc_refund_line *line, size_t at, int64_t quantity)
{
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	*line = (sc_refund_line){ market_order(m).lines[at].id, quantity };
	request.lines = line;
	request.line_count = 1;
	return request;
}

static sc_refund refund_at(struct market *m, size_t at)
{
	sc_refund *list;
	size_t count;
	assert_int_equal(
		sc_refund_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &list, &count, &m->err),
		SC_OK);
	assert_true(at < count);
	return list[at];
}

static void assert_state(struct market *m, size_t at, sc_refund_state state)
{
	assert_string_equal(sc_refund_state_name(refund_at(m, at).state), sc_refund_state_name(state));
}

/* What all entries together say of one account; each entry is looked at for its own sum. */
static int64_t booked(struct market *m, const char *account)
{
	sc_ledger_entry *entries;
	size_t count;
	int64_t sum = 0;
	assert_int_equal(
		sc_ledger_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &entries, &count, &m->err),
		SC_OK);
	for (size_t i = 0; i < count; i++) {
		int64_t even = 0;
		for (size_t k = 0; k < entries[i].count; k++) {
			even += entries[i].postings[k].amount_minor;
			if (strcmp(entries[i].postings[k].account, account) == 0)
				sum += entries[i].postings[k].amount_minor;
		}
		assert_int_equal(even, 0);
	}
	return sum;
}

static void assert_nothing_booked(struct market *m)
{
	static const char *const accounts[] = { "provider", "shop", "shipping", "tax", "buyer" };
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		assert_int_equal(booked(m, accounts[i]), 0);
}

/* ---- what goes back ---------------------------------------------------------------------- */

static void a_unit_goes_back_for_what_was_paid_for_it(void **state)
{
	struct market *m = bought(state);
	sc_refund_line line;
	sc_refund_answer answer;
	assert_int_equal(refund(m, of_line(m, &line, 0, 1), &answer), SC_OK);
	assert_int_equal(answer.count, 1);
	assert_int_equal(answer.amount_minor, 500);
	assert_int_equal(answer.left_minor, 2490);
	assert_int_equal(answer.refunds[0].tax_minor, 80);
	assert_int_equal(answer.refunds[0].parts[0].quantity, 1);
	assert_int_equal(answer.refunds[0].shipping_minor, 0);
}

static void shipping_goes_back_with_its_tax(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.shipping = true;
	assert_int_equal(refund(m, request, &answer), SC_OK);
	assert_int_equal(answer.amount_minor, 490);
	assert_int_equal(answer.refunds[0].shipping_minor, 490);
	assert_int_equal(answer.refunds[0].tax_minor, market_order(m).tax_minor - market_order(m).lines[0].tax_minor -
	                                                      market_order(m).lines[1].tax_minor);
}

static void an_amount_is_spread_over_lines_and_shipping(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = 299;
	assert_int_equal(refund(m, request, &answer), SC_OK);
	assert_int_equal(answer.refunds[0].part_count, 3);
	assert_int_equal(answer.refunds[0].parts[0].amount_minor, 100);
	assert_int_equal(answer.refunds[0].parts[1].amount_minor, 150);
	assert_int_equal(answer.refunds[0].shipping_minor, 49);
}

static void a_share_is_rounded_down_so_that_shares_never_exceed_the_whole(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.share_ppm = 333333;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(refund(m, request, &answer), SC_OK);
		assert_int_equal(answer.amount_minor, 996);
	}
	assert_int_equal(answer.left_minor, 2);
}

static void whatever_the_steps_they_end_at_exactly_zero(void **state)
{
	struct market *m = bought(state);
	sc_refund_line line;
	sc_refund_answer answer;
	assert_int_equal(refund_amount(m, 777), SC_OK);
	assert_int_equal(refund(m, of_line(m, &line, 0, 1), &answer), SC_OK);
	assert_int_equal(refund_amount(m, 1), SC_OK);
	assert_int_equal(refund(m, of_line(m, &line, 1, 1), &answer), SC_OK);
	assert_int_equal(refund_rest(m), SC_OK);
	assert_int_equal(refund_amount(m, 1), SC_LIMIT_REACHED);
	assert_int_equal(m->err.available, 0);
	for (int i = 0; i < 6; i++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 2990, 2990);
	assert_nothing_booked(m);
	assert_status(m, SC_STATUS_CONFIRMED);
}

static void above_the_rest_is_refused_with_what_remains(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 2000), SC_OK);
	assert_int_equal(refund_amount(m, 991), SC_LIMIT_REACHED);
	assert_int_equal(m->err.wanted, 991);
	assert_int_equal(m->err.available, 990);
	assert_int_equal(refund_amount(m, 990), SC_OK);
}

static void more_units_than_are_left_are_refused_with_how_many_remain(void **state)
{
	struct market *m = bought(state);
	sc_refund_line line;
	sc_refund_answer answer;
	assert_int_equal(refund(m, of_line(m, &line, 0, 1), &answer), SC_OK);
	assert_int_equal(refund(m, of_line(m, &line, 0, 2), &answer), SC_LIMIT_REACHED);
	assert_int_equal(m->err.index, 0);
	assert_int_equal(m->err.wanted, 2);
	assert_int_equal(m->err.available, 1);
}

static void a_plan_changes_nothing(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.rest = true;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sc_refund_plan(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena,
		                                &answer, &m->err),
		                 SC_OK);
		assert_int_equal(answer.amount_minor, 2990);
		assert_int_equal(answer.left_minor, 0);
	}
}

/* ---- what is refused --------------------------------------------------------------------- */

static void a_request_says_one_thing(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund_request nothing = SC_REFUND_REQUEST_INIT, both = SC_REFUND_REQUEST_INIT;
	both.rest = true;
	both.amount_minor = 5;
	assert_int_equal(refund(m, nothing, &answer), SC_BAD_ARGUMENT);
	assert_int_equal(refund(m, both, &answer), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "request");
	assert_int_equal(refund_amount(m, -1), SC_OUT_OF_RANGE);
	assert_int_equal(refund_amount(m, SC_AMOUNT_MAX + 1), SC_OUT_OF_RANGE);
	assert_int_equal(refund_amount(m, SC_AMOUNT_MAX), SC_LIMIT_REACHED);
}

static void a_line_of_another_order_is_not_found(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	const sc_refund_line line = { "none", 1 };
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	assert_int_equal(refund(m, request, &answer), SC_NOT_FOUND);
}

static void a_buyer_may_read_refunds_but_not_make_them(void **state)
{
	struct market *m = bought(state);
	sc_refund_answer answer;
	sc_refund *list;
	size_t count;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.rest = true;
	assert_int_equal(
		sc_refund_make(m->shop, &m->buyer, m->placement.order_id, &request, &m->arena, &answer, &m->err),
		SC_NOT_ALLOWED);
	assert_int_equal(sc_refund_list(m->shop, &m->buyer, m->placement.order_id, &m->arena, &list, &count, &m->err),
	                 SC_OK);
	assert_int_equal(count, 0);
}

static void an_order_that_was_not_paid_has_nothing_to_give_back(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(refund_rest(m), SC_WRONG_STATE);
}

static void an_order_has_at_most_so_many_refunds(void **state)
{
	struct market *m = bought(state);
	for (int i = 0; i < SC_REFUNDS_MAX; i++)
		assert_int_equal(refund_amount(m, 1), SC_OK);
	assert_int_equal(refund_amount(m, 1), SC_LIMIT_REACHED);
	for (int i = 0; i < SC_REFUNDS_MAX; i++)
		assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_money(m, 2990, SC_REFUNDS_MAX);
	assert_int_equal(market_order(m).history_count, 2 + 2 * SC_REFUNDS_MAX);
}

static void a_key_makes_a_repeat_harmless(void **state)
{
	struct market *m = bought(state);
	sc_call call = *SC_CALL_SYSTEM;
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	call.key = "parcel-7";
	request.amount_minor = 100;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			sc_refund_make(m->shop, &call, m->placement.order_id, &request, &m->arena, &answer, &m->err),
			SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_money(m, 2990, 100);
	request.amount_minor = 101;
	assert_int_equal(sc_refund_make(m->shop, &call, m->placement.order_id, &request, &m->arena, &answer, &m->err),
	                 SC_KEY_REUSED);
}

/* ---- the way to the provider ------------------------------------------------------------- */

static void tick_sends_it_and_the_history_says_so(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 100), SC_OK);
	assert_state(m, 0, SC_REFUND_REQUESTED);
	assert_money(m, 2990, 0);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_state(m, 0, SC_REFUND_DONE);
	assert_money(m, 2990, 100);
	assert_int_equal(booked(m, "provider"), 2890);
	assert_history(m, "order.placed order.confirmed refund.requested refund.done");
}

static void silence_is_asked_about_again_and_gives_back_once(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 100), SC_OK);
	assert_int_equal(
		sc_faulty_gateway_script(&m->gateway, SC_FAULTY_START, 1, SC_FAULT_UNKNOWN_DONE, SC_OK, &m->err),
		SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_state(m, 0, SC_REFUND_REQUESTED);
	assert_int_equal(refund_amount(m, 2891), SC_LIMIT_REACHED);
	assert_int_equal(market_tick_after(m, 3600000), SC_OK);
	assert_state(m, 0, SC_REFUND_DONE);
	assert_money(m, 2990, 100);
}

static void a_provider_that_is_down_for_an_hour_gets_it_afterwards(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 100), SC_OK);
	sc_fake_gateway_set_down(m->fake, true);
	for (int minute = 0; minute < 60; minute++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_state(m, 0, SC_REFUND_REQUESTED);
	sc_fake_gateway_set_down(m->fake, false);
	assert_int_equal(market_tick_after(m, 3600000), SC_OK);
	assert_state(m, 0, SC_REFUND_DONE);
	assert_money(m, 2990, 100);
}

static void a_crash_right_after_it_was_sent_gives_back_once(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 100), SC_OK);
	assert_int_equal(sc_faulty_script(&m->store, SC_FAULTY_APPLY, 1, SC_FAULT_FAIL, SC_OK, &m->err), SC_OK);
	assert_int_not_equal(market_tick_after(m, 1), SC_OK);
	assert_money(m, 2990, 100);
	market_restart(m);
	assert_state(m, 0, SC_REFUND_REQUESTED);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_state(m, 0, SC_REFUND_DONE);
	assert_money(m, 2990, 100);
	assert_int_equal(booked(m, "provider"), 2890);
}

static void a_refund_that_failed_makes_room_again(void **state)
{
	struct market *m = bought(state);
	market_drain(m, 2900);
	assert_int_equal(refund_amount(m, 500), SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_state(m, 0, SC_REFUND_FAILED);
	assert_string_equal(refund_at(m, 0).decline_code, "nothing_to_refund");
	assert_int_equal(booked(m, "provider"), 2990);
	assert_int_equal(refund_amount(m, 2991), SC_LIMIT_REACHED);
	assert_int_equal(m->err.available, 2990);
	assert_int_equal(refund_amount(m, 90), SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_state(m, 1, SC_REFUND_DONE);
}

static void its_webhook_may_come_before_the_answer_and_again(void **state)
{
	struct market *m = bought(state);
	sc_fake_webhook webhook;
	assert_int_equal(refund_amount(m, 100), SC_OK);
	assert_int_equal(
		sc_faulty_gateway_script(&m->gateway, SC_FAULTY_START, 1, SC_FAULT_UNKNOWN_DONE, SC_OK, &m->err),
		SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	while (sc_fake_gateway_next_webhook(m->fake, &m->arena, &webhook, &m->err) == SC_OK)
		for (int i = 0; i < 2; i++)
			assert_int_equal(
				sc_checkout_webhook(m->shop, SC_CALL_SYSTEM, webhook.body, webhook.signature, &m->err),
				SC_OK);
	assert_state(m, 0, SC_REFUND_DONE);
	assert_int_equal(market_tick_after(m, 3600000), SC_OK);
	assert_int_equal(booked(m, "provider"), 2890);
	assert_money(m, 2990, 100);
}

/* ---- when something fails --------------------------------------------------------------- */

static sc_status refund_keyed(struct market *m, const char *key)
{
	sc_call call = *SC_CALL_SYSTEM;
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	call.key = key;
	request.amount_minor = 100;
	return sc_refund_make(m->shop, &call, m->placement.order_id, &request, &m->arena, &answer, &m->err);
}

static size_t refund_count(struct market *m)
{
	sc_refund *list;
	size_t count;
	assert_int_equal(
		sc_refund_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &list, &count, &m->err),
		SC_OK);
	return count;
}

static void whatever_call_of_the_store_fails_a_repeat_under_the_key_gives_back_once(void **state)
{
	static const sc_faulty_op ops[] = { SC_FAULTY_LOAD, SC_FAULTY_RANGE, SC_FAULTY_APPLY };
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE };
	struct market *m = bought(state);
	size_t made = 0;
	for (size_t op = 0; op < 3; op++) {
		for (size_t fault = 0; fault < 3; fault++) {
			char key[16];
			snprintf(key, sizeof(key), "k%zu-%zu", op, fault);
			assert_int_equal(sc_faulty_script(&m->store, ops[op], 1, faults[fault], SC_OK, &m->err), SC_OK);
			assert_int_not_equal(refund_keyed(m, key), SC_OK);
			assert_int_equal(refund_keyed(m, key), SC_OK);
			assert_int_equal(refund_count(m), ++made);
		}
	}
}

static void without_memory_nothing_goes_back(void **state)
{
	struct market *m = bought(state);
	static char id[SC_ID_TEXT_SIZE]; /* the arena is emptied after each turn */
	bool failed = true;
	snprintf(id, sizeof(id), "%s", m->placement.order_id);
	m->placement.order_id = id;
	for (uint64_t nth = 1; failed; nth++) {
		sc_testkit_env_fail_allocation(m->world, nth, false);
		sc_status status = refund_keyed(m, "k");
		failed = sc_testkit_env_has_failed(m->world);
		sc_testkit_env_fail_allocation(m->world, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_int_equal(refund_count(m), failed ? 0 : 1);
		sc_arena_reset(&m->arena);
	}
}

/* ---- together with cancelling and shipping ------------------------------------------------ */

static void cancelling_gives_back_what_refunds_have_left(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_amount(m, 100), SC_OK);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_int_equal(refund_amount(m, 1), SC_WRONG_STATE);
	for (int i = 0; i < 3; i++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_money(m, 2990, 2990);
	assert_nothing_booked(m);
}

static void cancelling_after_everything_went_back_asks_for_nothing_more(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(refund_rest(m), SC_OK);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_money(m, 2990, 2990);
	assert_nothing_booked(m);
}

static void a_shipped_order_can_be_refunded(void **state)
{
	struct market *m = bought(state);
	assert_int_equal(sc_order_ship(m->shop, SC_CALL_SYSTEM, m->placement.order_id, NULL, NULL, &m->err), SC_OK);
	assert_int_equal(refund_rest(m), SC_OK);
	assert_int_equal(market_tick_after(m, 1), SC_OK);
	assert_money(m, 2990, 2990);
	assert_status(m, SC_STATUS_SHIPPED);
}

/* ---- the ledger -------------------------------------------------------------------------- */

static void a_capture_is_booked_as_goods_shipping_and_tax(void **state)
{
	struct market *m = bought(state);
	const int64_t tax = market_order(m).tax_minor;
	assert_int_equal(booked(m, "provider"), 2990);
	assert_int_equal(booked(m, "tax"), -tax);
	assert_int_equal(booked(m, "shop") + booked(m, "shipping"), tax - 2990);
	assert_int_equal(booked(m, "buyer"), 0);
}

static void money_for_an_order_that_is_over_is_owed_to_the_buyer(void **state)
{
	struct market *m = *state;
	sc_fake_booking *books;
	size_t count;
	m->options.lapsed_policy = SC_LAPSED_REFUND;
	market_restart(m);
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	sc_testkit_env_advance_ms(m->world, 3600000);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OUT_OF_STOCK);
	assert_int_equal(sc_fake_gateway_books(m->fake, &m->arena, &books, &count, &m->err), SC_OK);
	assert_int_equal(booked(m, "buyer"), -500);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 500, 500);
	assert_nothing_booked(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_unit_goes_back_for_what_was_paid_for_it),
		MARKET_TEST(shipping_goes_back_with_its_tax),
		MARKET_TEST(an_amount_is_spread_over_lines_and_shipping),
		MARKET_TEST(a_share_is_rounded_down_so_that_shares_never_exceed_the_whole),
		MARKET_TEST(whatever_the_steps_they_end_at_exactly_zero),
		MARKET_TEST(above_the_rest_is_refused_with_what_remains),
		MARKET_TEST(more_units_than_are_left_are_refused_with_how_many_remain),
		MARKET_TEST(a_plan_changes_nothing),
		MARKET_TEST(a_request_says_one_thing),
		MARKET_TEST(a_line_of_another_order_is_not_found),
		MARKET_TEST(a_buyer_may_read_refunds_but_not_make_them),
		MARKET_TEST(an_order_that_was_not_paid_has_nothing_to_give_back),
		MARKET_TEST(an_order_has_at_most_so_many_refunds),
		MARKET_TEST(a_key_makes_a_repeat_harmless),
		MARKET_TEST(tick_sends_it_and_the_history_says_so),
		MARKET_TEST(silence_is_asked_about_again_and_gives_back_once),
		MARKET_TEST(a_provider_that_is_down_for_an_hour_gets_it_afterwards),
		MARKET_TEST(a_crash_right_after_it_was_sent_gives_back_once),
		MARKET_TEST(a_refund_that_failed_makes_room_again),
		MARKET_TEST(its_webhook_may_come_before_the_answer_and_again),
		MARKET_TEST(whatever_call_of_the_store_fails_a_repeat_under_the_key_gives_back_once),
		MARKET_TEST(without_memory_nothing_goes_back),
		MARKET_TEST(cancelling_gives_back_what_refunds_have_left),
		MARKET_TEST(cancelling_after_everything_went_back_asks_for_nothing_more),
		MARKET_TEST(a_shipped_order_can_be_refunded),
		MARKET_TEST(a_capture_is_booked_as_goods_shipping_and_tax),
		MARKET_TEST(money_for_an_order_that_is_over_is_owed_to_the_buyer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
