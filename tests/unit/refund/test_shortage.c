/*
 * Shelves that turn out emptier than the books: what is short is told, and by policy the latest orders give way and get
 * their money back.
 */
#include "checkout/market.h"

#include <shopcore/shortage.h>

#include <stdio.h>

enum { BUYERS = 5 };

struct short_shop {
	struct market *m;
	char orders[BUYERS][SC_ID_TEXT_SIZE];
};

/* Five buyers with two mugs each, one a minute: all ten are sold. */
static struct short_shop sold_out(void **state)
{
	struct short_shop s = { *state };
	for (int i = 0; i < BUYERS; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		market_cart(s.m, "mug", 2);
		assert_int_equal(market_buy(s.m, key, "tok_ok"), SC_OK);
		snprintf(s.orders[i], sizeof(s.orders[i]), "%s", s.m->placement.order_id);
		sc_testkit_env_advance_ms(s.m->world, 60000);
	}
	assert_level(s.m, "mug", 10, 0, 10);
	return s;
}

static void count_shelf(struct market *m, int64_t units)
{
	const sc_stock_change counted = { "mug", NULL, units };
	assert_int_equal(sc_inventory_set(m->shop, SC_CALL_SYSTEM, &counted, 1, NULL, &m->err), SC_OK);
}

static size_t settle(struct market *m, sc_shortage_policy policy, sc_shortage *first)
{
	sc_shortage *found;
	size_t count;
	assert_int_equal(sc_shortage_settle(m->shop, SC_CALL_SYSTEM, policy, 0, &m->arena, &found, &count, &m->err),
	                 SC_OK);
	if (count > 0)
		*first = found[0];
	return count;
}

static sc_order order_at(struct short_shop *s, int i)
{
	sc_order order;
	assert_int_equal(sc_order_get(s->m->shop, SC_CALL_SYSTEM, s->orders[i], &s->m->arena, &order, &s->m->err),
	                 SC_OK);
	return order;
}

static int64_t refunded(struct short_shop *s, int i)
{
	sc_id id;
	int64_t charged, given_back;
	assert_int_equal(sc_id_parse(s->orders[i], &id), SC_OK);
	assert_int_equal(sc_fake_gateway_order_money(s->m->fake, id, &charged, &given_back, &s->m->err), SC_OK);
	return given_back;
}

static void assert_statuses(struct short_shop *s, int confirmed)
{
	for (int i = 0; i < BUYERS; i++)
		assert_int_equal(order_at(s, i).status, i < confirmed ? SC_STATUS_CONFIRMED : SC_STATUS_CANCELLED);
}

static void negative_stock_is_detected_and_reported(void **state)
{
	struct short_shop s = sold_out(state);
	sc_shortage found;
	assert_int_equal(settle(s.m, SC_SHORTAGE_REPORT, &found), 0);
	count_shelf(s.m, 7);
	assert_int_equal(settle(s.m, SC_SHORTAGE_REPORT, &found), 1);
	assert_string_equal(found.sku, "mug");
	assert_string_equal(found.location, "main");
	assert_int_equal(found.on_hand, 7);
	assert_int_equal(found.committed, 10);
	assert_int_equal(found.missing, 3);
	assert_int_equal(found.cancelled, 0);
	assert_statuses(&s, 5);
}

static void the_latest_orders_are_refunded_when_stock_is_negative_by_policy(void **state)
{
	struct short_shop s = sold_out(state);
	sc_shortage found;
	count_shelf(s.m, 7);
	assert_int_equal(settle(s.m, SC_SHORTAGE_CANCEL_ORDERS, &found), 1);
	assert_int_equal(found.cancelled, 4); /* two orders whole: one unit more than was missing */
	assert_int_equal(found.orders, 2);
	assert_statuses(&s, 3);
	assert_level(s.m, "mug", 7, 0, 6);
	assert_int_equal(settle(s.m, SC_SHORTAGE_CANCEL_ORDERS, &found), 0);
	assert_int_equal(market_tick_after(s.m, 60000), SC_OK);
	assert_int_equal(order_at(&s, 4).paid, SC_PAID_REFUNDED);
	assert_int_equal(order_at(&s, 3).paid, SC_PAID_REFUNDED);
	assert_int_equal(order_at(&s, 2).paid, SC_PAID_CAPTURED);
	assert_sound(s.m);
}

static void only_the_missing_units_of_the_latest_orders_are_refunded_by_policy(void **state)
{
	struct short_shop s = sold_out(state);
	sc_shortage found;
	count_shelf(s.m, 7);
	assert_int_equal(settle(s.m, SC_SHORTAGE_CANCEL_UNITS, &found), 1);
	assert_int_equal(found.cancelled, 3);
	assert_int_equal(found.orders, 2);
	assert_statuses(&s, 4); /* the last lost both units, the one before it one */
	assert_level(s.m, "mug", 7, 0, 7);
	assert_int_equal(market_tick_after(s.m, 60000), SC_OK);
	assert_int_equal(refunded(&s, 4), 1000);
	assert_int_equal(refunded(&s, 3), 500);
	assert_int_equal(refunded(&s, 2), 0);
	assert_sound(s.m);
}

static void what_is_on_its_way_or_allowed_as_backorder_is_not_short(void **state)
{
	struct short_shop s = sold_out(state);
	sc_shortage found;
	const sc_stock_change ahead = { "mug", NULL, -3 };
	assert_int_equal(sc_order_ship(s.m->shop, SC_CALL_SYSTEM, s.orders[4], NULL, "T", &s.m->err), SC_OK);
	count_shelf(s.m, 5);
	assert_int_equal(sc_inventory_set_safety(s.m->shop, SC_CALL_SYSTEM, &ahead, 1, NULL, &s.m->err), SC_OK);
	assert_int_equal(settle(s.m, SC_SHORTAGE_CANCEL_ORDERS, &found), 0);
	count_shelf(s.m, 4);
	assert_int_equal(settle(s.m, SC_SHORTAGE_CANCEL_UNITS, &found), 1);
	assert_int_equal(found.missing, 1);
	assert_int_equal(order_at(&s, 4).status, SC_STATUS_SHIPPED);
	assert_int_equal(order_at(&s, 3).status, SC_STATUS_CONFIRMED);
}

static void no_more_orders_are_looked_at_than_was_said(void **state)
{
	struct short_shop s = sold_out(state);
	sc_shortage *found;
	size_t count;
	count_shelf(s.m, 0);
	assert_int_equal(sc_shortage_settle(s.m->shop, SC_CALL_SYSTEM, SC_SHORTAGE_CANCEL_ORDERS, 2, &s.m->arena,
	                                    &found, &count, &s.m->err),
	                 SC_OK);
	assert_int_equal(found[0].cancelled, 4);
	assert_statuses(&s, 3);
}

static void only_the_shop_settles_shortages(void **state)
{
	struct market *m = *state;
	sc_shortage *found;
	size_t count;
	assert_int_equal(
		sc_shortage_settle(m->shop, &m->buyer, (sc_shortage_policy)3, 0, &m->arena, &found, &count, &m->err),
		SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "policy");
	assert_int_equal(
		sc_shortage_settle(m->shop, &m->buyer, SC_SHORTAGE_REPORT, 0, &m->arena, &found, &count, &m->err),
		SC_NOT_ALLOWED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(negative_stock_is_detected_and_reported),
		MARKET_TEST(the_latest_orders_are_refunded_when_stock_is_negative_by_policy),
		MARKET_TEST(only_the_missing_units_of_the_latest_orders_are_refunded_by_policy),
		MARKET_TEST(what_is_on_its_way_or_allowed_as_backorder_is_not_short),
		MARKET_TEST(no_more_orders_are_looked_at_than_was_said),
		MARKET_TEST(only_the_shop_settles_shortages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
