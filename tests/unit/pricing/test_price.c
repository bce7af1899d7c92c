/* The engine by its structs: what documents cannot show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shopcore/pricing.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t twenty[] = { 20 * SC_RATE_PERCENT };

typedef struct world {
	sc_arena arena;
	sc_price_line lines[3];
	sc_price_shipping shipping[1];
	sc_price_request request;
	sc_price_rules *rules;
	sc_breakdown answer;
	sc_error err;
} world;

static void open_world(world *w)
{
	memset(w, 0, sizeof(*w));
	sc_arena_init(&w->arena, sc_env_default());
	w->lines[0] = (sc_price_line){
		.sku = "mug", .unit_price = 1000, .quantity = 3, .tax_rates = twenty, .tax_rate_count = 1
	};
	w->lines[1] = (sc_price_line){
		.sku = "pen", .unit_price = 333, .quantity = 1, .tax_rates = twenty, .tax_rate_count = 1
	};
	w->lines[2] = (sc_price_line){ .sku = "cap", .unit_price = 1717, .quantity = 2 };
	w->shipping[0] = (sc_price_shipping){ .code = "post", .amount = 500 };
	w->request = (sc_price_request)SC_PRICE_REQUEST_INIT;
	memcpy(w->request.currency, "EUR", 4);
	w->request.lines = w->lines;
	w->request.line_count = 3;
	w->request.shipping = w->shipping;
	w->request.shipping_count = 1;
	w->err = (sc_error)SC_ERROR_INIT;
}

static void close_world(world *w)
{
	sc_price_rules_free(w->rules);
	sc_arena_clear(&w->arena);
}

static void set_rules(world *w, const sc_promotion *promotions, size_t count)
{
	sc_price_rules_free(w->rules);
	assert_int_equal(sc_price_rules_new(sc_env_default(), promotions, count, &w->rules, &w->err), SC_OK);
	w->request.rules = w->rules;
}

static sc_status price(world *w)
{
	return sc_price(&w->request, &w->arena, &w->answer, &w->err);
}

static void a_line_without_sku_is_refused(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.lines[1].sku = NULL;
	assert_int_equal(price(&w), SC_BAD_ARGUMENT);
	assert_int_equal(w.err.index, 1);
	assert_string_equal(w.err.field, "sku");
	close_world(&w);
}

static void an_amount_is_allowed_up_to_its_limit_and_not_beyond(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.request.line_count = 1;
	w.lines[0].unit_price = SC_AMOUNT_MAX;
	assert_int_equal(price(&w), SC_OK);
	assert_int_equal(w.answer.items_gross, 3 * SC_AMOUNT_MAX / 5 * 6);
	w.lines[0].unit_price++;
	assert_int_equal(price(&w), SC_OUT_OF_RANGE);
	assert_string_equal(w.err.field, "unit_price");
	close_world(&w);
}

static void listed_prices_add_up_to_at_most_their_limit(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.request.line_count = 1;
	w.request.shipping_count = 0;
	w.lines[0].unit_price = SC_AMOUNT_MAX;
	w.lines[0].quantity = SC_PRICE_TOTAL_MAX / SC_AMOUNT_MAX;
	assert_int_equal(price(&w), SC_OK);
	w.request.line_count = 2;
	w.lines[1].unit_price = 1;
	assert_int_equal(price(&w), SC_OUT_OF_RANGE);
	w.lines[0].quantity = SC_QUANTITY_MAX;
	assert_int_equal(price(&w), SC_OUT_OF_RANGE);
	close_world(&w);
}

static void a_quantity_is_allowed_up_to_its_limit_and_not_beyond(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.lines[0].quantity = SC_QUANTITY_MAX;
	assert_int_equal(price(&w), SC_OK);
	w.lines[0].quantity++;
	assert_int_equal(price(&w), SC_OUT_OF_RANGE);
	assert_string_equal(w.err.field, "quantity");
	close_world(&w);
}

static void lines_are_allowed_up_to_their_limit_and_not_beyond(void **state)
{
	sc_price_line *lines = calloc(SC_PRICE_LINES_MAX + 1, sizeof(*lines));
	world w;

	(void)state;
	assert_non_null(lines);
	open_world(&w);
	for (size_t i = 0; i <= SC_PRICE_LINES_MAX; i++)
		lines[i] = (sc_price_line){ .sku = "mug", .unit_price = 1, .quantity = 1 };
	w.request.lines = lines;
	w.request.line_count = SC_PRICE_LINES_MAX;
	assert_int_equal(price(&w), SC_OK);
	assert_int_equal(w.answer.items_net, SC_PRICE_LINES_MAX);
	w.request.line_count++;
	assert_int_equal(price(&w), SC_OVER_LIMIT);
	assert_string_equal(w.err.field, "lines");
	close_world(&w);
	free(lines);
}

static void too_many_different_rates_are_refused(void **state)
{
	static int64_t rates[SC_PRICE_TAXES_MAX + 1];
	static sc_price_line lines[SC_PRICE_TAXES_MAX + 1];
	world w;

	(void)state;
	open_world(&w);
	for (size_t i = 0; i <= SC_PRICE_TAXES_MAX; i++) {
		rates[i] = (int64_t)i;
		lines[i] = (sc_price_line){
			.sku = "mug", .unit_price = 1, .quantity = 1, .tax_rates = &rates[i], .tax_rate_count = 1
		};
	}
	w.request.lines = lines;
	w.request.line_count = SC_PRICE_TAXES_MAX;
	assert_int_equal(price(&w), SC_OK);
	w.request.line_count++;
	assert_int_equal(price(&w), SC_OVER_LIMIT);
	close_world(&w);
}

static void an_answer_stays_untouched_when_the_request_is_refused(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.answer.total_gross = 77;
	w.lines[2].quantity = -1;
	assert_int_equal(price(&w), SC_BAD_ARGUMENT);
	assert_int_equal(w.answer.total_gross, 77);
	close_world(&w);
}

static void an_unknown_policy_word_is_refused(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.request.policy.weights = (sc_price_weights)2;
	assert_int_equal(price(&w), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "policy.weights");
	close_world(&w);
}

static void promotions_that_make_no_sense_are_refused(void **state)
{
	const struct {
		sc_promotion promotion;
		sc_status status;
		const char *field;
	} cases[] = {
		{ { .id = NULL }, SC_BAD_ARGUMENT, "id" },
		{ { .id = "p", .type = (sc_promotion_type)9 }, SC_BAD_ARGUMENT, "type" },
		{ { .id = "p", .target = (sc_promotion_target)9 }, SC_BAD_ARGUMENT, "target" },
		{ { .id = "p", .value = -1 }, SC_BAD_ARGUMENT, "value" },
		{ { .id = "p", .value = SC_RATE_ONE + 1 }, SC_OUT_OF_RANGE, "value" },
		{ { .id = "p", .type = SC_PROMOTION_BUY_X_GET_Y, .get_quantity = 1 }, SC_BAD_ARGUMENT, "buy_quantity" },
		{ { .id = "p", .type = SC_PROMOTION_BUNDLE }, SC_BAD_ARGUMENT, "skus" },
		{ { .id = "p", .tiered = SC_PROMOTION_BY_QUANTITY }, SC_BAD_ARGUMENT, "tiers" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_price_rules *rules = NULL;
		sc_error err = SC_ERROR_INIT;

		assert_int_equal(sc_price_rules_new(sc_env_default(), &cases[i].promotion, 1, &rules, &err),
		                 cases[i].status);
		assert_string_equal(err.field, cases[i].field);
		assert_null(rules);
	}
}

static void too_many_promotions_are_refused(void **state)
{
	sc_promotion *promotions = calloc(SC_PRICE_PROMOTIONS_MAX + 1, sizeof(*promotions));
	sc_price_rules *rules = NULL;

	(void)state;
	assert_non_null(promotions);
	for (size_t i = 0; i <= SC_PRICE_PROMOTIONS_MAX; i++)
		promotions[i].id = "p";
	assert_int_equal(sc_price_rules_new(sc_env_default(), promotions, SC_PRICE_PROMOTIONS_MAX + 1, &rules, NULL),
	                 SC_OVER_LIMIT);
	assert_int_equal(sc_price_rules_new(sc_env_default(), promotions, SC_PRICE_PROMOTIONS_MAX, &rules, NULL),
	                 SC_OK);
	sc_price_rules_free(rules);
	free(promotions);
}

static void the_order_of_lines_does_not_matter_when_nothing_ties(void **state)
{
	static const int orders[6][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
	};
	const sc_promotion promotion = {
		.id = "p", .type = SC_PROMOTION_FIXED, .target = SC_PROMOTION_ORDER, .value = 500
	};
	int64_t discounts[3] = { 0 };
	world w;

	(void)state;
	open_world(&w);
	set_rules(&w, &promotion, 1);
	for (size_t o = 0; o < 6; o++) {
		sc_price_line shuffled[3];

		for (size_t i = 0; i < 3; i++)
			shuffled[i] = w.lines[orders[o][i]];
		w.request.lines = shuffled;
		assert_int_equal(price(&w), SC_OK);
		for (size_t i = 0; i < 3; i++) {
			if (o == 0)
				discounts[orders[o][i]] = w.answer.lines[i].discount;
			assert_int_equal(w.answer.lines[i].discount, discounts[orders[o][i]]);
		}
	}
	close_world(&w);
}

static void the_best_combination_beats_or_equals_every_other(void **state)
{
	const sc_promotion promotions[] = {
		{ .id = "alone",
		  .type = SC_PROMOTION_PERCENTAGE,
		  .target = SC_PROMOTION_ORDER,
		  .value = 30 * SC_RATE_PERCENT,
		  .exclusive = true },
		{ .id = "ten",
		  .type = SC_PROMOTION_PERCENTAGE,
		  .target = SC_PROMOTION_ORDER,
		  .value = 10 * SC_RATE_PERCENT },
		{ .id = "thirty", .type = SC_PROMOTION_FIXED, .target = SC_PROMOTION_ORDER, .value = 3000 },
	};
	world w;

	(void)state;
	open_world(&w);
	set_rules(&w, promotions, 3);
	assert_int_equal(price(&w), SC_OK);
	assert_true(w.answer.promotions[0].reason == SC_PROMOTION_APPLIED);
	const int64_t as_listed = w.answer.total_gross;
	w.request.flags = SC_PRICE_BEST;
	assert_int_equal(price(&w), SC_OK);
	assert_true(w.answer.total_gross < as_listed);
	assert_int_equal(w.answer.promotions[0].reason, SC_PROMOTION_NOT_CHOSEN);
	assert_int_equal(w.answer.promotions[1].reason, SC_PROMOTION_APPLIED);
	assert_int_equal(w.answer.promotions[2].reason, SC_PROMOTION_APPLIED);
	close_world(&w);
}

/* Every one of 2^count combinations, priced by rules that hold only those. */
static int64_t cheapest_by_hand(world *w, const sc_promotion *promotions, size_t count)
{
	int64_t best = INT64_MAX;

	for (uint32_t bits = 0; bits < 1u << count; bits++) {
		sc_promotion chosen[8];
		size_t n = 0;

		for (size_t i = 0; i < count; i++)
			if ((bits >> i & 1) != 0)
				chosen[n++] = promotions[i];
		set_rules(w, chosen, n);
		assert_int_equal(price(w), SC_OK);
		best = w->answer.total_gross < best ? w->answer.total_gross : best;
	}
	return best;
}

static void the_best_combination_is_the_cheapest_of_all(void **state)
{
	static const char *const mug[] = { "mug" };
	const sc_promotion promotions[] = {
		{ .id = "a",
		  .type = SC_PROMOTION_PERCENTAGE,
		  .value = 20 * SC_RATE_PERCENT,
		  .skus = { mug, 1 },
		  .group = "g",
		  .group_cap = 400 },
		{ .id = "b",
		  .type = SC_PROMOTION_FIXED,
		  .target = SC_PROMOTION_ORDER,
		  .value = 900,
		  .conditions = { .min_subtotal = 6000, .basis = SC_PROMOTION_BASIS_DISCOUNTED } },
		{ .id = "c", .type = SC_PROMOTION_FREE, .target = SC_PROMOTION_SHIPPING, .exclusive = true },
		{ .id = "d",
		  .type = SC_PROMOTION_BUY_X_GET_Y,
		  .value = SC_RATE_ONE,
		  .buy_quantity = 2,
		  .get_quantity = 1,
		  .repeats = 1 },
		{ .id = "e",
		  .type = SC_PROMOTION_PERCENTAGE,
		  .target = SC_PROMOTION_ORDER,
		  .value = 12 * SC_RATE_PERCENT,
		  .group = "g",
		  .group_cap = 400 },
	};
	world w;

	(void)state;
	open_world(&w);
	const int64_t wanted = cheapest_by_hand(&w, promotions, 5);
	set_rules(&w, promotions, 5);
	w.request.flags = SC_PRICE_BEST;
	assert_int_equal(price(&w), SC_OK);
	assert_int_equal(w.answer.total_gross, wanted);
	close_world(&w);
}

static void many_promotions_find_a_good_combination(void **state)
{
	sc_promotion promotions[20];
	char ids[20][8];
	world w;

	(void)state;
	memset(promotions, 0, sizeof(promotions));
	for (size_t i = 0; i < 20; i++) {
		snprintf(ids[i], sizeof(ids[i]), "p%zu", i);
		promotions[i] = (sc_promotion){ .id = ids[i],
			                        .type = SC_PROMOTION_FIXED,
			                        .target = SC_PROMOTION_ORDER,
			                        .value = 10 + (int64_t)i,
			                        .exclusive = i == 0 };
	}
	open_world(&w);
	set_rules(&w, promotions, 20);
	w.request.flags = SC_PRICE_BEST;
	assert_int_equal(price(&w), SC_OK);
	int64_t all = 0;
	for (int64_t i = 1; i < 20; i++)
		all += 10 + i;
	assert_int_equal(w.answer.discount_total, all);
	close_world(&w);
}

static void presets_are_found_by_name(void **state)
{
	sc_price_policy policy;
	size_t count = 0;

	(void)state;
	for (const char *name; (name = sc_price_policy_name(count)) != NULL; count++)
		assert_int_equal(sc_price_policy_preset(name, &policy), SC_OK);
	assert_true(count >= 6);
	assert_int_equal(sc_price_policy_preset("no such one", &policy), SC_NOT_FOUND);
	assert_int_equal(sc_price_policy_preset("largest_remainder_gross", &policy), SC_OK);
	assert_int_equal(policy.weights, SC_PRICE_WEIGHTS_GROSS);
	assert_int_equal(policy.discount_sign, SC_PRICE_SIGNED);
}

static void an_explanation_names_rule_base_and_reason(void **state)
{
	const sc_promotion promotions[] = {
		{ .id = "TENTH", .type = SC_PROMOTION_PERCENTAGE, .value = 10 * SC_RATE_PERCENT },
		{ .id = "BIG",
		  .type = SC_PROMOTION_FIXED,
		  .target = SC_PROMOTION_ORDER,
		  .value = 100,
		  .conditions = { .min_subtotal = 10000 } },
	};
	sc_bytes text;
	world w;

	(void)state;
	open_world(&w);
	set_rules(&w, promotions, 2);
	w.request.flags = SC_PRICE_EXPLAIN;
	assert_int_equal(price(&w), SC_OK);
	assert_int_equal(sc_price_explain(&w.answer, &w.arena, &text, &w.err), SC_OK);
	assert_non_null(strstr(text.data, "mug: 3 x 10.00 = 30.00"));
	assert_non_null(strstr(text.data, "- 3.00 (TENTH, 10 % of 10.00 for each of 3)"));
	assert_non_null(strstr(text.data, "+ 5.40 tax at 20 %"));
	assert_non_null(
		strstr(text.data, "Not applied: BIG, because the subtotal is too low: 32.33 missing from 100.00"));
	close_world(&w);
}

static void steps_that_need_no_adjustment_give_their_amount(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	w.request.flags = SC_PRICE_EXPLAIN;
	assert_int_equal(price(&w), SC_OK);
	assert_true(w.answer.step_count > 6);
	for (size_t i = 0; i < w.answer.step_count; i++) {
		const sc_price_step *step = &w.answer.steps[i];

		if (!step->rounded && !step->adjusted)
			assert_int_equal(step->base * step->numerator / step->denominator * step->units, step->amount);
	}
	close_world(&w);
}

static void units_given_back_in_any_parts_add_up(void **state)
{
	const sc_promotion promotion = {
		.id = "p", .type = SC_PROMOTION_FIXED, .target = SC_PROMOTION_ORDER, .value = 777
	};
	int64_t all = 0, one;
	world w;

	(void)state;
	open_world(&w);
	set_rules(&w, &promotion, 1);
	w.request.flags = SC_PRICE_UNITS;
	assert_int_equal(price(&w), SC_OK);
	for (int64_t unit = 0; unit < 3; unit++) {
		assert_int_equal(sc_price_units_paid(&w.answer, 0, unit, 1, &one, &w.err), SC_OK);
		all += one;
	}
	assert_int_equal(all, w.answer.lines[0].gross);
	assert_int_equal(sc_price_units_paid(&w.answer, 0, 2, 2, &one, &w.err), SC_OUT_OF_RANGE);
	assert_int_equal(sc_price_units_paid(&w.answer, 3, 0, 1, &one, &w.err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_units_paid(&w.answer, 0, -1, 1, &one, &w.err), SC_BAD_ARGUMENT);
	close_world(&w);
}

static void units_are_refused_of_an_order_that_was_priced_without_them(void **state)
{
	int64_t one;
	world w;

	(void)state;
	open_world(&w);
	assert_int_equal(price(&w), SC_OK);
	assert_int_equal(sc_price_units_paid(&w.answer, 0, 0, 1, &one, &w.err), SC_BAD_ARGUMENT);
	assert_string_equal(w.err.field, "order");
	close_world(&w);
}

static void shares_are_refused_beyond_their_limits(void **state)
{
	const int64_t weights[] = { SC_PRICE_TOTAL_MAX, 1 }, negative[] = { -1 };
	int64_t shares[2];
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;

	(void)state;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_price_share(1, weights, 0, SC_PRICE_LARGEST_REMAINDER, &arena, shares, &err),
	                 SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_share(1, weights, 1, (sc_price_allocation)9, &arena, shares, &err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_share(1, negative, 1, SC_PRICE_LARGEST_REMAINDER, &arena, shares, &err),
	                 SC_BAD_ARGUMENT);
	assert_int_equal(sc_price_share(1, weights, 2, SC_PRICE_LARGEST_REMAINDER, &arena, shares, &err),
	                 SC_OUT_OF_RANGE);
	assert_int_equal(
		sc_price_share(SC_PRICE_TOTAL_MAX + 1, weights, 1, SC_PRICE_LARGEST_REMAINDER, &arena, shares, &err),
		SC_OUT_OF_RANGE);
	assert_int_equal(
		sc_price_share(SC_PRICE_TOTAL_MAX, weights, 1, SC_PRICE_LARGEST_REMAINDER, &arena, shares, &err),
		SC_OK);
	assert_int_equal(shares[0], SC_PRICE_TOTAL_MAX);
	sc_arena_clear(&arena);
}

static void *price_often(void *argument)
{
	const world *shared = argument;
	sc_arena arena;
	int64_t wrong = 0;

	sc_arena_init(&arena, sc_env_default());
	for (int i = 0; i < 2000; i++) {
		sc_breakdown answer;

		sc_arena_reset(&arena);
		if (sc_price(&shared->request, &arena, &answer, NULL) != SC_OK ||
		    answer.total_gross != shared->answer.total_gross)
			wrong++;
	}
	sc_arena_clear(&arena);
	return wrong == 0 ? NULL : argument;
}

static void threads_may_share_prepared_rules(void **state)
{
	const sc_promotion promotions[] = {
		{ .id = "a", .type = SC_PROMOTION_PERCENTAGE, .value = 10 * SC_RATE_PERCENT },
		{ .id = "b",
		  .type = SC_PROMOTION_FIXED,
		  .target = SC_PROMOTION_ORDER,
		  .value = 777,
		  .group = "g",
		  .group_cap = 500 },
	};
	pthread_t threads[4];
	world w;

	(void)state;
	open_world(&w);
	set_rules(&w, promotions, 2);
	assert_int_equal(price(&w), SC_OK);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, price_often, &w), 0);
	for (size_t i = 0; i < 4; i++) {
		void *wrong = NULL;

		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	close_world(&w);
}

/* Memory that runs out: the allocation of that number fails, and every one behind it. */
typedef struct scarce {
	int64_t left;
} scarce;

static void *scarce_resize(void *ctx, void *block, size_t size)
{
	scarce *s = ctx;

	if (size == 0) {
		free(block);
		return NULL;
	}
	return s->left-- > 0 ? realloc(block, size) : NULL;
}

static const char torture[] =
	"{\"currency\":\"EUR\",\"policy\":{\"tax_level\":\"order\"},"
	"\"lines\":[{\"sku\":\"a\",\"unit_price\":1000,\"quantity\":3,\"tax_rates\":[5,10],\"attributes\":{\"x\":\"y\"}"
	"},"
	"{\"sku\":\"b\",\"unit_price\":333,\"quantity\":7,\"tax_rates\":[20]}],"
	"\"promotions\":[{\"id\":\"p\",\"type\":\"fixed\",\"target\":\"order\",\"value\":100},"
	"{\"id\":\"q\",\"type\":\"percentage\",\"value\":10,\"skus\":[\"a\"]},"
	"{\"id\":\"r\",\"type\":\"buy_x_get_y\",\"buy\":{\"quantity\":1},\"get\":{\"quantity\":1}},"
	"{\"id\":\"s\",\"type\":\"percentage\",\"value\":1,\"tiers\":{\"by\":\"quantity\",\"steps\":[{\"from\":1,"
	"\"value\":2}]}}],"
	"\"shipping\":[{\"code\":\"post\",\"amount\":500,\"tax_mode\":\"weighted\"}],\"fees\":[{\"code\":\"f\","
	"\"amount\":9}]}";

static sc_status price_with(int64_t allocations, uint32_t flags, sc_bytes document)
{
	scarce memory = { allocations };
	sc_env env = *sc_env_default();
	sc_bytes out = { NULL, 0 };
	sc_arena arena;
	char buffer[256];

	env.ctx = &memory;
	env.resize = scarce_resize;
	sc_arena_init_buffer(&arena, &env, buffer, sizeof(buffer));
	const sc_status status = sc_price_document(document, flags, &arena, &out, NULL);
	assert_true((status == SC_OK) == (out.data != NULL));
	sc_arena_clear(&arena);
	return status;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	for (uint32_t flags = 0; flags <= (SC_PRICE_EXPLAIN | SC_PRICE_BEST); flags++) {
		int64_t allocations = 0;

		while (price_with(allocations, flags, SC_BYTES(torture)) == SC_NO_MEMORY && allocations < 1000)
			allocations++;
		assert_in_range(allocations, 2, 999);
		assert_int_equal(price_with(allocations, flags, SC_BYTES(torture)), SC_OK);
	}
}

static void a_document_of_a_million_lines_is_refused_by_name(void **state)
{
	static const char head[] = "{\"currency\":\"EUR\",\"lines\":[",
			  line[] = "{\"sku\":\"a\",\"unit_price\":1,\"quantity\":1},";
	const size_t count = 1000000, size = sizeof(head) + count * (sizeof(line) - 1) + 2;
	char *text = malloc(size), *at = text;
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_bytes out;

	(void)state;
	assert_non_null(text);
	at = stpcpy(at, head);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, line);
	memcpy(at - 1, "]}", 3);
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_price_document((sc_bytes){ text, strlen(text) }, 0, &arena, &out, &err), SC_OVER_LIMIT);
	assert_string_equal(err.field, "/lines");
	sc_arena_clear(&arena);
	free(text);
}

static void a_document_of_one_line_too_many_is_refused_by_name(void **state)
{
	char *text = malloc(64 * (SC_PRICE_LINES_MAX + 2)), *at = text;
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_bytes out;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "{\"currency\":\"EUR\",\"lines\":[");
	for (int i = 0; i <= SC_PRICE_LINES_MAX; i++)
		at += sprintf(at, "%s{\"sku\":\"s%d\",\"unit_price\":1,\"quantity\":1}", i > 0 ? "," : "", i);
	strcpy(at, "]}");
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_price_document((sc_bytes){ text, strlen(text) }, 0, &arena, &out, &err), SC_OVER_LIMIT);
	assert_string_equal(err.field, "/lines");
	sc_arena_clear(&arena);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_without_sku_is_refused),
		cmocka_unit_test(an_amount_is_allowed_up_to_its_limit_and_not_beyond),
		cmocka_unit_test(listed_prices_add_up_to_at_most_their_limit),
		cmocka_unit_test(a_quantity_is_allowed_up_to_its_limit_and_not_beyond),
		cmocka_unit_test(lines_are_allowed_up_to_their_limit_and_not_beyond),
		cmocka_unit_test(too_many_different_rates_are_refused),
		cmocka_unit_test(an_answer_stays_untouched_when_the_request_is_refused),
		cmocka_unit_test(an_unknown_policy_word_is_refused),
		cmocka_unit_test(promotions_that_make_no_sense_are_refused),
		cmocka_unit_test(too_many_promotions_are_refused),
		cmocka_unit_test(the_order_of_lines_does_not_matter_when_nothing_ties),
		cmocka_unit_test(the_best_combination_beats_or_equals_every_other),
		cmocka_unit_test(the_best_combination_is_the_cheapest_of_all),
		cmocka_unit_test(many_promotions_find_a_good_combination),
		cmocka_unit_test(presets_are_found_by_name),
		cmocka_unit_test(an_explanation_names_rule_base_and_reason),
		cmocka_unit_test(steps_that_need_no_adjustment_give_their_amount),
		cmocka_unit_test(units_given_back_in_any_parts_add_up),
		cmocka_unit_test(units_are_refused_of_an_order_that_was_priced_without_them),
		cmocka_unit_test(shares_are_refused_beyond_their_limits),
		cmocka_unit_test(threads_may_share_prepared_rules),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(a_document_of_a_million_lines_is_refused_by_name),
		cmocka_unit_test(a_document_of_one_line_too_many_is_refused_by_name),
	};

	return cmocka_run_group_tests_name("price", tests, NULL, NULL);
}
