/*
 * The hash of an address, for tables in memory. Strangers choose many of the keys, so each table
 * draws a seed of its own and a hash never leaves the process.
 */
#ifndef SC_BASE_ADDRESS_HASH_H
#define SC_BASE_ADDRESS_HASH_H

#include <shopcore/port/store.h>

#include <string.h>

#define XXH_INLINE_ALL /* most keys are a few bytes: a call would cost as much as the hash */
#include <xxhash.h>

static inline uint64_t sc__address_hash(const sc_address *address, uint64_t seed)
{
	uint64_t hash = XXH3_64bits_withSeed(address->key, address->key_size, seed ^ address->kind);
	return address->sub_size == 0 ? hash : XXH3_64bits_withSeed(address->sub, address->sub_size, hash);
}

static inline bool sc__address_equal(const sc_address *a, const sc_address *b)
{
	return a->kind == b->kind && a->key_size == b->key_size && a->sub_size == b->sub_size &&
	       memcmp(a->key, b->key, a->key_size) == 0 &&
	       (a->sub_size == 0 || memcmp(a->sub, b->sub, a->sub_size) == 0);
}

#endif
