#include "refund/making.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/keys.h"

#define TURNS_MAX 128 /* how often others may move the order meanwhile */

sc_status sc__making_read(sc__making *m, const struct sc__order_ref *order, sc__refund_room *room)
{
	sc_status status = sc__refunds_load(m->shop, m->call, order, m->arena, &m->refunds, m->err);
	return status == SC_OK ? sc__refund_room_make(&m->refunds, m->arena, room, m->err) : status;
}

sc_status sc__making_divide(sc__making *m, const sc__refund_room *room, const sc_refund_part *parts, size_t count,
                            const char *reason)
{
	sc_status status = sc__refund_over_payments(&m->refunds, parts, count, reason, m->arena, &m->made,
	                                            &m->made_count, m->err);
	if (status == SC_OK && m->refunds.count + m->made_count > SC_REFUNDS_MAX)
		status = sc__fail(m->err, SC_LIMIT_REACHED, "the order has %d refunds", SC_REFUNDS_MAX);
	if (status != SC_OK)
		return status;
	m->answer = (sc_refund_answer){ .refunds = m->made, .count = m->made_count, .left_minor = room->left };
	for (size_t i = 0; i < m->made_count; i++)
		m->answer.amount_minor += m->made[i].amount_minor;
	return SC_OK;
}

/* What goes to a card or to credit is there with the row: it needs nobody's answer. */
static sc_status put_at_once(sc__making *m, const struct sc__order_ref *order, sc_refund *refund, sc_change *changes,
                             uint32_t *count)
{
	const sc_payment *payment = sc__refund_payment(&m->refunds, refund->payment);
	const char *whose = refund->to_credit ? order->order.owner : payment->account;
	refund->state = SC_REFUND_DONE;
	changes[(*count)++] = sc__balance_add(whose, refund->currency, refund->amount_minor, "refund");
	return sc__refund_entry(order->id, &m->refunds, refund, m->arena, &changes[(*count)++], m->err);
}

sc_status sc__making_rows(sc__making *m, const struct sc__order_ref *order, sc_change *changes, uint32_t *count)
{
	sc_status status = SC_OK;
	for (size_t i = 0; i < m->made_count && status == SC_OK; i++) {
		char text[SC_ID_TEXT_SIZE];
		sc_refund *refund = &m->made[i];
		const sc_id id = sc__refund_row_id(order->id, refund->number);
		refund->attempt = sc_arena_dup(m->arena, sc_id_format(id, text), SC_ID_TEXT_SIZE - 1);
		if (!refund->attempt)
			return sc__fail(m->err, SC_NO_MEMORY, "out of memory");
		if (refund->amount_minor > 0 && (refund->to_credit || refund->payment >= SC_TENDER_FIRST))
			status = put_at_once(m, order, refund, changes, count);
		if (status == SC_OK &&
		    !sc__refund_prepare(order->id, &order->order, refund, m->arena, &changes[(*count)++]))
			return sc__fail(m->err, SC_NO_MEMORY, "out of memory");
	}
	return status;
}

sc_status sc__making_write(sc__making *m, const sc_change *changes, uint32_t count)
{
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(m->shop, m->call, &group, &outcome, m->err);
}

/* Somebody else moved the order: less may be left now. */
static sc_status run(sc__making *m, const sc_change *key)
{
	sc_status status = SC_CHANGED;
	for (int turn = 0; turn < TURNS_MAX && status == SC_CHANGED; turn++)
		status = m->turn(m, key);
	return status == SC_CHANGED ? sc__fail(m->err, SC_BUSY, "others keep moving the order") : status;
}

/* Whether the key stands for this very request, and it was done. */
static sc_status find_key(sc__making *m, const sc_change *key, const sc__key_note *note, bool *done)
{
	sc_record record = { 0 };
	sc_id made;
	sc_status status = sc__load(m->shop, m->call, &key->address, 1, SC_READ_BODY, m->arena, &record, m->err);
	*done = status == SC_OK && record.version != 0;
	return *done ? sc__key_compare(&record, note, &made, m->err) : status;
}

sc_status sc__making_run(sc__making *m, const char *operation, sc__digest *digest)
{
	sc__key_note note = { 0 };
	sc_change key;
	sc_id made;
	bool done;
	if (!m->call->key)
		return run(m, NULL);
	sc__digest_text(digest, m->order_id);
	sc__digest_final(digest, note.request);
	sc_status status = sc__key_change(m->shop, m->call, operation, &note, m->arena, &key, m->err);
	if (status == SC_OK)
		status = find_key(m, &key, &note, &done);
	if (status == SC_OK && !done)
		status = run(m, &key);
	if (status == SC_EXISTS) {
		status = sc__key_repeat(m->shop, m->call, &key, &note, &made, m->err);
		done = status == SC_OK;
	}
	if (status == SC_OK && done)
		m->answer = (sc_refund_answer){ .count = 0 };
	return status;
}
