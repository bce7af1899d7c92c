/*
 * See combiner.h.
 *
 * A request waits on the stack of its caller, in a queue that one lock guards. Whoever carries takes
 * requests from the front, lays their groups side by side, applies them, and completes each request.
 * How a request is completed is a function of its own, and carrying knows nothing of the thread it
 * runs on: requests that are submitted instead of waited for join the same queue.
 */
#include "store/combiner.h"

#include "store/apply_halved.h"

#include "base/error.h"

#include <string.h>
#include <sys/queue.h>

#define GROUPS_MAX 1000
#define QUEUE_MAX  4096

enum request_state {
	REQUEST_QUEUED,
	REQUEST_CARRIED,
	REQUEST_LEADS, /* its owner is to carry: still in the queue, at the front */
	REQUEST_DONE
};

struct request {
	TAILQ_ENTRY(request) link;
	const sc_call *call;
	const sc_group *groups;
	size_t count;
	sc_outcome *outcomes;
	sc_error *err;
	sc_status status;
	enum request_state state;
	/* Called with the combiner's lock held, when `status` is set: after it the request is its owner's again. */
	void (*complete)(sc__combiner *combiner, struct request *request);
	sc_parker parker;
};

TAILQ_HEAD(request_queue, request);

struct sc__combiner {
	const sc_env *env;
	const sc_store *store;
	uint32_t groups_max, queue_max;
	sc_mutex lock; /* guards the queue, states of requests, and `carried` */
	struct request_queue queue;
	uint32_t queued;
	bool carried; /* somebody carries, or was asked to */
	/* the carrier's alone */
	sc_group *groups;
	sc_outcome *outcomes;
};

static void lock(sc__combiner *combiner)
{
	combiner->env->mutex_lock(combiner->env->ctx, &combiner->lock);
}

static void unlock(sc__combiner *combiner)
{
	combiner->env->mutex_unlock(combiner->env->ctx, &combiner->lock);
}

/* ---- making one ---- */

static bool make_parts(sc__combiner *combiner)
{
	const sc_env *env = combiner->env;
	combiner->groups = env->resize(env->ctx, NULL, combiner->groups_max * sizeof *combiner->groups);
	combiner->outcomes = env->resize(env->ctx, NULL, combiner->groups_max * sizeof *combiner->outcomes);
	return combiner->groups != NULL && combiner->outcomes != NULL && env->mutex_init(env->ctx, &combiner->lock);
}

static void free_parts(sc__combiner *combiner)
{
	const sc_env *env = combiner->env;
	if (combiner->groups != NULL)
		env->resize(env->ctx, combiner->groups, 0);
	if (combiner->outcomes != NULL)
		env->resize(env->ctx, combiner->outcomes, 0);
	env->resize(env->ctx, combiner, 0);
}

static uint32_t groups_at_once(const sc_store_info *info, const sc__combiner_options *options)
{
	uint32_t most = options == NULL || options->groups_max == 0 ? GROUPS_MAX : options->groups_max;
	return info->groups_max != 0 && info->groups_max < most ? info->groups_max : most;
}

sc_status sc__combiner_new(const sc_env *env, const sc_store *store, const sc__combiner_options *options,
                           sc__combiner **out, sc_error *err)
{
	sc_store_info info = { .size = sizeof info };
	sc_status status = store->ops->info(store->ctx, &info, err);
	if (status != SC_OK)
		return status;
	sc__combiner *combiner = env->resize(env->ctx, NULL, sizeof *combiner);
	if (combiner == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a combiner");
	*combiner = (sc__combiner){ .env = env, .store = store, .groups_max = groups_at_once(&info, options) };
	combiner->queue_max = options == NULL || options->queue_max == 0 ? QUEUE_MAX : options->queue_max;
	TAILQ_INIT(&combiner->queue);
	if (!make_parts(combiner)) {
		free_parts(combiner);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a combiner");
	}
	*out = combiner;
	return SC_OK;
}

void sc__combiner_free(sc__combiner *combiner)
{
	if (combiner == NULL)
		return;
	combiner->env->mutex_clear(combiner->env->ctx, &combiner->lock);
	free_parts(combiner);
}

/* ---- the queue; all with the lock held ---- */

static void take_out(sc__combiner *combiner, struct request *request)
{
	TAILQ_REMOVE(&combiner->queue, request, link);
	combiner->queued--;
}

static void finish(sc__combiner *combiner, struct request *request, sc_status status)
{
	request->status = status;
	request->complete(combiner, request);
}

static bool is_late(const sc__combiner *combiner, const struct request *request)
{
	int64_t deadline_ns = request->call->deadline_ns;
	return deadline_ns != 0 && combiner->env->mono_ns(combiner->env->ctx) >= deadline_ns;
}

static sc_status late(sc_error *err)
{
	return sc__fail(err, SC_DEADLINE, "the deadline passed while waiting to be carried");
}

/* Moves as many requests as fit in one batch from the queue to `batch`; the late ones are told so. A request
 * larger than a batch goes alone. */
static void gather(sc__combiner *combiner, struct request_queue *batch)
{
	size_t groups = 0;
	struct request *request = TAILQ_FIRST(&combiner->queue);
	while (request != NULL) {
		struct request *next = TAILQ_NEXT(request, link);
		if (is_late(combiner, request)) {
			take_out(combiner, request);
			finish(combiner, request, late(request->err));
		} else if (groups > 0 && request->count > combiner->groups_max - groups) {
			return;
		} else {
			take_out(combiner, request);
			request->state = REQUEST_CARRIED;
			TAILQ_INSERT_TAIL(batch, request, link);
			groups += request->count;
			if (groups >= combiner->groups_max)
				return;
		}
		request = next;
	}
}

/* Asks the first who waits to carry, or leaves the line free. */
static void hand_over(sc__combiner *combiner)
{
	struct request *first = TAILQ_FIRST(&combiner->queue);
	combiner->carried = first != NULL;
	if (first == NULL)
		return;
	first->state = REQUEST_LEADS;
	combiner->env->unpark(combiner->env->ctx, &first->parker);
}

/* ---- carrying; without the lock ---- */

/* The latest deadline of all, for the store's own waiting: none when one of them has none. */
static sc_call call_of(const struct request_queue *batch)
{
	const struct request *request = TAILQ_FIRST(batch);
	sc_call call = *request->call;
	TAILQ_FOREACH(request, batch, link)
	{
		int64_t deadline_ns = request->call->deadline_ns;
		if (deadline_ns == 0 || (call.deadline_ns != 0 && deadline_ns > call.deadline_ns))
			call.deadline_ns = deadline_ns;
		if (deadline_ns == 0)
			break;
	}
	return call;
}

static void apply_alone(sc__combiner *combiner, struct request *request)
{
	request->status = sc__apply_halved(combiner->store, combiner->groups_max, request->call, request->groups,
	                                   request->count, request->outcomes, request->err);
}

/* What a request's part of a batch comes to: its own failure or unknown when there is nothing else in it. */
static sc_status part_status(const sc_outcome *outcomes, size_t count, sc_status whole)
{
	if (whole != SC_OK)
		return whole;
	sc_status first = outcomes[0].status;
	if (!sc_status_is_failure(first) && !sc_status_is_unknown(first))
		return SC_OK;
	for (size_t i = 1; i < count; i++)
		if (outcomes[i].status != first)
			return SC_OK;
	return first;
}

/* Hands a request its part of the outcomes, and of the error what is about it. */
static void deal(struct request *request, const sc_outcome *outcomes, size_t offset, sc_status whole,
                 const sc_error *err)
{
	request->status = part_status(outcomes + offset, request->count, whole);
	memcpy(request->outcomes, outcomes + offset, request->count * sizeof *outcomes);
	if (request->err == NULL || err->status == SC_OK)
		return;
	bool about_one = sc_status_is_bad_input(err->status) && err->index >= 0;
	bool mine = (size_t)err->index >= offset && (size_t)err->index < offset + request->count;
	if (about_one && mine) {
		*request->err = *err;
		request->err->index -= (int32_t)offset;
	} else if (request->status == err->status) {
		*request->err = *err;
	} else if (request->status != SC_OK) {
		sc__fail(request->err, request->status, "%s", sc_status_text(request->status));
	}
}

static void apply_together(sc__combiner *combiner, struct request_queue *batch)
{
	struct request *request;
	size_t count = 0;
	TAILQ_FOREACH(request, batch, link)
	{
		memcpy(combiner->groups + count, request->groups, request->count * sizeof *request->groups);
		memcpy(combiner->outcomes + count, request->outcomes, request->count * sizeof *request->outcomes);
		count += request->count;
	}
	const sc_call call = call_of(batch);
	sc_error err = SC_ERROR_INIT;
	sc_status whole = sc__apply_halved(combiner->store, combiner->groups_max, &call, combiner->groups, count,
	                                   combiner->outcomes, &err);
	size_t offset = 0;
	TAILQ_FOREACH(request, batch, link)
	{
		deal(request, combiner->outcomes, offset, whole, &err);
		offset += request->count;
	}
}

/* One batch from the queue: called with the lock held and returns with it, but lets go in between. */
static void carry(sc__combiner *combiner)
{
	struct request_queue batch = TAILQ_HEAD_INITIALIZER(batch);
	gather(combiner, &batch);
	struct request *request = TAILQ_FIRST(&batch);
	if (request == NULL)
		return;
	unlock(combiner);
	if (TAILQ_NEXT(request, link) == NULL)
		apply_alone(combiner, request);
	else
		apply_together(combiner, &batch);
	lock(combiner);
	while ((request = TAILQ_FIRST(&batch)) != NULL) {
		TAILQ_REMOVE(&batch, request, link);
		finish(combiner, request, request->status);
	}
}

/* The carrier's turn, its own request at the front: one batch with it, at most one more, and on to the next. */
static void lead(sc__combiner *combiner)
{
	carry(combiner);
	if (!TAILQ_EMPTY(&combiner->queue))
		carry(combiner);
	hand_over(combiner);
}

/* ---- waiting for the outcome ---- */

/* Under the lock, so that the waiter cannot see the end and take its parker away before it was used. */
static void wake(sc__combiner *combiner, struct request *request)
{
	request->state = REQUEST_DONE;
	combiner->env->unpark(combiner->env->ctx, &request->parker);
}

/* The owner is the carrier itself. */
static void note(sc__combiner *combiner, struct request *request)
{
	(void)combiner;
	request->state = REQUEST_DONE;
}

/* Sleeps until the request is done, its owner is to carry, or its deadline passes before anybody took it. */
static void wait_in_line(sc__combiner *combiner, struct request *request)
{
	const sc_env *env = combiner->env;
	int64_t deadline_ns = request->call->deadline_ns == 0 ? SC_NEVER : request->call->deadline_ns;
	while (request->state == REQUEST_QUEUED || request->state == REQUEST_CARRIED) {
		int64_t until_ns = request->state == REQUEST_QUEUED ? deadline_ns : SC_NEVER;
		unlock(combiner);
		bool woken = env->park(env->ctx, &request->parker, until_ns);
		lock(combiner);
		if (!woken && request->state == REQUEST_QUEUED) {
			take_out(combiner, request);
			request->status = late(request->err);
			request->state = REQUEST_DONE;
		}
	}
}

/* Somebody else carries: joins the line. Called with the lock held. */
static void queue_and_wait(sc__combiner *combiner, struct request *request)
{
	TAILQ_INSERT_TAIL(&combiner->queue, request, link);
	combiner->queued++;
	wait_in_line(combiner, request);
	if (request->state == REQUEST_LEADS) {
		request->complete = note;
		lead(combiner);
	}
}

/* The line is free: carries. Called with the lock held. */
static void lead_at_once(sc__combiner *combiner, struct request *request)
{
	combiner->carried = true;
	TAILQ_INSERT_HEAD(&combiner->queue, request, link);
	combiner->queued++;
	request->complete = note;
	lead(combiner);
}

static sc_status apply_waiting(sc__combiner *combiner, struct request *request)
{
	const sc_env *env = combiner->env;
	if (!env->parker_init(env->ctx, &request->parker))
		return sc__fail(request->err, SC_NO_MEMORY, "no place to wait");
	lock(combiner);
	if (!combiner->carried)
		lead_at_once(combiner, request);
	else if (combiner->queued < combiner->queue_max)
		queue_and_wait(combiner, request);
	else
		request->status = sc__fail(request->err, SC_BUSY, "too many wait for this store already");
	unlock(combiner);
	env->parker_clear(env->ctx, &request->parker);
	return request->status;
}

sc_status sc__combiner_apply(sc__combiner *combiner, const sc_call *call, const sc_group *groups, size_t count,
                             sc_outcome *outcomes, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	struct request request = {
		.call = call, .groups = groups, .count = count, .outcomes = outcomes, .err = err, .complete = wake
	};
	lock(combiner);
	bool free = !combiner->carried;
	if (free)
		lead_at_once(combiner, &request);
	unlock(combiner);
	return free ? request.status : apply_waiting(combiner, &request);
}
