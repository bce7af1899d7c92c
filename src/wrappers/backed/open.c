/* The handle, its table of operations, its counters. */
#include "wrappers/backed/backed.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

#define BEHIND_MS   10000
#define PATIENCE_MS 1000

static sc_status backed_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const sc__backed *backed = ctx;
	sc_status status = backed->quick.ops->info(backed->quick.ctx, out, err);
	if (status == SC_OK)
		out->name = "backed";
	return status;
}

/* A quick store that is away now is prepared when it is back. */
static sc_status backed_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	sc__backed *backed = ctx;
	sc_error ignored;
	sc_status status = backed->record.ops->prepare(backed->record.ctx, call, err);
	if (status != SC_OK)
		return status;
	status = sc__quick_prepare(backed, call, &ignored);
	if (sc_status_is_failure(status))
		return SC_OK;
	if (status != SC_OK && err != NULL)
		*err = ignored;
	return status;
}

static uint64_t backed_place(void *ctx, const sc_address *address)
{
	const sc__backed *backed = ctx;
	return backed->quick.ops->place(backed->quick.ctx, address);
}

static sc_status backed_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                                sc_outcome *out, sc_error *err)
{
	const sc__backed *backed = ctx;
	return backed->quick.ops->resolve(backed->quick.ctx, call, refs, count, fence, out, err);
}

/* A journal that cannot be reached has nothing new to say. */
static sc_status backed_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__backed *backed = ctx;
	const sc_store *quick = &backed->quick;
	sc_error theirs = SC_ERROR_INIT;
	sc_status status = SC_OK;
	*count = 0;
	if (!sc__quick_is_there(backed))
		return SC_OK;
	status = quick->ops->log_read(quick->ctx, call, partition, after, max, arena, out, count, &theirs);
	if (status == SC_OK || sc__quick_failed(backed, status))
		return SC_OK;
	if (err != NULL)
		*err = theirs;
	return status;
}

static sc_status backed_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc__backed *backed = ctx;
	return backed->quick.ops->log_of(backed->quick.ctx, call, subject, before, max, arena, out, count, err);
}

static sc_status backed_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc__backed *backed = ctx;
	return backed->quick.ops->log_trim(backed->quick.ctx, call, partition, upto, err);
}

static sc_status backed_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	sc__backed *backed = ctx;
	if (sc__quick_is_there(backed)) {
		sc_status status = backed->quick.ops->now(backed->quick.ctx, call, now_ms, err);
		if (!sc__quick_failed(backed, status))
			return status;
	}
	return backed->record.ops->now(backed->record.ctx, call, now_ms, err);
}

static void close_store(const sc_store *store)
{
	if (SC_OPS_HAS(store->ops, sc_store_ops, close))
		store->ops->close(store->ctx);
}

static void backed_close(void *ctx)
{
	sc__backed *backed = ctx;
	const sc_env *env = backed->env;
	sc__change *change;
	sc_error ignored;
	if (atomic_load(&backed->prepared))
		sc__backed_flush(backed, SC_CALL_SYSTEM, &ignored);
	while (sc__changed_take(backed, INT64_MIN / 2000000, &change, 1) > 0)
		sc__changed_free(backed, change);
	close_store(&backed->quick);
	close_store(&backed->record);
	sc__map_clear(&backed->changed);
	if (backed->cursor != NULL)
		env->resize(env->ctx, backed->cursor, 0);
	env->mutex_clear(env->ctx, &backed->mutex);
	env->resize(env->ctx, backed, 0);
}

static void fill_ops(sc__backed *backed)
{
	const sc_store_ops *quick = backed->quick.ops;
	backed->ops = (sc_store_ops){ .size = sizeof backed->ops,
		                      .name = "backed",
		                      .info = backed_info,
		                      .prepare = backed_prepare,
		                      .load = sc__backed_load,
		                      .range = sc__backed_range,
		                      .apply = sc__backed_apply,
		                      .resolve = backed_resolve,
		                      .expire = sc__backed_expire,
		                      .log_read = backed_log_read,
		                      .log_of = backed_log_of,
		                      .now = backed_now,
		                      .close = backed_close };
	if (SC_OPS_HAS(quick, sc_store_ops, place))
		backed->ops.place = backed_place;
	if (SC_OPS_HAS(quick, sc_store_ops, log_trim))
		backed->ops.log_trim = backed_log_trim;
}

/* ---- opening ---- */

static sc_status read_options(const sc_backed_options *given, sc_backed_options *out, sc_error *err)
{
	*out = (sc_backed_options)SC_BACKED_OPTIONS_INIT;
	if (given != NULL)
		memcpy(out, given, given->size < sizeof *out ? given->size : sizeof *out);
	if (out->behind_ms < 0 || out->behind_ms > SC_BACKED_BEHIND_MAX_MS)
		return sc__bad(err, SC_OUT_OF_RANGE, "behind_ms", "must be 0 to %d", SC_BACKED_BEHIND_MAX_MS);
	if (out->patience_ms < 0)
		return sc__bad(err, SC_OUT_OF_RANGE, "patience_ms", "below 0");
	out->behind_ms = out->behind_ms == 0 ? BEHIND_MS : out->behind_ms;
	out->patience_ms = out->patience_ms == 0 ? PATIENCE_MS : out->patience_ms;
	return SC_OK;
}

static uint16_t kind_named(const char *name)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].number;
	return 0;
}

sc_status sc_backed_open(const sc_env *env, sc_store quick, sc_store record, const sc_backed_options *options,
                         sc_store *out, sc_error *err)
{
	sc_backed_options chosen;
	const char *lacks_quick = quick.ops == NULL ? "info" : sc__store_lacks(quick.ops);
	const char *lacks_record = record.ops == NULL ? "info" : sc__store_lacks(record.ops);
	if (lacks_quick != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "quick", "lacks the operation %s", lacks_quick);
	if (lacks_record != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "record", "lacks the operation %s", lacks_record);
	sc_status status = read_options(options, &chosen, err);
	if (status != SC_OK)
		return status;
	sc__backed *backed = env->resize(env->ctx, NULL, sizeof *backed);
	if (backed == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	memset(backed, 0, sizeof *backed);
	backed->env = env;
	backed->quick = quick;
	backed->record = record;
	backed->options = chosen;
	backed->cart_kind = kind_named("cart");
	backed->setting_kind = kind_named("setting");
	atomic_store(&backed->back_ns, INT64_MIN);
	sc__map_init(&backed->changed, env, SC__MAP_STRANGE_KEYS);
	fill_ops(backed);
	if (!env->mutex_init(env->ctx, &backed->mutex)) {
		env->resize(env->ctx, backed, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	*out = (sc_store){ &backed->ops, backed };
	return SC_OK;
}

sc_status sc_backed_read(const sc_store *store, sc_backed_counts *out, sc_error *err)
{
	int64_t oldest_ms;
	if (store == NULL || store->ops == NULL || store->ops->apply != sc__backed_apply)
		return sc__bad(err, SC_BAD_ARGUMENT, "store", "not a backed store");
	sc__backed *backed = store->ctx;
	sc_backed_counts counts = { .behind = atomic_load(&backed->behind),
		                    .removed = atomic_load(&backed->removed),
		                    .restored = atomic_load(&backed->restored),
		                    .from_record = atomic_load(&backed->from_record),
		                    .failures = atomic_load(&backed->failures) };
	counts.waiting = sc__changed_count(backed, &oldest_ms);
	counts.oldest_ms = oldest_ms > 0 ? (uint64_t)oldest_ms : 0;
	*out = counts;
	return SC_OK;
}
