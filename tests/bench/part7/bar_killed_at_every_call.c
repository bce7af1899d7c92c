/*
 * Bar 1 of part 7 on SQLite: killed at every call of the store and of the provider.
 */
#include "bench.h"
#include "killed.h"

#include <shopcore/sqlite.h>
#include <stdio.h>

static void open_file(void *ctx, sc_shop_options *options)
{
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_sqlite_open(options->env, ctx, NULL, &options->store, &err), &err, ctx);
}

int main(void)
{
	char folder[64], url[128];

	bench_folder_make(folder);
	snprintf(url, sizeof(url), "%s/shop.db", folder);
	const struct killing killing = { .name = "SQLite", .open = open_file, .ctx = url };
	bench_killed_at_every_call(&killing, folder);
	bench_folder_remove(folder);
	return bench_result();
}
