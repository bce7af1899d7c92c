#include "bench.h"

#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int short_bars;

int bench_scale(void)
{
	const char *text = getenv("SHOPCORE_SCALE");
	int scale = text == NULL ? 1 : atoi(text);
	return scale < 1 ? 1 : scale;
}

int64_t bench_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

const char *bench_folder_make(char out[64])
{
	strcpy(out, "/tmp/shopcore-bench-XXXXXX");
	if (mkdtemp(out) == NULL)
		die("mkdtemp", strerror(errno));
	return out;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

void bench_folder_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void SC_PRINTF(4, 0)
	print_bar(const char *name, const char *verdict, const char *floor, const char *measured, va_list arguments)
{
	char text[128];
	vsnprintf(text, sizeof(text), measured, arguments);
	printf("bar\t%s\t%s\t%s\t%s\n", name, text, floor, verdict);
	fflush(stdout);
}

void bench_bar(const char *name, bool ok, const char *floor, const char *measured, ...)
{
	va_list arguments;
	va_start(arguments, measured);
	print_bar(name, ok ? "ok" : "SHORT", floor, measured, arguments);
	va_end(arguments);
	if (!ok)
		short_bars++;
}

void bench_speed(const char *name, bool ok, const char *floor, const char *measured, ...)
{
	const bool counts = getenv("SHOPCORE_ANSWERS") == NULL;
	va_list arguments;
	va_start(arguments, measured);
	print_bar(name, ok ? "ok" : counts ? "SHORT" : "slow here", floor, measured, arguments);
	va_end(arguments);
	if (!ok && counts)
		short_bars++;
}

int bench_result(void)
{
	return short_bars != 0;
}

void bench_must(sc_status status, const sc_error *err, const char *what)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s (%s)\n", what, sc_status_name(status), err == NULL ? "" : err->text,
	        err == NULL ? "" : err->field);
	exit(1);
}

struct starter {
	pthread_barrier_t *together;
	void (*work)(void *argument, int index);
	void *argument;
	int index;
};

static void *run_thread(void *argument)
{
	struct starter *starter = argument;
	pthread_barrier_wait(starter->together);
	starter->work(starter->argument, starter->index);
	return NULL;
}

int64_t bench_threads(int count, void (*work)(void *argument, int index), void *argument)
{
	pthread_barrier_t together;
	pthread_t *threads = calloc((size_t)count, sizeof(*threads));
	struct starter *starters = calloc((size_t)count, sizeof(*starters));
	if (threads == NULL || starters == NULL || pthread_barrier_init(&together, NULL, (unsigned)count + 1) != 0)
		die("threads", "no memory");
	for (int i = 0; i < count; i++) {
		starters[i] = (struct starter){ &together, work, argument, i };
		if (pthread_create(&threads[i], NULL, run_thread, &starters[i]) != 0)
			die("pthread_create", "no thread");
	}
	pthread_barrier_wait(&together);
	int64_t begin = bench_now_ns();
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	int64_t took = bench_now_ns() - begin;
	pthread_barrier_destroy(&together);
	free(threads);
	free(starters);
	return took;
}

int bench_processes(int count, int (*work)(void *argument, int index), void *argument)
{
	int fine = 0;
	fflush(NULL);
	for (int i = 0; i < count; i++) {
		pid_t child = fork();
		if (child < 0)
			die("fork", strerror(errno));
		if (child == 0)
			_exit(work(argument, i));
	}
	for (int i = 0; i < count; i++) {
		int status = 0;
		if (wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
			fine++;
	}
	return fine;
}

static int compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int64_t bench_percentile(int64_t *numbers, size_t count, double percent)
{
	if (count == 0)
		return 0;
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	size_t at = (size_t)((double)(count - 1) * percent / 100.0);
	return numbers[at];
}

size_t bench_findings(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_verify *verify = NULL;
	sc_verify_page page = { 0 };
	size_t findings = 0;
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_verify_new(shop, SC_CALL_SYSTEM, &verify, &err), &err, "verify");
	while (!page.finished) {
		bench_must(sc_verify_step(verify, SC_CALL_SYSTEM, 1000, &arena, &page, &err), &err, "verify");
		for (size_t i = 0; i < page.count; i++)
			fprintf(stderr, "verify: %s\n", sc_damage_text(page.findings[i].damage));
		findings += page.count;
	}
	sc_verify_free(verify);
	sc_arena_clear(&arena);
	return findings;
}

sc_shop *bench_open(const char *url)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	options.store_url = url;
	bench_must(sc_shop_open(&options, &shop, &err), &err, url);
	return shop;
}
