/*
 * What every other header needs: export marks, the version, and the two ways to pass text.
 *
 * A public record hands out text as a NUL-terminated UTF-8 string, because that is what C
 * and ctypes callers want. Ports pass bytes with a length, because keys and bodies may hold
 * anything and nobody should have to measure them twice.
 */
#ifndef SHOPCORE_COMMON_H
#define SHOPCORE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SC_BEGIN_DECLS extern "C" {
#define SC_END_DECLS   }
#else
#define SC_BEGIN_DECLS
#define SC_END_DECLS
#endif

#if defined(__GNUC__)
#define SC_API                 __attribute__((visibility("default")))
#define SC_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define SC_API
#define SC_PRINTF(text, first)
#endif

#define SC_VERSION_MAJOR 0
#define SC_VERSION_MINOR 1
#define SC_VERSION_PATCH 0
#define SC_VERSION       "0.1.0"

SC_BEGIN_DECLS

/** Bytes with a length, borrowed from whoever filled it in. `data` may be NULL when `size` is 0. */
typedef struct sc_bytes {
	const void *data;
	size_t size;
} sc_bytes;

/** The bytes of a string literal, without its NUL. */
#define SC_BYTES(literal) ((sc_bytes){ (literal), sizeof(literal) - 1 })

/**
 * Tell which version of the library is loaded, as "major.minor.patch".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_version(void);

SC_END_DECLS

#endif
