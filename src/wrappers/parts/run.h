/*
 * A batch of sagas on its way: claim, decide, settle, each step for all of them at once.
 */
#ifndef SC_WRAPPERS_PARTS_RUN_H
#define SC_WRAPPERS_PARTS_RUN_H

#include "wrappers/parts/saga.h"

struct run {
	const struct parts *p;
	const sc_call *call;
	sc_arena *arena;
	struct saga *sagas;
	size_t count;
	sc_error *err;
};

/* How a saga stands; kept in `stage`. */
enum stage {
	STAGE_OPEN,   /* going on */
	STAGE_AGREED, /* decided: to be finished */
	STAGE_TAKEN,  /* over, and what was claimed is to be undone */
	STAGE_OVER    /* its outcome stands */
};

/* Ends it with this status, and undoes what it claimed. */
void sc__saga_fail(struct saga *saga, sc_status status);

/* Notes first where they are needed, then what could be refused elsewhere. NO_MEMORY or OK; each saga's stage says
 * the rest. */
sc_status sc__run_claim(struct run *run);
/* Finishes those that agreed, undoes those that did not, and removes their notes. What fails here is left to a
 * sweep. */
void sc__run_settle(struct run *run);

/* Settles a note that was found in part `primary`, as its state says; `run` has room for one saga. */
sc_status sc__saga_resume(struct run *run, uint32_t primary, const sc_record *note);

#endif
