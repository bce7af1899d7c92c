/*
 * The way from a process to a payment provider. A real process has a connection of its own, so an
 * answer goes to whoever asked last for that attempt, and is lost when that process died.
 */
#include "testkit/sim/sim.h"

#include <string.h>

#define LATE_CALLS  5
#define MS_IN_NS    INT64_C(1000000)
#define DRAIN       8    /* answers fetched at once */
#define WAIT_MS_MAX 1000 /* between two looks at the provider */

/* One attempt that was asked about, and its answer when there is one. */
struct question {
	struct question *next;
	sc_id attempt;
	uint32_t process;
	bool answered;
	sc_gateway_reply reply;
};

struct shared_gateway {
	struct shared_gateway *next;
	void *inner_ctx;
	sc_gateway_ops borrowed;
	sc_gateway faulty;
	struct question *questions; /* oldest first */
};

struct way {
	sc_sim *sim;
	const sc_env *env;
	uint32_t process;
	struct shared_gateway *shared;
	sc_gateway_ops ops;
};

/* false: no memory. */
static bool remember(struct way *way, const sc_gateway_request *request)
{
	const sc_env *world = sc_sim_env(way->sim, SC_SIM_WORLD);
	struct question **last = &way->shared->questions;
	struct question *question = world->resize(world->ctx, NULL, sizeof(*question));

	if (question == NULL)
		return false;
	memset(question, 0, sizeof(*question));
	question->attempt = request->attempt;
	question->process = way->process;
	while (*last != NULL)
		last = &(*last)->next;
	*last = question;
	return true;
}

static sc_status way_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                           size_t *accepted, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = sc__sim_lot(way->sim, false);
	sc_status status;

	if (fault == SC_FAULT_DIE_BEFORE)
		sc__sim_die(way->sim);
	if (fault != SC_FAULT_NONE && fault != SC_FAULT_DIE_BEFORE && fault != SC_FAULT_DIE_AFTER)
		sc_faulty_gateway_script(&way->shared->faulty, SC_FAULTY_START, 1, fault, SC_OK, NULL);
	for (size_t i = 0; i < count; i++) {
		if (!remember(way, &requests[i]))
			return sc__sim_complain(err, SC_NO_MEMORY, "no memory for a question");
	}
	status = way->shared->faulty.ops->start(way->shared->faulty.ctx, call, requests, count, accepted, err);
	if (fault == SC_FAULT_DIE_AFTER)
		sc__sim_die(way->sim);
	sc_sim_yield(way->sim);
	return status;
}

/* An answer belongs to whoever asked last; without a question it is lost. */
static void file(struct shared_gateway *shared, const sc_gateway_reply *reply)
{
	struct question *newest = NULL;

	for (struct question *q = shared->questions; q != NULL; q = q->next) {
		if (!q->answered && sc_id_equal(q->attempt, reply->attempt))
			newest = q;
	}
	if (newest == NULL)
		return;
	newest->answered = true;
	newest->reply = *reply;
}

static void drain(struct shared_gateway *shared)
{
	sc_gateway_reply replies[DRAIN];
	size_t count;

	do {
		count = 0;
		if (shared->borrowed.finish(shared->inner_ctx, DRAIN, 0, replies, &count, NULL) != SC_OK)
			return;
		for (size_t i = 0; i < count; i++)
			file(shared, &replies[i]);
	} while (count == DRAIN);
}

/* Takes what was answered to this process out. */
static size_t collect(struct way *way, size_t max, sc_gateway_reply *out)
{
	const sc_env *world = sc_sim_env(way->sim, SC_SIM_WORLD);
	struct question **at = &way->shared->questions;
	size_t count = 0;

	while (*at != NULL && count < max) {
		struct question *q = *at;

		if (q->process != way->process || !q->answered) {
			at = &q->next;
			continue;
		}
		out[count++] = q->reply;
		*at = q->next;
		world->resize(world->ctx, q, 0);
	}
	return count;
}

static sc_status way_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                            sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = sc__sim_lot(way->sim, true);
	int64_t until = way->sim->now_ns + timeout_ms * MS_IN_NS;
	size_t got;

	if (fault == SC_FAULT_DIE_BEFORE)
		sc__sim_die(way->sim);
	if (fault == SC_FAULT_FAIL)
		return sc__sim_complain(err, SC_SERVICE_FAILED, "a planned fault: failed");
	for (int64_t wait_ms = 1;; wait_ms = wait_ms < WAIT_MS_MAX ? wait_ms * 2 : WAIT_MS_MAX) {
		drain(way->shared);
		got = collect(way, max, out);
		if (got > 0 || way->sim->now_ns >= until)
			break;
		sc_sim_sleep_ms(way->sim, wait_ms);
	}
	if (fault == SC_FAULT_DIE_AFTER)
		sc__sim_die(way->sim);
	*count = got;
	return SC_OK;
}

static sc_status way_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
                             sc_gateway_event *out, sc_error *err)
{
	struct way *way = ctx;

	return way->shared->borrowed.webhook(way->shared->inner_ctx, call, body, signature_header, out, err);
}

static void way_close(void *ctx)
{
	struct way *way = ctx;

	way->env->resize(way->env->ctx, way, 0);
}

static struct shared_gateway *share(sc_sim *sim, sc_gateway inner, sc_error *err)
{
	const sc_env *world = sc_sim_env(sim, SC_SIM_WORLD);
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;
	struct shared_gateway *shared;

	for (shared = sim->gateways; shared != NULL; shared = shared->next) {
		if (shared->inner_ctx == inner.ctx)
			return shared;
	}
	shared = world->resize(world->ctx, NULL, sizeof(*shared));
	if (shared == NULL) {
		sc__sim_complain(err, SC_NO_MEMORY, "no memory for a shared gateway");
		return NULL;
	}
	memset(shared, 0, sizeof(*shared));
	shared->inner_ctx = inner.ctx;
	shared->borrowed = *inner.ops;
	shared->borrowed.close = NULL;
	options.late_calls = LATE_CALLS;
	if (sc_faulty_gateway_open(world, (sc_gateway){ &shared->borrowed, inner.ctx }, &options, &shared->faulty,
	                           err) != SC_OK) {
		world->resize(world->ctx, shared, 0);
		return NULL;
	}
	shared->next = sim->gateways;
	sim->gateways = shared;
	return shared;
}

sc_status sc_sim_gateway(sc_sim *sim, uint32_t process, sc_gateway inner, sc_gateway *out, sc_error *err)
{
	const sc_env *env = sc_sim_env(sim, process);
	struct shared_gateway *shared;
	struct way *way;

	if (env == NULL)
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "no such process");
	if (inner.ops->size != sizeof(sc_gateway_ops))
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "the gateway was compiled against another header");
	shared = share(sim, inner, err);
	if (shared == NULL)
		return SC_NO_MEMORY;
	way = env->resize(env->ctx, NULL, sizeof(*way));
	if (way == NULL)
		return sc__sim_complain(err, SC_NO_MEMORY, "no memory for the way to a gateway");
	*way = (struct way){ .sim = sim, .env = env, .process = process, .shared = shared };
	way->ops = (sc_gateway_ops){
		.size = sizeof(way->ops),
		.name = inner.ops->name,
		.start = way_start,
		.finish = way_finish,
		.webhook = inner.ops->webhook != NULL ? way_webhook : NULL,
		.close = way_close,
	};
	*out = (sc_gateway){ &way->ops, way };
	return SC_OK;
}

void sc__sim_forget_asker(sc_sim *sim, uint32_t process)
{
	const sc_env *world = sc_sim_env(sim, SC_SIM_WORLD);

	for (struct shared_gateway *shared = sim->gateways; shared != NULL; shared = shared->next) {
		struct question **at = &shared->questions;

		while (*at != NULL) {
			struct question *q = *at;

			if (process != SC_SIM_WORLD && q->process != process) {
				at = &q->next;
				continue;
			}
			*at = q->next;
			world->resize(world->ctx, q, 0);
		}
	}
}

void sc__sim_land_gateways(sc_sim *sim)
{
	for (struct shared_gateway *shared = sim->gateways; shared != NULL; shared = shared->next) {
		size_t landed = 0;

		sc_faulty_gateway_land(&shared->faulty, &landed, NULL);
		sim->report.landed += landed;
	}
}

void sc__sim_free_gateways(sc_sim *sim)
{
	const sc_env *world = sc_sim_env(sim, SC_SIM_WORLD);

	sc__sim_forget_asker(sim, SC_SIM_WORLD);
	while (sim->gateways != NULL) {
		struct shared_gateway *shared = sim->gateways;

		sim->gateways = shared->next;
		shared->faulty.ops->close(shared->faulty.ctx);
		world->resize(world->ctx, shared, 0);
	}
}
