/*
 * What happens to an order after it is confirmed: it is shipped and delivered. What cancels it is in refund/cancel.c.
 *
 * Each is one group on the order's version. Doing it again finds the order where it should be and says
 * so; somebody else's move in between is SC_CHANGED.
 */
#include "base/error.h"
#include "core/input.h"
#include "order/journal.h"
#include "order/parcel.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status wrong_state(const sc_order *order, sc_error *err)
{
	return sc__fail(err, SC_WRONG_STATE, "the order is %s", sc_order_status_name((sc_order_status)order->status));
}

static sc_status apply(sc_shop *shop, const sc_call *call, const sc_change *changes, uint32_t count, sc_error *err)
{
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

/* ---- ship -------------------------------------------------------------------------------- */

/* The goods leave: the hold lets go of what it committed, and as much leaves the shelf in the same step. */
static uint32_t set_leaving(const sc__order_hold *hold, sc_change *changes)
{
	uint32_t count = 0;
	if (hold->address.key_size == 0)
		return 0;
	changes[count++] = (sc_change){ .address = hold->address,
		                        .type = SC_CHANGE_RELEASE,
		                        .flags = SC_RELEASE_COMMITTED,
		                        .topic = SC_BYTES("ship") };
	for (size_t i = 0; i < hold->take_count; i++) {
		if (hold->takes[i].committed == 0)
			continue;
		changes[count] = (sc_change){ .address = hold->takes[i].take.account,
			                      .type = SC_CHANGE_ADJUST,
			                      .flags = SC_ADJUST_FORCED,
			                      .topic = SC_BYTES("ship") };
		changes[count++].counters.on_hand = -hold->takes[i].committed;
	}
	return count;
}

static sc_status ship(sc_shop *shop, const sc_call *call, const sc__parcel *parcel, const sc_shipment *shipment,
                      sc_arena *arena, sc_error *err)
{
	const sc_order *order = &parcel->ref.order;
	const sc__order_next next = { order->state, order->paid, SC_FULFILMENT_SHIPPED, SC__DUE_KEEP };
	sc_change *changes = sc_arena_alloc(arena, (parcel->hold.take_count + 4) * sizeof(*changes));
	uint32_t count = 3;
	if (!changes)
		return no_memory(err);
	sc_status status = sc__order_move(&parcel->ref, &next, arena, &changes[0], err);
	if (status != SC_OK)
		return status;
	if (!sc__shipment_put(parcel->ref.id, shipment, arena, &changes[1]) ||
	    !sc__order_event(&parcel->ref.id, "order.shipped", shipment->tracking, call, arena, &changes[2]))
		return no_memory(err);
	count += set_leaving(&parcel->hold, changes + count);
	return apply(shop, call, changes, count, err);
}

static sc_status ship_in(sc_shop *shop, const sc_call *call, const char *order_id, sc_shipment *shipment,
                         sc_arena *arena, sc_error *err)
{
	sc__parcel parcel;
	sc_status status = sc__parcel_load(shop, call, order_id, SC__FULFIL_ORDER, arena, &parcel, err);
	if (status != SC_OK)
		return status;
	const sc_order *order = &parcel.ref.order;
	bool left = order->fulfilment == SC_FULFILMENT_SHIPPED || order->fulfilment == SC_FULFILMENT_DELIVERED;
	if (left && strcmp(parcel.shipment.carrier, shipment->carrier) == 0 &&
	    strcmp(parcel.shipment.tracking, shipment->tracking) == 0)
		return SC_OK;
	if (left || order->status != SC_STATUS_CONFIRMED)
		return wrong_state(order, err);
	shipment->shipped_ms = shop->env->wall_ms(shop->env->ctx);
	return ship(shop, call, &parcel, shipment, arena, err);
}

sc_status sc_order_ship(sc_shop *shop, const sc_call *call, const char *order_id, const char *carrier,
                        const char *tracking, sc_error *err)
{
	sc_shipment shipment = { carrier ? carrier : "", tracking ? tracking : "", 0 };
	sc_arena arena;
	sc_status status = sc__input_text(shipment.carrier, SC__TEXT_EMPTY | SC__TEXT_CODE, SC_ID_TEXT_MAX, -1,
	                                  "carrier", err);
	if (status == SC_OK)
		status = sc__input_text(shipment.tracking, SC__TEXT_EMPTY | SC__TEXT_CODE, SC_ID_TEXT_MAX, -1,
		                        "tracking", err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = ship_in(shop, call, order_id, &shipment, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- deliver ----------------------------------------------------------------------------- */

static sc_status deliver(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_error *err)
{
	struct sc__order_ref ref;
	sc_change changes[2];
	sc_status status = sc__order_load(shop, call, order_id, SC__FULFIL_ORDER, arena, &ref, err);
	if (status != SC_OK)
		return status;
	if (ref.order.status == SC_STATUS_DELIVERED)
		return SC_OK;
	if (ref.order.status != SC_STATUS_SHIPPED)
		return wrong_state(&ref.order, err);
	const sc__order_next next = { ref.order.state, ref.order.paid, SC_FULFILMENT_DELIVERED, SC__DUE_KEEP };
	status = sc__order_move(&ref, &next, arena, &changes[0], err);
	if (status != SC_OK)
		return status;
	if (!sc__order_event(&ref.id, "order.delivered", "", call, arena, &changes[1]))
		return no_memory(err);
	return apply(shop, call, changes, 2, err);
}

sc_status sc_order_deliver(sc_shop *shop, const sc_call *call, const char *order_id, sc_error *err)
{
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_status status = deliver(shop, call, order_id, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
