/*
 * The rows of a table in order: by address, by an index of the kind, by end of life.
 *
 * An order that nobody has asked for is not kept at all, and one that was asked for is put right only when somebody
 * asks again: until then rows that came wait in a list, which costs a pointer. Most holds are settled before anybody
 * asks which are due, and never enter the tree; ten million SKUs that are only ever named pay nothing for an order.
 */
#ifndef SC_DRIVERS_MEMORY_ORDER_H
#define SC_DRIVERS_MEMORY_ORDER_H

#include "drivers/memory/row.h"

#include <sys/tree.h>

#define ORDER_ADDRESS 0
#define ORDER_KIND    1 /* the first of the kind's own; of holds: by deadline */
#define ORDERS_MAX    4

/* A row's place in a tree. */
struct link {
	RB_ENTRY(link) tree;
	struct row *row;
	const struct order *order;
};

RB_HEAD(link_tree, link);

struct order {
	const struct layout *layout;
	struct row **waiting; /* rows to be put in, or, when they died, to be freed */
	struct link_tree tree;
	uint32_t waiting_count, waiting_room;
	uint8_t number;
	bool kept; /* somebody has asked for it */
};

/* Where a row stands: what it has in the order's columns, then its address. */
struct spot {
	sc_value values[SC_INDEX_COLUMNS_MAX];
	uint32_t width;
	sc_address address;
};

void order_init(struct order *order, const struct layout *layout, uint8_t number);
/* Forgets all links; rows that wait only to be freed are freed. */
void order_clear(struct order *order, struct pool *pool);

/* Room for `count` more rows that wait. false: no memory. */
bool order_reserve(struct order *order, struct pool *pool, size_t count);

/* Puts a row on the list if it belongs there and the order is kept; there is room. */
void order_add(struct order *order, struct row *row);
/* Takes a row out of the tree; one that waits stays on the list and is looked at again. */
void order_remove(struct order *order, struct pool *pool, struct row *row);

/* Puts all that wait in order. false: no memory. */
bool order_settle(struct order *order, struct pool *pool);

struct link *order_first(struct order *order);
struct link *order_next(struct link *link);
struct link *order_previous(struct link *link);

/* How many columns an order has in front of the address. */
uint32_t order_width(const struct order *order);
void spot_of(const struct order *order, const struct row *row, struct spot *out);
int spot_compare(const struct spot *a, const struct spot *b);
int value_compare(const sc_value *a, const sc_value *b);

#endif
