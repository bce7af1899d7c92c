/*
 * Planning a refund, and making one durable.
 */
#include "refund/refund.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/keys.h"
#include "order/journal.h"

#define OPERATION "refund.make"
#define TURNS_MAX 128 /* how often others may move the order meanwhile */

/* A request with all that it is decided by. */
struct making {
	sc_shop *shop;
	const sc_call *call;
	const sc_refund_request *request;
	sc_arena *arena;
	sc_error *err;
	struct sc__order_ref order;
	sc__refunds refunds;
	sc_refund *made;
	size_t made_count;
	sc_refund_answer answer;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status plan(struct making *m)
{
	const sc_order *order = &m->order.order;
	sc__refund_room room;
	sc_refund_part *parts;
	size_t part_count;
	if (order->state != SC_ORDER_CONFIRMED || order->paid != SC_PAID_CAPTURED)
		return sc__fail(m->err, SC_WRONG_STATE, "the order is %s",
		                sc_order_status_name((sc_order_status)order->status));
	sc_status status = sc__refund_room_make(&m->refunds, m->arena, &room, m->err);
	if (status == SC_OK)
		status = sc__refund_divide(&room, m->request, m->arena, &parts, &part_count, m->err);
	if (status == SC_OK)
		status = sc__refund_over_payments(&m->refunds, parts, part_count, m->request->reason, m->arena,
		                                  &m->made, &m->made_count, m->err);
	if (status != SC_OK)
		return status;
	m->answer = (sc_refund_answer){ .refunds = m->made, .count = m->made_count, .left_minor = room.left };
	for (size_t i = 0; i < m->made_count; i++)
		m->answer.amount_minor += m->made[i].amount_minor;
	return SC_OK;
}

static sc_status look(struct making *m, const char *order_id)
{
	sc_status status = sc__order_load(m->shop, m->call, order_id, SC__REFUND_ORDER, m->arena, &m->order, m->err);
	if (status == SC_OK)
		status = sc__refunds_load(m->shop, m->call, &m->order, m->arena, &m->refunds, m->err);
	return status == SC_OK ? plan(m) : status;
}

static sc_status check(const struct making *m, const char *order_id)
{
	sc_id id;
	sc_status status = sc__allow(m->call, SC__REFUND_ORDER, NULL, m->err);
	if (status == SC_OK)
		status = sc__order_id_read(m->call, order_id, &id, m->err);
	return status == SC_OK ? sc__refund_check(m->request, m->err) : status;
}

sc_status sc_refund_plan(sc_shop *shop, const sc_call *call, const char *order_id, const sc_refund_request *request,
                         sc_arena *arena, sc_refund_answer *out, sc_error *err)
{
	struct making m = { .shop = shop, .call = call, .request = request, .arena = arena, .err = err };
	sc_status status = check(&m, order_id);
	if (status == SC_OK)
		status = look(&m, order_id);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < m.made_count; i++)
		m.made[i].number = 0;
	*out = m.answer;
	return SC_OK;
}

/* ---- making ------------------------------------------------------------------------------ */

static void hash_request(const struct making *m, const char *order_id, sc__key_note *note)
{
	const sc_refund_request *request = m->request;
	sc__digest digest;
	*note = (sc__key_note){ 0 };
	sc__digest_init(&digest);
	sc__digest_text(&digest, order_id);
	sc__digest_int(&digest, request->shipping);
	sc__digest_int(&digest, request->rest);
	sc__digest_int(&digest, request->share_ppm);
	sc__digest_int(&digest, request->amount_minor);
	for (size_t i = 0; i < request->line_count; i++) {
		sc__digest_text(&digest, request->lines[i].line);
		sc__digest_int(&digest, request->lines[i].quantity);
	}
	sc__digest_final(&digest, note->request);
}

static bool add_rows(struct making *m, sc_change *changes, uint32_t *count)
{
	for (size_t i = 0; i < m->made_count; i++) {
		char text[SC_ID_TEXT_SIZE];
		const sc_id id = sc__refund_row_id(m->order.id, m->made[i].number);
		m->made[i].attempt = sc_arena_dup(m->arena, sc_id_format(id, text), SC_ID_TEXT_SIZE - 1);
		if (!m->made[i].attempt ||
		    !sc__refund_prepare(m->order.id, &m->order.order, &m->made[i], m->arena, &changes[(*count)++]))
			return false;
	}
	return true;
}

/* One group: the order moves on and is due, the rows are there, and the key is used. */
static sc_status write(struct making *m, const sc_change *key)
{
	const sc_order *order = &m->order.order;
	const sc_env *env = m->shop->env;
	const sc__order_next next = { order->state, order->paid, order->fulfilment, env->wall_ms(env->ctx) };
	sc_change *changes = sc__arena_array(m->arena, m->made_count + 3, sizeof(*changes));
	uint32_t count = 0;
	if (!changes)
		return no_memory(m->err);
	if (key)
		changes[count++] = *key;
	sc_status status = sc__order_move(&m->order, &next, m->arena, &changes[count++], m->err);
	if (status != SC_OK)
		return status;
	if (!add_rows(m, changes, &count) ||
	    !sc__order_event(&m->order.id, "refund.requested", m->request->reason ? m->request->reason : "", m->call,
	                     m->arena, &changes[count++]))
		return no_memory(m->err);
	const sc_group group = { .home = SC_HOME_NONE, .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(m->shop, m->call, &group, &outcome, m->err);
}

/* Somebody else moved the order: less may be left now. */
static sc_status make(struct making *m, const char *order_id, const sc_change *key)
{
	sc_status status = SC_CHANGED;
	for (int turn = 0; turn < TURNS_MAX && status == SC_CHANGED; turn++) {
		status = look(m, order_id);
		if (status == SC_OK && m->refunds.count + m->made_count > SC_REFUNDS_MAX)
			status = sc__fail(m->err, SC_LIMIT_REACHED, "the order has %d refunds", SC_REFUNDS_MAX);
		if (status == SC_OK)
			status = write(m, key);
	}
	return status == SC_CHANGED ? sc__fail(m->err, SC_BUSY, "others keep moving the order") : status;
}

/* Whether the key stands for this very request, and it was done. */
static sc_status find_key(struct making *m, const sc_change *key, const sc__key_note *note, bool *done)
{
	sc_record record = { 0 };
	sc_id made;
	sc_status status = sc__load(m->shop, m->call, &key->address, 1, SC_READ_BODY, m->arena, &record, m->err);
	*done = status == SC_OK && record.version != 0;
	if (*done)
		status = sc__key_compare(&record, note, &made, m->err);
	return status;
}

static sc_status make_keyed(struct making *m, const char *order_id)
{
	sc__key_note note;
	sc_change key;
	sc_id made;
	bool done;
	hash_request(m, order_id, &note);
	sc_status status = sc__key_change(m->shop, m->call, OPERATION, &note, m->arena, &key, m->err);
	if (status == SC_OK)
		status = find_key(m, &key, &note, &done);
	if (status == SC_OK && !done)
		status = make(m, order_id, &key);
	if (status == SC_EXISTS) {
		status = sc__key_repeat(m->shop, m->call, &key, &note, &made, m->err);
		done = status == SC_OK;
	}
	if (status == SC_OK && done)
		m->answer = (sc_refund_answer){ .count = 0 };
	return status;
}

sc_status sc_refund_make(sc_shop *shop, const sc_call *call, const char *order_id, const sc_refund_request *request,
                         sc_arena *arena, sc_refund_answer *out, sc_error *err)
{
	struct making m = { .shop = shop, .call = call, .request = request, .arena = arena, .err = err };
	sc_status status = check(&m, order_id);
	if (status == SC_OK)
		status = call->key ? make_keyed(&m, order_id) : make(&m, order_id, NULL);
	if (status == SC_OK)
		*out = m.answer;
	return status;
}
