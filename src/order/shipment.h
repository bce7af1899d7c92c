/*
 * The row of a parcel: (order id, n). There is one for each order so far; the key has room for more.
 */
#ifndef SC_ORDER_SHIPMENT_H
#define SC_ORDER_SHIPMENT_H

#include "core/handle.h"
#include "payment/attempt.h"

#include <shopcore/order.h>

sc_address sc__shipment_address(sc__child_key *key, sc_id order);
/* An absent row is a shipment that did not happen. DAMAGED, NO_MEMORY. */
sc_status sc__shipment_decode(const sc_record *record, sc_arena *arena, sc_shipment *out, sc_error *err);
/* The change that makes it, if absent. Storage is in the arena; false: no memory. */
bool sc__shipment_put(sc_id order, const sc_shipment *shipment, sc_arena *arena, sc_change *out);

#endif
