/*
 * What the parts of shopcore-http share. A request passes, in this order: the filter (filter.h, wire.c), which lets
 * only well-formed and complete requests through; the table of routes, which says who may come in; the handler of
 * its noun; and out through one place that turns a status into an answer.
 *
 * Two kinds of threads. A few loops (server.c) read and write sockets and never wait: they answer what lies in memory,
 * such as a product on the shelf (shelf.c). Whatever needs the store goes to a worker (workers.c), which may wait for
 * the disk or for the payment provider; those who wait together share one commit.
 *
 * The server uses the library's public headers only. A handler returns a status: SC_OK with the reply filled in, or
 * anything else, which becomes a problem document (RFC 9457).
 */
#ifndef SHOPCORE_HTTP_H
#define SHOPCORE_HTTP_H

#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>

#include <microhttpd.h>
#include <stdatomic.h>

#define BODY_MAX    131072 /* bytes of a request's body */
#define PARAMS_MAX  2      /* of a path */
#define ARENA_FIRST 8192   /* bytes that most requests never exceed */
#define ASKED_MAX   32768  /* bytes that the HTTP library has for a connection; half of it has to hold HEAD_MAX */

/* ---- roles and tokens -------------------------------------------------------------------- */

/* Bits, so that a route can name several. A route that names none is open to nobody. */
enum role {
	ROLE_ANYONE = 1u << 0, /* without any token */
	ROLE_GUEST = 1u << 1,
	ROLE_CUSTOMER = 1u << 2,
	ROLE_SELLER = 1u << 3,
	ROLE_ADMIN = 1u << 4
};

/* What a token may be used for. */
enum scope {
	SCOPE_READ = 1u << 0, /* beside others: GET only */
	SCOPE_CATALOG = 1u << 1,
	SCOPE_CART = 1u << 2,
	SCOPE_CHECKOUT = 1u << 3,
	SCOPE_ORDERS = 1u << 4,
	SCOPE_STOCK = 1u << 5,
	SCOPE_PRICES = 1u << 6,
	SCOPE_ALL = (1u << 7) - 1 - SCOPE_READ
};

/* A token that was found good is believed so long; see tokens.c. */
#define TOKEN_FRESH_MS 1000

struct tokens;
struct request;

/* Whose a token is. */
struct token {
	uint32_t role, scopes;
	const char *subject; /* in the request's arena */
};

/* LATER: only the store knows, and this thread may not wait for it. FAILED: request->err says why. */
enum token_answer { TOKEN_GOOD, TOKEN_NONE, TOKEN_LATER, TOKEN_FAILED };

struct tokens *tokens_new(void);
void tokens_free(struct tokens *tokens);
enum token_answer tokens_find(struct request *request, const char *secret, struct token *out);

/* ---- keys that are in use ---------------------------------------------------------------- */

#define KEY_MARK_SIZE    16
#define KEY_CONTENT_SIZE 32

/* Who, what, and under which key. */
struct key_mark {
	uint8_t bytes[KEY_MARK_SIZE];
};

struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *keys);
struct key_mark key_mark_of(const sc_call *call, const char *operation);
/* false: a request of that mark is running. */
bool keys_begin(struct keys *keys, struct key_mark mark);
void keys_end(struct keys *keys, struct key_mark mark);

/* ---- the server -------------------------------------------------------------------------- */

struct workers;
struct shelf;

struct server {
	sc_shop *shop;
	struct tokens *tokens;
	struct keys *keys;
	struct workers *workers;
	struct shelf *shelf;
	int64_t request_ms;   /* a handler gives up after so long */
	atomic_bool draining; /* no new work: the process is about to stop */
	atomic_int in_flight; /* requests that are being answered */
};

/* ---- workers ----------------------------------------------------------------------------- */

/* At most `max` threads; each is started when a request comes and nobody is idle. NULL: no memory. */
struct workers *workers_new(unsigned max);
/* Take nothing more, and return when all that was taken is done. */
void workers_end(struct workers *workers);
/* When nobody gives any more. NULL is fine. */
void workers_free(struct workers *workers);
/* Let a worker answer the request, whose connection is suspended, and then resume the connection. false: there is no
 * thread, and the request is still the caller's. */
bool workers_give(struct workers *workers, struct request *request);

/* ---- the shelf --------------------------------------------------------------------------- */

/* Answers about products, ready to be sent. One may be shown for so long after it was read from the store, in which
 * another process may have changed the product; a change made through this server shows at once. */
#define SHELF_FRESH_MS 1000

struct shelf *shelf_new(void);
void shelf_free(struct shelf *shelf);
/* Made before a product is read from the store, so that what is kept is known to be no older. */
struct shelf_mark {
	uint64_t changes;
	int64_t read_ns;
};

struct shelf_mark shelf_mark(struct shelf *shelf, const char *id);
/* Keep the answer, unless a change was made since the mark. */
void shelf_keep(struct shelf *shelf, const char *id, struct shelf_mark mark, const struct request *answered);
/* After each change, also one whose outcome is unknown. */
void shelf_drop(struct shelf *shelf, const char *id);
/* Send the answer that lies on the shelf. false: there is none. */
bool shelf_send(struct shelf *shelf, const char *id, struct request *request);

/* ---- server and request ------------------------------------------------------------------ */

struct route {
	const char *method;
	const char *path; /* "{}" stands for one segment */
	uint32_t roles;
	uint32_t scope; /* a token has to have it; 0: any */
	uint32_t flags;
	sc_status (*handle)(struct request *request);
	/* Or NULL. Called on a loop before the handler is on a worker: sends what lies in memory; false: nothing. */
	bool (*peek)(struct request *request);
};

enum route_flag {
	ROUTE_KEYED = 1u << 0, /* money or stock moves: Idempotency-Key is required */
	ROUTE_HIDES = 1u << 1, /* what belongs to somebody else does not exist */
	ROUTE_JSON = 1u << 2,  /* has a JSON body */
	ROUTE_LIGHT = 1u << 3, /* never waits for anything: answered on the loop */
	ROUTE_NOTED = 1u << 4  /* the handler sees to it by itself that its key is remembered */
};

struct request {
	struct server *server;
	struct MHD_Connection *connection;
	struct request *next;     /* in the queue of the workers */
	const char *method, *url; /* borrowed from the connection */
	const struct route *route;
	uint32_t role;
	sc_call call;
	char *params[PARAMS_MAX];
	char *body;
	size_t body_size, body_room;
	const sc_json *document; /* the body, for ROUTE_JSON */
	struct key_mark mark;
	char operation[SC_KEY_OPERATION_MAX + 1]; /* what the key is scoped by */
	uint8_t content[KEY_CONTENT_SIZE];        /* hash of all that makes the request what it is */
	bool may_wait;                            /* on a worker */
	bool marked;                              /* `mark` stands among the running ones */
	bool replayed;                            /* it was done before under this key */
	bool counted;                             /* among server->in_flight */

	/* the answer */
	unsigned code;
	const char *type;
	const char *location; /* or NULL */
	sc_bytes reply;
	uint64_t etag;     /* 0: none */
	const char *allow; /* for 405 */

	sc_error err;
	sc_arena arena;
	_Alignas(16) char first[ARENA_FIRST];
};

/* Find the route of a request; with `*found` false no path of ours matches. NULL and true: another method. */
const struct route *route_find(struct request *request, const char *method, const char *path, bool *found);

/* Callbacks of the HTTP library: a request, its end, a connection's begin and end, and escapes left alone. */
enum MHD_Result server_access(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **context);
void server_completed(void *server, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode why);
void server_connection(void *server, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code);
size_t server_keep_escapes(void *server, struct MHD_Connection *connection, char *text);

/* ---- answering --------------------------------------------------------------------------- */

/* The one way from a request to its answer; never fails, at worst the answer says so. */
void request_answer(struct request *request);
/* The same for a loop, which must not wait: ANSWER_LATER leaves the request as it came, for a worker. */
enum answer { ANSWER_READY, ANSWER_SENT, ANSWER_LATER };
enum answer request_answer_at_once(struct request *request);
/* The answer with its headers; the body is left out of a 304. NULL: no memory. */
struct MHD_Response *response_of(const struct request *request, unsigned code, enum MHD_ResponseMemoryMode mode);

/* ---- problems ---------------------------------------------------------------------------- */

unsigned http_code_of(sc_status status);
/* Fill in the answer from request->err, or a plain one when there is no memory left. */
void problem_of_status(struct request *request, sc_status status);
void problem(struct request *request, unsigned code, const char *name, const char *detail);
sc_status bad(struct request *request, sc_status status, const char *field, const char *text);

/* ---- input and output -------------------------------------------------------------------- */

/* Percent-decode into the arena. SC_BAD_TEXT for a broken escape, a NUL or what is not UTF-8. */
sc_status decode(struct request *request, const char *text, size_t size, const char *field, char **out);
const char *header_of(struct request *request, const char *name);
/* NULL in `out` when the query has no such member. */
sc_status query_text(struct request *request, const char *name, const char **out);
sc_status query_number(struct request *request, const char *name, int64_t low, int64_t high, int64_t *out);
/* Cursors are bytes; they travel as base64url. */
sc_status query_cursor(struct request *request, sc_bytes *out);
/* `limit` and `cursor` of a list of the catalogue. */
sc_status query_page(struct request *request, uint32_t usual, sc_catalog_page *out);
void put_cursor(struct request *request, sc_json_writer *writer, sc_bytes next);
/* A member that may be absent, and then leaves `out` as it is. */
sc_status member_text(struct request *request, const sc_json *object, const char *key, const char **out);
sc_status member_int(struct request *request, const sc_json *object, const char *key, int64_t *out);
/* Whom the path names first; NULL for "me", the caller. */
const char *owner_of(const struct request *request);
/* The version in If-Match: 0 for none or "*". `required`: 428 without the header. */
sc_status if_match(struct request *request, bool required, uint64_t *out);
/* Whether the value of If-None-Match names a version: "*", or a list in which it stands, weak or not. */
bool etag_names(const char *text, uint64_t version);
/* Of a GET: whether If-None-Match names the version: the answer is then 304 and `request` is ready. */
bool not_modified(struct request *request, uint64_t version);

void writer_begin(struct request *request, sc_json_writer *writer);
sc_status writer_end(struct request *request, sc_json_writer *writer);
/* 204 */
sc_status reply_nothing(struct request *request);

/* ---- handlers, a file a noun ------------------------------------------------------------- */

sc_status get_page(struct request *request);
sc_status get_openapi(struct request *request);
sc_status get_livez(struct request *request);
sc_status get_readyz(struct request *request);
sc_status list_products(struct request *request);
sc_status get_product(struct request *request);
bool peek_product(struct request *request);
sc_status put_product(struct request *request);
sc_status delete_product(struct request *request);
sc_status list_categories(struct request *request);
sc_status get_category(struct request *request);
sc_status make_category(struct request *request);
sc_status get_search(struct request *request);
sc_status get_cart(struct request *request);
sc_status add_to_cart(struct request *request);
sc_status set_cart_line(struct request *request);
sc_status delete_cart_line(struct request *request);
sc_status merge_cart(struct request *request);
sc_status add_cart_coupon(struct request *request);
sc_status remove_cart_coupon(struct request *request);
sc_status quote_cart(struct request *request);
sc_status buy_cart(struct request *request);
sc_status list_orders(struct request *request);
sc_status get_order(struct request *request);
sc_status get_order_pricing(struct request *request);
sc_status ask_order_what_if(struct request *request);
sc_status pay_order(struct request *request);
sc_status cancel_order(struct request *request);
sc_status cancel_order_lines(struct request *request);
sc_status ship_order(struct request *request);
sc_status deliver_order(struct request *request);
sc_status get_stock(struct request *request);
sc_status receive_stock(struct request *request);
sc_status adjust_stock(struct request *request);
sc_status count_stock(struct request *request);
sc_status transfer_stock(struct request *request);
sc_status set_safety(struct request *request);
sc_status list_rules(struct request *request);
sc_status put_rule(struct request *request);
sc_status delete_rule(struct request *request);
sc_status count_coupon(struct request *request);
sc_status issue_codes(struct request *request);
sc_status import_codes(struct request *request);
sc_status price_document(struct request *request);
sc_status issue_gift_card(struct request *request);
sc_status find_gift_card(struct request *request);
sc_status get_credit(struct request *request);
sc_status grant_credit(struct request *request);
sc_status take_webhook(struct request *request);

#endif
