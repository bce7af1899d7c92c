#include "base/file_lock.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TURNSTILE, LOCK, PLACES };

/* How long a waiter sleeps before it looks again by itself; matters only when a wake-up died with its receiver. */
#define LOOK_AGAIN_NS 5000000LL

typedef struct place {
	_Atomic uint32_t turn;    /* the futex: another number after each release that somebody waited for */
	_Atomic uint32_t waiters; /* may stay too high after a kill: then there are wake-ups for nobody */
} place;

struct sc__file_lock_page {
	place places[PLACES];
};

static bool set(int descriptor, int which, short type)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = which, .l_len = 1 };
	int done;
	do
		done = fcntl(descriptor, F_OFD_SETLK, &range);
	while (done != 0 && errno == EINTR);
	return done == 0;
}

static void release(sc__file_lock *lock, int which)
{
	place *at = &lock->page->places[which];
	set(lock->descriptor, which, F_UNLCK);
	if (atomic_load(&at->waiters) == 0)
		return;
	atomic_fetch_add(&at->turn, 1);
	syscall(SYS_futex, &at->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static sc_status wait_for(sc__file_lock *lock, int which, const sc_env *env, int64_t deadline_ns, sc_error *err)
{
	place *at = &lock->page->places[which];
	sc_status status = SC_OK;
	atomic_fetch_add(&at->waiters, 1);
	for (;;) {
		uint32_t turn = atomic_load(&at->turn);
		if (set(lock->descriptor, which, F_WRLCK))
			break;
		if (errno != EAGAIN && errno != EACCES) {
			status = sc__fail(err, SC_IO_FAILED, "cannot lock: %s", strerror(errno));
			break;
		}
		int64_t left = deadline_ns - env->mono_ns(env->ctx);
		if (left <= 0) {
			status = sc__fail(err, SC_BUSY, "another process holds the file's lock");
			break;
		}
		struct timespec nap = { 0, (long)(left < LOOK_AGAIN_NS ? left : LOOK_AGAIN_NS) };
		syscall(SYS_futex, &at->turn, FUTEX_WAIT, turn, &nap, NULL, 0);
	}
	atomic_fetch_sub(&at->waiters, 1);
	return status;
}

static sc_status acquire(sc__file_lock *lock, int which, const sc_env *env, int64_t deadline_ns, sc_error *err)
{
	if (set(lock->descriptor, which, F_WRLCK))
		return SC_OK;
	return wait_for(lock, which, env, deadline_ns, err);
}

/* Nobody waits, so there is nobody to be fair to, and the turnstile's two system calls are spared. */
static bool take_at_once(sc__file_lock *lock)
{
	struct sc__file_lock_page *page = lock->page;
	return atomic_load(&page->places[TURNSTILE].waiters) == 0 && atomic_load(&page->places[LOCK].waiters) == 0 &&
	       set(lock->descriptor, LOCK, F_WRLCK);
}

sc_status sc__file_lock_take(sc__file_lock *lock, const sc_env *env, int64_t deadline_ns, sc_error *err)
{
	if (take_at_once(lock))
		return SC_OK;
	sc_status status = acquire(lock, TURNSTILE, env, deadline_ns, err);
	if (status != SC_OK)
		return status;
	status = acquire(lock, LOCK, env, deadline_ns, err);
	release(lock, TURNSTILE);
	return status;
}

void sc__file_lock_give(sc__file_lock *lock)
{
	release(lock, LOCK);
}

sc_status sc__file_lock_open(sc__file_lock *lock, const char *path, sc_error *err)
{
	int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (descriptor < 0)
		return sc__fail(err, SC_IO_FAILED, "cannot open the lock file: %s", strerror(errno));
	if (ftruncate(descriptor, (off_t)sizeof(struct sc__file_lock_page)) != 0) {
		sc__fail(err, SC_IO_FAILED, "cannot size the lock file: %s", strerror(errno));
		close(descriptor);
		return SC_IO_FAILED;
	}
	void *page = mmap(NULL, sizeof(struct sc__file_lock_page), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	if (page == MAP_FAILED) {
		sc__fail(err, SC_IO_FAILED, "cannot map the lock file: %s", strerror(errno));
		close(descriptor);
		return SC_IO_FAILED;
	}
	*lock = (sc__file_lock){ descriptor, page };
	return SC_OK;
}

void sc__file_lock_close(sc__file_lock *lock)
{
	if (lock->page == NULL)
		return;
	munmap(lock->page, sizeof(struct sc__file_lock_page));
	close(lock->descriptor);
	*lock = (sc__file_lock){ -1, NULL };
}
