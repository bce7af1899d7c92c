/*
 * Tries at codes, of coupons and of gift cards. A wrong code holds one of so many tries and lets go of it by itself
 * after a while, so tries need no counter of their own and nothing that resets it.
 */
#ifndef SC_COUPON_TRIES_H
#define SC_COUPON_TRIES_H

#include "coupon/coupon.h"

/* Who may be guessing: a customer or a guest. */
bool sc__tries_count_for(const sc_call *call);
/* The account of an owner's tries; `key` is storage. */
sc_address sc__tries_account(sc__coupon_key *key, const char *owner);
/* Whether the account's record says that none is left. */
bool sc__tries_used_up(const sc_record *tries);
/* LIMIT_REACHED, field "tries". */
sc_status sc__tries_refused(sc_error *err);

/* The group that holds one try; it must not move while it is applied. */
typedef struct sc__try {
	sc_id id;
	sc_address tries;
	sc_hold_line line;
	sc_change hold;
	sc_group group;
} sc__try;
void sc__try_make(const sc_env *env, const sc_address *tries, sc__try *out);
/* Applies it for a caller who waits: OK, LIMIT_REACHED, or what the store says. */
sc_status sc__try_count(sc_shop *shop, const sc_call *call, const sc_address *tries, sc_error *err);

#endif
