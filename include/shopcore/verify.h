/*
 * Verification: whether everything a shop keeps about stock and orders still fits together.
 *
 * Accounts are compared with the journal, movement by movement; holds with the accounts they claim and the orders
 * they belong to; orders with their holds, with their own digest, and with the money ledger. It reads only, in small
 * steps, and the shop may stay open for business meanwhile: what a buyer does between two steps is found in the journal
 * and counted in.
 *
 * It remembers something of every account and of every hold, about 300 bytes of memory for each.
 */
#ifndef SHOPCORE_VERIFY_H
#define SHOPCORE_VERIFY_H

#include <shopcore/arena.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

#define SC_DAMAGE_MAP(X)                                                                           \
	X(ON_HAND_OFF, 1, "on_hand differs from the journal")                                      \
	X(HELD_OFF, 2, "held differs from the journal")                                            \
	X(COMMITTED_OFF, 3, "committed differs from the journal")                                  \
	X(MOVEMENT_MISSING, 4, "a movement is missing from the journal")                           \
	X(MOVEMENT_DOUBLED, 5, "a movement stands in the journal twice")                           \
	X(MOVEMENT_ALTERED, 6, "a movement does not lead from the counters before to those after") \
	X(CHAIN_BROKEN, 7, "a movement names the wrong one before it")                             \
	X(ORDER_WITHOUT_HOLD, 8, "an order that needs stock has no hold")                          \
	X(HOLD_WITHOUT_ORDER, 9, "a hold belongs to no order")                                     \
	X(HOLD_PAST_ORDER, 10, "a hold is live although its order ended")                          \
	X(HOLD_PAST_DEADLINE, 11, "a hold is live although its deadline passed long ago")          \
	X(HELD_SUM_OFF, 12, "held is not the sum of the live holds")                               \
	X(COMMITTED_SUM_OFF, 13, "committed is not the sum of what was sold and has not left")     \
	X(ORDER_ALTERED, 14, "an order does not match its digest")                                 \
	X(HOLD_UNREADABLE, 15, "a hold's content cannot be read")                                  \
	X(HOLD_MISSING, 16, "the journal knows a live hold that is not there")                     \
	X(SAFETY_OFF, 17, "safety stock differs from the journal")                                 \
	X(LEDGER_UNEVEN, 18, "an entry of the money ledger does not add up to zero")               \
	X(LEDGER_OFF, 19, "the money ledger disagrees with payments and refunds")                  \
	X(PAYMENT_MISSING, 20, "an order counts as paid and its captured payments do not cover it")

#define SC_DAMAGE_ENUM(name, code, text) SC_DAMAGE_##name = (code),
typedef enum sc_damage { SC_DAMAGE_MAP(SC_DAMAGE_ENUM) } sc_damage;
#undef SC_DAMAGE_ENUM

/**
 * Name a damage as it is written in code, such as "HELD_OFF".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN_DAMAGE"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_damage_name(sc_damage damage);

/**
 * Say in one English line what a damage means.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the text, or "no such damage"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_damage_text(sc_damage damage);

/** One thing that does not fit. Members that do not apply are NULL or zero. */
typedef struct sc_finding {
	sc_damage damage;
	uint32_t reserved0;
	const char *sku; /* the account's, or NULL */
	const char *location;
	sc_id subject;     /* the order or hold */
	uint64_t position; /* in the journal */
	int64_t expected, found;
	uint64_t reserved[2];
} sc_finding;

typedef struct sc_verify_page {
	const sc_finding *findings;
	size_t count;
	uint64_t accounts, holds, orders, movements; /* looked at so far, in all steps */
	bool finished;
	uint64_t reserved[2];
} sc_verify_page;

/** A verification under way. Used by one thread at a time. */
typedef struct sc_verify sc_verify;

/**
 * Begin to compare accounts, holds, orders and journal with each other. Reads only; the shop may stay open for
 * business: what differs is looked at once more before it is reported.
 *
 * Ownership: free `*out` with sc_verify_free(), before the shop is closed. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_verify_new(sc_shop *shop, const sc_call *call, sc_verify **out, sc_error *err);

/**
 * Look at about `items` more accounts, holds or orders (1..SC_PAGE_MAX). Step until `out->finished`.
 *
 * Ownership: `out` points into `arena`. Threads: one at a time.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_NO_MEMORY; SC_OK. After a
 * failure of the store the same step can be taken again; after SC_NO_MEMORY begin anew. Idempotent: no, each step goes
 * on behind the one before. Since: 0.1.
 */
SC_API sc_status sc_verify_step(sc_verify *verify, const sc_call *call, size_t items, sc_arena *arena,
                                sc_verify_page *out, sc_error *err);

/**
 * End a verification, finished or not.
 *
 * Ownership: takes `verify`; NULL does nothing. Threads: one at a time. Returns: nothing; cannot fail.
 * Idempotent: no, the handle is gone. Since: 0.1.
 */
SC_API void sc_verify_free(sc_verify *verify);

/* ---- repair ---------------------------------------------------------------------------- */

/** What was done about a damage. */
typedef enum sc_mend {
	SC_MEND_NONE = 0,     /* nothing: it is left for a person to look at */
	SC_MEND_COUNTERS = 1, /* the counters were set right by a movement with the reason "repair" */
	SC_MEND_BASELINE = 2, /* the account's journal is believed from here on; a movement "repair" marks the place.
	                         What is damaged before it stays readable, and is not judged any more */
	SC_MEND_RELEASED = 3, /* the hold was settled, its units are where the movements say */
	SC_MEND_RESTORED = 4, /* the hold was made again out of the journal */
	SC_MEND_SEALED = 5    /* the order's digest was made anew over what is there now; its history says so */
} sc_mend;

typedef struct sc_repair {
	sc_finding finding;
	uint32_t mend; /* sc_mend */
	uint32_t reserved0;
} sc_repair;

typedef struct sc_repair_report {
	const sc_repair *repairs; /* in the order in which it was found */
	size_t count;
	size_t mended;
	size_t left; /* findings of a last verification; 0: the shop is clean */
	uint64_t reserved[4];
} sc_repair_report;

/**
 * Verify, mend what can be mended, and verify again until nothing is left or nothing more can be done. Everything it
 * does is a movement, an event or a settled hold that the journal keeps with the reason "repair"; nothing is erased.
 *
 * Accounts follow the journal, sums follow the holds, holds follow the orders. The shop may stay open: corrections are
 * differences, and a hold or an order that moved meanwhile is left to the next turn.
 *
 * Ownership: `out` points into `arena`. Threads: any; of two repairs at once one is refused.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_UNSUPPORTED for a journal of several partitions; what the
 * store says; SC_BUSY when another repair is at work; SC_NO_MEMORY; SC_OK, also when something is left. Idempotent:
 * yes. Since: 0.1.
 */
SC_API sc_status sc_verify_repair(sc_shop *shop, const sc_call *call, sc_arena *arena, sc_repair_report *out,
                                  sc_error *err);

SC_END_DECLS

#endif
