/*
 * Reads that an address alone does not place: holds, and what became of them.
 */
#include "wrappers/sharded/sharded.h"

#include "base/arena.h"
#include "base/error.h"

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for what is read from shards");
}

static bool is_hold(const struct sharded *s, const sc_address *address)
{
	return address->kind < SHARD_KINDS_MAX && s->placed[address->kind] == PLACED_HOLD;
}

/* Records that are not where their orders are: asked of each shard in one call, until none is left. */
static sc_status load_elsewhere(const struct sharded *s, const sc_call *call, const sc_address *addresses, size_t count,
                                uint32_t mask, sc_arena *arena, sc_record *records, sc_error *err)
{
	sc_address *asked = sc__arena_array(arena, count + 1, sizeof(*asked));
	sc_record *found = sc__arena_array(arena, count + 1, sizeof(*found));
	size_t *at = sc__arena_array(arena, count + 1, sizeof(*at));
	sc_status status = SC_OK;

	if (asked == NULL || found == NULL || at == NULL)
		return no_memory(err);
	for (uint32_t part = 0; status == SC_OK && part < s->parts.count; part++) {
		const sc_store *shard = &s->parts.stores[part];
		size_t missing = 0;

		for (size_t i = 0; i < count; i++)
			if (records[i].version == 0 && is_hold(s, &addresses[i]))
				asked[missing] = addresses[i], at[missing++] = i;
		if (missing == 0)
			break;
		status = shard->ops->load(shard->ctx, call, asked, missing, mask, arena, found, err);
		for (size_t i = 0; status == SC_OK && i < missing; i++)
			records[at[i]] = found[i];
	}
	return status;
}

sc_status sc__sharded_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                           sc_arena *arena, sc_record *out, sc_error *err)
{
	struct sharded *s = ctx;
	bool holds = false;

	if (!s->ready)
		return sc__fail(err, SC_WRONG_STATE, "a sharded store is prepared before it is used");
	for (size_t i = 0; i < count; i++)
		holds = holds || is_hold(s, &addresses[i]);
	if (!holds || s->parts.count == 1)
		return sc__parts_load(&s->parts, call, addresses, count, mask, arena, out, err);
	sc_record *records = sc__arena_array(arena, count, sizeof(*records));
	if (records == NULL)
		return no_memory(err);
	sc_status status = sc__parts_load(&s->parts, call, addresses, count, mask, arena, records, err);
	if (status == SC_OK)
		status = load_elsewhere(s, call, addresses, count, mask, arena, records, err);
	for (size_t i = 0; status == SC_OK && i < count; i++)
		out[i] = records[i];
	return status;
}

/* ---- resolve ----------------------------------------------------------------------------- */

static sc_status resolve_hold(struct sharded *s, const sc_call *call, const sc_group_ref *ref, bool fence,
                              sc_outcome *out, sc_error *err)
{
	uint8_t place = (uint8_t)sc__sharded_place(&s->parts, &ref->home);
	struct asked asked = { &ref->home, &place, false };
	size_t count = 1;
	sc_arena arena;

	sc_arena_init(&arena, s->parts.env);
	sc_status status = sc__sharded_find(&s->parts, call, &asked, &count, &arena, err);
	sc_arena_clear(&arena);
	if (status != SC_OK)
		return status;
	const sc_store *shard = &s->parts.stores[place];
	return shard->ops->resolve(shard->ctx, call, ref, 1, fence, out, err);
}

sc_status sc__sharded_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                              sc_outcome *out, sc_error *err)
{
	struct sharded *s = ctx;
	sc_status status = SC_OK;

	for (size_t i = 0; status == SC_OK && i < count; i++)
		status = refs[i].home.key_size > 0 && is_hold(s, &refs[i].home)
		                 ? resolve_hold(s, call, &refs[i], fence, &out[i], err)
		                 : sc__parts_resolve(&s->parts, call, &refs[i], 1, fence, &out[i], err);
	return status;
}
