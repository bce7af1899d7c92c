/*
 * Planning a refund, and making one durable.
 */
#include "base/arena.h"
#include "base/error.h"
#include "order/journal.h"
#include "refund/making.h"

#include <string.h>

/* A request with all that it is decided by. */
struct asking {
	sc__making making;
	const sc_refund_request *request;
	struct sc__order_ref order;
};

/* What store credit paid goes back to it anyway. */
static bool is_credit(const sc__making *m, uint32_t number)
{
	const sc_payment *payment = sc__refund_payment(&m->refunds, number);
	return payment && payment->tender == SC_TENDER_CREDIT;
}

static sc_status plan(struct asking *a)
{
	sc__making *m = &a->making;
	const sc_order *order = &a->order.order;
	sc__refund_room room;
	sc_refund_part *parts;
	size_t count;
	sc_status status = sc__order_load(m->shop, m->call, m->order_id, SC__REFUND_ORDER, m->arena, &a->order, m->err);
	if (status != SC_OK)
		return status;
	if (order->state != SC_ORDER_CONFIRMED || order->paid != SC_PAID_CAPTURED)
		return sc__fail(m->err, SC_WRONG_STATE, "the order is %s",
		                sc_order_status_name((sc_order_status)order->status));
	if (a->request->to_credit && strncmp(order->owner, "u:", 2) != 0)
		return sc__bad(m->err, SC_WRONG_STATE, "to_credit", "a guest has no store credit");
	status = sc__making_read(m, &a->order, &room);
	if (status == SC_OK)
		status = sc__refund_divide(&room, a->request, m->arena, &parts, &count, m->err);
	if (status == SC_OK)
		status = sc__making_divide(m, &room, parts, count, a->request->reason);
	for (size_t i = 0; status == SC_OK && i < m->made_count; i++)
		m->made[i].to_credit = a->request->to_credit && !is_credit(m, m->made[i].payment);
	return status;
}

static sc_status check(const struct asking *a)
{
	const sc__making *m = &a->making;
	sc_id id;
	sc_status status = sc__allow(m->call, SC__REFUND_ORDER, NULL, m->err);
	if (status == SC_OK)
		status = sc__order_id_read(m->call, m->order_id, &id, m->err);
	return status == SC_OK ? sc__refund_check(a->request, m->err) : status;
}

sc_status sc_refund_plan(sc_shop *shop, const sc_call *call, const char *order_id, const sc_refund_request *request,
                         sc_arena *arena, sc_refund_answer *out, sc_error *err)
{
	struct asking a = { { .shop = shop, .call = call, .order_id = order_id, .arena = arena, .err = err }, request };
	sc_status status = check(&a);
	if (status == SC_OK)
		status = plan(&a);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < a.making.made_count; i++)
		a.making.made[i].number = 0;
	*out = a.making.answer;
	return SC_OK;
}

/* ---- making ------------------------------------------------------------------------------ */

/* One group: the order moves on and is due, the rows are there, and the key is used. */
static sc_status write(struct asking *a, const sc_change *key)
{
	sc__making *m = &a->making;
	const sc_order *order = &a->order.order;
	const sc_env *env = m->shop->env;
	const sc__order_next next = { order->state, order->paid, order->fulfilment, env->wall_ms(env->ctx) };
	sc_change *changes = sc__arena_array(m->arena, SC__MAKING_CHANGES * m->made_count + 3, sizeof(*changes));
	uint32_t count = 0;
	if (!changes)
		return sc__fail(m->err, SC_NO_MEMORY, "out of memory");
	if (key)
		changes[count++] = *key;
	sc_status status = sc__order_move(&a->order, &next, m->arena, &changes[count++], m->err);
	if (status != SC_OK)
		return status;
	status = sc__making_rows(m, &a->order, changes, &count);
	if (status != SC_OK)
		return status;
	if (!sc__order_event(&a->order.id, "refund.requested", a->request->reason ? a->request->reason : "", m->call,
	                     m->arena, &changes[count++]))
		return sc__fail(m->err, SC_NO_MEMORY, "out of memory");
	return sc__making_write(m, changes, count);
}

static sc_status turn(sc__making *making, const sc_change *key)
{
	struct asking *a = (struct asking *)making;
	sc_status status = plan(a);
	return status == SC_OK ? write(a, key) : status;
}

static void hash_request(const sc_refund_request *request, sc__digest *digest)
{
	sc__digest_init(digest);
	sc__digest_int(digest, request->shipping);
	sc__digest_int(digest, request->rest | request->to_credit << 1);
	sc__digest_int(digest, request->share_ppm);
	sc__digest_int(digest, request->amount_minor);
	for (size_t i = 0; i < request->line_count; i++) {
		sc__digest_text(digest, request->lines[i].line);
		sc__digest_int(digest, request->lines[i].quantity);
	}
}

sc_status sc_refund_make(sc_shop *shop, const sc_call *call, const char *order_id, const sc_refund_request *request,
                         sc_arena *arena, sc_refund_answer *out, sc_error *err)
{
	struct asking a = { { .shop = shop, .call = call, .order_id = order_id, .arena = arena, .err = err }, request };
	sc__digest digest;
	sc_status status = check(&a);
	if (status != SC_OK)
		return status;
	a.making.turn = turn;
	hash_request(request, &digest);
	status = sc__making_run(&a.making, "refund.make", &digest);
	if (status == SC_OK)
		*out = a.making.answer;
	return status;
}
