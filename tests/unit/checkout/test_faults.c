/*
 * The whole purchase with each call to the store and to the provider going wrong in turn, in every way
 * that the wrappers know, and with each allocation failing in turn. Whatever happens: after time has
 * passed and tick has run, the buyer was charged exactly if the order is confirmed, or has the money
 * back; nothing is held; nothing is sold twice.
 */
#include "checkout/market.h"

#define MINUTE    60000
#define CALLS_MAX 10

/* ---- what must be true in the end ---------------------------------------------------------- */

static void land_all(struct market *m)
{
	assert_int_equal(sc_faulty_land(&m->store, NULL, NULL), SC_OK);
	assert_int_equal(sc_faulty_gateway_land(&m->gateway, NULL, NULL), SC_OK);
}

static size_t list_orders(struct market *m, const sc_order **out)
{
	sc_order_page page;
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, 10, NULL, &m->arena, &page, &m->err), SC_OK);
	*out = page.orders;
	return page.count;
}

static void assert_in_balance(struct market *m)
{
	const sc_order *orders;
	size_t count = list_orders(m, &orders);
	int64_t sold = 0;
	assert_true(count <= 1);
	for (size_t i = 0; i < count; i++) {
		m->placement.order_id = orders[i].id;
		bool confirmed = orders[i].status == SC_STATUS_CONFIRMED;
		sold += confirmed ? 2 : 0;
		if (confirmed) {
			assert_money(m, 1000, 0);
			continue;
		}
		assert_int_equal(orders[i].status, SC_STATUS_PAYMENT_FAILED);
		int64_t charged, refunded;
		sc_id id;
		assert_int_equal(sc_id_parse(orders[i].id, &id), SC_OK);
		assert_int_equal(sc_fake_gateway_order_money(m->fake, id, &charged, &refunded, &m->err), SC_OK);
		assert_int_equal(charged, refunded);
	}
	assert_level(m, "mug", 10, 0, sold);
}

/* Lets what is left of the script strike harmless calls, so that it does not strike the checks. */
static void use_up_the_script(struct market *m)
{
	const sc_address nothing = { .key = "nothing", .key_size = 7, .kind = 1 };
	const sc_change check = { .address = nothing, .type = SC_CHANGE_CHECK };
	const sc_group group = { .home = SC_HOME_NONE, .changes = &check, .count = 1 };
	const sc_range range = { .kind = 1, .index = SC_BY_ADDRESS, .limit = 1 };
	for (int i = 0; i < CALLS_MAX; i++) {
		sc_record record;
		sc_page page;
		sc_outcome outcome = { 0 };
		(void)m->store.ops->load(m->store.ctx, SC_CALL_SYSTEM, &nothing, 1, SC_READ_BODY, &m->arena, &record,
		                         NULL);
		(void)m->store.ops->range(m->store.ctx, SC_CALL_SYSTEM, &range, 1, &m->arena, &page, NULL);
		(void)m->store.ops->apply(m->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
	}
}

/* Nobody is charged who has no order at all. */
static void assert_every_charge_has_its_order(struct market *m)
{
	sc_fake_booking *books;
	const sc_order *orders;
	size_t count, order_count = list_orders(m, &orders);
	assert_int_equal(sc_fake_gateway_books(m->fake, &m->arena, &books, &count, &m->err), SC_OK);
	for (size_t i = 0; i < count; i++) {
		char id[SC_ID_TEXT_SIZE];
		if (books[i].captured_minor == 0)
			continue;
		assert_int_equal(order_count, 1);
		assert_string_equal(sc_id_format(books[i].order, id), orders[0].id);
	}
}

static void settle_and_check(struct market *m)
{
	use_up_the_script(m);
	land_all(m);
	for (int i = 0; i < 4; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(market_tick_after(m, 10 * MINUTE), SC_OK);
	assert_every_charge_has_its_order(m);
	assert_in_balance(m);
}

/* ---- buyers -------------------------------------------------------------------------------- */

static sc_status buy(struct market *m)
{
	sc_call call = m->buyer;
	call.key = "k";
	return sc_checkout_buy(m->shop, &call, &m->request, &m->arena, &m->placement, &m->err);
}

/* Gives up at once. */
static void impatient(struct market *m)
{
	(void)buy(m);
}

/* Repeats the same call, as the statuses say one may. */
static void persistent(struct market *m)
{
	sc_status status = buy(m);
	for (int i = 0; i < 5 && (sc_status_may_retry(status) || status == SC_IN_PROGRESS); i++)
		status = buy(m);
	assert_int_equal(status, SC_OK);
}

/* Repeats in another process, after what was late has landed. */
static void restarted(struct market *m)
{
	if (buy(m) == SC_OK)
		return;
	market_restart(m);
	land_all(m);
	persistent(m);
}

static void one_fault(bool gateway, sc_faulty_op op, uint32_t nth, sc_fault fault, void (*buyer)(struct market *))
{
	struct market *m = NULL;
	market_up((void **)&m);
	market_cart(m, "mug", 2);
	m->request.payment_token = "tok_ok";
	if (gateway)
		assert_int_equal(sc_faulty_gateway_script(&m->gateway, op, nth, fault, SC_OK, NULL), SC_OK);
	else
		assert_int_equal(sc_faulty_script(&m->store, op, nth, fault, SC_OK, NULL), SC_OK);
	buyer(m);
	settle_and_check(m);
	void *gone = m;
	market_down(&gone);
}

static void each_fault(bool gateway, sc_faulty_op op, void (*buyer)(struct market *))
{
	for (sc_fault fault = SC_FAULT_FAIL; fault <= SC_FAULT_LATE; fault++)
		for (uint32_t nth = 1; nth <= CALLS_MAX; nth++)
			one_fault(gateway, op, nth, fault, buyer);
}

static void each_call_to_the_store_goes_wrong_and_the_buyer_gives_up(void **state)
{
	(void)state;
	each_fault(false, SC_FAULTY_LOAD, impatient);
	each_fault(false, SC_FAULTY_RANGE, impatient);
	each_fault(false, SC_FAULTY_APPLY, impatient);
}

static void each_call_to_the_store_goes_wrong_and_the_buyer_repeats(void **state)
{
	(void)state;
	each_fault(false, SC_FAULTY_LOAD, persistent);
	each_fault(false, SC_FAULTY_RANGE, persistent);
	each_fault(false, SC_FAULTY_APPLY, persistent);
}

static void each_call_to_the_store_goes_wrong_and_another_process_repeats(void **state)
{
	(void)state;
	each_fault(false, SC_FAULTY_LOAD, restarted);
	each_fault(false, SC_FAULTY_RANGE, restarted);
	each_fault(false, SC_FAULTY_APPLY, restarted);
}

static void each_call_to_the_provider_goes_wrong_and_the_buyer_gives_up(void **state)
{
	(void)state;
	each_fault(true, SC_FAULTY_START, impatient);
	for (uint32_t nth = 1; nth <= CALLS_MAX; nth++)
		one_fault(true, SC_FAULTY_FINISH, nth, SC_FAULT_FAIL, impatient);
}

static void each_call_to_the_provider_goes_wrong_and_the_buyer_repeats(void **state)
{
	(void)state;
	each_fault(true, SC_FAULTY_START, persistent);
	for (uint32_t nth = 1; nth <= CALLS_MAX; nth++)
		one_fault(true, SC_FAULTY_FINISH, nth, SC_FAULT_FAIL, persistent);
}

/* ---- memory -------------------------------------------------------------------------------- */

/* Everything that a buyer and a shop do with an order; stops at the first status that is not as it should be. */
static sc_status whole_story(struct market *m)
{
	sc_quote quote;
	sc_order order;
	sc_order_page page;
	sc_json_writer writer;
	sc_bytes json;
	sc_call call = m->buyer;
	call.key = "k";
	sc_status status = sc_checkout_quote(m->shop, &call, NULL, &m->arena, &quote, &m->err);
	if (status == SC_OK) {
		m->request.quote = quote.token;
		status = sc_checkout_place(m->shop, &call, &m->request, &m->arena, &m->placement, &m->err);
	}
	if (status == SC_OK)
		status = sc_checkout_pay(m->shop, &call, m->placement.order_id, "tok_declined", &m->err);
	if (status == SC_DECLINED)
		status = sc_checkout_pay(m->shop, &call, m->placement.order_id, "tok_ok", &m->err);
	if (status == SC_OK)
		status = sc_order_get(m->shop, &call, m->placement.order_id, &m->arena, &order, &m->err);
	if (status == SC_OK)
		status = sc_order_list(m->shop, &call, NULL, 10, NULL, &m->arena, &page, &m->err);
	if (status != SC_OK)
		return status;
	sc_json_writer_init(&writer, &m->arena, false);
	sc_order_write_json(&writer, &order);
	return sc_json_finish(&writer, &json, &m->err);
}

static bool story_with_failing(uint64_t nth, bool for_good)
{
	struct market *m = NULL;
	market_up((void **)&m);
	market_cart(m, "mug", 2);
	sc_testkit_env_fail_allocation(m->world, nth, for_good);
	sc_status status = whole_story(m);
	bool failed = sc_testkit_env_has_failed(m->world);
	sc_testkit_env_fail_allocation(m->world, 0, false);
	/* once the charge is out, a failure to hear the answer is an unknown */
	if (status != SC_PAYMENT_UNKNOWN)
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
	settle_and_check(m);
	void *gone = m;
	market_down(&gone);
	return failed;
}

static void each_allocation_fails_in_turn(void **state)
{
	uint64_t nth = 1;
	(void)state;
	while (story_with_failing(nth, false))
		nth++;
	assert_true(nth > 5);
}

static void memory_runs_out_for_good_at_each_allocation_in_turn(void **state)
{
	uint64_t nth = 1;
	(void)state;
	while (story_with_failing(nth, true))
		nth++;
	assert_true(nth > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_to_the_store_goes_wrong_and_the_buyer_gives_up),
		cmocka_unit_test(each_call_to_the_store_goes_wrong_and_the_buyer_repeats),
		cmocka_unit_test(each_call_to_the_store_goes_wrong_and_another_process_repeats),
		cmocka_unit_test(each_call_to_the_provider_goes_wrong_and_the_buyer_gives_up),
		cmocka_unit_test(each_call_to_the_provider_goes_wrong_and_the_buyer_repeats),
		cmocka_unit_test(each_allocation_fails_in_turn),
		cmocka_unit_test(memory_runs_out_for_good_at_each_allocation_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
