/*
 * The fake gateway inside: what its files share.
 */
#ifndef SC_TESTKIT_FAKE_GATEWAY_STATE_H
#define SC_TESTKIT_FAKE_GATEWAY_STATE_H

#include "testkit/fake_gateway_books.h"
#include "testkit/fake_gateway_webhooks.h"

/* What a buyer's program will be told, and when. */
struct fake_answer {
	int64_t ready_ns;
	sc_gateway_reply reply;
};

/* A thread inside `finish`. On its stack. */
struct fake_waiter {
	sc_parker parker;
	struct fake_waiter *next;
};

struct sc_fake_gateway {
	const sc_env *env;
	sc_mutex mutex; /* of everything below */
	struct fake_books books;
	struct fake_queue webhooks;
	struct fake_answer *answers;
	size_t answer_count, answer_capacity;
	struct fake_waiter *waiters;
	sc_fake_gateway_options options;
	bool down;
};

/* What is known while one request is decided. */
struct fake_deciding {
	sc_fake_gateway *fake;
	const sc_gateway_request *request;
	int64_t now_ms, now_ns;
	struct fake_answer *answer;
};

/* Does what the request asks for, in the books, and fills in the answer. Under the mutex and the books' lock. */
sc_status fake_decide(struct fake_deciding *deciding, sc_error *err);
/* Room for what one request may leave behind, so that nothing fails once money moved. */
bool fake_make_room(sc_fake_gateway *fake);
/* Puts a webhook into the queue; needs fake_make_room(). */
void fake_announce(struct fake_deciding *deciding, const struct fake_entry *entry, uint32_t state, int64_t ready_ns);
/* Whether an attempt was called back while its answer or its webhook waited. Under the mutex. */
bool fake_was_called_back(sc_fake_gateway *fake, sc_id attempt);
/* A time so many milliseconds later, or SC_NEVER. */
int64_t fake_after_ms(int64_t now_ns, int64_t ms);

#endif
