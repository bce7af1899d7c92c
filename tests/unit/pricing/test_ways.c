/* The ways through the engine: whichever a promotion goes, and however large the amounts are, the cents are the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shopcore/pricing.h>

#include <string.h>

enum { LINES = 5 };

static const int64_t rates[] = { 19 * SC_RATE_PERCENT, 7 * SC_RATE_PERCENT };

typedef struct world {
	sc_arena arena;
	sc_price_line lines[LINES];
	sc_price_request request;
} world;

/* Lines with one rate, two and none, tax inside and on top, and prices that leave fractions everywhere. */
static void open_world(world *w)
{
	static const char *const skus[LINES] = { "mug", "pen", "cap", "bag", "pin" };

	memset(w, 0, sizeof(*w));
	sc_arena_init(&w->arena, sc_env_default());
	for (size_t i = 0; i < LINES; i++)
		w->lines[i] = (sc_price_line){ .sku = skus[i],
			                       .unit_price = 333 + 419 * (int64_t)i,
			                       .quantity = 1 + (int64_t)(i * 3 % 4),
			                       .tax_rates = rates,
			                       .tax_rate_count = i == 4 ? 0 : 1 + i % 2,
			                       .tax_inclusive = i < 2 };
	w->request = (sc_price_request)SC_PRICE_REQUEST_INIT;
	memcpy(w->request.currency, "EUR", 4);
	w->request.lines = w->lines;
	w->request.line_count = LINES;
}

static sc_breakdown price(world *w, const sc_price_rules *rules, uint32_t flags)
{
	sc_breakdown answer;
	sc_error err = SC_ERROR_INIT;

	w->request.rules = rules;
	w->request.flags = flags | SC_PRICE_UNITS;
	assert_int_equal(sc_price(&w->request, &w->arena, &answer, &err), SC_OK);
	return answer;
}

static void assert_same_line(const sc_priced_line *a, const sc_priced_line *b)
{
	assert_int_equal(a->net, b->net);
	assert_int_equal(a->tax, b->tax);
	assert_int_equal(a->discount, b->discount);
	assert_int_equal(a->unit_runs, b->unit_runs);
	assert_memory_equal(a->units, b->units, a->unit_runs * sizeof(*a->units));
}

static void assert_same(const sc_breakdown *a, const sc_breakdown *b)
{
	assert_int_equal(a->total_gross, b->total_gross);
	assert_int_equal(a->total_net, b->total_net);
	assert_int_equal(a->discount_total, b->discount_total);
	for (size_t i = 0; i < a->line_count; i++)
		assert_same_line(&a->lines[i], &b->lines[i]);
	for (size_t i = 0; i < a->promotion_count; i++) {
		assert_int_equal(a->promotions[i].reason, b->promotions[i].reason);
		assert_int_equal(a->promotions[i].discount, b->promotions[i].discount);
		assert_int_equal(a->promotions[i].share_count, b->promotions[i].share_count);
	}
}

/* Prices every pair of a type and an allocation under every way to share out. */
static void price_all_pairs(world *w, const sc_promotion *pair)
{
	sc_price_rules *rules;

	assert_int_equal(sc_price_rules_new(sc_env_default(), pair, 2, &rules, NULL), SC_OK);
	for (int policy = 0; policy < 5 * 2 * 2; policy++) {
		w->request.policy = (sc_price_policy){ .allocation = (sc_price_allocation)(policy % 5),
			                               .rounding = (sc_price_rounding)(policy % 4),
			                               .weights = (sc_price_weights)(policy / 5 % 2),
			                               .discount_sign = (sc_price_sign)(policy / 10) };
		const sc_breakdown bare = price(w, rules, 0), explained = price(w, rules, SC_PRICE_EXPLAIN);

		assert_same(&bare, &explained);
		sc_arena_reset(&w->arena);
	}
	sc_price_rules_free(rules);
}

static void an_explanation_changes_no_amount(void **state)
{
	static const int64_t values[] = { 1234567, 311, 200, 0 }; /* of each type */
	const int ways = 4 * 3 * 2;                               /* types, allocations, items or order */
	world w;

	(void)state;
	open_world(&w);
	for (int way = 0; way < 2 * ways * ways; way++) {
		sc_promotion pair[2] = { { .id = "first" }, { .id = "second" } };

		for (int k = 0; k < 2; k++) {
			const int at = k == 0 ? way % ways : way / ways % ways;

			pair[k].type = (sc_promotion_type)(at % 4);
			pair[k].value = values[at % 4];
			pair[k].allocation = (sc_promotion_allocation)(SC_PROMOTION_EACH_UNIT + at / 4 % 3);
			pair[k].target = (sc_promotion_target)(at / 12);
		}
		w.lines[2].floor_unit_price = way < ways * ways ? 0 : 1100;
		pair[1].base = way % 7 == 0 ? SC_PROMOTION_ORIGINAL : SC_PROMOTION_RUNNING;
		price_all_pairs(&w, pair);
	}
	sc_arena_clear(&w.arena);
}

static void a_filter_tells_texts_that_begin_alike(void **state)
{
	static const char *const all[LINES] = { "sku-0001", "sku-0001a", "sku-000", "sku-0001\xc3\xa4", "sku" };
	world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i < LINES; i++)
		w.lines[i].sku = all[i];
	for (unsigned wanted = 1; wanted < 1u << LINES; wanted++) {
		const char *skus[LINES];
		sc_promotion free = { .id = "free", .type = SC_PROMOTION_FREE };
		sc_price_rules *rules;

		for (size_t i = 0; i < LINES; i++)
			if ((wanted >> i & 1) != 0)
				skus[free.skus.count++] = all[i];
		free.skus.items = skus;
		assert_int_equal(sc_price_rules_new(sc_env_default(), &free, 1, &rules, NULL), SC_OK);
		const sc_breakdown answer = price(&w, rules, 0);
		for (size_t i = 0; i < LINES; i++)
			assert_int_equal(answer.lines[i].gross == 0, wanted >> i & 1);
		sc_price_rules_free(rules);
		sc_arena_reset(&w.arena);
	}
	sc_arena_clear(&w.arena);
}

static int64_t tax_on(int64_t amount, int64_t rate, sc_price_rounding rounding)
{
	const sc_price_line line = {
		.sku = "yacht", .unit_price = amount, .quantity = 1, .tax_rates = &rate, .tax_rate_count = 1
	};
	world w;

	open_world(&w);
	w.request.lines = &line;
	w.request.line_count = 1;
	w.request.policy.rounding = rounding;
	const int64_t tax = price(&w, NULL, 0).tax_total;
	sc_arena_clear(&w.arena);
	return tax;
}

static void amounts_whose_products_need_128_bits_are_rounded_as_small_ones_are(void **state)
{
	const int64_t half = 50 * SC_RATE_PERCENT, fifth = 20 * SC_RATE_PERCENT, large = 999999999999997;

	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		const int64_t odd = wide ? large : 7; /* half of it: 499999999999998.5, or 3.5 */
		const int64_t below = odd / 2;

		assert_int_equal(tax_on(odd, half, SC_PRICE_HALF_UP), below + 1);
		assert_int_equal(tax_on(odd, half, SC_PRICE_HALF_AWAY), below + 1);
		assert_int_equal(tax_on(odd, half, SC_PRICE_HALF_EVEN), below + below % 2);
		assert_int_equal(tax_on(odd + 2, half, SC_PRICE_HALF_EVEN), below + 1 + (below + 1) % 2);
		assert_int_equal(tax_on(odd, half, SC_PRICE_DOWN), below);
		assert_int_equal(tax_on(odd, half, SC_PRICE_UP), below + 1);
		/* A fifth of either ends in .4. */
		assert_int_equal(tax_on(odd, fifth, SC_PRICE_HALF_EVEN), odd / 5);
		assert_int_equal(tax_on(odd, fifth, SC_PRICE_HALF_UP), odd / 5);
		assert_int_equal(tax_on(odd, fifth, SC_PRICE_UP), odd / 5 + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_explanation_changes_no_amount),
		cmocka_unit_test(a_filter_tells_texts_that_begin_alike),
		cmocka_unit_test(amounts_whose_products_need_128_bits_are_rounded_as_small_ones_are),
	};

	return cmocka_run_group_tests_name("ways", tests, NULL, NULL);
}
