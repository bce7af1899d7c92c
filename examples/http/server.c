/*
 * Between the HTTP library and the handlers: collect the body, find out who asks, let the table of routes decide, run
 * the handler, send what it made. Each connection has a thread of its own, because a handler waits for the disk and
 * for the payment provider, and the store makes one commit of those who wait together.
 */
#include "filter.h"
#include "http.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NS_PER_MS    1000000
#define ARENA_MAX    (64u << 20)
#define GUEST_MIN    16
#define BEARER       "Bearer "
#define HEADER_VALUE 64
#define BODY_SMALL   4096

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

static bool admit(struct request *request, const char *method)
{
	uint32_t scopes;
	const struct route *route = request->route;
	if (!recognise(request, &scopes))
		return false;
	bool looks = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
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

static void make_mark(struct request *request, const char *url)
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
	hash_text(&state, url);
	crypto_generichash_update(&state, (const unsigned char *)request->body, request->body_size);
	crypto_generichash_final(&state, request->mark.content, KEY_MARK_SIZE);
}

/* A key may come with any change; where money or stock moves it has to. */
static bool take_key(struct request *request, const char *url)
{
	bool required = (request->route->flags & ROUTE_KEYED) != 0;
	request->call.key = header_of(request, "Idempotency-Key");
	if (request->call.key == NULL && required) {
		problem(request, 400, "KEY_REQUIRED", "Idempotency-Key has to be given where money or stock moves");
		return false;
	}
	if (request->call.key == NULL || !required)
		return true;
	make_mark(request, url);
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

static void run(struct request *request, const char *method, const char *path)
{
	const sc_env *env = sc_env_default();
	bool found;
	request->route = route_find(request, method, path, &found);
	if (request->route == NULL && found)
		problem(request, 405, "METHOD_NOT_ALLOWED", "see Allow");
	else if (request->route == NULL)
		problem(request, 404, sc_status_name(SC_NOT_FOUND), "there is nothing of that name");
	if (request->route == NULL || !admit(request, method) || !take_key(request, path) || !take_document(request))
		return;
	request->call.deadline_ns = env->mono_ns(env->ctx) + request->server->request_ms * NS_PER_MS;
	sc_status status = request->route->handle(request);
	if (status != SC_OK)
		problem_of_status(request, status);
}

void request_answer(struct request *request, const char *method, const char *path)
{
	atomic_fetch_add(&request->server->in_flight, 1);
	run(request, method, path);
	if (request->marked)
		keys_end(request->server->keys, request->mark, request->code < 300);
	if (request->code >= 300)
		request->replayed = false;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (value != NULL)
		MHD_add_response_header(response, name, value);
}

static void add_headers(struct request *request, struct MHD_Response *response)
{
	char etag[HEADER_VALUE];
	add_header(response, "Content-Type", request->type);
	add_header(response, "Location", request->location);
	add_header(response, "Allow", request->allow);
	add_header(response, "X-Content-Type-Options", "nosniff");
	add_header(response, "Cache-Control", request->etag != 0 ? "no-cache" : "no-store");
	if (request->etag != 0) {
		snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", request->etag);
		add_header(response, "ETag", etag);
	}
	if (request->replayed)
		add_header(response, "Idempotency-Replayed", "true");
	if (request->code == 401)
		add_header(response, "WWW-Authenticate", "Bearer realm=\"shop\"");
	if (request->code == 503)
		add_header(response, "Retry-After", "1");
	if (request->type != NULL && strncmp(request->type, "text/html", 9) == 0)
		add_header(response, "Content-Security-Policy",
		           "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
		           "frame-ancestors 'none'");
	bool last = request->body_size > BODY_SMALL; /* see wire.c */
	if (last || atomic_load(&request->server->draining))
		add_header(response, "Connection", "close");
}

static enum MHD_Result send_answer(struct request *request)
{
	void *data = (void *)(uintptr_t)request->reply.data;
	struct MHD_Response *response = MHD_create_response_from_buffer(request->reply.size, data,
	                                                                MHD_RESPMEM_PERSISTENT);
	if (response == NULL)
		return MHD_NO;
	add_headers(request, response);
	enum MHD_Result sent = MHD_queue_response(request->connection, request->code, response);
	MHD_destroy_response(response);
	return sent;
}

/* ---- what the HTTP library calls --------------------------------------------------------- */

static struct request *request_new(struct server *server, struct MHD_Connection *connection)
{
	struct request *request = malloc(sizeof(*request));
	if (request == NULL)
		return NULL;
	memset(request, 0, offsetof(struct request, first));
	request->server = server;
	request->connection = connection;
	request->call = (sc_call)SC_CALL_INIT(SC_ACTOR_GUEST, NULL);
	request->err = (sc_error)SC_ERROR_INIT;
	sc_arena_init_buffer(&request->arena, sc_env_default(), request->first, sizeof(request->first));
	sc_arena_set_limit(&request->arena, ARENA_MAX);
	return request;
}

/* The filter has seen to it that the body is as long as it says, and not too long. */
static bool take_body(struct request *request, const char *data, size_t size)
{
	if (request->body == NULL) {
		const char *length = header_of(request, "Content-Length");
		size_t room = length != NULL ? (size_t)strtoull(length, NULL, 10) : 0;
		request->body_room = room;
		request->body = room <= BODY_MAX ? sc_arena_zalloc(&request->arena, room + 1) : NULL;
	}
	if (request->body == NULL || size > request->body_room - request->body_size)
		return false;
	memcpy(request->body + request->body_size, data, size);
	request->body_size += size;
	return true;
}

enum MHD_Result server_access(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **context)
{
	struct request *request = *context;
	(void)version;
	if (request == NULL) {
		*context = request_new(server, connection);
		return *context != NULL ? MHD_YES : MHD_NO;
	}
	if (*size > 0) {
		bool taken = take_body(request, data, *size);
		*size = 0;
		return taken ? MHD_YES : MHD_NO;
	}
	request_answer(request, method, url);
	return send_answer(request);
}

void server_completed(void *server, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode why)
{
	struct request *request = *context;
	(void)server;
	(void)connection;
	(void)why;
	if (request == NULL)
		return;
	if (request->code != 0)
		atomic_fetch_sub(&request->server->in_flight, 1);
	sc_arena_clear(&request->arena);
	free(request);
	*context = NULL;
}

void server_connection(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code)
{
	(void)server;
	(void)context;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info == NULL)
		return;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		wire_close(info->connect_fd);
	else if (!wire_open(info->connect_fd))
		shutdown(info->connect_fd, SHUT_RDWR); /* without its filter a connection is not served */
}

size_t server_keep_escapes(void *server, struct MHD_Connection *connection, char *text)
{
	(void)server;
	(void)connection;
	return strlen(text);
}
