/*
 * Stripe's own page (Checkout), for shops that want no field for a card anywhere near.
 *
 * The attempt's PaymentIntent is made as always, but never confirmed: it is the fence, and names the page. What the
 * page takes is another PaymentIntent, made by Stripe when the buyer pays. So whoever asks about the attempt finds the
 * fence, then the page, then the money; and an attempt is called back by closing the page first. A page whose name
 * could not be written down was never shown to anybody.
 */
#include "drivers/stripe/driver.h"

#include <string.h>

static struct stripe_job *of(const sc__job *job)
{
	return job->state;
}

static sc__next call_or_no_memory(sc__job *job, bool written)
{
	return written ? SC__NEXT_CALL : sc__provider_end(job, SC_NO_MEMORY);
}

bool stripe_take_page(sc__job *job, const sc_json *intent)
{
	const char *page = sc__member_text(sc_json_member(intent, "metadata"), "page");
	return sc__is_plain_name(page, STRIPE_PAGE_MAX) && sc__copy_text(of(job)->page, sizeof(of(job)->page), page);
}

bool stripe_is_by_page(const sc_json *intent)
{
	return strcmp(sc__member_text(sc_json_member(intent, "metadata"), "by"), "page") == 0;
}

/* What the page took. */
static sc__next say_money(struct stripe *stripe, sc__job *job, const sc_json *intent)
{
	sc_gateway_reply *reply = &job->reply;
	if (!stripe_read_intent(intent, reply))
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	if (reply->state == 0 || reply->state == SC_GATEWAY_NEEDS_STEP)
		reply->state = SC_GATEWAY_RUNNING;
	sc_id subject = job->request.op == SC_GATEWAY_CHARGE || job->request.op == SC_GATEWAY_AUTHORISE
	                        ? job->request.attempt
	                        : job->request.target;
	sc__provider_remember(stripe->provider, subject, reply->provider_ref);
	return sc__provider_say(job, (sc_gateway_state)reply->state, reply->amount_minor);
}

/* A page as it is now. */
static sc__next settle(struct stripe *stripe, sc__job *job, const sc_json *page)
{
	const char *status = sc__member_text(page, "status");
	const sc_json *intent = sc_json_member(page, "payment_intent");
	sc_gateway_reply *reply = &job->reply;
	sc__copy_text(reply->provider_ref, sizeof(reply->provider_ref), of(job)->intent);
	if (strcmp(status, "complete") == 0)
		return say_money(stripe, job, intent);
	if (strcmp(status, "expired") == 0)
		return sc__provider_say(job, SC_GATEWAY_VOIDED, 0);
	if (strcmp(status, "open") != 0 || of(job)->expired ||
	    !sc__copy_text(reply->step_url, sizeof(reply->step_url), sc__member_text(page, "url")))
		return sc__provider_end(job, SC_PAYMENT_UNKNOWN);
	return sc__provider_say(job, SC_GATEWAY_NEEDS_STEP, 0);
}

static bool came(const sc__http_answer *answer)
{
	return answer->end == SC__HTTP_ANSWERED && answer->status == 200;
}

/* A fence that was closed while the page was made: nobody may be sent there. */
static sc__next after_note(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	if (!came(answer))
		return sc__provider_give_up(stripe->provider, job, answer, false); /* the buyer was not sent there */
	bool closed = strcmp(sc__member_text(answer->document, "status"), "canceled") == 0;
	return call_or_no_memory(job, closed ? stripe_call_expire(stripe, job) : stripe_call_look(stripe, job));
}

sc__next stripe_after_page(struct stripe *stripe, sc__job *job, const sc__http_answer *answer)
{
	const char *id = sc__member_text(answer->document, "id");
	switch (job->stage) {
	case STRIPE_PAGE:
		if (!came(answer) || !sc__is_plain_name(id, STRIPE_PAGE_MAX))
			return sc__provider_give_up(stripe->provider, job, answer, false);
		sc__copy_text(of(job)->page, sizeof(of(job)->page), id);
		return call_or_no_memory(job, stripe_call_note(stripe, job));
	case STRIPE_NOTE:
		return after_note(stripe, job, answer);
	case STRIPE_EXPIRE:
		if (answer->end == SC__HTTP_ANSWERED && (came(answer) || answer->status == 400))
			return call_or_no_memory(job, stripe_call_look(stripe, job)); /* paid or expired already */
		return sc__provider_give_up(stripe->provider, job, answer, true);
	default:
		if (came(answer))
			return settle(stripe, job, answer->document);
		return sc__provider_give_up(stripe->provider, job, answer, job->request.op != SC_GATEWAY_LOOKUP);
	}
}
