/*
 * What is left of an order to give back: what it cost, less what every refund that did not fail took from each line.
 * Units that were cancelled stay so, whatever became of their refund.
 */
#include "refund/refund.h"

#include "base/arena.h"
#include "base/error.h"
#include "ledger/ledger.h"

#include <string.h>

static sc_status damaged(sc_error *err)
{
	return sc__fail(err, SC_DAMAGED, "more of the order was given back than was paid");
}

static bool set_whole(const sc_order *order, sc_arena *arena, sc__refund_left *parts)
{
	sc__money_part *whole = sc__arena_array(arena, order->line_count + 1, sizeof(*whole));
	if (!whole || !sc__money_parts(order, arena, whole))
		return false;
	for (size_t i = 0; i <= order->line_count; i++)
		parts[i] = (sc__refund_left){ .amount = whole[i].amount, .tax = whole[i].tax, .paid = whole[i].amount };
	return true;
}

static sc__refund_left *part_of(sc__refund_room *room, const char *line)
{
	size_t at = 0;
	while (at < room->order->line_count && strcmp(room->order->lines[at].id, line) != 0)
		at++;
	return &room->parts[at]; /* the text of shipping is no line's id */
}

/* Units may be cancelled whose money went back before; they are not given back a second time. */
static void add_units(const sc__refund_room *room, sc__refund_left *left, const sc_refund_part *part, bool cancelled)
{
	const size_t at = (size_t)(left - room->parts);
	const int64_t units = at < room->order->line_count ? room->order->lines[at].quantity : 0;
	left->returned += part->quantity;
	if (left->returned > units)
		left->returned = units;
	if (cancelled)
		left->cancelled += part->quantity;
}

static bool take_out(sc__refund_room *room, const sc_refund *refund)
{
	const bool failed = refund->state == SC_REFUND_FAILED;
	if (failed && !refund->cancelled)
		return true;
	for (size_t i = 0; i < refund->part_count; i++) {
		sc__refund_left *left = part_of(room, refund->parts[i].line);
		add_units(room, left, &refund->parts[i], refund->cancelled);
		if (failed)
			continue;
		left->amount -= refund->parts[i].amount_minor;
		left->tax -= refund->parts[i].tax_minor;
		if (left->amount < 0)
			return false;
	}
	if (!failed)
		room->left -= refund->amount_minor;
	return room->left >= 0;
}

int64_t sc__refund_left_of(const sc__refunds *refunds, const sc__attempt *attempt)
{
	int64_t left = attempt->shown.amount_minor;
	for (size_t i = 0; i < refunds->count; i++)
		if (refunds->rows[i].shown.payment == attempt->shown.number &&
		    refunds->rows[i].shown.state != SC_REFUND_FAILED)
			left -= refunds->rows[i].shown.amount_minor;
	return left;
}

sc_status sc__refund_room_make(const sc__refunds *refunds, sc_arena *arena, sc__refund_room *out, sc_error *err)
{
	const sc_order *order = refunds->order;
	sc__refund_room room = { .order = order, .part_count = order->line_count + 1 };
	room.parts = sc__arena_array(arena, room.part_count, sizeof(*room.parts));
	if (!room.parts || !set_whole(order, arena, room.parts))
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < refunds->attempt_count; i++)
		if (refunds->attempts[i].shown.state == SC_ATTEMPT_CAPTURED)
			room.captured += refunds->attempts[i].shown.amount_minor;
	room.left = room.captured;
	for (size_t i = 0; i < refunds->count; i++)
		if (!take_out(&room, &refunds->rows[i].shown))
			return damaged(err);
	*out = room;
	return SC_OK;
}
