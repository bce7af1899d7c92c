#include "order/parcel.h"

#include "base/error.h"

static sc_status load_order(sc_shop *shop, const sc_call *call, sc__operation operation, sc_arena *arena,
                            sc__parcel *out, sc_error *err)
{
	const sc_address addresses[] = { sc__order_address(&out->ref.id),
		                         sc__shipment_address(&out->keys[0], out->ref.id) };
	sc_record records[2];
	sc_status status = sc__load(shop, call, addresses, 2, SC_READ_ALL, arena, records, err);
	if (status == SC_OK)
		status = sc__order_admit(&records[0], call, operation, arena, &out->ref.order, err);
	return status == SC_OK ? sc__shipment_decode(&records[1], arena, &out->shipment, err) : status;
}

/* Order and hold are two reads. A confirmed order without a hold was shipped or cancelled between them, or has lost it.
 */
static sc_status look_again(sc_shop *shop, const sc_call *call, sc_arena *arena, const sc__parcel *parcel,
                            sc_error *err)
{
	const sc_address address = sc__order_address(&parcel->ref.id);
	sc_record record;
	sc_status status = sc__load(shop, call, &address, 1, 0, arena, &record, err);
	if (status == SC_OK && record.version != parcel->ref.order.version)
		return sc__fail(err, SC_CHANGED, "the order moved while it was read");
	return status == SC_OK ? sc__fail(err, SC_DAMAGED, "the hold on the order's goods is missing") : status;
}

sc_status sc__parcel_load(sc_shop *shop, const sc_call *call, const char *order_id, sc__operation operation,
                          sc_arena *arena, sc__parcel *out, sc_error *err)
{
	sc_address addresses[SC__ORDER_HOLDS];
	sc_record holds[SC__ORDER_HOLDS];
	sc_status status = sc__order_id_read(call, order_id, &out->ref.id, err);
	if (status == SC_OK)
		status = load_order(shop, call, operation, arena, out, err);
	if (status != SC_OK)
		return status;
	sc__order_hold_addresses(out->ref.id, out->keys + 1, addresses);
	status = sc__load(shop, call, addresses, SC__ORDER_HOLDS, SC_READ_BODY, arena, holds, err);
	if (status == SC_OK)
		status = sc__order_hold_committed(holds, arena, &out->hold, err);
	if (status == SC_OK && out->hold.address.key_size == 0 && out->ref.order.status == SC_STATUS_CONFIRMED)
		status = look_again(shop, call, arena, out, err);
	return status;
}
