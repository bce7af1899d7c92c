/*
 * Codes of gift cards: 80 random bits in Crockford's base 32, in groups of four. What is stored is a hash of the code,
 * cut to 80 bits, and that is the card's id: nobody who reads the store finds a code, and no index leads from one to
 * the other.
 */
#include "tender/tender.h"

#include "base/card.h"
#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define DIGITS 16 /* of 5 bits */

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void put_digits(const uint8_t bytes[10], char out[DIGITS])
{
	for (size_t i = 0; i < DIGITS; i++) {
		const size_t bit = 5 * i, at = bit / 8;
		const unsigned two = (unsigned)bytes[at] << 8 | (at + 1 < 10 ? bytes[at + 1] : 0u);
		out[i] = digits[two >> (11 - bit % 8) & 31];
	}
}

void sc__card_code_make(const sc_env *env, char out[SC__CARD_CODE_SIZE])
{
	uint8_t bits[10];
	char all[DIGITS];
	env->random(env->ctx, bits, sizeof(bits));
	put_digits(bits, all);
	sodium_memzero(bits, sizeof(bits));
	for (size_t i = 0, at = 0; i < DIGITS; i++) {
		if (i > 0 && i % 4 == 0)
			out[at++] = '-';
		out[at++] = all[i];
	}
	out[SC__CARD_CODE_SIZE - 1] = '\0';
}

/* As people mean it: no matter how it is grouped, and letters that look like digits are digits. */
static char meant(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

sc_status sc__card_id_of(const char *code, int32_t index, const char *field, char out[SC__CARD_ID_SIZE], sc_error *err)
{
	char plain[SC_GIFT_CARD_CODE_MAX];
	uint8_t hash[SC__DIGEST_SIZE];
	sc__digest digest;
	sc_bytes card;
	size_t size = 0;
	if (!code || !code[0])
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, field, "the code is missing");
	for (const char *at = code; *at; at++) {
		if (*at == ' ' || *at == '-')
			continue;
		if (!is_alnum(meant(*at)))
			return sc__bad_at(err, SC_BAD_FORMAT, index, field, "a code has letters and digits only");
		if (size == sizeof(plain))
			return sc__bad_at(err, SC_OVER_LIMIT, index, field, "at most %d letters and digits",
			                  SC_GIFT_CARD_CODE_MAX);
		plain[size++] = meant(*at);
	}
	if (size < SC_GIFT_CARD_CODE_MIN)
		return sc__bad_at(err, SC_BAD_FORMAT, index, field, "at least %d letters and digits",
		                  SC_GIFT_CARD_CODE_MIN);
	if (sc__card_find((sc_bytes){ plain, size }, SC__CARD_IN_CODE, &card))
		return sc__bad_at(err, SC_BAD_TEXT, index, field, "reads like a card number");
	sc__digest_init(&digest);
	sc__digest_text(&digest, "gift card");
	sc__digest_bytes(&digest, plain, size);
	sc__digest_final(&digest, hash);
	sodium_memzero(plain, sizeof(plain));
	out[0] = 'G';
	out[1] = 'C';
	put_digits(hash, out + 2);
	out[SC__CARD_ID_SIZE - 1] = '\0';
	return SC_OK;
}
