/*
 * Bar 6: four processes of sixteen threads hold, extend, commit in part, release, fulfil, move, adjust and expire on
 * one SQLite file, while verification runs over and over. Journal and counters are equal at every check.
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { SECONDS = 60, PROCESSES = 4, THREADS = 16, SKUS = 20, PLACES = 3, OPEN = 8, PAGE = 1000 };

enum job { HOLD, EXTEND, COMMIT, COMMIT_PART, RELEASE, FULFIL, TRANSFER, ADJUST, RECEIVE, EXPIRE, JOBS };

static const char *const job_names[JOBS] = { "hold",   "extend",   "commit", "commit part", "release",
	                                     "fulfil", "transfer", "adjust", "receive",     "expire" };

static const char *const places[PLACES] = { "shop", "annex", "attic" };

/* What all processes count in. */
struct tally {
	_Atomic(uint64_t) done[JOBS], refused[JOBS];
	_Atomic(uint64_t) checks, findings;
};

struct load {
	const char *url;
	int64_t until_ns;
	struct tally *tally;
	sc_shop *shop;
	int process;
};

/* One thread's dice and its reservations. */
struct worker {
	struct load *load;
	uint64_t dice;
	sc_id open[OPEN];
	int64_t units[OPEN]; /* of its one line */
	size_t open_count;
};

static uint64_t below(struct worker *w, uint64_t bound)
{
	w->dice ^= w->dice << 13;
	w->dice ^= w->dice >> 7;
	w->dice ^= w->dice << 17;
	return w->dice % bound;
}

static const char *any_sku(struct worker *w, char out[8])
{
	snprintf(out, 8, "s%u", (unsigned)below(w, SKUS));
	return out;
}

static sc_status hold(struct worker *w, sc_error *err)
{
	char sku[8];
	const sc_reserve_line line = { .sku = any_sku(w, sku),
		                       .quantity = 1 + (int64_t)below(w, 5),
		                       .locations = places,
		                       .location_count = 1 + (uint32_t)below(w, PLACES),
		                       .flags = below(w, 2) ? SC_RESERVE_SPLIT : 0 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation made;
	request.lines = &line;
	request.line_count = 1;
	request.ttl_ms = below(w, 4) ? 5000 : 20; /* some lapse at once */
	sc_status status = sc_inventory_reserve(w->load->shop, SC_CALL_SYSTEM, &request, &made, err);
	if (status != SC_OK)
		return status;
	const size_t at = w->open_count < OPEN ? w->open_count++ : below(w, OPEN);
	w->open[at] = made.id;
	w->units[at] = line.quantity;
	return SC_OK;
}

/* What is done with a reservation; it may have lapsed or been settled before. */
static sc_status use(struct worker *w, enum job job, sc_error *err)
{
	sc_shop *shop = w->load->shop;
	if (w->open_count == 0)
		return SC_OK;
	const size_t at = below(w, w->open_count);
	const sc_id id = w->open[at];
	const sc_commit_part part = { .line = 0, .quantity = 1 + (int64_t)below(w, (uint64_t)w->units[at]) };
	if (job == EXTEND)
		return sc_inventory_extend(shop, SC_CALL_SYSTEM, id, 1000 + (int64_t)below(w, 5000), NULL, err);
	if (job == COMMIT)
		return sc_inventory_commit(shop, SC_CALL_SYSTEM, id, NULL, 0, err);
	if (job == COMMIT_PART)
		return sc_inventory_commit(shop, SC_CALL_SYSTEM, id, &part, 1, err);
	if (job == FULFIL)
		return sc_inventory_fulfil(shop, SC_CALL_SYSTEM, id, err);
	return sc_inventory_release(shop, SC_CALL_SYSTEM, id, err);
}

static sc_status move(struct worker *w, sc_error *err)
{
	char sku[8];
	const uint64_t from = below(w, PLACES);
	const sc_stock_move one = { .sku = any_sku(w, sku),
		                    .from = places[from],
		                    .to = places[(from + 1) % PLACES],
		                    .quantity = 1 + (int64_t)below(w, 9) };
	return sc_inventory_transfer(w->load->shop, SC_CALL_SYSTEM, &one, 1, NULL, err);
}

static sc_status book(struct worker *w, enum job job, sc_error *err)
{
	char sku[8];
	sc_stock_change change = { any_sku(w, sku), places[below(w, PLACES)], 1 + (int64_t)below(w, 9) };
	if (job == RECEIVE)
		return sc_inventory_receive(w->load->shop, SC_CALL_SYSTEM, &change, 1, NULL, err);
	change.quantity = -1 - (int64_t)below(w, 3);
	return sc_inventory_adjust(w->load->shop, SC_CALL_SYSTEM, &change, 1, "breakage", err);
}

static sc_status do_job(struct worker *w, enum job job, sc_error *err)
{
	switch (job) {
	case HOLD:
		return hold(w, err);
	case TRANSFER:
		return move(w, err);
	case ADJUST:
	case RECEIVE:
		return book(w, job, err);
	case EXPIRE:
		return sc_inventory_expire(w->load->shop, SC_CALL_SYSTEM, 100, NULL, NULL, err);
	case EXTEND:
	case COMMIT:
	case COMMIT_PART:
	case RELEASE:
	case FULFIL:
	case JOBS:
		break;
	}
	return use(w, job, err);
}

static void work(struct load *load, int index)
{
	struct worker w = { .load = load, .dice = 88172645463325252u + (uint64_t)(load->process * 100 + index) };
	while (bench_now_ns() < load->until_ns) {
		const enum job job = below(&w, 3) ? (enum job)below(&w, JOBS) : HOLD;
		sc_error err = SC_ERROR_INIT;
		sc_status status = do_job(&w, job, &err);
		if (!sc_status_is_refusal(status))
			bench_must(status, &err, job_names[job]);
		(status == SC_OK ? load->tally->done : load->tally->refused)[job]++;
	}
}

/* One verification from end to end. */
static void check(struct load *load)
{
	sc_verify *verify;
	sc_verify_page page = { 0 };
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_verify_new(load->shop, SC_CALL_SYSTEM, &verify, &err), &err, "verify");
	while (!page.finished) {
		bench_must(sc_verify_step(verify, SC_CALL_SYSTEM, PAGE, &arena, &page, &err), &err, "verify");
		for (size_t i = 0; i < page.count; i++)
			printf("%s %s %s: %lld, found %lld\n", sc_damage_name(page.findings[i].damage),
			       page.findings[i].sku ? page.findings[i].sku : "",
			       page.findings[i].location ? page.findings[i].location : "",
			       (long long)page.findings[i].expected, (long long)page.findings[i].found);
		load->tally->findings += page.count;
		sc_arena_reset(&arena);
	}
	load->tally->checks++;
	sc_verify_free(verify);
	sc_arena_clear(&arena);
}

/* The first process has one thread more, which checks. */
static void run_thread(void *argument, int index)
{
	struct load *load = argument;
	if (index < THREADS) {
		work(load, index);
		return;
	}
	while (bench_now_ns() < load->until_ns) {
		const struct timespec pause = { 0, 500000000 };
		check(load);
		nanosleep(&pause, NULL);
	}
}

static int run_process(void *argument, int index)
{
	struct load load = *(struct load *)argument;
	load.process = index;
	load.shop = bench_open(load.url);
	bench_threads(THREADS + (index == 0), run_thread, &load);
	sc_shop_close(load.shop);
	return 0;
}

static void stock_up(struct load *load)
{
	sc_error err = SC_ERROR_INIT;
	load->shop = bench_open(load->url);
	for (int i = 0; i < SKUS; i++)
		for (int p = 0; p < PLACES; p++) {
			char sku[8];
			snprintf(sku, sizeof(sku), "s%d", i);
			const sc_stock_change change = { sku, places[p], 200 };
			bench_must(sc_inventory_receive(load->shop, SC_CALL_SYSTEM, &change, 1, NULL, &err), &err,
			           "receive");
		}
	sc_shop_close(load->shop);
}

int main(void)
{
	char folder[64], url[128];
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	struct load load = { .url = url };
	load.tally = mmap(NULL, sizeof(*load.tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (load.tally == MAP_FAILED)
		return 1;
	stock_up(&load);
	load.until_ns = bench_now_ns() + (int64_t)SECONDS * 1000000000 / bench_scale();
	const int fine = bench_processes(PROCESSES, run_process, &load);

	load.shop = bench_open(url);
	check(&load);
	sc_shop_close(load.shop);
	bool all = fine == PROCESSES;
	uint64_t total = 0;
	for (int job = 0; job < JOBS; job++) {
		printf("%-12s %9llu done %9llu refused\n", job_names[job], (unsigned long long)load.tally->done[job],
		       (unsigned long long)load.tally->refused[job]);
		all = all && load.tally->done[job] > 0;
		total += load.tally->done[job];
	}
	printf("%llu changes, %llu verifications\n", (unsigned long long)total, (unsigned long long)load.tally->checks);
	bench_bar("mixed stock, 4 processes of 16 threads: findings", all && load.tally->findings == 0, "0",
	          "%llu in %llu checks", (unsigned long long)load.tally->findings,
	          (unsigned long long)load.tally->checks);
	bench_folder_remove(folder);
	return bench_result();
}
