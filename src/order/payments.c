/*
 * What people may see of an order's payments: its attempts, and what gift cards and store credit pay.
 */
#include "base/arena.h"
#include "base/error.h"
#include "order/record.h"
#include "tender/tender.h"

#include <shopcore/payment.h>

sc_status sc__order_payments(const sc_order *order, const sc_page *attempts, sc_arena *arena, sc_payment **out,
                             size_t *count, sc_error *err)
{
	sc__attempt *own;
	const sc__attempt *all;
	size_t found;
	sc_status status = sc__attempts_decode(attempts, arena, &own, &found, err);
	if (status == SC_OK)
		status = sc__payments_of(order, own, found, arena, &all, &found, err);
	if (status != SC_OK)
		return status;
	sc_payment *list = sc__arena_array(arena, found, sizeof(*list));
	if (!list)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < found; i++)
		list[i] = all[i].shown;
	*out = list;
	*count = found;
	return SC_OK;
}

sc_status sc_payment_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_payment **out,
                          size_t *count, sc_error *err)
{
	struct sc__order_ref order;
	sc_page page;
	sc_status status = sc__order_load(shop, call, order_id, SC__READ_ORDER, arena, &order, err);
	if (status != SC_OK)
		return status;
	const sc_range range = sc__attempts_range(&order.id);
	status = sc__range(shop, call, &range, 1, arena, &page, err);
	return status == SC_OK ? sc__order_payments(&order.order, &page, arena, out, count, err) : status;
}
