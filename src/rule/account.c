/*
 * Addresses of the accounts that bound coupons: "coupon" NUL name NUL scope NUL whom. The name stands in front of whom,
 * so that nothing a buyer chooses reaches another coupon's account.
 */
#include "rule/rule.h"

#include <string.h>

static char *add(char *at, const char *text)
{
	const size_t size = strlen(text);

	memcpy(at, text, size);
	at[size] = '\0';
	return at + size + 1;
}

sc_address sc__coupon_account(sc__coupon_key *key, int scope, const char *coupon, const char *whom)
{
	static const char *const scopes[] = { [SC_COUPON_IN_ALL] = "all",
		                              [SC_COUPON_OF_CUSTOMER] = "customer",
		                              [SC_COUPON_OF_PERIOD] = "period",
		                              [SC_COUPON_OF_CODE] = "code",
		                              [SC__COUPON_TRIES] = "tries" };
	char *at = add(add(add(add(key->key, "coupon"), coupon), scopes[scope]), whom);

	return (sc_address){ .kind = SC_KIND_LIMIT, .key = key->key, .key_size = (uint16_t)(at - 1 - key->key) };
}
