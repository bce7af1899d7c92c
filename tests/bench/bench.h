/*
 * What every bar shares: the scale, a folder of its own, threads and processes that start together, and one way to
 * say a result. A bar checks its answers as well as its figure.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <shopcore/shopcore.h>

/* What counts are divided by: SHOPCORE_SCALE, 1 when it is not set. */
int bench_scale(void);

/* Nanoseconds on the monotonic clock. */
int64_t bench_now_ns(void);

/* A fresh folder; removed by bench_folder_remove(). Ends the program when there is none. */
const char *bench_folder_make(char out[64]);
void bench_folder_remove(const char *folder);

/* Print one bar. `measured` and `floor` are texts; `ok` says whether it holds. */
void bench_bar(const char *name, bool ok, const char *floor, const char *measured, ...) SC_PRINTF(4, 5);
/* The same for a figure that depends on the machine and on what else it does. With SHOPCORE_ANSWERS set, as in
 * tests/run, it is shown and does not count: no test of ours fails because somebody else was busy. */
void bench_speed(const char *name, bool ok, const char *floor, const char *measured, ...) SC_PRINTF(4, 5);
/* 0 when every bar so far held, else 1: what main returns. */
int bench_result(void);

/* End the program with a message unless the status is SC_OK. */
void bench_must(sc_status status, const sc_error *err, const char *what);

/* Run `work(argument, index)` on `count` threads that begin together; returns the nanoseconds until all are done. */
int64_t bench_threads(int count, void (*work)(void *argument, int index), void *argument);

/* Fork `count` processes that run `work(argument, index)` and exit with its answer; returns how many exited with 0. */
int bench_processes(int count, int (*work)(void *argument, int index), void *argument);

/* Percentile of `count` numbers, which are sorted in place. */
int64_t bench_percentile(int64_t *numbers, size_t count, double percent);

/* Verify a whole shop and say each finding on stderr; returns how many there are. */
size_t bench_findings(sc_shop *shop);

/* Open a shop on a URL with the other options as they are; ends the program when it cannot. */
sc_shop *bench_open(const char *url);

#endif
