/*
 * A hash over the fields of a request, each with its length, so that no two different requests read alike. It tells
 * whether a key of the caller's stands for the same request as before.
 */
#ifndef SC_CORE_DIGEST_H
#define SC_CORE_DIGEST_H

#include <shopcore/common.h>

#include <sodium/crypto_generichash.h>

#define SC__DIGEST_SIZE 16

typedef struct sc__digest {
	crypto_generichash_state state;
} sc__digest;

void sc__digest_init(sc__digest *digest);
void sc__digest_bytes(sc__digest *digest, const void *data, size_t size);
void sc__digest_text(sc__digest *digest, const char *text); /* NULL and "" differ */
void sc__digest_int(sc__digest *digest, int64_t number);
void sc__digest_final(sc__digest *digest, uint8_t out[SC__DIGEST_SIZE]);

#endif
