/*
 * What comes from PayPal: orders, refunds, amounts, and our own word on an order. Whatever the bytes are, they read or
 * they do not; and what reads is within its bounds.
 */
#include "check.h"

#include "drivers/paypal/driver.h"

#include <shopcore/limits.h>

#include <string.h>

static void check_order(const sc_json *json)
{
	struct paypal_order order;
	if (!paypal_read_order(json, &order))
		return;
	CHECK(sc__is_plain_name(order.id, PAYPAL_ID_MAX) && !sc_id_is_zero(order.attempt));
	CHECK(order.captured >= 0 && order.captured <= SC_AMOUNT_MAX);
	CHECK(order.held >= 0 && order.held <= SC_AMOUNT_MAX);
	CHECK(order.mark <= MARK_DECLINED && order.capture_mark <= MARK_DECLINED);
}

static void check_refund(const sc_json *json)
{
	sc_gateway_reply reply = { .state = 77 };
	if (!paypal_read_refund(json, &reply)) {
		CHECK(reply.state == 77 && reply.provider_ref[0] == '\0');
		return;
	}
	CHECK(reply.state == SC_GATEWAY_REFUNDED || reply.state == SC_GATEWAY_RUNNING ||
	      reply.state == SC_GATEWAY_DECLINED);
	CHECK(reply.amount_minor >= 0 && reply.amount_minor <= SC_AMOUNT_MAX);
}

/* What PayPal wrote, we write the same way. */
static void check_amount(const sc_json *json)
{
	char written[PAYPAL_VALUE_MAX];
	int64_t minor;
	if (!paypal_amount_in(json, &minor) || minor == 0)
		return;
	CHECK(paypal_amount_out(minor, sc__member_text(json, "currency_code"), written) == SC_OK);
	CHECK(strlen(written) < sizeof(written));
}

static void check_all(const sc_json *json)
{
	check_order(json);
	check_refund(json);
	check_amount(json);
	for (const sc_json *child = sc_json_first(json); child; child = sc_json_next(child))
		check_all(child);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sc_arena arena;
	const sc_json *json;
	sc_id attempt, order;
	enum paypal_mark mark;
	sc_arena_init(&arena, sc_env_default());
	const char *text = sc_arena_dup(&arena, data, size);
	CHECK(text != NULL);
	if (paypal_read_custom(text, &attempt, &order, &mark))
		CHECK(!sc_id_is_zero(attempt) && mark <= MARK_DECLINED);
	if (sc_json_parse((sc_bytes){ data, size }, &arena, NULL, &json, NULL) == SC_OK)
		check_all(json);
	sc_arena_clear(&arena);
	return 0;
}
