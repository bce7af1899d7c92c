/*
 * Which idempotency keys are in use at this moment, and which were answered lately. The library itself remembers
 * keys durably; this only tells a caller who is too early to wait (409), and marks an answer as a repeat.
 */
#include "http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RUNNING_MAX 4096
#define SEEN_SLOTS  65536 /* a power of two; a slot keeps the last mark that fell on it */

struct keys {
	pthread_mutex_t lock;
	struct key_mark running[RUNNING_MAX];
	size_t running_count;
	struct key_mark seen[SEEN_SLOTS];
};

static bool same(const struct key_mark *a, const struct key_mark *b)
{
	return memcmp(a->bytes, b->bytes, KEY_MARK_SIZE) == 0;
}

static struct key_mark *slot_of(struct keys *keys, const struct key_mark *mark)
{
	return &keys->seen[(mark->bytes[0] | (size_t)mark->bytes[1] << 8) % SEEN_SLOTS];
}

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

static struct key_mark *find_running(struct keys *keys, const struct key_mark *mark)
{
	for (size_t i = 0; i < keys->running_count; i++)
		if (same(&keys->running[i], mark))
			return &keys->running[i];
	return NULL;
}

enum key_answer keys_begin(struct keys *keys, struct key_mark mark, bool *seen)
{
	enum key_answer answer = KEY_FINE;
	pthread_mutex_lock(&keys->lock);
	const struct key_mark *before = slot_of(keys, &mark);
	*seen = same(before, &mark);
	if (*seen && memcmp(before->content, mark.content, KEY_MARK_SIZE) != 0)
		answer = KEY_DIFFERS;
	else if (find_running(keys, &mark) != NULL || keys->running_count == RUNNING_MAX)
		answer = KEY_RUNNING;
	else
		keys->running[keys->running_count++] = mark;
	pthread_mutex_unlock(&keys->lock);
	return answer;
}

void keys_end(struct keys *keys, struct key_mark mark, bool answered)
{
	pthread_mutex_lock(&keys->lock);
	struct key_mark *running = find_running(keys, &mark);
	if (running != NULL)
		*running = keys->running[--keys->running_count];
	if (answered)
		*slot_of(keys, &mark) = mark;
	pthread_mutex_unlock(&keys->lock);
}
