/*
 * Filling in an sc_error. Each of these returns the status it was given, so that a check reads
 *
 *     if (quantity < 1)
 *             return sc__bad(err, SC_BAD_ARGUMENT, "quantity", "must be at least 1");
 *
 * `err` may be NULL. Nothing here allocates or fails.
 */
#ifndef SC_BASE_ERROR_H
#define SC_BASE_ERROR_H

#include <shopcore/status.h>

/* A refusal, failure or unknown. */
sc_status sc__fail(sc_error *err, sc_status status, const char *format, ...) SC_PRINTF(3, 4);

/* Bad input: `field` is the path of what was wrong, such as "lines[2].quantity". */
sc_status sc__bad(sc_error *err, sc_status status, const char *field, const char *format, ...) SC_PRINTF(4, 5);

/* The same with the index of the line or record it was in. */
sc_status sc__bad_at(sc_error *err, sc_status status, int32_t index, const char *field, const char *format, ...)
	SC_PRINTF(5, 6);

/* A refusal for lack of stock or room: which line, how many were wanted, how many there are. */
sc_status sc__short(sc_error *err, sc_status status, int32_t index, int64_t wanted, int64_t available,
                    const char *format, ...) SC_PRINTF(6, 7);

#endif
