/*
 * Many threads at once, with a limit to the suite's patience: threads that wait for each other for
 * ever are a finding, not a suite that hangs.
 *
 * The state is on the heap and the last one out frees it, because a stuck thread may come back after
 * the case was given up.
 */
#include "testkit/conformance/world.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define PATIENCE_MS 60000

struct crew {
	struct world *w;
	ct_work_fn *work;
	void *shared;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t ready, running;
	bool go;
	const char *complaint;
};

struct hand {
	struct crew *crew;
	uint32_t index;
};

uint32_t ct_threads(const struct world *w)
{
	return w->options != NULL && w->options->threads != 0 ? w->options->threads : 8;
}

static void *thread_main(void *arg)
{
	struct hand *hand = arg;
	struct crew *crew = hand->crew;
	const char *complaint;

	pthread_mutex_lock(&crew->lock);
	crew->ready++;
	pthread_cond_broadcast(&crew->changed);
	while (!crew->go)
		pthread_cond_wait(&crew->changed, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	complaint = crew->work(crew->w, hand->index, crew->shared);
	pthread_mutex_lock(&crew->lock);
	if (complaint != NULL)
		crew->complaint = complaint;
	crew->running--;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

static struct timespec patience_ends(const struct world *w)
{
	int64_t ms = w->options != NULL && w->options->patience_ms != 0 ? w->options->patience_ms : PATIENCE_MS;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	return until;
}

/* true: all came back. */
static bool wait_for(struct crew *crew, struct timespec until)
{
	bool back;

	pthread_mutex_lock(&crew->lock);
	while (crew->running > 0) {
		if (pthread_cond_timedwait(&crew->changed, &crew->lock, &until) != 0)
			break;
	}
	back = crew->running == 0;
	pthread_mutex_unlock(&crew->lock);
	return back;
}

void ct_hammer(struct world *w, ct_work_fn *work, void *shared)
{
	uint32_t count = ct_threads(w);
	struct crew *crew = calloc(1, sizeof(*crew));
	struct hand *hands = calloc(count, sizeof(*hands));
	pthread_t *threads = calloc(count, sizeof(*threads));
	const char *complaint;

	if (crew == NULL || hands == NULL || threads == NULL)
		ct_fail(w, __FILE__, __LINE__, "no memory for the threads");
	*crew = (struct crew){ .w = w, .work = work, .shared = shared, .running = count };
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->changed, NULL);
	for (uint32_t i = 0; i < count; i++) {
		hands[i] = (struct hand){ crew, i };
		if (pthread_create(&threads[i], NULL, thread_main, &hands[i]) != 0)
			ct_fail(w, __FILE__, __LINE__, "cannot start a thread");
	}
	pthread_mutex_lock(&crew->lock);
	while (crew->ready < count)
		pthread_cond_wait(&crew->changed, &crew->lock);
	crew->go = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	if (!wait_for(crew, patience_ends(w))) {
		w->stuck = true; /* closing the store under them would be worse than leaking it */
		ct_fail(w, __FILE__, __LINE__, "threads are stuck in the store, perhaps waiting for each other");
	}
	for (uint32_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	complaint = crew->complaint;
	pthread_cond_destroy(&crew->changed);
	pthread_mutex_destroy(&crew->lock);
	free(threads);
	free(hands);
	free(crew);
	if (complaint != NULL)
		ct_fail(w, __FILE__, __LINE__, "%s", complaint);
}
