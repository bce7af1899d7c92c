#include "payment/exchange.h"

#include "base/error.h"

#include <shopcore/port/store.h>

#define MS_IN_NS    1000000LL
#define REPLIES_MAX 8 /* taken from the port at once; on the leader's stack */
#define STARTS_MAX  16
#define BUCKETS     1024 /* a power of two */

/* A thread that waits. On its own stack, in the list while it has open asks. */
struct sc__waiter {
	sc_parker parker;
	sc__ask *asks;
	size_t count, open;
	int64_t until_ns;
	struct sc__waiter *next;
};

struct sc__exchange {
	const sc_env *env;
	sc_gateway gateway;
	sc_mutex mutex; /* of all below, and of the asks in it */
	struct sc__waiter *waiters;
	bool led; /* one of them is in the port */
	sc__ask *open[BUCKETS];
	sc__ask *answered; /* those that no thread waits for */
	size_t started;    /* how many of them are open */
};

sc_status sc__exchange_new(const sc_env *env, const sc_gateway *gateway, sc__exchange **out, sc_error *err)
{
	const sc_gateway_ops *ops = gateway->ops;
	if (!ops || !SC_OPS_HAS(ops, sc_gateway_ops, start) || !SC_OPS_HAS(ops, sc_gateway_ops, finish))
		return sc__bad(err, SC_BAD_ARGUMENT, "gateway", "needs the operations start and finish");
	sc__exchange *exchange = env->resize(env->ctx, NULL, sizeof(*exchange));
	if (!exchange)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	*exchange = (sc__exchange){ .env = env, .gateway = *gateway };
	if (!env->mutex_init(env->ctx, &exchange->mutex)) {
		env->resize(env->ctx, exchange, 0);
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	}
	*out = exchange;
	return SC_OK;
}

void sc__exchange_free(sc__exchange *exchange)
{
	if (!exchange)
		return;
	const sc_env *env = exchange->env;
	env->mutex_clear(env->ctx, &exchange->mutex);
	env->resize(env->ctx, exchange, 0);
}

static void lock(sc__exchange *exchange)
{
	exchange->env->mutex_lock(exchange->env->ctx, &exchange->mutex);
}

static void unlock(sc__exchange *exchange)
{
	exchange->env->mutex_unlock(exchange->env->ctx, &exchange->mutex);
}

static int64_t now_ns(const sc__exchange *exchange)
{
	return exchange->env->mono_ns(exchange->env->ctx);
}

/* ---- open asks; with the lock held ---- */

/* The place of an attempt's ask: the end of its bucket when there is none. Ids of attempts are hashes but for their
 * beginning and their end. */
static sc__ask **place_of(sc__exchange *exchange, sc_id attempt)
{
	sc__ask **at = &exchange->open[((size_t)attempt.bytes[9] << 8 | attempt.bytes[10]) & (BUCKETS - 1)];
	while (*at && !sc_id_equal((*at)->request.attempt, attempt))
		at = &(*at)->next;
	return at;
}

static void close_ask(sc__exchange *exchange, sc__ask *ask, sc_status status)
{
	sc__ask **at = place_of(exchange, ask->request.attempt);
	if (*at == ask) /* not another one about the same attempt */
		*at = ask->next;
	ask->status = status;
	ask->done = true;
	if (ask->whose) {
		ask->whose->open--;
		return;
	}
	exchange->started--;
	ask->next = exchange->answered;
	exchange->answered = ask;
}

static void open_ask(sc__exchange *exchange, sc__ask *ask, struct sc__waiter *whose)
{
	sc__ask **at = place_of(exchange, ask->request.attempt);
	ask->done = false;
	ask->whose = whose;
	if (whose)
		whose->open++;
	else
		exchange->started++;
	if (*at) {
		close_ask(exchange, ask, SC_IN_PROGRESS);
		return;
	}
	ask->next = NULL;
	*at = ask;
}

/* ---- handing over ---- */

/* Into the list, so that an answer finds us even before the port's start has returned. */
static void enlist(sc__exchange *exchange, struct sc__waiter *me)
{
	lock(exchange);
	for (size_t i = 0; i < me->count; i++)
		open_ask(exchange, &me->asks[i], me);
	me->next = exchange->waiters;
	exchange->waiters = me;
	unlock(exchange);
}

/* Out of it; whoever else waits needs a leader. */
static void delist(sc__exchange *exchange, struct sc__waiter *me)
{
	struct sc__waiter **at = &exchange->waiters;
	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
	if (!exchange->led && exchange->waiters)
		exchange->env->unpark(exchange->env->ctx, &exchange->waiters->parker);
}

/* Closes what is open: nothing of it was sent. */
static void give_up(sc__exchange *exchange, struct sc__waiter *me, sc_status status)
{
	lock(exchange);
	for (size_t i = 0; i < me->count; i++)
		if (!me->asks[i].done)
			close_ask(exchange, &me->asks[i], status);
	unlock(exchange);
}

/* Offers each request that is not closed yet. What the port does not take was not sent. */
static void start_all(sc__exchange *exchange, const sc_call *call, struct sc__waiter *me)
{
	for (size_t i = 0; i < me->count; i++) {
		sc__ask *ask = &me->asks[i];
		lock(exchange);
		bool skip = ask->done;
		unlock(exchange);
		if (skip)
			continue;
		size_t accepted = 0;
		sc_status status = exchange->gateway.ops->start(exchange->gateway.ctx, call, &ask->request, 1,
		                                                &accepted, NULL);
		if (status == SC_OK && accepted == 1)
			continue;
		lock(exchange);
		if (!ask->done)
			close_ask(exchange, ask, status == SC_OK ? SC_BUSY : status);
		unlock(exchange);
	}
}

/* An answer that nobody waits for is dropped: the row is durable, and tick asks again. */
static void hand_out(sc__exchange *exchange, const sc_gateway_reply *replies, size_t count, struct sc__waiter *me)
{
	for (size_t i = 0; i < count; i++) {
		sc__ask *ask = *place_of(exchange, replies[i].attempt);
		if (!ask)
			continue;
		struct sc__waiter *whose = ask->whose;
		ask->reply = replies[i];
		close_ask(exchange, ask, replies[i].status);
		if (whose && whose != me && whose->open == 0)
			exchange->env->unpark(exchange->env->ctx, &whose->parker);
	}
}

/* One round as the leader. Called and returns with the lock held; the port runs without it. */
static bool lead(sc__exchange *exchange, struct sc__waiter *me)
{
	sc_gateway_reply replies[REPLIES_MAX];
	size_t count = 0;
	int64_t left_ns = me->until_ns - now_ns(exchange);
	exchange->led = true;
	unlock(exchange);
	sc_status status = exchange->gateway.ops->finish(exchange->gateway.ctx, REPLIES_MAX, left_ns / MS_IN_NS + 1,
	                                                 replies, &count, NULL);
	lock(exchange);
	exchange->led = false;
	if (status != SC_OK)
		return false;
	hand_out(exchange, replies, count, me);
	return true;
}

static void wait_all(sc__exchange *exchange, struct sc__waiter *me)
{
	lock(exchange);
	while (me->open > 0 && now_ns(exchange) < me->until_ns) {
		if (!exchange->led) {
			if (!lead(exchange, me))
				break;
			continue;
		}
		unlock(exchange);
		exchange->env->park(exchange->env->ctx, &me->parker, me->until_ns);
		lock(exchange);
	}
	for (size_t i = 0; i < me->count; i++)
		if (!me->asks[i].done)
			close_ask(exchange, &me->asks[i], SC_PAYMENT_UNKNOWN);
	delist(exchange, me);
	unlock(exchange);
}

static int64_t deadline_of(const sc__exchange *exchange, const sc_call *call, int64_t wait_ms)
{
	int64_t now = now_ns(exchange);
	int64_t until = wait_ms >= (SC_NEVER - now) / MS_IN_NS ? SC_NEVER : now + wait_ms * MS_IN_NS;
	return call->deadline_ns != 0 && call->deadline_ns < until ? call->deadline_ns : until;
}

sc_status sc__exchange_ask(sc__exchange *exchange, const sc_call *call, sc__ask *asks, size_t count, int64_t wait_ms,
                           sc_error *err)
{
	const sc_env *env = exchange->env;
	struct sc__waiter me = { .asks = asks, .count = count, .until_ns = deadline_of(exchange, call, wait_ms) };
	if (!env->parker_init(env->ctx, &me.parker))
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	enlist(exchange, &me);
	if (call->deadline_ns != 0 && now_ns(exchange) >= call->deadline_ns)
		give_up(exchange, &me, SC_DEADLINE);
	start_all(exchange, call, &me);
	wait_all(exchange, &me);
	env->parker_clear(env->ctx, &me.parker);
	return SC_OK;
}

/* ---- without waiting ---- */

/* Offers some requests. What the port does not take was not sent. */
static void start_some(sc__exchange *exchange, const sc_call *call, sc__ask *const *asks, size_t count)
{
	sc_gateway_request requests[STARTS_MAX] = { 0 };
	size_t accepted = 0;
	for (size_t i = 0; i < count; i++)
		requests[i] = asks[i]->request;
	sc_status status = exchange->gateway.ops->start(exchange->gateway.ctx, call, requests, count, &accepted, NULL);
	lock(exchange);
	for (size_t i = status == SC_OK ? accepted : 0; i < count; i++)
		close_ask(exchange, asks[i], status == SC_OK ? SC_BUSY : status);
	unlock(exchange);
}

void sc__exchange_start(sc__exchange *exchange, const sc_call *call, sc__ask *const *asks, size_t count)
{
	for (size_t i = 0; i < count;) {
		sc__ask *some[STARTS_MAX];
		size_t opened = 0;
		lock(exchange);
		for (; i < count && opened < STARTS_MAX; i++) {
			open_ask(exchange, asks[i], NULL);
			if (!asks[i]->done)
				some[opened++] = asks[i];
		}
		unlock(exchange);
		if (opened > 0)
			start_some(exchange, call, some, opened);
	}
}

void sc__exchange_poll(sc__exchange *exchange)
{
	sc_gateway_reply replies[REPLIES_MAX];
	size_t count = REPLIES_MAX;
	lock(exchange);
	while (exchange->started > 0 && count == REPLIES_MAX) {
		unlock(exchange);
		sc_status status = exchange->gateway.ops->finish(exchange->gateway.ctx, REPLIES_MAX, 0, replies, &count,
		                                                 NULL);
		lock(exchange);
		if (status != SC_OK)
			break;
		hand_out(exchange, replies, count, NULL);
	}
	unlock(exchange);
}

sc__ask *sc__exchange_take(sc__exchange *exchange)
{
	lock(exchange);
	sc__ask *ask = exchange->answered;
	if (ask)
		exchange->answered = ask->next;
	unlock(exchange);
	return ask;
}

void sc__exchange_give_up(sc__exchange *exchange, sc__ask *ask)
{
	lock(exchange);
	if (!ask->done)
		close_ask(exchange, ask, SC_PAYMENT_UNKNOWN);
	unlock(exchange);
}
