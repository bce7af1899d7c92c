/*
 * What lands late: a queue of deep copies, each with the number of the call at which it is handed on.
 * Guarded by the plan's lock.
 */
#ifndef SC_WRAPPERS_FAULTY_LATE_H
#define SC_WRAPPERS_FAULTY_LATE_H

#include "wrappers/faulty/plan.h"

struct late {
	struct late *next;
	sc_arena arena; /* holds `items` */
	void *items;    /* sc_group or sc_gateway_request */
	size_t count;
	uint64_t due_call;
};

struct late_queue {
	struct late *oldest, *newest;
};

/* An empty one with its arena ready, not yet in a queue. NULL: no memory. */
struct late *sc__late_new(const sc_env *env);
void sc__late_free(struct late *late);

/* Queue it; `call` is the number of the call that it stands for. */
void sc__late_put(struct late_queue *queue, struct plan *plan, struct late *late, uint64_t call);

/* The oldest whose turn has come at `call`, or NULL. UINT64_MAX: the oldest of all. The caller frees it. */
struct late *sc__late_take(struct late_queue *queue, struct plan *plan, uint64_t call);

#endif
