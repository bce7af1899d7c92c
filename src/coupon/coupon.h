/*
 * Coupons as a quote and a placement see them: which of a cart's codes stand for which coupon, whether that may still
 * be used, and the claims that a use makes on the accounts that bound it.
 */
#ifndef SC_COUPON_COUPON_H
#define SC_COUPON_COUPON_H

#include "rule/rule.h"

#include <shopcore/checkout.h>
#include <shopcore/coupon.h>

/* ---- code.c ---- */

/* As codes are compared: capital letters, no blanks around. BAD_ARGUMENT, OVER_LIMIT, BAD_FORMAT; field "code". */
sc_status sc__coupon_normalise(const char *code, int32_t index, char out[SC_COUPON_CODE_MAX + 1], sc_error *err);

/* Where an imported code is; `key` is storage. */
typedef struct sc__code_key {
	char key[sizeof("coupon") + SC_COUPON_CODE_MAX];
} sc__code_key;
sc_address sc__code_address(sc__code_key *key, const char *code);

/* Which coupon a code stands for; `imported` is the record at its address. NULL: none. */
const char *sc__coupon_of_code(const sc__rule_set *set, const char *code, const sc_record *imported, sc_arena *arena);

/* Whether a code was issued for a coupon: the signature fits. */
bool sc__code_is_issued(const sc__coupon_rule *coupon, const char *code);
/* Writes the code of a number; `out` has room for SC_COUPON_CODE_MAX bytes and the NUL. */
void sc__code_issue(const sc__coupon_rule *coupon, int64_t number, char *out);

/* ---- uses.c ---- */

/* Whom a customer's limit counts for: the owner, or for a guest a hash of the e-mail. */
#define SC__WHOM_SIZE (SC_ID_TEXT_MAX + 3)
void sc__coupon_whom(const char *owner, const char *email, char out[SC__WHOM_SIZE]);

/* A bound that one use of a coupon counts against. */
typedef struct sc__coupon_bound {
	sc_coupon_use use;
	sc_coupon_verdict verdict; /* when there is nothing left */
} sc__coupon_bound;

#define SC__COUPON_BOUNDS_MAX 4

/* The bounds of one use, now, by a code. `whom` is borrowed, empty for a guest whose e-mail is not known yet. Texts are
 * in the arena. SC_OK, NO_MEMORY. */
sc_status sc__coupon_bounds(const sc__coupon_rule *rule, const char *code, const char *whom, int64_t now_ms,
                            sc_arena *arena, sc__coupon_bound out[SC__COUPON_BOUNDS_MAX], size_t *count, sc_error *err);

/* The account of a use. */
sc_address sc__coupon_use_account(sc__coupon_key *key, const char *coupon, const sc_coupon_use *use);

/* The changes that claim the uses of an order's coupons, as its hold `n`: none, one, or two when some of them are of a
 * period; in front of them those that set accounts whose limit was changed since. Storage is in the arena; false: no
 * memory. */
#define SC__USE_CHANGES_MAX (2 + 2 * SC_CART_COUPONS_MAX) /* limits per customer and per period may have changed */
bool sc__coupon_uses_hold(sc_id order, uint32_t n, const sc_order_coupon *coupons, size_t count, int64_t ttl_ms,
                          sc_arena *arena, sc_change *changes, uint32_t *change_count);
/* Which coupon a line of such a hold is about; `count`: none. */
size_t sc__coupon_of_use(const sc_order_coupon *coupons, size_t count, const sc_change *hold, uint32_t line);
/* The changes that settle them, two at most: COMMIT, or RELEASE with the flags given. */
bool sc__coupon_uses_settle(sc_id order, uint32_t n, const sc_order_coupon *coupons, size_t count, sc_change_type type,
                            uint32_t flags, sc_arena *arena, sc_change *changes, uint32_t *change_count);

#endif
