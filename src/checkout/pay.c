/*
 * Paying: which attempt it is about, what to ask the provider, and what to make of the answer.
 *
 * The attempt's row was durable before, so nothing is written on the way to the provider. Whatever
 * happens here, the row is found again.
 */
#include "checkout/pay.h"

#include "base/error.h"
#include "core/input.h"
#include "tender/tender.h"

#include <string.h>

#define TURNS_MAX 3 /* an attempt that was called back makes room for the next one */

static sc_status finish(sc__paying *p, sc_status status)
{
	return p->then.step(p->then.self, status);
}

static sc_status wrong_state(const sc_order *order, sc_error *err)
{
	return sc__fail(err, SC_WRONG_STATE, "the order is %s", sc_order_status_name((sc_order_status)order->status));
}

static sc_status token_missing(sc_error *err)
{
	return sc__bad(err, SC_BAD_ARGUMENT, "token", "there is money to pay");
}

/* What to ask about the newest attempt. */
static sc_gateway_op choose_op(const sc__paying *p)
{
	char means[SC__MEANS_SIZE];
	if (!p->token)
		return SC_GATEWAY_LOOKUP;
	if (p->attempt->shown.state == SC_ATTEMPT_PREPARED)
		return SC_GATEWAY_CHARGE;
	/* a step is open: the same means goes on with it, another one calls it back */
	sc__means_of(p->purchase.ref.id, p->token, means);
	return strcmp(means, p->attempt->means) == 0 ? SC_GATEWAY_LOOKUP : SC_GATEWAY_VOID;
}

static sc_status look(sc__paying *p);

/* The attempt is over, and the token waits for the next one. */
static sc_status next_turn(sc__paying *p, sc_status last)
{
	p->last = last;
	return ++p->turn < TURNS_MAX ? look(p) : finish(p, last);
}

static sc_status settled(void *self, sc_status status)
{
	sc__paying *p = self;
	const sc__ask *ask = &p->ask;
	bool called_back = ask->request.op == SC_GATEWAY_VOID || ask->reply.state == SC_GATEWAY_VOIDED;
	if (status == SC_DECLINED && p->token && p->news.number != 0 && called_back)
		return next_turn(p, status);
	return finish(p, status);
}

static sc_status settle(sc__paying *p)
{
	p->settling.task = p->task;
	p->settling.purchase = &p->purchase;
	p->settling.news = &p->news;
	p->settling.then = (sc__then){ settled, p };
	return sc__settle(&p->settling);
}

static sc_status answered(void *self, sc_status status)
{
	sc__paying *p = self;
	const sc__ask *ask = &p->ask;
	if (status == SC_OK)
		status = sc__answer_status(ask, p->task->err);
	if (status == SC_OK && ask->reply.state == SC_GATEWAY_UNSEEN && !p->token)
		status = token_missing(p->task->err);
	if (status != SC_OK)
		return finish(p, status);
	p->news = (sc__news){ .number = p->attempt->shown.number,
		              .reply = &ask->reply,
		              .token = p->token,
		              .cause = ask->request.op == SC_GATEWAY_CHARGE ? "paid" : "paid earlier" };
	return settle(p);
}

/* One question to the provider. */
static sc_status ask(sc__paying *p)
{
	p->attempt = &p->purchase.attempts[p->purchase.count - 1];
	if (!sc__attempt_is_open(p->attempt))
		return next_turn(p, sc__fail(p->task->err, SC_BUSY, "others are moving the order"));
	sc_gateway_op op = choose_op(p);
	sc__ask_about(p->task->shop, &p->purchase, p->attempt, op, op == SC_GATEWAY_CHARGE ? p->token : NULL, &p->ask);
	return sc__want_answer(p->task, &p->ask, (sc__then){ answered, p });
}

static sc_status looked(void *self, sc_status status)
{
	sc__paying *p = self;
	const sc_order *order = &p->purchase.ref.order;
	if (status != SC_OK)
		return finish(p, status);
	if (order->state == SC_ORDER_CONFIRMED)
		return finish(p, SC_OK);
	if (order->state != SC_ORDER_PENDING)
		return finish(p, p->turn == 0 ? wrong_state(order, p->task->err) : p->last);
	if (sc__order_due(order) == 0) {
		p->news = (sc__news){ .number = 0, .cause = "nothing to pay" };
		return settle(p);
	}
	if (!p->task->shop->exchange)
		return finish(p, sc__fail(p->task->err, SC_UNSUPPORTED, "the shop has no gateway"));
	if (p->purchase.count == 0)
		return finish(p, sc__fail(p->task->err, SC_DAMAGED, "a pending order has no attempt"));
	return ask(p);
}

static sc_status look(sc__paying *p)
{
	p->reading = (sc__purchase_reading){ .task = p->task, .out = &p->purchase, .then = { looked, p } };
	return sc__purchase_read(&p->reading, p->order);
}

sc_status sc__pay_read(const sc_call *call, const char *order_id, const char *token, sc_id *order, sc_error *err)
{
	sc_status status = sc__order_id_read(call, order_id, order, err);
	if (status == SC_OK && token)
		status = sc__input_text(token, SC__TEXT_EMPTY | SC__TEXT_CODE, SC_TOKEN_MAX, -1, "token", err);
	return status;
}

static void init(sc__paying *p, sc_id order)
{
	p->order = order;
	p->token = p->token && p->token[0] ? p->token : NULL;
	p->turn = 0;
	p->ask.request.op = 0; /* nothing was asked yet */
	p->ask.reply.state = 0;
}

sc_status sc__pay(sc__paying *p, sc_id order)
{
	init(p, order);
	return look(p);
}

sc_status sc__pay_for(sc__paying *p, const sc__purchase *purchase)
{
	if (purchase->ref.order.version == 0)
		return sc__pay(p, purchase->ref.id);
	init(p, purchase->ref.id);
	p->purchase = *purchase;
	return looked(p, SC_OK);
}
