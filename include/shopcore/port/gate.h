/*
 * The gate port: a quick counter in front of a record's accounts, which may say no before the record is asked.
 *
 * A gate keeps for each account what can still be claimed. Every change of that number comes about exactly once: a
 * claim takes its units at the gate, and the journal's entry about its hold then changes nothing more; a claim that
 * came to nothing gives them back; whatever else the journal says is added. So the gate is what the record is, and
 * what is on its way there is taken off. It decides nothing: what passes, the record decides again. An account that
 * the gate does not know passes; after a loss the gate forgets all and learns from the record.
 *
 * sc_gated_open() (shopcore/gated.h) puts a gate in front of a store; sc_redis_gate_open() is one in Redis.
 */
#ifndef SHOPCORE_PORT_GATE_H
#define SHOPCORE_PORT_GATE_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef enum sc_gate_verdict {
	SC_GATE_PASSED = 1,  /* its units are taken until it is given back or the journal has it */
	SC_GATE_REFUSED = 2, /* there are fewer than it wants; nothing was taken */
	SC_GATE_UNSURE = 3   /* the gate knows too little; nothing was taken */
} sc_gate_verdict;

/** What one group wants of one account. Claims of a group stand together; all of them pass or none takes anything. */
typedef struct sc_gate_claim {
	sc_address account;
	sc_id group;
	int64_t quantity;
	int64_t available; /* answered with SC_GATE_REFUSED */
	uint32_t verdict;  /* answered: sc_gate_verdict, alike for all of a group */
	uint32_t reserved;
	uint64_t reserved1[2];
} sc_gate_claim;

/** What a gate knows of an account. */
typedef struct sc_gate_level {
	bool known;
	int64_t left;  /* what can still be claimed */
	int64_t open;  /* what claims took that the journal did not show yet */
	uint64_t upto; /* the journal is in `left` up to this position */
	uint64_t reserved[2];
} sc_gate_level;

/**
 * The operations of a gate. All of them are required, and are called from any thread. Whatever is handed in is borrowed
 * for the call. A gate that fails is passed by: no failure of it fails a sale.
 */
typedef struct sc_gate_ops {
	size_t size;
	const char *name;

	/** Which journal the gate follows: of another incarnation than before, all that is known is forgotten. */
	sc_status (*follow)(void *ctx, const sc_call *call, sc_id incarnation, sc_error *err);

	/** Decide claims, group by group, and fill in their verdicts. A group whose id is older than what the gate
	 *  remembers is unsure rather than refused, because it may be a repeat of one that was done. */
	sc_status (*claim)(void *ctx, const sc_call *call, sc_gate_claim *claims, size_t count, sc_error *err);

	/** Give back what claims took that came to nothing. What was not taken, or is in the journal, stays. */
	sc_status (*give)(void *ctx, const sc_call *call, const sc_gate_claim *claims, size_t count, sc_error *err);

	/** Give back claims that are older than `age_ms` and never showed up in the journal. */
	sc_status (*sweep)(void *ctx, const sc_call *call, int64_t age_ms, size_t *given, sc_error *err);

	/** Up to which position all accounts are fed. */
	sc_status (*fed)(void *ctx, const sc_call *call, uint64_t *position, sc_error *err);

	/** Add journal entries in order: all those about the gate's accounts from the fed position to `upto`. What was
	 *  added before is left out. `entries` NULL: where a gate begins that was fed nothing yet. */
	sc_status (*feed)(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, uint64_t upto,
	                  sc_error *err);

	/** What is known of one account, in one moment. */
	sc_status (*level)(void *ctx, const sc_call *call, const sc_address *account, sc_gate_level *out,
	                   sc_error *err);

	/** Make an account known, or right: `free` is what the record said when its newest entry was at or below the
	 *  level's `upto`. Does nothing when the gate was fed further since (the caller tries again). */
	sc_status (*learn)(void *ctx, const sc_call *call, const sc_address *account, int64_t free, uint64_t upto,
	                   sc_error *err);

	/** At most `max` known accounts behind a cursor, of which there is more when `cursor` comes back above 0. */
	sc_status (*list)(void *ctx, const sc_call *call, uint64_t *cursor, sc_arena *arena, sc_address *out,
	                  size_t max, size_t *count, sc_error *err);

	void (*close)(void *ctx);
} sc_gate_ops;

/** A gate in use. A value; whoever opened it closes it. */
typedef struct sc_gate {
	const sc_gate_ops *ops;
	void *ctx;
} sc_gate;

SC_END_DECLS

#endif
