/*
 * Bar 4 of part 4, orders in one store and stock in another: a process that checks out is killed with -9, 300 times,
 * also in the middle of a saga. Both in SQLite files, and with the stock in PostgreSQL when there is one.
 */
#include "bench.h"
#include "killed.h"

#include "private_postgres.h"

#include <shopcore/mixed.h>
#include <shopcore/postgres.h>
#include <shopcore/sqlite.h>
#include <stdio.h>

enum { KILLS = 300 };

struct places {
	char record[128], stock[640];
	sc_status (*open_stock)(const sc_env *env, const char *url, sc_store *out, sc_error *err);
};

static sc_status open_sqlite(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	return sc_sqlite_open(env, url, NULL, out, err);
}

static sc_status open_postgres(const sc_env *env, const char *url, sc_store *out, sc_error *err)
{
	return sc_postgres_open(env, url, NULL, out, err);
}

static void open_apart(void *ctx, sc_shop_options *options)
{
	const struct places *places = ctx;
	sc_error err = SC_ERROR_INIT;
	sc_mixed_part part = { .keeps = SC_KEEPS_STOCK };
	sc_store record;

	bench_must(open_sqlite(options->env, places->record, &record, &err), &err, places->record);
	bench_must(places->open_stock(options->env, places->stock, &part.store, &err), &err, places->stock);
	bench_must(sc_mixed_open(options->env, record, &part, 1, &options->store, &err), &err, "the mixed store");
}

static void kill_on(const char *name, bool own_clock, struct places *places, const char *folder)
{
	const struct killing killing = {
		.name = name, .kills = KILLS / bench_scale(), .own_clock = own_clock, .open = open_apart, .ctx = places
	};
	bench_killed(&killing, folder);
}

int main(void)
{
	char folder[64];
	struct private_postgres server;
	struct places places = { .open_stock = open_sqlite };

	bench_folder_make(folder);
	snprintf(places.record, sizeof(places.record), "sqlite:%s/record.db", folder);
	snprintf(places.stock, sizeof(places.stock), "sqlite:%s/stock.db", folder);
	kill_on("stock in a file of its own", true, &places, folder);
	bench_folder_remove(folder);

	if (!private_postgres_start(&server, NULL))
		return bench_result();
	bench_folder_make(folder);
	places.open_stock = open_postgres;
	snprintf(places.record, sizeof(places.record), "sqlite:%s/record.db", folder);
	snprintf(places.stock, sizeof(places.stock), "%s&schema=stock", server.url);
	kill_on("stock in PostgreSQL, orders in SQLite", true, &places, folder);
	private_postgres_stop(&server);
	bench_folder_remove(folder);
	return bench_result();
}
