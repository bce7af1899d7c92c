/*
 * English stems, with a small memory: the words of a catalogue repeat, and stemming one anew costs
 * several times as much as finding it here.
 */
#ifndef SC_DRIVERS_WORDS_STEMS_H
#define SC_DRIVERS_WORDS_STEMS_H

#include <shopcore/env.h>

#define SC__STEM_SLOTS    8192
#define SC__STEM_WORD_MAX 22 /* longer words are rare, and stemmed each time */

typedef struct sc__stem_slot {
	uint8_t word_size, stem_size;
	char word[SC__STEM_WORD_MAX], stem[SC__STEM_WORD_MAX];
} sc__stem_slot;

typedef struct sc__stems {
	const sc_env *env;
	struct sb_stemmer *stemmer;
	sc__stem_slot slots[SC__STEM_SLOTS];
} sc__stems;

/* For one thread at a time. NULL: no memory. */
sc__stems *sc__stems_new(const sc_env *env);
void sc__stems_free(sc__stems *stems);

/* The stem of a folded word, good until the next call. Without memory, the word itself. */
const char *sc__stem(sc__stems *stems, const char *word, size_t size, size_t *stem_size);

#endif
