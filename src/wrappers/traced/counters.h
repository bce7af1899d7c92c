/*
 * The counters behind both traced wrappers: atomics, so that counting never makes threads wait for
 * each other.
 */
#ifndef SC_WRAPPERS_TRACED_COUNTERS_H
#define SC_WRAPPERS_TRACED_COUNTERS_H

#include <shopcore/traced.h>

#include <stdatomic.h>

struct counter {
	_Atomic uint64_t calls, items, failures;
	_Atomic int64_t total_ns, worst_ns;
};

struct counters {
	const sc_env *env;
	struct counter ops[SC_TRACED_OPS];
	_Atomic uint64_t commits, done, refused, repeated, changes, rows;
};

/* Start the clock of a call. */
int64_t sc__traced_start(const struct counters *counters);

/* Count a call that began at `start_ns`; gives `status` back. */
sc_status sc__traced_end(struct counters *counters, sc_traced_op op, int64_t start_ns, uint64_t items,
                         sc_status status);

void sc__traced_snapshot(struct counters *counters, sc_traced_counts *out);
void sc__traced_zero(struct counters *counters);

#endif
