/*
 * Requests that are with the gateway, and the threads that wait for their answers.
 *
 * The port gives answers in any order to whoever asks, so somebody has to hand them out. One of the
 * waiting threads is the leader: it alone sleeps in the port's `finish`, and wakes the owner of each
 * answer that comes. When the leader has its own answer, or no more patience, the next thread that
 * waits takes over. So nobody waits for another's payment, no thread is needed for it, and no lock of
 * ours is held while the port runs.
 *
 * Whoever must not wait hands requests over with sc__exchange_start() and takes the answers later, those too that a
 * leader brought along.
 *
 * An answer that comes after its thread has left is dropped. That is safe because the attempt's row is
 * durable and tick asks the provider about it.
 */
#ifndef SC_PAYMENT_EXCHANGE_H
#define SC_PAYMENT_EXCHANGE_H

#include <shopcore/port/gateway.h>

typedef struct sc__exchange sc__exchange;

/* `gateway` is borrowed. BAD_ARGUMENT when it lacks a required operation; NO_MEMORY. */
sc_status sc__exchange_new(const sc_env *env, const sc_gateway *gateway, sc__exchange **out, sc_error *err);
void sc__exchange_free(sc__exchange *exchange);

/* One request and what became of it. */
typedef struct sc__ask {
	sc_gateway_request request;
	sc_gateway_reply reply; /* with `status` SC_OK: what the provider said */
	sc_status status; /* IN_PROGRESS when this process waits for the same attempt already. PAYMENT_UNKNOWN when no
	                     answer came in time or the provider does not know. A failure: it was not sent */
	bool done;
	void *owner; /* of one that no thread waits for: whose it is */
	/* the exchange's own */
	struct sc__ask *next;     /* of the same bucket, or answered after it */
	struct sc__waiter *whose; /* NULL: no thread waits for it */
} sc__ask;

/* Hand requests over and wait for all their answers, at most `wait_ms` and until the call's deadline. Never from
 * under a lock. SC_OK: each ask has its own status. NO_MEMORY: nothing was sent. */
sc_status sc__exchange_ask(sc__exchange *exchange, const sc_call *call, sc__ask *asks, size_t count, int64_t wait_ms,
                           sc_error *err);

/* ---- without waiting ---- */

/* Hands requests over. From now on they are the exchange's, until sc__exchange_take() gives each back once: with its
 * answer, or because it was not sent. */
void sc__exchange_start(sc__exchange *exchange, const sc_call *call, sc__ask *const *asks, size_t count);

/* Asks the port for answers that are there, without waiting for any. */
void sc__exchange_poll(sc__exchange *exchange);

/* One that has its answer, or NULL. */
sc__ask *sc__exchange_take(sc__exchange *exchange);

/* Waits no longer: PAYMENT_UNKNOWN, unless it has its answer already. */
void sc__exchange_give_up(sc__exchange *exchange, sc__ask *ask);

#endif
