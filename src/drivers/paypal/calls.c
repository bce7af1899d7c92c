/*
 * The calls to PayPal. Bodies are written once and sent on every try; the request id of each is made of our attempt,
 * and what may be asked in more than one way has the hash of its body behind it.
 */
#include "drivers/paypal/driver.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PATH_ROOM 256

static struct paypal_job *of(const sc__job *job)
{
	return job->state;
}

sc_id paypal_subject(const sc__job *job)
{
	const sc_gateway_request *request = &job->request;
	bool own = request->op == SC_GATEWAY_CHARGE || request->op == SC_GATEWAY_AUTHORISE;
	return own ? request->attempt : request->target;
}

static char *join(sc__job *job, const char *a, const char *b, const char *c)
{
	char text[PATH_ROOM];
	int size = snprintf(text, sizeof(text), "%s%s%s", a, b, c);
	return size > 0 && (size_t)size < sizeof(text) ? sc_arena_dup(&job->arena, text, (size_t)size) : NULL;
}

static bool set_call(struct paypal *paypal, sc__job *job, uint32_t stage, const char *method, const char *path)
{
	job->stage = stage;
	job->call = (sc__http_call){ .method = method, .path = path };
	/* a copy, because another job may renew the token meanwhile */
	job->call.headers[0] = sc_arena_dup(&job->arena, paypal->bearer, strlen(paypal->bearer));
	job->call.headers[1] = "Prefer: return=representation";
	return path != NULL && job->call.headers[0] != NULL;
}

static bool set_body(sc__job *job, sc_json_writer *writer, const char *key)
{
	job->call.headers[2] = "Content-Type: application/json";
	job->call.headers[3] = key ? join(job, "PayPal-Request-Id: ", key, "") : NULL;
	return sc_json_finish(writer, &job->call.body, NULL) == SC_OK && (!key || job->call.headers[3]);
}

static const char *key_of(sc__job *job, sc_id id, const char *suffix)
{
	char text[SC_ID_TEXT_SIZE];
	return join(job, sc_id_format(id, text), suffix, "");
}

static void add_amount(sc_json_writer *writer, const sc__job *job)
{
	sc_json_put_key(writer, "amount");
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "currency_code", job->request.currency);
	sc_json_add_text(writer, "value", of(job)->value);
	sc_json_end_object(writer);
}

static void custom_of(sc_id attempt, sc_id order, enum paypal_mark mark, char out[PAYPAL_TEXT_MAX])
{
	static const char *const marks[] = { "", "/step", "/void", "/declined" };
	char a[SC_ID_TEXT_SIZE], b[SC_ID_TEXT_SIZE];
	snprintf(out, PAYPAL_TEXT_MAX, "%s/%s%s", sc_id_format(attempt, a), sc_id_format(order, b), marks[mark]);
}

bool paypal_call_token(struct paypal *paypal, sc__job *job)
{
	job->stage = PAYPAL_TOKEN;
	job->call = (sc__http_call){ .method = "POST", .path = "/v1/oauth2/token" };
	job->call.body = SC_BYTES("grant_type=client_credentials");
	job->call.headers[0] = paypal->basic;
	job->call.headers[1] = "Content-Type: application/x-www-form-urlencoded";
	return true;
}

/* The older way to say where the buyer comes back to. The newer one, inside the means of payment, leaves the order in a
 * state in which PayPal does not promise that it can be changed, and we have a word to write on it. */
static void add_context(sc_json_writer *writer, const struct paypal *paypal)
{
	sc_json_put_key(writer, "application_context");
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "user_action", "PAY_NOW");
	sc_json_add_text(writer, "return_url", paypal->return_url);
	sc_json_add_text(writer, "cancel_url", paypal->cancel_url);
	sc_json_end_object(writer);
}

/* Its body depends on nothing but the attempt, its order and its amount, so that whoever asks about the attempt can
 * write it again. The invoice id is PayPal's own guard against paying twice, and lasts longer than request ids. */
bool paypal_call_create(struct paypal *paypal, sc__job *job)
{
	sc_json_writer writer;
	char custom[PAYPAL_TEXT_MAX], id[SC_ID_TEXT_SIZE];
	const sc_id attempt = paypal_subject(job);
	if (!set_call(paypal, job, PAYPAL_CREATE, "POST", "/v2/checkout/orders"))
		return false;
	custom_of(attempt, job->request.order, MARK_NONE, custom);
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "intent", "CAPTURE");
	sc_json_put_key(&writer, "purchase_units");
	sc_json_begin_array(&writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "reference_id", "default");
	sc_json_add_text(&writer, "custom_id", custom);
	sc_json_add_text(&writer, "invoice_id", sc_id_format(attempt, id));
	add_amount(&writer, job);
	sc_json_end_object(&writer);
	sc_json_end_array(&writer);
	add_context(&writer, paypal);
	sc_json_end_object(&writer);
	return set_body(job, &writer, key_of(job, attempt, ""));
}

bool paypal_call_fetch(struct paypal *paypal, sc__job *job)
{
	return set_call(paypal, job, PAYPAL_FETCH, "GET", join(job, "/v2/checkout/orders/", of(job)->order, ""));
}

static void add_patch(sc_json_writer *writer, const char *path, const char *value)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "op", "replace");
	sc_json_add_text(writer, "path", path);
	sc_json_add_text(writer, "value", value);
	sc_json_end_object(writer);
}

bool paypal_call_mark(struct paypal *paypal, sc__job *job, enum paypal_mark mark)
{
	sc_json_writer writer;
	char custom[PAYPAL_TEXT_MAX];
	if (!set_call(paypal, job, PAYPAL_MARK, "PATCH", join(job, "/v2/checkout/orders/", of(job)->order, "")))
		return false;
	of(job)->mark = mark;
	custom_of(paypal_subject(job), job->request.order, mark, custom);
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_array(&writer);
	add_patch(&writer, "/purchase_units/@reference_id=='default'/custom_id", custom);
	if (job->request.op == SC_GATEWAY_AUTHORISE)
		add_patch(&writer, "/intent", "AUTHORIZE");
	sc_json_end_array(&writer);
	return set_body(job, &writer, NULL);
}

/* `saved`: the means, or NULL when the buyer approved them on PayPal's page. */
bool paypal_call_pay(struct paypal *paypal, sc__job *job, bool hold, const char *saved)
{
	sc_json_writer writer;
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char suffix[2 * sizeof(hash) + 4] = "-";
	const char *path = join(job, "/v2/checkout/orders/", of(job)->order, hold ? "/authorize" : "/capture");
	if (!set_call(paypal, job, PAYPAL_PAY, "POST", path))
		return false;
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_object(&writer);
	if (saved) {
		sc_json_put_key(&writer, "payment_source");
		sc_json_begin_object(&writer);
		sc_json_put_key(&writer, "paypal");
		sc_json_begin_object(&writer);
		sc_json_add_text(&writer, "vault_id", saved);
		sc_json_end_object(&writer);
		sc_json_end_object(&writer);
	}
	sc_json_end_object(&writer);
	const char *means = saved ? saved : "";
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)means, strlen(means), NULL, 0);
	sodium_bin2hex(suffix + 1, sizeof(suffix) - 1, hash, sizeof(hash));
	return set_body(job, &writer, key_of(job, paypal_subject(job), suffix));
}

bool paypal_call_capture(struct paypal *paypal, sc__job *job, const char *hold)
{
	sc_json_writer writer;
	if (!set_call(paypal, job, PAYPAL_CAPTURE, "POST", join(job, "/v2/payments/authorizations/", hold, "/capture")))
		return false;
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_object(&writer);
	add_amount(&writer, job);
	sc_json_add_bool(&writer, "final_capture", true);
	sc_json_end_object(&writer);
	return set_body(job, &writer, key_of(job, job->request.attempt, ""));
}

static bool set_empty(sc__job *job, const char *key)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_object(&writer);
	sc_json_end_object(&writer);
	return set_body(job, &writer, key);
}

bool paypal_call_unhold(struct paypal *paypal, sc__job *job, const char *hold)
{
	return set_call(paypal, job, PAYPAL_UNHOLD, "POST", join(job, "/v2/payments/authorizations/", hold, "/void")) &&
	       set_empty(job, key_of(job, paypal_subject(job), "-unhold"));
}

bool paypal_call_refund(struct paypal *paypal, sc__job *job, const char *capture)
{
	sc_json_writer writer;
	char custom[PAYPAL_TEXT_MAX];
	if (!set_call(paypal, job, PAYPAL_REFUND, "POST", join(job, "/v2/payments/captures/", capture, "/refund")))
		return false;
	custom_of(job->request.attempt, job->request.order, MARK_NONE, custom);
	sc_json_writer_init(&writer, &job->arena, false);
	sc_json_begin_object(&writer);
	add_amount(&writer, job);
	sc_json_add_text(&writer, "custom_id", custom);
	sc_json_end_object(&writer);
	return set_body(job, &writer, key_of(job, job->request.attempt, ""));
}

/* All of a capture that should not be there; under one key, whoever does it. */
bool paypal_call_undo(struct paypal *paypal, sc__job *job, const char *capture)
{
	return set_call(paypal, job, PAYPAL_UNDO, "POST", join(job, "/v2/payments/captures/", capture, "/refund")) &&
	       set_empty(job, key_of(job, paypal_subject(job), "-undo"));
}

bool paypal_call_verify(struct paypal *paypal, sc__job *job)
{
	if (!set_call(paypal, job, PAYPAL_VERIFY, "POST", "/v1/notifications/verify-webhook-signature"))
		return false;
	job->call.body = of(job)->verify;
	job->call.headers[2] = "Content-Type: application/json";
	return true;
}
