/* See table.h: rows, their parts, and the hash table. */
#include "drivers/memory/table.h"

#include "base/address_hash.h"

#define BUCKETS_FIRST 64

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
	for (size_t i = 0; i < table->bucket_count; i++) {
		struct node *node = table->buckets[i];
		while (node != NULL) {
			struct node *next = node->next;
			node_free(node);
			node = next;
		}
	}
	const sc_env *env = table->pool->env;
	if (table->buckets != NULL)
		env->resize(env->ctx, table->buckets, 0);
	table_init(table, table->kind, table->pool, table->seed);
}

struct node *table_find(const struct table *table, const sc_address *address)
{
	if (table->bucket_count == 0)
		return NULL;
	uint64_t hash = sc__address_hash(address, table->seed);
	struct node *node = table->buckets[hash & (table->bucket_count - 1)];
	while (node != NULL && (node->hash != hash || !sc__address_equal(&node->value.address, address)))
		node = node->next;
	return node;
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

/* ---- the hash table ---- */

static void move_to(struct table *table, struct node **buckets, size_t bucket_count)
{
	for (size_t i = 0; i < table->bucket_count; i++) {
		struct node *node = table->buckets[i];
		while (node != NULL) {
			struct node *next = node->next;
			struct node **bucket = &buckets[node->hash & (bucket_count - 1)];
			node->next = *bucket;
			*bucket = node;
			node = next;
		}
	}
}

bool table_expect(struct table *table)
{
	table->expected++;
	if (table->count + table->expected <= table->bucket_count)
		return true;
	const sc_env *env = table->pool->env;
	size_t bucket_count = table->bucket_count == 0 ? BUCKETS_FIRST : table->bucket_count * 2;
	struct node **buckets = env->resize(env->ctx, NULL, bucket_count * sizeof(*buckets));
	if (buckets == NULL)
		return false;
	memset(buckets, 0, bucket_count * sizeof(*buckets));
	move_to(table, buckets, bucket_count);
	if (table->buckets != NULL)
		env->resize(env->ctx, table->buckets, 0);
	table->buckets = buckets;
	table->bucket_count = bucket_count;
	return true;
}

void table_insert(struct table *table, struct node *node)
{
	node->hash = sc__address_hash(&node->value.address, table->seed);
	struct node **bucket = &table->buckets[node->hash & (table->bucket_count - 1)];
	node->next = *bucket;
	*bucket = node;
	table->count++;
	node_link_address(node);
	node_link(node);
}

void table_remove(struct node *node)
{
	struct table *table = node->table;
	struct node **at = &table->buckets[node->hash & (table->bucket_count - 1)];
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	table->count--;
	node_unlink_address(node);
	node_unlink(node);
	node_free(node);
}
