/*
 * What became of a refund: done, with its entry in the ledger, or refused, and its room is free again.
 */
#include "refund/refund.h"

#include "base/error.h"
#include "ledger/ledger.h"
#include "order/journal.h"

const sc__refund *sc__refund_open(const sc__refunds *refunds)
{
	for (size_t i = 0; i < refunds->count; i++)
		if (refunds->rows[i].shown.state == SC_REFUND_REQUESTED)
			return &refunds->rows[i];
	return NULL;
}

/* Tick looks again at once while anything is still on its way back. */
static int64_t next_look(const sc_env *env, const sc__refunds *refunds)
{
	size_t open = 0;
	for (size_t i = 0; i < refunds->count; i++)
		open += refunds->rows[i].shown.state == SC_REFUND_REQUESTED;
	for (size_t i = 0; i < refunds->attempt_count; i++)
		open += refunds->attempts[i].shown.state == SC_ATTEMPT_REFUNDING;
	return open > 1 ? env->wall_ms(env->ctx) : SC_NEVER;
}

const sc_payment *sc__refund_payment(const sc__refunds *refunds, uint32_t number)
{
	for (size_t i = 0; i < refunds->attempt_count; i++)
		if (refunds->attempts[i].shown.number == number)
			return &refunds->attempts[i].shown;
	return NULL;
}

sc_status sc__refund_entry(sc_id id, const sc__refunds *refunds, const sc_refund *refund, sc_arena *arena,
                           sc_change *out, sc_error *err)
{
	const sc_payment *payment = sc__refund_payment(refunds, refund->payment);
	const uint32_t to = refund->to_credit || !payment ? SC_TENDER_CREDIT : payment->tender;
	sc__entry entry;
	sc__entry_begin(&entry, SC_LEDGER_REFUND, refund->number, refund->payment, refund->currency,
	                refund->part_count + 4, arena);
	sc__entry_add(&entry, sc_tender_name(to), -refund->amount_minor);
	for (size_t i = 0; i < refund->part_count; i++) {
		const sc_refund_part *part = &refund->parts[i];
		const int64_t net = part->amount_minor - part->tax_minor;
		if (part->line[0])
			sc__entry_add_income(&entry, part->seller, net, arena);
		else
			sc__entry_add(&entry, "shipping", net);
	}
	sc__entry_add(&entry, "tax", refund->tax_minor);
	return sc__entry_put(&entry, id, arena, out, err);
}

sc_status sc__refund_settle(sc_shop *shop, const sc_call *call, const struct sc__order_ref *order,
                            const sc__refunds *refunds, const sc__refund *row, const sc_gateway_reply *reply,
                            sc_arena *arena, sc_error *err)
{
	const bool done = reply->state == SC_GATEWAY_REFUNDED, refused = reply->state == SC_GATEWAY_DECLINED;
	const sc_order *now = &order->order;
	const sc__order_next next = { now->state, now->paid, now->fulfilment, next_look(shop->env, refunds) };
	sc_change changes[4];
	uint32_t count = 3;
	if (row->shown.state != SC_REFUND_REQUESTED || (!done && !refused))
		return SC_OK;
	sc_status status = sc__order_move(order, &next, arena, &changes[0], err);
	if (status != SC_OK)
		return status;
	if (!sc__refund_move(order->id, now, row, done ? SC_REFUND_DONE : SC_REFUND_FAILED, reply, arena,
	                     &changes[1]) ||
	    !sc__order_event(&order->id, done ? "refund.done" : "refund.failed", reply->decline_code, call, arena,
	                     &changes[2]))
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	if (done)
		status = sc__refund_entry(order->id, refunds, &row->shown, arena, &changes[count++], err);
	if (status != SC_OK)
		return status;
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}
