/*
 * Short texts as the index wants them, remembered: the names of attributes and many of their values stand in every
 * other product, and folding one anew costs several times as much as finding it here.
 */
#ifndef SC_DRIVERS_FTS5_FOLDED_H
#define SC_DRIVERS_FTS5_FOLDED_H

#include <shopcore/common.h>

#include <stddef.h>
#include <stdint.h>

#define SC__FOLDED_SLOTS    1024
#define SC__FOLDED_TEXT_MAX 46 /* longer texts seldom repeat */
#define SC__FOLDED_MAX      80 /* a space behind each token, so it may be longer than the text */

typedef struct sc__folded_slot {
	uint8_t text_size, size; /* both 0: free */
	char text[SC__FOLDED_TEXT_MAX], folded[SC__FOLDED_MAX];
} sc__folded_slot;

/* Where a text is, or would be. All zero is empty. For one thread at a time. */
typedef struct sc__folded {
	sc__folded_slot slots[SC__FOLDED_SLOTS];
} sc__folded;

/* The slot of a text of at most SC__FOLDED_TEXT_MAX bytes; `found`: it holds that very text. */
sc__folded_slot *sc__folded_find(sc__folded *folded, const char *text, size_t size, bool *found);
/* Puts a text and its folded form into its slot, in place of what was there, if they fit. */
void sc__folded_keep(sc__folded_slot *slot, const char *text, size_t text_size, const char *folded, size_t size);

#endif
