/* Rules of the shop at checkout: promotions, taxes, shipping rates, special prices and the policy, kept in the store.
 */
#include "checkout/market.h"

#include <shopcore/catalog.h>
#include <shopcore/rule.h>

#include <stdio.h>

static void put(struct market *m, sc_rule_kind kind, const char *document)
{
	const sc_bytes bytes = { document, strlen(document) };
	if (sc_rule_put(m->shop, SC_CALL_SYSTEM, kind, bytes, &m->err) != SC_OK)
		fail_msg("%s: %s", m->err.field, m->err.text);
}

static sc_quote quote_to(struct market *m, const char *country, const char *region)
{
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote answer;
	options.country = country;
	options.region = region;
	if (sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &answer, &m->err) != SC_OK)
		fail_msg("%s %s", m->err.field, m->err.text);
	return answer;
}

static sc_quote quote(struct market *m)
{
	return quote_to(m, NULL, NULL);
}

static uint64_t calls(struct market *m, sc_traced_counts *counts)
{
	uint64_t sum = 0;
	assert_int_equal(sc_traced_read(&m->traced, counts, &m->err), SC_OK);
	for (int op = 0; op < SC_TRACED_OPS; op++)
		sum += counts->ops[op].calls;
	assert_int_equal(sc_traced_reset(&m->traced, &m->err), SC_OK);
	return sum;
}

/* ---- promotions -------------------------------------------------------------------------- */

static void a_promotion_takes_something_off_the_next_quote(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).total_minor, 1000);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	const sc_quote q = quote(m);
	assert_int_equal(q.discount_minor, 100);
	assert_int_equal(q.total_minor, 900);
	assert_int_equal(q.promotion_count, 1);
	assert_string_equal(q.promotions[0].id, "tenth");
	assert_int_equal(q.promotions[0].discount_minor, 100);
}

static void a_promotion_that_was_deleted_takes_nothing_off(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	assert_int_equal(quote(m).total_minor, 900);
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_PROMOTION, "tenth", &m->err), SC_OK);
	assert_int_equal(quote(m).total_minor, 1000);
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_PROMOTION, "tenth", &m->err), SC_NOT_FOUND);
}

static void another_process_prices_by_the_new_rules(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).total_minor, 1000);
	sc_shop *old = m->shop;
	m->shop = NULL;
	market_restart(m);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	sc_quote q;
	assert_int_equal(sc_checkout_quote(old, &m->buyer, NULL, &m->arena, &q, &m->err), SC_OK);
	assert_int_equal(q.total_minor, 900);
	sc_shop_close(old);
}

static void prepared_rules_cost_a_quote_no_further_call(void **state)
{
	struct market *m = *state;
	sc_traced_counts counts;
	market_cart(m, "mug", 2);
	calls(m, &counts);
	quote(m);
	const uint64_t plain = calls(m, &counts);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	quote(m);
	calls(m, &counts);
	quote(m);
	assert_int_equal(calls(m, &counts), plain);
}

static void a_promotion_for_a_brand_looks_at_the_product(void **state)
{
	struct market *m = *state;
	sc_sku offer = { .sku = "jug-red", .price_minor = 1000, .currency = "USD" };
	sc_product jug = {
		.id = "jug", .name = "jug", .brand = "Acme", .rating_milli = -1, .skus = &offer, .sku_count = 1
	};
	const sc_stock_change received = { "jug-red", NULL, 5 };
	assert_int_equal(sc_product_create(m->shop, SC_CALL_SYSTEM, &jug, NULL, &m->err), SC_OK);
	assert_int_equal(sc_inventory_receive(m->shop, SC_CALL_SYSTEM, &received, 1, NULL, &m->err), SC_OK);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"acme\",\"type\":\"percentage\",\"value\":50,\"brands\":[\"Acme\"]}");
	market_cart(m, "mug", 1);
	market_cart(m, "jug-red", 1);
	assert_int_equal(quote(m).discount_minor, 500);
}

static void a_first_order_has_its_promotion_and_the_second_has_not(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_PROMOTION,
	    "{\"id\":\"hello\",\"type\":\"percentage\",\"value\":10,\"conditions\":{\"first_order\":true}}");
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).total_minor, 900);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).total_minor, 1000);
}

/* ---- an order ---------------------------------------------------------------------------- */

static void an_order_keeps_what_each_unit_paid(void **state)
{
	struct market *m = *state;
	m->options.tax_rate_ppm = 200000;
	m->options.tax_included = true;
	market_restart(m);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"one\",\"type\":\"fixed\",\"value\":100,\"target\":\"order\"}");
	market_cart(m, "mug", 3);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	const sc_order order = market_order(m);
	assert_int_equal(order.total_minor, 1400);
	assert_int_equal(order.discount_minor, 100);
	assert_int_equal(order.promotion_count, 1);
	assert_string_equal(order.promotions[0].id, "one");
	assert_int_equal(order.tax_count, 1);
	assert_int_equal(order.taxes[0].rate, 20 * SC_RATE_PERCENT);
	assert_int_equal(order.taxes[0].tax_minor, order.tax_minor);
	assert_int_equal(order.lines[0].unit_runs, 2);
	assert_int_equal(order.lines[0].units[0].count * order.lines[0].units[0].discount +
	                         order.lines[0].units[1].count * order.lines[0].units[1].discount,
	                 100);
}

static void an_order_can_be_explained_when_its_rules_are_gone(void **state)
{
	struct market *m = *state;
	sc_bytes document, answer;
	m->options.tax_rate_ppm = 190000;
	market_restart(m);
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":490}");
	market_cart(m, "mug", 2);
	market_cart(m, "pot", 1);
	assert_int_equal(market_buy(m, "k-1", "tok_ok"), SC_OK);
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_PROMOTION, "tenth", &m->err), SC_OK);
	const sc_order order = market_order(m);
	assert_int_equal(sc_order_pricing(m->shop, &m->buyer, order.id, &m->arena, &document, &m->err), SC_OK);
	assert_int_equal(sc_price_document(document, SC_PRICE_EXPLAIN, &m->arena, &answer, &m->err), SC_OK);
	const char *text = sc_arena_dup(&m->arena, answer.data, answer.size);
	char total[48];
	snprintf(total, sizeof(total), "\"total_gross\":%lld", (long long)order.total_minor);
	assert_non_null(strstr(text, total));
	assert_non_null(strstr(text, "tenth"));
	assert_non_null(strstr(text, "\"explanation\""));
}

static void somebody_elses_order_is_not_explained(void **state)
{
	struct market *m = *state;
	sc_bytes document;
	const sc_call bob = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "bob");
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k-1"), SC_OK);
	assert_int_equal(sc_order_pricing(m->shop, &bob, m->placement.order_id, &m->arena, &document, &m->err),
	                 SC_NOT_ALLOWED);
}

static void a_cart_at_no_price_is_confirmed_without_a_payment(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_PROMOTION, "{\"id\":\"all\",\"type\":\"percentage\",\"value\":100,\"target\":\"order\"}");
	market_cart(m, "mug", 2);
	assert_int_equal(market_buy(m, "k-1", NULL), SC_OK);
	assert_int_equal(market_order(m).total_minor, 0);
	assert_status(m, SC_STATUS_CONFIRMED);
}

/* ---- tax and shipping -------------------------------------------------------------------- */

static void taxes_are_those_of_where_it_goes(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_TAX, "{\"id\":\"de\",\"country\":\"DE\",\"rate\":19}");
	put(m, SC_RULE_TAX, "{\"id\":\"fr\",\"country\":\"FR\",\"rate\":20}");
	market_cart(m, "mug", 2);
	assert_int_equal(quote_to(m, "DE", NULL).tax_minor, 190);
	assert_int_equal(quote_to(m, "FR", NULL).tax_minor, 200);
	assert_int_equal(quote(m).tax_minor, 0);
}

static void a_class_of_goods_has_its_own_tax(void **state)
{
	struct market *m = *state;
	const sc_attribute options[] = { { .name = "tax_class", .text = "books", .type = SC_ATTRIBUTE_TEXT } };
	sc_sku offer = { .sku = "book", .price_minor = 1000, .currency = "USD", .options = options, .option_count = 1 };
	sc_product book = { .id = "book", .name = "book", .rating_milli = -1, .skus = &offer, .sku_count = 1 };
	assert_int_equal(sc_product_create(m->shop, SC_CALL_SYSTEM, &book, NULL, &m->err), SC_OK);
	put(m, SC_RULE_TAX, "{\"id\":\"all\",\"rate\":19}");
	put(m, SC_RULE_TAX, "{\"id\":\"books\",\"rate\":7,\"tax_class\":\"books\"}");
	market_cart(m, "mug", 2);
	market_cart(m, "book", 1);
	assert_int_equal(quote(m).tax_minor, 190 + 70);
}

static void a_business_abroad_pays_no_tax(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote q;
	put(m, SC_RULE_TAX, "{\"id\":\"eu\",\"rate\":19}");
	put(m, SC_RULE_POLICY, "{\"home_country\":\"DE\",\"prices_include_tax\":true}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":119}");
	market_cart(m, "mug", 2);
	options.country = "FR";
	options.business = true;
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OK);
	assert_int_equal(q.tax_minor, 0);
	assert_int_equal(q.total_minor, 840 + 100);
}

static void the_cheapest_way_to_ship_is_taken_unless_one_is_named(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote q;
	put(m, SC_RULE_SHIPPING, "{\"id\":\"express\",\"amount\":1990}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":490,\"free_from\":3000}");
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).shipping_minor, 490);
	options.shipping_rate = "express";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OK);
	assert_int_equal(q.shipping_minor, 1990);
	options.shipping_rate = "pigeon";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_NOT_FOUND);
	assert_string_equal(m->err.field, "shipping_rate");
	market_cart(m, "mug", 4);
	assert_int_equal(quote(m).shipping_minor, 0);
}

static void a_country_where_nothing_ships_is_named(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote q;
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":490,\"country\":\"DE\"}");
	market_cart(m, "mug", 1);
	options.country = "FR";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_NOT_FOUND);
	assert_string_equal(m->err.field, "country");
	m->request.shipping.country = "FR";
	assert_int_equal(market_place(m, "k-1"), SC_NOT_FOUND);
}

static void a_quote_for_one_country_is_not_placed_to_another(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_TAX, "{\"id\":\"de\",\"country\":\"DE\",\"rate\":19}");
	market_cart(m, "mug", 1);
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote q;
	options.country = "DE";
	options.postal_code = "10115";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OK);
	m->request.quote = q.token;
	m->request.shipping.country = "FR";
	assert_int_equal(market_place(m, "k-1"), SC_CHANGED);
	assert_string_equal(m->err.field, "shipping.country");
	m->request.shipping.country = "DE";
	assert_int_equal(market_place(m, "k-2"), SC_OK);
	assert_int_equal(m->placement.total_minor, 595);
}

/* ---- prices ------------------------------------------------------------------------------ */

static void a_quote_is_bound_to_a_place_only_as_far_as_rules_look_at_it(void **state)
{
	struct market *m = *state;
	const sc_quote_options to_gb = { .size = sizeof(to_gb), .country = "GB" };
	sc_quote q;
	put(m, SC_RULE_TAX, "{\"id\":\"gb\",\"country\":\"GB\",\"rate\":20}");
	market_cart(m, "mug", 1);
	m->request.shipping.country = "GB";
	m->request.shipping.postal_code = "BA1 1AA";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &to_gb, &m->arena, &q, &m->err), SC_OK);
	m->request.quote = q.token;
	assert_int_equal(market_place(m, "k-1"), SC_OK);
	put(m, SC_RULE_TAX, "{\"id\":\"bath\",\"country\":\"GB\",\"postal_prefix\":\"BA\",\"rate\":21}");
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &to_gb, &m->arena, &q, &m->err), SC_OK);
	m->request.quote = q.token;
	assert_int_equal(market_place(m, "k-2"), SC_CHANGED);
	assert_string_equal(m->err.field, "shipping.postal_code");
}

static void a_business_abroad_does_not_order_to_its_home(void **state)
{
	struct market *m = *state;
	const sc_quote_options abroad = { .size = sizeof(abroad), .country = "FR", .business = true };
	sc_quote q;
	put(m, SC_RULE_TAX, "{\"id\":\"all\",\"rate\":20}");
	put(m, SC_RULE_POLICY, "{\"home_country\":\"GB\"}");
	market_cart(m, "mug", 1);
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &abroad, &m->arena, &q, &m->err), SC_OK);
	assert_int_equal(q.tax_minor, 0);
	m->request.quote = q.token;
	m->request.shipping.country = "GB";
	assert_int_equal(market_place(m, "k-1"), SC_CHANGED);
	assert_string_equal(m->err.field, "shipping.country");
}

static void a_group_of_customers_has_prices_of_its_own(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	sc_quote q;
	put(m, SC_RULE_PRICE,
	    "{\"sku\":\"mug\",\"prices\":[{\"amount\":400,\"currency\":\"USD\",\"customer_group\":\"trade\"},"
	    "{\"amount\":450,\"currency\":\"USD\",\"min_quantity\":5}]}");
	market_cart(m, "mug", 2);
	assert_int_equal(quote(m).total_minor, 1000);
	options.customer_group = "trade";
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OK);
	assert_int_equal(q.total_minor, 800);
	assert_int_equal(q.change_count, 0);
	market_cart(m, "mug", 3);
	assert_int_equal(quote(m).total_minor, 2250);
}

static void a_quote_says_which_price_a_line_has_and_what_it_cost_before(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_PRICE,
	    "{\"sku\":\"mug\",\"prices\":[{\"amount\":450,\"currency\":\"USD\",\"list\":\"summer\","
	    "\"compare_at\":500,\"sale\":true}]}");
	market_cart(m, "mug", 1);
	market_cart(m, "pot", 1);
	const sc_quote q = quote(m);
	assert_string_equal(q.prices[0].list, "summer");
	assert_int_equal(q.prices[0].compare_at_minor, 500);
	assert_true(q.prices[0].on_sale);
	assert_string_equal(q.prices[1].list, "");
	assert_int_equal(q.prices[1].compare_at_minor, 0);
	assert_false(q.prices[1].on_sale);
}

/* ---- editing ----------------------------------------------------------------------------- */

static void a_wrong_document_is_refused_with_its_place(void **state)
{
	struct market *m = *state;
	static const struct {
		sc_rule_kind kind;
		const char *document, *field;
	} wrong[] = {
		{ SC_RULE_PROMOTION, "{\"id\":\"a\",\"type\":\"percentage\",\"value\":101}", "/value" },
		{ SC_RULE_PROMOTION, "{\"id\":\"a\",\"type\":\"percentage\",\"valeu\":1}", "/valeu" },
		{ SC_RULE_PROMOTION, "{\"id\":\"a\",\"type\":\"free\",\"coupon\":\"spring\"}", "/coupon" },
		{ SC_RULE_COUPON, "{\"id\":\"A\",\"limit\":0}", "/limit" },
		{ SC_RULE_COUPON, "{\"id\":\"A\",\"period_limit\":5}", "/period_s" },
		{ SC_RULE_TAX, "{\"id\":\"a\",\"rate\":\"100.1\"}", "/rate" },
		{ SC_RULE_TAX, "{\"id\":\"a\"}", "/rate" },
		{ SC_RULE_SHIPPING, "{\"id\":\"a\",\"kind\":\"by_weight\"}", "/brackets" },
		{ SC_RULE_PRICE, "{\"sku\":\"a\",\"prices\":[{\"amount\":-1,\"currency\":\"USD\"}]}",
		  "/prices/0/amount" },
		{ SC_RULE_POLICY, "{\"arithmetic\":\"upside_down\"}", "/arithmetic" },
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const sc_bytes bytes = { wrong[i].document, strlen(wrong[i].document) };
		const sc_status status = sc_rule_put(m->shop, SC_CALL_SYSTEM, wrong[i].kind, bytes, &m->err);
		assert_true(sc_status_is_bad_input(status));
		assert_string_equal(m->err.field, wrong[i].field);
	}
}

static void only_the_shop_edits_rules(void **state)
{
	struct market *m = *state;
	const sc_bytes free = SC_BYTES("{\"id\":\"mine\",\"type\":\"free\"}");
	sc_rule_page page;
	assert_int_equal(sc_rule_put(m->shop, &m->buyer, SC_RULE_PROMOTION, free, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_rule_delete(m->shop, &m->buyer, SC_RULE_PROMOTION, "mine", &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_rule_list(m->shop, &m->buyer, SC_RULE_PROMOTION, 10, (sc_bytes){ NULL, 0 }, &m->arena,
	                              &page, &m->err),
	                 SC_NOT_ALLOWED);
}

static void rules_are_listed_by_their_ids_as_they_were_put(void **state)
{
	struct market *m = *state;
	sc_rule_page page;
	put(m, SC_RULE_TAX, "{\"id\":\"b\",\"rate\":2}");
	put(m, SC_RULE_TAX, "{\"id\":\"a\",\"rate\":1}");
	put(m, SC_RULE_TAX, "{\"id\":\"c\",\"rate\":3}");
	assert_int_equal(
		sc_rule_list(m->shop, SC_CALL_SYSTEM, SC_RULE_TAX, 2, (sc_bytes){ NULL, 0 }, &m->arena, &page, &m->err),
		SC_OK);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.rules[0].id, "a");
	assert_memory_equal(page.rules[1].document.data, "{\"id\":\"b\",\"rate\":2}", page.rules[1].document.size);
	assert_int_equal(sc_rule_list(m->shop, SC_CALL_SYSTEM, SC_RULE_TAX, 2, page.next, &m->arena, &page, &m->err),
	                 SC_OK);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.rules[0].id, "c");
}

static void the_thousand_and_first_promotion_is_refused(void **state)
{
	struct market *m = *state;
	char document[128];
	for (int i = 0; i <= SC_RULE_PROMOTIONS_MAX; i++) {
		const int size = snprintf(document, sizeof(document),
		                          "{\"id\":\"p%04d\",\"type\":\"fixed\",\"value\":1}", i);
		const sc_status status = sc_rule_put(m->shop, SC_CALL_SYSTEM, SC_RULE_PROMOTION,
		                                     (sc_bytes){ document, (size_t)size }, &m->err);
		assert_int_equal(status, i < SC_RULE_PROMOTIONS_MAX ? SC_OK : SC_LIMIT_REACHED);
	}
	put(m, SC_RULE_PROMOTION, "{\"id\":\"p0000\",\"type\":\"fixed\",\"value\":2}");
}

/* ---- quotes ------------------------------------------------------------------------------ */

static const sc_offer_change *change_of(const sc_quote *q, sc_offer_change_kind kind)
{
	for (size_t i = 0; i < q->change_count; i++)
		if (q->changes[i].kind == (uint32_t)kind)
			return &q->changes[i];
	fail_msg("no change %s", sc_offer_change_name((uint32_t)kind));
	return NULL;
}

static void a_quote_that_stands_has_no_changes(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	market_cart(m, "mug", 2);
	const sc_quote first = quote(m);
	sc_quote again;
	sc_testkit_env_advance_ms(m->world, 60 * 60000);
	assert_int_equal(sc_checkout_requote(m->shop, &m->buyer, first.token, NULL, &m->arena, &again, &m->err), SC_OK);
	assert_int_equal(again.change_count, 0);
	assert_int_equal(again.total_minor, first.total_minor);
	assert_false(again.needs_consent);
	m->request.quote = again.token;
	assert_int_equal(market_place(m, "k-1"), SC_OK);
}

static void what_changed_since_a_quote_is_told_one_by_one(void **state)
{
	struct market *m = *state;
	put(m, SC_RULE_PROMOTION, "{\"id\":\"tenth\",\"type\":\"percentage\",\"value\":10}");
	put(m, SC_RULE_TAX, "{\"id\":\"vat\",\"rate\":10}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":100}");
	market_cart(m, "mug", 2);
	market_cart(m, "pot", 1);
	const sc_quote first = quote(m);
	market_price(m, "mug", 600);
	market_price(m, "pot", 1400);
	put(m, SC_RULE_TAX, "{\"id\":\"vat\",\"rate\":20}");
	put(m, SC_RULE_SHIPPING, "{\"id\":\"post\",\"amount\":200}");
	assert_int_equal(sc_rule_delete(m->shop, SC_CALL_SYSTEM, SC_RULE_PROMOTION, "tenth", &m->err), SC_OK);
	market_cart(m, "mug", 9);
	sc_quote q;
	assert_int_equal(sc_checkout_requote(m->shop, &m->buyer, first.token, NULL, &m->arena, &q, &m->err), SC_OK);
	assert_true(q.needs_consent);
	assert_int_equal(change_of(&q, SC_OFFER_PRICE_UP)->now, 600);
	assert_string_equal(change_of(&q, SC_OFFER_PRICE_UP)->field, "lines[0].unit_price");
	assert_int_equal(change_of(&q, SC_OFFER_PRICE_DOWN)->was, 1500);
	assert_int_equal(change_of(&q, SC_OFFER_QUANTITY)->now, 11);
	assert_int_equal(change_of(&q, SC_OFFER_SHORT_STOCK)->now, 10);
	assert_string_equal(change_of(&q, SC_OFFER_PROMOTION)->what, "tenth");
	assert_int_equal(change_of(&q, SC_OFFER_PROMOTION)->was, 250);
	assert_int_equal(change_of(&q, SC_OFFER_PROMOTION)->now, 0);
	assert_int_equal(change_of(&q, SC_OFFER_SHIPPING)->was, 110);
	assert_string_equal(change_of(&q, SC_OFFER_TAX)->what, "10");
	assert_int_equal(change_of(&q, SC_OFFER_TAX)->now, 0);
	assert_int_equal(change_of(&q, SC_OFFER_TOTAL_UP)->now, q.total_minor);
}

static void a_quote_of_somebody_else_is_not_compared(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	const sc_quote first = quote(m);
	const sc_call bob = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "bob");
	sc_quote q;
	assert_int_equal(sc_checkout_requote(m->shop, &bob, first.token, NULL, &m->arena, &q, &m->err),
	                 SC_BAD_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_promotion_takes_something_off_the_next_quote),
		MARKET_TEST(a_promotion_that_was_deleted_takes_nothing_off),
		MARKET_TEST(another_process_prices_by_the_new_rules),
		MARKET_TEST(prepared_rules_cost_a_quote_no_further_call),
		MARKET_TEST(a_promotion_for_a_brand_looks_at_the_product),
		MARKET_TEST(a_first_order_has_its_promotion_and_the_second_has_not),
		MARKET_TEST(an_order_keeps_what_each_unit_paid),
		MARKET_TEST(an_order_can_be_explained_when_its_rules_are_gone),
		MARKET_TEST(somebody_elses_order_is_not_explained),
		MARKET_TEST(a_cart_at_no_price_is_confirmed_without_a_payment),
		MARKET_TEST(taxes_are_those_of_where_it_goes),
		MARKET_TEST(a_class_of_goods_has_its_own_tax),
		MARKET_TEST(a_business_abroad_pays_no_tax),
		MARKET_TEST(the_cheapest_way_to_ship_is_taken_unless_one_is_named),
		MARKET_TEST(a_country_where_nothing_ships_is_named),
		MARKET_TEST(a_quote_for_one_country_is_not_placed_to_another),
		MARKET_TEST(a_quote_is_bound_to_a_place_only_as_far_as_rules_look_at_it),
		MARKET_TEST(a_business_abroad_does_not_order_to_its_home),
		MARKET_TEST(a_group_of_customers_has_prices_of_its_own),
		MARKET_TEST(a_quote_says_which_price_a_line_has_and_what_it_cost_before),
		MARKET_TEST(a_wrong_document_is_refused_with_its_place),
		MARKET_TEST(only_the_shop_edits_rules),
		MARKET_TEST(rules_are_listed_by_their_ids_as_they_were_put),
		MARKET_TEST(the_thousand_and_first_promotion_is_refused),
		MARKET_TEST(a_quote_that_stands_has_no_changes),
		MARKET_TEST(what_changed_since_a_quote_is_told_one_by_one),
		MARKET_TEST(a_quote_of_somebody_else_is_not_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
