/*
 * The search suite on PostgreSQL, a schema each case, on a server of its own.
 */
#include "suite.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>

#include <stdio.h>

struct schemas {
	struct told told;
	struct private_postgres server;
	char url[640];
	unsigned count;
};

static sc_status open_same(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	const struct schemas *schemas = ctx;
	return sc_postgres_search_open(env, schemas->url, NULL, out, err);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	struct schemas *schemas = ctx;
	snprintf(schemas->url, sizeof schemas->url, "%s&schema=case_%u&pool=2", schemas->server.url, schemas->count++);
	return open_same(ctx, env, out, err);
}

static void run(struct told *ctx, const char *name)
{
	sc_conformance_search_options options = SC_CONFORMANCE_SEARCH_OPTIONS_INIT;
	sc_conformance_summary summary;
	options.ctx = ctx;
	options.open = open_fresh;
	options.reopen = open_same;
	options.report = keep_told;
	options.only = name;
	sc_conformance_search(&options, &summary, NULL);
}

int main(void)
{
	struct schemas schemas = { .count = 0 };
	size_t count;
	const char *const *names = sc_conformance_search_cases(&count);
	if (!private_postgres_start(&schemas.server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	int failed = run_cases("search suite on postgres", names, count, run, &schemas.told);
	private_postgres_stop(&schemas.server);
	return failed;
}
