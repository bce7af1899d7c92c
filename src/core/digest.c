/*
 * A hash over the fields of a request (BLAKE2b, 16 bytes: strangers choose what goes in).
 */
#include "core/digest.h"

#include <string.h>

void sc__digest_init(sc__digest *digest)
{
	crypto_generichash_init(&digest->state, NULL, 0, SC__DIGEST_SIZE);
}

void sc__digest_bytes(sc__digest *digest, const void *data, size_t size)
{
	sc__digest_int(digest, (int64_t)size);
	crypto_generichash_update(&digest->state, data, size);
}

void sc__digest_text(sc__digest *digest, const char *text)
{
	if (text == NULL)
		sc__digest_int(digest, -1);
	else
		sc__digest_bytes(digest, text, strlen(text));
}

void sc__digest_int(sc__digest *digest, int64_t number)
{
	uint8_t bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
	crypto_generichash_update(&digest->state, bytes, sizeof(bytes));
}

void sc__digest_final(sc__digest *digest, uint8_t out[SC__DIGEST_SIZE])
{
	crypto_generichash_final(&digest->state, out, SC__DIGEST_SIZE);
}
