#include "drivers/gate.h"

#include "base/error.h"

struct sc__gate_waiter {
	sc_parker parker;
	struct sc__gate_waiter *next;
	bool turn; /* a place was handed over to this one */
};

bool sc__gate_init(sc__gate *gate, const sc_env *env, uint32_t places)
{
	*gate = (sc__gate){ .env = env, .places = places };
	return env->mutex_init(env->ctx, &gate->mutex);
}

void sc__gate_clear(sc__gate *gate)
{
	gate->env->mutex_clear(gate->env->ctx, &gate->mutex);
}

static void unlink_waiter(sc__gate *gate, struct sc__gate_waiter *waiter)
{
	struct sc__gate_waiter *before = NULL;
	for (struct sc__gate_waiter *at = gate->first; at != waiter; at = at->next)
		before = at;
	if (before != NULL)
		before->next = waiter->next;
	else
		gate->first = waiter->next;
	if (gate->last == waiter)
		gate->last = before;
}

/* Sleeps in the queue; the mutex is held before and after. false: the deadline came first. */
static bool wait_turn(sc__gate *gate, struct sc__gate_waiter *waiter, int64_t deadline_ns)
{
	const sc_env *env = gate->env;
	if (gate->last != NULL)
		gate->last->next = waiter;
	else
		gate->first = waiter;
	gate->last = waiter;
	bool in_time = true;
	while (!waiter->turn && in_time) {
		env->mutex_unlock(env->ctx, &gate->mutex);
		in_time = env->park(env->ctx, &waiter->parker, deadline_ns);
		env->mutex_lock(env->ctx, &gate->mutex);
	}
	if (!waiter->turn)
		unlink_waiter(gate, waiter);
	return waiter->turn;
}

sc_status sc__gate_take(sc__gate *gate, int64_t deadline_ns, sc_error *err)
{
	const sc_env *env = gate->env;
	env->mutex_lock(env->ctx, &gate->mutex);
	if (gate->places > 0) {
		gate->places--;
		env->mutex_unlock(env->ctx, &gate->mutex);
		return SC_OK;
	}
	struct sc__gate_waiter waiter = { .turn = false };
	if (!env->parker_init(env->ctx, &waiter.parker)) {
		env->mutex_unlock(env->ctx, &gate->mutex);
		return sc__fail(err, SC_NO_MEMORY, "no memory to wait in");
	}
	bool taken = wait_turn(gate, &waiter, deadline_ns);
	env->mutex_unlock(env->ctx, &gate->mutex);
	env->parker_clear(env->ctx, &waiter.parker);
	return taken ? SC_OK : sc__fail(err, SC_BUSY, "others are still at it");
}

void sc__gate_give(sc__gate *gate)
{
	const sc_env *env = gate->env;
	env->mutex_lock(env->ctx, &gate->mutex);
	struct sc__gate_waiter *next = gate->first;
	if (next == NULL) {
		gate->places++;
	} else {
		gate->first = next->next;
		if (gate->first == NULL)
			gate->last = NULL;
		next->turn = true;
		/* Under the mutex: the waiter cannot leave, and its parker stays, until it gets the mutex. */
		env->unpark(env->ctx, &next->parker);
	}
	env->mutex_unlock(env->ctx, &gate->mutex);
}
