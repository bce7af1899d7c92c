/*
 * A growing set of texts, kept as 128-bit hashes: which SKUs a file has named, which categories are
 * known to be there. Sixteen bytes a text, so that a file of ten million lines stays within half a gigabyte.
 */
#ifndef SC_CATALOG_SEEN_H
#define SC_CATALOG_SEEN_H

#include <shopcore/env.h>

typedef struct sc__seen_slot {
	uint64_t low, high; /* both 0: free */
} sc__seen_slot;

typedef struct sc__seen {
	const sc_env *env;
	sc__seen_slot *slots;
	size_t room, count; /* room: a power of two, or 0 */
} sc__seen;

void sc__seen_init(sc__seen *seen, const sc_env *env);
void sc__seen_clear(sc__seen *seen);
bool sc__seen_has(const sc__seen *seen, const char *text);
/* false: no memory, and nothing was added. */
bool sc__seen_add(sc__seen *seen, const char *text);

#endif
