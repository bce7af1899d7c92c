/*
 * The faulty store. Every operation asks the plan for its lot first, and hands on what is late and
 * due, as a network would deliver it between two other messages.
 */
#include "wrappers/faulty/copy.h"
#include "wrappers/faulty/late.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

struct faulty {
	struct plan plan;
	struct late_queue late;
	sc_store inner;
	sc_store_ops ops;
};

/* Nobody waits for the answer of a late group, so its outcomes are thrown away. */
static void land(struct faulty *f, struct late *late)
{
	sc_outcome *outcomes = sc_arena_zalloc(&late->arena, late->count * sizeof(*outcomes));

	if (outcomes != NULL)
		f->inner.ops->apply(f->inner.ctx, SC_CALL_SYSTEM, late->items, late->count, outcomes, NULL);
	sc__late_free(late);
}

static size_t land_until(struct faulty *f, uint64_t call)
{
	size_t landed = 0;
	struct late *late;

	while ((late = sc__late_take(&f->late, &f->plan, call)) != NULL) {
		land(f, late);
		landed++;
	}
	return landed;
}

static sc_status failed(const struct verdict *verdict, sc_error *err)
{
	return sc__fail(err, verdict->status != SC_OK ? verdict->status : SC_STORE_FAILED, "a planned fault: failed");
}

static sc_status silent(const struct verdict *verdict, sc_error *err)
{
	return sc__fail(err, verdict->status != SC_OK ? verdict->status : SC_OUTCOME_UNKNOWN,
	                "a planned fault: no answer");
}

/* Before a call that only reads: SC_OK lets it pass. */
static sc_status before_read(struct faulty *f, sc_faulty_op op, struct verdict *verdict, sc_error *err)
{
	*verdict = sc__plan_next(&f->plan, op);
	land_until(f, verdict->call);
	if (verdict->fault == SC_FAULT_NONE || verdict->fault == SC_FAULT_DIE_AFTER)
		return SC_OK;
	if (verdict->fault == SC_FAULT_DIE_BEFORE)
		sc__plan_die(&f->plan, op);
	return failed(verdict, err);
}

static sc_status after_read(struct faulty *f, sc_faulty_op op, const struct verdict *verdict, sc_status status,
                            sc_error *err)
{
	if (verdict->fault != SC_FAULT_DIE_AFTER)
		return status;
	sc__plan_die(&f->plan, op);
	return failed(verdict, err);
}

/* Before a call that writes: SC_OK hands it on. LATE is apply's own business; elsewhere nothing is done. */
static sc_status before_write(struct faulty *f, sc_faulty_op op, struct verdict *verdict, sc_error *err)
{
	*verdict = sc__plan_next(&f->plan, op);
	land_until(f, verdict->call);
	if (verdict->fault == SC_FAULT_FAIL)
		return failed(verdict, err);
	if (verdict->fault == SC_FAULT_UNKNOWN_NOT_DONE || verdict->fault == SC_FAULT_LATE)
		return silent(verdict, err);
	if (verdict->fault == SC_FAULT_DIE_BEFORE) {
		sc__plan_die(&f->plan, op);
		return silent(verdict, err);
	}
	return SC_OK;
}

static sc_status after_write(struct faulty *f, sc_faulty_op op, const struct verdict *verdict, sc_status status,
                             sc_error *err)
{
	if (verdict->fault == SC_FAULT_DIE_AFTER)
		sc__plan_die(&f->plan, op);
	if (verdict->fault == SC_FAULT_DIE_AFTER || verdict->fault == SC_FAULT_UNKNOWN_DONE)
		return silent(verdict, err);
	return status;
}

static sc_status faulty_info(void *ctx, sc_store_info *out, sc_error *err)
{
	struct faulty *f = ctx;

	return f->inner.ops->info(f->inner.ctx, out, err);
}

static sc_status faulty_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	struct faulty *f = ctx;

	return f->inner.ops->prepare(f->inner.ctx, call, err);
}

static uint64_t faulty_place(void *ctx, const sc_address *address)
{
	struct faulty *f = ctx;

	return f->inner.ops->place(f->inner.ctx, address);
}

static uint32_t faulty_partition(void *ctx, const sc_address *address)
{
	struct faulty *f = ctx;

	return f->inner.ops->partition(f->inner.ctx, address);
}

static sc_status faulty_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                             sc_arena *arena, sc_record *out, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_read(f, SC_FAULTY_LOAD, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->load(f->inner.ctx, call, addresses, count, mask, arena, out, err);
	return after_read(f, SC_FAULTY_LOAD, &verdict, status, err);
}

static sc_status faulty_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                              sc_page *out, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_read(f, SC_FAULTY_RANGE, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->range(f->inner.ctx, call, ranges, count, arena, out, err);
	return after_read(f, SC_FAULTY_RANGE, &verdict, status, err);
}

static void keep_for_later(struct faulty *f, const sc_group *groups, size_t count, uint64_t call)
{
	struct late *late = sc__late_new(f->plan.env);

	if (late == NULL)
		return; /* lost on the way: the caller was told that nobody knows */
	late->items = sc__copy_groups(&late->arena, groups, count);
	late->count = count;
	if (late->items == NULL)
		sc__late_free(late);
	else
		sc__late_put(&f->late, &f->plan, late, call);
}

static sc_status faulty_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                              sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_write(f, SC_FAULTY_APPLY, &verdict, err);

	if (verdict.fault == SC_FAULT_LATE)
		keep_for_later(f, groups, count, verdict.call);
	if (status != SC_OK)
		return status;
	status = f->inner.ops->apply(f->inner.ctx, call, groups, count, out, err);
	return after_write(f, SC_FAULTY_APPLY, &verdict, status, err);
}

static sc_status faulty_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                                sc_outcome *out, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_write(f, SC_FAULTY_RESOLVE, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->resolve(f->inner.ctx, call, refs, count, fence, out, err);
	return after_write(f, SC_FAULTY_RESOLVE, &verdict, status, err);
}

static sc_status faulty_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                               sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_write(f, SC_FAULTY_EXPIRE, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->expire(f->inner.ctx, call, max, done, next_ms, err);
	return after_write(f, SC_FAULTY_EXPIRE, &verdict, status, err);
}

static sc_status faulty_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_read(f, SC_FAULTY_LOG, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->log_read(f->inner.ctx, call, partition, after, max, arena, out, count, err);
	return after_read(f, SC_FAULTY_LOG, &verdict, status, err);
}

static sc_status faulty_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_read(f, SC_FAULTY_LOG, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->log_of(f->inner.ctx, call, subject, before, max, arena, out, count, err);
	return after_read(f, SC_FAULTY_LOG, &verdict, status, err);
}

static sc_status faulty_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict;
	sc_status status = before_write(f, SC_FAULTY_LOG, &verdict, err);

	if (status != SC_OK)
		return status;
	status = f->inner.ops->log_trim(f->inner.ctx, call, partition, upto, err);
	return after_write(f, SC_FAULTY_LOG, &verdict, status, err);
}

static sc_status faulty_log_wait(void *ctx, int *descriptor, sc_error *err)
{
	struct faulty *f = ctx;

	return f->inner.ops->log_wait(f->inner.ctx, descriptor, err);
}

static sc_status faulty_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct faulty *f = ctx;

	return f->inner.ops->now(f->inner.ctx, call, now_ms, err);
}

static void faulty_close(void *ctx)
{
	struct faulty *f = ctx;
	const sc_env *env = f->plan.env;
	struct late *late;

	while ((late = sc__late_take(&f->late, &f->plan, UINT64_MAX)) != NULL)
		sc__late_free(late);
	if (SC_OPS_HAS(f->inner.ops, sc_store_ops, close))
		f->inner.ops->close(f->inner.ctx);
	sc__plan_clear(&f->plan);
	env->resize(env->ctx, f, 0);
}

#define INNER_HAS(member) SC_OPS_HAS(inner, sc_store_ops, member)

static void fill_table(sc_store_ops *ops, const sc_store_ops *inner)
{
	*ops = (sc_store_ops){
		.size = sizeof(*ops),
		.name = inner->name,
		.info = faulty_info,
		.prepare = faulty_prepare,
		.place = INNER_HAS(place) ? faulty_place : NULL,
		.load = faulty_load,
		.range = faulty_range,
		.apply = faulty_apply,
		.resolve = faulty_resolve,
		.expire = faulty_expire,
		.log_read = faulty_log_read,
		.log_of = faulty_log_of,
		.log_trim = INNER_HAS(log_trim) ? faulty_log_trim : NULL,
		.log_wait = INNER_HAS(log_wait) ? faulty_log_wait : NULL,
		.now = faulty_now,
		.close = faulty_close,
		.partition = INNER_HAS(partition) ? faulty_partition : NULL,
	};
}

sc_status sc_faulty_open(const sc_env *env, sc_store inner, const sc_faulty_options *options, sc_store *out,
                         sc_error *err)
{
	const char *missing = sc__store_lacks(inner.ops);
	struct faulty *f;

	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "inner", "the store has no operation \"%s\"", missing);
	f = env->resize(env->ctx, NULL, sizeof(*f));
	if (f == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the faulty store");
	memset(f, 0, sizeof(*f));
	if (!sc__plan_init(&f->plan, env, options)) {
		env->resize(env->ctx, f, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for the faulty store's lock");
	}
	f->inner = inner;
	fill_table(&f->ops, inner.ops);
	*out = (sc_store){ &f->ops, f };
	return SC_OK;
}

static struct faulty *faulty_of(const sc_store *store, sc_error *err)
{
	if (store->ops->info == faulty_info)
		return store->ctx;
	sc__bad(err, SC_BAD_ARGUMENT, "store", "not made by sc_faulty_open()");
	return NULL;
}

sc_status sc_faulty_script(const sc_store *store, sc_faulty_op op, uint32_t nth, sc_fault fault, sc_status status,
                           sc_error *err)
{
	struct faulty *f = faulty_of(store, err);

	return f == NULL ? SC_BAD_ARGUMENT : sc__plan_script(&f->plan, op, nth, fault, status, err);
}

sc_status sc_faulty_land(const sc_store *store, size_t *landed, sc_error *err)
{
	struct faulty *f = faulty_of(store, err);
	size_t count;

	if (f == NULL)
		return SC_BAD_ARGUMENT;
	count = land_until(f, UINT64_MAX);
	if (landed != NULL)
		*landed = count;
	return SC_OK;
}

sc_status sc_faulty_chance(const sc_store *store, bool on, sc_error *err)
{
	struct faulty *f = faulty_of(store, err);

	if (f == NULL)
		return SC_BAD_ARGUMENT;
	sc__plan_chance(&f->plan, on);
	return SC_OK;
}
