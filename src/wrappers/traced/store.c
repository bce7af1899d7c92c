/*
 * The traced store. Each instance has a table of its own, because an operation that the store
 * behind it lacks must be lacking here too.
 */
#include "wrappers/traced/counters.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

struct traced {
	struct counters counters;
	sc_store inner;
	sc_store_ops ops;
};

static sc_status traced_info(void *ctx, sc_store_info *out, sc_error *err)
{
	struct traced *t = ctx;

	return t->inner.ops->info(t->inner.ctx, out, err);
}

static sc_status traced_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->prepare(t->inner.ctx, call, err);

	return sc__traced_end(&t->counters, SC_TRACED_PREPARE, start, 1, status);
}

static uint64_t traced_place(void *ctx, const sc_address *address)
{
	struct traced *t = ctx;

	return t->inner.ops->place(t->inner.ctx, address);
}

static uint32_t traced_partition(void *ctx, const sc_address *address)
{
	struct traced *t = ctx;

	return t->inner.ops->partition(t->inner.ctx, address);
}

static sc_status traced_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                             sc_arena *arena, sc_record *out, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->load(t->inner.ctx, call, addresses, count, mask, arena, out, err);
	uint64_t rows = 0;

	for (size_t i = 0; status == SC_OK && i < count; i++)
		rows += out[i].version != 0;
	atomic_fetch_add_explicit(&t->counters.rows, rows, memory_order_relaxed);
	return sc__traced_end(&t->counters, SC_TRACED_LOAD, start, count, status);
}

static sc_status traced_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                              sc_page *out, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->range(t->inner.ctx, call, ranges, count, arena, out, err);
	uint64_t rows = 0;

	for (size_t i = 0; status == SC_OK && i < count; i++)
		rows += out[i].count;
	atomic_fetch_add_explicit(&t->counters.rows, rows, memory_order_relaxed);
	return sc__traced_end(&t->counters, SC_TRACED_RANGE, start, count, status);
}

static void count_outcomes(struct traced *t, const sc_outcome *out, size_t count)
{
	uint64_t done = 0, refused = 0, repeated = 0;

	for (size_t i = 0; i < count; i++) {
		if (out[i].flags & SC_OUTCOME_REPEAT)
			repeated++;
		else if (out[i].status == SC_OK)
			done++;
		else
			refused++;
	}
	atomic_fetch_add_explicit(&t->counters.commits, done != 0, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->counters.done, done, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->counters.refused, refused, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->counters.repeated, repeated, memory_order_relaxed);
}

static sc_status traced_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                              sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->apply(t->inner.ctx, call, groups, count, out, err);
	uint64_t changes = 0;

	for (size_t i = 0; i < count; i++)
		changes += groups[i].count;
	atomic_fetch_add_explicit(&t->counters.changes, changes, memory_order_relaxed);
	if (status == SC_OK)
		count_outcomes(t, out, count);
	return sc__traced_end(&t->counters, SC_TRACED_APPLY, start, count, status);
}

static sc_status traced_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                                sc_outcome *out, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->resolve(t->inner.ctx, call, refs, count, fence, out, err);

	return sc__traced_end(&t->counters, SC_TRACED_RESOLVE, start, count, status);
}

static sc_status traced_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                               sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->expire(t->inner.ctx, call, max, done, next_ms, err);

	return sc__traced_end(&t->counters, SC_TRACED_EXPIRE, start, status == SC_OK ? *done : 0, status);
}

static sc_status traced_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->log_read(t->inner.ctx, call, partition, after, max, arena, out, count, err);

	return sc__traced_end(&t->counters, SC_TRACED_LOG_READ, start, status == SC_OK ? *count : 0, status);
}

static sc_status traced_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->log_of(t->inner.ctx, call, subject, before, max, arena, out, count, err);

	return sc__traced_end(&t->counters, SC_TRACED_LOG_OF, start, status == SC_OK ? *count : 0, status);
}

static sc_status traced_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->log_trim(t->inner.ctx, call, partition, upto, err);

	return sc__traced_end(&t->counters, SC_TRACED_LOG_TRIM, start, 1, status);
}

static sc_status traced_log_wait(void *ctx, int *descriptor, sc_error *err)
{
	struct traced *t = ctx;

	return t->inner.ops->log_wait(t->inner.ctx, descriptor, err);
}

static sc_status traced_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->now(t->inner.ctx, call, now_ms, err);

	return sc__traced_end(&t->counters, SC_TRACED_NOW, start, 1, status);
}

static void traced_close(void *ctx)
{
	struct traced *t = ctx;
	const sc_env *env = t->counters.env;

	if (SC_OPS_HAS(t->inner.ops, sc_store_ops, close))
		t->inner.ops->close(t->inner.ctx);
	env->resize(env->ctx, t, 0);
}

#define INNER_HAS(member) SC_OPS_HAS(inner, sc_store_ops, member)

static void fill_table(sc_store_ops *ops, const sc_store_ops *inner)
{
	*ops = (sc_store_ops){
		.size = sizeof(*ops),
		.name = inner->name,
		.info = traced_info,
		.prepare = traced_prepare,
		.place = INNER_HAS(place) ? traced_place : NULL,
		.load = traced_load,
		.range = traced_range,
		.apply = traced_apply,
		.resolve = traced_resolve,
		.expire = traced_expire,
		.log_read = traced_log_read,
		.log_of = traced_log_of,
		.log_trim = INNER_HAS(log_trim) ? traced_log_trim : NULL,
		.log_wait = INNER_HAS(log_wait) ? traced_log_wait : NULL,
		.now = traced_now,
		.close = traced_close,
		.partition = INNER_HAS(partition) ? traced_partition : NULL,
	};
}

sc_status sc_traced_open(const sc_env *env, sc_store inner, sc_store *out, sc_error *err)
{
	const char *missing = sc__store_lacks(inner.ops);
	struct traced *t;

	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "inner", "the store has no operation \"%s\"", missing);
	t = env->resize(env->ctx, NULL, sizeof(*t));
	if (t == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the traced store");
	memset(t, 0, sizeof(*t));
	t->counters.env = env;
	t->inner = inner;
	fill_table(&t->ops, inner.ops);
	*out = (sc_store){ &t->ops, t };
	return SC_OK;
}

static struct traced *traced_of(const sc_store *store, sc_error *err)
{
	if (store->ops->info == traced_info)
		return store->ctx;
	sc__bad(err, SC_BAD_ARGUMENT, "store", "not made by sc_traced_open()");
	return NULL;
}

sc_status sc_traced_read(const sc_store *store, sc_traced_counts *out, sc_error *err)
{
	struct traced *t = traced_of(store, err);

	if (t == NULL)
		return SC_BAD_ARGUMENT;
	sc__traced_snapshot(&t->counters, out);
	return SC_OK;
}

sc_status sc_traced_reset(const sc_store *store, sc_error *err)
{
	struct traced *t = traced_of(store, err);

	if (t == NULL)
		return SC_BAD_ARGUMENT;
	sc__traced_zero(&t->counters);
	return SC_OK;
}
