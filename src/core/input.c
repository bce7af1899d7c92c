/*
 * Checks of text that enters the library from outside. Control characters are refused everywhere, because such
 * text ends in logs, in subjects of mails and in other people's terminals.
 */
#include "core/input.h"

#include "base/error.h"

#include <shopcore/text.h>

#include <string.h>

static bool has_control(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20 || c == 0x7f)
			return true;
		if (c == 0xc2 && i + 1 < size && (unsigned char)text[i + 1] < 0xa0)
			return true; /* U+0080..U+009F */
	}
	return false;
}

sc_status sc__input_text(const char *text, size_t min, size_t max, int32_t index, const char *field, sc_error *err)
{
	if (text == NULL)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, field, "is missing");
	size_t size = strnlen(text, max + 1);
	if (size < min)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, field, "is empty");
	if (size > max)
		return sc__bad_at(err, SC_OVER_LIMIT, index, field, "is longer than %zu bytes", max);
	if (!sc_text_is_utf8(text, size))
		return sc__bad_at(err, SC_BAD_TEXT, index, field, "is not UTF-8");
	if (has_control(text, size))
		return sc__bad_at(err, SC_BAD_TEXT, index, field, "has control characters");
	return SC_OK;
}

sc_status sc__input_id(const char *text, int32_t index, const char *field, sc_error *err)
{
	return sc__input_text(text, 1, SC_ID_TEXT_MAX, index, field, err);
}

sc_status sc__input_range(int64_t number, int64_t min, int64_t max, int32_t index, const char *field, sc_error *err)
{
	if (number < min || number > max)
		return sc__bad_at(err, SC_OUT_OF_RANGE, index, field, "must be between %lld and %lld", (long long)min,
		                  (long long)max);
	return SC_OK;
}
