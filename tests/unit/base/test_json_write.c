/* The JSON writer: what it writes, and which mistake it reports. */
#include "support/torture.h"

#include <shopcore/json.h>

#include <stdio.h>

struct fixture {
	sc_arena arena;
	sc_json_writer writer;
};

static int set_up(void **state)
{
	struct fixture *f = malloc(sizeof *f);
	sc_arena_init(&f->arena, sc_env_default());
	sc_json_writer_init(&f->writer, &f->arena, false);
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

static void assert_written(struct fixture *f, const char *expected)
{
	sc_bytes out;
	assert_int_equal(sc_json_finish(&f->writer, &out, NULL), SC_OK);
	assert_string_equal(out.data, expected);
	assert_int_equal(out.size, strlen(expected));
}

static void assert_refused(struct fixture *f, sc_status status)
{
	sc_bytes out = SC_BYTES("as before");
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc_json_finish(&f->writer, &out, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.field, "document");
	assert_string_equal(out.data, "as before");
}

static void write_an_order(sc_json_writer *w)
{
	sc_json_begin_object(w);
	sc_json_add_text(w, "id", "A-1");
	sc_json_add_text(w, "note", NULL);
	sc_json_add_bool(w, "paid", true);
	sc_json_add_bool(w, "sent", false);
	sc_json_put_key(w, "lines");
	sc_json_begin_array(w);
	sc_json_begin_object(w);
	sc_json_add_int(w, "quantity", -2);
	sc_json_end_object(w);
	sc_json_put_int(w, 7);
	sc_json_begin_array(w);
	sc_json_end_array(w);
	sc_json_begin_object(w);
	sc_json_end_object(w);
	sc_json_end_array(w);
	sc_json_end_object(w);
}

static void a_compact_document_has_no_white_space(void **state)
{
	struct fixture *f = *state;
	write_an_order(&f->writer);
	assert_written(f, "{\"id\":\"A-1\",\"note\":null,\"paid\":true,\"sent\":false,"
	                  "\"lines\":[{\"quantity\":-2},7,[],{}]}");
}

static void a_pretty_document_has_a_member_a_line(void **state)
{
	struct fixture *f = *state;
	sc_json_writer_init(&f->writer, &f->arena, true);
	write_an_order(&f->writer);
	assert_written(f, "{\n"
	                  "  \"id\": \"A-1\",\n"
	                  "  \"note\": null,\n"
	                  "  \"paid\": true,\n"
	                  "  \"sent\": false,\n"
	                  "  \"lines\": [\n"
	                  "    {\n"
	                  "      \"quantity\": -2\n"
	                  "    },\n"
	                  "    7,\n"
	                  "    [],\n"
	                  "    {}\n"
	                  "  ]\n"
	                  "}");
}

static void a_single_value_is_a_document(void **state)
{
	struct fixture *f = *state;
	sc_json_put_text(&f->writer, "");
	assert_written(f, "\"\"");
}

static void integers_are_exact_at_both_ends(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_array(&f->writer);
	sc_json_put_int(&f->writer, INT64_MIN);
	sc_json_put_int(&f->writer, INT64_MAX);
	sc_json_put_int(&f->writer, 0);
	sc_json_put_int(&f->writer, -10);
	sc_json_end_array(&f->writer);
	assert_written(f, "[-9223372036854775808,9223372036854775807,0,-10]");
}

static void what_json_reserves_is_escaped_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	sc_json_put_text(&f->writer, "\"\\/\b\t\n\f\r\x01\x1F\x7F\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	assert_written(f, "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\x7F\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

static void an_escape_is_found_wherever_it_stands(void **state)
{
	struct fixture *f = *state;
	for (size_t size = 1; size < 40; size++)
		for (size_t at = 0; at < size; at++) {
			char text[40], expected[44];
			memset(text, 'x', size);
			text[size] = '\0';
			text[at] = '"';
			snprintf(expected, sizeof expected, "\"%.*s\\\"%s\"", (int)at, text, text + at + 1);
			sc_json_writer_init(&f->writer, &f->arena, false);
			sc_json_put_text(&f->writer, text);
			assert_written(f, expected);
			sc_arena_reset(&f->arena);
		}
}

static void a_text_of_nothing_but_escapes_grows_sixfold(void **state)
{
	struct fixture *f = *state;
	char text[5000];
	sc_bytes out;
	memset(text, 1, sizeof text);
	sc_json_put_bytes(&f->writer, text, sizeof text);
	assert_int_equal(sc_json_finish(&f->writer, &out, NULL), SC_OK);
	assert_int_equal(out.size, 6 * sizeof text + 2);
	for (size_t i = 0; i < sizeof text; i++)
		assert_memory_equal((const char *)out.data + 1 + 6 * i, "\\u0001", 6);
}

static void bytes_may_hold_nul(void **state)
{
	struct fixture *f = *state;
	sc_json_put_bytes(&f->writer, "a\0b", 3);
	assert_written(f, "\"a\\u0000b\"");
}

static void keys_are_escaped_too(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_object(&f->writer);
	sc_json_add_int(&f->writer, "a\"\n", 1);
	sc_json_end_object(&f->writer);
	assert_written(f, "{\"a\\\"\\n\":1}");
}

static void a_document_may_grow_while_others_use_the_arena(void **state)
{
	struct fixture *f = *state;
	sc_bytes out;
	sc_json_begin_array(&f->writer);
	for (int i = 0; i < 10000; i++) {
		sc_json_put_int(&f->writer, 7);
		if (i % 100 == 0)
			memset(sc_arena_alloc(&f->arena, 100), 0xFF, 100);
	}
	sc_json_end_array(&f->writer);
	assert_int_equal(sc_json_finish(&f->writer, &out, NULL), SC_OK);
	assert_int_equal(out.size, 20001);
	assert_int_equal(strspn(out.data, "[7,]"), out.size);
}

static void numbers_and_raw_json_are_written_as_they_are(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_array(&f->writer);
	sc_json_put_number(&f->writer, "-1.50e+3");
	sc_json_put_raw(&f->writer, SC_BYTES("{\"a\": 1}"));
	sc_json_end_array(&f->writer);
	assert_written(f, "[-1.50e+3,{\"a\": 1}]");
}

static void what_is_no_number_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "NaN", "1 ", "1,2" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		sc_json_writer_init(&f->writer, &f->arena, false);
		sc_json_put_number(&f->writer, bad[i]);
		assert_refused(f, SC_BAD_FORMAT);
	}
}

static void a_text_that_is_not_utf8_is_refused(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_object(&f->writer);
	sc_json_add_text(&f->writer, "name", "a long enough text before caf\xE9");
	sc_json_add_text(&f->writer, "other", "fine");
	sc_json_end_object(&f->writer);
	assert_refused(f, SC_BAD_TEXT);
}

static void a_key_that_is_not_utf8_is_refused(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_object(&f->writer);
	sc_json_add_text(&f->writer, "\xFF", "x");
	sc_json_end_object(&f->writer);
	assert_refused(f, SC_BAD_TEXT);
}

static void write_levels(sc_json_writer *w, int levels)
{
	for (int i = 0; i < levels; i++)
		sc_json_begin_array(w);
	for (int i = 0; i < levels; i++)
		sc_json_end_array(w);
}

static void levels_at_the_limit_are_fine_and_one_more_is_not(void **state)
{
	struct fixture *f = *state;
	sc_bytes out;
	write_levels(&f->writer, SC_JSON_DEPTH_MAX);
	assert_int_equal(sc_json_finish(&f->writer, &out, NULL), SC_OK);
	assert_int_equal(out.size, 2 * SC_JSON_DEPTH_MAX);
	sc_json_writer_init(&f->writer, &f->arena, true);
	write_levels(&f->writer, SC_JSON_DEPTH_MAX);
	assert_int_equal(sc_json_finish(&f->writer, &out, NULL), SC_OK);
	sc_json_writer_init(&f->writer, &f->arena, false);
	write_levels(&f->writer, SC_JSON_DEPTH_MAX + 1);
	assert_refused(f, SC_OVER_LIMIT);
}

static void a_document_that_is_not_whole_is_refused(void **state)
{
	struct fixture *f = *state;
	assert_refused(f, SC_BAD_ARGUMENT); /* nothing at all */
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_begin_array(&f->writer);
	assert_refused(f, SC_BAD_ARGUMENT); /* not closed */
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_begin_object(&f->writer);
	sc_json_put_key(&f->writer, "a");
	sc_json_end_object(&f->writer);
	assert_refused(f, SC_BAD_ARGUMENT); /* a key without value */
}

static void what_does_not_belong_there_is_refused(void **state)
{
	struct fixture *f = *state;
	sc_json_put_key(&f->writer, "a"); /* a key outside an object */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_begin_object(&f->writer);
	sc_json_put_int(&f->writer, 1); /* a value without key */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_begin_object(&f->writer);
	sc_json_put_key(&f->writer, "a");
	sc_json_put_key(&f->writer, "b"); /* two keys */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_begin_object(&f->writer);
	sc_json_end_array(&f->writer); /* the wrong end */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_end_object(&f->writer); /* an end without begin */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_put_int(&f->writer, 1);
	sc_json_put_int(&f->writer, 2); /* two documents */
	assert_refused(f, SC_BAD_ARGUMENT);
	sc_json_writer_init(&f->writer, &f->arena, false);
	sc_json_put_raw(&f->writer, (sc_bytes){ NULL, 0 }); /* raw nothing */
	assert_refused(f, SC_BAD_ARGUMENT);
}

static void the_first_mistake_is_the_one_reported(void **state)
{
	struct fixture *f = *state;
	sc_json_begin_array(&f->writer);
	sc_json_put_text(&f->writer, "\xFF");
	sc_json_put_number(&f->writer, "x");
	sc_json_put_key(&f->writer, "a");
	assert_refused(f, SC_BAD_TEXT);
}

static sc_status write_much(const sc_env *env)
{
	sc_arena arena;
	sc_json_writer writer;
	sc_bytes out = { NULL, 0 };
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, env);
	sc_json_writer_init(&writer, &arena, true);
	sc_json_begin_object(&writer);
	for (int i = 0; i < 2000; i++)
		sc_json_add_text(&writer, "a key of some length", "a text\nwith an escape");
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, &out, &err);
	assert_true((status == SC_OK) == (out.data != NULL));
	assert_int_equal(err.status, status);
	sc_arena_clear(&arena);
	return status;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(write_much, false);
	each_allocation_fails_in_turn(write_much, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_compact_document_has_no_white_space),
		TEST(a_pretty_document_has_a_member_a_line),
		TEST(a_single_value_is_a_document),
		TEST(integers_are_exact_at_both_ends),
		TEST(what_json_reserves_is_escaped_and_nothing_else),
		TEST(an_escape_is_found_wherever_it_stands),
		TEST(a_text_of_nothing_but_escapes_grows_sixfold),
		TEST(bytes_may_hold_nul),
		TEST(keys_are_escaped_too),
		TEST(a_document_may_grow_while_others_use_the_arena),
		TEST(numbers_and_raw_json_are_written_as_they_are),
		TEST(what_is_no_number_is_refused),
		TEST(a_text_that_is_not_utf8_is_refused),
		TEST(a_key_that_is_not_utf8_is_refused),
		TEST(levels_at_the_limit_are_fine_and_one_more_is_not),
		TEST(a_document_that_is_not_whole_is_refused),
		TEST(what_does_not_belong_there_is_refused),
		TEST(the_first_mistake_is_the_one_reported),
		TEST(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
