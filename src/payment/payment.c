/*
 * What people may see of an order's payments.
 */
#include <shopcore/payment.h>

#include "base/error.h"
#include "core/access.h"
#include "payment/attempt.h"

static const char *const state_names[] = { "UNKNOWN",  "PREPARED", "NEEDS_STEP", "CAPTURED",
	                                   "DECLINED", "VOIDED",   "REFUNDING",  "REFUNDED" };

const char *sc_attempt_state_name(uint32_t state)
{
	return state_names[state < sizeof(state_names) / sizeof(state_names[0]) ? state : 0];
}

/* Whether the order is the caller's to see. Payment stands below order, so it reads the one column itself. */
static sc_status may_read(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc_error *err)
{
	sc_address address = { .key = (const char *)order.bytes,
		               .key_size = sizeof(order.bytes),
		               .kind = SC_KIND_ORDER };
	sc_record record;
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_COLUMNS, arena, &record, err);
	if (status != SC_OK)
		return status;
	if (record.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "no such order");
	sc_bytes owner = record.columns[SC_ORDER_OWNER].bytes;
	const char *text = sc_arena_dup(arena, owner.data, owner.size);
	if (!text)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	return sc__allow(call, SC__READ_ORDER, text, err);
}

sc_status sc_payment_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_payment **out,
                          size_t *count, sc_error *err)
{
	sc_id order;
	sc__attempt *attempts;
	size_t found;
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	if (!order_id || sc_id_parse(order_id, &order) != SC_OK)
		return sc__bad(err, SC_BAD_FORMAT, "order_id", "is no id");
	status = may_read(shop, call, order, arena, err);
	if (status == SC_OK)
		status = sc__attempt_load(shop, call, order, arena, &attempts, &found, err);
	if (status != SC_OK)
		return status;
	sc_payment *list = sc_arena_alloc(arena, found * sizeof(*list));
	if (!list)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < found; i++)
		list[i] = attempts[i].shown;
	*out = list;
	*count = found;
	return SC_OK;
}
