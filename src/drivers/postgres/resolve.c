/*
 * What became of a commit that was not answered, because the connection went or the answer took too long.
 *
 * The transaction's line in the journal is the proof that it happened: it is looked for by its position and
 * by what it says, for after a failover the same position may be somebody else's. That it did not happen
 * is said by the server's own record of transactions, or by a standby that took over and does not have the line:
 * what it has not got by then can no longer come. Then the batch may simply be done anew. All else stays
 * unknown, and the groups' ids resolve it later.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

#define PAUSE_NS INT64_C(50000000)

static const char ask_sql[] = "SELECT (SELECT check32 FROM sc_journal WHERE first = ?),"
			      " (SELECT trimmed FROM sc_meta), CASE WHEN ?::bigint = 0 THEN NULL ELSE"
			      " pg_xact_status(?::bigint::text::xid8) END";

static sc_status unknown(sc_error *err)
{
	return sc__fail(err, SC_OUTCOME_UNKNOWN, "the server went while it was made durable");
}

/* SC_OK: committed. SC_CHANGED: not, and it never will be. SC_BUSY: it is still being committed. */
static sc_status judge(const sc__pg_transaction *transaction, bool same_server, const PGresult *result, sc_error *err)
{
	bool found = transaction->drawn > 0 && !PQgetisnull(result, 0, 0);
	if (found && (uint32_t)sc__pg_get_int(result, 0, 0) == transaction->check)
		return SC_OK;
	if (!same_server && transaction->drawn > 0 && transaction->first > (uint64_t)sc__pg_get_int(result, 0, 1))
		return sc__fail(err, SC_CHANGED, "another server took over before it was made durable");
	if (found || PQgetisnull(result, 0, 2))
		return unknown(err);
	const sc_bytes state = sc__pg_get_bytes(result, 0, 2);
	if (state.size == strlen("aborted") && memcmp(state.data, "aborted", state.size) == 0)
		return sc__fail(err, SC_CHANGED, "the server went before it was made durable");
	if (state.size == strlen("in progress") && memcmp(state.data, "in progress", state.size) == 0)
		return SC_BUSY;
	return unknown(err);
}

static sc_status ask(sc__pg_connection *connection, const sc__pg_transaction *transaction, const sc__pg_wait *wait,
                     sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	bool same_server = connection->timeline == transaction->timeline;
	int64_t xid = same_server ? (int64_t)transaction->xid : 0; /* another one counts for itself */
	sc__pg_param_int(&params, (int64_t)transaction->first);
	sc__pg_param_int(&params, xid);
	sc__pg_param_int(&params, xid);
	if (sc__pg_run(connection, ask_sql, &params, wait, &result, NULL) != SC_OK)
		return connection->broken ? SC_BUSY : unknown(err);
	sc_status status = judge(transaction, same_server, result, err);
	PQclear(result);
	return status;
}

sc_status sc__pg_resolve(sc__pg_store *store, const sc__pg_transaction *transaction, sc_error *err)
{
	const sc_env *env = store->env;
	const sc__pg_wait wait = sc__pg_wait_of(store, SC_CALL_SYSTEM);
	sc_parker parker;
	if (!transaction->wrote)
		return sc__fail(err, SC_CHANGED, "the connection to the server is lost");
	if (transaction->xid == 0 || !env->parker_init(env->ctx, &parker))
		return unknown(err);
	sc_status status = SC_BUSY;
	while (status == SC_BUSY && env->mono_ns(env->ctx) < wait.give_up_ns) {
		sc__pg_connection *connection = NULL;
		if (sc__pg_connect(env, &store->target, &wait, &connection, NULL) == SC_OK) {
			status = ask(connection, transaction, &wait, err);
			sc__pg_disconnect(connection);
		}
		if (status == SC_BUSY)
			env->park(env->ctx, &parker, env->mono_ns(env->ctx) + PAUSE_NS);
	}
	env->parker_clear(env->ctx, &parker);
	return status == SC_BUSY ? unknown(err) : status;
}
