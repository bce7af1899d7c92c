/*
 * Reservations in steps, for the caller who waits and for the one who submits.
 */
#ifndef SC_INVENTORY_RESERVE_H
#define SC_INVENTORY_RESERVE_H

#include "core/keys.h"
#include "core/task.h"

#include <shopcore/inventory.h>

/* Making one: the first members are given, the others are its own. */
typedef struct sc__reserving {
	sc__task *task;
	const sc_reserve_request *request; /* checked */
	sc__then then;
	sc_reservation *out; /* set when it ends with SC_OK */

	bool named, keyed; /* by an id of the caller's; by a key */
	sc__key_note note;
	sc_change changes[2];
	sc_group group;
	sc_outcome outcome;
	sc_address address;
	sc_record record;
} sc__reserving;

/* Request, then right. */
sc_status sc__reserve_check(const sc_call *call, const sc_reserve_request *request, sc_error *err);
sc_status sc__reserve(sc__reserving *reserving);

/* The ends: each is one change, conditional on the hold's state, so its group needs no id; the journal names the
 * reservation as the cause. `id`, `parts` and `change` stay borrowed. */
sc_status sc__commit_check(const sc_call *call, sc_id id, const sc_commit_part *parts, size_t part_count,
                           sc_error *err);
sc_status sc__release_check(const sc_call *call, sc_id id, sc_error *err);
sc_change sc__commit_change(const sc_id *id, const sc_commit_part *parts, size_t part_count);
sc_change sc__release_change(const sc_id *id);
sc_group sc__reservation_group(const sc_change *change);

#endif
