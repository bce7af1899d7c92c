/*
 * The rows of one kind in one shard: a hash table by address, and the orders that were asked for.
 *
 * Hashes stand in an array of their own, sixteen to a cache line, so that an address that is not there, which is what
 * a new hold asks for, is found missing without a look at any row, and a table grows without one.
 */
#ifndef SC_DRIVERS_MEMORY_TABLE_H
#define SC_DRIVERS_MEMORY_TABLE_H

#include "drivers/memory/order.h"

/* Where an address belongs: its key alone decides the shard, so that all subs of a key are in one. */
struct home {
	uint32_t hash; /* of the whole address, never 0 */
	uint32_t shard;
};

#define SHARD_BITS 5

struct home home_of(const sc_address *address, uint64_t seed);

struct table {
	const struct layout *layout;
	struct pool *pool;
	uint64_t seed;
	uint32_t *hashes; /* 0: free */
	struct row **rows;
	size_t slot_count; /* 0 or a power of two; at most three quarters of them are used */
	size_t count;
	size_t expected; /* rows that a transaction has made and not put in yet */
	bool ordered;    /* some order is kept */
	struct order orders[ORDERS_MAX];
};

void table_init(struct table *table, const struct layout *layout, struct pool *pool, uint64_t seed);

/* Frees all rows that are in the table. */
void table_clear(struct table *table);

struct row *table_find(const struct table *table, uint32_t hash, const sc_address *address);

/* Room for one more row on top of those already expected, and for one more in each order. false: no memory. */
bool table_expect(struct table *table);
void table_expect_less(struct table *table);

/* None of these can fail; the first two use up what was expected. */
void table_insert(struct table *table, uint32_t hash, struct row *row);
void table_update(struct table *table, struct row *row, uint32_t changed, const sc_record *value);
void table_remove(struct table *table, struct row *row);

/* An order, kept from now on, and all rows in it. NULL: no memory. */
struct order *table_order(struct table *table, uint16_t number);

#endif
