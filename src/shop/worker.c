/*
 * The worker: a thread that ticks. It sleeps in the environment's park, so that stopping and waking need no polling.
 */
#include <shopcore/worker.h>

#include "base/error.h"
#include "core/handle.h"

#include <pthread.h>
#include <stdatomic.h>

#define NS_PER_MS 1000000

struct sc_worker {
	sc_shop *shop;
	sc_worker_options options;
	sc_parker parker;
	pthread_t thread;
	atomic_bool stopping;
};

/* How long to sleep after a tick. */
static int64_t pause_of(const sc_worker *worker, sc_status status, const sc_tick_report *report)
{
	if (status != SC_OK)
		return worker->options.pause_ms;
	return report->wait_ms < worker->options.idle_ms ? report->wait_ms : worker->options.idle_ms;
}

static void *run(void *arg)
{
	sc_worker *worker = arg;
	const sc_env *env = worker->shop->env;
	while (!atomic_load(&worker->stopping)) {
		sc_tick_report report = SC_TICK_REPORT_INIT;
		sc_status status = sc_shop_tick(worker->shop, SC_CALL_SYSTEM, &worker->options.bound, &report, NULL);
		if (status != SC_OK)
			env->log(env->ctx, SC_LOG_WARN, sc_status_text(status));
		const int64_t pause_ms = pause_of(worker, status, &report);
		if (pause_ms > 0)
			env->park(env->ctx, &worker->parker, env->mono_ns(env->ctx) + pause_ms * NS_PER_MS);
	}
	return NULL;
}

static sc_status start(sc_worker *worker, sc_error *err)
{
	const sc_env *env = worker->shop->env;
	if (!env->parker_init(env->ctx, &worker->parker))
		return sc__fail(err, SC_NO_MEMORY, "no memory for a worker");
	if (pthread_create(&worker->thread, NULL, run, worker) == 0)
		return SC_OK;
	env->parker_clear(env->ctx, &worker->parker);
	return sc__fail(err, SC_NO_MEMORY, "the system gives no thread");
}

sc_status sc_worker_start(sc_shop *shop, const sc_worker_options *options, sc_worker **out, sc_error *err)
{
	const sc_worker_options defaults = SC_WORKER_OPTIONS_INIT;
	if (shop == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "shop", "is missing");
	if (options == NULL)
		options = &defaults;
	if (options->size < offsetof(sc_worker_options, reserved) || options->idle_ms < 1 || options->pause_ms < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "need a size, and intervals of at least 1 ms");
	const sc_env *env = shop->env;
	sc_worker *worker = env->resize(env->ctx, NULL, sizeof(*worker));
	if (worker == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a worker");
	*worker = (sc_worker){ .shop = shop, .options = *options };
	sc_status status = start(worker, err);
	if (status != SC_OK) {
		env->resize(env->ctx, worker, 0);
		return status;
	}
	*out = worker;
	return SC_OK;
}

void sc_worker_wake(sc_worker *worker)
{
	const sc_env *env = worker->shop->env;
	env->unpark(env->ctx, &worker->parker);
}

void sc_worker_stop(sc_worker *worker)
{
	if (worker == NULL)
		return;
	const sc_env *env = worker->shop->env;
	atomic_store(&worker->stopping, true);
	sc_worker_wake(worker);
	pthread_join(worker->thread, NULL);
	env->parker_clear(env->ctx, &worker->parker);
	env->resize(env->ctx, worker, 0);
}
