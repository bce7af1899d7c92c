/*
 * Blocks that double in size, filled from front to back. Doubling keeps the number of allocations
 * logarithmic, and because a reset keeps the largest block, a loop soon runs in one block alone.
 *
 * Under AddressSanitizer the free part of heap blocks is poisoned, so that a use after reset is
 * reported although the block is still ours.
 */
#include "base/arena.h"

#include <string.h>

#define ALIGNMENT   SC__ARENA_ALIGNMENT
#define FIRST_BLOCK 4096

#ifdef SC__ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(from, size)   ASAN_POISON_MEMORY_REGION(from, size)
#define UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION(from, size)
#else
#define POISON(from, size)   ((void)0)
#define UNPOISON(from, size) ((void)0)
#endif

struct sc_arena_block {
	struct sc_arena_block *older;
	size_t size; /* of the room behind this header */
};

_Static_assert(sizeof(struct sc_arena_block) % ALIGNMENT == 0, "the room behind the header is aligned");

static char *room_of(struct sc_arena_block *block)
{
	return (char *)(block + 1);
}

/* Starts filling from the front again: the newest block if there is one, else the caller's buffer. */
static void start_over(sc_arena *arena)
{
	arena->used = 0;
	if (arena->newest != NULL) {
		arena->at = room_of(arena->newest);
		arena->end = arena->at + arena->newest->size;
		POISON(arena->at, arena->newest->size);
		return;
	}
	arena->at = arena->borrowed;
	arena->end = arena->borrowed == NULL ? NULL : arena->borrowed + arena->borrowed_size;
}

void sc_arena_init(sc_arena *arena, const sc_env *env)
{
	sc_arena_init_buffer(arena, env, NULL, 0);
}

void sc_arena_init_buffer(sc_arena *arena, const sc_env *env, void *buffer, size_t size)
{
	*arena = (sc_arena){ .env = env, .borrowed = buffer, .borrowed_size = size, .limit = SIZE_MAX };
	start_over(arena);
}

void sc_arena_set_limit(sc_arena *arena, size_t limit)
{
	arena->limit = limit;
}

/* Puts a block with room for `size` bytes in front. false: no memory. */
static bool add_block(sc_arena *arena, size_t size)
{
	size_t last = arena->newest != NULL ? arena->newest->size : arena->borrowed_size;
	size_t room = last < FIRST_BLOCK / 2 ? FIRST_BLOCK - sizeof(struct sc_arena_block) : last;
	if (last >= FIRST_BLOCK / 2 && last <= SIZE_MAX / 4)
		room = last * 2;
	if (room < size)
		room = size;
	if (room > SIZE_MAX - sizeof(struct sc_arena_block))
		return false;
	struct sc_arena_block *block = arena->env->resize(arena->env->ctx, NULL, sizeof *block + room);
	if (block == NULL)
		return false;
	block->older = arena->newest;
	block->size = room;
	arena->newest = block;
	arena->at = room_of(block);
	arena->end = arena->at + room;
	POISON(arena->at, room);
	return true;
}

/* The rare case of sc__arena_hand_out(): there is no room left, or it may not be used. */
static char *hand_out_more(sc_arena *arena, size_t size)
{
	if (size > arena->limit - arena->used || !add_block(arena, size))
		return NULL;
	char *block = arena->at;
	arena->at = block + size;
	arena->used += size;
	UNPOISON(block, size);
	return block;
}

char *sc__arena_hand_out(sc_arena *arena, size_t size, size_t alignment)
{
	const size_t gap = (size_t)(-(uintptr_t)arena->at & (alignment - 1));
	const size_t left = (size_t)(arena->end - arena->at);
	if (arena->at == NULL || gap > left || size > left - gap || size > arena->limit - arena->used)
		return hand_out_more(arena, size);
	char *block = arena->at + gap;
	arena->at = block + size;
	arena->used += size;
	UNPOISON(block, size);
	return block;
}

void *sc_arena_alloc(sc_arena *arena, size_t size)
{
	return sc__arena_take(arena, size, ALIGNMENT);
}

void *sc_arena_zalloc(sc_arena *arena, size_t size)
{
	void *block = sc__arena_take(arena, size, ALIGNMENT);
	if (block != NULL)
		memset(block, 0, size);
	return block;
}

char *sc_arena_dup(sc_arena *arena, const void *data, size_t size)
{
	if (size == SIZE_MAX)
		return NULL;
	char *copy = sc__arena_take(arena, size + 1, 1);
	if (copy == NULL)
		return NULL;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	return copy;
}

/* Moves the end of the last allocation. false: it is not the last one, or there is no room behind it. */
static bool resize_in_place(sc_arena *arena, char *old, size_t old_size, size_t new_size)
{
	if (old == NULL || old + old_size != arena->at || new_size > (size_t)(arena->end - old))
		return false;
	if (new_size > old_size && new_size - old_size > arena->limit - arena->used)
		return false;
	arena->at = old + new_size;
	arena->used = arena->used - old_size + new_size;
	if (new_size > old_size)
		UNPOISON(old + old_size, new_size - old_size);
	return true;
}

void *sc__arena_resize(sc_arena *arena, void *old, size_t old_size, size_t new_size)
{
	if (resize_in_place(arena, old, old_size, new_size) || (old != NULL && new_size <= old_size))
		return old;
	void *block = sc__arena_take(arena, new_size, ALIGNMENT);
	if (block != NULL && old_size > 0)
		memcpy(block, old, old_size);
	return block;
}

static void free_blocks(sc_arena *arena, struct sc_arena_block *but)
{
	struct sc_arena_block *block = arena->newest;
	while (block != NULL) {
		struct sc_arena_block *older = block->older;
		if (block != but) {
			UNPOISON(room_of(block), block->size);
			arena->env->resize(arena->env->ctx, block, 0);
		}
		block = older;
	}
	arena->newest = but;
	if (but != NULL)
		but->older = NULL;
}

void sc_arena_reset(sc_arena *arena)
{
	struct sc_arena_block *largest = arena->newest;
	for (struct sc_arena_block *block = largest; block != NULL; block = block->older)
		if (block->size > largest->size)
			largest = block;
	free_blocks(arena, largest);
	start_over(arena);
}

void sc_arena_clear(sc_arena *arena)
{
	free_blocks(arena, NULL);
	start_over(arena);
}
