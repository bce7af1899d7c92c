/*
 * Fees and credits at checkout: rules of the shop, priced with the cart, kept by the order, booked, and given back.
 */
#include "checkout/market.h"

#include <shopcore/ledger.h>
#include <shopcore/refund.h>
#include <shopcore/rule.h>

#include <stdio.h>

static void put(struct market *m, sc_rule_kind kind, const char *document)
{
	const sc_bytes bytes = { document, strlen(document) };
	if (sc_rule_put(m->shop, SC_CALL_SYSTEM, kind, bytes, &m->err) != SC_OK)
		fail_msg("%s: %s", m->err.field, m->err.text);
}

static sc_quote quote_with(struct market *m, const sc_quote_options *options)
{
	sc_quote answer;
	if (sc_checkout_quote(m->shop, &m->buyer, options, &m->arena, &answer, &m->err) != SC_OK)
		fail_msg("%s %s", m->err.field, m->err.text);
	return answer;
}

static sc_quote quote(struct market *m)
{
	return quote_with(m, NULL);
}

/* ---- which apply ------------------------------------------------------------------------- */

static void a_fee_is_paid_with_a_tax_of_its_own(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_TAX, "{\"id\":\"all\",\"rate\":10}");
	put(m, SC_RULE_TAX, "{\"id\":\"services\",\"rate\":20,\"tax_class\":\"service\"}");
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":300,\"tax_class\":\"service\"}");
	market_cart(m, "mug", 2);
	const sc_quote q = quote(m);
	assert_int_equal(q.fee_count, 1);
	assert_string_equal(q.fees[0].code, "wrapping");
	assert_int_equal(q.fees[0].amount_minor, 360);
	assert_int_equal(q.fees[0].tax_minor, 60);
	assert_int_equal(q.fees_minor, 360);
	assert_int_equal(q.tax_minor, 100 + 60);
	assert_int_equal(q.total_minor, 1100 + 360);
}

static void a_fee_for_small_orders_ends_at_its_subtotal(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_FEE, "{\"id\":\"small\",\"amount\":250,\"below_subtotal\":1000}");
	market_cart(m, "mug", 1);
	assert_int_equal(quote(m).fees_minor, 250);
	market_cart(m, "mug", 1);
	assert_int_equal(quote(m).fees_minor, 0);
}

static void a_deposit_counts_the_units_of_its_skus(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_FEE, "{\"id\":\"deposit\",\"amount\":25,\"per\":\"unit\",\"skus\":[\"mug\"]}");
	market_cart(m, "pot", 1);
	assert_int_equal(quote(m).fee_count, 0);
	market_cart(m, "mug", 3);
	assert_int_equal(quote(m).fees_minor, 75);
}

static void a_fee_goes_with_a_place_a_way_to_ship_and_a_group(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":100}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"cash\",\"amount\":200}");
	put(m, SC_RULE_FEE, "{\"id\":\"a\",\"amount\":1,\"country\":\"CH\"}");
	put(m, SC_RULE_FEE, "{\"id\":\"b\",\"amount\":10,\"shipping_rate\":\"cash\"}");
	put(m, SC_RULE_FEE, "{\"id\":\"c\",\"amount\":100,\"customer_group\":\"trade\"}");
	market_cart(m, "mug", 1);
	assert_int_equal(quote(m).fees_minor, 0);
	options.country = "CH";
	assert_int_equal(quote_with(m, &options).fees_minor, 1);
	options.shipping_rate = "cash";
	assert_int_equal(quote_with(m, &options).fees_minor, 11);
	options.customer_group = "trade";
	assert_int_equal(quote_with(m, &options).fees_minor, 111);
}

static void a_fee_has_a_time(void **state)
{
	struct market *m = *state;
	char document[96];
	snprintf(document, sizeof(document), "{\"id\":\"rush\",\"amount\":50,\"from_ms\":%lld,\"until_ms\":%lld}",
	         (long long)m->start_ms + 1000, (long long)m->start_ms + 2000);
	put(m, SC_RULE_FEE, document);
	market_cart(m, "mug", 1);
	assert_int_equal(quote(m).fees_minor, 0);
	sc_testkit_env_advance_ms(m->world, 1000);
	assert_int_equal(quote(m).fees_minor, 50);
	sc_testkit_env_advance_ms(m->world, 1000);
	assert_int_equal(quote(m).fees_minor, 0);
}

static void a_credit_never_takes_the_goods_below_zero(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":100}");
	put(m, SC_RULE_FEE, "{\"id\":\"sorry\",\"amount\":-900}");
	market_cart(m, "mug", 1);
	const sc_quote q = quote(m);
	assert_int_equal(q.fees_minor, -500);
	assert_int_equal(q.total_minor, 100);
}

static void a_wrong_fee_is_refused_with_its_place(void **state)
{
	struct market *m = *state;
	static const char *const wrong[][2] = {
		{ "{\"id\":\"a\"}", "/amount" },
		{ "{\"id\":\"a\",\"amount\":0}", "/amount" },
		{ "{\"id\":\"a\",\"amount\":\"1\"}", "/amount" },
		{ "{\"id\":\"a\",\"amount\":1000000000000001}", "/amount" },
		{ "{\"id\":\"a\",\"amount\":1,\"per\":\"line\"}", "/per" },
		{ "{\"id\":\"a\",\"amount\":1,\"skus\":[1]}", "/skus/0" },
		{ "{\"id\":\"a\",\"amount\":1,\"rate\":1}", "/rate" },
		{ "{\"amount\":1}", "/id" },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const sc_bytes bytes = { wrong[i][0], strlen(wrong[i][0]) };
		const sc_status status = sc_rule_put(m->shop, SC_CALL_SYSTEM, SC_RULE_FEE, bytes, &m->err);
		assert_true(sc_status_is_bad_input(status));
		assert_string_equal(m->err.field, wrong[i][1]);
	}
}

static void the_hundred_and_first_fee_is_refused(void **state)
{
	struct market *m = *state;
	char document[64];
	for (int i = 0; i <= SC_RULE_FEES_MAX; i++) {
		const int size = snprintf(document, sizeof(document), "{\"id\":\"f%03d\",\"amount\":1}", i);
		const sc_status status = sc_rule_put(m->shop, SC_CALL_SYSTEM, SC_RULE_FEE,
		                                     (sc_bytes){ document, (size_t)size }, &m->err);
		assert_int_equal(status, i < SC_RULE_FEES_MAX ? SC_OK : SC_LIMIT_REACHED);
	}
	market_cart(m, "mug", 1);
	assert_int_equal(quote(m).fees_minor, SC_RULE_FEES_MAX);
}

/* ---- an order ---------------------------------------------------------------------------- */

static void an_order_keeps_its_fees_when_the_rule_is_gone(void **state)
{
	struct market *m = *state;
	sc_bytes document, answer;
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":300}");
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_FEE, "wrapping", &m->err), SC_OK);
	const sc_order order = market_order(m);
	assert_int_equal(order.fee_count, 1);
	assert_string_equal(order.fees[0].code, "wrapping");
	assert_int_equal(order.fees_minor, 300);
	assert_int_equal(order.total_minor, 1300);
	assert_money(m, 1300, 0);
	assert_int_equal(sc_order_pricing(m->shop, &m->buyer, order.id, &m->arena, &document, &m->err), SC_OK);
	assert_int_equal(sc_price_document(document, 0, &m->arena, &answer, &m->err), SC_OK);
	assert_non_null(strstr(sc_arena_dup(&m->arena, answer.data, answer.size), "\"total_gross\":1300"));
	assert_sound(m);
}

static void a_fee_that_changed_since_a_quote_is_told(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":300}");
	put(m, SC_RULE_FEE, "{\"id\":\"old\",\"amount\":5}");
	market_cart(m, "mug", 2);
	const sc_quote first = quote(m);
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":400}");
	put(m, SC_RULE_FEE, "{\"id\":\"new\",\"amount\":7}");
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_FEE, "old", &m->err), SC_OK);
	sc_quote q;
	assert_int_equal(sc_checkout_requote(m->shop, &m->buyer, first.token, NULL, &m->arena, &q, &m->err), SC_OK);
	static const struct {
		const char *what;
		int64_t was, now;
	} expected[] = { { "old", 5, 0 }, { "wrapping", 300, 400 }, { "new", 0, 7 } };
	assert_int_equal(q.change_count, 4); /* these and the total */
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(q.changes[i].kind, SC_OFFER_FEE);
		assert_string_equal(q.changes[i].what, expected[i].what);
		assert_int_equal(q.changes[i].was, expected[i].was);
		assert_int_equal(q.changes[i].now, expected[i].now);
	}
}

/* ---- given back -------------------------------------------------------------------------- */

static sc_refund_answer give_back(struct market *m, sc_refund_request request)
{
	sc_refund_answer answer;
	if (sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena, &answer, &m->err) !=
	    SC_OK)
		fail_msg("%s", m->err.text);
	return answer;
}

static sc_refund_answer give_back_unit(struct market *m, size_t line)
{
	const sc_refund_line unit = { market_order(m).lines[line].id, 1 };
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.lines = &unit;
	request.line_count = 1;
	return give_back(m, request);
}

static void a_fee_is_given_back_with_shipping(void **state)
{
	struct market *m = *state;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":100}");
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":300}");
	market_cart(m, "mug", 1);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	request.shipping = true;
	const sc_refund_answer answer = give_back(m, request);
	assert_int_equal(answer.amount_minor, 400);
	assert_int_equal(answer.left_minor, 500);
}

static void a_credit_makes_each_line_cheaper_and_the_parts_end_at_zero(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_TAX, "{\"id\":\"all\",\"rate\":10}");
	put(m, SC_RULE_FEE, "{\"id\":\"sorry\",\"amount\":-500}");
	market_cart(m, "mug", 2); /* 1,100 with tax */
	market_cart(m, "pot", 1); /* 1,650 with tax, less 550 for both */
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	assert_money(m, 2200, 0);
	assert_int_equal(give_back_unit(m, 0).amount_minor, 440);
	assert_int_equal(give_back_unit(m, 1).amount_minor, 1320);
	const sc_refund_answer last = give_back_unit(m, 0);
	assert_int_equal(last.amount_minor, 440);
	assert_int_equal(last.left_minor, 0);
	for (int refund = 0; refund < 3; refund++) /* a tick sends one of an order's */
		assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 2200, 2200);
	assert_sound(m);
}

static void a_cancelled_order_leaves_nothing_booked(void **state)
{
	struct market *m = *state;
	sc_ledger_entry *entries;
	size_t count;
	int64_t sum = 0;
	put(m, SC_RULE_FEE, "{\"id\":\"sorry\",\"amount\":-100}");
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":30}");
	market_cart(m, "mug", 1);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	assert_int_equal(sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err), SC_OK);
	assert_int_equal(market_tick_after(m, 60000), SC_OK);
	assert_money(m, 430, 430);
	assert_int_equal(
		sc_ledger_list(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &m->arena, &entries, &count, &m->err),
		SC_OK);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < entries[i].count; k++)
			if (strcmp(entries[i].postings[k].account, "shipping") == 0)
				sum += entries[i].postings[k].amount_minor;
	assert_int_equal(sum, 0);
	assert_sound(m);
}

/* ---- what would it cost ------------------------------------------------------------------ */

static void a_cart_says_what_it_would_cost_under_other_rules(void **state)
{
	struct market *m = *state;
	sc_bytes document, answer;
	sc_json_writer writer;
	put(m, SC_RULE_TAX, "{\"id\":\"all\",\"rate\":10}");
	put(m, SC_RULE_FEE, "{\"id\":\"wrapping\",\"amount\":300}");
	market_cart(m, "mug", 2);
	market_cart(m, "pot", 1);
	market_price(m, "pot", -1);
	assert_int_equal(sc_checkout_pricing(m->shop, &m->buyer, NULL, &m->arena, &document, &m->err), SC_OK);
	sc_json_writer_init(&writer, &m->arena, false);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "order");
	sc_json_put_raw(&writer, document);
	sc_json_put_key(&writer, "what_if");
	sc_json_put_raw(&writer, SC_BYTES("{\"tax_rates\":{\"10\":20}}"));
	sc_json_end_object(&writer);
	assert_int_equal(sc_json_finish(&writer, &document, &m->err), SC_OK);
	assert_int_equal(sc_price_document(document, 0, &m->arena, &answer, &m->err), SC_OK);
	const char *text = sc_arena_dup(&m->arena, answer.data, answer.size);
	assert_non_null(strstr(text, "\"before\":{\"total_net\":1300,\"tax_total\":130,"));
	assert_non_null(strstr(text, "\"after\":{\"total_net\":1300,\"tax_total\":260,"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_fee_is_paid_with_a_tax_of_its_own),
		MARKET_TEST(a_fee_for_small_orders_ends_at_its_subtotal),
		MARKET_TEST(a_deposit_counts_the_units_of_its_skus),
		MARKET_TEST(a_fee_goes_with_a_place_a_way_to_ship_and_a_group),
		MARKET_TEST(a_fee_has_a_time),
		MARKET_TEST(a_credit_never_takes_the_goods_below_zero),
		MARKET_TEST(a_wrong_fee_is_refused_with_its_place),
		MARKET_TEST(the_hundred_and_first_fee_is_refused),
		MARKET_TEST(an_order_keeps_its_fees_when_the_rule_is_gone),
		MARKET_TEST(a_fee_that_changed_since_a_quote_is_told),
		MARKET_TEST(a_fee_is_given_back_with_shipping),
		MARKET_TEST(a_credit_makes_each_line_cheaper_and_the_parts_end_at_zero),
		MARKET_TEST(a_cancelled_order_leaves_nothing_booked),
		MARKET_TEST(a_cart_says_what_it_would_cost_under_other_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
