/*
 * What was cancelled of an order's lines. A cancellation by line is a refund whose units stay in the house, so it is
 * written in the row of that refund (refund/row.c), and whoever reads an order counts them there.
 */
#ifndef SC_ORDER_CANCELLED_H
#define SC_ORDER_CANCELLED_H

#include "core/handle.h"

#include <shopcore/order.h>

/* Parts of a refund's row: the index of the order's line or -1 for shipping, units, amount, tax. */
#define SC__PART_NUMBERS     4
#define SC__CANCELLED_MEMBER "cancelled"

/* The rows of an order's refunds. `order` stays borrowed. */
sc_range sc__refund_range(const sc_id *order);
/* Writes into the order's lines how many of their units were cancelled. DAMAGED, NO_MEMORY. */
sc_status sc__order_count_cancelled(const sc_page *refunds, sc_arena *arena, sc_order *order, sc_error *err);

#endif
