#include "checkout/purchase.h"

#include "base/error.h"
#include "cart/cart.h"
#include "order/holds.h"
#include "order/journal.h"
#include "order/states.h"

#define TURNS_MAX 8 /* how often others may move an order while one settles it */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

sc_status sc__purchase_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc__purchase *out,
                            sc_error *err)
{
	sc__purchase purchase = { .ref = { .id = order } };
	sc_address address = sc__order_address(&purchase.ref.id);
	sc_record record;
	/* the attempts first: no snapshot is read, and an order that is as new as they are or newer misleads nobody */
	sc_status status = sc__attempt_load(shop, call, order, arena, &purchase.attempts, &purchase.count, err);
	if (status == SC_OK)
		status = sc__load(shop, call, &address, 1, SC_READ_ALL, arena, &record, err);
	if (status == SC_OK)
		status = sc__order_admit(&record, call, SC__CHECKOUT, arena, &purchase.ref.order, err);
	if (status == SC_OK)
		*out = purchase;
	return status;
}

const sc__attempt *sc__purchase_attempt(const sc__purchase *purchase, uint32_t n)
{
	for (size_t i = 0; i < purchase->count; i++)
		if (purchase->attempts[i].shown.number == n)
			return &purchase->attempts[i];
	return NULL;
}

bool sc__attempt_is_open(const sc__attempt *attempt)
{
	return attempt->shown.state == SC_ATTEMPT_PREPARED || attempt->shown.state == SC_ATTEMPT_NEEDS_STEP;
}

int64_t sc__purchase_window_end(const sc_shop *shop, const sc_order *order)
{
	return order->created_ms + shop->settings.hold_ttl_ms;
}

/* ---- groups ------------------------------------------------------------------------------ */

/* What every settling has at hand. */
struct settling {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	const sc__purchase *purchase;
	const sc__news *news;
	const sc__attempt *attempt; /* NULL: the order needs no money */
};

/* The changes of one group. */
struct steps {
	sc_change changes[8];
	uint32_t count;
	sc_status status;
};

static void add_move(struct steps *steps, const struct settling *s, const sc__order_next *next, sc_error *err)
{
	steps->status = sc__order_move(&s->purchase->ref, next, s->arena, &steps->changes[steps->count], err);
	steps->count++;
}

static void add(struct steps *steps, bool made)
{
	if (steps->status == SC_OK && !made)
		steps->status = SC_NO_MEMORY;
	steps->count++;
}

static void add_event(struct steps *steps, const struct settling *s, const char *topic, const char *cause)
{
	add(steps,
	    sc__order_event(&s->purchase->ref.id, topic, cause, s->call, s->arena, &steps->changes[steps->count]));
}

static void add_attempt(struct steps *steps, const struct settling *s, uint32_t to)
{
	char means[SC__MEANS_SIZE] = "";
	if (!s->attempt)
		return;
	if (s->news->token)
		sc__means_of(s->purchase->ref.id, s->news->token, means);
	if (!sc__machine_allows(SC_MACHINE_ATTEMPT, s->attempt->shown.state, to))
		steps->status = SC_WRONG_STATE;
	const char *kept = sc_arena_dup(s->arena, means, sizeof(means));
	add(steps, kept && sc__attempt_move(s->purchase->ref.id, s->attempt, to, s->news->reply, kept, s->arena,
	                                    &steps->changes[steps->count]));
}

static void add_hold(struct steps *steps, const struct settling *s, uint32_t n, sc_change_type type)
{
	add(steps, sc__order_hold_settle(s->purchase->ref.id, n, type, s->arena, &steps->changes[steps->count]));
}

/* `refused`: which change, when the outcome is a refusal. */
static sc_status apply(const struct settling *s, const struct steps *steps, uint32_t *refused, sc_error *err)
{
	const sc_group group = { .home = SC_HOME_NONE, .changes = steps->changes, .count = steps->count };
	sc_outcome outcome = { 0 };
	if (steps->status == SC_NO_MEMORY)
		return no_memory(err);
	if (steps->status != SC_OK)
		return steps->status;
	sc_status status = sc__apply_one(s->shop, s->call, &group, &outcome, err);
	if (refused)
		*refused = outcome.change;
	return status;
}

static int64_t now_ms(const struct settling *s)
{
	return s->shop->env->wall_ms(s->shop->env->ctx);
}

static int64_t next_look(const struct settling *s)
{
	int64_t soon = now_ms(s) + s->shop->settings.payment_resume_ms;
	int64_t end = sc__purchase_window_end(s->shop, &s->purchase->ref.order);
	return soon < end || end < now_ms(s) ? soon : end;
}

/* ---- the money came ---------------------------------------------------------------------- */

/* Takes what was bought out of the cart, softly: a shopper who goes on shopping keeps what is new. */
static sc_status add_cart(struct steps *steps, const struct settling *s, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	sc_address address = sc__cart_address(order->owner);
	sc__bought_line *bought = sc_arena_alloc(s->arena, (order->line_count + 1) * sizeof(*bought));
	sc_record record;
	bool needed = false;
	size_t count = 0;
	if (!bought)
		return no_memory(err);
	for (size_t i = 0; i < order->line_count; i++)
		if (sc_id_parse(order->lines[i].id, &bought[count].line) == SC_OK)
			bought[count++].quantity = order->lines[i].quantity;
	sc_status status = sc__load(s->shop, s->call, &address, 1, SC_READ_ALL, s->arena, &record, err);
	if (status == SC_OK)
		status = sc__cart_bought(s->shop, &record, bought, count, s->arena, &steps->changes[steps->count],
		                         &needed, err);
	if (status == SC_OK && needed)
		steps->count++;
	return status;
}

/* The goods are gone, or the order was over when the money came: it goes back. */
static sc_status send_back(const struct settling *s, const char *cause, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	struct steps steps = { .count = 0 };
	sc__order_next next = { order->state, order->paid, order->fulfilment, now_ms(s) };
	if (order->state == SC_ORDER_PENDING && sc__attempt_is_open(s->attempt))
		next = (sc__order_next){ SC_ORDER_PAYMENT_FAILED, SC_PAID_REFUNDING, SC_FULFILMENT_CALLED_OFF,
			                 now_ms(s) };
	if (order->paid == SC_PAID_FAILED)
		next.paid = SC_PAID_REFUNDING;
	add_move(&steps, s, &next, err);
	add_attempt(&steps, s, SC_ATTEMPT_REFUNDING);
	if (next.state != order->state)
		add_hold(&steps, s, 0, SC_CHANGE_RELEASE);
	add_event(&steps, s, "payment.refunding", cause);
	return apply(s, &steps, NULL, err);
}

static sc_status fail_order(const struct settling *s, uint32_t attempt_state, const char *cause, sc_error *err)
{
	struct steps steps = { .count = 0 };
	const sc__order_next next = { SC_ORDER_PAYMENT_FAILED, SC_PAID_FAILED, SC_FULFILMENT_CALLED_OFF, SC_NEVER };
	add_move(&steps, s, &next, err);
	add_attempt(&steps, s, attempt_state);
	add_hold(&steps, s, 0, SC_CHANGE_RELEASE);
	add_event(&steps, s, "order.payment_failed", cause);
	return apply(s, &steps, NULL, err);
}

/* Confirms on the hold that was placed, or on a new one. `lapsed`: it was the hold that refused. */
static sc_status confirm_on(const struct settling *s, bool hold_again, bool *lapsed, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	struct steps steps = { .count = 0 };
	sc__order_next next = { SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_WAITING, SC_NEVER };
	uint32_t first_hold, refused = UINT32_MAX;
	if (!s->attempt)
		next.paid = SC_PAID_NONE_DUE;
	add_move(&steps, s, &next, err);
	first_hold = steps.count;
	if (hold_again) {
		add_hold(&steps, s, 0, SC_CHANGE_RELEASE); /* nobody may have swept it yet */
		add(&steps, sc__order_hold_make(&s->shop->settings, s->purchase->ref.id, 1, order->lines,
		                                order->line_count, 0, s->arena, &steps.changes[steps.count]));
	}
	add_hold(&steps, s, hold_again ? 1 : 0, SC_CHANGE_COMMIT);
	uint32_t last_hold = steps.count - 1;
	add_attempt(&steps, s, SC_ATTEMPT_CAPTURED);
	add_event(&steps, s, "order.confirmed", s->news->cause);
	sc_status status = add_cart(&steps, s, err);
	if (status == SC_OK)
		status = apply(s, &steps, &refused, err);
	*lapsed = sc_status_is_refusal(status) && refused >= first_hold && refused <= last_hold;
	return status;
}

static sc_status goods_gone(const struct settling *s, sc_error *err)
{
	sc_status status = s->attempt ? send_back(s, "the goods are gone", err)
	                              : fail_order(s, 0, "the goods are gone", err);
	if (status != SC_OK)
		return status;
	return sc__fail(err, SC_OUT_OF_STOCK, "the goods are gone%s", s->attempt ? ", the money goes back" : "");
}

static sc_status confirm(const struct settling *s, sc_error *err)
{
	bool lapsed;
	sc_status status = confirm_on(s, false, &lapsed, err);
	if (!lapsed)
		return status;
	if (s->shop->settings.lapsed_policy == SC_LAPSED_HOLD_AGAIN) {
		status = confirm_on(s, true, &lapsed, err);
		if (!lapsed)
			return status;
	}
	return goods_gone(s, err);
}

/* What an order that moved before says to a buyer who asks again. */
static sc_status answer_of(const sc_order *order, sc_error *err)
{
	switch ((sc_order_state)order->state) {
	case SC_ORDER_CONFIRMED:
		return SC_OK;
	case SC_ORDER_PENDING:
		return sc__fail(err, SC_DECLINED, "the payment was declined");
	case SC_ORDER_PAYMENT_FAILED:
	case SC_ORDER_CANCELLED:
		break;
	}
	return sc__fail(err, SC_WRONG_STATE, "the order is %s", sc_order_status_name((sc_order_status)order->status));
}

static sc_status settle_captured(const struct settling *s, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	const uint32_t state = s->attempt->shown.state;
	if (state == SC_ATTEMPT_CAPTURED || state == SC_ATTEMPT_REFUNDING || state == SC_ATTEMPT_REFUNDED)
		return answer_of(order, err);
	if (order->state == SC_ORDER_PENDING && sc__attempt_is_open(s->attempt))
		return confirm(s, err);
	sc_status status = send_back(s, "charged when the order no longer waited for it", err);
	return status == SC_OK ? answer_of(order, err) : status;
}

/* ---- no money came ----------------------------------------------------------------------- */

static sc_status next_attempt(const struct settling *s, uint32_t to, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	struct steps steps = { .count = 0 };
	const sc__order_next next = { order->state, order->paid, order->fulfilment, next_look(s) };
	const sc_gateway_reply *reply = s->news->reply;
	add_move(&steps, s, &next, err);
	add_attempt(&steps, s, to);
	add(&steps, sc__attempt_prepare(s->purchase->ref.id, s->news->number + 1, order->total_minor, order->currency,
	                                s->arena, &steps.changes[steps.count]));
	add_event(&steps, s, to == SC_ATTEMPT_VOIDED ? "payment.voided" : "payment.declined", reply->decline_code);
	return apply(s, &steps, NULL, err);
}

static sc_status settle_declined(const struct settling *s, uint32_t to, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	if (!sc__attempt_is_open(s->attempt) || order->state != SC_ORDER_PENDING)
		return answer_of(order, err);
	sc_status status;
	if (s->news->last)
		status = fail_order(s, to, "time ran out", err);
	else if (s->news->number >= s->shop->settings.payment_attempts_max)
		status = fail_order(s, to, "attempts ran out", err);
	else
		status = next_attempt(s, to, err);
	if (status != SC_OK)
		return status;
	return sc__fail(err, SC_DECLINED, "the payment was declined%s%s", s->news->reply->decline_code[0] ? ": " : "",
	                s->news->reply->decline_code);
}

static sc_status settle_step(const struct settling *s, sc_error *err)
{
	const sc_order *order = &s->purchase->ref.order;
	sc_status status = SC_OK;
	if (order->state != SC_ORDER_PENDING)
		return answer_of(order, err);
	if (s->attempt->shown.state == SC_ATTEMPT_PREPARED) {
		struct steps steps = { .count = 0 };
		const sc__order_next next = { order->state, order->paid, order->fulfilment, next_look(s) };
		add_move(&steps, s, &next, err);
		add_attempt(&steps, s, SC_ATTEMPT_NEEDS_STEP);
		add_event(&steps, s, "payment.step_needed", s->news->cause);
		status = apply(s, &steps, NULL, err);
	}
	return status == SC_OK ? sc__fail(err, SC_ACTION_REQUIRED, "the buyer has to take a step with the provider")
	                       : status;
}

/* ---- the one place ----------------------------------------------------------------------- */

static sc_status settle_once(const struct settling *s, sc_error *err)
{
	if (!s->attempt)
		return s->purchase->ref.order.state == SC_ORDER_PENDING ? confirm(s, err)
		                                                        : answer_of(&s->purchase->ref.order, err);
	switch ((sc_gateway_state)s->news->reply->state) {
	case SC_GATEWAY_CAPTURED:
		return settle_captured(s, err);
	case SC_GATEWAY_DECLINED:
		return settle_declined(s, SC_ATTEMPT_DECLINED, err);
	case SC_GATEWAY_VOIDED:
		return settle_declined(s, SC_ATTEMPT_VOIDED, err);
	case SC_GATEWAY_NEEDS_STEP:
		return settle_step(s, err);
	case SC_GATEWAY_UNSEEN:
	case SC_GATEWAY_RUNNING:
	case SC_GATEWAY_AUTHORISED:
	case SC_GATEWAY_REFUNDED:
		break;
	}
	return sc__fail(err, SC_IN_PROGRESS, "the provider has not decided yet");
}

sc_status sc__purchase_settle(sc_shop *shop, const sc_call *call, sc__purchase *purchase, const sc__news *news,
                              sc_arena *arena, sc_error *err)
{
	struct settling s = { .shop = shop, .call = call, .arena = arena, .purchase = purchase, .news = news };
	for (int turn = 0; turn < TURNS_MAX; turn++) {
		s.attempt = news->number ? sc__purchase_attempt(purchase, news->number) : NULL;
		if (news->number && !s.attempt)
			return sc__fail(err, SC_NOT_FOUND, "the order has no such attempt");
		sc_status status = settle_once(&s, err);
		if (status != SC_CHANGED && status != SC_EXISTS)
			return status;
		/* somebody else moved the order: the same news may mean something else now */
		status = sc__purchase_load(shop, call, purchase->ref.id, arena, purchase, err);
		if (status != SC_OK)
			return status;
	}
	return sc__fail(err, SC_BUSY, "others keep moving the order");
}

sc_status sc__purchase_refunded(sc_shop *shop, const sc_call *call, const sc__purchase *purchase, uint32_t number,
                                const sc_gateway_reply *reply, sc_arena *arena, sc_error *err)
{
	const sc_order *order = &purchase->ref.order;
	const sc__news news = { .number = number, .reply = reply, .cause = "refund" };
	struct settling s = { .shop = shop, .call = call, .arena = arena, .purchase = purchase, .news = &news };
	struct steps steps = { .count = 0 };
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
	add_move(&steps, &s, &next, err);
	add_attempt(&steps, &s, SC_ATTEMPT_REFUNDED);
	add_event(&steps, &s, "payment.refunded", "");
	return apply(&s, &steps, NULL, err);
}
