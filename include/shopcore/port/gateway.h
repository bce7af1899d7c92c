/*
 * The gateway port: a payment provider.
 *
 * `start` hands requests over and returns at once; `finish` gives answers back as they come, in any
 * order. A provider that sleeps for half a minute therefore delays nobody but its own buyer. Every
 * request carries the id of our attempt, which is the provider's idempotency key: the same attempt
 * never moves money twice, and after a silence the attempt can be looked up, or cancelled so that it
 * never will.
 *
 * Nothing here can hold a card number. `token` is what the provider's own form gave the buyer's page.
 */
#ifndef SHOPCORE_PORT_GATEWAY_H
#define SHOPCORE_PORT_GATEWAY_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/id.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef enum sc_gateway_op {
	SC_GATEWAY_CHARGE = 1,    /* authorise and capture in one step */
	SC_GATEWAY_AUTHORISE = 2, /* reserve the money */
	SC_GATEWAY_CAPTURE = 3,   /* take what `target` reserved, or a part of it */
	SC_GATEWAY_VOID = 4,      /* give back what was reserved or is not captured yet. For an attempt the
	                             provider never saw: make sure that it never will move money */
	SC_GATEWAY_REFUND = 5,    /* give back captured money, or a part of it */
	SC_GATEWAY_LOOKUP = 6     /* what became of `attempt` */
} sc_gateway_op;

typedef enum sc_gateway_state {
	SC_GATEWAY_UNSEEN = 1,     /* LOOKUP: the provider never heard of it */
	SC_GATEWAY_RUNNING = 2,    /* not decided yet: ask again later */
	SC_GATEWAY_NEEDS_STEP = 3, /* the buyer has to go to `step_url` */
	SC_GATEWAY_AUTHORISED = 4,
	SC_GATEWAY_CAPTURED = 5,
	SC_GATEWAY_DECLINED = 6, /* no money moved, and none will for this attempt */
	SC_GATEWAY_VOIDED = 7,   /* no money moved, or it went back before it was captured */
	SC_GATEWAY_REFUNDED = 8  /* REFUND is done */
} sc_gateway_state;

#define SC_PROVIDER_REF_MAX 128
#define SC_TOKEN_MAX        256
#define SC_STEP_URL_MAX     512
#define SC_DECLINE_CODE_MAX 64

/** One wish to move money. Borrowed for `start`; a driver copies what it needs. */
typedef struct sc_gateway_request {
	sc_id attempt; /* ours: the provider's idempotency key */
	sc_id order;   /* for the provider's records */
	uint32_t op;   /* sc_gateway_op */
	uint32_t reserved0;
	int64_t amount_minor;
	char currency[4];
	const char *token;        /* CHARGE, AUTHORISE: the provider's name for the buyer's means */
	const char *provider_ref; /* the rest: the provider's id from an earlier answer, or NULL: find it by attempt */
	sc_id target;             /* CAPTURE, VOID, REFUND, LOOKUP: the attempt that it is about */
	uint64_t reserved[4];
} sc_gateway_request;

/** An answer. `status` SC_OK: `state` tells. A failure: nothing happened. An unknown: it may have. */
typedef struct sc_gateway_reply {
	sc_id attempt;
	sc_id order; /* as the request said; zero when the provider does not repeat it */
	sc_status status;
	uint32_t state;       /* sc_gateway_state */
	int64_t amount_minor; /* what was authorised, captured or refunded */
	char provider_ref[SC_PROVIDER_REF_MAX + 1];
	char step_url[SC_STEP_URL_MAX + 1];
	char decline_code[SC_DECLINE_CODE_MAX + 1]; /* the provider's word for why */
	uint64_t reserved[4];
} sc_gateway_reply;

/** What a provider's webhook said, after its signature was checked. */
typedef struct sc_gateway_event {
	char event_id[SC_PROVIDER_REF_MAX + 1]; /* duplicates are dropped by this */
	sc_gateway_reply about;                 /* attempt zero: of no interest to a shop */
} sc_gateway_event;

/** The operations of a gateway. R: required. Called from any thread, several at once. */
typedef struct sc_gateway_ops {
	size_t size;
	const char *name;

	/** R. Accept requests; never blocks on the provider. `accepted`: how many, from the front; the rest was not
	 *  sent and may be offered again. SC_OK unless none could be accepted. */
	sc_status (*start)(void *ctx, const sc_call *call, const sc_gateway_request *requests, size_t count,
	                   size_t *accepted, sc_error *err);

	/** R. Give at most `max` answers, waiting at most `timeout_ms` for the first. May be called by several
	 *  threads; each answer is given once. No answer in time: SC_OK and a count of 0. */
	sc_status (*finish)(void *ctx, size_t max, int64_t timeout_ms, sc_gateway_reply *out, size_t *count,
	                    sc_error *err);

	/** Optional. Check the signature over the raw bytes of a webhook and read it. A provider that spreads its
	 *  signature over several headers takes them as lines of "Name: value". May ask the provider how things stand
	 *  now, and take as long. NULL: no webhooks. SC_BAD_SIGNATURE, SC_BAD_FORMAT; a failure: send it again. */
	sc_status (*webhook)(void *ctx, const sc_call *call, sc_bytes body, const char *signature_header,
	                     sc_gateway_event *out, sc_error *err);

	/** Optional. Release everything. NULL: nothing to release. */
	void (*close)(void *ctx);
} sc_gateway_ops;

typedef struct sc_gateway {
	const sc_gateway_ops *ops;
	void *ctx;
} sc_gateway;

SC_END_DECLS

#endif
