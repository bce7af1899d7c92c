/*
 * A small simulator: several processes, each with several tasks, that open one store and one payment
 * provider, on one thread, on a virtual clock, in an order that a seed decides.
 *
 * A task is a coroutine. Each process has an environment of its own, whose locks and sleeps belong to
 * the simulator; so a whole shop runs inside it unchanged. Between two steps of a task every other may
 * run, and at each call of a port anything may happen that happens to real ones: it fails, it goes
 * silent though it was done, or was not, or will be later; or the process dies there, and with it all
 * its tasks and all its memory. The same seed gives the same run, to the last step.
 *
 *     sc_sim_new(&options, &sim, &err);
 *     shared store and provider are opened with sc_sim_env(sim, SC_SIM_WORLD)
 *     sc_sim_spawn(sim, 1, a_buyer, context, &err); …
 *     sc_sim_run(sim, 100000);
 *
 * Not safe to use from several threads: it is one thread pretending to be many.
 */
#ifndef SHOPCORE_TESTKIT_SIM_H
#define SHOPCORE_TESTKIT_SIM_H

#include <shopcore/env.h>
#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** One simulated world. */
typedef struct sc_sim sc_sim;

/** What is shared and never dies: the store's own side, the provider's, the test's. */
#define SC_SIM_WORLD 0
/** Processes are 1..SC_SIM_PROCESSES_MAX. */
#define SC_SIM_PROCESSES_MAX 8

typedef struct sc_sim_options {
	size_t size; /* set by the initialiser */
	uint64_t seed;
	const sc_env *base; /* memory comes from here; NULL: sc_env_default() */
	size_t stack_size;  /* of a task, in bytes: 512 KiB */

	/* Chances in a million, for each call of a simulated store or gateway. Reads can only fail or die. */
	uint32_t fails, unknown_done, unknown_not_done, lands_late, dies;

	/** Optional. A process died; its tasks and memory are gone. Called outside of any task; may spawn new ones. */
	void (*died)(void *ctx, uint32_t process);
	/** Optional. After each step of any task: the place of an auditor that never sleeps. */
	void (*stepped)(void *ctx);
	void *ctx;
	uint64_t reserved[4];
} sc_sim_options;

#define SC_SIM_OPTIONS_INIT                                          \
	{                                                            \
		.size = sizeof(sc_sim_options), .stack_size = 524288 \
	}

/**
 * Make a world. Its wall clock stands at 2025-01-01 00:00:00 UTC.
 *
 * Ownership: free `*out` with sc_sim_free(); `options` is copied, its `base` borrowed. Threads: one.
 * Returns, in this order: SC_BAD_ARGUMENT when chances add up to more than a million; SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes one. Since: 0.1.
 */
SC_API sc_status sc_sim_new(const sc_sim_options *options, sc_sim **out, sc_error *err);

/**
 * End a world: tasks that still run are dropped, and all memory that its processes still have is given back.
 *
 * Ownership: takes `sim`; NULL does nothing. Threads: one, and not from a task. Returns: nothing; cannot fail.
 * Idempotent: no, the handle is gone. Since: 0.1.
 */
SC_API void sc_sim_free(sc_sim *sim);

/**
 * Give the environment of a process, or of the world.
 *
 * Ownership: borrowed from `sim`. Threads: one. Returns: the table; NULL for a process there cannot be.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const sc_env *sc_sim_env(sc_sim *sim, uint32_t process);

/**
 * Start a task in a process. It runs when sc_sim_run() chooses it.
 *
 * Ownership: `arg` is borrowed while the task lives. Threads: one; also from a task.
 * Returns, in this order: SC_BAD_ARGUMENT for a process there cannot be; SC_NO_MEMORY; SC_OK. Idempotent: no.
 * Since: 0.1.
 */
SC_API sc_status sc_sim_spawn(sc_sim *sim, uint32_t process, void (*body)(void *arg), void *arg, sc_error *err);

/**
 * Run tasks, at most `steps` of them one after the other, until all of them have ended.
 *
 * Ownership: none. Threads: one, and not from a task.
 * Returns: how many tasks are left; 0: all have ended. Idempotent: yes. Since: 0.1.
 */
SC_API size_t sc_sim_run(sc_sim *sim, uint64_t steps);

/**
 * Let others run. Outside of a task it does nothing.
 *
 * Ownership: none. Threads: one. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_sim_yield(sc_sim *sim);

/**
 * Sleep for so many virtual milliseconds. Outside of a task it moves the clock.
 *
 * Ownership: none. Threads: one. Returns: nothing; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API void sc_sim_sleep_ms(sc_sim *sim, int64_t ms);

/**
 * Draw a number below `bound` from the seed. A bound of 0 gives 0.
 *
 * Ownership: none. Threads: one. Returns: the number; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API uint64_t sc_sim_random(sc_sim *sim, uint64_t bound);

/**
 * Turn faults on or off; they are on in a new world. What lands late and is still on its way lands now when they
 * are turned off.
 *
 * Ownership: none. Threads: one. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_sim_faults(sc_sim *sim, bool on);

/** How a run went. */
typedef struct sc_sim_report {
	uint64_t steps;  /* of tasks */
	uint64_t faults; /* calls of ports that went wrong, deaths included */
	uint64_t deaths; /* of processes */
	uint64_t landed; /* groups that landed late */
	uint64_t trace;  /* a hash of every decision: two runs of one seed have the same */
	int64_t now_ms;  /* the wall clock */
	uint64_t reserved[4];
} sc_sim_report;

/**
 * Say how the run went so far.
 *
 * Ownership: a value. Threads: one. Returns: the report; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API sc_sim_report sc_sim_report_of(const sc_sim *sim);

/**
 * Put the way from a process to a store in between: each call yields before and after, and may go wrong.
 *
 * Ownership: `inner` is borrowed while `sim` lives, and not closed; the new store lives in the process's memory and
 * dies with it, or is closed. Threads: one. Returns, in this order: SC_BAD_ARGUMENT; SC_NO_MEMORY; SC_OK.
 * Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_sim_store(sc_sim *sim, uint32_t process, sc_store inner, sc_store *out, sc_error *err);

/**
 * Put the way from a process to a payment provider in between. Answers go to the process that asked, and are lost
 * when it died.
 *
 * Ownership: as sc_sim_store(). Threads: one. Returns, in this order: SC_BAD_ARGUMENT; SC_NO_MEMORY; SC_OK.
 * Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_sim_gateway(sc_sim *sim, uint32_t process, sc_gateway inner, sc_gateway *out, sc_error *err);

SC_END_DECLS

#endif
