/*
 * Carts in a quick store that may lose them (Redis), with a copy in the record.
 *
 * Carts are read from and written to the quick store alone. What was changed is written to the record behind them, by
 * `expire` (which sc_shop_tick() calls), a few seconds later and many at once. When the quick store is down, carts are
 * read from the record and written there, so that a checkout goes on; when it is back, what was changed meanwhile is
 * copied to it. When it has lost everything, it is filled again from the record: a cart that somebody asks for at
 * once, all others by and by.
 *
 * What can be lost: cart changes that were not written behind yet. That is those of the last `behind_ms`, at most
 * 60 s (and the time between two ticks), and only when the quick store loses them. What a process changed that died
 * within that time is found by the next process that opens the store, which compares all carts once. Of two copies of
 * a cart the one that was changed later counts. Orders, stock and money are not here.
 *
 *     sc_backed_open(env, redis, record, NULL, &carts.store, &err);   // carts.keeps = SC_KEEPS_CARTS
 */
#ifndef SHOPCORE_BACKED_H
#define SHOPCORE_BACKED_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

#define SC_BACKED_BEHIND_MAX_MS 60000

/** How carts are backed. Members left zero take their defaults. */
typedef struct sc_backed_options {
	size_t size;         /* set by the initialiser */
	int64_t behind_ms;   /* a change is written behind after this: 10,000; at most SC_BACKED_BEHIND_MAX_MS */
	int64_t patience_ms; /* a quick store that failed is left alone this long: 1,000 */
	uint64_t reserved[4];
} sc_backed_options;

/* clang-format off */
#define SC_BACKED_OPTIONS_INIT { sizeof(sc_backed_options), 0, 0, { 0 } }
/* clang-format on */

/** What a backed store did since it was opened, and what it still has to do. */
typedef struct sc_backed_counts {
	uint64_t behind;      /* carts that were copied to the record */
	uint64_t removed;     /* carts that were removed from it */
	uint64_t restored;    /* carts that were copied from it to the quick store */
	uint64_t from_record; /* reads and writes that the record answered, because the quick store was away */
	uint64_t failures;    /* times that the quick store failed */
	uint64_t waiting;     /* carts that were changed and are not in the record yet */
	uint64_t oldest_ms;   /* how long the oldest of them waits: this is what would be lost now */
	uint64_t reserved[5];
} sc_backed_counts;

/**
 * Make one store of a quick one and a record, for carts.
 *
 * Everything but carts goes to the quick store alone. `record` is a handle of its own: where the shop's record keeps
 * the copies, open that a second time. The store is as durable as the quick one.
 *
 * Ownership: on SC_OK the new store owns both and closes them, the changes that wait being written behind first; on
 * any other status the caller still does. `env` is borrowed while the store lives, `options` (NULL: all defaults) for
 * the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when a required operation is missing (field quick or record); SC_OUT_OF_RANGE
 * for an option below 0 or above its limit (err->field); SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_backed_open(const sc_env *env, sc_store quick, sc_store record, const sc_backed_options *options,
                                sc_store *out, sc_error *err);

/**
 * Read the counters of a store that sc_backed_open() made.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the store.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no backed one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_backed_read(const sc_store *store, sc_backed_counts *out, sc_error *err);

SC_END_DECLS

#endif
