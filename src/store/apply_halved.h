/*
 * Applying groups of strangers together without letting one of them spoil it for the others.
 */
#ifndef SC_STORE_APPLY_HALVED_H
#define SC_STORE_APPLY_HALVED_H

#include <shopcore/port/store.h>

/*
 * As the store's apply, for any number of groups, `most` at a time. What definitely fails is halved and
 * tried again, until a poisoned group is alone; its failure is then its own outcome. An unknown is every
 * group's own unknown. Only when all of them failed alike, or are unknown, is that the answer for the whole.
 * The number of tries is bounded: a store that is down is not asked once for each group.
 */
sc_status sc__apply_halved(const sc_store *store, size_t most, const sc_call *call, const sc_group *groups,
                           size_t count, sc_outcome *outcomes, sc_error *err);

#endif
