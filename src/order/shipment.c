#include "order/shipment.h"

#include "base/error.h"

sc_address sc__shipment_address(sc__child_key *key, sc_id order)
{
	return sc__child_address(key, SC_KIND_SHIPMENT, order, 1);
}

sc_status sc__shipment_decode(const sc_record *record, sc_arena *arena, sc_shipment *out, sc_error *err)
{
	const sc_json *json;
	if (record->version == 0) {
		*out = (sc_shipment){ "", "", 0 };
		return SC_OK;
	}
	sc_status status = sc_json_parse(record->body, arena, NULL, &json, err);
	if (status == SC_NO_MEMORY)
		return status;
	if (status != SC_OK || !record->columns || record->columns[SC_SHIPMENT_SHIPPED].type != SC_VALUE_INT)
		return sc__fail(err, SC_DAMAGED, "a shipment's row does not read");
	sc_bytes carrier = sc_json_text(sc_json_member(json, "carrier"));
	sc_bytes tracking = sc_json_text(sc_json_member(json, "tracking"));
	out->carrier = carrier.data ? carrier.data : "";
	out->tracking = tracking.data ? tracking.data : "";
	out->shipped_ms = record->columns[SC_SHIPMENT_SHIPPED].number;
	return SC_OK;
}

bool sc__shipment_put(sc_id order, const sc_shipment *shipment, sc_arena *arena, sc_change *out)
{
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	sc_value *column = sc_arena_alloc(arena, sizeof(*column));
	if (!key || !column)
		return false;
	*column = SC_VALUE_OF_INT(shipment->shipped_ms);
	sc_change change = { .address = sc__shipment_address(key, order),
		             .type = SC_CHANGE_PUT,
		             .condition = SC_IF_ABSENT };
	change.columns = column;
	change.column_count = SC_SHIPMENT_COLUMNS;
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "carrier", shipment->carrier);
	sc_json_add_text(&writer, "tracking", shipment->tracking);
	sc_json_end_object(&writer);
	if (sc_json_finish(&writer, &change.body, NULL) != SC_OK)
		return false;
	*out = change;
	return true;
}
