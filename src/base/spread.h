/*
 * Keeping threads apart in a short list of things that any of them may use. A thread begins to look where it did the
 * last time, so it mostly gets back what it had, still warm in its processor's cache; and things in the list stand a
 * cache line apart.
 */
#ifndef SC_BASE_SPREAD_H
#define SC_BASE_SPREAD_H

#include <stddef.h>
#include <stdint.h>

#define SC__CACHE_LINE 64

/* Where a thread begins in a list of `count`, a power of two: stacks differ between threads, and so do their hashes. */
static inline size_t sc__spread(size_t count)
{
	const uint64_t stack = (uint64_t)(uintptr_t)__builtin_frame_address(0) >> 16;
	return (size_t)((stack * UINT64_C(0x9E3779B97F4A7C15)) >> 48) & (count - 1);
}

#endif
