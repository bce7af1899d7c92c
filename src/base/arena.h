/*
 * What the library itself does with an arena beyond <shopcore/arena.h>: text without padding, and an
 * allocation that grows in place as long as nothing was handed out after it.
 */
#ifndef SC_BASE_ARENA_H
#define SC_BASE_ARENA_H

#include <shopcore/arena.h>

#define SC__ARENA_ALIGNMENT 16

#if defined(__SANITIZE_ADDRESS__)
#define SC__ARENA_POISONS 1 /* what is free is poisoned, see arena.c */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SC__ARENA_POISONS 1
#endif
#endif

/* Hands out bytes at the next multiple of `alignment`, from a block added for it if need be. */
char *sc__arena_hand_out(sc_arena *arena, size_t size, size_t alignment);

/* The same where there is room, as there nearly always is, without a call. */
static inline char *sc__arena_take(sc_arena *arena, size_t size, size_t alignment)
{
#ifndef SC__ARENA_POISONS
	const size_t gap = (size_t)(-(uintptr_t)arena->at & (alignment - 1));
	const size_t left = (size_t)(arena->end - arena->at);
	if (gap < left && size <= left - gap && size <= arena->limit - arena->used) {
		char *block = arena->at + gap;
		arena->at = block + size;
		arena->used += size;
		return block;
	}
#endif
	return sc__arena_hand_out(arena, size, alignment);
}

/* Like sc_arena_alloc(), but aligned for bytes only. */
static inline char *sc__arena_bytes(sc_arena *arena, size_t size)
{
	return sc__arena_take(arena, size, 1);
}

/* Gives `old` (of `old_size` bytes, or NULL and 0) the new size, where it is if it can. The contents up to the
 * smaller size stay. NULL: no memory, and `old` is as it was. Shrinking never fails. */
void *sc__arena_resize(sc_arena *arena, void *old, size_t old_size, size_t new_size);

/* An array of `count` elements, not zeroed. NULL when there is no memory, also when the size does not fit. */
static inline void *sc__arena_array(sc_arena *arena, size_t count, size_t size)
{
	size_t total;
	return __builtin_mul_overflow(count, size, &total) ? NULL : sc__arena_take(arena, total, SC__ARENA_ALIGNMENT);
}

#endif
