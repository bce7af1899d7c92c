/*
 * What stores side by side say of themselves, and the operations that go to one of them or to all.
 */
#include "wrappers/parts/parts.h"

#include "base/error.h"

#include <string.h>
#include <xxhash.h>

static void add_info(struct parts *p, uint32_t part, const sc_store_info *one)
{
	sc_store_info *all = &p->info;

	if (part == 0)
		*all = *one;
	all->name = p->name;
	all->partitions = p->count;
	if ((p->is_critical == NULL || p->is_critical(p, part)) && one->durability < all->durability)
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
sc_status sc__parts_read_infos(struct parts *p, sc_error *err)
{
	uint8_t incarnations[PARTS_MAX * sizeof(p->info.incarnation.bytes)];
	XXH128_canonical_t hash;

	for (uint32_t part = 0; part < p->count; part++) {
		sc_store_info one = { .size = sizeof(one) };
		sc_status status = p->stores[part].ops->info(p->stores[part].ctx, &one, err);

		if (status != SC_OK)
			return status;
		if (one.partitions > 1)
			return sc__fail(err, SC_UNSUPPORTED, "a part whose journal has several partitions");
		add_info(p, part, &one);
		memcpy(incarnations + part * sizeof(one.incarnation.bytes), one.incarnation.bytes,
		       sizeof(one.incarnation.bytes));
	}
	XXH128_canonicalFromHash(&hash, XXH3_128bits(incarnations, p->count * sizeof(p->info.incarnation.bytes)));
	memcpy(p->info.incarnation.bytes, hash.digest, sizeof(p->info.incarnation.bytes));
	return SC_OK;
}

/* ---- operations -------------------------------------------------------------------------- */

sc_status sc__parts_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const struct parts *p = ctx;

	(void)err;
	*out = p->info;
	return SC_OK;
}

sc_status sc__parts_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const struct parts *p = ctx;
	sc_status status = SC_OK;

	for (uint32_t part = 0; status == SC_OK && part < p->count; part++)
		status = p->stores[part].ops->prepare(p->stores[part].ctx, call, err);
	return status;
}

/* A part's journal has one partition; the whole has one for each part. NULL: no such partition. */
static const sc_store *partition_of(const struct parts *p, uint32_t partition, sc_error *err)
{
	if (partition < p->count)
		return &p->stores[partition];
	sc__bad(err, SC_BAD_ARGUMENT, "partition", "must be below %u", p->count);
	return NULL;
}

sc_status sc__parts_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
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

sc_status sc__parts_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                           sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const struct parts *p = ctx;
	const uint32_t part = p->place(p, subject);
	const sc_store *store = &p->stores[part];
	sc_status status = store->ops->log_of(store->ctx, call, subject, before, max, arena, out, count, err);

	for (size_t i = 0; status == SC_OK && i < *count; i++)
		out[i].partition = part;
	return status;
}

sc_status sc__parts_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const sc_store *store = partition_of(ctx, partition, err);

	if (store == NULL)
		return SC_BAD_ARGUMENT;
	if (!SC_OPS_HAS(store->ops, sc_store_ops, log_trim))
		return SC_OK;
	return store->ops->log_trim(store->ctx, call, 0, upto, err);
}

uint32_t sc__parts_partition(void *ctx, const sc_address *address)
{
	const struct parts *p = ctx;

	return p->place(p, address);
}

/* The clock of the first: orders are dated by it. */
sc_status sc__parts_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const struct parts *p = ctx;

	return p->stores[0].ops->now(p->stores[0].ctx, call, now_ms, err);
}

void sc__parts_close(struct parts *p)
{
	for (uint32_t part = 0; part < p->count; part++)
		if (SC_OPS_HAS(p->stores[part].ops, sc_store_ops, close))
			p->stores[part].ops->close(p->stores[part].ctx);
}
