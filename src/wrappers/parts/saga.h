/*
 * A group that reaches into several parts, taken apart.
 *
 * The part that decides is the primary: its changes are one group there, under the id and the home that the caller
 * gave. For each other part there are three lists. `claim` goes before the decision and asks for all that could be
 * refused there; `undo` takes that back when the primary refuses; `finish` does the rest when it agreed.
 *
 *     HOLD                    claim: the same                       undo: RELEASE
 *     COMMIT                  claim: EXTEND 0, the pin                                                finish: COMMIT
 *     CHECK                   claim: the same
 *     RELEASE before a HOLD   claim: the same, so that the units pass from one to the other
 *     SET before a HOLD       claim: the same; a limit that was raised stays raised
 *     a conditional write     claim: CHECK                                                            finish: the same,
 *     of what may be lost                                                                             unless it changed
 *     all else                                                                                        finish: the same
 *
 * A pin is not undone: whoever else is about to commit the same hold may rely on it, and who gives the whole up
 * releases the hold anyway. A pin too many holds units back, one too few would sell them twice.
 *
 * A note in the primary, a row of settings, makes it survive the process. Where a claim would not lapse by itself the
 * note is written first (BEGUN); the group that decides turns it into DECIDED, or writes it when something is left to
 * finish; it is removed at the end. A sweep that finds an old note finishes a DECIDED one. Of a BEGUN one it first
 * makes TAKEN_BACK, which the late decision would run into, and then undoes the claims. All steps have ids of their
 * own, made from the group's, so that repeating any of them is harmless.
 */
#ifndef SC_WRAPPERS_PARTS_SAGA_H
#define SC_WRAPPERS_PARTS_SAGA_H

#include "wrappers/parts/parts.h"

enum saga_state { SAGA_NONE, SAGA_BEGUN = 1, SAGA_DECIDED = 2, SAGA_TAKEN_BACK = 3 };

/* Changes, and which change of the caller's group each stands for. */
struct steps {
	sc_change *changes;
	uint32_t *origins;
	uint32_t count;
};

/* What is done in a part that does not decide, list by list. */
enum saga_step { SAGA_CLAIM, SAGA_UNDO, SAGA_FINISH, SAGA_STEPS };

struct side {
	struct steps steps[SAGA_STEPS];
};

struct saga {
	const sc_group *group;
	const uint8_t *places; /* of its changes, or NULL; see sc__change_place() */
	sc_outcome *outcome;   /* the caller's */
	sc_id id;              /* what the steps' ids are made from */
	uint32_t primary;
	struct steps own;
	struct side sides[PARTS_MAX]; /* the primary's stays empty */
	bool fences[PARTS_MAX]; /* a claim went silent: it is made sure that it never lands, before it is undone */
	bool noted_first;       /* the note is written before anything is claimed */
	bool noted;             /* there is a note, now or with the decision */
	uint64_t version;       /* of the note; 0: absent */
	int stage;              /* see run.h */
};

/* Where a change goes: `places` has one for each change of the group; NULL: its address says it. */
static inline uint32_t sc__change_place(const struct parts *p, const uint8_t *places, const sc_group *group,
                                        uint32_t at)
{
	return places != NULL ? places[at] : p->place(p, &group->changes[at].address);
}

/* The CHECK that says what a write would be refused for; false: for nothing. */
bool sc__saga_check_of(const sc_change *change, sc_change *out);
/* Takes a group apart. UNSUPPORTED when that cannot be done, NO_MEMORY, OK. */
sc_status sc__saga_plan(const struct parts *p, const sc_group *group, const uint8_t *places, sc_arena *arena,
                        struct saga *out, sc_error *err);

/* The id of a step in one part. */
sc_id sc__saga_step_id(const struct saga *saga, uint32_t part, enum saga_step step);

/* The note's row, and the write of it in a state, on condition of its version. OVER_LIMIT, NO_MEMORY, OK. */
sc_address sc__saga_address(const struct parts *p, const sc_id *id);
sc_status sc__saga_put(const struct parts *p, const struct saga *saga, enum saga_state state, sc_arena *arena,
                       sc_change *out);
/* Makes of a note, found in part `primary`, what is needed to undo or finish. DAMAGED, NO_MEMORY, OK. */
sc_status sc__saga_read(const struct parts *p, uint32_t primary, const sc_record *note, sc_arena *arena,
                        struct saga *out, enum saga_state *state);

#endif
