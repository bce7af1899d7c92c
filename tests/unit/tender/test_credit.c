/*
 * Store credit: granted, spent on orders, topped up by refunds.
 */
#include "checkout/market.h"

#include <shopcore/credit.h>
#include <shopcore/refund.h>

#define MINUTE 60000

static sc_status grant(struct market *m, int64_t amount)
{
	return sc_credit_grant(m->shop, SC_CALL_SYSTEM, "u:ada", amount, NULL, "sorry", &m->err);
}

static void assert_credit(struct market *m, int64_t balance, int64_t held)
{
	sc_credit credit;
	assert_int_equal(sc_credit_get(m->shop, &m->buyer, NULL, NULL, &credit, &m->err), SC_OK);
	assert_int_equal(credit.balance_minor, balance);
	assert_int_equal(credit.held_minor, held);
	assert_string_equal(credit.currency, "USD");
}

static sc_status refund_to_credit(struct market *m, int64_t amount)
{
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = amount;
	request.to_credit = true;
	return sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena, &answer, &m->err);
}

static void credit_is_granted_and_taken_back(void **state)
{
	struct market *m = *state;
	assert_credit(m, 0, 0);
	assert_int_equal(grant(m, 700), SC_OK);
	assert_int_equal(grant(m, -200), SC_OK);
	assert_credit(m, 500, 0);
	assert_int_equal(grant(m, -501), SC_LIMIT_REACHED);
	assert_int_equal(m->err.available, 500);
	assert_credit(m, 500, 0);
}

static void a_key_grants_once(void **state)
{
	struct market *m = *state;
	sc_call call = *SC_CALL_SYSTEM;
	call.key = "g-1";
	for (int i = 0; i < 3; i++)
		assert_int_equal(sc_credit_grant(m->shop, &call, "u:ada", 700, NULL, NULL, &m->err), SC_OK);
	assert_credit(m, 700, 0);
	assert_int_equal(sc_credit_grant(m->shop, &call, "u:ada", 701, NULL, NULL, &m->err), SC_KEY_REUSED);
}

static void who_may_do_what_and_to_whom(void **state)
{
	struct market *m = *state;
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve"), guest = SC_CALL_INIT(SC_ACTOR_GUEST, "g1");
	sc_credit credit;
	assert_int_equal(sc_credit_grant(m->shop, &m->buyer, "u:ada", 1, NULL, NULL, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_credit_grant(m->shop, SC_CALL_SYSTEM, "g:t", 1, NULL, NULL, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_credit_grant(m->shop, SC_CALL_SYSTEM, NULL, 1, NULL, NULL, &m->err), SC_BAD_ARGUMENT);
	assert_int_equal(grant(m, 0), SC_OUT_OF_RANGE);
	assert_int_equal(grant(m, SC_CREDIT_MAX + 1), SC_OUT_OF_RANGE);
	assert_int_equal(grant(m, SC_CREDIT_MAX), SC_OK);
	assert_int_equal(sc_credit_grant(m->shop, SC_CALL_SYSTEM, "u:ada", 1, "XXQ", NULL, &m->err), SC_BAD_CURRENCY);
	assert_int_equal(sc_credit_get(m->shop, &eve, "u:ada", NULL, &credit, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_credit_get(m->shop, &guest, NULL, NULL, &credit, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_credit_get(m->shop, SC_CALL_SYSTEM, "u:ada", "EUR", &credit, &m->err), SC_OK);
	assert_int_equal(credit.balance_minor, 0);
}

static void credit_pays_what_cards_leave_and_the_provider_the_rest(void **state)
{
	struct market *m = *state;
	assert_int_equal(grant(m, 300), SC_OK);
	market_cart(m, "mug", 2);
	m->request.credit_minor = SC_CREDIT_ALL;
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(m->placement.due_minor, 700);
	assert_credit(m, 0, 300);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_credit(m, 0, 0);
	assert_money(m, 700, 0);
	assert_sound(m);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_credit(m, 300, 0);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 700, 700);
	assert_sound(m);
}

static void exactly_so_much_is_taken_or_the_order_is_refused(void **state)
{
	struct market *m = *state;
	assert_int_equal(grant(m, 300), SC_OK);
	market_cart(m, "mug", 2);
	m->request.credit_minor = 301;
	assert_int_equal(market_place(m, "k"), SC_LIMIT_REACHED);
	assert_string_equal(m->err.field, "credit_minor");
	assert_int_equal(m->err.available, 300);
	m->request.credit_minor = 100;
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_credit(m, 200, 100);
	m->request.credit_minor = -1;
	assert_int_equal(market_place(m, "k2"), SC_OUT_OF_RANGE);
}

static void a_guest_has_no_credit(void **state)
{
	struct market *m = *state;
	m->buyer = (sc_call)SC_CALL_INIT(SC_ACTOR_GUEST, "g1");
	market_cart(m, "mug", 1);
	m->request.credit_minor = SC_CREDIT_ALL;
	assert_int_equal(market_place(m, "k"), SC_BAD_ARGUMENT);
	m->request.credit_minor = 0;
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(refund_to_credit(m, 100), SC_WRONG_STATE);
}

static void a_refund_can_become_credit(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(refund_to_credit(m, 300), SC_OK);
	assert_credit(m, 300, 0);
	assert_money(m, 1000, 0);
	assert_sound(m);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 1000, 700);
	assert_credit(m, 300, 0);
	assert_sound(m);
}

static void movements_say_what_happened(void **state)
{
	struct market *m = *state;
	sc_credit_move *moves;
	size_t count;
	assert_int_equal(grant(m, 300), SC_OK);
	market_cart(m, "mug", 2);
	m->request.credit_minor = 100;
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_int_equal(sc_credit_list(m->shop, &m->buyer, NULL, NULL, 10, &m->arena, &moves, &count, &m->err), SC_OK);
	assert_int_equal(count, 3);
	assert_string_equal(moves[0].reason, "commit");
	assert_int_equal(moves[0].amount_minor, 0);
	assert_string_equal(moves[1].reason, "hold");
	assert_int_equal(moves[1].amount_minor, -100);
	assert_int_equal(moves[1].balance_minor, 200);
	assert_string_equal(moves[2].reason, "sorry");
	assert_int_equal(moves[2].amount_minor, 300);
	assert_int_equal(sc_credit_list(m->shop, &m->buyer, NULL, NULL, 0, &m->arena, &moves, &count, &m->err),
	                 SC_OUT_OF_RANGE);
	assert_int_equal(
		sc_credit_list(m->shop, &m->buyer, NULL, NULL, SC_PAGE_MAX + 1, &m->arena, &moves, &count, &m->err),
		SC_OUT_OF_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(credit_is_granted_and_taken_back),
		MARKET_TEST(a_key_grants_once),
		MARKET_TEST(who_may_do_what_and_to_whom),
		MARKET_TEST(credit_pays_what_cards_leave_and_the_provider_the_rest),
		MARKET_TEST(exactly_so_much_is_taken_or_the_order_is_refused),
		MARKET_TEST(a_guest_has_no_credit),
		MARKET_TEST(a_refund_can_become_credit),
		MARKET_TEST(movements_say_what_happened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
