/*
 * The way from a process to a store. The faulty wrapper does the damage, once for each store that is
 * shared, so that what lands late does so even when its sender is dead; here are the yields, the dice
 * and the deaths.
 */
#include "testkit/sim/sim.h"

#include <string.h>

#define LATE_CALLS 9 /* a late group is overtaken by so many calls */

struct shared_store {
	struct shared_store *next;
	void *inner_ctx;
	sc_store_ops borrowed; /* the inner table without its close: whoever opened it closes it */
	sc_store faulty;
};

/* One process's way; in that process's memory. */
struct way {
	sc_sim *sim;
	const sc_env *env;
	struct shared_store *shared;
	sc_store_ops ops;
};

static sc_fault begin(struct way *way, sc_faulty_op op, bool reads)
{
	sc_fault fault = sc__sim_lot(way->sim, reads);

	if (fault == SC_FAULT_DIE_BEFORE)
		sc__sim_die(way->sim);
	if (fault != SC_FAULT_NONE && fault != SC_FAULT_DIE_BEFORE && fault != SC_FAULT_DIE_AFTER)
		sc_faulty_script(&way->shared->faulty, op, 1, fault, SC_OK, NULL);
	return fault;
}

static sc_status end(struct way *way, sc_fault fault, sc_status status)
{
	if (fault == SC_FAULT_DIE_AFTER)
		sc__sim_die(way->sim);
	sc_sim_yield(way->sim);
	return status;
}

#define CALL(member, ...) way->shared->faulty.ops->member(way->shared->faulty.ctx, __VA_ARGS__)

static sc_status way_info(void *ctx, sc_store_info *out, sc_error *err)
{
	struct way *way = ctx;
	sc_status status = CALL(info, out, err);

	if (status == SC_OK)
		out->wants_combiner =
			true; /* it is far away, and what stands in front of a far store belongs here too */
	return status;
}

static sc_status way_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	struct way *way = ctx;

	return CALL(prepare, call, err);
}

static uint64_t way_place(void *ctx, const sc_address *address)
{
	struct way *way = ctx;

	return CALL(place, address);
}

static uint32_t way_partition(void *ctx, const sc_address *address)
{
	struct way *way = ctx;

	return CALL(partition, address);
}

static sc_status way_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_LOAD, true);

	return end(way, fault, CALL(load, call, addresses, count, mask, arena, out, err));
}

static sc_status way_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_RANGE, true);

	return end(way, fault, CALL(range, call, ranges, count, arena, out, err));
}

static sc_status way_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                           sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_APPLY, false);

	return end(way, fault, CALL(apply, call, groups, count, out, err));
}

static sc_status way_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                             sc_outcome *out, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_RESOLVE, true);

	return end(way, fault, CALL(resolve, call, refs, count, fence, out, err));
}

static sc_status way_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_EXPIRE, false);

	return end(way, fault, CALL(expire, call, max, done, next_ms, err));
}

static sc_status way_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_LOG, true);

	return end(way, fault, CALL(log_read, call, partition, after, max, arena, out, count, err));
}

static sc_status way_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                            sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct way *way = ctx;
	sc_fault fault = begin(way, SC_FAULTY_LOG, true);

	return end(way, fault, CALL(log_of, call, subject, before, max, arena, out, count, err));
}

static sc_status way_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct way *way = ctx;

	return CALL(now, call, now_ms, err);
}

static void way_close(void *ctx)
{
	struct way *way = ctx;

	way->env->resize(way->env->ctx, way, 0);
}

/* The one faulty wrapper of this store, made on first use. NULL: no memory, or a table with a hole. */
static struct shared_store *share(sc_sim *sim, sc_store inner, sc_error *err)
{
	const sc_env *world = sc_sim_env(sim, SC_SIM_WORLD);
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;
	struct shared_store *shared;

	for (shared = sim->stores; shared != NULL; shared = shared->next) {
		if (shared->inner_ctx == inner.ctx)
			return shared;
	}
	shared = world->resize(world->ctx, NULL, sizeof(*shared));
	if (shared == NULL) {
		sc__sim_complain(err, SC_NO_MEMORY, "no memory for a shared store");
		return NULL;
	}
	memset(shared, 0, sizeof(*shared));
	shared->inner_ctx = inner.ctx;
	shared->borrowed = *inner.ops;
	shared->borrowed.close = NULL;
	options.late_calls = LATE_CALLS;
	if (sc_faulty_open(world, (sc_store){ &shared->borrowed, inner.ctx }, &options, &shared->faulty, err) !=
	    SC_OK) {
		world->resize(world->ctx, shared, 0);
		return NULL;
	}
	shared->next = sim->stores;
	sim->stores = shared;
	return shared;
}

sc_status sc_sim_store(sc_sim *sim, uint32_t process, sc_store inner, sc_store *out, sc_error *err)
{
	const sc_env *env = sc_sim_env(sim, process);
	struct shared_store *shared;
	struct way *way;

	if (env == NULL)
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "no such process");
	if (inner.ops->size != sizeof(sc_store_ops))
		return sc__sim_complain(err, SC_BAD_ARGUMENT, "the store was compiled against another header");
	shared = share(sim, inner, err);
	if (shared == NULL)
		return SC_NO_MEMORY;
	way = env->resize(env->ctx, NULL, sizeof(*way));
	if (way == NULL)
		return sc__sim_complain(err, SC_NO_MEMORY, "no memory for the way to a store");
	*way = (struct way){ .sim = sim, .env = env, .shared = shared };
	way->ops = (sc_store_ops){
		.size = sizeof(way->ops),
		.name = inner.ops->name,
		.info = way_info,
		.prepare = way_prepare,
		.place = inner.ops->place != NULL ? way_place : NULL,
		.load = way_load,
		.range = way_range,
		.apply = way_apply,
		.resolve = way_resolve,
		.expire = way_expire,
		.log_read = way_log_read,
		.log_of = way_log_of,
		.now = way_now,
		.close = way_close,
		.partition = SC_OPS_HAS(inner.ops, sc_store_ops, partition) ? way_partition : NULL,
	};
	*out = (sc_store){ &way->ops, way };
	return SC_OK;
}

void sc__sim_land_stores(sc_sim *sim)
{
	for (struct shared_store *shared = sim->stores; shared != NULL; shared = shared->next) {
		size_t landed = 0;

		sc_faulty_land(&shared->faulty, &landed, NULL);
		sim->report.landed += landed;
	}
}

void sc__sim_free_stores(sc_sim *sim)
{
	const sc_env *world = sc_sim_env(sim, SC_SIM_WORLD);

	while (sim->stores != NULL) {
		struct shared_store *shared = sim->stores;

		sim->stores = shared->next;
		shared->faulty.ops->close(shared->faulty.ctx);
		world->resize(world->ctx, shared, 0);
	}
}
