/*
 * Cancelling an order before it is shipped, whole or by line. It lives beside refunds, because what it gives back is
 * what refunds have left.
 *
 * Both are one group on the order's version: of a cancellation, a shipment and a refund at the same time one is first,
 * and the others look again.
 */
#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "coupon/coupon.h"
#include "ledger/ledger.h"
#include "order/journal.h"
#include "order/parcel.h"
#include "refund/making.h"

#include <string.h>

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status wrong_state(const sc_order *order, sc_error *err)
{
	return sc__fail(err, SC_WRONG_STATE, "the order is %s", sc_order_status_name((sc_order_status)order->status));
}

/* ---- the whole --------------------------------------------------------------------------- */

/* The group of a cancellation. */
struct ending {
	sc_shop *shop;
	const sc_call *call;
	const sc__parcel *parcel;
	sc_arena *arena;
	sc_error *err;
	sc_change changes[6 + SC_PAYMENT_ATTEMPTS_MAX + 2 * SC_TENDERS_MAX + 2 * SC__ORDER_HOLDS];
	uint32_t count;
};

static bool is_open(const sc__attempt *attempt)
{
	return attempt->shown.state == SC_ATTEMPT_PREPARED || attempt->shown.state == SC_ATTEMPT_NEEDS_STEP;
}

/* All money that came for the order goes on its way back in the same step. An attempt that is open stays so, for tick
 * to call it back. */
static sc_status add_money(struct ending *e, bool *due)
{
	sc__attempt *attempts;
	size_t count;
	sc_status status = sc__attempt_load(e->shop, e->call, e->parcel->ref.id, e->arena, &attempts, &count, e->err);
	*due = false;
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		*due = *due || is_open(&attempts[i]) || attempts[i].shown.state == SC_ATTEMPT_CAPTURED;
		if (attempts[i].shown.state == SC_ATTEMPT_CAPTURED &&
		    !sc__attempt_move(e->parcel->ref.id, &attempts[i], SC_ATTEMPT_REFUNDING, NULL, NULL, e->arena,
		                      &e->changes[e->count++]))
			return no_memory(e->err);
	}
	return status;
}

/* What gift cards and store credit have left of the order goes back to them at once. */
static sc_status add_tenders(struct ending *e)
{
	const struct sc__order_ref *ref = &e->parcel->ref;
	const sc_order *order = &ref->order;
	sc__refunds refunds;
	sc_ledger_entry *entries;
	size_t count;
	if (order->tender_count == 0)
		return SC_OK;
	if (order->state == SC_ORDER_PENDING)
		return sc__tenders_settle(ref->id, 0, order->tender_count, SC_CHANGE_RELEASE, e->arena, e->changes,
		                          &e->count)
		               ? SC_OK
		               : no_memory(e->err);
	sc_status status = sc__refunds_load(e->shop, e->call, ref, e->arena, &refunds, e->err);
	if (status == SC_OK)
		status = sc__ledger_load(e->shop, e->call, ref->id, e->arena, &entries, &count, e->err);
	for (size_t i = 0; status == SC_OK && i < refunds.attempt_count; i++) {
		const sc_payment *payment = &refunds.attempts[i].shown;
		const int64_t left = sc__refund_left_of(&refunds, &refunds.attempts[i]);
		if (payment->number < SC_TENDER_FIRST || left == 0)
			continue;
		e->changes[e->count++] = sc__balance_add(payment->account, payment->currency, left, "cancel");
		status = sc__ledger_returned(ref->id, entries, count, payment, e->arena, &e->changes[e->count++],
		                             e->err);
	}
	return status;
}

static sc_status add_move(struct ending *e, bool due)
{
	const sc_order *order = &e->parcel->ref.order;
	sc__order_next next = { SC_ORDER_CANCELLED, order->paid, SC_FULFILMENT_CALLED_OFF,
		                due ? e->shop->env->wall_ms(e->shop->env->ctx) : SC_NEVER };
	if (order->paid == SC_PAID_CAPTURED)
		next.paid = due ? SC_PAID_REFUNDING : SC_PAID_REFUNDED;
	if (order->paid == SC_PAID_OPEN)
		next.paid = SC_PAID_FAILED;
	return sc__order_move(&e->parcel->ref, &next, e->arena, &e->changes[e->count++], e->err);
}

/* The goods that are committed, or still held. */
static bool add_goods(struct ending *e)
{
	const bool committed = e->parcel->hold.address.key_size != 0;
	if (!committed && e->parcel->ref.order.state == SC_ORDER_PENDING)
		return sc__order_hold_settle(e->parcel->ref.id, 0, SC_CHANGE_RELEASE, e->arena,
		                             &e->changes[e->count++]);
	e->changes[e->count++] = (sc_change){ .address = e->parcel->hold.address,
		                              .type = SC_CHANGE_RELEASE,
		                              .flags = SC_RELEASE_COMMITTED,
		                              .topic = SC_BYTES("cancel") };
	return true;
}

/* What an order that was never paid has used of coupons goes back under any policy. */
static bool add_uses(struct ending *e)
{
	const sc_order *order = &e->parcel->ref.order;
	if (order->state == SC_ORDER_CONFIRMED && e->shop->settings.coupon_policy == SC_COUPON_STAYS_USED)
		return true;
	for (uint32_t n = 0; n < SC__ORDER_HOLDS; n++)
		if (!sc__coupon_uses_settle(e->parcel->ref.id, n, order->coupons, order->coupon_count,
		                            SC_CHANGE_RELEASE, SC_SKIP | SC_RELEASE_COMMITTED, e->arena, e->changes,
		                            &e->count))
			return false;
	return true;
}

/* The attempts are read behind the order, as everything that moves with it. */
static sc_status cancel_whole(struct ending *e, const sc_change *key, const char *reason)
{
	bool due;
	if (key)
		e->changes[e->count++] = *key;
	sc_status status = add_money(e, &due);
	if (status == SC_OK)
		status = add_move(e, due);
	if (status == SC_OK)
		status = add_tenders(e);
	if (status != SC_OK)
		return status;
	if (!add_goods(e) || !add_uses(e) ||
	    !sc__order_event(&e->parcel->ref.id, "order.cancelled", reason, e->call, e->arena, &e->changes[e->count++]))
		return no_memory(e->err);
	const sc_group group = { .home = SC_HOME_NONE, .changes = e->changes, .count = e->count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(e->shop, e->call, &group, &outcome, e->err);
}

static sc_status cancel_in(sc_shop *shop, const sc_call *call, const char *order_id, const char *reason,
                           sc_arena *arena, sc_error *err)
{
	sc__parcel parcel;
	sc_status status = sc__parcel_load(shop, call, order_id, SC__CANCEL_ORDER, arena, &parcel, err);
	if (status != SC_OK)
		return status;
	if (parcel.ref.order.status == SC_STATUS_CANCELLED)
		return SC_OK;
	if (parcel.ref.order.status != SC_STATUS_CONFIRMED && parcel.ref.order.status != SC_STATUS_PENDING)
		return wrong_state(&parcel.ref.order, err);
	struct ending ending = { .shop = shop, .call = call, .parcel = &parcel, .arena = arena, .err = err };
	return cancel_whole(&ending, NULL, reason);
}

sc_status sc_order_cancel(sc_shop *shop, const sc_call *call, const char *order_id, const char *reason, sc_error *err)
{
	sc_arena arena;
	reason = reason ? reason : "";
	sc_status status = sc__input_text(reason, SC__TEXT_EMPTY, SC_NOTE_MAX, -1, "reason", err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	status = cancel_in(shop, call, order_id, reason, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- by line ----------------------------------------------------------------------------- */

struct reducing {
	sc__making making;
	const sc_refund_line *lines;
	size_t line_count;
	const char *reason;
	sc__parcel parcel;
};

static bool is_of_line(const sc_hold_take *take, uint32_t index, const sc_order_line *line, bool own)
{
	return (take->take.line == index) == own && take->take.account.key_size == strlen(line->sku) &&
	       memcmp(take->take.account.key, line->sku, strlen(line->sku)) == 0;
}

/* Takes units of a line out of what its hold has committed: of the line's own takes, and where the hold was made anew
 * by a repair, of any take of that SKU. */
static void give_up(const sc__order_hold *hold, uint32_t index, const sc_order_line *line, int64_t units)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = hold->take_count; i-- > 0 && units > 0;) {
			sc_hold_take *take = &hold->takes[i];
			if (!is_of_line(take, index, line, own))
				continue;
			const int64_t part = units < take->committed ? units : take->committed;
			take->committed -= part;
			units -= part;
		}
	}
}

/* What each line of the hold keeps. */
static sc_status keep_goods(struct reducing *r, sc_change *out)
{
	const sc__making *m = &r->making;
	const sc__order_hold *hold = &r->parcel.hold;
	const sc_order *order = &r->parcel.ref.order;
	sc_commit_part *parts = sc__arena_array(m->arena, hold->take_count + 1, sizeof(*parts));
	uint32_t count = 0;
	if (!parts)
		return no_memory(m->err);
	for (size_t i = 0; i < r->line_count; i++)
		for (size_t at = 0; at < order->line_count; at++)
			if (strcmp(order->lines[at].id, r->lines[i].line) == 0)
				give_up(hold, (uint32_t)at, &order->lines[at], r->lines[i].quantity);
	for (size_t i = 0; i < hold->take_count; i++) {
		uint32_t at = 0;
		while (at < count && parts[at].line != hold->takes[i].take.line)
			at++;
		if (at == count)
			parts[count++] = (sc_commit_part){ .line = hold->takes[i].take.line };
		parts[at].quantity += hold->takes[i].committed;
	}
	*out = (sc_change){ .address = hold->address,
		            .type = SC_CHANGE_RELEASE,
		            .flags = SC_RELEASE_COMMITTED,
		            .parts = parts,
		            .part_count = count,
		            .topic = SC_BYTES("cancel") };
	return SC_OK;
}

/* Units without money in them, of an order that cost nothing or was given back, have a row all the same. */
static sc_status divide(struct reducing *r, const sc__refund_room *room, sc_refund_part *parts)
{
	sc__making *m = &r->making;
	int64_t amount = 0;
	for (size_t i = 0; i < r->line_count; i++)
		amount += parts[i].amount_minor;
	sc_status status = sc__making_divide(m, room, parts, amount > 0 ? r->line_count : 0, r->reason);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < m->made_count; i++)
		m->made[i].cancelled = true;
	if (amount > 0)
		return SC_OK;
	m->made = sc__arena_array(m->arena, 1, sizeof(*m->made));
	if (!m->made)
		return no_memory(m->err);
	m->made[0] = sc__refund_of_nothing(&m->refunds, parts, r->line_count, r->reason);
	m->made_count = m->answer.count = 1;
	m->answer.refunds = m->made;
	return m->refunds.count < SC_REFUNDS_MAX
	               ? SC_OK
	               : sc__fail(m->err, SC_LIMIT_REACHED, "the order has %d refunds", SC_REFUNDS_MAX);
}

static bool is_whole(const sc__refund_room *room)
{
	for (size_t i = 0; i < room->order->line_count; i++)
		if (room->parts[i].cancelled < room->order->lines[i].quantity)
			return false;
	return true;
}

static sc_status write(struct reducing *r, const sc_change *key)
{
	sc__making *m = &r->making;
	const struct sc__order_ref *ref = &r->parcel.ref;
	const sc_env *env = m->shop->env;
	const sc__order_next next = { ref->order.state, ref->order.paid, ref->order.fulfilment,
		                      m->answer.amount_minor > 0 ? env->wall_ms(env->ctx) : SC__DUE_KEEP };
	sc_change *changes = sc__arena_array(m->arena, SC__MAKING_CHANGES * m->made_count + 4, sizeof(*changes));
	uint32_t count = 0;
	if (!changes)
		return no_memory(m->err);
	if (key)
		changes[count++] = *key;
	sc_status status = sc__order_move(ref, &next, m->arena, &changes[count++], m->err);
	if (status == SC_OK)
		status = keep_goods(r, &changes[count++]);
	if (status != SC_OK)
		return status;
	status = sc__making_rows(m, ref, changes, &count);
	if (status != SC_OK)
		return status;
	if (!sc__order_event(&ref->id, "order.reduced", r->reason, m->call, m->arena, &changes[count++]))
		return no_memory(m->err);
	return sc__making_write(m, changes, count);
}

static sc_status reduce(sc__making *m, const sc_change *key)
{
	struct reducing *r = (struct reducing *)m;
	sc__refund_room room;
	sc_refund_part *parts;
	sc_status status = sc__parcel_load(m->shop, m->call, m->order_id, SC__CANCEL_ORDER, m->arena, &r->parcel,
	                                   m->err);
	if (status != SC_OK)
		return status;
	if (r->parcel.ref.order.status != SC_STATUS_CONFIRMED)
		return wrong_state(&r->parcel.ref.order, m->err);
	status = sc__making_read(m, &r->parcel.ref, &room);
	if (status == SC_OK)
		status = sc__refund_cancel_units(&room, r->lines, r->line_count, m->arena, &parts, m->err);
	if (status != SC_OK)
		return status;
	if (is_whole(&room)) {
		struct ending ending = {
			.shop = m->shop, .call = m->call, .parcel = &r->parcel, .arena = m->arena, .err = m->err
		};
		m->answer = (sc_refund_answer){ .count = 0 };
		return cancel_whole(&ending, key, r->reason);
	}
	status = divide(r, &room, parts);
	return status == SC_OK ? write(r, key) : status;
}

static sc_status check(const struct reducing *r)
{
	const sc__making *m = &r->making;
	sc_id id;
	sc_status status = sc__order_id_read(m->call, m->order_id, &id, m->err);
	if (status == SC_OK && r->line_count == 0)
		status = sc__bad(m->err, SC_BAD_ARGUMENT, "lines", "there are none");
	if (status == SC_OK)
		status = sc__refund_check_lines(r->lines, r->line_count, m->err);
	return status == SC_OK ? sc__input_text(r->reason, SC__TEXT_EMPTY, SC_NOTE_MAX, -1, "reason", m->err) : status;
}

sc_status sc_order_cancel_lines(sc_shop *shop, const sc_call *call, const char *order_id, const sc_refund_line *lines,
                                size_t count, const char *reason, sc_arena *arena, sc_refund_answer *out, sc_error *err)
{
	struct reducing r = { .making = { .shop = shop,
		                          .call = call,
		                          .order_id = order_id,
		                          .arena = arena,
		                          .err = err,
		                          .turn = reduce },
		              .lines = lines,
		              .line_count = count,
		              .reason = reason ? reason : "" };
	sc__digest digest;
	sc_status status = check(&r);
	if (status != SC_OK)
		return status;
	sc__digest_init(&digest);
	for (size_t i = 0; i < count; i++) {
		sc__digest_text(&digest, lines[i].line);
		sc__digest_int(&digest, lines[i].quantity);
	}
	status = sc__making_run(&r.making, "order.cancel_lines", &digest);
	if (status == SC_OK)
		*out = r.making.answer;
	return status;
}
