/* See order.h. */
#include "drivers/memory/order.h"

#include <string.h>

#define WAITING_FIRST 16
#define WAITING_KEEP  4096 /* a longer list is given back when it is empty */

/* ---- comparing ---- */

uint32_t order_width(const struct order *order)
{
	const struct layout *layout = order->layout;
	if (order->number == ORDER_ADDRESS)
		return 0;
	if (order->number == layout->lifetime_order || layout->kind->kind_class == SC_CLASS_HOLD)
		return 1;
	return layout->kind->indexes[order->number - ORDER_KIND].count;
}

/* What a row has in one of the order's columns. */
static sc_value column_of(const struct order *order, const struct row *row, uint32_t n)
{
	const struct layout *layout = order->layout;
	if (order->number == layout->lifetime_order) {
		int64_t expires_ms = row_expires_ms(layout, row);
		return expires_ms == 0 ? SC_VALUE_NONE : SC_VALUE_OF_INT(expires_ms);
	}
	if (layout->kind->kind_class == SC_CLASS_HOLD)
		return SC_VALUE_OF_INT(row_deadline_ms(layout, row));
	const sc_value *columns = row_columns(layout, row);
	return columns == NULL ? SC_VALUE_NONE : columns[layout->kind->indexes[order->number - ORDER_KIND].columns[n]];
}

void spot_of(const struct order *order, const struct row *row, struct spot *out)
{
	out->width = order_width(order);
	for (uint32_t n = 0; n < out->width; n++)
		out->values[n] = column_of(order, row, n);
	out->address = row_address(order->layout, row);
}

int value_compare(const sc_value *a, const sc_value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type != SC_VALUE_BYTES)
		return (a->number > b->number) - (a->number < b->number);
	size_t shorter = a->bytes.size < b->bytes.size ? a->bytes.size : b->bytes.size;
	int order = shorter == 0 ? 0 : memcmp(a->bytes.data, b->bytes.data, shorter);
	return order != 0 ? order : (a->bytes.size > b->bytes.size) - (a->bytes.size < b->bytes.size);
}

int spot_compare(const struct spot *a, const struct spot *b)
{
	for (uint32_t n = 0; n < a->width; n++) {
		int order = value_compare(&a->values[n], &b->values[n]);
		if (order != 0)
			return order;
	}
	return sc_address_compare(&a->address, &b->address);
}

static int link_compare(const struct link *a, const struct link *b)
{
	struct spot left, right;
	spot_of(a->order, a->row, &left);
	spot_of(b->order, b->row, &right);
	return spot_compare(&left, &right);
}

RB_GENERATE_INTERNAL(link_tree, link, tree, link_compare, static __attribute__((unused)))

struct link *order_first(struct order *order)
{
	return RB_MIN(link_tree, &order->tree);
}

struct link *order_next(struct link *link)
{
	return RB_NEXT(link_tree, NULL, link);
}

struct link *order_previous(struct link *link)
{
	return RB_PREV(link_tree, NULL, link);
}

/* ---- which rows ---- */

static uint8_t bit_of(const struct order *order)
{
	return (uint8_t)(1u << order->number);
}

/* Whether a row stands in this order at all. */
static bool belongs(const struct order *order, const struct row *row)
{
	const struct layout *layout = order->layout;
	if (order->number != ORDER_ADDRESS && order->number != layout->lifetime_order &&
	    layout->kind->kind_class == SC_CLASS_HOLD)
		return row_hold_state(layout, row) == SC_HOLD_HELD && row_deadline_ms(layout, row) != 0;
	for (uint32_t n = 0; n < order_width(order); n++)
		if (column_of(order, row, n).type == SC_VALUE_NULL)
			return false;
	return true;
}

/* Forgets that a row waits. false: it is dead, and if no other order has to forget it, it is now freed. */
static bool take_waiting(const struct order *order, struct pool *pool, struct row *row)
{
	row->waiting &= (uint8_t)~bit_of(order);
	if ((row->waiting & ROW_DEAD) == 0)
		return true;
	if (row->waiting == ROW_DEAD)
		row_free_block(order->layout, pool, row);
	return false;
}

void order_init(struct order *order, const struct layout *layout, uint8_t number)
{
	*order = (struct order){ .layout = layout, .number = number };
	RB_INIT(&order->tree);
}

static void free_waiting(struct order *order, struct pool *pool)
{
	if (order->waiting != NULL)
		pool->env->resize(pool->env->ctx, order->waiting, 0);
	order->waiting = NULL;
	order->waiting_count = order->waiting_room = 0;
}

void order_clear(struct order *order, struct pool *pool)
{
	for (uint32_t i = 0; i < order->waiting_count; i++)
		take_waiting(order, pool, order->waiting[i]);
	free_waiting(order, pool);
	order_init(order, order->layout, order->number); /* the links go with the pool's slabs */
}

/* ---- the list of those who wait ---- */

/* Drops those who died, or belong no longer. */
static void sift_waiting(struct order *order, struct pool *pool)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < order->waiting_count; i++) {
		struct row *row = order->waiting[i];
		if (!take_waiting(order, pool, row) || !belongs(order, row))
			continue;
		row->waiting |= bit_of(order);
		order->waiting[kept++] = row;
	}
	order->waiting_count = kept;
}

bool order_reserve(struct order *order, struct pool *pool, size_t count)
{
	const sc_env *env = pool->env;
	if (!order->kept || count <= order->waiting_room - order->waiting_count)
		return true;
	sift_waiting(order, pool);
	size_t room = order->waiting_room == 0 ? WAITING_FIRST : order->waiting_room;
	while (room / 2 < order->waiting_count + count)
		room *= 2;
	if (room > UINT32_MAX)
		return false;
	if (room == order->waiting_room)
		return true;
	struct row **waiting = env->resize(env->ctx, order->waiting, room * sizeof(*waiting));
	if (waiting == NULL)
		return false;
	order->waiting = waiting;
	order->waiting_room = (uint32_t)room;
	return true;
}

void order_add(struct order *order, struct row *row)
{
	if (!order->kept || ((row->sorted | row->waiting) & bit_of(order)) != 0 || !belongs(order, row))
		return;
	row->waiting |= bit_of(order);
	order->waiting[order->waiting_count++] = row;
}

void order_remove(struct order *order, struct pool *pool, struct row *row)
{
	if ((row->sorted & bit_of(order)) == 0)
		return;
	struct link wanted = { .row = row, .order = order };
	struct link *link = RB_FIND(link_tree, &order->tree, &wanted);
	RB_REMOVE(link_tree, &order->tree, link);
	pool_free(pool, link, sizeof *link);
	row->sorted &= (uint8_t)~bit_of(order);
}

bool order_settle(struct order *order, struct pool *pool)
{
	while (order->waiting_count > 0) {
		struct row *row = order->waiting[order->waiting_count - 1];
		struct link *link = pool_alloc(pool, sizeof *link);
		if (link == NULL)
			return false;
		order->waiting_count--;
		if (take_waiting(order, pool, row) && belongs(order, row)) {
			*link = (struct link){ .row = row, .order = order };
			RB_INSERT(link_tree, &order->tree, link);
			row->sorted |= bit_of(order);
		} else {
			pool_free(pool, link, sizeof *link);
		}
	}
	if (order->waiting_room > WAITING_KEEP)
		free_waiting(order, pool);
	return true;
}
