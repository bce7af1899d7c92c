/*
 * The store suite on the PostgreSQL driver, a fresh schema each case, on a server of its own. The argument is the
 * strategy.
 *
 * The server's clock is the store's, and the suite has to move it. A store's time is never below what was
 * committed, so a time far ahead that goes no further by itself is a clock that stands still.
 */
#include "suite.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#define AHEAD_MS 3600000LL

struct schemas {
	struct private_postgres server;
	PGconn *admin;
	const char *strategy;
	char url[640];
	unsigned count;
};

static void run_sql(struct schemas *schemas, const char *sql)
{
	PGresult *result = PQexec(schemas->admin, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(schemas->admin));
	PQclear(result);
}

static sc_status open_again(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct schemas *schemas = ctx;
	return sc_postgres_open(env, schemas->url, NULL, out, err);
}

static void advance(void *ctx, int64_t ms)
{
	struct schemas *schemas = ctx;
	char sql[256];
	snprintf(sql, sizeof sql,
	         "UPDATE suite_%u.sc_meta SET time_ms = %lld + greatest(time_ms, coalesce((SELECT max(time_ms) FROM"
	         " suite_%u.sc_journal), 0))",
	         schemas->count, (long long)ms, schemas->count);
	run_sql(schemas, sql);
}

static void stop_clock(struct schemas *schemas)
{
	char sql[256];
	snprintf(sql, sizeof sql,
	         "UPDATE suite_%u.sc_meta SET time_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + %lld",
	         schemas->count, AHEAD_MS);
	run_sql(schemas, sql);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct schemas *schemas = ctx;
	char sql[64];
	snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS suite_%u CASCADE", schemas->count);
	run_sql(schemas, sql);
	schemas->count++;
	snprintf(schemas->url, sizeof schemas->url, "%s&schema=suite_%u&strategy=%s", schemas->server.url,
	         schemas->count, schemas->strategy);
	sc_status status = open_again(ctx, env, out, err);
	if (status == SC_OK)
		status = out->ops->prepare(out->ctx, SC_CALL_SYSTEM, err);
	if (status == SC_OK)
		stop_clock(schemas);
	return status;
}

int main(int argc, char **argv)
{
	struct schemas schemas = { .strategy = argc > 1 ? argv[1] : "combined" };
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	char title[64];

	if (!private_postgres_start(&schemas.server, private_postgres_unsynced))
		return PRIVATE_POSTGRES_SKIP;
	schemas.admin = PQconnectdb(schemas.server.url);
	PQclear(PQexec(schemas.admin, "SET client_min_messages = 'error'"));
	options.ctx = &schemas;
	options.open = open_fresh;
	options.reopen = open_again;
	options.advance = advance;
	snprintf(title, sizeof title, "postgres, %s", schemas.strategy);
	int failed = run_store_suite_in(argc > 2 ? argv[2] : NULL, title, &options);
	PQfinish(schemas.admin);
	private_postgres_stop(&schemas.server);
	return failed;
}
