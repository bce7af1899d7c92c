/* Importing JSON lines: every line accounted for, maps, and doing it twice. */
#include "catalog/world.h"

struct seen_row {
	uint64_t line;
	uint32_t effect;
	sc_status status;
	char sku[16], field[64];
};

struct seen {
	struct seen_row rows[64];
	size_t count;
	sc_import_summary summary;
};

static void on_row(void *ctx, const sc_import_row *row)
{
	struct seen *seen = ctx;
	struct seen_row *to = &seen->rows[seen->count++ % 64];
	*to = (struct seen_row){ .line = row->line, .effect = row->effect, .status = row->status };
	snprintf(to->sku, sizeof(to->sku), "%s", row->sku != NULL ? row->sku : "-");
	snprintf(to->field, sizeof(to->field), "%s", row->field);
	assert_true(row->status == SC_OK ? row->text[0] == '\0' : row->text[0] != '\0');
}

/* Import a whole text, handed in by pieces of `piece` bytes. */
static sc_status import_by(struct world *w, const char *text, const char *map, size_t piece, sc_import_options options,
                           struct seen *seen)
{
	sc_catalog_import *import;
	size_t size = strlen(text);
	*seen = (struct seen){ .count = 0 };
	options.on_row = on_row;
	options.ctx = seen;
	if (map != NULL)
		options.map = (sc_bytes){ map, strlen(map) };
	sc_status status = sc_catalog_import_new(w->shop, &options, &import, &w->err);
	if (status != SC_OK)
		return status;
	for (size_t at = 0; status == SC_OK && at < size; at += piece)
		status = sc_catalog_import_feed(import, SC_CALL_SYSTEM, text + at,
		                                size - at < piece ? size - at : piece, &w->err);
	if (status == SC_OK)
		status = sc_catalog_import_finish(import, SC_CALL_SYSTEM, &seen->summary, &w->err);
	sc_catalog_import_free(import);
	return status;
}

static void import(struct world *w, const char *text, const char *map, struct seen *seen)
{
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	assert_int_equal(import_by(w, text, map, 1 << 20, options, seen), SC_OK);
}

static const char three_mugs[] = "{\"sku\":\"a\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}\n"
				 "\n"
				 "{\"sku\":\"b\",\"name\":\"B\",\"price\":2,\"currency\":\"USD\",\"brand\":\"x\"}\r\n"
				 "{\"sku\":\"c\",\"name\":\"C\",\"price\":3,\"currency\":\"JPY\"}";

static void each_line_has_its_row_in_order(void **state)
{
	struct world *w = *state;
	struct seen seen;
	import(w, three_mugs, NULL, &seen);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.rows[0].line, 1);
	assert_int_equal(seen.rows[1].line, 3); /* blank lines count as lines, and have no row */
	assert_int_equal(seen.rows[2].line, 4);
	assert_string_equal(seen.rows[2].sku, "c");
	assert_int_equal(seen.rows[2].effect, SC_PUT_CREATED);
	assert_int_equal(seen.summary.lines, 3);
	assert_int_equal(seen.summary.created, 3);
	assert_string_equal(read_product(w, "b").brand, "x");
	assert_int_equal(read_product(w, "c").skus[0].price_minor, 3);
}

static void it_does_not_matter_where_the_bytes_are_cut(void **state)
{
	struct world *w = *state;
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	struct seen seen;
	for (size_t piece = 1; piece < sizeof(three_mugs); piece += 7) {
		assert_int_equal(import_by(w, three_mugs, NULL, piece, options, &seen), SC_OK);
		assert_int_equal(seen.count, 3);
		assert_int_equal(seen.rows[2].line, 4);
		assert_int_equal(seen.summary.rejected, 0);
	}
}

static void the_same_file_again_changes_nothing(void **state)
{
	struct world *w = *state;
	struct seen seen;
	import(w, three_mugs, NULL, &seen);
	uint64_t version = read_product(w, "a").version;
	import(w, three_mugs, NULL, &seen);
	assert_int_equal(seen.summary.unchanged, 3);
	assert_int_equal(read_product(w, "a").version, version);
}

static void a_new_price_changes_only_that(void **state)
{
	struct world *w = *state;
	struct seen seen;
	import(w, three_mugs, NULL, &seen);
	import(w, "{\"sku\":\"b\",\"name\":\"B\",\"price\":9,\"currency\":\"USD\",\"brand\":\"x\"}\n", NULL, &seen);
	assert_int_equal(seen.summary.changed, 1);
	assert_int_equal(read_product(w, "b").skus[0].price_minor, 9);
}

static void what_is_wrong_is_rejected_with_its_field_and_the_rest_goes_on(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *line;
		sc_status status;
		const char *field;
	} cases[] = {
		{ "{\"sku\":\"ok-1\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}", SC_OK, "" },
		{ "{", SC_BAD_FORMAT, "line" },
		{ "[1]", SC_BAD_FORMAT, "line" },
		{ "{\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}", SC_BAD_ARGUMENT, "sku" },
		{ "{\"sku\":\"s1\",\"price\":1,\"currency\":\"USD\"}", SC_BAD_ARGUMENT, "name" },
		{ "{\"sku\":\"s2\",\"name\":\"A\",\"currency\":\"USD\"}", SC_BAD_ARGUMENT, "price" },
		{ "{\"sku\":\"s3\",\"name\":\"A\",\"price\":1}", SC_BAD_ARGUMENT, "currency" },
		{ "{\"sku\":\"s4\",\"name\":\"A\",\"price\":1.5,\"currency\":\"USD\"}", SC_BAD_FORMAT, "price" },
		{ "{\"sku\":\"s5\",\"name\":\"A\",\"price\":\"1\",\"currency\":\"USD\"}", SC_BAD_FORMAT, "price" },
		{ "{\"sku\":\"s6\",\"name\":\"A\",\"price\":-1,\"currency\":\"USD\"}", SC_OUT_OF_RANGE,
		  "skus[0].price" },
		{ "{\"sku\":\"s7\",\"name\":\"A\",\"price\":1,\"currency\":\"usd\"}", SC_BAD_CURRENCY,
		  "skus[0].currency" },
		{ "{\"sku\":\"s8\",\"name\":[],\"price\":1,\"currency\":\"USD\"}", SC_BAD_FORMAT, "name" },
		{ "{\"sku\":\"s9\",\"name\":\"\xff\",\"price\":1,\"currency\":\"USD\"}", SC_BAD_TEXT, "line" },
		{ "{\"sku\":\"ok-1\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}", SC_EXISTS, "sku" },
		{ "{\"sku\":\"ok-2\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}", SC_OK, "" },
	};
	enum { COUNT = sizeof(cases) / sizeof(cases[0]) };
	char text[4096] = "";
	struct seen seen;
	for (size_t i = 0; i < COUNT; i++) {
		strcat(text, cases[i].line);
		strcat(text, "\n");
	}
	import(w, text, NULL, &seen);
	assert_int_equal(seen.count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(seen.rows[i].line, i + 1);
		assert_int_equal(seen.rows[i].status, cases[i].status);
		if (strcmp(cases[i].field, "line") != 0)
			assert_string_equal(seen.rows[i].field, cases[i].field);
		assert_int_equal(seen.rows[i].effect, cases[i].status == SC_OK ? SC_PUT_CREATED : SC_PUT_NOTHING);
	}
	assert_int_equal(seen.summary.created, 2);
	assert_int_equal(seen.summary.rejected, COUNT - 2);
}

static void a_line_is_as_long_as_its_limit(void **state)
{
	struct world *w = *state;
	static const char line[] = "{\"sku\":\"a\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\"}";
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	char text[256];
	struct seen seen;
	snprintf(text, sizeof(text), "%s\n{\"sku\":\"b\",\"name\":\"B\",\"price\":1,\"currency\":\"USD\" }\n", line);
	options.line_max = sizeof(line) - 1;
	for (size_t piece = 5; piece < 200; piece += 90) { /* the long line comes in pieces, and at once */
		assert_int_equal(import_by(w, text, NULL, piece, options, &seen), SC_OK);
		assert_int_equal(seen.count, 2);
		assert_int_equal(seen.rows[0].status, SC_OK);
		assert_int_equal(seen.rows[1].status, SC_OVER_LIMIT);
		assert_int_equal(seen.rows[1].line, 2);
	}
}

static void lines_of_one_product_become_its_skus(void **state)
{
	struct world *w = *state;
	struct seen seen;
	const char *text = "{\"sku\":\"r\",\"product\":\"mug\",\"name\":\"Mug\",\"sku_name\":\"Red\",\"price\":1,"
			   "\"currency\":\"USD\","
			   "\"options\":{\"colour\":\"red\"}}\n"
			   "{\"sku\":\"b\",\"product\":\"mug\",\"name\":\"Mug\",\"sku_name\":\"Blue\",\"price\":2,"
			   "\"currency\":\"USD\"}\n";
	import(w, text, NULL, &seen);
	sc_product mug = read_product(w, "mug");
	assert_int_equal(mug.sku_count, 2);
	assert_string_equal(mug.skus[0].name, "Blue");
	assert_string_equal(mug.skus[1].options[0].text, "red");
	import(w, text, NULL, &seen);
	assert_int_equal(seen.summary.unchanged, 2);
}

static void a_line_that_spoils_its_product_is_rejected_alone(void **state)
{
	struct world *w = *state;
	struct seen seen;
	const char *text = "{\"sku\":\"x\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":1,\"currency\":\"USD\"}\n"
			   "{\"sku\":\"taken\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":1,\"currency\":\"USD\"}\n"
			   "{\"sku\":\"y\",\"product\":\"mug\",\"name\":\"Mug\",\"price\":1,\"currency\":\"USD\"}\n";
	import(w, "{\"sku\":\"taken\",\"name\":\"Other\",\"price\":1,\"currency\":\"USD\"}\n", NULL, &seen);
	import(w, text, NULL, &seen);
	assert_int_equal(seen.rows[0].status, SC_OK);
	assert_int_equal(seen.rows[1].status, SC_EXISTS);
	assert_int_equal(seen.rows[2].status, SC_OK);
	assert_int_equal(read_product(w, "mug").sku_count, 2);
}

static void many_lines_take_few_commits(void **state)
{
	struct world *w = *state;
	static char text[100 * 80];
	struct seen seen;
	for (int i = 0; i < 100; i++)
		sprintf(text + strlen(text), "{\"sku\":\"s%d\",\"name\":\"S\",\"price\":1,\"currency\":\"USD\"}\n", i);
	world_store_calls(w);
	import(w, text, NULL, &seen);
	assert_int_equal(seen.summary.created, 100);
	assert_int_equal(world_store_calls(w), 2); /* one load, one apply */
}

/* ---- maps -------------------------------------------------------------------------------- */

static void a_map_finds_foreign_names(void **state)
{
	struct world *w = *state;
	struct seen seen;
	const char *map = "{\"sku\":\"id\",\"name\":\"texts.title\",\"price\":{\"decimal\":\"cost\"},\"currency\":{"
			  "\"const\":\"USD\"},"
			  "\"categories\":{\"path\":\"tree\"},\"attributes\":[{\"object\":\"attrs\",\"strip\":[\"t_\","
			  "\"n_\",\"b_\"]},"
			  "{\"prefix\":\"x_\"},{\"fields\":{\"Codes\":\"ean\"}}],\"images\":\"pictures\"}";
	import(w,
	       "{\"id\":7,\"texts\":{\"title\":\"Phone\\u0099\"},\"cost\":49.9,\"tree\":[\"Cell Phones\",\"Prepaid & "
	       "More\"],"
	       "\"attrs\":{\"t_colour\":\"red\",\"n_weight\":1.50,\"b_new\":true,\"t_none\":null,\"t_weight\":"
	       "\"light\"},"
	       "\"x_y\":\"z\",\"ean\":[\"1\",2],\"pictures\":[\"u1\",{\"url\":\"u2\",\"alt\":\"two\"}]}\n",
	       map, &seen);
	assert_int_equal(seen.rows[0].status, SC_OK);
	sc_product phone = read_product(w, "7");
	assert_string_equal(phone.name, "Phone");
	assert_int_equal(phone.skus[0].price_minor, 4990);
	assert_int_equal(phone.category_count, 2);
	assert_string_equal(phone.categories[0], "cell-phones");
	assert_string_equal(phone.categories[1], "cell-phones/prepaid-more");
	static const char *const expected[][2] = { { "colour", "red" },     { "weight", "1.50" }, { "new", "true" },
		                                   { "t_weight", "light" }, { "y", "z" },         { "Codes", "1, 2" } };
	assert_int_equal(phone.attribute_count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(phone.attributes[i].name, expected[i][0]);
		assert_string_equal(phone.attributes[i].text, expected[i][1]);
	}
	assert_int_equal(phone.attributes[1].type, SC_ATTRIBUTE_NUMBER);
	assert_string_equal(phone.images[1].alt, "two");
	sc_category category;
	assert_int_equal(
		sc_category_get(w->shop, SC_CALL_SYSTEM, "cell-phones/prepaid-more", &w->arena, &category, &w->err),
		SC_OK);
	assert_string_equal(category.name, "Prepaid & More");
	assert_string_equal(category.parent, "cell-phones");
}

static void decimals_become_minor_units_exactly(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *price, *currency;
		int64_t minor; /* -1: rejected */
	} cases[] = {
		{ "49.99", "USD", 4999 },   { "0.07", "USD", 7 },   { "1.1", "USD", 110 },
		{ "\"1.10\"", "USD", 110 }, { "5", "USD", 500 },    { "1.125", "BHD", 1125 },
		{ "500", "JPY", 500 },      { "1.005", "USD", -1 }, { "0.5", "JPY", -1 },
		{ "\"1,10\"", "USD", -1 },  { "1e2", "USD", -1 },   { "90071992547409.93", "USD", 9007199254740993 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[128], sku[8];
		struct seen seen;
		snprintf(sku, sizeof(sku), "s%zu", i);
		snprintf(text, sizeof(text), "{\"sku\":\"%s\",\"name\":\"A\",\"price\":%s,\"currency\":\"%s\"}\n", sku,
		         cases[i].price, cases[i].currency);
		import(w, text,
		       "{\"sku\":\"sku\",\"name\":\"name\",\"price\":{\"decimal\":\"price\"},\"currency\":"
		       "\"currency\"}",
		       &seen);
		if (cases[i].minor > SC_AMOUNT_MAX) {
			assert_int_equal(seen.rows[0].status, SC_OUT_OF_RANGE);
			continue;
		}
		assert_int_equal(seen.rows[0].status == SC_OK, cases[i].minor >= 0);
		if (cases[i].minor >= 0)
			assert_int_equal(read_product(w, sku).skus[0].price_minor, cases[i].minor);
		else
			assert_string_equal(seen.rows[0].field, "price");
	}
}

static void one_member_a_level_makes_a_path(void **state)
{
	struct world *w = *state;
	struct seen seen;
	import(w,
	       "{\"sku\":\"a\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\",\"d\":\"FOOD\",\"c\":\"Jam/"
	       "Honey\",\"t\":\"\"}\n",
	       "{\"sku\":\"sku\",\"name\":\"name\",\"price\":\"price\",\"currency\":\"currency\","
	       "\"categories\":{\"path\":[\"d\",\"c\",\"t\"]}}",
	       &seen);
	sc_product a = read_product(w, "a");
	assert_int_equal(a.category_count, 2);
	assert_string_equal(a.categories[1], "food/jam-honey");
}

static void a_path_too_long_for_an_id_still_has_one(void **state)
{
	struct world *w = *state;
	char text[600], name[201];
	struct seen seen;
	const char *map = "{\"sku\":\"sku\",\"name\":\"name\",\"price\":\"price\",\"currency\":\"currency\","
			  "\"categories\":{\"path\":\"c\"}}";
	memset(name, 'x', 200);
	name[200] = '\0';
	snprintf(text, sizeof(text),
	         "{\"sku\":\"a\",\"name\":\"A\",\"price\":1,\"currency\":\"USD\",\"c\":[\"%s\",\"%.199sy\"]}\n", name,
	         name);
	import(w, text, map, &seen);
	assert_int_equal(seen.rows[0].status, SC_OK);
	sc_product a = read_product(w, "a");
	assert_int_equal(strlen(a.categories[0]), SC_ID_TEXT_MAX);
	assert_int_equal(strlen(a.categories[1]), SC_ID_TEXT_MAX);
	assert_string_not_equal(a.categories[0], a.categories[1]);
	import(w, text, map, &seen);
	assert_int_equal(seen.summary.unchanged, 1);
}

static void a_map_that_makes_no_sense_is_refused_with_its_member(void **state)
{
	struct world *w = *state;
	const sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	static const struct {
		const char *map, *field;
	} cases[] = {
		{ "[]", "map" },
		{ "{\"sku\":\"a\",\"name\":\"b\",\"price\":\"c\"}", "currency" },
		{ "{\"sku\":\"a\",\"nam\":\"b\"}", "nam" },
		{ "{\"sku\":5}", "sku" },
		{ "{\"sku\":\"\"}", "sku" },
		{ "{\"sku\":{\"decimal\":\"a\"}}", "sku" },
		{ "{\"price\":{\"decimal\":\"a\",\"const\":1}}", "price" },
		{ "{\"categories\":\"a\"}", "categories" },
		{ "{\"categories\":{\"path\":[1]}}", "categories.path[0]" },
		{ "{\"attributes\":{\"objekt\":\"a\"}}", "attributes" },
		{ "{\"attributes\":[{\"object\":\"a\",\"strip\":\"b\"}]}", "attributes[0].strip" },
	};
	struct seen seen;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(import_by(w, "", cases[i].map, 1, options, &seen), SC_BAD_FORMAT);
		assert_string_equal(w->err.field, cases[i].field);
	}
}

/* ---- the object -------------------------------------------------------------------------- */

static void options_have_their_limits(void **state)
{
	struct world *w = *state;
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	sc_catalog_import *import;
	options.batch_lines = SC_BATCH_MAX + 1;
	assert_int_equal(sc_catalog_import_new(w->shop, &options, &import, &w->err), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "batch_lines");
	options.batch_lines = 0;
	assert_int_equal(sc_catalog_import_new(w->shop, &options, &import, &w->err), SC_BAD_ARGUMENT);
	options.batch_lines = SC_BATCH_MAX;
	options.line_max = SC_IMPORT_LINE_MAX + 1;
	assert_int_equal(sc_catalog_import_new(w->shop, &options, &import, &w->err), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "line_max");
	options.line_max = SC_IMPORT_LINE_MAX;
	assert_int_equal(sc_catalog_import_new(w->shop, &options, &import, &w->err), SC_OK);
	sc_catalog_import_free(import);
}

static void a_finished_import_takes_no_more(void **state)
{
	struct world *w = *state;
	sc_catalog_import *import;
	assert_int_equal(sc_catalog_import_new(w->shop, NULL, &import, &w->err), SC_OK);
	assert_int_equal(sc_catalog_import_finish(import, SC_CALL_SYSTEM, NULL, &w->err), SC_OK);
	assert_int_equal(sc_catalog_import_feed(import, SC_CALL_SYSTEM, "x", 1, &w->err), SC_WRONG_STATE);
	assert_int_equal(sc_catalog_import_finish(import, SC_CALL_SYSTEM, NULL, &w->err), SC_WRONG_STATE);
	sc_catalog_import_free(import);
	sc_catalog_import_free(NULL);
}

static void a_customer_imports_nothing(void **state)
{
	struct world *w = *state;
	const sc_call customer = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	sc_catalog_import *import;
	sc_import_summary summary;
	assert_int_equal(sc_catalog_import_new(w->shop, NULL, &import, &w->err), SC_OK);
	assert_int_equal(sc_catalog_import_feed(import, &customer, three_mugs, strlen(three_mugs), &w->err), SC_OK);
	assert_int_equal(sc_catalog_import_finish(import, &customer, &summary, &w->err), SC_OK);
	assert_int_equal(summary.rejected, 3);
	sc_catalog_import_free(import);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(each_line_has_its_row_in_order),
		world_test(it_does_not_matter_where_the_bytes_are_cut),
		world_test(the_same_file_again_changes_nothing),
		world_test(a_new_price_changes_only_that),
		world_test(what_is_wrong_is_rejected_with_its_field_and_the_rest_goes_on),
		world_test(a_line_is_as_long_as_its_limit),
		world_test(lines_of_one_product_become_its_skus),
		world_test(a_line_that_spoils_its_product_is_rejected_alone),
		world_test(many_lines_take_few_commits),
		world_test(a_map_finds_foreign_names),
		world_test(decimals_become_minor_units_exactly),
		world_test(one_member_a_level_makes_a_path),
		world_test(a_path_too_long_for_an_id_still_has_one),
		world_test(a_map_that_makes_no_sense_is_refused_with_its_member),
		world_test(options_have_their_limits),
		world_test(a_finished_import_takes_no_more),
		world_test(a_customer_imports_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
