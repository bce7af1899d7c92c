/*
 * Which idempotency keys are in use at this moment, so that a second request under a key is told to wait (409) instead
 * of doing the same at the same time. What was done under a key is remembered by the store.
 */
#include "http.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define RUNNING_MAX 4096

struct keys {
	pthread_mutex_t lock;
	struct key_mark running[RUNNING_MAX];
	size_t count;
};

struct keys *keys_new(void)
{
	struct keys *keys = calloc(1, sizeof(*keys));
	if (keys != NULL)
		pthread_mutex_init(&keys->lock, NULL);
	return keys;
}

void keys_free(struct keys *keys)
{
	if (keys != NULL)
		pthread_mutex_destroy(&keys->lock);
	free(keys);
}

/* Each with its NUL, so that no two requests read alike. */
struct key_mark key_mark_of(const sc_call *call, const char *operation)
{
	const char *const parts[] = { call->actor, operation, call->key };
	uint8_t kind = (uint8_t)call->kind;
	struct key_mark mark;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, KEY_MARK_SIZE);
	crypto_generichash_update(&state, &kind, 1);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		crypto_generichash_update(&state, (const unsigned char *)parts[i], strlen(parts[i]) + 1);
	crypto_generichash_final(&state, mark.bytes, KEY_MARK_SIZE);
	return mark;
}

/* With the lock held. */
static struct key_mark *find(struct keys *keys, const struct key_mark *mark)
{
	for (size_t i = 0; i < keys->count; i++)
		if (memcmp(keys->running[i].bytes, mark->bytes, KEY_MARK_SIZE) == 0)
			return &keys->running[i];
	return NULL;
}

bool keys_begin(struct keys *keys, struct key_mark mark)
{
	pthread_mutex_lock(&keys->lock);
	bool free_to_go = keys->count < RUNNING_MAX && find(keys, &mark) == NULL;
	if (free_to_go)
		keys->running[keys->count++] = mark;
	pthread_mutex_unlock(&keys->lock);
	return free_to_go;
}

void keys_end(struct keys *keys, struct key_mark mark)
{
	pthread_mutex_lock(&keys->lock);
	struct key_mark *running = find(keys, &mark);
	if (running != NULL)
		*running = keys->running[--keys->count];
	pthread_mutex_unlock(&keys->lock);
}
