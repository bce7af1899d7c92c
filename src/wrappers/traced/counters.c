/*
 * Counting and timing, shared by the traced store and the traced gateway.
 */
#include "wrappers/traced/counters.h"

#include <string.h>

int64_t sc__traced_start(const struct counters *counters)
{
	return counters->env->mono_ns(counters->env->ctx);
}

static void raise_to(_Atomic int64_t *worst, int64_t value)
{
	int64_t seen = atomic_load_explicit(worst, memory_order_relaxed);

	while (seen < value &&
	       !atomic_compare_exchange_weak_explicit(worst, &seen, value, memory_order_relaxed, memory_order_relaxed))
		; /* `seen` was read again by the exchange */
}

sc_status sc__traced_end(struct counters *counters, sc_traced_op op, int64_t start_ns, uint64_t items, sc_status status)
{
	struct counter *counter = &counters->ops[op];
	int64_t took = counters->env->mono_ns(counters->env->ctx) - start_ns;

	atomic_fetch_add_explicit(&counter->calls, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counter->items, items, memory_order_relaxed);
	if (status != SC_OK)
		atomic_fetch_add_explicit(&counter->failures, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counter->total_ns, took, memory_order_relaxed);
	raise_to(&counter->worst_ns, took);
	return status;
}

void sc__traced_snapshot(struct counters *counters, sc_traced_counts *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < SC_TRACED_OPS; i++) {
		struct counter *from = &counters->ops[i];

		out->ops[i].calls = atomic_load(&from->calls);
		out->ops[i].items = atomic_load(&from->items);
		out->ops[i].failures = atomic_load(&from->failures);
		out->ops[i].total_ns = atomic_load(&from->total_ns);
		out->ops[i].worst_ns = atomic_load(&from->worst_ns);
	}
	out->commits = atomic_load(&counters->commits);
	out->groups_done = atomic_load(&counters->done);
	out->groups_refused = atomic_load(&counters->refused);
	out->groups_repeated = atomic_load(&counters->repeated);
	out->changes = atomic_load(&counters->changes);
	out->rows = atomic_load(&counters->rows);
}

void sc__traced_zero(struct counters *counters)
{
	for (size_t i = 0; i < SC_TRACED_OPS; i++) {
		struct counter *counter = &counters->ops[i];

		atomic_store(&counter->calls, 0);
		atomic_store(&counter->items, 0);
		atomic_store(&counter->failures, 0);
		atomic_store(&counter->total_ns, 0);
		atomic_store(&counter->worst_ns, 0);
	}
	atomic_store(&counters->commits, 0);
	atomic_store(&counters->done, 0);
	atomic_store(&counters->refused, 0);
	atomic_store(&counters->repeated, 0);
	atomic_store(&counters->changes, 0);
	atomic_store(&counters->rows, 0);
}
