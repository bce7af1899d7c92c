/*
 * Connections in use and at rest. The gate lets in as many threads as there may be connections; who is in takes
 * one that rests, the warmest first, or makes a new one.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <unistd.h>

#define PAUSE_NS INT64_C(100000000)

sc__pg_wait sc__pg_wait_of(const sc__pg_store *store, const sc_call *call)
{
	if (call->deadline_ns != 0)
		return (sc__pg_wait){ call->deadline_ns, true };
	int64_t now_ns = store->env->mono_ns(store->env->ctx), patience_ms = store->options.patience_ms;
	bool endless = patience_ms > (SC_NEVER - now_ns) / 1000000;
	return (sc__pg_wait){ endless ? SC_NEVER : now_ns + patience_ms * 1000000, false };
}

static sc__pg_connection *pop(sc__pg_store *store)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	sc__pg_connection *connection = store->idle;
	if (connection != NULL)
		store->idle = connection->next;
	env->mutex_unlock(env->ctx, &store->mutex);
	return connection;
}

void sc__pg_close_idle(sc__pg_store *store)
{
	for (sc__pg_connection *connection = pop(store); connection != NULL; connection = pop(store))
		sc__pg_disconnect(connection);
}

static bool pause_before(const sc_env *env, const sc__pg_wait *wait)
{
	sc_parker parker;
	int64_t until_ns = env->mono_ns(env->ctx) + PAUSE_NS;
	if (until_ns >= wait->give_up_ns || !env->parker_init(env->ctx, &parker))
		return false;
	env->park(env->ctx, &parker, until_ns);
	env->parker_clear(env->ctx, &parker);
	return true;
}

/* A server that starts, or a standby that is being promoted, is worth waiting for. */
static sc_status connect_in_time(sc__pg_store *store, const sc__pg_wait *wait, sc__pg_connection **out, sc_error *err)
{
	sc_status status;
	do {
		status = sc__pg_connect(store->env, &store->target, wait, out, err);
	} while ((status == SC_STORE_FAILED || status == SC_BUSY) && pause_before(store->env, wait));
	return status;
}

/* What an abort left behind is taken off first. */
static bool is_usable(sc__pg_connection *connection, const sc__pg_wait *wait)
{
	return sc__pg_drain(connection, wait, NULL) == SC_OK && !connection->broken;
}

sc_status sc__pg_take(sc__pg_store *store, const sc__pg_wait *wait, sc__pg_connection **out, sc_error *err)
{
	if (store->owner != getpid())
		return sc__fail(err, SC_STORE_FAILED, "opened by another process, the parent of this one");
	if (wait->deadline && store->env->mono_ns(store->env->ctx) >= wait->give_up_ns)
		return sc__pg_took_too_long(wait, err);
	sc_status status = sc__gate_take(&store->gate, wait->give_up_ns, err);
	if (status == SC_BUSY)
		return sc__pg_took_too_long(wait, err);
	if (status != SC_OK)
		return status;
	sc__pg_connection *connection = pop(store);
	if (connection != NULL && !is_usable(connection, wait)) {
		/* The others have rested longer, and what ended this one has likely ended them. */
		sc__pg_disconnect(connection);
		sc__pg_close_idle(store);
		connection = NULL;
	}
	if (connection == NULL)
		status = connect_in_time(store, wait, &connection, err);
	if (status != SC_OK) {
		sc__gate_give(&store->gate);
		return status;
	}
	sc_arena_reset(&connection->arena);
	*out = connection;
	return SC_OK;
}

void sc__pg_give(sc__pg_store *store, sc__pg_connection *connection)
{
	const sc_env *env = store->env;
	if (connection->broken) {
		sc__pg_disconnect(connection);
		sc__pg_close_idle(store);
	} else {
		env->mutex_lock(env->ctx, &store->mutex);
		connection->next = store->idle;
		store->idle = connection;
		env->mutex_unlock(env->ctx, &store->mutex);
	}
	sc__gate_give(&store->gate);
}

/* As many as may rest: each of them may have died. */
#define ATTEMPTS 8

sc_status sc__pg_attempt(sc__pg_store *store, const sc_call *call, sc__pg_work work, void *what, sc_error *err)
{
	sc__pg_wait wait = sc__pg_wait_of(store, call);
	sc_status status = SC_CHANGED;
	for (int attempt = 0; attempt < ATTEMPTS && status == SC_CHANGED; attempt++) {
		sc__pg_connection *connection = NULL;
		status = sc__pg_take(store, &wait, &connection, err);
		if (status != SC_OK)
			return status;
		status = work(store, connection, &wait, what, err);
		if (!connection->broken && sc__pg_drain(connection, &wait, NULL) != SC_OK)
			connection->broken = true;
		sc__pg_give(store, connection);
	}
	if (status == SC_CHANGED)
		return sc__fail(err, SC_STORE_FAILED, "the connection to the server is lost");
	return status;
}
