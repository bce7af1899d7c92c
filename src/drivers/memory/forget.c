/* See memory.h: what has an end. One shard after the other, so that nobody waits for more than that. */
#include "drivers/memory/memory.h"

#include <string.h>

static int64_t id_time_ms(const struct layout *layout, const struct row *row)
{
	sc_id id;
	const sc_address address = row_address(layout, row);
	memcpy(&id, address.key, sizeof id);
	return sc_id_time_ms(id);
}

struct sweep {
	int64_t now_ms, floor_ms, next_ms;
	size_t max, done;
};

/* Whether a row is over, by the sweep's clock. */
typedef bool judge(const struct layout *layout, const struct row *row, const struct sweep *sweep);

/* Removes rows from the front of an order as long as they are over. The first that stays, or NULL. Without memory to
 * put the order right nothing is removed, and the next sweep is due at once. */
static const struct row *drop_front(struct table *table, uint16_t number, judge *is_over, struct sweep *sweep)
{
	struct order *order = table_order(table, number);
	if (order == NULL)
		sweep->next_ms = sweep->now_ms;
	struct link *link = order == NULL ? NULL : order_first(order);
	while (link != NULL && sweep->done < sweep->max && is_over(table->layout, link->row, sweep)) {
		struct row *row = link->row;
		link = order_next(link);
		table_remove(table, row);
		sweep->done++;
	}
	return link == NULL ? NULL : link->row;
}

static bool is_old_id(const struct layout *layout, const struct row *row, const struct sweep *sweep)
{
	return id_time_ms(layout, row) < sweep->floor_ms;
}

static bool has_ended(const struct layout *layout, const struct row *row, const struct sweep *sweep)
{
	return row_expires_ms(layout, row) <= sweep->now_ms;
}

static void sweep_table(struct table *table, struct sweep *sweep)
{
	const struct layout *layout = table->layout;
	if (layout->kind == NULL)
		drop_front(table, ORDER_ADDRESS, is_old_id, sweep);
	if (layout->lifetime_order == 0)
		return;
	const struct row *next = drop_front(table, layout->lifetime_order, has_ended, sweep);
	if (next != NULL && row_expires_ms(layout, next) < sweep->next_ms)
		sweep->next_ms = row_expires_ms(layout, next);
}

static void sweep_shard(struct memory *memory, struct shard *shard, struct sweep *sweep)
{
	memory_lock(memory, &shard->lock);
	for (size_t kind = 0; kind < memory->kind_count; kind++)
		if (shard->tables[kind].count > 0)
			sweep_table(&shard->tables[kind], sweep);
	memory_unlock(memory, &shard->lock);
}

static void raise_floor(struct memory *memory, int64_t floor_ms)
{
	int64_t before = atomic_load(&memory->floor_ms);
	while (floor_ms > before && !atomic_compare_exchange_weak(&memory->floor_ms, &before, floor_ms))
		;
}

sc_status memory_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                        sc_error *err)
{
	(void)call;
	(void)err;
	struct memory *memory = ctx;
	raise_floor(memory, floor_ms);
	struct sweep sweep = { .now_ms = memory_now_ms(memory),
		               .floor_ms = atomic_load(&memory->floor_ms),
		               .next_ms = SC_NEVER,
		               .max = max };
	for (size_t i = 0; i < SHARDS; i++)
		sweep_shard(memory, &memory->shards[i], &sweep);
	*done = sweep.done;
	*next_ms = sweep.done == max ? sweep.now_ms : sweep.next_ms;
	return SC_OK;
}
