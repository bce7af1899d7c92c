/*
 * The calls to Stripe, each written whole before it is sent.
 *
 * Keys: the attempt's id makes the PaymentIntent. Confirming it has a key of its own, made of the attempt and the
 * body, so that another means of payment is another request; the PaymentIntent itself lets only one of them pay.
 * Captures and refunds are keyed by their own attempts. Cancelling has no key: it is harmless to repeat, and a
 * stored answer would only be old.
 */
#include "drivers/stripe/driver.h"
#include "drivers/stripe/form.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_SIZE 256
#define BODY_ROOM     4096

static struct stripe_job *of(const sc__job *job)
{
	return job->state;
}

/* Three texts in a row, on the job's arena. NULL: no memory, or too long for a path. */
static char *join(sc__job *job, const char *a, const char *b, const char *c)
{
	char text[PATH_MAX_SIZE];
	int size = snprintf(text, sizeof(text), "%s%s%s", a, b, c);
	return size > 0 && (size_t)size < sizeof(text) ? sc_arena_dup(&job->arena, text, (size_t)size) : NULL;
}

static bool set_call(struct stripe *stripe, sc__job *job, uint32_t stage, const char *method, const char *path)
{
	job->stage = stage;
	job->call = (sc__http_call){ .method = method, .path = path };
	job->call.headers[0] = stripe->authorization;
	job->call.headers[1] = "Stripe-Version: " SC_STRIPE_API_VERSION;
	return path != NULL;
}

/* `key`: NULL for none. */
static bool set_body(sc__job *job, const struct form *form, const char *key)
{
	job->call.body = (sc_bytes){ form->text, form->size };
	job->call.headers[2] = "Content-Type: application/x-www-form-urlencoded";
	if (!key)
		return true;
	job->call.headers[3] = join(job, "Idempotency-Key: ", key, "");
	return job->call.headers[3] != NULL;
}

static bool add_ids(struct form *form, sc_id attempt, sc_id order)
{
	char text[SC_ID_TEXT_SIZE];
	return form_add(form, "metadata[attempt]", sc_id_format(attempt, text)) &&
	       form_add(form, "metadata[order]", sc_id_format(order, text));
}

/* The attempt whose PaymentIntent it is about. */
static sc_id subject(const sc__job *job)
{
	const sc_gateway_request *request = &job->request;
	bool own = request->op == SC_GATEWAY_CHARGE || request->op == SC_GATEWAY_AUTHORISE;
	return own ? request->attempt : request->target;
}

bool stripe_call_search(struct stripe *stripe, sc__job *job)
{
	char id[SC_ID_TEXT_SIZE];
	sc_id_format(subject(job), id);
	/* metadata["attempt"]:"…", percent-coded */
	const char *path = join(job, "/v1/payment_intents/search?limit=10&query=metadata%5B%22attempt%22%5D%3A%22", id,
	                        "%22");
	return set_call(stripe, job, STRIPE_SEARCH, "GET", path);
}

/* Its body depends on nothing but the attempt, its order and its amount: whoever asks about the attempt can write it
 * again. How it is paid comes with the confirmation. */
bool stripe_call_create(struct stripe *stripe, sc__job *job)
{
	struct form form;
	char currency[4] = { 0 }, id[SC_ID_TEXT_SIZE];
	for (int i = 0; i < 3; i++)
		currency[i] = (char)(job->request.currency[i] | 0x20);
	sc_id_format(subject(job), id);
	return set_call(stripe, job, STRIPE_CREATE, "POST", "/v1/payment_intents") &&
	       form_init(&form, &job->arena, BODY_ROOM) && form_add_int(&form, "amount", of(job)->amount) &&
	       form_add(&form, "currency", currency) && form_add(&form, "automatic_payment_methods[enabled]", "true") &&
	       add_ids(&form, subject(job), job->request.order) && set_body(job, &form, id);
}

static bool set_confirm_key(sc__job *job, const struct form *form)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof(hash) + 1], id[SC_ID_TEXT_SIZE];
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)form->text, form->size, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	const char *key = join(job, sc_id_format(job->request.attempt, id), "-", hex);
	return key && set_body(job, form, key);
}

bool stripe_call_confirm(struct stripe *stripe, sc__job *job)
{
	struct form form;
	const char *token = job->request.token;
	const char *means = strncmp(token, "ctoken_", 7) == 0 ? "confirmation_token" : "payment_method";
	const char *path = join(job, "/v1/payment_intents/", of(job)->intent, "/confirm");
	const char *capture = job->request.op == SC_GATEWAY_AUTHORISE ? "manual" : "automatic";
	return set_call(stripe, job, STRIPE_CONFIRM, "POST", path) && form_init(&form, &job->arena, BODY_ROOM) &&
	       form_add(&form, means, token) && form_add(&form, "capture_method", capture) &&
	       form_add(&form, "return_url", stripe->return_url) && set_confirm_key(job, &form);
}

bool stripe_call_fetch(struct stripe *stripe, sc__job *job)
{
	return set_call(stripe, job, STRIPE_FETCH, "GET", join(job, "/v1/payment_intents/", of(job)->intent, ""));
}

bool stripe_call_cancel(struct stripe *stripe, sc__job *job)
{
	struct form form;
	const char *path = join(job, "/v1/payment_intents/", of(job)->intent, "/cancel");
	return set_call(stripe, job, STRIPE_CANCEL, "POST", path) && form_init(&form, &job->arena, BODY_ROOM) &&
	       form_add(&form, "cancellation_reason", "abandoned") && set_body(job, &form, NULL);
}

bool stripe_call_capture(struct stripe *stripe, sc__job *job)
{
	struct form form;
	char id[SC_ID_TEXT_SIZE];
	const char *path = join(job, "/v1/payment_intents/", of(job)->intent, "/capture");
	return set_call(stripe, job, STRIPE_CAPTURE, "POST", path) && form_init(&form, &job->arena, BODY_ROOM) &&
	       form_add_int(&form, "amount_to_capture", of(job)->amount) &&
	       set_body(job, &form, sc_id_format(job->request.attempt, id));
}

/* Stripe's page for the attempt. What it takes is a PaymentIntent of the page's own, which carries the same ids. */
bool stripe_call_page(struct stripe *stripe, sc__job *job)
{
	struct form form;
	char currency[4] = { 0 }, id[SC_ID_TEXT_SIZE], order[SC_ID_TEXT_SIZE];
	const char *capture = job->request.op == SC_GATEWAY_AUTHORISE ? "manual" : "automatic";
	for (int i = 0; i < 3; i++)
		currency[i] = (char)(job->request.currency[i] | 0x20);
	sc_id_format(job->request.attempt, id);
	sc_id_format(job->request.order, order);
	const char *name = join(job, "Order ", order, ""), *key = join(job, id, "-page", "");
	return name && key && set_call(stripe, job, STRIPE_PAGE, "POST", "/v1/checkout/sessions") &&
	       form_init(&form, &job->arena, 2 * BODY_ROOM) && form_add(&form, "mode", "payment") &&
	       form_add(&form, "line_items[0][quantity]", "1") &&
	       form_add(&form, "line_items[0][price_data][currency]", currency) &&
	       form_add_int(&form, "line_items[0][price_data][unit_amount]", of(job)->amount) &&
	       form_add(&form, "line_items[0][price_data][product_data][name]", name) &&
	       form_add(&form, "success_url", stripe->return_url) &&
	       form_add(&form, "cancel_url", stripe->return_url) &&
	       form_add(&form, "payment_intent_data[capture_method]", capture) &&
	       form_add(&form, "payment_intent_data[metadata][attempt]", id) &&
	       form_add(&form, "payment_intent_data[metadata][order]", order) &&
	       form_add(&form, "payment_intent_data[metadata][by]", "page") &&
	       add_ids(&form, job->request.attempt, job->request.order) && set_body(job, &form, key);
}

/* Writes the page's name on the PaymentIntent of the attempt, before anybody is sent there. */
bool stripe_call_note(struct stripe *stripe, sc__job *job)
{
	struct form form;
	const char *path = join(job, "/v1/payment_intents/", of(job)->intent, "");
	return set_call(stripe, job, STRIPE_NOTE, "POST", path) && form_init(&form, &job->arena, BODY_ROOM) &&
	       form_add(&form, "metadata[page]", of(job)->page) && set_body(job, &form, NULL);
}

bool stripe_call_look(struct stripe *stripe, sc__job *job)
{
	const char *path = join(job, "/v1/checkout/sessions/", of(job)->page, "?expand%5B%5D=payment_intent");
	return set_call(stripe, job, STRIPE_LOOK, "GET", path);
}

bool stripe_call_expire(struct stripe *stripe, sc__job *job)
{
	struct form form;
	const char *path = join(job, "/v1/checkout/sessions/", of(job)->page, "/expire");
	of(job)->expired = true;
	return set_call(stripe, job, STRIPE_EXPIRE, "POST", path) && form_init(&form, &job->arena, 1) &&
	       set_body(job, &form, NULL);
}

bool stripe_call_refunds(struct stripe *stripe, sc__job *job)
{
	char page[PATH_MAX_SIZE] = "";
	if (of(job)->after[0])
		snprintf(page, sizeof(page), "&starting_after=%s", of(job)->after);
	const char *path = join(job, "/v1/refunds?limit=100&payment_intent=", of(job)->intent, page);
	return set_call(stripe, job, STRIPE_REFUNDS, "GET", path);
}

bool stripe_call_refund(struct stripe *stripe, sc__job *job)
{
	struct form form;
	char id[SC_ID_TEXT_SIZE];
	return set_call(stripe, job, STRIPE_REFUND, "POST", "/v1/refunds") &&
	       form_init(&form, &job->arena, BODY_ROOM) && form_add(&form, "payment_intent", of(job)->intent) &&
	       form_add_int(&form, "amount", of(job)->amount) &&
	       add_ids(&form, job->request.attempt, job->request.order) &&
	       set_body(job, &form, sc_id_format(job->request.attempt, id));
}

bool stripe_call_refund_fetch(struct stripe *stripe, sc__job *job)
{
	return set_call(stripe, job, STRIPE_REFUND_FETCH, "GET", join(job, "/v1/refunds/", of(job)->refund, ""));
}
