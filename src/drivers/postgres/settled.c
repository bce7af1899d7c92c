/*
 * How far the journal may be read.
 *
 * Transactions draw blocks of positions from a sequence and commit in any order, so a block that is missing may
 * be one that was undone, or one that is yet to come. A reader must not pass the second kind. Whoever draws
 * has a transaction number already; so when a gap is seen, a number is taken, and once no
 * transaction below that number runs any more, all that was drawn before is there or never will be.
 * "Below the oldest running one" as it is read together with the gap would not do: a transaction may
 * have drawn early and got its number late.
 */
#include "drivers/postgres/settled.h"

uint64_t sc__pg_settled(sc__pg_store *store, uint64_t oldest)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	if (store->seen_until != 0 && oldest >= store->seen_until) {
		if (store->seen > store->settled)
			store->settled = store->seen;
		store->seen_until = 0;
	}
	uint64_t settled = store->settled;
	env->mutex_unlock(env->ctx, &store->mutex);
	return settled;
}

sc_status sc__pg_gap_seen(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, uint64_t highest,
                          sc_error *err)
{
	const sc_env *env = store->env;
	PGresult *result = NULL;
	env->mutex_lock(env->ctx, &store->mutex);
	bool waiting = store->seen_until != 0;
	env->mutex_unlock(env->ctx, &store->mutex);
	if (waiting)
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
	env->mutex_unlock(env->ctx, &store->mutex);
	PQclear(result);
	return SC_OK;
}
