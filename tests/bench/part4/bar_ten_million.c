/*
 * Bar 3 of part 4: ten million SKUs with stock. The memory store stays under 2 GB resident; SQLite and PostgreSQL take
 * under 200 bytes a SKU, indexes included. Each SKU's level is right afterwards, by sample, and can be reserved from.
 */
#include "bench.h"

#include "private_postgres.h"

#include <libpq-fe.h>
#include <shopcore/postgres.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SKUS = 10000000, BATCH = 1000, SAMPLES = 1000 };

#define RESIDENT_MAX (2LL * 1000 * 1000 * 1000)
#define SKU_MAX      200

static void name_sku(long number, char out[24])
{
	snprintf(out, 24, "sku-%08ld", number);
}

static void receive_all(sc_shop *shop, long skus)
{
	static char names[BATCH][24];
	static sc_stock_change changes[BATCH];
	sc_error err = SC_ERROR_INIT;

	for (long first = 0; first < skus; first += BATCH) {
		size_t count = skus - first < BATCH ? (size_t)(skus - first) : BATCH;
		for (size_t i = 0; i < count; i++) {
			name_sku(first + (long)i, names[i]);
			changes[i] = (sc_stock_change){ .sku = names[i], .quantity = 1 + (first + (long)i) % 9 };
		}
		bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, changes, count, NULL, &err), &err, "receive");
	}
}

static bool samples_are_right(sc_shop *shop, long skus)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	bool right = true;

	sc_arena_init(&arena, sc_env_default());
	for (int i = 0; i < SAMPLES; i++) {
		const long number = (long)((unsigned long)i * 7919 % (unsigned long)skus);
		char name[24];
		const sc_stock_ref ref = { name, NULL };
		const sc_reserve_line line = { .sku = name, .quantity = 1 };
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		sc_level level;

		name_sku(number, name);
		sc_arena_reset(&arena);
		bench_must(sc_inventory_levels(shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
		right = right && level.on_hand == 1 + number % 9;
		request.lines = &line;
		request.line_count = 1;
		bench_must(sc_inventory_reserve(shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
	}
	sc_arena_clear(&arena);
	return right;
}

static sc_shop *open_shop(sc_store store, const char *url)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop;

	options.store = store;
	options.store_url = url;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &shop, &err), &err, "shop");
	return shop;
}

static int64_t resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1)
		abort();
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void in_memory(long skus)
{
	sc_shop *shop = open_shop((sc_store){ 0 }, "memory:");
	int64_t took = bench_now_ns();

	receive_all(shop, skus);
	took = bench_now_ns() - took;
	const int64_t resident = resident_bytes(), limit = RESIDENT_MAX / (SKUS / skus);
	const bool right = samples_are_right(shop, skus);
	printf("memory: %ld SKUs in %.1f s, %lld bytes each\n", skus, (double)took / 1e9, (long long)(resident / skus));
	bench_bar("memory: 10 million SKUs, resident", right && resident < limit, "2000 MB", "%lld MB",
	          (long long)(resident / 1000000 * (SKUS / skus)));
	sc_shop_close(shop);
}

static void in_sqlite(long skus)
{
	char folder[64], url[160], file[128];
	struct stat stat_;

	bench_folder_make(folder);
	snprintf(file, sizeof(file), "%s/shop.db", folder);
	snprintf(url, sizeof(url), "sqlite:%s", file);
	sc_shop *shop = open_shop((sc_store){ 0 }, url);
	int64_t took = bench_now_ns();
	receive_all(shop, skus);
	took = bench_now_ns() - took;
	const bool right = samples_are_right(shop, skus);
	sc_shop_close(shop);
	if (stat(file, &stat_) != 0)
		abort();
	printf("SQLite: %ld SKUs in %.1f s\n", skus, (double)took / 1e9);
	bench_bar("SQLite: bytes a SKU, journal and indexes included", right && stat_.st_size / skus < SKU_MAX, "200",
	          "%lld", (long long)(stat_.st_size / skus));
	bench_folder_remove(folder);
}

/* Of all tables of the schema with their indexes; the journal is told apart. */
static int64_t relation_bytes(PGconn *admin, const char *which)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	         "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n"
	         " ON n.oid = c.relnamespace WHERE n.nspname = 'shop' AND c.relkind = 'r' AND %s",
	         which);
	PGresult *result = PQexec(admin, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		abort();
	const int64_t bytes = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return bytes;
}

static void in_postgres(long skus)
{
	struct private_postgres server;
	sc_error err = SC_ERROR_INIT;
	sc_store store;

	if (!private_postgres_start(&server, NULL))
		return;
	bench_must(sc_postgres_open(sc_env_default(), server.url, NULL, &store, &err), &err, "postgres");
	sc_shop *shop = open_shop(store, NULL);
	int64_t took = bench_now_ns();
	receive_all(shop, skus);
	took = bench_now_ns() - took;
	const bool right = samples_are_right(shop, skus);
	PGconn *admin = PQconnectdb(server.url);
	const int64_t all = relation_bytes(admin, "true"),
		      journal = relation_bytes(admin, "c.relname LIKE '%journal%'");
	PQfinish(admin);
	sc_shop_close(shop);
	private_postgres_stop(&server);
	printf("PostgreSQL: %ld SKUs in %.1f s, %lld bytes each with the journal\n", skus, (double)took / 1e9,
	       (long long)(all / skus));
	bench_bar("PostgreSQL: bytes a SKU, indexes included", right && (all - journal) / skus < SKU_MAX, "200", "%lld",
	          (long long)((all - journal) / skus));
}

int main(void)
{
	const long skus = SKUS / bench_scale();

	in_memory(skus);
	in_sqlite(skus);
	in_postgres(skus);
	return bench_result();
}
