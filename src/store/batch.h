/*
 * A batch of groups on its way through one transaction of a row driver.
 *
 *     validate   each group by itself; a bad one fails alone
 *     collect    one slot for each row that any group needs
 *     read       in lock order; commits learn their accounts from their holds on the way
 *     decide     group by group, without I/O; a refused group is undone
 *     finish     draw positions, put them in place of the relative ones, write, commit
 *
 * Everything lives in one arena that is reset afterwards, so a batch allocates nothing in the long run.
 */
#ifndef SC_STORE_BATCH_H
#define SC_STORE_BATCH_H

#include "store/hold_body.h"

#include <shopcore/port/rows.h>

/* Until positions are drawn they are counted from the start of the batch, and have this bit. */
#define SC__RELATIVE (UINT64_C(1) << 63)
/* The version of a row that the running group wrote, until that group is through. */
#define SC__FRESH (UINT64_C(1) << 62)

/* Rows that a small batch needs: for so many, lists take no memory. */
#define SC__FEW 8

/* A change of our own: settle a hold that lapsed; skipped when it did not. */
#define SC__CHANGE_EXPIRE 100

typedef struct sc__slot sc__slot;

/* One take of a hold, and the account it came from. */
typedef struct sc__taken {
	sc__take take;
	sc__slot *account; /* NULL: nobody asked for it */
} sc__taken;

typedef struct sc__taken_list {
	const sc__taken *items;
	size_t count;
} sc__taken_list;

/* A row that the batch needs. */
struct sc__slot {
	sc_row row;
	uint64_t hash;
	sc__slot *next;   /* of the same bucket */
	bool stored;      /* the engine has a row, whatever the decision makes of it */
	bool fenced;      /* that row is a tombstone: absent, and never to be made */
	bool damaged;     /* a hold whose body cannot be read */
	bool learned;     /* a hold whose accounts have slots */
	uint64_t group;   /* the last group that saved it before a change, counted from 1 */
	uint64_t planned; /* the last group whose plan writes it */
	uint64_t claimed; /* the last HOLD that counted `demand` on it */
	int64_t demand;
	sc__taken_list takes; /* of a hold */
};

/* What is needed to take back what a group did to a slot. */
typedef struct sc__undo {
	sc__slot *slot;
	sc_record value;
	uint32_t changed;
	sc__taken_list takes;
} sc__undo;

/* The slots of one change, found once. */
typedef struct sc__change_plan {
	sc__slot *subject;
	sc__slot **sources;   /* HOLD: of all its lines, one behind the other */
	sc__taken_list takes; /* HOLD: what it took */
} sc__change_plan;

typedef struct sc__group_plan {
	sc__slot *id; /* SC_HOME_TABLE */
	sc__change_plan *changes;
	sc_status bad; /* not SC_OK: not to be decided */
} sc__group_plan;

/* What became of a group, until the batch is durable and it can be told. */
typedef struct sc__result {
	sc_status status;
	uint32_t flags;
	uint32_t change, line;
	int64_t wanted, available;
	uint64_t position;
	int64_t time_ms;
	sc__taken_list repeated; /* takes of a repeat, addresses in the caller's arena */
	sc_after *after;
	uint32_t after_count;
} sc__result;

/* A refusal on its way out of a change. */
typedef struct sc__refusal {
	uint32_t line;
	int64_t wanted, available;
} sc__refusal;

typedef struct sc__batch {
	const sc_env *env;
	sc_arena *arena;
	sc_error *err;
	uint64_t seed;
	sc_rows_clock clock;
	const sc_group *groups;
	size_t count;
	sc_outcome *outcomes; /* the caller's; only their arenas and capacities are looked at before the end */
	sc__group_plan *plans;
	sc__result *results;

	sc__slot **buckets; /* a power of two; at first one, which is this: */
	sc__slot *only_bucket;
	size_t bucket_count, slot_count;
	sc__slot **early, **late; /* ids, claims, holds; accounts, other records: in lock order once read */
	size_t early_count, late_count, early_room, late_room;
	sc__slot *few_early[SC__FEW], *few_late[SC__FEW]; /* where these lists begin */

	sc_entry *entries;
	size_t entry_count, entry_room;
	uint64_t drawn; /* relative positions so far */

	/* the group being decided */
	const sc_group *group;
	size_t index;
	uint64_t serial; /* index + 1 */
	uint64_t holds;  /* HOLD changes so far, for `claimed` */
	size_t entries_before;
	uint64_t drawn_before;
	bool skipped;
	sc__undo *undo;
	size_t undo_count, undo_room;
	sc__refusal refusal;
} sc__batch;

/* ---- validate.c ---- */

/* SC_OK, or what is wrong with a group whatever the store holds; `err` may be NULL. */
sc_status sc__group_validate(const sc_group *group, int32_t index, sc_error *err);
sc_status sc__address_validate(const sc_address *address, int32_t index, const char *field, sc_error *err);

/* ---- collect.c ---- */

/* Each gives the one slot of a row, made on first use. NULL: no memory. */
sc__slot *sc__slot_of_id(sc__batch *batch, sc_id id);
sc__slot *sc__slot_of(sc__batch *batch, const sc_address *address, uint32_t need);

/* Checks the groups, unless they are our own, and makes slots for everything that they name. A bad group is
 * marked so. false: no memory. */
bool sc__batch_collect(sc__batch *batch, bool trusted);

/* Locks and reads all slots, those too that are learned on the way. */
sc_status sc__batch_read(sc__batch *batch, const sc_rows_ops *ops, void *txn);

/* ---- decide.c ---- */

/* Fills `results`. false: no memory. */
bool sc__batch_decide(sc__batch *batch);

/* Saves a slot before the running group's first change of it. false: no memory. */
bool sc__touch(sc__batch *batch, sc__slot *slot);

/* A new entry about a slot's subject, position and chain filled in. NULL: no memory. */
sc_entry *sc__append(sc__batch *batch, sc__slot *slot, sc_entry_type type);

/* The stored answer that a line of the table of ids holds. */
void sc__repeat_of_id(const sc__slot *id, sc__result *result);

/* The answer of the group `id` that this row is the home of: a repeat, EXISTS or FENCED. false: there is no row. */
bool sc__repeat_of_home(sc__batch *batch, const sc__slot *home, sc_id id, sc_arena *arena, sc__result *result);

/* The end of one group's changes: draws what it needs, gives its rows their version. */
sc_status sc__group_done(sc__batch *batch, sc__result *result);

/* Whether the table of ids has a line: a refusal that was kept may itself be SC_NOT_FOUND. */
static inline bool sc__is_stored(const sc_stored_outcome *outcome)
{
	return outcome->status != SC_NOT_FOUND || outcome->time_ms != 0;
}

static inline bool sc__present(const sc__slot *slot)
{
	return slot->row.value.version != 0;
}

static inline bool sc__written_now(const sc__batch *batch, const sc__slot *slot)
{
	return slot->group == batch->serial;
}

/* ---- decide_record.c, decide_account.c, decide_hold.c: SC_OK, a refusal, OUT_OF_RANGE or DAMAGED;
 * or NO_MEMORY, which ends the batch. ---- */
sc_status sc__decide_record(sc__batch *batch, const sc_change *change, sc__slot *slot);
sc_status sc__decide_account(sc__batch *batch, const sc_change *change, sc__slot *slot);
sc_status sc__decide_hold(sc__batch *batch, const sc_change *change, sc__change_plan *plan);

/* Adds to an account, checks what must stay at 0 or above, and appends the entry. */
sc_status sc__account_add(sc__batch *batch, sc__slot *slot, const sc_counters *delta, sc_bytes reason,
                          const sc_address *cause);

/* ---- hold_claim.c ---- */

/* Chooses where each line of a HOLD is served from and claims it. */
sc_status sc__hold_claim(sc__batch *batch, const sc_change *change, sc__change_plan *plan);

/* ---- finish.c ---- */

/* Draws, writes and commits; ends the transaction. */
sc_status sc__batch_finish(sc__batch *batch, const sc_rows_ops *ops, void *txn);

/* Tells the caller. */
void sc__batch_report(const sc__batch *batch);

#endif
