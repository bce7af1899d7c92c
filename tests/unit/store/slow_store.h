/*
 * A store whose applies wait for the test, and that fails as it is told to. It keeps nothing: the
 * outcome of a group is its id's last byte, so that a test sees whose it is.
 */
#ifndef TESTS_UNIT_STORE_SLOW_STORE_H
#define TESTS_UNIT_STORE_SLOW_STORE_H

#include <pthread.h>
#include <stdatomic.h>

#include <shopcore/port/store.h>

#define SLOW_CALLS_MAX 256

struct slow_store {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool gated; /* each apply waits for a pass */
	int passes;
	int waiting;      /* applies at the gate */
	sc_status fails;  /* every apply answers this; SC_OK: none */
	sc_status poison; /* an apply with a group of `poisoned` fails with this */
	uint8_t poisoned;
	uint32_t groups_max;
	int calls;
	size_t sizes[SLOW_CALLS_MAX];
	pthread_t callers[SLOW_CALLS_MAX];
	int64_t deadlines_ns[SLOW_CALLS_MAX];
};

static inline sc_status slow_info(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)err;
	const struct slow_store *slow = ctx;
	*out = (sc_store_info){ .size = sizeof *out, .name = "slow", .groups_max = slow->groups_max };
	return SC_OK;
}

static inline bool has_poison(const struct slow_store *slow, const sc_group *groups, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slow->poison != SC_OK && groups[i].id.bytes[15] == slow->poisoned)
			return true;
	return false;
}

static inline sc_status slow_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count,
                                   sc_outcome *out, sc_error *err)
{
	(void)err;
	struct slow_store *slow = ctx;
	pthread_mutex_lock(&slow->lock);
	int n = slow->calls++;
	if (n < SLOW_CALLS_MAX) {
		slow->sizes[n] = count;
		slow->callers[n] = pthread_self();
		slow->deadlines_ns[n] = call->deadline_ns;
	}
	slow->waiting++;
	pthread_cond_broadcast(&slow->changed);
	while (slow->gated && slow->passes == 0)
		pthread_cond_wait(&slow->changed, &slow->lock);
	slow->waiting--;
	if (slow->passes > 0)
		slow->passes--;
	sc_status status = slow->fails != SC_OK ? slow->fails : has_poison(slow, groups, count) ? slow->poison : SC_OK;
	pthread_mutex_unlock(&slow->lock);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		out[i].status = SC_OK;
		out[i].position = groups[i].id.bytes[15];
	}
	return status;
}

static const sc_store_ops slow_ops = {
	.size = sizeof(sc_store_ops), .name = "slow", .info = slow_info, .apply = slow_apply
};

static inline void slow_init(struct slow_store *slow)
{
	*slow = (struct slow_store){ .groups_max = 1000 };
	pthread_mutex_init(&slow->lock, NULL);
	pthread_cond_init(&slow->changed, NULL);
}

static inline void slow_clear(struct slow_store *slow)
{
	pthread_mutex_destroy(&slow->lock);
	pthread_cond_destroy(&slow->changed);
}

/* Until the nth apply, from 1, stands at the gate. */
static inline void slow_await(struct slow_store *slow, int nth)
{
	pthread_mutex_lock(&slow->lock);
	while (slow->calls < nth || slow->waiting == 0)
		pthread_cond_wait(&slow->changed, &slow->lock);
	pthread_mutex_unlock(&slow->lock);
}

static inline void slow_let_pass(struct slow_store *slow, int passes)
{
	pthread_mutex_lock(&slow->lock);
	slow->passes += passes;
	pthread_cond_broadcast(&slow->changed);
	pthread_mutex_unlock(&slow->lock);
}

/* Every apply from now on answers this. */
static inline void slow_fail(struct slow_store *slow, sc_status status)
{
	pthread_mutex_lock(&slow->lock);
	slow->fails = status;
	pthread_mutex_unlock(&slow->lock);
}

static inline void slow_open_gate(struct slow_store *slow)
{
	pthread_mutex_lock(&slow->lock);
	slow->gated = false;
	pthread_cond_broadcast(&slow->changed);
	pthread_mutex_unlock(&slow->lock);
}

#endif
