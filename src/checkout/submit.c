/*
 * Checkouts that are submitted: the request is checked and copied, the steps are those of the caller who waits.
 */
#include "core/submit.h"
#include "base/error.h"
#include "checkout/buy.h"

#include <string.h>

/* ---- place and buy ----------------------------------------------------------------------- */

struct wish_operation {
	sc_checkout_request request;
	sc__wish wish;
	sc_placement placement;
	union {
		sc__placing placing;
		sc__buying buying;
	} steps;
};

static sc_status placed(void *self, sc_status status)
{
	sc__submitted *s = self;
	const struct wish_operation *operation = s->operation;
	s->placement = &operation->placement;
	return status;
}

static sc_status begin_place(sc__submitted *s)
{
	struct wish_operation *operation = s->operation;
	sc__placing *placing = &operation->steps.placing;
	placing->task = &s->task;
	placing->wish = &operation->wish;
	placing->owner = operation->wish.owner;
	placing->then = (sc__then){ placed, s };
	placing->out = &operation->placement;
	return sc__place(placing);
}

static sc_status begin_buy(sc__submitted *s)
{
	struct wish_operation *operation = s->operation;
	sc__buying *buying = &operation->steps.buying;
	buying->task = &s->task;
	buying->wish = &operation->wish;
	buying->then = (sc__then){ placed, s };
	buying->out = &operation->placement;
	return sc__buy(buying);
}

static bool copy_address(sc_arena *arena, sc_postal_address *address)
{
	return sc__copy_text(arena, &address->name) && sc__copy_text(arena, &address->company) &&
	       sc__copy_text(arena, &address->line1) && sc__copy_text(arena, &address->line2) &&
	       sc__copy_text(arena, &address->postal_code) && sc__copy_text(arena, &address->city) &&
	       sc__copy_text(arena, &address->region) && sc__copy_text(arena, &address->country) &&
	       sc__copy_text(arena, &address->phone);
}

static bool copy_request(sc_arena *arena, const sc_checkout_request *request, sc_checkout_request *out)
{
	*out = (sc_checkout_request)SC_CHECKOUT_REQUEST_INIT;
	memcpy(out, request, request->size < sizeof(*out) ? request->size : sizeof(*out));
	return sc__copy_text(arena, &out->quote) && sc__copy_text(arena, &out->payment_token) &&
	       sc__copy_text(arena, &out->email) && sc__copy_text(arena, &out->customer_group) &&
	       sc__copy_text(arena, &out->channel) && sc__copy_text(arena, &out->shipping_rate) &&
	       copy_address(arena, &out->shipping) && copy_address(arena, &out->billing);
}

static sc_status submit_wish(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                             sc_status (*begin)(sc__submitted *submitted), sc_on_completion done, void *context,
                             uint64_t *ticket, sc_error *err)
{
	sc__wish wish;
	sc__submitted *s;
	sc_status status = sc__wish_read(call, request, &wish, err);
	if (status == SC_OK)
		status = sc__submitted_new(shop, call, &s, err);
	if (status != SC_OK)
		return status;
	struct wish_operation *operation = sc_arena_alloc(&s->arena, sizeof(*operation));
	if (!operation || !copy_request(&s->arena, request, &operation->request))
		return sc__submitted_drop(s, err);
	const bool one_address = wish.billing == &request->shipping;
	operation->wish = wish;
	operation->wish.request = &operation->request;
	operation->wish.billing = one_address ? &operation->request.shipping : &operation->request.billing;
	s->operation = operation;
	s->begin = begin;
	return sc__submit(s, done, context, ticket);
}

sc_status sc_checkout_place_submit(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                   sc_on_completion done, void *context, uint64_t *ticket, sc_error *err)
{
	return submit_wish(shop, call, request, begin_place, done, context, ticket, err);
}

sc_status sc_checkout_buy_submit(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                                 sc_on_completion done, void *context, uint64_t *ticket, sc_error *err)
{
	return submit_wish(shop, call, request, begin_buy, done, context, ticket, err);
}

/* ---- pay --------------------------------------------------------------------------------- */

struct pay_operation {
	sc_id order;
	const char *token;
	sc__paying paying;
};

static sc_status begin_pay(sc__submitted *s)
{
	struct pay_operation *operation = s->operation;
	operation->paying.task = &s->task;
	operation->paying.token = operation->token;
	operation->paying.then = SC__END;
	return sc__pay(&operation->paying, operation->order);
}

sc_status sc_checkout_pay_submit(sc_shop *shop, const sc_call *call, const char *order_id, const char *token,
                                 sc_on_completion done, void *context, uint64_t *ticket, sc_error *err)
{
	sc__submitted *s;
	sc_id order;
	sc_status status = sc__pay_read(call, order_id, token, &order, err);
	if (status == SC_OK)
		status = sc__submitted_new(shop, call, &s, err);
	if (status != SC_OK)
		return status;
	struct pay_operation *operation = sc_arena_alloc(&s->arena, sizeof(*operation));
	if (!operation)
		return sc__submitted_drop(s, err);
	operation->order = order;
	operation->token = token;
	if (!sc__copy_text(&s->arena, &operation->token))
		return sc__submitted_drop(s, err);
	s->operation = operation;
	s->begin = begin_pay;
	return sc__submit(s, done, context, ticket);
}
