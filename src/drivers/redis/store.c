/*
 * Several domains as one store: each group goes to the domain that its addresses lie in, and what concerns the whole
 * store asks them all. A domain that cannot be reached fails its own groups and no others.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define PARALLEL 64

uint32_t sc__domain_of(const sc__redis *redis, const sc_address *address)
{
	return sc_address_route(address) % redis->domain_count;
}

static uint64_t router_place(void *ctx, const sc_address *address)
{
	return sc__domain_of(ctx, address);
}

static sc_status router_info(void *ctx, sc_store_info *out, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_store_info info;
	sc_id all = { { 0 } };
	for (uint32_t i = 0; i < redis->domain_count; i++) {
		sc__domain_info(&redis->domains[i], &info, err);
		/* Any domain that begins anew begins a new incarnation of the whole. */
		for (size_t n = 0; n < sizeof all.bytes; n++)
			all.bytes[n] = (uint8_t)(all.bytes[n] * 31 + info.incarnation.bytes[n]);
	}
	info.incarnation = all;
	info.partitions = redis->domain_count;
	info.parallel_applies = PARALLEL;
	info.wants_combiner = false; /* threads of different domains share a connection's turn, which is as good */
	*out = info;
	return SC_OK;
}

static sc_status router_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = SC_OK;
	for (uint32_t i = 0; i < redis->domain_count && status == SC_OK; i++) {
		const sc_store *store = &redis->domains[i].store;
		status = store->ops->prepare(store->ctx, call, err);
	}
	return status;
}

static sc_status router_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                             sc_arena *arena, sc_record *out, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_address *some = sc__arena_array(arena, count, sizeof *some);
	sc_record *found = sc__arena_array(arena, count, sizeof *found), *all;
	all = sc__arena_array(arena, count, sizeof *all);
	if (some == NULL || found == NULL || all == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the records to be read");
	for (uint32_t number = 0; number < redis->domain_count && count > 0; number++) {
		const sc_store *store = &redis->domains[number].store;
		size_t picked = 0, next = 0;
		for (size_t i = 0; i < count; i++)
			if (sc__domain_of(redis, &addresses[i]) == number)
				some[picked++] = addresses[i];
		sc_status status = picked == 0
		                           ? SC_OK
		                           : store->ops->load(store->ctx, call, some, picked, mask, arena, found, err);
		if (status != SC_OK)
			return status;
		for (size_t i = 0; i < count && picked > 0; i++)
			if (sc__domain_of(redis, &addresses[i]) == number)
				all[i] = found[next++];
	}
	if (count > 0)
		memcpy(out, all, count * sizeof *all);
	return SC_OK;
}

/* ---- apply ---- */

static bool lies_in(const sc__redis *redis, uint32_t number, const sc_change *change)
{
	if (sc__domain_of(redis, &change->address) != number)
		return false;
	for (uint32_t i = 0; i < change->line_count; i++)
		for (uint32_t n = 0; n < change->lines[i].source_count; n++)
			if (sc__domain_of(redis, &change->lines[i].sources[n]) != number)
				return false;
	return true;
}

/* Its domain; the number of domains when it lies in several. Bad input is told by whichever domain. */
static uint32_t domain_of_group(const sc__redis *redis, const sc_group *group)
{
	if (group->count == 0 || group->changes == NULL)
		return 0;
	uint32_t number = sc__domain_of(redis, &group->changes[0].address);
	for (uint32_t i = 0; i < group->count; i++)
		if (!lies_in(redis, number, &group->changes[i]))
			return redis->domain_count;
	return number;
}

struct share {
	uint32_t *domain; /* of each group */
	size_t *index;    /* of each group that was picked */
	sc_group *groups;
	sc_outcome *outcomes;
	int32_t first_bad; /* the group that `err` is about, or -1 */
	size_t failed;     /* groups of domains that failed as a whole */
	sc_status failure;
};

static bool make_share(struct share *share, size_t count, sc_arena *arena)
{
	*share = (struct share){ .first_bad = -1 };
	share->domain = sc__arena_array(arena, count, sizeof *share->domain);
	share->index = sc__arena_array(arena, count, sizeof *share->index);
	share->groups = sc__arena_array(arena, count, sizeof *share->groups);
	share->outcomes = sc__arena_array(arena, count, sizeof *share->outcomes);
	return share->domain != NULL && share->index != NULL && share->groups != NULL && share->outcomes != NULL;
}

static void tell_bad(struct share *share, int32_t index, const sc_error *theirs, sc_error *err)
{
	if (err == NULL || (share->first_bad >= 0 && share->first_bad < index))
		return;
	share->first_bad = index;
	*err = *theirs;
	err->index = index;
}

static void apply_share(sc__redis *redis, const sc_call *call, uint32_t number, size_t count, struct share *share,
                        sc_outcome *out, sc_error *err)
{
	const sc_store *store = &redis->domains[number].store;
	sc_error theirs = SC_ERROR_INIT;
	for (size_t i = 0; i < count; i++)
		share->outcomes[i] = out[share->index[i]];
	sc_status status = store->ops->apply(store->ctx, call, share->groups, count, share->outcomes, &theirs);
	for (size_t i = 0; i < count; i++) {
		out[share->index[i]] = share->outcomes[i];
		if (status != SC_OK)
			out[share->index[i]].status = status;
	}
	if (status != SC_OK) {
		share->failed += count;
		share->failure = status;
		if (err != NULL && share->first_bad < 0)
			*err = theirs;
	} else if (sc_status_is_bad_input(theirs.status) && theirs.index >= 0 && (size_t)theirs.index < count) {
		tell_bad(share, (int32_t)share->index[theirs.index], &theirs, err);
	}
}

static sc_status apply_all(sc__redis *redis, const sc_call *call, const sc_group *groups, size_t count,
                           struct share *share, sc_outcome *out, sc_error *err)
{
	for (size_t i = 0; i < count; i++) {
		share->domain[i] = domain_of_group(redis, &groups[i]);
		if (share->domain[i] < redis->domain_count)
			continue;
		sc_error theirs = SC_ERROR_INIT;
		out[i].status = sc__bad(&theirs, SC_UNSUPPORTED, "changes",
		                        "they lie in several domains of this store");
		tell_bad(share, (int32_t)i, &theirs, err);
	}
	for (uint32_t number = 0; number < redis->domain_count; number++) {
		size_t picked = 0;
		for (size_t i = 0; i < count; i++) {
			if (share->domain[i] != number)
				continue;
			share->groups[picked] = groups[i];
			share->index[picked++] = i;
		}
		if (picked > 0)
			apply_share(redis, call, number, picked, share, out, err);
	}
	return share->failed == count ? share->failure : SC_OK;
}

static sc_status router_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                              sc_error *err)
{
	sc__redis *redis = ctx;
	sc_arena arena;
	struct share share;
	if (count == 0)
		return SC_OK;
	if (count > SC__GROUPS_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "count", "more groups than this store takes in one apply");
	if (count == 1 && domain_of_group(redis, groups) < redis->domain_count) {
		const sc_store *store = &redis->domains[domain_of_group(redis, groups)].store;
		return store->ops->apply(store->ctx, call, groups, 1, out, err);
	}
	sc_arena_init(&arena, redis->env);
	sc_status status = make_share(&share, count, &arena)
	                           ? apply_all(redis, call, groups, count, &share, out, err)
	                           : sc__fail(err, SC_NO_MEMORY, "no memory to part the groups");
	sc_arena_clear(&arena);
	return status;
}

/* ---- resolve ---- */

static sc_status resolve_in(sc__redis *redis, const sc_call *call, uint32_t number, const sc_group_ref *ref, bool fence,
                            sc_outcome *out, sc_error *err)
{
	const sc_store *store = &redis->domains[number].store;
	return store->ops->resolve(store->ctx, call, ref, 1, fence, out, err);
}

static bool was_seen(const sc_outcome *outcome)
{
	return outcome->status != SC_NOT_FOUND && outcome->status != SC_TOO_OLD;
}

/* An id of the table may be in any domain; fencing it means everywhere. */
static sc_status resolve_anywhere(sc__redis *redis, const sc_call *call, const sc_group_ref *ref, bool fence,
                                  sc_outcome *out, sc_error *err)
{
	uint32_t likely = sc_id_tail(ref->id) % redis->domain_count;
	sc_outcome first = *out;
	sc_status status = SC_OK;
	for (uint32_t pass = 0; pass < (fence ? 2u : 1u); pass++) {
		for (uint32_t i = 0; i < redis->domain_count && status == SC_OK; i++) {
			sc_outcome one = first;
			status = resolve_in(redis, call, (likely + i) % redis->domain_count, ref, pass == 1, &one, err);
			if (status == SC_OK && (i == 0 || was_seen(&one)))
				*out = one;
			if (status == SC_OK && was_seen(&one) && (pass == 0 || one.status != SC_FENCED))
				return SC_OK;
		}
	}
	return status;
}

static sc_status router_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                                sc_outcome *out, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		if (refs[i].home.key_size > 0 && refs[i].home.key != NULL)
			status = resolve_in(redis, call, sc__domain_of(redis, &refs[i].home), &refs[i], fence, &out[i],
			                    err);
		else
			status = resolve_anywhere(redis, call, &refs[i], fence, &out[i], err);
		if (sc_status_is_bad_input(status) && err != NULL)
			err->index = (int32_t)i;
	}
	return status;
}

/* ---- what concerns all, or one partition ---- */

static sc_status router_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                               sc_error *err)
{
	sc__redis *redis = ctx;
	size_t all = 0;
	int64_t next = SC_NEVER;
	for (uint32_t i = 0; i < redis->domain_count; i++) {
		const sc_store *store = &redis->domains[i].store;
		size_t some = 0;
		int64_t due = SC_NEVER;
		sc_status status = store->ops->expire(store->ctx, call, max - all, &some, &due, err);
		if (status != SC_OK)
			return status;
		all += some;
		next = due < next ? due : next;
	}
	*done = all;
	*next_ms = next;
	return SC_OK;
}

static sc_status check_partition(const sc__redis *redis, uint32_t partition, sc_error *err)
{
	if (partition < redis->domain_count)
		return SC_OK;
	return sc__bad(err, SC_BAD_ARGUMENT, "partition", "there are %u of them", redis->domain_count);
}

static void number_entries(sc_entry *entries, size_t count, uint32_t partition)
{
	for (size_t i = 0; i < count; i++)
		entries[i].partition = partition;
}

static sc_status router_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = check_partition(redis, partition, err);
	if (status != SC_OK)
		return status;
	const sc_store *store = &redis->domains[partition].store;
	status = store->ops->log_read(store->ctx, call, 0, after, max, arena, out, count, err);
	if (status == SC_OK)
		number_entries(out, *count, partition);
	return status;
}

static sc_status router_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__redis *redis = ctx;
	uint32_t number = sc__domain_of(redis, subject);
	const sc_store *store = &redis->domains[number].store;
	sc_status status = store->ops->log_of(store->ctx, call, subject, before, max, arena, out, count, err);
	if (status == SC_OK)
		number_entries(out, *count, number);
	return status;
}

static sc_status router_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	sc__redis *redis = ctx;
	sc_status status = check_partition(redis, partition, err);
	if (status != SC_OK)
		return status;
	const sc_store *store = &redis->domains[partition].store;
	return store->ops->log_trim(store->ctx, call, 0, upto, err);
}

static uint32_t router_partition(void *ctx, const sc_address *address)
{
	return address->key_size == 0 ? SC_PARTITIONS_MANY : sc__domain_of(ctx, address);
}

static sc_status router_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const sc__redis *redis = ctx;
	const sc_store *store = &redis->domains[0].store;
	return store->ops->now(store->ctx, call, now_ms, err);
}

static void router_close(void *ctx)
{
	sc__redis *redis = ctx;
	uint32_t count = redis->domain_count; /* the last one takes the handle with it */
	for (uint32_t i = 0; i < count; i++) {
		const sc_store store = redis->domains[i].store;
		store.ops->close(store.ctx);
	}
}

static const sc_store_ops router = { .size = sizeof(sc_store_ops),
	                             .name = "redis",
	                             .info = router_info,
	                             .prepare = router_prepare,
	                             .place = router_place,
	                             .load = router_load,
	                             .range = sc__router_range,
	                             .apply = router_apply,
	                             .resolve = router_resolve,
	                             .expire = router_expire,
	                             .log_read = router_log_read,
	                             .log_of = router_log_of,
	                             .log_trim = router_log_trim,
	                             .partition = router_partition,
	                             .now = router_now,
	                             .close = router_close };

sc_status sc__redis_store(sc__redis *redis, sc_store *out, sc_error *err)
{
	while (redis->users < redis->domain_count) {
		sc_status status = sc__domain_init(&redis->domains[redis->users], redis, redis->users, err);
		if (status != SC_OK)
			return status;
		redis->users++;
	}
	*out = redis->domain_count == 1 ? redis->domains[0].store : (sc_store){ &router, redis };
	return SC_OK;
}
