/*
 * A payment provider for tests and demonstrations. It moves no money, but it is as awkward as a real
 * one: it declines, wants the buyer to take a step, goes silent after charging or instead of it, takes
 * half a minute, and sends its webhooks early, twice and in the wrong order.
 *
 * What it does depends on the token alone:
 *
 *     tok_ok              captured
 *     tok_declined        declined with "card_declined"
 *     tok_action          needs a step; sc_fake_gateway_take_step() takes it
 *     tok_silent_charged  captured, but nobody is told: the answer is SC_PAYMENT_UNKNOWN
 *     tok_silent_free     not even seen, and nobody is told
 *     tok_slow            captured after `slow_ms`, and running until then
 *     any other           declined with "unknown_token"
 *
 * It keeps books of its own, so that an auditor can compare what it charged with what a shop believes.
 * With a file, the books are an append-only log under a file lock: several processes share it, and a
 * process that was killed finds them again.
 */
#ifndef SHOPCORE_TESTKIT_FAKE_GATEWAY_H
#define SHOPCORE_TESTKIT_FAKE_GATEWAY_H

#include <shopcore/port/gateway.h>

SC_BEGIN_DECLS

/** One provider. Safe to use from many threads, and by several shops at once. */
typedef struct sc_fake_gateway sc_fake_gateway;

enum {
	SC_FAKE_WEBHOOK_FIRST = 1u << 0,   /* the webhook can be pulled before the answer is given; the answer
	                                      waits for `reply_ms` */
	SC_FAKE_WEBHOOK_TWICE = 1u << 1,   /* each one is sent twice, with the same event id */
	SC_FAKE_WEBHOOK_SHUFFLED = 1u << 2 /* the newest is sent first, so that old news comes last */
};

typedef struct sc_fake_gateway_options {
	size_t size;        /* set by the initialiser */
	const char *file;   /* where the books are kept; NULL: in memory, gone with the handle */
	int64_t slow_ms;    /* how long tok_slow takes: 30,000 */
	int64_t reply_ms;   /* how long every other answer takes: 0 */
	int64_t silence_ms; /* after so long a silent one is given up with SC_PAYMENT_UNKNOWN: 0.
	                       SC_NEVER: no answer ever comes */
	uint32_t webhooks;  /* SC_FAKE_WEBHOOK_...: 0 */
	uint32_t reserved0;
	uint64_t reserved[4];
} sc_fake_gateway_options;

#define SC_FAKE_GATEWAY_OPTIONS_INIT                                      \
	{                                                                 \
		sizeof(sc_fake_gateway_options), NULL, 30000, 0, 0, 0, 0, \
		{                                                         \
			0                                                 \
		}                                                         \
	}

/**
 * Open a provider. Times are in milliseconds and follow the environment's clocks.
 *
 * Ownership: `options` may be NULL and is borrowed for the call; `env` is borrowed while the provider lives.
 * Free it with sc_fake_gateway_free(), after the shops that use it are closed. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a negative time; SC_NO_MEMORY; SC_IO_FAILED when the file cannot
 * be opened; SC_BAD_FORMAT when it is no log of ours; SC_OK. Idempotent: no, each call opens one. Since: 0.1.
 */
SC_API sc_status sc_fake_gateway_open(const sc_env *env, const sc_fake_gateway_options *options, sc_fake_gateway **out,
                                      sc_error *err);

/**
 * Free a provider. The file stays.
 *
 * Ownership: `fake` is gone; NULL is allowed. Threads: when nobody uses it any more.
 * Returns: nothing; cannot fail. Idempotent: no. Since: 0.1.
 */
SC_API void sc_fake_gateway_free(sc_fake_gateway *fake);

/**
 * Give the port to hand to a shop. The shop does not close it: several may share one.
 *
 * Ownership: a value that borrows `fake`. Threads: any. Returns: the port; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API sc_gateway sc_fake_gateway_port(sc_fake_gateway *fake);

/**
 * Be the buyer who takes the step that tok_action asks for: approve, or refuse.
 *
 * Ownership: values. Threads: any.
 * Returns, in this order: SC_IO_FAILED; SC_NOT_FOUND when the attempt was never seen; SC_WRONG_STATE when it
 * needs no step; SC_NO_MEMORY; SC_OK. Idempotent: no, a second time it needs no step. Since: 0.1.
 */
SC_API sc_status sc_fake_gateway_take_step(sc_fake_gateway *fake, sc_id attempt, bool approve, sc_error *err);

/**
 * Break the line to the provider, or mend it. While it is down each request fails and nothing happens.
 *
 * Ownership: values. Threads: any. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_fake_gateway_set_down(sc_fake_gateway *fake, bool down);

/** A webhook as it would arrive over HTTP. */
typedef struct sc_fake_webhook {
	sc_bytes body;
	const char *signature; /* the value of the signature header */
} sc_fake_webhook;

/**
 * Pull the next webhook that this provider would send.
 *
 * Ownership: `out` is in the arena. Threads: any.
 * Returns, in this order: SC_NOTHING_DUE when there is none; SC_NO_MEMORY; SC_OK. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_fake_gateway_next_webhook(sc_fake_gateway *fake, sc_arena *arena, sc_fake_webhook *out,
                                              sc_error *err);

/** One line of the provider's books. */
typedef struct sc_fake_booking {
	sc_id attempt;
	sc_id order;
	uint32_t state;   /* sc_gateway_state as of now */
	uint32_t charges; /* requests that asked to charge or authorise it */
	char currency[4];
	int64_t captured_minor; /* what was taken from the buyer */
	int64_t refunded_minor; /* what was given back of that */
	uint64_t reserved[2];
} sc_fake_booking;

/**
 * Read the books: every attempt that was seen or fenced, in no order.
 *
 * Ownership: `out` is in the arena. Threads: any.
 * Returns, in this order: SC_IO_FAILED; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_fake_gateway_books(sc_fake_gateway *fake, sc_arena *arena, sc_fake_booking **out, size_t *count,
                                       sc_error *err);

/**
 * Add up what one order was charged and given back, in minor units.
 *
 * Ownership: `charged` and `refunded` are the caller's. Threads: any.
 * Returns, in this order: SC_IO_FAILED; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_fake_gateway_order_money(sc_fake_gateway *fake, sc_id order, int64_t *charged, int64_t *refunded,
                                             sc_error *err);

SC_END_DECLS

#endif
