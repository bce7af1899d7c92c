/*
 * From a request to its answer: find out who asks, let the table of routes decide, take the key and the document, run
 * the handler, and say in headers what the answer is.
 */
#include "http.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS    1000000
#define GUEST_MIN    16
#define BEARER       "Bearer "
#define HEADER_VALUE 64
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

/* false: refused, and the answer is filled in. */
static bool recognise(struct request *request, uint32_t *scopes)
{
	const char *bearer = header_of(request, "Authorization"), *guest = header_of(request, "Shop-Guest");
	*scopes = SCOPE_ALL & ~(uint32_t)SCOPE_READ;
	if (bearer != NULL) {
		const struct token *token = NULL;
		if (strncasecmp(bearer, BEARER, strlen(BEARER)) == 0)
			token = tokens_find(&request->server->tokens, bearer + strlen(BEARER));
		if (token == NULL) {
			problem(request, 401, "UNAUTHORIZED", "no such token");
			return false;
		}
		*scopes = token->scopes;
		become(request, token->role, token->subject);
		return true;
	}
	if (guest != NULL && !is_guest_token(guest)) {
		problem(request, 400, sc_status_name(SC_BAD_ARGUMENT), "Shop-Guest: 16 to 128 letters, digits, - or _");
		return false;
	}
	/* The actor of those without a token is no guest's: it is shorter than any. */
	become(request, guest != NULL ? ROLE_GUEST : ROLE_ANYONE, guest != NULL ? guest : "anonymous");
	return true;
}

static bool admit(struct request *request)
{
	uint32_t scopes;
	const struct route *route = request->route;
	if (!recognise(request, &scopes))
		return false;
	bool looks = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
	bool scoped = route->scope == 0 || ((scopes & route->scope) != 0 && (looks || (scopes & SCOPE_READ) == 0));
	if ((route->roles & request->role) != 0 && scoped)
		return true;
	if (request->role == ROLE_ANYONE)
		problem(request, 401, "UNAUTHORIZED", "this needs a token");
	else
		problem(request, 403, sc_status_name(SC_NOT_ALLOWED), "this token may not do that");
	return false;
}

/* ---- keys and documents ------------------------------------------------------------------ */

static void hash_text(crypto_generichash_state *state, const char *text)
{
	crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

static void make_mark(struct request *request)
{
	crypto_generichash_state state;
	uint8_t kind = (uint8_t)request->call.kind;
	crypto_generichash_init(&state, NULL, 0, KEY_MARK_SIZE);
	crypto_generichash_update(&state, &kind, 1);
	hash_text(&state, request->call.actor);
	hash_text(&state, request->route->path);
	hash_text(&state, request->call.key);
	crypto_generichash_final(&state, request->mark.bytes, KEY_MARK_SIZE);
	crypto_generichash_init(&state, NULL, 0, KEY_MARK_SIZE);
	hash_text(&state, request->url);
	crypto_generichash_update(&state, (const unsigned char *)request->body, request->body_size);
	crypto_generichash_final(&state, request->mark.content, KEY_MARK_SIZE);
}

/* A key may come with any change; where money or stock moves it has to. */
static bool take_key(struct request *request)
{
	bool required = (request->route->flags & ROUTE_KEYED) != 0;
	request->call.key = header_of(request, "Idempotency-Key");
	if (request->call.key == NULL && required) {
		problem(request, 400, "KEY_REQUIRED", "Idempotency-Key has to be given where money or stock moves");
		return false;
	}
	if (request->call.key == NULL || !required)
		return true;
	make_mark(request);
	switch (keys_begin(request->server->keys, request->mark, &request->replayed)) {
	case KEY_RUNNING:
		problem(request, 409, sc_status_name(SC_IN_PROGRESS), sc_status_text(SC_IN_PROGRESS));
		return false;
	case KEY_DIFFERS:
		problem(request, 422, sc_status_name(SC_KEY_REUSED), sc_status_text(SC_KEY_REUSED));
		return false;
	case KEY_FINE:
		break;
	}
	request->marked = true;
	return true;
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
	if (!take_key(request) || !take_document(request))
		return;
	request->call.deadline_ns = env->mono_ns(env->ctx) + request->server->request_ms * NS_PER_MS;
	sc_status status = request->route->handle(request);
	if (status != SC_OK)
		problem_of_status(request, status);
}

void request_answer(struct request *request)
{
	if (admit(request))
		handle(request);
	if (request->marked)
		keys_end(request->server->keys, request->mark, request->code < 300);
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
	if (!admit(request))
		return ANSWER_READY;
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
	add_header(response, "Retry-After", code == 503 ? "1" : NULL);
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
