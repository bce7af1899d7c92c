/*
 * Checks of input that may stand in a list.
 */
#include "core/input.h"

#include "base/error.h"

sc_status sc__input_text(const char *text, unsigned flags, size_t max, int32_t index, const char *field, sc_error *err)
{
	sc_status status = sc__text_check(err, field, text, max, flags);
	if (status != SC_OK && err != NULL)
		err->index = index;
	return status;
}

sc_status sc__input_id(const char *text, int32_t index, const char *field, sc_error *err)
{
	return sc__input_text(text, SC__TEXT_CODE, SC_ID_TEXT_MAX, index, field, err);
}

sc_status sc__input_range(int64_t number, int64_t min, int64_t max, int32_t index, const char *field, sc_error *err)
{
	if (number < min || number > max)
		return sc__bad_at(err, SC_OUT_OF_RANGE, index, field, "must be between %lld and %lld", (long long)min,
		                  (long long)max);
	return SC_OK;
}
