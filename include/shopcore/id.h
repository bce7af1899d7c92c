/*
 * Ids that the library makes: UUIDv7 (RFC 9562), 48 bits of milliseconds, then chance.
 *
 * They sort by time, and the last 16 bits of an order's id are a hash of its user, so that the id
 * alone finds the shard it lives on.
 */
#ifndef SHOPCORE_ID_H
#define SHOPCORE_ID_H

#include <shopcore/env.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/** 16 bytes, most significant first; all zero means none. */
typedef struct sc_id {
	uint8_t bytes[16];
} sc_id;

/** Room for the text form with its NUL: 8-4-4-4-12 lower-case hexadecimal digits. */
#define SC_ID_TEXT_SIZE 37

/**
 * Make a new id from the environment's wall clock and random source.
 *
 * Ownership: a value. Threads: any. Returns: the id; cannot fail.
 * Idempotent: no, each call gives another id. Since: 0.1.
 */
SC_API sc_id sc_id_make(const sc_env *env);

/**
 * Give an id with its last 16 bits replaced, so that it is routed with others of that tail.
 *
 * Ownership: a value. Threads: any. Returns: the id; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API sc_id sc_id_with_tail(sc_id id, uint16_t tail);

/**
 * Read the last 16 bits.
 *
 * Ownership: a value. Threads: any. Returns: the bits; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API uint16_t sc_id_tail(sc_id id);

/**
 * Derive the id of step `n` of something that has an id: time and last 16 bits stay, the bits
 * between are a hash of both. The same input always gives the same id.
 *
 * Ownership: a value. Threads: any. Returns: the id; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API sc_id sc_id_step(sc_id id, uint32_t n);

/**
 * Read the milliseconds since 1970 at which an id was made.
 *
 * Ownership: a value. Threads: any. Returns: milliseconds; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API int64_t sc_id_time_ms(sc_id id);

/**
 * Tell whether an id is the empty one.
 *
 * Ownership: a value. Threads: any. Returns: true or false. Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_id_is_zero(sc_id id);

/**
 * Tell whether two ids are the same.
 *
 * Ownership: values. Threads: any. Returns: true or false. Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_id_equal(sc_id a, sc_id b);

/**
 * Write the text form, with its NUL.
 *
 * Ownership: `out` is the caller's. Threads: any. Returns: `out`; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API char *sc_id_format(sc_id id, char out[SC_ID_TEXT_SIZE]);

/**
 * Read the text form: exactly 36 characters, upper or lower case.
 *
 * Ownership: `text` is borrowed for the call; `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_FORMAT for anything else. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_id_parse(const char *text, sc_id *out);

SC_END_DECLS

#endif
