/*
 * UTF-8 against utf8proc's own decoder, the check of names against both, e-mail addresses against being normalised
 * twice, and base64url and hexadecimal against being encoded again. What passes has no card number, looked for plainly.
 */
#include "check.h"

#include "base/card.h"
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

static bool decodes(const uint8_t *data, size_t size)
{
	while (size > 0) {
		utf8proc_int32_t point;
		utf8proc_ssize_t length = utf8proc_iterate(data, (utf8proc_ssize_t)size, &point);
		if (length <= 0)
			return false;
		data += length;
		size -= (size_t)length;
	}
	return true;
}

static void check_email(const char *text)
{
	char out[SC_EMAIL_MAX + 1], again[SC_EMAIL_MAX + 1];
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc_text_normalise_email(text, out, &err);
	if (status != SC_OK) {
		CHECK(sc_status_is_bad_input(status) && strcmp(err.field, "email") == 0);
		return;
	}
	CHECK(sc_text_is_utf8(out, strlen(out)) && strchr(out, '@') != NULL);
	CHECK(sc_text_normalise_email(out, again, NULL) == SC_OK);
	CHECK(strcmp(out, again) == 0);
}

static void check_encodings(sc_bytes text)
{
	size_t size = 0;
	char *encoded = malloc(2 * text.size + 5);
	uint8_t *bytes = malloc(text.size / 4 * 3 + 2);
	CHECK(encoded != NULL && bytes != NULL);
	if (sc__base64url_decode(text, bytes, &size)) {
		sc__base64url_encode((sc_bytes){ bytes, size }, encoded);
		CHECK(strlen(encoded) == text.size && memcmp(encoded, text.data, text.size) == 0);
	}
	if (sc__hex_decode(text, bytes)) {
		sc__hex_encode((sc_bytes){ bytes, text.size / 2 }, encoded);
		CHECK(strlen(encoded) == text.size && strncasecmp(encoded, text.data, text.size) == 0);
	}
	free(bytes);
	free(encoded);
}

/* Luhn's check, once more and plainly: the digits of one unbroken run. */
static bool is_card(const uint8_t *digits, size_t count)
{
	unsigned sum = 0, all = 0;
	for (size_t i = 0; i < count; i++) {
		const unsigned digit = (unsigned)(digits[i] - '0'), twice = 2 * digit;
		all |= digit;
		sum += (count - i) % 2 == 1 ? digit : twice / 10 + twice % 10;
	}
	return count >= 13 && count <= 19 && all != 0 && sum % 10 == 0;
}

static bool has_card(const uint8_t *data, size_t size)
{
	for (size_t i = 0, count; i < size; i += count + 1) {
		for (count = 0; i + count < size && data[i + count] >= '0' && data[i + count] <= '9'; count++)
			;
		if (is_card(data + i, count))
			return true;
	}
	return false;
}

/* What is masked has no card any more, and is as long as before. */
static void check_mask(char *text)
{
	const size_t size = strlen(text);
	sc_bytes card;
	sc__card_mask(text);
	CHECK(strlen(text) == size && !sc__card_find((sc_bytes){ text, size }, SC__CARD_IN_CODE, &card));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const sc_bytes text = { data, size };
	bool valid = sc_text_is_utf8(data, size);
	CHECK(valid == decodes(data, size));
	sc_status status = sc__text_check_bytes(NULL, "name", text, SIZE_MAX - 1, SC__TEXT_EMPTY | SC__TEXT_LINES);
	CHECK(status == SC_OK ? valid && !has_card(data, size) : status == SC_BAD_TEXT);
	char *copy = malloc(size + 1);
	CHECK(copy != NULL);
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	check_email(copy);
	check_mask(copy);
	free(copy);
	check_encodings(text);
	return 0;
}
