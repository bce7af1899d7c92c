/*
 * From a wish to parts, and from parts to refunds of payments. Nothing here reads or writes.
 *
 * A unit is worth what pricing says was paid for it, but never more than is left of its line; whoever gives back the
 * last of something gets all that is left of it, tax included. So every order of steps ends at exactly zero.
 */
#include "refund/refund.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"

#include <shopcore/money.h>
#include <shopcore/pricing.h>

#include <string.h>

#define WHOLE_PPM 1000000

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status too_much(sc_error *err, int32_t index, int64_t wanted, int64_t left)
{
	sc__fail(err, SC_LIMIT_REACHED, "only %lld are left to give back", (long long)left);
	if (err) {
		err->index = index;
		err->wanted = wanted;
		err->available = left;
	}
	return SC_LIMIT_REACHED;
}

/* ---- what is asked for ------------------------------------------------------------------- */

sc_status sc__refund_check_lines(const sc_refund_line *lines, size_t count, sc_error *err)
{
	sc_status status = SC_OK;
	if (count > SC_CART_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "lines", "at most %d", SC_CART_LINES_MAX);
	if (count > 0 && !lines)
		return sc__bad(err, SC_BAD_ARGUMENT, "lines", "there are none");
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		status = sc__input_id(lines[i].line, (int32_t)i, "lines.line", err);
		if (status == SC_OK)
			status = sc__input_range(lines[i].quantity, 1, SC_QUANTITY_MAX, (int32_t)i, "lines.quantity",
			                         err);
	}
	return status;
}

sc_status sc__refund_check(const sc_refund_request *request, sc_error *err)
{
	sc_status status = SC_OK;
	if (!request || request->size < offsetof(sc_refund_request, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "request", "there is none, or its size is not set");
	const int ways = (request->line_count > 0 || request->shipping) + request->rest + (request->share_ppm > 0) +
	                 (request->amount_minor != 0);
	if (ways != 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "request", "lines and shipping, or rest, or share, or amount");
	status = sc__refund_check_lines(request->lines, request->line_count, err);
	if (status == SC_OK)
		status = sc__input_range(request->share_ppm, 0, WHOLE_PPM, -1, "share_ppm", err);
	if (status == SC_OK)
		status = sc__input_range(request->amount_minor, 0, SC_AMOUNT_MAX, -1, "amount_minor", err);
	if (status == SC_OK && request->reason)
		status = sc__input_text(request->reason, SC__TEXT_EMPTY, SC_NOTE_MAX, -1, "reason", err);
	return status;
}

/* ---- parts ------------------------------------------------------------------------------- */

/* Tax goes with the money it was part of, in proportion to what is left of both. */
static int64_t tax_with(const sc__refund_left *left, int64_t amount)
{
	int64_t tax = 0;
	if (amount == left->amount)
		return left->tax;
	(void)sc_money_ratio(left->tax, amount, left->amount, SC_ROUND_HALF_UP, &tax); /* smaller than its input */
	return tax;
}

static sc_refund_part take(sc__refund_room *room, size_t at, int64_t units, int64_t amount)
{
	const bool is_line = at < room->order->line_count;
	sc__refund_left *left = &room->parts[at];
	sc_refund_part part = { .line = is_line ? room->order->lines[at].id : "",
		                .seller = is_line ? room->order->lines[at].seller : "",
		                .quantity = units,
		                .amount_minor = amount,
		                .tax_minor = tax_with(left, amount) };
	left->returned += units;
	left->amount -= amount;
	left->tax -= part.tax_minor;
	room->left -= amount;
	return part;
}

/* What was really paid for the next units of a line, of `paid` for all of them. */
static sc_status units_paid(const sc_order_line *line, int64_t paid, int64_t returned, int64_t units, int64_t *out,
                            sc_error *err)
{
	const sc_price_run alike = { .count = line->quantity };
	const sc_priced_line priced = { .id = line->id,
		                        .sku = line->sku,
		                        .quantity = line->quantity,
		                        .unit_price = line->unit_price_minor,
		                        .gross = paid,
		                        .units = line->unit_runs > 0 ? line->units : &alike,
		                        .unit_runs = line->unit_runs > 0 ? line->unit_runs : 1 };
	const sc_breakdown one = { .lines = &priced, .line_count = 1 };
	return sc_price_units_paid(&one, 0, returned, units, out, err);
}

static sc_status find_line(const sc_order *order, const char *line, size_t *out, sc_error *err)
{
	size_t at = 0;
	while (at < order->line_count && strcmp(order->lines[at].id, line) != 0)
		at++;
	*out = at;
	return at < order->line_count ? SC_OK : sc__fail(err, SC_NOT_FOUND, "the order has no line %.64s", line);
}

static sc_status take_units(sc__refund_room *room, const sc_refund_line *wish, int32_t index, sc_refund_part *out,
                            sc_error *err)
{
	size_t at;
	int64_t amount;
	sc_status status = find_line(room->order, wish->line, &at, err);
	if (status != SC_OK)
		return status;
	const sc_order_line *line = &room->order->lines[at];
	const sc__refund_left *left = &room->parts[at];
	const int64_t units = line->quantity - left->returned;
	if (wish->quantity > units)
		return too_much(err, index, wish->quantity, units);
	status = units_paid(line, left->paid, left->returned, wish->quantity, &amount, err);
	if (status == SC_OK)
		*out = take(room, at, wish->quantity, amount < left->amount ? amount : left->amount);
	return status;
}

/* Units that went back already have no money in them any more, but they can still be cancelled. */
static sc_status cancel_units(sc__refund_room *room, const sc_refund_line *wish, int32_t index, sc_refund_part *out,
                              sc_error *err)
{
	size_t at;
	int64_t amount = 0;
	sc_status status = find_line(room->order, wish->line, &at, err);
	if (status != SC_OK)
		return status;
	const sc_order_line *line = &room->order->lines[at];
	sc__refund_left *left = &room->parts[at];
	const int64_t units = line->quantity - left->cancelled;
	if (wish->quantity > units)
		return too_much(err, index, wish->quantity, units);
	const int64_t unpaid = line->quantity - left->returned;
	const int64_t paid = wish->quantity < unpaid ? wish->quantity : unpaid;
	if (paid > 0)
		status = units_paid(line, left->paid, left->returned, paid, &amount, err);
	if (status != SC_OK)
		return status;
	*out = take(room, at, paid, amount < left->amount ? amount : left->amount);
	out->quantity = wish->quantity;
	left->cancelled += wish->quantity;
	return SC_OK;
}

sc_status sc__refund_cancel_units(sc__refund_room *room, const sc_refund_line *lines, size_t count, sc_arena *arena,
                                  sc_refund_part **out, sc_error *err)
{
	sc_refund_part *parts = sc__arena_array(arena, count, sizeof(*parts));
	sc_status status = parts ? SC_OK : no_memory(err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = cancel_units(room, &lines[i], (int32_t)i, &parts[i], err);
	if (status == SC_OK)
		*out = parts;
	return status;
}

static sc_status divide_lines(sc__refund_room *room, const sc_refund_request *request, sc_refund_part *parts,
                              size_t *count, sc_error *err)
{
	sc_status status = SC_OK;
	for (size_t i = 0; i < request->line_count && status == SC_OK; i++) {
		status = take_units(room, &request->lines[i], (int32_t)i, &parts[*count], err);
		++*count;
	}
	const size_t shipping = room->order->line_count;
	if (status == SC_OK && request->shipping && room->parts[shipping].amount > 0)
		parts[(*count)++] = take(room, shipping, 0, room->parts[shipping].amount);
	return status;
}

/* Over everything, in proportion to what is left of it. */
static sc_status divide_amount(sc__refund_room *room, int64_t amount, sc_arena *arena, sc_refund_part *parts,
                               size_t *count, sc_error *err)
{
	int64_t *weights = sc__arena_array(arena, room->part_count, sizeof(*weights));
	int64_t *shares = sc__arena_array(arena, room->part_count, sizeof(*shares));
	if (!weights || !shares)
		return no_memory(err);
	for (size_t i = 0; i < room->part_count; i++)
		weights[i] = room->parts[i].amount;
	sc_status status = sc_money_allocate(amount, weights, room->part_count, SC_ALLOCATE_LARGEST_REMAINDER, shares);
	if (status != SC_OK)
		return sc__fail(err, status, "the amount cannot be divided");
	for (size_t i = 0; i < room->part_count; i++)
		if (shares[i] > 0)
			parts[(*count)++] = take(room, i, 0, shares[i]);
	return SC_OK;
}

static sc_status amount_of(const sc__refund_room *room, const sc_refund_request *request, int64_t *out, sc_error *err)
{
	int64_t amount = request->rest ? room->left : request->amount_minor;
	if (request->share_ppm > 0)
		(void)sc_money_ratio(room->captured, request->share_ppm, WHOLE_PPM, SC_ROUND_DOWN, &amount);
	if (amount > room->left || amount == 0)
		return too_much(err, -1, amount, room->left);
	*out = amount;
	return SC_OK;
}

sc_status sc__refund_divide(sc__refund_room *room, const sc_refund_request *request, sc_arena *arena,
                            sc_refund_part **out, size_t *count, sc_error *err)
{
	sc_refund_part *parts = sc__arena_array(arena, room->part_count + request->line_count, sizeof(*parts));
	const int64_t before = room->left;
	size_t made = 0;
	int64_t amount;
	sc_status status;
	if (!parts)
		return no_memory(err);
	if (request->line_count > 0 || request->shipping) {
		status = divide_lines(room, request, parts, &made, err);
	} else {
		status = amount_of(room, request, &amount, err);
		if (status == SC_OK)
			status = divide_amount(room, amount, arena, parts, &made, err);
	}
	if (status == SC_OK && room->left == before)
		status = too_much(err, -1, 0, before); /* what was asked for has no money left in it */
	if (status != SC_OK)
		return status;
	*out = parts;
	*count = made;
	return SC_OK;
}

/* ---- payments ---------------------------------------------------------------------------- */

static void add_part(sc_refund *refund, sc_refund_part *parts, const sc_refund_part *part)
{
	parts[refund->part_count++] = *part;
	refund->amount_minor += part->amount_minor;
	refund->tax_minor += part->tax_minor;
	if (!part->line[0])
		refund->shipping_minor += part->amount_minor;
}

/* Cuts off what one payment has room for. Units stay with the first piece. */
static sc_refund_part cut(sc_refund_part *part, int64_t room)
{
	const sc__refund_left whole = { .amount = part->amount_minor, .tax = part->tax_minor };
	sc_refund_part piece = *part;
	piece.amount_minor = room < part->amount_minor ? room : part->amount_minor;
	piece.tax_minor = tax_with(&whole, piece.amount_minor);
	part->quantity = 0;
	part->amount_minor -= piece.amount_minor;
	part->tax_minor -= piece.tax_minor;
	return piece;
}

static uint32_t next_number(const sc__refunds *refunds)
{
	return refunds->count > 0 ? refunds->rows[refunds->count - 1].shown.number + 1 : 1;
}

sc_status sc__refund_over_payments(const sc__refunds *refunds, const sc_refund_part *parts, size_t part_count,
                                   const char *reason, sc_arena *arena, sc_refund **out, size_t *count, sc_error *err)
{
	sc_refund *made = sc__arena_array(arena, refunds->attempt_count, sizeof(*made));
	sc_refund_part *rest = sc__arena_array(arena, part_count, sizeof(*rest));
	size_t at = 0, made_count = 0;
	if (!made || !rest)
		return no_memory(err);
	memcpy(rest, parts, part_count * sizeof(*rest));
	for (size_t i = 0; i < refunds->attempt_count && at < part_count; i++) {
		const sc__attempt *attempt = &refunds->attempts[i];
		int64_t room = sc__refund_left_of(refunds, attempt);
		if (attempt->shown.state != SC_ATTEMPT_CAPTURED || room <= 0)
			continue;
		sc_refund_part *own = sc__arena_array(arena, part_count, sizeof(*own));
		if (!own)
			return no_memory(err);
		sc_refund *refund = &made[made_count];
		*refund = (sc_refund){ .number = next_number(refunds) + (uint32_t)made_count++,
			               .state = SC_REFUND_REQUESTED,
			               .payment = attempt->shown.number,
			               .attempt = "",
			               .currency = refunds->order->currency,
			               .reason = reason ? reason : "",
			               .provider_ref = "",
			               .decline_code = "",
			               .parts = own };
		for (; at < part_count && (room > 0 || rest[at].amount_minor == 0); at += rest[at].amount_minor == 0) {
			const sc_refund_part piece = cut(&rest[at], room);
			room -= piece.amount_minor;
			add_part(refund, own, &piece);
		}
	}
	if (at < part_count)
		return sc__fail(err, SC_DAMAGED, "the payments of the order do not cover what is left of it");
	*out = made;
	*count = made_count;
	return SC_OK;
}

sc_refund sc__refund_of_nothing(const sc__refunds *refunds, const sc_refund_part *parts, size_t part_count,
                                const char *reason)
{
	return (sc_refund){ .number = next_number(refunds),
		            .state = SC_REFUND_DONE,
		            .cancelled = true,
		            .attempt = "",
		            .currency = refunds->order->currency,
		            .reason = reason,
		            .provider_ref = "",
		            .decline_code = "",
		            .parts = parts,
		            .part_count = part_count };
}
