/*
 * A lock between processes that is fair and lets nobody wait for a dead one.
 *
 * The truth is an open-file-description lock (fcntl) on a file, so the kernel lets go of it when its
 * holder dies. There are two of them, one byte each: whoever wants the second, the lock itself, first
 * waits at a turnstile, the first. While one process waits inside the turnstile, the process that just
 * let go cannot pass it again, so two busy processes take turns.
 *
 * fcntl can wait only for ever, so waiting is a futex in the same file, which knows deadlines. It is a
 * hint and no more: a waiter that misses its wake-up looks again after a few milliseconds.
 *
 * The lock belongs to the handle: two handles exclude each other in one process too, but threads that
 * share one handle have to take turns by themselves. After fork() the child must not use it.
 */
#ifndef SC_BASE_FILE_LOCK_H
#define SC_BASE_FILE_LOCK_H

#include <shopcore/env.h>
#include <shopcore/status.h>

typedef struct sc__file_lock {
	int descriptor;
	struct sc__file_lock_page *page; /* mapped from the file, shared with all who have it open */
} sc__file_lock;

/* Opens the file, made if absent. SC_IO_FAILED, SC_OK. */
sc_status sc__file_lock_open(sc__file_lock *lock, const char *path, sc_error *err);
void sc__file_lock_close(sc__file_lock *lock);

/* Waits until the environment's monotonic clock reaches `deadline_ns`. SC_BUSY, SC_IO_FAILED, SC_OK. */
sc_status sc__file_lock_take(sc__file_lock *lock, const sc_env *env, int64_t deadline_ns, sc_error *err);
void sc__file_lock_give(sc__file_lock *lock);

#endif
