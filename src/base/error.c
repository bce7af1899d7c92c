/*
 * Filling in an sc_error. Both texts have a fixed size, so a long one is cut, and it is cut between
 * characters: an error that is printed as JSON must still be UTF-8. And a card number that somebody typed where a name
 * belongs is masked, because errors end up in logs.
 */
#include "base/error.h"

#include "base/card.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drops the bytes of a last character that lost its tail when `text` was cut to fill its room. */
static void trim_to_character(char *text, size_t length)
{
	size_t start = length;
	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)text[--start];
	size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (start + size > length)
		text[start] = '\0';
}

static void set_field(sc_error *err, const char *field)
{
	size_t length = strnlen(field, sizeof err->field);
	if (length < sizeof err->field) {
		memcpy(err->field, field, length + 1);
	} else {
		memcpy(err->field, field, sizeof err->field - 1);
		err->field[sizeof err->field - 1] = '\0';
		trim_to_character(err->field, sizeof err->field - 1);
	}
	sc__card_mask(err->field);
}

SC_PRINTF(6, 0)
static void fill(sc_error *err, sc_status status, int32_t index, int64_t wanted, int64_t available, const char *format,
                 va_list args)
{
	*err = (sc_error){ .status = status, .index = index, .wanted = wanted, .available = available };
	int length = vsnprintf(err->text, sizeof err->text, format, args);
	if (length >= (int)sizeof err->text)
		trim_to_character(err->text, sizeof err->text - 1);
	sc__card_mask(err->text);
}

sc_status sc__fail(sc_error *err, sc_status status, const char *format, ...)
{
	if (err == NULL)
		return status;
	va_list args;
	va_start(args, format);
	fill(err, status, -1, 0, 0, format, args);
	va_end(args);
	return status;
}

sc_status sc__bad(sc_error *err, sc_status status, const char *field, const char *format, ...)
{
	if (err == NULL)
		return status;
	va_list args;
	va_start(args, format);
	fill(err, status, -1, 0, 0, format, args);
	va_end(args);
	set_field(err, field);
	return status;
}

sc_status sc__bad_at(sc_error *err, sc_status status, int32_t index, const char *field, const char *format, ...)
{
	if (err == NULL)
		return status;
	va_list args;
	va_start(args, format);
	fill(err, status, index, 0, 0, format, args);
	va_end(args);
	set_field(err, field);
	return status;
}

sc_status sc__short(sc_error *err, sc_status status, int32_t index, int64_t wanted, int64_t available,
                    const char *format, ...)
{
	if (err == NULL)
		return status;
	va_list args;
	va_start(args, format);
	fill(err, status, index, wanted, available, format, args);
	va_end(args);
	return status;
}
