/*
 * Carts that were changed and are not in the record yet, the oldest first. A cart that is changed again keeps its
 * place: what counts is how long the record has been behind.
 */
#include "wrappers/backed/backed.h"

#include <string.h>

#define NS_PER_MS 1000000

static void lock(sc__backed *backed)
{
	backed->env->mutex_lock(backed->env->ctx, &backed->mutex);
}

static void unlock(sc__backed *backed)
{
	backed->env->mutex_unlock(backed->env->ctx, &backed->mutex);
}

static sc__change *change_new(const sc__backed *backed, const sc_address *cart)
{
	const sc_env *env = backed->env;
	sc__change *change = env->resize(env->ctx, NULL, sizeof *change + cart->key_size);
	if (change == NULL)
		return NULL;
	*change = (sc__change){ .since_ns = env->mono_ns(env->ctx), .key_size = cart->key_size };
	memcpy(change->key, cart->key, cart->key_size);
	return change;
}

void sc__changed_free(const sc__backed *backed, sc__change *change)
{
	backed->env->resize(backed->env->ctx, change, 0);
}

static bool append(sc__backed *backed, sc__change *change)
{
	void **place = sc__map_put(&backed->changed, (sc_bytes){ change->key, change->key_size });
	if (place == NULL)
		return false;
	*place = change;
	if (backed->newest != NULL)
		backed->newest->next = change;
	else
		backed->oldest = change;
	backed->newest = change;
	return true;
}

void sc__changed_note(sc__backed *backed, const sc_address *cart, sc__removal removed)
{
	lock(backed);
	sc__change *change = sc__map_find(&backed->changed, (sc_bytes){ cart->key, cart->key_size });
	if (change == NULL) {
		change = change_new(backed, cart);
		if (change != NULL && !append(backed, change)) {
			sc__changed_free(backed, change);
			change = NULL;
		}
	}
	if (change != NULL)
		change->removed = (uint8_t)removed;
	else
		backed->compared = false; /* without memory to remember one, all are compared again */
	unlock(backed);
}

size_t sc__changed_take(sc__backed *backed, int64_t age_ms, sc__change **out, size_t max)
{
	const sc_env *env = backed->env;
	const int64_t now_ns = env->mono_ns(env->ctx);
	size_t taken = 0;
	lock(backed);
	while (taken < max && backed->oldest != NULL && now_ns - backed->oldest->since_ns >= age_ms * NS_PER_MS) {
		sc__change *change = backed->oldest;
		backed->oldest = change->next;
		if (backed->oldest == NULL)
			backed->newest = NULL;
		sc__map_remove(&backed->changed, (sc_bytes){ change->key, change->key_size });
		out[taken++] = change;
	}
	unlock(backed);
	return taken;
}

size_t sc__changed_count(sc__backed *backed, int64_t *oldest_ms)
{
	const sc_env *env = backed->env;
	lock(backed);
	const size_t count = backed->changed.count;
	*oldest_ms = backed->oldest == NULL ? -1 : (env->mono_ns(env->ctx) - backed->oldest->since_ns) / NS_PER_MS;
	unlock(backed);
	return count;
}

bool sc__changed_is_removed(sc__backed *backed, const sc_address *cart)
{
	lock(backed);
	const sc__change *change = sc__map_find(&backed->changed, (sc_bytes){ cart->key, cart->key_size });
	const bool removed = change != NULL && change->removed != SC__NOT_REMOVED;
	unlock(backed);
	return removed;
}
