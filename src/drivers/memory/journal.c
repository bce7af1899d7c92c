/* See journal.h. Entries fill a chunk from the front, marks from the back. */
#include "drivers/memory/journal.h"

#include <string.h>

#define CHUNK_SIZE ((size_t)64 * 1024)

struct mark {
	uint64_t position;
	uint32_t offset, size;
};

struct journal_chunk {
	size_t size; /* of the room behind this header, a multiple of a mark's size */
	size_t used;
	uint32_t marks;
	uint32_t reserved;
	uint64_t align;
};

static char *room_of(struct journal_chunk *chunk)
{
	return (char *)(chunk + 1);
}

static struct mark *mark_at(struct journal_chunk *chunk, uint32_t n)
{
	return (struct mark *)(void *)(room_of(chunk) + chunk->size) - 1 - n;
}

void journal_init(struct journal *journal, const sc_env *env)
{
	*journal = (struct journal){ .env = env };
}

static void drop(struct journal *journal, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		journal->env->resize(journal->env->ctx, journal->chunks[i], 0);
}

void journal_clear(struct journal *journal)
{
	drop(journal, 0, journal->count);
	if (journal->chunks != NULL)
		journal->env->resize(journal->env->ctx, journal->chunks, 0);
	journal_init(journal, journal->env);
}

struct journal_end journal_end(const struct journal *journal)
{
	struct journal_end end = { .chunks = journal->count };
	if (journal->count > 0) {
		end.used = journal->chunks[journal->count - 1]->used;
		end.marks = journal->chunks[journal->count - 1]->marks;
	}
	return end;
}

void journal_cut(struct journal *journal, struct journal_end end)
{
	drop(journal, end.chunks, journal->count);
	journal->count = end.chunks;
	if (end.chunks > 0) {
		journal->chunks[end.chunks - 1]->used = end.used;
		journal->chunks[end.chunks - 1]->marks = end.marks;
	}
}

static struct journal_chunk *add_chunk(struct journal *journal, size_t least)
{
	const sc_env *env = journal->env;
	if (journal->count == journal->capacity) {
		size_t capacity = journal->capacity == 0 ? 16 : journal->capacity * 2;
		struct journal_chunk **chunks = env->resize(env->ctx, journal->chunks,
		                                            capacity * sizeof(*journal->chunks));
		if (chunks == NULL)
			return NULL;
		journal->chunks = chunks;
		journal->capacity = capacity;
	}
	size_t size = least > CHUNK_SIZE ? (least + sizeof(struct mark) - 1) / sizeof(struct mark) * sizeof(struct mark)
	                                 : CHUNK_SIZE;
	struct journal_chunk *chunk = env->resize(env->ctx, NULL, sizeof *chunk + size);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct journal_chunk){ .size = size };
	journal->chunks[journal->count++] = chunk;
	return chunk;
}

bool journal_append(struct journal *journal, const sc_entry *entries, size_t count)
{
	struct journal_chunk *chunk = journal->count == 0 ? NULL : journal->chunks[journal->count - 1];
	for (size_t i = 0; i < count; i++) {
		size_t needed = sc_entries_bound(&entries[i], 1) + sizeof(struct mark);
		if (chunk == NULL || needed > chunk->size - chunk->used - chunk->marks * sizeof(struct mark))
			chunk = add_chunk(journal, needed);
		if (chunk == NULL)
			return false;
		size_t size = sc_entries_pack(&entries[i], 1, room_of(chunk) + chunk->used);
		*mark_at(chunk, chunk->marks++) = (struct mark){ entries[i].position, (uint32_t)chunk->used,
			                                         (uint32_t)size };
		chunk->used += size;
	}
	return true;
}

static bool unpack(struct journal_chunk *chunk, uint32_t n, sc_entry *out)
{
	const struct mark *mark = mark_at(chunk, n);
	sc_bytes bytes = { room_of(chunk) + mark->offset, mark->size };
	size_t count;
	return sc_entries_unpack(bytes, 0, 1, out, &count) == SC_OK && count == 1;
}

bool journal_next(const struct journal *journal, uint64_t after, sc_entry *out)
{
	if (after < journal->trimmed)
		after = journal->trimmed;
	size_t low = 0, high = journal->count; /* the first chunk whose last entry is after */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct journal_chunk *chunk = journal->chunks[middle];
		if (mark_at(chunk, chunk->marks - 1)->position > after)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == journal->count)
		return false;
	struct journal_chunk *chunk = journal->chunks[low];
	uint32_t first = 0, last = chunk->marks - 1;
	while (first < last) {
		uint32_t middle = first + (last - first) / 2;
		if (mark_at(chunk, middle)->position > after)
			last = middle;
		else
			first = middle + 1;
	}
	return unpack(chunk, first, out);
}

bool journal_at(const struct journal *journal, uint64_t position, sc_entry *out)
{
	return position > 0 && journal_next(journal, position - 1, out) && out->position == position;
}

void journal_trim(struct journal *journal, uint64_t upto)
{
	if (upto <= journal->trimmed)
		return;
	journal->trimmed = upto;
	size_t gone = 0;
	while (gone < journal->count) {
		struct journal_chunk *chunk = journal->chunks[gone];
		if (mark_at(chunk, chunk->marks - 1)->position > upto)
			break;
		gone++;
	}
	drop(journal, 0, gone);
	if (gone > 0)
		memmove(journal->chunks, journal->chunks + gone, (journal->count - gone) * sizeof(*journal->chunks));
	journal->count -= gone;
}
