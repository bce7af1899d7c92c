/*
 * See combiner.h.
 *
 * A request waits on the stack of its caller, in a queue that one lock guards. Whoever carries takes
 * requests from the front, lays their groups side by side, applies them, and completes each request.
 *
 * Waking somebody is a call to the system, and whoever is woken wants the lock: so a batch is marked as done under
 * the lock, and its callers are woken behind it. By then a request may be gone with its caller's stack. What is
 * woken is therefore a seat, which belongs to the combiner and outlives them all; who gets a seat too early woken
 * looks again and goes back to sleep.
 */
#include "store/combiner.h"

#include "store/apply_halved.h"

#include "base/error.h"

#include <string.h>
#include <sys/queue.h>

#define GROUPS_MAX 1000
#define QUEUE_MAX  4096

#define GATHER_GROUPS 64      /* so many groups are worth a commit of their own */
#define GATHER_MAX_NS 1000000 /* nobody is waited for longer */
#define MISSES_MAX    6       /* who waited in vain so often does so for every 64th batch only */

enum request_state { REQUEST_QUEUED, REQUEST_CARRIED, REQUEST_DONE };

struct seat {
	SLIST_ENTRY(seat) link;
	sc_parker parker;
};

SLIST_HEAD(seat_list, seat);

struct request {
	TAILQ_ENTRY(request) link;
	const sc_call *call;
	const sc_group *groups;
	size_t count;
	sc_outcome *outcomes;
	sc_error *err;
	sc_status status;
	enum request_state state;
	struct seat *seat; /* NULL: its owner is awake */
};

TAILQ_HEAD(request_queue, request);

struct sc__combiner {
	const sc_env *env;
	const sc_store *store;
	uint32_t groups_max, queue_max;
	sc_mutex lock; /* guards what follows, and states of requests */
	struct request_queue queue;
	uint32_t queued;
	size_t queued_groups;
	struct seat_list seats; /* that nobody sits on */
	bool carried;
	struct request *watcher; /* nobody carries, and it looks whether those who are expected have come */
	uint32_t expected;       /* requests, until `gather_until_ns` */
	int64_t gather_until_ns;
	uint32_t misses, rest; /* how often in a row they did not come; batches until they are expected again */
	/* the carrier's alone */
	sc_group *groups;
	sc_outcome *outcomes;
	struct seat **woken;
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
	combiner->woken = env->resize(env->ctx, NULL, combiner->groups_max * sizeof(*combiner->woken));
	return combiner->groups != NULL && combiner->outcomes != NULL && combiner->woken != NULL &&
	       env->mutex_init(env->ctx, &combiner->lock);
}

static void free_parts(sc__combiner *combiner)
{
	const sc_env *env = combiner->env;
	struct seat *seat;
	while ((seat = SLIST_FIRST(&combiner->seats)) != NULL) {
		SLIST_REMOVE_HEAD(&combiner->seats, link);
		env->parker_clear(env->ctx, &seat->parker);
		env->resize(env->ctx, seat, 0);
	}
	if (combiner->groups != NULL)
		env->resize(env->ctx, combiner->groups, 0);
	if (combiner->outcomes != NULL)
		env->resize(env->ctx, combiner->outcomes, 0);
	if (combiner->woken != NULL)
		env->resize(env->ctx, combiner->woken, 0);
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
	SLIST_INIT(&combiner->seats);
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

/* ---- seats; with the lock held ---- */

static struct seat *sit_down(sc__combiner *combiner)
{
	const sc_env *env = combiner->env;
	struct seat *seat = SLIST_FIRST(&combiner->seats);
	if (seat != NULL) {
		SLIST_REMOVE_HEAD(&combiner->seats, link);
		return seat;
	}
	seat = env->resize(env->ctx, NULL, sizeof *seat);
	if (seat != NULL && !env->parker_init(env->ctx, &seat->parker)) {
		env->resize(env->ctx, seat, 0);
		seat = NULL;
	}
	return seat;
}

static void stand_up(sc__combiner *combiner, struct request *request)
{
	SLIST_INSERT_HEAD(&combiner->seats, request->seat, link);
	request->seat = NULL;
}

static void wake(sc__combiner *combiner, struct seat *seat)
{
	combiner->env->unpark(combiner->env->ctx, &seat->parker);
}

/* ---- the queue; all with the lock held ---- */

static void put_in(sc__combiner *combiner, struct request *request)
{
	TAILQ_INSERT_TAIL(&combiner->queue, request, link);
	combiner->queued++;
	combiner->queued_groups += request->count;
}

static void take_out(sc__combiner *combiner, struct request *request)
{
	TAILQ_REMOVE(&combiner->queue, request, link);
	combiner->queued--;
	combiner->queued_groups -= request->count;
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
			request->status = late(request->err);
			request->state = REQUEST_DONE;
			if (request->seat != NULL)
				wake(combiner, request->seat);
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

/* ---- gathering; with the lock held ---- */

static int64_t now_ns(const sc__combiner *combiner)
{
	return combiner->env->mono_ns(combiner->env->ctx);
}

/* An eighth may be missing: it will be there for the next batch. */
static bool have_come(const sc__combiner *combiner)
{
	return combiner->queued >= combiner->expected - combiner->expected / 8 ||
	       combiner->queued_groups >= GATHER_GROUPS || combiner->queued >= combiner->queue_max;
}

static bool is_gathered(const sc__combiner *combiner)
{
	return have_come(combiner) || now_ns(combiner) >= combiner->gather_until_ns;
}

/* Whoever was answered just now may be back at once, and whoever waits is there already: they are worth waiting for,
 * as long as the last batch took. */
static void expect(sc__combiner *combiner, uint32_t answered, int64_t took_ns)
{
	combiner->expected = 0;
	if (combiner->rest > 0) {
		combiner->rest--;
		return;
	}
	combiner->expected = answered + combiner->queued;
	combiner->gather_until_ns = now_ns(combiner) + (took_ns < GATHER_MAX_NS ? took_ns : GATHER_MAX_NS);
}

/* They came or they did not: then they are not expected for some batches. */
static void learn_from(sc__combiner *combiner)
{
	if (have_come(combiner)) {
		if (combiner->expected > 1)
			combiner->misses = 0;
		return;
	}
	if (combiner->misses < MISSES_MAX)
		combiner->misses++;
	combiner->rest = 1u << combiner->misses;
}

/* Nobody carries any more: whoever waits longest sees to it that it goes on. */
static void appoint(sc__combiner *combiner)
{
	combiner->watcher = TAILQ_FIRST(&combiner->queue);
	if (combiner->watcher != NULL)
		wake(combiner, combiner->watcher->seat);
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

/* Tells everybody in a batch; with the lock held, which is let go of while they are woken. */
static void complete(sc__combiner *combiner, struct request_queue *batch, int64_t took_ns)
{
	struct request *request;
	uint32_t answered = 0, sleeping = 0;
	while ((request = TAILQ_FIRST(batch)) != NULL) {
		TAILQ_REMOVE(batch, request, link);
		request->state = REQUEST_DONE;
		answered++;
		if (request->seat != NULL)
			combiner->woken[sleeping++] = request->seat;
	}
	expect(combiner, answered, took_ns);
	unlock(combiner);
	for (uint32_t i = 0; i < sleeping; i++)
		wake(combiner, combiner->woken[i]);
	lock(combiner);
}

/* One batch from the queue: called with the lock held and returns with it, but lets go in between. */
static void carry(sc__combiner *combiner)
{
	struct request_queue batch = TAILQ_HEAD_INITIALIZER(batch);
	gather(combiner, &batch);
	const struct request *first = TAILQ_FIRST(&batch);
	if (first == NULL)
		return;
	unlock(combiner);
	const int64_t begin_ns = now_ns(combiner);
	if (TAILQ_NEXT(first, link) == NULL)
		apply_alone(combiner, TAILQ_FIRST(&batch));
	else
		apply_together(combiner, &batch);
	const int64_t took_ns = now_ns(combiner) - begin_ns;
	lock(combiner);
	complete(combiner, &batch, took_ns);
}

/* The carrier's turn: one batch with its own request in front. */
static void lead(sc__combiner *combiner, struct request *request)
{
	learn_from(combiner);
	struct seat *seat = request->seat;
	request->seat = NULL; /* awake */
	combiner->carried = true;
	combiner->watcher = NULL;
	TAILQ_REMOVE(&combiner->queue, request, link);
	TAILQ_INSERT_HEAD(&combiner->queue, request, link);
	carry(combiner);
	combiner->carried = false;
	request->seat = seat;
	appoint(combiner);
}

/* ---- waiting for the outcome; with the lock held ---- */

static int64_t wait_until(const sc__combiner *combiner, const struct request *request)
{
	const int64_t deadline_ns = request->call->deadline_ns == 0 ? SC_NEVER : request->call->deadline_ns;
	if (request->state != REQUEST_QUEUED)
		return SC_NEVER;
	if (combiner->watcher == request && combiner->gather_until_ns < deadline_ns)
		return combiner->gather_until_ns;
	return deadline_ns;
}

static void give_up(sc__combiner *combiner, struct request *request)
{
	take_out(combiner, request);
	request->status = late(request->err);
	request->state = REQUEST_DONE;
	if (combiner->watcher == request)
		appoint(combiner);
}

/* Sleeps until the request is done, its owner has to carry, or its deadline passes before anybody took it. */
static void wait_in_line(sc__combiner *combiner, struct request *request)
{
	const sc_env *env = combiner->env;
	while (request->state != REQUEST_DONE) {
		if (!combiner->carried && combiner->watcher == NULL)
			combiner->watcher = request;
		if (combiner->watcher == request && is_gathered(combiner)) {
			lead(combiner, request);
			continue;
		}
		const int64_t until_ns = wait_until(combiner, request);
		unlock(combiner);
		bool woken = env->park(env->ctx, &request->seat->parker, until_ns);
		lock(combiner);
		if (!woken && request->state == REQUEST_QUEUED && is_late(combiner, request))
			give_up(combiner, request);
	}
}

static void join(sc__combiner *combiner, struct request *request)
{
	if (combiner->queued >= combiner->queue_max) {
		request->status = sc__fail(request->err, SC_BUSY, "too many wait for this store already");
		return;
	}
	put_in(combiner, request);
	if (!combiner->carried && is_gathered(combiner)) {
		lead(combiner, request);
		return;
	}
	request->seat = sit_down(combiner);
	if (request->seat == NULL) {
		take_out(combiner, request);
		request->status = sc__fail(request->err, SC_NO_MEMORY, "no place to wait");
		return;
	}
	wait_in_line(combiner, request);
	stand_up(combiner, request);
}

sc_status sc__combiner_apply(sc__combiner *combiner, const sc_call *call, const sc_group *groups, size_t count,
                             sc_outcome *outcomes, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	struct request request = { .call = call, .groups = groups, .count = count, .outcomes = outcomes, .err = err };
	lock(combiner);
	join(combiner, &request);
	unlock(combiner);
	return request.status;
}
