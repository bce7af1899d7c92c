/*
 * What people may see of an order's refunds.
 */
#include "refund/refund.h"

#include "base/arena.h"
#include "base/error.h"

static const char *const state_names[] = { "UNKNOWN", "REQUESTED", "DONE", "FAILED" };

const char *sc_refund_state_name(uint32_t state)
{
	return state_names[state < sizeof(state_names) / sizeof(state_names[0]) ? state : 0];
}

sc_status sc_refund_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_refund **out,
                         size_t *count, sc_error *err)
{
	struct sc__order_ref order;
	sc__refunds refunds;
	sc_status status = sc__order_load(shop, call, order_id, SC__READ_ORDER, arena, &order, err);
	if (status == SC_OK)
		status = sc__refunds_load(shop, call, &order, arena, &refunds, err);
	if (status != SC_OK)
		return status;
	sc_refund *list = sc__arena_array(arena, refunds.count, sizeof(*list));
	if (!list)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < refunds.count; i++)
		list[i] = refunds.rows[i].shown;
	*out = list;
	*count = refunds.count;
	return SC_OK;
}
