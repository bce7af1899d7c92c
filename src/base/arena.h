/*
 * What the library itself does with an arena beyond <shopcore/arena.h>: text without padding, and an
 * allocation that grows in place as long as nothing was handed out after it.
 */
#ifndef SC_BASE_ARENA_H
#define SC_BASE_ARENA_H

#include <shopcore/arena.h>

/* Like sc_arena_alloc(), but aligned for bytes only. */
char *sc__arena_bytes(sc_arena *arena, size_t size);

/* Gives `old` (of `old_size` bytes, or NULL and 0) the new size, where it is if it can. The contents up to the
 * smaller size stay. NULL: no memory, and `old` is as it was. Shrinking never fails. */
void *sc__arena_resize(sc_arena *arena, void *old, size_t old_size, size_t new_size);

/* An array of `count` elements, not zeroed. NULL when there is no memory, also when the size does not fit. */
void *sc__arena_array(sc_arena *arena, size_t count, size_t size);

#endif
