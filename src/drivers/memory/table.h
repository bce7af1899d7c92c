/*
 * The rows of one kind in memory: a hash table by address, and ordered indexes that are put in order
 * only when somebody looks.
 *
 * Most holds are settled before anybody asks which of them are due, and most rows are only ever read
 * by their address. So a row that is written goes on an index's list of unsorted rows, which costs
 * next to nothing, and a range first moves that list into the tree.
 */
#ifndef SC_DRIVERS_MEMORY_TABLE_H
#define SC_DRIVERS_MEMORY_TABLE_H

#include "drivers/memory/pool.h"

#include <shopcore/port/rows.h>

#include <sys/queue.h>
#include <sys/tree.h>

/* Indexes of a table: by address, then the kind's own, then by end of life. */
#define INDEX_ADDRESS 0
#define INDEX_KIND    1 /* the first of the kind's own; of holds: by deadline */
#define TABLE_INDEXES 8
#define IDS_KIND      0 /* the table of ids is a table too: the id is the key, the outcome the body */

enum link_place { LINK_NOWHERE, LINK_UNSORTED, LINK_SORTED };

struct node;
struct table;

/* A row's place in one index. */
struct link {
	union {
		RB_ENTRY(link) tree;
		LIST_ENTRY(link) list;
	} in;
	struct node *node;
	uint16_t index;
	uint16_t place; /* enum link_place */
};

/* One row. Its key and sub stand behind its links; columns, body and personal part are blocks of their own. */
struct node {
	struct table *table;
	sc_record value;
	struct link links[];
};

/* A place in the hash table. The hash stands beside the pointer, so that neither an address that is not there nor a
 * table that grows has to look at rows, which are anywhere in memory. */
struct slot {
	uint64_t hash;
	struct node *node; /* NULL: free */
};

RB_HEAD(link_tree, link);
LIST_HEAD(link_list, link);

struct table {
	const sc_kind *kind; /* NULL: the table of ids */
	struct pool *pool;
	uint64_t seed;
	struct slot *slots;
	size_t slot_count; /* 0 or a power of two; at most three quarters of them are used */
	size_t count;
	size_t expected; /* rows that a transaction has made and not put in yet */
	uint16_t index_count;
	uint16_t lifetime_index; /* 0: the kind has no lifetimes */
	struct {
		struct link_tree tree;
		struct link_list unsorted;
	} indexes[TABLE_INDEXES];
};

void table_init(struct table *table, const sc_kind *kind, struct pool *pool, uint64_t seed);

/* Frees all rows that are in the table. */
void table_clear(struct table *table);

struct node *table_find(const struct table *table, const sc_address *address);

/* A copy of a row that is in no table yet. NULL: no memory. */
struct node *node_make(struct table *table, const sc_record *value);
void node_free(struct node *node);

/* Room in the hash table for one more row on top of those already expected. false: no memory. */
bool table_expect(struct table *table);

/* Neither can fail. */
void table_insert(struct table *table, struct node *node);
void table_remove(struct node *node);

/* Copies of parts of a row, and the way back. `count` is the kind's number of columns. */
bool parts_dup_columns(struct pool *pool, const sc_value *columns, size_t count, const sc_value **out);
bool parts_dup_bytes(struct pool *pool, sc_bytes from, sc_bytes *out);
void parts_free_columns(struct pool *pool, const sc_value *columns, size_t count);
void parts_free_bytes(struct pool *pool, sc_bytes bytes);

/* ---- index.c ---- */

/* Take a row out of all indexes but that by address before its columns, state or lifetime change, and put it
 * back afterwards. */
void node_unlink(struct node *node);
void node_link(struct node *node);
void node_link_address(struct node *node);
void node_unlink_address(struct node *node);

/* Order of two rows of a kind in one of its indexes. */
int index_compare(const struct table *table, uint16_t index, const sc_record *a, const sc_record *b);

/* What a row has in column `n` of one of the kind's own indexes. */
sc_value index_value(const sc_kind *kind, uint16_t index, const sc_record *record, uint32_t n);
uint32_t index_width(const sc_kind *kind, uint16_t index);

int value_compare(const sc_value *a, const sc_value *b);

/* The tree of an index, with all rows in it, and its first row or NULL. */
struct link_tree *index_sorted(struct table *table, uint16_t index);
struct link *index_first(struct table *table, uint16_t index);
struct link *link_next(struct link *link);
struct link *link_previous(struct link *link);

#endif
