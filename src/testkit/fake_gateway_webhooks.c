#include "testkit/fake_gateway_webhooks.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CAPACITY 16
#define BODY_MAX       256
#define HASH_SIZE      32

static const unsigned char key[] = "the fake gateway's key, no secret";

bool fake_queue_reserve(struct fake_queue *queue, size_t more)
{
	size_t capacity = queue->capacity ? queue->capacity : FIRST_CAPACITY;
	while (capacity < queue->count + more)
		capacity *= 2;
	if (capacity == queue->capacity)
		return true;
	struct fake_event *events = queue->env->resize(queue->env->ctx, queue->events, capacity * sizeof(*events));
	if (!events)
		return false;
	queue->events = events;
	queue->capacity = capacity;
	return true;
}

void fake_queue_add(struct fake_queue *queue, const struct fake_event *event)
{
	queue->events[queue->count++] = *event;
}

bool fake_queue_take(struct fake_queue *queue, int64_t now_ns, bool newest, struct fake_event *out)
{
	for (size_t i = 0; i < queue->count; i++) {
		size_t at = newest ? queue->count - 1 - i : i;
		if (queue->events[at].ready_ns > now_ns)
			continue;
		*out = queue->events[at];
		queue->count--;
		memmove(queue->events + at, queue->events + at + 1, (queue->count - at) * sizeof(*out));
		return true;
	}
	return false;
}

void fake_queue_clear(struct fake_queue *queue)
{
	queue->env->resize(queue->env->ctx, queue->events, 0);
	*queue = (struct fake_queue){ .env = queue->env };
}

static void sign(sc_bytes body, char out[2 * HASH_SIZE + 1])
{
	unsigned char hash[HASH_SIZE];
	crypto_generichash(hash, sizeof(hash), body.data, body.size, key, HASH_SIZE);
	for (size_t i = 0; i < HASH_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

sc_status fake_webhook_write(const struct fake_event *event, sc_arena *arena, sc_fake_webhook *out)
{
	char attempt[SC_ID_TEXT_SIZE], order[SC_ID_TEXT_SIZE], body[BODY_MAX], signature[2 * HASH_SIZE + 1];
	sc_id_format(event->attempt, attempt);
	sc_id_format(event->order, order);
	/* one outcome of an attempt is one event, however often it is sent */
	int size = snprintf(body, sizeof(body), "evt_%s_%" PRIu32 " %s %s %" PRIu32 " %" PRId64 "\n", attempt,
	                    event->state, attempt, order, event->state, event->amount);
	sign((sc_bytes){ body, (size_t)size }, signature);
	out->body = (sc_bytes){ sc_arena_dup(arena, body, (size_t)size), (size_t)size };
	out->signature = sc_arena_dup(arena, signature, strlen(signature));
	return out->body.data && out->signature ? SC_OK : SC_NO_MEMORY;
}

sc_status fake_webhook_read(sc_bytes body, const char *signature, sc_gateway_event *out)
{
	char expected[2 * HASH_SIZE + 1], text[BODY_MAX], attempt[SC_ID_TEXT_SIZE], order[SC_ID_TEXT_SIZE];
	sign(body, expected);
	if (!signature || strlen(signature) != 2 * HASH_SIZE || sodium_memcmp(expected, signature, 2 * HASH_SIZE) != 0)
		return SC_BAD_SIGNATURE;
	if (body.size >= sizeof(text))
		return SC_BAD_FORMAT;
	memcpy(text, body.data, body.size);
	text[body.size] = '\0';
	sc_gateway_event event = { 0 };
	int fields = sscanf(text, "%128s %36s %36s %" SCNu32 " %" SCNd64, event.event_id, attempt, order,
	                    &event.about.state, &event.about.amount_minor);
	if (fields != 5 || sc_id_parse(attempt, &event.about.attempt) != SC_OK ||
	    sc_id_parse(order, &event.about.order) != SC_OK)
		return SC_BAD_FORMAT;
	*out = event;
	return SC_OK;
}
