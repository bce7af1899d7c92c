/*
 * A shard as the others see it. Versions and positions of two shards may be the same number for different things; here
 * they get the shard's number as their last digit, so that what was read from one is never taken for what is in
 * another.
 */
#include "wrappers/sharded/sharded.h"

#include "base/arena.h"
#include "base/error.h"

#define BASE 64 /* more than there can be shards */

struct child {
	const sc_env *env;
	sc_store inner;
	uint32_t number;
};

static uint64_t outward(const struct child *c, uint64_t version)
{
	return version == 0 ? 0 : version * BASE + c->number;
}

/* A version of another shard is one that no row here has. */
static uint64_t inward(const struct child *c, uint64_t version)
{
	if (version == 0)
		return 0;
	return version % BASE == c->number ? version / BASE : UINT64_MAX / BASE;
}

static void mark_records(const struct child *c, sc_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		records[i].version = outward(c, records[i].version);
		records[i].entry = outward(c, records[i].entry);
	}
}

static void mark_entries(const struct child *c, sc_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		entries[i].position = outward(c, entries[i].position);
		entries[i].previous = outward(c, entries[i].previous);
		entries[i].version = outward(c, entries[i].version);
	}
}

static sc_status child_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const struct child *c = ctx;

	return c->inner.ops->info(c->inner.ctx, out, err);
}

static sc_status child_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const struct child *c = ctx;

	return c->inner.ops->prepare(c->inner.ctx, call, err);
}

static sc_status child_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                            sc_arena *arena, sc_record *out, sc_error *err)
{
	const struct child *c = ctx;
	sc_status status = c->inner.ops->load(c->inner.ctx, call, addresses, count, mask, arena, out, err);

	if (status == SC_OK)
		mark_records(c, out, count);
	return status;
}

static sc_status child_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                             sc_page *out, sc_error *err)
{
	const struct child *c = ctx;
	sc_status status = c->inner.ops->range(c->inner.ctx, call, ranges, count, arena, out, err);

	for (size_t i = 0; status == SC_OK && i < count; i++)
		mark_records(c, out[i].records, out[i].count);
	return status;
}

/* ---- groups ------------------------------------------------------------------------------ */

static bool names_versions(const sc_group *group)
{
	for (uint32_t i = 0; i < group->count; i++)
		if (group->changes[i].version != 0)
			return true;
	return false;
}

static const sc_change *translated(const struct child *c, const sc_group *group, sc_arena *arena)
{
	sc_change *changes = sc__arena_array(arena, group->count, sizeof(*changes));

	for (uint32_t i = 0; changes != NULL && i < group->count; i++) {
		changes[i] = group->changes[i];
		changes[i].version = inward(c, changes[i].version);
	}
	return changes;
}

static sc_status apply_in(const struct child *c, sc_arena *arena, const sc_call *call, const sc_group *groups,
                          size_t count, sc_outcome *out, sc_error *err)
{
	sc_group *mine = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!names_versions(&groups[i]))
			continue;
		if (mine == NULL && (mine = sc__arena_array(arena, count, sizeof(*mine))) == NULL)
			return SC_NO_MEMORY;
		mine[i].changes = translated(c, &groups[i], arena);
		if (mine[i].changes == NULL)
			return SC_NO_MEMORY;
	}
	for (size_t i = 0; mine != NULL && i < count; i++) {
		const sc_change *changes = names_versions(&groups[i]) ? mine[i].changes : groups[i].changes;

		mine[i] = groups[i];
		mine[i].changes = changes;
	}
	return c->inner.ops->apply(c->inner.ctx, call, mine != NULL ? mine : groups, count, out, err);
}

static sc_status child_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                             sc_error *err)
{
	const struct child *c = ctx;
	sc_arena arena;

	sc_arena_init(&arena, c->env);
	sc_status status = apply_in(c, &arena, call, groups, count, out, err);
	sc_arena_clear(&arena);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i].position = outward(c, out[i].position);
	return status == SC_NO_MEMORY ? sc__fail(err, status, "no memory for the groups of a shard") : status;
}

static sc_status child_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                               sc_outcome *out, sc_error *err)
{
	const struct child *c = ctx;
	sc_status status = c->inner.ops->resolve(c->inner.ctx, call, refs, count, fence, out, err);

	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i].position = outward(c, out[i].position);
	return status;
}

static sc_status child_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	const struct child *c = ctx;

	return c->inner.ops->expire(c->inner.ctx, call, max, done, next_ms, err);
}

/* ---- the journal ------------------------------------------------------------------------- */

static sc_status child_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const struct child *c = ctx;
	sc_status status = c->inner.ops->log_read(c->inner.ctx, call, partition, after / BASE, max, arena, out, count,
	                                          err);

	if (status == SC_OK)
		mark_entries(c, out, *count);
	return status;
}

static sc_status child_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const struct child *c = ctx;
	sc_status status = c->inner.ops->log_of(c->inner.ctx, call, subject, before / BASE, max, arena, out, count,
	                                        err);

	if (status == SC_OK)
		mark_entries(c, out, *count);
	return status;
}

static sc_status child_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	const struct child *c = ctx;

	if (!SC_OPS_HAS(c->inner.ops, sc_store_ops, log_trim))
		return SC_OK;
	return c->inner.ops->log_trim(c->inner.ctx, call, partition, upto / BASE, err);
}

static sc_status child_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const struct child *c = ctx;

	return c->inner.ops->now(c->inner.ctx, call, now_ms, err);
}

void sc__child_drop(sc_store *child)
{
	struct child *c = child->ctx;

	c->env->resize(c->env->ctx, c, 0);
}

static void child_close(void *ctx)
{
	struct child *c = ctx;

	if (SC_OPS_HAS(c->inner.ops, sc_store_ops, close))
		c->inner.ops->close(c->inner.ctx);
	sc__child_drop(&(sc_store){ NULL, c });
}

static const sc_store_ops operations = {
	.size = sizeof(operations),
	.name = "shard",
	.info = child_info,
	.prepare = child_prepare,
	.load = child_load,
	.range = child_range,
	.apply = child_apply,
	.resolve = child_resolve,
	.expire = child_expire,
	.log_read = child_log_read,
	.log_of = child_log_of,
	.log_trim = child_log_trim,
	.now = child_now,
	.close = child_close,
};

sc_status sc__child_open(const sc_env *env, sc_store inner, uint32_t number, sc_store *out, sc_error *err)
{
	struct child *c = env->resize(env->ctx, NULL, sizeof(*c));

	if (c == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a shard");
	*c = (struct child){ env, inner, number };
	*out = (sc_store){ &operations, c };
	return SC_OK;
}
