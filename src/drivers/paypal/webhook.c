/*
 * Events. PayPal signs with a key of its own whose certificate it names itself, and offers to check: so it is asked.
 * The event goes there as the bytes that came, because one that was read and written again is another one.
 *
 * An event about an order or its money is told as the order stands now; a refund that is complete stays so.
 */
#include "drivers/paypal/driver.h"

#include "base/error.h"

#include <string.h>
#include <strings.h>

#define HEADER_MAX 1024

struct header {
	const char *name, *member;
	char value[HEADER_MAX + 1];
};

/* The value of a line "Name: value". false: it is not there, or is not printable text. */
static bool find_header(const char *lines, struct header *header)
{
	const size_t length = strlen(header->name);
	for (const char *at = lines; at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
		if (strncasecmp(at, header->name, length) != 0 || at[length] != ':')
			continue;
		at += length + 1;
		at += strspn(at, " \t");
		size_t size = strcspn(at, "\r\n");
		if (size == 0 || size > HEADER_MAX)
			return false;
		for (size_t i = 0; i < size; i++)
			if (at[i] < ' ' || at[i] > '~')
				return false;
		memcpy(header->value, at, size);
		header->value[size] = '\0';
		return true;
	}
	return false;
}

/* A certificate from anywhere else is no certificate of PayPal's. */
static bool is_at_paypal(const char *url)
{
	if (strncmp(url, "https://", 8) != 0)
		return false;
	const char *host = url + 8;
	size_t size = strcspn(host, "/");
	static const char domain[] = ".paypal.com";
	return host[size] == '/' && size > sizeof(domain) - 1 && memchr(host, '@', size) == NULL &&
	       strncmp(host + size - (sizeof(domain) - 1), domain, sizeof(domain) - 1) == 0;
}

static sc_status write_question(const struct paypal *paypal, sc_bytes body, const char *signature, sc_arena *arena,
                                sc_bytes *out, sc_error *err)
{
	struct header headers[] = {
		{ "PayPal-Auth-Algo", "auth_algo", "" },
		{ "PayPal-Cert-Url", "cert_url", "" },
		{ "PayPal-Transmission-Id", "transmission_id", "" },
		{ "PayPal-Transmission-Sig", "transmission_sig", "" },
		{ "PayPal-Transmission-Time", "transmission_time", "" },
	};
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (!signature || !find_header(signature, &headers[i]))
			return sc__bad(err, SC_BAD_SIGNATURE, headers[i].name, "is missing");
		sc_json_add_text(&writer, headers[i].member, headers[i].value);
	}
	if (!is_at_paypal(headers[1].value))
		return sc__bad(err, SC_BAD_SIGNATURE, headers[1].name, "is not at PayPal");
	sc_json_add_text(&writer, "webhook_id", paypal->webhook_id);
	sc_json_put_key(&writer, "webhook_event");
	sc_json_put_raw(&writer, body);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK ? SC_OK : sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status ask(struct paypal *paypal, const sc_call *call, struct paypal_job *with, sc_gateway_reply *about,
                     sc_error *err)
{
	sc_gateway_request request = { .op = SC_GATEWAY_LOOKUP, .order = about->order };
	request.attempt = request.target = about->attempt;
	return sc__provider_ask(paypal->provider, call, &request, PAYPAL_BEGIN, with, about, err);
}

static sc_status verify(struct paypal *paypal, const sc_call *call, sc_bytes body, const char *signature,
                        sc_arena *arena, sc_error *err)
{
	struct paypal_job with = { .by_event = true };
	sc_gateway_reply ignored = { .status = SC_OK };
	sc_status status = write_question(paypal, body, signature, arena, &with.verify, err);
	return status == SC_OK ? ask(paypal, call, &with, &ignored, err) : status;
}

/* The order that an event is about: the resource itself, or the one it belongs to. */
static const char *order_of(const char *type, const sc_json *resource)
{
	if (strncmp(type, "CHECKOUT.ORDER.", 15) == 0)
		return sc__member_text(resource, "id");
	const sc_json *related = sc_json_member(sc_json_member(resource, "supplementary_data"), "related_ids");
	return sc__member_text(related, "order_id");
}

static const char *custom_of(const char *type, const sc_json *resource)
{
	if (strncmp(type, "CHECKOUT.ORDER.", 15) == 0)
		resource = sc_json_first(sc_json_member(resource, "purchase_units"));
	return sc__member_text(resource, "custom_id");
}

static bool matters(const char *type)
{
	static const char *const families[] = { "CHECKOUT.ORDER.", "PAYMENT.CAPTURE.", "PAYMENT.AUTHORIZATION." };
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(type, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

static sc_status take_in(struct paypal *paypal, const sc_call *call, const sc_json *document, sc_gateway_event *out,
                         sc_error *err)
{
	const char *id = sc__member_text(document, "id"), *type = sc__member_text(document, "event_type");
	const sc_json *resource = sc_json_member(document, "resource");
	sc_gateway_event event = { .about = { .status = SC_OK } };
	struct paypal_job with = { .by_event = true };
	enum paypal_mark mark;
	sc_status status = SC_OK;
	if (!sc__is_plain_name(id, SC_PROVIDER_REF_MAX) || type[0] == '\0')
		return sc__bad(err, SC_BAD_FORMAT, "body", "is no event of PayPal");
	sc__copy_text(event.event_id, sizeof(event.event_id), id);
	const char *order = order_of(type, resource);
	bool ours = matters(type) &&
	            paypal_read_custom(custom_of(type, resource), &event.about.attempt, &event.about.order, &mark);
	if (!ours) {
		event.about.attempt = (sc_id){ { 0 } };
	} else if (strcmp(type, "PAYMENT.CAPTURE.REFUNDED") == 0) {
		if (!paypal_read_refund(resource, &event.about))
			status = sc__bad(err, SC_BAD_FORMAT, "body", "has a refund that does not read");
	} else if (!sc__is_plain_name(order, PAYPAL_ID_MAX)) {
		status = sc__bad(err, SC_BAD_FORMAT, "body", "names no order");
	} else {
		sc__copy_text(with.order, sizeof(with.order), order);
		status = ask(paypal, call, &with, &event.about, err);
	}
	if (status == SC_OK)
		*out = event;
	return status;
}

sc_status paypal_webhook(void *ctx, const sc_call *call, sc_bytes body, const char *signature, sc_gateway_event *out,
                         sc_error *err)
{
	struct paypal *paypal = ctx;
	sc_arena arena;
	const sc_json *document;
	if (paypal->webhook_id[0] == '\0')
		return sc__bad(err, SC_UNSUPPORTED, "webhook_id", "was not given");
	sc_arena_init(&arena, paypal->env);
	sc_status status = sc_json_parse(body, &arena, NULL, &document, err); /* before it stands in our own JSON */
	if (status == SC_OK)
		status = verify(paypal, call, body, signature, &arena, err);
	else if (status != SC_NO_MEMORY)
		status = sc__bad(err, SC_BAD_SIGNATURE, "body", "is no JSON, and so no event of PayPal");
	if (status == SC_OK)
		status = take_in(paypal, call, document, out, err);
	sc_arena_clear(&arena);
	return status;
}
