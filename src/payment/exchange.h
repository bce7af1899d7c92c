/*
 * Requests that are with the gateway, and the threads that wait for their answers.
 *
 * The port gives answers in any order to whoever asks, so somebody has to hand them out. One of the
 * waiting threads is the leader: it alone sleeps in the port's `finish`, and wakes the owner of each
 * answer that comes. When the leader has its own answer, or no more patience, the next thread that
 * waits takes over. So nobody waits for another's payment, no thread is needed for it, and no lock of
 * ours is held while the port runs.
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

/*
 * Hand one request over and wait for its answer, at most `wait_ms` and until the call's deadline.
 * SC_OK: `out` is what the provider said, and out->status is SC_OK. IN_PROGRESS when this process waits for the
 * same attempt already. PAYMENT_UNKNOWN when no answer came in time or the provider does not know. A failure:
 * nothing was sent.
 */
sc_status sc__exchange_call(sc__exchange *exchange, const sc_call *call, const sc_gateway_request *request,
                            int64_t wait_ms, sc_gateway_reply *out, sc_error *err);

#endif
