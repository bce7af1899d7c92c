/* Text checks, e-mail addresses, and bytes as text. */
#include "support/cm.h"

#include "base/text.h"

static bool is_utf8(const char *text)
{
	return sc_text_is_utf8(text, strlen(text));
}

static void utf8_of_every_length_is_accepted(void **state)
{
	(void)state;
	static const char *const good[] = {
		"",
		"plain",
		"\x7F",
		"\xC2\x80",
		"\xDF\xBF",
		"\xE0\xA0\x80",
		"\xED\x9F\xBF",
		"\xEE\x80\x80",
		"\xEF\xBF\xBF",
		"\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(is_utf8(good[i]));
	assert_true(sc_text_is_utf8("a\0b", 3));
	assert_true(sc_text_is_utf8(NULL, 0));
}

static void overlong_surrogate_cut_and_stray_bytes_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\x80",
		"\xBF",
		"\xC0\x80",
		"\xC1\xBF",
		"\xE0\x80\x80",
		"\xE0\x9F\xBF",
		"\xED\xA0\x80",
		"\xED\xBF\xBF",
		"\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF",
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xFF",
		"\xFE",
		"\xC2",
		"\xE2\x82",
		"\xF0\x9F\x98",
		"\xC2x",
		"\xE2x\x82",
		"\xF0\x9F\x98x",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[64];
		for (size_t shift = 0; shift < 20; shift++) { /* in front of and behind runs of plain text */
			memset(text, 'x', sizeof text);
			memcpy(text + shift, bad[i], strlen(bad[i]));
			assert_false(sc_text_is_utf8(text, shift + strlen(bad[i])));
			assert_false(sc_text_is_utf8(text, sizeof text));
		}
	}
}

static void a_text_at_the_limit_is_fine_and_one_past_it_is_not(void **state)
{
	(void)state;
	char text[SC_NAME_MAX + 2];
	memset(text, 'x', sizeof text);
	text[SC_NAME_MAX] = '\0';
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__text_check(&err, "name", text, SC_NAME_MAX, 0), SC_OK);
	text[SC_NAME_MAX] = 'x';
	text[SC_NAME_MAX + 1] = '\0';
	assert_int_equal(sc__text_check(&err, "name", text, SC_NAME_MAX, 0), SC_OVER_LIMIT);
	assert_string_equal(err.field, "name");
	assert_int_equal(err.wanted, SC_NAME_MAX + 1);
	assert_int_equal(err.available, SC_NAME_MAX);
}

static void a_text_past_the_limit_is_not_read_further(void **state)
{
	(void)state;
	const char text[5] = { 'a', 'b', 'c', 'd', 'e' }; /* no NUL */
	assert_int_equal(sc__text_check(NULL, "name", text, 4, 0), SC_OVER_LIMIT);
}

static void missing_and_empty_are_fine_only_where_they_may_be(void **state)
{
	(void)state;
	sc_error err = SC_ERROR_INIT;
	assert_int_equal(sc__text_check(&err, "note", NULL, 10, 0), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "note");
	assert_int_equal(sc__text_check(&err, "note", NULL, 10, SC__TEXT_EMPTY), SC_BAD_ARGUMENT);
	assert_int_equal(sc__text_check(&err, "note", NULL, 10, SC__TEXT_OPTIONAL), SC_OK);
	assert_int_equal(sc__text_check(&err, "note", "", 10, 0), SC_BAD_ARGUMENT);
	assert_int_equal(sc__text_check(&err, "note", "", 10, SC__TEXT_OPTIONAL), SC_BAD_ARGUMENT);
	assert_int_equal(sc__text_check(&err, "note", "", 10, SC__TEXT_EMPTY), SC_OK);
}

static void control_characters_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "a\nb", "a\rb",     "\t",       "\x01",         "\x1F",
		                           "\x7F", "\xC2\x80", "\xC2\x9F", "\xE2\x80\xA8", "\xE2\x80\xA9" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		sc_error err = SC_ERROR_INIT;
		assert_int_equal(sc__text_check(&err, "name", bad[i], 100, 0), SC_BAD_TEXT);
		assert_string_equal(err.field, "name");
	}
	assert_int_equal(sc__text_check_bytes(NULL, "name", SC_BYTES("a\0b"), 100, 0), SC_BAD_TEXT);
	assert_int_equal(sc__text_check(NULL, "name", "\xC2\xA0\xE2\x80\xA7\xE2\x82\xAC", 100, 0), SC_OK);
}

static void a_control_character_is_found_wherever_it_stands(void **state)
{
	(void)state;
	char text[] = " ~abcdefghijklmnopqr";
	assert_int_equal(sc__text_check(NULL, "name", text, 100, 0), SC_OK);
	for (size_t i = 0; text[i] != '\0'; i++) {
		const char kept = text[i];
		text[i] = '\x1F';
		assert_int_equal(sc__text_check(NULL, "name", text, 100, 0), SC_BAD_TEXT);
		text[i] = '\x7F';
		assert_int_equal(sc__text_check(NULL, "name", text, 100, 0), SC_BAD_TEXT);
		text[i] = kept;
	}
}

static void line_breaks_and_tabs_are_fine_where_they_may_be(void **state)
{
	(void)state;
	assert_int_equal(sc__text_check(NULL, "note", "a\r\n\tb", 100, SC__TEXT_LINES), SC_OK);
	assert_int_equal(sc__text_check(NULL, "note", "a\x01", 100, SC__TEXT_LINES), SC_BAD_TEXT);
	assert_int_equal(sc__text_check(NULL, "note", "a\x7F", 100, SC__TEXT_LINES), SC_BAD_TEXT);
}

static void what_is_not_utf8_is_bad_text(void **state)
{
	(void)state;
	assert_int_equal(sc__text_check(NULL, "name", "caf\xE9", 100, 0), SC_BAD_TEXT);
}

static void secrets_are_the_same_only_byte_for_byte(void **state)
{
	(void)state;
	assert_true(sc_text_equal_secret(SC_BYTES("token"), SC_BYTES("token")));
	assert_false(sc_text_equal_secret(SC_BYTES("token"), SC_BYTES("tokem")));
	assert_false(sc_text_equal_secret(SC_BYTES("token"), SC_BYTES("toke")));
	assert_true(sc_text_equal_secret((sc_bytes){ NULL, 0 }, SC_BYTES("")));
}

static void assert_email(const char *text, const char *expected)
{
	char out[SC_EMAIL_MAX + 1];
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OK);
	assert_string_equal(out, expected);
	assert_int_equal(sc_text_normalise_email(out, out, NULL), SC_OK); /* also in place */
	assert_string_equal(out, expected);
}

static void the_domain_of_an_address_is_folded_and_its_name_is_not(void **state)
{
	(void)state;
	assert_email("Ann@Example.COM", "Ann@example.com");
	assert_email("o'hara+shop@mail.example.org", "o'hara+shop@mail.example.org");
	assert_email("j\xC3\xB6rg@M\xC3\x9CNCHEN.example", "j\xC3\xB6rg@m\xC3\xBCnchen.example");
	assert_email("a@u\xCC\x88.example", "a@\xC3\xBC.example"); /* u and two dots are one letter */
	assert_email("a@STRA\xC3\x9F"
	             "E.example",
	             "a@strasse.example");
}

static void what_is_no_address_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"ann",
		"@example.com",
		"ann@",
		"ann@example",
		"ann@@example.com",
		"a@b@example.com",
		"ann@.com",
		"ann@example.",
		"ann@ex..com",
		".ann@ex.com",
		"ann.@ex.com",
		"a..b@ex.com",
		"ann @ex.com",
		"ann@ex .com",
		"\"ann\"@ex.com",
		"ann@-ex.com",
		"ann@ex-.com",
		"ann@[127.0.0.1]",
		"<ann@ex.com>",
		"ann@ex_am.com",
		"a,b@ex.com",
		"a@ex\xC2\xA0.com",
		"a\xE2\x80\x8B@ex.com",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char out[SC_EMAIL_MAX + 1] = "as before";
		sc_error err = SC_ERROR_INIT;
		assert_int_equal(sc_text_normalise_email(bad[i], out, &err), SC_BAD_FORMAT);
		assert_string_equal(err.field, "email");
		assert_string_equal(out, "as before");
	}
}

static void an_address_is_text_first(void **state)
{
	(void)state;
	char out[SC_EMAIL_MAX + 1];
	assert_int_equal(sc_text_normalise_email(NULL, out, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_text_normalise_email("", out, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_text_normalise_email("a\n@ex.com", out, NULL), SC_BAD_TEXT);
	assert_int_equal(sc_text_normalise_email("\xFF@ex.com", out, NULL), SC_BAD_TEXT);
}

/* An address of `size` bytes: a@, labels of at most 63, .example */
static void long_address(char *text, size_t size)
{
	memset(text, 'd', size);
	memcpy(text, "a@", 2);
	for (size_t at = 60; at < size - 8; at += 60)
		text[at] = '.';
	memcpy(text + size - 8, ".example", 9);
}

static void an_address_at_the_limit_is_fine_and_one_past_it_is_not(void **state)
{
	(void)state;
	char text[SC_EMAIL_MAX + 2], out[SC_EMAIL_MAX + 1];
	long_address(text, SC_EMAIL_MAX);
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OK);
	assert_string_equal(out, text);
	long_address(text, SC_EMAIL_MAX + 1);
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OVER_LIMIT);
}

static void an_address_that_grows_past_the_limit_when_folded_is_refused(void **state)
{
	(void)state;
	char text[SC_EMAIL_MAX + 1], out[SC_EMAIL_MAX + 1];
	long_address(text, SC_EMAIL_MAX);
	memcpy(text + 10, "\xCE\x90", 2); /* folds to three characters, which compose to one of two bytes again */
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OK);
	memcpy(text + 10, "\xEF\xAC\x83", 3); /* the ligature ffi folds to three letters */
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OK);
	long_address(text, SC_EMAIL_MAX);
	memcpy(text + 10, "\xC8\xBA", 2); /* folds to a letter of three bytes */
	assert_int_equal(sc_text_normalise_email(text, out, NULL), SC_OVER_LIMIT);
}

static void hexadecimal_reads_back(void **state)
{
	(void)state;
	char text[9];
	unsigned char bytes[4];
	sc__hex_encode(SC_BYTES("\x00\x7F\x80\xFF"), text);
	assert_string_equal(text, "007f80ff");
	assert_true(sc__hex_decode(SC_BYTES("007F80ff"), bytes));
	assert_memory_equal(bytes, "\x00\x7F\x80\xFF", 4);
	assert_true(sc__hex_decode(SC_BYTES(""), bytes));
	assert_false(sc__hex_decode(SC_BYTES("007"), bytes));
	assert_false(sc__hex_decode(SC_BYTES("0g"), bytes));
	assert_false(sc__hex_decode(SC_BYTES("00:1"), bytes));
}

static void base64url_reads_back_at_every_length(void **state)
{
	(void)state;
	unsigned char bytes[40], read[64];
	char text[SC__BASE64URL_SIZE(sizeof bytes)];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 37 + 251);
	for (size_t size = 0; size <= sizeof bytes; size++) {
		size_t got = 99;
		sc__base64url_encode((sc_bytes){ bytes, size }, text);
		assert_int_equal(strlen(text) + 1, SC__BASE64URL_SIZE(size));
		assert_int_equal(strcspn(text, "+/="), strlen(text));
		assert_true(sc__base64url_decode((sc_bytes){ text, strlen(text) }, read, &got));
		assert_int_equal(got, size);
		assert_memory_equal(read, bytes, size);
	}
}

static void base64url_has_one_spelling(void **state)
{
	(void)state;
	unsigned char read[16];
	size_t size;
	static const char *const bad[] = { "A", "AB", "AAB", "QQ==", "Q Q", "QQ+", "Q/Q", "QUJ", "QUJDR", "QU\xBFI" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(sc__base64url_decode((sc_bytes){ bad[i], strlen(bad[i]) }, read, &size));
	assert_true(sc__base64url_decode(SC_BYTES("QUI"), read, &size));
	assert_memory_equal(read, "AB", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_of_every_length_is_accepted),
		cmocka_unit_test(overlong_surrogate_cut_and_stray_bytes_are_refused),
		cmocka_unit_test(a_text_at_the_limit_is_fine_and_one_past_it_is_not),
		cmocka_unit_test(a_text_past_the_limit_is_not_read_further),
		cmocka_unit_test(missing_and_empty_are_fine_only_where_they_may_be),
		cmocka_unit_test(control_characters_are_refused),
		cmocka_unit_test(a_control_character_is_found_wherever_it_stands),
		cmocka_unit_test(line_breaks_and_tabs_are_fine_where_they_may_be),
		cmocka_unit_test(what_is_not_utf8_is_bad_text),
		cmocka_unit_test(secrets_are_the_same_only_byte_for_byte),
		cmocka_unit_test(the_domain_of_an_address_is_folded_and_its_name_is_not),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(an_address_is_text_first),
		cmocka_unit_test(an_address_at_the_limit_is_fine_and_one_past_it_is_not),
		cmocka_unit_test(an_address_that_grows_past_the_limit_when_folded_is_refused),
		cmocka_unit_test(hexadecimal_reads_back),
		cmocka_unit_test(base64url_reads_back_at_every_length),
		cmocka_unit_test(base64url_has_one_spelling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
