/*
 * What a shopper typed, as words: for every search driver the same, so that each only writes them down in its
 * engine's way of asking.
 *
 * Text in quotation marks is a phrase, and so is what was typed without a space in between: "16gb",
 * "wi-fi", "C4872A". Small words are left out as long as something else remains.
 */
#ifndef SC_DRIVERS_WORDS_QUERY_H
#define SC_DRIVERS_WORDS_QUERY_H

#include "drivers/words/tokens.h"

#define SC__QUERY_WORDS_MAX 32 /* the rest of a longer text is not looked at */

/* Folded letters and digits and nothing else: an engine's own syntax cannot be reached through it. */
typedef struct sc__query_word {
	char folded[SC__TOKEN_MAX + 1];
	char stem[SC__TOKEN_MAX + 1];
	bool joined; /* belongs to the phrase of the word before */
	bool small, quoted;
} sc__query_word;

/* How many words there are to ask for. */
size_t sc__query_read(sc__stems *stems, const char *text, sc__query_word words[SC__QUERY_WORDS_MAX]);

#endif
