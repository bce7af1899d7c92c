/*
 * One connection: how it is made, what it is told first, and waiting on it.
 *
 * libpq never blocks here: we poll its socket ourselves, in slices, so that a deadline on the
 * environment's clock holds whatever that clock is.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define SLICE_MS 100

/*
 * What a session is told. A plan is made once for a statement, perhaps while its table is still empty, so the planner
 * may only choose what is right for any size: the indexes. A server that asks for less than "on" may
 * lose what it acknowledged; one that asks for more keeps its will.
 */
static const char session[] =
	"SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE"
	" ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::bigint END,"
	" set_config('search_path', '\"%s\"', false),"
	" set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')"
	" THEN 'on' ELSE current_setting('synchronous_commit') END, false),"
	" set_config('plan_cache_mode', 'force_generic_plan', false),"
	" set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),"
	" set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false),"
	" set_config('bytea_output', 'hex', false), set_config('client_min_messages', 'error', false),"
	" set_config('lock_timeout', '%lld', false), set_config('statement_timeout', '0', false),"
	" set_config('idle_in_transaction_session_timeout', '%lld', false)";

/* Nothing that a server says on the side is for standard error. */
static void keep_quiet(void *ctx, const PGresult *result)
{
	(void)ctx, (void)result;
}

sc_status sc__pg_took_too_long(const sc__pg_wait *wait, sc_error *err)
{
	if (wait->deadline)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was done");
	return sc__fail(err, SC_BUSY, "the server did not get to it in time");
}

/* How long to sleep at most; 0: the time is over. */
static int slice(const sc_env *env, const sc__pg_wait *wait)
{
	if (wait->give_up_ns == SC_NEVER)
		return SLICE_MS;
	int64_t left_ns = wait->give_up_ns - env->mono_ns(env->ctx);
	if (left_ns <= 0)
		return 0;
	return left_ns > SLICE_MS * INT64_C(1000000) ? SLICE_MS : (int)(left_ns / 1000000) + 1;
}

static sc_status lost(sc__pg_connection *connection, sc_error *err)
{
	connection->broken = true;
	return sc__fail(err, SC_CHANGED, "the connection to the server is lost");
}

/* The server works on until it is told that nobody waits any more. */
static void cancel(sc__pg_connection *connection)
{
	char text[256];
	PGcancel *order = PQgetCancel(connection->pg);
	if (order != NULL)
		PQcancel(order, text, sizeof text);
	PQfreeCancel(order);
}

sc_status sc__pg_wait_result(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	PGconn *pg = connection->pg;
	int unsent = PQflush(pg);
	while (unsent > 0 || PQisBusy(pg)) {
		struct pollfd socket = { PQsocket(pg), (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), 0 };
		int sleep_ms = slice(connection->env, wait);
		if (sleep_ms == 0) {
			if (!wait->committing)
				cancel(connection);
			connection->broken = true;
			return sc__pg_took_too_long(wait, err);
		}
		if (unsent < 0 || socket.fd < 0)
			return lost(connection, err);
		if (poll(&socket, 1, sleep_ms) > 0 && (socket.revents & ~POLLOUT) != 0 && !PQconsumeInput(pg))
			return lost(connection, err);
		unsent = PQflush(pg);
	}
	return SC_OK;
}

static sc_status connect_failed(PGconn *pg, sc_error *err)
{
	char text[120];
	snprintf(text, sizeof text, "%s", PQerrorMessage(pg));
	text[strcspn(text, "\n")] = '\0';
	/* libpq keeps no SQLSTATE of a refused connection, but its text does not change with the locale. */
	bool full = strstr(PQerrorMessage(pg), "too many clients") != NULL ||
	            strstr(PQerrorMessage(pg), "remaining connection slots") != NULL;
	return sc__fail(err, full ? SC_BUSY : SC_STORE_FAILED, "%s", text);
}

static sc_status finish_connecting(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	PGconn *pg = connection->pg;
	for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
		if (state == PGRES_POLLING_FAILED)
			return connect_failed(pg, err);
		struct pollfd socket = { PQsocket(pg), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, 0 };
		int sleep_ms = slice(connection->env, wait);
		if (sleep_ms == 0)
			return sc__pg_took_too_long(wait, err);
		if (poll(&socket, 1, sleep_ms) > 0)
			state = PQconnectPoll(pg);
	}
	return SC_OK;
}

static sc_status start_session(sc__pg_connection *connection, const sc__pg_target *target, const sc__pg_wait *wait,
                               sc_error *err)
{
	char text[sizeof session + 128];
	PGresult *result = NULL;
	snprintf(text, sizeof text, session, target->schema, (long long)target->patience_ms,
	         (long long)target->patience_ms * 6);
	if (PQsetnonblocking(connection->pg, 1) != 0 || PQenterPipelineMode(connection->pg) != 1)
		return connect_failed(connection->pg, err);
	sc_status status = sc__pg_run(connection, text, NULL, wait, &result, err);
	if (status == SC_OK)
		connection->timeline = (uint32_t)sc__pg_get_int(result, 0, 0);
	PQclear(result);
	return status == SC_CHANGED ? sc__fail(err, SC_STORE_FAILED, "the server closed the connection") : status;
}

/* What comes behind the URL wins, what stands in front gives way to it. */
static PGconn *start_connecting(const sc__pg_target *target, const sc__pg_host *host)
{
	static const char *const keywords[] = { "target_session_attrs",
		                                "application_name",
		                                "tcp_user_timeout",
		                                "keepalives_idle",
		                                "dbname",
		                                "client_encoding",
		                                "host",
		                                "hostaddr",
		                                "port",
		                                "target_session_attrs",
		                                NULL };
	const char *values[] = { "read-write",  "shopcore", "15000",          "10", target->url, "UTF8", host->name,
		                 host->address, host->port, host->attributes, NULL };
	return PQconnectStartParams(keywords, values, 1);
}

sc_status sc__pg_connect_host(const sc_env *env, const sc__pg_target *target, const sc__pg_host *host,
                              const sc__pg_wait *wait, sc__pg_connection **out, sc_error *err)
{
	sc__pg_connection *connection = env->resize(env->ctx, NULL, sizeof *connection);
	if (connection == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	memset(connection, 0, sizeof *connection);
	connection->env = env;
	sc_arena_init(&connection->arena, env);
	connection->pg = start_connecting(target, host);
	sc_status status = SC_OK;
	if (connection->pg == NULL)
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a connection");
	else if (PQstatus(connection->pg) == CONNECTION_BAD)
		status = connect_failed(connection->pg, err);
	if (status == SC_OK) {
		PQsetNoticeReceiver(connection->pg, keep_quiet, NULL);
		status = finish_connecting(connection, wait, err);
	}
	if (status == SC_OK)
		status = start_session(connection, target, wait, err);
	if (status != SC_OK) {
		sc__pg_disconnect(connection);
		return status;
	}
	*out = connection;
	return SC_OK;
}

void sc__pg_disconnect(sc__pg_connection *connection)
{
	if (connection == NULL)
		return;
	const sc_env *env = connection->env;
	PQfinish(connection->pg);
	sc_arena_clear(&connection->arena);
	env->resize(env->ctx, connection, 0);
}
