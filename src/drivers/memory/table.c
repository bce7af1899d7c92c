/* See table.h. */
#include "drivers/memory/table.h"

#include "base/address_hash.h"

#define SLOTS_FIRST 16

struct home home_of(const sc_address *address, uint64_t seed)
{
	uint64_t hash = XXH3_64bits_withSeed(address->key, address->key_size, seed ^ address->kind);
	const uint32_t shard = (uint32_t)(hash >> (64 - SHARD_BITS));
	if (address->sub_size > 0)
		hash = XXH3_64bits_withSeed(address->sub, address->sub_size, hash);
	return (struct home){ (uint32_t)hash + ((uint32_t)hash == 0), shard };
}

void table_init(struct table *table, const struct layout *layout, struct pool *pool, uint64_t seed)
{
	*table = (struct table){ .layout = layout, .pool = pool, .seed = seed };
	for (uint8_t i = 0; i < layout->order_count; i++)
		order_init(&table->orders[i], layout, i);
}

static void free_slots(struct table *table)
{
	const sc_env *env = table->pool->env;
	if (table->hashes != NULL)
		env->resize(env->ctx, table->hashes, 0);
	if (table->rows != NULL)
		env->resize(env->ctx, table->rows, 0);
}

void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->slot_count; i++)
		if (table->hashes[i] != 0)
			row_free_parts(table->layout, table->pool, table->rows[i]);
	for (uint8_t i = 0; i < table->layout->order_count; i++)
		order_clear(&table->orders[i], table->pool);
	for (size_t i = 0; i < table->slot_count; i++)
		if (table->hashes[i] != 0)
			row_free_block(table->layout, table->pool, table->rows[i]);
	free_slots(table);
	table_init(table, table->layout, table->pool, table->seed);
}

struct row *table_find(const struct table *table, uint32_t hash, const sc_address *address)
{
	if (table->slot_count == 0)
		return NULL;
	const size_t mask = table->slot_count - 1;
	for (size_t i = hash & mask; table->hashes[i] != 0; i = (i + 1) & mask) {
		if (table->hashes[i] != hash)
			continue;
		const sc_address found = row_address(table->layout, table->rows[i]);
		if (sc__address_equal(&found, address))
			return table->rows[i];
	}
	return NULL;
}

/* ---- open addressing: each row at the first free slot from its own on ---- */

static void place(struct table *table, uint32_t hash, struct row *row)
{
	const size_t mask = table->slot_count - 1;
	size_t i = hash & mask;
	while (table->hashes[i] != 0)
		i = (i + 1) & mask;
	table->hashes[i] = hash;
	table->rows[i] = row;
}

static bool grow(struct table *table)
{
	const sc_env *env = table->pool->env;
	struct table old = *table;
	const size_t slot_count = old.slot_count == 0 ? SLOTS_FIRST : old.slot_count * 2;
	uint32_t *hashes = env->resize(env->ctx, NULL, slot_count * sizeof *hashes);
	struct row **rows = env->resize(env->ctx, NULL, slot_count * sizeof(*rows));
	if (hashes == NULL || rows == NULL) {
		if (hashes != NULL)
			env->resize(env->ctx, hashes, 0);
		if (rows != NULL)
			env->resize(env->ctx, rows, 0);
		return false;
	}
	memset(hashes, 0, slot_count * sizeof *hashes);
	table->hashes = hashes;
	table->rows = rows;
	table->slot_count = slot_count;
	for (size_t i = 0; i < old.slot_count; i++)
		if (old.hashes[i] != 0)
			place(table, old.hashes[i], old.rows[i]);
	free_slots(&old);
	return true;
}

/* Frees a slot, and moves those behind it that would no longer be found. */
static void free_slot(struct table *table, size_t hole)
{
	const size_t mask = table->slot_count - 1;
	for (size_t i = (hole + 1) & mask; table->hashes[i] != 0; i = (i + 1) & mask) {
		const size_t home = table->hashes[i] & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		table->hashes[hole] = table->hashes[i];
		table->rows[hole] = table->rows[i];
		hole = i;
	}
	table->hashes[hole] = 0;
}

/* ---- rows that come, change and go ---- */

bool table_expect(struct table *table)
{
	const size_t expected = table->expected + 1;
	if (table->count + expected > table->slot_count / 4 * 3 && !grow(table))
		return false;
	for (uint8_t i = 0; table->ordered && i < table->layout->order_count; i++)
		if (!order_reserve(&table->orders[i], table->pool, expected))
			return false;
	table->expected = expected;
	return true;
}

void table_expect_less(struct table *table)
{
	table->expected--;
}

static void add_to_orders(struct table *table, struct row *row)
{
	for (uint8_t i = 0; table->ordered && i < table->layout->order_count; i++)
		order_add(&table->orders[i], row);
}

void table_insert(struct table *table, uint32_t hash, struct row *row)
{
	place(table, hash, row);
	table->count++;
	table->expected--;
	add_to_orders(table, row);
}

void table_update(struct table *table, struct row *row, uint32_t changed, const sc_record *value)
{
	const bool moves = table->ordered && (changed & (SC_ROW_COLUMNS | SC_ROW_STATE | SC_ROW_LIFETIME)) != 0;
	for (uint8_t i = ORDER_KIND; moves && i < table->layout->order_count; i++)
		order_remove(&table->orders[i], table->pool, row);
	row_write(table->layout, table->pool, row, changed, value);
	if (moves)
		add_to_orders(table, row);
	table->expected--;
}

void table_remove(struct table *table, struct row *row)
{
	const sc_address address = row_address(table->layout, row);
	size_t i = home_of(&address, table->seed).hash & (table->slot_count - 1);
	while (table->hashes[i] == 0 || table->rows[i] != row)
		i = (i + 1) & (table->slot_count - 1);
	free_slot(table, i);
	table->count--;
	for (uint8_t n = 0; n < table->layout->order_count; n++)
		order_remove(&table->orders[n], table->pool, row);
	row_free_parts(table->layout, table->pool, row);
	row->waiting |= ROW_DEAD;
	if (row->waiting == ROW_DEAD)
		row_free_block(table->layout, table->pool, row);
}

/* ---- orders ---- */

struct order *table_order(struct table *table, uint16_t number)
{
	struct order *order = &table->orders[number];
	if (!order->kept) {
		order->kept = table->ordered = true;
		if (!order_reserve(order, table->pool, table->count)) {
			order->kept = false;
			return NULL;
		}
		for (size_t i = 0; i < table->slot_count; i++)
			if (table->hashes[i] != 0)
				order_add(order, table->rows[i]);
	}
	return order_settle(order, table->pool) ? order : NULL;
}
