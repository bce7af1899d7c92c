/* The handle, and what passes through to the record. */
#include "wrappers/gated/gated.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

#define FEED_MS  50
#define FRESH_MS 2000
#define CLAIM_MS 30000

static sc_status gated_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const sc__gated *gated = ctx;
	sc_status status = gated->record.ops->info(gated->record.ctx, out, err);
	if (status == SC_OK)
		out->wants_combiner = true; /* also where the record does not: the gate is asked once for a batch */
	return status;
}

static sc_status gated_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->prepare(gated->record.ctx, call, err);
}

static uint64_t gated_place(void *ctx, const sc_address *address)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->place(gated->record.ctx, address);
}

static sc_status gated_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                            sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->load(gated->record.ctx, call, addresses, count, mask, arena, out, err);
}

static sc_status gated_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                             sc_page *out, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->range(gated->record.ctx, call, ranges, count, arena, out, err);
}

static sc_status gated_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                               sc_outcome *out, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->resolve(gated->record.ctx, call, refs, count, fence, out, err);
}

/* The gate is looked after by the way: what it cannot do now it does at the next sweep. */
static sc_status gated_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	sc__gated *gated = ctx;
	size_t given = 0;
	sc_error ignored;
	sc_status status = gated->record.ops->expire(gated->record.ctx, call, max, done, next_ms, err);
	sc__gated_feed(gated, call, true);
	if (gated->gate.ops->sweep(gated->gate.ctx, call, gated->options.claim_ms, &given, &ignored) != SC_OK)
		atomic_fetch_add(&gated->failures, 1);
	return status;
}

static sc_status gated_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->log_read(gated->record.ctx, call, partition, after, max, arena, out, count, err);
}

static sc_status gated_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->log_of(gated->record.ctx, call, subject, before, max, arena, out, count, err);
}

static sc_status gated_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->log_trim(gated->record.ctx, call, partition, upto, err);
}

static sc_status gated_log_wait(void *ctx, int *descriptor, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->log_wait(gated->record.ctx, descriptor, err);
}

static sc_status gated_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->now(gated->record.ctx, call, now_ms, err);
}

static uint32_t gated_partition(void *ctx, const sc_address *address)
{
	const sc__gated *gated = ctx;
	return gated->record.ops->partition(gated->record.ctx, address);
}

static void gated_close(void *ctx)
{
	sc__gated *gated = ctx;
	const sc_env *env = gated->env;
	if (SC_OPS_HAS(gated->record.ops, sc_store_ops, close))
		gated->record.ops->close(gated->record.ctx);
	gated->gate.ops->close(gated->gate.ctx);
	env->mutex_clear(env->ctx, &gated->mutex);
	env->resize(env->ctx, gated, 0);
}

/* A table of its own, because an operation that the record lacks is lacking here too. */
static void fill_ops(sc__gated *gated)
{
	const sc_store_ops *record = gated->record.ops;
	gated->ops = (sc_store_ops){ .size = sizeof gated->ops,
		                     .name = "gated",
		                     .info = gated_info,
		                     .prepare = gated_prepare,
		                     .load = gated_load,
		                     .range = gated_range,
		                     .apply = sc__gated_apply,
		                     .resolve = gated_resolve,
		                     .expire = gated_expire,
		                     .log_read = gated_log_read,
		                     .log_of = gated_log_of,
		                     .now = gated_now,
		                     .close = gated_close };
	if (SC_OPS_HAS(record, sc_store_ops, place))
		gated->ops.place = gated_place;
	if (SC_OPS_HAS(record, sc_store_ops, log_trim))
		gated->ops.log_trim = gated_log_trim;
	if (SC_OPS_HAS(record, sc_store_ops, log_wait))
		gated->ops.log_wait = gated_log_wait;
	if (SC_OPS_HAS(record, sc_store_ops, partition))
		gated->ops.partition = gated_partition;
}

static const char *gate_lacks(const sc_gate_ops *ops)
{
#define REQUIRED(member)                           \
	if (!SC_OPS_HAS(ops, sc_gate_ops, member)) \
	return #member
	REQUIRED(follow);
	REQUIRED(claim);
	REQUIRED(give);
	REQUIRED(sweep);
	REQUIRED(fed);
	REQUIRED(feed);
	REQUIRED(level);
	REQUIRED(learn);
	REQUIRED(list);
	REQUIRED(close);
#undef REQUIRED
	return NULL;
}

static sc_status read_options(const sc_gated_options *given, sc_gated_options *out, sc_error *err)
{
	*out = (sc_gated_options)SC_GATED_OPTIONS_INIT;
	if (given != NULL)
		memcpy(out, given, given->size < sizeof *out ? given->size : sizeof *out);
	if (out->feed_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "feed_ms", "below 0");
	if (out->fresh_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "fresh_ms", "below 0");
	if (out->claim_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "claim_ms", "below 0");
	out->feed_ms = out->feed_ms == 0 ? FEED_MS : out->feed_ms;
	out->fresh_ms = out->fresh_ms == 0 ? FRESH_MS : out->fresh_ms;
	out->claim_ms = out->claim_ms == 0 ? CLAIM_MS : out->claim_ms;
	return SC_OK;
}

static sc_status check(const sc_store *record, const sc_gate *gate, sc_error *err)
{
	sc_store_info info = { .size = sizeof info };
	const char *missing = record->ops == NULL ? "record" : sc__store_lacks(record->ops);
	if (missing == NULL)
		missing = gate->ops == NULL ? "gate" : gate_lacks(gate->ops);
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, missing, "a required operation is missing");
	sc_status status = record->ops->info(record->ctx, &info, err);
	if (status == SC_OK && info.partitions != 1)
		return sc__bad(err, SC_UNSUPPORTED, "record", "a gate is fed from a journal of one partition");
	return status;
}

sc_status sc_gated_open(const sc_env *env, sc_store record, sc_gate gate, const sc_gated_options *options,
                        sc_store *out, sc_error *err)
{
	sc_gated_options chosen;
	sc_status status = check(&record, &gate, err);
	if (status == SC_OK)
		status = read_options(options, &chosen, err);
	if (status != SC_OK)
		return status;
	sc__gated *gated = env->resize(env->ctx, NULL, sizeof *gated);
	if (gated == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	memset(gated, 0, sizeof *gated);
	gated->env = env;
	gated->record = record;
	gated->gate = gate;
	gated->options = chosen;
	fill_ops(gated);
	if (!env->mutex_init(env->ctx, &gated->mutex)) {
		env->resize(env->ctx, gated, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	*out = (sc_store){ &gated->ops, gated };
	return SC_OK;
}

sc__gated *sc__gated_of(const sc_store *store)
{
	return store == NULL || store->ops == NULL || store->ops->apply != sc__gated_apply ? NULL : store->ctx;
}

sc_status sc_gated_read(const sc_store *store, sc_gated_counts *out, sc_error *err)
{
	sc__gated *gated = sc__gated_of(store);
	if (gated == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "store", "not a gated store");
	*out = (sc_gated_counts){ .passed = atomic_load(&gated->passed),
		                  .refused = atomic_load(&gated->refused),
		                  .unsure = atomic_load(&gated->unsure),
		                  .returned = atomic_load(&gated->returned),
		                  .failures = atomic_load(&gated->failures),
		                  .fed = atomic_load(&gated->fed),
		                  .learned = atomic_load(&gated->learned) };
	return SC_OK;
}
