/*
 * A store with a gate in front of its stock: what cannot be had is refused before the record is asked.
 *
 * In a rush most attempts come too late. The gate answers them, in batches, from a counter that is quicker than the
 * record; what it lets through the record decides as ever. So the gate can only say no too early, never yes: with a
 * gate that lags, lies or was lost, nothing is sold twice.
 *
 * A no is given only while the gate is fed from the record's journal (`fresh_ms`), and only to reservations whose lines
 * name one account of stock each and which nothing else could answer: a repeat, or a key that was used before, always
 * reaches the record. Feeding and sweeping happen in `apply` when they are due and in `expire`, which sc_shop_tick()
 * calls.
 */
#ifndef SHOPCORE_GATED_H
#define SHOPCORE_GATED_H

#include <shopcore/port/gate.h>

SC_BEGIN_DECLS

/** How a store is gated. Members left zero take their defaults. */
typedef struct sc_gated_options {
	size_t size;      /* set by the initialiser */
	int64_t feed_ms;  /* how often the journal is looked at while there are attempts: 50 */
	int64_t fresh_ms; /* a gate that was not fed for this long says no no more: 2,000 */
	int64_t claim_ms; /* a claim that never shows up in the journal is given back after this: 30,000 */
	uint64_t reserved[4];
} sc_gated_options;

/* clang-format off */
#define SC_GATED_OPTIONS_INIT { sizeof(sc_gated_options), 0, 0, 0, { 0 } }
/* clang-format on */

/** What a gated store did since it was opened. */
typedef struct sc_gated_counts {
	uint64_t passed;   /* groups that the gate let through, and took units for */
	uint64_t refused;  /* groups that never reached the record */
	uint64_t unsure;   /* groups that passed because the gate knew too little */
	uint64_t returned; /* groups that passed and that the record refused */
	uint64_t failures; /* times that the gate could not be asked */
	uint64_t fed;      /* journal entries that were added */
	uint64_t learned;  /* accounts that were read from the record */
	uint64_t reserved[5];
} sc_gated_counts;

/** What a comparison of gate and record found. */
typedef struct sc_gated_drift {
	uint64_t accounts; /* that the gate knows and that were compared */
	uint64_t drifted;
	int64_t over;    /* units that the gate has too many, all accounts together: the record refuses them */
	int64_t under;   /* units that it has too few: they are not sold */
	uint64_t moving; /* accounts that changed too often to be compared */
	uint64_t repaired;
	uint64_t reserved[4];
} sc_gated_drift;

/**
 * Put a gate in front of a store.
 *
 * Ownership: on SC_OK the new store owns `record` and `gate` and closes them; on any other status the caller still
 * does. `env` is borrowed while the store lives, `options` (NULL: all defaults) for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when a store's required operation or one of the gate is missing, or an option
 * is negative (err->field); SC_UNSUPPORTED for a store whose journal has several partitions; SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_gated_open(const sc_env *env, sc_store record, sc_gate gate, const sc_gated_options *options,
                               sc_store *out, sc_error *err);

/**
 * Read the counters of a store that sc_gated_open() made.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the store.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no gated one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_gated_read(const sc_store *store, sc_gated_counts *out, sc_error *err);

/**
 * Compare the gate with the record, account by account, while both are in use, and mend what differs.
 *
 * Each account is compared at one position of the journal, with what is on its way taken off.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the store.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no gated one; what the gate and the record say;
 * SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_gated_compare(const sc_store *store, const sc_call *call, bool repair, sc_gated_drift *out,
                                  sc_error *err);

SC_END_DECLS

#endif
