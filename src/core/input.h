/*
 * Checks of text that enters the library from outside, alike for every noun.
 */
#ifndef SC_CORE_INPUT_H
#define SC_CORE_INPUT_H

#include "base/text.h"

#include <shopcore/limits.h>
#include <shopcore/status.h>

/* One line of text, as sc__text_check() with its flags (SC__TEXT_EMPTY and so on), and where it stood: `index` -1 when
 * it is not in a list. */
sc_status sc__input_text(const char *text, unsigned flags, size_t max, int32_t index, const char *field, sc_error *err);

/* A SKU, a user, a location, a key: 1..SC_ID_TEXT_MAX bytes. */
sc_status sc__input_id(const char *text, int32_t index, const char *field, sc_error *err);

/* A number from `min` to `max`: OUT_OF_RANGE otherwise. */
sc_status sc__input_range(int64_t number, int64_t min, int64_t max, int32_t index, const char *field, sc_error *err);

#endif
