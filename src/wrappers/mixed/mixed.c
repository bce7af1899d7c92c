/*
 * Opening a store made of several, and the operations that go to one part or to all.
 */
#include "wrappers/mixed/mixed.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>
#include <xxhash.h>

/* ---- operations -------------------------------------------------------------------------- */

static sc_status mixed_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const struct mixed *m = ctx;

	(void)err;
	*out = m->info;
	return SC_OK;
}

static sc_status mixed_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const struct mixed *m = ctx;
	sc_status status = SC_OK;

	for (uint32_t part = 0; status == SC_OK && part < m->count; part++)
		status = m->parts[part].ops->prepare(m->parts[part].ctx, call, err);
	return status;
}

/* A part's journal has one partition; the whole has one for each part. NULL: no such partition. */
static const sc_store *partition_of(const struct mixed *m, uint32_t partition, sc_error *err)
{
	if (partition < m->count)
		return &m->parts[partition];
	sc__bad(err, SC_BAD_ARGUMENT, "partition", "must be below %u", m->count);
	return NULL;
}

static sc_status mixed_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const sc_store *store = partition_of(ctx, partition, err);

	if (store == NULL)
		return SC_BAD_ARGUMENT;
	sc_status status = store->ops->log_read(store->ctx, call, 0, after, max, arena, out, count, err);
	for (size_t i = 0; status == SC_OK && i < *count; i++)
		out[i].partition = partition;
	return status;
}

static sc_status mixed_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const struct mixed *m = ctx;
	const uint32_t part = sc__mixed_part(m, subject);
	const sc_store *store = &m->parts[part];
	sc_status status = store->ops->log_of(store->ctx, call, subject, before, max, arena, out, count, err);

	for (size_t i = 0; status == SC_OK && i < *count; i++)
		out[i].partition = part;
	return status;
}

static sc_status mixed_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc_store *store = partition_of(ctx, partition, err);

	if (store == NULL)
		return SC_BAD_ARGUMENT;
	if (!SC_OPS_HAS(store->ops, sc_store_ops, log_trim))
		return SC_OK;
	return store->ops->log_trim(store->ctx, call, 0, upto, err);
}

static uint32_t mixed_partition(void *ctx, const sc_address *address)
{
	return sc__mixed_part(ctx, address);
}

/* The record's clock: orders are dated by it. */
static sc_status mixed_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const struct mixed *m = ctx;

	return m->parts[0].ops->now(m->parts[0].ctx, call, now_ms, err);
}

static void mixed_close(void *ctx)
{
	struct mixed *m = ctx;
	const sc_env *env = m->env;

	for (uint32_t part = 0; part < m->count; part++)
		if (SC_OPS_HAS(m->parts[part].ops, sc_store_ops, close))
			m->parts[part].ops->close(m->parts[part].ctx);
	env->resize(env->ctx, m, 0);
}

static const sc_store_ops operations = {
	.size = sizeof(operations),
	.name = "mixed",
	.info = mixed_info,
	.prepare = mixed_prepare,
	.load = sc__mixed_load,
	.range = sc__mixed_range,
	.apply = sc__mixed_apply,
	.resolve = sc__mixed_resolve,
	.expire = sc__mixed_expire,
	.log_read = mixed_log_read,
	.log_of = mixed_log_of,
	.log_trim = mixed_log_trim,
	.now = mixed_now,
	.close = mixed_close,
	.partition = mixed_partition,
};

/* ---- opening ----------------------------------------------------------------------------- */

static sc_status check(const sc_store *record, const sc_mixed_part *parts, size_t count, sc_error *err)
{
	const uint32_t known = SC_KEEPS_CATALOG | SC_KEEPS_CARTS | SC_KEEPS_STOCK;
	const char *missing = sc__store_lacks(record->ops);
	uint32_t kept = 0;

	if (count < 1 || count > SC_MIXED_PARTS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "count", "must be 1 to %d", SC_MIXED_PARTS_MAX);
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "record", "lacks the operation %s", missing);
	for (size_t i = 0; i < count; i++) {
		missing = sc__store_lacks(parts[i].store.ops);
		if (missing != NULL)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "store", "lacks the operation %s", missing);
		if (parts[i].keeps == 0 || (parts[i].keeps & ~known) != 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "keeps", "is nothing that can be kept");
		if ((parts[i].keeps & kept) != 0)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "keeps", "is kept by another part");
		kept |= parts[i].keeps;
	}
	return SC_OK;
}

static bool keeps_critical(const struct mixed *m, uint32_t part)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);

	for (size_t i = 0; i < count; i++)
		if ((kinds[i].flags & SC_KIND_CRITICAL) != 0 && m->part_of[kinds[i].number] == part)
			return true;
	return false;
}

static void add_info(struct mixed *m, uint32_t part, const sc_store_info *one)
{
	sc_store_info *all = &m->info;

	if (part == 0)
		*all = *one;
	all->name = operations.name;
	all->partitions = m->count;
	if (keeps_critical(m, part) && one->durability < all->durability)
		all->durability = one->durability;
	if (one->groups_max < all->groups_max)
		all->groups_max = one->groups_max;
	if (one->parallel_applies > all->parallel_applies)
		all->parallel_applies = one->parallel_applies;
	all->wants_combiner = all->wants_combiner || one->wants_combiner;
	if (one->remembers_ms < all->remembers_ms)
		all->remembers_ms = one->remembers_ms;
}

/* A new incarnation of any part is one of the whole. */
static sc_status read_infos(struct mixed *m, sc_error *err)
{
	uint8_t incarnations[PARTS_MAX * sizeof(m->info.incarnation.bytes)] = { 0 };
	XXH128_canonical_t hash;

	for (uint32_t part = 0; part < m->count; part++) {
		sc_store_info one = { .size = sizeof(one) };
		sc_status status = m->parts[part].ops->info(m->parts[part].ctx, &one, err);

		if (status != SC_OK)
			return status;
		if (one.partitions > 1)
			return sc__fail(err, SC_UNSUPPORTED, "a part whose journal has several partitions");
		add_info(m, part, &one);
		memcpy(incarnations + part * sizeof(one.incarnation.bytes), one.incarnation.bytes,
		       sizeof(one.incarnation.bytes));
	}
	XXH128_canonicalFromHash(&hash, XXH3_128bits(incarnations, sizeof(incarnations)));
	memcpy(m->info.incarnation.bytes, hash.digest, sizeof(m->info.incarnation.bytes));
	return SC_OK;
}

sc_status sc_mixed_open(const sc_env *env, sc_store record, const sc_mixed_part *parts, size_t count, sc_store *out,
                        sc_error *err)
{
	sc_status status = check(&record, parts, count, err);
	uint32_t keeps[PARTS_MAX] = { 0 };

	if (status != SC_OK)
		return status;
	struct mixed *m = env->resize(env->ctx, NULL, sizeof(*m));
	if (m == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the mixed store");
	*m = (struct mixed){ .env = env, .count = (uint32_t)count + 1, .parts = { record } };
	for (size_t i = 0; i < count; i++) {
		m->parts[i + 1] = parts[i].store;
		keeps[i + 1] = parts[i].keeps;
	}
	sc__mixed_routes(m, keeps);
	status = read_infos(m, err);
	if (status != SC_OK) {
		env->resize(env->ctx, m, 0);
		return status;
	}
	*out = (sc_store){ &operations, m };
	return SC_OK;
}
