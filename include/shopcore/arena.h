/*
 * Where answers live. A read writes what it found into the caller's arena, and all of it is good
 * until that arena is reset or cleared. Nothing inside is freed by itself.
 *
 * An arena belongs to one thread at a time. A loop that resets its arena each turn stops
 * allocating after the first few turns.
 */
#ifndef SHOPCORE_ARENA_H
#define SHOPCORE_ARENA_H

#include <shopcore/env.h>

SC_BEGIN_DECLS

/** In place and reusable; treat the members as private. Never copy one. */
typedef struct sc_arena {
	const sc_env *env;
	struct sc_arena_block *newest; /* blocks on the heap, newest first */
	char *at, *end;                /* the free part of the block in use */
	char *borrowed;                /* the caller's own first block, or NULL */
	size_t borrowed_size;
	size_t used;  /* bytes handed out since the last reset */
	size_t limit; /* more than this is refused */
	uint64_t reserved[2];
} sc_arena;

/**
 * Make an arena ready. It takes no memory until it is used.
 *
 * Ownership: `arena` is the caller's; `env` is borrowed while the arena lives. Threads: one at a time.
 * Returns: nothing; cannot fail. Idempotent: no, a second call forgets what the first one held. Since: 0.1.
 */
SC_API void sc_arena_init(sc_arena *arena, const sc_env *env);

/**
 * Make an arena ready that first fills a buffer of the caller's, such as one on the stack.
 *
 * Ownership: `buffer` is borrowed until sc_arena_clear(). Threads: one at a time.
 * Returns: nothing; cannot fail. Idempotent: no, a second call forgets what the first one held. Since: 0.1.
 */
SC_API void sc_arena_init_buffer(sc_arena *arena, const sc_env *env, void *buffer, size_t size);

/**
 * Set how many bytes may be handed out between two resets; without it there is no limit.
 *
 * Ownership: none. Threads: one at a time. Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_arena_set_limit(sc_arena *arena, size_t limit);

/**
 * Hand out `size` bytes, aligned for any type and not zeroed.
 *
 * Ownership: borrowed from the arena until it is reset or cleared. Threads: one at a time.
 * Returns: NULL when there is no memory or the arena's limit is passed; a size of 0 gives a valid pointer.
 * Idempotent: no. Since: 0.1.
 */
SC_API void *sc_arena_alloc(sc_arena *arena, size_t size);

/**
 * Hand out `size` bytes of zeroes.
 *
 * Ownership: borrowed from the arena until it is reset or cleared. Threads: one at a time.
 * Returns: NULL when there is no memory or the arena's limit is passed.
 * Idempotent: no. Since: 0.1.
 */
SC_API void *sc_arena_zalloc(sc_arena *arena, size_t size);

/**
 * Copy bytes into the arena and put a NUL behind them.
 *
 * Ownership: borrowed from the arena until it is reset or cleared. Threads: one at a time.
 * Returns: NULL when there is no memory or the arena's limit is passed.
 * Idempotent: no. Since: 0.1.
 */
SC_API char *sc_arena_dup(sc_arena *arena, const void *data, size_t size);

/**
 * Forget everything in the arena but keep its largest block for the next turn.
 *
 * Ownership: all that was handed out dies. Threads: one at a time.
 * Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_arena_reset(sc_arena *arena);

/**
 * Give all memory back. The arena can be used again afterwards.
 *
 * Ownership: all that was handed out dies. Threads: one at a time.
 * Returns: nothing; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API void sc_arena_clear(sc_arena *arena);

SC_END_DECLS

#endif
