/*
 * Groups on their way to a part: gathered from many sagas, sent in one apply, so that a batch of sagas costs as many
 * commits as one.
 */
#ifndef SC_WRAPPERS_PARTS_SEND_H
#define SC_WRAPPERS_PARTS_SEND_H

#include "wrappers/parts/parts.h"

struct parcel {
	sc_group *groups;
	sc_outcome *outcomes;
	void **owners; /* whose group it is, for the one who reads the outcomes */
	size_t count;
};

bool sc__parcel_make(struct parcel *parcel, sc_arena *arena, size_t room);
/* `arrays`: the outcome whose takes, counters and arena this one may fill; NULL: nobody wants them. */
void sc__parcel_add(struct parcel *parcel, const sc_group *group, const sc_outcome *arrays, void *owner);
/* Afterwards each outcome has a status of its own: the apply's own, when that was not SC_OK. */
void sc__parcel_send(const struct parts *p, uint32_t part, const sc_call *call, struct parcel *parcel, sc_error *err);
/* Makes known outcomes of unknown ones, for groups at home in the table: done, or STORE_FAILED and never done, because
 * the id is fenced. Not for what will be sent again under the same id. */
void sc__parcel_ask(const struct parts *p, uint32_t part, const sc_call *call, struct parcel *parcel);

#endif
