/*
 * What payment gateways over HTTP share: the port's start and finish around libcurl's multi interface,
 * with retries, pace and secrets. A provider's driver says only which call comes next.
 *
 * A request of the port becomes a job. A job makes one HTTP call after the other: after each of them the
 * provider either fills in the next call or the reply. Nobody owns a thread. Whoever waits in `finish` leads:
 * it moves all jobs while the others park, and hands over when it leaves. Who waits for a socket waits in
 * libcurl; who waits for time parks in the environment.
 */
#ifndef SC_DRIVERS_PROVIDER_H
#define SC_DRIVERS_PROVIDER_H

#include <shopcore/arena.h>
#include <shopcore/json.h>
#include <shopcore/port/gateway.h>
#include <shopcore/provider.h>

#define SC__CALL_HEADERS_MAX 6
#define SC__ANSWER_MAX       1048576 /* bytes of an answer; more is as good as none */

typedef struct sc__provider sc__provider;

/* One HTTP call. Its texts live at least as long as the job: on its arena, or the provider's own. */
typedef struct sc__http_call {
	const char *method;
	const char *path;                          /* from '/', with its query */
	sc_bytes body;                             /* as it is sent, on every try; no data: none */
	const char *headers[SC__CALL_HEADERS_MAX]; /* whole lines, NULL behind the last */
} sc__http_call;

typedef enum sc__http_end {
	SC__HTTP_ANSWERED, /* `status` and `body` are the provider's last word */
	SC__HTTP_NOT_SENT, /* no try got as far as the provider */
	SC__HTTP_SILENT    /* some try may have been carried out */
} sc__http_end;

typedef struct sc__http_answer {
	sc__http_end end;
	int status;
	sc_bytes body;
	bool replayed;           /* an old answer to the same key, given again */
	int8_t should_retry;     /* what the provider says itself: 1, 0, or -1 for nothing */
	int64_t retry_after_ms;  /* that it asks for, or -1 */
	const sc_json *document; /* the body, when it is one; on the job's arena */
} sc__http_answer;

typedef struct sc__job {
	sc_arena arena;
	sc_gateway_request request; /* its texts are on the arena */
	sc_gateway_reply reply;
	sc__http_call call;
	uint32_t stage; /* the provider's own, like what follows */
	void *state;
	struct sc__job_work *work; /* the engine's */
} sc__job;

typedef enum sc__next {
	SC__NEXT_CALL, /* `job->call` was filled in */
	SC__NEXT_DONE, /* `job->reply` was */
	SC__NEXT_HOLD  /* not now: begin again after sc__provider_release() */
} sc__next;

/* Called by the leader only, so never two at once. */
typedef struct sc__provider_rules {
	sc__next (*begin)(void *ctx, sc__job *job);
	sc__next (*answered)(void *ctx, sc__job *job, const sc__http_answer *answer);
} sc__provider_rules;

typedef struct sc__provider_setup {
	const char *name; /* in error texts */
	const char *url;  /* without a '/' at its end */
	const sc_provider_tuning *tuning;
	uint32_t rate_per_second; /* when the tuning leaves it open */
	const sc__provider_rules *rules;
	void *ctx;
} sc__provider_setup;

/* SC_BAD_ARGUMENT for numbers that make no sense or a URL that would send secrets in the clear. */
sc_status sc__provider_open(const sc_env *env, const sc__provider_setup *setup, sc__provider **out, sc_error *err);
/* Forgets all jobs; what was sent stays sent. */
void sc__provider_close(sc__provider *provider);

sc_status sc__provider_start(sc__provider *provider, const sc_call *call, const sc_gateway_request *requests,
                             size_t count, size_t *accepted, sc_error *err);
sc_status sc__provider_finish(sc__provider *provider, size_t max, int64_t timeout_ms, sc_gateway_reply *out,
                              size_t *count, sc_error *err);

/* Runs one job to its end and waits for it, for a webhook that has to ask back; then `read`, if any, looks at it.
 * SC_OK: `reply` tells. */
sc_status sc__provider_ask(sc__provider *provider, const sc_call *call, const sc_gateway_request *request,
                           uint32_t stage, void *state, sc_gateway_reply *reply, sc_error *err);

/* Lets every job that holds begin again. From `answered` only. */
void sc__provider_release(sc__provider *provider);

/* ---- helpers for rules ------------------------------------------------------------------------- */

/* Ends a job that its provider did not settle. `moves`: the call could have moved money. */
sc__next sc__provider_give_up(const sc__provider *provider, sc__job *job, const sc__http_answer *answer, bool moves);
sc__next sc__provider_end(sc__job *job, sc_status status);
sc__next sc__provider_say(sc__job *job, sc_gateway_state state, int64_t amount_minor);

/* Text of a member, "" when there is none. */
const char *sc__member_text(const sc_json *object, const char *key);
/* Copies what fits. false: it does not; `out` is empty then. */
bool sc__copy_text(char *out, size_t size, const char *text);
/* Whether a text can stand in a path or a header as it is: letters, digits, '_' and '-'. */
bool sc__is_plain_name(const char *text, size_t max);
/* Whether it has the digits of a payment card: nothing of the kind is ever sent, kept or logged. */
bool sc__looks_like_card(const char *text);

/* A number that is remembered by an attempt: where its object is. Forgetful, and only ever a short cut. */
void sc__provider_remember(sc__provider *provider, sc_id attempt, const char *ref);
const char *sc__provider_recall(const sc__provider *provider, sc_id attempt);

const sc_env *sc__provider_env(const sc__provider *provider);

/* ---- secrets and URLs ---------------------------------------------------------------------------- */

#define SC__SECRET_MAX 512

/* Reads a secret from a file, or from a descriptor when `path` is NULL: its first `max` lines, which are not empty,
 * each of printable ASCII. Wipes what it does not hand out. */
sc_status sc__secret_read(const char *field, const char *path, int descriptor, char (*out)[SC__SECRET_MAX + 1],
                          size_t max, size_t *count, sc_error *err);

/* One `name=value` behind the '?' of a gateway's URL, percent-decoded onto the arena. NULL: not there. */
const char *sc__url_setting(const char *url, const char *name, sc_arena *arena);

#endif
