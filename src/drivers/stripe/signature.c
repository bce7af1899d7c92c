/*
 * The signature of a webhook: HMAC-SHA256 over the time, a point, and the raw bytes of the body.
 *
 * The header is "t=1700000000,v1=hex,v1=hex,v0=hex". Everything in it is chosen by whoever sends it, so it is read
 * with fixed bounds and without memory, and each signature is compared in constant time.
 */
#include "base/error.h"

#include <shopcore/stripe.h>

#include <sodium.h>
#include <string.h>

#define HASH_SIZE   crypto_auth_hmacsha256_BYTES
#define TIME_DIGITS 12 /* until the year 33658 */
#define HEADER_MAX  4096

struct stamp {
	const char *digits;
	size_t count;
	int64_t seconds;
};

/* The item from `at` on, up to a comma; the next one, or NULL. */
static const char *next_item(const char *at, size_t *size)
{
	*size = strcspn(at, ",");
	return at[*size] == ',' ? at + *size + 1 : NULL;
}

static bool read_time(const char *item, size_t size, struct stamp *out)
{
	*out = (struct stamp){ item + 2, size - 2, 0 };
	if (out->count == 0 || out->count > TIME_DIGITS)
		return false;
	for (size_t i = 0; i < out->count; i++) {
		if (out->digits[i] < '0' || out->digits[i] > '9')
			return false;
		out->seconds = out->seconds * 10 + (out->digits[i] - '0');
	}
	return true;
}

/* The one time of the header: none, two or a bad one, and there is nothing to compare with. */
static bool find_time(const char *header, struct stamp *out)
{
	size_t size, found = 0;
	for (const char *at = header, *next; at; at = next) {
		next = next_item(at, &size);
		if (size < 2 || strncmp(at, "t=", 2) != 0)
			continue;
		if (++found > 1 || !read_time(at, size, out))
			return false;
	}
	return found == 1;
}

static void sign(const struct stamp *stamp, sc_bytes body, const char *secret, char out[2 * HASH_SIZE + 1])
{
	crypto_auth_hmacsha256_state state;
	unsigned char hash[HASH_SIZE];
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp->digits, stamp->count);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
	crypto_auth_hmacsha256_update(&state, body.data, body.size);
	crypto_auth_hmacsha256_final(&state, hash);
	sodium_bin2hex(out, 2 * HASH_SIZE + 1, hash, sizeof(hash));
	sodium_memzero(&state, sizeof(state));
}

static bool has_signature(const char *header, const char expected[2 * HASH_SIZE + 1])
{
	size_t size, looked = 0;
	bool found = false;
	for (const char *at = header, *next; at && looked < SC_STRIPE_SIGNATURES_MAX; at = next) {
		next = next_item(at, &size);
		if (size < 3 || strncmp(at, "v1=", 3) != 0)
			continue;
		looked++;
		if (size - 3 == 2 * HASH_SIZE && sodium_memcmp(at + 3, expected, 2 * HASH_SIZE) == 0)
			found = true;
	}
	return found;
}

sc_status sc_stripe_verify(sc_bytes body, const char *header, const char *secret, int64_t now_ms, int64_t tolerance_ms,
                           sc_error *err)
{
	char expected[2 * HASH_SIZE + 1];
	struct stamp stamp;
	if (!secret || secret[0] == '\0' || tolerance_ms < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "secret", "is missing, or the tolerance is below 1");
	if (!header || strnlen(header, HEADER_MAX + 1) > HEADER_MAX || !find_time(header, &stamp))
		return sc__bad(err, SC_BAD_SIGNATURE, "signature", "has no time, or more than one");
	if (body.size == 0)
		return sc__bad(err, SC_BAD_SIGNATURE, "body", "is empty");
	sign(&stamp, body, secret, expected);
	if (!has_signature(header, expected))
		return sc__bad(err, SC_BAD_SIGNATURE, "signature", "does not match the body");
	const int64_t apart_ms = now_ms - stamp.seconds * 1000;
	if (apart_ms > tolerance_ms + 999 || apart_ms < -tolerance_ms)
		return sc__bad(err, SC_BAD_SIGNATURE, "signature", "has a time too far from now");
	return SC_OK;
}
