/*
 * A store made of several. Part 0 is the record, which keeps what no other part was asked to.
 */
#ifndef SC_WRAPPERS_MIXED_H
#define SC_WRAPPERS_MIXED_H

#include "wrappers/parts/parts.h"

#include <shopcore/mixed.h>

enum { KINDS_MAX = 64 };

struct mixed {
	struct parts parts;         /* the first member, so that the one is the other */
	uint32_t stock;             /* the part that keeps accounts */
	uint8_t part_of[KINDS_MAX]; /* by the kind's number */
	uint16_t key_kind;
};

/* `keeps` of each part, that of the record 0. */
void sc__mixed_routes(struct mixed *m, const uint32_t *keeps);

/* Which part keeps it. */
uint32_t sc__mixed_place(const struct parts *p, const sc_address *address);

#endif
