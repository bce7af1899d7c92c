/*
 * The environment of an ordinary program. Locks are pthread's own, because ThreadSanitizer and
 * helgrind understand those. A parker is a mutex, a condition and one remembered wake-up, so that an
 * unpark that comes before its park is not lost.
 */
#include <shopcore/env.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL

struct parker {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool woken; /* an unpark that no park has taken yet */
};

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(sc_mutex), "sc_mutex is too small");
_Static_assert(_Alignof(pthread_mutex_t) <= _Alignof(sc_mutex), "sc_mutex is not aligned");
_Static_assert(sizeof(struct parker) <= sizeof(sc_parker), "sc_parker is too small");
_Static_assert(_Alignof(struct parker) <= _Alignof(sc_parker), "sc_parker is not aligned");

static void *resize(void *ctx, void *block, size_t size)
{
	(void)ctx;
	if (size > 0)
		return realloc(block, size);
	free(block);
	return NULL;
}

static int64_t wall_ms(void *ctx)
{
	(void)ctx;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t mono_ns(void *ctx)
{
	(void)ctx;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void random_bytes(void *ctx, void *out, size_t size)
{
	(void)ctx;
	arc4random_buf(out, size);
}

static void log_line(void *ctx, sc_log_level level, const char *text)
{
	(void)ctx;
	if (level < SC_LOG_WARN)
		return;
	const char *head = level == SC_LOG_WARN ? "shopcore: warning: " : "shopcore: error: ";
	char line[1024]; /* one write, so that lines of several threads do not mix */
	size_t length = strlcpy(line, head, sizeof line);
	length += strlcpy(line + length, text, sizeof line - length);
	if (length > sizeof line - 1)
		length = sizeof line - 1;
	line[length++] = '\n';
	ssize_t written;
	do
		written = write(STDERR_FILENO, line, length);
	while (written < 0 && errno == EINTR);
}

/* Everything that the library guards is short: whoever finds a lock taken looks a few more times before it sleeps,
 * which costs less than being woken. */
static bool mutex_init(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutexattr_t attributes;
	if (pthread_mutexattr_init(&attributes) != 0)
		return false;
	bool done = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP) == 0 &&
	            pthread_mutex_init((pthread_mutex_t *)mutex->opaque, &attributes) == 0;
	pthread_mutexattr_destroy(&attributes);
	return done;
}

static void mutex_clear(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_destroy((pthread_mutex_t *)mutex->opaque);
}

static void mutex_lock(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_lock((pthread_mutex_t *)mutex->opaque);
}

static void mutex_unlock(void *ctx, sc_mutex *mutex)
{
	(void)ctx;
	pthread_mutex_unlock((pthread_mutex_t *)mutex->opaque);
}

/* Deadlines are on the monotonic clock, and so must the condition be. */
static bool cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes) != 0)
		return false;
	bool done = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
	            pthread_cond_init(cond, &attributes) == 0;
	pthread_condattr_destroy(&attributes);
	return done;
}

static bool parker_init(void *ctx, sc_parker *parker)
{
	(void)ctx;
	struct parker *p = (struct parker *)parker->opaque;
	if (pthread_mutex_init(&p->mutex, NULL) != 0)
		return false;
	if (!cond_init(&p->cond)) {
		pthread_mutex_destroy(&p->mutex);
		return false;
	}
	p->woken = false;
	return true;
}

static void parker_clear(void *ctx, sc_parker *parker)
{
	(void)ctx;
	struct parker *p = (struct parker *)parker->opaque;
	pthread_cond_destroy(&p->cond);
	pthread_mutex_destroy(&p->mutex);
}

static bool park(void *ctx, sc_parker *parker, int64_t deadline_ns)
{
	(void)ctx;
	struct parker *p = (struct parker *)parker->opaque;
	const int64_t due = deadline_ns < 0 ? 0 : deadline_ns;
	const struct timespec deadline = { .tv_sec = (time_t)(due / NS_PER_S), .tv_nsec = (long)(due % NS_PER_S) };
	pthread_mutex_lock(&p->mutex);
	int failed = 0;
	while (!p->woken && failed == 0) {
		if (deadline_ns == SC_NEVER)
			failed = pthread_cond_wait(&p->cond, &p->mutex);
		else
			failed = pthread_cond_timedwait(&p->cond, &p->mutex, &deadline);
	}
	bool woken = p->woken;
	p->woken = false;
	pthread_mutex_unlock(&p->mutex);
	return woken;
}

static void unpark(void *ctx, sc_parker *parker)
{
	(void)ctx;
	struct parker *p = (struct parker *)parker->opaque;
	pthread_mutex_lock(&p->mutex);
	p->woken = true;
	/* Signalled under the lock: once it is open, the woken thread may clear its parker. */
	pthread_cond_signal(&p->cond);
	pthread_mutex_unlock(&p->mutex);
}

static const sc_env env = {
	.size = sizeof(sc_env),
	.resize = resize,
	.wall_ms = wall_ms,
	.mono_ns = mono_ns,
	.random = random_bytes,
	.log = log_line,
	.mutex_init = mutex_init,
	.mutex_clear = mutex_clear,
	.mutex_lock = mutex_lock,
	.mutex_unlock = mutex_unlock,
	.parker_init = parker_init,
	.parker_clear = parker_clear,
	.park = park,
	.unpark = unpark,
};

const sc_env *sc_env_default(void)
{
	return &env;
}
