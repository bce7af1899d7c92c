/* apply: what this process writes it gives up at once, so that whoever wrote reads what he wrote. */
#include "wrappers/cached/cached.h"

static void raise(_Atomic int64_t *stamp, int64_t now_ms)
{
	int64_t old = atomic_load_explicit(stamp, memory_order_relaxed);
	while (old < now_ms && !atomic_compare_exchange_weak(stamp, &old, now_ms))
		;
}

/* An index of which the written columns say which rows have changed places. */
static void give_up_index(sc__cached *cached, const sc_kind *kind, uint32_t number, const sc_value *columns,
                          uint32_t mask, int64_t now_ms)
{
	const sc_index *index = &kind->indexes[number];
	sc_value values[SC_INDEX_COLUMNS_MAX];
	for (uint8_t i = 0; i < index->count; i++) {
		const uint32_t below = (UINT32_C(1) << index->columns[i]) - 1;
		if ((mask >> index->columns[i] & 1) == 0)
			return;
		values[i] = columns[__builtin_popcount(mask & below)];
		raise(&cached->stamps[sc__tag_of_index(kind->number, (int)number, values, i + 1)], now_ms);
	}
}

void sc__cached_give_up(sc__cached *cached, const sc_address *row, const sc_value *columns, uint32_t mask,
                        int64_t now_ms)
{
	const sc_kind *kind = sc_kind_find(row->kind);
	raise(&cached->stamps[sc__tag_of_row(row)], now_ms);
	raise(&cached->stamps[sc__tag_of_key(row->kind, (sc_bytes){ row->key, row->key_size })], now_ms);
	for (uint32_t i = 0; i < kind->index_count && columns != NULL; i++)
		give_up_index(cached, kind, i, columns, mask, now_ms);
	atomic_fetch_add_explicit(&cached->given_up, 1, memory_order_relaxed);
}

static void give_up_group(sc__cached *cached, const sc_group *group, int64_t now_ms)
{
	for (uint32_t i = 0; i < group->count && group->changes != NULL; i++) {
		const sc_change *change = &group->changes[i];
		const bool writes = change->type == SC_CHANGE_PUT || change->type == SC_CHANGE_PATCH ||
		                    change->type == SC_CHANGE_DELETE;
		if (!writes || !sc__cached_keeps(change->address.kind))
			continue;
		const uint32_t all = (uint32_t)((UINT64_C(1) << change->column_count) - 1);
		sc__cached_give_up(cached, &change->address, change->columns,
		                   change->type == SC_CHANGE_PUT ? all : change->column_mask, now_ms);
	}
}

/* Whatever the answer is: of a group that is refused or unknown copies are given up as well, which costs a reading. */
sc_status sc__cached_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                           sc_error *err)
{
	sc__cached *cached = ctx;
	sc_status status = cached->store.ops->apply(cached->store.ctx, call, groups, count, out, err);
	const int64_t now_ms = sc__cached_now(cached, cached->env->mono_ns(cached->env->ctx));
	for (size_t i = 0; i < count; i++)
		give_up_group(cached, &groups[i], now_ms);
	return status;
}
