/*
 * From a request to its answer: find out who asks, let the table of routes decide, take the key and the document, run
 * the handler, and say in headers what the answer is.
 */
#include "http.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS     1000000
#define GUEST_MIN     16
#define BEARER        "Bearer "
#define HEADER_VALUE  64
#define TRIES_SECONDS "600" /* SC_COUPON_TRIES_MS: then the oldest try is forgotten */
#define PAGE_POLICY                                                                                         \
	"default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; " \
	"frame-ancestors 'none'"

/* ---- who asks ---------------------------------------------------------------------------- */

static bool is_guest_token(const char *text)
{
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
	size_t size = strlen(text);
	return size >= GUEST_MIN && size <= SC_ID_TEXT_MAX && strspn(text, allowed) == size;
}

static void become(struct request *request, uint32_t role, const char *subject)
{
	request->role = role;
	request->call.actor = subject;
	request->call.kind = SC_ACTOR_GUEST;
	if (role == ROLE_CUSTOMER)
		request->call.kind = SC_ACTOR_CUSTOMER;
	else if (role == ROLE_SELLER)
		request->call.kind = SC_ACTOR_SELLER;
	else if (role == ROLE_ADMIN)
		request->call.kind = SC_ACTOR_ADMIN;
}

/* ASK_LATER: only the store knows. TURNED_AWAY: the answer is filled in. */
enum admission { LET_IN, TURNED_AWAY, ASK_LATER };

static enum admission recognise_token(struct request *request, const char *bearer, uint32_t *scopes)
{
	struct token token;
	enum token_answer answer = TOKEN_NONE;
	if (strncasecmp(bearer, BEARER, strlen(BEARER)) == 0)
		answer = tokens_find(request, bearer + strlen(BEARER), &token);
	switch (answer) {
	case TOKEN_LATER:
		return ASK_LATER;
	case TOKEN_NONE:
		problem(request, 401, "UNAUTHORIZED", "no such token");
		return TURNED_AWAY;
	case TOKEN_FAILED:
		problem(request, 503, sc_status_name(SC_STORE_FAILED), "whose token this is cannot be found out now");
		return TURNED_AWAY;
	case TOKEN_GOOD:
		break;
	}
	*scopes = token.scopes;
	become(request, token.role, token.subject);
	return LET_IN;
}

static enum admission recognise(struct request *request, uint32_t *scopes)
{
	const char *bearer = header_of(request, "Authorization"), *guest = header_of(request, "Shop-Guest");
	if (bearer != NULL)
		return recognise_token(request, bearer, scopes);
	if (guest != NULL && !is_guest_token(guest)) {
		problem(request, 400, sc_status_name(SC_BAD_ARGUMENT), "Shop-Guest: 16 to 128 letters, digits, - or _");
		return TURNED_AWAY;
	}
	/* The actor of those without a token is no guest's: it is shorter than any. */
	become(request, guest != NULL ? ROLE_GUEST : ROLE_ANYONE, guest != NULL ? guest : "anonymous");
	*scopes = SCOPE_ALL;
	return LET_IN;
}

static enum admission admit(struct request *request)
{
	uint32_t scopes = 0;
	const struct route *route = request->route;
	enum admission admission = recognise(request, &scopes);
	if (admission != LET_IN)
		return admission;
	bool looks = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
	bool scoped = route->scope == 0 || ((scopes & route->scope) != 0 && (looks || (scopes & SCOPE_READ) == 0));
	if ((route->roles & request->role) != 0 && scoped)
		return LET_IN;
	if (request->role == ROLE_ANYONE)
		problem(request, 401, "UNAUTHORIZED", "this needs a token");
	else
		problem(request, 403, sc_status_name(SC_NOT_ALLOWED), "this token may not do that");
	return TURNED_AWAY;
}

/* ---- keys and documents ------------------------------------------------------------------ */

static void hash_content(struct request *request)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, KEY_CONTENT_SIZE);
	crypto_generichash_update(&state, (const unsigned char *)request->url, strlen(request->url) + 1);
	crypto_generichash_update(&state, (const unsigned char *)request->body, request->body_size);
	crypto_generichash_final(&state, request->content, KEY_CONTENT_SIZE);
}

static bool is_noted_here(const struct request *request)
{
	return request->marked && (request->route->flags & ROUTE_NOTED) == 0;
}

/* Whether it was done before, in this process or in another: then `replayed`. */
static bool look_up_key(struct request *request)
{
	sc_bytes content = { request->content, KEY_CONTENT_SIZE };
	if (!is_noted_here(request))
		return true;
	sc_status status = sc_key_look(request->server->shop, &request->call, request->operation, content,
	                               &request->replayed, &request->err);
	if (status != SC_OK)
		problem_of_status(request, status);
	return status == SC_OK;
}

/* A key may come with any change; where money or stock moves it has to. */
static bool take_key(struct request *request)
{
	const struct route *route = request->route;
	bool required = (route->flags & ROUTE_KEYED) != 0;
	request->call.key = header_of(request, "Idempotency-Key");
	if (request->call.key == NULL && required) {
		problem(request, 400, "KEY_REQUIRED", "Idempotency-Key has to be given where money or stock moves");
		return false;
	}
	if (request->call.key == NULL || !required)
		return true;
	snprintf(request->operation, sizeof(request->operation), "%s %s", route->method, route->path);
	request->mark = key_mark_of(&request->call, request->operation);
	request->marked = keys_begin(request->server->keys, request->mark);
	if (!request->marked) {
		problem(request, 409, sc_status_name(SC_IN_PROGRESS), sc_status_text(SC_IN_PROGRESS));
		return false;
	}
	hash_content(request);
	return look_up_key(request);
}

/* What was done stays done when the note cannot be written: a repeat is then not marked, and does nothing twice either,
 * because the library has the key of what moves stock, and an order moves on once. */
static void note_key(struct request *request)
{
	sc_bytes content = { request->content, KEY_CONTENT_SIZE };
	if (is_noted_here(request) && !request->replayed && request->code < 300)
		sc_key_note(request->server->shop, &request->call, request->operation, content, NULL);
}

static bool take_document(struct request *request)
{
	sc_bytes json = { request->body, request->body_size };
	if ((request->route->flags & ROUTE_JSON) == 0)
		return true;
	const char *type = header_of(request, "Content-Type");
	if (type == NULL || strncasecmp(type, "application/json", 16) != 0) {
		problem(request, 415, "UNSUPPORTED_MEDIA_TYPE", "the body has to be application/json");
		return false;
	}
	sc_status status = sc_json_parse(json, &request->arena, NULL, &request->document, &request->err);
	if (status == SC_OK && sc_json_type_of(request->document) != SC_JSON_OBJECT)
		status = bad(request, SC_BAD_FORMAT, "document", "an object is expected");
	if (status != SC_OK)
		problem_of_status(request, status);
	return status == SC_OK;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* false: the answer is filled in already. */
static bool find_route(struct request *request)
{
	bool found;
	request->route = route_find(request, request->method, request->url, &found);
	if (request->route == NULL && found)
		problem(request, 405, "METHOD_NOT_ALLOWED", "see Allow");
	else if (request->route == NULL)
		problem(request, 404, sc_status_name(SC_NOT_FOUND), "there is nothing of that name");
	return request->route != NULL;
}

static void handle(struct request *request)
{
	const sc_env *env = sc_env_default();
	request->call.deadline_ns = env->mono_ns(env->ctx) + request->server->request_ms * NS_PER_MS;
	if (!take_key(request) || !take_document(request))
		return;
	sc_status status = request->route->handle(request);
	if (status != SC_OK)
		problem_of_status(request, status);
}

void request_answer(struct request *request)
{
	request->may_wait = true;
	if (admit(request) == LET_IN)
		handle(request);
	note_key(request);
	if (request->marked)
		keys_end(request->server->keys, request->mark);
	if (request->code >= 300)
		request->replayed = false;
}

enum answer request_answer_at_once(struct request *request)
{
	if (!find_route(request))
		return ANSWER_READY;
	bool light = (request->route->flags & ROUTE_LIGHT) != 0;
	if (!light && request->route->peek == NULL)
		return ANSWER_LATER;
	enum admission admission = admit(request);
	if (admission != LET_IN)
		return admission == ASK_LATER ? ANSWER_LATER : ANSWER_READY;
	if (!light)
		return request->route->peek(request) ? ANSWER_SENT : ANSWER_LATER;
	handle(request);
	return ANSWER_READY;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (value != NULL)
		MHD_add_response_header(response, name, value);
}

static void add_version(struct MHD_Response *response, uint64_t version)
{
	char etag[HEADER_VALUE];
	add_header(response, "Cache-Control", version != 0 ? "no-cache" : "no-store");
	snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", version);
	if (version != 0)
		add_header(response, "ETag", etag);
}

static void add_headers(const struct request *request, unsigned code, struct MHD_Response *response)
{
	bool page = request->type != NULL && strncmp(request->type, "text/html", 9) == 0;
	add_header(response, "Content-Type", code != 304 ? request->type : NULL);
	add_header(response, "Location", request->location);
	add_header(response, "Allow", request->allow);
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "Idempotency-Replayed", request->replayed ? "true" : NULL);
	add_header(response, "WWW-Authenticate", code == 401 ? "Bearer realm=\"shop\"" : NULL);
	add_header(response, "Retry-After", code == 503 ? "1" : code == 429 ? TRIES_SECONDS : NULL);
	add_header(response, "Content-Security-Policy", page ? PAGE_POLICY : NULL);
	add_version(response, request->etag);
}

struct MHD_Response *response_of(const struct request *request, unsigned code, enum MHD_ResponseMemoryMode mode)
{
	void *data = (void *)(uintptr_t)request->reply.data;
	size_t size = code != 304 ? request->reply.size : 0;
	struct MHD_Response *response = MHD_create_response_from_buffer(size, data, mode);
	if (response != NULL)
		add_headers(request, code, response);
	return response;
}
