/*
 * A thread that keeps a shop's duties done, for programs that have no loop of their own. It is the
 * only thing in the library that makes a thread, and only when it is asked to.
 *
 * It sleeps until the next duty is due, at most `idle_ms`, and calls sc_shop_tick(). It uses pthreads
 * and the environment's park, so it needs an environment with a real clock.
 */
#ifndef SHOPCORE_WORKER_H
#define SHOPCORE_WORKER_H

#include <shopcore/shop.h>

SC_BEGIN_DECLS

typedef struct sc_worker sc_worker;

typedef struct sc_worker_options {
	size_t size;         /* set by the initialiser */
	sc_tick_bound bound; /* of each tick */
	int64_t idle_ms;     /* longest sleep, so that work of other processes is noticed: 1,000 */
	int64_t pause_ms;    /* after a tick that failed: 250 */
	uint64_t reserved[4];
} sc_worker_options;

#define SC_WORKER_OPTIONS_INIT                                            \
	{                                                                 \
		sizeof(sc_worker_options), SC_TICK_BOUND_INIT, 1000, 250, \
		{                                                         \
			0                                                 \
		}                                                         \
	}

/**
 * Start a thread that ticks a shop.
 *
 * Ownership: the shop is borrowed and must outlive the worker; `options` are borrowed for the call, NULL means the
 * defaults. Free `*out` with sc_worker_stop(). Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when an interval is below 1 ms; SC_NO_MEMORY, also when the system gives
 * no thread; SC_OK. Idempotent: no, each call starts a thread; several do no harm. Since: 0.1.
 */
SC_API sc_status sc_worker_start(sc_shop *shop, const sc_worker_options *options, sc_worker **out, sc_error *err);

/**
 * Wake the worker now, for instance after an order was placed in this process.
 *
 * Ownership: borrowed. Threads: any. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_worker_wake(sc_worker *worker);

/**
 * Stop the thread after the tick it is in, wait for it, and free the worker.
 *
 * Ownership: takes `worker`; NULL does nothing. Threads: any but the worker's own.
 * Returns: nothing; cannot fail. Idempotent: no, the handle is gone. Since: 0.1.
 */
SC_API void sc_worker_stop(sc_worker *worker);

SC_END_DECLS

#endif
