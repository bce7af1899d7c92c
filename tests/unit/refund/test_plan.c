/*
 * The planner by itself: an order whose units cost different amounts, paid with two cards.
 */
#include "support/cm.h"

#include "refund/refund.h"

#include <shopcore/testkit/env.h>

/* Three mugs for 1,000 together, of which the first was given away for less; shipping 99 with 16 of tax. */
static const sc_price_run runs[] = { { .count = 1, .discount = 400 }, { .count = 2, .discount = 50 } };
static const sc_order_line lines[] = {
	{ .id = "a",
	  .sku = "mug",
	  .seller = "",
	  .quantity = 3,
	  .unit_price_minor = 500,
	  .discount_minor = 500,
	  .tax_minor = 160,
	  .total_minor = 1000,
	  .units = runs,
	  .unit_runs = 2 },
	{ .id = "b",
	  .sku = "pot",
	  .seller = "ada",
	  .quantity = 1,
	  .unit_price_minor = 401,
	  .tax_minor = 64,
	  .total_minor = 401 },
};
static const sc_order order = {
	.currency = "EUR", .lines = lines, .line_count = 2, .shipping_minor = 99, .tax_minor = 240, .total_minor = 1500
};

struct desk {
	sc_testkit_env *env;
	sc_arena arena;
	sc__attempt attempts[2];
	sc__refund rows[SC_REFUNDS_MAX];
	sc__refunds refunds;
	sc_error err;
};

static int up(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	d->env = sc_testkit_env_new(1);
	sc_arena_init(&d->arena, sc_testkit_env_table(d->env));
	d->attempts[0].shown = (sc_payment){ .number = 1, .state = SC_ATTEMPT_CAPTURED, .amount_minor = 600 };
	d->attempts[1].shown = (sc_payment){ .number = 2, .state = SC_ATTEMPT_CAPTURED, .amount_minor = 900 };
	d->refunds = (sc__refunds){ &order, d->attempts, 2, d->rows, 0 };
	*state = d;
	return 0;
}

static int down(void **state)
{
	struct desk *d = *state;
	sc_arena_clear(&d->arena);
	sc_testkit_env_free(d->env);
	free(d);
	return 0;
}

/* Plans, and keeps what was planned as rows. */
static sc_status plan(struct desk *d, const sc_refund_request *request, int64_t *left)
{
	sc__refund_room room;
	sc_refund_part *parts;
	sc_refund *made;
	size_t part_count, count;
	assert_int_equal(sc__refund_room_make(&d->refunds, &d->arena, &room, &d->err), SC_OK);
	sc_status status = sc__refund_divide(&room, request, &d->arena, &parts, &part_count, &d->err);
	if (status != SC_OK)
		return status;
	assert_int_equal(
		sc__refund_over_payments(&d->refunds, parts, part_count, NULL, &d->arena, &made, &count, &d->err),
		SC_OK);
	for (size_t i = 0; i < count; i++)
		d->rows[d->refunds.count++].shown = made[i];
	*left = room.left;
	return SC_OK;
}

static sc_status plan_units(struct desk *d, const char *line, int64_t units, int64_t *left)
{
	const sc_refund_line wish = { line, units };
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.lines = &wish;
	request.line_count = 1;
	return plan(d, &request, left);
}

static void each_unit_is_worth_what_was_paid_for_it(void **state)
{
	struct desk *d = *state;
	int64_t left;
	assert_int_equal(plan_units(d, "a", 1, &left), SC_OK);
	assert_int_equal(d->rows[0].shown.amount_minor, 100);
	assert_int_equal(plan_units(d, "a", 1, &left), SC_OK);
	assert_int_equal(d->rows[1].shown.amount_minor, 450);
	assert_int_equal(plan_units(d, "a", 1, &left), SC_OK);
	assert_int_equal(left, 500);
}

static void what_one_payment_has_no_room_for_comes_from_the_next(void **state)
{
	struct desk *d = *state;
	int64_t left;
	assert_int_equal(plan_units(d, "a", 3, &left), SC_OK);
	assert_int_equal(d->refunds.count, 2);
	assert_int_equal(d->rows[0].shown.payment, 1);
	assert_int_equal(d->rows[0].shown.amount_minor, 600);
	assert_int_equal(d->rows[0].shown.tax_minor, 96);
	assert_int_equal(d->rows[0].shown.parts[0].quantity, 3);
	assert_int_equal(d->rows[1].shown.payment, 2);
	assert_int_equal(d->rows[1].shown.amount_minor, 400);
	assert_int_equal(d->rows[1].shown.tax_minor, 64);
	assert_int_equal(d->rows[1].shown.parts[0].quantity, 0);
}

static void units_after_an_amount_never_give_back_more_than_is_left_of_their_line(void **state)
{
	struct desk *d = *state;
	int64_t left;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = 1400;
	assert_int_equal(plan(d, &request, &left), SC_OK);
	assert_int_equal(plan_units(d, "a", 3, &left), SC_OK);
	assert_true(left < 100);
	request = (sc_refund_request)SC_REFUND_REQUEST_INIT;
	request.rest = true;
	assert_int_equal(plan(d, &request, &left), SC_OK);
	assert_int_equal(left, 0);
	int64_t tax = 0;
	for (size_t i = 0; i < d->refunds.count; i++)
		tax += d->rows[i].shown.tax_minor;
	assert_int_equal(tax, 240);
}

static void a_seller_is_named_with_the_part_of_his_goods(void **state)
{
	struct desk *d = *state;
	int64_t left;
	assert_int_equal(plan_units(d, "b", 1, &left), SC_OK);
	assert_string_equal(d->rows[0].shown.parts[0].seller, "ada");
	assert_int_equal(d->rows[0].shown.parts[0].tax_minor, 64);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_unit_is_worth_what_was_paid_for_it),
		TEST(what_one_payment_has_no_room_for_comes_from_the_next),
		TEST(units_after_an_amount_never_give_back_more_than_is_left_of_their_line),
		TEST(a_seller_is_named_with_the_part_of_his_goods),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
