/*
 * Every function of the public interface that takes text, as one call with a text of the test's choice in its place.
 */
#ifndef CARDS_FEEDS_H
#define CARDS_FEEDS_H

#include <shopcore/shopcore.h>

/* A shop with one product, stock, and an order of Ada's that is paid. */
struct world {
	sc_shop *shop;
	sc_call ada, office;
	char order[SC_ID_TEXT_SIZE];
	sc_arena arena;
	sc_error err;
	sc_status row; /* of an import: what was said about its line */
};

struct feed {
	const char *where;
	sc_status (*call)(struct world *w, const char *text);
};

extern const struct feed feeds[];
extern const size_t feed_count;

#endif
