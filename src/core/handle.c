/*
 * The ways from a domain module to the store. They are few on purpose: whoever wants to know what the
 * library asks of a store, or to route kinds to different stores, has to look only here.
 */
#include "core/handle.h"

#include "base/error.h"
#include "store/apply_halved.h"
#include "store/combiner.h"

#include <string.h>

sc_status sc__load_aged(sc_shop *shop, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                        sc_arena *arena, sc_record *out, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	return shop->store.ops->load(shop->store.ctx, call, addresses, count, mask, arena, out, err);
}

sc_status sc__range_aged(sc_shop *shop, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                         sc_page *out, sc_error *err)
{
	if (count == 0)
		return SC_OK;
	return shop->store.ops->range(shop->store.ctx, call, ranges, count, arena, out, err);
}

/* The caller may have been compiled with a shorter one. */
static sc_call as_of_now(const sc_call *call)
{
	sc_call fresh = { 0 };
	memcpy(&fresh, call, call->size < sizeof(fresh) ? call->size : sizeof(fresh));
	fresh.freshness_ms = 0;
	return fresh;
}

sc_status sc__load(sc_shop *shop, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                   sc_arena *arena, sc_record *out, sc_error *err)
{
	const sc_call fresh = as_of_now(call);
	return sc__load_aged(shop, &fresh, addresses, count, mask, arena, out, err);
}

sc_status sc__range(sc_shop *shop, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                    sc_page *out, sc_error *err)
{
	const sc_call fresh = as_of_now(call);
	return sc__range_aged(shop, &fresh, ranges, count, arena, out, err);
}

bool sc__may_recall(const sc_shop *shop, const sc_call *call)
{
	return call->freshness_ms > 0 && SC_OPS_HAS(shop->store.ops, sc_store_ops, recall);
}

sc_status sc__apply(sc_shop *shop, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *outcomes,
                    sc_error *err)
{
	if (count == 0)
		return SC_OK;
	if (shop->combiner != NULL)
		return sc__combiner_apply(shop->combiner, call, groups, count, outcomes, err);
	if (count > 1)
		return sc__apply_halved(&shop->store, shop->info.groups_max ? shop->info.groups_max : count, call,
		                        groups, count, outcomes, err);
	return shop->store.ops->apply(shop->store.ctx, call, groups, count, outcomes, err);
}

/* A refusal names the line of the request; which change of the group it was, is nobody's business outside. */
sc_status sc__outcome_status(const sc_outcome *outcome, sc_error *err)
{
	if (outcome->status == SC_OK)
		return SC_OK;
	if (err != NULL && err->status == outcome->status && sc_status_is_bad_input(err->status))
		return outcome->status; /* the store named the field already */
	const int32_t line = outcome->line == SC_NO_LINE ? -1 : (int32_t)outcome->line;
	if (outcome->status == SC_OUT_OF_STOCK || outcome->status == SC_LIMIT_REACHED)
		return sc__short(err, outcome->status, line, outcome->wanted, outcome->available,
		                 "%s: %lld wanted, %lld available", sc_status_text(outcome->status),
		                 (long long)outcome->wanted, (long long)outcome->available);
	return sc__fail(err, outcome->status, "%s", sc_status_text(outcome->status));
}

sc_status sc__apply_one(sc_shop *shop, const sc_call *call, const sc_group *group, sc_outcome *outcome, sc_error *err)
{
	outcome->line = SC_NO_LINE;
	sc_status status = sc__apply(shop, call, group, 1, outcome, err);
	return status == SC_OK ? sc__outcome_status(outcome, err) : status;
}

sc_status sc__apply_settled(sc_shop *shop, const sc_call *call, const sc_group *group, const sc_address *home,
                            sc_outcome *outcome, sc_error *err)
{
	sc_status status = sc__apply_one(shop, call, group, outcome, err);
	if (!sc_status_is_unknown(status))
		return status;
	return sc__settle_unknown(shop, call, group, home, status, outcome, err);
}

sc_status sc__settle_unknown(sc_shop *shop, const sc_call *call, const sc_group *group, const sc_address *home,
                             sc_status status, sc_outcome *outcome, sc_error *err)
{
	sc_group_ref ref = { .id = group->id };
	if (home != NULL)
		ref.home = *home;
	sc_outcome settled = { .line = SC_NO_LINE };
	if (shop->store.ops->resolve(shop->store.ctx, call, &ref, 1, true, &settled, NULL) != SC_OK)
		return status;
	if (settled.status == SC_FENCED)
		return sc__fail(err, SC_STORE_FAILED, "the store lost the request and did nothing");
	if (settled.status != SC_OK)
		return status;
	*outcome = settled;
	return SC_OK;
}

uint32_t sc__partition_of(const sc_shop *shop, uint16_t kind)
{
	const sc_store *store = &shop->store;
	const sc_address any = { .key = "", .kind = kind };
	if (shop->info.partitions == 1)
		return 0;
	if (!SC_OPS_HAS(store->ops, sc_store_ops, partition))
		return SC_PARTITIONS_MANY;
	return store->ops->partition(store->ctx, &any);
}

sc_status sc__now(sc_shop *shop, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	return shop->store.ops->now(shop->store.ctx, call, now_ms, err);
}
