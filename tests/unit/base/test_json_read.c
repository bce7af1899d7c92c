/* The JSON reader: what it accepts, what it refuses and where, and looking into what was read. */
#include "support/torture.h"

#include <shopcore/json.h>

#include <stdio.h>

struct fixture {
	sc_arena arena;
	sc_error err;
};

static int set_up(void **state)
{
	struct fixture *f = malloc(sizeof *f);
	sc_arena_init(&f->arena, sc_env_default());
	f->err = (sc_error)SC_ERROR_INIT;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	sc_arena_clear(&f->arena);
	free(f);
	return 0;
}

/* Reads from a copy without a byte behind it, so that a sanitizer sees a read past the end. */
static sc_status parse(struct fixture *f, const char *json, size_t size, const sc_json **out)
{
	char *copy = malloc(size > 0 ? size : 1);
	memcpy(copy, json, size);
	sc_status status = sc_json_parse((sc_bytes){ copy, size }, &f->arena, NULL, out, &f->err);
	free(copy);
	return status;
}

static const sc_json *read_json(struct fixture *f, const char *json)
{
	const sc_json *root = NULL;
	assert_int_equal(parse(f, json, strlen(json), &root), SC_OK);
	return root;
}

static void assert_refused(struct fixture *f, const char *json, sc_status status)
{
	const sc_json *root = NULL;
	assert_int_equal(parse(f, json, strlen(json), &root), status);
	assert_int_equal(f->err.status, status);
	assert_null(root);
}

static void assert_text(const sc_json *value, const char *expected)
{
	sc_bytes text = sc_json_text(value);
	assert_non_null(text.data);
	assert_string_equal(text.data, expected);
	assert_int_equal(text.size, strlen(expected));
}

static void every_type_is_told_apart(void **state)
{
	struct fixture *f = *state;
	const sc_json *item = sc_json_first(read_json(f, " [ null , true , false , 1 , 1.0 , \"\" , [ ] , { } ] "));
	static const sc_json_type types[] = { SC_JSON_NULL,   SC_JSON_BOOL, SC_JSON_BOOL,  SC_JSON_INT,
		                              SC_JSON_NUMBER, SC_JSON_TEXT, SC_JSON_ARRAY, SC_JSON_OBJECT };
	for (size_t i = 0; i < 8; i++, item = sc_json_next(item)) {
		assert_int_equal(sc_json_type_of(item), types[i]);
		assert_int_equal(sc_json_is_true(item), i == 1);
	}
	assert_null(item);
	assert_int_equal(sc_json_type_of(NULL), SC_JSON_ABSENT);
}

static void any_value_is_a_document(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(sc_json_int(read_json(f, "7")), 7);
	assert_text(read_json(f, "1.5"), "1.5");
	assert_text(read_json(f, "\"x\""), "x");
	assert_true(sc_json_is_true(read_json(f, "\n\ttrue\r\n")));
}

static void integers_are_exact_and_larger_ones_stay_text(void **state)
{
	struct fixture *f = *state;
	assert_true(sc_json_int(read_json(f, "9223372036854775807")) == INT64_MAX);
	assert_true(sc_json_int(read_json(f, "-9223372036854775808")) == INT64_MIN);
	assert_int_equal(sc_json_int(read_json(f, "-0")), 0);
	assert_text(read_json(f, "9223372036854775808"), "9223372036854775808");
	assert_text(read_json(f, "-9223372036854775809"), "-9223372036854775809");
	const sc_json *list = read_json(f, "[99999999999999999999999999999999,1E5,-0.0]");
	assert_text(sc_json_first(list), "99999999999999999999999999999999");
	assert_text(sc_json_next(sc_json_first(list)), "1E5");
}

static void what_is_no_number_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "-",  "+1",  "01",  "-01", "1.",  ".5", "1.e1",
		                           "1e", "1e+", "0x1", "1a",  "--1", "NaN" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(f, bad[i], SC_BAD_FORMAT);
}

static void escapes_are_decoded(void **state)
{
	struct fixture *f = *state;
	assert_text(read_json(f, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\/\b\f\n\r\t");
	assert_text(read_json(f, "\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\\uffff\""),
	            "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBF");
}

static void characters_outside_ascii_come_through(void **state)
{
	struct fixture *f = *state;
	assert_text(read_json(f, "\"some text before \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 and behind\""),
	            "some text before \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 and behind");
}

static void a_string_that_is_not_text_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
		"\"\xFF\"",           "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xE2\x82\"",        "\"\\u0000\"",
		"\"\\ud800\"",        "\"\\udc00\"",  "\"\\ud800x\"",     "\"\\ud800\\n\"",      "\"\\ud800\\ud800\"",
		"\"\\ud800\\u0041\"", "{\"\xFF\":1}", "{\"\\u0000\":1}",  "\"plain text \x80\"",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(f, bad[i], SC_BAD_TEXT);
}

static void what_is_not_json_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[",
		"}",
		"]",
		"{]",
		"[}",
		"[1",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[1,,2]",
		"{\"a\"",
		"{\"a\":",
		"{\"a\" 1}",
		"{\"a\":1",
		"{\"a\":1,",
		"{\"a\":1,}",
		"{,}",
		"{a:1}",
		"{1:1}",
		"{\"a\":1 \"b\":2}",
		"'a'",
		"tru",
		"truth",
		"nul",
		"True",
		"\"",
		"\"abc",
		"\"\\\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\n\"",
		"\"\x01\"",
		"1 1",
		"[] []",
		"{}x",
		"//",
		"[1]//",
		"\xEF\xBB\xBF{}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_refused(f, bad[i], SC_BAD_FORMAT);
}

static void a_nul_byte_is_not_json(void **state)
{
	struct fixture *f = *state;
	const sc_json *root;
	assert_int_equal(parse(f, "[]\0", 3, &root), SC_BAD_FORMAT);
	assert_int_equal(parse(f, "\0", 1, &root), SC_BAD_FORMAT);
	assert_int_equal(parse(f, "\"a\0b\"", 5, &root), SC_BAD_FORMAT);
}

static void an_error_says_line_column_and_path(void **state)
{
	struct fixture *f = *state;
	assert_refused(f, "{\"lines\": [{\"sku\": \"mug\"},\n  {\"quantity\": tw0}]}", SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "lines[1].quantity");
	assert_non_null(strstr(f->err.text, "line 2, column 16: "));
	assert_refused(f, "x", SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "document");
	assert_non_null(strstr(f->err.text, "line 1, column 1: "));
}

static void a_key_may_stand_in_an_object_once(void **state)
{
	struct fixture *f = *state;
	assert_refused(f, "{\"a\":1,\"b\":2,\"a\":3}", SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "a");
	assert_refused(f, "[{\"a\":1,\"\\u0061\":3}]", SC_BAD_FORMAT); /* the same once decoded */
	assert_string_equal(f->err.field, "[0].a");
	assert_refused(f, "{\"\":1,\"\":3}", SC_BAD_FORMAT);
	read_json(f, "{\"a\":{\"a\":1},\"A\":2,\"aa\":3,\"\":4}");
	read_json(f, "{\"ab\":1,\"ba\":2,\"acb\":3,\"adb\":4}");
}

/* An object of `count` keys; the one at `again` repeats the one before the middle, unless it is -1. */
static char *many_members(size_t count, int again)
{
	char *json = malloc(count * 16 + 3), *at = json;
	*at++ = '{';
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "%s\"k%zu\":%zu", i > 0 ? "," : "", (int)i == again ? count / 2 - 1 : i, i);
	strcpy(at, "}");
	return json;
}

static void a_repeated_key_is_found_among_many(void **state)
{
	struct fixture *f = *state;
	static const size_t counts[] = { 2, 3, 31, 32, 33, 34, 100, 5000 };
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		char *good = many_members(counts[i], -1), *bad = many_members(counts[i], (int)counts[i] - 1);
		const sc_json *root = read_json(f, good);
		assert_int_equal(sc_json_count(root), counts[i]);
		assert_int_equal(sc_json_int(sc_json_member(root, "k1")), 1);
		assert_refused(f, bad, SC_BAD_FORMAT);
		free(good);
		free(bad);
		sc_arena_reset(&f->arena);
	}
}

static void members_keep_their_order_and_their_keys(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = read_json(f, "{\"b\":1,\"a\":2,\"c\":[]}");
	const sc_json *member = sc_json_first(root);
	assert_int_equal(sc_json_count(root), 3);
	assert_string_equal(sc_json_key(member), "b");
	member = sc_json_next(member);
	assert_string_equal(sc_json_key(member), "a");
	assert_int_equal(sc_json_int(member), 2);
	member = sc_json_next(member);
	assert_string_equal(sc_json_key(member), "c");
	assert_null(sc_json_next(member));
	assert_null(sc_json_key(root));
}

static void looking_into_what_is_not_there_gives_nothing(void **state)
{
	struct fixture *f = *state;
	const sc_json *number = read_json(f, "7");
	assert_null(sc_json_member(NULL, "a"));
	assert_null(sc_json_member(number, "a"));
	assert_null(sc_json_member(read_json(f, "{}"), "a"));
	assert_null(sc_json_first(number));
	assert_null(sc_json_first(NULL));
	assert_null(sc_json_next(NULL));
	assert_null(sc_json_key(NULL));
	assert_int_equal(sc_json_count(number), 0);
	assert_int_equal(sc_json_count(NULL), 0);
	assert_null(sc_json_text(number).data);
	assert_null(sc_json_text(NULL).data);
	assert_int_equal(sc_json_int(read_json(f, "\"7\"")), 0);
	assert_int_equal(sc_json_int(NULL), 0);
	assert_false(sc_json_is_true(number));
	assert_false(sc_json_is_true(NULL));
}

static void typed_getters_give_what_they_are_named_for(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = read_json(f, "{\"t\":\"x\",\"i\":-5,\"b\":true,\"a\":[1],\"o\":{\"k\":2}}"), *child;
	const char *text;
	int64_t number;
	bool truth;
	assert_int_equal(sc_json_get_text(root, "t", &text, &f->err), SC_OK);
	assert_string_equal(text, "x");
	assert_int_equal(sc_json_get_int(root, "i", &number, &f->err), SC_OK);
	assert_int_equal(number, -5);
	assert_int_equal(sc_json_get_bool(root, "b", &truth, &f->err), SC_OK);
	assert_true(truth);
	assert_int_equal(sc_json_get_array(root, "a", &child, &f->err), SC_OK);
	assert_int_equal(sc_json_count(child), 1);
	assert_int_equal(sc_json_get_object(root, "o", &child, &f->err), SC_OK);
	assert_int_equal(sc_json_int(sc_json_member(child, "k")), 2);
}

static void a_member_of_another_type_is_named_by_its_path(void **state)
{
	struct fixture *f = *state;
	const sc_json *lines = sc_json_member(read_json(f, "{\"lines\":[{},{\"q\":\"2\",\"r\":1.5}]}"), "lines");
	const sc_json *line = sc_json_next(sc_json_first(lines)), *child = NULL;
	const char *text = NULL;
	int64_t number = 42;
	bool truth = true;
	assert_int_equal(sc_json_get_int(line, "q", &number, &f->err), SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "lines[1].q");
	assert_int_equal(sc_json_get_int(line, "r", &number, &f->err), SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "lines[1].r");
	assert_int_equal(sc_json_get_text(line, "r", &text, &f->err), SC_BAD_FORMAT);
	assert_int_equal(sc_json_get_bool(line, "q", &truth, &f->err), SC_BAD_FORMAT);
	assert_int_equal(sc_json_get_array(line, "q", &child, &f->err), SC_BAD_FORMAT);
	assert_int_equal(sc_json_get_object(line, "q", &child, &f->err), SC_BAD_FORMAT);
	assert_int_equal(number, 42);
	assert_true(text == NULL && truth && child == NULL);
}

static void a_missing_member_is_named_by_its_path(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = read_json(f, "{\"lines\":[{}]}");
	const char *text;
	assert_int_equal(sc_json_get_text(sc_json_first(sc_json_member(root, "lines")), "sku", &text, &f->err),
	                 SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "lines[0].sku");
	assert_int_equal(sc_json_get_text(root, "id", &text, &f->err), SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "id");
	assert_int_equal(sc_json_get_text(NULL, "id", &text, &f->err), SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "id");
	assert_int_equal(sc_json_get_text(root, "id", &text, NULL), SC_BAD_FORMAT);
}

static void an_integer_too_large_is_out_of_range(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = read_json(f, "{\"price\":9223372036854775808}");
	int64_t number = 42;
	assert_int_equal(sc_json_get_int(root, "price", &number, &f->err), SC_OUT_OF_RANGE);
	assert_string_equal(f->err.field, "price");
	assert_int_equal(sc_json_get_int(root, "price", &number, NULL), SC_OUT_OF_RANGE);
	assert_int_equal(number, 42);
}

static void a_path_that_does_not_fit_loses_its_front(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = read_json(f, "{\"caf\xC3\xA9\":[0,{\"price\":1}]}");
	const sc_json *price = sc_json_member(sc_json_next(sc_json_first(sc_json_first(root))), "price");
	char path[32];
	assert_string_equal(sc_json_path(price, path, sizeof path), "caf\xC3\xA9[1].price");
	assert_string_equal(sc_json_path(price, path, 11), "[1].price"); /* half a character goes as well */
	assert_string_equal(sc_json_path(price, path, 4), "ice");
	assert_string_equal(sc_json_path(price, path, 1), "");
	assert_string_equal(sc_json_path(root, path, sizeof path), "");
	assert_string_equal(sc_json_path(NULL, path, sizeof path), "");
}

static void the_path_of_a_later_element_has_its_whole_index(void **state)
{
	struct fixture *f = *state;
	const sc_json *item = sc_json_first(read_json(f, "[0,1,2,3,4,5,6,7,8,9,10]"));
	char path[32];
	for (int i = 0; i < 10; i++)
		item = sc_json_next(item);
	assert_string_equal(sc_json_path(item, path, sizeof path), "[10]");
}

static void levels_at_the_limit_are_fine_and_one_more_is_not(void **state)
{
	struct fixture *f = *state;
	char json[2 * (SC_JSON_DEPTH_MAX + 1) + 1];
	memset(json, '[', SC_JSON_DEPTH_MAX);
	memset(json + SC_JSON_DEPTH_MAX, ']', SC_JSON_DEPTH_MAX);
	json[2 * SC_JSON_DEPTH_MAX] = '\0';
	read_json(f, json);
	memset(json, '[', SC_JSON_DEPTH_MAX + 1);
	memset(json + SC_JSON_DEPTH_MAX + 1, ']', SC_JSON_DEPTH_MAX + 1);
	json[2 * (SC_JSON_DEPTH_MAX + 1)] = '\0';
	assert_refused(f, json, SC_OVER_LIMIT);
}

static void a_document_at_the_limit_is_fine_and_one_past_it_is_not(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = NULL;
	char *json = malloc(SC_BODY_MAX + 1);
	memset(json, ' ', SC_BODY_MAX + 1);
	json[0] = '1';
	assert_int_equal(sc_json_parse((sc_bytes){ json, SC_BODY_MAX }, &f->arena, NULL, &root, &f->err), SC_OK);
	root = NULL;
	assert_int_equal(sc_json_parse((sc_bytes){ json, SC_BODY_MAX + 1 }, &f->arena, NULL, &root, &f->err),
	                 SC_OVER_LIMIT);
	assert_string_equal(f->err.field, "document");
	assert_int_equal(f->err.wanted, SC_BODY_MAX + 1);
	assert_int_equal(f->err.available, SC_BODY_MAX);
	assert_null(root);
	free(json);
}

static void options_set_limits_and_the_name(void **state)
{
	struct fixture *f = *state;
	const sc_json *root = NULL;
	sc_json_options options = SC_JSON_OPTIONS_INIT;
	options.depth_max = 2;
	options.size_max = 6;
	options.name = "body";
	assert_int_equal(sc_json_parse(SC_BYTES("[[ ]]"), &f->arena, &options, &root, &f->err), SC_OK);
	assert_int_equal(sc_json_parse(SC_BYTES("[[[]]]"), &f->arena, &options, &root, &f->err), SC_OVER_LIMIT);
	assert_int_equal(sc_json_parse(SC_BYTES("[[]    ]"), &f->arena, &options, &root, &f->err), SC_OVER_LIMIT);
	assert_string_equal(f->err.field, "body");
	assert_int_equal(sc_json_parse(SC_BYTES("x"), &f->arena, &options, &root, &f->err), SC_BAD_FORMAT);
	assert_string_equal(f->err.field, "body");
}

static void what_was_written_reads_back(void **state)
{
	struct fixture *f = *state;
	char text[256];
	for (int i = 0; i < 255; i++)
		text[i] = (char)(i < 127 ? i + 1 : 'x');
	text[255] = '\0';
	for (int pretty = 0; pretty < 2; pretty++) {
		sc_json_writer writer;
		sc_bytes json;
		sc_json_writer_init(&writer, &f->arena, pretty == 1);
		sc_json_begin_array(&writer);
		sc_json_put_text(&writer, text);
		sc_json_put_int(&writer, INT64_MIN);
		sc_json_end_array(&writer);
		assert_int_equal(sc_json_finish(&writer, &json, NULL), SC_OK);
		const sc_json *first = sc_json_first(read_json(f, json.data));
		assert_text(first, text);
		assert_true(sc_json_int(sc_json_next(first)) == INT64_MIN);
	}
}

static sc_status read_much(const sc_env *env)
{
	sc_arena arena;
	const sc_json *root = NULL;
	sc_error err = SC_ERROR_INIT;
	char *json = many_members(500, -1);
	sc_arena_init(&arena, env);
	sc_status status = sc_json_parse((sc_bytes){ json, strlen(json) }, &arena, NULL, &root, &err);
	assert_true((status == SC_OK) == (root != NULL));
	assert_int_equal(err.status, status);
	sc_arena_clear(&arena);
	free(json);
	return status;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(read_much, false);
	each_allocation_fails_in_turn(read_much, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type_is_told_apart),
		TEST(any_value_is_a_document),
		TEST(integers_are_exact_and_larger_ones_stay_text),
		TEST(what_is_no_number_is_refused),
		TEST(escapes_are_decoded),
		TEST(characters_outside_ascii_come_through),
		TEST(a_string_that_is_not_text_is_refused),
		TEST(what_is_not_json_is_refused),
		TEST(a_nul_byte_is_not_json),
		TEST(an_error_says_line_column_and_path),
		TEST(a_key_may_stand_in_an_object_once),
		TEST(a_repeated_key_is_found_among_many),
		TEST(members_keep_their_order_and_their_keys),
		TEST(looking_into_what_is_not_there_gives_nothing),
		TEST(typed_getters_give_what_they_are_named_for),
		TEST(a_member_of_another_type_is_named_by_its_path),
		TEST(a_missing_member_is_named_by_its_path),
		TEST(an_integer_too_large_is_out_of_range),
		TEST(a_path_that_does_not_fit_loses_its_front),
		TEST(the_path_of_a_later_element_has_its_whole_index),
		TEST(levels_at_the_limit_are_fine_and_one_more_is_not),
		TEST(a_document_at_the_limit_is_fine_and_one_past_it_is_not),
		TEST(options_set_limits_and_the_name),
		TEST(what_was_written_reads_back),
		TEST(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
