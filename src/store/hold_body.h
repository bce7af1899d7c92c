/*
 * What a hold took, packed into the body of its row: a hold of one line fits in some thirty bytes,
 * and a commit learns its accounts from here alone.
 */
#ifndef SC_STORE_HOLD_BODY_H
#define SC_STORE_HOLD_BODY_H

#include <shopcore/port/store.h>

/* One take as it is stored. `committed` is what a commit would commit, or did: all of it until a commit of a
 * part says otherwise, so that the common commit writes no body. `ends_ms` is the end of the account's life when it was
 * taken from: an account that was made anew since has another end, and owes this hold nothing. */
typedef struct sc__take {
	sc_address account;
	int64_t quantity;
	int64_t committed;
	int64_t ends_ms;
	uint32_t line;
	uint32_t reserved;
} sc__take;

/* NO_MEMORY or OK. `out` is in the arena. */
sc_status sc__hold_pack(const sc__take *takes, size_t count, sc_arena *arena, sc_bytes *out);

/* DAMAGED, NO_MEMORY or OK. Addresses point into `body`. */
sc_status sc__hold_unpack(sc_bytes body, sc_arena *arena, sc__take **out, size_t *count);

#endif
