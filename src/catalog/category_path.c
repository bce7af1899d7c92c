/*
 * Ids for categories that a file names by words only. The id is readable and a pure function of the
 * names, so that the same file finds the same categories again.
 */
#include "base/arena.h"
#include "catalog/import_map.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define HASH_DIGITS 16

static bool is_word(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Words of letters, digits and anything that is not ASCII, joined by '-'. */
static char *put_words(char *out, const char *name)
{
	bool some = false, gap = false;
	for (; *name != '\0'; name++) {
		if (!is_word((unsigned char)*name)) {
			gap = some;
			continue;
		}
		if (gap)
			*out++ = '-';
		*out++ = lower(*name);
		some = true;
		gap = false;
	}
	if (!some) /* only punctuation: still a name of its own level */
		*out++ = '-';
	return out;
}

/* One that is too long keeps its front, cut between characters, and ends in a hash of the whole. */
static void shorten(char *id, size_t size)
{
	char hash[HASH_DIGITS + 1];
	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)XXH3_64bits(id, size));
	size_t cut = SC_ID_TEXT_MAX - HASH_DIGITS - 1;
	while (cut > 0 && ((unsigned char)id[cut] & 0xc0) == 0x80)
		cut--;
	id[cut] = '-';
	memcpy(id + cut + 1, hash, sizeof(hash));
}

char *sc__category_path_id(const char *parent, const char *name, sc_arena *arena)
{
	size_t front = parent != NULL ? strlen(parent) + 1 : 0;
	char *id = sc__arena_bytes(arena, front + strlen(name) + 2 + SC_ID_TEXT_MAX);
	if (id == NULL)
		return NULL;
	if (parent != NULL) {
		memcpy(id, parent, front - 1);
		id[front - 1] = '/';
	}
	char *end = put_words(id + front, name);
	*end = '\0';
	if (end - id > SC_ID_TEXT_MAX)
		shorten(id, (size_t)(end - id));
	return id;
}
