/*
 * Bar 4 of part 4 on PostgreSQL. A process that checks out is killed with -9, 300 times. And the server's own processes
 * are, 100 times, while eight threads reserve: each such kill makes the server throw everybody out and recover. Whoever
 * has no answer asks again under the same id, until there is one; then units held are the answers "done", and verify
 * finds nothing.
 */
#include "bench.h"
#include "killed.h"

#include "private_postgres.h"

#include <libpq-fe.h>
#include <shopcore/postgres.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROCESS_KILLS = 300, BACKEND_KILLS = 100, THREADS = 8, UNITS = 100000000 };

static void open_store(void *ctx, sc_shop_options *options)
{
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_postgres_open(options->env, ctx, NULL, &options->store, &err), &err, ctx);
}

/* ---- the server's processes ------------------------------------------------------------ */

struct siege {
	const char *server_url;
	sc_shop *shop;
	int kills;
	atomic_bool over;
	atomic_long done, again, wrong;
};

/* Reserves one unit, as often as it takes to know that it did. */
static void reserve_surely(struct siege *siege)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_status status;
	request.id = sc_id_make(sc_env_default());
	request.lines = &line;
	request.line_count = 1;
	request.ttl_ms = 24 * 60 * 60 * 1000;
	for (;;) {
		sc_error err = SC_ERROR_INIT;
		status = sc_inventory_reserve(siege->shop, SC_CALL_SYSTEM, &request, NULL, &err);
		if (status == SC_OK)
			break;
		atomic_fetch_add(&siege->again, 1);
		if (!sc_status_may_retry(status) && status != SC_OUTCOME_UNKNOWN && status != SC_STORE_FAILED) {
			fprintf(stderr, "%s: %s\n", sc_status_name(status), err.text);
			atomic_fetch_add(&siege->wrong, 1);
			return;
		}
	}
	atomic_fetch_add(&siege->done, 1);
}

/* The process that serves somebody of ours; 0: nobody is served just now. */
static pid_t find_backend(const struct siege *siege)
{
	PGconn *pg = PQconnectdb(siege->server_url);
	PGresult *result = PQexec(pg, "SELECT pid FROM pg_stat_activity WHERE application_name = 'shopcore'"
	                              " ORDER BY random() LIMIT 1");
	pid_t pid = PQntuples(result) == 1 ? (pid_t)strtol(PQgetvalue(result, 0, 0), NULL, 10) : 0;
	PQclear(result);
	PQfinish(pg);
	return pid;
}

static void kill_backends(struct siege *siege)
{
	for (int killed = 0; killed < siege->kills;) {
		long before = atomic_load(&siege->done);
		pid_t pid = find_backend(siege);
		if (pid != 0 && kill(pid, SIGKILL) == 0)
			killed++;
		/* Until somebody got through again, and then a moment of chance. */
		for (int i = 0; i < 1000 && atomic_load(&siege->done) < before + THREADS; i++)
			usleep(10000);
		usleep((unsigned)(rand() % 50000));
	}
	atomic_store(&siege->over, true);
}

static void take_part(void *argument, int index)
{
	struct siege *siege = argument;
	if (index == THREADS) {
		kill_backends(siege);
		return;
	}
	while (!atomic_load(&siege->over))
		reserve_surely(siege);
}

static void besiege(const char *server_url)
{
	struct siege siege = { .server_url = server_url, .kills = (BACKEND_KILLS + bench_scale() - 1) / bench_scale() };
	const sc_stock_change delivery = { "mug", NULL, UNITS };
	const sc_stock_ref ref = { "mug", NULL };
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_level level;
	sc_arena arena;
	char url[640];

	snprintf(url, sizeof(url), "%s&schema=besieged", server_url);
	options.env = sc_env_default();
	open_store(url, &options);
	bench_must(sc_shop_open(&options, &siege.shop, &err), &err, "shop");
	bench_must(sc_inventory_receive(siege.shop, SC_CALL_SYSTEM, &delivery, 1, NULL, &err), &err, "receive");
	int64_t took_ns = bench_threads(THREADS + 1, take_part, &siege);
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_inventory_levels(siege.shop, SC_CALL_SYSTEM, &ref, 1, &arena, &level, &err), &err, "levels");
	size_t findings = bench_findings(siege.shop);
	printf("%d kills in %.1f s, %ld reservations, %ld of them asked for again\n", siege.kills,
	       (double)took_ns / 1e9, (long)siege.done, (long)siege.again);
	bench_bar("postgres backends killed: held units are the answers", level.held == siege.done && siege.wrong == 0,
	          "equal, 0 wrong", "%lld held, %ld done, %ld wrong", (long long)level.held, (long)siege.done,
	          (long)siege.wrong);
	bench_bar("postgres backends killed: findings of verify", findings == 0, "0", "%zu", findings);
	sc_arena_clear(&arena);
	sc_shop_close(siege.shop);
}

int main(void)
{
	struct private_postgres server;
	char folder[64], url[640];

	if (!private_postgres_start(&server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	snprintf(url, sizeof(url), "%s&schema=killed", server.url);
	const struct killing killing = {
		.name = "PostgreSQL", .kills = PROCESS_KILLS / bench_scale(), .open = open_store, .ctx = url
	};
	bench_folder_make(folder);
	bench_killed(&killing, folder);
	bench_folder_remove(folder);
	besiege(server.url);
	private_postgres_stop(&server);
	return bench_result();
}
