/*
 * The faulty gateway: as the faulty store, for requests and replies. A request that was handed on
 * and one that was not look alike to a caller who got no answer.
 */
#include "wrappers/faulty/copy.h"
#include "wrappers/faulty/late.h"

#include "base/error.h"
#include "wrappers/required.h"

#include <string.h>

struct faulty {
	struct plan plan;
	struct late_queue late;
	sc_gateway inner;
	sc_gateway_ops ops;
};

/* The provider may take a few at a time; what it refuses to take is lost on the way. */
static void land(struct faulty *f, struct late *late)
{
	const sc_gateway_request *requests = late->items;
	size_t at = 0;

	while (at < late->count) {
		size_t accepted = 0;

		if (f->inner.ops->start(f->inner.ctx, SC_CALL_SYSTEM, requests + at, late->count - at, &accepted,
		                        NULL) != SC_OK ||
		    accepted == 0)
			break;
		at += accepted;
	}
	sc__late_free(late);
}

static size_t land_until(struct faulty *f, uint64_t call)
{
	size_t landed = 0;
	struct late *late;

	while ((late = sc__late_take(&f->late, &f->plan, call)) != NULL) {
		land(f, late);
		landed++;
	}
	return landed;
}

static sc_status failed(const struct verdict *verdict, sc_error *err)
{
	return sc__fail(err, verdict->status != SC_OK ? verdict->status : SC_SERVICE_FAILED, "a planned fault: failed");
}

static sc_status silent(const struct verdict *verdict, sc_error *err)
{
	return sc__fail(err, verdict->status != SC_OK ? verdict->status : SC_PAYMENT_UNKNOWN,
	                "a planned fault: no answer");
}

static void keep_for_later(struct faulty *f, const sc_gateway_request *requests, size_t count, uint64_t call)
{
	struct late *late = sc__late_new(f->plan.env);

	if (late == NULL)
		return;
	late->items = sc__copy_requests(&late->arena, requests, count);
	late->count = count;
	if (late->items == NULL)
		sc__late_free(late);
	else
		sc__late_put(&f->late, &f->plan, late, call);
}

static sc_status faulty_start(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
                              size_t *accepted, sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict = sc__plan_next(&f->plan, SC_FAULTY_START);
	sc_status status;

	land_until(f, verdict.call);
	if (verdict.fault == SC_FAULT_FAIL)
		return failed(&verdict, err);
	if (verdict.fault == SC_FAULT_LATE)
		keep_for_later(f, requests, count, verdict.call);
	if (verdict.fault == SC_FAULT_DIE_BEFORE)
		sc__plan_die(&f->plan, SC_FAULTY_START);
	if (verdict.fault == SC_FAULT_LATE || verdict.fault == SC_FAULT_UNKNOWN_NOT_DONE ||
	    verdict.fault == SC_FAULT_DIE_BEFORE)
		return silent(&verdict, err);
	status = f->inner.ops->start(f->inner.ctx, call, requests, count, accepted, err);
	if (verdict.fault == SC_FAULT_DIE_AFTER)
		sc__plan_die(&f->plan, SC_FAULTY_START);
	if (verdict.fault == SC_FAULT_DIE_AFTER || verdict.fault == SC_FAULT_UNKNOWN_DONE)
		return silent(&verdict, err);
	return status;
}

static sc_status faulty_finish(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
                               sc_error *err)
{
	struct faulty *f = ctx;
	struct verdict verdict = sc__plan_next(&f->plan, SC_FAULTY_FINISH);
	sc_status status;

	land_until(f, verdict.call);
	if (verdict.fault == SC_FAULT_DIE_BEFORE)
		sc__plan_die(&f->plan, SC_FAULTY_FINISH);
	if (verdict.fault != SC_FAULT_NONE && verdict.fault != SC_FAULT_DIE_AFTER)
		return failed(&verdict, err);
	status = f->inner.ops->finish(f->inner.ctx, max, timeout_ms, out, count, err);
	if (verdict.fault == SC_FAULT_NONE)
		return status;
	sc__plan_die(&f->plan, SC_FAULTY_FINISH);
	return failed(&verdict, err);
}

static sc_status faulty_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
                                sc_gateway_event *out, sc_error *err)
{
	struct faulty *f = ctx;

	return f->inner.ops->webhook(f->inner.ctx, call, body, signature_header, out, err);
}

static void faulty_close(void *ctx)
{
	struct faulty *f = ctx;
	const sc_env *env = f->plan.env;
	struct late *late;

	while ((late = sc__late_take(&f->late, &f->plan, UINT64_MAX)) != NULL)
		sc__late_free(late);
	if (SC_OPS_HAS(f->inner.ops, sc_gateway_ops, close))
		f->inner.ops->close(f->inner.ctx);
	sc__plan_clear(&f->plan);
	env->resize(env->ctx, f, 0);
}

sc_status sc_faulty_gateway_open(const sc_env *env, sc_gateway inner, const sc_faulty_options *options, sc_gateway *out,
                                 sc_error *err)
{
	const char *missing = sc__gateway_lacks(inner.ops);
	struct faulty *f;

	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "inner", "the gateway has no operation \"%s\"", missing);
	f = env->resize(env->ctx, NULL, sizeof(*f));
	if (f == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the faulty gateway");
	memset(f, 0, sizeof(*f));
	if (!sc__plan_init(&f->plan, env, options)) {
		env->resize(env->ctx, f, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for the faulty gateway's lock");
	}
	f->inner = inner;
	f->ops = (sc_gateway_ops){
		.size = sizeof(f->ops),
		.name = inner.ops->name,
		.start = faulty_start,
		.finish = faulty_finish,
		.webhook = SC_OPS_HAS(inner.ops, sc_gateway_ops, webhook) ? faulty_webhook : NULL,
		.close = faulty_close,
	};
	*out = (sc_gateway){ &f->ops, f };
	return SC_OK;
}

static struct faulty *faulty_of(const sc_gateway *gateway, sc_error *err)
{
	if (gateway->ops->start == faulty_start)
		return gateway->ctx;
	sc__bad(err, SC_BAD_ARGUMENT, "gateway", "not made by sc_faulty_gateway_open()");
	return NULL;
}

sc_status sc_faulty_gateway_script(const sc_gateway *gateway, sc_faulty_op op, uint32_t nth, sc_fault fault,
                                   sc_status status, sc_error *err)
{
	struct faulty *f = faulty_of(gateway, err);

	return f == NULL ? SC_BAD_ARGUMENT : sc__plan_script(&f->plan, op, nth, fault, status, err);
}

sc_status sc_faulty_gateway_land(const sc_gateway *gateway, size_t *landed, sc_error *err)
{
	struct faulty *f = faulty_of(gateway, err);
	size_t count;

	if (f == NULL)
		return SC_BAD_ARGUMENT;
	count = land_until(f, UINT64_MAX);
	if (landed != NULL)
		*landed = count;
	return SC_OK;
}

sc_status sc_faulty_gateway_chance(const sc_gateway *gateway, bool on, sc_error *err)
{
	struct faulty *f = faulty_of(gateway, err);

	if (f == NULL)
		return SC_BAD_ARGUMENT;
	sc__plan_chance(&f->plan, on);
	return SC_OK;
}
