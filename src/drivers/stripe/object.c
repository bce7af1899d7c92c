/*
 * What Stripe's objects say, in the words of the port. Everything read here came from outside: a member that is
 * missing or of another kind makes the object unreadable, never something else.
 */
#include "drivers/stripe/driver.h"

#include <string.h>

bool stripe_read_ids(const sc_json *object, sc_id *attempt, sc_id *order)
{
	const sc_json *metadata = sc_json_member(object, "metadata");
	sc_id own, whose;
	if (sc_id_parse(sc__member_text(metadata, "attempt"), &own) != SC_OK || sc_id_is_zero(own) ||
	    sc_id_parse(sc__member_text(metadata, "order"), &whose) != SC_OK)
		return false;
	*attempt = own;
	*order = whose;
	return true;
}

static bool read_amount(const sc_json *object, const char *key, int64_t *out)
{
	const sc_json *amount = sc_json_member(object, key);
	return sc_json_type_of(amount) == SC_JSON_INT &&
	       stripe_amount_in(sc_json_int(amount), sc__member_text(object, "currency"), out);
}

/* Why it was declined: the bank's own word when there is one. */
static const char *decline_of(const sc_json *intent)
{
	const sc_json *error = sc_json_member(intent, "last_payment_error");
	const char *code = sc__member_text(error, "decline_code");
	if (!code[0])
		code = sc__member_text(error, "code");
	if (!code[0] && sc_json_type_of(error) == SC_JSON_OBJECT)
		code = "declined";
	return code;
}

static const char *step_of(const sc_json *intent)
{
	const sc_json *action = sc_json_member(intent, "next_action");
	return sc__member_text(sc_json_member(action, "redirect_to_url"), "url");
}

struct shown {
	const char *status;
	uint32_t state;
	const char *amount; /* the member that has it; NULL: nothing moved */
};

static const struct shown intents[] = {
	{ "requires_payment_method", 0, NULL },
	{ "requires_confirmation", 0, NULL },
	{ "requires_action", SC_GATEWAY_NEEDS_STEP, NULL },
	{ "processing", SC_GATEWAY_RUNNING, NULL },
	{ "requires_capture", SC_GATEWAY_AUTHORISED, "amount_capturable" },
	{ "succeeded", SC_GATEWAY_CAPTURED, "amount_received" },
	{ "canceled", SC_GATEWAY_VOIDED, NULL },
};

static const struct shown refunds[] = {
	{ "pending", SC_GATEWAY_RUNNING, "amount" },    { "requires_action", SC_GATEWAY_RUNNING, "amount" },
	{ "succeeded", SC_GATEWAY_REFUNDED, "amount" }, { "failed", SC_GATEWAY_DECLINED, NULL },
	{ "canceled", SC_GATEWAY_DECLINED, NULL },
};

static bool show(const sc_json *object, const struct shown *table, size_t count, sc_gateway_reply *reply)
{
	const char *status = sc__member_text(object, "status");
	for (size_t i = 0; i < count; i++) {
		int64_t amount = 0;
		if (strcmp(status, table[i].status) != 0)
			continue;
		if (table[i].amount && !read_amount(object, table[i].amount, &amount))
			return false;
		reply->state = table[i].state;
		reply->amount_minor = amount;
		return true;
	}
	return false;
}

/* The object's id as our reference. */
static bool take_id(const sc_json *object, sc_gateway_reply *reply)
{
	const char *id = sc__member_text(object, "id");
	return sc__is_plain_name(id, STRIPE_ID_MAX) &&
	       sc__copy_text(reply->provider_ref, sizeof(reply->provider_ref), id);
}

static void take_order(const sc_json *object, sc_gateway_reply *reply)
{
	sc_id attempt, order;
	if (stripe_read_ids(object, &attempt, &order))
		reply->order = order;
}

bool stripe_read_intent(const sc_json *intent, sc_gateway_reply *reply)
{
	sc_gateway_reply read = *reply;
	read.step_url[0] = read.decline_code[0] = '\0';
	if (strcmp(sc__member_text(intent, "object"), "payment_intent") != 0 || !take_id(intent, &read) ||
	    !show(intent, intents, sizeof(intents) / sizeof(intents[0]), &read))
		return false;
	/* a bank's page that is longer than we can say is as good as none: the buyer cannot go there */
	if (read.state == SC_GATEWAY_NEEDS_STEP &&
	    !sc__copy_text(read.step_url, sizeof(read.step_url), step_of(intent)))
		return false;
	if (read.state == 0 || read.state == SC_GATEWAY_VOIDED)
		sc__copy_text(read.decline_code, sizeof(read.decline_code), decline_of(intent));
	if (read.state == SC_GATEWAY_VOIDED && read.decline_code[0])
		read.state = SC_GATEWAY_DECLINED; /* we cancel what was declined, so that nobody tries it again */
	take_order(intent, &read);
	*reply = read;
	return true;
}

bool stripe_read_refund(const sc_json *refund, sc_gateway_reply *reply)
{
	sc_gateway_reply read = *reply;
	read.decline_code[0] = '\0';
	if (strcmp(sc__member_text(refund, "object"), "refund") != 0 || !take_id(refund, &read) ||
	    !show(refund, refunds, sizeof(refunds) / sizeof(refunds[0]), &read))
		return false;
	if (read.state == SC_GATEWAY_DECLINED) {
		const char *why = sc__member_text(refund, "failure_reason");
		sc__copy_text(read.decline_code, sizeof(read.decline_code), why[0] ? why : "refund_failed");
	}
	take_order(refund, &read);
	*reply = read;
	return true;
}
