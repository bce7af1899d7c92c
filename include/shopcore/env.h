/*
 * Everything the library takes from the world: memory, time, chance, a place to log, and a way
 * to wait. It takes nothing else: no globals, no threads of its own, no signals, no locale.
 *
 * Replace it and the whole library follows: the simulator runs shops on a virtual clock and on
 * coroutines, the torture tests make each allocation fail in turn.
 */
#ifndef SHOPCORE_ENV_H
#define SHOPCORE_ENV_H

#include <shopcore/common.h>

SC_BEGIN_DECLS

typedef enum sc_log_level { SC_LOG_DEBUG, SC_LOG_INFO, SC_LOG_WARN, SC_LOG_ERROR } sc_log_level;

/** A lock, in place: big enough for any environment's own kind. Made ready by `mutex_init`. */
typedef struct sc_mutex {
	uint64_t opaque[8];
} sc_mutex;

/** One thread's place to sleep, in place. Made ready by `parker_init`. */
typedef struct sc_parker {
	uint64_t opaque[16];
} sc_parker;

/** A deadline that never comes. */
#define SC_NEVER INT64_MAX

/**
 * The table of the world. Every member is required; `ctx` is handed back to each of them.
 * The table is borrowed for as long as anything made with it lives.
 */
typedef struct sc_env {
	size_t size; /* sizeof(sc_env) where the caller was compiled */
	void *ctx;

	/** `resize(ctx, NULL, n)` allocates, `resize(ctx, p, 0)` frees and returns NULL. NULL otherwise: no memory. */
	void *(*resize)(void *ctx, void *block, size_t size);

	int64_t (*wall_ms)(void *ctx); /* milliseconds since 1970, UTC; may jump */
	int64_t (*mono_ns)(void *ctx); /* nanoseconds since some start; never goes back */
	void (*random)(void *ctx, void *out, size_t size);
	void (*log)(void *ctx, sc_log_level level, const char *text);

	/** false: no memory for one. */
	bool (*mutex_init)(void *ctx, sc_mutex *mutex);
	void (*mutex_clear)(void *ctx, sc_mutex *mutex);
	void (*mutex_lock)(void *ctx, sc_mutex *mutex);
	void (*mutex_unlock)(void *ctx, sc_mutex *mutex);

	bool (*parker_init)(void *ctx, sc_parker *parker);
	void (*parker_clear)(void *ctx, sc_parker *parker);
	/**
	 * Sleep until `unpark`, or until `mono_ns` reaches `deadline_ns`. An unpark that came first is
	 * not lost. true: woken; false: the deadline passed. May wake early only by answering true.
	 */
	bool (*park)(void *ctx, sc_parker *parker, int64_t deadline_ns);
	void (*unpark)(void *ctx, sc_parker *parker);
} sc_env;

/**
 * Give the environment of an ordinary program: malloc, the system's clocks, the system's random
 * source, warnings and errors on standard error, pthread locks.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const sc_env *sc_env_default(void);

SC_END_DECLS

#endif
