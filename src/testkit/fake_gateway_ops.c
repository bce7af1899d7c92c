/*
 * What each operation of the fake gateway does to its books.
 *
 * A request is decided when it is started; only its answer waits. So a provider that "sleeps" needs no
 * thread, and dies with its process like a real one's answer would: the books know, and nobody was told.
 */
#include "testkit/fake_gateway_state.h"

#include <stdio.h>
#include <string.h>

enum token { TOKEN_OK, TOKEN_DECLINED, TOKEN_ACTION, TOKEN_SILENT_CHARGED, TOKEN_SILENT_FREE, TOKEN_SLOW, TOKEN_OTHER };

static enum token token_of(const char *token)
{
	static const char *const names[] = { "tok_ok",          "tok_declined", "tok_action", "tok_silent_charged",
		                             "tok_silent_free", "tok_slow" };
	for (size_t i = 0; token && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(token, names[i]) == 0)
			return (enum token)i;
	return TOKEN_OTHER;
}

static void set_reply(struct fake_deciding *d, const struct fake_entry *entry, uint32_t state)
{
	sc_gateway_reply *reply = &d->answer->reply;
	char id[SC_ID_TEXT_SIZE];
	reply->state = state;
	if (!entry)
		return;
	sc_id_format(entry->attempt, id);
	snprintf(reply->provider_ref, sizeof(reply->provider_ref), "fake_%s", id);
	reply->amount_minor = entry->captured;
	if (state == SC_GATEWAY_AUTHORISED || entry->op == SC_GATEWAY_REFUND)
		reply->amount_minor = entry->amount;
	if (state == SC_GATEWAY_NEEDS_STEP)
		snprintf(reply->step_url, sizeof(reply->step_url), "https://pay.example/step/%s", id);
	if (state == SC_GATEWAY_DECLINED)
		snprintf(reply->decline_code, sizeof(reply->decline_code), "%s",
		         entry->token == TOKEN_OTHER      ? "unknown_token"
		         : entry->token == TOKEN_ACTION   ? "step_refused"
		         : entry->op == SC_GATEWAY_REFUND ? "nothing_to_refund"
		                                          : "card_declined");
}

void fake_announce(struct fake_deciding *d, const struct fake_entry *entry, uint32_t state, int64_t ready_ns)
{
	const sc_fake_gateway_options *options = &d->fake->options;
	struct fake_event event = { .attempt = entry->attempt, .order = entry->order, .state = state };
	event.amount = entry->op == SC_GATEWAY_REFUND ? entry->amount : entry->captured;
	event.ready_ns = options->webhooks & SC_FAKE_WEBHOOK_FIRST ? d->now_ns : ready_ns;
	if (state != SC_GATEWAY_RUNNING && entry->settle_ms > d->now_ms)
		event.ready_ns = ready_ns; /* not before it happens */
	fake_queue_add(&d->fake->webhooks, &event);
	if (options->webhooks & SC_FAKE_WEBHOOK_TWICE)
		fake_queue_add(&d->fake->webhooks, &event);
}

static struct fake_entry new_entry(const struct fake_deciding *d, sc_id attempt)
{
	struct fake_entry entry = { .attempt = attempt, .order = d->request->order, .op = d->request->op };
	entry.amount = d->request->amount_minor;
	memcpy(entry.currency, d->request->currency, 3);
	return entry;
}

static void go_silent(struct fake_deciding *d)
{
	d->answer->ready_ns = fake_after_ms(d->now_ns, d->fake->options.silence_ms);
	d->answer->reply.status = SC_PAYMENT_UNKNOWN;
}

/* The same attempt again: it never moves money twice. */
static sc_status charge_again(struct fake_deciding *d, const struct fake_entry *entry, sc_error *err)
{
	struct fake_entry more = *entry;
	more.charges++;
	sc_status status = fake_books_put(&d->fake->books, &more, err);
	if (status == SC_OK)
		set_reply(d, &more, fake_entry_state(&more, d->now_ms));
	return status;
}

static sc_status charge(struct fake_deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->attempt);
	if (seen)
		return charge_again(d, seen, err);
	enum token token = token_of(d->request->token);
	if (token == TOKEN_SILENT_FREE) {
		go_silent(d);
		return SC_OK;
	}
	struct fake_entry entry = new_entry(d, d->request->attempt);
	entry.charges = 1;
	entry.token = token;
	entry.state = d->request->op == SC_GATEWAY_AUTHORISE ? SC_GATEWAY_AUTHORISED : SC_GATEWAY_CAPTURED;
	if (token == TOKEN_DECLINED || token == TOKEN_OTHER)
		entry.state = SC_GATEWAY_DECLINED;
	if (token == TOKEN_ACTION)
		entry.state = SC_GATEWAY_NEEDS_STEP;
	if (entry.state == SC_GATEWAY_CAPTURED)
		entry.captured = entry.amount;
	if (token == TOKEN_SLOW) {
		entry.settle_ms = d->now_ms + d->fake->options.slow_ms;
		d->answer->ready_ns = fake_after_ms(d->now_ns, d->fake->options.slow_ms);
	}
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status != SC_OK)
		return status;
	if (token == TOKEN_SILENT_CHARGED) {
		go_silent(d);
		return SC_OK;
	}
	fake_announce(d, &entry, SC_GATEWAY_RUNNING, d->answer->ready_ns);
	fake_announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

static sc_status capture(struct fake_deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
	if (!seen || seen->state != SC_GATEWAY_AUTHORISED || d->request->amount_minor > seen->amount) {
		set_reply(d, seen, seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN);
		return SC_OK;
	}
	struct fake_entry entry = *seen;
	entry.state = SC_GATEWAY_CAPTURED;
	entry.captured = d->request->amount_minor;
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status != SC_OK)
		return status;
	fake_announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

/* An attempt that was never seen is fenced: a charge that arrives later finds it voided. */
static sc_status call_back(struct fake_deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
	uint32_t state = seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN;
	if (state == SC_GATEWAY_CAPTURED || state == SC_GATEWAY_DECLINED || state == SC_GATEWAY_VOIDED) {
		set_reply(d, seen, state);
		return SC_OK;
	}
	struct fake_entry entry = seen ? *seen : new_entry(d, d->request->target);
	entry.state = SC_GATEWAY_VOIDED;
	entry.captured = 0;
	entry.settle_ms = 0;
	sc_status status = fake_books_put(&d->fake->books, &entry, err);
	if (status == SC_OK)
		set_reply(d, &entry, SC_GATEWAY_VOIDED);
	return status;
}

static sc_status refund(struct fake_deciding *d, sc_error *err)
{
	const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->attempt);
	if (seen) {
		set_reply(d, seen, seen->state);
		return SC_OK;
	}
	const struct fake_entry *target = fake_books_find(&d->fake->books, d->request->target);
	bool can = target && fake_entry_state(target, d->now_ms) == SC_GATEWAY_CAPTURED &&
	           d->request->amount_minor <= target->captured - target->refunded;
	struct fake_entry entry = new_entry(d, d->request->attempt);
	entry.target = d->request->target;
	entry.state = can ? SC_GATEWAY_REFUNDED : SC_GATEWAY_DECLINED;
	sc_status status = can ? fake_books_put(&d->fake->books, &entry, err) : SC_OK;
	if (status != SC_OK)
		return status;
	if (can)
		fake_announce(d, &entry, entry.state, d->answer->ready_ns);
	set_reply(d, &entry, entry.state);
	return SC_OK;
}

sc_status fake_decide(struct fake_deciding *d, sc_error *err)
{
	switch ((sc_gateway_op)d->request->op) {
	case SC_GATEWAY_CHARGE:
	case SC_GATEWAY_AUTHORISE:
		return charge(d, err);
	case SC_GATEWAY_CAPTURE:
		return capture(d, err);
	case SC_GATEWAY_VOID:
		return call_back(d, err);
	case SC_GATEWAY_REFUND:
		return refund(d, err);
	case SC_GATEWAY_LOOKUP: {
		const struct fake_entry *seen = fake_books_find(&d->fake->books, d->request->target);
		set_reply(d, seen, seen ? fake_entry_state(seen, d->now_ms) : SC_GATEWAY_UNSEEN);
		return SC_OK;
	}
	}
	return fake_fail(err, SC_UNSUPPORTED, "no such operation");
}
