/*
 * What goes wrong when: the script and the chances that both faulty wrappers share.
 */
#ifndef SC_WRAPPERS_FAULTY_PLAN_H
#define SC_WRAPPERS_FAULTY_PLAN_H

#include <shopcore/faulty.h>

#define SCRIPT_MAX 64

struct step {
	sc_faulty_op op;
	sc_fault fault;
	sc_status status;
	uint32_t calls_left;
};

struct plan {
	const sc_env *env;
	sc_faulty_options options;
	sc_mutex lock; /* guards all below, and the wrapper's list of what is late */
	uint64_t random;
	struct step script[SCRIPT_MAX];
	size_t script_count;
	uint64_t calls;
	bool chance_on, dead;
};

/* One call's lot. */
struct verdict {
	sc_fault fault;
	sc_status status; /* what the script wants answered, or SC_OK for the usual */
	uint64_t call;    /* its number, from 1 */
};

/* false: no memory for the lock. `options` may be NULL. */
bool sc__plan_init(struct plan *plan, const sc_env *env, const sc_faulty_options *options);
void sc__plan_clear(struct plan *plan);

struct verdict sc__plan_next(struct plan *plan, sc_faulty_op op);
sc_status sc__plan_script(struct plan *plan, sc_faulty_op op, uint32_t nth, sc_fault fault, sc_status status,
                          sc_error *err);
void sc__plan_chance(struct plan *plan, bool on);

/* The process dies here. Comes back only when the hook does. */
void sc__plan_die(struct plan *plan, sc_faulty_op op);

#endif
