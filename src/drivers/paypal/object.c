/*
 * What PayPal's objects say. Each order has one purchase unit, ours; what it came to is below it.
 */
#include "drivers/paypal/driver.h"

#include <string.h>

static const char *const marks[] = { "", "/step", "/void", "/declined" };

bool paypal_read_custom(const char *text, sc_id *attempt, sc_id *order, enum paypal_mark *mark)
{
	char id[SC_ID_TEXT_SIZE];
	const size_t size = SC_ID_TEXT_SIZE - 1;
	if (strlen(text) < 2 * size + 1 || text[size] != '/')
		return false;
	memcpy(id, text, size);
	id[size] = '\0';
	if (sc_id_parse(id, attempt) != SC_OK || sc_id_is_zero(*attempt))
		return false;
	memcpy(id, text + size + 1, size);
	if (sc_id_parse(id, order) != SC_OK)
		return false;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (strcmp(text + 2 * size + 1, marks[i]) != 0)
			continue;
		*mark = (enum paypal_mark)i;
		return true;
	}
	return false;
}

static const sc_json *last_of(const sc_json *array)
{
	const sc_json *last = NULL;
	for (const sc_json *one = sc_json_first(array); one; one = sc_json_next(one))
		last = one;
	return last;
}

static const char *step_of(const sc_json *json)
{
	const char *url = "";
	for (const sc_json *link = sc_json_first(sc_json_member(json, "links")); link; link = sc_json_next(link)) {
		const char *rel = sc__member_text(link, "rel");
		if (strcmp(rel, "payer-action") == 0 || (strcmp(rel, "approve") == 0 && url[0] == '\0'))
			url = sc__member_text(link, "href");
	}
	return url;
}

static bool read_capture(const sc_json *capture, struct paypal_order *out)
{
	sc_id attempt, order;
	if (!capture)
		return true;
	out->capture = sc__member_text(capture, "id");
	out->capture_status = sc__member_text(capture, "status");
	paypal_read_custom(sc__member_text(capture, "custom_id"), &attempt, &order, &out->capture_mark);
	return sc__is_plain_name(out->capture, PAYPAL_ID_MAX) &&
	       paypal_amount_in(sc_json_member(capture, "amount"), &out->captured);
}

static bool read_hold(const sc_json *hold, struct paypal_order *out)
{
	if (!hold)
		return true;
	out->hold = sc__member_text(hold, "id");
	out->hold_status = sc__member_text(hold, "status");
	return sc__is_plain_name(out->hold, PAYPAL_ID_MAX) &&
	       paypal_amount_in(sc_json_member(hold, "amount"), &out->held);
}

bool paypal_read_order(const sc_json *json, struct paypal_order *out)
{
	const sc_json *unit = sc_json_first(sc_json_member(json, "purchase_units"));
	const sc_json *payments = sc_json_member(unit, "payments");
	struct paypal_order read = { .capture = "", .capture_status = "", .hold = "", .hold_status = "" };
	read.id = sc__member_text(json, "id");
	read.status = sc__member_text(json, "status");
	read.intent = sc__member_text(json, "intent");
	read.step_url = step_of(json);
	read.refunds = sc_json_member(payments, "refunds");
	if (!sc__is_plain_name(read.id, PAYPAL_ID_MAX) || read.status[0] == '\0' ||
	    !paypal_read_custom(sc__member_text(unit, "custom_id"), &read.attempt, &read.order, &read.mark) ||
	    !read_capture(last_of(sc_json_member(payments, "captures")), &read) ||
	    !read_hold(last_of(sc_json_member(payments, "authorizations")), &read))
		return false;
	*out = read;
	return true;
}

bool paypal_read_refund(const sc_json *refund, sc_gateway_reply *reply)
{
	const char *status = sc__member_text(refund, "status"), *id = sc__member_text(refund, "id");
	sc_gateway_reply read = *reply;
	if (!sc__is_plain_name(id, PAYPAL_ID_MAX) ||
	    !paypal_amount_in(sc_json_member(refund, "amount"), &read.amount_minor))
		return false;
	sc__copy_text(read.provider_ref, sizeof(read.provider_ref), id);
	if (strcmp(status, "COMPLETED") == 0) {
		read.state = SC_GATEWAY_REFUNDED;
	} else if (strcmp(status, "PENDING") == 0) {
		read.state = SC_GATEWAY_RUNNING;
	} else if (strcmp(status, "FAILED") == 0 || strcmp(status, "CANCELLED") == 0) {
		read.state = SC_GATEWAY_DECLINED;
		read.amount_minor = 0;
		sc__copy_text(read.decline_code, sizeof(read.decline_code), "refund_failed");
	} else {
		return false;
	}
	*reply = read;
	return true;
}
