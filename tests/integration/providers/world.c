#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE_MS 10000

const sc_provider_tuning quick_tuning = { .size = sizeof(quick_tuning),
	                                  .connect_timeout_ms = 10000,
	                                  .timeout_ms = 10000,
	                                  .retry_first_ms = 1,
	                                  .retry_most_ms = 2,
	                                  .retries_max = 2,
	                                  .retry_budget = 20,
	                                  .breaker_failures = 20,
	                                  .rate_per_second = 10000,
	                                  .breaker_ms = 60000,
	                                  .requests_max = 64 };

sc_gateway_request charge_of(const char *token)
{
	sc_gateway_request request = { .op = SC_GATEWAY_CHARGE, .amount_minor = 1999, .currency = "EUR" };
	request.attempt = sc_id_make(sc_env_default());
	request.order = sc_id_make(sc_env_default());
	request.token = token;
	return request;
}

sc_gateway_request about(sc_gateway_op op, const sc_gateway_request *target)
{
	sc_gateway_request request = charge_of(NULL);
	request.op = op;
	request.order = target->order;
	request.target = target->attempt;
	request.amount_minor = target->amount_minor;
	memcpy(request.currency, target->currency, sizeof(request.currency));
	return request;
}

sc_gateway_reply ask(sc_gateway gateway, const sc_gateway_request *request)
{
	sc_gateway_reply reply = { .state = 0 };
	size_t count = 0;
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, request, 1, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(gateway.ops->finish(gateway.ctx, 1, PATIENCE_MS, &reply, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_memory_equal(reply.attempt.bytes, request->attempt.bytes, sizeof(sc_id));
	return reply;
}

void plan(struct standin *standin, const char *fault)
{
	standin_ask(standin, "fault", fault);
}
