/*
 * Paying: which attempt it is about, what to ask the provider, and what to make of the answer.
 *
 * The attempt's row was durable before, so nothing is written on the way to the provider. Whatever
 * happens here, the row is found again.
 */
#include "base/error.h"
#include "checkout/ask.h"
#include "checkout/purchase.h"
#include "core/input.h"

#include <shopcore/checkout.h>

#include <string.h>

#define TURNS_MAX 3 /* an attempt that was called back makes room for the next one */

struct paying {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	const char *token; /* NULL: resume */
};

static sc_status wrong_state(const sc_order *order, sc_error *err)
{
	return sc__fail(err, SC_WRONG_STATE, "the order is %s", sc_order_status_name((sc_order_status)order->status));
}

/* What to ask about the newest attempt. */
static sc_gateway_op choose_op(const struct paying *p, const sc__purchase *purchase, const sc__attempt *attempt)
{
	char means[SC__MEANS_SIZE];
	if (!p->token)
		return SC_GATEWAY_LOOKUP;
	if (attempt->shown.state == SC_ATTEMPT_PREPARED)
		return SC_GATEWAY_CHARGE;
	/* a step is open: the same means goes on with it, another one calls it back */
	sc__means_of(purchase->ref.id, p->token, means);
	return strcmp(means, attempt->means) == 0 ? SC_GATEWAY_LOOKUP : SC_GATEWAY_VOID;
}

static sc_status token_missing(sc_error *err)
{
	return sc__bad(err, SC_BAD_ARGUMENT, "token", "there is money to pay");
}

/* One question to the provider. `again`: the attempt is over, and the token waits for the next one. */
static sc_status pay_once(const struct paying *p, sc__purchase *purchase, bool *again, sc_error *err)
{
	const sc__attempt *attempt = &purchase->attempts[purchase->count - 1];
	sc__ask ask;
	*again = !sc__attempt_is_open(attempt);
	if (*again)
		return sc__fail(err, SC_BUSY, "others are moving the order");
	sc_gateway_op op = choose_op(p, purchase, attempt);
	sc__ask_about(p->shop, purchase, attempt, op, op == SC_GATEWAY_CHARGE ? p->token : NULL, &ask);
	sc_status status = sc__ask_one(p->shop, p->call, &ask, err);
	if (status != SC_OK)
		return status;
	if (ask.reply.state == SC_GATEWAY_UNSEEN && !p->token)
		return token_missing(err);
	const sc__news news = { .number = attempt->shown.number,
		                .reply = &ask.reply,
		                .token = p->token,
		                .cause = op == SC_GATEWAY_CHARGE ? "paid" : "paid earlier" };
	status = sc__purchase_settle(p->shop, p->call, purchase, &news, p->arena, err);
	*again = status == SC_DECLINED && p->token && (op == SC_GATEWAY_VOID || ask.reply.state == SC_GATEWAY_VOIDED);
	return status;
}

static sc_status pay_nothing(const struct paying *p, sc__purchase *purchase, sc_error *err)
{
	const sc__news news = { .number = 0, .cause = "nothing to pay" };
	return sc__purchase_settle(p->shop, p->call, purchase, &news, p->arena, err);
}

static sc_status pay(const struct paying *p, sc_id order, sc_error *err)
{
	sc_status status = SC_OK;
	bool again = true;
	for (int turn = 0; turn < TURNS_MAX && again; turn++) {
		sc__purchase purchase;
		again = false;
		sc_status loaded = sc__purchase_load(p->shop, p->call, order, p->arena, &purchase, err);
		if (loaded != SC_OK)
			return loaded;
		if (purchase.ref.order.state == SC_ORDER_CONFIRMED)
			return SC_OK;
		if (purchase.ref.order.state != SC_ORDER_PENDING)
			return turn == 0 ? wrong_state(&purchase.ref.order, err) : status;
		if (purchase.ref.order.total_minor == 0)
			return pay_nothing(p, &purchase, err);
		if (!p->shop->exchange)
			return sc__fail(err, SC_UNSUPPORTED, "the shop has no gateway");
		if (purchase.count == 0)
			return sc__fail(err, SC_DAMAGED, "a pending order has no attempt");
		status = pay_once(p, &purchase, &again, err);
	}
	return status;
}

sc_status sc_checkout_pay(sc_shop *shop, const sc_call *call, const char *order_id, const char *token, sc_error *err)
{
	sc_arena arena;
	sc_id order;
	sc_status status = sc__order_id_read(call, order_id, &order, err);
	if (status == SC_OK && token)
		status = sc__input_text(token, SC__TEXT_EMPTY, SC_TOKEN_MAX, -1, "token", err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	const struct paying p = { shop, call, &arena, token && token[0] ? token : NULL };
	status = pay(&p, order, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_checkout_buy(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                          sc_placement *out, sc_error *err)
{
	sc_placement placement;
	sc_status status = sc_checkout_place(shop, call, request, arena, &placement, err);
	if (status == SC_OK)
		status = sc_checkout_pay(shop, call, placement.order_id, request->payment_token, err);
	if (status == SC_OK)
		*out = placement;
	return status;
}
