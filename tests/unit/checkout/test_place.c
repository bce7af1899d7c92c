/* Quoting and placing: what changed, what is refused, and that a repeat gives the same bytes. */
#include "checkout/market.h"

#include <shopcore/cart.h>

#include <stdio.h>

#define MINUTE 60000

static sc_quote quote(struct market *m)
{
	sc_quote answer;
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, NULL, &m->arena, &answer, &m->err), SC_OK);
	return answer;
}

/* ---- quote ------------------------------------------------------------------------------- */

static void a_quote_adds_up(void **state)
{
	struct market *m = *state;
	m->options.tax_rate_ppm = 190000;
	m->options.shipping_flat_minor = 490;
	market_restart(m);
	market_cart(m, "mug", 3);
	market_cart(m, "pot", 1);
	sc_quote q = quote(m);
	assert_int_equal(q.line_count, 2);
	assert_int_equal(q.goods_minor, 3000);
	assert_int_equal(q.tax_minor, 285 + 285 + 93);
	assert_int_equal(q.shipping_minor, 490 + 93);
	assert_int_equal(q.total_minor, 3000 + 490 + 570 + 93);
	assert_int_equal(q.total_minor, q.breakdown->total_gross);
	assert_int_equal(q.change_count, 0);
	assert_false(q.needs_consent);
	assert_non_null(q.token);
	assert_level(m, "mug", 10, 0, 0);
}

static void an_empty_cart_has_no_quote(void **state)
{
	struct market *m = *state;
	sc_quote q;
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, NULL, &m->arena, &q, &m->err), SC_CART_EMPTY);
}

static void a_shop_is_nobody_who_could_be_quoted(void **state)
{
	struct market *m = *state;
	sc_quote q;
	assert_int_equal(sc_checkout_quote(m->shop, SC_CALL_SYSTEM, NULL, &m->arena, &q, &m->err), SC_BAD_ARGUMENT);
}

static void options_of_a_quote_are_checked(void **state)
{
	struct market *m = *state;
	sc_quote_options options = SC_QUOTE_OPTIONS_INIT;
	char country[SC_ADDRESS_FIELD_MAX + 2];
	sc_quote q;
	memset(country, 'D', sizeof(country));
	country[SC_ADDRESS_FIELD_MAX + 1] = '\0';
	market_cart(m, "mug", 1);
	options.country = country;
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OVER_LIMIT);
	country[SC_ADDRESS_FIELD_MAX] = '\0';
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_OK);
	options.size = 0;
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, &options, &m->arena, &q, &m->err), SC_BAD_ARGUMENT);
}

static void a_quote_tells_what_changed(void **state)
{
	struct market *m = *state;
	market_sku(m, "jug", 900, 9);
	market_cart(m, "mug", 11);
	market_cart(m, "pot", 1);
	market_cart(m, "jug", 1);
	market_price(m, "mug", 550);
	market_price(m, "pot", 1400);
	market_price(m, "jug", -1);
	sc_quote q = quote(m);
	assert_true(q.needs_consent);
	assert_null(q.token);
	assert_int_equal(q.change_count, 4);
	assert_int_equal(q.changes[0].kind, SC_OFFER_PRICE_UP);
	assert_int_equal(q.changes[0].was, 500);
	assert_int_equal(q.changes[0].now, 550);
	assert_int_equal(q.changes[1].kind, SC_OFFER_SHORT_STOCK);
	assert_int_equal(q.changes[1].was, 11);
	assert_int_equal(q.changes[1].now, 10);
	assert_int_equal(q.changes[2].kind, SC_OFFER_PRICE_DOWN);
	assert_int_equal(q.changes[2].line, 1);
	assert_int_equal(q.changes[3].kind, SC_OFFER_NOT_FOR_SALE);
	assert_int_equal(q.changes[3].line, 2);
}

static void flat_shipping_in_another_currency_is_refused(void **state)
{
	struct market *m = *state;
	sc_quote q;
	m->options.shipping_flat_minor = 490;
	memcpy(m->options.currency, "EUR", 4);
	market_restart(m);
	market_cart(m, "mug", 1);
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, NULL, &m->arena, &q, &m->err), SC_CURRENCY_MISMATCH);
}

static void a_quote_binds_though_prices_rise_meanwhile(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	m->request.quote = quote(m).token;
	market_price(m, "mug", 9900);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(m->placement.total_minor, 500);
}

static void a_quote_runs_out(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	m->request.quote = quote(m).token;
	sc_testkit_env_advance_ms(m->world, 15 * MINUTE - 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	sc_testkit_env_advance_ms(m->world, 1);
	assert_int_equal(market_place(m, "other"), SC_QUOTE_EXPIRED);
	assert_int_equal(market_place(m, "k"), SC_OK); /* a repeat is no new purchase */
}

static void a_quote_that_was_tampered_with_is_refused(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	const char *token = quote(m).token;
	size_t size = strlen(token);
	for (size_t i = 0; i < size; i += 7) {
		char *bad = sc_arena_dup(&m->arena, token, size);
		bad[i] = bad[i] == 'x' ? 'y' : 'x';
		m->request.quote = bad;
		assert_int_equal(market_place(m, "k"), SC_BAD_SIGNATURE);
		assert_string_equal(m->err.field, "quote");
	}
	for (size_t cut = 0; cut < size; cut += 11) {
		m->request.quote = sc_arena_dup(&m->arena, token, cut);
		if (cut > 0)
			assert_int_equal(market_place(m, "k"), SC_BAD_SIGNATURE);
	}
}

static void a_quote_of_somebody_else_is_refused(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	m->request.quote = quote(m).token;
	m->buyer.actor = "eve";
	assert_int_equal(market_place(m, "k"), SC_BAD_SIGNATURE);
}

static void a_quote_signed_with_an_older_key_of_the_ring_is_good_until_the_key_is_gone(void **state)
{
	struct market *m = *state;
	sc_quote_key ring[2] = { { .id = 2, .bytes = { 2 } }, { .id = 1, .bytes = { 1 } } };
	m->options.quote_keys = &ring[1];
	m->options.quote_key_count = 1;
	market_restart(m);
	market_cart(m, "mug", 1);
	m->request.quote = quote(m).token;
	m->options.quote_keys = ring;
	m->options.quote_key_count = 2;
	market_restart(m);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_true(strncmp(quote(m).token, "q1.2.", 5) == 0);
	m->options.quote_key_count = 1;
	market_restart(m);
	assert_int_equal(market_place(m, "other"), SC_BAD_SIGNATURE);
}

/* ---- place ------------------------------------------------------------------------------- */

static void a_rise_needs_consent(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	market_price(m, "mug", 501);
	assert_int_equal(market_place(m, "k"), SC_CONSENT_NEEDED);
	m->request.quote = quote(m).token;
	assert_int_equal(market_place(m, "k"), SC_CONSENT_NEEDED);
	m->request.consent = true;
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(m->placement.total_minor, 501);
}

static void what_is_not_for_sale_is_not_placed(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 1);
	market_cart(m, "pot", 1);
	market_price(m, "pot", -1);
	assert_int_equal(market_place(m, "k"), SC_NOT_FOR_SALE);
	assert_int_equal(m->err.index, 1);
}

static void more_than_there_is_holds_nothing(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	market_cart(m, "pot", 6);
	assert_int_equal(market_place(m, "k"), SC_OUT_OF_STOCK);
	assert_int_equal(m->err.index, 1);
	assert_int_equal(m->err.wanted, 6);
	assert_int_equal(m->err.available, 5);
	assert_level(m, "mug", 10, 0, 0);
	assert_level(m, "pot", 5, 0, 0);
	assert_int_equal(sc_checkout_find(m->shop, &(sc_call){ sizeof(sc_call), SC_ACTOR_CUSTOMER, "ada", "k" },
	                                  &m->arena, &m->placement, &m->err),
	                 SC_NOT_FOUND);
}

static void two_lines_of_one_sku_are_counted_together(void **state)
{
	struct market *m = *state;
	const sc_line_option option = { "colour", "red" };
	const sc_cart_item items[] = { { .sku = "pot", .quantity = 3 },
		                       { .sku = "pot", .quantity = 3, .options = &option, .option_count = 1 } };
	sc_cart cart;
	assert_int_equal(sc_cart_add(m->shop, &m->buyer, NULL, items, 2, &m->arena, &cart, &m->err), SC_OK);
	assert_int_equal(market_place(m, "k"), SC_OUT_OF_STOCK);
	assert_int_equal(m->err.wanted, 6);
	assert_int_equal(m->err.available, 5);
	assert_level(m, "pot", 5, 0, 0);
}

static void the_same_key_gives_the_same_bytes_also_after_a_restart(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	const sc_placement first = m->placement;
	for (int i = 0; i < 3; i++) {
		sc_testkit_env_advance_ms(m->world, MINUTE);
		market_restart(m);
		assert_int_equal(market_place(m, "k"), SC_OK);
		assert_int_equal(m->placement.json_size, first.json_size);
		assert_memory_equal(m->placement.json, first.json, first.json_size);
		assert_string_equal(m->placement.order_id, first.order_id);
		if (i == 0)
			assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	}
	assert_level(m, "mug", 10, 0, 2);
	assert_money(m, 1000, 0);
}

static void the_same_key_with_another_request_is_refused(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->request.shipping.city = "Hamburg";
	assert_int_equal(market_place(m, "k"), SC_KEY_REUSED);
	m->request.shipping.city = "Berlin";
	m->request.payment_token = "tok_ok";
	assert_int_equal(market_place(m, "k"), SC_KEY_REUSED);
	m->request.payment_token = NULL;
	assert_int_equal(market_place(m, "k"), SC_OK);
}

/* An accepted quote is placed without a look before: what is refused then is not told to whom the key has an order. */
static void a_repeat_is_answered_when_its_quote_ran_out(void **state)
{
	struct market *m = *state;
	sc_quote quote;
	market_cart(m, "mug", 1);
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, NULL, &m->arena, &quote, &m->err), SC_OK);
	m->request.quote = quote.token;
	assert_int_equal(market_place(m, "k"), SC_OK);
	const char *order = m->placement.order_id;
	sc_testkit_env_advance_ms(m->world, 60 * 60000);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_string_equal(m->placement.order_id, order);
	m->request.quote = "q1.1.no.quote";
	assert_int_equal(market_place(m, "k"), SC_KEY_REUSED);
	assert_int_equal(market_place(m, "other"), SC_BAD_SIGNATURE);
}

static void a_refused_quote_says_which_goods_are_gone(void **state)
{
	struct market *m = *state;
	sc_quote quote;
	market_cart(m, "mug", 10);
	assert_int_equal(sc_checkout_quote(m->shop, &m->buyer, NULL, &m->arena, &quote, &m->err), SC_OK);
	const sc_stock_change sold = { "mug", NULL, -4 };
	assert_int_equal(sc_inventory_adjust(m->shop, SC_CALL_SYSTEM, &sold, 1, "sold", &m->err), SC_OK);
	m->request.quote = quote.token;
	assert_int_equal(market_place(m, "k"), SC_OUT_OF_STOCK);
	assert_int_equal(m->err.wanted, 10);
	assert_int_equal(m->err.available, 6);
}

static void a_key_belongs_to_its_actor(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	const char *adas = m->placement.order_id;
	m->buyer.actor = "eve";
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_string_not_equal(m->placement.order_id, adas);
}

static void a_key_is_forgotten_after_its_lifetime(void **state)
{
	struct market *m = *state;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	const char *first = m->placement.order_id;
	sc_testkit_env_advance_ms(m->world, 8LL * 24 * 60 * MINUTE);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_string_not_equal(m->placement.order_id, first);
}

static void what_was_placed_is_found_by_its_key(void **state)
{
	struct market *m = *state;
	sc_placement found;
	market_cart(m, "mug", 2);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer.key = "k";
	assert_int_equal(sc_checkout_find(m->shop, &m->buyer, &m->arena, &found, &m->err), SC_OK);
	assert_int_equal(found.json_size, m->placement.json_size);
	assert_memory_equal(found.json, m->placement.json, found.json_size);
	m->buyer.key = NULL;
	assert_int_equal(sc_checkout_find(m->shop, &m->buyer, &m->arena, &found, &m->err), SC_BAD_ARGUMENT);
}

static void buying_in_one_call_can_be_repeated(void **state)
{
	struct market *m = *state;
	m->buyer.key = "k";
	m->request.payment_token = "tok_ok";
	market_cart(m, "mug", 2);
	assert_int_equal(sc_checkout_buy(m->shop, &m->buyer, &m->request, &m->arena, &m->placement, &m->err), SC_OK);
	const sc_placement first = m->placement;
	assert_int_equal(sc_checkout_buy(m->shop, &m->buyer, &m->request, &m->arena, &m->placement, &m->err), SC_OK);
	assert_memory_equal(m->placement.json, first.json, first.json_size);
	assert_money(m, 1000, 0);
	assert_level(m, "mug", 10, 0, 2);
}

/* ---- input ------------------------------------------------------------------------------- */

static void a_key_is_required_and_bounded(void **state)
{
	struct market *m = *state;
	char key[SC_ID_TEXT_MAX + 2];
	memset(key, 'k', sizeof(key));
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, NULL), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "call.key");
	key[SC_ID_TEXT_MAX + 1] = '\0';
	assert_int_equal(market_place(m, key), SC_OVER_LIMIT);
	key[SC_ID_TEXT_MAX] = '\0';
	assert_int_equal(market_place(m, key), SC_OK);
}

static void a_guest_gives_an_email_and_a_customer_need_not(void **state)
{
	struct market *m = *state;
	m->request.email = NULL;
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	m->buyer = (sc_call)SC_CALL_INIT(SC_ACTOR_GUEST, "cookie");
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "email");
	m->request.email = "not an address";
	assert_true(sc_status_is_bad_input(market_place(m, "k")));
	m->request.email = "Guest@Example.ORG";
	assert_int_equal(market_place(m, "k"), SC_OK);
	sc_order order = market_order(m);
	assert_string_equal(order.owner, "g:cookie");
	assert_string_equal(order.email, "Guest@example.org");
}

static void required_members_of_an_address_are_named(void **state)
{
	struct market *m = *state;
	const struct {
		const char **member;
		const char *field;
	} required[] = { { &m->request.shipping.name, "shipping.name" },
		         { &m->request.shipping.line1, "shipping.line1" },
		         { &m->request.shipping.city, "shipping.city" },
		         { &m->request.shipping.country, "shipping.country" } };
	market_cart(m, "mug", 1);
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		const char *kept = *required[i].member;
		*required[i].member = NULL;
		assert_int_equal(market_place(m, "k"), SC_BAD_ARGUMENT);
		assert_string_equal(m->err.field, required[i].field);
		*required[i].member = kept;
	}
	m->request.shipping.country = "de";
	assert_int_equal(market_place(m, "k"), SC_BAD_FORMAT);
	m->request.shipping.country = "DE";
	m->request.billing.name = "Charles";
	assert_int_equal(market_place(m, "k"), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "billing.line1");
}

static void a_member_of_an_address_is_bounded(void **state)
{
	struct market *m = *state;
	char text[SC_ADDRESS_FIELD_MAX + 2];
	memset(text, 'a', sizeof(text));
	m->request.shipping.company = text;
	market_cart(m, "mug", 1);
	text[SC_ADDRESS_FIELD_MAX + 1] = '\0';
	assert_int_equal(market_place(m, "k"), SC_OVER_LIMIT);
	assert_string_equal(m->err.field, "shipping.company");
	text[SC_ADDRESS_FIELD_MAX] = '\0';
	assert_int_equal(market_place(m, "k"), SC_OK);
	text[0] = '\xff';
	assert_int_equal(market_place(m, "k"), SC_BAD_TEXT);
}

/* ---- how much it asks of the store --------------------------------------------------------- */

static void fill_cart(struct market *m, int lines)
{
	for (int i = 0; i < lines; i++) {
		char sku[32];
		snprintf(sku, sizeof(sku), "sku-%d-%d", lines, i);
		market_sku(m, sku, 100 + i, 5);
		market_cart(m, sku, 1);
	}
}

static sc_traced_counts counts_of(struct market *m)
{
	sc_traced_counts counts;
	assert_int_equal(sc_traced_read(&m->traced, &counts, &m->err), SC_OK);
	return counts;
}

static uint64_t calls_of(const sc_traced_counts *counts)
{
	uint64_t calls = 0;
	for (int op = 0; op < SC_TRACED_OPS; op++)
		calls += counts->ops[op].calls;
	return calls;
}

struct cost {
	uint64_t quote, place, confirm, read;
};

static struct cost cost_of(struct market *m, int lines, const char *key)
{
	struct cost cost;
	sc_traced_counts counts;
	fill_cart(m, lines);
	sc_traced_reset(&m->traced, NULL);
	m->request.quote = quote(m).token;
	counts = counts_of(m);
	cost.quote = calls_of(&counts);
	assert_int_equal(counts.commits, 0);
	sc_traced_reset(&m->traced, NULL);
	assert_int_equal(market_place(m, key), SC_OK);
	counts = counts_of(m);
	cost.place = calls_of(&counts);
	assert_int_equal(counts.commits, 1);
	sc_traced_reset(&m->traced, NULL);
	assert_int_equal(market_pay(m, "tok_declined"), SC_DECLINED);
	counts = counts_of(m);
	assert_int_equal(counts.commits, 1);
	sc_traced_reset(&m->traced, NULL);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	counts = counts_of(m);
	cost.confirm = calls_of(&counts);
	assert_int_equal(counts.commits, 1);
	sc_traced_reset(&m->traced, NULL);
	assert_int_equal(market_order(m).line_count, lines);
	counts = counts_of(m);
	cost.read = calls_of(&counts);
	return cost;
}

static void one_line_or_a_hundred_cost_the_same_number_of_calls(void **state)
{
	struct market *m = *state;
	const struct cost one = cost_of(m, 1, "one"), hundred = cost_of(m, 100, "hundred");
	assert_int_equal(one.quote, hundred.quote);
	assert_int_equal(one.place, hundred.place);
	assert_int_equal(one.confirm, hundred.confirm);
	assert_int_equal(one.read, hundred.read);
	assert_int_equal(one.quote, 2);
	assert_int_equal(one.place, 1); /* the group: a quote has all that is bought */
	assert_int_equal(one.confirm, 4);
	assert_int_equal(one.read, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_quote_adds_up),
		MARKET_TEST(an_empty_cart_has_no_quote),
		MARKET_TEST(a_shop_is_nobody_who_could_be_quoted),
		MARKET_TEST(options_of_a_quote_are_checked),
		MARKET_TEST(a_quote_tells_what_changed),
		MARKET_TEST(flat_shipping_in_another_currency_is_refused),
		MARKET_TEST(a_quote_binds_though_prices_rise_meanwhile),
		MARKET_TEST(a_quote_runs_out),
		MARKET_TEST(a_quote_that_was_tampered_with_is_refused),
		MARKET_TEST(a_quote_of_somebody_else_is_refused),
		MARKET_TEST(a_quote_signed_with_an_older_key_of_the_ring_is_good_until_the_key_is_gone),
		MARKET_TEST(a_rise_needs_consent),
		MARKET_TEST(what_is_not_for_sale_is_not_placed),
		MARKET_TEST(more_than_there_is_holds_nothing),
		MARKET_TEST(two_lines_of_one_sku_are_counted_together),
		MARKET_TEST(the_same_key_gives_the_same_bytes_also_after_a_restart),
		MARKET_TEST(the_same_key_with_another_request_is_refused),
		MARKET_TEST(a_repeat_is_answered_when_its_quote_ran_out),
		MARKET_TEST(a_refused_quote_says_which_goods_are_gone),
		MARKET_TEST(a_key_belongs_to_its_actor),
		MARKET_TEST(a_key_is_forgotten_after_its_lifetime),
		MARKET_TEST(what_was_placed_is_found_by_its_key),
		MARKET_TEST(buying_in_one_call_can_be_repeated),
		MARKET_TEST(a_key_is_required_and_bounded),
		MARKET_TEST(a_guest_gives_an_email_and_a_customer_need_not),
		MARKET_TEST(required_members_of_an_address_are_named),
		MARKET_TEST(a_member_of_an_address_is_bounded),
		MARKET_TEST(one_line_or_a_hundred_cost_the_same_number_of_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
