/*
 * Codes: how they are compared, issued and recognised.
 *
 * An issued code is NAME-NUMBER-SIGNATURE in Crockford's base 32, which has no letters that are mistaken for digits.
 * The signature is 50 bits of BLAKE2b under the coupon's own secret: with twenty tries in ten minutes nobody finds one.
 */
#include "coupon/coupon.h"

#include "base/card.h"
#include "base/error.h"

#include <sodium.h>
#include <string.h>

#define SIGNATURE_DIGITS 10
#define NUMBER_DIGITS    8 /* 2^40 numbers */

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

sc_status sc__coupon_normalise(const char *code, int32_t index, char out[SC_COUPON_CODE_MAX + 1], sc_error *err)
{
	size_t size = 0;
	sc_bytes card;

	while (code != NULL && *code == ' ')
		code++;
	if (code == NULL || *code == '\0')
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "code", "is missing");
	for (; code[size] != '\0'; size++) {
		const char c = code[size];

		if (size == SC_COUPON_CODE_MAX)
			return sc__bad_at(err, SC_OVER_LIMIT, index, "code", "at most %d bytes", SC_COUPON_CODE_MAX);
		if (c < ' ' || c > '~')
			return sc__bad_at(err, SC_BAD_FORMAT, index, "code", "letters, digits and signs only");
		out[size] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	while (out[size - 1] == ' ')
		size--;
	out[size] = '\0';
	if (memchr(out, ' ', size) != NULL)
		return sc__bad_at(err, SC_BAD_FORMAT, index, "code", "a blank stands inside");
	if (sc__card_find((sc_bytes){ out, size }, SC__CARD_IN_CODE, &card))
		return sc__bad_at(err, SC_BAD_TEXT, index, "code", "reads like a card number");
	return SC_OK;
}

sc_address sc__code_address(sc__code_key *key, const char *code)
{
	const size_t size = strlen(code);

	memcpy(key->key, "coupon", sizeof("coupon"));
	memcpy(key->key + sizeof("coupon"), code, size);
	return (sc_address){ .kind = SC_KIND_CLAIM, .key = key->key, .key_size = (uint16_t)(sizeof("coupon") + size) };
}

/* ---- issued codes ------------------------------------------------------------------------ */

static void put_digits(uint64_t number, size_t count, char *out)
{
	while (count-- > 0) {
		out[count] = digits[number & 31];
		number >>= 5;
	}
}

static uint64_t signature_of(const sc__coupon_rule *coupon, uint64_t number)
{
	uint8_t bytes[8], hash[16];
	crypto_generichash_state state;
	uint64_t signature = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(number >> (8 * i));
	crypto_generichash_init(&state, coupon->secret, SC__COUPON_SECRET_SIZE, sizeof(hash));
	crypto_generichash_update(&state, (const uint8_t *)coupon->id, strlen(coupon->id) + 1);
	crypto_generichash_update(&state, bytes, sizeof(bytes));
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (size_t i = 0; i < sizeof(bytes); i++)
		signature = signature << 8 | hash[i];
	return signature;
}

void sc__code_issue(const sc__coupon_rule *coupon, int64_t number, char *out)
{
	const size_t size = strlen(coupon->id);
	char *at = out + size;

	memcpy(out, coupon->id, size);
	*at++ = '-';
	put_digits((uint64_t)number, NUMBER_DIGITS, at);
	at += NUMBER_DIGITS;
	*at++ = '-';
	put_digits(signature_of(coupon, (uint64_t)number), SIGNATURE_DIGITS, at);
	at[SIGNATURE_DIGITS] = '\0';
}

bool sc__code_is_issued(const sc__coupon_rule *coupon, const char *code)
{
	const size_t prefix = strlen(coupon->id) + 1, size = prefix + NUMBER_DIGITS + 1 + SIGNATURE_DIGITS;
	char expected[SC_COUPON_CODE_MAX + 1];
	uint64_t number = 0;

	if (coupon->secret == NULL || strlen(code) != size)
		return false;
	for (size_t i = 0; i < NUMBER_DIGITS; i++) {
		const char *digit = strchr(digits, code[prefix + i]);
		if (digit == NULL)
			return false;
		number = number << 5 | (uint64_t)(digit - digits);
	}
	sc__code_issue(coupon, (int64_t)number, expected);
	return sodium_memcmp(expected, code, size) == 0;
}

/* ---- which coupon ------------------------------------------------------------------------ */

/* A coupon that is its own code: named by a promotion, or by a rule. */
static const char *named(const sc__rule_set *set, const char *code)
{
	const sc__coupon_rule *rule = sc__rules_coupon(set, code);

	if (rule != NULL)
		return rule->single_use ? NULL : rule->id;
	for (size_t i = 0; i < set->promotion_count; i++)
		if (set->listed[i].coupon != NULL && strcmp(set->listed[i].coupon, code) == 0)
			return set->listed[i].coupon;
	return NULL;
}

static const char *issued(const sc__rule_set *set, const char *code)
{
	char name[SC_COUPON_CODE_MAX + 1];
	const size_t size = strlen(code), tail = NUMBER_DIGITS + SIGNATURE_DIGITS + 2;

	if (size <= tail)
		return NULL;
	memcpy(name, code, size - tail);
	name[size - tail] = '\0';
	const sc__coupon_rule *rule = sc__rules_coupon(set, name);
	return rule != NULL && rule->single_use && sc__code_is_issued(rule, code) ? rule->id : NULL;
}

const char *sc__coupon_of_code(const sc__rule_set *set, const char *code, const sc_record *imported, sc_arena *arena)
{
	const char *found = named(set, code);

	if (found == NULL)
		found = issued(set, code);
	if (found == NULL && imported->version != 0) {
		const char *name = sc_arena_dup(arena, imported->body.data, imported->body.size);
		const sc__coupon_rule *rule = name != NULL ? sc__rules_coupon(set, name) : NULL;

		found = rule != NULL && rule->single_use ? rule->id : NULL;
	}
	/* the set may go before the cart is written */
	return found != NULL ? sc_arena_dup(arena, found, strlen(found)) : NULL;
}
