/*
 * A body of application/x-www-form-urlencoded, which is what Stripe reads. Written once and sent on every try, so
 * that retries are the same to the byte.
 */
#ifndef SC_DRIVERS_STRIPE_FORM_H
#define SC_DRIVERS_STRIPE_FORM_H

#include <shopcore/arena.h>

struct form {
	char *text; /* on an arena */
	size_t size, room;
};

/* Room for everything that will be added; three bytes each, coded. false: no memory. */
bool form_init(struct form *form, sc_arena *arena, size_t room);
/* Both are coded; what does not fit is a mistake of the caller's, and the form stays as it is: false. */
bool form_add(struct form *form, const char *name, const char *value);
bool form_add_int(struct form *form, const char *name, int64_t value);

#endif
