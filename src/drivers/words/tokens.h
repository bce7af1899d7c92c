/*
 * Text as tokens: what is indexed and what is asked for go through the same reader, so that they meet.
 *
 * A token is a run of letters or a run of digits; "16GB" is two, and so is "16 GB". Letters are folded
 * (case, marks, compatibility forms) and reduced to their English stem. Characters of scripts that
 * write without spaces are tokens one by one. Mark-up in angle brackets and named entities are skipped.
 */
#ifndef SC_DRIVERS_WORDS_TOKENS_H
#define SC_DRIVERS_WORDS_TOKENS_H

#include "drivers/words/stems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SC__TOKEN_MAX 64 /* bytes; what is longer is cut */

typedef struct sc__token {
	char folded[SC__TOKEN_MAX + 1];
	size_t folded_size;
	const char *stem; /* good until the next token is read */
	size_t stem_size;
	bool joined; /* nothing white stands between it and the token before */
} sc__token;

typedef struct sc__token_reader {
	sc__stems *stems;
	const unsigned char *at, *end;
	int32_t pending[20]; /* what one character was decomposed into */
	int pending_at, pending_count;
	int bound;  /* utf8proc's state */
	bool white; /* seen since the last token */
} sc__token_reader;

/* `stems` is borrowed and used by one reader at a time. */
void sc__tokens_init(sc__token_reader *reader, sc__stems *stems, const char *text, size_t size);
bool sc__tokens_next(sc__token_reader *reader, sc__token *out);

#endif
