/*
 * The traced gateway: as the traced store, for requests and replies.
 */
#include "wrappers/traced/counters.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

struct traced {
	struct counters counters;
	sc_gateway inner;
	sc_gateway_ops ops;
};

static sc_status traced_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                              size_t *accepted, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->start(t->inner.ctx, call, requests, count, accepted, err);

	return sc__traced_end(&t->counters, SC_TRACED_START, start, status == SC_OK ? *accepted : 0, status);
}

static sc_status traced_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                               sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->finish(t->inner.ctx, max, timeout_ms, out, count, err);

	return sc__traced_end(&t->counters, SC_TRACED_FINISH, start, status == SC_OK ? *count : 0, status);
}

static sc_status traced_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
                                sc_gateway_event *out, sc_error *err)
{
	struct traced *t = ctx;
	int64_t start = sc__traced_start(&t->counters);
	sc_status status = t->inner.ops->webhook(t->inner.ctx, call, body, signature_header, out, err);

	return sc__traced_end(&t->counters, SC_TRACED_WEBHOOK, start, 1, status);
}

static void traced_close(void *ctx)
{
	struct traced *t = ctx;
	const sc_env *env = t->counters.env;

	if (SC_OPS_HAS(t->inner.ops, sc_gateway_ops, close))
		t->inner.ops->close(t->inner.ctx);
	env->resize(env->ctx, t, 0);
}

sc_status sc_traced_gateway_open(const sc_env *env, sc_gateway inner, sc_gateway *out, sc_error *err)
{
	const char *missing = sc__gateway_lacks(inner.ops);
	struct traced *t;

	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "inner", "the gateway has no operation \"%s\"", missing);
	t = env->resize(env->ctx, NULL, sizeof(*t));
	if (t == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the traced gateway");
	memset(t, 0, sizeof(*t));
	t->counters.env = env;
	t->inner = inner;
	t->ops = (sc_gateway_ops){
		.size = sizeof(t->ops),
		.name = inner.ops->name,
		.start = traced_start,
		.finish = traced_finish,
		.webhook = SC_OPS_HAS(inner.ops, sc_gateway_ops, webhook) ? traced_webhook : NULL,
		.close = traced_close,
	};
	*out = (sc_gateway){ &t->ops, t };
	return SC_OK;
}

sc_status sc_traced_gateway_read(const sc_gateway *gateway, sc_traced_counts *out, sc_error *err)
{
	struct traced *t = gateway->ctx;

	if (gateway->ops->start != traced_start)
		return sc__bad(err, SC_BAD_ARGUMENT, "gateway", "not made by sc_traced_gateway_open()");
	sc__traced_snapshot(&t->counters, out);
	return SC_OK;
}
