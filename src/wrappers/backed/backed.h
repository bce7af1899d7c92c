/*
 * The backed store as its own files see it.
 *
 *     open.c      the handle, its table of operations, its counters
 *     route.c     load, range and apply: to the quick store, or past it to the record
 *     changed.c   which carts were changed and are not in the record yet
 *     copy.c      making two copies of a cart alike: the later one counts
 *     sweep.c     expire: writing behind, filling again, comparing all once
 *
 * The two stores give versions of their own. One that comes from the record carries a bit that no position reaches, so
 * that neither is taken for the other's: a cart that was read here and is written there is refused as changed, and
 * the library reads it again.
 *
 * Which of two copies is the later one is told by the end of its lifetime, which every change of a cart renews. That
 * the quick store was emptied is told by a mark, a row that is read along with every cart: without it, a cart that is
 * not there may be in the record.
 */
#ifndef SC_WRAPPERS_BACKED_BACKED_H
#define SC_WRAPPERS_BACKED_BACKED_H

#include "base/map.h"

#include <shopcore/backed.h>
#include <shopcore/env.h>

#include <stdatomic.h>

#define SC__FROM_RECORD (UINT64_C(1) << 61)
#define SC__COPIED_MAX  500 /* carts in one step */

typedef struct sc__backed {
	const sc_env *env;
	sc_store quick, record;
	sc_backed_options options;
	sc_store_ops ops;
	uint16_t cart_kind, setting_kind;

	_Atomic int64_t back_ns; /* the quick store failed and is left alone until then */
	_Atomic bool prepared;   /* the quick store is */
	_Atomic bool emptied;    /* the mark was not there: it is being filled */
	_Atomic bool sweeping;   /* somebody does; the walk is his */
	bool compared;           /* all carts were, since this was opened */
	char *cursor;            /* of the walk; NULL: from the start */
	size_t cursor_size;
	bool cursor_fills; /* it is one of the walk that fills the quick store */

	sc_mutex mutex; /* guards the changes */
	sc__map changed;
	struct sc__change *oldest, *newest; /* in the order in which they came */

	_Atomic uint64_t behind, removed, restored, from_record, failures;
} sc__backed;

/* ---- changed.c ---- */

/* Whether a cart was removed last of all, and where. */
typedef enum sc__removal { SC__NOT_REMOVED, SC__REMOVED_QUICK, SC__REMOVED_RECORD } sc__removal;

/* A cart that was changed here and may differ from its copy. */
typedef struct sc__change {
	struct sc__change *next;
	int64_t since_ns;
	uint8_t removed; /* sc__removal */
	uint16_t key_size;
	char key[];
} sc__change;

void sc__changed_note(sc__backed *backed, const sc_address *cart, sc__removal removed);
/* Takes at most `max` that are as old as `age_ms`; they are the caller's to free, or to note again. */
size_t sc__changed_take(sc__backed *backed, int64_t age_ms, sc__change **out, size_t max);
void sc__changed_free(const sc__backed *backed, sc__change *change);
/* How many wait, and how long the oldest has; -1: none does. */
size_t sc__changed_count(sc__backed *backed, int64_t *oldest_ms);
bool sc__changed_is_removed(sc__backed *backed, const sc_address *cart);

/* ---- route.c ---- */

bool sc__quick_is_there(const sc__backed *backed);
/* Notes that it failed, if that is what this status says of a store. */
bool sc__quick_failed(sc__backed *backed, sc_status status);
sc_status sc__quick_prepare(sc__backed *backed, const sc_call *call, sc_error *err);
sc_address sc__backed_mark(const sc__backed *backed);

sc_status sc__backed_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__backed_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err);
sc_status sc__backed_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                           sc_error *err);

/* ---- copy.c ---- */

/* Makes copies of these carts alike. removed[i], an sc__removal; NULL: none was. */
sc_status sc__backed_copy(sc__backed *backed, const sc_call *call, const sc_address *carts, const uint8_t *removed,
                          size_t count, sc_arena *arena, sc_error *err);

/* ---- sweep.c ---- */

sc_status sc__backed_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);
/* Writes all behind that waits, however young. */
sc_status sc__backed_flush(sc__backed *backed, const sc_call *call, sc_error *err);

#endif
