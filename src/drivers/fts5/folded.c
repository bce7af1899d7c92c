/* See folded.h. A slot holds the text that asked for it last; no chains, because a miss only costs time. */
#include "drivers/fts5/folded.h"

#include <string.h>
#include <xxhash.h>

sc__folded_slot *sc__folded_find(sc__folded *folded, const char *text, size_t size, bool *found)
{
	sc__folded_slot *slot = &folded->slots[XXH3_64bits(text, size) % SC__FOLDED_SLOTS];
	*found = size > 0 && slot->text_size == size && memcmp(slot->text, text, size) == 0;
	return slot;
}

void sc__folded_keep(sc__folded_slot *slot, const char *text, size_t text_size, const char *folded, size_t size)
{
	if (text_size > SC__FOLDED_TEXT_MAX || size > SC__FOLDED_MAX)
		return;
	slot->text_size = (uint8_t)text_size;
	slot->size = (uint8_t)size;
	memcpy(slot->text, text, text_size);
	memcpy(slot->folded, folded, size);
}
