/*
 * Entries of the money ledger as rows: built account by account, checked, written once, read back.
 *
 * Whoever moves money builds the entry and puts its change into the group that moves it. An entry that does not add up
 * to zero is not written: it is a fault of the program, and the whole group fails.
 */
#ifndef SC_LEDGER_LEDGER_H
#define SC_LEDGER_LEDGER_H

#include "core/handle.h"

#include <shopcore/ledger.h>
#include <shopcore/order.h>

/* An entry under construction. */
typedef struct sc__entry {
	uint32_t what, number, payment; /* as in sc_ledger_entry */
	const char *currency;
	sc_posting *postings;
	size_t count, room;
	bool failed; /* no memory, or a sum that does not fit */
} sc__entry;

/* Room for `accounts` different ones. */
void sc__entry_begin(sc__entry *entry, sc_ledger_what what, uint32_t number, uint32_t payment, const char *currency,
                     size_t accounts, sc_arena *arena);
/* Amounts of one account are added together. `account` stays borrowed. */
void sc__entry_add(sc__entry *entry, const char *account, int64_t amount);
/* What a line earned goes to its seller, or to the shop. */
void sc__entry_add_income(sc__entry *entry, const char *seller, int64_t amount, sc_arena *arena);
/* The change that writes it, if absent. Storage is in the arena. NO_MEMORY; DAMAGED when it does not add up. */
sc_status sc__entry_put(const sc__entry *entry, sc_id order, sc_arena *arena, sc_change *out, sc_error *err);

/* ---- parts.c ---- */

/* What one line cost, or shipping with the fees; the tax is inside. */
typedef struct sc__money_part {
	int64_t amount, tax;
} sc__money_part;

/* The parts of an order: one a line, and a last one. They add up to its total and its tax. false: no memory. */
bool sc__money_parts(const sc_order *order, sc_arena *arena, sc__money_part *parts);

/* The entry of a payment's capture: as the order's lines, tax and shipping say, or owed to the buyer when it is not
 * `sold`. `from`: what other payments cover before this one. */
sc_status sc__ledger_captured(sc_id id, const sc_order *order, const sc_payment *payment, int64_t from, bool sold,
                              sc_arena *arena, sc_change *out, sc_error *err);
/* The entry that takes back all that is still booked for a payment; `entries` are all of the order's. */
sc_status sc__ledger_returned(sc_id id, const sc_ledger_entry *entries, size_t count, const sc_payment *payment,
                              sc_arena *arena, sc_change *out, sc_error *err);

/* All entries of an order, and what a page of them says. `order` stays borrowed. */
sc_range sc__ledger_range(const sc_id *order);
sc_status sc__ledger_decode(const sc_page *page, sc_arena *arena, sc_ledger_entry **out, size_t *count, sc_error *err);
sc_status sc__ledger_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc_ledger_entry **out,
                          size_t *count, sc_error *err);

#endif
