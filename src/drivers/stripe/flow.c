/*
 * Which call comes next. A request first needs its PaymentIntent: by the reference the shop kept, by repeating the
 * call that made it, or, when that is too long ago for Stripe to remember, by a search.
 *
 *     CHARGE, AUTHORISE   create, confirm             LOOKUP   create again, fetch
 *     VOID                create again, fetch, cancel CAPTURE  search, capture
 *     REFUND              search, list its refunds, refund
 *
 *     VOID first looks whether there is a page of Stripe's to close, see page.c
 *
 * With a reference the first step falls away. A stored answer, which Stripe marks as replayed, may be old, so the
 * object is fetched again. What was declined is cancelled before anybody is told, because Stripe would let the same
 * PaymentIntent be paid by other means.
 */
#include "drivers/stripe/driver.h"

#include <string.h>

/* Stripe forgets keys after 24 hours. Until an hour before that the call that made a PaymentIntent finds it. */
#define KEY_LIFE_MS (23LL * 60 * 60 * 1000)

static sc__next call_or_no_memory(sc__job *job, bool written)
{
	return written ? SC__NEXT_CALL : sc__provider_end(job, SC_NO_MEMORY);
}

static struct stripe_job *of(const sc__job *job)
{
	return job->state;
}

static bool charges(const sc__job *job)
{
	return job->request.op == SC_GATEWAY_CHARGE || job->request.op == SC_GATEWAY_AUTHORISE;
}

static bool by_page(const sc__job *job)
{
	return charges(job) && strcmp(job->request.token, SC_STRIPE_BY_PAGE) == 0;
}

/* ---- finding the PaymentIntent --------------------------------------------------------------- */

static sc__next work_on(struct stripe *stripe, sc__job *job)
{
	switch ((sc_gateway_op)job->request.op) {
	case SC_GATEWAY_CHARGE:
	case SC_GATEWAY_AUTHORISE:
		return call_or_no_memory(job, by_page(job) ? stripe_call_fetch(stripe, job)
		                                           : stripe_call_confirm(stripe, job));
	case SC_GATEWAY_LOOKUP:
	case SC_GATEWAY_VOID:
		return call_or_no_memory(job, stripe_call_fetch(stripe, job));
	case SC_GATEWAY_CAPTURE:
		return call_or_no_memory(job, stripe_call_capture(stripe, job));
	case SC_GATEWAY_REFUND:
		return call_or_no_memory(job, stripe_call_refunds(stripe, job));
	}
	return sc__provider_end(job, SC_UNSUPPORTED);
}

static bool take_intent(struct stripe *stripe, sc__job *job, const sc_json *intent)
{
	const char *id = sc__member_text(intent, "id");
	sc_id attempt, order;
	if (!sc__is_plain_name(id, STRIPE_ID_MAX) || !sc__copy_text(of(job)->intent, STRIPE_ID_MAX + 1, id))
		return false;
	if (stripe_read_ids(intent, &attempt, &order))
		sc__provider_remember(stripe->provider, attempt, id);
	return true;
}

/* A capture or refund names another amount than the charge, so only a search finds what it is about. */
static sc__next find(struct stripe *stripe, sc__job *job)
{
	sc_id whose = charges(job) ? job->request.attempt : job->request.target;
	const char *known = sc__provider_recall(stripe->provider, whose);
	bool by_search = job->request.op == SC_GATEWAY_CAPTURE || job->request.op == SC_GATEWAY_REFUND;
	bool old = stripe->env->wall_ms(stripe->env->ctx) - sc_id_time_ms(whose) > KEY_LIFE_MS;
	if (known && !charges(job)) {
		sc__copy_text(of(job)->intent, STRIPE_ID_MAX + 1, known);
		return work_on(stripe, job);
	}
	return call_or_no_memory(job,
	                         by_search || old ? stripe_call_search(stripe, job) : stripe_call_create(stripe, job));
}

/* The attempt's own, or for its money the one in which a page took it. */
static const sc_json *choose(const sc__job *job, const sc_json *list)
{
	const bool money = job->request.op == SC_GATEWAY_CAPTURE || job->request.op == SC_GATEWAY_REFUND;
	const sc_json *first = NULL;
	for (const sc_json *one = sc_json_first(list); one; one = sc_json_next(one)) {
		if (stripe_is_by_page(one) == money)
			return one;
		if (!first)
			first = one;
	}
	return money ? first : NULL;
}

static sc__next after_search(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	const sc_json *found = choose(job, sc_json_member(answer->document, "data"));
	of(job)->searched = true;
	if (answer->end != SC__HTTP_ANSWERED || answer->status != 200)
		return sc__provider_give_up(stripe->provider, job, answer, false);
	if (found)
		return take_intent(stripe, job, found) ? work_on(stripe, job)
		                                       : sc__provider_end(job, SC_SERVICE_FAILED);
	if (of(job)->created) /* the key was used for another amount */
		return sc__provider_end(job, charges(job) ? SC_KEY_REUSED : SC_BUSY);
	if (job->request.op == SC_GATEWAY_CAPTURE || job->request.op == SC_GATEWAY_REFUND)
		return sc__provider_end(job, SC_BUSY); /* Stripe's search lags by a minute: later */
	return call_or_no_memory(job, stripe_call_create(stripe, job));
}

static bool is_error(const sc__http_answer *answer, const char *type)
{
	const sc_json *error = sc_json_member(answer->document, "error");
	return strcmp(sc__member_text(error, "type"), type) == 0;
}

static sc__next after_create(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	of(job)->created = true;
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 400 && is_error(answer, "idempotency_error") &&
	    !of(job)->searched)
		return call_or_no_memory(job, stripe_call_search(stripe, job));
	if (answer->end != SC__HTTP_ANSWERED || answer->status != 200)
		return sc__provider_give_up(stripe->provider, job, answer, false); /* nothing can have moved yet */
	if (!take_intent(stripe, job, answer->document))
		return sc__provider_end(job, SC_SERVICE_FAILED);
	if (job->request.op == SC_GATEWAY_LOOKUP && !answer->replayed)
		return sc__provider_say(job, SC_GATEWAY_UNSEEN, 0); /* this is the first that Stripe hears of it */
	return work_on(stripe, job);
}

/* ---- what became of it ----------------------------------------------------------------------- */

static bool is_final(uint32_t state)
{
	return state == SC_GATEWAY_CAPTURED || state == SC_GATEWAY_VOIDED || state == SC_GATEWAY_DECLINED;
}

/* Once is enough: who refuses it without saying why would refuse it again. */
static sc__next cancel(struct stripe *stripe, sc__job *job)
{
	if (of(job)->cancelled)
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	of(job)->cancelled = true;
	return call_or_no_memory(job, stripe_call_cancel(stripe, job));
}

/* What the request still wants of a PaymentIntent, or false: nothing. */
static bool wants_more(struct stripe *stripe, sc__job *job, const sc_json *intent, sc__next *next)
{
	const uint32_t state = job->reply.state;
	const bool calls_back = job->request.op == SC_GATEWAY_VOID;
	if (stripe_take_page(job, intent)) {
		bool close = state == SC_GATEWAY_VOIDED || calls_back;
		*next = call_or_no_memory(job, close ? stripe_call_expire(stripe, job) : stripe_call_look(stripe, job));
		return true;
	}
	if (stripe_is_by_page(intent) && (state == 0 || state == SC_GATEWAY_NEEDS_STEP)) {
		*next = sc__provider_say(job, SC_GATEWAY_RUNNING, 0); /* the buyer may still try there */
		return true;
	}
	if (job->stage != STRIPE_FETCH)
		return false;
	if (calls_back && !is_final(state))
		*next = cancel(stripe, job);
	else if (by_page(job) && state == 0)
		*next = call_or_no_memory(job, stripe_call_page(stripe, job));
	else
		return false;
	return true;
}

/* It waits for means of payment: it was never confirmed, or was declined. */
static sc__next settle_waiting(struct stripe *stripe, sc__job *job)
{
	struct stripe_job *own = of(job);
	if (!own->decline[0])
		memcpy(own->decline, job->reply.decline_code, sizeof(own->decline));
	if (own->decline[0])
		return cancel(stripe, job);
	return sc__provider_say(job, job->request.op == SC_GATEWAY_LOOKUP ? SC_GATEWAY_UNSEEN : SC_GATEWAY_RUNNING, 0);
}

/* A PaymentIntent as it is now. */
static sc__next settle(struct stripe *stripe, sc__job *job, const sc_json *intent)
{
	const struct stripe_job *own = of(job);
	sc_gateway_reply *reply = &job->reply;
	sc__next next;
	if (!stripe_read_intent(intent, reply))
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	if (wants_more(stripe, job, intent, &next))
		return next;
	if (reply->state == 0)
		return settle_waiting(stripe, job);
	if (own->decline[0] && reply->state == SC_GATEWAY_VOIDED) { /* by us, because of that */
		reply->state = SC_GATEWAY_DECLINED;
		memcpy(reply->decline_code, own->decline, sizeof(own->decline));
	}
	return sc__provider_say(job, (sc_gateway_state)reply->state, reply->amount_minor);
}

static bool is_refusal(const sc__http_answer *answer)
{
	return answer->end == SC__HTTP_ANSWERED && answer->status >= 400 && answer->status < 500 &&
	       answer->status != 401 && answer->status != 403 && answer->status != 409 && answer->status != 429;
}

/* The answer to a call that may have moved money: the object itself, or the one inside the error. */
static sc__next after_move(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	const sc_json *error = sc_json_member(answer->document, "error");
	const sc_json *inside = sc_json_member(error, "payment_intent");
	if (answer->end == SC__HTTP_ANSWERED && answer->replayed)
		return call_or_no_memory(job, stripe_call_fetch(stripe, job));
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 200)
		return settle(stripe, job, answer->document);
	if (is_refusal(answer) && inside)
		return settle(stripe, job, inside);
	if (!is_refusal(answer))
		return sc__provider_give_up(stripe->provider, job, answer, true);
	if (job->stage == STRIPE_CONFIRM) { /* a means of payment that Stripe does not know */
		const char *code = sc__member_text(error, "code");
		sc__copy_text(of(job)->decline, sizeof(of(job)->decline), code[0] ? code : "refused");
	}
	return call_or_no_memory(job, stripe_call_fetch(stripe, job));
}

static sc__next after_fetch(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 200)
		return settle(stripe, job, answer->document);
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 404)
		return sc__provider_say(job, SC_GATEWAY_UNSEEN, 0);
	return sc__provider_give_up(stripe->provider, job, answer, job->request.op != SC_GATEWAY_LOOKUP);
}

/* ---- refunds --------------------------------------------------------------------------------- */

static sc__next say_refund(sc__job *job, const sc_json *refund)
{
	if (!stripe_read_refund(refund, &job->reply))
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	return sc__provider_say(job, job->reply.state, job->reply.amount_minor);
}

/* Whether the refund is there already: its key is forgotten after a day, the refund never is. */
static sc__next after_refunds(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	const sc_json *list = answer->document, *refund = sc_json_first(sc_json_member(list, "data"));
	of(job)->after[0] = '\0';
	if (answer->end != SC__HTTP_ANSWERED || answer->status != 200)
		return sc__provider_give_up(stripe->provider, job, answer, false);
	for (; refund; refund = sc_json_next(refund)) {
		sc_id attempt, order;
		if (stripe_read_ids(refund, &attempt, &order) && sc_id_equal(attempt, job->request.attempt))
			return say_refund(job, refund);
		const char *id = sc__member_text(refund, "id");
		if (sc__is_plain_name(id, STRIPE_ID_MAX))
			sc__copy_text(of(job)->after, STRIPE_ID_MAX + 1, id);
	}
	if (sc_json_is_true(sc_json_member(list, "has_more")) && of(job)->after[0])
		return call_or_no_memory(job, stripe_call_refunds(stripe, job));
	return call_or_no_memory(job, stripe_call_refund(stripe, job));
}

static sc__next after_refund(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	const char *code = sc__member_text(sc_json_member(answer->document, "error"), "code");
	if (is_refusal(answer)) {
		sc__copy_text(job->reply.decline_code, sizeof(job->reply.decline_code), code[0] ? code : "refused");
		return sc__provider_say(job, SC_GATEWAY_DECLINED, 0);
	}
	if (answer->end != SC__HTTP_ANSWERED || answer->status != 200)
		return sc__provider_give_up(stripe->provider, job, answer, true);
	const char *id = sc__member_text(answer->document, "id");
	if (answer->replayed && sc__is_plain_name(id, STRIPE_ID_MAX)) {
		sc__copy_text(of(job)->refund, STRIPE_ID_MAX + 1, id);
		return call_or_no_memory(job, stripe_call_refund_fetch(stripe, job));
	}
	return say_refund(job, answer->document);
}

static sc__next after_refund_fetch(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	if (answer->end != SC__HTTP_ANSWERED || answer->status != 200)
		return sc__provider_give_up(stripe->provider, job, answer, job->request.op == SC_GATEWAY_REFUND);
	return say_refund(job, answer->document);
}

/* ---- the rules ------------------------------------------------------------------------------- */

static sc_status check_token(const char *token)
{
	return sc__is_plain_name(token, SC_TOKEN_MAX) && !sc__looks_like_card(token) ? SC_OK : SC_BAD_ARGUMENT;
}

static sc_status check(sc__job *job)
{
	const sc_gateway_request *request = &job->request;
	struct stripe_job *own = of(job);
	sc_status status = SC_OK;
	if (request->op < SC_GATEWAY_CHARGE || request->op > SC_GATEWAY_LOOKUP)
		return SC_UNSUPPORTED;
	if (request->provider_ref && !charges(job)) {
		if (!sc__is_plain_name(request->provider_ref, STRIPE_ID_MAX))
			return SC_BAD_ARGUMENT;
		sc__copy_text(own->intent, sizeof(own->intent), request->provider_ref);
	}
	if (own->intent[0] == '\0' || request->op == SC_GATEWAY_CAPTURE || request->op == SC_GATEWAY_REFUND)
		status = stripe_amount_out(request->amount_minor, request->currency, &own->amount, NULL);
	return status == SC_OK && charges(job) ? check_token(request->token) : status;
}

static sc__next begin(void *ctx, sc__job *job)
{
	struct stripe *stripe = ctx;
	struct stripe_job *own = sc_arena_zalloc(&job->arena, sizeof(*own));
	if (!own)
		return sc__provider_end(job, SC_NO_MEMORY);
	if (job->stage == STRIPE_REFUND_FETCH) {
		sc__copy_text(own->refund, sizeof(own->refund), job->state);
		job->state = own;
		return call_or_no_memory(job, stripe_call_refund_fetch(stripe, job));
	}
	job->state = own;
	sc_status status = check(job);
	if (status != SC_OK)
		return sc__provider_end(job, status);
	return own->intent[0] ? work_on(stripe, job) : find(stripe, job);
}

static sc__next answered(void *ctx, sc__job *job, const sc__http_answer *answer)
{
	struct stripe *stripe = ctx;
	switch ((enum stripe_stage)job->stage) {
	case STRIPE_SEARCH:
		return after_search(stripe, job, answer);
	case STRIPE_CREATE:
		return after_create(stripe, job, answer);
	case STRIPE_CONFIRM:
	case STRIPE_CANCEL:
	case STRIPE_CAPTURE:
		return after_move(stripe, job, answer);
	case STRIPE_FETCH:
		return after_fetch(stripe, job, answer);
	case STRIPE_REFUNDS:
		return after_refunds(stripe, job, answer);
	case STRIPE_REFUND:
		return after_refund(stripe, job, answer);
	case STRIPE_REFUND_FETCH:
		return after_refund_fetch(stripe, job, answer);
	case STRIPE_PAGE:
	case STRIPE_NOTE:
	case STRIPE_LOOK:
	case STRIPE_EXPIRE:
		return stripe_after_page(stripe, job, answer);
	case STRIPE_BEGIN:
		break;
	}
	return sc__provider_end(job, SC_SERVICE_FAILED);
}

const sc__provider_rules stripe_rules = { begin, answered };
