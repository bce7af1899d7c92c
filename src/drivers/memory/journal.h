/*
 * The journal in memory: packed entries in blocks that are filled from front to back, and pages that say which entry
 * stands at which position. So any entry is found by its position at once, and a chain is walked without a search.
 *
 * Positions are drawn before their entries are there, and several transactions do so at once. A position that was
 * drawn and not settled yet is where a reader stops: what he has passed never changes behind him.
 */
#ifndef SC_DRIVERS_MEMORY_JOURNAL_H
#define SC_DRIVERS_MEMORY_JOURNAL_H

#include <shopcore/port/rows.h>

struct journal_block;
struct journal_page;

struct journal {
	const sc_env *env;
	struct journal_page **pages; /* the first of them is number `first_page` */
	uint64_t first_page;
	size_t page_count, page_room;
	struct journal_block *oldest, *newest;
	uint64_t next;    /* the position to be drawn next */
	uint64_t trimmed; /* positions up to this one are forgotten */
};

/* Entries packed one behind the other, on their way into a journal; the buffer is used again. */
struct journal_run {
	char *bytes;
	size_t size, room;
};

void journal_init(struct journal *journal, const sc_env *env);
void journal_clear(struct journal *journal);

/* Draws positions, with the pages for them. false: no memory. */
bool journal_draw(struct journal *journal, uint64_t count, uint64_t *first);

/* Packs entries; needs no lock. false: no memory. */
bool journal_pack(struct journal_run *run, const sc_env *env, const sc_entry *entries, size_t count);

/* Settles `drawn` positions from `first` on with these entries, as they were packed. Positions without an entry stay
 * empty. false: no memory, and nothing is settled. */
bool journal_append(struct journal *journal, uint64_t first, uint64_t drawn, const sc_entry *entries, size_t count,
                    const struct journal_run *run);

/* Settles positions that came to nothing. */
void journal_skip(struct journal *journal, uint64_t first, uint64_t drawn);

/* The first entry after a position. false: there is none yet. Addresses and bodies are good until the next trim. */
bool journal_next(const struct journal *journal, uint64_t after, sc_entry *out);

/* The entry at a position. */
bool journal_at(const struct journal *journal, uint64_t position, sc_entry *out);

void journal_trim(struct journal *journal, uint64_t upto);

#endif
