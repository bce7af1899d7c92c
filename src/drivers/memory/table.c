/* See table.h: rows, their parts, and the hash table. */
#include "drivers/memory/table.h"

#include "base/address_hash.h"

#define SLOTS_FIRST 64

void table_init(struct table *table, const sc_kind *kind, struct pool *pool, uint64_t seed)
{
	*table = (struct table){ .kind = kind, .pool = pool, .seed = seed, .index_count = 1 };
	if (kind != NULL) {
		table->index_count += kind->kind_class == SC_CLASS_HOLD ? 1 : (uint16_t)kind->index_count;
		if ((kind->flags & SC_KIND_LIFETIME) != 0)
			table->lifetime_index = table->index_count++;
	}
	for (size_t i = 0; i < TABLE_INDEXES; i++) {
		RB_INIT(&table->indexes[i].tree);
		LIST_INIT(&table->indexes[i].unsorted);
	}
}

void table_clear(struct table *table)
{
	for (size_t i = 0; i < table->slot_count; i++)
		if (table->slots[i].node != NULL)
			node_free(table->slots[i].node);
	const sc_env *env = table->pool->env;
	if (table->slots != NULL)
		env->resize(env->ctx, table->slots, 0);
	table_init(table, table->kind, table->pool, table->seed);
}

struct node *table_find(const struct table *table, const sc_address *address)
{
	if (table->slot_count == 0)
		return NULL;
	const uint64_t hash = sc__address_hash(address, table->seed);
	const size_t mask = table->slot_count - 1;
	for (size_t i = hash & mask; table->slots[i].node != NULL; i = (i + 1) & mask)
		if (table->slots[i].hash == hash && sc__address_equal(&table->slots[i].node->value.address, address))
			return table->slots[i].node;
	return NULL;
}

/* ---- parts of a row ---- */

static size_t columns_size(const sc_value *columns, size_t count)
{
	size_t size = count * sizeof *columns;
	for (size_t i = 0; i < count; i++)
		size += columns[i].type == SC_VALUE_BYTES ? columns[i].bytes.size : 0;
	return size;
}

bool parts_dup_columns(struct pool *pool, const sc_value *columns, size_t count, const sc_value **out)
{
	*out = NULL;
	if (count == 0 || columns == NULL)
		return true;
	sc_value *copy = pool_alloc(pool, columns_size(columns, count));
	if (copy == NULL)
		return false;
	char *bytes = (char *)(copy + count);
	for (size_t i = 0; i < count; i++) {
		copy[i] = columns[i];
		if (columns[i].type != SC_VALUE_BYTES)
			continue;
		if (columns[i].bytes.size > 0)
			memcpy(bytes, columns[i].bytes.data, columns[i].bytes.size);
		copy[i].bytes.data = bytes;
		bytes += columns[i].bytes.size;
	}
	*out = copy;
	return true;
}

bool parts_dup_bytes(struct pool *pool, sc_bytes from, sc_bytes *out)
{
	*out = (sc_bytes){ NULL, 0 };
	if (from.size == 0)
		return true;
	void *copy = pool_alloc(pool, from.size);
	if (copy == NULL)
		return false;
	memcpy(copy, from.data, from.size);
	*out = (sc_bytes){ copy, from.size };
	return true;
}

void parts_free_columns(struct pool *pool, const sc_value *columns, size_t count)
{
	if (columns != NULL)
		pool_free(pool, (void *)(uintptr_t)columns, columns_size(columns, count));
}

void parts_free_bytes(struct pool *pool, sc_bytes bytes)
{
	pool_free(pool, (void *)(uintptr_t)bytes.data, bytes.size);
}

/* ---- rows ---- */

static size_t column_count(const struct table *table)
{
	return table->kind == NULL ? 0 : table->kind->column_count;
}

static size_t node_size(const struct table *table, const sc_address *address)
{
	return sizeof(struct node) + table->index_count * sizeof(struct link) + address->key_size + address->sub_size;
}

struct node *node_make(struct table *table, const sc_record *value)
{
	struct node *node = pool_alloc(table->pool, node_size(table, &value->address));
	if (node == NULL)
		return NULL;
	node->table = table;
	node->value = *value;
	char *key = (char *)&node->links[table->index_count];
	memcpy(key, value->address.key, value->address.key_size);
	node->value.address.key = key;
	node->value.address.sub = key + value->address.key_size;
	if (value->address.sub_size > 0)
		memcpy(key + value->address.key_size, value->address.sub, value->address.sub_size);
	for (uint16_t i = 0; i < table->index_count; i++)
		node->links[i] = (struct link){ .node = node, .index = i };
	node->value.columns = NULL;
	node->value.body = node->value.personal = (sc_bytes){ NULL, 0 };
	if (!parts_dup_columns(table->pool, value->columns, column_count(table), &node->value.columns) ||
	    !parts_dup_bytes(table->pool, value->body, &node->value.body) ||
	    !parts_dup_bytes(table->pool, value->personal, &node->value.personal)) {
		node_free(node);
		return NULL;
	}
	return node;
}

void node_free(struct node *node)
{
	struct pool *pool = node->table->pool;
	parts_free_columns(pool, node->value.columns, column_count(node->table));
	parts_free_bytes(pool, node->value.body);
	parts_free_bytes(pool, node->value.personal);
	pool_free(pool, node, node_size(node->table, &node->value.address));
}

/* ---- the hash table: open addressing, each row at the first free slot from its own on ---- */

static void place(struct slot *slots, size_t slot_count, struct slot slot)
{
	size_t i = slot.hash & (slot_count - 1);
	while (slots[i].node != NULL)
		i = (i + 1) & (slot_count - 1);
	slots[i] = slot;
}

bool table_expect(struct table *table)
{
	table->expected++;
	if (table->count + table->expected <= table->slot_count / 4 * 3)
		return true;
	const sc_env *env = table->pool->env;
	const size_t slot_count = table->slot_count == 0 ? SLOTS_FIRST : table->slot_count * 2;
	struct slot *slots = env->resize(env->ctx, NULL, slot_count * sizeof(*slots));
	if (slots == NULL)
		return false;
	memset(slots, 0, slot_count * sizeof(*slots));
	for (size_t i = 0; i < table->slot_count; i++)
		if (table->slots[i].node != NULL)
			place(slots, slot_count, table->slots[i]);
	if (table->slots != NULL)
		env->resize(env->ctx, table->slots, 0);
	table->slots = slots;
	table->slot_count = slot_count;
	return true;
}

void table_insert(struct table *table, struct node *node)
{
	const struct slot slot = { sc__address_hash(&node->value.address, table->seed), node };
	place(table->slots, table->slot_count, slot);
	table->count++;
	node_link_address(node);
	node_link(node);
}

/* Frees a slot, and moves those behind it that would no longer be found. */
static void free_slot(struct table *table, size_t hole)
{
	const size_t mask = table->slot_count - 1;
	for (size_t i = (hole + 1) & mask; table->slots[i].node != NULL; i = (i + 1) & mask) {
		const size_t home = table->slots[i].hash & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		table->slots[hole] = table->slots[i];
		hole = i;
	}
	table->slots[hole].node = NULL;
}

void table_remove(struct node *node)
{
	struct table *table = node->table;
	size_t i = sc__address_hash(&node->value.address, table->seed) & (table->slot_count - 1);
	while (table->slots[i].node != node)
		i = (i + 1) & (table->slot_count - 1);
	free_slot(table, i);
	table->count--;
	node_unlink_address(node);
	node_unlink(node);
	node_free(node);
}
