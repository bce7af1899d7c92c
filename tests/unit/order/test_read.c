/* Reading orders: lists, documents, and that a changed row is told from a true one. */
#include "checkout/market.h"

#include "store/kinds.h"

#include <shopcore/cart.h>

#include <stdio.h>

/* One mug; the cart keeps it, as long as nobody pays. */
static void place(struct market *m, const char *key)
{
	sc_cart cart;
	assert_int_equal(sc_cart_get(m->shop, &m->buyer, NULL, &m->arena, &cart, &m->err), SC_OK);
	if (cart.line_count == 0)
		market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, key), SC_OK);
	sc_testkit_env_advance_ms(m->world, 10);
}

static void an_order_says_what_was_bought(void **state)
{
	struct market *m = *state;
	const sc_line_option option = { "engraving", "For Ada" };
	const sc_cart_item item = { .sku = "pot", .quantity = 2, .options = &option, .option_count = 1 };
	sc_cart cart;
	m->options.tax_rate_ppm = 190000;
	m->options.tax_included = true;
	m->options.shipping_flat_minor = 490;
	market_restart(m);
	assert_int_equal(sc_cart_add(m->shop, &m->buyer, NULL, &item, 1, &m->arena, &cart, &m->err), SC_OK);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	sc_order order = market_order(m);
	assert_string_equal(order.owner, "u:ada");
	assert_int_equal(order.line_count, 1);
	assert_string_equal(order.lines[0].sku, "pot");
	assert_int_equal(order.lines[0].quantity, 2);
	assert_int_equal(order.lines[0].unit_price_minor, 1500);
	assert_string_equal(order.lines[0].options[0].name, "engraving");
	assert_string_equal(order.lines[0].options[0].value, "For Ada");
	assert_int_equal(order.goods_minor, 3000);
	assert_int_equal(order.shipping_minor, 490);
	assert_int_equal(order.total_minor, 3490);
	assert_int_equal(order.tax_minor, 479 + 78);
	assert_string_equal(order.shipping.city, "Berlin");
	assert_string_equal(order.billing.name, "Ada");
	assert_string_equal(order.shipping.line2, "");
	assert_string_equal(order.email, "ada@example.org");
	assert_int_equal(order.payment_count, 1);
	assert_int_equal(order.payments[0].amount_minor, 3490);
	assert_int_equal(order.created_ms, m->start_ms);
}

static void an_order_is_its_owners_and_the_shops_to_see(void **state)
{
	struct market *m = *state;
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve"), guest = SC_CALL_INIT(SC_ACTOR_GUEST, "ada");
	sc_order order;
	sc_payment *payments;
	size_t count;
	place(m, "k");
	const char *id = m->placement.order_id;
	assert_int_equal(sc_order_get(m->shop, &m->buyer, id, &m->arena, &order, &m->err), SC_OK);
	assert_int_equal(sc_order_get(m->shop, &eve, id, &m->arena, &order, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_order_get(m->shop, &guest, id, &m->arena, &order, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_payment_list(m->shop, &m->buyer, id, &m->arena, &payments, &count, &m->err), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(sc_payment_list(m->shop, &eve, id, &m->arena, &payments, &count, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_payment_list(m->shop, &eve, "x", &m->arena, &payments, &count, &m->err), SC_BAD_FORMAT);
	const char *nobodys = "00000000-0000-7000-8000-000000000001";
	assert_int_equal(sc_order_get(m->shop, &m->buyer, nobodys, &m->arena, &order, &m->err), SC_NOT_FOUND);
	assert_int_equal(sc_order_get(m->shop, &m->buyer, "x", &m->arena, &order, &m->err), SC_BAD_FORMAT);
	assert_int_equal(sc_payment_list(m->shop, &eve, nobodys, &m->arena, &payments, &count, &m->err), SC_NOT_FOUND);
}

static void a_list_goes_from_the_newest_to_the_oldest_page_by_page(void **state)
{
	struct market *m = *state;
	const char *ids[5], *cursor = NULL;
	size_t seen = 0;
	for (int i = 0; i < 5; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		place(m, key);
		ids[i] = m->placement.order_id;
	}
	do {
		sc_order_page page;
		assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, 2, cursor, &m->arena, &page, &m->err), SC_OK);
		for (size_t i = 0; i < page.count; i++)
			assert_string_equal(page.orders[i].id, ids[4 - seen++]);
		cursor = page.next;
	} while (cursor);
	assert_int_equal(seen, 5);
}

static void a_list_is_its_owners_and_the_shops_to_see(void **state)
{
	struct market *m = *state;
	sc_call eve = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve");
	sc_order_page page;
	place(m, "k");
	assert_int_equal(sc_order_list(m->shop, &eve, NULL, 10, NULL, &m->arena, &page, &m->err), SC_OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(sc_order_list(m->shop, &eve, "u:ada", 10, NULL, &m->arena, &page, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_order_list(m->shop, SC_CALL_SYSTEM, "u:ada", 10, NULL, &m->arena, &page, &m->err), SC_OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(sc_order_list(m->shop, SC_CALL_SYSTEM, NULL, 10, NULL, &m->arena, &page, &m->err),
	                 SC_BAD_ARGUMENT);
}

static void a_page_is_bounded_and_its_cursor_checked(void **state)
{
	struct market *m = *state;
	sc_order_page page;
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, 0, NULL, &m->arena, &page, &m->err), SC_OUT_OF_RANGE);
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, SC_PAGE_MAX + 1, NULL, &m->arena, &page, &m->err),
	                 SC_OUT_OF_RANGE);
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, SC_PAGE_MAX, NULL, &m->arena, &page, &m->err), SC_OK);
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, 1, "no cursor!", &m->arena, &page, &m->err),
	                 SC_BAD_FORMAT);
	assert_true(sc_status_is_bad_input(
		sc_order_list(m->shop, &m->buyer, NULL, 1, "bm90IG91cnM", &m->arena, &page, &m->err)));
}

static void a_list_of_a_hundred_asks_the_store_as_often_as_a_list_of_one(void **state)
{
	struct market *m = *state;
	const sc_stock_change received = { "mug", NULL, 1000 };
	sc_traced_counts counts;
	sc_order_page page;
	assert_int_equal(sc_inventory_receive(m->shop, SC_CALL_SYSTEM, &received, 1, NULL, &m->err), SC_OK);
	for (int i = 0; i < 100; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		place(m, key);
	}
	for (uint32_t limit = 1; limit <= 100; limit += 99) {
		sc_traced_reset(&m->traced, NULL);
		assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, limit, NULL, &m->arena, &page, &m->err),
		                 SC_OK);
		assert_int_equal(page.count, limit);
		assert_int_equal(sc_traced_read(&m->traced, &counts, NULL), SC_OK);
		assert_int_equal(counts.ops[SC_TRACED_RANGE].calls, 1);
		assert_int_equal(counts.ops[SC_TRACED_LOAD].calls, 1);
	}
}

static void the_document_of_an_order_is_stable(void **state)
{
	struct market *m = *state;
	sc_json_writer writer;
	sc_bytes json;
	static const char expected_head[] = "{\"id\":\"";
	static const char expected_middle[] = "\"owner\":\"u:ada\",\"status\":\"CONFIRMED\",\"order_state\":"
					      "\"CONFIRMED\",\"payment_state\":\"CAPTURED\","
					      "\"fulfilment_state\":\"WAITING\",\"version\":";
	static const char expected_amounts[] =
		"\"currency\":\"USD\",\"goods_minor\":500,\"discount_minor\":0,\"shipping_minor\":0,\"tax_minor\":0,"
		"\"total_minor\":500,\"lines\":[{\"id\":\"";
	static const char expected_tail[] =
		"\"cause\":\"paid\",\"actor\":\"u:ada\"}],"
		"\"promotions\":[],\"coupons\":[],\"taxes\":[],\"fees_minor\":0,\"fees\":[]}";
	place(m, "k");
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	sc_order order = market_order(m);
	sc_json_writer_init(&writer, &m->arena, false);
	sc_order_write_json(&writer, &order);
	assert_int_equal(sc_json_finish(&writer, &json, &m->err), SC_OK);
	const char *text = json.data;
	assert_true(strncmp(text, expected_head, sizeof(expected_head) - 1) == 0);
	assert_non_null(strstr(text, expected_middle));
	assert_non_null(strstr(text, expected_amounts));
	assert_non_null(strstr(text, "\"shipping_address\":{\"name\":\"Ada\",\"line1\":\"1 Analytical Way\","));
	assert_non_null(strstr(text, "\"shipment\":null,\"payments\":[{\"number\":1,\"attempt\":\""));
	assert_string_equal(text + json.size - (sizeof(expected_tail) - 1), expected_tail);
}

/* ---- damage and erasure ---------------------------------------------------------------------- */

static sc_record load_order(struct market *m, sc_id *id)
{
	sc_record record;
	assert_int_equal(sc_id_parse(m->placement.order_id, id), SC_OK);
	const sc_address address = { .key = (const char *)id->bytes, .key_size = sizeof(*id), .kind = SC_KIND_ORDER };
	assert_int_equal(
		m->store.ops->load(m->store.ctx, SC_CALL_SYSTEM, &address, 1, SC_READ_ALL, &m->arena, &record, NULL),
		SC_OK);
	return record;
}

static void write_change(struct market *m, const sc_change *change)
{
	const sc_group group = { .home = SC_HOME_NONE, .changes = change, .count = 1 };
	sc_outcome outcome = { 0 };
	assert_int_equal(m->store.ops->apply(m->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
}

static sc_status get(struct market *m)
{
	sc_order order;
	return sc_order_get(m->shop, &m->buyer, m->placement.order_id, &m->arena, &order, &m->err);
}

static void patch_column(struct market *m, uint32_t column, sc_value value)
{
	sc_id id;
	sc_record record = load_order(m, &id);
	write_change(m, &(sc_change){ .address = record.address,
	                              .type = SC_CHANGE_PATCH,
	                              .condition = SC_IF_PRESENT,
	                              .columns = &value,
	                              .column_count = 1,
	                              .column_mask = 1u << column });
}

static void a_changed_body_is_damage(void **state)
{
	struct market *m = *state;
	sc_id id;
	sc_order_page page;
	place(m, "k");
	sc_record record = load_order(m, &id);
	char *body = sc_arena_dup(&m->arena, record.body.data, record.body.size);
	char *price = strstr(body, "500");
	assert_non_null(price);
	*price = '1';
	write_change(m, &(sc_change){ .address = record.address,
	                              .type = SC_CHANGE_PATCH,
	                              .condition = SC_IF_PRESENT,
	                              .flags = SC_PATCH_BODY,
	                              .body = { body, record.body.size } });
	assert_int_equal(get(m), SC_DAMAGED);
	assert_int_equal(sc_order_list(m->shop, &m->buyer, NULL, 10, NULL, &m->arena, &page, &m->err), SC_DAMAGED);
	assert_int_equal(market_pay(m, "tok_ok"), SC_DAMAGED);
	assert_int_equal(market_place(m, "k"), SC_DAMAGED);
	assert_int_equal(sc_order_ship(m->shop, SC_CALL_SYSTEM, m->placement.order_id, NULL, NULL, &m->err),
	                 SC_DAMAGED);
}

static void a_changed_column_that_never_moves_is_damage(void **state)
{
	struct market *m = *state;
	place(m, "k");
	patch_column(m, SC_ORDER_TOTAL, SC_VALUE_OF_INT(1));
	assert_int_equal(get(m), SC_DAMAGED);
	patch_column(m, SC_ORDER_TOTAL, SC_VALUE_OF_INT(500));
	assert_int_equal(get(m), SC_OK);
	patch_column(m, SC_ORDER_CREATED, SC_VALUE_OF_INT(1));
	assert_int_equal(get(m), SC_DAMAGED);
}

static void states_that_do_not_fit_together_are_damage(void **state)
{
	struct market *m = *state;
	place(m, "k");
	patch_column(m, SC_ORDER_FULFILMENT, SC_VALUE_OF_INT(SC_FULFILMENT_SHIPPED));
	assert_int_equal(get(m), SC_DAMAGED);
}

static void an_erased_person_breaks_nothing(void **state)
{
	struct market *m = *state;
	sc_id id;
	place(m, "k");
	const sc_placement first = m->placement;
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	sc_record record = load_order(m, &id);
	write_change(m, &(sc_change){ .address = record.address,
	                              .type = SC_CHANGE_PATCH,
	                              .condition = SC_IF_PRESENT,
	                              .flags = SC_PATCH_PERSONAL });
	sc_order order = market_order(m);
	assert_true(order.erased);
	assert_string_equal(order.email, "");
	assert_string_equal(order.shipping.name, "");
	assert_int_equal(order.total_minor, 500);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_memory_equal(m->placement.json, first.json, first.json_size);
	assert_int_equal(sc_order_ship(m->shop, SC_CALL_SYSTEM, order.id, NULL, "T", &m->err), SC_OK);
}

static void a_changed_address_is_damage(void **state)
{
	struct market *m = *state;
	sc_id id;
	place(m, "k");
	sc_record record = load_order(m, &id);
	write_change(m, &(sc_change){ .address = record.address,
	                              .type = SC_CHANGE_PATCH,
	                              .condition = SC_IF_PRESENT,
	                              .flags = SC_PATCH_PERSONAL,
	                              .personal = SC_BYTES("{\"email\":\"eve@example.org\"}") });
	assert_int_equal(get(m), SC_DAMAGED);
}

static void an_orders_id_is_routed_with_its_owner(void **state)
{
	struct market *m = *state;
	sc_id id;
	place(m, "k");
	sc_record record = load_order(m, &id);
	const sc_address cart = { .key = "u:ada", .key_size = 5, .kind = SC_KIND_CART };
	assert_int_equal(sc_address_route(&record.address), sc_address_route(&cart));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(an_order_says_what_was_bought),
		MARKET_TEST(an_order_is_its_owners_and_the_shops_to_see),
		MARKET_TEST(a_list_goes_from_the_newest_to_the_oldest_page_by_page),
		MARKET_TEST(a_list_is_its_owners_and_the_shops_to_see),
		MARKET_TEST(a_page_is_bounded_and_its_cursor_checked),
		MARKET_TEST(a_list_of_a_hundred_asks_the_store_as_often_as_a_list_of_one),
		MARKET_TEST(the_document_of_an_order_is_stable),
		MARKET_TEST(a_changed_body_is_damage),
		MARKET_TEST(a_changed_column_that_never_moves_is_damage),
		MARKET_TEST(states_that_do_not_fit_together_are_damage),
		MARKET_TEST(an_erased_person_breaks_nothing),
		MARKET_TEST(a_changed_address_is_damage),
		MARKET_TEST(an_orders_id_is_routed_with_its_owner),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
