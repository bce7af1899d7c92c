/*
 * Who uses which connection. The writer goes from thread to thread through the gate, and with it the
 * file lock. Readers are taken from a pool that opens another when it is empty, so that a reader
 * never waits; a few are kept.
 */
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <unistd.h>

int64_t sc__give_up_ns(const sc__sqlite *store, const sc_call *call)
{
	if (call->deadline_ns != 0)
		return call->deadline_ns;
	return store->env->mono_ns(store->env->ctx) + store->options.patience_ms * 1000000;
}

sc_status sc__gave_up(const sc_call *call, sc_status status, sc_error *err)
{
	if (status == SC_BUSY && call->deadline_ns != 0)
		return sc__fail(err, SC_DEADLINE, "the deadline passed while others were writing");
	return status;
}

static sc_status check_process(const sc__sqlite *store, sc_error *err)
{
	if (store->owner == getpid())
		return SC_OK;
	return sc__fail(err, SC_STORE_FAILED, "this store was opened before fork(); open another one here");
}

sc_status sc__writer_take(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err)
{
	sc_status status = check_process(store, err);
	if (status != SC_OK)
		return status;
	int64_t give_up_ns = sc__give_up_ns(store, call);
	if (store->env->mono_ns(store->env->ctx) >= give_up_ns)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was sent");
	status = sc__gate_take(&store->gate, give_up_ns, err);
	if (status != SC_OK)
		return sc__gave_up(call, status, err);
	if (!store->locked_for_good) {
		status = sc__file_lock_take(&store->lock, store->env, give_up_ns, err);
		if (status != SC_OK) {
			sc__gate_give(&store->gate);
			return sc__gave_up(call, status, err);
		}
	}
	*out = store->writer;
	return SC_OK;
}

void sc__writer_give(sc__sqlite *store)
{
	if (!store->locked_for_good)
		sc__file_lock_give(&store->lock);
	sc__gate_give(&store->gate);
}

static sc__connection *take_idle(sc__sqlite *store)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	sc__connection *connection = store->idle;
	if (connection != NULL) {
		store->idle = connection->next;
		store->idle_count--;
	}
	env->mutex_unlock(env->ctx, &store->mutex);
	return connection;
}

sc_status sc__reader_take(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err)
{
	if (store->options.exclusive)
		return sc__writer_take(store, call, out, err);
	sc_status status = check_process(store, err);
	if (status != SC_OK)
		return status;
	*out = take_idle(store);
	if (*out != NULL)
		return SC_OK;
	return sc__connection_open(store->env, store->path, false, out, err);
}

void sc__reader_give(sc__sqlite *store, sc__connection *connection)
{
	if (store->options.exclusive) {
		sc__writer_give(store);
		return;
	}
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	bool keep = store->idle_count < store->options.readers;
	if (keep) {
		connection->next = store->idle;
		store->idle = connection;
		store->idle_count++;
	}
	env->mutex_unlock(env->ctx, &store->mutex);
	if (!keep)
		sc__connection_close(connection);
}

void sc__readers_close(sc__sqlite *store)
{
	while (store->idle != NULL) {
		sc__connection *connection = store->idle;
		store->idle = connection->next;
		sc__connection_close(connection);
	}
	store->idle_count = 0;
}
