/*
 * The simulated markets with PostgreSQL as their store: two processes of shops, buyers, deaths, answers that are lost,
 * groups that land late, all in front of a real server, and the same auditor.
 *
 *     test_sim_postgres                     a few seeds, as a test; as a bar of part 4, with -DSEEDS, 200
 *     test_sim_postgres --seeds N           more of them; --seed N: that one
 *
 * The store's clock is the server's, and the simulator's runs through hours in a second. But a store's time is never
 * below what was committed, and goes on from there by its environment's monotonic clock; so it begins with a time in
 * the far future, and the wall clocks of all processes stand there too.
 */
#include "market.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 400000
#ifndef SEEDS
#define SEEDS 6
#endif
#define AUDIT_EVERY 50

#define BEGIN_MS 4102444800000 /* 2100-01-01 */
#define SIM_MS   1735689600000 /* where the simulator's wall clock begins: 2025-01-01 */

static int64_t (*sim_wall_ms)(void *ctx);

static int64_t wall_ms(void *ctx)
{
	return sim_wall_ms(ctx) - SIM_MS + BEGIN_MS;
}

struct schemas {
	struct private_postgres server;
	PGconn *admin;
	unsigned count;
};

static void run_sql(struct schemas *schemas, const char *sql)
{
	PQclear(PQexec(schemas->admin, sql));
}

static sc_status open_schema(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct schemas *schemas = ctx;
	char url[640], sql[96];

	snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS market_%u CASCADE", schemas->count++);
	run_sql(schemas, sql);
	snprintf(url, sizeof url, "%s&schema=market_%u", schemas->server.url, schemas->count);
	sc_status status = sc_postgres_open(env, url, NULL, out, err);
	if (status == SC_OK)
		status = out->ops->prepare(out->ctx, SC_CALL_SYSTEM, err);
	snprintf(sql, sizeof sql, "UPDATE market_%u.sc_meta SET time_ms = %lld", schemas->count, (long long)BEGIN_MS);
	run_sql(schemas, sql);
	return status;
}

struct sum {
	uint64_t faults, deaths;
	unsigned confirmed, findings;
};

static void run_seed(struct schemas *schemas, uint64_t seed, struct sum *sum)
{
	const struct market_ground ground = { open_schema, schemas, wall_ms, AUDIT_EVERY };
	struct market *m = calloc(1, sizeof(*m));

	if (m == NULL)
		abort();
	if (market_open_on(m, seed, &ground)) {
		size_t left = sc_sim_run(m->sim, STEPS_MAX);

		if (left > 0)
			found(m, "%zu tasks are stuck", left);
		audit_end(m);
		verify_end(m);
		const sc_sim_report report = sc_sim_report_of(m->sim);
		sum->faults += report.faults;
		sum->deaths += report.deaths;
		for (unsigned b = 0; b < BUYERS; b++)
			for (unsigned n = 0; n < WISHES_EACH; n++)
				sum->confirmed += m->wishes[b][n].told_confirmed;
	}
	if (m->finding[0] != '\0') {
		printf("%s\n    replay: tests/sim/test_sim_postgres --seed %llu\n", m->finding,
		       (unsigned long long)seed);
		sum->findings++;
	}
	market_close(m);
	free(m);
}

static void find_wall_clock(void)
{
	sc_sim_options options = SC_SIM_OPTIONS_INIT;
	sc_sim *sim = NULL;

	if (sc_sim_new(&options, &sim, NULL) != SC_OK)
		abort();
	sim_wall_ms = sc_sim_env(sim, SC_SIM_WORLD)->wall_ms;
	sc_sim_free(sim);
}

int main(int argc, char **argv)
{
	/* What it loses when the machine dies is not the question here. */
	static const char *const settings[] = { "fsync=off", NULL };
	struct schemas schemas = { .count = 0 };
	struct sum sum = { 0 };
	const char *scale = getenv("SHOPCORE_SCALE");
	uint64_t first = 1, last = SEEDS;

	if (scale != NULL && atoi(scale) > 1)
		last = SEEDS > atoi(scale) ? (uint64_t)(SEEDS / atoi(scale)) : 1;
	if (argc > 2)
		last = strtoull(argv[2], NULL, 10);
	if (argc > 2 && strcmp(argv[1], "--seed") == 0)
		first = last;
	if (!private_postgres_start(&schemas.server, settings))
		return PRIVATE_POSTGRES_SKIP;
	schemas.admin = PQconnectdb(schemas.server.url);
	run_sql(&schemas, "SET client_min_messages = 'error'");
	find_wall_clock();
	for (uint64_t seed = first; seed <= last; seed++)
		run_seed(&schemas, seed, &sum);
	PQfinish(schemas.admin);
	private_postgres_stop(&schemas.server);
	printf("%llu seeds: %llu faults, %llu deaths, %u orders confirmed, %u findings\n",
	       (unsigned long long)(last - first + 1), (unsigned long long)sum.faults, (unsigned long long)sum.deaths,
	       sum.confirmed, sum.findings);
	bool fine = sum.findings == 0 && sum.faults > 0 && sum.confirmed > 0;
	printf("bar\tsimulated markets on PostgreSQL: findings of auditor and verify\t%u\t0\t%s\n", sum.findings,
	       fine ? "ok" : "SHORT");
	return fine ? 0 : 1;
}
