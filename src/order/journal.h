/*
 * The journal entries of an order: what its history is read from, and what consumers are told.
 */
#ifndef SC_ORDER_JOURNAL_H
#define SC_ORDER_JOURNAL_H

#include "core/handle.h"

#include <shopcore/order.h>

/* The change that appends "topic" to the order's history: why, and who. The group has to write the order too. Storage
 * is in the arena, but for `topic`, a constant; false: no memory. */
bool sc__order_event(const sc_id *order, const char *topic, const char *cause, const sc_call *call, sc_arena *arena,
                     sc_change *out);

/* Everything that happened to an order, the oldest first: one call to the store, or one for every 64 entries. */
sc_status sc__order_history(sc_shop *shop, const sc_call *call, const sc_id *order, sc_arena *arena,
                            sc_order_event **out, size_t *count, sc_error *err);

#endif
