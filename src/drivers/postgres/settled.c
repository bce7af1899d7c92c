/*
 * How far the journal may be read.
 *
 * Transactions draw blocks of positions from a sequence and commit in any order, so a block that is missing may
 * be one that was undone, or one that is yet to come. A reader must not pass the second kind. Whoever draws has
 * a transaction number by then, and holds a lock on the sequence to its end. So when a gap is seen, a
 * number is taken; and once nobody below that number holds the lock any more, all that was drawn before is
 * there or never will be. What other transactions run in the cluster does not matter, however long they do.
 */
#include "drivers/postgres/settled.h"

/* Numbers of transactions that are running have 32 bits and go round, ours has 64. */
static const char running_sql[] =
	"SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
	" WHERE l.locktype = 'relation' AND l.relation = 'sc_positions'::regclass AND l.granted"
	" AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
	" AND (a.backend_xid::text::bigint - (?::bigint & 4294967295) + 4294967296) % 4294967296 >= 2147483648";

uint64_t sc__pg_settled(sc__pg_store *store)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	uint64_t settled = store->settled;
	env->mutex_unlock(env->ctx, &store->mutex);
	return settled;
}

static sc_status watch(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, uint64_t highest,
                       uint64_t *until, sc_error *err)
{
	const sc_env *env = store->env;
	PGresult *result = NULL;
	env->mutex_lock(env->ctx, &store->mutex);
	*until = store->seen_until;
	env->mutex_unlock(env->ctx, &store->mutex);
	if (*until != 0)
		return SC_OK;
	sc_status status = sc__pg_run(connection, "SELECT pg_current_xact_id()::text::bigint", NULL, wait, &result,
	                              err);
	if (status != SC_OK)
		return status;
	env->mutex_lock(env->ctx, &store->mutex);
	if (store->seen_until == 0) {
		store->seen = highest;
		store->seen_until = (uint64_t)sc__pg_get_int(result, 0, 0);
	}
	*until = store->seen_until;
	env->mutex_unlock(env->ctx, &store->mutex);
	PQclear(result);
	return SC_OK;
}

sc_status sc__pg_gap_seen(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, uint64_t highest,
                          sc_error *err)
{
	const sc_env *env = store->env;
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	uint64_t until = 0;
	sc_status status = watch(store, connection, wait, highest, &until, err);
	if (status != SC_OK)
		return status;
	sc__pg_param_int(&params, (int64_t)until);
	status = sc__pg_run(connection, running_sql, &params, wait, &result, err);
	if (status != SC_OK)
		return status;
	bool over = sc__pg_get_int(result, 0, 0) == 0;
	PQclear(result);
	env->mutex_lock(env->ctx, &store->mutex);
	if (over && store->seen_until == until) {
		if (store->seen > store->settled)
			store->settled = store->seen;
		store->seen_until = 0;
	}
	env->mutex_unlock(env->ctx, &store->mutex);
	return SC_OK;
}
