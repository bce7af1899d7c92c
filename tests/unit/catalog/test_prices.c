/* Changing many prices: by hand, by file, and only looking. */
#include "catalog/file.h"

static void make_shop(struct world *w)
{
	const sc_sku skus[] = { sku_of("a", 1000), sku_of("b", 1999), sku_of("c", 0) };
	const sc_product mug = product_of("mug", "Mug", skus, 3);
	create(w, &mug);
}

static sc_sku read_sku(struct world *w, const char *sku)
{
	sc_sku found;
	assert_int_equal(sc_sku_get(w->shop, SC_CALL_SYSTEM, sku, &w->arena, &found, &w->err), SC_OK);
	return found;
}

static sc_price_outcome change_one(struct world *w, sc_price_change change, const sc_prices_options *options)
{
	sc_price_outcome outcome;
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, &change, 1, options, &outcome, &w->err), SC_OK);
	assert_int_equal(outcome.status, outcome.error.status);
	return outcome;
}

static void many_prices_change_in_one_read_and_one_write(void **state)
{
	struct world *w = *state;
	const sc_price_change changes[] = { { .sku = "a", .price_minor = 900 },
		                            { .sku = "b", .flags = SC_PRICE_PERCENT, .percent_milli = -10000 },
		                            { .sku = "c", .price_minor = 0 } };
	sc_price_outcome outcomes[3];
	make_shop(w);
	const uint64_t product = read_product(w, "mug").version;
	world_store_calls(w);
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, changes, 3, NULL, outcomes, &w->err), SC_OK);
	assert_int_equal(world_store_calls(w), 2);
	assert_int_equal(outcomes[0].before_minor, 1000);
	assert_int_equal(outcomes[0].after_minor, 900);
	assert_string_equal(outcomes[0].currency, "USD");
	assert_int_equal(read_sku(w, "a").price_minor, 900);
	assert_int_equal(read_sku(w, "a").version, outcomes[0].version);
	assert_int_equal(read_sku(w, "b").price_minor, 1799); /* 1799.1 */
	assert_int_equal(outcomes[2].version, read_sku(w, "c").version);
	assert_string_equal(read_sku(w, "a").name, "Mug");
	assert_int_equal(read_product(w, "mug").version, product);
}

static void a_percentage_is_rounded_as_it_is_told(void **state)
{
	static const struct {
		int32_t percent_milli;
		uint32_t rounding;
		int64_t step, after; /* of 1,000 */
	} cases[] = { { 50, SC_ROUND_HALF_UP, 1, 1001 },     { 50, SC_ROUND_HALF_EVEN, 1, 1000 },
		      { 50, SC_ROUND_DOWN, 1, 1000 },        { 1, SC_ROUND_UP, 1, 1001 },
		      { 12500, SC_ROUND_HALF_UP, 50, 1150 }, { 12499, SC_ROUND_HALF_UP, 50, 1100 },
		      { -100000, SC_ROUND_UP, 1, 0 },        { 1000000, SC_ROUND_HALF_UP, 1, 11000 } };
	struct world *w = *state;
	make_shop(w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sc_prices_options options = SC_PRICES_OPTIONS_INIT;
		options.rounding = cases[i].rounding;
		options.step_minor = cases[i].step;
		options.dry_run = 1;
		const sc_price_change change = { .sku = "a",
			                         .flags = SC_PRICE_PERCENT,
			                         .percent_milli = cases[i].percent_milli };
		assert_int_equal(change_one(w, change, &options).after_minor, cases[i].after);
	}
	assert_int_equal(read_sku(w, "a").price_minor, 1000); /* all of it was a dry run */
}

static void a_condition_that_does_not_hold_changes_nothing(void **state)
{
	struct world *w = *state;
	make_shop(w);
	const uint64_t version = read_sku(w, "a").version;
	sc_price_change change = { .sku = "a", .price_minor = 5, .flags = SC_PRICE_IF_WAS, .was_minor = 999 };
	sc_price_outcome outcome = change_one(w, change, NULL);
	assert_int_equal(outcome.status, SC_CHANGED);
	assert_string_equal(outcome.error.field, "was");
	assert_int_equal(outcome.before_minor, 1000);
	change.flags = SC_PRICE_IF_VERSION;
	change.version = version + 1;
	assert_int_equal(change_one(w, change, NULL).status, SC_CHANGED);
	change.flags = SC_PRICE_IF_CURRENCY;
	memcpy(change.currency, "EUR", 4);
	assert_int_equal(change_one(w, change, NULL).status, SC_CURRENCY_MISMATCH);
	assert_int_equal(read_sku(w, "a").version, version);
	change.flags = SC_PRICE_IF_WAS | SC_PRICE_IF_VERSION | SC_PRICE_IF_CURRENCY;
	change.was_minor = 1000;
	change.version = version;
	memcpy(change.currency, "USD", 4);
	assert_int_equal(change_one(w, change, NULL).status, SC_OK);
	assert_int_equal(read_sku(w, "a").price_minor, 5);
	assert_int_equal(change_one(w, change, NULL).status, SC_CHANGED); /* a repeat */
}

static void each_change_is_judged_alone(void **state)
{
	struct world *w = *state;
	const sc_price_change changes[] = {
		{ .sku = "a", .price_minor = -1 },
		{ .sku = "a", .price_minor = SC_AMOUNT_MAX },
		{ .sku = "a", .price_minor = 7 },
		{ .sku = "nothing", .price_minor = 7 },
		{ .sku = "b", .price_minor = SC_AMOUNT_MAX + 1 },
		{ .sku = "b", .flags = SC_PRICE_PERCENT, .percent_milli = SC_PERCENT_MILLI_MAX + 1 },
		{ .sku = "b", .flags = SC_PRICE_PERCENT, .percent_milli = SC_PERCENT_MILLI_MIN - 1 },
		{ .sku = NULL },
	};
	static const sc_status expected[] = { SC_OUT_OF_RANGE, SC_OK,           SC_EXISTS,       SC_NOT_FOUND,
		                              SC_OUT_OF_RANGE, SC_OUT_OF_RANGE, SC_OUT_OF_RANGE, SC_BAD_ARGUMENT };
	sc_price_outcome outcomes[8];
	make_shop(w);
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, changes, 8, NULL, outcomes, &w->err), SC_OK);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(outcomes[i].status, expected[i]);
	const sc_price_change more = { .sku = "a", .flags = SC_PRICE_PERCENT, .percent_milli = 1 };
	assert_int_equal(change_one(w, more, NULL).status, SC_OUT_OF_RANGE); /* above the largest amount */
	assert_int_equal(read_sku(w, "a").price_minor, SC_AMOUNT_MAX);
}

static void a_seller_changes_own_prices_only(void **state)
{
	struct world *w = *state;
	const sc_call acme = SC_CALL_INIT(SC_ACTOR_SELLER, "acme");
	sc_sku skus[] = { sku_of("mine", 10), sku_of("theirs", 10) };
	skus[0].seller = "acme";
	const sc_product mug = product_of("mug", "Mug", skus, 2);
	const sc_price_change changes[] = { { .sku = "mine", .price_minor = 7 },
		                            { .sku = "theirs", .price_minor = 7 } };
	sc_price_outcome outcomes[2];
	create(w, &mug);
	assert_int_equal(sc_prices_change(w->shop, &acme, changes, 2, NULL, outcomes, &w->err), SC_OK);
	assert_int_equal(outcomes[0].status, SC_OK);
	assert_int_equal(outcomes[1].status, SC_NOT_ALLOWED);
	assert_int_equal(read_sku(w, "theirs").price_minor, 10);
}

static void options_and_counts_have_their_limits(void **state)
{
	struct world *w = *state;
	sc_prices_options options = SC_PRICES_OPTIONS_INIT;
	options.step_minor = SC_PRICE_STEP_MAX;
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, NULL, 0, &options, NULL, &w->err), SC_OK);
	options.step_minor++;
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, NULL, 0, &options, NULL, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "step_minor");
	options.step_minor = 1;
	options.rounding = 6;
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, NULL, 0, &options, NULL, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "rounding");
	assert_int_equal(sc_prices_change(w->shop, SC_CALL_SYSTEM, NULL, SC_BATCH_MAX + 1, NULL, NULL, &w->err),
	                 SC_OVER_LIMIT);
}

/* ---- files ------------------------------------------------------------------------------- */

struct seen {
	struct {
		uint64_t line;
		sc_status status;
		int64_t after;
		char field[64];
	} rows[32];
	size_t count;
};

static void on_row(void *ctx, const sc_prices_row *row)
{
	struct seen *seen = ctx;
	seen->rows[seen->count].line = row->line;
	seen->rows[seen->count].status = row->outcome->status;
	seen->rows[seen->count].after = row->outcome->after_minor;
	snprintf(seen->rows[seen->count].field, 64, "%s", row->outcome->error.field);
	seen->count++;
}

static sc_prices_summary run_file(struct world *w, const char *text, sc_catalog_format format, struct seen *seen)
{
	sc_prices_file_options options = SC_PRICES_FILE_OPTIONS_INIT;
	sc_prices_file *file;
	sc_prices_summary summary;
	*seen = (struct seen){ .count = 0 };
	options.format = format;
	options.batch_lines = 2;
	options.on_row = on_row;
	options.ctx = seen;
	assert_int_equal(sc_prices_file_new(w->shop, &options, &file, &w->err), SC_OK);
	for (const char *at = text; *at != '\0'; at++)
		assert_int_equal(sc_prices_file_feed(file, SC_CALL_SYSTEM, at, 1, &w->err), SC_OK);
	assert_int_equal(sc_prices_file_finish(file, SC_CALL_SYSTEM, &summary, &w->err), SC_OK);
	assert_int_equal(sc_prices_file_feed(file, SC_CALL_SYSTEM, "", 0, &w->err), SC_WRONG_STATE);
	sc_prices_file_free(file);
	assert_int_equal(summary.lines, seen->count);
	return summary;
}

static void every_line_of_a_file_is_accounted_for(void **state)
{
	static const struct {
		uint64_t line;
		sc_status status;
		const char *field;
	} expected[] = { { 1, SC_OK, "" },           { 3, SC_BAD_FORMAT, "line" },    { 4, SC_BAD_ARGUMENT, "sku" },
		         { 5, SC_EXISTS, "sku" },    { 6, SC_BAD_ARGUMENT, "price" }, { 7, SC_BAD_FORMAT, "percent" },
		         { 8, SC_NOT_FOUND, "sku" }, { 9, SC_CHANGED, "was" },        { 10, SC_OK, "" } };
	struct world *w = *state;
	struct seen seen;
	make_shop(w);
	sc_prices_summary summary = run_file(w,
	                                     "{\"sku\":\"a\",\"percent\":\"-2.5\"}\n\nnonsense\n{\"price\":1}\n"
	                                     "{\"sku\":\"a\",\"price\":1}\n{\"sku\":\"b\",\"price\":1,\"percent\":1}\n"
	                                     "{\"sku\":\"b\",\"percent\":1.0001}\n{\"sku\":\"x\",\"price\":1}\n"
	                                     "{\"sku\":\"b\",\"price\":1,\"was\":7}\n{\"sku\":\"c\",\"price\":0}",
	                                     SC_CATALOG_JSONL, &seen);
	assert_int_equal(seen.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < seen.count; i++) {
		assert_int_equal(seen.rows[i].line, expected[i].line);
		assert_int_equal(seen.rows[i].status, expected[i].status);
		assert_string_equal(seen.rows[i].field, expected[i].field);
	}
	assert_int_equal(summary.changed, 1);
	assert_int_equal(summary.unchanged, 1);
	assert_int_equal(summary.rejected, 7);
	assert_int_equal(read_sku(w, "a").price_minor, 975);
}

static void a_table_changes_prices_too(void **state)
{
	struct world *w = *state;
	struct seen seen;
	make_shop(w);
	sc_prices_summary summary = run_file(
		w, "sku,price,percent,was,currency\r\na,,5,1000,USD\r\nb,2000,,,\r\nc,x,,,\r\n", SC_CATALOG_CSV, &seen);
	assert_int_equal(summary.changed, 2);
	assert_int_equal(summary.rejected, 1);
	assert_int_equal(seen.rows[2].line, 4);
	assert_string_equal(seen.rows[2].field, "price");
	assert_int_equal(read_sku(w, "a").price_minor, 1050);
	assert_int_equal(read_sku(w, "b").price_minor, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(many_prices_change_in_one_read_and_one_write),
		world_test(a_percentage_is_rounded_as_it_is_told),
		world_test(a_condition_that_does_not_hold_changes_nothing),
		world_test(each_change_is_judged_alone),
		world_test(a_seller_changes_own_prices_only),
		world_test(options_and_counts_have_their_limits),
		world_test(every_line_of_a_file_is_accounted_for),
		world_test(a_table_changes_prices_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
