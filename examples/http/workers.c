/*
 * The threads that may wait. A request that needs the store waits there for the disk, or for a payment provider that
 * takes its time; the loops go on meanwhile. Threads are started as they are needed, because as many as wait together
 * share one durable commit, while a quiet shop needs two or three.
 */
#include "http.h"

#include <pthread.h>
#include <stdlib.h>

#define STACK_SIZE (512u << 10)

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t given, ended;
	pthread_attr_t attributes;
	struct request *first, **last; /* the queue; `last` is where the next one is hung */
	unsigned waiting, idle, count, max;
	bool ending;
};

struct workers *workers_new(unsigned max)
{
	struct workers *workers = calloc(1, sizeof(*workers));
	if (workers == NULL)
		return NULL;
	workers->max = max;
	workers->last = &workers->first;
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->given, NULL);
	pthread_cond_init(&workers->ended, NULL);
	pthread_attr_init(&workers->attributes);
	pthread_attr_setstacksize(&workers->attributes, STACK_SIZE);
	pthread_attr_setdetachstate(&workers->attributes, PTHREAD_CREATE_DETACHED);
	return workers;
}

/* The next request, or NULL when it is time to go. With the lock held. */
static struct request *take(struct workers *workers)
{
	workers->idle++;
	while (workers->first == NULL && !workers->ending)
		pthread_cond_wait(&workers->given, &workers->lock);
	workers->idle--;
	struct request *request = workers->first;
	if (request == NULL)
		return NULL;
	workers->waiting--;
	workers->first = request->next;
	if (workers->first == NULL)
		workers->last = &workers->first;
	return request;
}

static void *work(void *argument)
{
	struct workers *workers = argument;
	struct request *request;
	pthread_mutex_lock(&workers->lock);
	while ((request = take(workers)) != NULL) {
		pthread_mutex_unlock(&workers->lock);
		struct MHD_Connection *connection = request->connection;
		request_answer(request);
		MHD_resume_connection(connection); /* from here on the request is the loop's */
		pthread_mutex_lock(&workers->lock);
	}
	if (--workers->count == 0)
		pthread_cond_signal(&workers->ended);
	pthread_mutex_unlock(&workers->lock);
	return NULL;
}

/* With the lock held. */
static bool start_one(struct workers *workers)
{
	pthread_t thread;
	if (pthread_create(&thread, &workers->attributes, work, workers) != 0)
		return false;
	workers->count++;
	return true;
}

bool workers_give(struct workers *workers, struct request *request)
{
	pthread_mutex_lock(&workers->lock);
	bool short_of_hands = workers->waiting >= workers->idle && workers->count < workers->max;
	bool given = !workers->ending && ((short_of_hands && start_one(workers)) || workers->count > 0);
	if (given) {
		request->next = NULL;
		*workers->last = request;
		workers->last = &request->next;
		workers->waiting++;
	}
	pthread_mutex_unlock(&workers->lock);
	if (given)
		pthread_cond_signal(&workers->given);
	return given;
}

void workers_end(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->ending = true;
	pthread_cond_broadcast(&workers->given);
	while (workers->count > 0)
		pthread_cond_wait(&workers->ended, &workers->lock);
	pthread_mutex_unlock(&workers->lock);
}

void workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	workers_end(workers);
	pthread_attr_destroy(&workers->attributes);
	pthread_cond_destroy(&workers->ended);
	pthread_cond_destroy(&workers->given);
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}
