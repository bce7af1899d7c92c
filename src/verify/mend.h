/*
 * Mending. One group for each mend: it moves the row that keeps two repairs apart, the counters, holds or orders in
 * question, and leaves its mark in the journal. Whatever it decides by is read again right before, and what could have
 * moved since stands in the group as a condition.
 */
#ifndef SC_VERIFY_MEND_H
#define SC_VERIFY_MEND_H

#include "verify/audit.h"

typedef struct sc__repairing {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	sc_verify *verify;  /* that found it: it knows what the journal says of holds */
	sc_repair *repairs; /* what goes into the report */
	uint64_t version;   /* of the row that only one repair at a time can move; 0: absent */
} sc__repairing;

/* The changes of one mend; the first one is the guard. */
typedef struct sc__mending {
	sc_change *changes;
	uint32_t count, room;
	bool failed; /* no memory */
} sc__mending;

/* Reads how often the guard was moved: before anything that a mend is decided by. */
sc_status sc__mend_guard(sc__repairing *repair, sc_error *err);

void sc__mend_begin(const sc__repairing *repair, sc__mending *mending);
void sc__mend_add(const sc__repairing *repair, sc__mending *mending, const sc_change *change);
/* `mended` false: the store refused, and nothing happened. */
sc_status sc__mend_apply(sc__repairing *repair, const sc__mending *mending, bool *mended, sc_error *err);

/* A movement with the reason that only a repair may give. */
sc_change sc__mend_movement(const sc_address *account, const sc_counters *delta);

/* All findings about one account; `deltas` is what its counters lack. */
typedef struct sc__account_mend {
	const sc_address *account;
	sc_counters delta;
	bool sets_floor, needs_baseline;
	uint64_t newest; /* position that a finding named */
} sc__account_mend;

sc_status sc__mend_account(sc__repairing *repair, const sc__account_mend *mend, bool *mended, sc_error *err);

/* One finding about a hold or an order. */
sc_status sc__mend_hold(sc__repairing *repair, sc_damage damage, const sc_address *hold, sc_mend *mend, sc_error *err);
sc_status sc__mend_order(sc__repairing *repair, sc_damage damage, const sc_address *order, sc_mend *mend,
                         sc_error *err);

#endif
