/*
 * Bar 1 of part 7 on PostgreSQL: killed at every call of the store and of the provider.
 */
#include "bench.h"
#include "killed.h"

#include "private_postgres.h"

#include <shopcore/postgres.h>
#include <stdio.h>

static void open_schema(void *ctx, sc_shop_options *options)
{
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_postgres_open(options->env, ctx, NULL, &options->store, &err), &err, ctx);
}

int main(void)
{
	struct private_postgres server;
	char folder[64], url[640];

	if (!private_postgres_start(&server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	snprintf(url, sizeof(url), "%s&schema=killed_at_every_call", server.url);
	const struct killing killing = { .name = "PostgreSQL", .open = open_schema, .ctx = url };
	bench_folder_make(folder);
	bench_killed_at_every_call(&killing, folder);
	bench_folder_remove(folder);
	private_postgres_stop(&server);
	return bench_result();
}
