/*
 * Faults planted in front of the fake gateway. The gateway suite has to fail on each.
 */
#include <shopcore/testkit/conformance.h>
#include <shopcore/testkit/fake_gateway.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FAULTS(X)                                                              \
	X(CHARGES_TWICE, "a repeated attempt charges again")                   \
	X(ANSWERS_TWICE, "an answer is given twice")                           \
	X(DECLINE_HIDDEN, "a declined card is reported as captured")           \
	X(FENCE_FORGOTTEN, "an attempt that was called back may charge later") \
	X(REFUND_FORGOTTEN, "a refund is answered and not done")               \
	X(LOOKUP_BLIND, "what was captured in silence is reported as unseen")  \
	X(SIGNATURE_IGNORED, "any signature will do")

#define FAULT_ENUM(name, text) FAULT_##name,
enum fault { FAULT_NONE, FAULTS(FAULT_ENUM) FAULT_COUNT };

static const char *const texts[] = { "nothing is wrong",
#define TEXT(name, text) text,
	                             FAULTS(TEXT) };

struct wrong {
	enum fault fault;
	sc_fake_gateway *fake;
	sc_gateway inner;
	sc_id seen[64];
	size_t seen_count;
	sc_gateway_reply again;
	bool has_again;
	size_t failed;
	char first[128];
};

static bool saw(struct wrong *w, sc_id attempt)
{
	for (size_t i = 0; i < w->seen_count; i++) {
		if (sc_id_equal(w->seen[i], attempt))
			return true;
	}
	if (w->seen_count < 64)
		w->seen[w->seen_count++] = attempt;
	return false;
}

static sc_status hand_on(struct wrong *w, const sc_gateway_request *request, size_t *accepted)
{
	return w->inner.ops->start(w->inner.ctx, SC_CALL_SYSTEM, request, 1, accepted, NULL);
}

static sc_status wrong_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                             size_t *accepted, sc_error *err)
{
	struct wrong *w = ctx;
	sc_gateway_request request = requests[0];

	(void)call;
	(void)count;
	(void)err;
	if (w->fault == FAULT_CHARGES_TWICE && request.op == SC_GATEWAY_CHARGE && saw(w, request.attempt)) {
		sc_gateway_request other = request;
		size_t ignored;

		other.attempt.bytes[9] ^= 0x55;
		hand_on(w, &other, &ignored);
	}
	if (w->fault == FAULT_FENCE_FORGOTTEN && request.op == SC_GATEWAY_VOID)
		request.target.bytes[9] ^= 0x55;
	if (w->fault == FAULT_REFUND_FORGOTTEN && request.op == SC_GATEWAY_REFUND) {
		saw(w, request.attempt);
		request.op = SC_GATEWAY_LOOKUP;
	}
	if (w->fault == FAULT_LOOKUP_BLIND && request.op == SC_GATEWAY_LOOKUP)
		request.target.bytes[9] ^= 0x55;
	return hand_on(w, &request, accepted);
}

static void spoil(struct wrong *w, sc_gateway_reply *reply)
{
	if (w->fault == FAULT_DECLINE_HIDDEN && reply->state == SC_GATEWAY_DECLINED)
		reply->state = SC_GATEWAY_CAPTURED;
	for (size_t i = 0; w->fault == FAULT_REFUND_FORGOTTEN && i < w->seen_count; i++) {
		if (sc_id_equal(w->seen[i], reply->attempt))
			reply->state = SC_GATEWAY_REFUNDED;
	}
}

static sc_status wrong_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                              sc_error *err)
{
	struct wrong *w = ctx;
	sc_status status;

	if (w->fault == FAULT_ANSWERS_TWICE && w->has_again) {
		w->has_again = false;
		out[0] = w->again;
		*count = 1;
		return SC_OK;
	}
	status = w->inner.ops->finish(w->inner.ctx, max, timeout_ms, out, count, err);
	for (size_t i = 0; status == SC_OK && i < *count; i++) {
		spoil(w, &out[i]);
		w->again = out[i];
		w->has_again = true;
	}
	return status;
}

static sc_status wrong_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
                               sc_gateway_event *out, sc_error *err)
{
	struct wrong *w = ctx;
	sc_status status = w->inner.ops->webhook(w->inner.ctx, call, body, signature_header, out, err);

	return w->fault == FAULT_SIGNATURE_IGNORED && status == SC_BAD_SIGNATURE ? SC_OK : status;
}

static const sc_gateway_ops operations = {
	sizeof(operations), "wrong", wrong_start, wrong_finish, wrong_webhook, NULL
};

static sc_status open_wrong(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err)
{
	struct wrong *w = ctx;
	sc_status status = sc_fake_gateway_open(env, NULL, &w->fake, err);

	if (status != SC_OK)
		return status;
	w->inner = sc_fake_gateway_port(w->fake);
	w->seen_count = 0;
	w->has_again = false;
	*out = (sc_gateway){ &operations, w };
	return SC_OK;
}

static void close_fake(void *ctx)
{
	struct wrong *w = ctx;

	sc_fake_gateway_free(w->fake);
}

static sc_status next_webhook(void *ctx, sc_arena *arena, sc_bytes *body, const char **signature)
{
	const struct wrong *w = ctx;
	sc_fake_webhook webhook;
	sc_status status = sc_fake_gateway_next_webhook(w->fake, arena, &webhook, NULL);

	if (status == SC_OK) {
		*body = webhook.body;
		*signature = webhook.signature;
	}
	return status;
}

static int64_t kept(void *ctx, sc_id order)
{
	const struct wrong *w = ctx;
	int64_t charged = -1, refunded = 0;

	sc_fake_gateway_order_money(w->fake, order, &charged, &refunded, NULL);
	return charged - refunded;
}

static void count_failure(void *ctx, const sc_conformance_result *result)
{
	struct wrong *w = ctx;

	if (result->verdict == SC_CONFORMANCE_FAILED && w->failed++ == 0)
		snprintf(w->first, sizeof(w->first), "%s", result->name);
}

static void run_suite(struct wrong *w)
{
	sc_conformance_gateway_options options = SC_CONFORMANCE_GATEWAY_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = w;
	options.open = open_wrong;
	options.close = close_fake;
	options.next_webhook = next_webhook;
	options.kept = kept;
	options.report = count_failure;
	options.token_ok = "tok_ok";
	options.token_declined = "tok_declined";
	options.token_silent_charged = "tok_silent_charged";
	assert_int_equal(sc_conformance_gateway(&options, &summary, NULL), SC_OK);
	assert_int_equal(summary.failed, w->failed);
}

static void the_suite_passes_without_a_fault(void **state)
{
	struct wrong w = { .fault = FAULT_NONE };

	(void)state;
	run_suite(&w);
	assert_int_equal(w.failed, 0);
}

static void every_planted_fault_is_caught(void **state)
{
	int missed = 0;

	(void)state;
	for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
		struct wrong w = { .fault = (enum fault)fault };

		run_suite(&w);
		print_message("%s: %zu cases%s%s\n", texts[fault], w.failed, w.failed > 0 ? ", first " : " - MISSED",
		              w.first);
		missed += w.failed == 0;
	}
	assert_int_equal(missed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_suite_passes_without_a_fault),
		cmocka_unit_test(every_planted_fault_is_caught),
	};

	return cmocka_run_group_tests_name("faults planted in a gateway", tests, NULL, NULL);
}
