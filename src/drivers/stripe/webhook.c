/*
 * Events. Stripe sends them twice, late and in any order, so what an event says is taken as it is only where it can
 * no longer change: money that was captured, and payments that were cancelled. About everything else Stripe is asked
 * how things stand now. Types that mean nothing to a shop are accepted, or Stripe would send them for days.
 */
#include "drivers/stripe/driver.h"

#include "base/error.h"

#include <string.h>

enum kind { KIND_OTHER, KIND_FINAL, KIND_INTENT, KIND_REFUND };

static enum kind kind_of(const char *type)
{
	static const struct {
		const char *type;
		enum kind kind;
	} kinds[] = {
		{ "payment_intent.succeeded", KIND_FINAL },
		{ "payment_intent.canceled", KIND_FINAL },
		{ "payment_intent.payment_failed", KIND_INTENT },
		{ "payment_intent.requires_action", KIND_INTENT },
		{ "payment_intent.processing", KIND_INTENT },
		{ "payment_intent.amount_capturable_updated", KIND_INTENT },
		{ "refund.created", KIND_REFUND },
		{ "refund.updated", KIND_REFUND },
		{ "refund.failed", KIND_REFUND },
		{ "charge.refund.updated", KIND_REFUND },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].type, type) == 0)
			return kinds[i].kind;
	return KIND_OTHER;
}

static sc_status unreadable(sc_error *err)
{
	return sc__bad(err, SC_BAD_FORMAT, "body", "is no event of Stripe that can be read");
}

static sc_status ask_about(struct stripe *stripe, const sc_call *call, const sc_json *object, enum kind kind,
                           sc_gateway_reply *about, sc_error *err)
{
	char id[STRIPE_ID_MAX + 1];
	sc_gateway_request request = { .op = SC_GATEWAY_LOOKUP, .order = about->order };
	const char *named = sc__member_text(object, "id");
	if (!sc__is_plain_name(named, STRIPE_ID_MAX))
		return unreadable(err);
	sc__copy_text(id, sizeof(id), named);
	request.attempt = request.target = about->attempt;
	request.provider_ref = kind == KIND_INTENT ? id : NULL;
	return sc__provider_ask(stripe->provider, call, &request,
	                        kind == KIND_INTENT ? STRIPE_BEGIN : STRIPE_REFUND_FETCH, id, about, err);
}

static sc_status take_in(struct stripe *stripe, const sc_call *call, const sc_json *document, sc_gateway_event *out,
                         sc_error *err)
{
	const sc_json *object = sc_json_member(sc_json_member(document, "data"), "object");
	const char *id = sc__member_text(document, "id"), *type = sc__member_text(document, "type");
	const enum kind kind = kind_of(type);
	sc_gateway_event event = { .about = { .status = SC_OK } };
	sc_status status = SC_OK;
	if (!sc__is_plain_name(id, SC_PROVIDER_REF_MAX) || type[0] == '\0')
		return unreadable(err);
	sc__copy_text(event.event_id, sizeof(event.event_id), id);
	if (kind == KIND_OTHER || !stripe_read_ids(object, &event.about.attempt, &event.about.order)) {
		*out = event; /* of another program on the same account, or of a kind that moves nothing here */
		return SC_OK;
	}
	const char *page = sc__member_text(sc_json_member(object, "metadata"), "page");
	if (kind == KIND_FINAL && page[0] == '\0') {
		if (!stripe_read_intent(object, &event.about) ||
		    (event.about.state != SC_GATEWAY_CAPTURED && event.about.state != SC_GATEWAY_VOIDED &&
		     event.about.state != SC_GATEWAY_DECLINED))
			return unreadable(err);
	} else {
		/* a fence that was closed says nothing about its page */
		status = ask_about(stripe, call, object, kind == KIND_FINAL ? KIND_INTENT : kind, &event.about, err);
	}
	if (status == SC_OK)
		*out = event;
	return status;
}

static sc_status check_signature(const struct stripe *stripe, sc_bytes body, const char *signature, sc_error *err)
{
	const int64_t now_ms = stripe->env->wall_ms(stripe->env->ctx);
	sc_status status = sc__bad(err, SC_UNSUPPORTED, "webhook_secret_file", "was not given");
	for (size_t i = 0; i < stripe->webhook_secret_count && status != SC_OK; i++)
		status = sc_stripe_verify(body, signature, stripe->webhook_secrets[i], now_ms, stripe->tolerance_ms,
		                          err);
	return status;
}

sc_status stripe_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature, sc_gateway_event *out,
                         sc_error *err)
{
	struct stripe *stripe = ctx;
	char room[16384];
	sc_arena arena;
	const sc_json *document;
	sc_status status = check_signature(stripe, body, signature, err);
	if (status != SC_OK)
		return status;
	sc_arena_init_buffer(&arena, stripe->env, room, sizeof(room));
	status = sc_json_parse(body, &arena, NULL, &document, err);
	if (status == SC_OK)
		status = take_in(stripe, call, document, out, err);
	else if (status != SC_NO_MEMORY)
		status = unreadable(err);
	sc_arena_clear(&arena);
	return status;
}
