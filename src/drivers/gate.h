/*
 * Threads of one handle take turns at what it has few of (a writer, connections), first come first
 * served, each until its deadline. An environment's mutex knows no deadline, hence this.
 */
#ifndef SC_DRIVERS_GATE_H
#define SC_DRIVERS_GATE_H

#include <shopcore/env.h>
#include <shopcore/status.h>

typedef struct sc__gate {
	const sc_env *env;
	sc_mutex mutex;
	uint32_t places; /* that are free */
	struct sc__gate_waiter *first, *last;
} sc__gate;

/* `places`: how many may be inside at once. false: no memory. */
bool sc__gate_init(sc__gate *gate, const sc_env *env, uint32_t places);
void sc__gate_clear(sc__gate *gate);

/* SC_BUSY when the monotonic clock reaches `deadline_ns` first; SC_NO_MEMORY; SC_OK. */
sc_status sc__gate_take(sc__gate *gate, int64_t deadline_ns, sc_error *err);
void sc__gate_give(sc__gate *gate);

#endif
