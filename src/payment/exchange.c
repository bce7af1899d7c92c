#include "payment/exchange.h"

#include "base/error.h"

#include <shopcore/port/store.h>

#define MS_IN_NS    1000000LL
#define REPLIES_MAX 8 /* taken from the port at once; on the leader's stack */

/* A thread that waits. On its own stack, in the list while it has open asks. */
struct waiter {
	sc_parker parker;
	sc__ask *asks;
	size_t count, open;
	int64_t until_ns;
	struct waiter *next;
};

struct sc__exchange {
	const sc_env *env;
	sc_gateway gateway;
	sc_mutex mutex; /* of the two below, and of the asks of everybody in the list */
	struct waiter *waiters;
	bool led; /* one of them is in the port */
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

/* Who waits for the answer to this attempt. NULL: nobody any more. */
static sc__ask *find_open(sc__exchange *exchange, sc_id attempt, struct waiter **whose)
{
	for (struct waiter *waiter = exchange->waiters; waiter; waiter = waiter->next) {
		for (size_t i = 0; i < waiter->count; i++) {
			if (waiter->asks[i].done || !sc_id_equal(waiter->asks[i].request.attempt, attempt))
				continue;
			*whose = waiter;
			return &waiter->asks[i];
		}
	}
	return NULL;
}

static void close_ask(struct waiter *waiter, sc__ask *ask, sc_status status)
{
	ask->status = status;
	ask->done = true;
	waiter->open--;
}

/* Into the list, so that an answer finds us even before the port's start has returned. */
static void enlist(sc__exchange *exchange, struct waiter *me)
{
	lock(exchange);
	for (size_t i = 0; i < me->count; i++) {
		struct waiter *other;
		sc__ask *ask = &me->asks[i];
		ask->done = false;
		me->open++;
		if (find_open(exchange, ask->request.attempt, &other))
			close_ask(me, ask, SC_IN_PROGRESS);
	}
	me->next = exchange->waiters;
	exchange->waiters = me;
	unlock(exchange);
}

/* Out of it; whoever else waits needs a leader. */
static void delist(sc__exchange *exchange, struct waiter *me)
{
	struct waiter **at = &exchange->waiters;
	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
	if (!exchange->led && exchange->waiters)
		exchange->env->unpark(exchange->env->ctx, &exchange->waiters->parker);
}

/* Closes what is open: nothing of it was sent. */
static void give_up(sc__exchange *exchange, struct waiter *me, sc_status status)
{
	lock(exchange);
	for (size_t i = 0; i < me->count; i++)
		if (!me->asks[i].done)
			close_ask(me, &me->asks[i], status);
	unlock(exchange);
}

/* Offers each request that is not closed yet. What the port does not take was not sent. */
static void start_all(sc__exchange *exchange, const sc_call *call, struct waiter *me)
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
			close_ask(me, ask, status == SC_OK ? SC_BUSY : status);
		unlock(exchange);
	}
}

/* An answer that nobody waits for is dropped: the row is durable, and tick asks again. */
static void hand_out(sc__exchange *exchange, const sc_gateway_reply *replies, size_t count, struct waiter *me)
{
	for (size_t i = 0; i < count; i++) {
		struct waiter *whose;
		sc__ask *ask = find_open(exchange, replies[i].attempt, &whose);
		if (!ask)
			continue;
		ask->reply = replies[i];
		close_ask(whose, ask, replies[i].status);
		if (whose != me && whose->open == 0)
			exchange->env->unpark(exchange->env->ctx, &whose->parker);
	}
}

/* One round as the leader. Called and returns with the lock held; the port runs without it. */
static bool lead(sc__exchange *exchange, struct waiter *me)
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

static void wait_all(sc__exchange *exchange, struct waiter *me)
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
			close_ask(me, &me->asks[i], SC_PAYMENT_UNKNOWN);
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
	struct waiter me = { .asks = asks, .count = count, .until_ns = deadline_of(exchange, call, wait_ms) };
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
