/* See journal.h. */
#include "drivers/memory/journal.h"

#include <string.h>

#define PAGE_POSITIONS 512
#define BLOCK_SIZE     ((size_t)64 * 1024)
#define PAGES_FIRST    16

/* Which entry stands at which position: a size and packed bytes in some block, or one of these. */
struct journal_page {
	const char *entries[PAGE_POSITIONS];
};
#define UNSETTLED NULL
static const char no_entry;

struct journal_block {
	struct journal_block *newer;
	uint64_t highest; /* position in it */
	size_t size, used;
	char room[];
};

void journal_init(struct journal *journal, const sc_env *env)
{
	*journal = (struct journal){ .env = env, .next = 1 };
}

/* ---- pages ---- */

static const char **slot_of(const struct journal *journal, uint64_t position)
{
	const uint64_t page = position / PAGE_POSITIONS;
	if (page < journal->first_page || page - journal->first_page >= journal->page_count)
		return NULL;
	return &journal->pages[page - journal->first_page]->entries[position % PAGE_POSITIONS];
}

static bool add_page(struct journal *journal)
{
	const sc_env *env = journal->env;
	if (journal->page_count == journal->page_room) {
		const size_t room = journal->page_room == 0 ? PAGES_FIRST : journal->page_room * 2;
		struct journal_page **pages = env->resize(env->ctx, journal->pages, room * sizeof(*pages));
		if (pages == NULL)
			return false;
		journal->pages = pages;
		journal->page_room = room;
	}
	struct journal_page *page = env->resize(env->ctx, NULL, sizeof *page);
	if (page == NULL)
		return false;
	memset(page, 0, sizeof *page);
	journal->pages[journal->page_count++] = page;
	return true;
}

bool journal_draw(struct journal *journal, uint64_t count, uint64_t *first)
{
	const uint64_t last_page = (journal->next + count - 1) / PAGE_POSITIONS;
	while (journal->first_page + journal->page_count <= last_page)
		if (!add_page(journal))
			return false;
	*first = journal->next;
	journal->next += count;
	return true;
}

static void settle(struct journal *journal, uint64_t position, const char *entry)
{
	const char **slot = slot_of(journal, position);
	if (slot != NULL) /* else it was trimmed before it was settled */
		*slot = entry;
}

void journal_skip(struct journal *journal, uint64_t first, uint64_t drawn)
{
	for (uint64_t i = 0; i < drawn; i++)
		settle(journal, first + i, &no_entry);
}

/* ---- blocks ---- */

static struct journal_block *add_block(struct journal *journal, size_t least)
{
	const sc_env *env = journal->env;
	const size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
	struct journal_block *block = env->resize(env->ctx, NULL, sizeof *block + size);
	if (block == NULL)
		return NULL;
	*block = (struct journal_block){ .size = size };
	if (journal->newest != NULL)
		journal->newest->newer = block;
	else
		journal->oldest = block;
	journal->newest = block;
	return block;
}

bool journal_pack(struct journal_run *run, const sc_env *env, const sc_entry *entries, size_t count)
{
	const size_t bound = sc_entries_bound(entries, count) + count * sizeof(uint32_t);
	run->size = 0;
	if (bound > run->room) {
		char *bytes = env->resize(env->ctx, run->bytes, bound);
		if (bytes == NULL)
			return false;
		run->bytes = bytes;
		run->room = bound;
	}
	for (size_t i = 0; i < count; i++) {
		char *at = run->bytes + run->size;
		const uint32_t size = (uint32_t)sc_entries_pack(&entries[i], 1, at + sizeof size);
		memcpy(at, &size, sizeof size);
		run->size += sizeof size + size;
	}
	return true;
}

bool journal_append(struct journal *journal, uint64_t first, uint64_t drawn, const sc_entry *entries, size_t count,
                    const struct journal_run *run)
{
	struct journal_block *block = journal->newest;
	if (count > 0 && (block == NULL || run->size > block->size - block->used))
		block = add_block(journal, run->size);
	if (count > 0 && block == NULL)
		return false;
	if (count < drawn)
		journal_skip(journal, first, drawn);
	if (count == 0)
		return true;
	const char *at = block->room + block->used;
	memcpy(block->room + block->used, run->bytes, run->size);
	block->used += run->size;
	if (block->highest < first + drawn - 1)
		block->highest = first + drawn - 1;
	for (size_t i = 0; i < count; i++) {
		uint32_t size;
		memcpy(&size, at, sizeof size);
		settle(journal, entries[i].position, at);
		at += sizeof size + size;
	}
	return true;
}

/* ---- reading ---- */

static bool unpack(const char *packed, sc_entry *out)
{
	uint32_t size;
	memcpy(&size, packed, sizeof size);
	const sc_bytes bytes = { packed + sizeof size, size };
	size_t count;
	return sc_entries_unpack(bytes, 0, 1, out, &count) == SC_OK && count == 1;
}

bool journal_next(const struct journal *journal, uint64_t after, sc_entry *out)
{
	uint64_t position = (after < journal->trimmed ? journal->trimmed : after) + 1;
	for (; position < journal->next; position++) {
		const char *const *slot = slot_of(journal, position);
		if (slot == NULL || *slot == UNSETTLED)
			return false;
		if (*slot != &no_entry)
			return unpack(*slot, out);
	}
	return false;
}

bool journal_at(const struct journal *journal, uint64_t position, sc_entry *out)
{
	const char *const *slot = position > journal->trimmed ? slot_of(journal, position) : NULL;
	return slot != NULL && *slot != UNSETTLED && *slot != &no_entry && unpack(*slot, out);
}

/* ---- forgetting ---- */

static void drop_pages(struct journal *journal, size_t count)
{
	for (size_t i = 0; i < count; i++)
		journal->env->resize(journal->env->ctx, journal->pages[i], 0);
	journal->page_count -= count;
	journal->first_page += count;
	if (count > 0)
		memmove(journal->pages, journal->pages + count, journal->page_count * sizeof(*journal->pages));
}

static void drop_oldest(struct journal *journal)
{
	struct journal_block *block = journal->oldest;
	journal->oldest = block->newer;
	if (journal->oldest == NULL)
		journal->newest = NULL;
	journal->env->resize(journal->env->ctx, block, 0);
}

void journal_trim(struct journal *journal, uint64_t upto)
{
	if (upto >= journal->next) /* what is not there yet is not forgotten */
		upto = journal->next - 1;
	if (upto <= journal->trimmed)
		return;
	journal->trimmed = upto;
	const uint64_t whole = (upto + 1) / PAGE_POSITIONS;
	if (whole > journal->first_page) {
		const uint64_t gone = whole - journal->first_page;
		drop_pages(journal, gone < journal->page_count ? (size_t)gone : journal->page_count);
	}
	while (journal->oldest != NULL && journal->oldest->highest <= upto)
		drop_oldest(journal);
}

void journal_clear(struct journal *journal)
{
	drop_pages(journal, journal->page_count);
	while (journal->oldest != NULL)
		drop_oldest(journal);
	if (journal->pages != NULL)
		journal->env->resize(journal->env->ctx, journal->pages, 0);
	journal_init(journal, journal->env);
}
