/*
 * Open addressing with linear probing, never more than half full.
 */
#include "catalog/seen.h"

#include <string.h>
#include <xxhash.h>

#define ROOM_FIRST 1024

static sc__seen_slot slot_of(const char *text)
{
	XXH128_hash_t hash = XXH3_128bits(text, strlen(text));
	sc__seen_slot slot = { hash.low64, hash.high64 | 1 }; /* never both 0 */
	return slot;
}

static sc__seen_slot *find(sc__seen_slot *slots, size_t room, sc__seen_slot wanted)
{
	size_t at = wanted.low & (room - 1);
	while (slots[at].high != 0 && (slots[at].low != wanted.low || slots[at].high != wanted.high))
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static bool grow(sc__seen *seen)
{
	size_t room = seen->room != 0 ? seen->room * 2 : ROOM_FIRST;
	sc__seen_slot *slots = seen->env->resize(seen->env->ctx, NULL, room * sizeof(*slots));
	if (slots == NULL)
		return false;
	memset(slots, 0, room * sizeof(*slots));
	for (size_t i = 0; i < seen->room; i++)
		if (seen->slots[i].high != 0)
			*find(slots, room, seen->slots[i]) = seen->slots[i];
	if (seen->slots != NULL)
		seen->env->resize(seen->env->ctx, seen->slots, 0);
	seen->slots = slots;
	seen->room = room;
	return true;
}

void sc__seen_init(sc__seen *seen, const sc_env *env)
{
	*seen = (sc__seen){ .env = env };
}

void sc__seen_clear(sc__seen *seen)
{
	if (seen->slots != NULL)
		seen->env->resize(seen->env->ctx, seen->slots, 0);
	sc__seen_init(seen, seen->env);
}

bool sc__seen_has(const sc__seen *seen, const char *text)
{
	return seen->room != 0 && find(seen->slots, seen->room, slot_of(text))->high != 0;
}

bool sc__seen_add(sc__seen *seen, const char *text)
{
	if (seen->count * 2 >= seen->room && !grow(seen))
		return false;
	sc__seen_slot wanted = slot_of(text);
	sc__seen_slot *slot = find(seen->slots, seen->room, wanted);
	seen->count += slot->high == 0;
	*slot = wanted;
	return true;
}
