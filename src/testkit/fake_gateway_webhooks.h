/*
 * Webhooks of the fake gateway: a queue of what it would send, and the check of what it sent.
 *
 * The body is one line of text and the signature a keyed hash of it, with a key that is no secret.
 */
#ifndef SC_TESTKIT_FAKE_GATEWAY_WEBHOOKS_H
#define SC_TESTKIT_FAKE_GATEWAY_WEBHOOKS_H

#include <shopcore/testkit/fake_gateway.h>

struct fake_event {
	sc_id attempt, order;
	uint32_t state; /* sc_gateway_state */
	uint32_t reserved;
	int64_t amount;
	int64_t ready_ns; /* on the monotonic clock: not sent before */
};

struct fake_queue {
	const sc_env *env;
	struct fake_event *events;
	size_t count, capacity;
};

/* Room for `more`, so that adding them cannot fail. */
bool fake_queue_reserve(struct fake_queue *queue, size_t more);
void fake_queue_add(struct fake_queue *queue, const struct fake_event *event);
/* The oldest or the newest that is ready. false: none. */
bool fake_queue_take(struct fake_queue *queue, int64_t now_ns, bool newest, struct fake_event *out);
void fake_queue_clear(struct fake_queue *queue);

sc_status fake_webhook_write(const struct fake_event *event, sc_arena *arena, sc_fake_webhook *out);
sc_status fake_webhook_read(sc_bytes body, const char *signature, sc_gateway_event *out);

#endif
