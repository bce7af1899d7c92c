/*
 * The gateway suite: money moves once for each attempt, whatever is asked how often, and silence can be
 * cleared up afterwards.
 */
#include "testkit/conformance/gateway_suite.h"
#include "testkit/conformance/world.h"

#define AMOUNT    1999
#define LOOKS     90 /* at a provider that is slow, a second of the suite's clock apart */
#define WAIT_MS   20
#define SECOND_NS INT64_C(1000000000)

static const sc_conformance_gateway_options *options_of(const struct world *w)
{
	return w->suite->options;
}

static sc_gateway_request request_of(struct world *w, sc_gateway_op op, const char *token)
{
	sc_gateway_request request;

	memset(&request, 0, sizeof(request));
	request.attempt = sc_id_make(&w->env);
	request.order = sc_id_make(&w->env);
	request.op = op;
	request.amount_minor = AMOUNT;
	memcpy(request.currency, "EUR", 4);
	request.token = token;
	return request;
}

/* A request about another attempt of the same order. */
static sc_gateway_request about(struct world *w, sc_gateway_op op, const sc_gateway_request *target)
{
	sc_gateway_request request = request_of(w, op, NULL);

	request.order = target->order;
	request.target = target->attempt;
	return request;
}

static void send(struct world *w, const sc_gateway_request *request)
{
	sc_error err = SC_ERROR_INIT;
	size_t accepted = 0;

	CHECK_STATUS(w, w->gateway.ops->start(w->gateway.ctx, SC_CALL_SYSTEM, request, 1, &accepted, &err), SC_OK);
	CHECK_INT(w, accepted, 1);
}

static size_t fetch(struct world *w, size_t max, sc_gateway_reply *out)
{
	sc_error err = SC_ERROR_INIT;
	size_t count = 0;

	CHECK_STATUS(w, w->gateway.ops->finish(w->gateway.ctx, max, options_of(w)->look_ms, out, &count, &err), SC_OK);
	CHECK(w, count <= max);
	return count;
}

/* The next answer, however long it takes. */
static sc_gateway_reply next_reply(struct world *w)
{
	sc_gateway_reply reply;

	memset(&reply, 0, sizeof(reply));
	for (int i = 0; i < LOOKS; i++) {
		if (fetch(w, 1, &reply) == 1)
			return reply;
		atomic_fetch_add(&w->clock.wall_ms, 1000);
		atomic_fetch_add(&w->clock.mono_ns, SECOND_NS);
	}
	ct_fail(w, __FILE__, __LINE__, "no answer came");
}

static sc_gateway_reply ask(struct world *w, const sc_gateway_request *request)
{
	sc_gateway_reply reply;

	send(w, request);
	reply = next_reply(w);
	CHECK(w, sc_id_equal(reply.attempt, request->attempt));
	return reply;
}

static uint32_t state_of(struct world *w, const sc_gateway_request *target)
{
	sc_gateway_request lookup = about(w, SC_GATEWAY_LOOKUP, target);
	sc_gateway_reply reply = ask(w, &lookup);

	CHECK_STATUS(w, reply.status, SC_OK);
	return reply.state;
}

static const char *need(struct world *w, const char *token)
{
	if (token == NULL)
		ct_skip(w, "the provider has no such means of payment for tests");
	return token;
}

static void check_kept(struct world *w, const sc_gateway_request *request, int64_t want)
{
	const sc_conformance_gateway_options *o = options_of(w);

	if (o->kept != NULL)
		CHECK_INT(w, o->kept(o->ctx, request->order), want);
}

void a_charge_is_captured(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_reply reply = ask(w, &charge);

	CHECK_STATUS(w, reply.status, SC_OK);
	CHECK_INT(w, reply.state, SC_GATEWAY_CAPTURED);
	CHECK_INT(w, reply.amount_minor, AMOUNT);
	CHECK(w, reply.provider_ref[0] != '\0');
	CHECK(w, sc_id_is_zero(reply.order) || sc_id_equal(reply.order, charge.order));
	check_kept(w, &charge, AMOUNT);
}

void a_declined_charge_moves_nothing(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_declined));
	sc_gateway_reply reply = ask(w, &charge);

	CHECK_STATUS(w, reply.status, SC_OK);
	CHECK_INT(w, reply.state, SC_GATEWAY_DECLINED);
	CHECK(w, reply.decline_code[0] != '\0');
	CHECK_INT(w, state_of(w, &charge), SC_GATEWAY_DECLINED);
	check_kept(w, &charge, 0);
}

void one_attempt_moves_money_once(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_reply first = ask(w, &charge), again = ask(w, &charge);

	CHECK_INT(w, again.state, first.state);
	CHECK_BYTES(w, ct_text(again.provider_ref), ct_text(first.provider_ref));
	check_kept(w, &charge, AMOUNT);
}

void each_answer_is_given_once(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_reply reply;

	ask(w, &charge);
	CHECK_INT(w, fetch(w, 1, &reply), 0);
}

void without_requests_there_are_no_answers(struct world *w)
{
	sc_gateway_reply reply;
	sc_error err = SC_ERROR_INIT;
	size_t count = 7;

	CHECK_STATUS(w, w->gateway.ops->finish(w->gateway.ctx, 1, WAIT_MS, &reply, &count, &err), SC_OK);
	CHECK_INT(w, count, 0);
}

void many_requests_are_each_answered(struct world *w)
{
	enum { MANY = 5 };
	sc_gateway_request charges[MANY];
	size_t sent = 0, seen[MANY] = { 0 };

	for (int i = 0; i < MANY; i++)
		charges[i] = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	while (sent < MANY) {
		sc_error err = SC_ERROR_INIT;
		size_t accepted = 0;

		CHECK_STATUS(w,
		             w->gateway.ops->start(w->gateway.ctx, SC_CALL_SYSTEM, charges + sent, MANY - sent,
		                                   &accepted, &err),
		             SC_OK);
		CHECK(w, accepted >= 1 && accepted <= MANY - sent);
		sent += accepted;
	}
	for (int i = 0; i < MANY; i++) {
		sc_gateway_reply reply = next_reply(w);

		for (int n = 0; n < MANY; n++)
			seen[n] += sc_id_equal(reply.attempt, charges[n].attempt);
	}
	for (int i = 0; i < MANY; i++) {
		CHECK_INT(w, seen[i], 1);
		check_kept(w, &charges[i], AMOUNT);
	}
}

void lookup_tells_what_became_of_an_attempt(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request lookup;
	sc_gateway_reply first = ask(w, &charge), told;

	lookup = about(w, SC_GATEWAY_LOOKUP, &charge);
	told = ask(w, &lookup);
	CHECK_STATUS(w, told.status, SC_OK);
	CHECK_INT(w, told.state, SC_GATEWAY_CAPTURED);
	CHECK_INT(w, told.amount_minor, AMOUNT);
	CHECK_BYTES(w, ct_text(told.provider_ref), ct_text(first.provider_ref));
}

void lookup_of_a_stranger_is_unseen(struct world *w)
{
	sc_gateway_request never = request_of(w, SC_GATEWAY_CHARGE, NULL);

	CHECK_INT(w, state_of(w, &never), SC_GATEWAY_UNSEEN);
}

void a_refund_gives_money_back(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request part, rest;

	ask(w, &charge);
	part = about(w, SC_GATEWAY_REFUND, &charge);
	part.amount_minor = 999;
	CHECK_INT(w, ask(w, &part).state, SC_GATEWAY_REFUNDED);
	check_kept(w, &charge, AMOUNT - 999);
	rest = about(w, SC_GATEWAY_REFUND, &charge);
	rest.amount_minor = AMOUNT - 999;
	CHECK_INT(w, ask(w, &rest).state, SC_GATEWAY_REFUNDED);
	check_kept(w, &charge, 0);
}

void one_refund_is_given_once(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request refund;

	ask(w, &charge);
	refund = about(w, SC_GATEWAY_REFUND, &charge);
	refund.amount_minor = 500;
	CHECK_INT(w, ask(w, &refund).state, SC_GATEWAY_REFUNDED);
	CHECK_INT(w, ask(w, &refund).state, SC_GATEWAY_REFUNDED);
	check_kept(w, &charge, AMOUNT - 500);
}

void no_more_is_refunded_than_was_captured(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request refund;

	ask(w, &charge);
	refund = about(w, SC_GATEWAY_REFUND, &charge);
	refund.amount_minor = AMOUNT + 1;
	CHECK(w, ask(w, &refund).state != SC_GATEWAY_REFUNDED);
	check_kept(w, &charge, AMOUNT);
}

void an_attempt_that_was_called_back_never_charges(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request call_back = about(w, SC_GATEWAY_VOID, &charge);

	CHECK_INT(w, ask(w, &call_back).state, SC_GATEWAY_VOIDED);
	CHECK(w, ask(w, &charge).state != SC_GATEWAY_CAPTURED);
	CHECK_INT(w, state_of(w, &charge), SC_GATEWAY_VOIDED);
	check_kept(w, &charge, 0);
}

void calling_back_a_captured_charge_says_so(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_ok));
	sc_gateway_request call_back;
	uint32_t state;

	ask(w, &charge);
	call_back = about(w, SC_GATEWAY_VOID, &charge);
	state = ask(w, &call_back).state;
	CHECK(w, state == SC_GATEWAY_CAPTURED || state == SC_GATEWAY_VOIDED);
	check_kept(w, &charge, state == SC_GATEWAY_CAPTURED ? AMOUNT : 0);
}

void what_was_authorised_is_captured_or_given_back(struct world *w)
{
	sc_gateway_request hold = request_of(w, SC_GATEWAY_AUTHORISE, need(w, options_of(w)->token_ok));
	sc_gateway_request other = request_of(w, SC_GATEWAY_AUTHORISE, options_of(w)->token_ok);
	sc_gateway_request capture, call_back;

	CHECK_INT(w, ask(w, &hold).state, SC_GATEWAY_AUTHORISED);
	check_kept(w, &hold, 0);
	capture = about(w, SC_GATEWAY_CAPTURE, &hold);
	capture.amount_minor = 1500;
	CHECK_INT(w, ask(w, &capture).state, SC_GATEWAY_CAPTURED);
	check_kept(w, &hold, 1500);
	CHECK_INT(w, ask(w, &other).state, SC_GATEWAY_AUTHORISED);
	call_back = about(w, SC_GATEWAY_VOID, &other);
	CHECK_INT(w, ask(w, &call_back).state, SC_GATEWAY_VOIDED);
	check_kept(w, &other, 0);
}

void a_step_is_asked_for_and_taken(struct world *w)
{
	const sc_conformance_gateway_options *o = options_of(w);
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, o->token_step));
	sc_gateway_request refused = request_of(w, SC_GATEWAY_CHARGE, o->token_step);
	sc_gateway_reply reply = ask(w, &charge);

	CHECK_INT(w, reply.state, SC_GATEWAY_NEEDS_STEP);
	CHECK(w, reply.step_url[0] != '\0');
	check_kept(w, &charge, 0);
	ask(w, &refused);
	if (o->take_step == NULL)
		return;
	CHECK_STATUS(w, o->take_step(o->ctx, charge.attempt, true), SC_OK);
	CHECK_INT(w, state_of(w, &charge), SC_GATEWAY_CAPTURED);
	check_kept(w, &charge, AMOUNT);
	CHECK_STATUS(w, o->take_step(o->ctx, refused.attempt, false), SC_OK);
	CHECK_INT(w, state_of(w, &refused), SC_GATEWAY_DECLINED);
	check_kept(w, &refused, 0);
}

void silence_after_a_charge_is_cleared_up_by_lookup(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_silent_charged));
	sc_gateway_reply reply = ask(w, &charge);

	CHECK(w, sc_status_is_unknown(reply.status));
	CHECK_INT(w, state_of(w, &charge), SC_GATEWAY_CAPTURED);
	check_kept(w, &charge, AMOUNT);
}

void silence_instead_of_a_charge_is_cleared_up_by_lookup(struct world *w)
{
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, options_of(w)->token_silent_free));
	sc_gateway_reply reply = ask(w, &charge);

	CHECK(w, sc_status_is_unknown(reply.status));
	CHECK_INT(w, state_of(w, &charge), SC_GATEWAY_UNSEEN);
	check_kept(w, &charge, 0);
}

static sc_status read_webhook(struct world *w, sc_bytes body, const char *signature, sc_gateway_event *out)
{
	return w->gateway.ops->webhook(w->gateway.ctx, SC_CALL_SYSTEM, body, signature, out, NULL);
}

void a_webhook_says_what_the_answer_says(struct world *w)
{
	const sc_conformance_gateway_options *o = options_of(w);
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, o->token_ok));
	bool captured = false;
	const char *signature;
	sc_bytes body;

	if (o->next_webhook == NULL || !SC_OPS_HAS(w->gateway.ops, sc_gateway_ops, webhook))
		ct_skip(w, "the provider sends no webhooks");
	ask(w, &charge);
	while (o->next_webhook(o->ctx, &w->arena, &body, &signature) == SC_OK) {
		sc_gateway_event event;

		memset(&event, 0, sizeof(event));
		CHECK_STATUS(w, read_webhook(w, body, signature, &event), SC_OK);
		CHECK(w, event.event_id[0] != '\0');
		if (sc_id_equal(event.about.attempt, charge.attempt) && event.about.state == SC_GATEWAY_CAPTURED)
			captured = true;
	}
	CHECK(w, captured);
}

void a_webhook_with_a_wrong_signature_is_refused(struct world *w)
{
	const sc_conformance_gateway_options *o = options_of(w);
	sc_gateway_request charge = request_of(w, SC_GATEWAY_CHARGE, need(w, o->token_ok));
	sc_gateway_event event;
	const char *signature;
	sc_bytes body;
	char *changed;

	if (o->next_webhook == NULL || !SC_OPS_HAS(w->gateway.ops, sc_gateway_ops, webhook))
		ct_skip(w, "the provider sends no webhooks");
	ask(w, &charge);
	CHECK_STATUS(w, o->next_webhook(o->ctx, &w->arena, &body, &signature), SC_OK);
	CHECK_STATUS(w, read_webhook(w, body, "no signature of ours", &event), SC_BAD_SIGNATURE);
	CHECK_STATUS(w, read_webhook(w, body, "", &event), SC_BAD_SIGNATURE);
	CHECK(w, body.size > 0);
	changed = ct_keep(w, body.data, body.size);
	changed[body.size / 2] ^= 1;
	CHECK_STATUS(w, read_webhook(w, (sc_bytes){ changed, body.size }, signature, &event), SC_BAD_SIGNATURE);
}

/* ---- the suite -------------------------------------------------------------------------------- */

#define NAMED(case_name) { #case_name, case_name },
static const struct ct_case cases[] = { CT_GATEWAY_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_GATEWAY_CASES(NAME) };

static void set_up(struct world *w)
{
	const sc_conformance_gateway_options *o = options_of(w);
	sc_error err = SC_ERROR_INIT;

	CHECK_STATUS(w, o->open(o->ctx, &w->env, &w->gateway, &err), SC_OK);
	w->open = true;
}

static void tear_down(struct world *w)
{
	const sc_conformance_gateway_options *o = options_of(w);

	if (w->open && SC_OPS_HAS(w->gateway.ops, sc_gateway_ops, close))
		w->gateway.ops->close(w->gateway.ctx);
	if (w->open && o->close != NULL)
		o->close(o->ctx);
}

const char *const *sc_conformance_gateway_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

sc_status sc_conformance_gateway(const sc_conformance_gateway_options *options, sc_conformance_summary *summary,
                                 sc_error *err)
{
	struct ct_suite suite = { .cases = cases, .count = COUNT(cases), .set_up = set_up, .tear_down = tear_down };

	if (options == NULL || options->open == NULL)
		return ct_complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open a gateway");
	suite.options = options;
	suite.env = options->env;
	suite.ctx = options->ctx;
	suite.report = options->report;
	suite.only = options->only;
	return ct_run(&suite, summary, err);
}
