/*
 * The cached store as its own files see it.
 *
 *     open.c     the handle, its table of operations, its counters; what passes through
 *     ask.c      one way to answer: look, wait for whoever reads it already, read, keep
 *     copy.c     what a copy looks like, and whether it may still be used
 *     read.c     load, range and recall, as things to be asked
 *     write.c    apply: what was written is given up
 *     follow.c   what other processes wrote, from the journal; the store's time
 *     flight.c   threads that wait for one another
 *
 * How copies are given up. Whatever a copy was made from (a row, or all rows with some value in an index) is hashed to
 * a *tag*, and the copy names its tags. A table has a stamp for each tag: the store's time at which something with it
 * was last known to be written. A copy whose reading began at or before one of its stamps is not used. So nobody has
 * to find copies to remove them, a reader that was overtaken by a writer keeps nothing wrong, and two things that share
 * a tag only cost a reading. The stamps are each process's own, also where the copies are shared.
 *
 * Times are the store's, guessed from the monotonic clock: the difference of the two is taken with each look at the
 * journal, once so that the guess is never below the truth and once so that it is never above.
 */
#ifndef SC_WRAPPERS_CACHED_CACHED_H
#define SC_WRAPPERS_CACHED_CACHED_H

#include <shopcore/cached.h>
#include <shopcore/env.h>

#include <stdatomic.h>

#define SC__TAGS           32768 /* a power of two */
#define SC__STRIPES        16
#define SC__PARTITIONS_MAX 16

/* Counters of some of the keys, on cache lines of their own. */
typedef struct sc__stripe {
	_Atomic uint64_t hits, misses, outdated, waited, age_sum_ms, age_max_ms, passed;
	uint64_t apart[9];
} sc__stripe;

struct sc__flight;

typedef struct sc__cached {
	const sc_env *env;
	sc_store store;
	sc_cache cache;
	sc_cached_options options;
	sc_store_ops ops;
	uint32_t partitions;

	_Atomic int64_t stamps[SC__TAGS]; /* the store's ms */
	_Atomic int64_t begun_ms;         /* copies from then or before are not used; SC_NEVER: none is */
	_Atomic int64_t above_ns;         /* what is added to the monotonic clock, */
	_Atomic int64_t below_ns;         /* see above */
	_Atomic int64_t due_ns;           /* when the journal is looked at next */
	_Atomic int64_t back_ns;          /* the cache failed and is left alone until then */
	_Atomic bool following;           /* somebody does; what follows is his */
	sc_id incarnation;
	bool begun; /* the positions are those of this incarnation */
	uint64_t positions[SC__PARTITIONS_MAX];

	sc_mutex mutex; /* guards the flights */
	struct sc__flight *flights;

	_Atomic uint64_t failures, given_up;
	sc__stripe stripes[SC__STRIPES];
} sc__cached;

/* ---- copy.c ---- */

/* Whether rows of a kind are kept: what is shown, and decides nothing. */
bool sc__cached_keeps(uint16_t kind);

uint32_t sc__tag_of_row(const sc_address *row);
/* All rows of `key`. */
uint32_t sc__tag_of_key(uint16_t kind, sc_bytes key);
/* All rows whose first `count` columns of an index are these. */
uint32_t sc__tag_of_index(uint16_t kind, int index, const sc_value *values, uint32_t count);
uint32_t sc__tag_of_range(const sc_range *range);

/* The name of what is asked for. data NULL: no memory. */
sc_bytes sc__name_of_row(const sc_address *row, sc_arena *arena);
sc_bytes sc__name_of_range(const sc_range *range, sc_arena *arena);
sc_bytes sc__name_of_recall(const sc_recall *wanted, sc_arena *arena);

/* A copy of what was made, whose reading began at `made_ms`. data NULL: no memory. */
sc_bytes sc__copy_pack(const sc_made *made, int64_t made_ms, int64_t until_ms, sc_arena *arena);

typedef enum sc__verdict { SC__COPY_NONE, SC__COPY_GOOD, SC__COPY_OUTDATED } sc__verdict;

/* Whether a copy may answer what may be `freshness_ms` old; then what it says and how old it is. */
sc__verdict sc__copy_judge(const sc__cached *cached, sc_bytes copy, int64_t now_ms, int64_t freshness_ms,
                           sc_bytes *content, int64_t *age_ms);

/* Rows as bytes, and back: where they lie, with what the mask asks for. */
sc_bytes sc__rows_pack(const sc_page *page, sc_arena *arena);
bool sc__rows_unpack(sc_bytes bytes, uint32_t mask, sc_page *out);

/* ---- ask.c ---- */

/* Something that is asked for. */
typedef struct sc__question {
	sc_bytes name;
	sc_bytes answer; /* data NULL: none yet. In the caller's arena, aligned */
} sc__question;

/* Reads those that which[0..count) names from the store, each into made[which[i]]. */
typedef sc_status (*sc__reader)(void *ctx, const sc_call *call, const size_t *which, size_t count, sc_arena *arena,
                                sc_made *made, sc_error *err);

/* Answers all of them. `scratch` is for what is needed meanwhile, `arena` for the answers. */
sc_status sc__cached_ask(sc__cached *cached, const sc_call *call, sc__question *questions, size_t count,
                         sc__reader reader, void *ctx, sc_arena *arena, sc_arena *scratch, sc_error *err);

/* ---- read.c ---- */

sc_status sc__cached_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__cached_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err);
sc_status sc__cached_recall(void *ctx, const sc_call *call, const sc_recall *wanted, size_t count, sc_arena *arena,
                            sc_bytes *out, sc_error *err);

/* ---- write.c ---- */

sc_status sc__cached_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                           sc_error *err);
/* Gives up what depends on a row that was written; `columns` of its kind, those of `mask`, or NULL. */
void sc__cached_give_up(sc__cached *cached, const sc_address *row, const sc_value *columns, uint32_t mask,
                        int64_t now_ms);

/* ---- follow.c ---- */

/* The store's time, never below it, and never above it. */
int64_t sc__cached_now(const sc__cached *cached, int64_t mono_ns);
int64_t sc__cached_now_below(const sc__cached *cached, int64_t mono_ns);
/* Looks at the journal when that is due; one thread does, the others go on. */
void sc__cached_follow(sc__cached *cached, const sc_call *call, int64_t mono_ns);

/* ---- flight.c ---- */

typedef struct sc__flight {
	struct sc__flight *next;
	uint64_t key;
	struct sc__flight_waiter *waiters;
} sc__flight;

/* SC_OK with `led`: the caller reads, and lands `own` afterwards. SC_OK without: somebody else has read it.
 * SC_DEADLINE, SC_NO_MEMORY. */
sc_status sc__flight_join(sc__cached *cached, const sc_call *call, uint64_t key, sc__flight *own, bool *led,
                          sc_error *err);
void sc__flight_land(sc__cached *cached, sc__flight *own);

#endif
