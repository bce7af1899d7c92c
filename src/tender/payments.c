/*
 * What gift cards and store credit pay of an order, shown as payments. They have no rows: how much each pays is in the
 * order's snapshot, and what became of it follows from the order's states, so nothing could disagree.
 */
#include "tender/tender.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

static uint32_t state_of(const sc_order *order)
{
	switch ((sc_order_state)order->state) {
	case SC_ORDER_PENDING:
		return SC_ATTEMPT_PREPARED;
	case SC_ORDER_CONFIRMED:
		return SC_ATTEMPT_CAPTURED;
	case SC_ORDER_CANCELLED:
		return order->paid == SC_PAID_FAILED ? SC_ATTEMPT_VOIDED : SC_ATTEMPT_REFUNDED;
	case SC_ORDER_PAYMENT_FAILED:
		break;
	}
	return SC_ATTEMPT_VOIDED;
}

sc_status sc__payments_of(const sc_order *order, const sc__attempt *attempts, size_t attempt_count, sc_arena *arena,
                          const sc__attempt **out, size_t *count, sc_error *err)
{
	if (order->tender_count == 0) {
		*out = attempts;
		*count = attempt_count;
		return SC_OK;
	}
	sc__attempt *all = sc__arena_array(arena, attempt_count + order->tender_count, sizeof(*all));
	if (!all)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	if (attempt_count > 0)
		memcpy(all, attempts, attempt_count * sizeof(*all));
	for (size_t i = 0; i < order->tender_count; i++) {
		const sc_order_tender *tender = &order->tenders[i];
		all[attempt_count + i] = (sc__attempt){ .means = "",
			                                .shown = { .number = SC_TENDER_FIRST + (uint32_t)i,
			                                           .state = state_of(order),
			                                           .tender = tender->kind,
			                                           .account = tender->account,
			                                           .attempt = "",
			                                           .amount_minor = tender->amount_minor,
			                                           .currency = order->currency,
			                                           .provider_ref = "",
			                                           .step_url = "",
			                                           .decline_code = "" } };
	}
	*out = all;
	*count = attempt_count + order->tender_count;
	return SC_OK;
}
