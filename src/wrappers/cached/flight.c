/* Threads that want the same thing at once: the first reads it, the others sleep until it has. */
#include "wrappers/cached/cached.h"

#include "base/error.h"

struct sc__flight_waiter {
	struct sc__flight_waiter *next;
	sc_parker parker;
	bool landed;
};

static sc__flight *find(const sc__cached *cached, uint64_t key)
{
	sc__flight *flight = cached->flights;
	while (flight != NULL && flight->key != key)
		flight = flight->next;
	return flight;
}

/* The flight is still there: nobody who waits for one that landed comes here. */
static void leave(sc__flight *flight, const struct sc__flight_waiter *waiter)
{
	struct sc__flight_waiter **at = &flight->waiters;
	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
}

/* With the lock held before and after. */
static sc_status wait_for(sc__cached *cached, sc__flight *flight, const sc_call *call, sc_error *err)
{
	const sc_env *env = cached->env;
	const int64_t until_ns = call->deadline_ns == 0 ? SC_NEVER : call->deadline_ns;
	struct sc__flight_waiter waiter = { .next = flight->waiters };
	bool in_time = true;
	if (!env->parker_init(env->ctx, &waiter.parker))
		return sc__fail(err, SC_NO_MEMORY, "no place to wait");
	flight->waiters = &waiter;
	while (!waiter.landed && in_time) {
		env->mutex_unlock(env->ctx, &cached->mutex);
		in_time = env->park(env->ctx, &waiter.parker, until_ns);
		env->mutex_lock(env->ctx, &cached->mutex);
	}
	if (!waiter.landed)
		leave(flight, &waiter);
	env->parker_clear(env->ctx, &waiter.parker);
	return waiter.landed ? SC_OK
	                     : sc__fail(err, SC_DEADLINE, "the deadline passed while another thread was reading it");
}

sc_status sc__flight_join(sc__cached *cached, const sc_call *call, uint64_t key, sc__flight *own, bool *led,
                          sc_error *err)
{
	const sc_env *env = cached->env;
	sc_status status = SC_OK;
	env->mutex_lock(env->ctx, &cached->mutex);
	sc__flight *flight = find(cached, key);
	*led = flight == NULL;
	if (flight == NULL) {
		*own = (sc__flight){ .next = cached->flights, .key = key };
		cached->flights = own;
	} else {
		status = wait_for(cached, flight, call, err);
	}
	env->mutex_unlock(env->ctx, &cached->mutex);
	return status;
}

void sc__flight_land(sc__cached *cached, sc__flight *own)
{
	const sc_env *env = cached->env;
	env->mutex_lock(env->ctx, &cached->mutex);
	sc__flight **at = &cached->flights;
	while (*at != own)
		at = &(*at)->next;
	*at = own->next;
	for (struct sc__flight_waiter *waiter = own->waiters; waiter != NULL; waiter = waiter->next) {
		waiter->landed = true;
		/* Under the lock: the waiter cannot leave, and its parker stays, until it gets the lock. */
		env->unpark(env->ctx, &waiter->parker);
	}
	env->mutex_unlock(env->ctx, &cached->mutex);
}
