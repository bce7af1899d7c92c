/*
 * The gated store as its own files see it.
 *
 *     open.c     the handle and its table of operations
 *     claims.c   which groups the gate is asked about, and what it is asked
 *     apply.c    asking it, carrying what passes to the record, giving back what came to nothing
 *     feed.c     following the record's journal, learning accounts, comparing
 */
#ifndef SC_WRAPPERS_GATED_GATED_H
#define SC_WRAPPERS_GATED_GATED_H

#include <shopcore/env.h>
#include <shopcore/gated.h>

#include <stdatomic.h>

typedef struct sc__gated {
	const sc_env *env;
	sc_store record;
	sc_gate gate;
	sc_gated_options options;
	sc_store_ops ops;

	sc_mutex mutex; /* guards what follows */
	bool feeding;
	bool following; /* the gate knows which journal it is fed from */
	sc_id incarnation;
	int64_t looked_ns; /* when feeding was begun last */
	int64_t fresh_ns;  /* when it was through last; 0: never */

	_Atomic uint64_t passed, refused, unsure, returned, failures, fed, learned;
} sc__gated;

/* ---- claims.c ---- */

/* The claims of a batch, those of a group together. */
typedef struct sc__claims {
	sc_gate_claim *items;
	uint32_t *change, *line; /* of each claim: where in its group it came from */
	size_t *index;           /* of each claim: its group in the batch */
	size_t count, room;
} sc__claims;

/* false: no memory. */
bool sc__claims_collect(sc__claims *claims, const sc_group *groups, size_t count, sc_arena *arena);

/* ---- feed.c ---- */

/* Feeds the gate when it is due, or if `now`; one thread at a time, the others go on. */
void sc__gated_feed(sc__gated *gated, const sc_call *call, bool now);
/* Whether the gate was fed lately enough to say no. */
bool sc__gated_is_fresh(sc__gated *gated);
/* Reads accounts that the gate does not know from the record. */
void sc__gated_learn(sc__gated *gated, const sc_call *call, const sc_address *account);

/* ---- apply.c ---- */

sc_status sc__gated_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err);

/* NULL: not one of ours. */
sc__gated *sc__gated_of(const sc_store *store);

#endif
