/*
 * Checks of text that enters the library from outside, alike for every noun.
 */
#ifndef SC_CORE_INPUT_H
#define SC_CORE_INPUT_H

#include <shopcore/limits.h>
#include <shopcore/status.h>

/* Text of min..max bytes, UTF-8 without control characters. `index` -1: not inside a list. In this order: BAD_ARGUMENT
 * for NULL or less than `min`, OVER_LIMIT, BAD_TEXT. */
sc_status sc__input_text(const char *text, size_t min, size_t max, int32_t index, const char *field, sc_error *err);

/* A SKU, a user, a location, a key: 1..SC_ID_TEXT_MAX bytes. */
sc_status sc__input_id(const char *text, int32_t index, const char *field, sc_error *err);

/* A number from `min` to `max`: OUT_OF_RANGE otherwise. */
sc_status sc__input_range(int64_t number, int64_t min, int64_t max, int32_t index, const char *field, sc_error *err);

#endif
