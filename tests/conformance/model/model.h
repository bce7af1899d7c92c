/*
 * A second store in memory, written straight from the text of the port and on purpose without any
 * cleverness: rows in an array, one lock, nothing shared with the library's own decision.
 *
 * It serves twice. As it is, it is an oracle: the suite passes on it, and random groups get the same
 * answers from it as from a real driver. With a fault planted, the suite has to fail on it.
 */
#ifndef MODEL_H
#define MODEL_H

#include <shopcore/env.h>
#include <shopcore/port/store.h>

/* One way each to be wrong. */
#define MODEL_FAULTS(X)                                                          \
	X(LOST_UPDATE, "versions are compared before the lock is taken")         \
	X(UNSORTED_LOCKS, "accounts are locked in the order a group names them") \
	X(HALF_A_GROUP, "a refused group is not undone")                         \
	X(POISONED_BATCH, "a refused group refuses those after it")              \
	X(OUTCOMES_REVERSED, "outcomes are handed out in the wrong order")       \
	X(LATE_EXPIRY, "holds are swept a minute late")                          \
	X(EARLY_EXPIRY, "holds are swept a minute early")                        \
	X(LAPSED_COMMITS, "a lapsed hold can be committed until it is swept")    \
	X(REPEAT_APPLIED, "a repeat is decided again")                           \
	X(FENCE_IGNORED, "a fenced id may land")                                 \
	X(REFUSAL_FORGOTTEN, "a refusal that ends an id is not kept")            \
	X(TOMBSTONE_FORGOTTEN, "releasing an absent hold leaves nothing")        \
	X(VERSION_REUSED, "versions start again after a delete")                 \
	X(DEMAND_NOT_SUMMED, "lines on one account are checked one by one")      \
	X(SPLIT_IGNORED, "a split line is served from one source or not at all") \
	X(FLOOR_IGNORED, "safety stock is sold")                                 \
	X(REST_LOST, "what a partial commit leaves over stays held")             \
	X(RELEASE_COUNTS_TWICE, "a released hold can be released again")         \
	X(ENTRY_MISSING, "a release is not in the journal")                      \
	X(ENTRY_DOUBLED, "a commit is twice in the journal")                     \
	X(ENTRIES_SWAPPED, "the entries of a group are in the wrong order")      \
	X(CURSOR_COUNTS, "a cursor counts rows instead of naming the last one")  \
	X(BYTES_SIGNED, "keys are compared as signed characters")                \
	X(NULL_INDEXED, "a null is in the index")                                \
	X(LIFETIME_IGNORED, "rows stay after their lifetime")                    \
	X(CLOCK_GOES_BACK, "the clock follows the wall clock back")              \
	X(MASK_IGNORED, "a patch writes columns outside of its mask")            \
	X(SKIP_REFUSES, "a failed condition refuses the group though it may be skipped")

#define MODEL_FAULT_ENUM(name, text) MODEL_##name,
enum model_fault { MODEL_SOUND, MODEL_FAULTS(MODEL_FAULT_ENUM) MODEL_FAULT_COUNT };
#undef MODEL_FAULT_ENUM

sc_status model_open(const sc_env *env, enum model_fault fault, sc_store *out, sc_error *err);

#endif
