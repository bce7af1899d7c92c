/* Filling in an sc_error. */
#include "support/cm.h"

#include "base/error.h"

#include <shopcore/text.h>

static void a_failure_clears_what_the_last_error_said(void **state)
{
	(void)state;
	sc_error err = { .status = SC_OUT_OF_STOCK, .index = 3, .field = "quantity", .wanted = 5, .available = 2 };
	assert_int_equal(sc__fail(&err, SC_BUSY, "try %s", "later"), SC_BUSY);
	assert_int_equal(err.status, SC_BUSY);
	assert_int_equal(err.index, -1);
	assert_string_equal(err.field, "");
	assert_int_equal(err.wanted, 0);
	assert_int_equal(err.available, 0);
	assert_string_equal(err.text, "try later");
}

static void bad_input_names_its_field(void **state)
{
	(void)state;
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__bad(&err, SC_BAD_ARGUMENT, "lines[2].quantity", "at least %d", 1), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "lines[2].quantity");
	assert_string_equal(err.text, "at least 1");
	assert_int_equal(err.index, -1);
}

static void bad_input_of_a_line_names_the_line_as_well(void **state)
{
	(void)state;
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__bad_at(&err, SC_OVER_LIMIT, 7, "sku", "too long"), SC_OVER_LIMIT);
	assert_int_equal(err.index, 7);
	assert_string_equal(err.field, "sku");
}

static void a_shortage_says_wanted_and_available(void **state)
{
	(void)state;
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__short(&err, SC_OUT_OF_STOCK, 1, 6, 5, "mug"), SC_OUT_OF_STOCK);
	assert_int_equal(err.index, 1);
	assert_int_equal(err.wanted, 6);
	assert_int_equal(err.available, 5);
}

static void a_caller_who_wants_no_detail_passes_null(void **state)
{
	(void)state;
	assert_int_equal(sc__fail(NULL, SC_BUSY, "x"), SC_BUSY);
	assert_int_equal(sc__bad(NULL, SC_BAD_TEXT, "f", "x"), SC_BAD_TEXT);
	assert_int_equal(sc__bad_at(NULL, SC_BAD_TEXT, 0, "f", "x"), SC_BAD_TEXT);
	assert_int_equal(sc__short(NULL, SC_OUT_OF_STOCK, 0, 1, 0, "x"), SC_OUT_OF_STOCK);
}

static void a_long_text_is_cut_between_characters(void **state)
{
	(void)state;
	/* each character has three bytes, so most lengths would end inside one */
	char text[400];
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (size_t i = 0; i < 100; i++)
			memcpy(text + shift + 3 * i, "\xE2\x82\xAC", 3);
		text[shift + 300] = '\0';
		sc_error err = SC_ERROR_INIT;
		sc__bad(&err, SC_BAD_TEXT, text, "%s", text);
		assert_true(sc_text_is_utf8(err.text, strlen(err.text)));
		assert_true(sc_text_is_utf8(err.field, strlen(err.field)));
		assert_in_range(strlen(err.text), sizeof err.text - 3, sizeof err.text - 1);
		assert_in_range(strlen(err.field), sizeof err.field - 3, sizeof err.field - 1);
	}
}

static void a_text_that_just_fits_is_not_cut(void **state)
{
	(void)state;
	char field[sizeof((sc_error *)NULL)->field];
	memset(field, 'f', sizeof field - 1);
	field[sizeof field - 1] = '\0';
	sc_error err = SC_ERROR_INIT;
	sc__bad(&err, SC_BAD_TEXT, field, "x");
	assert_string_equal(err.field, field);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_clears_what_the_last_error_said),
		cmocka_unit_test(bad_input_names_its_field),
		cmocka_unit_test(bad_input_of_a_line_names_the_line_as_well),
		cmocka_unit_test(a_shortage_says_wanted_and_available),
		cmocka_unit_test(a_caller_who_wants_no_detail_passes_null),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(a_text_that_just_fits_is_not_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
