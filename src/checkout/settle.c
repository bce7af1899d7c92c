/*
 * Settling: what became of an attempt to pay, turned into a state of its order with one group, in steps.
 */
#include "base/error.h"
#include "cart/cart.h"
#include "checkout/purchase.h"
#include "coupon/coupon.h"
#include "ledger/ledger.h"
#include "order/holds.h"
#include "order/journal.h"
#include "order/states.h"
#include "tender/tender.h"

#define TURNS_MAX 8 /* how often others may move an order while one settles it */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

/* ---- groups ------------------------------------------------------------------------------ */

static void begin(sc__settling *s)
{
	s->moves.count = 0;
	s->moves.status = SC_OK;
}

static sc_change *next_change(sc__settling *s)
{
	return &s->moves.changes[s->moves.count++];
}

static void add_move(sc__settling *s, const sc__order_next *next)
{
	s->moves.status = sc__order_move(&s->purchase->ref, next, s->task->arena, next_change(s), s->task->err);
}

static void add(sc__settling *s, bool made)
{
	if (s->moves.status == SC_OK && !made)
		s->moves.status = SC_NO_MEMORY;
}

static void add_event(sc__settling *s, const char *topic, const char *cause)
{
	add(s, sc__order_event(&s->purchase->ref.id, topic, cause, s->task->call, s->task->arena, next_change(s)));
}

static void add_attempt(sc__settling *s, uint32_t to)
{
	char means[SC__MEANS_SIZE] = "";
	if (!s->attempt)
		return;
	if (s->news->token && to == SC_ATTEMPT_NEEDS_STEP)
		sc__means_of(s->purchase->ref.id, s->news->token, means);
	if (!sc__machine_allows(SC_MACHINE_ATTEMPT, s->attempt->shown.state, to))
		s->moves.status = SC_WRONG_STATE;
	add(s, sc__attempt_move(s->purchase->ref.id, s->attempt, to, s->news->reply, means, s->task->arena,
	                        next_change(s)));
}

static void add_entry(sc__settling *s, const sc_payment *payment, int64_t from, bool sold)
{
	if (s->moves.status == SC_OK)
		s->moves.status = sc__ledger_captured(s->purchase->ref.id, &s->purchase->ref.order, payment, from, sold,
		                                      s->task->arena, next_change(s), s->task->err);
}

/* What the capture comes to in the ledger: earned, or owed to the buyer when nothing was `sold` for it. What is sold
 * takes what gift cards and store credit pay as well. */
static void add_captures(sc__settling *s, bool sold)
{
	const sc_order *order = &s->purchase->ref.order;
	const sc__attempt *tenders;
	size_t count;
	int64_t from = 0;
	if (s->attempt) {
		add_entry(s, &s->attempt->shown, 0, sold);
		from = s->attempt->shown.amount_minor;
	}
	if (!sold || s->moves.status != SC_OK)
		return;
	s->moves.status = sc__payments_of(order, NULL, 0, s->task->arena, &tenders, &count, s->task->err);
	for (size_t i = 0; s->moves.status == SC_OK && i < count; i++) {
		add_entry(s, &tenders[i].shown, from, true);
		from += tenders[i].shown.amount_minor;
	}
}

static void add_hold(sc__settling *s, uint32_t n, sc_change_type type)
{
	add(s, sc__order_hold_settle(s->purchase->ref.id, n, type, s->task->arena, next_change(s)));
}

/* Uses of coupons, gift cards and store credit go the way of the goods, each time. */
static void add_uses(sc__settling *s, uint32_t n, sc_change_type type)
{
	const sc_order *order = &s->purchase->ref.order;
	add(s, sc__tenders_settle(s->purchase->ref.id, n, order->tender_count, type, s->task->arena, s->moves.changes,
	                          &s->moves.count));
	add(s, sc__coupon_uses_settle(s->purchase->ref.id, n, order->coupons, order->coupon_count, type,
	                              type == SC_CHANGE_RELEASE ? SC_SKIP : 0, s->task->arena, s->moves.changes,
	                              &s->moves.count));
}

static void add_uses_again(sc__settling *s)
{
	const sc_order *order = &s->purchase->ref.order;
	add_uses(s, 0, SC_CHANGE_RELEASE);
	add(s, sc__tenders_hold(s->purchase->ref.id, 1, order->tenders, order->tender_count, order->currency, 0,
	                        s->task->arena, s->moves.changes, &s->moves.count));
	add(s, sc__coupon_uses_hold(s->purchase->ref.id, 1, order->coupons, order->coupon_count, 0, s->task->arena,
	                            s->moves.changes, &s->moves.count));
}

static sc_status finish(sc__settling *s, sc_status status)
{
	return s->then.step(s->then.self, status);
}

static sc_status settle_once(sc__settling *s);

static sc_status settle_again(void *self, sc_status status)
{
	sc__settling *s = self;
	return status == SC_OK ? settle_once(s) : finish(s, status);
}

/* Somebody else moved the order: the same news may mean something else now. */
static sc_status look_again(sc__settling *s)
{
	if (++s->turn == TURNS_MAX)
		return finish(s, sc__fail(s->task->err, SC_BUSY, "others keep moving the order"));
	s->reading = (sc__purchase_reading){ .task = s->task, .out = s->purchase, .then = { settle_again, s } };
	return sc__purchase_read(&s->reading, s->purchase->ref.id);
}

static sc_status applied(void *self, sc_status status)
{
	sc__settling *s = self;
	if (status == SC_CHANGED || status == SC_EXISTS)
		return look_again(s);
	return finish(s, status == SC_OK ? s->say(s) : status);
}

static sc_status want_moves(sc__settling *s, sc_status (*step)(void *self, sc_status status))
{
	if (s->moves.status == SC_NO_MEMORY)
		return finish(s, no_memory(s->task->err));
	if (s->moves.status != SC_OK)
		return finish(s, s->moves.status);
	s->group = (sc_group){ .home = SC_HOME_NONE, .changes = s->moves.changes, .count = s->moves.count };
	s->outcome = (sc_outcome){ 0 };
	return sc__want_outcome(s->task, &s->group, &s->outcome, (sc__then){ step, s });
}

static sc_status apply(sc__settling *s, sc_status (*say)(const sc__settling *settling))
{
	s->say = say;
	return want_moves(s, applied);
}

static int64_t now_ms(const sc__settling *s)
{
	const sc_env *env = s->task->shop->env;
	return env->wall_ms(env->ctx);
}

static int64_t next_look(const sc__settling *s)
{
	int64_t soon = now_ms(s) + s->task->shop->settings.payment_resume_ms;
	int64_t end = sc__purchase_window_end(s->task->shop, &s->purchase->ref.order);
	return soon < end || end < now_ms(s) ? soon : end;
}

/* ---- what to say ------------------------------------------------------------------------- */

static sc_status say_done(const sc__settling *s)
{
	(void)s;
	return SC_OK;
}

static sc_status say_gone(const sc__settling *s)
{
	return sc__fail(s->task->err, SC_OUT_OF_STOCK, "the goods are gone%s",
	                s->attempt ? ", the money goes back" : "");
}

static sc_status say_declined(const sc__settling *s)
{
	const char *code = s->news->reply->decline_code;
	return sc__fail(s->task->err, SC_DECLINED, "the payment was declined%s%s", code[0] ? ": " : "", code);
}

static sc_status say_step(const sc__settling *s)
{
	return sc__fail(s->task->err, SC_ACTION_REQUIRED, "the buyer has to take a step with the provider");
}

/* What an order that moved before says to a buyer who asks again. */
static sc_status say_state(const sc__settling *s)
{
	const sc_order *order = &s->purchase->ref.order;
	switch ((sc_order_state)order->state) {
	case SC_ORDER_CONFIRMED:
		return SC_OK;
	case SC_ORDER_PENDING:
		return sc__fail(s->task->err, SC_DECLINED, "the payment was declined");
	case SC_ORDER_PAYMENT_FAILED:
	case SC_ORDER_CANCELLED:
		break;
	}
	return sc__fail(s->task->err, SC_WRONG_STATE, "the order is %s",
	                sc_order_status_name((sc_order_status)order->status));
}

/* ---- the money came ---------------------------------------------------------------------- */

/* Takes what was bought out of the cart, softly: a shopper who goes on shopping keeps what is new. */
static sc_status add_cart(sc__settling *s)
{
	const sc_order *order = &s->purchase->ref.order;
	sc__task *task = s->task;
	sc__bought_line *bought = sc_arena_alloc(task->arena, (order->line_count + 1) * sizeof(*bought));
	bool needed = false;
	size_t count = 0;
	if (!bought)
		return no_memory(task->err);
	for (size_t i = 0; i < order->line_count; i++)
		if (sc_id_parse(order->lines[i].id, &bought[count].line) == SC_OK)
			bought[count++].quantity = order->lines[i].quantity;
	sc_status status = sc__cart_bought(task->shop, &s->cart, bought, count, task->arena,
	                                   &s->moves.changes[s->moves.count], &needed, task->err);
	if (status == SC_OK && needed)
		s->moves.count++;
	return status;
}

/* The goods are gone, or the order was over when the money came: it goes back. */
static sc_status send_back(sc__settling *s, const char *cause, sc_status (*say)(const sc__settling *settling))
{
	const sc_order *order = &s->purchase->ref.order;
	sc__order_next next = { order->state, order->paid, order->fulfilment, now_ms(s) };
	if (order->state == SC_ORDER_PENDING && sc__attempt_is_open(s->attempt))
		next = (sc__order_next){ SC_ORDER_PAYMENT_FAILED, SC_PAID_REFUNDING, SC_FULFILMENT_CALLED_OFF,
			                 now_ms(s) };
	if (order->paid == SC_PAID_FAILED)
		next.paid = SC_PAID_REFUNDING;
	begin(s);
	add_move(s, &next);
	add_attempt(s, SC_ATTEMPT_REFUNDING);
	add_captures(s, false);
	if (next.state != order->state) {
		add_hold(s, 0, SC_CHANGE_RELEASE);
		add_uses(s, 0, SC_CHANGE_RELEASE);
	}
	add_event(s, "payment.refunding", cause);
	return apply(s, say);
}

static sc_status fail_order(sc__settling *s, uint32_t attempt_state, const char *cause,
                            sc_status (*say)(const sc__settling *settling))
{
	const sc__order_next next = { SC_ORDER_PAYMENT_FAILED, SC_PAID_FAILED, SC_FULFILMENT_CALLED_OFF, SC_NEVER };
	begin(s);
	add_move(s, &next);
	add_attempt(s, attempt_state);
	add_hold(s, 0, SC_CHANGE_RELEASE);
	add_uses(s, 0, SC_CHANGE_RELEASE);
	add_event(s, "order.payment_failed", cause);
	return apply(s, say);
}

static sc_status goods_gone(sc__settling *s)
{
	if (s->attempt)
		return send_back(s, "the goods are gone", say_gone);
	return fail_order(s, 0, "the goods are gone", say_gone);
}

static sc_status confirm(sc__settling *s, bool hold_again);

static sc_status confirmed(void *self, sc_status status)
{
	sc__settling *s = self;
	const uint32_t refused = s->outcome.change;
	if (!sc_status_is_refusal(status) || refused < s->first_hold || refused > s->last_hold)
		return applied(s, status);
	if (!s->hold_again && s->task->shop->settings.lapsed_policy == SC_LAPSED_HOLD_AGAIN)
		return confirm(s, true);
	return goods_gone(s);
}

static sc_status cart_read(void *self, sc_status status)
{
	sc__settling *s = self;
	if (status == SC_OK)
		status = add_cart(s);
	if (status != SC_OK)
		return finish(s, status);
	s->say = say_done;
	return want_moves(s, confirmed);
}

/* Confirms on the hold that was placed, or on a new one. */
static sc_status confirm(sc__settling *s, bool hold_again)
{
	const sc_order *order = &s->purchase->ref.order;
	sc__order_next next = { SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_WAITING, SC_NEVER };
	if (order->total_minor == 0)
		next.paid = SC_PAID_NONE_DUE;
	begin(s);
	add_move(s, &next);
	s->hold_again = hold_again;
	s->first_hold = s->moves.count;
	if (hold_again) {
		add_hold(s, 0, SC_CHANGE_RELEASE); /* nobody may have swept it yet */
		add(s, sc__order_hold_make(&s->task->shop->settings, s->purchase->ref.id, 1, order->lines,
		                           order->line_count, 0, s->task->arena, next_change(s)));
		add_uses_again(s);
	}
	add_hold(s, hold_again ? 1 : 0, SC_CHANGE_COMMIT);
	add_uses(s, hold_again ? 1 : 0, SC_CHANGE_COMMIT);
	s->last_hold = s->moves.count - 1;
	add_attempt(s, SC_ATTEMPT_CAPTURED);
	add_captures(s, true);
	add_event(s, "order.confirmed", s->news->cause);
	s->cart_address = sc__cart_address(order->owner);
	return sc__want_rows(s->task, &s->cart_address, 1, SC_READ_ALL, &s->cart, (sc__then){ cart_read, s });
}

static sc_status settle_captured(sc__settling *s)
{
	const uint32_t state = s->attempt->shown.state;
	if (state == SC_ATTEMPT_CAPTURED || state == SC_ATTEMPT_REFUNDING || state == SC_ATTEMPT_REFUNDED)
		return finish(s, say_state(s));
	if (s->purchase->ref.order.state == SC_ORDER_PENDING && sc__attempt_is_open(s->attempt))
		return confirm(s, false);
	return send_back(s, "charged when the order no longer waited for it", say_state);
}

/* ---- no money came ----------------------------------------------------------------------- */

static sc_status next_attempt(sc__settling *s, uint32_t to)
{
	const sc_order *order = &s->purchase->ref.order;
	const sc__order_next next = { order->state, order->paid, order->fulfilment, next_look(s) };
	begin(s);
	add_move(s, &next);
	add_attempt(s, to);
	add(s, sc__attempt_prepare(s->purchase->ref.id, s->news->number + 1, sc__order_due(order), order->currency,
	                           s->task->arena, next_change(s)));
	add_event(s, to == SC_ATTEMPT_VOIDED ? "payment.voided" : "payment.declined", s->news->reply->decline_code);
	return apply(s, say_declined);
}

/* Nothing moved and nothing will, for an order that was cancelled meanwhile. */
static sc_status close_attempt(sc__settling *s, uint32_t to)
{
	const sc_order *order = &s->purchase->ref.order;
	const sc__order_next next = { order->state, order->paid, order->fulfilment, SC_NEVER };
	begin(s);
	add_move(s, &next);
	add_attempt(s, to);
	add_event(s, to == SC_ATTEMPT_VOIDED ? "payment.voided" : "payment.declined", s->news->reply->decline_code);
	return apply(s, say_state);
}

static sc_status settle_declined(sc__settling *s, uint32_t to)
{
	if (sc__attempt_is_open(s->attempt) && s->purchase->ref.order.state == SC_ORDER_CANCELLED)
		return close_attempt(s, to);
	if (!sc__attempt_is_open(s->attempt) || s->purchase->ref.order.state != SC_ORDER_PENDING)
		return finish(s, say_state(s));
	if (s->news->last)
		return fail_order(s, to, "time ran out", say_declined);
	if (s->news->number >= s->task->shop->settings.payment_attempts_max)
		return fail_order(s, to, "attempts ran out", say_declined);
	return next_attempt(s, to);
}

static sc_status settle_step(sc__settling *s)
{
	const sc_order *order = &s->purchase->ref.order;
	if (order->state != SC_ORDER_PENDING)
		return finish(s, say_state(s));
	if (s->attempt->shown.state != SC_ATTEMPT_PREPARED)
		return finish(s, say_step(s));
	const sc__order_next next = { order->state, order->paid, order->fulfilment, next_look(s) };
	begin(s);
	add_move(s, &next);
	add_attempt(s, SC_ATTEMPT_NEEDS_STEP);
	add_event(s, "payment.step_needed", s->news->cause);
	return apply(s, say_step);
}

/* ---- the one place ----------------------------------------------------------------------- */

static sc_status settle_once(sc__settling *s)
{
	s->attempt = s->news->number ? sc__purchase_attempt(s->purchase, s->news->number) : NULL;
	if (s->news->number && !s->attempt)
		return finish(s, sc__fail(s->task->err, SC_NOT_FOUND, "the order has no such attempt"));
	if (!s->attempt)
		return s->purchase->ref.order.state == SC_ORDER_PENDING ? confirm(s, false) : finish(s, say_state(s));
	switch ((sc_gateway_state)s->news->reply->state) {
	case SC_GATEWAY_CAPTURED:
		return settle_captured(s);
	case SC_GATEWAY_DECLINED:
		return settle_declined(s, SC_ATTEMPT_DECLINED);
	case SC_GATEWAY_VOIDED:
		return settle_declined(s, SC_ATTEMPT_VOIDED);
	case SC_GATEWAY_NEEDS_STEP:
		return settle_step(s);
	case SC_GATEWAY_UNSEEN:
	case SC_GATEWAY_RUNNING:
	case SC_GATEWAY_AUTHORISED:
	case SC_GATEWAY_REFUNDED:
		break;
	}
	return finish(s, sc__fail(s->task->err, SC_IN_PROGRESS, "the provider has not decided yet"));
}

sc_status sc__settle(sc__settling *s)
{
	s->turn = 0;
	return settle_once(s);
}

sc_status sc__purchase_settle(sc_shop *shop, const sc_call *call, sc__purchase *purchase, const sc__news *news,
                              sc_arena *arena, sc_error *err)
{
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	sc__settling settling;
	settling.task = &task;
	settling.purchase = purchase;
	settling.news = news;
	settling.then = SC__END;
	return sc__task_run(&task, sc__settle(&settling));
}

/* What is still booked for the attempt goes out of the ledger together with the money. */
static void add_return(sc__settling *s)
{
	const sc_payment *shown = &s->attempt->shown;
	sc_ledger_entry *entries;
	size_t count;
	if (s->moves.status == SC_OK)
		s->moves.status = sc__ledger_load(s->task->shop, s->task->call, s->purchase->ref.id, s->task->arena,
		                                  &entries, &count, s->task->err);
	if (s->moves.status == SC_OK)
		s->moves.status = sc__ledger_returned(s->purchase->ref.id, entries, count, shown, s->task->arena,
		                                      next_change(s), s->task->err);
}

sc_status sc__purchase_refunded(sc_shop *shop, const sc_call *call, const sc__purchase *purchase, uint32_t number,
                                const sc_gateway_reply *reply, sc_arena *arena, sc_error *err)
{
	const sc_order *order = &purchase->ref.order;
	const sc__news news = { .number = number, .reply = reply, .cause = "refund" };
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	sc__purchase read = *purchase;
	sc__settling s = { .task = &task, .purchase = &read, .news = &news, .then = SC__END };
	sc__order_next next = { order->state, order->paid, order->fulfilment, SC_NEVER };
	size_t open = 0;
	s.attempt = sc__purchase_attempt(purchase, number);
	if (!s.attempt || s.attempt->shown.state == SC_ATTEMPT_REFUNDED)
		return SC_OK;
	for (size_t i = 0; i < purchase->count; i++)
		open += purchase->attempts[i].shown.state == SC_ATTEMPT_REFUNDING;
	if (open > 1)
		next.due_ms = now_ms(&s);
	else if (order->state == SC_ORDER_PENDING)
		next.due_ms = next_look(&s);
	if (open <= 1 && order->paid == SC_PAID_REFUNDING)
		next.paid = SC_PAID_REFUNDED;
	begin(&s);
	add_move(&s, &next);
	add_attempt(&s, SC_ATTEMPT_REFUNDED);
	add_return(&s);
	add_event(&s, "payment.refunded", "");
	return sc__task_run(&task, want_moves(&s, sc__task_end));
}
