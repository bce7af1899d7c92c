/*
 * An order with what moves together with it: its parcel and its hold. What ships an order and what cancels it begin
 * here.
 */
#ifndef SC_ORDER_PARCEL_H
#define SC_ORDER_PARCEL_H

#include "order/holds.h"
#include "order/record.h"
#include "order/shipment.h"

typedef struct sc__parcel {
	struct sc__order_ref ref;
	sc_shipment shipment;
	sc__order_hold hold;                     /* the committed one */
	sc__child_key keys[1 + SC__ORDER_HOLDS]; /* addresses of shipment and hold point into these: it must not move */
} sc__parcel;

/* Asks the table of access. The hold is read behind the order: whoever changes it moves the order too, and then a group
 * on this order's version is refused. BAD_FORMAT, NOT_FOUND, NOT_ALLOWED, DAMAGED, also when a confirmed order has no
 * hold; CHANGED when that is because it moved between the two loads. */
sc_status sc__parcel_load(sc_shop *shop, const sc_call *call, const char *order_id, sc__operation operation,
                          sc_arena *arena, sc__parcel *out, sc_error *err);

#endif
