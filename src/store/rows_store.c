/*
 * A full store made of a row driver: reads pass through and lose what has ended, writes are decided
 * here. See rows_store.h for the files, batch.h for the way of a batch.
 */
#include "store/rows_store.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdatomic.h>
#include <string.h>

#define SCRATCH_KEEP   ((size_t)32 * 1024 * 1024) /* an arena that grew beyond this is not kept */
#define READS_ON_STACK 8

/* ---- scratch ---- */

sc__scratch *sc__scratch_get(sc__rows_store *store)
{
	const size_t own = sc__spread(SC__SPARES);
	for (size_t i = 0; i < SC__SPARES; i++) {
		sc__scratch *spare = atomic_exchange(&store->spares[i ^ own].scratch, NULL);
		if (spare != NULL)
			return spare;
	}
	sc__scratch *scratch = store->env->resize(store->env->ctx, NULL, sizeof *scratch);
	if (scratch != NULL)
		sc_arena_init(&scratch->arena, store->env);
	return scratch;
}

static void scratch_free(sc__rows_store *store, sc__scratch *scratch)
{
	sc_arena_clear(&scratch->arena);
	store->env->resize(store->env->ctx, scratch, 0);
}

void sc__scratch_put(sc__rows_store *store, sc__scratch *scratch)
{
	if (scratch->arena.used <= SCRATCH_KEEP) {
		const size_t own = sc__spread(SC__SPARES);
		sc_arena_reset(&scratch->arena);
		for (size_t i = 0; i < SC__SPARES; i++) {
			sc__scratch *none = NULL;
			if (atomic_compare_exchange_strong(&store->spares[i ^ own].scratch, &none, scratch))
				return;
		}
	}
	scratch_free(store, scratch);
}

/* ---- reads ---- */

/* What has ended, or never was, is absent. */
static bool is_absent(const sc_record *record, int64_t now_ms)
{
	const sc_kind *kind = sc_kind_find(record->address.kind);
	bool tombstone = record->shape == 0 &&
	                 (kind->kind_class == SC_CLASS_RECORD || kind->kind_class == SC_CLASS_CLAIM);
	return tombstone || (record->expires_ms != 0 && record->expires_ms <= now_ms);
}

static sc_status rows_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                           sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc__rows_store *store = ctx;
	sc_record few[READS_ON_STACK];
	for (size_t i = 0; i < count; i++) {
		sc_status bad = sc__address_validate(&addresses[i], (int32_t)i, "address", err);
		if (bad != SC_OK)
			return bad;
	}
	if (count == 0)
		return SC_OK;
	sc_record *read = count <= READS_ON_STACK ? few : sc__arena_array(arena, count, sizeof *read);
	if (read == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the records to be read");
	int64_t now_ms;
	sc_status status = store->driver->load(store->driver_ctx, call, addresses, count, mask, arena, read, &now_ms,
	                                       err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		out[i] = read[i];
		if (is_absent(&read[i], now_ms))
			out[i] = (sc_record){ 0 };
		out[i].address = addresses[i];
	}
	return SC_OK;
}

static sc_status check_bound(const sc_range *range, const sc_value *bound, uint32_t type, int32_t n, const char *name,
                             sc_error *err)
{
	(void)range;
	if (bound->type == SC_VALUE_NULL || bound->type == type)
		return SC_OK;
	return sc__bad_at(err, SC_BAD_ARGUMENT, n, name, "not the type of what it bounds");
}

/* Type of the column that an index has at place `n`. */
static uint32_t type_at(const sc_kind *kind, int16_t index, uint32_t n)
{
	if (kind->kind_class == SC_CLASS_HOLD)
		return SC_VALUE_INT;
	return kind->columns[kind->indexes[index].columns[n]].type;
}

static sc_status check_index(const sc_range *range, const sc_kind *kind, int32_t n, uint32_t *type, sc_error *err)
{
	bool hold = kind->kind_class == SC_CLASS_HOLD;
	uint32_t indexes = hold ? 1 : kind->index_count;
	if (range->index < SC_BY_ADDRESS || range->index >= (int32_t)indexes)
		return sc__bad_at(err, SC_BAD_ARGUMENT, n, "index", "no such index of this kind");
	*type = SC_VALUE_BYTES;
	if (range->index < 0) {
		bool keyed = range->key.size >= 1 && range->key.data != NULL;
		if (range->index == SC_BY_SUB && (!keyed || range->key.size > SC_KEY_MAX))
			return sc__bad_at(err, SC_BAD_ARGUMENT, n, "key", "not the key of an address");
		if (range->equal_count > 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, n, "equal", "an address has no columns");
		return SC_OK;
	}
	uint32_t width = hold ? 1 : kind->indexes[range->index].count;
	if (range->equal_count > width || (range->equal_count > 0 && range->equal == NULL))
		return sc__bad_at(err, SC_BAD_ARGUMENT, n, "equal", "more than the index has columns");
	for (uint32_t i = 0; i < range->equal_count; i++)
		if (range->equal[i].type != type_at(kind, range->index, i))
			return sc__bad_at(err, SC_BAD_ARGUMENT, n, "equal", "not the type of the column");
	*type = range->equal_count == width ? SC_VALUE_NULL : type_at(kind, range->index, range->equal_count);
	return SC_OK;
}

static sc_status check_range(const sc_range *range, int32_t n, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(range->kind);
	uint32_t type;
	if (kind == NULL)
		return sc__bad_at(err, SC_BAD_ARGUMENT, n, "kind", "no such kind");
	if (range->limit < 1)
		return sc__bad_at(err, SC_BAD_ARGUMENT, n, "limit", "must be at least 1");
	if (range->limit > SC_PAGE_MAX)
		return sc__bad_at(err, SC_OVER_LIMIT, n, "limit", "more than a page may have");
	sc_status status = check_index(range, kind, n, &type, err);
	if (status == SC_OK)
		status = check_bound(range, &range->low, type, n, "low", err);
	if (status == SC_OK && (range->flags & SC_RANGE_UNTIL_NOW) != 0)
		return type == SC_VALUE_INT ? SC_OK
		                            : sc__bad_at(err, SC_BAD_ARGUMENT, n, "flags", "only a number can be now");
	return status != SC_OK ? status : check_bound(range, &range->high, type, n, "high", err);
}

static sc_status rows_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                            sc_page *out, sc_error *err)
{
	const sc__rows_store *store = ctx;
	for (size_t i = 0; i < count; i++) {
		sc_status bad = check_range(&ranges[i], (int32_t)i, err);
		if (bad != SC_OK)
			return bad;
	}
	sc_page *pages = sc__arena_array(arena, count, sizeof *pages);
	if (pages == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the pages to be read");
	int64_t now_ms;
	sc_status status = store->driver->range(store->driver_ctx, call, ranges, count, arena, pages, &now_ms, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		size_t kept = 0;
		for (size_t j = 0; j < pages[i].count; j++)
			if (!is_absent(&pages[i].records[j], now_ms))
				pages[i].records[kept++] = pages[i].records[j];
		pages[i].count = kept;
		out[i] = pages[i];
	}
	return SC_OK;
}

/* ---- what passes through ---- */

static sc_status rows_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const sc__rows_store *store = ctx;
	return store->driver->info(store->driver_ctx, out, err);
}

static sc_status rows_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const sc__rows_store *store = ctx;
	return store->driver->prepare(store->driver_ctx, call, err);
}

static uint64_t rows_place(void *ctx, const sc_address *address)
{
	const sc__rows_store *store = ctx;
	return store->driver->place(store->driver_ctx, address);
}

static sc_status rows_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc__rows_store *store = ctx;
	sc_entry *entries = sc__arena_array(arena, max, sizeof *entries);
	if (entries == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries to be read");
	sc_status status = store->driver->log_read(store->driver_ctx, call, partition, after, max, arena, entries,
	                                           count, err);
	if (status == SC_OK && *count > 0)
		memcpy(out, entries, *count * sizeof *entries);
	return status;
}

static sc_status rows_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc__rows_store *store = ctx;
	sc_status status = sc__address_validate(subject, -1, "subject", err);
	if (status != SC_OK)
		return status;
	sc_entry *entries = sc__arena_array(arena, max, sizeof *entries);
	if (entries == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries to be read");
	status = store->driver->log_of(store->driver_ctx, call, subject, before, max, arena, entries, count, err);
	if (status == SC_OK && *count > 0)
		memcpy(out, entries, *count * sizeof *entries);
	return status;
}

static sc_status rows_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc__rows_store *store = ctx;
	return store->driver->log_trim(store->driver_ctx, call, partition, upto, err);
}

static sc_status rows_log_wait(void *ctx, int *descriptor, sc_error *err)
{
	const sc__rows_store *store = ctx;
	return store->driver->log_wait(store->driver_ctx, descriptor, err);
}

static sc_status rows_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const sc__rows_store *store = ctx;
	return store->driver->now(store->driver_ctx, call, now_ms, err);
}

static void rows_close(void *ctx)
{
	sc__rows_store *store = ctx;
	const sc_env *env = store->env;
	if (SC_OPS_HAS(store->driver, sc_rows_ops, close))
		store->driver->close(store->driver_ctx);
	for (size_t i = 0; i < SC__SPARES; i++)
		if (store->spares[i].scratch != NULL)
			scratch_free(store, store->spares[i].scratch);
	env->resize(env->ctx, store, 0);
}

/* ---- making one ---- */

/* The first required operation that a driver lacks, or NULL. */
static const char *missing_operation(const sc_rows_ops *driver)
{
#define REQUIRED(member)                              \
	if (!SC_OPS_HAS(driver, sc_rows_ops, member)) \
	return #member
	REQUIRED(info);
	REQUIRED(prepare);
	REQUIRED(begin);
	REQUIRED(read);
	REQUIRED(draw);
	REQUIRED(write);
	REQUIRED(commit);
	REQUIRED(abort);
	REQUIRED(load);
	REQUIRED(range);
	REQUIRED(forget);
	REQUIRED(log_read);
	REQUIRED(log_of);
	REQUIRED(now);
#undef REQUIRED
	return NULL;
}

static void fill_ops(sc__rows_store *store)
{
	const sc_rows_ops *driver = store->driver;
	store->ops = (sc_store_ops){ .size = sizeof store->ops,
		                     .name = driver->name,
		                     .info = rows_info,
		                     .prepare = rows_prepare,
		                     .load = rows_load,
		                     .range = rows_range,
		                     .apply = sc__rows_apply,
		                     .resolve = sc__rows_resolve,
		                     .expire = sc__rows_expire,
		                     .log_read = rows_log_read,
		                     .log_of = rows_log_of,
		                     .now = rows_now,
		                     .close = rows_close };
	if (SC_OPS_HAS(driver, sc_rows_ops, place))
		store->ops.place = rows_place;
	if (SC_OPS_HAS(driver, sc_rows_ops, log_trim))
		store->ops.log_trim = rows_log_trim;
	if (SC_OPS_HAS(driver, sc_rows_ops, log_wait))
		store->ops.log_wait = rows_log_wait;
}

sc_status sc_rows_store(const sc_env *env, const sc_rows_ops *ops, void *ctx, sc_store *out, sc_error *err)
{
	const char *missing = missing_operation(ops);
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, missing, "a row driver needs this operation");
	sc_store_info info = { .size = sizeof info };
	sc_status status = ops->info(ctx, &info, err);
	if (status != SC_OK)
		return status;
	sc__rows_store *store = env->resize(env->ctx, NULL, sizeof *store);
	if (store == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	*store = (sc__rows_store){ .env = env,
		                   .driver = ops,
		                   .driver_ctx = ctx,
		                   .groups_max = info.groups_max,
		                   .remembers_ms = info.remembers_ms };
	env->random(env->ctx, &store->seed, sizeof store->seed);
	fill_ops(store);
	*out = (sc_store){ &store->ops, store };
	return SC_OK;
}
