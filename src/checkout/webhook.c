/*
 * Webhooks: the provider's news, brought to the one place that settles.
 */
#include "base/error.h"
#include "checkout/purchase.h"
#include "core/access.h"
#include "refund/refund.h"

#include <shopcore/checkout.h>

/* Which attempt of the order it is about; a refund is about the attempt that it gives back. */
static uint32_t number_of(const sc_gateway_reply *about, bool *refund)
{
	uint32_t n = sc__attempt_number(about->order, about->attempt);
	*refund = false;
	for (uint32_t i = 1; n == 0 && i <= SC_PAYMENT_ATTEMPTS_MAX; i++) {
		if (!sc_id_equal(sc__refund_id(about->order, i), about->attempt))
			continue;
		*refund = true;
		n = i;
	}
	return n;
}

/* What a buyer would be refused for is no reason for the provider to send it again. */
static sc_status taken_in(sc_status status)
{
	return sc_status_is_refusal(status) && status != SC_NOT_FOUND ? SC_OK : status;
}

/* About refund `number` of an order: a part of one of its payments. */
static sc_status take_in_refund(sc_shop *shop, const sc_call *call, const sc_gateway_reply *about, uint32_t number,
                                sc_arena *arena, sc_error *err)
{
	struct sc__order_ref order;
	sc__refunds refunds;
	char text[SC_ID_TEXT_SIZE];
	sc_status status = sc__order_load(shop, call, sc_id_format(about->order, text), SC__RUN_SHOP, arena, &order,
	                                  err);
	if (status == SC_OK)
		status = sc__refunds_load(shop, call, &order, arena, &refunds, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < refunds.count; i++)
		if (refunds.rows[i].shown.number == number)
			return taken_in(
				sc__refund_settle(shop, call, &order, &refunds, &refunds.rows[i], about, arena, err));
	return sc__fail(err, SC_NOT_FOUND, "the order has no such refund");
}

static sc_status take_in(sc_shop *shop, const sc_call *call, const sc_gateway_reply *about, sc_arena *arena,
                         sc_error *err)
{
	sc__purchase purchase;
	bool refund;
	uint32_t number = number_of(about, &refund);
	const uint32_t part = number == 0 ? sc__refund_row_number(about->order, about->attempt) : 0;
	if (part != 0)
		return take_in_refund(shop, call, about, part, arena, err);
	if (number == 0)
		return sc__fail(err, SC_NOT_FOUND, "the event is about no attempt of this shop");
	sc_status status = sc__purchase_load(shop, call, about->order, arena, &purchase, err);
	if (status != SC_OK)
		return status;
	if (refund) {
		if (about->state != SC_GATEWAY_REFUNDED)
			return SC_OK;
		return taken_in(sc__purchase_refunded(shop, call, &purchase, number, about, arena, err));
	}
	const sc__news news = { .number = number, .reply = about, .cause = "webhook" };
	return taken_in(sc__purchase_settle(shop, call, &purchase, &news, arena, err));
}

sc_status sc_checkout_webhook(sc_shop *shop, const sc_call *call, sc_bytes body, const char *signature, sc_error *err)
{
	const sc_gateway *gateway = &shop->gateway;
	sc_gateway_event event;
	sc_arena arena;
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	if (!gateway->ops || !SC_OPS_HAS(gateway->ops, sc_gateway_ops, webhook))
		return sc__fail(err, SC_UNSUPPORTED, "the gateway has no webhooks");
	status = gateway->ops->webhook(gateway->ctx, call, body, signature, &event, err);
	if (status != SC_OK)
		return status;
	if (sc_id_is_zero(event.about.attempt))
		return SC_OK;
	sc_arena_init(&arena, shop->env);
	status = take_in(shop, call, &event.about, &arena, err);
	sc_arena_clear(&arena);
	return status;
}
