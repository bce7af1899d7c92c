/* Card numbers in text: found however people type them, and nothing else taken for one. */
#include "support/cm.h"

#include "base/card.h"
#include "base/error.h"
#include "base/text.h"

#include <stdio.h>

static bool finds(const char *text, sc__card_care care)
{
	sc_bytes card;
	return sc__card_find((sc_bytes){ text, strlen(text) }, care, &card);
}

/* The networks' own numbers for tests. */
static const char *const cards[] = { "4111111111111111",       "4222222222222",
	                             "4242 4242 4242 4242",    "4242-4242-4242-4242",
	                             "4000.0566.5566.5556",    "3782 822463 10005",
	                             "card=5555555555554444;", "my card is 6011111111111117, thanks",
	                             "12 4111 1111 1111 1111", "1234 4111111111111111",
	                             "x4000056655665556",      "38520000023237",
	                             "2223003122003222",       "3530111333300000",
	                             "6200000000000005",       "4111 1111 1111 1111 12/29" };

static void a_card_number_is_found_however_it_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		assert_true(finds(cards[i], SC__CARD_IN_PROSE));
		assert_true(finds(cards[i], SC__CARD_IN_CODE));
		assert_true(finds(cards[i], SC__CARD_IN_PHONE));
	}
}

static void what_was_found_is_where_it_stands(void **state)
{
	const char *text = "pay 4111 1111 1111 1111 now";
	sc_bytes card;
	(void)state;
	assert_true(sc__card_find((sc_bytes){ text, strlen(text) }, SC__CARD_IN_PROSE, &card));
	assert_ptr_equal(card.data, text + 4);
	assert_int_equal(card.size, 19);
}

static void other_text_has_none(void **state)
{
	static const char *const others[] = { "",
		                              "4111111111111112",       /* not Luhn's */
		                              "424242424242",           /* 12 digits */
		                              "42424242424242424242",   /* 20 digits */
		                              "0000000000000000",       /* nothing */
		                              "41111 111 11111111",     /* a piece of three is no card's */
		                              "4111  1111  1111  1111", /* nor are two blanks */
		                              "4111_1111_1111_1111",
		                              "EU sizes 36 38 40 42 44 46 48 50",
		                              "2026-11-22 18:05:33",
		                              "call 0151 12345678" };
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(finds(others[i], SC__CARD_IN_PROSE));
}

static void in_prose_any_number_that_passes_luhn_is_refused(void **state)
{
	static const char *const numbers[] = { "1234567890123452", "9999999999999999998", "7992739871300" };
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_true(finds(numbers[i], SC__CARD_IN_PROSE));
		assert_false(finds(numbers[i], SC__CARD_IN_CODE));
	}
}

static void barcodes_parcels_clocks_and_hashes_are_no_cards_in_a_code(void **state)
{
	static const char *const codes[] = { "4006381000093",       /* GTIN-13 whose digits pass Luhn's check as well */
		                             "490154203237518",     /* IMEI */
		                             "8949001234567890128", /* SIM card */
		                             "1763834103006",
		                             "1763834103000000006", /* clocks, in milliseconds and nanoseconds */
		                             "41111111-1111-4008-a111-111111111111", /* UUID */
		                             "ab4111111111111111cdef0123456789" /* 32 digits of a hash */ };
	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		assert_true(finds(codes[i], SC__CARD_IN_PROSE));
		assert_false(finds(codes[i], SC__CARD_IN_CODE));
	}
}

/* Of all article numbers in a row, about one in ten passes Luhn's check too; none of them is refused. */
static void no_article_number_is_taken_for_a_card(void **state)
{
	size_t luhn = 0;
	(void)state;
	for (int i = 0; i < 2000; i++) {
		char gtin[16];
		unsigned sum = 0;
		snprintf(gtin, sizeof(gtin), "40063813%04d", i);
		for (int k = 0; k < 12; k++)
			sum += (unsigned)(gtin[k] - '0') * (k % 2 == 1 ? 3 : 1);
		gtin[12] = (char)('0' + (10 - sum % 10) % 10);
		gtin[13] = '\0';
		luhn += finds(gtin, SC__CARD_IN_PROSE);
		assert_false(finds(gtin, SC__CARD_IN_CODE));
	}
	assert_in_range(luhn, 100, 300);
}

static void an_international_number_is_no_card_in_a_phone_field(void **state)
{
	(void)state;
	assert_true(finds("4915112345678", SC__CARD_IN_PROSE));
	assert_false(finds("+4915112345678", SC__CARD_IN_PHONE));
	assert_false(finds("+49 151 12345678", SC__CARD_IN_PHONE));
	assert_true(finds("+4111111111111111", SC__CARD_IN_PHONE)); /* 16 digits are no phone's */
}

static void a_mask_leaves_the_last_four(void **state)
{
	char text[] = "no such SKU 4111 1111 1111 1111, nor 378282246310005.";
	(void)state;
	sc__card_mask(text);
	assert_string_equal(text, "no such SKU **** **** **** 1111, nor ***********0005.");
}

static void text_that_enters_must_have_none(void **state)
{
	sc_error err = SC_ERROR_INIT;
	(void)state;
	assert_int_equal(sc__text_check(&err, "note", "my card is 4111 1111 1111 1111", 100, 0), SC_BAD_TEXT);
	assert_string_equal(err.field, "note");
	assert_null(strstr(err.text, "1111"));
	assert_int_equal(sc__text_check(&err, "note", "1234567890123452", 100, 0), SC_BAD_TEXT);
	assert_int_equal(sc__text_check(&err, "key", "1234567890123452", 100, SC__TEXT_CODE), SC_OK);
	assert_int_equal(sc__text_check(&err, "phone", "+4915112345678", 100, SC__TEXT_PHONE), SC_OK);
	assert_int_equal(sc__text_check(&err, "key", "4111111111111111", 100, SC__TEXT_CODE), SC_BAD_TEXT);
}

static void errors_show_no_card_number(void **state)
{
	sc_error err = SC_ERROR_INIT;
	(void)state;
	sc__bad(&err, SC_BAD_FORMAT, "rows.4111111111111111", "what is %s?", "5555-5555-5555-4444");
	assert_string_equal(err.field, "rows.************1111");
	assert_string_equal(err.text, "what is ****-****-****-4444?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_number_is_found_however_it_is_written),
		cmocka_unit_test(what_was_found_is_where_it_stands),
		cmocka_unit_test(other_text_has_none),
		cmocka_unit_test(in_prose_any_number_that_passes_luhn_is_refused),
		cmocka_unit_test(barcodes_parcels_clocks_and_hashes_are_no_cards_in_a_code),
		cmocka_unit_test(no_article_number_is_taken_for_a_card),
		cmocka_unit_test(an_international_number_is_no_card_in_a_phone_field),
		cmocka_unit_test(a_mask_leaves_the_last_four),
		cmocka_unit_test(text_that_enters_must_have_none),
		cmocka_unit_test(errors_show_no_card_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
