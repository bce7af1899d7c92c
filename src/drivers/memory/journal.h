/*
 * The journal in memory: packed entries in chunks, each with marks that say which position begins
 * where, so that one entry is found by two binary searches.
 */
#ifndef SC_DRIVERS_MEMORY_JOURNAL_H
#define SC_DRIVERS_MEMORY_JOURNAL_H

#include <shopcore/port/rows.h>

struct journal_chunk;

struct journal {
	const sc_env *env;
	struct journal_chunk **chunks; /* by position */
	size_t count, capacity;
	uint64_t trimmed; /* positions up to this one are forgotten */
};

/* How far the journal reaches; what was appended since can be taken back. */
struct journal_end {
	size_t chunks;
	size_t used;
	uint32_t marks;
};

void journal_init(struct journal *journal, const sc_env *env);
void journal_clear(struct journal *journal);

struct journal_end journal_end(const struct journal *journal);
void journal_cut(struct journal *journal, struct journal_end end);

/* false: no memory, and some of the entries may be there; cut them off. */
bool journal_append(struct journal *journal, const sc_entry *entries, size_t count);

/* The first entry after a position. false: there is none. Addresses and bodies are good until the next trim. */
bool journal_next(const struct journal *journal, uint64_t after, sc_entry *out);

/* The entry at a position. */
bool journal_at(const struct journal *journal, uint64_t position, sc_entry *out);

void journal_trim(struct journal *journal, uint64_t upto);

#endif
