/*
 * Which call comes next. Every job first needs a token, which one of them fetches while the others hold; then its
 * order, by the reference the shop kept or by repeating the call that made it; then it looks at the order as it is.
 *
 *     CHARGE, AUTHORISE   create, mark as a step and send the buyer there, or pay by saved means
 *     LOOKUP              create again or fetch; pay what the buyer approved meanwhile
 *     VOID                create again or fetch, mark as void, fetch; or let the hold go
 *     CAPTURE, REFUND     fetch; capture the hold, refund the capture
 *
 * A capture that carries the word void was made after the attempt was called back: whoever sees it gives it back.
 */
#include "drivers/paypal/driver.h"

#include <shopcore/text.h>

#include <stdio.h>
#include <string.h>

#define TOKEN_MARGIN_S 60
#define NS_IN_S        1000000000LL
#define LOOKS_MAX      5 /* at one order, before nobody can say what becomes of it */

static struct paypal_job *of(const sc__job *job)
{
	return job->state;
}

static sc__next call_or_no_memory(sc__job *job, bool written)
{
	return written ? SC__NEXT_CALL : sc__provider_end(job, SC_NO_MEMORY);
}

static bool charges(const sc__job *job)
{
	return job->request.op == SC_GATEWAY_CHARGE || job->request.op == SC_GATEWAY_AUTHORISE;
}

static bool came(const sc__http_answer *answer)
{
	return answer->end == SC__HTTP_ANSWERED && (answer->status == 200 || answer->status == 201);
}

static bool is_refusal(const sc__http_answer *answer)
{
	return answer->end == SC__HTTP_ANSWERED &&
	       (answer->status == 400 || answer->status == 404 || answer->status == 422);
}

/* PayPal's word for why it refused. */
static const char *issue_of(const sc__http_answer *answer)
{
	const char *issue = sc__member_text(sc_json_first(sc_json_member(answer->document, "details")), "issue");
	return issue[0] ? issue : sc__member_text(answer->document, "name");
}

/* ---- what an order comes to ------------------------------------------------------------------ */

static sc__next say_order(sc__job *job, const struct paypal_order *order, sc_gateway_state state, int64_t amount)
{
	sc_gateway_reply *reply = &job->reply;
	reply->order = order->order;
	sc__copy_text(reply->provider_ref, sizeof(reply->provider_ref), order->id);
	if (state == SC_GATEWAY_NEEDS_STEP && !sc__copy_text(reply->step_url, sizeof(reply->step_url), order->step_url))
		return sc__provider_end(job, SC_SERVICE_FAILED);
	if (state == SC_GATEWAY_DECLINED)
		sc__copy_text(reply->decline_code, sizeof(reply->decline_code),
		              of(job)->decline[0] ? of(job)->decline : "declined");
	return sc__provider_say(job, state, amount);
}

/* Money that moved, in whichever way. 0: none did. */
static uint32_t state_of_money(const struct paypal_order *order, int64_t *amount)
{
	*amount = 0;
	if (order->capture[0]) {
		if (strcmp(order->capture_status, "PENDING") == 0)
			return SC_GATEWAY_RUNNING;
		if (strcmp(order->capture_status, "DECLINED") == 0 || strcmp(order->capture_status, "FAILED") == 0)
			return SC_GATEWAY_DECLINED;
		*amount = order->captured; /* what was given back of it is told by its refunds */
		return SC_GATEWAY_CAPTURED;
	}
	if (!order->hold[0])
		return 0;
	if (strcmp(order->hold_status, "CREATED") == 0) {
		*amount = order->held;
		return SC_GATEWAY_AUTHORISED;
	}
	if (strcmp(order->hold_status, "PENDING") == 0)
		return SC_GATEWAY_RUNNING;
	return strcmp(order->hold_status, "DENIED") == 0 ? SC_GATEWAY_DECLINED : SC_GATEWAY_VOIDED;
}

/* Pays by saved means, sends the buyer to PayPal's page, or asks for what the buyer approved. */
static sc__next pay(struct paypal *paypal, sc__job *job, const struct paypal_order *order)
{
	const bool approved = strcmp(order->status, "APPROVED") == 0;
	const bool hold = strcmp(order->intent, "AUTHORIZE") == 0;
	const bool by_page = charges(job) && strcmp(job->request.token, SC_PAYPAL_BY_PAGE) == 0;
	if (approved && of(job)->by_event)
		return say_order(job, order, SC_GATEWAY_RUNNING, 0); /* the shop looks it up, and then it is paid */
	if (approved)
		return call_or_no_memory(job, paypal_call_pay(paypal, job, hold, NULL));
	if (!charges(job))
		return say_order(job, order, order->mark == MARK_STEP ? SC_GATEWAY_NEEDS_STEP : SC_GATEWAY_UNSEEN, 0);
	if (by_page && order->mark == MARK_STEP)
		return say_order(job, order, SC_GATEWAY_NEEDS_STEP, 0);
	if (by_page)
		return call_or_no_memory(job, paypal_call_mark(paypal, job, MARK_STEP));
	if (job->request.op == SC_GATEWAY_AUTHORISE && !hold)
		return call_or_no_memory(job, paypal_call_mark(paypal, job, MARK_NONE));
	return call_or_no_memory(job, paypal_call_pay(paypal, job, hold, job->request.token));
}

static sc__next call_back(struct paypal *paypal, sc__job *job, const struct paypal_order *order, uint32_t state,
                          int64_t amount)
{
	if (state == SC_GATEWAY_AUTHORISED)
		return call_or_no_memory(job, paypal_call_unhold(paypal, job, order->hold));
	if (state != 0)
		return say_order(job, order, (sc_gateway_state)state, amount);
	return call_or_no_memory(job, paypal_call_mark(paypal, job, MARK_VOID));
}

static const sc_json *find_refund(const sc__job *job, const struct paypal_order *order)
{
	for (const sc_json *refund = sc_json_first(order->refunds); refund; refund = sc_json_next(refund)) {
		sc_id attempt, whose;
		enum paypal_mark mark;
		if (paypal_read_custom(sc__member_text(refund, "custom_id"), &attempt, &whose, &mark) &&
		    sc_id_equal(attempt, job->request.attempt))
			return refund;
	}
	return NULL;
}

static sc__next say_refund(sc__job *job, const sc_json *refund)
{
	if (!paypal_read_refund(refund, &job->reply))
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	return sc__provider_say(job, (sc_gateway_state)job->reply.state, job->reply.amount_minor);
}

static sc__next refund(struct paypal *paypal, sc__job *job, const struct paypal_order *order)
{
	const sc_json *there = find_refund(job, order);
	if (there)
		return say_refund(job, there);
	if (order->capture[0])
		return call_or_no_memory(job, paypal_call_refund(paypal, job, order->capture));
	sc__copy_text(job->reply.decline_code, sizeof(job->reply.decline_code), "nothing_to_refund");
	return sc__provider_say(job, SC_GATEWAY_DECLINED, 0);
}

/* An order as it is now, and what the request wants of it. */
static sc__next settle(struct paypal *paypal, sc__job *job, const sc_json *document)
{
	struct paypal_order order;
	int64_t amount;
	if (!paypal_read_order(document, &order) || ++of(job)->looks > LOOKS_MAX)
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	sc__copy_text(of(job)->order, sizeof(of(job)->order), order.id);
	sc__provider_remember(paypal->provider, order.attempt, order.id);
	uint32_t state = state_of_money(&order, &amount);
	if (order.capture_mark == MARK_VOID && state == SC_GATEWAY_CAPTURED) {
		if (strcmp(order.capture_status, "REFUNDED") == 0)
			return say_order(job, &order, SC_GATEWAY_VOIDED, 0);
		return call_or_no_memory(job, paypal_call_undo(paypal, job, order.capture));
	}
	if (job->request.op == SC_GATEWAY_REFUND)
		return refund(paypal, job, &order);
	if (job->request.op == SC_GATEWAY_CAPTURE && state == SC_GATEWAY_AUTHORISED && of(job)->looks == 1)
		return call_or_no_memory(job, paypal_call_capture(paypal, job, order.hold));
	if (state == 0 && (order.mark == MARK_VOID || strcmp(order.status, "VOIDED") == 0))
		return say_order(job, &order, SC_GATEWAY_VOIDED, 0);
	if (state == 0 && order.mark == MARK_DECLINED)
		return say_order(job, &order, SC_GATEWAY_DECLINED, 0);
	if (job->request.op == SC_GATEWAY_VOID)
		return call_back(paypal, job, &order, state, amount);
	if (state != 0)
		return say_order(job, &order, (sc_gateway_state)state, amount);
	if (job->request.op == SC_GATEWAY_CAPTURE)
		return say_order(job, &order, SC_GATEWAY_UNSEEN, 0);
	return pay(paypal, job, &order);
}

/* ---- after each call ------------------------------------------------------------------------- */

static sc__next after_create(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	if (is_refusal(answer)) /* the request id was used for another amount, or PayPal wants none of it */
		return sc__provider_end(job, charges(job) ? SC_KEY_REUSED : SC_SERVICE_FAILED);
	if (!came(answer))
		return sc__provider_give_up(paypal->provider, job, answer, false);
	if (answer->status == 201 && job->request.op == SC_GATEWAY_LOOKUP)
		return sc__provider_say(job, SC_GATEWAY_UNSEEN, 0); /* this is the first that PayPal hears of it */
	return settle(paypal, job, answer->document);
}

static sc__next after_fetch(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	if (came(answer))
		return settle(paypal, job, answer->document);
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 404 && job->request.op == SC_GATEWAY_LOOKUP)
		return sc__provider_say(job, SC_GATEWAY_UNSEEN, 0);
	return sc__provider_give_up(paypal->provider, job, answer, charges(job) || job->request.op == SC_GATEWAY_VOID);
}

/* The word is written, or the order no longer takes it because it was paid: either way it tells itself. */
static sc__next after_mark(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	bool written = answer->end == SC__HTTP_ANSWERED && answer->status < 300;
	if (written || is_refusal(answer))
		return call_or_no_memory(job, paypal_call_fetch(paypal, job));
	return sc__provider_give_up(paypal->provider, job, answer, true);
}

static sc__next after_pay(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	static const char *const again[] = { "ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED",
		                             "ORDER_NOT_APPROVED" };
	const char *issue = issue_of(answer);
	if (came(answer)) /* it may be an old answer to the same key, and short: the order itself tells */
		return call_or_no_memory(job, paypal_call_fetch(paypal, job));
	if (!is_refusal(answer))
		return sc__provider_give_up(paypal->provider, job, answer, true);
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		if (strcmp(issue, again[i]) == 0)
			return sc__provider_end(job, SC_PAYMENT_UNKNOWN); /* somebody else is at it: look it up */
	sc__copy_text(of(job)->decline, sizeof(of(job)->decline), issue[0] ? issue : "declined");
	return call_or_no_memory(job, paypal_call_mark(paypal, job, MARK_DECLINED));
}

/* A hold that was captured or let go, and money that was given back: the order tells. */
static sc__next after_move(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	bool done = answer->end == SC__HTTP_ANSWERED && answer->status < 300;
	if (!done && !is_refusal(answer))
		return sc__provider_give_up(paypal->provider, job, answer, true);
	return call_or_no_memory(job, paypal_call_fetch(paypal, job));
}

static sc__next after_refund(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	if (came(answer))
		return say_refund(job, answer->document);
	if (!is_refusal(answer))
		return sc__provider_give_up(paypal->provider, job, answer, true);
	const char *issue = issue_of(answer);
	sc__copy_text(job->reply.decline_code, sizeof(job->reply.decline_code), issue[0] ? issue : "refused");
	return sc__provider_say(job, SC_GATEWAY_DECLINED, 0);
}

static sc__next after_verify(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	if (is_refusal(answer))
		return sc__provider_end(job, SC_BAD_SIGNATURE);
	if (!came(answer))
		return sc__provider_give_up(paypal->provider, job, answer, false);
	bool good = strcmp(sc__member_text(answer->document, "verification_status"), "SUCCESS") == 0;
	return sc__provider_end(job, good ? SC_OK : SC_BAD_SIGNATURE);
}

/* ---- tokens, and the rules ------------------------------------------------------------------- */

static sc__next go(struct paypal *paypal, sc__job *job)
{
	struct paypal_job *own = of(job);
	const char *known = sc__provider_recall(paypal->provider, paypal_subject(job));
	if (own->verify.data)
		return call_or_no_memory(job, paypal_call_verify(paypal, job));
	if (known && !charges(job) && own->order[0] == '\0')
		sc__copy_text(own->order, sizeof(own->order), known);
	if (own->order[0])
		return call_or_no_memory(job, paypal_call_fetch(paypal, job));
	return call_or_no_memory(job, paypal_call_create(paypal, job));
}

static bool has_token(const struct paypal *paypal)
{
	return paypal->bearer[0] && paypal->env->mono_ns(paypal->env->ctx) < paypal->bearer_until_ns;
}

static sc__next go_with_token(struct paypal *paypal, sc__job *job)
{
	if (has_token(paypal))
		return go(paypal, job);
	if (paypal->fetching)
		return SC__NEXT_HOLD;
	paypal->fetching = true;
	return call_or_no_memory(job, paypal_call_token(paypal, job));
}

static sc__next after_token(struct paypal *paypal, sc__job *job, const sc__http_answer *answer)
{
	const char *token = sc__member_text(answer->document, "access_token");
	int64_t seconds = sc_json_int(sc_json_member(answer->document, "expires_in"));
	size_t length = strlen(token);
	paypal->fetching = false;
	sc__provider_release(paypal->provider);
	if (!came(answer) || length == 0 || length > PAYPAL_TOKEN_MAX || strpbrk(token, " \r\n") ||
	    seconds <= TOKEN_MARGIN_S || seconds > INT32_MAX)
		return sc__provider_give_up(paypal->provider, job, answer, false);
	snprintf(paypal->bearer, sizeof(paypal->bearer), "Authorization: Bearer %s", token);
	paypal->bearer_until_ns = paypal->env->mono_ns(paypal->env->ctx) + (seconds - TOKEN_MARGIN_S) * NS_IN_S;
	return go(paypal, job);
}

static sc_status check(sc__job *job)
{
	const sc_gateway_request *request = &job->request;
	struct paypal_job *own = of(job);
	if (own->verify.data)
		return SC_OK;
	if (request->op < SC_GATEWAY_CHARGE || request->op > SC_GATEWAY_LOOKUP)
		return SC_UNSUPPORTED;
	if (request->provider_ref && !charges(job)) {
		if (!sc__is_plain_name(request->provider_ref, PAYPAL_ID_MAX))
			return SC_BAD_ARGUMENT;
		sc__copy_text(own->order, sizeof(own->order), request->provider_ref);
	}
	if (charges(job) && (!sc__is_plain_name(request->token, SC_TOKEN_MAX) || sc__looks_like_card(request->token)))
		return SC_BAD_ARGUMENT;
	bool by_event = own->by_event; /* an event names the order itself, and no amount */
	return by_event ? SC_OK : paypal_amount_out(request->amount_minor, request->currency, own->value);
}

static sc__next begin(void *ctx, sc__job *job)
{
	struct paypal *paypal = ctx;
	const struct paypal_job *given = job->state;
	if (job->stage == PAYPAL_BEGIN) {
		struct paypal_job *own = sc_arena_zalloc(&job->arena, sizeof(*own));
		if (!own)
			return sc__provider_end(job, SC_NO_MEMORY);
		if (given)
			*own = *given;
		job->state = own;
		job->stage = PAYPAL_TOKEN; /* begun */
		sc_status status = check(job);
		if (status != SC_OK)
			return sc__provider_end(job, status);
	}
	return go_with_token(paypal, job);
}

static sc__next answered(void *ctx, sc__job *job, const sc__http_answer *answer)
{
	struct paypal *paypal = ctx;
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 401 && job->stage != PAYPAL_TOKEN &&
	    !of(job)->renewed) {
		of(job)->renewed = true;
		paypal->bearer[0] = '\0';
		return go_with_token(paypal, job);
	}
	switch ((enum paypal_stage)job->stage) {
	case PAYPAL_TOKEN:
		return after_token(paypal, job, answer);
	case PAYPAL_CREATE:
		return after_create(paypal, job, answer);
	case PAYPAL_FETCH:
		return after_fetch(paypal, job, answer);
	case PAYPAL_MARK:
		return after_mark(paypal, job, answer);
	case PAYPAL_PAY:
		return after_pay(paypal, job, answer);
	case PAYPAL_CAPTURE:
	case PAYPAL_UNHOLD:
	case PAYPAL_UNDO:
		return after_move(paypal, job, answer);
	case PAYPAL_REFUND:
		return after_refund(paypal, job, answer);
	case PAYPAL_VERIFY:
		return after_verify(paypal, job, answer);
	case PAYPAL_BEGIN:
		break;
	}
	return sc__provider_end(job, SC_SERVICE_FAILED);
}

const sc__provider_rules paypal_rules = { begin, answered };
