/*
 * Bars of reservations in PostgreSQL: ours against what people write by hand (see by_hand.h), on one server of their
 * own, in the same run and taking turns. Whoever reserves is checked: each answer "done" is one unit held and
 * one row.
 *
 *     hot    everybody wants the same SKU        zipf   10,000 SKUs, the n-th wanted as often as 1 / n^1.01
 *
 * By hand is given the number of clients at which it is best, found first; ours has 32 threads that wait, or one that
 * keeps 1,000 requests in flight. The ratio is that of the medians.
 */
#include "bench.h"

#include "by_hand.h"
#include "private_postgres.h"

#include <math.h>
#include <pthread.h>
#include <shopcore/postgres.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKUS = 10000, CLIENTS_MAX = 128, CALLERS = 32, IN_FLIGHT = 1000, ROUNDS = 7, LATENCIES = 1 << 16 };
static const int64_t units = 1000000000;

struct bench {
	struct private_postgres server;
	PGconn *hands[CLIENTS_MAX];
	sc_shop *shop;
	double zipf[SKUS]; /* how likely a SKU up to this one is */
	bool hot;
	int64_t slice_ns, until_ns;
	enum by_hand_way way;
	int64_t done[CLIENTS_MAX];
	int64_t *latencies[CLIENTS_MAX];
	size_t latency_count[CLIENTS_MAX];
	int64_t total_by_hand, total_ours;
	char names[SKUS][16];
};

/* ---- who wants what -------------------------------------------------------------------- */

static void make_zipf(struct bench *bench)
{
	double sum = 0;
	for (int i = 0; i < SKUS; i++) {
		sum += 1 / pow(i + 1, 1.01);
		bench->zipf[i] = sum;
		snprintf(bench->names[i], sizeof(bench->names[i]), "sku-%d", i);
	}
	for (int i = 0; i < SKUS; i++)
		bench->zipf[i] /= sum;
}

static uint64_t chance(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int pick(const struct bench *bench, uint64_t *state)
{
	double at = (double)(chance(state) >> 11) / (double)(UINT64_C(1) << 53);
	int low = 0, high = SKUS - 1;
	if (bench->hot)
		return 0;
	while (low < high) {
		int middle = (low + high) / 2;
		if (bench->zipf[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- by hand --------------------------------------------------------------------------- */

static void work_by_hand(void *argument, int index)
{
	struct bench *bench = argument;
	uint64_t state = (uint64_t)bench_now_ns() + 977 * (uint64_t)index + 1;
	int64_t done = 0;
	while (bench_now_ns() < bench->until_ns)
		done += by_hand_reserve(bench->hands[index], bench->way, pick(bench, &state));
	bench->done[index] = done;
}

/* Reservations a second. */
static int64_t rate_by_hand(struct bench *bench, enum by_hand_way way, int clients)
{
	int64_t sum = 0;
	bench->way = way;
	bench->until_ns = bench_now_ns() + bench->slice_ns;
	int64_t ns = bench_threads(clients, work_by_hand, bench);
	for (int i = 0; i < clients; i++)
		sum += bench->done[i];
	bench->total_by_hand += sum;
	return (int64_t)((double)sum * 1e9 / (double)ns);
}

struct best {
	enum by_hand_way way;
	int clients;
};

static struct best find_best(struct bench *bench)
{
	static const int counts[] = { 4, 8, 16, 32, 64, 128 };
	static const char *const names[] = { "FOR UPDATE", "UPDATE", "one statement" };
	struct best best = { BY_HAND_LOCK, 1 };
	int64_t most = 0;
	for (int way = BY_HAND_LOCK; way <= BY_HAND_STATEMENT; way++) {
		printf("%s, %s, by clients:", bench->hot ? "hot" : "zipf", names[way]);
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
			int64_t rate = rate_by_hand(bench, (enum by_hand_way)way, counts[i]);
			printf("  %d: %lld/s", counts[i], (long long)rate);
			if (rate > most) {
				most = rate;
				best = (struct best){ (enum by_hand_way)way, counts[i] };
			}
		}
		printf("\n");
	}
	return best;
}

/* ---- ours ------------------------------------------------------------------------------ */

static void work_ours(void *argument, int index)
{
	struct bench *bench = argument;
	uint64_t state = (uint64_t)bench_now_ns() + 977 * (uint64_t)index + 1;
	int64_t done = 0, before = bench_now_ns();
	while (before < bench->until_ns) {
		sc_error err = SC_ERROR_INIT;
		const sc_reserve_line line = { .sku = bench->names[pick(bench, &state)], .quantity = 1 };
		sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
		request.lines = &line;
		request.line_count = 1;
		bench_must(sc_inventory_reserve(bench->shop, SC_CALL_SYSTEM, &request, NULL, &err), &err, "reserve");
		int64_t now = bench_now_ns();
		if (bench->latency_count[index] < LATENCIES)
			bench->latencies[index][bench->latency_count[index]++] = now - before;
		before = now;
		done++;
	}
	bench->done[index] = done;
}

static int64_t rate_ours(struct bench *bench, int callers)
{
	int64_t sum = 0;
	bench->until_ns = bench_now_ns() + bench->slice_ns;
	int64_t ns = bench_threads(callers, work_ours, bench);
	for (int i = 0; i < callers; i++)
		sum += bench->done[i];
	bench->total_ours += sum;
	return (int64_t)((double)sum * 1e9 / (double)ns);
}

static int64_t p99_of(struct bench *bench, int callers)
{
	int64_t *all = calloc((size_t)callers * LATENCIES, sizeof(*all));
	size_t count = 0;
	if (all == NULL)
		exit(1);
	for (int i = 0; i < callers; i++) {
		memcpy(all + count, bench->latencies[i], bench->latency_count[i] * sizeof(*all));
		count += bench->latency_count[i];
		bench->latency_count[i] = 0;
	}
	int64_t p99 = bench_percentile(all, count, 99);
	free(all);
	return p99;
}

struct flight {
	struct bench *bench;
	uint64_t state;
	int64_t done;
	int in_flight;
};

static void landed(const sc_completion *completion)
{
	struct flight *flight = completion->context;
	bench_must(completion->status, completion->err, "submitted reserve");
	flight->done++;
	flight->in_flight--;
}

static void submit_one(struct flight *flight)
{
	sc_error err = SC_ERROR_INIT;
	const sc_reserve_line line = { .sku = flight->bench->names[pick(flight->bench, &flight->state)],
		                       .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	bench_must(
		sc_inventory_reserve_submit(flight->bench->shop, SC_CALL_SYSTEM, &request, landed, flight, NULL, &err),
		&err, "submit");
	flight->in_flight++;
}

static int64_t rate_in_flight(struct bench *bench)
{
	struct flight flight = { .bench = bench, .state = (uint64_t)bench_now_ns() | 1 };
	int64_t start = bench_now_ns(), until = start + bench->slice_ns;
	while (bench_now_ns() < until || flight.in_flight > 0) {
		while (flight.in_flight < IN_FLIGHT && bench_now_ns() < until)
			submit_one(&flight);
		sc_shop_drive(bench->shop, IN_FLIGHT, NULL);
		sc_shop_complete(bench->shop, IN_FLIGHT);
	}
	bench->total_ours += flight.done;
	return (int64_t)((double)flight.done * 1e9 / (double)(bench_now_ns() - start));
}

/* ---- turns ----------------------------------------------------------------------------- */

static double ratio(int64_t *ours, int64_t *theirs)
{
	return (double)bench_percentile(ours, ROUNDS, 50) / (double)bench_percentile(theirs, ROUNDS, 50);
}

/* A floor of 0: for information. */
static void tell(const char *name, double measured, double floor, int64_t *ours, int64_t *theirs)
{
	char text[32];
	snprintf(text, sizeof(text), floor > 0 ? ">= %.1f" : "none", floor);
	bench_speed(name, measured >= floor, text, "%.1f (%lld/%lld a s)", measured,
	            (long long)bench_percentile(ours, ROUNDS, 50), (long long)bench_percentile(theirs, ROUNDS, 50));
}

static void compare(struct bench *bench, bool hot)
{
	int64_t lock[ROUNDS], best_rate[ROUNDS], waiting[ROUNDS], flying[ROUNDS];
	bench->hot = hot;
	struct best best = find_best(bench);
	rate_ours(bench, CALLERS);
	p99_of(bench, CALLERS);
	for (int round = 0; round < ROUNDS; round++) {
		lock[round] = rate_by_hand(bench, BY_HAND_LOCK, CALLERS);
		waiting[round] = rate_ours(bench, CALLERS);
		best_rate[round] = rate_by_hand(bench, best.way, best.clients);
		flying[round] = rate_in_flight(bench);
	}
	double p99_ms = (double)p99_of(bench, CALLERS) / 1e6;
	if (hot) {
		tell("postgres, hot, 32 callers / FOR UPDATE at 32", ratio(waiting, lock), 15, waiting, lock);
		tell("postgres, hot, 32 callers / best by hand", ratio(waiting, best_rate), 6, waiting, best_rate);
		tell("postgres, hot, 1,000 in flight / FOR UPDATE at 32", ratio(flying, lock), 60, flying, lock);
	} else {
		tell("postgres, zipf, 32 callers / FOR UPDATE at 32", ratio(waiting, lock), 3.5, waiting, lock);
		tell("postgres, zipf, 32 callers / best by hand", ratio(waiting, best_rate), 1.8, waiting, best_rate);
		tell("postgres, zipf, 1,000 in flight / FOR UPDATE at 32", ratio(flying, lock), 0, flying, lock);
	}
	bench_speed(hot ? "postgres, hot, 32 callers, p99" : "postgres, zipf, 32 callers, p99", p99_ms < 5, "< 5 ms",
	            "%.2f ms", p99_ms);
}

static void compare_alone(struct bench *bench)
{
	int64_t theirs[ROUNDS], ours[ROUNDS];
	bench->hot = true;
	for (int round = 0; round < ROUNDS; round++) {
		theirs[round] = rate_by_hand(bench, BY_HAND_UPDATE, 1);
		ours[round] = rate_ours(bench, 1);
	}
	p99_of(bench, 1);
	tell("postgres, a lone caller / BEGIN, UPDATE, INSERT, COMMIT", ratio(ours, theirs), 0.9, ours, theirs);
}

/* ---- the world ------------------------------------------------------------------------- */

static void open_ours(struct bench *bench)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_stock_change *deliveries = calloc(SKUS, sizeof(*deliveries));
	char url[640];
	snprintf(url, sizeof(url), "%s&schema=ours", bench->server.url);
	bench_must(sc_postgres_open(sc_env_default(), url, NULL, &options.store, &err), &err, "open");
	bench_must(sc_shop_open(&options, &bench->shop, &err), &err, "shop");
	for (int i = 0; deliveries != NULL && i < SKUS; i++)
		deliveries[i] = (sc_stock_change){ .sku = bench->names[i], .quantity = units };
	for (int i = 0; i < SKUS; i += 1000)
		bench_must(sc_inventory_receive(bench->shop, SC_CALL_SYSTEM, deliveries + i, 1000, NULL, &err), &err,
		           "receive");
	free(deliveries);
}

static void check_totals(struct bench *bench)
{
	int64_t held, rows;
	char text[96];
	PGconn *pg = bench->hands[0];
	by_hand_count(pg, &held, &rows);
	bench_bar("postgres, by hand: every answer is a unit and a row",
	          held == bench->total_by_hand && rows == bench->total_by_hand, "exact", "%lld", (long long)held);
	PGresult *result = PQexec(pg, "SELECT sum(held), (SELECT count(*) FROM ours.hold) FROM ours.stock");
	held = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	rows = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
	PQclear(result);
	snprintf(text, sizeof(text), "%lld", (long long)held);
	bench_bar("postgres, ours: every answer is a unit and a row",
	          held == bench->total_ours && rows == bench->total_ours, "exact", "%s", text);
}

int main(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	if (bench == NULL || !private_postgres_start(&bench->server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench->slice_ns = INT64_C(1500000000) / bench_scale();
	if (bench->slice_ns < 200000000)
		bench->slice_ns = 200000000;
	make_zipf(bench);
	for (int i = 0; i < CLIENTS_MAX; i++)
		bench->latencies[i] = calloc(LATENCIES, sizeof(int64_t));
	PGconn *maker = PQconnectdb(bench->server.url);
	by_hand_make(maker, SKUS, units);
	PQfinish(maker);
	for (int i = 0; i < CLIENTS_MAX; i++)
		bench->hands[i] = by_hand_connect(bench->server.url);
	open_ours(bench);
	compare(bench, true);
	compare(bench, false);
	compare_alone(bench);
	check_totals(bench);
	sc_shop_close(bench->shop);
	for (int i = 0; i < CLIENTS_MAX; i++)
		PQfinish(bench->hands[i]);
	private_postgres_stop(&bench->server);
	return bench_result();
}
