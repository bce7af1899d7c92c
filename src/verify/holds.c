/*
 * Verification, the holds: each is added to the accounts it claims, and compared with its order. Then those that the
 * journal knows and nobody found.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"
#include "inventory/accounts.h"

#include <shopcore/order.h>

#include <string.h>

/* A sweep may be this late before a hold past its deadline counts as forgotten. */
#define SWEEP_PATIENCE_MS 60000

/* A hold together with the order it belongs to. */
typedef struct pair {
	sc_record hold, order;
} pair;

static bool is_live(const sc_record *hold)
{
	return hold->hold_state == SC_HOLD_HELD || hold->hold_state == SC_HOLD_COMMITTED;
}

static int64_t state_of(const sc_record *order, int column)
{
	return order->columns[column].number;
}

static bool was_called_off(const sc_record *order)
{
	const int64_t state = state_of(order, SC_ORDER_STATE);
	return state == SC_ORDER_PAYMENT_FAILED || state == SC_ORDER_CANCELLED;
}

/* An order that was called off, or whose goods left, has given its hold back in the same step. What it used of coupons
 * stays used when the goods leave. */
static bool has_ended(const sc_record *order)
{
	const int64_t fulfilment = state_of(order, SC_ORDER_FULFILMENT);
	return was_called_off(order) || fulfilment == SC_FULFILMENT_SHIPPED || fulfilment == SC_FULFILMENT_DELIVERED;
}

static sc_address order_of(const sc_address *hold)
{
	return (sc_address){ .kind = SC_KIND_ORDER, .key = hold->key, .key_size = hold->key_size };
}

/* ---- one hold -------------------------------------------------------------------------- */

/* What the journal says a hold claims: for one that is gone or cannot be read, so that its damage is named once. */
static bool add_shares(const sc__audit_hold *hold)
{
	bool claims = false;
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next) {
		share->account->held += share->held;
		share->account->committed += share->committed;
		claims = claims || share->held != 0 || share->committed != 0;
	}
	return claims;
}

/* Adds what a live hold claims to the sums of its accounts. */
static sc_status add_up(sc_verify *verify, const sc__audit_hold *known, const sc_record *hold, sc__audit_report *report,
                        sc_error *err)
{
	sc_hold_take *takes;
	size_t count;
	sc_status status = sc_hold_takes(hold, &verify->page, &takes, &count);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a hold");
	if (status != SC_OK) {
		const sc_finding at = { .subject = sc__audit_id(&hold->address) };
		add_shares(known);
		return sc__audit_find(report, SC_DAMAGE_HOLD_UNREADABLE, &hold->address, &at, err);
	}
	for (size_t i = 0; i < count; i++) {
		sc__audit_account *account = sc__audit_account_at(verify, &takes[i].take.account);
		if (account == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for accounts");
		if (hold->hold_state == SC_HOLD_HELD)
			account->held += takes[i].take.quantity;
		else
			account->committed += takes[i].committed;
	}
	return SC_OK;
}

/* Reads a suspect once more, the order first: an order that ended stays so, and its hold ended with it. */
static sc_status read_again(sc_verify *verify, const sc_call *call, pair *suspect, sc_error *err)
{
	const sc_address order = order_of(&suspect->hold.address), hold = suspect->hold.address;
	sc_status status = sc__load(verify->shop, call, &order, 1, SC_READ_COLUMNS, &verify->page, &suspect->order,
	                            err);
	if (status == SC_OK)
		status = sc__load(verify->shop, call, &hold, 1, 0, &verify->page, &suspect->hold, err);
	return status;
}

/* Whether the order's end has settled this hold too. */
static bool is_over(const sc_verify *verify, const pair *both)
{
	const int64_t state = state_of(&both->order, SC_ORDER_STATE);
	const bool committed = both->hold.hold_state == SC_HOLD_COMMITTED;
	if (sc__is_of_tenders(&both->hold.address)) /* what a cancelled order spent is put back beside its hold */
		return committed ? state == SC_ORDER_PAYMENT_FAILED : state != SC_ORDER_PENDING;
	if (!sc__is_of_uses(&both->hold.address))
		return has_ended(&both->order);
	if (committed && verify->shop->settings.coupon_policy == SC_COUPON_STAYS_USED)
		return state == SC_ORDER_PAYMENT_FAILED;
	return was_called_off(&both->order);
}

/* 0: the pair fits together. */
static sc_damage judge(const sc_verify *verify, const pair *both, int64_t now_ms)
{
	if (!is_live(&both->hold))
		return (sc_damage)0;
	if (both->hold.hold_state == SC_HOLD_HELD && both->hold.deadline_ms != 0 &&
	    both->hold.deadline_ms < now_ms - SWEEP_PATIENCE_MS)
		return SC_DAMAGE_HOLD_PAST_DEADLINE;
	if (sc__is_orderless(&both->hold.address))
		return (sc_damage)0;
	if (both->order.version == 0)
		return SC_DAMAGE_HOLD_WITHOUT_ORDER;
	return is_over(verify, both) ? SC_DAMAGE_HOLD_PAST_ORDER : (sc_damage)0;
}

static sc_status check_pair(sc_verify *verify, const sc_call *call, const pair *both, int64_t now_ms,
                            sc__audit_report *report, sc_error *err)
{
	pair suspect = *both;
	if (judge(verify, &suspect, now_ms) == 0)
		return SC_OK;
	sc_status status = read_again(verify, call, &suspect, err);
	const sc_damage damage = status == SC_OK ? judge(verify, &suspect, now_ms) : (sc_damage)0;
	if (status != SC_OK || damage == 0)
		return status;
	bool in_flight = false;
	status = sc__audit_in_flight(verify, call, &suspect.order.address, &in_flight, err);
	/* where orders are kept apart the hold is first, and lapses when its order never comes */
	if (verify->apart && damage == SC_DAMAGE_HOLD_WITHOUT_ORDER && suspect.hold.deadline_ms != 0)
		in_flight = true;
	if (status != SC_OK || in_flight)
		return status;
	const sc_finding at = { .subject = sc__audit_id(&both->hold.address),
		                .expected = damage == SC_DAMAGE_HOLD_PAST_DEADLINE ? suspect.hold.deadline_ms : 0,
		                .found = damage == SC_DAMAGE_HOLD_PAST_DEADLINE ? now_ms : 0 };
	return sc__audit_find(report, damage, &both->hold.address, &at, err);
}

static sc_status take_hold(sc_verify *verify, const sc_call *call, const pair *both, int64_t now_ms,
                           sc__audit_report *report, sc_error *err)
{
	const sc_record *hold = &both->hold;
	verify->hold_count++;
	sc__audit_hold *known = sc__audit_hold_at(verify, &hold->address);
	if (known == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for holds");
	known->seen = true;
	if (hold->version > verify->end) {
		known->version = hold->version;
		if (hold->version > verify->hold_version_max)
			verify->hold_version_max = hold->version;
	}
	if (!is_live(hold))
		return SC_OK;
	sc_status status = add_up(verify, known, hold, report, err);
	return status == SC_OK ? check_pair(verify, call, both, now_ms, report, err) : status;
}

/* The orders of many holds, in one load; absent for reservations, which have none. */
static sc_status load_orders(sc_verify *verify, const sc_call *call, pair *pairs, size_t count, sc_error *err)
{
	sc_address *addresses = sc__arena_array(&verify->page, count, sizeof(*addresses));
	sc_record *orders = sc__arena_array(&verify->page, count, sizeof(*orders));
	if (addresses == NULL || orders == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for orders");
	memset(orders, 0, count * sizeof(*orders));
	for (size_t i = 0; i < count; i++)
		addresses[i] = order_of(&pairs[i].hold.address);
	sc_status status = sc__load(verify->shop, call, addresses, count, SC_READ_COLUMNS, &verify->page, orders, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		pairs[i].order = orders[i];
	return status;
}

sc_status sc__audit_holds(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                          sc_error *err)
{
	sc_page page;
	int64_t now_ms;
	sc_status status = sc__now(verify->shop, call, &now_ms, err);
	if (status == SC_OK)
		status = sc__audit_walk(verify, call, SC_KIND_HOLD, SC_READ_BODY, items, &page, err);
	if (status != SC_OK)
		return status;
	pair *pairs = sc__arena_array(&verify->page, page.count, sizeof(*pairs));
	if (pairs == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for holds");
	for (size_t i = 0; i < page.count; i++)
		pairs[i] = (pair){ .hold = page.records[i] };
	status = load_orders(verify, call, pairs, page.count, err);
	for (size_t i = 0; i < page.count && status == SC_OK; i++)
		status = take_hold(verify, call, &pairs[i], now_ms, report, err);
	return status == SC_OK ? sc__audit_turn_page(verify, &page, more, err) : status;
}

/* ---- holds that are not there ---------------------------------------------------------- */

static bool is_open(const sc__audit_hold *hold)
{
	for (const sc__audit_share *share = hold->shares; share != NULL; share = share->next)
		if (share->held != 0 || share->committed != 0)
			return true;
	return false;
}

/* What a missing hold claims is counted in all the same: the damage is named once, at the hold or its order. */
static sc_status take_missing(sc_verify *verify, const sc_call *call, const sc__audit_hold *hold,
                              sc__audit_report *report, sc_error *err)
{
	sc_record order = { 0 };
	const sc_address address = order_of(&hold->address);
	sc_status status = sc__load(verify->shop, call, &address, 1, SC_READ_COLUMNS, &verify->page, &order, err);
	if (status != SC_OK)
		return status;
	const bool claims = add_shares(hold);
	const bool of_goods = !sc__is_of_tenders(&hold->address) && !sc__is_of_uses(&hold->address);
	const bool told_at_order = order.version != 0 && of_goods && !has_ended(&order);
	if (!claims || told_at_order)
		return SC_OK;
	const sc_finding at = { .subject = sc__audit_id(&hold->address) };
	return sc__audit_find(report, SC_DAMAGE_HOLD_MISSING, &hold->address, &at, err);
}

sc_status sc__audit_missing_holds(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                                  bool *more, sc_error *err)
{
	void *value = NULL;
	sc_bytes key;
	for (size_t i = 0; i < items; i++) {
		const size_t before = verify->map_cursor;
		*more = sc__map_next(&verify->holds, &verify->map_cursor, &key, &value);
		if (!*more) {
			verify->map_cursor = 0;
			return SC_OK;
		}
		const sc__audit_hold *hold = value;
		if (hold->seen || !is_open(hold))
			continue;
		sc_status status = take_missing(verify, call, hold, report, err);
		if (status != SC_OK) {
			verify->map_cursor = before;
			return status;
		}
	}
	return SC_OK;
}
