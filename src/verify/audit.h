/*
 * A verification under way.
 *
 * The difficulty is that the shop stays open. Records are read at different moments, so nothing may be compared as it
 * was read. What makes it exact is that the version of a hold is the position of its last change, and that the journal
 * lists every change of an account:
 *
 *   1. The journal is read to its end, position E. That gives the counters of each account at E.
 *   2. Holds are walked and added up per account. A hold whose version is above E is remembered with it.
 *   3. From then on, each further entry of the journal is added to the sums as well, unless the hold that caused it was
 *      read after that entry.
 *   4. An account's record names its newest entry. The journal is read on to exactly there, and then counters, journal
 *      and sums speak of the same moment.
 */
#ifndef SC_VERIFY_AUDIT_H
#define SC_VERIFY_AUDIT_H

#include "base/map.h"
#include "core/handle.h"

#include <shopcore/verify.h>

/*
 * After a repair an account's journal is believed from here on: up to `upto` no movement is judged, and the next one
 * names `entry` as the one before it and begins with `counters`. What cannot be mended in an append-only journal is
 * put behind this way, and stays readable.
 */
typedef struct sc__baseline {
	sc_address account;
	uint64_t upto, entry;
	sc_counters counters;
} sc__baseline;

/* The row of a baseline, and the write of one over the loaded row. */
sc_status sc__baseline_address(const sc_address *account, sc_arena *arena, sc_address *out);
sc_status sc__baseline_put(const sc__baseline *baseline, const sc_record *row, sc_arena *arena, sc_change *out);

/* What the journal says of an account, and what the holds on it add up to. */
typedef struct sc__audit_account {
	uint64_t position;            /* of the last movement seen, or 0 */
	uint64_t previous;            /* that movement's own predecessor */
	sc_counters delta;            /* that movement's */
	sc_counters after;            /* the counters it left */
	sc_counters other;            /* after an altered movement: the counters it should have left; else the same */
	int64_t held, committed;      /* of the holds, at `position` */
	bool seen;                    /* its record was walked */
	const sc__baseline *baseline; /* not yet passed, or NULL */
	sc_address address;
} sc__audit_account;

/* What the journal says a hold has taken from one account and not given back. */
typedef struct sc__audit_share {
	struct sc__audit_share *next;
	sc__audit_account *account;
	int64_t held, committed;
} sc__audit_share;

typedef struct sc__audit_hold {
	sc_address address;
	uint64_t version; /* as it was read in the walk, when that is above the end of the journal; else 0 */
	bool seen;
	sc__audit_share *shares;
} sc__audit_hold;

/* One after the other; a step does a part of one of them. */
typedef enum sc__audit_phase {
	SC__AUDIT_JOURNAL,
	SC__AUDIT_HOLDS,
	SC__AUDIT_MISSING_HOLDS,
	SC__AUDIT_ORDERS,
	SC__AUDIT_ACCOUNTS,
	SC__AUDIT_LOST_ACCOUNTS,
	SC__AUDIT_DONE
} sc__audit_phase;

struct sc_verify {
	sc_shop *shop;
	sc__audit_phase phase;
	bool baselines_read;
	bool broken; /* no memory in the middle of something: the sums are no good any more */

	sc_arena memory;  /* accounts, holds, shares */
	sc__map accounts; /* by packed address */
	sc__map holds;    /* by packed address */

	uint32_t partition;        /* of the journal: the one that accounts are in */
	bool apart;                /* orders are kept elsewhere: an order and its hold do not change in one step */
	uint64_t position;         /* of the journal: read up to here */
	uint64_t first;            /* the first position that is still there */
	uint64_t end;              /* E; 0 until the first reading is through */
	uint64_t hold_version_max; /* of holds that were read after E */

	sc_bytes cursor; /* of the walk in this phase, in `cursor_memory` */
	sc_arena cursor_memory;
	size_t kind_index; /* which kind of account is walked */
	size_t map_cursor;
	sc_arena page; /* what one step reads */

	uint64_t account_count, hold_count, order_count, movement_count;
};

/* Where findings of a step go. */
typedef struct sc__audit_report {
	sc_arena *arena;
	sc_finding *findings;
	sc_address *places; /* of each: the account, hold or order as the store knows it */
	size_t count, room;
} sc__audit_report;

/* `place` is the account, the hold or the order; it is copied. */
sc_status sc__audit_find(sc__audit_report *report, sc_damage damage, const sc_address *place, const sc_finding *more,
                         sc_error *err);

/* One step. sc_verify_step() shows what it found; a repair needs the places too. */
sc_status sc__audit_step(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, sc_error *err);

/* Reads which accounts were repaired, and up to where. */
sc_status sc__audit_baselines(sc_verify *verify, const sc_call *call, sc_error *err);
/* Lets a baseline take effect before something at `position` is looked at. */
void sc__audit_rebase(sc__audit_account *account, uint64_t position);

/* The account or hold of an address, made when it is not known yet. NULL: no memory. */
sc__audit_account *sc__audit_account_at(sc_verify *verify, const sc_address *address);
sc__audit_hold *sc__audit_hold_at(sc_verify *verify, const sc_address *address);
sc_id sc__audit_id(const sc_address *address);

/* Reads on in the journal, at most `max` entries and none above `upto`; `read` tells how many there were. */
sc_status sc__audit_journal(sc_verify *verify, const sc_call *call, size_t max, uint64_t upto, size_t *read,
                            sc__audit_report *report, sc_error *err);
/* The same up to `upto` and through, in pages. */
sc_status sc__audit_journal_upto(sc_verify *verify, const sc_call *call, uint64_t upto, sc__audit_report *report,
                                 sc_error *err);

/* One page of each walk; `more` false: the phase is over. */
sc_status sc__audit_holds(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                          sc_error *err);
sc_status sc__audit_missing_holds(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                                  bool *more, sc_error *err);
sc_status sc__audit_orders(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                           sc_error *err);
/* The money of a page of orders that was read whole. */
sc_status sc__audit_money(sc_verify *verify, const sc_call *call, const sc_page *orders, sc__audit_report *report,
                          sc_error *err);
sc_status sc__audit_accounts(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                             sc_error *err);
sc_status sc__audit_lost_accounts(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                                  bool *more, sc_error *err);

/* Whether an order that does not fit its hold may still be on its way from one store to the other. */
sc_status sc__audit_in_flight(sc_verify *verify, const sc_call *call, const sc_address *order, bool *out,
                              sc_error *err);

/* One page of all records of a kind, from the verification's cursor, in its page arena. */
sc_status sc__audit_walk(sc_verify *verify, const sc_call *call, uint16_t kind, uint32_t mask, size_t items,
                         sc_page *out, sc_error *err);
/* Goes on behind a page that is done with. `more` false: it was the last one, and the cursor is at the start again. */
sc_status sc__audit_turn_page(sc_verify *verify, const sc_page *page, bool *more, sc_error *err);

#endif
