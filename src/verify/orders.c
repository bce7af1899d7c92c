/*
 * Verification, the orders: whether each is as it was written, and has the hold that its state needs.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"
#include "inventory/accounts.h"
#include "order/digest.h"

#include <shopcore/order.h>

#include <string.h>

/* How often an order that keeps changing is looked at again. */
#define TURNS_MAX 8

/* Orders have a handful of holds: one, and one more for each time it was renewed. */
#define HOLDS_MAX 64

static bool needs_any_hold(const sc_record *order)
{
	return order->columns[SC_ORDER_STATE].number == SC_ORDER_PENDING;
}

/* Paid for and not gone yet: then exactly what was sold has to be committed. */
static bool needs_committed_hold(const sc_record *order)
{
	return order->columns[SC_ORDER_STATE].number == SC_ORDER_CONFIRMED &&
	       order->columns[SC_ORDER_FULFILMENT].number == SC_FULFILMENT_WAITING;
}

static sc_range holds_of(const sc_record *order)
{
	return (sc_range){ .kind = SC_KIND_HOLD,
		           .index = SC_BY_SUB,
		           .key = { order->address.key, order->address.key_size },
		           .limit = HOLDS_MAX };
}

static bool has_its_hold(const sc_record *order, const sc_page *holds)
{
	const bool committed = needs_committed_hold(order);
	if (!committed && !needs_any_hold(order))
		return true;
	for (size_t i = 0; i < holds->count; i++)
		if (!sc__is_of_uses(&holds->records[i].address) && !sc__is_of_tenders(&holds->records[i].address) &&
		    (!committed || holds->records[i].hold_state == SC_HOLD_COMMITTED))
			return true;
	return false;
}

/* The order may have moved between the two reads: believe it only when it stood still around the second. */
static sc_status check_again(sc_verify *verify, const sc_call *call, const sc_record *suspect, bool *fits,
                             sc_error *err)
{
	sc_record order = *suspect;
	for (int i = 0; i < TURNS_MAX; i++) {
		const uint64_t version = order.version;
		const sc_range range = holds_of(&order);
		sc_page holds;
		sc_status status = sc__range(verify->shop, call, &range, 1, &verify->page, &holds, err);
		if (status != SC_OK)
			return status;
		*fits = order.version == 0 || has_its_hold(&order, &holds);
		if (*fits)
			return SC_OK;
		status = sc__load(verify->shop, call, &suspect->address, 1, SC_READ_COLUMNS, &verify->page, &order,
		                  err);
		if (status != SC_OK || order.version == version)
			return status;
	}
	*fits = true;
	return SC_OK;
}

static sc_status check_order(sc_verify *verify, const sc_call *call, const sc_record *order, const sc_page *holds,
                             sc__audit_report *report, sc_error *err)
{
	const sc_finding at = { .subject = sc__audit_id(&order->address) };
	sc_status status = SC_OK;
	verify->order_count++;
	if (!sc__order_digest_matches(order))
		status = sc__audit_find(report, SC_DAMAGE_ORDER_ALTERED, &order->address, &at, err);
	bool fits = has_its_hold(order, holds);
	if (status == SC_OK && !fits)
		status = check_again(verify, call, order, &fits, err);
	if (status == SC_OK && !fits)
		status = sc__audit_in_flight(verify, call, &order->address, &fits, err);
	if (status == SC_OK && !fits)
		status = sc__audit_find(report, SC_DAMAGE_ORDER_WITHOUT_HOLD, &order->address, &at, err);
	return status;
}

sc_status sc__audit_orders(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                           sc_error *err)
{
	sc_page page;
	sc_status status = sc__audit_walk(verify, call, SC_KIND_ORDER, SC_READ_ALL, items, &page, err);
	if (status != SC_OK)
		return status;
	sc_range *ranges = sc__arena_array(&verify->page, page.count, sizeof(*ranges));
	sc_page *holds = sc__arena_array(&verify->page, page.count, sizeof(*holds));
	if (ranges == NULL || holds == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for orders");
	for (size_t i = 0; i < page.count; i++)
		ranges[i] = holds_of(&page.records[i]);
	status = sc__range(verify->shop, call, ranges, page.count, &verify->page, holds, err);
	for (size_t i = 0; i < page.count && status == SC_OK; i++)
		status = check_order(verify, call, &page.records[i], &holds[i], report, err);
	if (status == SC_OK)
		status = sc__audit_money(verify, call, &page, report, err);
	return status == SC_OK ? sc__audit_turn_page(verify, &page, more, err) : status;
}
